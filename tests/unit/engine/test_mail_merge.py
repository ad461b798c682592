"""One letter to each unit of a round, with its own number or one for all; frames that change on a day."""

from datetime import date

import pytest

from tests.unit.engine.making import TYPES, Book, at
from workflow.authoring.document_types import compile_document_types
from workflow.authoring.read import read
from workflow.engine.papers import frame_for
from workflow.language.process import DocumentType, LaterFrame
from workflow.model import DocumentStatus

TEXT = """
number: "{n:03}/{year}-S"
fields: {units: {type: units}}
roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}}
documents: {ask: {type: CV, title: Hỏi, body: a.j2, issuer: office, signer: boss, recipients: asked, number: NUMBER}}
starts: {open: {by: worker, form: units, to: doing}}
states:
  doing: {actions: {send: {by: boss, to: asking}}}
  asking:
    consult: {asks: fields.units, issues: ask, reply: {named: answer, by: boss, form: units}, silence: none, enough: all}
    actions: {again: {by: boss, to: asking}, end: {by: boss, to: over}}
  over: {final: done}
"""


def sent(number: str) -> Book:
    made = Book(TEXT.replace("NUMBER", number), {"a.j2": "x"})
    made.open(units=["north", "south", "council"])
    made.do("send", actor="head")
    return made


def given(made: Book) -> list[tuple[str, int | None]]:
    issued = [one for one in made.files["001/2026-S"].documents if one.status is DocumentStatus.ISSUED]
    return sorted((one.key, one.number) for one in issued)


def test_each_letter_of_a_round_has_its_own_number():
    made = sent("each")
    assert given(made) == [("ask/1", 1), ("ask/2", 2), ("ask/3", 3)]
    assert len(made.changes[-1].numbers) == 3


def test_or_all_letters_of_a_round_share_one_and_the_next_round_has_another():
    made = sent("all")
    assert given(made) == [("ask/1", 1), ("ask/2", 1), ("ask/3", 1)]
    assert len(made.changes[-1].numbers) == 1
    made.now = at("2026-11-23 09:00")
    made.do("again", actor="head")
    assert [number for _, number in given(made)] == [1, 1, 1, 2, 2, 2]


def test_a_frame_holds_from_the_day_that_a_guideline_orders():
    organisation = sent("each").organisation
    later = (LaterFrame(since=date(2027, 1, 1), frame={"office": "state"}), LaterFrame(since=date(2028, 1, 1), frame={"any": "party"}))
    kind = DocumentType(key="BC", title="Báo cáo", frame={"party": "party", "any": "state"}, later=later)
    assert [frame_for(kind, "office", organisation, date(year, 6, 1)) for year in (2026, 2027, 2028)] == ["party", "state", "party"]
    assert [frame_for(kind, "council", organisation, date(year, 6, 1)) for year in (2026, 2027, 2028)] == ["state", "state", "party"]


def test_later_frames_are_read_in_order_of_their_day():
    text = (
        TYPES
        + "KH: {title: Kế hoạch, frame: state, later: [{from: 2028-01-01, frame: party}, {from: 2027-01-01, frame: {office: party}}]}\n"
    )
    types, problems = compile_document_types(read("document-types.yaml", text))
    assert problems == []
    assert types["KH"].later == (
        LaterFrame(since=date(2027, 1, 1), frame={"office": "party"}),
        LaterFrame(since=date(2028, 1, 1), frame={"any": "party"}),
    )


@pytest.mark.parametrize("wrong", ["{from: soon, frame: party}", "{frame: party}", "party"])
def test_a_later_frame_without_a_day_is_told(wrong):
    _, problems = compile_document_types(read("document-types.yaml", f"KH: {{title: A, frame: state, later: [{wrong}]}}\n"))
    assert problems

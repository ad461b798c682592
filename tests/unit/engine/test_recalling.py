"""Recall: the newest act of a person is taken back, nothing is erased, and what it touched stands as before."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.engine.making import Book
from workflow.engine.deadlines import is_open
from workflow.engine.history import KEPT_BY_CHAIN, broken, differs
from workflow.errors import HosoError, Refused
from workflow.model import Attach, Comment, DeadlineStatus, DocumentStatus, Extend, OpinionStatus, Pause, Recall, Resume
from workflow.office.histories import history_shown
from workflow.plain import to_plain

CASE = "001/2026-S"
TEXT = """
fields:
  n: {type: integer, max: 9}
  units: {type: units, default: [north, south]}
roles:
  officer: {unit: office, position: specialist}
  head: {unit: office, position: leader}
  asked_head: {unit: asked, position: leader}
  doer: {did: go}
documents:
  report: {type: BC, title: Báo cáo, body: b.j2, issuer: office, signer: head}
rights: {extend: officer, pause: officer}
due: {name: whole, at: 10 working days}
starts: {open: {by: officer, to: doing}}
states:
  doing:
    due: {name: step, at: 3 working days, ladder: {at: due, notifies: head}}
    actions:
      ask: {by: officer, to: asking}
      go: {by: officer, form: n, times: 2, drafts: report, to: same}
      sign: {by: officer, issues: report, to: same}
      send: {by: officer, opens: {process: visit}, to: same}
      turn: {by: officer, becomes: {process: visit, state: there}}
      on: {by: auto, when: fields.n == 7, to: end}
      nudge: {by: officer, also: {do: poke, case: children}, to: same}
  asking:
    consult: {asks: fields.units, reply: {by: asked_head}, answers: {yes: Có, no: Không}, due: 5 days, again: none}
    actions: {back: {by: officer, to: doing}}
  end: {final: done, actions: {reopen: {by: head, to: doing}}}
"""
VISIT = """
process: visit
number: "{n:03}/{year}-V"
unit: office
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}}
starts: {open: {by: officer, to: there}}
states:
  there: {actions: {over: {by: officer, to: gone}, poke: {by: officer, to: same}}}
  gone: {final: done}
"""


@pytest.fixture
def book() -> Book:
    made = Book(TEXT, {"b.j2": "Nội dung"}, others=(VISIT,))
    made.open()
    return made


def recall(book: Book, actor: str = "officer", case: str = CASE):
    file = book.act(Recall(actor=actor, request_id="r", case=case, note="nhầm"))
    assert differs(file, book.entries[case]) is None
    assert broken(book.entries[case], file.case.head) is None
    return file


def why(book: Book, actor: str = "officer", case: str = CASE) -> str:
    with pytest.raises(Refused) as raised:
        recall(book, actor, case)
    return raised.value.message("en")


def stands(file) -> dict:
    """The case without its chain and the time of its last act."""
    return {key: value for key, value in to_plain(file.case).items() if key not in {*KEPT_BY_CHAIN, "last_act"}}


# ---- what is taken back ----------------------------------------------------------------------------------------------


def test_an_action_is_taken_back_and_no_longer_counts(book):
    before = book.file
    book.do("go", n=3)
    book.now += timedelta(hours=1)
    after = recall(book)
    assert stands(after) == stands(before)
    assert after.case.seq == 3
    assert '"entry":2' in book.entries[CASE][-1].payload
    assert [one.status for one in after.documents] == [DocumentStatus.VOID]
    book.do("go", n=1)
    book.do("go", n=1)  # `times: 2` counts from nothing again


def test_the_automatic_actions_that_followed_are_taken_back_with_it(book):
    before = book.file
    book.do("go", n=7)
    assert book.case.outcome == "done"
    assert {one.status for one in book.file.deadlines} == {DeadlineStatus.MET}
    assert stands(recall(book)) == stands(before)
    assert {one.status for one in book.file.deadlines} == {DeadlineStatus.RUNNING}
    assert [one.next_at for one in book.file.deadlines] == [one.next_at for one in before.deadlines]


def test_what_the_act_asked_and_opened_is_owed_no_more(book):
    book.do("ask")
    assert [one.status for one in book.file.opinions] == [OpinionStatus.ASKED] * 2
    file = recall(book)
    assert [one.status for one in file.opinions] == [OpinionStatus.VOID] * 2
    assert sorted(one.name for one in file.deadlines if is_open(one)) == ["step", "whole"]
    assert file.asked == ()
    with pytest.raises(Refused, match="not asked here"):
        book.reply("north", "north_head", "yes")
    book.do("ask")
    assert {(one.round, one.status) for one in book.file.opinions} == {(1, OpinionStatus.ASKED)}
    book.reply("north", "north_head", "yes")


def test_a_reply_is_taken_back_by_whoever_gave_it(book):
    book.do("ask")
    book.reply("north", "north_head", "yes")
    assert "only Lãnh đạo xã Bắc may do this" in why(book)
    file = recall(book, "north_head")
    assert [one.status for one in file.opinions] == [OpinionStatus.ASKED] * 2
    book.reply("north", "north_head", "no")


def test_a_draft_that_was_there_before_is_a_draft_again(book):
    book.do("go", n=1)
    book.do("go", n=2)
    file = recall(book)
    assert DocumentStatus.DRAFT in {one.status for one in file.documents}
    assert "Báo cáo" in {one.title for one in file.documents if one.status is DocumentStatus.DRAFT}


def test_a_pause_or_an_extension_is_taken_back(book):
    before = book.file
    book.act(Extend(actor="officer", request_id="r", case=CASE, deadline="step", amount="2 days", note="x"))
    assert book.file.deadlines != before.deadlines
    assert {one.key: one.due for one in recall(book).deadlines} == {one.key: one.due for one in before.deadlines}
    book.act(Pause(actor="officer", request_id="r", case=CASE, note="x"))
    assert recall(book).case.paused is None
    assert {one.status for one in book.file.deadlines} == {DeadlineStatus.RUNNING}


def test_those_whose_turn_it_was_and_is_are_told(book):
    book.do("ask")
    recall(book)
    assert book.told == ["officer", "second"]


# ---- what is not -----------------------------------------------------------------------------------------------------


def test_what_is_final_is_not_taken_back_and_the_refusal_says_why(book):
    assert "opened the case" in why(book)
    book.do("sign")
    assert "it issued a paper: Báo cáo" in why(book)
    book.do("send")
    assert "it moved other cases too: 001/2026-V" in why(book)
    assert "opened the case" in why(book, case="001/2026-V")
    book.do("nudge")
    assert "done from another case" in why(book, case="001/2026-V")
    book.do("go", n=1)
    recall(book)
    assert "a recall itself" in why(book)


SECRET_VISIT = """
process: visit
number: "{n:03}/{year}-V"
unit: office
secret: true
roles: {head: {unit: office, position: leader}}
starts: {open: {by: nobody, to: there}}
states:
  there: {actions: {over: {by: head, to: gone}, poke: {by: nobody, to: same}}}
  gone: {final: done}
"""


def test_a_case_that_one_may_not_see_is_named_neither_in_a_refusal_nor_in_a_history():
    book = Book(TEXT, {"b.j2": ""}, others=(SECRET_VISIT,))
    book.open()
    book.do("send")
    assert "it moved other cases too: 001/2026-V" in why(book), "who opened it takes part in it"
    assert "it moved other cases too" in why(book, actor="second")
    assert "001/2026-V" not in why(book, actor="second")
    book.do("nudge")
    facts, moved = book.facts(), book.entries["001/2026-V"]
    version = {one.version: one for one in (book.process, *book.processes.values())}.__getitem__
    for sees, said in ((True, f"poke, from case {CASE}"), (False, "poke, from another case")):
        assert history_shown(moved, version, facts, sees=lambda _number, sees=sees: sees)[-1].title == said


def test_what_the_clock_did_since_is_not_untold(book):
    book.do("go", n=1)
    book.now += timedelta(days=10)
    book.fire()
    refused = why(book)
    assert "a deadline has fired" in refused
    assert "only hoso may do this" in refused


def test_what_followed_from_another_case_is_not_taken_back_with_an_act_before_it():
    text = TEXT.replace("when: fields.n == 7", "when: [children.count > 0, children.open == 0]")
    book = Book(text, {"b.j2": ""}, others=(VISIT,))
    book.open()
    book.do("send")
    book.do("go", n=1)
    book.now += timedelta(minutes=1)
    book.do("over", case="001/2026-V")
    assert book.case.outcome == "done"
    assert "went on by itself" in why(book)
    assert "it moved other cases too" in why(book, case="001/2026-V")


def test_a_case_that_became_another_s_is_not_brought_back(book):
    book.do("turn")
    assert "another procedure" in why(book)


def test_the_procedure_may_let_others_recall():
    book = Book(TEXT.replace("rights: {", "rights: {recall: head, "), {"b.j2": ""}, others=(VISIT,))
    book.open()
    book.do("go", n=1)
    assert "only Trưởng ban" in why(book)
    assert recall(book, "head").case.fields.get("n") is None


# ---- any act ---------------------------------------------------------------------------------------------------------

ACTS = ("go", "ask", "back", "sign", "yes", "attach", "comment", "extend", "pause", "resume")


def _do(book: Book, what: str, n: int) -> None:
    base = {"actor": "officer", "request_id": "r", "case": CASE, "note": "x"}
    match what:
        case "yes":
            book.reply("north", "north_head", "yes")
        case "attach" | "comment" | "pause" | "resume":
            book.act({"attach": Attach, "comment": Comment, "pause": Pause, "resume": Resume}[what](**base))
        case "extend":
            book.act(Extend(**base, deadline="whole", amount=f"{n} days"))
        case "go":
            book.do("go", n=n)
        case _:
            book.do(what)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 7), st.integers(0, 40)), min_size=1, max_size=8))
def test_whatever_was_done_a_recall_puts_the_case_back_and_history_proves_it(steps):
    book = Book(TEXT, {"b.j2": "Nội dung"}, others=(VISIT,))
    book.open()
    for what, n, hours in steps:
        before = book.file
        try:
            _do(book, what, n)
        except HosoError:
            continue
        book.now += timedelta(hours=hours)
        actor = "north_head" if what == "yes" else "officer"
        issued, earlier = ({one.key for one in file.documents if one.status is DocumentStatus.ISSUED} for file in (book.file, before))
        if issued - earlier:
            assert "issued a paper" in why(book, actor)
            continue
        after = recall(book, actor)
        assert stands(after) == stands(before)
        stood = {one.key: one for one in before.deadlines}
        for one in after.deadlines:
            assert (
                one.status is DeadlineStatus.DROPPED
                if one.key not in stood
                else replace(one, next_at=None) == replace(stood[one.key], next_at=None)
            )
        _do(book, what, n)
    assert differs(book.file, book.entries[CASE]) is None

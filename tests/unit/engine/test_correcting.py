"""Corrections: a further act with its reason; what hangs on it follows, papers and whoever was told included; reopening."""

import pytest

from tests.unit.engine.making import Book, at
from tests.unit.engine.rules import said, tried
from workflow.engine.history import differs
from workflow.errors import NotFound
from workflow.model import Correct, DeadlineStatus, Open, Recuse, Reopen

CASE = {"request_id": "r", "case": "001/2026-S"}
TEXT = """
case_title: "Việc {{ fields.topic }}"
fields:
  topic: {type: text, required: true}
  length: {type: integer}
  day: {type: date}
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}, other: {unit: council, position: leader}}
documents:
  report: {type: BC, title: "Về {{ fields.topic }}", body: r.j2, issuer: office, signer: head, recipients: other}
  second: {type: BC, title: Không nhắc đến, body: r.j2, issuer: office, signer: head}
starts: {open: {by: officer, form: [topic, day, length], notifies: other, to: begun}}
due: {name: whole, at: 5 days before fields.day}
states:
  begun:
    due: [{when: fields.length > 5, then: 9 working days}, {else: 3 working days}]
    actions:
      write: {by: officer, issues: report}
      brief: {by: officer, drafts: second}
      long: {by: auto, when: fields.length == 100, to: over}
      end: {by: officer, to: over}
      move: {by: officer, to: elsewhere}
  over: {final: done}
  elsewhere: {final: moved, actions: {back: {by: officer, to: begun}}}
rights: {correct: officer, reopen: head, void: officer}
"""


@pytest.fixture
def book() -> Book:
    made = Book(TEXT, {"r.j2": "{{ fields.topic }}"})
    made.open("officer", topic="cầu", day="2026-12-31", length=2)
    made.more["told"] = {"001/2026-S": {1: ("chair", "second")}}
    return made


def correct(case: Book, entry: int = 1, note: str = "Ghi nhầm", papers=None, actor: str = "officer", **fields):
    return case.act(Correct(actor=actor, entry=entry, note=note, fields=fields, papers=papers or {}, **CASE))


def reopen(case: Book, actor: str = "head", note: str = "Còn việc"):
    return case.act(Reopen(actor=actor, note=note, **CASE))


def due(case: Book) -> dict[str, str]:
    return {one.name: one.due.isoformat() for one in case.file.deadlines if one.status is DeadlineStatus.RUNNING}


def test_deadlines_follow_what_was_put_right(book):
    before = due(book)
    correct(book, day="2026-12-21", length=6)
    after = due(book)
    assert after["whole"] < before["whole"]
    assert after["due"] > before["due"]
    assert differs(book.file, book.entries["001/2026-S"]) is None


def test_the_history_says_what_was_wrong_and_nothing_is_erased(book):
    correct(book, length=3)
    first, second = said(book)
    assert first["fields"]["length"] == 2
    assert (second["act"], second["data"]["was"], second["fields"]) == ("correct", {"length": 2}, {"length": 3})


def test_whoever_was_told_what_was_wrong_is_told_what_is_right_but_who_withdrew(book):
    correct(book, length=3)
    assert book.told == ["chair", "second"]
    assert all("Ghi nhầm" in one.subject for one in book.last_part.notices)
    book.act(Recuse(actor="second", note="Người thân", **CASE))
    correct(book, length=4)
    assert book.told == ["chair"]


def test_a_title_that_the_process_gave_follows_and_one_of_a_persons_own_stays(book):
    correct(book, topic="đường")
    assert book.case.title == "Việc đường"
    own = titled(TEXT, topic="cầu")
    correct(own, topic="đường")
    assert own.case.title == "Việc riêng"


def test_what_follows_by_itself_follows(book):
    assert correct(book, length=100).case.state == "over"


# ---- papers ----------------------------------------------------------------------------------------------------------------


def test_an_issued_paper_that_says_it_must_be_decided_on(book):
    book.do("write")
    assert tried(lambda: correct(book, topic="đường")) == ["paper"]
    assert tried(lambda: correct(book, day="2026-12-21", topic="đường", papers={"report": "keep"})) == []
    assert [one.status.value for one in book.file.documents] == ["issued"]


def test_a_draft_follows_by_itself(book):
    book.do("brief")
    correct(book, topic="đường")
    assert [one.status.value for one in book.file.documents] == ["draft"]


def test_a_paper_is_voided_with_the_correction_in_an_entry_of_its_own(book):
    book.do("write")
    correct(book, topic="đường", papers={"report/1": "void"})
    assert [(one.key, one.status.value) for one in book.file.documents] == [("report/1", "void")]
    assert [entry["act"] for entry in said(book)][-2:] == ["correct", "document-void"]


def test_a_paper_is_replaced_by_one_that_says_what_is_right(book):
    book.do("write")
    correct(book, topic="đường", papers={"report/1": "replace"})
    assert [(one.title, one.status.value, one.symbol) for one in book.file.documents] == [
        ("Về cầu", "replaced", "01-BC/BTG"),
        ("Về đường", "issued", "02-BC/BTG"),
    ]
    assert "chair" in book.told
    assert differs(book.file, book.entries["001/2026-S"]) is None


def test_a_paper_is_voided_by_those_who_may_and_once(book):
    book.do("write")
    correct(book, topic="đường", papers={"report": "void"})
    assert tried(lambda: correct(book, topic="sông", papers={"report": "void"})) == ["document"]
    with pytest.raises(NotFound):
        correct(book, topic="sông", papers={"letter": "void"})


def test_why_nothing_is_put_right(book):
    assert tried(lambda: correct(book, note="", length=3)) == ["note"]
    assert tried(lambda: correct(book)) == ["form"]
    assert tried(lambda: correct(book, topic=None)) == ["form"]
    assert tried(lambda: correct(book, actor="head", length=3)) == ["by"]
    with pytest.raises(NotFound):
        correct(book, entry=9, length=3)


def titled(text: str, **fields) -> Book:
    """A case whose title a person gave."""
    made = Book(text, {"r.j2": "x"})
    made.act(Open(actor="officer", request_id="r", process=made.process.key, start="open", fields=fields, title="Việc riêng"))
    made.more["told"] = {"001/2026-S": {}}
    return made


def test_a_title_that_can_not_be_worked_out_is_kept():
    made = titled(TEXT.replace("Việc {{ fields.topic }}", "Việc {{ fields.length + 1 }}"), topic="cầu")
    correct(made, topic="đường")
    assert made.case.title == "Việc riêng"


# ---- reopened --------------------------------------------------------------------------------------------------------------


def test_a_closed_case_goes_on_where_it_was_closed_with_the_deadlines_of_its_state_anew(book):
    book.do("end")
    assert due(book) == {}
    book.now = at("2026-11-25 09:00")
    reopen(book)
    assert (book.case.state, book.case.outcome, book.case.closed) == ("begun", "", None)
    assert sorted(due(book)) == ["due"], "what was settled stays settled"
    assert [entry["act"] for entry in said(book)] == ["open", "advance", "reopen"]
    assert differs(book.file, book.entries["001/2026-S"]) is None


def test_why_a_case_is_not_reopened(book):
    assert tried(lambda: reopen(book)) == ["open"]
    book.do("end")
    assert tried(lambda: reopen(book, actor="officer", note="")) == ["by", "note"]


def test_a_case_that_was_opened_closed_has_nothing_to_go_back_to():
    made = Book(TEXT.replace("notifies: other, to: begun", "notifies: other, to: elsewhere"), {"r.j2": "x"})
    made.open("officer", topic="cầu")
    assert tried(lambda: reopen(made)) == ["no-previous"]

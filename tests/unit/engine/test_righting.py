"""A reply put right or taken back: the round, its clocks, papers and whoever was told follow; nothing is erased."""

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from tests.unit.engine.rules import said, tried
from workflow.engine import righting
from workflow.engine.history import differs
from workflow.engine.scope import replies
from workflow.errors import NotFound, WrongValue
from workflow.model import Correct, DeadlineStatus, OpinionStatus, Recall, Recuse

CASE = {"request_id": "r", "case": "001/2026-S"}
TEXT = """
fields:
  places: {type: units, default: [north, south]}
  topic: {type: text, default: cầu}
  cost: {type: integer, required: true}
  remark: {type: text}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  local: {unit: asked, position: leader}
documents:
  letter: {type: CV, title: Trả lời, body: r.j2, issuer: asked, signer: local, recipients: boss}
  table: {type: BC, title: Bảng, body: r.j2, issuer: office, signer: boss, recipients: boss}
starts: {open: {by: worker, form: places, to: asking}}
states:
  asking:
    consult:
      asks: fields.places
      answers: {agree: Đồng ý, reject: Không}
      reply: {by: local, form: [cost, remark], notifies: boss, PAPER}
      due: {at: 5 working days}
      silence: none
      enough: all
      again: reject
    actions:
      collect: {by: auto, when: replies.enough and replies.reject == 0, to: drafted}
      stop: {by: worker, to: drafted}
  drafted: {actions: {print: {by: worker, issues: table}, again: {by: worker, to: asking}, end: {by: worker, to: over}}}
  over: {final: done}
rights: {correct: [boss, local], void: boss, recall: boss}
"""


def made(paper: str = "") -> Book:
    book = Book(TEXT.replace(", PAPER", f", {paper}" if paper else ""), {"r.j2": "x"})
    book.open("officer", places=["north", "south"])
    return book


@pytest.fixture
def book() -> Book:
    """Asked are two communes; the first has said no: line 2."""
    case = made()
    case.now = at("2026-11-25 09:00")
    case.reply("north", "north_head", "reject", cost=5, remark="đắt", note="Thiếu tiền")
    return case


def right(case: Book, entry: int = 2, actor: str = "head", note: str = "Ghi nhầm", **more):
    fields = more.pop("fields", {})
    return case.act(Correct(actor=actor, entry=entry, note=note, fields=fields, **more, **CASE))


def opinion(case: Book, unit: str = "north", number: int = 1):
    return next(one for one in case.file.opinions if (one.asked, one.round) == (unit, number))


def clock(case: Book, unit: str = "north"):
    return [one for one in case.file.deadlines if one.asked == unit][-1]


# ---- put right -------------------------------------------------------------------------------------------------------------


def test_an_answer_is_put_right_and_stays_the_units_at_the_time_when_it_was_given(book):
    given = opinion(book)
    book.now = at("2026-12-10 09:00")
    right(book, answer="agree", fields={"remark": None, "cost": 7})
    now = opinion(book)
    assert (now.answer, now.fields) == ("agree", {"cost": 7})
    assert (now.by, now.at, now.late, now.note) == (given.by, given.at, False, "Thiếu tiền")
    assert [(one.answer, one.fields["cost"], one.by) for one in now.earlier] == [("reject", 5, "north_head")]
    assert clock(book).status is DeadlineStatus.MET
    assert differs(book.file, book.entries["001/2026-S"]) is None


def test_the_history_says_what_the_reply_was_and_is(book):
    right(book, answer="agree", fields={"cost": 7, "topic": "đường"})
    first, second = said(book)[1:3]
    assert first["data"]["answer"] == "reject"
    assert second["data"]["reply"] == {
        "asked": "north",
        "answer": "agree",
        "fields": {"cost": 7},
        "was": {"answer": "reject", "fields": {"cost": 5}},
    }
    assert (second["fields"], second["data"]["was"]) == ({"topic": "đường"}, {"topic": "cầu"})
    assert book.case.fields["topic"] == "đường"


def test_what_follows_from_the_round_follows_from_the_right_answer(book):
    book.reply("south", "south_head", "agree", cost=1)
    assert book.case.state == "asking"
    assert right(book, answer="agree").case.state == "drafted"


def test_counts_are_of_the_right_answers_also_when_the_round_is_over(book):
    book.do("stop")
    right(book, answer="agree")
    counted = replies(book.process, book.file, book.facts())
    assert (counted["agree"], counted["reject"], counted["sum"]["cost"]) == (1, 0, 5)
    assert book.case.state == "drafted"


def test_whoever_was_told_is_told_and_when_the_round_is_over_whoever_works_with_it(book):
    right(book, answer="agree")
    assert book.told == ["head"]
    book.do("stop")
    right(book, answer="reject")
    assert book.told == ["head", "officer", "second"]
    book.act(Recuse(actor="second", note="Người thân", **CASE))
    right(book, answer="agree")
    assert book.told == ["head", "officer"]


def test_a_reply_is_put_right_once_more_by_its_own_line(book):
    right(book, answer="agree")
    right(book, answer="reject", fields={"cost": 6})
    assert [one.answer for one in opinion(book).earlier] == ["reject", "agree"]


def test_an_answer_that_was_carried_into_the_next_round_is_put_right_there_too(book):
    book.reply("south", "south_head", "agree", cost=1)
    book.do("stop")
    book.do("again")
    assert (opinion(book, "south", 2).carried, opinion(book, "south", 2).answer) == (True, "agree")
    right(book, entry=3, answer="reject")
    assert [opinion(book, "south", number).answer for number in (1, 2)] == ["reject", "reject"]


# ---- refused ---------------------------------------------------------------------------------------------------------------


def test_who_may_and_what_may_be_put_right(book):
    assert tried(lambda: right(book, actor="officer", answer="agree")) == ["by"]
    assert tried(lambda: right(book, actor="south_head", answer="agree")) == ["by"], "another unit's reply"
    assert tried(lambda: right(book, note=" ", answer="agree")) == ["note"]
    assert tried(lambda: right(book, answer="maybe")) == ["answer"]
    assert tried(lambda: right(book)) == ["form"]
    assert tried(lambda: right(book, fields={"cost": None})) == ["form"]
    assert tried(lambda: right(book, entry=1, answer="agree")) == ["reply"]
    assert tried(lambda: right(book, entry=1, take_back=True)) == ["reply"]
    assert tried(lambda: right(book, take_back=True, answer="agree")) == ["reply"]
    with pytest.raises(WrongValue):
        right(book, fields={"cost": "nhiều"})
    with pytest.raises(NotFound):
        right(book, entry=9, answer="agree")
    assert right(book, actor="north_head", answer="agree").case.state == "asking", "the unit's own"


def test_a_reply_whose_place_another_took_is_put_right_by_that_ones_line(book):
    book.act(Recall(actor="head", note="", **CASE))
    book.reply("north", "north_head", "reject", cost=8)
    assert tried(lambda: right(book, answer="agree")) == ["reply"]
    assert tried(lambda: right(book, fields={"remark": "rẻ"})) == ["reply"]
    assert tried(lambda: right(book, entry=4, answer="agree")) == []
    assert right(book, fields={"topic": "đường"}).case.fields["topic"] == "đường", "the case's own fields are another matter"


# ---- taken back ------------------------------------------------------------------------------------------------------------


def test_a_reply_that_is_taken_back_is_owed_again_with_the_time_that_was_left(book):
    book.now = at("2026-12-09 09:00")  # past the first due
    before = clock(book)
    right(book, take_back=True, note="Xã khác gửi")
    now, deadline = opinion(book), clock(book)
    assert (now.status, now.answer, now.by, now.fields, now.at) == (OpinionStatus.ASKED, "", "", {}, None)
    assert [one.answer for one in now.earlier] == ["reject"]
    assert (before.status, deadline.status, deadline.settled) == (DeadlineStatus.MET, DeadlineStatus.RUNNING, None)
    assert [one.what.value for one in deadline.events] == ["opened", "stopped", "resumed"]
    assert deadline.due > book.now
    assert said(book)[-1]["data"]["reply"]["taken_back"] is True
    assert differs(book.file, book.entries["001/2026-S"]) is None
    book.reply("north", "north_head", "agree", cost=2)
    assert (opinion(book).answer, opinion(book).late) == ("agree", False)
    assert tried(lambda: right(book, take_back=True)) == ["reply"], "that line is no reply any more"


def test_a_reply_that_is_taken_back_was_not_done(book):
    assert book.case.done["reply"].count == 1
    book.reply("south", "south_head", "reject", cost=1)
    right(book, take_back=True)
    assert (book.case.done["reply"].count, book.case.done["reply"].persons) == (1, ("south_head",))
    right(book, entry=3, take_back=True)
    assert "reply" not in book.case.done


def test_when_the_round_is_over_nothing_is_owed_but_a_late_reply_may_come(book):
    book.do("stop")
    right(book, take_back=True)
    assert opinion(book).status is OpinionStatus.ASKED
    assert clock(book).status is DeadlineStatus.MET
    book.reply("north", "north_head", "agree", cost=2)
    assert opinion(book).late


def test_a_reply_taken_back_that_was_carried_over_is_asked_for_in_the_round_that_runs(book):
    book.reply("south", "south_head", "agree", cost=1)
    book.do("stop")
    book.do("again")
    book.now = at("2026-12-09 09:00")
    right(book, entry=3, take_back=True)
    assert [opinion(book, "south", number).status.value for number in (1, 2)] == ["asked", "asked"]
    assert not opinion(book, "south", 2).carried
    assert (clock(book, "south").status, clock(book, "south").due) == (DeadlineStatus.RUNNING, at("2026-12-17 00:00"))
    assert "reply" in book.case.done


def test_a_correction_is_recalled_and_all_is_as_before(book):
    stood = opinion(book), clock(book)
    right(book, take_back=True)
    book.act(Recall(actor="head", note="", **CASE))
    assert (opinion(book), clock(book)) == stood
    assert right(book, answer="agree").case.state == "asking", "the reply stands, and may be put right"


def test_a_reply_that_was_changed_and_changed_back_by_a_recall_stands_again():
    case = Book(TEXT.replace(", PAPER", "").replace("again: reject", "changeable: true"), {"r.j2": "x"})
    case.open("officer", places=["north", "south"])
    case.reply("north", "north_head", "reject", cost=5)
    case.reply("north", "north_head", "agree", cost=5)
    assert tried(lambda: right(case, answer="agree")) == ["reply"]
    case.act(Recall(actor="head", note="", **CASE))
    assert right(case, answer="agree").opinions[0].answer == "agree"


# ---- papers ----------------------------------------------------------------------------------------------------------------


def test_the_paper_that_the_reply_issued_must_be_decided_on():
    book = made("issues: letter")
    book.reply("north", "north_head", "reject", cost=5)
    assert tried(lambda: right(book, answer="agree")) == ["paper"]
    assert tried(lambda: right(book, answer="agree", papers={"letter": "void"})) == []
    assert [one.status.value for one in book.file.documents] == ["void"]


def test_a_units_own_letter_falls_with_its_own_correction_whoever_may_void_papers():
    for way, left in (("void", ["void"]), ("replace", ["replaced", "issued"])):
        book = made("issues: letter")
        book.reply("north", "north_head", "reject", cost=5)
        assert tried(lambda book=book, way=way: right(book, actor="north_head", answer="agree", papers={"letter": way})) == []
        assert [one.status.value for one in book.file.documents] == left
        assert differs(book.file, book.entries[CASE["case"]]) is None


def test_another_units_letter_does_not_and_neither_does_what_is_not_the_replys(book):
    case = made("issues: letter")
    case.reply("north", "north_head", "reject", cost=5)
    assert "by" in tried(lambda: right(case, actor="south_head", answer="agree", papers={"letter": "void"}))
    book.reply("south", "south_head", "agree", cost=1)
    book.do("stop", "officer")
    book.do("print", "officer")
    assert tried(lambda: right(book, actor="north_head", answer="agree", papers={"table": "void"})) == ["by"]
    assert tried(lambda: right(book, actor="north_head", answer="agree", papers={"table": "keep"})) == []


def test_a_unit_puts_right_its_reply_and_nothing_of_the_case(book):
    assert tried(lambda: right(book, actor="north_head", answer="agree", fields={"places": ["north"]})) == ["by"]


def test_a_table_that_says_what_was_answered_is_replaced_and_one_that_does_not_is_left_alone(book):
    book.do("stop")
    book.do("print")
    assert tried(lambda: right(book, answer="agree")) == ["paper"]
    right(book, answer="agree", papers={"table": "replace"})
    old, new = book.file.documents
    assert (old.status.value, new.status.value) == ("replaced", "issued")
    assert [one["answer"] for one in new.facts["replies"]["opinions"]] == ["agree", ""]
    book.reply("south", "south_head", "agree", cost=3)
    assert tried(lambda: right(book, entry=len(book.entries["001/2026-S"]), answer="reject")) == [], "no paper says it"


def test_a_reply_of_a_state_that_a_migration_took_away_can_not_be_put_right(book):
    gone = tuple(replace(one, consult=None) for one in book.process.states)
    book.process = replace(book.process, states=gone)
    assert tried(lambda: right(book, answer="agree")) == ["reply"]
    assert right(book, fields={"topic": "đường"}).case.fields["topic"] == "đường"


def test_a_field_of_the_case_alone_is_put_right_and_the_reply_stays_as_it_is(book):
    before = opinion(book)
    right(book, fields={"topic": "đường"})
    assert opinion(book) == before


def test_a_reply_that_says_the_same_again_leaves_the_papers_that_say_it(book):
    book.do("stop")
    book.do("print")
    right(book, fields={"cost": 5})
    assert [one.status.value for one in book.file.documents] == ["issued"]


def test_a_reply_without_a_deadline_is_taken_back_and_owes_none():
    case = Book(TEXT.replace(", PAPER", "").replace("      due: {at: 5 working days}\n", ""), {"r.j2": "x"})
    case.open("officer", places=["north", "south"])
    case.reply("north", "north_head", "reject", cost=5)
    right(case, take_back=True)
    assert opinion(case).status is OpinionStatus.ASKED
    assert case.file.deadlines == ()


def test_a_clock_that_runs_already_needs_not_go_on(book):
    running = clock(book, "south")
    assert righting._going_on(None, running) is running

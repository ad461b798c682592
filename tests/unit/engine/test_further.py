"""What may be done besides the actions: by whom, what it changes, what it says, and how clocks stand still and go on."""

from datetime import timedelta

import pytest

from tests.unit.engine.making import Book, at
from workflow.engine.deadlines import is_open
from workflow.engine.entitled import held
from workflow.engine.further import editable, further
from workflow.engine.history import differs
from workflow.engine.work import begun
from workflow.errors import NotFound, Refused, UnknownField, WrongValue
from workflow.model import (
    Act,
    Assign,
    Attachment,
    Comment,
    Correct,
    DeadlineStatus,
    Edit,
    Extend,
    Pause,
    Resume,
)

CASE = "001/2026-S"
TEXT = """
secret: fields.hidden == true
fields:
  subject: {type: text, required: true}
  n: {type: integer, max: 9}
  twice: {type: integer, computed: fields.n * 2}
  hidden: {type: yes-no}
  day: {type: date}
roles:
  officer: {unit: office, position: specialist}
  head: {unit: office, position: leader}
  handler: {assigned: handler}
rights:
  edit: [head, {officer: [n, day]}]
  assign: head
  extend: head
  pause: head
  correct: head
  comment: [officer, head]
due: {name: whole, at: 10 working days}
starts: {open: {by: officer, form: [subject], assigns: {handler: officer}, to: doing}}
states:
  doing:
    due: {name: step, at: 3 working days, ladder: [{at: 1 working day before due, notifies: handler}, {at: due, notifies: head}]}
    rights: {extend: [head, handler]}
    actions:
      wait: {by: handler, to: waiting}
      hold: {by: handler, stops: step, to: same}
      go: {by: handler, resumes: step, to: same}
      finish: {by: handler, to: over}
      three: {by: auto, when: [fields.n == 3, done.three == 0], to: same}
  waiting:
    stops: all
    due: {name: answer, at: 2 working days}
    actions: {back: {by: handler, to: doing}}
  over: {final: done, actions: {reopen: {by: head, to: doing}}}
"""


@pytest.fixture
def book() -> Book:
    made = Book(TEXT)
    made.open(subject="A")
    return made


def act(book: Book, kind: type[Act], actor: str = "head", note: str = "vì", **others):
    file = book.act(kind(actor=actor, request_id="r", case=CASE, note=note, **others))
    assert differs(file, book.entries[CASE]) is None
    return file


def why(book: Book, kind: type[Act], actor: str = "head", note: str = "vì", **others) -> str:
    before = book.file
    with pytest.raises(Refused) as raised:
        book.act(kind(actor=actor, request_id="r", case=CASE, note=note, **others))
    assert book.file == before
    return raised.value.message("en")


def due(book: Book, name: str):
    (one,) = (one for one in book.file.deadlines if one.name == name and is_open(one))
    return one


# ---- rights ----------------------------------------------------------------------------------------------------------


def test_a_right_that_nobody_has_is_refused_with_the_line_that_would_give_it():
    rights = TEXT[TEXT.index("rights:") : TEXT.index("due:")]
    book = Book(TEXT.replace(rights, ""))
    book.open(subject="A")
    assert "rights: {pause: ROLE}" in why(book, Pause)
    assert "lets nobody change the field 'n'" in why(book, Edit, fields={"n": 1})
    assert "'edit' to nobody" in why(book, Edit)


def test_what_a_state_says_of_a_right_goes_before_what_the_process_says(book):
    act(book, Extend, "officer", deadline="step", amount="1 day")
    book.do("wait")
    assert "only Trưởng ban" in why(book, Extend, "officer", deadline="answer", amount="1 day")


def test_where_nothing_is_said_who_may_act_here_or_opened_it_may_attach(book):
    file = book.attach("officer", attachments=[Attachment(name="a.txt", hash="h", size=1)])
    assert file.case.seq == 2
    with pytest.raises(Refused):
        book.attach("clerk")


def test_a_right_can_be_asked_without_using_it(book):
    work = begun(book.process, book.file, Act(actor="officer", request_id=""), book.facts())
    assert [held(work, what) for what in ("comment", "extend", "pause", "attach")] == [True, True, False, True]
    assert editable(work) == ["n", "day"]
    clock = begun(book.process, book.file, Act(actor="hoso", request_id=""), book.facts())
    assert not held(clock, "comment")
    book.do("finish")
    assert editable(begun(book.process, book.file, Act(actor="head", request_id=""), book.facts())) == []


def test_an_act_of_no_kind_is_a_mistake_of_the_program(book):
    with pytest.raises(TypeError):
        further(begun(book.process, book.file, Act(actor="officer", request_id=""), book.facts()), Act(actor="officer", request_id=""))


# ---- words and fields ------------------------------------------------------------------------------------------------


def test_a_comment_is_a_note_on_record_and_needs_one(book):
    file = act(book, Comment, "officer", "Đã gọi điện")
    assert '"act":"comment"' in book.entries[CASE][-1].text
    assert "Đã gọi điện" in book.entries[CASE][-1].payload
    assert file.case.state == "doing"
    assert "a note is required" in why(book, Comment, "officer", "  ")
    assert "only Chuyên viên 1" in why(book, Comment, "chair")


def test_fields_are_edited_by_those_who_may_change_each(book):
    act(book, Edit, "officer", fields={"n": 4})
    assert (book.case.fields["n"], book.case.fields["twice"]) == (4, 8)
    refused = why(book, Edit, "officer", fields={"n": 5, "subject": "B", "hidden": True})
    assert refused.count("only Trưởng ban may do this") == 1
    act(book, Edit, "head", fields={"subject": "B", "n": 5})
    assert book.case.fields["subject"] == "B"


def test_an_edit_is_followed_by_what_hangs_on_the_field(book):
    act(book, Edit, "officer", fields={"n": 3})
    assert book.case.done["three"].count == 1
    assert not book.case.secret
    act(book, Edit, "head", fields={"hidden": True})
    assert book.case.secret


def test_what_can_not_be_edited_is_refused_or_named(book):
    assert "no field is given" in why(book, Edit)
    assert "must be filled" in why(book, Edit, fields={"subject": ""})
    with pytest.raises(UnknownField):
        act(book, Edit, fields={"twice": 3})
    with pytest.raises(WrongValue):
        act(book, Edit, fields={"n": 10})
    book.do("finish")
    assert "the case is closed" in why(book, Edit, fields={"n": 1})


def test_what_an_entry_says_wrongly_is_put_right_by_another_also_when_the_case_is_closed(book):
    book.do("finish")
    act(book, Correct, entry=1, fields={"subject": "Đúng"})
    assert book.case.fields["subject"] == "Đúng"
    assert '"entry":1' in book.entries[CASE][-1].payload
    assert "a note is required" in why(book, Correct, note="", entry=1, fields={"subject": "C"})
    assert "no field is given" in why(book, Correct, entry=1)
    with pytest.raises(NotFound, match="9"):
        act(book, Correct, entry=9, fields={"subject": "C"})


# ---- people ----------------------------------------------------------------------------------------------------------


def test_a_slot_is_given_to_another_person_who_is_told(book):
    act(book, Assign, slot="handler", person="second")
    assert book.case.slots == {"handler": "second"}
    assert book.told == ["second"]
    book.do("finish", "second")


def test_a_slot_or_person_that_is_not_there_is_named_with_the_nearest(book):
    with pytest.raises(NotFound, match="handler"):
        act(book, Assign, slot="handlr", person="second")
    with pytest.raises(NotFound, match="second"):
        act(book, Assign, slot="handler", person="secnd")
    assert "only Trưởng ban" in why(book, Assign, "officer", slot="handler", person="second")


def test_who_holds_no_post_today_is_given_nothing():
    organisation = """
positions: {leader: Lãnh đạo, specialist: Chuyên viên, deputy: Phó, clerk: Văn thư}
units: {office: {title: Ban, kind: party}}
persons: {head: {title: Trưởng}, officer: {title: Viên}, gone: {title: Đã nghỉ}}
posts:
  - {person: head, unit: office, position: leader}
  - {person: officer, unit: office, position: specialist}
  - {person: gone, unit: office, position: specialist, until: 2025-12-31}
"""
    book = Book(TEXT, organisation_text=organisation)
    book.open(subject="A")
    assert "Đã nghỉ holds no post today" in why(book, Assign, slot="handler", person="gone")
    book.do("finish")
    assert "the case is closed" in why(book, Assign, slot="handler", person="officer")


# ---- extending -------------------------------------------------------------------------------------------------------


def test_a_deadline_is_extended_and_its_rungs_move(book):
    before = due(book, "step")
    assert before.due == at("2026-11-27 00:00")  # three working days after Friday 20th, the 24th being off: Thursday 26th, 24:00
    act(book, Extend, deadline="step", amount="2 working days")
    after = due(book, "step")
    assert after.due == at("2026-12-01 00:00")
    assert after.next_at > before.next_at
    assert book.told == ["officer"]
    act(book, Extend, deadline=after.key, amount="1 day")
    assert due(book, "step").due == at("2026-12-02 00:00")


def test_an_extension_of_a_stopped_deadline_is_kept_when_it_goes_on(book):
    book.do("hold")
    act(book, Extend, deadline="step", amount="1 working day")
    assert due(book, "step").status is DeadlineStatus.STOPPED
    book.now += timedelta(days=3)
    book.do("go")
    assert due(book, "step").due == at("2026-12-01 00:00")


def test_an_extension_in_a_pause_goes_on_with_the_case(book):
    act(book, Pause)
    act(book, Extend, deadline="step", amount="1 working day")
    book.now += timedelta(days=3)
    act(book, Resume)
    assert (due(book, "step").status, due(book, "step").due) == (DeadlineStatus.RUNNING, at("2026-12-01 00:00"))


def test_a_deadline_that_was_extended_while_it_stood_still_is_late_only_if_it_was_when_it_stopped(book):
    book.do("hold")
    book.now = at("2026-12-20 09:00")
    act(book, Extend, deadline="step", amount="1 working day")
    book.do("wait")
    assert [one.status for one in book.file.deadlines if one.name == "step"] == [DeadlineStatus.MET]


def test_a_wrong_extension_says_why(book):
    assert "a note is required" in why(book, Extend, note="", deadline="step", amount="1 day")
    assert "by more than nothing" in why(book, Extend, deadline="step", amount="0 days")
    with pytest.raises(WrongValue):
        act(book, Extend, deadline="step", amount="a while")
    with pytest.raises(NotFound, match="step"):
        act(book, Extend, deadline="stp", amount="1 day")


def test_a_deadline_whose_rule_is_gone_can_not_be_extended(book):
    book.process = Book(TEXT.replace("due: {name: whole, at: 10 working days}\n", "")).process
    assert "has no rule 'whole' any more" in why(book, Extend, deadline="whole", amount="1 day")


# ---- pausing ---------------------------------------------------------------------------------------------------------


def test_a_paused_case_s_clocks_stand_still_and_go_on_with_what_was_left(book):
    whole, step = due(book, "whole").due, due(book, "step").due
    act(book, Pause)
    assert {one.status for one in book.file.deadlines} == {DeadlineStatus.STOPPED}
    assert book.case.paused == book.now
    book.now += timedelta(days=7)
    act(book, Resume, note="")
    assert (due(book, "whole").due - whole, due(book, "step").due - step) == (timedelta(days=4), timedelta(days=6))
    # four working days more, each: from Monday 7th to Friday 11th; from Thursday 26th over a weekend to Wednesday 2nd
    assert book.case.paused is None


def test_a_deadline_that_is_opened_meanwhile_stands_still_too(book):
    act(book, Pause)
    book.do("wait")
    assert {one.status for one in book.file.deadlines if is_open(one)} == {DeadlineStatus.STOPPED}
    book.now += timedelta(days=7)
    act(book, Resume)
    assert due(book, "answer").status is DeadlineStatus.RUNNING
    assert due(book, "whole").status is DeadlineStatus.STOPPED, "the state stops all others"
    book.do("back")
    assert due(book, "whole").status is DeadlineStatus.RUNNING


def test_what_an_action_stops_in_a_pause_stays_stopped_after_it_and_what_it_resumes_waits(book):
    act(book, Pause)
    book.do("hold")
    act(book, Resume)
    assert due(book, "step").status is DeadlineStatus.STOPPED
    act(book, Pause)
    book.do("go")
    assert due(book, "step").status is DeadlineStatus.STOPPED
    act(book, Resume)
    assert due(book, "step").status is DeadlineStatus.RUNNING


def test_pausing_twice_or_going_on_without_a_pause_is_refused(book):
    assert "are not paused" in why(book, Resume)
    act(book, Pause)
    assert "stand still already" in why(book, Pause)
    assert "only Trưởng ban" in why(book, Resume, "officer")
    act(book, Resume)
    book.do("finish")
    assert "the case is closed" in why(book, Pause)

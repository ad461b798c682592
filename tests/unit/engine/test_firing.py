"""The clock's acts: rungs in order, each once; what an outage left; what could not be done (language.md 2.7 and 2.13)."""

import time
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine import clocks, firing
from workflow.engine.deadlines import RUNNING
from workflow.engine.history import differs
from workflow.engine.work import begun
from workflow.errors import Refused
from workflow.model import Deadline, Fire

SAMPLE = """
fields:
  n: {{type: integer, title: Số, default: 0}}
  log: {{type: note, title: Sổ, default: "·"}}
  day: {{type: date, title: Ngày}}
roles: {{handler: {{assigned: handler}}, boss: {{unit: office, position: leader}}, worker: {{unit: office, position: specialist}}}}
documents:
  warning: {{type: BC, title: Quá hạn, body: w.j2, issuer: office, signer: {signer}, recipients: handler}}
  note: {{type: BC, title: "{{{{ fields.n + 1 }}}}", body: w.j2, issuer: office, signer: boss, recipients: handler}}
starts: {{open: {{by: anyone, form: [n, day], assigns: {{handler: worker}}, to: a}}}}
states:
  a:
    due: {due}
    actions:
      fill: {{by: anyone, form: [n, day]}}
      leave: {{by: nobody, to: b}}
      again: {{by: nobody, to: a}}
      later: {{by: nobody, sets: {{day: "fields.day|plus('10 days')"}}}}
  b: {{due: {{at: 500 working days, ladder: [{{at: due, notifies: boss}}]}}, actions: {{end: {{by: anyone, to: done}}}}}}
  done: {{final: done}}
actions:
  count: {{from: any, by: nobody, sets: {{n: fields.n + 1}}}}
  guarded: {{from: any, by: nobody, when: {{fields.n > 4: "n còn {{ít}}"}}, sets: {{n: "0"}}, to: b}}
  papers: {{from: any, by: nobody, issues: note}}
"""


def book(ladder: str, due: str = "1 working day", *, signer: str = "boss", organisation: str = ORGANISATION, **fields: object) -> Book:
    dues = due if due.startswith("[") else f"{{at: {due}, ladder: {ladder}}}"
    text = SAMPLE.format(due=dues, signer=signer)
    made = Book(text, {"w.j2": "Quá hạn {{ deadline.due }}"}, organisation_text=organisation)
    made.open(**fields)
    return made


def look(one: Book, when: str | None = None, late: str = "coalesce") -> list[tuple[str, int]]:
    """Fire until nothing is due, as the worker does; (action, rung) of each entry."""
    one.now = at(when) if when else one.now
    found: list[tuple[str, int]] = []
    while due := [each for each in one.file.deadlines if each.next_at is not None and each.next_at <= one.now]:
        first = min(due, key=lambda each: (each.next_at, each.key))
        one.act(Fire(actor="hoso", request_id="f", case=one.case.number, deadline=first.key, late=late))
        found += [(draft.action, draft.data.get("rung")) for draft in one.last_part.drafts if draft.act in {"fire", "silence"}]
        work = begun(one.process, one.file, Fire(actor="hoso", request_id="f", case=one.case.number, deadline=first.key), one.facts())
        running = [each for each in work.deadlines.values() if each.status is RUNNING]
        assert [clocks.worked_out(work, each) for each in running] == running, "also after a rung that works nothing out anew"
    assert differs(one.file, one.entries[one.case.number]) is None
    return found


def notices(one: Book) -> list[tuple[str, str]]:
    """(kind, person) of all that was told so far."""
    return [(each.kind, each.person) for change in one.changes for part in change.parts for each in part.notices]


def deadline(one: Book, place: int = 0) -> Deadline:
    return one.file.deadlines[place]


THREE = "[{at: 1 hour before due, notifies: handler}, {at: due, notifies: boss}, {at: 1 hour after due, notifies: [boss, handler]}]"
"""The due is the 24th at 00:00."""


# ---- each once, in order -----------------------------------------------------------------------------------------------


def test_a_rung_fires_when_its_time_has_come_and_never_again():
    one = book(THREE)
    assert look(one, "2026-11-23 22:59") == []
    assert look(one, "2026-11-23 23:00") == [("", 0)]
    assert look(one, "2026-11-23 23:00") == []
    assert look(one, "2026-11-24 00:00") == [("", 1)]  # the due falls exactly at now
    assert notices(one) == [("reminder", "officer"), ("overdue", "head")]


def test_what_is_not_due_is_refused():
    one = book(THREE)
    act = Fire(actor="hoso", request_id="f", case="001/2026-S", deadline=deadline(one).key)
    for key in (act.deadline, "state:a/none/9"):
        refused = one.decide(Fire(actor="hoso", request_id="f", case="001/2026-S", deadline=key))
        assert isinstance(refused, Refused)
        assert [reason.code for reason in refused.reasons] == ["not-due"]
    look(one, "2026-11-24 09:00")
    assert isinstance(one.decide(act), Refused)


def test_each_rung_is_an_entry_of_its_own_by_the_clock():
    one = book(THREE)
    look(one, "2026-11-24 09:00")
    assert [(each.actor, each.act, each.data["rung"], each.data["at"]) for each in one.last_part.drafts] == [
        ("hoso", "fire", 0, at("2026-11-23 23:00")),
        ("hoso", "fire", 1, at("2026-11-24 00:00")),
        ("hoso", "fire", 2, at("2026-11-24 01:00")),
    ]


def test_a_rung_that_leaves_the_state_drops_the_rest():
    one = book("[{at: due, do: leave}, {at: due, do: count}, {at: 1 hour after due, notifies: boss}]")
    assert look(one, "2026-11-25 09:00") == [("leave", 0)]
    assert (one.case.state, one.case.fields["n"], deadline(one).status.value, notices(one)) == ("b", 0, "missed", [])


def test_a_rung_that_enters_its_state_anew_drops_the_rest_and_the_new_deadline_is_whole():
    one = book("[{at: due, do: again}, {at: 1 hour after due, do: count}]")
    assert look(one, "2026-11-24 09:00") == [("again", 0)]
    assert (deadline(one).status.value, deadline(one, 1).due, deadline(one, 1).fired) == ("missed", at("2026-11-26 00:00"), ())


def test_a_rung_whose_action_moves_the_due_moves_the_rungs_to_come():
    ladder = "[{at: due, do: later}, {at: 1 hour after due, do: count}]"
    one = book(ladder, "fields.day", day="2026-11-23")
    assert look(one, "2026-11-25 09:00") == [("later", 0)]
    assert (one.case.fields["n"], deadline(one).next_at) == (0, at("2026-12-04 01:00"))


def test_of_two_deadlines_the_earlier_rung_goes_first_also_between_two_of_the_other():
    dues = "[{name: x, at: 1 hour, ladder: [{at: due, do: count}, {at: 3 hours after due, do: leave}]}, {name: y, at: 2 hours, ladder: [{at: due, do: count}]}]"
    one = book("", dues)
    assert look(one, "2026-11-25 09:00") == [("count", 0), ("count", 0), ("leave", 1)]
    assert one.case.fields["n"] == 2


def test_rungs_without_actions_wait_for_no_other_deadline():
    dues = "[{name: x, at: 1 hour, ladder: [{at: due, notifies: boss}, {at: 3 hours after due, notifies: boss}]}, {name: y, at: 2 hours, ladder: [{at: due, notifies: boss}]}]"
    one = book("", dues)
    look(one, "2026-11-25 09:00")
    assert notices(one) == [("overdue", "head"), ("overdue", "head")]


# ---- after an outage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "when", "told"),
    [
        ("coalesce", "2026-11-24 09:00", [("overdue", "head"), ("overdue", "officer")]),
        ("each", "2026-11-24 09:00", [("reminder", "officer"), ("overdue", "head"), ("overdue", "head"), ("overdue", "officer")]),
        ("skip", "2026-11-24 09:00", []),
        ("skip", "2026-11-24 01:30", [("overdue", "head"), ("overdue", "officer")]),
        ("skip", "2026-11-24 01:00", [("overdue", "head"), ("overdue", "head"), ("overdue", "officer")]),  # an hour is not old
    ],
)
def test_after_an_outage_the_offices_policy_holds(late, when, told):
    one = book(THREE)
    look(one, when, late)
    assert notices(one) == told
    assert (deadline(one).fired, deadline(one).next_at) == ((0, 1, 2), None)


def test_a_notice_waits_for_another_deadlines_action_and_goes_with_the_state_that_it_leaves():
    dues = "[{name: x, at: 1 hour, ladder: [{at: due, notifies: boss, repeat: 1 hour}]}, {name: y, at: 150 minutes, ladder: [{at: due, do: leave}]}]"
    for late, told in (("each", 2), ("coalesce", 1)):
        one = book("", dues)
        look(one, "2026-11-20 16:00", late)
        assert (one.case.state, len(notices(one)), deadline(one).repeats) == ("b", told, {"0": 2})


def test_what_comes_at_one_instant_goes_by_the_deadlines_names():
    for first, second, told in (("x", "y", 2), ("y", "x", 1)):
        dues = f"[{{name: {first}, at: 1 hour, ladder: [{{at: due, notifies: boss, repeat: 1 hour}}]}}, {{name: {second}, at: 2 hours, ladder: [{{at: due, do: leave}}]}}]"
        one = book("", dues)
        look(one, "2026-11-20 16:00", "coalesce")
        assert (one.case.state, deadline(one).repeats) == ("b", {"0": told})


@pytest.mark.parametrize("late", ["coalesce", "each", "skip"])
def test_each_rungs_action_counts_whatever_the_policy(late):
    one = book("[{at: due, do: count, notifies: boss}, {at: 1 hour after due, do: count, repeat: 1 hour}]")
    look(one, "2026-11-24 04:30", late)
    assert one.case.fields["n"] == 1 + 4
    assert deadline(one).next_at == at("2026-11-24 05:00")


def test_rungs_of_one_instant_each_tell_also_after_an_outage():
    ladder = (
        "[{at: 1 hour before due, notifies: boss}, {at: due, notifies: handler, repeat: 1 hour}, {at: 1 hour after due, notifies: boss}]"
    )
    one = book(ladder)
    look(one, "2026-11-23 23:00")
    look(one, "2026-11-24 00:00")
    assert look(one, "2026-11-24 01:00") == [("", 1), ("", 2)]
    assert notices(one) == [("reminder", "head"), ("overdue", "officer"), ("overdue", "officer"), ("overdue", "head")]
    late = book("[{at: 1 hour before due, notifies: boss}, {at: due, notifies: handler}, {at: due, notifies: boss}]")
    look(late, "2026-11-25 09:00")
    assert notices(late) == [("overdue", "officer"), ("overdue", "head")]


def test_a_notice_that_waited_for_a_higher_rung_is_told_when_that_one_is_dropped():
    one = book("[{at: due, notifies: boss}, {at: 1 hour after due, do: leave}, {at: 2 hours after due, notifies: handler}]")
    assert look(one, "2026-11-25 09:00") == [("", 0), ("leave", 1)]
    assert notices(one) == [("overdue", "head")]


def test_a_notice_waits_no_longer_when_the_next_action_leaves_the_higher_rung_due():
    one = book("[{at: due, notifies: boss}, {at: 1 hour after due, do: count}, {at: 2 hours after due, notifies: handler}]")
    look(one, "2026-11-25 09:00")
    assert notices(one) == [("overdue", "officer")]


def test_repetitions_that_were_missed_in_a_row_are_told_once():
    one = book("[{at: due, notifies: boss}, {at: 1 hour after due, notifies: handler, repeat: 1 hour}]")
    look(one, "2026-11-24 09:30")
    assert (notices(one), deadline(one).repeats, deadline(one).next_at) == ([("overdue", "officer")], {"1": 9}, at("2026-11-24 10:00"))
    assert one.last_part.drafts[-1].data["times"] == 9
    look(one, "2026-11-24 10:00")
    assert (notices(one)[1:], "times" in one.last_part.drafts[-1].data) == ([("overdue", "officer")], False)


def test_under_each_every_repetition_is_told():
    one = book("[{at: due, notifies: handler, repeat: 1 hour}]")
    look(one, "2026-11-24 02:30", "each")
    assert notices(one) == [("overdue", "officer")] * 3


def test_repetitions_give_way_to_another_rung_in_its_turn():
    ladder = (
        "[{at: 90 minutes after due, do: count}, {at: due, notifies: handler, repeat: 30 minutes}, {at: 120 minutes after due, do: leave}]"
    )
    one = book(ladder)
    # 00:00 … 01:00, then the count of 01:30 before the repetition of the same time, then leaving, after 02:00's repetition
    assert look(one, "2026-11-24 09:00") == [("", 1), ("count", 0), ("", 1), ("leave", 2)]
    assert deadline(one).repeats == {"1": 5}


def test_an_outage_of_years_is_caught_up_with_in_one_look_and_no_time():
    one = book("[{at: due, notifies: handler, repeat: 1 minute}]")
    before = time.perf_counter()
    assert look(one, "2036-11-24 09:00") == [("", 0)]
    assert time.perf_counter() - before < 2
    assert deadline(one).next_at == at("2036-11-24 09:01")
    assert notices(one) == [("overdue", "officer")]


def test_an_act_fires_no_more_than_so_many_rungs_and_the_next_goes_on():
    one = book("[{at: due, do: count, repeat: 1 minute}]")
    one.now = at("2026-11-24 01:00")
    one.act(Fire(actor="hoso", request_id="f", case="001/2026-S", deadline=deadline(one).key))
    assert (one.case.fields["n"], deadline(one).next_at) == (firing.MOST, at("2026-11-24 00:50"))
    look(one)
    assert one.case.fields["n"] == 61
    two = book("[{at: due, notifies: boss, repeat: 1 minute}]")
    two.now = at("2026-11-24 01:00")
    two.act(Fire(actor="hoso", request_id="f", case="001/2026-S", deadline=deadline(two).key, late="each"))
    assert len(two.last_part.drafts) == firing.MOST
    look(two, late="each")
    assert len(notices(two)) == 61


# ---- what could not be done ----------------------------------------------------------------------------------------------


def test_a_refused_action_is_recorded_the_handler_told_and_done_after_the_next_act_that_allows_it():
    one = book("[{at: due, do: guarded}]")
    look(one, "2026-11-24 09:00")
    key = f"guarded@{deadline(one).key}#0"
    assert one.case.failed == {key: "n còn {ít}"}
    assert (one.last_part.drafts[-1].data["failed"], notices(one)) == ("n còn {ít}", [("failed", "officer")])
    one.do("fill", n=4)
    assert (one.case.failed, one.case.state, len(notices(one))) == ({key: "n còn {ít}"}, "a", 1)
    one.do("fill", n=5)
    assert (one.case.failed, one.case.state, one.case.fields["n"]) == ({}, "b", 0)
    retried = one.last_part.drafts[-1]
    assert (retried.actor, retried.act, retried.action, retried.data["retried"]) == ("hoso", "fire", "guarded", True)
    assert differs(one.file, one.entries["001/2026-S"]) is None


def test_an_action_that_can_not_be_done_where_the_case_stands_is_refused():
    one = Book(
        """
roles: {handler: {assigned: handler}}
due: {at: 1 working day, ladder: [{at: due, do: only_a}]}
starts: {open: {by: anyone, assigns: {handler: opener}, to: a}}
states:
  a: {actions: {only_a: {by: nobody, to: b}, on: {by: anyone, to: b}}}
  b: {actions: {back: {by: anyone, to: a}, end: {by: anyone, to: done}}}
  done: {final: done}
"""
    )
    one.open()
    one.do("on")
    look(one, "2026-11-24 09:00")
    (why,) = one.case.failed.values()
    assert why == "'only_a' can't be done where the case stands"
    one.do("back")
    assert (one.case.state, one.case.failed) == ("b", {})
    one.do("end")
    assert one.case.failed == {}


def test_what_failed_is_forgotten_with_its_deadline_and_tried_no_more():
    one = book("[{at: due, do: guarded}, {at: 1 hour after due, do: leave}]")
    look(one, "2026-11-24 09:00")
    assert (one.case.state, one.case.failed) == ("b", {})


def test_of_several_that_failed_the_first_that_goes_may_end_the_others():
    one = book("[{at: due, do: guarded}, {at: 1 hour after due, do: guarded}]")
    look(one, "2026-11-24 09:00")
    assert len(one.case.failed) == 2
    one.do("fill", n=5)
    assert (one.case.state, one.case.failed, [each.act for each in one.last_part.drafts]) == ("b", {}, ["advance", "fire"])


def test_without_a_handler_nobody_is_told_of_a_failure():
    one = Book(
        SAMPLE.format(due="{at: 1 day, ladder: [{at: due, do: guarded}]}", signer="boss")
        .replace(", handler: {assigned: handler}", "")
        .replace("{handler: {assigned: handler}, ", "{")
        .replace("recipients: handler", "recipients: boss")
        .replace("assigns: {handler: worker}, ", ""),
        {"w.j2": "x"},
    )
    one.open()
    look(one, "2026-11-24 09:00")
    assert (len(one.case.failed), notices(one)) == (1, [])


def test_a_paper_is_written_and_may_be_told_of():
    one = book("[{at: due, issues: warning, notifies: boss}, {at: 1 hour after due, drafts: warning}]")
    look(one, "2026-11-24 09:00")
    assert [(each.symbol, each.status.value) for each in one.file.documents] == [("01-BC/BTG", "issued"), ("", "draft")]


NO_HEAD = ORGANISATION.replace("  - {person: head, unit: office, position: leader, title: Trưởng ban}\n", "")


@pytest.mark.parametrize(
    ("organisation", "why"),
    [
        (NO_HEAD, "nobody may sign for Ban Tuyên giáo today (boss)"),
        (ORGANISATION.replace("bodies: [office, district]", "bodies: [district]"), "Ban Tuyên giáo has no committee term"),
    ],
)
def test_a_paper_that_can_not_be_issued_is_left_out_put_on_record_and_the_rest_of_the_rung_done(organisation, why):
    one = book("[{at: due, drafts: note, issues: warning, notifies: worker, do: count}]", organisation=organisation)
    look(one, "2026-11-24 09:00")
    assert one.last_part.drafts[-1].data["unwritten"].startswith(why)
    assert (one.file.documents, one.case.fields["n"], one.numbers.keys()) == ((), 1, {*one.numbers})
    assert notices(one) == [("overdue", "officer"), ("overdue", "second"), ("failed", "officer")]
    assert why in one.last_part.notices[-1].text


def test_a_paper_whose_title_can_not_be_worked_out_is_left_out_too():
    one = book("[{at: due, drafts: warning, issues: note}]", n=None)
    look(one, "2026-11-24 09:00")
    assert one.file.documents == ()
    assert "unwritten" in one.last_part.drafts[-1].data


def test_what_the_renderer_could_not_write_is_on_record_of_the_rungs_with_papers_only():
    one = book("[{at: due, issues: warning}, {at: 1 hour after due, notifies: boss}]")
    one.now = at("2026-11-24 09:00")
    one.act(Fire(actor="hoso", request_id="f", case="001/2026-S", deadline=deadline(one).key, unwritten="w.j2, line 1: {x}"))
    first, second = one.last_part.drafts
    assert (first.data["unwritten"], "unwritten" in second.data, one.file.documents) == ("w.j2, line 1: {x}", False, ())
    assert notices(one) == [("failed", "officer"), ("overdue", "head")]


def test_a_rung_that_can_do_neither_paper_nor_action_tells_the_handler_both_at_once():
    one = book("[{at: due, issues: warning, do: papers}]", organisation=NO_HEAD)
    look(one, "2026-11-24 09:00")
    (told,) = one.last_part.notices
    assert (told.kind, told.text.count("nobody may sign")) == ("failed", 2)


# ---- silence -------------------------------------------------------------------------------------------------------------

ASKING = """
fields: {units: {type: units, title: Nơi hỏi, default: [north, south]}}
roles: {head: {unit: asked, position: leader}, handler: {assigned: handler}}
starts: {open: {by: anyone, assigns: {handler: opener}, to: ask}}
states:
  ask:
    consult:
      asks: fields.units
      answers: {agree: Đồng ý, reject: Không}
      reply: {by: head}
      due: {at: 1 working day, ladder: [{at: due, notifies: [head, handler]}, {at: 1 hour after due, notifies: handler}]}
      silence: SILENCE
      enough: all
    actions: {collect: {by: auto, when: replies.enough, to: done}}
  done: {final: done}
"""


def asking(silence: str = "agree") -> Book:
    one = Book(ASKING.replace("SILENCE", silence))
    one.open()
    return one


def test_silence_is_filled_in_at_the_due_after_its_rungs_and_enough_is_looked_at_again():
    one = asking()
    one.reply("north", "north_head", "reject")
    assert look(one, "2026-11-24 00:00") == [("", 0), ("", -1)]
    south = one.file.opinions[1]
    assert (south.status.value, south.answer, deadline(one, 1).status.value) == ("silent", "agree", "missed")
    assert one.case.state == "done"
    assert notices(one) == [("overdue", "south_head"), ("overdue", "officer")]


def test_after_an_outage_the_dues_own_notice_is_told_although_silence_drops_the_higher_rung():
    one = asking()
    assert look(one, "2026-12-24 00:00") == [("", 0), ("", -1)] * 2
    assert sorted(notices(one)) == [("overdue", "north_head"), ("overdue", "officer"), ("overdue", "officer"), ("overdue", "south_head")]
    assert [each.data["answer"] for change in one.changes for each in change.parts[0].drafts if each.act == "silence"] == ["agree"] * 2


def test_without_a_declared_answer_silence_stays_silence():
    one = asking("none")
    assert look(one, "2026-11-25 09:00") == [("", 0), ("", 1)] * 2
    assert ({each.status.value for each in one.file.opinions}, {each.status.value for each in one.file.deadlines}) == (
        {"asked"},
        {"running"},
    )


# ---- for all looks -------------------------------------------------------------------------------------------------------

SEARCH = [Phase.explicit, Phase.generate]
"""No shrinking: a case takes tens of milliseconds."""
AT = st.sampled_from(
    ["2 working days before due", "1 hour before due", "due", "1 hour after due", "1 working day after due", "2 days after due"]
)
DOES = st.sampled_from(["notifies: boss", "notifies: handler", "do: count", "do: guarded", "do: leave", "do: count, notifies: boss"])
REPEAT = st.sampled_from(["", "", ", repeat: 1 working day", ", repeat: 8 hours"])
LADDER = st.lists(st.tuples(AT, DOES, REPEAT).map(lambda one: f"{{at: {one[0]}, {one[1]}{one[2]}}}"), min_size=1, max_size=4)


def facts(one: Book) -> tuple:
    rungs = sorted(
        (each.data["deadline"].split("/")[0], each.data["rung"], each.data["at"])
        for change in one.changes
        for each in change.parts[0].drafts
        if each.act == "fire"
    )
    return one.case.state, one.case.fields, one.case.failed, rungs


def ladders(one: Book) -> list[tuple]:
    """What is done of each ladder, and what comes next. (Whether a deadline was met hangs on when the clock could act.)"""
    return [(sorted(each.fired), each.repeats, each.next_at) for each in one.file.deadlines if each.on == "state:a"]


@settings(max_examples=20, deadline=None, phases=SEARCH)
@given(first=LADDER, second=LADDER, steps=st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_one_look_after_an_outage_ends_where_many_small_looks_do(first, second, steps):
    dues = f"[{{name: x, at: 2 working days, ladder: [{', '.join(first)}]}}, {{name: y, at: 30 hours, ladder: [{', '.join(second)}]}}]"
    many, once = book("", dues), book("", dues)
    for hours in steps:
        many.now += timedelta(hours=hours)
        look(many, late="each")
    once.now = many.now
    look(once, late="each")
    assert facts(once) == facts(many)
    assert sorted(notices(once)) == sorted(notices(many))
    assert ladders(once) == ladders(many)


@settings(max_examples=25, deadline=None)
@given(ladder=LADDER, steps=st.lists(st.integers(1, 60), min_size=1, max_size=10), late=st.sampled_from(["each", "coalesce", "skip"]))
def test_a_deadlines_rungs_never_fire_out_of_order_nor_twice(ladder, steps, late):
    one = book(f"[{', '.join(ladder)}]")
    for hours in steps:
        one.now += timedelta(hours=hours)
        look(one, late=late)
    fired = [
        each.data
        for change in one.changes
        for each in change.parts[0].drafts
        if each.act == "fire" and each.data["deadline"].startswith("state:a")
    ]
    assert [each["at"] for each in fired] == sorted(each["at"] for each in fired)
    assert len({(each["rung"], each["at"]) for each in fired}) == len(fired)
    assert deadline(one).next_at is None or deadline(one).next_at > one.now

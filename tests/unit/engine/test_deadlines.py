"""One deadline: opened, stopped, resumed, settled; its ladder, in order (language.md 2.8 to 2.13)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from workflow.engine import deadlines as dl
from workflow.engine.clocks import recomputed
from workflow.engine.work import begun
from workflow.model import Act, Deadline, DeadlineStatus

SAMPLE = """
fields: {{n: {{type: integer, title: Số}}, day: {{type: date, title: Ngày}}}}
roles: {{handler: {{assigned: handler}}}}
due: {own}
starts: {{open: {{by: anyone, form: [n, day], assigns: {{handler: opener}}, to: a}}}}
states:
  a:
    due: {due}
    actions: {{stay: {{by: anyone, form: [n, day]}}, hold: {{by: anyone, stops: all}}, go_on: {{by: anyone, resumes: all}}, on: {{by: anyone, to: b}}}}
  b: {{actions: {{end: {{by: anyone, to: done}}}}}}
  done: {{final: done}}
ladder: {ladder}
"""


def book(due: str = "2 working days", ladder: str = "[]", own: str = "[]", *, now: str = "2026-11-20 09:00", **fields: object) -> Book:
    made = Book(SAMPLE.format(due=due, ladder=ladder, own=own), now=at(now))
    made.open(**fields)
    return made


def only(one: Book) -> Deadline:
    (found,) = one.file.deadlines
    return found


def asked(one: Book, **case: object):
    """(rule, deadline, When, work) of the only deadline as the case stands."""
    work = begun(one.process, one.file, Act(actor="hoso", request_id=""), one.facts())
    deadline = only(one)
    rule = dl.rule_of(one.process, deadline)
    return rule, deadline, work.when(dl.open_at(deadline), due=deadline.due, calendar=rule.calendar), work


def coming(one: Book):
    rule, deadline, when, _ = asked(one)
    return dl.coming(one.process, rule, deadline, when, silence=False)


# ---- its rule --------------------------------------------------------------------------------------------------------


def test_a_deadline_finds_its_rule_by_what_it_is_on():
    one = book("[{name: x, at: 1 day}]", own="[{name: x, at: 9 days}, {name: y, at: 3 days, in: a}]")
    found = {(each.on, each.name): dl.rule_of(one.process, each).at.source for each in one.file.deadlines}
    assert found == {("state:a", "x"): "1 day", ("state:a", "y"): "3 days", ("case", "x"): "9 days"}


@pytest.mark.parametrize("on", ["case", "state:a", "state:gone", "consult:a", "consult:gone"])
def test_a_rule_that_a_version_has_no_more_is_none(on):
    one = book()
    assert dl.rule_of(one.process, replace(only(one), on=on, name="gone")) is None


# ---- settled ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "owed", "status"),
    [
        ("2026-11-26 00:00", True, DeadlineStatus.MET),  # at the due is in time
        ("2026-11-26 00:00", False, DeadlineStatus.DROPPED),
        ("2026-11-26 00:01", True, DeadlineStatus.MISSED),
        ("2026-11-26 00:01", False, DeadlineStatus.MISSED),
    ],
)
def test_a_deadline_is_met_missed_or_dropped(when, owed, status):
    settled = dl.settle(only(book()), at(when), owed=owed)
    assert (settled.status, settled.settled, settled.next_at) == (status, at(when), None)


def test_what_is_settled_stays_settled():
    settled = dl.settle(only(book()), at("2026-11-23 09:00"))
    assert dl.settle(settled, at("2026-12-23 09:00")) == settled
    assert dl.stop(settled, at("2026-12-23 09:00"), 9, "x") == settled
    assert dl.resume(settled, at("2026-12-23 09:00"), 9, "x") == settled


@pytest.mark.parametrize(("stopped", "status"), [("2026-11-25 09:00", DeadlineStatus.MET), ("2026-11-26 09:00", DeadlineStatus.MISSED)])
def test_a_clock_that_stands_still_is_late_only_if_it_was_late_already(stopped, status):
    still = dl.stop(only(book()), at(stopped), 2, "hold")
    assert dl.settle(still, at("2026-12-20 09:00")).status is status


def test_stopping_twice_is_stopping_once():
    still = dl.stop(only(book()), at("2026-11-23 09:00"), 2, "hold")
    assert dl.stop(still, at("2026-11-25 09:00"), 3, "again") == still


# ---- stops and resumptions: what was left is left ----------------------------------------------------------------------


def naive_days(one: Book, number: int, pauses: list[tuple[int, int]]) -> object:
    """The end of the day on which a clock that counts day after day, and not while it stands still, has counted enough.

    Stopped on its last day, it still has the rest of that day: of the working day on which it goes on.
    """
    calendar, opened, left, far = one.calendars.default, at("2026-11-20 09:00").date(), number, 0
    while True:
        far += 1
        counts = not any(first < far <= last for first, last in pauses)
        left -= calendar.is_working(opened + timedelta(days=far)) and counts
        while not left and (resumed := max((last for first, last in pauses if first == far), default=far)) > far:
            far = resumed
            left = int(not calendar.is_working(opened + timedelta(days=far)))
        if not left:
            return calendar.end_of(opened + timedelta(days=far))


PAUSES = st.lists(st.integers(0, 9), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(number=st.integers(1, 12), gaps=PAUSES)
def test_working_days_that_are_stopped_any_number_of_times_are_all_left(number, gaps):
    one = COUNTED[number]
    one.files.clear()
    one.numbers.clear()
    one.now = at("2026-11-20 09:00")
    one.open()
    day, pauses, stopped = 0, [], None
    for gap in gaps:
        day += gap
        if stopped is None and at_day(day) > only(one).due:
            break  # past: it stays so
        one.now = at_day(day)
        one.do("hold" if stopped is None else "go_on")
        if stopped is not None:
            pauses.append((stopped, day))
        stopped = day if stopped is None else None
    if stopped is not None:
        day += 3
        one.now = at_day(day)
        one.do("go_on")
        pauses.append((stopped, day))
    assert only(one).due == naive_days(one, number, pauses)


def at_day(day: int):
    return at("2026-11-20 09:00") + timedelta(days=day)


COUNTED = {number: Book(SAMPLE.format(due=f"{number} working days", ladder="[]", own="[]")) for number in range(1, 13)}
HOURED = Book(SAMPLE.format(due="30 working hours", ladder="[]", own="[]"))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40 * 60), min_size=2, max_size=6))
def test_working_hours_that_are_stopped_any_number_of_times_are_all_left(minutes):
    one = HOURED
    one.files.clear()
    one.numbers.clear()
    one.now = at("2026-11-20 09:00")
    one.open()
    ran, since = timedelta(), one.now
    for index, gap in enumerate(minutes[: len(minutes) // 2 * 2]):
        if one.now + timedelta(minutes=gap) >= only(one).due and index % 2 == 0:
            return
        one.now += timedelta(minutes=gap)
        if index % 2 == 0:
            ran += one.calendars.default.elapsed(since, one.now)
            one.do("hold")
        else:
            since = one.now
            one.do("go_on")
    assert ran + one.calendars.default.elapsed(since, only(one).due) == timedelta(hours=30)


def test_a_pause_of_a_deadline_in_exact_days_is_added_to_the_second():
    one = book("exactly 3 days")
    one.now = at("2026-11-20 10:00")
    one.do("hold")
    one.now = at("2026-11-20 12:30")
    one.do("go_on")
    assert only(one).due == at("2026-11-23 11:30")


def test_a_due_that_is_emptied_is_no_due():
    one = book("3 days after fields.day", day="2026-11-25")
    rule, deadline, _, work = asked(one)
    work.evolve(fields={})
    assert dl.due_now(rule, deadline, work.when(dl.open_at(deadline))) is None
    assert recomputed(work, rule, deadline).status is DeadlineStatus.DROPPED


# ---- rungs -----------------------------------------------------------------------------------------------------------


def test_rungs_come_in_order_of_time_then_of_the_file_and_silence_after_the_dues_own():
    one = book("3 working days", "[{at: 1 day after due}, {at: due}, {at: 1 working day before due}, {at: 0 hours after due}]")
    rule, deadline, when, _ = asked(one)
    found = dl.coming(one.process, rule, deadline, when, silence=True)
    assert [index for _, index in found] == [2, 1, 3, dl.SILENCE, 0]
    done = replace(deadline, fired=(1, dl.SILENCE))
    assert [index for _, index in dl.coming(one.process, rule, done, when, silence=True)] == [2, 3, 0]


def test_a_reminder_that_would_come_before_its_deadline_was_opened_is_left_out():
    choice = "[{when: fields.n == 1, then: 3 working days before due}, {else: 4 working hours before due}]"
    ladder = f"[{{at: 2 working days before due}}, {{at: {choice}}}, {{at: entry}}, {{at: due}}]"
    assert [index for _, index in coming(book("1 working day", ladder, n=1))] == [2, 3]
    assert [index for _, index in coming(book("1 working day", ladder))] == [2, 1, 3]


def test_a_reminder_at_the_very_moment_of_opening_is_left_out_too():
    assert [index for _, index in coming(book("4 working hours", "[{at: 4 working hours before due}, {at: due}]"))] == [1]


@pytest.mark.parametrize("due", ["10 working days", "30 working hours", "exactly 10 days", "3 weeks"])
def test_a_share_is_of_the_time_that_runs_and_none_of_that_which_stood_still(due):
    one = book(due, "[{at: 20% after entry}, {at: 80% before due}, {at: 20% before due}]")
    first = {index: when for when, index in coming(one)}
    assert first[0] == first[1], "what is left after a fifth are four fifths"
    whole = only(one).due
    one.now = at("2026-11-20 10:00")
    one.do("hold")
    one.now = at("2026-12-04 10:00")
    one.do("go_on")
    moved = {index: when for when, index in coming(one)}
    assert moved[0] == moved[1] > one.now
    calendar, working = one.calendars.default, "working" in due
    for index in (0, 2):
        left = [
            calendar.elapsed(rung, end) if working else end - rung for rung, end in ((first[index], whole), (moved[index], only(one).due))
        ]
        assert left[0] == left[1], "as much time is left at the rung as if nothing had stood still"


def test_a_rung_whose_point_is_empty_does_not_come():
    ladder = "[{at: 1 day after fields.day}, {at: [{when: fields.n == 1, then: 1 day}]}]"
    assert coming(book("1 day", ladder)) == []


def test_nothing_comes_of_a_deadline_that_stands_still():
    one = book("2 working days", "[{at: due}]")
    one.do("hold")
    assert coming(one) == []
    assert only(one).next_at is None
    one.do("go_on")
    assert only(one).next_at == only(one).due


@pytest.mark.parametrize(
    ("repeat", "times"),
    [
        ("1 working day", ["2026-11-24 00:00", "2026-11-26 00:00", "2026-11-27 00:00"]),
        ("1 month", ["2026-11-24 00:00", "2026-12-24 00:00", "2027-01-26 00:00", "2027-02-24 00:00"]),  # 23 January: a Saturday
        ("90 minutes", ["2026-11-24 00:00", "2026-11-24 01:30", "2026-11-24 03:00"]),
        ("exactly 1 day", ["2026-11-24 00:00", "2026-11-25 00:00", "2026-11-26 00:00"]),
        ("2 working hours", ["2026-11-24 00:00", "2026-11-25 09:30", "2026-11-25 11:30"]),
        ("fields.n days", ["2026-11-24 00:00", "2026-11-27 00:00", "2026-12-01 00:00"]),  # 29 November: a Sunday
    ],
)
def test_a_rung_repeats_itself_after_each_amount_counted_from_its_first_time(repeat, times):
    one = book("1 working day", f"[{{at: due, repeat: {repeat}}}]", n=3)
    rule, deadline, when, _ = asked(one)
    (rung,) = one.process.ladder_of(rule)
    assert [dl.rung_time(rung, done, when) for done in range(len(times))] == [at(each) for each in times]
    assert dl.fired(deadline, rung, 0, 2).repeats == {"0": 2}


@pytest.mark.parametrize(
    ("repeat", "fields"), [("10000 years", {}), ("fields.n days", {}), ("fields.n days", {"n": 0}), ("fields.n days", {"n": -1})]
)
def test_a_rung_that_can_not_repeat_itself_fires_once(repeat, fields):
    one = book("1 working day", f"[{{at: due, repeat: {repeat}}}]", **fields)
    one.now = at("2026-12-24 09:00")
    one.fire("each")
    assert (only(one).next_at, one.last_part.drafts[0].data["at"]) == (None, at("2026-11-24 00:00"))


@given(
    every=st.sampled_from(["1 day", "1 working day", "45 minutes", "3 working hours", "1 week"]),
    done=st.integers(0, 30),
    days=st.integers(0, 40),
)
@settings(max_examples=40, deadline=None)
def test_how_often_a_rung_came_is_found_as_by_counting(every, done, days):
    one = REPEATING[every]
    rule, _, when, _ = asked(one)
    (rung,) = one.process.ladder_of(rule)
    until = dl.rung_time(rung, done, when) + timedelta(days=days)
    counted = 1
    while dl.rung_time(rung, done + counted, when) <= until:
        counted += 1
    assert dl.times_by(rung, done, until, when) == counted


REPEATING = {
    every: book("1 working day", f"[{{at: due, repeat: {every}}}]")
    for every in ("1 day", "1 working day", "45 minutes", "3 working hours", "1 week")
}


# ---- opinions --------------------------------------------------------------------------------------------------------

ASKING = """
fields: {units: {type: units, title: Nơi hỏi, default: [north, south]}}
roles: {head: {unit: asked, position: leader}}
starts: {open: {by: anyone, to: ask}}
states:
  ask:
    consult: {asks: fields.units, reply: {by: head}, due: 2 working days, silence: none}
    actions: {again: {by: anyone, restarts: reply}, done: {by: anyone, to: end}}
  end: {final: done}
"""


def test_the_deadline_of_a_reply_is_the_units_own_also_once_it_was_begun_anew():
    one = Book(ASKING)
    one.open()
    one.now = at("2026-11-23 09:00")
    one.do("again")
    opinion = one.file.opinions[1]
    found = dl.of_opinion(one.file.deadlines, opinion)
    assert (opinion.asked, found.asked, found.status, found.due) == ("south", "south", DeadlineStatus.RUNNING, at("2026-11-27 00:00"))
    one.reply("south", "south_head")
    assert dl.of_opinion(one.file.deadlines, opinion).status is DeadlineStatus.MET
    assert [each.status.value for each in one.file.deadlines] == ["dropped", "dropped", "running", "met"]
    assert dl.of_opinion([], opinion) is None

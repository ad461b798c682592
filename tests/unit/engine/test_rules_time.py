"""The rules of the language (docs/reference/language.md, section 4), 8–13 and 17: deadlines, times, rungs, consultations."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.making import CALENDAR, ZONE, at, definitions
from tests.unit.engine.rules import RULE, fresh, later, said, tried
from workflow.model import CLOCK, DeadlineStatus, Edit, OpinionStatus

ROLES = "roles: {worker: {unit: office, position: specialist}, handler: {assigned: handler}, place: {unit: asked, position: leader}}\n"
HOUR = timedelta(hours=1)
OFF = date(2026, 11, 24)
"""The one holiday of the calendar that these cases go by; beside it, weekends are off."""
NUMBER = "001/2026-S"


def works(day: date) -> bool:
    return day.weekday() < 5 and day != OFF


def rolled(day: date) -> date:
    """The day, or the next one that is worked."""
    while not works(day):
        day += timedelta(days=1)
    return day


def end_of(day: date) -> datetime:
    """Its 24:00."""
    return datetime.combine(day + timedelta(days=1), time(0), ZONE).astimezone(UTC)


def local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def named(book, name: str):
    """The newest deadline of this name."""
    return [one for one in book.file.deadlines if one.name == name][-1]


# ---- 8: leaving --------------------------------------------------------------------------------------------------------

LEAVE = (
    ROLES
    + """
due: {name: whole, at: 12 hours after open, until: b}
starts: {open: {by: worker, to: a}}
states:
  a: {due: {at: 5 hours, ladder: {at: due, notifies: worker}}, actions: {a_b: {by: worker, to: b}}}
  b:
    due: {name: own, at: 5 hours, ladder: {at: due, notifies: worker}}
    consult: {asks: "['north']", reply: {by: place}, due: {name: reply, at: 3 hours, ladder: {at: due, notifies: place}}}
    actions: {b_a: {by: worker, to: a}, b_b: {by: worker, to: b}, end: {by: worker, to: over}}
  over: {final: done}
"""
)


@RULE
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 16)), min_size=1, max_size=6))
def test_rule_8_leaving_ends_deadlines_rungs_and_round_and_what_is_settled_stays_so(steps):
    book = fresh(LEAVE)
    book.open()
    opened, wanted, whole = book.now, {}, DeadlineStatus.RUNNING
    for to, hours in steps:
        later(book, hours=hours)
        state, entered = book.case.state, book.case.entered
        if state == to == "a":
            continue
        book.do(f"{state}_{to}")
        late = {"due": 5, "own": 5, "reply": 3}
        for one in book.file.deadlines:
            if one.key not in wanted and one.events[0].at == entered and one.on in {f"state:{state}", f"consult:{state}"} and one.settled:
                missed = book.now - entered > late[one.name] * HOUR
                kept = DeadlineStatus.DROPPED if one.name == "reply" else DeadlineStatus.MET
                wanted[one.key] = DeadlineStatus.MISSED if missed else kept
        if to == "b" and whole is DeadlineStatus.RUNNING:
            whole = DeadlineStatus.MISSED if book.now - opened > 12 * HOUR else DeadlineStatus.MET
        status = {one.key: one.status for one in book.file.deadlines}
        assert {key: status[key] for key in wanted} == wanted
        assert named(book, "whole").status is whole
        running = {one.on for one in book.file.deadlines if one.settled is None}
        assert running - {"case"} == ({"state:a"} if to == "a" else {"state:b", "consult:b"})
        assert all(one.next_at is None for one in book.file.deadlines if one.settled is not None)
        assert len([one for one in book.file.opinions if one.round == book.case.rounds.get("b")]) == ("b" in book.case.rounds)


# ---- 9: stops: all -------------------------------------------------------------------------------------------------------

STOP = (
    ROLES
    + """
due: [{name: hours, at: 60 hours after open}, {name: days, at: 6 working days}, {name: plain, at: 20 days}]
starts: {open: {by: worker, to: run}}
states:
  run: {actions: {halt: {by: worker, to: halted}}}
  halted: {stops: all, due: {name: own, at: 40 hours}, actions: {go: {by: worker, to: run}, end: {by: worker, to: over}}}
  over: {final: done}
tracks: {t: {start: x, due: {name: track, at: 90 hours}, states: {x: {actions: {t_end: {by: worker, to: z}}}, z: {final: done}}}}
"""
)


@RULE
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 50)), min_size=1, max_size=4))
def test_rule_9_every_other_deadline_goes_on_with_what_was_left_the_states_own_runs(pauses):
    book = fresh(STOP)
    book.open()
    count = book.calendars.default.count
    for running, standing in pauses:
        later(book, hours=running)
        left = {one.name: one for one in book.file.deadlines}
        stopped = book.now
        book.do("halt")
        assert {one.name for one in book.file.deadlines if one.status is DeadlineStatus.STOPPED} == {"hours", "days", "plain", "track"}
        assert (named(book, "own").status, named(book, "own").due) == (DeadlineStatus.RUNNING, book.now + 40 * HOUR)
        later(book, hours=standing)
        book.do("go")
        assert all(named(book, name).status is DeadlineStatus.RUNNING for name in ("hours", "days", "plain", "track"))
        for name in ("hours", "track"):
            was = left[name].due
            assert named(book, name).due == (was + (book.now - stopped) if was > stopped else was)
        was, now = left["days"].due, named(book, "days").due
        if was > stopped and (was, now) != (was, was):
            assert count(local(book.now), local(now - HOUR)) == count(local(stopped), local(was - HOUR))
        assert now >= was
        plain = local(left["plain"].due - HOUR) + (local(book.now) - local(stopped))
        assert named(book, "plain").due == (end_of(rolled(plain)) if local(book.now) > local(stopped) else left["plain"].due)


# ---- 10: points ----------------------------------------------------------------------------------------------------------

POINTS = (
    "fields: {day: {type: date}, n: {type: integer}}\n"
    + ROLES
    + """
ladder: []
due:
  - {name: yearly, at: 15 March}
  - {name: quiet, at: 30 hours after last act}
  - {name: since, at: 20 hours after act}
  - {name: dated, at: fields.day}
starts: {open: {by: worker, to: s}}
states:
  s:
    due: {name: tick, at: 4 hours, ladder: {at: 1 hour after entry, notifies: worker, repeat: 1 hour}}
    actions: {act: {by: worker}, put: {by: worker, form: day}, end: {by: worker, to: over}}
  over: {final: done}
"""
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 28))


@RULE
@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 30)), st.integers(0, 500))
def test_rule_10_a_yearly_date_is_the_first_after_opening(opened, days):
    book = fresh(POINTS)
    book.now = opened.replace(tzinfo=UTC)
    book.open()
    (file,) = book.files.values()
    found = local(next(one.due for one in file.deadlines if one.name == "yearly") - HOUR)
    first = min(day for year in (2026, 2027, 2028, 2029) if end_of(day := date(year, 3, 15)) > book.now)
    assert found == rolled(first)
    later(book, days=days)  # worked out anew, it is the same: also when it is past
    book.do("put", case=file.case.number, day="2028-01-10")
    (file,) = book.files.values()
    assert local(next(one.due for one in file.deadlines if one.name == "yearly") - HOUR) == rolled(first)


@RULE
@given(st.lists(st.tuples(st.sampled_from(["act", "put", "clock"]), st.integers(1, 9)), max_size=6))
def test_rule_10_last_act_counts_persons_acts_an_action_done_again_begins_anew_an_empty_point_is_no_deadline(steps):
    book = fresh(POINTS)
    book.open()
    last, acted, day = book.now, None, None
    for verb, hours in steps:
        later(book, hours=hours)
        if verb == "clock":
            book.fire()
        else:
            last, acted = book.now, book.now if verb == "act" else acted
            day = date(2026, 12, 1) + timedelta(days=hours) if verb == "put" and hours < 8 else None if verb == "put" else day
            book.do(verb, **({"day": day.isoformat() if day else None} if verb == "put" else {}))
        open_ = {one.name: one.due for one in book.file.deadlines if one.settled is None}
        assert open_["quiet"] == last + 30 * HOUR
        assert open_.get("since") == (acted + 20 * HOUR if acted else None)
        assert open_.get("dated") == (end_of(rolled(day)) if day else None)
        assert [one.events[0].at for one in book.file.deadlines if one.name == "since" and one.settled is None] == (
            [acted] if acted else []
        )


# ---- 11: counting ----------------------------------------------------------------------------------------------------------

COUNT = (
    "fields: {n: {type: integer}}\n"
    + ROLES
    + "ladder: []\ndue:\n"
    + "".join(f"  - {{name: {unit}, at: fields.n {unit}}}\n" for unit in ("days", "weeks", "months", "working days", "hours", "minutes"))
    + "  - {name: exact, at: exactly fields.n days}\n"
    + "starts: {open: {by: worker, form: n, to: s}}\nstates: {s: {actions: {end: {by: worker, to: over}}}, over: {final: done}}\n"
)


def month_later(day: date, number: int) -> date:
    years, month = divmod(day.month - 1 + number, 12)
    return date(day.year + years, month + 1, min(day.day, monthrange(day.year + years, month + 1)[1]))


def counted(day: date, number: int) -> date:
    """So many working days on, one by one; 0: that day or the next worked one."""
    step = timedelta(days=1 if number > 0 else -1)
    day = rolled(day) if not number else day
    for _ in range(abs(number)):
        day += step
        while not works(day):
            day += step
    return day


@RULE
@given(st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 31)), st.integers(-9, 20))
def test_rule_11_the_day_of_the_event_is_not_counted_and_a_day_off_is_not_the_last(opened, number):
    book = fresh(COUNT)
    book.now = opened.replace(tzinfo=UTC)
    book.open(n=number)
    day, found = local(book.now), {one.name: one.due for one in book.file.deadlines}
    back = number < 0
    for unit, plain in (
        ("days", day + timedelta(days=number)),
        ("weeks", day + timedelta(weeks=number)),
        ("months", month_later(day, number)),
    ):
        worked = plain
        while not works(worked):
            worked += timedelta(days=-1 if back else 1)
        assert found[unit] == end_of(worked)
    assert found["working days"] == end_of(counted(day, number))
    assert found["hours"] == book.now + number * HOUR
    assert found["minutes"] == book.now + timedelta(minutes=number)
    assert found["exact"] == book.now + timedelta(days=number)


# ---- 12: what changes ------------------------------------------------------------------------------------------------------

CHANGE = (
    "fields: {day: {type: date}}\n"
    + ROLES
    + """
starts: {open: {by: worker, form: day, to: s}}
states:
  s:
    due: {at: fields.day, ladder: [{at: 4 days before due, notifies: worker}, {at: 1 day before due, notifies: worker}, {at: due, notifies: worker}]}
    actions: {end: {by: worker, to: over}}
  over: {final: done, actions: {again: {by: worker, to: s}}}
rights: {edit: worker, correct: worker}
"""
)
MONDAY = date(2026, 11, 16)
CHANGES = st.lists(
    st.tuples(st.sampled_from([1, 3, 7, 10, 15]), st.sampled_from([(), (24,), (18, 26, 27), (19, 20, 23, 30)])), min_size=2, max_size=5
)


@cache
def calendar(closed):
    """The calendar with these days of November off."""
    off = ", ".join(f"{{on: {date(2026, 11, one)}, title: Nghỉ}}" for one in closed)
    return definitions(CHANGE, calendar=CALENDAR.partition("off:")[0] + f"off: [{off}]\n")[2]


def walked(day: date, step: int, is_working) -> date:
    while not is_working(day):
        day += timedelta(days=step)
    return day


@RULE
@given(st.sampled_from([1, 3, 7, 10]), CHANGES)
def test_rule_12_a_changed_field_moves_open_deadlines_and_rungs_to_come_by_the_calendar_of_now_never_those_that_fired(first, changes):
    book = fresh(CHANGE)
    book.now = at("2026-11-16 09:00")
    opened = book.now
    book.open(day=(MONDAY + timedelta(days=first)).isoformat())
    for days, closed in changes:
        later(book, hours=60)
        book.fire()
        before = named(book, "due")
        fires = [one["data"]["rung"] for one in said(book) if one["act"] == "fire"]
        assert sorted(fires) == sorted(before.fired)  # each once, whatever moved since
        day = MONDAY + timedelta(days=days)
        changed = day.isoformat() != book.case.fields["day"]
        book.calendars = calendar(closed) if changed else book.calendars
        book.act(Edit(actor="officer", request_id="r", case=NUMBER, fields={"day": day.isoformat()}))
        if not changed:
            assert named(book, "due") == before
            continue
        last = walked(day, 1, book.calendars.default.is_working)
        rungs = [*(end_of(walked(last - timedelta(days=back), -1, book.calendars.default.is_working)) for back in (4, 1)), end_of(last)]
        coming = [rung for index, rung in enumerate(rungs) if index not in before.fired and (rung > opened or index == 2)]
        assert (named(book, "due").due, named(book, "due").fired) == (end_of(last), before.fired)
        assert named(book, "due").next_at == min(coming, default=None)
    book.do("end")
    settled = named(book, "due")
    book.do("again")
    book.act(Edit(actor="officer", request_id="r", case=NUMBER, fields={"day": "2026-12-24"}))
    assert book.file.deadlines[0] == settled
    assert named(book, "due").due == end_of(date(2026, 12, 24))


# ---- 13: rungs -------------------------------------------------------------------------------------------------------------


def ladder(rungs, leaving) -> str:
    """A procedure whose deadline, due after 50 hours, has rungs at these hours around it; one of them may leave the state."""
    made = "".join(
        f"      - {{at: {abs(hours)} hours {'before' if hours < 0 else 'after'} due, {'do: leave' if at_ == leaving else 'notifies: handler'}}}\n"
        for at_, hours in enumerate(rungs)
    )
    return (
        ROLES
        + "starts: {open: {by: worker, assigns: {handler: worker}, to: s}}\nstates:\n  s:\n    due:\n      at: 50 hours\n      ladder:\n"
        + made.replace("      - ", "        - ")
        + "    actions: {leave: {by: worker, to: over}}\n  over: {final: done}\n"
    )


@RULE
@given(
    st.lists(st.integers(-40, 40), min_size=1, max_size=5),
    st.integers(0, 9),
    st.lists(st.integers(1, 60), min_size=1, max_size=3),
    st.sampled_from(["coalesce", "each", "skip"]),
)
def test_rule_13_rungs_fire_in_order_each_once_the_rest_is_dropped_and_an_outage_has_its_policy(rungs, leaving, waits, late):
    book = fresh(ladder(rungs, leaving))
    book.open()
    at_ = {index: book.now + (50 + hours) * HOUR for index, hours in enumerate(rungs)}
    order = sorted(at_, key=lambda index: (at_[index], index))
    order = order[: order.index(leaving) + 1] if leaving in order else order
    done = 0
    for wait in waits:
        later(book, hours=wait)
        passed = [index for index in order if at_[index] <= book.now]
        tells, done = [index for index in passed[done:] if index != leaving], len(passed)
        changes = len(book.changes)
        book.fire(late)
        told = [notice for change in book.changes[changes:] for part in change.parts for notice in part.notices]
        heard = {
            "each": tells,
            "skip": [index for index in tells if book.now - at_[index] <= HOUR],
            "coalesce": [index for index in tells if at_[index] == max(at_[one] for one in tells)],
        }[late]
        assert [notice.kind for notice in told] == ["reminder" if rungs[index] < 0 else "overdue" for index in heard]
    fires = [one for one in said(book) if one["act"] == "fire"]
    assert [one["data"]["rung"] for one in fires] == order[:done]
    assert {one["actor"] for one in fires} <= {CLOCK}
    assert book.case.outcome == ("done" if leaving in order[:done] else "")


# ---- 17: consultations -------------------------------------------------------------------------------------------------------

ASK = (
    "fields: {units: {type: units, required: true}, n: {type: integer}, share: {type: integer}}\n"
    + ROLES
    + """
starts: {open: {by: worker, form: units, to: asking}}
states:
  asking:
    consult:
      asks: fields.units
      answers: {agree: Đồng ý, amend: Sửa}
      reply: {by: place, form: n, when: {fields.n != 7: not seven}}
      due: {at: 10 hours, ladder: []}
      silence: agree
      enough: 60%
    actions:
      on: {by: auto, when: replies.enough, to: after}
  after: {actions: {end: {by: worker, to: over}}}
  over: {final: done}
"""
)
HEADS = {"north": "north_head", "south": "south_head", "council": "chair", "office": "head", "district": "secretary"}
UNITS = st.lists(st.sampled_from(sorted(HEADS)), min_size=1, max_size=5, unique=True)


@RULE
@given(UNITS, st.data())
def test_rule_17_a_reply_fills_the_reply_silence_counts_at_its_due_a_share_is_of_all_asked_late_ones_are_kept(units, data):
    book = fresh(ASK)
    book.open(units=units)
    answered: set[str] = set()
    silent: set[str] = set()
    hours = 0

    def moved() -> bool:
        return len(answered | silent) * 100 >= 60 * len(units)

    for unit in data.draw(st.permutations(units)):
        wait = data.draw(st.sampled_from([0, 3, 5, 6]))
        later(book, hours=wait)
        hours += wait
        if hours >= 10:
            book.fire()
            for other in sorted(set(units) - answered):
                silent |= set() if moved() else {other}  # silence ends with the round
        number = data.draw(st.sampled_from([0, 5, 7]))
        late = moved() or hours > 10
        codes = tried(partial(book.reply, unit, HEADS[unit], "amend", n=number))
        opinion = next(one for one in book.file.opinions if one.asked == unit)
        assert codes == (["guard"] if number == 7 else [])
        assert book.case.fields == {"units": units}
        if codes:
            assert opinion.status is (OpinionStatus.SILENT if unit in silent else OpinionStatus.ASKED)
        else:
            answered.add(unit)
            assert (opinion.status, opinion.answer, opinion.fields, opinion.late) == (OpinionStatus.GIVEN, "amend", {"n": number}, late)
        assert book.case.state == ("after" if moved() else "asking")


@pytest.mark.parametrize("silence", ["agree", "none"])
def test_rule_17_silence_is_filled_in_by_the_clock_and_enough_is_looked_at_again(silence):
    book = fresh(ASK.replace("silence: agree", f"silence: {silence}"))
    book.open(units=["north", "south"])
    later(book, hours=10)
    book.fire()
    counted_ = silence == "agree"
    assert [one["act"] for one in said(book)[1:]] == (["silence", "silence", "auto"] if counted_ else [])
    assert book.case.state == ("after" if counted_ else "asking")
    assert {one.status for one in book.file.opinions} == ({OpinionStatus.SILENT} if counted_ else {OpinionStatus.ASKED})

"""Counting against a naive oracle: day by day for days, minute by minute for hours, in three zones and any calendar."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.architecture.house import ROOT
from workflow.calendar import Calendar, Special, ledger
from workflow.model import Unit
from workflow.plain import from_plain, to_plain

ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DAY_UNITS = (Unit.WORKING_DAYS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)

days = st.dates(FIRST, LAST)


HOURS = (
    *((), ((450, 690), (810, 1020)), ((450, 690),), ((240, 1440),), ((465, 720), (735, 750), (1200, 1440))),
    ((480, 481),),
)
"""Days off, whole, half, long and odd days; all outside of the hours that clocks skip or double."""


@st.composite
def calendars(draw):
    """Any office: a week with at least one working day, days off, swapped and half days."""
    week = draw(st.tuples(*[st.sampled_from(HOURS)] * 7))
    assume(any(week))
    off = draw(st.dictionaries(days, st.sampled_from(HOURS), max_size=8))
    special = tuple(Special(on=day, title="x", spans=hours) for day, hours in off.items())
    zone, ends = draw(st.sampled_from(ZONES)), draw(st.sampled_from([1440, 1440, 1020]))
    return Calendar(zone=zone, week=week, special=special, day_ends=ends)


@st.composite
def moments(draw):
    """An instant on a whole minute."""
    return datetime.combine(draw(days), time(0), UTC) + draw(st.integers(0, 1439)) * MINUTE


# ---- the oracle ------------------------------------------------------------------------------------------------------


def works(calendar, day):
    """Whether the day is worked, read off the data."""
    for special in calendar.special:
        if special.on == day:
            return special.spans != ()
    return calendar.week[day.weekday()] != ()


def hours_of(calendar, day):
    for special in calendar.special:
        if special.on == day:
            return special.spans
    return calendar.week[day.weekday()]


def moved(day, number, unit):
    """Plain arithmetic, one step at a time."""
    if unit in {Unit.DAYS, Unit.WEEKS}:
        for _ in range(abs(number) * (7 if unit is Unit.WEEKS else 1)):
            day += DAY if number > 0 else -DAY
        return day
    months = day.year * 12 + day.month - 1 + number * (12 if unit is Unit.YEARS else 1)
    target = date(months // 12, months % 12 + 1, 1)
    for _ in range(day.day - 1):
        if (target + DAY).month != target.month:
            break
        target += DAY
    return target


def oracle_day(calendar, start, number, unit):
    """The last day of a period, a day at a time."""
    day = start.astimezone(ZoneInfo(calendar.zone)).date()
    step = DAY if number >= 0 else -DAY
    if unit is Unit.WORKING_DAYS:
        left = abs(number)
        while left:
            day += step
            left -= works(calendar, day)
    else:
        day = moved(day, number, unit)
    while not works(calendar, day):
        day += step
    return day


def oracle_end(calendar, day):
    """The day's end, found by trying every minute of the two days."""
    zone = ZoneInfo(calendar.zone)
    at = datetime.combine(day, time(12), zone).astimezone(UTC)
    if calendar.day_ends < 1440:
        while at.astimezone(zone).replace(tzinfo=None) < datetime.combine(day, time(0)) + calendar.day_ends * MINUTE:
            at += MINUTE
        return at
    while at.astimezone(zone).date() == day:
        at += MINUTE
    return at


def in_working_time(calendar, at):
    """Whether the minute that begins at an instant is working time."""
    there = at.astimezone(ZoneInfo(calendar.zone))
    minute = there.hour * 60 + there.minute
    return any(begins <= minute < ends for begins, ends in hours_of(calendar, there.date()))


def oracle_hours(calendar, start, minutes):
    """So many working minutes on (back), a minute at a time."""
    at = start
    while minutes > 0:
        minutes -= in_working_time(calendar, at)
        at += MINUTE
    while minutes < 0:
        at -= MINUTE
        minutes += in_working_time(calendar, at)
    return at


# ---- the properties --------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(calendars(), moments(), st.integers(-40, 40), st.sampled_from(DAY_UNITS))
def test_periods_in_days_end_where_a_day_by_day_count_ends(calendar, start, number, unit):
    number = max(-6, min(6, number)) if unit in {Unit.MONTHS, Unit.WEEKS} else max(-1, min(1, number)) if unit is Unit.YEARS else number
    end = calendar.add(start, number, unit)
    day = oracle_day(calendar, start, number, unit)
    assert end == oracle_end(calendar, day)
    assert calendar.day_of(end, ends=True) == day
    assert end.tzinfo is UTC


@settings(max_examples=50, deadline=None)
@given(calendars(), moments(), st.integers(-9, 9))
def test_working_hours_end_where_a_minute_by_minute_count_ends(calendar, start, number):
    assume(number)
    assume(sum(ends - begins for hours in calendar.week for begins, ends in hours) > 600)
    end = calendar.add(start, number, Unit.WORKING_HOURS)
    assert end == oracle_hours(calendar, start, number * 60)
    between = calendar.elapsed(start, end)
    assert between == timedelta(hours=number)


def minutes_of(calendar, first, last):
    """The working minutes between two instants, a day's spans at a time."""
    zone, total = ZoneInfo(calendar.zone), 0
    a, b = first.astimezone(zone), last.astimezone(zone)
    for far in range((b.date() - a.date()).days + 1):
        day = a.date() + far * DAY
        begins = a.hour * 60 + a.minute if not far else 0
        ends = b.hour * 60 + b.minute if day == b.date() else 1440
        total += sum(max(0, min(last_, ends) - max(first_, begins)) for first_, last_ in hours_of(calendar, day))
    return total


@settings(max_examples=60, deadline=None)
@given(calendars(), moments(), st.integers(1, 2500))
def test_many_working_hours_end_where_a_day_by_day_count_ends_over_years(calendar, start, number):
    assume(sum(ends - begins for hours in calendar.week for begins, ends in hours) > 60)
    end = calendar.add(start, number, Unit.WORKING_HOURS)
    assert minutes_of(calendar, start, end) == number * 60
    assert in_working_time(calendar, end - MINUTE)
    assert calendar.elapsed(start, end) == timedelta(hours=number)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments(), st.integers(0, 1_500_000))
def test_the_working_time_of_years_is_what_their_days_add_up_to(calendar, start, minutes):
    end = start + minutes * MINUTE
    assert calendar.elapsed(start, end) == minutes_of(calendar, start, end) * MINUTE


def test_working_days_end_where_numpy_says_and_where_a_naive_count_says():
    sys.path.insert(0, str(ROOT / "bench"))
    import deadlines

    wrong, cases, by_numpy = deadlines.differences(300)
    assert (wrong, cases) == (0, 300)
    assert by_numpy > 30


@settings(max_examples=60, deadline=None)
@given(calendars(), moments(), st.integers(0, 3000))
def test_elapsed_counts_each_working_minute_once(calendar, start, minutes):
    end = start + minutes * MINUTE
    counted = sum(in_working_time(calendar, start + step * MINUTE) for step in range(minutes))
    assert calendar.elapsed(start, end) == counted * MINUTE
    assert calendar.elapsed(end, start) == -counted * MINUTE


@settings(max_examples=100, deadline=None)
@given(calendars(), days, days)
def test_counting_working_days_between_dates_is_the_reverse_of_adding_them(calendar, first, second):
    later = [day for day in (min(first, second) + step * DAY for step in range(1, abs((second - first).days) + 1)) if works(calendar, day)]
    assert calendar.count(first, second) == (len(later) if second >= first else -len(later))
    if second > first and later:
        assert calendar.add_days(first, len(later), Unit.WORKING_DAYS) == later[-1]


@settings(max_examples=80, deadline=None)
@given(calendars(), days)
def test_the_next_and_the_previous_working_day_are_the_nearest(calendar, day):
    later, earlier = day, day
    while not works(calendar, later):
        later += DAY
    while not works(calendar, earlier):
        earlier -= DAY
    assert (calendar.next_working(day), calendar.previous_working(day)) == (later, earlier)
    assert calendar.is_working(day) is works(calendar, day)
    assert (calendar.why_off(day) is None) is works(calendar, day)


@settings(max_examples=100, deadline=None)
@given(calendars(), moments(), st.integers(1, 20), st.integers(0, 20000), st.integers(0, 20000))
def test_a_pause_moves_a_deadline_in_working_days_by_the_working_days_of_the_pause(calendar, start, number, wait, pause):
    due = calendar.add(start, number, Unit.WORKING_DAYS)
    stopped = start + wait * MINUTE
    resumed = stopped + pause * MINUTE
    new = calendar.resume(due, stopped, resumed, Unit.WORKING_DAYS)
    if due <= stopped:
        assert new == due
        return
    left = calendar.count(calendar.day_of(stopped), calendar.day_of(due, ends=True))
    assert calendar.count(calendar.day_of(resumed), calendar.day_of(new, ends=True)) == left or not calendar.is_working(
        calendar.day_of(resumed)
    )
    assert new >= due
    assert calendar.is_working(calendar.day_of(new, ends=True))


@settings(max_examples=80, deadline=None)
@given(calendars(), moments(), st.integers(1, 9), st.integers(0, 3000), st.integers(0, 9000))
def test_a_pause_leaves_a_deadline_in_working_hours_what_was_left(calendar, start, number, wait, pause):
    due = calendar.add(start, number, Unit.WORKING_HOURS)
    stopped = start + wait * MINUTE
    resumed = stopped + pause * MINUTE
    new = calendar.resume(due, stopped, resumed, Unit.WORKING_HOURS)
    assert new >= due
    if due > stopped:
        assert calendar.elapsed(resumed, new) == calendar.elapsed(stopped, due)


@settings(max_examples=80, deadline=None)
@given(calendars(), moments(), st.sampled_from(DAY_UNITS), st.lists(st.integers(0, 300), min_size=2, max_size=6))
def test_many_pauses_within_one_day_change_nothing(calendar, start, unit, steps):
    due = calendar.add(start, 7 if unit in {Unit.DAYS, Unit.WORKING_DAYS} else 1, unit)
    new, at = due, start
    for step in steps:
        resumed = at + step * MINUTE
        if calendar.day_of(resumed) != calendar.day_of(start):
            break
        new, at = calendar.resume(new, at, resumed, unit), resumed
    assert new == due


@settings(max_examples=100, deadline=None)
@given(calendars(), moments(), st.integers(-25, 25), st.sampled_from(DAY_UNITS))
def test_the_ledger_adds_up_to_the_date(calendar, start, number, unit):
    number = number if unit in {Unit.DAYS, Unit.WORKING_DAYS} else max(-2, min(2, number))
    lines = ledger(calendar, start, number, unit)
    first, last = calendar.day_of(start), calendar.day_of(calendar.add(start, number, unit), ends=True)
    step = DAY if last >= first else -DAY
    assert [line.day for line in lines] == [(first + step * far).isoformat() for far in range(abs((last - first).days) + 1)]
    assert lines[-1].total == str(number)
    counted = [line for line in lines if line.counts == "counted" and line.day != first.isoformat()]
    if unit in {Unit.DAYS, Unit.WORKING_DAYS}:
        assert len(counted) == abs(number)
    if unit is Unit.WORKING_DAYS:
        assert all(works(calendar, date.fromisoformat(line.day)) for line in counted)
        assert all(line.why for line in lines if line.counts != "counted")


@settings(max_examples=60, deadline=None)
@given(calendars(), moments(), st.integers(-20, 20), st.sampled_from([Unit.WORKING_HOURS, Unit.HOURS]))
def test_the_ledger_of_hours_adds_up_too(calendar, start, number, unit):
    assume(number)
    lines = ledger(calendar, start, number, unit)
    assert lines[-1].total == f"{'-' if number < 0 else ''}{abs(number)}:00"
    assert all(line.why for line in lines if line.counts != "counted")
    assert all(works(calendar, date.fromisoformat(line.day)) for line in lines if line.counts == "counted" and unit is Unit.WORKING_HOURS)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments(), st.sampled_from(["17:30-07:00", "12:00-13:00", "22:00-24:00", "00:00-06:15"]))
def test_what_waits_for_the_end_of_quiet_hours_waits_no_minute_too_long(calendar, now, quiet):
    after = calendar.after_quiet(now, quiet)
    assert after >= now
    assert not calendar.in_quiet(after, quiet)
    if after > now:
        assert calendar.in_quiet(after - MINUTE, quiet)
        assert calendar.in_quiet(now, quiet)


@settings(max_examples=60, deadline=None)
@given(calendars())
def test_a_calendar_comes_back_from_its_plain_form(calendar):
    assert from_plain(Calendar, to_plain(calendar)) == calendar


@pytest.mark.parametrize("zone", ZONES)
def test_sixty_working_days_are_worked_out_in_no_time(zone):
    calendar = Calendar(zone=zone, week=(((450, 690), (810, 1020)),) * 5 + ((), ()))
    start = datetime(2026, 11, 20, 2, tzinfo=UTC)
    calendar.add(start, 60, Unit.WORKING_DAYS)

    def best(number):
        return min(repeat(lambda: calendar.add(start, number, Unit.WORKING_DAYS), number=200, repeat=5)) / 200

    assert best(60) < 4 * best(1)
    assert sys.gettrace() is not None or best(60) < 50e-6  # a tracer, such as coverage, slows everything

"""MOMENT → an instant, on one case (language.md 1 and 2.10, 2.11)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.calendar import Calendar
from workflow.engine.facts import Facts
from workflow.engine.recurring import occurrences
from workflow.engine.scope import scope_of
from workflow.language.expression import Scope, evaluate, holds, names
from workflow.language.process import Amount, Expr, Moment, Point, PointKind, Process, Unit
from workflow.model import CaseFile, Values

_ENTRY = Point(kind=PointKind.ENTRY)
"""What a moment that names no point is counted from."""
_INSTANTS = (PointKind.ENTRY, PointKind.DUE, PointKind.OPEN, PointKind.LAST_ACT, PointKind.ACTION)
"""Points of which it is known that they are no bare days (but a due, of which it is known that it may end one). A tuple: enums are
hashed by code of Python's, and fetching one from its class takes as long.
"""
_AT_ENTRY, _AT_DUE, _AT_OPEN, _AT_LAST_ACT, _AT_ACTION = _INSTANTS
_PERCENT = Unit.PERCENT
MOST_KEPT = 10_000
"""Counted moments that are kept of one calendar: some megabytes at most."""
DAY_UNITS = (Unit.WORKING_DAYS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)


class Whole(Struct, frozen=True, gc=False, kw_only=True):
    """The time of a deadline that a share is taken of: without that in which its clock stood still; working time of `days`
    where the deadline is counted in it, else (None) that of the clock.
    """

    still: tuple[tuple[datetime, datetime], ...] = ()
    days: Calendar | None = None

    def passed(self, first: datetime, last: datetime) -> timedelta:
        """How much of it lies between two instants, standing still or not."""
        return self.days.elapsed(first, last) if self.days is not None else last - first

    def later(self, at: datetime, amount: timedelta) -> datetime:
        """The instant after (negative: before) so much of it."""
        if self.days is None or not amount:
            return at + amount
        return self.days.forward(at, amount) if amount >= timedelta() else self.days.backward(at, -amount)


class When(Struct, frozen=True, gc=False, kw_only=True):
    """What a moment hangs on: the case, and the anchors of the deadline (or the state) that it belongs to."""

    process: Process
    file: CaseFile
    facts: Facts
    entry: datetime
    due: datetime | None = None
    asked: str = ""
    calendar: str = ""
    whole: Callable[[], Whole] = Whole
    """What a share is taken of, once the due is known."""
    ways: dict[int, tuple[Values, Moment, Moment | None]] | None = None
    """Which way a CHOICE came out by the fields alone, for those who ask the same again in one decision."""

    @property
    def days(self) -> Calendar:
        """The calendar that counts here: the one that is named, else that of the asked unit, or of the unit that keeps the case."""
        return self.facts.calendars.get(self.calendar, self.asked or self.file.case.unit)


def instant_of(moment: Moment, when: When) -> datetime | None:
    """When the moment is, in UTC; None where its point is empty (then there is no deadline: language.md 2.10)."""
    one = chosen(moment, when) if moment.branches or moment.among else moment
    return _moved(one, when) if one is not None else None


def chosen(moment: Moment, when: When) -> Moment | None:
    """The plain moment that a CHOICE, `latest` or `earliest` comes down to; None if no branch fits, or all are empty."""
    if moment.branches:
        then = _way(moment, when)
        return chosen(then, when) if then is not None else None
    if not moment.among:
        return moment
    found = {at: one for one in moment.among if (at := instant_of(one, when)) is not None}
    return chosen(found[(max if moment.pick == "latest" else min)(found)], when) if found else None


def _way(moment: Moment, when: When) -> Moment | None:
    """The way that a CHOICE comes down to: worked out once in a decision where it hangs on the fields alone, and these are the same."""
    if when.ways is None or not _by_fields(moment, when.process):
        return _fitting(moment, when)
    kept, fields = when.ways.get(id(moment)), when.file.case.fields
    if kept is None or kept[0] is not fields:  # both are kept: so nothing else can come to have their ids
        kept = when.ways[id(moment)] = fields, moment, _fitting(moment, when)
    return kept[2]


def _fitting(moment: Moment, when: When) -> Moment | None:
    scope = _scope(when)
    return next((branch.then for branch in moment.branches if branch.when is None or holds(branch.when, scope)), None)


def _by_fields(moment: Moment, process: Process) -> bool:
    """Whether a CHOICE hangs on the case's fields alone, none of them computed (one that is may hang on anything)."""
    known: dict[int, tuple[Moment, bool]] = process.beside["by fields"]
    if id(moment) not in known:
        given = {("fields", one.key) for one in process.fields if one.computed is None}
        paths = [path[:2] for branch in moment.branches if branch.when is not None for path in names(branch.when)]
        known[id(moment)] = moment, given.issuperset(paths)
    return known[id(moment)][1]


def _moved(moment: Moment, when: When) -> datetime | None:
    point = moment.point or _ENTRY
    anchor = when.entry if point.kind is _AT_ENTRY else _point(point, when)
    amount = moment.amount
    if anchor is None or amount is None:
        return _rolled(anchor, point, when) if anchor is not None else None
    number = amount.number if amount.value is None else number_of(amount, when)
    when = by_calendar(amount, when) if amount.calendar else when
    if number is None:
        return None
    signed = -number if moment.before else number
    if amount.unit is _PERCENT:
        return _share(anchor, signed, when, from_entry=point.kind is _AT_ENTRY)
    days = when.days
    if point.kind not in _INSTANTS:
        return days.add(_start(anchor, moment, number, when), signed, amount.unit, exactly=amount.exactly)
    kept, key = days.counted, (id(moment), anchor, number, when.facts.zone)
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        # The moment is kept too: so nothing else can come to have its id.
        found = kept[key] = moment, days.add(_start(anchor, moment, number, when), signed, amount.unit, exactly=amount.exactly)
    return found[1]


def counted(moment: Moment, when: When) -> tuple[datetime, int, Unit, bool] | None:
    """What the moment counts: (start, number, unit, exactly); None if it counts nothing.

    For explaining: `Calendar.add` of these, by the calendar of `counting`, gives `instant_of`.
    """
    one = chosen(moment, when)
    point = (one.point if one is not None else None) or _ENTRY
    anchor = _point(point, when) if one is not None else None
    if one is None or anchor is None:
        return None
    if one.amount is None:
        return (_counted_from(anchor, point, when), 0, Unit.DAYS, False) if _is_day(point, when) else None
    number, amount, when = number_of(one.amount, when), one.amount, by_calendar(one.amount, when)
    if number is None or amount.unit is _PERCENT:
        return None
    return _start(anchor, one, number, when), -number if one.before else number, amount.unit, amount.exactly


def counting(moment: Moment, when: When) -> When:
    """The same with the calendar that counts the moment: the one that its amount names, else the one of its place."""
    one = chosen(moment, when)
    return by_calendar(one.amount, when) if one is not None and one.amount is not None else when


def by_calendar(amount: Amount, when: When) -> When:
    """The same with the calendar that the amount names, if it does."""
    return replace(when, calendar=amount.calendar) if amount.calendar else when


def number_of(amount: Amount, when: When) -> int | None:
    """How many units: as written, or a field's value; None where the field is empty."""
    if amount.value is None:
        return amount.number
    value: Any = evaluate(amount.value, _scope(when))
    return None if value is None else int(value)


def measure_of(moment: Moment, when: When) -> tuple[Unit, bool]:
    """What a deadline's time is measured in, for stopping and resuming it: (unit, exactly); days where none is written."""
    one = chosen(moment, when)
    amount = one.amount if one is not None else None
    return (amount.unit, amount.exactly) if amount is not None else (Unit.DAYS, False)


def _scope(when: When) -> Scope:
    return scope_of(when.process, when.file, when.facts, asked=when.asked, entry=when.entry)


def _share(anchor: datetime, number: int, when: When, *, from_entry: bool) -> datetime | None:
    """`50% before due`, `50% after entry`: that share of the deadline's whole time, from its entry to its due. What is left
    after a share from its entry is counted back from its due: time that stood still in between is none of it.
    """
    if when.due is None:
        return None
    whole = when.whole()
    time = whole.passed(when.entry, when.due) - sum((whole.passed(*one) for one in whole.still), timedelta())
    return whole.later(when.due, time * (number - 100) / 100) if from_entry else whole.later(anchor, time * number / 100)


def _start(anchor: datetime, moment: Moment, number: int, when: When) -> datetime:
    """What an amount is counted from. `0 … before` a day off is the working day before it, as `0 … after` is the next."""
    amount, point = moment.amount, moment.point or _ENTRY
    if amount is None or amount.unit not in DAY_UNITS:
        return anchor
    start = anchor if amount.exactly else _counted_from(anchor, point, when)
    if number or not moment.before or (amount.exactly and amount.unit is not Unit.WORKING_DAYS):
        return start
    local = start.astimezone(when.facts.zone)
    return _local(when.days.previous_working(local.date()), local.time(), when)


def _counted_from(anchor: datetime, point: Point, when: When) -> datetime:
    """Days are counted from the day that an anchor belongs to: a due of 24:00 belongs to the day that it ends, and
    so does a day that was given without an hour.
    """
    ends = point.kind is _AT_DUE or _is_day(point, when)
    day = when.days.day_of(anchor, ends=ends)
    return _local(day, time(12), when)


def _rolled(anchor: datetime, point: Point, when: When) -> datetime:
    """A bare day ends with its own last moment, or with the next working day's when it is a day off."""
    if not _is_day(point, when):
        return anchor
    return when.days.add(_local(when.days.day_of(anchor, ends=True), time(12), when), 0, Unit.DAYS)


def _is_day(point: Point, when: When) -> bool:
    """Whether the point is a whole day rather than an hour of it."""
    if point.value is not None:
        value = evaluate(point.value, _scope(when))
        return isinstance(value, date) and not isinstance(value, datetime)
    return point.kind not in _INSTANTS and point.at is None


def _point(point: Point, when: When) -> datetime | None:
    kind, case = point.kind, when.file.case
    if kind is _AT_DUE:
        return when.due
    if kind is _AT_ENTRY:
        return when.entry
    if kind is _AT_OPEN:
        return case.opened
    if kind is _AT_LAST_ACT:
        return case.last_act
    if kind is _AT_ACTION:
        return case.done[point.name].last if point.name in case.done else None
    return _value(point.value, when) if point.value is not None else _recurring(point, when)


def _value(expr: Expr, when: When) -> datetime | None:
    value = evaluate(expr, _scope(when))
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return _end_of(value, when) if isinstance(value, date) else None


def _recurring(point: Point, when: When) -> datetime:
    """A yearly date, day of the month, weekday or end of a period: the first one after opening (language.md 2.10)."""
    base = when.file.case.opened if point.kind is PointKind.YEARLY else when.entry
    days = occurrences(point, base.astimezone(when.facts.zone).date())
    times = (_local(day, point.at, when) if point.at is not None else _end_of(day, when) for day in days)
    return next(at for at in times if at > base)


def _local(day: date, at: time, when: When) -> datetime:
    return datetime.combine(day, at, tzinfo=when.facts.zone).astimezone(UTC)


def _end_of(day: date, when: When) -> datetime:
    """The day's end: 24:00, or the office's `day_ends`; that it ends a day is known to `_counted_from` and `_rolled`."""
    return when.days.end_of(day)

"""MOMENT → an instant, on one case (language.md 1 and 2.10, 2.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from workflow.calendar import Calendar
from workflow.engine.facts import Facts
from workflow.engine.scope import scope_of
from workflow.language.expression import Scope, evaluate, holds
from workflow.language.process import Amount, Moment, Point, PointKind, Process, Unit
from workflow.model import CaseFile

DAY_UNITS = frozenset({Unit.WORKING_DAYS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS})


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a moment hangs on: the case, and the anchors of the deadline (or the state) that it belongs to."""

    process: Process
    file: CaseFile
    facts: Facts
    entry: datetime
    due: datetime | None = None
    asked: str = ""
    calendar: str = ""

    @property
    def days(self) -> Calendar:
        """The calendar that counts here."""
        return self.facts.calendars.get(self.calendar)


def instant_of(moment: Moment, when: When) -> datetime | None:
    """When the moment is, in UTC; None where its point is empty (then there is no deadline: language.md 2.10)."""
    if moment.branches:
        scope = _scope(when)
        for branch in moment.branches:
            if branch.when is None or holds(branch.when, scope):
                return instant_of(branch.then, when)
        return None
    if moment.among:
        found = [one for one in (instant_of(each, when) for each in moment.among) if one is not None]
        return (max if moment.pick == "latest" else min)(found) if found else None
    return _moved(moment, when)


def _moved(moment: Moment, when: When) -> datetime | None:
    point = moment.point or Point(kind=PointKind.ENTRY)
    anchor = _point(point, when)
    if anchor is None or moment.amount is None:
        return _rolled(anchor, point, when) if anchor is not None else None
    amount = moment.amount
    if amount.unit is Unit.PERCENT:
        return _share(amount, anchor, when, before=moment.before)
    number = number_of(amount, when)
    if number is None:
        return None
    signed = -number if moment.before else number
    start = _counted_from(anchor, point, when) if amount.unit in DAY_UNITS and not amount.exactly else anchor
    return when.days.add(start, signed, amount.unit, exactly=amount.exactly)


def counted(moment: Moment, when: When) -> tuple[datetime, int, Unit, bool] | None:
    """What the moment counts: (start, number, unit, exactly); None if it counts nothing.

    For explaining: `Calendar.add` of these gives `instant_of`.
    """
    if moment.branches:
        scope = _scope(when)
        chosen = next((one.then for one in moment.branches if one.when is None or holds(one.when, scope)), None)
        return counted(chosen, when) if chosen else None
    if moment.among:
        found = {instant_of(one, when): one for one in moment.among}
        return counted(found[instant_of(moment, when)], when) if any(found) else None
    point = moment.point or Point(kind=PointKind.ENTRY)
    anchor = _point(point, when)
    if anchor is None or (moment.amount is not None and moment.amount.unit is Unit.PERCENT):
        return None
    if moment.amount is None:
        return (_counted_from(anchor, point, when), 0, Unit.DAYS, False) if _is_day(point, when) else None
    number, amount = number_of(moment.amount, when), moment.amount
    if number is None:
        return None
    start = _counted_from(anchor, point, when) if amount.unit in DAY_UNITS and not amount.exactly else anchor
    return start, -number if moment.before else number, amount.unit, amount.exactly


def number_of(amount: Amount, when: When) -> int | None:
    """How many units: as written, or a field's value; None where the field is empty."""
    if amount.value is None:
        return amount.number
    value: Any = evaluate(amount.value, _scope(when))
    return None if value is None else int(value)


def main_unit(moment: Moment, when: When) -> Unit:
    """The unit that a deadline's time is measured in, for stopping and resuming it; days where none is written."""
    if moment.branches:
        scope = _scope(when)
        for branch in moment.branches:
            if branch.when is None or holds(branch.when, scope):
                return main_unit(branch.then, when)
    if moment.among:
        return main_unit(moment.among[0], when)
    return moment.amount.unit if moment.amount is not None else Unit.DAYS


def _scope(when: When) -> Scope:
    return scope_of(when.process, when.file, when.facts, asked=when.asked)


def _share(amount: Amount, anchor: datetime, when: When, *, before: bool) -> datetime:
    """`50% before due`: that share of the time from entry to the point."""
    part = (anchor - when.entry) * (amount.number or 0) / 100
    return anchor - part if before else anchor + part


def _counted_from(anchor: datetime, point: Point, when: When) -> datetime:
    """Days are counted from the day that an anchor belongs to: a due of 24:00 belongs to the day that it ends, and
    so does a day that was given without an hour.
    """
    ends = point.kind is PointKind.DUE or _is_day(point, when)
    day = when.days.day_of(anchor, ends=ends)
    return _local(day, time(12), when)


def _rolled(anchor: datetime, point: Point, when: When) -> datetime:
    """A bare day ends with its own last moment, or with the next working day's when it is a day off."""
    if not _is_day(point, when):
        return anchor
    return when.days.add(_local(when.days.day_of(anchor, ends=True), time(12), when), 0, Unit.DAYS)


def _is_day(point: Point, when: When) -> bool:
    """Whether the point is a whole day rather than an hour of it."""
    if point.kind in {PointKind.YEARLY, PointKind.MONTHLY, PointKind.WEEKLY, PointKind.END_OF}:
        return point.at is None
    if point.kind is PointKind.VALUE and point.value is not None:
        value = evaluate(point.value, _scope(when))
        return isinstance(value, date) and not isinstance(value, datetime)
    return False


def _point(point: Point, when: When) -> datetime | None:
    case = when.file.case
    match point.kind:
        case PointKind.ENTRY:
            return when.entry
        case PointKind.OPEN:
            return case.opened
        case PointKind.LAST_ACT:
            return case.last_act
        case PointKind.DUE:
            return when.due
        case PointKind.ACTION:
            return case.done[point.name].last if point.name in case.done else None
        case PointKind.VALUE:
            return _value(point, when)
    return _recurring(point, when)


def _value(point: Point, when: When) -> datetime | None:
    value = evaluate(point.value, _scope(when)) if point.value is not None else None
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return _end_of(value, when) if isinstance(value, date) else None


def _recurring(point: Point, when: When) -> datetime:
    """A yearly date, day of the month, weekday or end of a period: the first one after opening (language.md 2.10)."""
    base = _yearly_base(point, when)
    for day in occurrences(point, base.astimezone(when.facts.zone).date()):
        at = _local(day, point.at, when) if point.at is not None else _end_of(day, when)
        if at > base:
            return at
    raise AssertionError  # occurrences() never ends


def _yearly_base(point: Point, when: When) -> datetime:
    return when.file.case.opened if point.kind is PointKind.YEARLY else when.entry


def _local(day: date, at: time, when: When) -> datetime:
    return datetime.combine(day, at, tzinfo=when.facts.zone).astimezone(UTC)


def _end_of(day: date, when: When) -> datetime:
    """24:00 of the day; working out which day that is belongs to `_counted_from` and `_rolled`."""
    return _local(day + timedelta(days=1), time(0), when)


def occurrences(point: Point, start: date) -> Iterator[date]:
    """The days on which a recurring point falls, from `start` on."""
    day = start
    while True:
        if _falls(point, day):
            yield day
        day += timedelta(days=1)


def _falls(point: Point, day: date) -> bool:
    tomorrow = day + timedelta(days=1)
    match point.kind:
        case PointKind.YEARLY:
            return (day.month, day.day) == (point.month, point.day) or (
                (point.month, point.day) == (2, 29) and (day.month, day.day) == (2, 28) and tomorrow.day == 1
            )
        case PointKind.MONTHLY:
            return day.day == point.day or (tomorrow.day == 1 and day.day < point.day)
        case PointKind.WEEKLY:
            return day.isoweekday() == point.day
    return tomorrow.day == 1 and _ends(point.name, day, tomorrow)


def _ends(period: str, day: date, tomorrow: date) -> bool:
    match period:
        case "month":
            return True
        case "quarter":
            return tomorrow.month in {1, 4, 7, 10}
        case "year":
            return tomorrow.month == 1
    return day.isoweekday() == 7  # noqa: PLR2004 - a week ends on Sunday


def period_of(point: Point, day: date) -> dict[str, Any]:
    """The period that a recurring point's day belongs to: its key (`2026`, `2026-Q1`, `2026-03`, `2026-W10`) and parts."""
    year, week, _ = day.isocalendar()
    quarter = (day.month + 2) // 3
    parts: dict[str, Any] = {"year": day.year, "quarter": quarter, "month": day.month, "week": week, "day": day}
    if point.kind is PointKind.YEARLY or (point.kind is PointKind.END_OF and point.name == "year"):
        parts["key"] = str(day.year)
    elif point.kind is PointKind.END_OF and point.name == "quarter":
        parts["key"] = f"{day.year}-Q{quarter}"
    elif point.kind is PointKind.MONTHLY or point.name == "month":
        parts["key"] = f"{day.year}-{day.month:02}"
    else:
        parts["key"] = f"{year}-W{week:02}"
    return parts

"""Points that come again: yearly dates, days of the month, weekdays, ends of a period; and the periods that they belong to."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from workflow.language.process import Point, PointKind

WEEK, MONTH, QUARTER, YEAR = "week", "month", "quarter", "year"
MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
"""Length of a period → its months."""
RECURRING = frozenset({PointKind.YEARLY, PointKind.MONTHLY, PointKind.WEEKLY, PointKind.END_OF})
_DAY, _DAYS_OF_WEEK = timedelta(days=1), 7


def length_of(point: Point) -> str:
    """How long the periods of a recurring point are: it comes once in each."""
    return {PointKind.YEARLY: YEAR, PointKind.MONTHLY: MONTH, PointKind.WEEKLY: WEEK}.get(point.kind, point.name)


def first_day(length: str, day: date) -> date:
    """The first day of the period that a day belongs to."""
    if length == WEEK:
        return day - timedelta(days=day.weekday())
    months = MONTHS[length]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_first(length: str, first: date) -> date:
    """The first day of the period after the one that begins on `first`."""
    if length == WEEK:
        return first + timedelta(days=_DAYS_OF_WEEK)
    years, month = divmod(first.month - 1 + MONTHS[length], 12)
    return date(first.year + years, month + 1, 1)


def day_in(point: Point, first: date) -> date:
    """The day of a recurring point in the period that begins on `first`; a month without that day gives its last one."""
    match point.kind:
        case PointKind.YEARLY:
            return _day(first.year, point.month, point.day)
        case PointKind.MONTHLY:
            return _day(first.year, first.month, point.day)
        case PointKind.WEEKLY:
            return first + timedelta(days=point.day - 1)
    return next_first(point.name, first) - _DAY


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def occurrences(point: Point, start: date) -> Iterator[date]:
    """The days on which a recurring point falls, from `start` on."""
    length = length_of(point)
    first = first_day(length, start)
    while True:
        day = day_in(point, first)
        if day >= start:
            yield day
        first = next_first(length, first)


def period_of(length: str, day: date) -> dict[str, Any]:
    """The period of this length that a day belongs to: its key (`2026`, `2026-Q1`, `2026-03`, `2026-W10`), parts, first and
    last day, and the first day of the one before.
    """
    year, week, _ = day.isocalendar()
    quarter = (day.month + 2) // 3
    keys = {YEAR: str(day.year), QUARTER: f"{day.year}-Q{quarter}", MONTH: f"{day.year}-{day.month:02}", WEEK: f"{year}-W{week:02}"}
    first = first_day(length, day)
    return {
        "key": keys[length],
        "year": day.year,
        "quarter": quarter,
        "month": day.month,
        "week": week,
        "day": day,
        "first": first,
        "last": next_first(length, first) - _DAY,
        "before": first_day(length, first - _DAY),
    }


def same_length(key: str, other: str) -> bool:
    """Whether two keys are of periods of one length."""
    return [part.rstrip("0123456789") for part in key.split("-")] == [part.rstrip("0123456789") for part in other.split("-")]

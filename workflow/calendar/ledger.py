"""Why a period ends when it does: day by day, what counted and what did not, adding up to what `Calendar.add` says."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from workflow.answers import LedgerLine
from workflow.calendar.amounts import move
from workflow.calendar.counting import Calendar
from workflow.calendar.days import MIDNIGHT
from workflow.model import Unit
from workflow.phrases import phrase

COUNTED, DAY_OFF, NOT_COUNTED = "counted", "day off", "not counted"

_EVENT = "the day of the event"
_NAMED = "the day that the rule names"
_NEXT = "the last day is off: the period ends with the next working day"
_BEFORE = "that day is off: the working day before it holds"
_NO_TIME = "no working time between these instants"
CLOCKED = frozenset({Unit.HOURS, Unit.MINUTES, Unit.WORKING_HOURS})


def ledger(
    calendar: Calendar, start: datetime, number: int, unit: Unit, *, exactly: bool = False, ends: bool = False, language: str = "en"
) -> list[LedgerLine]:
    """A line for each day from the event to the end of the period (backwards if `number` is negative), with the running total.

    The arguments are those of `Calendar.add`, which raises the same errors. The last line's day is the day that `add`
    ends on; its total is the number, in the rule's unit (working hours and hours as h:mm).
    """
    if unit in CLOCKED:
        return _hours(calendar, start, calendar.add(start, number, unit), unit, language)
    first = calendar.day_of(start, ends=ends)
    nominal = calendar.add_days(first, number, unit) if number else first
    last = calendar.day_of(calendar.add(start, number, unit, exactly=exactly, ends=ends), ends=ends or not exactly)
    lines = [_first(calendar, first, last, number, language)]
    total = 0
    for day in _walk(first, last):
        line, total = _day(calendar, (first, nominal, day), total, unit, language)
        lines.append(line)
    return lines


def _first(calendar: Calendar, first: date, last: date, number: int, language: str) -> LedgerLine:
    """The day that a period is counted from; with nothing to count, the day that the rule itself names."""
    if number:
        return _line(first, NOT_COUNTED, phrase(_EVENT, language), "0")
    off = off_text(calendar, first, language)
    return _line(first, DAY_OFF if last != first else COUNTED, off or phrase(_NAMED, language), "0")


def _walk(first: date, last: date) -> Iterator[date]:
    """The days after the first (or before it) as far as the last."""
    step = 1 if last >= first else -1
    return (first + timedelta(days=step * far) for far in range(1, abs((last - first).days) + 1))


def _day(calendar: Calendar, days: tuple[date, date, date], total: int, unit: Unit, language: str) -> tuple[LedgerLine, int]:
    """One day's line and the total after it."""
    first, nominal, day = days
    step = 1 if day > first else -1
    off = off_text(calendar, day, language)
    if unit is Unit.WORKING_DAYS:
        if off or nominal == first:
            return _line(day, DAY_OFF if off else NOT_COUNTED, off or phrase(_NEXT, language), str(total)), total
        return _line(day, COUNTED, "", str(total + step)), total + step
    if (day - nominal).days * step > 0:
        return _line(day, DAY_OFF if off else NOT_COUNTED, off or phrase(_NEXT if step > 0 else _BEFORE, language), str(total)), total
    reached = move(first, total + step, unit)
    total += step if (day - reached).days * step >= 0 else 0
    return _line(day, COUNTED, off, str(total)), total


def off_text(calendar: Calendar, day: date, language: str) -> str:
    """Why a day is off, with the decision that says so; '' for a working day."""
    found = calendar.why_off(day, language)
    if found is None:
        return ""
    title, by = found
    return f"{title} ({by})" if by else title


def _hours(calendar: Calendar, start: datetime, end: datetime, unit: Unit, language: str) -> list[LedgerLine]:
    """The days that a period in hours touches, each with the total at its end."""
    back = end < start
    first, last = calendar.day_of(start, ends=back), calendar.day_of(end, ends=not back)
    lines, before = [], timedelta()
    for day in (first, *_walk(first, last)):
        edge = max(calendar.at(day, 0), end) if back else min(calendar.at(day, MIDNIGHT), end)
        total = calendar.elapsed(start, edge) if unit is Unit.WORKING_HOURS else edge - start
        off = off_text(calendar, day, language) if unit is Unit.WORKING_HOURS else ""
        counts = COUNTED if total != before else DAY_OFF if off else NOT_COUNTED
        why = off or ("" if counts is COUNTED else phrase(_NO_TIME, language))
        lines.append(_line(day, counts, why, total_text(total, unit)))
        before = total
    return lines


def total_text(total: timedelta, unit: Unit) -> str:
    """A running total in hours as h:mm, in minutes as their number."""
    minutes = abs(total) // timedelta(minutes=1)
    sign = "-" if total < timedelta() else ""
    return f"{sign}{minutes}" if unit is Unit.MINUTES else f"{sign}{minutes // 60}:{minutes % 60:02}"


def _line(day: date, counts: str, why: str, total: str) -> LedgerLine:
    return LedgerLine(day=day.isoformat(), counts=counts, why=why, total=total)

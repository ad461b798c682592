"""When a period ends: one calendar's rules of counting, and the office's calendars by name."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.calendar.amounts import PLAIN_DAYS, move, out_of_years
from workflow.calendar.hours import WorkingTime
from workflow.errors import NotFound, WrongValue
from workflow.model import Unit
from workflow.plain import canonical, digest, to_plain

_CLOCK = MappingProxyType({Unit.HOURS: timedelta(hours=1), Unit.MINUTES: timedelta(minutes=1)})
_HOUR = timedelta(hours=1)

MOST_HOURS = 100_000
"""Working hours are walked through day by day, so their number is bounded; days are not."""


class Calendar(WorkingTime, frozen=True, kw_only=True):
    """One calendar. Its verbs raise WrongValue for a share (%), which is no length of time, and outside of the years 1900 to 2500."""

    @cached_property
    def counted(self) -> dict[Any, tuple[object, datetime]]:
        """What was counted by it already, for those who ask the same again: a deadline's rungs are asked for with each act."""
        return {}

    @cached_property
    def said(self) -> dict[Any, str]:
        """Dues in words by it, for those who say the same again."""
        return {}

    def add(self, start: datetime, number: int, unit: Unit, *, exactly: bool = False, ends: bool = False) -> datetime:
        """When a period that begins at `start` ends, in UTC.

        Days, weeks, months, years, working days: the day of the event is not counted and the period ends with its last
        day (`end_of`); one that ends on a day off ends with the next working day; 0 is that day or the next working one
        (Civil Code arts. 147-148). A negative number counts back to the end of that day, or of the working day before it
        if it is off: what must be done before a date must not come later than was asked. With `ends`, a start that is the
        end of a day (a due of 24:00) counts as that day, not as the next.

        Hours and minutes run by the clock, working hours in working time only, both to the second. With `exactly`, days
        too: at the same local time of day, on the day that is counted, be it off or not (working days land on worked ones).
        """
        try:
            if unit in _CLOCK:
                return (start + number * _CLOCK[unit]).astimezone(UTC)
            if unit is Unit.WORKING_HOURS:
                return self._hours(start, number).astimezone(UTC)
            day = self._counted(self.day_of(start, ends=ends), number, unit, rolled=not exactly)
            return self._same_time(start, day, ends=ends) if exactly else self.end_of(day)
        except OverflowError:
            raise out_of_years(f"{start:%Y-%m-%d} {number:+} {unit.value}") from None

    def add_days(self, day: date, number: int, unit: Unit) -> date:
        """A date moved by an amount, as `today|plus('5 working days')` means it.

        Days, weeks, months and years are plain calendar arithmetic, never moved off a day off; working days are counted,
        0 being the day itself or the next worked one. Raises WrongValue for hours and minutes, which no date can be moved by.
        """
        return self._counted(day, number, unit, rolled=False)

    def resume(self, due: datetime, stopped: datetime, resumed: datetime, unit: Unit, *, exactly: bool = False) -> datetime:
        """The new due of a deadline whose clock stood still from `stopped` to `resumed`: exactly what was left is left.

        `unit` is what the deadline was counted in. Working days are moved by the working days of the pause (so a stop
        and a resumption on one day change nothing; what was left of the last day is left on a working day), working hours
        by the working time, days by the days, and on to a working day; hours, and `exactly`, by the clock. A deadline that
        was past when it was stopped stays past.
        """
        if due <= stopped or resumed <= stopped:
            return due
        if unit is Unit.WORKING_HOURS or (unit is Unit.WORKING_DAYS and exactly):
            return self._resume_hours(due, stopped, resumed)
        if unit in _CLOCK or exactly:
            return due + (resumed - stopped)
        paused, left_from = self.day_of(resumed), self.day_of(stopped)
        last = self.day_of(due, ends=True)
        if unit is Unit.WORKING_DAYS:
            pause = self.count(left_from, paused)
            moved = self.move_working(last, pause) if pause else last
            return due if moved == last >= paused else self._moved_day(due, last, max(moved, self.next_working(paused)))
        pause = (paused - left_from).days
        return self._moved_day(due, last, self.next_working(last + timedelta(days=pause))) if pause else due

    def _resume_hours(self, due: datetime, stopped: datetime, resumed: datetime) -> datetime:
        pause = self.elapsed(stopped, resumed)
        return self.forward(resumed, self.elapsed(stopped, due)) if pause else due

    def _moved_day(self, due: datetime, last: date, day: date) -> datetime:
        """The due on another day: at its end if it was at a day's end, else at the same local time."""
        return self.end_of(day) if due == self.end_of(last) else self._same_time(due, day)

    def _counted(self, day: date, number: int, unit: Unit, *, rolled: bool) -> date:
        if unit is Unit.WORKING_DAYS:
            return self.move_working(day, number)
        if unit not in PLAIN_DAYS:
            raise WrongValue(
                field="amount", value=f"{number} {unit.value}", expected="a number of days, weeks, months, years or working days"
            )
        last = move(day, number, unit)
        if not rolled:
            return last
        return self.next_working(last) if number >= 0 else self.previous_working(last)

    def _hours(self, start: datetime, number: int) -> datetime:
        if abs(number) > MOST_HOURS:
            raise WrongValue(field="amount", value=f"{number} working hours", expected="at most {hours} working hours", hours=MOST_HOURS)
        return self.forward(start, number * _HOUR) if number >= 0 else self.backward(start, -number * _HOUR)

    def _same_time(self, start: datetime, day: date, *, ends: bool = False) -> datetime:
        """The local time of day of `start` on another day; 24:00 stays 24:00."""
        if ends and start == self.end_of(self.day_of(start, ends=True)):
            return self.end_of(day)
        local = start.astimezone(self._zone)
        return datetime.combine(day, local.timetz().replace(fold=0)).astimezone(UTC)


OFFICE = "office"
"""What the default calendar is called where a calendar is named."""


class Calendars(Struct, frozen=True, kw_only=True, dict=True):
    """The office's calendars: the default one, those that a deadline may name (`calendar:`), and which unit has its own."""

    default: Calendar
    named: Mapping[str, Calendar] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    """Unit → the name of the calendar that it works by."""

    def get(self, name: str = "", unit: str = "") -> Calendar:
        """The calendar of that name; without one, that of the unit; else the office's. Raises NotFound."""
        called = name or self.units.get(unit, OFFICE)
        if called == OFFICE:
            return self.default
        if called not in self.named:
            raise NotFound(kind="calendar", name=called, known=[OFFICE, *self.named])
        return self.named[called]

    def called(self, name: str = "", unit: str = "") -> str:
        """What the calendar that `get` finds is called."""
        return name or self.units.get(unit, OFFICE)

    def changed(self, **changes: Any) -> "Calendars":
        """The same calendars with these fields of each changed: the zone, or the end of the day, of the office's settings."""
        named = {name: replace(one, **changes) for name, one in self.named.items()}
        return replace(self, default=replace(self.default, **changes), named=named)

    def in_zone(self, zone: str) -> "Calendars":
        """The same calendars in another zone: the office's, when its settings name one."""
        return self.changed(zone=zone)

    @cached_property
    def version(self) -> str:
        """The hash of its meaning."""
        return digest(canonical(to_plain(self)))

"""Working time: the spans of each day as instants, and walking through them. Daylight saving is honoured to the second."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from workflow.calendar.amounts import out_of_years
from workflow.calendar.days import FIRST_YEAR, LAST_YEAR, MIDNIGHT, WorkingDays
from workflow.errors import WrongValue

_DAY = timedelta(days=1)
_NONE = timedelta()
_TIME = re.compile(r"([0-9]{1,2}):([0-5][0-9])")

Stretch = tuple[datetime, datetime]
"""A working span as two instants, in UTC."""


@dataclass(frozen=True, kw_only=True)
class WorkingTime(WorkingDays):
    """Working days with their hours, in the calendar's zone."""

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _stretches(self) -> dict[date, tuple[Stretch, ...]]:
        return {}  # filled as days are asked for

    def at(self, day: date, minutes: int) -> datetime:
        """A local time of a day, in UTC. One that the clocks skip moves forward, one that they repeat is the first."""
        try:
            return (datetime.combine(day, time(0), self._zone) + timedelta(minutes=minutes)).astimezone(UTC)
        except OverflowError:
            raise out_of_years(day) from None

    def end_of(self, day: date) -> datetime:
        """The instant at which a day of a deadline ends: 24:00, or the office's `day_ends`, in UTC."""
        return self.at(day, self.day_ends)

    def day_of(self, instant: datetime, *, ends: bool = False) -> date:
        """The local date of an instant. With `ends`, an instant that is the end of a day (a due of 24:00) belongs to that day."""
        day = instant.astimezone(self._zone).date()
        return day - _DAY if ends and instant == self.end_of(day - _DAY) else day

    def elapsed(self, first: datetime, second: datetime) -> timedelta:
        """The working time between two instants; negative if the second is earlier."""
        if second < first:
            return -self.elapsed(second, first)
        total, last = _NONE, self.day_of(second)
        for begins, ends in self._from(self.day_of(first), last):
            total += max(min(ends, second) - max(begins, first), _NONE)
        return total

    def forward(self, start: datetime, amount: timedelta) -> datetime:
        """The instant after so much working time; from outside of working hours it runs from the next span's beginning."""
        left = amount
        for begins, ends in self._from(self.day_of(start)):
            if ends < start or begins == ends:
                continue
            begins = max(begins, start)  # noqa: PLW2901  what is left of the span is the span
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise out_of_years(start)

    def backward(self, start: datetime, amount: timedelta) -> datetime:
        """The instant before so much working time; from outside of working hours it runs from the last span's end."""
        left, day = amount, self.day_of(start)
        while day.year >= FIRST_YEAR:
            for begins, ends in reversed(self.stretches(day)):
                ends = min(ends, start)  # noqa: PLW2901  what is left of the span is the span
                if begins <= ends and left <= ends - begins:
                    return ends - left
                left -= max(ends - begins, _NONE)
            day -= _DAY
        raise out_of_years(start)

    def stretches(self, day: date) -> tuple[Stretch, ...]:
        """A day's working spans as instants; one that the clocks skip altogether is empty, none overlaps the one before."""
        found = self._stretches.get(day)
        if found is None:
            made: list[Stretch] = []
            for begins, ends in self.spans(day):
                first = max(self.at(day, begins), made[-1][1]) if made else self.at(day, begins)
                made.append((first, max(self.at(day, ends), first)))
            found = self._stretches[day] = tuple(made)
        return found

    def _from(self, day: date, last: date | None = None) -> Iterator[Stretch]:
        while (last is None and day.year <= LAST_YEAR) or (last is not None and day <= last):
            yield from self.stretches(day)
            day += _DAY

    # ---- quiet hours -------------------------------------------------------------------------------------------------

    def in_quiet(self, instant: datetime, quiet: str) -> bool:
        """Whether nobody should be disturbed: within the hours of `quiet` ("17:30-07:00"), or on a day off. '' = never."""
        return bool(quiet) and self.after_quiet(instant, quiet) != instant

    def after_quiet(self, instant: datetime, quiet: str) -> datetime:
        """The instant itself, or the end of the quiet hours and days off that it falls into. Raises WrongValue for a wrong `quiet`."""
        if not quiet:
            return instant
        day = self.day_of(instant)
        loud = _loud(quiet)
        while True:
            for begins, ends in loud if self.is_working(day) else ():
                first, last = self.at(day, begins), self.at(day, ends)
                if first < last and instant < last:
                    return max(instant, first)
            day = self.next_working(day + _DAY)


def parse_hours(text: str) -> tuple[int, int]:
    """Two times of day, "07:30-11:30", in minutes since midnight; 24:00 is the end of the day. Raises WrongValue."""
    first, _, last = (part.strip() for part in text.partition("-"))
    begins, ends = _minutes(first), _minutes(last)
    if begins is None or ends is None:
        raise WrongValue(field="hours", value=text, expected="two times such as 07:30-11:30")
    return begins, ends


def _minutes(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else MIDNIGHT + 1
    return minutes if minutes <= MIDNIGHT else None


def _loud(quiet: str) -> tuple[tuple[int, int], ...]:
    """The hours of a day that are not quiet."""
    begins, ends = parse_hours(quiet)
    if begins == ends or (begins, ends) == (0, MIDNIGHT):
        raise WrongValue(field="quiet", value=quiet, expected="a part of the day such as 17:30-07:00")
    return ((ends, begins),) if ends < begins else ((0, begins), (ends, MIDNIGHT))

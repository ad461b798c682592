"""Working time: the spans of each day as instants, and walking through them. Daylight saving is honoured to the second."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from workflow.calendar.amounts import out_of_years
from workflow.calendar.days import FIRST_YEAR, LAST_YEAR, MIDNIGHT, WorkingDays
from workflow.errors import WrongValue

_DAY = timedelta(days=1)
_NONE = timedelta()
_TIME = re.compile(r"([0-9]{1,2}):([0-5][0-9])")

FAR = 10
"""Days that are walked through one by one; beyond them a table of the year is looked into, which takes longer to make."""

Stretch = tuple[datetime, datetime]
"""A working span as two instants, in UTC."""


class WorkingTime(WorkingDays, frozen=True, kw_only=True, dict=True):
    """Working days with their hours, in the calendar's zone."""

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _stretches(self) -> dict[date, tuple[Stretch, ...]]:
        return {}  # filled as days are asked for

    @cached_property
    def _ends(self) -> dict[date, datetime]:
        return {}  # the same

    def at(self, day: date, minutes: int) -> datetime:
        """A local time of a day, in UTC. One that the clocks skip moves forward, one that they repeat is the first."""
        try:
            return (datetime.combine(day, time(0), self._zone) + timedelta(minutes=minutes)).astimezone(UTC)
        except OverflowError:
            raise out_of_years(day) from None

    def end_of(self, day: date) -> datetime:
        """The instant at which a day of a deadline ends: 24:00, or the office's `day_ends`, in UTC."""
        found = self._ends.get(day)
        if found is None:
            found = self._ends[day] = self.at(day, self.day_ends)
        return found

    def day_of(self, instant: datetime, *, ends: bool = False) -> date:
        """The local date of an instant. With `ends`, an instant that is the end of a day (a due of 24:00) belongs to that day."""
        day = instant.astimezone(self._zone).date()
        return day - _DAY if ends and instant == self.end_of(day - _DAY) else day

    def elapsed(self, first: datetime, second: datetime) -> timedelta:
        """The working time between two instants; negative if the second is earlier."""
        if second < first:
            return -self.elapsed(second, first)
        day, last = self.day_of(first), self.day_of(second)
        if (last - day).days <= FAR:
            return self._walked(day, last, first, second)
        whole = self._between(day + _DAY, last)
        return self._walked(day, day, first, second) + whole + self._walked(last, last, first, second)

    def _walked(self, day: date, last: date, first: datetime, second: datetime) -> timedelta:
        """The working time between two instants, on the days from one to another."""
        spans = self._from(day, last)
        return sum((max(min(ends, second) - max(begins, first), _NONE) for begins, ends in spans), _NONE)

    def forward(self, start: datetime, amount: timedelta) -> datetime:
        """The instant after so much working time; from outside of working hours it runs from the next span's beginning."""
        left, day = amount, self.day_of(start)
        walked = 0
        while day.year <= LAST_YEAR:
            if walked == FAR:
                day, left = self._skipped(day, left)
            for begins, ends in self.stretches(day):
                if ends < start or begins == ends:
                    continue
                begins = max(begins, start)  # noqa: PLW2901  what is left of the span is the span
                if left <= ends - begins:
                    return begins + left
                left -= ends - begins
            day, walked = day + _DAY, walked + 1
        raise out_of_years(start)

    # ---- a table of each year, for what is far ----

    @cached_property
    def _sums(self) -> dict[int, list[int]]:
        return {}  # filled as years are asked for

    def _sums_of(self, year: int) -> list[int]:
        """The working time from a year's beginning to the beginning of each of its days, and to its end, in microseconds."""
        found = self._sums.get(year)
        if found is None:
            first = date(year, 1, 1).toordinal()
            found = [0]
            for ordinal in range(first, date(year, 12, 31).toordinal() + 1):
                worked = sum(((ends - begins) for begins, ends in self.stretches(date.fromordinal(ordinal))), _NONE)
                found.append(found[-1] + worked // timedelta.resolution)
            self._sums[year] = found
        return found

    def _between(self, first: date, last: date) -> timedelta:
        """The working time of the days from one to before another."""
        before = self._sums_of(first.year)[_day_of_year(first)]
        ends = self._sums_of(last.year)[_day_of_year(last)]
        whole = sum(self._sums_of(year)[-1] for year in range(first.year, last.year))
        return timedelta(microseconds=whole + ends - before)

    def _skipped(self, day: date, left: timedelta) -> tuple[date, timedelta]:
        """The day in which so much working time from a day's beginning runs out, and how much of it is left then."""
        year, sums = day.year, self._sums_of(day.year)
        target = sums[_day_of_year(day)] + left // timedelta.resolution
        while target > sums[-1]:
            target, year = target - sums[-1], year + 1
            if year > LAST_YEAR:
                raise out_of_years(day)
            sums = self._sums_of(year)
        index = bisect_left(sums, target) - 1
        return date(year, 1, 1) + index * _DAY, timedelta(microseconds=target - sums[index])

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

    def _from(self, day: date, last: date) -> Iterator[Stretch]:
        while day <= last:
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


def _day_of_year(day: date) -> int:
    """0 for 1 January."""
    return day.toordinal() - date(day.year, 1, 1).toordinal()


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

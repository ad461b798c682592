"""Which days are worked: the week, and the days that differ from it. Counting is a search in a table made once a year."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property

from msgspec import Struct

from workflow.calendar.amounts import out_of_years
from workflow.phrases import phrase

FIRST_YEAR, LAST_YEAR = 1900, 2500
MIDNIGHT = 24 * 60
"""The end of a day, in minutes since its beginning."""

Spans = tuple[tuple[int, int], ...]
"""Working spans of a day: from, to, in minutes since midnight; in order, apart; empty = a day off."""

Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
"""The spans of Monday to Sunday."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Special(Struct, frozen=True, kw_only=True):
    """A day that differs from its weekday: off (no `spans`), worked, or worked for fewer hours; `by` is what ordered it."""

    on: date
    title: str
    by: str = ""
    spans: Spans = ()


class WorkingDays(Struct, frozen=True, kw_only=True, dict=True):
    """The days of one calendar. `week` has the spans of Monday to Sunday; a weekday without spans is a day off."""

    zone: str
    week: Week
    special: tuple[Special, ...] = ()
    day_ends: int = MIDNIGHT
    """When a day of a deadline ends, in minutes since midnight (24:00, unless the office closes its books earlier)."""

    @cached_property
    def _special(self) -> dict[date, Special]:
        return {special.on: special for special in self.special}

    @cached_property
    def _years(self) -> dict[int, list[int]]:
        return {}  # filled as years are asked for

    def spans(self, day: date) -> Spans:
        """The working spans of a day, in minutes since midnight; none on a day off."""
        special = self._special.get(day)
        return self.week[day.weekday()] if special is None else special.spans

    def special_of(self, day: date) -> Special | None:
        """What the day differs by from its weekday; None if it does not."""
        return self._special.get(day)

    def is_working(self, day: date) -> bool:
        """Whether the day is worked, be it for half of it."""
        return bool(self.spans(day))

    def why_off(self, day: date, language: str = "en") -> tuple[str, str] | None:
        """Why a day is off: (title, by what decision), the decision '' for a weekend; None for a working day."""
        if self.is_working(day):
            return None
        special = self._special.get(day)
        if special is not None:
            return special.title, special.by
        return phrase(WEEKDAYS[day.weekday()], language), ""

    def covers(self, year: int) -> bool:
        """Whether this calendar knows days off of that year (or needs none: every day of its week is worked).

        An unknown year is still counted, by its weekends alone; `hoso doctor` warns of it.
        """
        return all(self.week) or any(special.on.year == year and not special.spans for special in self.special)

    def next_working(self, day: date) -> date:
        """The day itself if it is worked, else the first worked one after it."""
        return self._nth(day - timedelta(days=1), 1)

    def previous_working(self, day: date) -> date:
        """The day itself if it is worked, else the last worked one before it."""
        return self._nth(day + timedelta(days=1), -1)

    def move_working(self, day: date, number: int) -> date:
        """The date so many working days after (before, if negative) a day that is not counted; 0: it or the next worked one."""
        return self._nth(day, number) if number else self.next_working(day)

    def count(self, first: date, second: date) -> int:
        """Working days after the first date up to and including the second; negative if the second is earlier."""
        if second < first:
            return -self.count(second, first)
        if first.year == second.year:
            days = self._worked(first.year)
            return bisect_right(days, second.toordinal()) - bisect_right(days, first.toordinal())
        between = sum(len(self._worked(year)) for year in range(first.year + 1, second.year))
        days = self._worked(first.year)
        return len(days) - bisect_right(days, first.toordinal()) + between + bisect_right(self._worked(second.year), second.toordinal())

    def _nth(self, day: date, number: int) -> date:
        """The nth working day strictly after (number > 0) or before (number < 0) a day."""
        year = day.year
        days = self._worked(year)
        if number > 0:
            place = bisect_right(days, day.toordinal()) + number - 1
            while place >= len(days):
                place, year = place - len(days), year + 1
                days = self._worked(year)
        else:
            place = bisect_left(days, day.toordinal()) + number
            while place < 0:
                year -= 1
                days = self._worked(year)
                place += len(days)
        return date.fromordinal(days[place])

    def _worked(self, year: int) -> Sequence[int]:
        """The ordinals of a year's working days, in order. Raises WrongValue outside of the years that are counted."""
        days = self._years.get(year)
        if days is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise out_of_years(year)
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = [ordinal for ordinal in range(first, last + 1) if self.is_working(date.fromordinal(ordinal))]
            self._years[year] = days
        return days

"""Where two calendars differ: the days that moved a deadline, and by which decision."""

from datetime import date, timedelta

from msgspec import Struct

from workflow.calendar.days import WorkingDays


class Changed(Struct, frozen=True, kw_only=True):
    """A day that another calendar counts otherwise: off (`works` false) or worked now, why and by what decision."""

    on: date
    works: bool
    whole: bool
    """Whether it was no working day before and is one now, or the other way round; else only its hours changed."""
    why: str = ""
    by: str = ""


def changes(before: WorkingDays, after: WorkingDays, first: date, last: date) -> list[Changed]:
    """The days from the first to the last whose working hours differ, in order."""
    if before == after:
        return []
    days = (first + timedelta(days=far) for far in range((last - first).days + 1))
    return [_changed(before, after, day) for day in days if before.spans(day) != after.spans(day)]


def _changed(before: WorkingDays, after: WorkingDays, day: date) -> Changed:
    works = after.is_working(day)
    special = after.special_of(day) or (before.special_of(day) if works else None)
    return Changed(
        on=day,
        works=works,
        whole=works != before.is_working(day),
        why=special.title if special else "",
        by=special.by if special and after.special_of(day) else "",
    )

"""A deadline of the case above divides to its sub-cases: which day each gets, and out of how many days.

What is shared are the working days after today, by the calendar that the deadline is counted by, up to and including its last
whole day; a share is rounded down to whole days. No share ends after the deadline itself: a day that is off where the
sub-case is kept goes back to the working day before it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from workflow.calendar import Calendar
from workflow.engine import deadlines as dl
from workflow.engine.opening import unit_of
from workflow.engine.work import Work
from workflow.language.process import Opens, Share
from workflow.language.values import plain
from workflow.model import Deadline, DeadlineStatus, Values

_DAY = timedelta(days=1)
_HOLE = 100


class Shared(Struct, frozen=True, kw_only=True):
    """What a sub-case got. `left`: working days that there were to share after `since`; `given`: those of its share."""

    share: Share
    deadline: str
    since: date
    left: int
    given: int
    value: Any


def shares_of(work: Work, child: Work, rule: Opens, place: tuple[int, int]) -> list[Shared]:
    """What a sub-case gets that is opened as this one (from 1 on) of so many. Nothing where no such deadline runs."""
    return list(_shares(work, child, rule, place))


def _shares(work: Work, child: Work, rule: Opens, place: tuple[int, int]) -> Iterator[Shared]:
    for share in rule.shares:
        deadline = _nearest(work, share.of)
        kind = child.process.field_of.get(share.field)
        if deadline is not None and kind is not None:
            days, whose = _calendar(work, deadline), child.facts.calendars.get("", unit_of(child))
            whole = kind.type != "datetime"
            last = _last_day(days, deadline.due, whole=whole)
            part = (share.percent, _HOLE) if share.percent else place
            left, given, day = shared(days, work.facts.today, last, part)
            day = whose.previous_working(day)
            value = day if whole else min(whose.end_of(day), deadline.due)
            yield Shared(share=share, deadline=deadline.key, since=work.facts.today, left=left, given=given, value=plain(kind, value))


def shared(days: Calendar, today: date, last: date, part: tuple[int, int]) -> tuple[int, int, date]:
    """(working days left after today, those of the share, the day on which it ends): so many parts of so many, rounded down."""
    left = max(0, days.count(today, last))
    given = left * part[0] // part[1]
    return left, given, min(days.move_working(today, given), last)


def data_of(found: list[Shared]) -> dict[str, Values]:
    """What the sub-case's first entry says of its shares: by them its deadlines are explained."""
    return {
        one.share.field: {
            "share": one.share.written,
            "deadline": one.deadline,
            "since": one.since.isoformat(),
            "left": one.left,
            "given": one.given,
            "value": one.value,
        }
        for one in found
    }


def _nearest(work: Work, name: str) -> Deadline | None:
    """The nearest deadline of this name (or of any) that runs, of no asked unit's."""
    running = (one for one in work.deadlines.values() if one.status is DeadlineStatus.RUNNING and not one.asked)
    return min((one for one in running if name in {"", one.name}), key=lambda one: one.due, default=None)


def _calendar(work: Work, deadline: Deadline) -> Calendar:
    rule = dl.rule_of(work.process, deadline)
    return work.facts.calendars.get(rule.calendar if rule is not None else "", work.case.unit)


def _last_day(days: Calendar, due: datetime, *, whole: bool) -> date:
    """The day of a due; the last `whole` one where it falls in the middle of its day."""
    last = days.day_of(due, ends=True)
    return last if not whole or due >= days.end_of(last) else days.previous_working(last - _DAY)

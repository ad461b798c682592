"""The clock's act when another calendar came into use: open deadlines are worked out anew (language.md 2.12).

What was met or missed, and rungs that fired, stay as they are. A deadline moves only where the two calendars give it
different times: a rule that hangs on something else that changed since (`today`, whose turn it is) is left alone.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from workflow.calendar import Calendar, Calendars, Changed, changes
from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.moments import DAY_UNITS, When, counting, measure_of
from workflow.engine.work import Work, begun
from workflow.errors import Reason, Refused
from workflow.language.process import Due
from workflow.model import Act, CaseFile, Deadline, Draft, Recount, Unit


class Moved(Struct, frozen=True, kw_only=True):
    """A deadline before and after, and the days that moved it."""

    before: Deadline
    after: Deadline
    days: tuple[Changed, ...]


def recount(work: Work, act: Recount) -> None:
    """Work the case's open deadlines out anew, and put on record which moved, why and by whose decision. None: refused."""
    moved = [one for deadline in list(work.deadlines.values()) if (one := _moved(work, deadline)) is not None]
    if not moved:
        raise Refused(what=work.case.number, reasons=[Reason(code="not-due", template="no deadline of it moves")])
    for one in moved:
        work.put_deadline(one.after)
    work.record(
        Draft(
            at=work.now,
            actor=work.act.actor,
            act="calendar",
            note=act.note,
            before=work.case.state,
            after=work.case.state,
            data={"by": act.by, "moved": [_record(one) for one in moved]},
        )
    )


def _record(one: Moved) -> dict[str, object]:
    due = {"deadline": one.before.key, "before": one.before.due, "after": one.after.due}
    rung = {"rung_before": one.before.next_at, "rung_after": one.after.next_at}
    days = [{"day": day.on, "why": day.why, "by": day.by, "works": day.works} for day in one.days]
    return due | (rung if one.before.next_at != one.after.next_at else {}) | {"days": days}


def _moved(work: Work, deadline: Deadline) -> Moved | None:
    """The deadline as it follows from the calendar in use; None if it stays, or something else than the calendar moved it."""
    rule = dl.rule_of(work.process, deadline)
    if rule is None or not dl.is_open(deadline):
        return None
    after = clocks.recomputed(work, rule, deadline)
    if _times(after) == _times(deadline):
        return None
    earlier = work.facts.earlier
    if earlier is not None and _times(_as_before(work, rule, deadline, earlier)) == _times(after):
        return None
    return Moved(before=deadline, after=after, days=tuple(_days(work, rule, deadline, after)))


def _times(deadline: Deadline) -> tuple[datetime, datetime | None]:
    return deadline.due, deadline.next_at


def _as_before(work: Work, rule: Due, deadline: Deadline, before: Calendars) -> Deadline:
    """The deadline as it follows from the calendar of before and all else that is known now."""
    file: CaseFile = work.file
    facts = replace(work.facts, calendars=before)
    return clocks.recomputed(begun(work.process, file, Act(actor=work.act.actor, request_id=""), facts), rule, deadline)


# ---- why -------------------------------------------------------------------------------------------------------------


def _days(work: Work, rule: Due, deadline: Deadline, after: Deadline) -> Sequence[Changed]:
    """The days that the amended calendar counts otherwise, from where the time began to the later of the two dues."""
    earlier = work.facts.earlier or work.facts.calendars
    when = work.when(dl.open_at(deadline), asked=deadline.asked, calendar=rule.calendar)
    unit, _ = measure_of(rule.at, when)
    days = counting(rule.at, when).days
    before = counting(rule.at, replace(when, facts=replace(when.facts, calendars=earlier))).days
    first, last = _span(days, deadline, after, when, unit)
    found = changes(before, days, first, last)
    whole = [day for day in found if day.whole] if unit in DAY_UNITS else found
    return whole or found


def _span(days: Calendar, before: Deadline, after: Deadline, when: When, unit: Unit) -> tuple[date, date]:
    """Working time: from the beginning, or the first rung; days off matter to plain days only where the period ends."""
    ends = [days.day_of(at, ends=True) for one in (before, after) for at in _times(one) if at is not None]
    dues = [days.day_of(one.due, ends=True) for one in (before, after)]
    begins = days.day_of(when.entry)
    if unit not in {Unit.WORKING_DAYS, Unit.WORKING_HOURS} and before.due != after.due and not _paused(before):
        return min(dues), max(dues)
    return min(begins, *ends), max(*ends, min(dues) + timedelta(days=1))


def _paused(deadline: Deadline) -> bool:
    return len(deadline.events) > 1

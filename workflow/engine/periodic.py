"""Periodic cases: which periods there are, when each begins, and the act that opens a case for one."""

from collections.abc import Container, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine.facts import Facts
from workflow.engine.moments import DAY_UNITS
from workflow.engine.opening import blank
from workflow.engine.recurring import day_in, first_day, length_of, next_first, period_of, same_length
from workflow.language.expression import Scope, evaluate, fill, holds
from workflow.language.process import Amount, Moment, Periodic, Point, Process, Unit
from workflow.language.values import plain
from workflow.model import CLOCK, Open

_AT_MOST = {Unit.MINUTES: 1, Unit.HOURS: 1, Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.YEARS: 366}
"""Unit → at least as many days as one of it lasts."""
_TWO_WEEKS = 14
"""The same of one of working time: a calendar that works one day a fortnight is the emptiest that is thought of."""
_ROLLED = timedelta(days=60)
"""How far days off may move a moment beyond its amount."""


class Period(Struct, frozen=True, kw_only=True):
    """A period: its key (`2026`, `2026-Q1` …), what expressions see of it, and when its case is opened."""

    key: str
    names: dict[str, Any]
    at: datetime


def points_of(moment: Moment) -> Iterator[Point | None]:
    """Every point that a moment may hang on; None for a missing one."""
    inner = (*moment.among, *(branch.then for branch in moment.branches))
    if not inner:
        yield moment.point
    for one in inner:
        yield from points_of(one)


def amounts_of(moment: Moment) -> Iterator[Amount]:
    """Every amount that a moment counts."""
    if moment.amount is not None:
        yield moment.amount
    for one in (*moment.among, *(branch.then for branch in moment.branches)):
        yield from amounts_of(one)


def begun(process: Process, rule: Periodic, facts: Facts, since: datetime, *, have: Container[str] = ()) -> Iterator[Period]:
    """The rule's periods that began after `since` and by now, oldest first, but those in `have`."""
    return between(process, rule, facts, since, facts.now, have=have)


def between(
    process: Process, rule: Periodic, facts: Facts, since: datetime, until: datetime, *, have: Container[str] = ()
) -> Iterator[Period]:
    """The rule's periods that begin after `since` and by `until`, oldest first, but those in `have`. A rule that does not
    recur has none (compiling lets none through).
    """
    point = next(points_of(rule.every))
    if point is None:
        return iter(())
    far = _reach(rule.every)
    first, last = (moment.astimezone(facts.zone).date() for moment in (since - far, until + far))
    names = (name for name in _periods(point, first, last) if name["key"] not in have)
    found = (Period(key=str(one["key"]), names=one, at=at) for one in names if (at := _opens(process, rule, one, facts)) is not None)
    return iter(sorted((one for one in found if since < one.at <= until), key=lambda one: (one.at, one.key)))


def _periods(point: Point, first: date, last: date) -> Iterator[dict[str, Any]]:
    """What expressions see of each period from the one of a day to the one of another; its `day` is the point's."""
    length = length_of(point)
    begins = first_day(length, first)
    while begins <= last:
        yield period_of(length, day_in(point, begins))
        begins = next_first(length, begins)


def _reach(moment: Moment) -> timedelta:
    """How far from its point a moment may fall, at most."""
    days = (abs(amount.number or 0) * _AT_MOST.get(amount.unit, _TWO_WEEKS) for amount in amounts_of(moment))
    return _ROLLED + timedelta(days=max(days, default=0))


def _opens(process: Process, rule: Periodic, names: dict[str, Any], facts: Facts) -> datetime | None:
    """When a period's case is opened; None where no branch of a CHOICE fits."""
    seen = replace(facts, period=names)
    act = Open(actor=CLOCK, request_id="", process=process.key, start=rule.start)
    return _instant(rule.every, names["day"], seen, blank(process, act, seen).scope())


def _instant(moment: Moment, day: date, facts: Facts, scope: Scope) -> datetime | None:
    """The moment in the period of that day: at the beginning of the day that it comes to, or at its hour if one is written."""
    if moment.branches:
        fits = (branch.then for branch in moment.branches if branch.when is None or holds(branch.when, scope))
        then = next(fits, None)
        return _instant(then, day, facts, scope) if then is not None else None
    if moment.among:
        found = [at for one in moment.among if (at := _instant(one, day, facts, scope)) is not None]
        return (max if moment.pick == "latest" else min)(found, default=None)
    point = moment.point
    if point is None:
        return None
    on, hour = day_in(point, first_day(length_of(point), day)), point.at or time(0)
    if moment.amount is None:
        return _local(on, hour, facts)
    if moment.amount.unit not in DAY_UNITS:
        number = -(moment.amount.number or 0) if moment.before else moment.amount.number or 0
        return facts.calendars.get(moment.amount.calendar).add(_local(on, hour, facts), number, moment.amount.unit)
    return _local(_moved(on, moment.amount, facts, before=moment.before), hour, facts)


def _moved(day: date, amount: Amount, facts: Facts, *, before: bool) -> date:
    """The day so much before or after another one; off a day off in the direction in which it is counted, unless `exactly`."""
    days, number = facts.calendars.get(amount.calendar), amount.number or 0
    if before and not number and (amount.unit is Unit.WORKING_DAYS or not amount.exactly):
        return days.previous_working(day)
    noon = _local(day, time(12), facts)
    moved = days.add(noon, -number if before else number, amount.unit, exactly=amount.exactly)
    return days.day_of(moved, ends=not amount.exactly)


def _local(day: date, at: time, facts: Facts) -> datetime:
    return datetime.combine(day, at, tzinfo=facts.zone).astimezone(UTC)


def period_before(key: str, have: Iterable[str]) -> str:
    """Of the periods that have a case, the last of the same length before this one; '' if there is none."""
    return max((other for other in have if same_length(other, key) and other < key), default="")


def opening(process: Process, rule: Periodic, period: Period, facts: Facts) -> Open:
    """The act that opens the period's case; its request happens once, whoever makes it (law 3)."""
    act = Open(
        actor=CLOCK,
        request_id=f"periodic:{process.key}:{period.key}",
        process=process.key,
        start=rule.start,
        periodic=period.key,
    )
    scope = blank(process, act, facts).scope()
    values = {key: plain(process.field_of[key], evaluate(expr, scope)) for key, expr in rule.fields}
    title = fill(rule.title, scope) if rule.title is not None else ""
    return replace(act, fields={key: value for key, value in values.items() if value is not None}, title=title)

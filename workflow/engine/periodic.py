"""Periodic cases: which periods have begun, and the act that opens a case for one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import takewhile
from typing import Any

from workflow.engine.facts import Facts
from workflow.engine.moments import occurrences, period_of
from workflow.engine.opening import blank
from workflow.language.expression import evaluate, fill
from workflow.language.process import Periodic, Point, Process
from workflow.language.values import plain
from workflow.model import CLOCK, Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period that has begun: its key (`2026`, `2026-Q1` …), what expressions see of it, and when it began."""

    key: str
    names: dict[str, Any]
    at: datetime


def begun(rule: Periodic, facts: Facts, since: datetime) -> Iterator[Period]:
    """The rule's periods that began after `since` and by now, oldest first: at their day's beginning, or its hour if one
    is written. A rule that does not recur has none (compiling lets none through).
    """
    point = rule.every.point
    if point is None:
        return iter(())
    days = occurrences(point, since.astimezone(facts.zone).date())
    periods = takewhile(lambda one: one.at <= facts.now, (_period(point, day, facts) for day in days))
    return (one for one in periods if one.at > since)


def _period(point: Point, day: date, facts: Facts) -> Period:
    names = period_of(point, day)
    at = datetime.combine(day, point.at or time(0), tzinfo=facts.zone).astimezone(UTC)
    return Period(key=str(names["key"]), names=names, at=at)


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

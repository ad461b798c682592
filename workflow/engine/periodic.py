"""Periodic cases: which periods have begun, and the act that opens a case for one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from workflow.engine.decide import blank
from workflow.engine.facts import Facts
from workflow.engine.moments import instant_of, occurrences, period_of
from workflow.language.expression import evaluate, fill
from workflow.language.process import Moment, Periodic, Point, PointKind, Process
from workflow.language.values import plain
from workflow.model import CLOCK, Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period that has begun: its key (`2026`, `2026-Q1` …), what expressions see of it, and when it began."""

    key: str
    names: dict[str, Any]
    at: datetime


def begun(process: Process, rule: Periodic, facts: Facts, since: datetime) -> Iterator[Period]:
    """The rule's periods that began after `since` and by now, oldest first."""
    point = rule.every.point
    if point is None:
        return
    work = blank(process, Open(actor=CLOCK, request_id="", process=process.key), facts)
    slack = timedelta(days=62)  # an amount may move a period's beginning away from the day that it is named for
    for day in occurrences(point, (since - slack).astimezone(facts.zone).date()):
        fixed = Point(kind=PointKind.YEARLY, month=day.month, day=day.day, at=point.at or time(0))
        anchor = datetime.combine(day, time(0), tzinfo=facts.zone) - timedelta(microseconds=1)
        when = work.when(anchor)
        opened = replace(when, file=replace(when.file, case=replace(when.file.case, opened=anchor)))
        at = instant_of(replace(rule.every, point=fixed) if rule.every.amount else Moment(point=fixed), opened)
        if at is None or day > facts.today + slack:
            return
        if since < at <= facts.now:
            names = period_of(point, day)
            yield Period(key=str(names["key"]), names=names, at=at)


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

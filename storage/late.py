"""What is late: running deadlines that are past, found by the dues of their cases, unit by unit. No index has all of them."""

import json
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter
from typing import Any

from sqlalchemy import CTE, BindParameter, Select, bindparam, func, literal_column, select, true

from storage import tables
from storage.loading import many
from storage.participation import FEW, participations, taken_part_in
from storage.read import visible
from storage.statements import of_many
from storage.transaction import Row, Transaction
from workflow.model import Deadline, DeadlineRow, Viewer
from workflow.plain import from_plain, instant

_case, _deadline = tables.case, tables.deadline


def overdue(tx: Transaction, now: datetime, viewer: Viewer, limit: int, unit: str = "") -> list[DeadlineRow]:
    """Running deadlines that are past, the most overdue first; of a unit: of cases that it keeps, or of its own reply."""
    if limit < 1:
        return []
    late = instant(now)
    cases = nsmallest(limit, _first_cases(tx, late, viewer, limit, unit))
    rows = list(many(tx, _LATE, [number for *_, number in cases], late=late))
    if unit:
        owed = _late_rows(late).where(_deadline.c.asked == unit, _deadline.c.asked != literal_column("''"), visible(viewer))
        rows += tx.select(owed.order_by(_deadline.c.due, _deadline.c.id).limit(limit))
    first = sorted({row[-1]: row for row in rows}.values(), key=itemgetter(-2, -1))
    return [_late_row(row) for row in first[:limit]]


_NAMES = ("title", "process", "version", "state", "unit")


def _late_rows(at: str | BindParameter[str]) -> Select[Any]:
    return (
        select(_deadline.c.plain, _case.c.number, *(_case.c[name] for name in _NAMES), _deadline.c.due, _deadline.c.id)
        .select_from(_deadline)
        .join(_case, _case.c.number == _deadline.c.case)
        .where(_deadline.c.status == literal_column("'running'"), _deadline.c.due < at)
    )


_LATE = of_many(lambda among: _late_rows(bindparam("late")).where(among(_deadline.c.case)))


def _first_cases(tx: Transaction, late: str, viewer: Viewer, limit: int, unit: str) -> list[Row]:
    """(due, id, number) of the late cases that are the most overdue, of each unit: so many that the deadlines that come first are theirs.
    Where the viewer takes part in few secret ones, these are looked up.
    """
    parts = participations(tx, viewer)
    first = _late_cases(late, limit).where(visible(viewer))
    rows: list[Row] = []
    for secret in (0, 1) if parts > FEW else (0,):
        rows += _of_units(tx, first.where(_case.c.secret == literal_column(str(secret))), unit)
    if 0 < parts <= FEW:
        theirs = first.where(_case.c.number.in_(taken_part_in(viewer)), _case.c.secret == literal_column("1"))
        rows += tx.select(theirs.where(_case.c.unit == unit) if unit else theirs)
    return rows


def _of_units(tx: Transaction, first: Select[Any], unit: str) -> list[Row]:
    """The first of a unit, or of each: where the database is far, in one statement."""
    if unit:
        return tx.select(first.where(_case.c.unit == unit))
    units = _keeping_units()
    if tx.backend.side_by_side:
        page = first.where(_case.c.unit == units.c.unit).correlate(units).lateral()
        return tx.select(select(*page.c).select_from(units).join(page, true()))
    each = [{"of_unit": one} for (one,) in tx.select(select(units.c.unit)) if one is not None]
    return tx.select_each(first.where(_case.c.unit == bindparam("of_unit")), each) if each else []


def _late_cases(at: str, limit: int) -> Select[Any]:
    return select(_case.c.due, _case.c.id, _case.c.number).where(_case.c.due < at).order_by(_case.c.due, _case.c.id).limit(limit)


def late_cases(at: str) -> Select[Any]:
    """The ids of all late cases, in no order: of each unit along its index."""
    units = _keeping_units()
    either = _case.c.secret.in_([literal_column("0"), literal_column("1")])
    return select(_case.c.id).select_from(units).join(_case, _case.c.unit == units.c.unit).where(either, _case.c.due < at)


def _keeping_units() -> CTE:
    """The units that keep cases with a running deadline, and None: from one to the next, along their index."""
    other = _case.alias("other")
    first = select(func.min(_case.c.unit).label("unit")).where(_case.c.due.is_not(None)).cte(recursive=True)
    next_ = select(func.min(other.c.unit)).where(other.c.due.is_not(None), other.c.unit > first.c.unit).scalar_subquery()
    return first.union_all(select(next_).where(first.c.unit.is_not(None)))


def _late_row(row: Row) -> DeadlineRow:
    plain, number, *texts = row[:-2]
    return DeadlineRow(deadline=from_plain(Deadline, json.loads(plain)), case=number, **dict(zip(_NAMES, texts, strict=True)))

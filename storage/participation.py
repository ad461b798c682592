"""The secret cases that somebody takes part in: where they are few, these are looked up; where many, all secret ones are walked along."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, literal, literal_column, select, union_all

from storage import tables
from storage.read import in_order, is_seat
from storage.transaction import Statement, Transaction
from workflow.model import Seat, Viewer

_viewer = tables.viewer

FEW = 1000
"""So many rows are looked up one by one and sorted in some milliseconds."""


def counted(rows: Sequence[Select[Any]], few: int) -> Select[Any]:
    """How many rows these have together, counted no further than to more than few."""
    if not rows:
        return select(literal_column("0"))
    all_ = rows[0] if len(rows) == 1 else union_all(*rows)
    return select(func.count()).select_from(all_.limit(few + 1).subquery())


def participations(tx: Transaction, viewer: Viewer) -> int:
    """In how many secret cases somebody takes part, counted no further than to more than few; for who sees everything more than few."""
    return FEW + 1 if viewer.everything else int(tx.rows(_count_of(viewer, FEW))[0][0])


@lru_cache(maxsize=300)
def _count_of(viewer: Viewer, few: int) -> Statement:
    """In how many secret cases somebody takes part; put together once for each who looks."""
    return Statement(lambda _: counted(_takes_part_rows(viewer), few))


def _takes_part_rows(viewer: Viewer) -> list[Select[Any]]:
    return [select(_viewer.c.case).where(is_seat(_viewer, seat)) for seat in _seats(viewer)]


def taken_part_in(viewer: Viewer) -> Any:
    """The numbers of these cases."""
    return union_all(*_takes_part_rows(viewer)) if _seats(viewer) else select(_viewer.c.case).where(literal(1) == literal(0))


def _seats(viewer: Viewer) -> list[Seat]:
    return in_order({*viewer.seats, *(seat for seat, _ in viewer.lent)})

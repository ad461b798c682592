"""Parts of answers that others are made of."""

from datetime import datetime

from msgspec import Struct


class DeadlineShown(Struct, frozen=True, kw_only=True):
    """One deadline of a case. `on` = what it is on, in words; `rungs` = what will fire, when."""

    key: str
    name: str
    on: str
    due: datetime
    status: str
    """running | stopped | met | missed | dropped."""
    overdue: bool
    basis: str = ""
    asked: str = ""
    settled: datetime | None = None
    next_rung: datetime | None = None
    away: tuple[str, ...] = ()
    """A sentence for each of those in charge who will be away when it is due, if nobody else who may act is there."""
    share: str = ""
    """Of a sub-case: which share of a deadline of the case above it is, for those who see that case."""

"""Answers about time: an amended calendar, what falls due."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRecounted:
    """An open deadline that an amended calendar moves: its due and its next rung before and after, and which days did it."""

    case: str
    title: str
    deadline: str
    """Its key."""
    on: str
    status: str
    """running | stopped."""
    before: datetime
    after: datetime
    rung_before: datetime | None = None
    rung_after: datetime | None = None
    """When the next rung fires; both None if that stays."""
    overdue: bool = False
    """Whether it is past now, by the amended calendar."""
    was_overdue: bool = False
    why: tuple[str, ...] = ()
    """The days that changed, each with its decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarApplied:
    """What bringing an amended calendar into use did (or, with `dry_run`, would do)."""

    version: str
    """The calendar's short hash."""
    changed: bool
    """False: this calendar was in use already; what was left to be moved is moved now."""
    dry_run: bool
    days: tuple[str, ...]
    """The days that the office's own calendar counts otherwise, each with its decision."""
    moved: tuple[DeadlineRecounted, ...]
    failed: tuple[str, ...] = ()
    """Cases whose deadlines could not be worked out, with why."""

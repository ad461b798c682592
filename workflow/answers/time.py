"""Answers about time: an amended calendar, what falls due."""

from datetime import datetime

from msgspec import Struct

from workflow.answers.shown import DeadlineShown


class DeadlineRecounted(Struct, frozen=True, kw_only=True):
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


class CalendarApplied(Struct, frozen=True, kw_only=True):
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


class LedgerLine(Struct, frozen=True, kw_only=True):
    """One day of a deadline's ledger. `counts`: counted | extended | day off | stopped | not counted (the day of the event)."""

    day: str
    counts: str
    why: str
    total: str
    """The running total, in the rule's unit; an extension in another unit is told beside it: "5 + 2"."""


class CourseLine(Struct, frozen=True, kw_only=True):
    """One entry of the history that changed a deadline's due or status."""

    seq: int
    at: datetime
    title: str
    """What was done, in words."""
    actor: str
    actor_title: str
    note: str
    before: datetime | None
    """The due before it; None where it was opened."""
    after: datetime
    status: str


class DeadlineExplained(Struct, frozen=True, kw_only=True):
    """Why a deadline is when it is (a settled one: why it was)."""

    case: str
    deadline: DeadlineShown
    rule: str
    """The rule as written in YAML."""
    start: datetime
    """From when it counts."""
    lines: tuple[LedgerLine, ...]
    calendar: str
    """The calendar's version (short hash): the one in use, or of the time when the deadline was settled."""
    chosen: str = ""
    """The part of the rule that holds for this case, where the rule has several."""
    calendar_name: str = ""
    """office, or the calendar of the unit, or the one that the rule names."""
    calendar_since: datetime | None = None
    calendar_by: str = ""
    """When that version came into use, and by which decision."""
    course: tuple[CourseLine, ...] = ()
    share: str = ""
    """Of a sub-case: which share of the case above's deadline it is, for those who see that case."""

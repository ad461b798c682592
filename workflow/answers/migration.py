"""What moving open cases to another version of their procedure does, case by case."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field


class DeadlineCarried(Struct, frozen=True, kw_only=True):
    """What becomes of one open deadline. `fate`: kept | moved | restarted | dropped | opened."""

    deadline: str
    on: str
    fate: str
    before: datetime | None
    after: datetime
    overdue: bool
    """It is past then."""


class CaseMoved(Struct, frozen=True, kw_only=True):
    """One case of a migration. `outcome`: moves | mapping (a state needs one) | refused."""

    case: str
    title: str
    version: str
    state: str
    state_title: str
    outcome: str
    to: str = ""
    to_title: str = ""
    reasons: tuple[str, ...] = ()
    deadlines: tuple[DeadlineCarried, ...] = ()
    opinions_out: int = 0
    """Replies that are still out, and stay so."""
    fields_left: tuple[str, ...] = ()
    """Filled fields that the new version has no more: they stay in the history."""
    drafts_void: tuple[str, ...] = ()
    drafts_kept: int = 0
    """Drafts that follow the new version's template from now on."""
    sub_cases: int = 0
    """Its open sub-cases: they stay by their own versions."""
    handlers: Mapping[str, str] = field(default_factory=dict)
    """Slot → the person's title; whoever has the case keeps it."""
    followed: tuple[str, ...] = ()
    """Automatic actions that come of it at once."""


class Migrated(Struct, frozen=True, kw_only=True):
    """A migration, or with `dry_run` what it would do: of the cases that whoever asks may see, as if there were no others."""

    process: str
    title: str
    to: str
    dry_run: bool
    undo: bool
    restart: bool
    moved: int
    mapping: int
    refused: int
    unmapped: Mapping[str, int]
    """State that needs a mapping → how many cases stand there."""
    why_refused: Mapping[str, int]
    """Reason → how many cases."""
    cases: tuple[CaseMoved, ...]

"""What came of one act on many cases."""

from msgspec import Struct

from workflow.answers import Done


class NotDone(Struct, frozen=True, kw_only=True):
    """A case in which the act was not done, and why."""

    case: str
    error: str
    """The error's code, as `--json` gives it."""
    message: str
    """Every reason, in the office's language."""


class Each(Struct, frozen=True, kw_only=True):
    """One act on many cases: each was done whole or not at all, by itself; in the order in which they were named."""

    done: tuple[Done, ...]
    not_done: tuple[NotDone, ...]

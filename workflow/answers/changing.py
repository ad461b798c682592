"""What changing a procedure amounts to: the differences between two versions, and the cases that stand in each."""

from datetime import datetime

from msgspec import Struct


class Aspect(Struct, frozen=True, kw_only=True):
    """One thing about a part that is otherwise: its key in the YAML, as it was and as it is; '' = nothing was said."""

    key: str
    before: str
    after: str
    line_before: int = 0
    line_after: int = 0
    """The lines in the two versions' files; 0 = it does not stand there."""


class Difference(Struct, frozen=True, kw_only=True):
    """One part of a procedure that is in one version only, or otherwise in the other."""

    what: str
    """process | field | role | document | document type | template | state | action | start | guard | deadline | rung | consultation |
    reply | track | period | right."""
    how: str
    """added | removed | changed."""
    name: str
    """What the YAML calls it."""
    title: str = ""
    where: str = ""
    """The state, action or deadline that it is a part of; '' = of the whole procedure."""
    file: str = ""
    line_before: int = 0
    line_after: int = 0
    aspects: tuple[Aspect, ...] = ()
    """What is otherwise, of one that changed."""


class Standing(Struct, frozen=True, kw_only=True):
    """How many open cases of one version, of those that one may see, stand in one state. `gone`: the newer version has no such state."""

    version: str
    state: str
    title: str
    cases: int
    gone: bool = False


class ProcessDiff(Struct, frozen=True, kw_only=True):
    """Two versions of a procedure beside each other. Versions are short hashes; '' = there was none, `files` = the definitions folder."""

    process: str
    title: str
    before: str
    after: str
    differences: tuple[Difference, ...]
    standing: tuple[Standing, ...] = ()
    """The open cases of every version: each keeps its own until it is migrated."""


class VersionShown(Struct, frozen=True, kw_only=True):
    """A version as it came into use. `open`, `closed`: the cases that obey it now, of those that one may see. `in_use`: new
    cases are opened by it.
    """

    process: str
    title: str
    version: str
    at: datetime
    by: str
    why: str
    in_use: bool
    open: int
    closed: int

"""What a reorganisation means, as the office tells it."""

from datetime import date

from msgspec import Struct


class UnitChanged(Struct, frozen=True, kw_only=True):
    """A unit that ends. `kind`: renamed | merged | split | ended."""

    unit: str
    title: str
    kind: str
    successors: tuple[str, ...]


class CaseTransferred(Struct, frozen=True, kw_only=True):
    """An open case that changes hands: who keeps it before and after, and the asked units whose replies go to their successors."""

    case: str
    title: str
    before: str
    after: str
    replies: tuple[str, ...] = ()


class Choice(Struct, frozen=True, kw_only=True):
    """An ended unit whose place several could take, or none, and the open cases that hang on it."""

    unit: str
    title: str
    successors: tuple[str, ...]
    cases: tuple[str, ...]


class Reorganised(Struct, frozen=True, kw_only=True):
    """A reorganisation, planned or done: of its cases those that the person asking may see."""

    effective: date
    dry_run: bool
    units: tuple[UnitChanged, ...]
    cases: tuple[CaseTransferred, ...]
    choices: tuple[Choice, ...]
    delegations: tuple[str, ...]
    periodic: tuple[str, ...]
    series: tuple[str, ...]
    certificates: tuple[str, ...]
    """Once it is done: of each ended body's series, that they are closed and at which numbers."""
    failed: tuple[str, ...]

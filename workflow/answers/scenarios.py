"""What scenarios cover of a procedure, and a scenario written from a case."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How many things of one kind scenarios reach. `kind`: states | actions | branches | rungs; `missing` names the others."""

    kind: str
    covered: int
    total: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the scenarios of one procedure cover of it; `percent` of everything together, rounded down."""

    process: str
    title: str
    percent: int
    parts: tuple[Covered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A scenario written from what happened to a case: its file's name and text, and whether it holds when it is played."""

    case: str
    file: str
    text: str
    passed: bool
    place: str = ""
    message: str = ""

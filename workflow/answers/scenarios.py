"""What scenarios cover of a procedure, and a scenario written from a case."""

from msgspec import Struct


class Covered(Struct, frozen=True, kw_only=True):
    """How many things of one kind scenarios reach. `kind`: states | actions | branches | rungs; `missing` names the others."""

    kind: str
    covered: int
    total: int
    missing: tuple[str, ...] = ()


class Coverage(Struct, frozen=True, kw_only=True):
    """What the scenarios of one procedure cover of it; `percent` of everything together, rounded down."""

    process: str
    title: str
    percent: int
    parts: tuple[Covered, ...]


class Recorded(Struct, frozen=True, kw_only=True):
    """A scenario written from what happened to a case: its file's name and text, and whether it holds when it is played."""

    case: str
    file: str
    text: str
    passed: bool
    place: str = ""
    message: str = ""

"""The smallest parts of a process: titles, expressions, texts with holes, and times. `process` offers them too."""

from datetime import time
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from workflow.model import Unit


def _frozen(tree: Any) -> Any:
    return tuple(_frozen(part) for part in tree) if isinstance(tree, list | tuple) else tree


class Title(Struct, frozen=True, kw_only=True):
    """A name for people, in Vietnamese and English (the same text when only one was given)."""

    vi: str
    en: str

    def to(self, language: str) -> str:
        """The title in `language`."""
        return self.vi if language == "vi" else self.en


class Expr(Struct, frozen=True, kw_only=True, dict=True):
    """One expression: as it was written, and its syntax tree as nested JSON lists (see `expression`).

    In memory the lists are tuples, so that an expression can be hashed; its meaning is worked out once and kept beside it.
    """

    source: str
    tree: Any

    def __post_init__(self) -> None:
        force_setattr(self, "tree", _frozen(self.tree))


class Text(Struct, frozen=True, kw_only=True):
    """A text with `{{ }}`: parts in order, each plain text or an expression (`Expr` in its plain form is an object)."""

    literals: tuple[str, ...] = ()
    holes: tuple[Expr, ...] = ()
    """One literal before each hole and one after the last: len(literals) == len(holes) + 1."""


class Amount(Struct, frozen=True, kw_only=True):
    """A length of time. `number` or `value` (a field's) times `unit`; a negative number counts back. `calendar`: the one that
    it is counted by, where that is not the one of its place.
    """

    unit: Unit
    number: int | None = None
    value: Expr | None = None
    exactly: bool = False
    calendar: str = ""


class PointKind(Enum):
    """What a point in time hangs on."""

    ENTRY = "entry"
    OPEN = "open"
    LAST_ACT = "last act"
    DUE = "due"
    ACTION = "action"
    VALUE = "value"
    YEARLY = "yearly"
    MONTHLY = "monthly"
    WEEKLY = "weekly"
    END_OF = "end of"


class Point(Struct, frozen=True, kw_only=True):
    """A point in time: `name` is the action or the period's word (week, month, quarter, year), `value` a field's expression."""

    kind: PointKind
    name: str = ""
    value: Expr | None = None
    month: int = 0
    day: int = 0
    """1–31; or the weekday, 1 = Monday … 7 = Sunday."""
    at: time | None = None


class Moment(Struct, frozen=True, kw_only=True):
    """A time: a `point`, moved by `amount` (`before` or after); or the first `branches` whose guard holds; or the
    latest or earliest of several (`pick`, `among`).
    """

    point: Point | None = None
    amount: Amount | None = None
    before: bool = False
    branches: tuple["MomentBranch", ...] = ()
    pick: str = ""
    among: tuple["Moment", ...] = ()
    source: str = ""
    """As it was written, for people."""


class MomentBranch(Struct, frozen=True, kw_only=True):
    """One branch of a moment's CHOICE; `when` None = else."""

    then: Moment
    when: Expr | None = None

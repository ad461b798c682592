"""What a process declares: states, tracks, rights, fields, roles, documents and their types, periods."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct, field

from workflow.language.process.steps import NOTHING, Consult, Due, Effects, Who
from workflow.language.words import Expr, Moment, Text, Title

RIGHTS = (
    "see",
    "edit",
    "comment",
    "attach",
    "assign",
    "ask",
    "extend",
    "pause",
    "recall",
    "correct",
    "reopen",
    "link",
    "issue",
    "void",
    "dispose",
)
"""What may be done besides the actions, each a key of `rights`."""


class Right(Struct, frozen=True, kw_only=True):
    """Who may do something besides the actions: `what` is one of `RIGHTS`; `fields` are those that `edit` may change
    (empty = every field).
    """

    what: str
    who: Who
    fields: tuple[str, ...] = ()


def in_track(track: str, state: str) -> str:
    """The key of a track's state among all states of its process."""
    return f"{track}/{state}" if track else state


class State(Struct, frozen=True, kw_only=True):
    """Where a case, or one of its tracks, stands. `final` is the outcome, '' while it is open."""

    key: str
    """Unique in the process: as written, or `TRACK/STATE` of a track's."""
    title: Title
    track: str = ""
    final: str = ""
    endless: bool = False
    """A case may stay here for good: declared, so that nothing warns of it."""
    effects: Effects = NOTHING
    dues: tuple[Due, ...] = ()
    stops_all: bool = False
    """`stops: all` of the state: every other deadline's clock stops while the case stands here."""
    consult: Consult | None = None
    rights: tuple[Right, ...] = ()

    @property
    def name(self) -> str:
        """The state as written: what expressions compare `case.state` and `tracks.T` with."""
        return self.key.removeprefix(f"{self.track}/") if self.track else self.key


class Track(Struct, frozen=True, kw_only=True):
    """A machine of the case, beside the case's own: its first state (full key) and its deadlines, from opening on.
    `outlives`: it goes on when the case is closed.
    """

    key: str
    title: Title
    start: str
    dues: tuple[Due, ...] = ()
    outlives: bool = False


class FieldType(Struct, frozen=True, kw_only=True):
    """A field of a case (or a column of a table)."""

    key: str
    type: str
    title: Title
    required: bool = False
    default: Any = None
    min: Any = None
    max: Any = None
    pattern: str = ""
    help: str = ""
    choices: tuple[tuple[str, Title], ...] = ()
    columns: tuple["FieldType", ...] = ()
    computed: Expr | None = None
    """Worked out, never filled in: see `workflow.engine.computed`."""


class Role(Struct, frozen=True, kw_only=True):
    """What a process calls those who act. One of: a post (`unit`, `position`), a slot, who did something, an
    expression's person, a role's superiors, any of several roles. `unit` is an expression: a unit's key as a
    constant, `fields.x`, or `asked`.
    """

    key: str
    unit: Expr | None = None
    position: str = ""
    assigned: str = ""
    did: tuple[str, ...] = ()
    person: Expr | None = None
    superior_of: str = ""
    any: Who = ()
    when: Expr | None = None
    among: Who = ()
    """Of a slot: who may claim it; while it is nobody's, all of them hold the role."""


class DocumentRule(Struct, frozen=True, kw_only=True):
    """A document that the process writes. `body` names its template in the process's `templates/`. `issuers`:
    one unit, or several for a joint document (the lead first), each an expression as in `Role.unit`.
    """

    key: str
    type: str
    title: Text
    body: str
    issuers: tuple[Expr, ...]
    signers: Who
    recipients: Who = ()
    one_number: bool = False
    """Papers of this rule that one act issues share a number: the same letter to many."""


class Series(Struct, frozen=True, kw_only=True):
    """How a document type's numbers run: `per` type | all; `period` by frame (state, party): year | term."""

    per: str = "type"
    apart: bool = False
    """Papers of secret cases have a series of their own."""
    period: Mapping[str, str] = field(default_factory=dict)


class LaterFrame(Struct, frozen=True, kw_only=True):
    """A frame that a guideline orders from a day on, for the same words as `DocumentType.frame`."""

    since: date
    frame: Mapping[str, str]


class DocumentType(Struct, frozen=True, kw_only=True):
    """A type of official paper: its title, its frame (state | party) by issuing unit's key or kind, its series."""

    key: str
    title: str
    frame: Mapping[str, str] = field(default_factory=dict)
    later: tuple["LaterFrame", ...] = ()
    """Frames that hold from a day on, in order of that day."""
    series: Series = field(default_factory=Series)
    printed: Mapping[str, str] = field(default_factory=dict)
    """By frame: the abbreviation in its numbers, where that is not the key (Party bodies write QĐ for Quy định too)."""
    symbol: bool = True
    """False for an official letter (công văn), whose state symbol bears no type."""
    retention: str = ""
    """How long a case that issued one is kept at least (see `retention`)."""


class Periodic(Struct, frozen=True, kw_only=True):
    """A case for each period: `every` is a yearly, monthly, weekly or end-of-period moment."""

    every: Moment
    start: str
    fields: tuple[tuple[str, Expr], ...] = ()
    title: Text | None = None

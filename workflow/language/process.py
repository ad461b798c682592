"""A compiled process: what `process.yaml` means, as frozen data with a plain JSON form.

Nothing here reads YAML: `workflow.authoring` makes these values, a store keeps their JSON, and daily commands
read only that. Names follow the grammar in docs/reference/language.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workflow.language.words import Amount as Amount  # noqa: PLC0414  the words of times are offered from here too
from workflow.language.words import Expr as Expr  # noqa: PLC0414  the same
from workflow.language.words import Moment as Moment  # noqa: PLC0414  the same
from workflow.language.words import MomentBranch as MomentBranch  # noqa: PLC0414  the same
from workflow.language.words import Point as Point  # noqa: PLC0414  the same
from workflow.language.words import PointKind as PointKind  # noqa: PLC0414  the same
from workflow.language.words import Text as Text  # noqa: PLC0414  the same
from workflow.language.words import Title as Title  # noqa: PLC0414  the same
from workflow.model import Unit as Unit  # noqa: PLC0414  the same
from workflow.plain import canonical, digest, from_plain, to_plain

FORM = 2
"""The number of the compiled form; a program that knows a newer one compiles the source again."""

SPECIAL = frozenset({"anyone", "nobody", "auto", "opener", "actor", "asked"})
"""The words of WHO that are not roles."""

ANY, ALL = "any", "all"

Who = tuple[str, ...]
"""Role names and the words of `SPECIAL`; empty = nobody named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Whom to tell; `text` None = the program's own sentence."""

    who: Who
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    """Open a sub-case of another process: one, or one for each item of `for_each` (then `item` is named). `fields` and
    `title` are worked out on the case that opens it.
    """

    process: str
    start: str = "open"
    for_each: Expr | None = None
    fields: tuple[tuple[str, Expr], ...] = ()
    title: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Do an action on another case (or cases) too: `case` gives its number; the name `children` alone means the sub-cases."""

    do: str
    case: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Becomes:
    """The case goes on as a case of another process, in this state of it; it keeps its number."""

    process: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What happens besides the next state. `stops`, `resumes`, `restarts` name dues, or `all`."""

    sets: tuple[tuple[str, Expr], ...] = ()
    assigns: tuple[tuple[str, Who], ...] = ()
    drafts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    notifies: tuple[Notify, ...] = ()
    stops: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    opens: tuple[Opens, ...] = ()
    becomes: Becomes | None = None


NOTHING = Effects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of a ladder. `repeat`: again after each such amount, while the deadline is open."""

    at: Moment
    notifies: tuple[Notify, ...] = ()
    drafts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    do: str = ""
    repeat: Amount | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline's rule. `ladder` None = the process's default. `until` and `states` (`in:`) are for a case's own dues."""

    at: Moment
    name: str
    states: tuple[str, ...] = ()
    until: str = ""
    calendar: str = ""
    basis: str = ""
    ladder: tuple[Rung, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition that must hold; `reason` is what the refused person reads (else the condition itself)."""

    when: Expr
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way of a CHOICE of `to`: `when` None = else; `to` is a state's key, `same` or `previous`."""

    to: str
    when: Expr | None = None
    effects: Effects = NOTHING


SAME, PREVIOUS = "same", "previous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What moves a case on (also a start, and a consultation's reply)."""

    key: str
    title: Title
    by: Who
    not_by: Who = ()
    guards: tuple[Guard, ...] = ()
    needs: tuple[str, ...] = ()
    not_before: Moment | None = None
    times: int | None = None
    form: tuple[str, ...] = ()
    note: str = ""
    """`` (may be given), `optional` (asked for), `required`."""
    to: tuple[Branch, ...] = (Branch(to=SAME),)
    effects: Effects = NOTHING
    states: tuple[str, ...] = ()
    """Where it may be done: the state it stands in, or the states of `from:`, worked out (groups, any, all)."""
    general: bool = False
    """Of several states: a state's own action goes before it."""
    track: str = ""
    """The track whose states it moves; '' = the case's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """Asking several units (or persons) at once."""

    asks: Expr
    reply: Action
    due: Due | None = None
    answers: tuple[tuple[str, Title], ...] = ()
    drafts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    notifies: tuple[Notify, ...] = ()
    silence: str = ""
    """The answer that silence counts as; '' = none."""
    enough: Expr | None = None
    """None = all."""
    enough_count: int | None = None
    enough_percent: int | None = None
    again: tuple[str, ...] = (ALL,)
    """Who is asked again when the state is entered anew: `all`, `none`, or those who gave one of these answers. Whoever
    was not asked before, or has not answered, is asked in any case; the other answers are carried over.
    """


RIGHTS = ("see", "edit", "comment", "attach", "assign", "extend", "pause", "recall", "correct")
"""What may be done besides the actions, each a key of `rights`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Who may do something besides the actions: `what` is one of `RIGHTS`; `fields` are those that `edit` may change
    (empty = every field).
    """

    what: str
    who: Who
    fields: tuple[str, ...] = ()


def in_track(track: str, state: str) -> str:
    """The key of a track's state among all states of its process."""
    return f"{track}/{state}" if track else state


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A machine of the case, beside the case's own: its first state (full key) and its deadlines, from opening on.
    `outlives`: it goes on when the case is closed.
    """

    key: str
    title: Title
    start: str
    dues: tuple[Due, ...] = ()
    outlives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRule:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """How a document type's numbers run: `per` type | all; `period` by frame (state, party): year | term."""

    per: str = "type"
    period: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """A type of official paper: its title, its frame (state | party) by issuing unit's key or kind, its series."""

    key: str
    title: str
    frame: Mapping[str, str] = field(default_factory=dict)
    series: Series = field(default_factory=Series)
    symbol: bool = True
    """False for an official letter (công văn), whose state symbol bears no type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A case for each period: `every` is a yearly, monthly, weekly or end-of-period moment."""

    every: Moment
    start: str
    fields: tuple[tuple[str, Expr], ...] = ()
    title: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Process:
    """A compiled process. `templates` (name → Jinja2 source) and `types` (the document types it uses) are part of it."""

    key: str
    title: Title
    unit: Expr
    number: str
    case_title: Text
    states: tuple[State, ...]
    """The case's own first, then each track's."""
    starts: tuple[Action, ...]
    actions: tuple[Action, ...] = ()
    """All actions: those of states first, in file order; then each track's, in the same way."""
    secret: Expr | None = None
    fields: tuple[FieldType, ...] = ()
    roles: tuple[Role, ...] = ()
    documents: tuple[DocumentRule, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ladder: tuple[Rung, ...] = ()
    dues: tuple[Due, ...] = ()
    periodic: tuple[Periodic, ...] = ()
    tracks: tuple[Track, ...] = ()
    rights: tuple[Right, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    types: tuple[DocumentType, ...] = ()

    @cached_property
    def state_of(self) -> dict[str, State]:
        """The states by key."""
        return {state.key: state for state in self.states}

    @cached_property
    def track_of(self) -> dict[str, Track]:
        """The tracks by key."""
        return {track.key: track for track in self.tracks}

    @cached_property
    def computed(self) -> tuple[FieldType, ...]:
        """The fields that are worked out."""
        return tuple(one for one in self.fields if one.computed is not None)

    @cached_property
    def field_of(self) -> dict[str, FieldType]:
        """The fields by key."""
        return {one.key: one for one in self.fields}

    @cached_property
    def role_of(self) -> dict[str, Role]:
        """The roles by key."""
        return {role.key: role for role in self.roles}

    @cached_property
    def document_of(self) -> dict[str, DocumentRule]:
        """The documents by key."""
        return {rule.key: rule for rule in self.documents}

    @cached_property
    def type_of(self) -> dict[str, DocumentType]:
        """The document types by key."""
        return {kind.key: kind for kind in self.types}

    @cached_property
    def start_of(self) -> dict[str, Action]:
        """The starts by name."""
        return {action.key: action for action in self.starts}

    @cached_property
    def in_state(self) -> dict[str, dict[str, Action]]:
        """State → the actions that may be done there, by key: its own before the general ones, in file order."""
        found: dict[str, dict[str, Action]] = {state.key: {} for state in self.states}
        for general in (False, True):
            for action in self.actions:
                for key in action.states if action.general is general else ():
                    found[key].setdefault(action.key, action)
        return found

    @cached_property
    def action_keys(self) -> tuple[str, ...]:
        """Every action's key once, in file order."""
        return tuple(dict.fromkeys(action.key for action in self.actions))

    def ladder_of(self, due: Due) -> tuple[Rung, ...]:
        """The due's own ladder, or the process's."""
        return self.ladder if due.ladder is None else due.ladder

    @cached_property
    def version(self) -> str:
        """The hash of its meaning: how an expression was spaced, and titles' order, don't count."""
        return digest(canonical(meaning(to_plain(self))))


def meaning(plain: Any) -> Any:
    """A plain form without what only people read of expressions: their source."""
    if isinstance(plain, dict):
        return {
            key: meaning(value)
            for key, value in plain.items()
            if not (key == "source" and ("tree" in plain or "point" in plain or "branches" in plain or "among" in plain))
        }
    if isinstance(plain, list):
        return [meaning(value) for value in plain]
    return plain


def load(data: object) -> Process:
    """The process of a stored plain form."""
    return from_plain(Process, data)

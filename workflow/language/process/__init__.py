"""A compiled process: what `process.yaml` means, as frozen data with a plain JSON form.

Nothing here reads YAML: `workflow.authoring` makes these values, a store keeps their JSON, and daily commands
read only that. Names follow the grammar in docs/reference/language.md.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from workflow.language.process.declared import (
    RIGHTS,
    DocumentRule,
    DocumentType,
    FieldType,
    LaterFrame,
    Periodic,
    Right,
    Role,
    Series,
    State,
    Track,
    in_track,
)
from workflow.language.process.steps import (
    ALL,
    ANY,
    AUTO,
    NOTHING,
    PARTS,
    PREVIOUS,
    SAME,
    SPECIAL,
    Action,
    Again,
    Also,
    Becomes,
    Branch,
    Consult,
    Due,
    Effects,
    Guard,
    Notify,
    Opens,
    Rung,
    Share,
    Who,
)
from workflow.language.words import (
    Amount,
    Expr,
    Moment,
    MomentBranch,
    Point,
    PointKind,
    Text,
    Title,
)
from workflow.model import Unit
from workflow.plain import canonical, digest, from_plain, to_plain

__all__ = [
    "ALL",
    "ANY",
    "AUTO",
    "FORM",
    "NOTHING",
    "PARTS",
    "PREVIOUS",
    "RIGHTS",
    "SAME",
    "SPECIAL",
    "Action",
    "Again",
    "Also",
    "Amount",
    "Becomes",
    "Branch",
    "Consult",
    "DocumentRule",
    "DocumentType",
    "Due",
    "Effects",
    "Expr",
    "FieldType",
    "Guard",
    "LaterFrame",
    "Moment",
    "MomentBranch",
    "Notify",
    "Opens",
    "Periodic",
    "Point",
    "PointKind",
    "Process",
    "Right",
    "Role",
    "Rung",
    "Series",
    "Share",
    "State",
    "Text",
    "Title",
    "Track",
    "Unit",
    "Who",
    "in_track",
    "load",
    "meaning",
]

FORM = 2
"""The number of the compiled form; a program that knows a newer one compiles the source again."""


class Process(Struct, frozen=True, kw_only=True, dict=True):
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
    retention: str = ""
    """How long its cases are kept after the year that they were closed in: `N years`, `permanent`; '' = nothing is said, and none
    is ever disposed of.
    """

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

    @cached_property
    def automatic(self) -> bool:
        """Whether anything in it is done by itself."""
        return any(action.by == AUTO for action in self.actions)

    @cached_property
    def lasting(self) -> tuple[State, ...]:
        """The states whose rounds go on after they are left."""
        return tuple(state for state in self.states if state.consult is not None and state.consult.lasting)

    @cached_property
    def stops_others(self) -> bool:
        """Whether any state stops all deadlines but its own."""
        return any(state.stops_all for state in self.states)

    @cached_property
    def doings(self) -> tuple[str, ...]:
        """Whatever is remembered of a case once it is done (`done`, `did`): actions, replies, starts."""
        replies = (state.consult.reply.key for state in self.states if state.consult is not None)
        return tuple(dict.fromkeys((*self.action_keys, *replies, *self.start_of)))

    @cached_property
    def beside(self) -> defaultdict[str, dict[Any, Any]]:
        """Tables that somebody keeps beside the process for as long as it lives: of what follows from it alone."""
        return defaultdict(dict)

    @cached_property
    def reads_papers(self) -> bool:
        """Whether any expression looks at its documents: else what becomes of them changes nothing that comes after."""
        return '["name","documents"]' in canonical(to_plain(self))

    @cached_property
    def pool_of(self) -> dict[str, Who]:
        """Slot → the roles from which it is filled: those that may claim it, and those of `assigns`."""
        found: dict[str, dict[str, None]] = {}
        for role in self.roles:
            if role.assigned:
                found.setdefault(role.assigned, {}).update(dict.fromkeys(role.among))
        for effects in self._effects():
            for slot, who in effects.assigns:
                found.setdefault(slot, {}).update(dict.fromkeys(word for word in who if word in self.role_of))
        return {slot: tuple(words) for slot, words in found.items()}

    def _effects(self) -> Iterator[Effects]:
        replies = [state.consult.reply for state in self.states if state.consult is not None]
        for action in (*self.starts, *self.actions, *replies):
            yield action.effects
            yield from (branch.effects for branch in action.to)
        yield from (state.effects for state in self.states)

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

"""A process together with the file that it was read from: where each of its parts stands."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from workflow.authoring.read import Node
from workflow.authoring.reading import Written, pairs
from workflow.errors import Place
from workflow.language.process import Action, Effects, Expr, Process, State
from workflow.organisation import Organisation


class Inspected(Struct, frozen=True, kw_only=True, eq=False):
    """One process, its file's root node, and its expressions with their places."""

    process: Process
    node: Node
    written: Sequence[Written] = ()
    places: Mapping[int, Place] = field(default_factory=dict)
    """The identity of an expression → where it stands."""

    def place_of(self, expr: Expr, otherwise: Place) -> Place:
        """Where an expression stands."""
        return self.places.get(id(expr), otherwise)

    def key(self, *path: str) -> Place:
        """Where the last of these nested keys stands; as far as the file goes, else its beginning."""
        at, node = self.node.place, self.node
        for word in path:
            found, value = node.key(word), node.get(word)
            if found is None or value is None:
                return at
            at, node = found.place, value
        return at

    def machine(self, track: str) -> tuple[str, ...]:
        """The path to the machine of a track; to the case's own."""
        return ("tracks", track) if track else ()

    def state(self, state: State) -> Place:
        """A state's key."""
        return self.key(*self.machine(state.track), "states", state.name)

    def action(self, action: Action, *below: str) -> Place:
        """An action's key, or a key of its own."""
        for key, node in self._nodes(action):
            for word in below:
                found = node.key(word)
                if found is not None:
                    return found.place
            return key.place
        return self.node.place

    def _nodes(self, action: Action) -> Iterator[tuple[Node, Node]]:
        """An action's key and its value; of one that is written in several ways, the one for these states."""
        machine: Node | None = self.node
        for word in self.machine(action.track):
            machine = machine.get(word) if machine is not None else None
        if action.general:
            same = [one for one in self.process.actions if one.general and (one.key, one.track) == (action.key, action.track)]
            for key, value in pairs(machine.get("actions") if machine is not None else None):
                if key.text == action.key and (items := value.as_list()):
                    yield key, items[min(next(at for at, one in enumerate(same) if one is action), len(items) - 1)]
            return
        name = action.states[0].rpartition("/")[2] if action.states else ""
        states = machine.get("states") if machine is not None else None
        state = states.get(name) if states is not None else None
        for key, value in pairs(state.get("actions") if state is not None else None):
            if key.text == action.key:
                yield key, value


class Office(Struct, frozen=True, kw_only=True):
    """What processes are checked against: each other, and who holds which post on which day."""

    processes: Mapping[str, Inspected]
    organisation: Organisation | None = None
    today: date | None = None


def effects_of(process: Process) -> Iterator[Effects]:
    """Every effect that a process names: of starts, actions, branches, replies and states."""
    replies = [state.consult.reply for state in process.states if state.consult]
    for action in (*process.starts, *process.actions, *replies):
        yield action.effects
        for branch in action.to:
            yield branch.effects
    for state in process.states:
        yield state.effects

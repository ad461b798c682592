"""A machine: states and actions, the case's own or a track's."""

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.authoring import problems as p
from workflow.authoring.declare import groups
from workflow.authoring.read import Node
from workflow.authoring.reading import Reading, flag, pairs, word
from workflow.authoring.rights import rights
from workflow.authoring.steps import States, action, effects, general_actions
from workflow.authoring.waits import consult, dues
from workflow.language.process import ALL, Action, Due, State, Track, in_track


class Machines(Struct):
    """The case's own machine and its tracks' together."""

    states: list[State] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    dues: tuple[Due, ...] = ()


def machines(reading: Reading, node: Node) -> tuple[Machines, States]:
    """All that moves a case; the states of its own machine with their groups."""
    found, own = Machines(), states_of(reading, node)
    taken: dict[str, Action] = {}
    found.states += _states(reading, node, own)
    found.actions += _actions(reading, node, own, taken)
    found.dues = dues(reading, node.get("due"), own, own.open, whole=True)
    for key, value in pairs(node.get("tracks")):
        if value.is_mapping:
            reading.track = key.text
            _track(reading, key, value, found, taken)
            reading.track = ""
    return found, own


def _track(reading: Reading, key: Node, node: Node, found: Machines, taken: dict[str, Action]) -> None:
    own = states_of(reading, node)
    start = node.get("start")
    found.states += _states(reading, node, own)
    found.actions += _actions(reading, node, own, taken)
    if start is not None and in_track(key.text, start.text) in own.final:
        reading.wrong(p.TRACK_START, start.place, word=start.text)
    found.tracks.append(
        Track(
            key=key.text,
            title=reading.title(node.get("title"), key.text),
            start=reading.state(start) if start is not None else "",
            dues=dues(reading, node.get("due"), own, own.open, whole=True),
            outlives=flag(node.get("outlives")),
        )
    )


def states_of(reading: Reading, node: Node) -> States:
    """The states of one machine, by their full keys."""
    found = [(in_track(reading.track, key.text), value) for key, value in pairs(node.get("states")) if value.is_mapping]
    keys = tuple(key for key, _ in found)
    final = frozenset(key for key, value in found if word(value.get("final")))
    return States(keys=keys, final=final, groups=groups(reading, node.get("groups"), keys), track=reading.track)


def _states(reading: Reading, node: Node, states: States) -> Iterator[State]:
    return (_state(reading, key, value, states) for key, value in pairs(node.get("states")) if value.is_mapping)


def _state(reading: Reading, key: Node, node: Node, states: States) -> State:
    happens, full = effects(reading, node), in_track(reading.track, key.text)
    stops_all, final, endless = ALL in happens.stops, word(node.get("final")), node.key("endless")
    if final and endless is not None and flag(node.get("endless")):
        reading.wrong(p.FINAL_ENDLESS, endless.place, word=key.text)
    return State(
        key=full,
        title=reading.title(node.get("title"), key.text),
        track=reading.track,
        final=final,
        endless=flag(node.get("endless")),
        effects=replace(happens, stops=()) if stops_all else happens,
        dues=dues(reading, node.get("due"), states, (full,)),
        stops_all=stops_all,
        consult=consult(reading, node.get("consult"), states, full),
        rights=rights(reading, node.get("rights")),
    )


def _actions(reading: Reading, node: Node, states: States, taken: dict[str, Action]) -> list[Action]:
    """Those of states first, then the general ones. A name stands for one action in all machines."""
    found: dict[str, Action] = {}
    for state, value in pairs(node.get("states")):
        for key, inner in pairs(value.get("actions")):
            if not inner.is_mapping:
                continue
            if key.text in taken or key.text in found:
                other = taken.get(key.text) or found[key.text]
                reading.wrong(p.DOUBLE_ACTION, key.place, word=key.text, other=other.states[0] if other.states else "actions")
            else:
                found[key.text] = action(reading, key.text, inner, (in_track(reading.track, state.text),))
    general = general_actions(reading, node.get("actions"), states)
    for key, _ in pairs(node.get("actions")):
        if key.text in taken:
            other = taken[key.text]
            reading.wrong(p.DOUBLE_ACTION, key.place, word=key.text, other=other.states[0] if other.states else "actions")
    taken |= {one.key: one for one in general} | found
    return [*found.values(), *general]

"""The graph of states: those that no case comes to, that none leaves, from which none ends."""

from collections.abc import Callable, Collection, Iterator, Mapping

from workflow.authoring import problems as p
from workflow.errors import Place, Problem
from workflow.language.process import PREVIOUS, SAME, Action, Branch, Process, State


def check_graph(process: Process, places: Mapping[str, Place], entered: Collection[str] = ()) -> Iterator[Problem]:
    """States that no case comes to, that none leaves, or from which none ends. `places`: each state's key; `entered`:
    the states in which cases of other processes go on.
    """
    edges = edges_of(process)
    first = {branch.to for start in process.starts for branch in start.to if branch.to in edges}
    first |= {track.start for track in process.tracks if track.start in edges} | {key for key in entered if key in edges}
    reached = closure(first, edges)
    final = ending(process)
    backwards: dict[str, set[str]] = {key: {other for other, targets in edges.items() if key in targets} for key in edges}
    ends = closure(final, backwards)
    for key in edges:
        if process.starts and key not in reached:
            yield p.UNREACHABLE.at(places[key], word=process.state_of[key].name)
        if key not in final and not edges[key] - {key}:
            yield p.TRAPPED.at(places[key], word=process.state_of[key].name)
        elif key not in ends:
            yield p.NO_END.at(places[key], word=process.state_of[key].name)
    yield from _double_dues(process, places)


def ending(process: Process) -> set[str]:
    """The states where a case may stay or end: final ones, endless ones, those where it goes on as another process's."""
    return {state.key for state in process.states if state.final or state.endless or _becomes(process, state)}


def _becomes(process: Process, state: State) -> bool:
    """Whether a case may go on from here as another process's."""
    actions = process.in_state[state.key].values()
    effects = [one for action in actions for one in (action.effects, *(branch.effects for branch in action.to))]
    return any(one.becomes is not None for one in (state.effects, *effects))


def _double_dues(process: Process, places: Mapping[str, Place]) -> Iterator[Problem]:
    """A case's due that stands `in:` a state, called as one of the state's own: nobody could tell them apart."""
    for due in process.dues:
        for key in due.states:
            if key in places and any(own.name == due.name for own in process.state_of[key].dues):
                yield p.DOUBLE_DUE.at(places[key], word=due.name)


def edges_of(process: Process, counts: Callable[[Action], bool] = lambda _action: True) -> dict[str, set[str]]:
    """State → where its actions (those that count) lead; `previous` leads back to whatever led here."""
    found: dict[str, set[str]] = {state.key: set() for state in process.states}
    goes_back: set[str] = set()
    for key, actions in process.in_state.items():
        for branch in (branch for action in actions.values() if counts(action) for branch in action.to):
            found[key].update(_led(branch, found))
            if branch.to == PREVIOUS:
                goes_back.add(key)
    for key in goes_back:
        found[key].update(other for other, targets in found.items() if key in targets)
    return found


def _led(branch: Branch, states: Collection[str]) -> set[str]:
    return {branch.to} if branch.to not in {SAME, PREVIOUS} and branch.to in states else set()


def closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    """All that can be come to from these."""
    found, waiting = set(start), list(start)
    while waiting:
        for key in edges[waiting.pop()] - found:
            found.add(key)
            waiting.append(key)
    return found

"""What the scenarios of a procedure cover: its states, its actions, the branches of their ways, the rungs of its deadlines."""

from collections.abc import Collection, Iterator, Sequence

from workflow.answers.scenarios import Coverage, Covered
from workflow.authoring.checks.coverage import ways_of
from workflow.engine import deadlines as dl
from workflow.language.process import Action, Due, Process
from workflow.simulate.covering import Fired, Transition
from workflow.simulate.play import ScenarioResult


def coverage(process: Process, results: Sequence[ScenarioResult], language: str) -> Coverage:
    """What these results (of any procedure) cover of one procedure."""
    taken = {one for result in results for one in result.transitions if one.process == process.key}
    stood = {state for result in results if result.process == process.key for state in result.states}
    stood |= {key for one in taken for key in (one.before, one.after)}
    fired = {one for result in results for one in result.rungs if one.process == process.key}
    parts = (
        _part("states", [(state.key, state.key in stood) for state in process.states]),
        _part("actions", list(_actions(process, taken))),
        _part("branches", list(_branches(process, taken))),
        _part("rungs", list(_rungs(process, fired))),
    )
    total = sum(one.total for one in parts)
    percent = 100 * sum(one.covered for one in parts) // total if total else 100
    return Coverage(process=process.key, title=process.title.to(language), percent=percent, parts=parts)


Reached = tuple[str, bool]
"""A thing's name, and whether a scenario reaches it."""


def _part(kind: str, found: Sequence[Reached]) -> Covered:
    missing = tuple(name for name, reached in found if not reached)
    return Covered(kind=kind, covered=len(found) - len(missing), total=len(found), missing=missing)


def _doings(process: Process) -> Iterator[tuple[str, Action, tuple[str, ...]]]:
    """(name, action, states) of starts, actions and replies; an action of several states is one."""
    for start in process.starts:
        yield start.key, start, ("",)
    for action in process.actions:
        where = "" if action.general else f"{action.states[0]}/" if action.states else ""
        yield f"{where}{action.key}", action, action.states
    for state in process.states:
        if state.consult is not None:
            yield f"{state.key}/{state.consult.reply.key}", state.consult.reply, (state.key,)


def _mine(action: Action, states: tuple[str, ...], taken: Collection[Transition]) -> list[Transition]:
    return [one for one in taken if one.action == action.key and one.before in states]


def _actions(process: Process, taken: Collection[Transition]) -> Iterator[Reached]:
    for name, action, states in _doings(process):
        yield name, bool(_mine(action, states, taken))


def _branches(process: Process, taken: Collection[Transition]) -> Iterator[Reached]:
    """Of actions with several ways, each: also of two that lead to the same state."""
    for name, action, states in _doings(process):
        if len(action.to) > 1:
            ways = {one.branch for one in _mine(action, states, taken)}
            for index, way in enumerate(ways_of(action)):
                yield f"{name} → {way}", index in ways


def _rungs(process: Process, fired: Collection[Fired]) -> Iterator[Reached]:
    others = {(on, due.name) for on, due in _dues(process) if due.ladder is None}
    for at, rung in enumerate(process.ladder if others else ()):  # written once, for all of them
        yield f"ladder: {rung.at.source or at}", any(one.rung == at and (one.on, one.deadline) in others for one in fired)
    for on, due in _dues(process):
        for at, rung in enumerate(due.ladder or ()):
            name = f"{due.name} ({on.partition(':')[2] or on}): {rung.at.source or at}"
            yield name, any((one.on, one.deadline, one.rung) == (on, due.name, at) for one in fired)
    for state in process.states:
        if state.consult is not None and state.consult.silence:
            on = dl.on_consult(state.key)
            yield f"silence ({state.key})", any((one.on, one.rung) == (on, dl.SILENCE) for one in fired)


def _dues(process: Process) -> Iterator[tuple[str, Due]]:
    """(what it is on, the rule) of every deadline."""
    yield from ((dl.CASE, due) for due in process.dues if not due.states)
    for track in process.tracks:
        yield from ((dl.on_track(track.key), due) for due in track.dues if not due.states)
    for state in process.states:
        yield from ((dl.on_state(state.key), due) for due in dl.rules_in(process, state.key))
        if state.consult is not None and state.consult.due is not None:
            yield dl.on_consult(state.key), state.consult.due

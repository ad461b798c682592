"""Automatic actions that would be done again and again, and enough of a round that never comes."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.authoring import problems as p
from workflow.authoring.checks.graph import closure
from workflow.authoring.checks.inspected import Inspected
from workflow.authoring.checks.possible import Domains, can_hold
from workflow.errors import Problem
from workflow.language.expression import names, path_of
from workflow.language.process import SAME, Action, Consult, Effects, Process, State

Path = tuple[str, ...]


def check_automatic(one: Inspected) -> Iterator[Problem]:
    """Loops of automatic actions: each is refused when it comes to be done twice within one act (language.md 2.6)."""
    process = one.process
    autos = [action for action in process.actions if action.by == ("auto",)]
    for action in autos:
        if _stays(action) and not _changed(action) & _asked(action):
            yield p.AUTO_SAME.at(one.action(action), word=action.key)
    yield from _rounds(one, [action for action in autos if not _stays(action)])


def _stays(action: Action) -> bool:
    """Whether it ends where it can be done again."""
    if any(effects.becomes for effects in (action.effects, *(branch.effects for branch in action.to))):
        return False  # the case goes on in another process
    return all(branch.to == SAME or branch.to in action.states for branch in action.to)


def _rounds(one: Inspected, autos: list[Action]) -> Iterator[Problem]:
    """States that automatic actions lead around in a ring, with conditions that hold together and that nothing in it changes."""
    led: dict[str, dict[str, Action]] = {}
    for action in autos:
        for state in action.states:
            for branch in action.to:
                led.setdefault(state, {}).setdefault(branch.to, action)
    edges: Mapping[str, set[str]] = {state: {to for to in targets if to in led} for state, targets in led.items()}
    told: set[str] = set()
    for state in edges:
        ring = {other for other in closure(edges[state], edges) if state in closure(edges[other], edges)} | {state}
        if state in told or state not in closure(edges[state], edges):
            continue
        told |= ring
        inside = [action for at in ring for to, action in led[at].items() if to in ring]
        if _goes_on(one.process, inside):
            names_ = ", ".join(dict.fromkeys(action.key for action in inside))
            yield p.AUTO_RING.at(one.action(inside[0]), word=names_)


def _goes_on(process: Process, ring: list[Action]) -> bool:
    asked = set().union(*(_asked(action) for action in ring))
    changed = set().union(*(_changed(action) for action in ring)) | {("case", "state"), ("entry",)}
    if asked & changed:
        return False
    return can_hold([guard.when.tree for action in ring for guard in action.guards], Domains(process=process))


def _asked(action: Action) -> set[Path]:
    """The paths that its conditions look at."""
    found = {path[:2] for guard in action.guards for path in names(guard.when)}
    return found | ({("done", action.key)} if action.times is not None else set())


def _changed(action: Action) -> set[Path]:
    """The paths that doing it changes."""
    found: set[Path] = {("done", action.key), ("fields",)}
    for effects in (action.effects, *(branch.effects for branch in action.to)):
        found |= {("fields", key) for key, _ in effects.sets}
        found |= {("documents", key) for key in (*effects.drafts, *effects.issues)}
        found |= _elsewhere(effects)
    return found - {("fields",)}


def _elsewhere(effects: Effects) -> set[Path]:
    if not (effects.also or effects.opens or effects.becomes):
        return set()
    return {("children", word) for word in ("count", "open", "sum", "mean")}


# ---- enough ----------------------------------------------------------------------------------------------------------


def check_enough(one: Inspected) -> Iterator[Problem]:
    """Rounds that can never have what their `enough` asks for."""
    for state in one.process.states:
        if state.consult is not None:
            yield from _enough(one, state, state.consult)


def _enough(one: Inspected, state: State, consult: Consult) -> Iterator[Problem]:
    most = _most(consult.asks.tree, one.process)
    place = one.key(*one.machine(state.track), "states", state.name, "consult", "enough")
    if consult.enough_count is not None and most is not None and consult.enough_count > most:
        yield p.NEVER_ENOUGH.at(place, word=str(consult.enough_count), most=str(most))
    if consult.enough is not None:
        bounds: dict[Path, list[Any]] = {}
        if most is not None:
            words = ("asked", "given", *(key for key, _ in consult.answers))
            bounds = {("replies", word): list(range(most + 1)) for word in words} if most <= _FEW else {}
        if not can_hold([consult.enough.tree], Domains(process=one.process, states=bounds)):
            yield p.NEVER_ENOUGH.at(one.place_of(consult.enough, place), word=consult.enough.source, most=str(most or "?"))


_FEW = 12
"""Up to so many asked, each number of answers is tried."""


def _most(tree: Any, process: Process) -> int | None:
    """How many can be asked at most; None if that is not known."""
    if tree[0] == "list":
        return len(tree) - 1
    if tree[0] == "const":
        return 1
    path = path_of(tree)
    kind = process.field_of.get(path[1]) if len(path) == 2 and path[0] == "fields" else None  # noqa: PLR2004 - root, key
    if kind is None:
        return None
    return 1 if kind.type in {"unit", "person"} else int(kind.max) if kind.max is not None else None

"""What no shape can say: words that name nothing, states that nobody comes to or leaves, rungs that can't be done,
templates that ask for what the process can't supply.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflow.authoring import problems as p
from workflow.authoring.reading import Reading, RungAction, Use
from workflow.documents import check_template
from workflow.errors import Place, Problem
from workflow.language.expression import names
from workflow.language.process import PREVIOUS, SAME, Branch, Due, FieldType, Process, Role, State

TEMPLATE_ROOTS = ("case", "document", "asked", "opinion", "replies", "opener", "actor", "today", "deadline", "office")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the rest of the definitions offers; None = not known (its own file is wrong), so nothing is said of it."""

    units: Collection[str] | None = None
    persons: Collection[str] | None = None
    positions: Collection[str] | None = None
    posts: Collection[str] | None = None
    """`position.unit` of every post."""
    calendars: Collection[str] | None = None
    types: Collection[str] | None = None


# ---- words ---------------------------------------------------------------------------------------------------------


def check_uses(uses: Iterable[Use], process: Process, known: Known, templates: Collection[str]) -> Iterator[Problem]:
    """The words that must name something, and don't."""
    vocabulary = _vocabulary(process, known, templates)
    for use in uses:
        if use.kind in vocabulary:
            words = _states(process, use.track) if use.kind == "state" else vocabulary[use.kind]
            if words is not None and use.word not in words:
                yield p.UNKNOWN[use.kind].meant(use.place, use.word, words)
        else:
            yield from _particular(use, process, known)


def _states(process: Process, track: str) -> list[str]:
    """The states of the case's own machine, or of a track's, by their short names."""
    return [state.name for state in process.states if state.track == track]


def _vocabulary(process: Process, known: Known, templates: Collection[str]) -> dict[str, Collection[str] | None]:
    return {
        "state": list(process.state_of),
        "role": list(process.role_of),
        "document": list(process.document_of),
        "field": list(process.field_of),
        "action": process.action_keys,
        "start": list(process.start_of),
        "deadline": due_names(process),
        "template": templates,
        "document type": known.types,
        "unit": known.units,
        "position": known.positions,
        "person": known.persons,
        "calendar": known.calendars,
    }


def due_names(process: Process) -> list[str]:
    """The names of every deadline of a process, once."""
    return list(dict.fromkeys(due.name for due, _ in all_dues(process)))


def all_dues(process: Process) -> Iterator[tuple[Due, tuple[str, ...]]]:
    """Every deadline and the states in which it runs."""
    opened = tuple(state.key for state in process.states if not state.final and not state.track)
    for due in process.dues:
        yield due, due.states or opened
    for track in process.tracks:
        inside = tuple(state.key for state in process.states if state.track == track.key and not state.final)
        for due in track.dues:
            yield due, due.states or inside
    for state in process.states:
        for due in state.dues:
            yield due, (state.key,)
        if state.consult is not None and state.consult.due is not None:
            yield state.consult.due, (state.key,)


def _particular(use: Use, process: Process, known: Known) -> Iterator[Problem]:
    if use.kind == "field to fill":
        if use.word not in process.field_of:
            yield p.UNKNOWN["field"].meant(use.place, use.word, list(process.field_of))
        elif process.field_of[use.word].computed is not None:
            yield p.COMPUTED_FILLED.at(use.place, word=use.word)
    elif use.kind == "date" and use.word in process.field_of:
        field = process.field_of[use.word]
        if field.type not in {"date", "datetime"}:
            yield p.NOT_A_DATE.at(use.place, word=use.word, type=field.type)
    elif use.kind == "doing" and use.word not in (doings := _doings(process)):
        yield p.UNKNOWN["action"].meant(use.place, use.word, doings)
    elif use.kind == "slot" and use.word not in _slots(process):
        yield p.UNUSED_SLOT.at(use.place, word=use.word)
    elif use.kind == "post" and known.posts is not None:
        position, unit = use.word.split(".", 1)
        if unit in (known.units or ()) and position in (known.positions or ()) and use.word not in known.posts:
            yield p.UNHELD.at(use.place, position=position, unit=unit)


def _doings(process: Process) -> list[str]:
    """What is remembered of a case: its actions, its start, replies."""
    replies = (state.consult.reply.key for state in process.states if state.consult)
    return list(dict.fromkeys([*process.action_keys, *replies, *process.start_of]))


def _slots(process: Process) -> set[str]:
    """The slots that anything assigns."""
    actions = [*process.starts, *process.actions, *(state.consult.reply for state in process.states if state.consult)]
    effects = [action.effects for action in actions] + [branch.effects for action in actions for branch in action.to]
    effects += [state.effects for state in process.states]
    return {slot for effect in effects for slot, _ in effect.assigns}


# ---- the graph -----------------------------------------------------------------------------------------------------


def check_graph(process: Process, places: Mapping[str, Place], entered: Collection[str] = ()) -> Iterator[Problem]:
    """States that no case comes to, that none leaves, or from which none ends. `places`: each state's key; `entered`:
    the states in which cases of other processes go on.
    """
    edges = _edges(process)
    first = {branch.to for start in process.starts for branch in start.to if branch.to in edges}
    first |= {track.start for track in process.tracks if track.start in edges} | {key for key in entered if key in edges}
    reached = _closure(first, edges)
    final = {state.key for state in process.states if state.final or state.endless or _becomes(process, state)}
    backwards: dict[str, set[str]] = {key: {other for other, targets in edges.items() if key in targets} for key in edges}
    ending = _closure(final, backwards)
    for key in edges:
        if process.starts and key not in reached:
            yield p.UNREACHABLE.at(places[key], word=process.state_of[key].name)
        if key not in final and not edges[key] - {key}:
            yield p.TRAPPED.at(places[key], word=process.state_of[key].name)
        elif key not in ending:
            yield p.NO_END.at(places[key], word=process.state_of[key].name)
    yield from _double_dues(process, places)


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


def _edges(process: Process) -> dict[str, set[str]]:
    """State → where its actions lead; `previous` leads back to whatever led here."""
    found: dict[str, set[str]] = {state.key: set() for state in process.states}
    goes_back: set[str] = set()
    for key, actions in process.in_state.items():
        for branch in (branch for action in actions.values() for branch in action.to):
            found[key].update(_led(branch, found))
            if branch.to == PREVIOUS:
                goes_back.add(key)
    for key in goes_back:
        found[key].update(other for other, targets in found.items() if key in targets)
    return found


def _led(branch: Branch, states: Collection[str]) -> set[str]:
    return {branch.to} if branch.to not in {SAME, PREVIOUS} and branch.to in states else set()


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for key in edges[waiting.pop()] - found:
            found.add(key)
            waiting.append(key)
    return found


# ---- roles and rungs -----------------------------------------------------------------------------------------------


def check_roles(process: Process, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Roles that are found by way of themselves."""
    for role in process.roles:
        if role.key in _leads_to(role, process):
            yield p.ROLE_LOOP.at(places[role.key], word=role.key)


def check_computed(process: Process, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Computed fields that hang on themselves."""
    edges = {one.key: _computed_from(one) & {other.key for other in process.computed} for one in process.computed}
    for key, first in edges.items():
        if key in _closure(first, edges):
            yield p.COMPUTED_LOOP.at(places[key], word=key)


def _computed_from(field: FieldType) -> set[str]:
    """The fields that a computed field's expression names."""
    return {path[1] for path in names(field.computed) if path[0] == "fields" and len(path) > 1} if field.computed else set()


def _leads_to(role: Role, process: Process) -> set[str]:
    edges = {one.key: {name for name in (one.superior_of, *one.any) if name in process.role_of} for one in process.roles}
    return _closure(edges[role.key], edges)


def check_rungs(reading: Reading, process: Process) -> Iterator[Problem]:
    """Actions of ladders that don't exist, or can't be done where the deadline runs."""
    for rung in reading.rungs:
        if rung.word not in process.action_keys:
            yield p.UNKNOWN["action"].meant(rung.place, rung.word, process.action_keys)
        else:
            yield from _rung(rung, process)


def _rung(rung: RungAction, process: Process) -> Iterator[Problem]:
    where = rung.states if rung.states is not None else _default_ladder(process)
    missing = [key for key in where if rung.word not in process.in_state.get(key, {})]
    if missing and len(missing) == len(where):
        yield p.RUNG_ACTION.at(rung.place, word=rung.word, states=", ".join(missing))
    elif missing:
        yield p.RUNG_PARTLY.at(rung.place, word=rung.word, states=", ".join(missing))


def _default_ladder(process: Process) -> tuple[str, ...]:
    """The states in which a deadline without a ladder of its own runs."""
    return tuple(dict.fromkeys(key for due, states in all_dues(process) if due.ladder is None for key in states))


# ---- templates -----------------------------------------------------------------------------------------------------


def check_templates(process: Process, folder: str, templates: Mapping[str, str]) -> Iterator[Problem]:
    """Templates that ask for what the process can't supply, and templates that nothing uses."""
    known = [*TEMPLATE_ROOTS, *(f"fields.{key}" for key in process.field_of)]
    known += [*(f"documents.{key}" for key in process.document_of), *(f"roles.{key}" for key in process.role_of)]
    used = {rule.body for rule in process.documents}
    for name, source in sorted(templates.items()):
        file = f"{folder}/templates/{name}"
        if name not in used:
            yield p.UNUSED_TEMPLATE.at(Place(file=file), word=name)
        for line, column, detail in check_template(name, source, known):
            yield p.TEMPLATE_WRONG.at(Place(file=file, line=line, column=column), detail=detail)

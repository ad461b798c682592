"""Words that must name something, and don't; roles and computed fields that lead back to themselves."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from workflow.authoring import problems as p
from workflow.authoring.checks.graph import closure
from workflow.authoring.reading import Use
from workflow.errors import Place, Problem
from workflow.language.expression import names
from workflow.language.process import Due, FieldType, Process, Role


class Known(Struct, frozen=True, kw_only=True):
    """What the rest of the definitions offers; None = not known (its own file is wrong), so nothing is said of it."""

    units: Collection[str] | None = None
    persons: Collection[str] | None = None
    positions: Collection[str] | None = None
    posts: Collection[str] | None = None
    """`position.unit` of every post."""
    calendars: Collection[str] | None = None
    types: Collection[str] | None = None


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
    elif use.kind == "some deadline":
        yield from [] if due_names(process) else [p.NOTHING_TO_SHARE.at(use.place)]
    elif use.kind == "post":
        yield from _post(use, known)
    elif use.kind == "doing" and use.word not in process.doings:
        yield p.UNKNOWN["action"].meant(use.place, use.word, process.doings)
    elif use.kind == "slot" and use.word not in _slots(process):
        yield p.UNUSED_SLOT.at(use.place, word=use.word)


def _post(use: Use, known: Known) -> Iterator[Problem]:
    position, unit = use.word.split(".", 1)
    there = unit in (known.units or ()) and position in (known.positions or ())
    if there and known.posts is not None and use.word not in known.posts:
        yield p.UNHELD.at(use.place, position=position, unit=unit)


def _slots(process: Process) -> set[str]:
    """The slots that anything assigns, or that are claimed."""
    actions = [*process.starts, *process.actions, *(state.consult.reply for state in process.states if state.consult)]
    effects = [action.effects for action in actions] + [branch.effects for action in actions for branch in action.to]
    effects += [state.effects for state in process.states]
    return {slot for effect in effects for slot, _ in effect.assigns} | {role.assigned for role in process.roles if role.among}


# ---- roles and computed fields -------------------------------------------------------------------------------------


def check_roles(process: Process, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Roles that are found by way of themselves."""
    for role in process.roles:
        if role.key in _leads_to(role, process):
            yield p.ROLE_LOOP.at(places[role.key], word=role.key)


def check_computed(process: Process, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Computed fields that hang on themselves."""
    edges = {one.key: _computed_from(one) & {other.key for other in process.computed} for one in process.computed}
    for key, first in edges.items():
        if key in closure(first, edges):
            yield p.COMPUTED_LOOP.at(places[key], word=key)


def _computed_from(field: FieldType) -> set[str]:
    """The fields that a computed field's expression names."""
    return {path[1] for path in names(field.computed) if path[0] == "fields" and len(path) > 1} if field.computed else set()


def _leads_to(role: Role, process: Process) -> set[str]:
    edges = {one.key: {name for name in (one.superior_of, *one.any) if name in process.role_of} for one in process.roles}
    return closure(edges[role.key], edges)

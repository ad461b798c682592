"""What is asked for but never used, used but never asked for, declared but never needed."""

from collections.abc import Iterator

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected, Office, effects_of
from workflow.authoring.checks.words import all_dues
from workflow.documents import names_of
from workflow.errors import Problem
from workflow.language.expression import names
from workflow.language.process import Process, Right, Rung

KEPT = frozenset({"file", "files", "note"})
"""Fields that are worth filling for the record alone."""


def check_fields(one: Inspected, office: Office) -> Iterator[Problem]:
    """Each field that something looks at must be filled by something, and the other way round."""
    process = one.process
    read, filled = _read(one, office), _filled(process, office)
    for kind in process.fields:
        place = one.key("fields", kind.key)
        if kind.key not in read and kind.key not in filled:
            yield p.UNUSED_FIELD.at(place, word=kind.key)
        elif kind.key in read and kind.key not in filled and kind.computed is None:
            yield p.NEVER_FILLED.at(place, word=kind.key)
        elif kind.key not in read and kind.type not in KEPT:
            yield p.NEVER_READ.at(place, word=kind.key)


def _read(one: Inspected, office: Office) -> set[str]:
    """The fields that an expression, a text, a time, a template, a need or another process looks at."""
    process = one.process
    found = {path[1] for written in one.written for path in names(written.expr) if path[0] in {"fields", "old"} and len(path) > 1}
    found |= {key for written in one.written for path in names(written.expr) if path[0] in {"replies", "last"} for key in path[2:3]}
    found |= {key for action in process.actions for key in action.needs}
    for source in process.templates.values():
        used = names_of(source)
        found |= {path[1] for path in used if path[0] == "fields" and len(path) > 1}
        if any(path[0] in {"replies", "opinion"} for path in used):
            found |= {key for state in process.states if state.consult for key in state.consult.reply.form}
    return found | _by_others(process.key, office)


def _by_others(key: str, office: Office) -> set[str]:
    """The fields that other processes reckon with over their sub-cases."""
    found: set[str] = set()
    for other in office.processes.values():
        opened = {opens.process for effects in effects_of(other.process) for opens in effects.opens}
        if key in opened:
            paths = (path for written in other.written for path in names(written.expr))
            found |= {key for path in paths if path[:2] in {("children", "sum"), ("children", "mean")} for key in path[2:3]}
    return found


def _filled(process: Process, office: Office) -> set[str]:
    """The fields that a form, an effect, a default, a period, a right, or another process fills."""
    replies = [state.consult.reply for state in process.states if state.consult]
    found = {key for action in (*process.starts, *process.actions, *replies) for key in action.form}
    found |= {key for effects in effects_of(process) for key, _ in effects.sets}
    found |= {kind.key for kind in process.fields if kind.default is not None or kind.computed is not None}
    found |= {key for rule in process.periodic for key, _ in rule.fields}
    editing = [right for right in _rights(process) if right.what == "edit"]
    found |= {key for right in editing for key in (right.fields or process.field_of)}
    for other in office.processes.values():
        for effects in effects_of(other.process):
            found |= {key for opens in effects.opens if opens.process == process.key for key, _ in opens.fields}
            found |= {share.field for opens in effects.opens if opens.process == process.key for share in opens.shares}
            if effects.becomes is not None and effects.becomes.process == process.key:
                found |= set(other.process.field_of)
    return found


# ---- roles, documents, groups, slots ---------------------------------------------------------------------------------


def check_unused(one: Inspected) -> Iterator[Problem]:
    """Declared, and named nowhere."""
    process = one.process
    named = _named(one)
    for role in process.roles:
        if role.key not in named:
            yield p.UNUSED_ROLE.at(one.key("roles", role.key), word=role.key)
    written = {key for effects in effects_of(process) for key in (*effects.drafts, *effects.issues)}
    written |= {key for state in process.states if state.consult for key in (*state.consult.drafts, *state.consult.issues)}
    written |= {key for rung in _rungs(process) for key in (*rung.drafts, *rung.issues)}
    for rule in process.documents:
        if rule.key not in written:
            yield p.UNUSED_DOCUMENT.at(one.key("documents", rule.key), word=rule.key)


def _named(one: Inspected) -> set[str]:
    """The roles that something names."""
    process = one.process
    found = {word for role in process.roles for word in (*role.any, role.superior_of)}
    replies = [state.consult.reply for state in process.states if state.consult]
    for action in (*process.starts, *process.actions, *replies):
        found |= {*action.by, *action.not_by}
    for effects in effects_of(process):
        found |= {word for _, who in effects.assigns for word in who} | {word for notify in effects.notifies for word in notify.who}
    found |= {word for state in process.states if state.consult for notify in state.consult.notifies for word in notify.who}
    found |= {word for rung in _rungs(process) for notify in rung.notifies for word in notify.who}
    found |= {word for rule in process.documents for word in (*rule.signers, *rule.recipients)}
    found |= {word for right in _rights(process) for word in right.who}
    found |= {path[1] for written in one.written for path in names(written.expr) if path[0] == "roles" and len(path) > 1}
    return found | {path[1] for source in process.templates.values() for path in names_of(source) if path[0] == "roles" and len(path) > 1}


def _rungs(process: Process) -> Iterator[Rung]:
    yield from process.ladder
    for due, _ in all_dues(process):
        yield from due.ladder or ()


def _rights(process: Process) -> Iterator[Right]:
    """What the process and its states say of rights."""
    yield from process.rights
    for state in process.states:
        yield from state.rights

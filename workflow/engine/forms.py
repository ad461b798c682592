"""What a form asks for: its values parsed and merged, and what is missing of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.engine.facts import Facts
from workflow.errors import Reason, UnknownField, nearest
from workflow.language.process import Action, Process
from workflow.language.values import parse
from workflow.model import Act, Values
from workflow.phrases import phrase


def parsed(process: Process, asked_for: Iterable[str], given: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The given values in their plain form. Raises UnknownField for one that is not asked for, WrongValue."""
    if not given:
        return {}
    known = list(asked_for)
    for key in given:
        if key not in known:
            near = nearest(key, known)
            hint = phrase(" (did you mean '{word}'?)", facts.language, word=near) if near else ""
            raise UnknownField(field=key, hint=hint, known=", ".join(known) or "–")
    return {key: parse(process.field_of[key], value, facts.known) for key, value in given.items()}


def merged(process: Process, values: Values, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with the form's values put in, in the process's order; an emptied field is left out."""
    both = {**values, **given}
    return {key: both[key] for key in process.field_of if key in both and both[key] is not None}


def defaults(process: Process) -> dict[str, Any]:
    """The values that fields have before anybody fills them."""
    return {field.key: field.default for field in process.fields if field.default is not None}


def missing(process: Process, action: Action, act: Act, given: Mapping[str, Any], facts: Facts) -> list[Reason]:
    """A reason for each required field of the form that this act does not answer, and for a missing note."""
    reasons: list[Reason] = []
    for key in action.form:
        field = process.field_of[key]
        if field.required and given.get(key) in (None, [], {}):
            template = "the field '{field}' ({title}) must be filled: --set {field}=…"
            facts_of = {"field": key, "title": field.title.to(facts.language)}
            reasons.append(Reason(code="form", template=template, facts=facts_of))
    if action.note == "required" and not act.note.strip():
        reasons.append(Reason(code="note", template="a note is required: --note …"))
    return reasons

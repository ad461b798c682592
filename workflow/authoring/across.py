"""What one process says of another: known once all processes of the folder are."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from workflow.authoring import problems as p
from workflow.authoring.read import Node
from workflow.authoring.reading import Elsewhere
from workflow.errors import Problem
from workflow.language.process import FieldType, Process


def check_across(words: Sequence[Elsewhere], processes: Mapping[str, Process], folders: Collection[str]) -> Iterator[Problem]:
    """The words that must name something of another process, and don't. Of one that is wrong itself nothing is said."""
    for one in words:
        known = _known(one, processes, folders)
        if known is not None and one.word not in known:
            yield p.UNKNOWN[one.kind.removeprefix("asked ").removeprefix("day ")].meant(one.place, one.word, known)
        elif one.kind == "field" and one.of in processes and processes[one.of].field_of[one.word].computed is not None:
            yield p.COMPUTED_FILLED.at(one.place, word=one.word)
        elif one.kind == "day field" and known is not None:
            yield from _no_day(one, processes[one.of].field_of[one.word])


def _no_day(one: Elsewhere, field: FieldType) -> Iterator[Problem]:
    """What is wrong with a field that is to take a day."""
    if field.computed is not None:
        yield p.COMPUTED_FILLED.at(one.place, word=one.word)
    elif field.type not in {"date", "datetime"}:
        yield p.NOT_A_DATE.at(one.place, word=one.word, type=field.type)


def _known(one: Elsewhere, processes: Mapping[str, Process], folders: Collection[str]) -> Collection[str] | None:
    if one.kind == "process":
        return folders
    if one.kind in {"action", "asked field"}:
        return _of_any(one, processes) if len(processes) == len(folders) else None
    process = processes.get(one.of)
    if process is None:
        return None
    return {
        "start": list(process.start_of),
        "state": [state.key for state in process.states if not state.track],
        "field": list(process.field_of),
        "day field": list(process.field_of),
    }[one.kind]


def _of_any(one: Elsewhere, processes: Mapping[str, Process]) -> Collection[str] | None:
    """The actions of all processes; the fields that an action of this name asks for, if there is one."""
    if one.kind == "action":
        return list(dict.fromkeys(key for process in processes.values() for key in process.action_keys))
    forms = [action.form for process in processes.values() for action in process.actions if action.key == one.of]
    return list(dict.fromkeys(key for form in forms for key in form)) if forms else None


def become_targets(node: Node) -> Iterator[tuple[str, str]]:
    """(process, state) of every `becomes` in a file."""
    for key, value in node.pairs:
        process, state = value.get("process"), value.get("state")
        if key.text == "becomes" and process is not None and state is not None:
            yield process.text, state.text
        yield from become_targets(value)
    for item in node.items:
        yield from become_targets(item)

"""Scenario files: what a person writes, read with its places, all problems at once."""

from dataclasses import dataclass, field
from typing import Any

from workflow.authoring.read import Node, parse
from workflow.errors import Place, Problem, nearest

TOP = ("scenario", "at", "as", "start", "open", "periodic", "title", "steps")
STEP = ("wait", "as", "do", "reply", "unit", "set", "note", "expect", "refused")
EXPECT = ("state", "overdue", "due", "notices", "drafts", "issues", "fields", "awaited", "outcome", "opened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: a wait, an action or a reply; what is expected of it, or the words of its refusal."""

    place: Place
    wait: str = ""
    actor: str = ""
    do: str = ""
    reply: str | None = None
    unit: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    expect: dict[str, tuple[Any, Place]] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario of one process."""

    process: str
    name: str
    place: Place
    at: str
    actor: str = ""
    start: str = "open"
    title: str = ""
    fields: dict[str, Any] | None = None
    """None: nothing is opened by hand."""
    steps: tuple[Step, ...] = ()


def read_scenario(process: str, file: str, text: bytes) -> tuple[Scenario | None, list[Problem]]:
    """The scenario of a file, or what is wrong with it."""
    node, problems = parse(file, text)
    if node is None:
        return None, problems
    problems += _closed(node, TOP)
    for step in _list(node.get("steps")):
        problems += _closed(step, STEP)
        expected = step.get("expect")
        problems += _closed(expected, EXPECT) if expected is not None else []
    for key in ("scenario", "at"):
        if node.is_mapping and node.get(key) is None:
            problems.append(_problem(node.place, f"a scenario needs '{key}:'"))
    return (None, problems) if problems else (_scenario(process, node), [])


def _closed(node: Node, known: tuple[str, ...]) -> list[Problem]:
    if not node.is_mapping:
        return [_problem(node.place, f"a mapping is wanted here, with {', '.join(known)}")]
    found = []
    for key in node.keys:
        if key not in known:
            near = nearest(key, known)
            place = node.key(key)
            hint = f"did you mean '{near}'?" if near else f"known: {', '.join(known)}"
            found.append(_problem(place.place if place else node.place, f"unknown key '{key}'", hint))
    return found


def _problem(place: Place, message: str, hint: str = "") -> Problem:
    return Problem(place=place, code="E601", message=message, hint=hint)


def _list(node: Node | None) -> tuple[Node, ...]:
    return node.as_list() if node is not None else ()


def _text(node: Node, key: str, default: str = "") -> str:
    found = node.get(key)
    return found.text if found is not None and found.is_scalar else default


def _scenario(process: str, node: Node) -> Scenario:
    opened = node.get("open")
    return Scenario(
        process=process,
        name=_text(node, "scenario"),
        place=node.place,
        at=_text(node, "at"),
        actor=_text(node, "as"),
        start=_text(node, "start", "open"),
        title=_text(node, "title"),
        fields=dict(opened.plain() or {}) if opened is not None else None,
        steps=tuple(_step(step) for step in _list(node.get("steps"))),
    )


def _step(node: Node) -> Step:
    expected, values = node.get("expect"), node.get("set")
    reply = node.get("reply")
    return Step(
        place=node.place,
        wait=_text(node, "wait"),
        actor=_text(node, "as"),
        do=_text(node, "do"),
        reply=reply.text if reply is not None else None,
        unit=_text(node, "unit"),
        fields=dict(values.plain() or {}) if values is not None else {},
        note=_text(node, "note"),
        expect={key.text: (value.plain(), value.place) for key, value in expected.pairs} if expected is not None else {},
        refused=_text(node, "refused"),
    )

"""Scenario files: what a person writes, read with its places, all problems at once."""

import re
from datetime import datetime
from typing import Any

from workflow.authoring.grammar import SCENARIO, check_shape
from workflow.authoring.read import Node, decode, parse
from workflow.authoring.shape import in_order
from workflow.calendar import parse_amount
from workflow.errors import Place, Problem, WrongValue
from workflow.simulate.scenario import Scenario, Step

KINDS = (
    *("wait", "open", "do", "reply", "attach"),
    *("comment", "edit", "assign", "extend", "pause", "resume", "recall", "correct"),
    *("ask", "claim", "release", "recuse", "reopen", "link", "doc"),
)
BESIDE = {
    "process": ("open",),
    "start": ("open",),
    "title": ("open",),
    "unit": ("reply", "release"),
    **dict.fromkeys(("void", "replace", "keep"), ("correct",)),
    "set": ("do", "reply", "correct"),
    **dict.fromkeys(("answer", "take_back"), ("correct",)),
    "how": ("link",),
    "children": ("do",),
}
PAPERS = ("issue", "void", "recall", "replace", "correct", "attach")
"""What may be done to a paper, as the step `doc` calls it."""
"""The keys that stand beside some of the kinds only."""
_CASE = re.compile(r"[a-z][a-z0-9_]*( [1-9][0-9]?)?")


def read_scenario(process: str, file: str, text: bytes) -> tuple[Scenario | None, list[Problem]]:
    """The scenario of a file, or what is wrong with it."""
    node, problems = parse(file, text)
    if node is None:
        return None, problems
    found = [wrong for step in _list(node.get("steps")) if step.is_mapping for wrong in _wrong_step(step)]
    problems += in_order(check_shape(node, SCENARIO), [*found, *_wrong_time(node.get("at"))])
    return (None, problems) if problems else (_scenario(process, node, decode(file, text)), [])


def _wrong_step(step: Node) -> list[Problem]:
    """What is wrong in one step, beyond its shape."""
    problems = []
    kinds = [kind for kind in KINDS if step.get(kind) is not None]
    if len(kinds) > 1 or (not kinds and step.get("expect") is None):
        problems.append(_problem(step.place, "a step does one thing ({known}), or only looks ('expect:')", known=", ".join(KINDS)))
    problems += [
        _problem(key.place, "'{key}:' stands beside {kinds} only", key=key.text, kinds=", ".join(f"'{one}:'" for one in BESIDE[key.text]))
        for key, _ in step.pairs
        if key.text in BESIDE and not set(BESIDE[key.text]) & set(kinds)
    ]
    for case in filter(None, (step.get("case"), step.get("link"))):
        if not case.is_empty and not _CASE.fullmatch(case.text):
            hint = "write the process, and which of its cases: 'incident' or 'incident 2'"
            problems.append(_problem(case.place, "'{text}' names no case", hint, text=case.text))
    wait, paper = step.get("wait"), step.get("doc")
    if paper is not None and sum(paper.get(key) is not None for key in PAPERS) != 1:
        problems.append(_problem(paper.place, "'doc:' does one thing to one paper ({known})", known=", ".join(PAPERS)))
    return problems + (_wrong_wait(wait) if wait is not None else [])


def _wrong_wait(wait: Node) -> list[Problem]:
    until = wait.text.removeprefix("until ") if wait.is_scalar else ""
    if until == "due" or (until != wait.text and not _wrong_time_text(until)):
        return []
    try:
        parse_amount(wait.text)
    except WrongValue:
        hint = "'until due', 'until 2026-11-23 10:00' or an amount such as '2 working days'"
        return [_problem(wait.place, "'{text}' is nothing to wait for", hint, text=wait.text)]
    return []


def _wrong_time(at: Node | None) -> list[Problem]:
    if at is None or not _wrong_time_text(at.text):
        return []
    return [_problem(at.place, "'{text}' is no time", "write it as 2026-11-20 09:00", text=at.text)]


def _wrong_time_text(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return True


def _problem(place: Place, message: str, hint: str = "", **facts: object) -> Problem:
    return Problem(place=place, code="E601", message=message, hint=hint, facts=facts)


def _list(node: Node | None) -> tuple[Node, ...]:
    return node.as_list() if node is not None else ()


def _text(node: Node, key: str, default: str = "") -> str:
    found = node.get(key)
    return found.text if found is not None and found.is_scalar else default


def _scenario(process: str, node: Node, source: str) -> Scenario:
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
        source=source,
        steps=tuple(_step(step) for step in _list(node.get("steps"))),
    )


def _step(node: Node) -> Step:
    expected, values = node.get("expect"), node.get("set")
    kind = next((key for key in KINDS if node.get(key) is not None), "")
    return Step(
        place=node.place,
        kind=kind,
        what=_what(node, kind),
        case=_text(node, "case"),
        process=_text(node, "process"),
        start=_text(node, "start", "open"),
        title=_text(node, "title"),
        actor=_text(node, "as"),
        unit=_text(node, "unit"),
        fields=dict(values.plain() or {}) if values is not None else {},
        note=_text(node, "note"),
        answer=_text(node, "answer"),
        take_back=_text(node, "take_back") == "true",
        how=_text(node, "how", "relates"),
        children=_text(node, "children") == "true",
        papers={item.text: how for how in ("void", "replace", "keep") for item in _list(node.get(how)) if item.text},
        expect={key.text: (value.plain(), value.place) for key, value in expected.pairs} if expected is not None else {},
        refused=_text(node, "refused"),
    )


def _what(node: Node, kind: str) -> Any:
    found = node.get(kind) if kind else None
    if found is None:
        return ""
    return found.text if found.is_scalar and kind in {"wait", "do", "reply", "link"} else found.plain()

"""What a simulation assumes: how often cases come, how long acts take, which way they go; from a small file, or from the past."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.authoring.read import Node, parse
from workflow.errors import DefinitionsWrong, WrongValue
from workflow.model import CLOCK
from workflow.plain import replace
from workflow.simulate.backtest import Past

HOURS = 4.0
"""An act of which nothing is known takes so many hours at work, in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """`arrivals`: cases a working day; `hours`: action → hours of work (the middle of what it takes); `weights`: action → how often it is
    chosen where there are several; `fields`: values, or lists of values of which each is as likely; `people`: unit → how many more.
    """

    arrivals: float = 1.0
    hours: Mapping[str, float] = field(default_factory=dict)
    spread: float = 0.5
    weights: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    fitted: int = 0

    def hours_of(self, action: str) -> float:
        """The middle of the hours that an action takes."""
        return self.hours.get(action, HOURS)


KEYS = ("arrivals", "hours", "spread", "weights", "fields", "people")


def read_assumed(file: str, text: bytes, base: Assumed) -> Assumed:
    """What a file says, in the place of what was assumed. Raises DefinitionsWrong, WrongValue."""
    node, problems = parse(file, text)
    if node is None or problems:
        raise DefinitionsWrong(problems)
    values: dict[str, Any] = {}
    for key, value in node.pairs:
        if key.text in {"arrivals", "spread"}:
            values[key.text] = _number(value)
        elif key.text in {"hours", "weights"}:
            values[key.text] = {one.text: _number(number) for one, number in value.pairs}
        elif key.text == "people":
            values[key.text] = {one.text: int(_number(number)) for one, number in value.pairs}
        elif key.text == "fields":
            values[key.text] = dict(value.plain() or {}) if value.is_mapping else {}
        else:
            raise WrongValue(field=str(key.place), value=key.text, expected="one of: {known}", known=", ".join(KEYS))
    merged = {name: {**getattr(base, name), **values[name]} for name in ("hours", "weights", "fields", "people") if name in values}
    return replace(base, **{**values, **merged})


def _number(node: Node) -> float:
    try:
        return max(float(node.text), 0.0)
    except ValueError:
        raise WrongValue(field=str(node.place), value=node.text, expected="a number") from None


def fitted(past: Iterable[Past], working_hours: Any) -> Assumed:
    """What past cases show: arrivals a working day, the middle of the working hours from a state's beginning to each act, how often each
    action was chosen, the values of fields as often as they were. `working_hours`: between two times.
    """
    cases: list[Past] = list(past)
    if not cases:
        return Assumed()
    took: dict[str, list[float]] = defaultdict(list)
    chosen: Counter[str] = Counter()
    values: dict[str, list[Any]] = defaultdict(list)
    for one in cases:
        _look(one, took, chosen, values, working_hours)
    opened = sorted(one.file.case.opened for one in cases)
    days = max(working_hours(opened[0], opened[-1]) / 8, 1.0)
    return Assumed(
        arrivals=round(len(cases) / days, 4),
        hours={action: _middle(found) for action, found in took.items()},
        weights=dict(chosen),
        fields=dict(values),
        fitted=len(cases),
    )


def _look(past: Past, took: dict[str, list[float]], chosen: Counter[str], values: dict[str, list[Any]], working_hours: Any) -> None:
    since = past.file.case.opened
    for entry in past.entries:
        said, payload = json.loads(entry.text), json.loads(entry.payload)
        if said["act"] in {"advance", "reply"} and said["actor"] != CLOCK:
            took[said["action"]].append(working_hours(since, entry.at))
            chosen[said["action"]] += 1
        for key, value in payload["fields"].items() if said["act"] in {"open", "advance", "reply"} else ():
            if isinstance(value, str | int | list) and not isinstance(value, bool):
                values[key].append(value)
        if said["before"] != said["after"]:
            since = entry.at


def _middle(found: Sequence[float]) -> float:
    ordered = sorted(found)
    return round(max(ordered[len(ordered) // 2], 0.05), 3)

"""What a simulation assumes: how often cases come, how long acts take, which way they go; from a small file, or from the past."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.authoring import problems as p
from workflow.authoring.grammar import ASSUMED, check_shape
from workflow.authoring.read import Node, parse
from workflow.authoring.shape import in_order
from workflow.errors import AssumptionsWrong, Problem, WrongValue
from workflow.language.process import Action, Process, State
from workflow.language.values import Known
from workflow.language.values import parse as value_of
from workflow.model import CLOCK
from workflow.phrases import Said
from workflow.simulate.backtest import Past

HOURS = 4.0
"""An act of which nothing is known takes so many hours at work, in the middle."""
RAREST = 0.02
"""Cases a working day, if the past shows fewer: no rarer ones wait for each other, and centuries pass before many have come."""


class Assumed(Struct, frozen=True, kw_only=True):
    """`arrivals`: cases a working day; `hours`: action → hours of work (the middle of what it takes); `weights`: action → how often it is
    chosen where there are several (0: never); `fields`: values, or lists of values of which each is as likely; `people`: unit → how many
    more.
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


def read_assumed(file: str, text: bytes, base: Assumed, process: Process, known: Known) -> Assumed:
    """What a file says of a procedure, in the place of what was assumed. Raises AssumptionsWrong with all that is wrong in it: what
    is no key, stands for nothing, is no number within its bounds, or no value that its field takes; and where all weighs 0.
    """
    node, problems = parse(file, text)
    if node is not None:
        problems += in_order(check_shape(node, ASSUMED), _wrong(node, process, known)) or _never(node, process)
    if node is None or problems:
        raise AssumptionsWrong(file, problems)
    said = {key.text: {one.text: value.plain() for one, value in found.pairs} for key, found in node.pairs if found.is_mapping}
    numbers = {key: float(found.plain()) for key in ("arrivals", "spread") if (found := node.get(key)) is not None}
    hours, weights = ({one: float(number) for one, number in said.get(key, {}).items()} for key in ("hours", "weights"))
    return replace(
        base,
        **numbers,
        hours={**base.hours, **hours},
        weights={**base.weights, **weights},
        fields={**base.fields, **said.get("fields", {})},
        people={**base.people, **said.get("people", {})},
    )


def _wrong(node: Node, process: Process, known: Known) -> Iterator[Problem]:
    """What stands for nothing in the procedure and its office, and values that their fields do not take."""
    actions = {key for actions in process.in_state.values() for key in actions}
    consults = [state.consult for state in process.states if state.consult is not None]
    actions |= {one.reply.key for one in consults}
    words = {
        "hours": ("action", actions),
        "weights": ("action", actions | {key for one in consults for key, _ in one.answers}),
        "fields": ("field", process.field_of),
        "people": ("unit", known.units),
    }
    for key, (kind, right) in words.items():
        for name, value in _pairs(node.get(key)):
            if name.text not in right:
                yield p.UNKNOWN[kind].meant(name.place, name.text, sorted(right))
            elif key == "fields":
                yield from _refused(value, process, name.text, known)


def _never(node: Node, process: Process) -> list[Problem]:
    """Where nothing could ever be chosen: all that people may do in a state, or answer, weighs 0, and nothing else leads on."""
    weights = {key.text: value for key, value in _pairs(node.get("weights"))}
    choices = [[key for key, _ in state.consult.answers] for state in process.states if state.consult is not None]
    choices += [[one.key for one in chosen_in(process, state)] for state in process.states if not _goes_on(process, state)]
    found = []
    for keys in choices:
        if keys and all(key in weights and not weights[key].plain() for key in keys):
            expected = Said("a weight above 0 for one of {words}", words=", ".join(f"'{key}'" for key in keys))
            found.append(p.WRONG_KIND.at(weights[keys[0]].place, expected=expected, found=Said("0 for each")))
    return found


def chosen_in(process: Process, state: State) -> list[Action]:
    """What people may do in a state, of its own actions."""
    known: dict[str, list[Action]] = process.beside["chosen in"]
    if state.key not in known:
        here = process.in_state[state.key].values()
        known[state.key] = [one for one in here if not one.general and not set(one.by) & {"auto", "nobody"}]
    return known[state.key]


def _goes_on(process: Process, state: State) -> bool:
    """Whether replies, the clock, or what is done by itself may move a case on from a state."""
    here = process.in_state[state.key]
    rungs = [rung for due in state.dues for rung in (process.ladder if due.ladder is None else due.ladder)]
    fired = [here[rung.do] for rung in rungs if rung.do in here]
    by_itself = [one for one in here.values() if "auto" in one.by]
    return state.consult is not None or any(branch.to != "same" for one in (*fired, *by_itself) for branch in one.to)


def _pairs(node: Node | None) -> tuple[tuple[Node, Node], ...]:
    return node.pairs if node is not None else ()


def _refused(node: Node, process: Process, field_: str, known: Known) -> Iterator[Problem]:
    """The values, of one or of several as likely ones, that a field does not take."""
    for one in node.items if node.is_sequence else (node,):
        try:
            value_of(process.field_of[field_], one.plain(), known)
        except WrongValue as error:
            found = f"'{one.text}'" if one.is_scalar else one.kind.value
            yield p.WRONG_KIND.at(one.place, expected=error.expected, found=found)


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
        arrivals=max(round(len(cases) / days, 4), RAREST),
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

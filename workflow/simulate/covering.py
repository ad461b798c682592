"""What a scenario covered: every transition that its cases went through and every rung that fired, read from their histories."""

import json

from msgspec import Struct

from workflow.engine.deadlines import named_by
from workflow.simulate.stage import Stage

MOVING = frozenset({"open", "advance", "reply", "auto", "also", "fire"})
"""The acts that are done by a start, an action or a reply of the process."""


class Transition(Struct, frozen=True, order=True):
    """An action (a start, a reply) done in a state, and the state that it led to: of its track, if it belongs to one.
    `process` is the one that the action belongs to, also where the case became another's; `branch` says which of the action's
    ways was taken, -1 where it has but one.
    """

    process: str
    action: str
    before: str
    after: str
    branch: int = -1


def transitions(stage: Stage) -> frozenset[Transition]:
    """Whatever was done in any case, by persons, by the clock and by itself."""
    found: set[Transition] = set()
    for number in stage.office.store.all_cases():
        process = ""
        for entry in stage.office.store.entries(number):
            said = json.loads(entry.text)
            payload = json.loads(entry.payload)
            after = payload["delta"].get("case", {}).get("process", process)
            if said["action"] and said["act"] in MOVING:
                found.add(Transition(process or after, said["action"], said["before"], said["after"], payload["data"].get("branch", -1)))
            process = after
    return frozenset(found)


class Fired(Struct, frozen=True, order=True):
    """A rung that fired: what its deadline is on, the deadline's name, the rung's place in the ladder (-1: silence)."""

    process: str
    on: str
    deadline: str
    rung: int


def fired(stage: Stage) -> frozenset[Fired]:
    """The rungs that fired in cases of the scenario's own process."""
    key = stage.scenario.process
    found: set[Fired] = set()
    for number in stage.office.store.all_cases():
        if stage.file(number).case.process != key:
            continue
        for entry in stage.office.store.entries(number):
            if json.loads(entry.text)["act"] in {"fire", "silence"}:
                data = json.loads(entry.payload)["data"]
                if "rung" in data:
                    on, name, _ = named_by(data["deadline"])
                    found.add(Fired(key, on, name, data["rung"]))
    return frozenset(found)


def written(stage: Stage) -> frozenset[tuple[str, str]]:
    """Every document that was drafted or issued in any case: its process and its rule."""
    return frozenset((file.case.process, document.rule) for file in stage.files() for document in file.documents)

"""Transitions that no scenario takes."""

from collections.abc import Collection, Iterator
from typing import Protocol

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected
from workflow.errors import Place, Problem
from workflow.language.process import Action, Branch


class Taken(Protocol):
    """A transition that a scenario took."""

    @property
    def action(self) -> str:
        """The action, the start or the reply."""
        ...

    @property
    def before(self) -> str:
        """The state's full key; '' before a start."""
        ...

    @property
    def branch(self) -> int:
        """Which of the action's ways was taken; -1 where it has but one."""
        ...


def check_coverage(one: Inspected, taken: Collection[Taken]) -> Iterator[Problem]:
    """Each start, action and reply must be taken by a scenario, and each of its branches."""
    for start in one.process.starts:
        yield from _missing(start, one.key("starts", start.key), [step for step in taken if not step.before])
    for action in one.process.actions:
        yield from _missing(action, one.action(action), [step for step in taken if step.before in action.states])
    for state in one.process.states:
        if state.consult is not None:
            place = one.key(*one.machine(state.track), "states", state.name, "consult", "reply")
            key = state.consult.reply.key
            if not any(step.action == key and step.before == state.key for step in taken):
                yield p.NOT_COVERED.at(place, word=key, to=state.name)


def _missing(action: Action, place: Place, taken: Collection[Taken]) -> Iterator[Problem]:
    ways = {step.branch for step in taken if step.action == action.key}
    for index, way in enumerate(ways_of(action)):
        if (index if len(action.to) > 1 else -1) not in ways:
            yield p.NOT_COVERED.at(place, word=action.key, to=way)


def ways_of(action: Action) -> list[str]:
    """Where each of its branches leads (also to a state of another process, when the case becomes one of it), each called
    otherwise: those that lead to the same state by their conditions.
    """
    targets = [_target(action, branch).rpartition("/")[2] for branch in action.to]
    return [
        f"{target} ({branch.when.source if branch.when is not None else 'else'})" if targets.count(target) > 1 else target
        for target, branch in zip(targets, action.to, strict=True)
    ]


def _target(action: Action, branch: Branch) -> str:
    becomes = branch.effects.becomes or action.effects.becomes
    return becomes.state if becomes is not None else branch.to

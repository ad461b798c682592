"""Transitions that no scenario takes."""

from collections.abc import Collection, Iterator
from typing import Protocol

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected
from workflow.errors import Place, Problem
from workflow.language.process import PREVIOUS, SAME, Action, Branch


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
    def after(self) -> str:
        """The state's full key."""
        ...


def check_coverage(one: Inspected, taken: Collection[Taken]) -> Iterator[Problem]:
    """Each start, action and reply must be taken by a scenario, and each of its branches."""
    for start in one.process.starts:
        yield from _missing(start, one.key("starts", start.key), taken)
    for action in one.process.actions:
        yield from _missing(action, one.action(action), [step for step in taken if step.before in action.states])
    for state in one.process.states:
        if state.consult is not None:
            place = one.key(*one.machine(state.track), "states", state.name, "consult", "reply")
            key = state.consult.reply.key
            if not any(step.action == key and step.before == state.key for step in taken):
                yield p.NOT_COVERED.at(place, word=key, to=state.name)


def _missing(action: Action, place: Place, taken: Collection[Taken]) -> Iterator[Problem]:
    mine = [step for step in taken if step.action == action.key]
    for target in dict.fromkeys(_target(action, branch) for branch in action.to):
        if not any(_is(step, target) for step in mine):
            yield p.NOT_COVERED.at(place, word=action.key, to=target.rpartition("/")[2])


def _target(action: Action, branch: Branch) -> str:
    """Where the branch leads: also to a state of another process, when the case becomes one of it."""
    becomes = branch.effects.becomes or action.effects.becomes
    return becomes.state if becomes is not None else branch.to


def _is(step: Taken, target: str) -> bool:
    if target == SAME:
        return step.before == step.after
    return target in {PREVIOUS, step.after}

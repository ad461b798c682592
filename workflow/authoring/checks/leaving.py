"""Loops that nobody can leave: the ways out are actions that nobody ever does."""

from collections.abc import Iterator

from workflow.authoring import problems as p
from workflow.authoring.checks.graph import closure, edges_of, ending
from workflow.authoring.checks.guards import may_be_done
from workflow.authoring.checks.inspected import Inspected, Office, effects_of
from workflow.authoring.checks.words import all_dues
from workflow.errors import Problem
from workflow.language.process import Action, Process


def check_leaving(one: Inspected, office: Office) -> Iterator[Problem]:
    """States from which a case ends on paper only. Those from which none ends at all are told by the graph itself."""
    process = one.process
    driven = _driven(one, office)
    edges = edges_of(process)
    left = edges_of(process, lambda action: _happens(process, action, driven))
    ends = ending(process)
    for state in process.states:
        if ends & closure({state.key}, edges) and not ends & closure({state.key}, left):
            yield p.NOBODY_LEAVES.at(one.state(state), word=state.name)


def _happens(process: Process, action: Action, driven: set[str]) -> bool:
    """Whether somebody, the clock or another case can do it."""
    return (action.by != ("nobody",) or action.key in driven) and may_be_done(process, action)


def _driven(one: Inspected, office: Office) -> set[str]:
    """The actions that a rung does, or any process by `also`."""
    process = one.process
    rungs = [*process.ladder, *(rung for due, _ in all_dues(process) for rung in process.ladder_of(due))]
    found = {rung.do for rung in rungs if rung.do}
    return found | {also.do for other in office.processes.values() for effects in effects_of(other.process) for also in effects.also}

"""The next state: one shared `transitions` machine for each process version, and a probe for each question."""

from collections.abc import Callable

from transitions import EventData, Machine

from workflow.language.process import PREVIOUS, SAME, Action, Process

BEFORE = "·"
"""Where a case stands before it is opened."""


class Probe:
    """Stands for one case during one question; keeps nothing of it. `branch` = the branch that was taken."""

    __slots__ = ("branch", "holds", "state")

    def __init__(self, state: str, holds: Callable[[int], bool]) -> None:
        self.state, self.holds, self.branch = state, holds, -1


def next_state(process: Process, action: Action, state: str, holds: Callable[[int], bool]) -> tuple[int, str] | None:
    """Which branch of the action's `to` is taken, and the state after it: the first branch that `holds`.

    A branch to `same` or `previous` leaves the state as it is here (the caller knows the previous one). None if no
    branch fits. The way of an action whose first branch has no condition is asked for once: it hangs on nothing else.
    """
    if action.to[0].when is not None:
        return _asked(process, action, state, holds)
    known, at = process.beside["ways"], (id(action), state)
    if at not in known:  # the action is kept too: so nothing else can come to have its id
        known[at] = action, _asked(process, action, state, lambda _: True)
    way: tuple[int, str] | None = known[at][1]
    return way


def _asked(process: Process, action: Action, state: str, holds: Callable[[int], bool]) -> tuple[int, str] | None:
    probe = Probe(state, holds)
    if not _machine(process).events[_event(action)].trigger(probe):
        return None
    return probe.branch, probe.state


def _event(action: Action) -> str:
    """Actions of one name in several states are several events: their branches differ."""
    return f"{action.key}@{','.join(action.states)}"


def _machine(process: Process) -> Machine:
    """The process's one machine, kept beside its other worked-out tables for as long as it lives."""
    kept = vars(process)
    if "machine" not in kept:
        kept["machine"] = _build(process)
    machine: Machine = kept["machine"]
    return machine


def _build(process: Process) -> Machine:
    machine = Machine(model=None, states=[BEFORE, *process.state_of], initial=BEFORE, auto_transitions=False, send_event=True)
    places = [(action, (BEFORE,)) for action in process.starts] + [(action, action.states) for action in process.actions]
    for action, sources in places:
        for index, branch in enumerate(action.to):
            machine.add_transition(
                _event(action),
                list(sources),
                None if branch.to in {SAME, PREVIOUS} else branch.to,
                conditions=_taken(index),
            )
    return machine


def _taken(index: int) -> Callable[[EventData], bool]:
    """A condition that asks the probe about branch `index`, and leaves word of it there."""

    def taken(event: EventData) -> bool:
        probe = event.model
        if not isinstance(probe, Probe) or not probe.holds(index):
            return False
        probe.branch = index
        return True

    return taken

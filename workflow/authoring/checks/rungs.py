"""Ladders: actions that don't exist, or can't be done where the deadline runs; rungs that never come."""

from collections.abc import Iterator

from workflow.authoring import problems as p
from workflow.authoring.checks.words import all_dues
from workflow.authoring.reading import Reading, RungAction
from workflow.errors import Problem
from workflow.language.process import Process


def check_rungs(reading: Reading, process: Process) -> Iterator[Problem]:
    """Actions of ladders that don't exist, or can't be done where the deadline runs."""
    for rung in reading.rungs:
        if rung.word not in process.action_keys:
            yield p.UNKNOWN["action"].meant(rung.place, rung.word, process.action_keys)
        else:
            yield from _rung(rung, process)


def _rung(rung: RungAction, process: Process) -> Iterator[Problem]:
    where = rung.states if rung.states is not None else _default_ladder(process)
    missing = [key for key in where if rung.word not in process.in_state.get(key, {})]
    if missing and len(missing) == len(where):
        yield p.RUNG_ACTION.at(rung.place, word=rung.word, states=", ".join(missing))
    elif missing:
        yield p.RUNG_PARTLY.at(rung.place, word=rung.word, states=", ".join(missing))


def _default_ladder(process: Process) -> tuple[str, ...]:
    """The states in which a deadline without a ladder of its own runs."""
    return tuple(dict.fromkeys(key for due, states in all_dues(process) if due.ladder is None for key in states))

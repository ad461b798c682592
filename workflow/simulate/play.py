"""Plays a scenario: the real engine, office and worker, on an in-memory store and a clock of its own."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from workflow.errors import HosoError, Place
from workflow.simulate.covering import Transition, transitions
from workflow.simulate.deeds import carry_out
from workflow.simulate.expecting import check, look
from workflow.simulate.scenario import Scenario, Step
from workflow.simulate.stage import MakeOffice, Mismatch, Nobody, Stage, local
from workflow.timekeeping import SetClock
from workflow.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """How a scenario went: where and why it failed, and what it covered.

    `actions` and `states` are its own process's (starts and replies count as actions); `transitions` those of every case.
    """

    process: str
    name: str
    passed: bool
    place: str
    message: str = ""
    actions: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    transitions: frozenset[Transition] = frozenset()


def play(scenario: Scenario, make_office: MakeOffice, zone: ZoneInfo) -> ScenarioResult:
    """Play a scenario in an office of its own, whose definitions come into use when it begins."""
    clock = SetClock(local(scenario.at, zone))
    office = make_office(clock)
    stage = Stage(scenario, office, clock, Worker(office, Nobody(), name="scenario"), scenario.place)
    try:
        _run(stage)
    except Mismatch as mismatch:
        return _result(stage, str(mismatch), mismatch.place)
    except HosoError as error:
        return _result(stage, error.message(stage.language), stage.place)
    return _result(stage, "", scenario.place)


def _run(stage: Stage) -> None:
    scenario = stage.scenario
    if scenario.fields is not None:
        first = Step(
            place=scenario.place, kind="open", what=scenario.fields, actor=scenario.actor, start=scenario.start, title=scenario.title
        )
        carry_out(stage, first)
    for step in scenario.steps:
        stage.place = step.place
        before = look(stage, step)
        carry_out(stage, step)
        check(stage, step, before)


def _result(stage: Stage, message: str, place: Place) -> ScenarioResult:
    scenario, taken = stage.scenario, transitions(stage)
    mine = [one for one in taken if one.process == scenario.process]
    stand = {
        state
        for file in stage.files()
        if file.case.process == scenario.process
        for state in (file.case.state, *(one.state for one in file.case.tracks.values()))
    }
    return ScenarioResult(
        process=scenario.process,
        name=scenario.name,
        passed=not message,
        place=str(place),
        message=message,
        actions=frozenset(one.action for one in mine),
        states=frozenset({*stand, *(one.before for one in mine), *(one.after for one in mine)} - {""}),
        transitions=taken,
    )

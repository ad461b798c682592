"""Plays a scenario: the real engine, office and worker, on an in-memory store and a clock of its own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from workflow.authoring.read import excerpt
from workflow.errors import HosoError, Place
from workflow.simulate.covering import Fired, Transition, fired, transitions, written
from workflow.simulate.deeds import carry_out
from workflow.simulate.expecting import check, look
from workflow.simulate.scenario import Scenario, Step
from workflow.simulate.stage import MakeOffice, Mismatch, Nobody, Stage, local
from workflow.timekeeping import SetClock
from workflow.worker import Worker

NEVER = datetime.max.replace(tzinfo=UTC)
"""An office that ends with its scenario is proved by nobody: no day's head is made."""


class ScenarioResult(Struct, frozen=True, kw_only=True):
    """How a scenario went: where and why it failed, and what it covered.

    `actions` and `states` are its own process's (starts and replies count as actions); `transitions` those of every case.
    """

    process: str
    name: str
    passed: bool
    place: str
    message: str = ""
    step: int = 0
    """Which step it was, the first is 1; 0 = the opening, or none."""
    said: str = ""
    """What that step does: who, what."""
    expected: str = ""
    got: str = ""
    """What was expected and what came, where it is one thing."""
    excerpt: str = ""
    """The line of the file, with a mark under its place."""
    actions: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    transitions: frozenset[Transition] = frozenset()
    rungs: frozenset[Fired] = frozenset()
    """The rungs that fired, of its own process."""
    written: frozenset[tuple[str, str]] = frozenset()
    """Process and document, of every case."""


def play(scenario: Scenario, make_office: MakeOffice, zone: ZoneInfo) -> ScenarioResult:
    """Play a scenario in an office of its own, whose definitions come into use when it begins."""
    clock = SetClock(local(scenario.at, zone))
    office = make_office(clock)
    stage = Stage(scenario, office, clock, Worker(office, Nobody(), name="scenario", headed=NEVER), scenario.place)
    try:
        _run(stage)
    except Mismatch as mismatch:
        return _result(stage, str(mismatch), mismatch.place, expected=mismatch.wanted, got=mismatch.got)
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
    for number, step in enumerate(scenario.steps, start=1):
        stage.place, stage.step, stage.said = step.place, number, in_words(step)
        before = look(stage, step)
        carry_out(stage, step)
        check(stage, step, before)


def in_words(step: Step) -> str:
    """What a step does, as its file says it: `specialist.btg: do screen`."""
    who = f"{step.actor}: " if step.actor else ""
    what = step.what if isinstance(step.what, str) else step.unit or step.start
    return f"{who}{step.kind or 'expect'} {what or step.unit}".strip()


def _result(stage: Stage, message: str, place: Place, *, expected: str = "", got: str = "") -> ScenarioResult:
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
        step=stage.step if message else 0,
        said=stage.said if message else "",
        expected=expected,
        got=got,
        excerpt=excerpt(scenario.source, place) if message else "",
        actions=frozenset(one.action for one in mine),
        states=frozenset({*stand, *(one.before for one in mine), *(one.after for one in mine)} - {""}),
        transitions=taken,
        rungs=fired(stage),
        written=written(stage),
    )

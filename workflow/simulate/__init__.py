"""Scenarios: the tests that definitions carry with them, played on an in-memory store."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from workflow.authoring.checks.coverage import check_coverage
from workflow.authoring.definitions import Compiled
from workflow.authoring.deploy import deployments, failed_scenario
from workflow.authoring.problems import NO_SCENARIO
from workflow.authoring.read import excerpt
from workflow.errors import Problem
from workflow.language.process import Process
from workflow.office import Office
from workflow.office.definitions import Kept
from workflow.ports import Store, StoredVersion
from workflow.settings import Settings
from workflow.simulate.play import ScenarioResult, play
from workflow.simulate.reading import read_scenario
from workflow.simulate.scenario import Scenario
from workflow.simulate.stage import MakeOffice
from workflow.timekeeping import SetClock

__all__ = ["MemoryStore", "ScenarioResult", "read_scenarios", "run_scenarios", "uncovered"]

MemoryStore = Callable[[], Store]
"""Makes an empty store in memory."""


def read_scenarios(files: Mapping[str, bytes], process: str = "") -> tuple[list[Scenario], list[Problem]]:
    """The scenarios among a definitions folder's files (`KEY/scenarios/*.yaml`), of one process or of all."""
    found: list[Scenario] = []
    problems: list[Problem] = []
    for path in sorted(files):
        key, _, rest = path.partition("/")
        if rest.startswith("scenarios/") and rest.endswith(".yaml") and process in {"", key}:
            scenario, wrong = read_scenario(key, path, files[path])
            problems += wrong
            found += [scenario] if scenario else []
    return found, problems


def run_scenarios(scenarios: Sequence[Scenario], compiled: Compiled, settings: Settings, memory_store: MemoryStore) -> list[ScenarioResult]:
    """Play scenarios, each in an office of its own in memory. Papers are tried as text: their files need no test here."""
    ready = [
        replace(one, version=replace(one.version, source={}))  # nothing is compiled again
        for one in deployments(compiled, at=datetime.min.replace(tzinfo=UTC), by="hoso", why="scenario")
    ]
    kept = Kept()

    def make(clock: SetClock) -> Office:
        office = Office(settings, memory_store(), clock, _never, papers=False)
        office.definitions.kept = kept
        office.store.deploy([replace(one, at=clock.now()) for one in ready])
        return office

    make_office: MakeOffice = make
    return [play(scenario, make_office, settings.zone) for scenario in scenarios]


def uncovered(files: Mapping[str, bytes], compiled: Compiled, settings: Settings, memory_store: MemoryStore) -> list[Problem]:
    """What is wrong with the scenarios' files, which of them do not hold, and what none takes: of a process all of whose
    scenarios hold, since what a broken one would have taken is not known.
    """
    scenarios, problems = read_scenarios(files)
    results = run_scenarios(scenarios, compiled, settings, memory_store)
    problems += [_shown(failed_scenario(result), files) for result in results if not result.passed]
    broken = {problem.place.file.split("/")[0] for problem in problems}
    for key, one in compiled.inspected.items():
        if key in broken:
            continue
        if not any(scenario.process == key for scenario in scenarios):
            problems.append(NO_SCENARIO.at(one.key("process"), word=key))
            continue
        taken = {step for result in results for step in result.transitions if step.process == key}
        problems += check_coverage(one, taken)
    return problems


def _shown(problem: Problem, files: Mapping[str, bytes]) -> Problem:
    """A problem with its line, of a file that only scenarios are read from."""
    return dataclasses.replace(problem, excerpt=excerpt(files[problem.place.file].decode(), problem.place))


def _never(stored: StoredVersion) -> Process:
    raise AssertionError(stored)  # an in-memory store keeps only what this program compiled

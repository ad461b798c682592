"""The definitions that ship: every scenario plays through, every action and state is in one, nothing is found wrong."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import workflow
from workflow.authoring.definitions import Compiled
from workflow.authoring.deploy import check, read_folder
from workflow.compose import _memory_store
from workflow.settings import office_toml, read_settings
from workflow.simulate import ScenarioResult, read_scenarios, run_scenarios

FOLDER = Path(workflow.__file__).parent.parent / "definitions"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/scenarios/*.yaml"))
PROCESSES = ("annual_report", "incident", "opinion")


@dataclass(frozen=True)
class Shipped:
    compiled: Compiled
    results: dict[str, ScenarioResult]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    folder = tmp_path_factory.mktemp("office")
    (folder / "office.toml").write_text(office_toml("Thử", practice=True), "utf-8")
    files = read_folder(FOLDER)
    compiled = check(files)
    results = {}
    for path in FILES:
        scenarios, problems = read_scenarios({path: files[path]})
        assert problems == []
        (results[path],) = run_scenarios(scenarios, compiled, read_settings(folder, {}), _memory_store)
    return Shipped(compiled, results)


@pytest.mark.parametrize("file", FILES)
def test_a_scenario_plays_through(shipped: Shipped, file: str) -> None:
    result = shipped.results[file]
    assert result.passed, f"{result.place}: {result.message}"
    assert result.place.startswith(file)


def test_nothing_at_all_is_found_in_the_definitions(shipped: Shipped) -> None:
    assert [str(problem) for problem in shipped.compiled.problems] == []
    assert tuple(shipped.compiled.processes) == PROCESSES


@pytest.mark.parametrize("key", PROCESSES)
def test_every_action_start_reply_and_state_is_in_a_scenario(shipped: Shipped, key: str) -> None:
    process = shipped.compiled.processes[key]
    mine = [one for one in shipped.results.values() if one.process == key]
    replies = {state.consult.reply.key for state in process.states if state.consult}
    wanted = {*process.action_keys, *process.start_of, *replies}
    assert wanted - set().union(*(one.actions for one in mine)) == set()
    assert set(process.state_of) - set().union(*(one.states for one in mine)) == set()

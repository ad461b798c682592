"""The definitions that ship: every scenario plays through, every action and state is in one, nothing is found wrong."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import workflow
from workflow.authoring.checks.coverage import check_coverage
from workflow.authoring.checks.persons import asks_for_a_person
from workflow.authoring.definitions import Compiled
from workflow.authoring.deploy import check, read_folder
from workflow.compose import _memory_store
from workflow.language.process import Due, Process
from workflow.settings import office_toml, read_settings
from workflow.simulate import ScenarioResult, read_scenarios, run_scenarios
from workflow.simulate.unchanged import reach
from workflow.vietnamese import words

FOLDER = Path(workflow.__file__).parent.parent / "definitions"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/scenarios/*.yaml"))
PROCESSES = (
    *("amendment", "annual_plan", "annual_report", "assignment", "attendance", "comm_plan", "commendation", "fact_check"),
    *("incident", "info_exchange", "inspection", "opinion", "resolution_study", "review", "voter_petition"),
)


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
    scenarios, problems = read_scenarios(files)
    assert problems == []
    assert sorted(scenario.place.file for scenario in scenarios) == FILES
    played = run_scenarios(scenarios, compiled, read_settings(folder, {}), _memory_store)
    return Shipped(compiled, {scenario.place.file: result for scenario, result in zip(scenarios, played, strict=True)})


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
    taken = [step for one in shipped.results.values() for step in one.transitions if step.process == key]
    replies = {state.consult.reply.key for state in process.states if state.consult}
    assert {*process.action_keys, *process.start_of, *replies} - {step.action for step in taken} == set()
    assert set(process.state_of) - {state for step in taken for state in (step.before, step.after)} == set()


@pytest.mark.parametrize("key", PROCESSES)
def test_what_scenarios_hang_on_is_known_before_they_are_played(shipped: Shipped, key: str) -> None:
    files = {path: (FOLDER / path).read_bytes() for path in FILES}
    scenarios, _ = read_scenarios(files)
    known = reach(key, scenarios, shipped.compiled.processes)
    mine = [result for result in shipped.results.values() if result.process == key]
    met = {step.process for result in mine for step in result.transitions} | {process for result in mine for process, _ in result.written}
    assert met <= known
    assert key in known


@pytest.mark.parametrize("key", PROCESSES)
def test_every_branch_is_taken_by_a_scenario(shipped: Shipped, key: str) -> None:
    taken = {step for one in shipped.results.values() for step in one.transitions}
    mine = [step for step in taken if step.process == key]
    assert [str(problem) for problem in check_coverage(shipped.compiled.inspected[key], mine)] == []


@pytest.mark.parametrize("key", PROCESSES)
def test_every_rung_fires_in_a_scenario(shipped: Shipped, key: str) -> None:
    process = shipped.compiled.processes[key]
    fired = {(rung.on, rung.deadline, rung.rung) for one in shipped.results.values() for rung in one.rungs if rung.process == key}
    common = {rung for on, name, rung in fired if rung >= 0 and _rule(process, on, name).ladder is None}
    assert set(range(len(process.ladder))) - common == set()
    own = {(on, due.name, rung) for on, due in _rules(process) for rung in range(len(due.ladder or ()))}
    assert own - fired == set()


def _rules(process: Process) -> list[tuple[str, Due]]:
    """Each deadline of a process, with what it is on."""
    states = [(f"state:{state.key}", due) for state in process.states for due in state.dues]
    asking = [(f"consult:{one.key}", one.consult.due) for one in process.states if one.consult and one.consult.due]
    return [*(("case", due) for due in process.dues), *states, *asking]


def _rule(process: Process, on: str, name: str) -> Due:
    return next(due for where, due in _rules(process) if (where, due.name) == (on, name))


@pytest.mark.parametrize("key", PROCESSES)
def test_every_document_is_written_in_a_scenario(shipped: Shipped, key: str) -> None:
    written = {rule for one in shipped.results.values() for of, rule in one.written if of == key}
    assert {document.key for document in shipped.compiled.processes[key].documents} - written == set()


@pytest.mark.parametrize("key", PROCESSES)
def test_no_field_asks_for_a_private_person(shipped: Shipped, key: str) -> None:
    """The product's rule: cases are about issues, papers and bodies. Persons are named by their posts alone."""
    process = shipped.compiled.processes[key]
    fields = [one for kind in process.fields for one in (kind, *kind.columns)]
    names = [name for one in fields for name in (one.key, one.title.vi, one.title.en)]
    assert [name for name in names if asks_for_a_person(name) or ("nguoi" in words(name) and name not in COUNTED)] == []
    posts = {one.key for one in fields if one.type in {"person", "persons"}}
    assert posts == POSTS.get(key, set())


COUNTED = {"Số người dự"}
"""A figure, no person."""
POSTS = {"assignment": {"lead_council", "lead_btg", "staff_btg"}, "attendance": {"representative"}}
"""Fields that name an office-holder, picked from organisation.yaml."""


@pytest.mark.parametrize("key", PROCESSES)
def test_every_deadline_says_its_basis(shipped: Shipped, key: str) -> None:
    assert [due.name for _, due in _rules(shipped.compiled.processes[key]) if not due.basis] == []


@pytest.mark.parametrize("key", PROCESSES)
def test_every_procedure_survives_a_reorganisation(shipped: Shipped, key: str) -> None:
    process = shipped.compiled.processes[key]
    assert process.state_of["terminated_reorg"].final == "terminated"
    assert process.title.vi != process.title.en

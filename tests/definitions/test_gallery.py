"""The gallery: procedures that real bodies publish. Nothing is found wrong in them, and scenarios take every transition."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from workflow.authoring.checks.coverage import check_coverage
from workflow.authoring.definitions import Compiled, compile_definitions
from workflow.compose import _memory_store
from workflow.settings import read_settings
from workflow.simulate import ScenarioResult, read_scenarios, run_scenarios

FOLDER = Path(__file__).parent / "gallery"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/scenarios/*.yaml"))
PROCESSES = sorted(path.parent.name for path in FOLDER.glob("*/process.yaml"))
OFFICE = 'title = "Gallery"\nzone = "Europe/London"\nlanguage = "en"\npractice = true\n'
TODAY = date(2026, 11, 23)
HEAD = 40
"""The lines in which a process says its source, and what could not be said."""

ALLOWED: dict[str, str] = {
    "manuscript/process.yaml:38:3 W627": "comments to the author of a manuscript say nothing about anybody",
    "page/process.yaml:39:3 W627": "the address of a page on the web",
}
"""Warning ("place code") → why it may stay."""


@dataclass(frozen=True)
class Gallery:
    compiled: Compiled
    results: dict[str, ScenarioResult]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    office = tmp_path_factory.mktemp("office")
    (office / "office.toml").write_text(OFFICE, "utf-8")
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    compiled = compile_definitions(files, today=TODAY)
    scenarios, problems = read_scenarios(files)
    assert [str(problem) for problem in (*compiled.errors, *problems)] == []
    results = run_scenarios(scenarios, compiled, read_settings(office, {}), _memory_store)
    return Gallery(compiled, dict(zip(FILES, results, strict=True)))


def test_nothing_is_found_in_the_gallery_but_what_is_allowed_with_a_reason(gallery: Gallery) -> None:
    found = {f"{problem.place} {problem.code}": str(problem) for problem in gallery.compiled.problems}
    assert {place: said for place, said in found.items() if place not in ALLOWED} == {}
    assert set(ALLOWED) <= set(found)


@pytest.mark.parametrize("file", FILES)
def test_a_scenario_of_the_gallery_plays_through(gallery: Gallery, file: str) -> None:
    result = gallery.results[file]
    assert result.passed, f"{result.place}: {result.message}"


@pytest.mark.parametrize("key", PROCESSES)
def test_every_transition_of_the_gallery_is_in_a_scenario(gallery: Gallery, key: str) -> None:
    taken = {one for result in gallery.results.values() for one in result.transitions if one.process == key}
    assert [str(problem) for problem in check_coverage(gallery.compiled.inspected[key], taken)] == []
    assert any(result.process == key for result in gallery.results.values())


@pytest.mark.parametrize("key", PROCESSES)
def test_a_process_of_the_gallery_names_its_source_and_what_could_not_be_said(key: str) -> None:
    lines = (FOLDER / key / "process.yaml").read_text("utf-8").splitlines()[:HEAD]
    head = "\n".join(line for line in lines if line.startswith("#")).lower()
    assert "source" in head
    assert "could not be said" in head

"""No folder of definitions, however changed, ends in anything but problems: a short run, the same each time."""

from hypothesis import HealthCheck, given, settings

from tests.fuzz.changing import (
    Files,
    changed_bytes,
    changed_folders,
    changed_templates,
    document,
    folder,
    made_folders,
    one_process,
    processes,
    written,
)
from tests.fuzz.trying import played, tried

CALM = settings(derandomize=True, deadline=None, database=None, suppress_health_check=tuple(HealthCheck))


def test_the_folders_that_are_changed_were_right():
    for name, key in processes():
        compiled = tried(dict(one_process(name, key)))
        assert compiled is not None
        assert [str(problem) for problem in compiled.errors] == []


def test_what_is_written_anew_means_the_same():
    for name, key in processes():
        files = one_process(name, key)
        again = {path: written(document(name, path)) if path.endswith(".yaml") else content for path, content in files.items()}
        old, new = tried(dict(files)), tried(again)
        assert old is not None
        assert new is not None
        assert {one.key: one.version for one in new.processes.values()} == {one.key: one.version for one in old.processes.values()}


@settings(CALM, max_examples=40)
@given(changed_folders())
def test_a_changed_file_gives_problems_and_no_crash(case: tuple[str, Files]) -> None:
    tried(case[1])


@settings(CALM, max_examples=40)
@given(changed_bytes())
def test_changed_bytes_give_problems_and_no_crash(case: tuple[str, Files]) -> None:
    tried(case[1])


@settings(CALM, max_examples=25)
@given(changed_templates())
def test_a_changed_template_gives_problems_and_no_crash(case: tuple[str, Files]) -> None:
    tried(case[1])


@settings(CALM, max_examples=25)
@given(made_folders())
def test_a_folder_made_after_the_grammar_gives_problems_and_no_crash(case: tuple[str, Files]) -> None:
    tried(case[1])


@settings(CALM, max_examples=10)
@given(changed_folders())
def test_the_scenarios_of_a_changed_process_pass_or_fail(case: tuple[str, Files]) -> None:
    played(*case)


def test_the_whole_folders_are_there():
    assert all(folder(name) for name, _ in processes())
    assert len(processes()) >= 12

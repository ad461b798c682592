"""The project's own tools: what the gate relies on must itself be right."""

import ast
import json
import sys
from functools import cache

import pytest

from tests.architecture.house import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import doc_blocks
import floors
import mutants

PAGE = """\
# A page
```console skip
$ false
```
```sh
$ false
```
```console check exit=3
$ echo one \\
  two
one two
$ exit 3
```
"""


def test_only_console_blocks_are_run_and_a_command_may_go_on():
    (block,) = doc_blocks.blocks(PAGE)
    assert block.code == 3
    assert [(command.text, command.output) for command in block.commands] == [("echo one \\\n  two", ["one two"]), ("exit 3", [])]


def test_a_page_that_holds_passes(tmp_path):
    (block,) = doc_blocks.blocks(PAGE)
    assert doc_blocks.run_block(doc_blocks.Shell(tmp_path), block, tmp_path) == 2


@pytest.mark.parametrize(("before", "after"), [("one two\n", "one 2\n"), ("exit=3", "exit=0"), ("$ exit 3", "$ exit 4")])
def test_a_page_that_does_not_hold_is_told_with_its_line(tmp_path, before, after):
    (block,) = doc_blocks.blocks(PAGE.replace(before, after))
    with pytest.raises(doc_blocks.Wrong, match=r"page.md:\d+: "):
        doc_blocks.run_block(doc_blocks.Shell(tmp_path), block, "page.md")


def test_a_command_goes_on_where_the_last_one_led(tmp_path):
    shell = doc_blocks.Shell(tmp_path)
    assert shell.run("mkdir a && cd a")[0] == 0
    assert shell.run("basename $PWD") == (0, "a\n")


def test_three_dots_stand_for_any_lines_but_only_alone():
    assert doc_blocks.same(["a", "…", "z"], ["a", "b", "c", "z"])
    assert doc_blocks.same(["a", "…"], ["a"])
    assert not doc_blocks.same(["a", "…", "z"], ["a", "b"])
    assert not doc_blocks.same(["a…"], ["abc"])


def report(tmp_path, **files):
    """A report as coverage writes it: each file with its covered lines of ten."""
    data = {
        file: {
            "summary": {"num_statements": 10, "num_branches": 0, "covered_lines": covered, "covered_branches": 0},
            "missing_lines": list(range(covered, 10)),
            "missing_branches": [],
        }
        for file, covered in files.items()
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"files": data}))
    return str(path)


def test_one_line_missing_in_the_engine_is_too_low(tmp_path, capsys):
    assert floors.main(report(tmp_path, **{"workflow/engine/decide.py": 9})) == 1
    assert "workflow/engine/decide.py: 9" in capsys.readouterr().out


def test_a_room_on_its_floor_passes(tmp_path):
    assert floors.main(report(tmp_path, **{"workflow/engine/decide.py": 10, "workflow/office.py": 9})) == 0


def test_a_file_belongs_to_its_innermost_room():
    assert floors.room_of("workflow/engine/decide.py") == "workflow/engine/"
    assert floors.room_of("workflow/office/acting.py") == "workflow/"
    assert floors.room_of("tests/x.py") is None


SOURCE = '''
def least(numbers: "list[int]", word: str = "key") -> int:
    """A docstring stays."""
    if not numbers and word == "a sentence stays":
        raise ValueError(f"{word} stays")
    return min(number + 1 for number in numbers if number < 10)
'''


def kinds(source):
    return sorted(kind for _, kind, _, _ in mutants.changes(ast.parse(source)))


def test_mutants_change_what_is_done_and_not_what_people_read():
    assert kinds(SOURCE) == ["comparison", "comparison", "condition", "filter", "logic", "number", "number", "return", "sum", "word"]


def test_each_mutant_is_another_program(monkeypatch, tmp_path):
    (tmp_path / "m.py").write_text(SOURCE)
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    made = [mutants.mutated(mutant) for mutant in mutants.mutants("m.py")]
    plain = ast.unparse(ast.parse(SOURCE))
    assert len(set(made)) == len(made) == 10
    assert plain not in made
    for source in made:
        ast.parse(source)


def test_the_sample_is_the_same_for_the_same_seed(monkeypatch):
    monkeypatch.setattr(mutants, "mutants", cache(mutants.mutants))  # seconds each time, and the files do not change
    assert mutants.sample(20, 7, "") == mutants.sample(20, 7, "")
    assert mutants.sample(20, 7, "") != mutants.sample(20, 8, "")


def test_the_pictures_in_the_docs_are_those_that_are_drawn_today(tmp_path):
    from diagrams import draw

    for file in draw(tmp_path):
        assert file.read_text("utf-8") == (ROOT / "docs/pictures" / file.name).read_text("utf-8"), f"make diagrams: {file.name}"

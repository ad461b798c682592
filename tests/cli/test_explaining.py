"""`hoso help`: codes, families, commands; in the office's language, or the one asked for."""

import sys

import pytest
from click.testing import CliRunner

from cli import hoso
from tests.architecture.house import ROOT
from workflow.authoring.explained import pages

sys.path.insert(0, str(ROOT / "tools"))

import problems


def said(line, code=0, **env):
    result = CliRunner().invoke(hoso, line.split(), env={"LANG": "C.UTF-8", "COLUMNS": "", **env})
    assert result.exit_code == code, result.output
    return result.output


def test_a_code_is_explained_with_a_wrong_example_and_the_right_one():
    page = said("help E201")
    assert page.startswith("E201  An unknown key\n")
    assert page.index("Wrong (process.yaml):\n    titel: Nghỉ phép") < page.index("Right (process.yaml):\n    title: Nghỉ phép")
    assert max(map(len, page.splitlines())) <= 100
    assert said("help e201") == page


def test_it_speaks_the_language_asked_for():
    assert said("help E201 --language vi").startswith("E201  Khóa lạ\n")
    assert "Sai (process.yaml):" in said("help E201", LANG="vi_VN.UTF-8")
    assert said("help E201 --language en", LANG="vi_VN.UTF-8").startswith("E201  An unknown key")


def test_without_a_topic_every_code_is_listed_and_a_family_lists_its_own():
    everything = said("help")
    assert [code for code in pages() if code not in everything] == []
    assert said("help E6").splitlines() == [
        "E6  Scenarios",
        "  E600  A scenario did not go as expected",
        "  E601  A scenario is written wrongly",
    ]


def test_a_command_is_explained_as_by_its_own_help():
    assert said("help show") == said("show --help")


@pytest.mark.parametrize(("wrong", "near"), [("E2010", "E201"), ("e6011", "E601")])
def test_a_wrong_code_is_told_with_the_nearest(wrong, near):
    assert f"There is no topic '{wrong.upper()}'; did you mean '{near}'?" in said(f"help {wrong}", 4)


def test_programs_read_pages_and_lists(typed):
    page = typed.json("help E201 --language en")
    assert [(one["right"], one["file"]) for one in page["examples"]] == [(False, "process.yaml"), (True, "process.yaml")]
    assert page["title"] == "An unknown key"
    assert typed.json("help E6 --language en") == [
        {
            "key": "E6",
            "title": "Scenarios",
            "codes": [
                {"code": "E600", "title": "A scenario did not go as expected"},
                {"code": "E601", "title": "A scenario is written wrongly"},
            ],
        }
    ]


def test_a_list_of_problems_names_help_once_at_its_end(typed):
    path = typed.folder / "definitions/incident/process.yaml"
    path.write_text(path.read_text("utf-8").replace("to: transferred", "to: transfered"), "utf-8")
    path.write_text(path.read_text("utf-8").replace("then: transferred", "then: transfered"), "utf-8")
    for line in ("process check", "deploy"):
        result = typed(line, 6)
        told = (result.stdout + result.stderr).strip().splitlines()
        assert told[-1] == "Mã nghĩa là gì, kèm ví dụ: hoso help E401"
        assert sum("hoso help" in one for one in told) == 1


def test_the_page_of_the_reference_is_the_one_made_of_the_pages():
    assert problems.TARGET.read_text("utf-8") == problems.page()

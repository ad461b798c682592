"""Help: every command has some, in both languages, and a line in the reference."""

import ast
import gettext
import importlib.util
from inspect import cleandoc
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import COMMANDS, hoso
from workflow.console import help_vi
from workflow.console.locale import FOLDER
from workflow.phrases_vi import TABLE

ROOT = Path(__file__).parents[2]


def walk(command, path):
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            yield from walk(command.get_command(ctx, name), f"{path} {name}")


EVERY = dict(walk(hoso, "hoso"))


@pytest.mark.parametrize("path", EVERY)
def test_every_command_says_what_it_does(path, monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    result = CliRunner().invoke(hoso, [*path.split()[1:], "--help"])
    assert result.exit_code == 0
    assert cleandoc(EVERY[path].help).split()[0] in result.output


@pytest.mark.parametrize("path", EVERY)
def test_every_command_and_option_stands_in_the_reference(path):
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert f"`{path}" in page
    missing = [name for option in EVERY[path].params for name in option.opts if name.startswith("--") and f"`{name}" not in page]
    assert not missing


def test_all_help_has_its_vietnamese():
    said = {listed.help for listed in COMMANDS.values()} | {listed.section for listed in COMMANDS.values()}
    for command in EVERY.values():
        said |= {cleandoc(command.help)} | {option.help for option in command.params if getattr(option, "help", None)}
    assert sorted(said - set(help_vi.TABLE)) == []
    assert sorted(set(help_vi.TABLE) - said) == ["Commands"]


def test_help_and_usage_errors_speak_the_offices_language(tmp_path, monkeypatch):
    (tmp_path / "office.toml").write_text('title = "x"\nlanguage = "vi"\n', encoding="utf-8")
    monkeypatch.setenv("LANG", "C.UTF-8")
    vietnamese = CliRunner().invoke(hoso, ["show", "--help", "--office", str(tmp_path)])
    assert "Cách dùng: hoso show" in vietnamese.output
    assert "có thể làm gì tiếp" in vietnamese.output
    wrong = CliRunner().invoke(hoso, [f"--office={tmp_path}", "shwo"])
    assert wrong.exit_code == 2
    assert "Không có lệnh 'shwo'. Có phải ý bạn là 'show'?" in wrong.output
    english = CliRunner().invoke(hoso, ["show", "--help"])
    assert "Usage: hoso show" in english.output


def test_the_compiled_catalogue_is_the_one_people_edit():
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "tools/catalogue.py")
    catalogue = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(catalogue)
    folder = FOLDER / "vi/LC_MESSAGES"
    assert catalogue.compiled(catalogue.read((folder / "messages.po").read_text(encoding="utf-8"))) == (folder / "messages.mo").read_bytes()
    assert gettext.translation("messages", FOLDER, ["vi"]).gettext("Usage:") == "Cách dùng:"


def headings(file):
    """Words that stand in a list first and are said one by one: headings, and the names of statuses."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ListComp) and isinstance(node.elt, ast.Call) and getattr(node.elt.func, "attr", "") == "say":
            yield from constants(node.generators[0].iter)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"headings", "names"}:
            yield from constants(node.value)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and getattr(node.targets[0], "id", "").endswith("S"):
            yield from (value.value for value in node.value.values if isinstance(value, ast.Constant))


def constants(node):
    return [one.value for one in getattr(node, "elts", []) if isinstance(one, ast.Constant)]


def test_every_heading_and_status_has_its_vietnamese():
    files = [file for file in (ROOT / "workflow/console").glob("*.py") if file.name not in {"help_vi.py", "look.py", "running.py"}]
    words = {word for file in files for word in headings(file) if word}
    assert {"Paper", "Next notice", "no longer owed", "overdue notice", "Monday", "Waits for you to"} <= words
    assert sorted(words - set(TABLE)) == []

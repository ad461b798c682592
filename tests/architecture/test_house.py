"""What the house promises of its own code: sizes, words, who knows whom."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, everything, functions, name, program, tree

TABLES = {"workflow/phrases_vi.py", "workflow/console/help_vi.py"}
"""Sentences in a table, no code: the bound on a file's length does not mean them."""

HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "registry." + "yarn", "crates" + ".io", "proxy." + "golang"]
"""Package registries, written so that this file does not name them."""


@pytest.mark.parametrize("file", program(), ids=name)
def test_no_file_outgrows_400_lines(file):
    if name(file) not in TABLES:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", program(), ids=name)
def test_no_function_outgrows_50_lines(file):
    if "versions" in file.parts:
        return  # a migration lists tables once and is never changed again
    assert {one.name: one.end_lineno - one.lineno + 1 for one in functions(file) if one.end_lineno - one.lineno >= 50} == {}


def test_nine_functions_in_ten_have_at_most_25_lines():
    lengths = sorted(one.end_lineno - one.lineno + 1 for file in program() for one in functions(file))
    assert lengths[len(lengths) * 9 // 10] <= 25


@pytest.mark.parametrize("file", program(), ids=name)
def test_whatever_is_public_says_what_it_is(file):
    whole = tree(file)
    if whole.body:
        assert ast.get_docstring(whole), "the module"
    silent = [node.name for node in public(whole) if not ast.get_docstring(node)]
    assert silent == []


def public(node):
    """The public classes and functions of a module or class, and theirs."""
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public(child)


def test_no_file_names_a_package_registry_or_a_path_of_this_machine():
    words = [host.encode() for host in HOSTS]
    paths = [re.compile(rb"(?<![\w.~}-])" + re.escape(str(path).encode()) + rb"/") for path in {ROOT, Path.home()} if len(path.parts) > 1]
    guilty = []
    for file in everything():
        content = file.read_bytes()
        guilty += [(name(file), word.decode()) for word in words if word in content]
        guilty += [(name(file), pattern.pattern.decode()) for pattern in paths if pattern.search(content)]
    assert guilty == []


def test_vietnamese_is_stored_composed():
    texts = [file for file in everything() if file.suffix in {".py", ".md", ".yaml", ".j2", ".toml"} and "tests" not in file.parts]
    assert [name(file) for file in texts if not unicodedata.is_normalized("NFC", file.read_text(encoding="utf-8"))] == []


def imports(file):
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_cli_is_short_and_knows_only_click_and_the_console():
    """import-linter takes no single file as a root, so this guards cli.py."""
    cli = ROOT / "cli.py"
    assert len(cli.read_text(encoding="utf-8").splitlines()) <= 80
    ours = {module for module in imports(cli) if module.partition(".")[0] in {"workflow", "storage", "definitions"}}
    assert all(module.startswith(("workflow.console", "workflow.errors", "workflow.logs", "workflow.phrases")) for module in ours)


def test_nothing_imports_cli():
    assert [name(file) for file in program() if "cli" in set(imports(file))] == []


EXCLUSION = re.compile(r"(?P<above>\n *#[^\n]*)?\n[^\n]*# (?:noqa|type: ignore)\b:? ?(?P<rule>[A-Z0-9]+|\[[a-z, -]+\])?(?P<why>[^\n]*)")


@pytest.mark.parametrize("file", program(), ids=name)
def test_an_exclusion_from_a_rule_gives_its_reason_at_least_once_in_its_file(file):
    """On its line, or in a comment above it."""
    found = [match.groupdict() for match in EXCLUSION.finditer(file.read_text(encoding="utf-8"))]
    told = {one["rule"] for one in found if one["above"] or one["why"].strip(" -#")}
    assert {one["rule"] for one in found} <= told


WRITERS = {"workflow/filing.py", "workflow/logs.py", "workflow/senders/folder.py", "workflow/upkeep/making.py", "workflow/upkeep/backup.py"}
"""Who writes files by itself: the one helper; a log, which is added to; messages; what is made in a folder that is taken away again."""


def test_files_are_written_whole_by_one_helper():
    writes = re.compile(r"\.write_(text|bytes)\(|os\.O_CREAT|\bopen\([^)]*[\"'][wax]b?\+?[\"']")
    found = {name(file) for file in program() if writes.search(file.read_text("utf-8").replace("formatter.write_text(", ""))}
    assert {one for one in found if one.startswith("workflow/")} == WRITERS

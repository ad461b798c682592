"""What daily commands do not import: start-up time is what staff feel most."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.architecture.house import ROOT
from tests.sample import keep_three, without_scenarios

HEAVY = [
    "yaml",
    "pydantic",
    "alembic",
    "apscheduler",
    "docx",
    "docxtpl",
    "typst",
    "jinja2",
    "rich",
    "holidays",
    "icalendar",
    "sqlalchemy.orm",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "http.client",
]

RUN = """
import json, sys
sys.argv = ["hoso", *sys.argv[1:]]
code = 0
try:
    import cli
    cli.main()
except SystemExit as ended:
    code = ended.code or 0
sys.stdout.flush()
print(json.dumps({"code": code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""

OFFICE = pytest.mark.skipif(find_spec("workflow.compose") is None, reason="there is no office to open yet (workflow.compose)")


def hoso(*words, folder=ROOT):
    """Run a command as staff do; its output, its exit code, the modules that it imported."""
    environ = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=folder, env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    last = json.loads(done.stderr.splitlines()[-1])
    return done.stdout, last["code"], set(last["modules"])


def heavy(modules):
    return [word for word in HEAVY if word in modules]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A practice office with one open incident; its folder and the case's number."""
    folder = tmp_path_factory.mktemp("light") / "office"
    said, code, _ = hoso("init", str(folder), "--practice")
    assert code == 0, said
    keep_three(folder / "definitions")
    with without_scenarios(folder / "definitions"):  # tests/definitions plays them
        said, code, _ = hoso("--office", str(folder), "deploy")
    assert code == 0, said
    fields = ["issue=Nội dung vụ việc cần xem xét kỹ", "area=môi trường", "commune=Nam Giang", "urgency=normal"]
    opened, code, _ = hoso(
        "open", "incident", "--as", "clerk.btg", "--json", *(word for one in fields for word in ("--set", one)), folder=folder
    )
    assert code == 0, opened
    return folder, json.loads(opened)["case"]


def test_the_program_itself_is_light():
    for module in ("workflow", "cli"):
        code = f"import sys, {module}; print(' '.join(sys.modules))"
        said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
        assert heavy(said) == []
        assert "sqlalchemy" not in said


def test_help_imports_neither_the_database_nor_any_command():
    said, code, modules = hoso("--help")
    assert (code, heavy(modules)) == (0, [])
    assert "inbox" in said
    assert "sqlalchemy" not in modules
    assert not modules & {"workflow.console.acts", "workflow.console.lists", "workflow.office", "workflow.compose"}


@OFFICE
def test_the_inbox_is_light(office):
    folder, number = office
    said, code, modules = hoso("inbox", "--as", "specialist.btg", folder=folder)
    assert (code, heavy(modules)) == (0, [])
    assert number in said


@OFFICE
def test_showing_a_case_is_light(office):
    folder, number = office
    said, code, modules = hoso("show", number, "--as", "specialist.btg", folder=folder)
    assert (code, heavy(modules)) == (0, [])
    assert number in said


@OFFICE
def test_acting_without_a_paper_is_light(office):
    folder, number = office
    said, code, modules = hoso("do", number, "cancel", "--as", "leader.btg", "--note", "trùng hồ sơ", folder=folder)
    assert (code, heavy(modules)) == (0, []), said

"""Texts that would steer a terminal, stored before they were refused: no command prints one, as text or as JSON, on either stream."""

import json
import re
import shlex

import pytest

from workflow.compose import open_office
from workflow.console.look import Look, safe, safe_painted
from workflow.engine.registry import register
from workflow.model import Comment, Open
from workflow.model.registers import Receive
from workflow.signs import escaped_json

EVIL = "\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202eA\u2066\u061c\u2028\u200f\x7f"
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

LINES = [
    "inbox", "list", "list --closed", "search tái", "overdue", "starts", "programme", "show {case}", "history {case}", "why {case} screen",
    "docs {case}", "doc show {case} situation", "doc text {case} situation", "deadline list {case}", "deadline explain {case}", "notices {case}", "notices",
    "register incoming btg", "register follow-up btg", "register contents {case}", "register series", "report responsibility",
    "report responsibility {case}", "report forecast", "export ical", "process diagram incident --case {case}", "process diagram incident --case {case} --format html",
    "process diagram incident --case {case} --format mermaid", "process diagram incident --case {case} --format dot", "process record {case} --to -",
    "comment {case} --note x --dry-run", "do {case} screen --dry-run", "do {case} screen --set urgency=normal --note x --dry-run --as specialist.btg",
    "process migrate incident --dry-run", "process backtest incident", "doctor", "verify", "tick", "dispose",
]  # fmt: skip


@pytest.fixture(scope="module")
def stocked(made, tmp_path_factory):
    """An office with such texts in a case's title, fields, notes and files, and in a register."""
    import shutil

    from tests.cli.conftest import Typed

    folder = tmp_path_factory.mktemp("steering") / "office"
    shutil.copytree(made, folder)
    office = open_office(folder)
    fields = {"commune": "Nam Giang", "area": "môi trường", "issue": f"{EVIL} mùi khó chịu từ cơ sở tái chế"}
    done = office.acting.do(Open(process="incident", actor="van-thu-btg", request_id="x", fields=fields, note=EVIL, title=f"tái {EVIL}"))
    case = done.part.case.number
    office.acting.do(Comment(case=case, actor="van-thu-btg", request_id="y", note=EVIL), case=case)
    came = Receive(body="btg", actor="van-thu-btg", request_id="z", author=EVIL, symbol=EVIL, title=EVIL, dated=None, case=case, note=EVIL)
    office.store.register([register(came, (), office.definitions.facts(office.clock.now())).entry], (), {})
    office.close()
    typed = Typed(folder)
    assert EVIL in json.loads(typed.out(f"show {case} --json --as leader.btg"))["title"]
    return typed, case


@pytest.mark.parametrize("as_json", ["", " --json"], ids=["text", "json"])
@pytest.mark.parametrize("line", LINES)
def test_no_command_prints_what_steers_a_terminal(stocked, line, as_json):
    typed, case = stocked
    who = "" if " --as " in line or line in {"doctor", "verify", "tick"} else " --as leader.btg"
    result = run(typed, line.format(case=case) + who + as_json)
    assert result.exit_code in {0, 1, 2, 3, 4}
    assert "errors.log" not in result.stderr
    assert STEERS.findall(result.stdout) == []
    assert STEERS.findall(result.stderr) == []
    assert "PWNED" in result.stdout or line not in {"list", "show {case}", "history {case}", "register incoming btg"}


def run(typed, line):
    from click.testing import CliRunner

    from cli import hoso

    return CliRunner().invoke(hoso, shlex.split(line), env={"HOSO_OFFICE": str(typed.folder), "NO_COLOR": "1", "COLUMNS": ""})


@pytest.mark.parametrize(
    "words",
    [
        ["show", "a", EVIL],
        ["list", f"--{EVIL}"],
        [EVIL],
        ["show", EVIL],
        ["list", "--limit", EVIL],
        ["process", "diagram", "--format", EVIL],
        ["open", EVIL],
        ["help", EVIL],
        ["calendar", "add", EVIL, "1d"],
        ["--office", EVIL, "inbox"],
    ],
)
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
def test_nor_is_what_was_typed_wrongly_said_again_to_the_letter(stocked, words, more):
    from click.testing import CliRunner

    from cli import hoso

    result = CliRunner().invoke(hoso, [*words, "--as", "leader.btg", *more], env={"HOSO_OFFICE": str(stocked[0].folder), "NO_COLOR": "1"})
    assert result.exit_code in {2, 4}, result.output
    assert STEERS.findall(result.stdout + result.stderr) == []
    assert "PWNED" in result.stderr


def test_json_says_the_same_with_escapes():
    plain = {"title": EVIL, "b": ["\x9b", "Việt – “Nam” 😀"]}
    text = escaped_json(json.dumps(plain, ensure_ascii=False))
    assert STEERS.findall(text) == []
    assert json.loads(text) == plain
    assert "Việt – “Nam” 😀" in text


def test_colours_of_ours_stay_and_all_else_is_shown():
    look = Look(colour=True)
    for colour in ("bold", "dim", "bad", "good", "warn"):
        painted = look.paint(safe("a\x1b]0;x\x07"), colour)
        assert safe_painted(painted) == painted
    assert safe_painted("\x1b[2J\x1b[31mx\x1b[0m\x1b[5m") == "\\x1b[2J\x1b[31mx\x1b[0m\\x1b[5m"


def test_a_mark_of_direction_is_shown_whichever_it_is():
    assert safe("a\u061cb\u2028c\ud800") == "a\\u061cb\\u2028c\\ud800"

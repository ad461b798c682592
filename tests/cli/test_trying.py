"""A procedure tried before it is used, as typed: simulated, played on past cases."""

import io
import json
import sys
from xml.etree import ElementTree as ET

import pytest

from tests.cli.test_changing import edit
from workflow.console.progress import counting

ASSUMED = "arrivals: 5\nhours: {screen: 2, assess: 30}\n"


def assumed(typed):
    file = typed.folder / "gia-dinh.yaml"
    file.write_text(ASSUMED, "utf-8")
    return file


# ---- simulated -------------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_nothing_is_written(typed):
    file, before = assumed(typed), typed.contents()
    line = f"process simulate incident --cases 3 --seed 7 --with {file} --more btg --json"
    first = typed(line).stdout
    assert first == typed(line).stdout
    assert json.loads(first)["states"] != json.loads(typed(line.replace("--seed 7", "--seed 8")).stdout)["states"]
    done = json.loads(first)
    assert (done["seed"], [run["cases"] for run in done["runs"]]) == (7, [3, 3])
    assert typed.contents() == before


@pytest.mark.parametrize("kind", ["svg", "html"])
def test_a_run_is_drawn_the_same_by_the_same_seed(typed, kind):
    drawn = []
    for at in range(2):
        picture = typed.folder / f"ve-{at}.{kind}"
        typed(f"process simulate incident --cases 2 --plot {picture}")
        drawn.append(picture.read_text("utf-8"))
    assert drawn[0] == drawn[1]
    svg = drawn[0][drawn[0].index("<svg") : drawn[0].index("</svg>") + len("</svg>")]
    assert len(list(ET.fromstring(svg).iter())) > 10


def test_what_is_assumed_wrongly_is_told_before_anything_runs(typed):
    file = assumed(typed)
    file.write_text("hours: {scren: 2}\npeople: {btg: x}\n", "utf-8")
    line = f"process simulate incident --cases 100000 --with {file}"
    said = typed.refused(line, 6)
    assert f"{file}:1:9: E405" in said
    assert "'screen'" in said
    assert f"{file}:2:15: E203" in said
    assert "E405" in typed.out("help E405")
    told = json.loads(typed.refused(f"{line} --json", 6))
    assert (told["error"], len(told["problems"])) == ("assumptions", 2)


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        ("incidnt", 4, "'incident'"),
        ("incident --cases 0", 2, "1<=x<=100000"),
        ("incident --cases nhiều", 2, "nhiều"),
        ("incident --days -1", 2, "0<=x<=365"),
        ("incident --more btgg", 4, "'btg'"),
        ("incident --with {folder}/none.yaml", 2, "none.yaml"),
        ("incident --with {folder}", 2, "{folder}"),
        ("incident --plot a.png", 2, "a.png"),
        ("incident --cases 1 --plot {folder}/none/a.svg", 2, "a.svg"),
        ("", 2, "PROCESS"),
    ],
)
def test_what_can_t_be_simulated_is_refused_with_the_way_out(typed, options, code, word):
    assert word.format(folder=typed.folder) in typed.refused(f"process simulate {options.format(folder=typed.folder)}", code)


def test_what_would_take_centuries_is_given_up(typed):
    file = assumed(typed)
    file.write_text("arrivals: 0.01\n", "utf-8")
    assert "--cases" in typed.refused(f"process simulate incident --cases 1000 --with {file}", 2)


# ---- on past cases ---------------------------------------------------------------------------------------------------------


def test_past_cases_are_played_by_the_changed_procedure_and_nothing_is_written(typed):
    case = typed.incident()
    typed(f"do {case} screen --as leader.btg --set urgency=normal --set authority=btg --note x")
    typed("clock +2d")
    typed(f"do {case} assess --as specialist.btg --set facts='Đã xác minh tại chỗ'")
    edit(typed, "incident/process.yaml", ("{else: 3 working days}]", "{else: 1 working hour}]"))
    before, files = typed.contents(), sorted(path for path in typed.folder.rglob("*") if path.is_file())
    said = typed.out("process backtest incident --as leader.btg")
    done = typed.json("process backtest incident --as leader.btg")
    assert (done["cases_tested"], done["breached"], done["breached_before"]) == (1, 1, 0)
    assert case in said
    hidden = typed.json("process backtest incident --as leader.mttq")
    assert (hidden["cases_tested"], hidden["breached"], hidden["cases"]) == (0, 0, [])
    assert typed.json("process backtest incident --since 2026-12-30 --as leader.btg")["cases_tested"] == 0
    assert typed.contents() == before
    assert files == sorted(path for path in typed.folder.rglob("*") if path.is_file())
    assert "nothing" in typed.refused("process backtest nothing", 4)
    assert "32/13/2026" in typed.refused("process backtest incident --since 32/13/2026", 2)


def test_a_back_test_of_nothing_says_so_and_what_it_is_asked_wrongly(typed):
    assert "Chưa có hồ sơ" in typed.out("process backtest opinion --as leader.btg")
    assert typed.json("process backtest opinion --as leader.btg")["cases_tested"] == 0
    typed.incident()
    assert "Chưa có hồ sơ" in typed.out("process backtest incident --since 2026-11-21 --as leader.btg")
    assert typed.json("process backtest incident --since 20/11/2026 --as leader.btg")["cases_tested"] == 1
    for wrong in ("hôm qua", "2026-02-30", "11/2026", "1/2/3/4"):
        typed.refused(f"process backtest incident --since '{wrong}' --as leader.btg", 2)
    assert "'incident'" in typed.refused("process backtest incidnt --as leader.btg", 4)
    assert "PROCESS" in typed.refused("process backtest --as leader.btg", 2)
    edit(typed, "incident/process.yaml", ("{else: screened, drafts", "{else: screned, drafts"))
    assert "incident/process.yaml:" in typed.refused("process backtest incident --as leader.btg", 6)


class Terminal(io.StringIO):
    """Somebody sits at it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("cases", [1, 3, 250])
def test_a_bar_goes_on_case_by_case_to_its_end_where_somebody_sits_at_a_terminal(monkeypatch, cases):
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    each = counting(cases)
    for _ in range(cases):
        each()
    assert "100%" in shown.getvalue()
    assert shown.getvalue().endswith("100%\x1b[?25h\n")
    before = shown.getvalue()
    counting(0)()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    counting(cases)()
    assert (sys.stderr.getvalue(), shown.getvalue()) == ("", before)

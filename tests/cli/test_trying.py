"""A procedure tried before it is used, as typed: simulated, played on past cases."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.cli.test_changing import edit

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
    assert [one["case"] for one in typed.json("process backtest incident --as leader.mttq")["cases"]] == []
    assert typed.json("process backtest incident --since 2026-12-30 --as leader.btg")["cases_tested"] == 0
    assert typed.contents() == before
    assert files == sorted(path for path in typed.folder.rglob("*") if path.is_file())
    assert "nothing" in typed.refused("process backtest nothing", 4)
    assert "32/13/2026" in typed.refused("process backtest incident --since 32/13/2026", 2)

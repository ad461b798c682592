"""Scenarios: each kind of expectation fails in words that a clerk understands, at its place; slips in files are told."""

import shutil
from pathlib import Path

import pytest

from tests.app.making import Place
from tests.sample import keep
from workflow.errors import DefinitionsWrong
from workflow.simulate import ScenarioResult

FILE = "incident/scenarios/x.yaml"
HEAD = """\
scenario: Thử
at: 2026-11-20 09:00
as: clerk.btg
open: {issue: Người dân phản ánh mùi khó chịu từ cơ sở, area: khác, commune: Nam Giang}
steps:
"""
SCREEN = "  - {as: leader.btg, do: screen, set: {urgency: normal, authority: btg}, note: x"


def played(place: Place, text: str) -> ScenarioResult:
    for path in (place.folder / "definitions").glob("*/scenarios/*.yaml"):
        path.unlink()
    (place.folder / "definitions" / FILE).write_text(text, "utf-8")
    (result,) = place.office().test("incident")
    return result


SENT_BACK = "  - {as: leader.btg, do: send_back, note: x"
ASSESSED = f"{SCREEN}}}\n  - {{as: specialist.btg, do: assess, set: {{facts: Kết luận}}"


EXPECTATIONS = {
    "state": (f"{SCREEN}, expect: {{state: assessed}}}}", "state", ("assessed", "screened")),
    "outcome": (f"{SCREEN}, expect: {{outcome: done}}}}", "outcome", ("done",)),
    "overdue": (f"{SCREEN}, expect: {{overdue: true}}}}", "overdue", ("True", "False")),
    "due": (f"{SCREEN}, expect: {{due: 2026-11-25}}}}", "due", ("2026-11-25", "2026-11-26")),
    "drafts": (f"{SCREEN}, expect: {{drafts: [plan]}}}}", "drafts", ("plan", "situation")),
    "issues": (f"{SCREEN}, expect: {{issues: [situation]}}}}", "issues", ("situation", "–")),
    "fields": (f"{SCREEN}, expect: {{fields: {{urgency: urgent}}}}}}", "fields", ("urgent", "normal")),
    "awaited": (f"{SCREEN}, expect: {{awaited: [counterpart]}}}}", "awaited", ("counterpart", "chuyen-vien-btg")),
    "notices": ("  - {wait: until due, expect: {notices: [counterpart]}}", "notices", ("counterpart", "chuyen-vien-btg")),
    "notices, none": ("  - {wait: until due, expect: {notices: []}}", "notices", ("–", "chuyen-vien-btg")),
    "notices, in words": (
        "  - {wait: until due, expect: {notices: {handler: xong}}}",
        "notices",
        ("handler: xong", "handler: Hồ sơ 001/2026-VV, ngày"),
    ),
    "notices, to too few": (f"{SENT_BACK}, expect: {{notices: {{leader.vp: ''}}}}}}", "notices", ("leader.vp: ;",)),
    "number": ("  - {expect: {number: 1/VV}}", "number", ("1/VV", "001/2026-VV")),
    "signed": (f"{ASSESSED}, expect: {{signed: {{situation: counterpart}}}}}}", "signed", ("counterpart", "truong-ban-btg")),
    "says": (f"{SCREEN}, expect: {{says: {{situation: ngày mai}}}}}}", "says", ("ngày mai", "I. NỘI DUNG VỤ VIỆC Địa bàn: Nam Giang")),
    "says of a paper that is not there": (f"{SCREEN}, expect: {{says: {{plan: x}}}}}}", "plan", ("situation",)),
    "sees": ("  - {expect: {sees: {leader.vp: true, leader.btg: true}}}", "sees", ("leader.vp: False", "leader.btg: True")),
    "sees, of a role that nobody holds": (
        "  - {expect: {sees: {superior: false, asked: true}}}",
        "sees",
        ("superior: True", "asked: False"),
    ),
    "opened": ("  - {wait: 1 days, expect: {opened: annual_report}}", "opened", ("annual_report", "–")),
}


@pytest.mark.parametrize("kind", EXPECTATIONS)
def test_an_expectation_that_fails_says_what_was_expected_and_what_came(place: Place, kind: str) -> None:
    step, key, words = EXPECTATIONS[kind]
    result = played(place, HEAD + step + "\n")
    assert not result.passed
    assert result.place.startswith((f"{FILE}:6:", f"{FILE}:7:"))
    assert key in result.message
    for word in words:
        assert word in result.message, result.message


def test_numbers_signers_what_papers_say_and_who_may_see_may_be_expected(place: Place) -> None:
    told = f"{SENT_BACK}, expect: {{notices: {{opener: 'Hồ sơ  001/2026-VV, ngày 20/11/2026'}}}}}}"
    assert played(place, f"{HEAD}{told}\n").passed
    seen = "number: 001/2026-VV, sees: {board: true, observer.vp: true, leader.vp: false}"
    said = "signed: {situation: leader.btg}, says: {situation: 'II. THÔNG TIN CHÍNH THỨC  Kết luận'}"
    result = played(place, f"{HEAD}  - {{expect: {{{seen}}}}}\n{ASSESSED}, expect: {{{said}}}}}\n")
    assert result.passed, result.message


def test_an_act_that_is_refused_unawares_tells_every_reason(place: Place) -> None:
    result = played(place, HEAD + "  - {as: clerk.btg, do: screen}\n")
    assert (result.passed, result.place) == (False, f"{FILE}:6:5")
    assert "Trưởng Ban" in result.message
    assert "ghi chú" in result.message


def test_a_refusal_that_did_not_come_or_came_in_other_words_is_told(place: Place) -> None:
    done = played(place, HEAD + SCREEN + ", refused: không được}\n")
    assert not done.passed
    assert "không được" in done.message
    other = played(place, HEAD + "  - {as: clerk.btg, do: screen, refused: quá hạn}\n")
    assert "quá hạn" in other.message
    assert "Trưởng Ban" in other.message
    assert played(place, HEAD + "  - {as: clerk.btg, do: screen, refused: ghi chú}\n").passed


@pytest.mark.parametrize("expected", ["notices: 1", "drafts: [1, a]", "awaited: 2", "opened: 3", "issues: [2, b]", "deadlines: [1, due]"])
def test_numbers_among_what_is_expected_are_words_like_others(place: Place, expected: str) -> None:
    assert not played(place, HEAD + f"  - {{expect: {{{expected}}}}}\n").passed


def test_nothing_written_is_nothing_expected(place: Place) -> None:
    assert played(place, HEAD + "  - {expect: {notices: , drafts: , issues: , opened: }}\n").passed


SLIPS = {
    "an unknown key": (f"{HEAD}{SCREEN}, expct: {{}}}}\n", 6, "expct"),
    "an unknown key at the top": (f"stpes: []\n{HEAD}{SCREEN}}}\n", 1, "stpes"),
    "an unknown expectation": (f"{HEAD}{SCREEN}, expect: {{stat: x}}}}\n", 6, "stat"),
    "no time": ("scenario: x\nsteps: []\n", 1, "at"),
    "no name": ("at: 2026-11-20 09:00\nsteps: []\n", 1, "scenario"),
    "a list": ("- a\n", 1, "scenario"),
    "no YAML": ("scenario: [\n", 2, ""),
    "a time that is none": (HEAD.replace("2026-11-20 09:00", "hôm nay") + SCREEN + "}\n", 2, "hôm nay"),
    "a wait that is none": (f"{HEAD}  - {{wait: một lúc}}\n", 6, "một lúc"),
    "a wait until no day": (f"{HEAD}  - {{wait: until 2026-13-45}}\n", 6, "2026-13-45"),
    "two things in one step": (f"{HEAD}  - {{wait: 1 days, do: screen, as: leader.btg}}\n", 6, "wait"),
    "nothing in a step": (f"{HEAD}  - {{as: leader.btg}}\n", 6, "do"),
    "a case that is no name": (f"{HEAD}  - {{case: 1, do: screen}}\n", 6, "1"),
    "a unit without a reply": (f"{HEAD}  - {{unit: btg, do: screen}}\n", 6, "reply"),
    "an extension that is no mapping": (f"{HEAD}  - {{extend: due, as: leader.btg}}\n", 6, "khóa có giá trị"),
    "a title without an opening": (f"{HEAD}  - {{title: x, do: screen}}\n", 6, "title"),
    "sub-cases that are no mapping": (f"{HEAD}  - {{expect: {{children: 2}}}}\n", 6, "khóa có giá trị"),
    "values that are no mapping": (f"{HEAD}  - {{as: leader.btg, do: screen, set: [urgency]}}\n", 6, "khóa có giá trị"),
    "somebody awaited that is no word": (f"{HEAD}  - {{expect: {{awaited: [true]}}}}\n", 6, "true"),
    "notices that are keys of lists": (f"{HEAD}  - {{expect: {{notices: {{handler: [x]}}}}}}\n", 6, "danh sách"),
    "a correction of no line": (f"{HEAD}  - {{as: leader.btg, correct: đầu, note: x}}\n", 6, "đầu"),
    "an assignment of nobody": (f"{HEAD}  - {{as: leader.btg, assign: }}\n", 6, "khóa có giá trị"),
    "an opening that is no mapping": ("scenario: x\nat: 2026-11-20 09:00\nas: clerk.btg\nopen: [issue]\nsteps: []\n", 4, "khóa có giá trị"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_scenario_is_told_with_its_line_before_anything_is_played(place: Place, slip: str) -> None:
    text, line, word = SLIPS[slip]
    with pytest.raises(DefinitionsWrong) as raised:
        played(place, text)
    assert [problem.place.file for problem in raised.value.problems] == [FILE]
    assert any(problem.place.line == line and word in problem.said("vi") for problem in raised.value.problems), raised.value.message("vi")


PLAYED = {
    "an unknown person": (f"{HEAD}  - {{as: leader.bgt, do: screen}}\n", "bgt"),
    "an unknown action": (f"{HEAD}  - {{as: leader.btg, do: scren}}\n", "scren"),
    "an unknown field": (f"{HEAD}  - {{as: leader.btg, do: screen, set: {{nobody: x}}, note: x}}\n", "nobody"),
    "an unknown field expected": (f"{HEAD}{SCREEN}, expect: {{fields: {{nobody: x}}}}}}\n", "nobody"),
    "an unknown role expected": (f"{HEAD}{SCREEN}, expect: {{notices: [nobody]}}}}\n", "nobody"),
    "no deadline to wait for": (f"{HEAD}  - {{as: leader.btg, do: cancel, note: x}}\n  - {{wait: until due}}\n", ""),
}


@pytest.mark.parametrize("slip", PLAYED)
def test_what_only_playing_shows_is_told_at_its_step(place: Place, slip: str) -> None:
    text, word = PLAYED[slip]
    result = played(place, text)
    assert not result.passed
    assert result.place.startswith(FILE + ":")
    assert int(result.place.split(":")[1]) >= 6
    assert word in result.message


def test_a_scenario_says_which_actions_and_states_it_covered(place: Place) -> None:
    result = played(place, HEAD + SCREEN + "}\n")
    assert (result.passed, result.message, result.name) == (True, "", "Thử")
    assert result.actions == {"open", "screen"}
    assert result.states == {"received", "screened"}


# ---- several cases ---------------------------------------------------------------------------------------------------

SEVERAL = Path(__file__).parent.parent / "definitions" / "several"


@pytest.fixture
def several(place: Place) -> Place:
    keep(place.folder / "definitions")
    shutil.copytree(SEVERAL, place.folder / "definitions", dirs_exist_ok=True)
    return place


def test_scenarios_of_tracks_sub_cases_and_a_case_that_becomes_another_play_through(several: Place) -> None:
    results = [*several.office().test("survey"), *several.office().test("visit")]
    assert [(one.name, one.message) for one in results if not one.passed] == []
    assert len(results) == 4


def test_what_sub_cases_and_tracks_did_counts_as_covered(several: Place) -> None:
    (widened,) = several.office().test("visit")
    assert {(one.process, one.action, one.before, one.after) for one in widened.transitions} == {
        ("visit", "open", "", "asked"),
        ("visit", "widen", "asked", "handed"),
        ("survey", "reopen", "handed", "planned"),
        ("visit", "report", "asked", "reported"),
    }
    straight = next(one for one in several.office().test("survey") if "tổng hợp" in one.name)
    assert {("survey", "ask_money", "money/free", "money/asked"), ("visit", "hurry", "asked", "asked")} <= {
        (one.process, one.action, one.before, one.after) for one in straight.transitions
    }
    assert straight.states >= {"money/free", "money/asked", "planned", "concluded"}


TWO_ROUNDS = """\
process: twice
unit: vp
number: "{n:03}/{year}-HH"
case_title: Hỏi hai lần
roles: {clerk: {unit: vp, position: clerk}, head: {unit: asked, position: leader}}
starts: {open: {by: clerk, to: first}}
states:
  first:
    consult: {asks: "['btg', 'vp']", answers: {yes: Có}, reply: {by: [head, clerk]}, enough: 1}
    actions: {again: {by: clerk, to: first}, go_on: {by: clerk, to: second}}
  second:
    consult: {asks: "['btg']", answers: {no: Không}, reply: {named: second, by: [head, clerk]}}
    actions: {end: {by: clerk, to: over}}
  over: {final: done}
"""


def test_the_opinions_that_a_step_expects_are_those_of_the_consultation_that_runs(place: Place) -> None:
    folder = place.folder / "definitions" / "twice"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "process.yaml").write_text(TWO_ROUNDS, "utf-8")
    steps = (
        "  - {as: clerk.vp, do: again, expect: {opinions: {btg: asked, vp: asked}}}\n"
        "  - {as: clerk.vp, do: go_on, expect: {opinions: {btg: asked}}}\n"
        "  - {as: clerk.vp, reply: no, unit: btg, expect: {opinions: {btg: no}}}\n"
        "  - {as: clerk.vp, do: end, expect: {opinions: {btg: no, vp: None}}}\n"
    )
    (folder / "scenarios/x.yaml").write_text(f"scenario: Thử\nat: 2026-11-20 09:00\nas: clerk.vp\nopen: {{}}\nsteps:\n{steps}", "utf-8")
    (result,) = place.office().test("twice")
    assert result.passed, result.message


def test_an_action_by_which_a_case_becomes_another_is_covered_where_it_led(several: Place) -> None:
    assert "widen" not in {problem.facts["word"] for problem in several.office().check() if problem.code == "W625"}
    for path in (several.folder / "definitions/visit/scenarios").glob("*.yaml"):
        if "widen" in path.read_text("utf-8"):
            opened = "as: specialist.btg\nopen: {commune: thi-tran}\n"
            path.write_text(f"{HEAD.partition('as:')[0]}{opened}steps: [{{expect: {{state: asked}}}}]\n", "utf-8")
    told = [problem for problem in several.office().check() if problem.facts.get("word") == "widen"]
    assert [(problem.code, problem.facts["to"]) for problem in told] == [("W625", "handed")]


def test_a_case_that_the_clock_opens_of_another_process_is_not_the_scenario_s_own(place: Place) -> None:
    text = """\
scenario: Thử
at: 2026-11-30 09:00
steps:
  - {as: clerk.btg, open: {issue: Người dân phản ánh mùi khó chịu từ cơ sở, area: khác, commune: Nam Giang}}
  - {wait: 2 days, expect: {opened: annual_report, state: received}}
"""
    assert played(place, text).message == ""


WRONG_STEPS = {
    "a track": ("{expect: {tracks: {money: asked}}}", ("tracks", "money: asked", "money: free")),
    "sub-cases": ("{expect: {children: {count: 1, gone: 0}}}", ("children", "count: 1", "count: 0")),
    "the names of deadlines": ("{expect: {deadlines: []}}", ("deadlines", "–", "due")),
    "a deadline by name": ("{expect: {due: {due: 2026-11-26, other: 2026-11-25}}}", ("due: 2026-11-25", "other: None")),
    "opinions": ("{expect: {opinions: {vp: agree}}}", ("opinions", "vp: agree", "vp: None")),
    "a case's title": ("{expect: {title: x}}", ("title", "Khảo sát x")),
    "a case that is not there": ("{case: visit 2, expect: {state: asked}}", ("visit 2", "0")),
}


@pytest.mark.parametrize("kind", WRONG_STEPS)
def test_what_is_otherwise_among_several_cases_is_told_with_what_came(several: Place, kind: str) -> None:
    step, words = WRONG_STEPS[kind]
    for path in (several.folder / "definitions").glob("*/scenarios/*.yaml"):
        path.unlink()
    head = "scenario: Thử\nat: 2026-11-20 09:00\nas: clerk.btg\nopen: {subject: x, communes: [thi-tran]}\nsteps:\n"
    (several.folder / "definitions/survey/scenarios/x.yaml").write_text(f"{head}  - {step}\n", "utf-8")
    (result,) = several.office().test("survey")
    assert (result.passed, result.place.split(":")[1]) == (False, "6")
    for word in words:
        assert word in result.message, result.message

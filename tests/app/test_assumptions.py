"""What a simulation is told to assume: every slip is told at once with its place, cause and way out, and no file keeps it running for ever."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.app.making import Place, change_definitions, dump, incident, no_scenarios
from workflow.compose import open_office
from workflow.errors import AssumptionsWrong, NeverDone
from workflow.model import Viewer
from workflow.simulate.assumed import RAREST, Assumed, fitted, read_assumed
from workflow.simulate.past import past_of
from workflow.simulate.running import MANY_CASES, Wish, simulate
from workflow.simulate.walk import MOST_FIRED, Terms, Walk
from workflow.simulate.world import Ground, World
from workflow.timekeeping import SetClock

START = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def ground(deployed: Path) -> Ground:
    """What the sample office goes by."""
    office = open_office(deployed, clock=SetClock(START), environ={})
    try:
        return office.ground()
    finally:
        office.store.close()


def told(ground: Ground, text: str, process: str = "incident", language: str = "en") -> list[str]:
    """What is said of a file: a line a problem."""
    with pytest.raises(AssumptionsWrong) as raised:
        read_assumed("a.yaml", text.encode(), Assumed(), ground.processes[process], World(ground).facts_at(START).known)
    *problems, count, _ = raised.value.message(language).splitlines()
    assert count.startswith(f"a.yaml has {len(problems)} " if language == "en" else f"a.yaml có {len(problems)} ")
    assert raised.value.exit_code == 6
    return problems


SLIPS = {
    "a key": ("arivals: 2", "a.yaml:1:1: E201 the key 'arivals' is not known here (did you mean 'arrivals'?)"),
    "an action": ("hours:\n  scren: 2", "a.yaml:2:3: E405 there is no action 'scren' (did you mean 'screen'?)"),
    "a weight": ("weights: {agre: 1}", "a.yaml:1:11: E405 there is no action 'agre' (did you mean 'agree'?)"),
    "a start is no action": ("hours: {open: 1}", "a.yaml:1:9: E405 there is no action 'open'"),
    "a field": ("fields: {urgncy: normal}", "a.yaml:1:10: E404 there is no field 'urgncy' (did you mean 'urgency'?)"),
    "a unit": ("people: {tt_hdnd: 1}", "a.yaml:1:10: E411 there is no unit 'tt_hdnd' (did you mean 'tt-hdnd'?)"),
    "a role is no unit": ("people: {leader: 1}", "a.yaml:1:10: E411 there is no unit 'leader'"),
    "a choice": ("fields: {urgency: urgnt}", "a.yaml:1:19: E203 "),
    "one choice of several": ("fields: {area: [khác, sông]}", "a.yaml:1:23: E203 "),
    "too short a text": ("fields: {issue: mùi}", "a.yaml:1:17: E203 at least 20 characters long (3 now) should stand here, not 'mùi'"),
    "a mapping as a text": ("fields: {issue: {vi: mùi}}", "a.yaml:1:17: E203 a text should stand here, not keys"),
    "a word as hours": ("hours: {screen: long}", "a.yaml:1:17: E203 a number of hours from 0 to 2000 should stand here, not 'long'"),
    "no hours": ("hours: {screen: }", "a.yaml:1:17: E203 a number of hours from 0 to 2000 should stand here, not nothing"),
    "hours below nothing": ("hours: {screen: -1}", "a.yaml:1:17: E203 a number of hours from 0 to 2000 should stand here, not '-1'"),
    "endless hours": ("hours: {screen: 100000000}", "a.yaml:1:17: E203 a number of hours from 0 to 2000"),
    "yes as hours": ("hours: {screen: true}", "a.yaml:1:17: E203 a number of hours from 0 to 2000"),
    "no number": ("arrivals: nan", "a.yaml:1:11: E203 a number of cases a working day from 0.01 to 1000 should stand here, not 'nan'"),
    "no end of cases": (
        "arrivals: inf",
        "a.yaml:1:11: E203 a number of cases a working day from 0.01 to 1000 should stand here, not 'inf'",
    ),
    "no case ever": ("arrivals: 0", "a.yaml:1:11: E203 a number of cases a working day from 0.01 to 1000 should stand here, not '0'"),
    "hardly a case": ("arrivals: 0.0001", "a.yaml:1:11: E203 a number of cases a working day from 0.01 to 1000"),
    "a spread beyond sense": ("spread: 50", "a.yaml:1:9: E203 a number from 0 to 3 should stand here, not '50'"),
    "a weight below nothing": ("weights: {agree: -0.5}", "a.yaml:1:18: E203 a number from 0 to 1000000 should stand here, not '-0.5'"),
    "all that may be done never done": (
        "weights: {agree: 0, return: 0}",
        "a.yaml:1:18: E203 a weight above 0 for one of 'agree', 'return' should stand here, not 0 for each",
    ),
    "half a person": ("people: {btg: 0.5}", "a.yaml:1:15: E203 a whole number from 0 to 1000 should stand here, not '0.5'"),
    "a list of hours": ("hours: [2]", "a.yaml:1:8: E203 keys with values should stand here, not a list"),
    "a list in the place of keys": ("- arrivals: 2", "a.yaml:1:1: E203 keys with values should stand here, not a list"),
    "a key twice": ("arrivals: 2\narrivals: 3", "a.yaml:2:1: E109 'arrivals' stands here twice; the first is on line 1"),
    "no YAML": ("hours: [", "a.yaml:"),
    "nothing": ("", "a.yaml: E111 the file is empty"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_its_place_cause_and_way_out(ground: Ground, slip: str) -> None:
    text, expected = SLIPS[slip]
    (problem,) = told(ground, text)
    assert problem.startswith(expected), problem
    assert told(ground, text, language="vi") != [problem]


def test_a_wrong_file_is_refused_before_anything_runs_and_nothing_is_written(place: Place) -> None:
    before = dump(place)
    with pytest.raises(AssumptionsWrong):
        place.office().simulate("incident", Wish(cases=100_000), assumed=("a.yaml", b"hours: {scren: 2}"))
    assert dump(place) == before


def test_all_slips_of_a_file_are_told_at_once_in_its_order(ground: Ground) -> None:
    text = "hours: {scren: 2, assess: x}\npeople: {bgt: 1}\nfoo: 1\nfields: {urgency: urgnt, comune: x}\nweights: {retrn: 1}\n"
    problems = told(ground, text)
    assert [re.match(r"a\.yaml:(\d+):\d+: (E\d+)", one).groups() for one in problems] == [  # type: ignore[union-attr] - all have a place
        ("1", "E405"),
        ("1", "E203"),
        ("2", "E411"),
        ("3", "E201"),
        ("4", "E203"),
        ("4", "E404"),
        ("5", "E405"),
    ]


def test_answers_may_be_weighed_and_replies_have_hours(place: Place, ground: Ground) -> None:
    file = b"hours: {reply: 0.5}\nweights: {reject: 3, agree: 0}\nfields: {consulted: [[btg, mttq], [btg]], drafter: phong-vhtt}\n"
    assert place.office().simulate("opinion", Wish(cases=2), assumed=("a.yaml", file)).runs[0].cases == 2
    (problem,) = told(ground, "weights: {agre: 1}", "opinion")
    assert "'agree'" in problem
    (problem,) = told(ground, "fields: {consulted: [[btg, bgt]]}", "opinion")
    assert problem.startswith("a.yaml:1:22: E203 ")


def test_what_weighs_nothing_is_never_chosen(place: Place, ground: Ground) -> None:
    done = place.office().simulate("incident", Wish(cases=30, seed=2), assumed=("a.yaml", b"weights: {reject: 0, return: 0, cancel: 0}"))
    visits = {one.state: one.visits for one in done.states}
    assert visits["assessed"] == visits["plan_drafted"] == 30, "a plan that is never returned is drafted once"
    (problem,) = told(ground, "weights: {agree: 0, amend: 0, reject: 0}", "opinion")
    assert problem.startswith("a.yaml:1:18: E203 a weight above 0 for one of 'agree', 'amend', 'reject'")
    sometimes = place.office().simulate("incident", Wish(cases=30, seed=2), assumed=("a.yaml", b"weights: {reject: 0.5, return: 0.5}"))
    assert next(one.visits for one in sometimes.states if one.state == "assessed") > 30


# ---- every right file comes to its end -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "hours: {screen: 0, assess: 0, draft_plan: 0, agree: 0, return: 0, submit: 0, approve: 0, reject: 0, close: 0}\nspread: 0",
        "arrivals: 1000\nhours: {screen: 0.001}",
        "arrivals: 0.01",
        "spread: 3\nhours: {screen: 2000}",
        "weights: {return: 1000000, agree: 0, reject: 1000000, approve: 0, send_back: 1000000}",
    ],
)
def test_figures_at_their_bounds_come_to_an_end(place: Place, text: str) -> None:
    done = place.office().simulate("incident", Wish(cases=5), assumed=("a.yaml", text.encode()))
    (run,) = done.runs
    assert run.finished + sum(done.stuck.values()) == 5


@pytest.mark.parametrize(
    ("text", "cases"),
    [("arrivals: 0.01", 1_000), ("spread: 0\nhours: {screen: 2000, assess: 2000, draft_plan: 2000}", 300)],
    ids=["hardly any come", "nobody has the time"],
)
def test_what_would_take_centuries_is_given_up_with_a_way_out(place: Place, text: str, cases: int) -> None:
    office = place.office()
    with pytest.raises(NeverDone) as raised:
        office.simulate("incident", Wish(cases=cases), assumed=("a.yaml", text.encode()))
    assert "--cases" in str(raised.value)
    assert f"{cases} hồ sơ" in raised.value.message("vi")


def test_a_past_of_few_cases_is_simulated_with_as_many_as_ever(place: Place, ground: Ground) -> None:
    office = place.office()
    incident(office)
    place.set("2036-11-20 09:00")
    incident(office)
    past = past_of(office.store, "incident", since=None, zone=office.zone, viewer=Viewer(everything=True))
    known = fitted(past, lambda first, last: (last - first).total_seconds() / 3600)
    assert (known.fitted, known.arrivals) == (2, RAREST)
    assert simulate(ground.processes["incident"], ground, known, Wish(cases=MANY_CASES), START).runs[0].cases == MANY_CASES


def test_a_rung_that_repeats_itself_lets_be_what_waits_for_years(place: Place) -> None:
    no_scenarios(place)
    change_definitions(
        place,
        "incident/process.yaml",
        ("  - {at: 3 working days after due, do: escalate}", "  - {at: 3 working days after due, do: escalate, repeat: 1 hour}"),
    )
    ground = place.office().ground()
    terms = Terms(process=ground.processes["incident"], ground=ground, assumed=Assumed(), seed=1, start=START)
    walk = Walk(terms, 0)
    walk.go_on(START)
    walk.go_on(datetime(2029, 11, 20, 2, tzinfo=UTC))
    assert walk.fired == MOST_FIRED

"""`hoso process check` on a real office: what no scenario takes, and who is there today."""

from tests.app.making import Place, change_definitions, no_scenarios
from tests.sample import keep


def alone(place: Place, process: str) -> None:
    """Leave but one process in the office: the others' scenarios say nothing here."""
    keep(place.folder / "definitions", process)


def said(place: Place) -> list[str]:
    return [f"{problem.place} {problem.code}" for problem in place.office().check()]


def test_nothing_is_found_in_procedures_that_ship(place: Place) -> None:
    keep(place.folder / "definitions", "incident", "opinion")  # `make scenarios` checks all of them
    assert said(place) == []


def test_what_no_scenario_takes_is_told_at_the_action(place: Place) -> None:
    alone(place, "opinion")
    for path in (place.folder / "definitions/opinion/scenarios").glob("*.yaml"):
        if "rút" in path.read_text("utf-8"):
            path.unlink()
    found = place.office().check()
    assert {problem.code for problem in found} == {"W625"}
    withdraw = next(problem for problem in found if problem.facts["word"] == "withdraw")
    assert "withdraw:" in withdraw.excerpt
    assert withdraw.excerpt.splitlines()[1].index("^") == withdraw.excerpt.splitlines()[0].index("withdraw")


def test_a_process_without_scenarios_is_told_once(place: Place) -> None:
    alone(place, "opinion")
    for path in (place.folder / "definitions/opinion/scenarios").glob("*.yaml"):
        path.unlink()
    (line,) = said(place)
    assert line.startswith("opinion/process.yaml:")
    assert line.endswith(":1 W626")


def test_what_is_wrong_in_a_scenario_is_told_and_not_what_it_would_have_taken(place: Place) -> None:
    alone(place, "opinion")
    scenario = place.folder / "definitions/opinion/scenarios/04-tra-lai-va-rut.yaml"
    scenario.write_text("scenario: x\nat: hôm nay\n", "utf-8")
    assert said(place) == ["opinion/scenarios/04-tra-lai-va-rut.yaml:2:5 E601"]


def test_a_scenario_that_does_not_hold_is_told_at_its_step_and_not_what_it_would_have_taken(place: Place) -> None:
    alone(place, "incident")
    change_definitions(place, "incident/process.yaml", ("{else: 3 working days}", "{else: 4 working days}"))
    found = place.office().check()
    assert {problem.code for problem in found} == {"E600"}
    first = found[0]
    assert str(first.place) == "incident/scenarios/01-tron-ven.yaml:16:57"
    assert "mong đợi due: 2026-11-27; nhận được: 2026-11-30" in first.said("vi")
    assert "due: 2026-11-27" in first.excerpt


def test_an_error_hides_no_other_file_and_no_scenario_is_played(place: Place) -> None:
    change_definitions(place, "incident/process.yaml", ("by: leader\n", "by: leadr\n"))
    assert {line.split(" ")[1] for line in said(place)} == {"E402"}


def test_an_absence_today_is_told_as_long_as_it_lasts(place: Place) -> None:
    no_scenarios(place)
    away = "absences: [{person: truong-ban-btg, since: 2026-11-20, until: 2026-11-27}]"
    change_definitions(place, "organisation.yaml", ("absences: []", away))
    assert any(line.endswith("W612") for line in said(place))
    place.set("2026-11-30 09:00")
    assert not any(line.endswith("W612") for line in said(place))

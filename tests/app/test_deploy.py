"""Deploying: all or nothing, only what changed, and cases obey the version that they were opened with."""

import sqlite3

import pytest

from tests.app.making import CLERK, HEAD, SPECIALIST, STEPS, Place, change_definitions, dump, incident, no_scenarios, step
from workflow.errors import DefinitionsWrong, NotFound
from workflow.office import Office

PROCESS = "incident/process.yaml"


def test_what_had_not_changed_is_not_deployed_again(place: Place) -> None:
    no_scenarios(place)
    office = place.office()
    before = dump(place)
    done = office.deploy(why="lần nữa")
    assert (done.changed, done.versions, done.scenarios) == ((), {}, 0)
    assert dump(place) == before
    change_definitions(place, PROCESS, ("# D: cả bốn bậc", "# D: cả 4 bậc"))
    assert office.deploy().changed == ()


def test_a_dry_run_tells_what_would_come_into_use_and_writes_nothing(place: Place) -> None:
    no_scenarios(place)
    change_definitions(place, PROCESS, ("title: Đánh giá\n", "title: Đánh giá sơ bộ\n"))
    office = place.office()
    before = dump(place)
    assert office.deploy(dry_run=True).changed == ("process incident",)
    assert dump(place) == before
    assert office.deploy().changed == ("process incident",)


def test_broken_definitions_are_told_with_every_problem_and_nothing_comes_into_use(place: Place) -> None:
    change_definitions(
        place,
        PROCESS,
        ("then: transferred, issues", "then: transfered, issues"),
        ("by: handler, form: [facts]", "by: handlr, form: [fact]"),
    )
    change_definitions(place, "opinion/process.yaml", ("title: Rút, final: withdrawn", "titel: Rút, final: withdrawn"))
    office = place.office()
    before = dump(place)
    with pytest.raises(DefinitionsWrong) as raised:
        office.deploy()
    said = raised.value.message("vi")
    assert all(word in said for word in ("transfered", "handlr", "'fact'", "titel", "incident/process.yaml:", "opinion/process.yaml:"))
    assert raised.value.exit_code == 6
    assert dump(place) == before


def test_a_scenario_that_fails_forbids_the_deployment_and_is_told_with_its_place(place: Place) -> None:
    change_definitions(place, "incident/scenarios/06-huy.yaml", ("state: cancelled", "state: closed"))
    for path in (place.folder / "definitions").glob("*/scenarios/*.yaml"):
        if path.name != "06-huy.yaml":
            path.unlink()
    change_definitions(place, PROCESS, ("title: Đánh giá\n", "title: Đánh giá sơ bộ\n"))
    office = place.office()
    before = dump(place)
    with pytest.raises(DefinitionsWrong) as raised:
        office.deploy()
    (problem,) = raised.value.problems[:1]
    assert (problem.code, problem.place.file) == ("E600", "incident/scenarios/06-huy.yaml")
    assert problem.place.line > 1
    assert "cancelled" in problem.said("vi")
    assert dump(place) == before


def test_a_case_obeys_the_version_it_was_opened_with_and_a_new_one_the_new(place: Place) -> None:
    no_scenarios(place)
    office = place.office()
    old = incident(office)
    change_definitions(
        place, PROCESS, ("form: [urgency, authority]\n        note: required", "form: [urgency, authority, facts]\n        note: required")
    )
    office.deploy(why="Hỏi thêm thông tin")
    new = incident(office)
    assert office.show(old, actor=HEAD).version != office.show(new, actor=HEAD).version
    asked = {number: [one.key for one in office.why(number, "screen", actor=SPECIALIST).form] for number in (old, new)}
    assert asked == {old: ["urgency", "authority"], new: ["urgency", "authority", "facts"]}
    assert step(office, old, "screen").after == "screened"
    fields = {**STEPS["screen"][1], "facts": "Đã có số liệu"}
    assert office.advance(new, "screen", actor=SPECIALIST, fields=fields, note="x").after == "screened"
    assert office.verify() == []


def test_the_organisation_and_the_calendar_of_today_hold_for_old_cases_too(place: Place) -> None:
    no_scenarios(place)
    office = place.office()
    number = incident(office)
    change_definitions(
        place,
        "organisation.yaml",
        ("{person: van-thu-mttq, unit: mttq, position: clerk", "{person: van-thu-mttq, unit: btg, position: leader"),
    )
    office.deploy()
    assert office.advance(number, "send_back", actor="van-thu-mttq", note="Bổ sung").after == "returned"


def test_a_version_that_another_program_compiled_is_compiled_again_from_its_source(place: Place) -> None:
    office = place.office()
    number = incident(office)
    version = office.show(number, actor=HEAD).version
    office.store.close()
    raw = sqlite3.connect(place.folder / "hoso.db")
    raw.execute("UPDATE version SET form = 0, compiled = '\"another form\"' WHERE kind = 'process'")
    raw.commit()
    raw.close()
    fresh = place.office()
    assert fresh.show(number, actor=HEAD).version == version
    assert step(fresh, number, "screen").after == "screened"
    found = fresh.verify()
    assert {one.level for one in found} == {"ok"}
    assert all("nguồn của nó vẫn mang nghĩa như trước" in one.message for one in found)


def test_nothing_can_be_done_before_anything_is_deployed(place: Place) -> None:
    office: Office = place.office()
    with pytest.raises(NotFound, match="did you mean 'incident'"):
        office.open("incidnt", actor=CLERK)


# ---- scenarios that need not be played again -------------------------------------------------------------------------------


def few_scenarios(place: Place) -> None:
    """The shortest scenarios of two procedures."""
    kept = ("incident/scenarios/06-huy.yaml", "opinion/scenarios/06-sap-xep-to-chuc.yaml")
    for path in (place.folder / "definitions").glob("*/scenarios/*.yaml"):
        if not path.as_posix().endswith(kept):
            path.unlink()


def test_scenarios_are_played_again_when_something_changed_that_they_hang_on(place: Place) -> None:
    few_scenarios(place)
    office = place.office()
    first = office.deploy()
    procedures = first.scenarios
    assert (procedures, first.unplayed) == (2, 0)
    before = dump(place)
    again = office.deploy()
    assert (again.scenarios, again.unplayed, dump(place)) == (0, 2, before)
    assert (office.deploy(every=True).scenarios, dump(place)) == (2, before)

    def played(file: str, *change: tuple[str, str]) -> int:
        change_definitions(place, file, *change)
        looked = office.deploy(dry_run=True)
        assert looked.scenarios + looked.unplayed == procedures
        done = office.deploy()
        assert (done.scenarios, done.unplayed) == (looked.scenarios, looked.unplayed), "a dry run keeps nothing"
        assert office.deploy().scenarios == 0
        return done.scenarios

    assert played("incident/process.yaml", ("title: Đánh giá\n", "title: Đánh giá sơ bộ\n")) == 1
    assert played("incident/process.yaml", ("# D: cả bốn bậc", "# D: cả 4 bậc")) == 0, "a comment means nothing"
    assert played("incident/templates/final.md.j2", ("{{", "{{ ")) == 1
    assert played("opinion/scenarios/06-sap-xep-to-chuc.yaml", ("scenario: ", "scenario: Vẫn ")) == 1
    assert played("annual_report/process.yaml", ("title: {vi: ", "title: {vi: Các ")) == procedures, "the clock opens it in any scenario"
    assert played("organisation.yaml", ("title: Ban Tuyên giáo Huyện ủy", "title: Ban Tuyên giáo của Huyện ủy")) == procedures
    assert played("calendar.yaml", ("13:30", "13:15")) == procedures
    assert played("document-types.yaml", ("title: Công điện", "title: Công điện khẩn")) == procedures
    (place.folder / "office.toml").write_text(
        (place.folder / "office.toml").read_text("utf-8").replace('title = "', 'title = "Cơ quan '), "utf-8"
    )
    office.close()
    assert place.office().deploy().scenarios == procedures


def test_a_scenario_that_fails_is_played_until_it_holds(place: Place) -> None:
    few_scenarios(place)
    office = place.office()
    change_definitions(place, "incident/scenarios/06-huy.yaml", ("state: cancelled", "state: closed"))
    for _ in range(2):
        with pytest.raises(DefinitionsWrong):
            office.deploy()
    change_definitions(place, "incident/scenarios/06-huy.yaml", ("state: closed", "state: cancelled"))
    assert (office.deploy().scenarios, office.deploy().scenarios) == (2, 0)


def test_another_program_plays_them_all_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    few_scenarios(place)
    office = place.office()
    office.deploy()
    monkeypatch.setattr("workflow.simulate.unchanged.program", lambda: "another")
    assert office.deploy().scenarios == 2

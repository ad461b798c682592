"""A paper that can't be written: the act is refused and nothing is written; the clock's rung fires all the same."""

from pathlib import Path

import pytest

from tests.app.making import HEAD, INCIDENT, SPECIALIST, Place, change_definitions, dump, incident, no_scenarios, step
from workflow.errors import CharacterRefused, TemplateRefused

SMILE = "Người dân phản ánh mùi khó chịu 😀 từ cơ sở tái chế"


def break_template(place: Place, name: str) -> None:
    """Deploy a template whose second line fails only when it is filled in."""
    no_scenarios(place)
    path = place.folder / "definitions" / "incident" / "templates" / name
    path.write_text("Kính gửi:\n\n{{ 1 // (fields.issue|length - fields.issue|length) }}\n", "utf-8")
    place.office().deploy()


def test_a_template_that_fails_refuses_the_act_with_its_name_and_line(place: Place) -> None:
    break_template(place, "situation.md.j2")
    office = place.office()
    number = incident(office)
    before = dump(place)
    with pytest.raises(TemplateRefused) as raised:
        step(office, number, "screen")
    assert raised.value.exit_code == 3
    assert (raised.value.facts["template"], raised.value.facts["line"], raised.value.facts["document"]) == (
        "situation.md.j2",
        3,
        f"Tình hình vụ việc {number}",
    )
    assert dump(place) == before
    assert office.show(number, actor=HEAD).state == "received"


def test_an_issued_paper_that_fails_takes_no_number(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    before = dump(place)
    with pytest.raises(CharacterRefused) as raised:
        office.advance(number, "assess", actor=SPECIALIST, fields={"facts": "Đã đo: vượt ngưỡng 😀"})
    assert "facts" in str(raised.value.facts["place"])
    assert "😀" in raised.value.message("vi")
    assert raised.value.exit_code == 3
    assert dump(place) == before
    assert [one.symbol for one in step(office, number, "assess").documents] == ["01-BC/BTGHU"]
    assert office.verify() == []


def test_a_character_without_a_shape_refuses_even_the_draft_and_the_dry_run(place: Place) -> None:
    office = place.office()
    number = incident(office, issue=SMILE)
    before = dump(place)
    for dry_run in (True, False):
        with pytest.raises(CharacterRefused) as raised:
            step(office, number, "screen", dry_run=dry_run)
        assert "issue" in str(raised.value.facts["place"])
    assert dump(place) == before


@pytest.mark.parametrize("cause", ["character", "template"])
def test_a_rung_whose_paper_fails_fires_all_the_same_and_the_failure_is_on_record(place: Place, cause: str) -> None:
    if cause == "template":
        break_template(place, "overdue.md.j2")
    else:
        change_definitions(place, "incident/templates/overdue.md.j2", ("\nĐề nghị", "\n{{ fields.issue }}\n\nĐề nghị"))
        no_scenarios(place)
        place.office().deploy()
    office = place.office()
    number = incident(office, issue=SMILE) if cause == "character" else office.open("incident", actor="van-thu-btg", fields=INCIDENT).case
    place.set("2026-11-24 08:00")
    ticked = office.tick()
    assert (ticked.fired, ticked.failed) == (1, 0)
    fired = office.history(number, actor=HEAD)[1:]
    assert [entry.act for entry in fired] == ["fire", "fire"]
    assert office.documents(number, actor=HEAD) == []
    told = [one for one in office.notices(actor=HEAD, case=number) if one.person == SPECIALIST]
    assert {one.kind for one in told} >= {"overdue"}
    why = "😀" if cause == "character" else "overdue.md.j2"
    (finding,) = [one for one in office.doctor() if one.what == "rung"]
    assert (finding.level, number in finding.message, "overdue_notice" in finding.message, why in finding.message) == (
        "error",
        True,
        True,
        True,
    )
    assert office.tick().fired == 0
    assert office.verify() == []
    step_out(place, number)


def step_out(place: Place, number: str) -> None:
    """Once the deadline is owed no more, doctor has nothing to say of it."""
    office = place.office()
    office.advance(number, "cancel", actor=HEAD, note="Trùng hồ sơ")
    assert [one for one in office.doctor() if one.what == "rung"] == []
    assert office.verify() == []


def test_what_could_not_be_written_leaves_no_half_file_anywhere(place: Place) -> None:
    office = place.office()
    number = incident(office, issue=SMILE)
    before = {path: path.stat().st_size for path in _files(place.folder)}
    with pytest.raises(CharacterRefused):
        step(office, number, "screen")
    after = {path: path.stat().st_size for path in _files(place.folder)}
    assert {path for path in after if path not in before} <= {place.folder / "hoso.db-wal", place.folder / "hoso.db-shm"}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]

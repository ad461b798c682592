"""Versions of procedures that are in use: what a deployment tells, what may be compared, which cases obey which."""

import pytest

from tests.app.making import CLERK, COUNTERPART, HEAD, OUTSIDER, Place, change_definitions, consulting, dump, incident, no_scenarios, step
from workflow.errors import NotFound

PROCESS = "incident/process.yaml"


def longer(place: Place) -> None:
    no_scenarios(place)
    change_definitions(place, PROCESS, ("{at: 10 working days, basis: D}", "{at: 12 working days, basis: D}"))


def test_a_deployment_tells_what_differs_and_whom_it_leaves_on_the_older_version(place: Place) -> None:
    office = place.office()
    incident(office)
    incident(office, "screen")
    longer(place)
    before = dump(place)
    told = office.deploy(why="Dài hơn", dry_run=True, actor=HEAD)
    assert dump(place) == before
    assert office.deploy(why="Dài hơn", actor=HEAD).differences == told.differences
    (diff,) = told.differences
    assert [(one.how, one.what, one.where) for one in diff.differences] == [("changed", "deadline", "executing")]
    assert [(one.before, one.after) for one in diff.differences[0].aspects] == [("10 working days", "12 working days")]
    assert [(one.version, one.state, one.cases, one.gone) for one in diff.standing] == [
        (diff.before, "received", 1, False),
        (diff.before, "screened", 1, False),
    ]


def test_open_cases_are_counted_as_far_as_whoever_asks_may_see_them(place: Place) -> None:
    office = place.office()
    incident(office)
    longer(place)
    for actor, seen in ((HEAD, 1), (OUTSIDER, 0), ("", 0)):
        assert [sum(one.cases for one in diff.standing) for diff in office.diff("incident", actor=actor)] == [seen]
        assert [one.open for one in office.versions("incident", actor=actor)] == [seen]
        (told,) = office.deploy(dry_run=True, actor=actor).differences
        assert sum(one.cases for one in told.standing) == seen
    office.deploy(actor=OUTSIDER)
    assert [one.open for one in office.versions("incident", actor=HEAD)] == [1, 0], "for all, whoever deploys"


def test_every_coming_into_use_is_on_record_with_who_and_why(place: Place) -> None:
    office = place.office()
    first = incident(office)
    longer(place)
    office.deploy(by="quan-tri", why="Dài hơn")
    second = incident(office)
    old, new = office.versions("incident", actor=HEAD)
    assert (old.by, old.why, old.in_use, old.open) == ("hoso", "thử", False, 1)
    assert (new.by, new.why, new.in_use, new.open) == ("quan-tri", "Dài hơn", True, 1)
    assert office.show(first, actor=HEAD).version.startswith(old.version)
    assert office.show(second, actor=HEAD).version.startswith(new.version)
    assert {one.process for one in office.versions()} == {"incident", "opinion", "annual_report"}
    with pytest.raises(NotFound):
        office.versions("incidnt")


def test_versions_are_compared_by_their_first_letters_by_procedure_and_with_the_files(place: Place) -> None:
    office = place.office()
    longer(place)
    (files,) = office.diff()
    assert office.diff("incident")[0].differences == files.differences == office.diff("incident", "files")[0].differences
    assert office.diff("opinion")[0].differences == ()
    office.deploy()
    old, new = (one.version for one in office.versions("incident"))
    assert office.diff(old, new)[0].differences == files.differences == office.diff(old)[0].differences
    (back,) = office.diff(new[:6], old[:6])
    assert [(one.before, one.after) for one in back.differences[0].aspects] == [("12 working days", "10 working days")]
    assert office.diff() == []
    for first, second in (("0000", ""), ("abc", ""), (old, "nothing")):
        with pytest.raises(NotFound):
            office.diff(first, second)


def test_a_case_keeps_the_templates_of_its_version_and_a_new_one_takes_the_new(place: Place) -> None:
    office = place.office()
    old = incident(office, "screen", "assess", "draft_plan")
    no_scenarios(place)
    change_definitions(place, "incident/templates/plan.md.j2", ("{{", "Bản mới. {{"))
    (diff,) = office.deploy(why="Mẫu mới").differences
    assert {(one.what, one.name) for one in diff.differences} == {("template", "plan.md.j2")}
    new = incident(office, "screen", "assess", "draft_plan")
    texts = {number: office.document_text(number, "plan/1", actor=HEAD) for number in (old, new)}
    assert "Bản mới." not in texts[old]
    assert "Bản mới." in texts[new]
    step(office, old, "agree")
    assert "Bản mới." not in office.document_text(old, "plan/1", actor=HEAD)


def test_secret_cases_are_counted_and_not_named(place: Place) -> None:
    office = place.office()
    number = incident(office)
    consulting(office)
    longer(place)
    (diff,) = office.deploy(actor=COUNTERPART).differences
    assert sum(one.cases for one in diff.standing) == 1
    assert number not in str(diff)
    assert CLERK not in str(diff)

"""Moving open cases to another version: preview and deed are one, in bulk, broken off and begun again, and back."""

import pytest
from msgspec.structs import replace

from tests.app.making import (
    CLERK,
    COUNTERPART,
    HEAD,
    HEADS,
    SPECIALIST,
    Place,
    change_definitions,
    consulting,
    dump,
    incident,
    no_scenarios,
    step,
)
from workflow.changing.migration import Wanted, pairs
from workflow.errors import NotFound, WrongValue

PROCESS = "incident/process.yaml"
RENAMED = (("  screened:\n", "  sifted:\n"), ("{else: screened, drafts", "{else: sifted, drafts"))


def another(place: Place, *more: tuple[str, str]) -> None:
    """Another version of the incident: a state renamed, and what else is asked for."""
    no_scenarios(place)
    change_definitions(place, PROCESS, *RENAMED, *more)


def settled(result):
    return replace(result, dry_run=False)


def test_the_preview_says_what_the_deed_does_and_writes_nothing(any_place: Place) -> None:
    office = any_place.office()
    incident(office)
    screened = incident(office, "screen")
    another(any_place)
    office.deploy(why="Đổi tên")
    any_place.set("2026-11-23 10:00")
    for wanted in (
        Wanted(process="incident"),
        Wanted(process="incident", states={"screened": "sifted"}),
        Wanted(process="incident", states={"screened": "sifted"}, restart=True),
    ):
        before = dump(any_place)
        preview = office.migrate(replace(wanted, dry_run=True), actor=HEAD)
        assert dump(any_place) == before
        if wanted.states:
            break
        assert (preview.moved, preview.mapping, preview.unmapped) == (1, 1, {"screened": 1})
    done = office.migrate(replace(wanted, by="root", why="QĐ 12"), actor=HEAD)
    assert done == settled(preview)
    assert (done.moved, done.mapping, done.refused) == (2, 0, 0)
    (moved,) = [one for one in done.cases if one.case == screened]
    assert (moved.state, moved.to, moved.drafts_kept) == ("screened", "sifted", 1)
    assert {one.fate for one in moved.deadlines} == {"kept"}
    assert office.show(screened, actor=HEAD).state == "sifted"
    assert office.history(screened, actor=HEAD)[-1].note == "QĐ 12"
    assert office.verify() == []
    assert office.migrate(wanted, actor=HEAD).moved == 0
    step(office, screened, "assess")


def test_a_consultation_in_flight_goes_on_and_its_letters_stay(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    no_scenarios(place)
    change_definitions(place, "opinion/process.yaml", ("  consulting:\n", "  hearing:\n"), ("to: consulting", "to: hearing"))
    office.deploy()
    done = office.migrate(Wanted(process="opinion", states={"consulting": "hearing"}), actor=COUNTERPART)
    assert [(one.case, one.opinions_out, one.to) for one in done.cases] == [(number, 3, "hearing")]
    for unit, person in HEADS.items():
        office.reply(number, unit=unit, answer="agree", actor=person)
    assert office.show(number, actor=COUNTERPART).state == "collated"
    assert len([one for one in office.show(number, actor=COUNTERPART).opinions if one.status == "given"]) == 3
    assert office.verify() == []


def test_some_cases_may_be_chosen_and_unknown_words_are_refused(place: Place) -> None:
    office = place.office()
    one, other = incident(office), incident(office, commune="Nam Cường")
    another(place)
    office.deploy()
    assert [found.case for found in office.migrate(Wanted(process="incident", where={"commune": "Nam Cường"}), actor=HEAD).cases] == [other]
    assert [found.case for found in office.migrate(Wanted(process="incident", where={"state": "received"}), actor=HEAD).cases] == [one]
    for wanted in (
        Wanted(process="incidnt"),
        Wanted(process="incident", to="0000"),
        Wanted(process="incident", where={"comune": "x"}),
        Wanted(process="incident", states={"received": "recieved"}),
        Wanted(process="incident", states={"recieved": "received"}),
    ):
        with pytest.raises(NotFound):
            office.migrate(wanted)
    with pytest.raises(WrongValue):
        pairs(("screened",), "--map")


def test_cases_go_back_where_nothing_came_since(any_place: Place) -> None:
    office = any_place.office()
    still, on = incident(office), incident(office, "screen")
    before = office.show(still, actor=HEAD)
    another(any_place)
    office.deploy()
    office.migrate(Wanted(process="incident", states={"screened": "sifted"}))
    new = incident(office)
    step(office, on, "assess")
    preview = office.migrate(Wanted(process="incident", undo=True, dry_run=True), actor=HEAD)
    done = office.migrate(Wanted(process="incident", undo=True), actor=HEAD)
    assert done == settled(preview)
    assert {one.case: one.outcome for one in done.cases} == {still: "moves", on: "refused"}
    after = office.show(still, actor=HEAD)
    assert replace(after, seq=before.seq) == before
    assert office.show(on, actor=HEAD).state == "assessed"
    assert office.show(new, actor=HEAD).version == office.show(on, actor=HEAD).version
    assert office.verify() == []


def test_secret_cases_move_unseen(place: Place) -> None:
    office = place.office()
    number = incident(office)
    another(place)
    office.deploy()
    done = office.migrate(Wanted(process="incident"))
    assert (done.moved, done.mapping, done.refused, done.cases) == (0, 0, 0, ())
    assert office.show(number, actor=CLERK).version.startswith(done.to)


def test_a_draft_is_taken_back_with_the_act_that_wrote_it(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    office.recall(number, actor=SPECIALIST)
    assert [one.status for one in office.documents(number, actor=HEAD)] == ["void"]
    assert office.verify() == []

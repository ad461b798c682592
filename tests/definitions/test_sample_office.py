"""The office that ships with the program: its people can play every role, its calendar knows the years it claims."""

from datetime import date
from pathlib import Path

import pytest

import workflow
from workflow.authoring.calendar import compile_calendar
from workflow.authoring.organisation import compile_organisation
from workflow.authoring.read import read
from workflow.model import Unit

FOLDER = Path(workflow.__file__).parent.parent / "definitions"
TODAY = date(2026, 11, 22)


def node(name):
    return read(name, (FOLDER / name).read_bytes())


@pytest.fixture(scope="module")
def office():
    made, problems = compile_organisation(node("organisation.yaml"))
    assert problems == []
    return made


@pytest.fixture(scope="module")
def calendars():
    made, problems = compile_calendar(node("calendar.yaml"))
    assert problems == []
    return made


@pytest.mark.parametrize(
    "unit", ["btg", "tt-hdnd", "vp", "phong-tu-phap", "phong-tc-kh", "phong-vhtt", "mttq", "xa-nam-giang", "xa-nam-cuong", "thi-tran"]
)
def test_every_unit_has_one_leader_deputy_specialist_and_clerk(office, unit):
    assert len({office.sole_holder(f"{position}.{unit}", TODAY) for position in ("leader", "deputy", "specialist", "clerk")}) == 4


def test_the_board_and_the_observers_are_there(office):
    assert office.sole_holder("leader.btv", TODAY)
    assert office.sole_holder("observer.vp", TODAY) != office.sole_holder("observer.btg", TODAY)


def test_overdue_work_climbs_to_somebody(office):
    handler = office.sole_holder("specialist.btg", TODAY)
    leader = office.sole_holder("leader.btg", TODAY)
    assert office.superiors(handler, TODAY) == (leader,)
    assert office.superiors(leader, TODAY) == (office.sole_holder("leader.huyen-uy", TODAY),)
    assert office.superiors_of_post("thi-tran", "clerk", TODAY) == (office.sole_holder("leader.thi-tran", TODAY),)


def test_every_person_has_an_address_a_login_and_a_post(office):
    for key, person in office.persons.items():
        assert person.email.endswith(".example")
        assert not person.name
        assert office.person_of_login(key) == key
        assert office.posts_of(key, TODAY)


def test_every_party_body_has_a_term_since_the_programme_began(office):
    for key, unit in office.units.items():
        if unit.kind == "party":
            assert office.term(key, date(2022, 1, 1)) == "2020-2025"
            assert office.term(key, TODAY) == "2025-2030"


def test_every_unit_has_what_its_papers_need(office):
    for key, unit in office.units.items():
        assert unit.symbol
        assert office.place_of(key)


def test_five_units_at_least_can_be_consulted_two_of_them_communes(office):
    assert sum(unit.kind == "commune" for unit in office.units.values()) >= 2
    assert sum(len(office.heads(key, TODAY)) == 1 for key in office.units) >= 5


@pytest.mark.parametrize(("year", "worked"), [(2022, 249), (2023, 249), (2024, 251), (2025, 250), (2026, 249), (2027, 249)])
def test_the_working_days_of_each_year(calendars, year, worked):
    assert calendars.default.covers(year)
    assert calendars.default.count(date(year - 1, 12, 31), date(year, 12, 31)) == worked


@pytest.mark.parametrize(
    ("off", "worked"),
    [("2024-04-29", "2024-05-04"), ("2025-05-02", "2025-04-26"), ("2026-01-02", "2026-01-10"), ("2026-08-31", "2026-08-22")],
)
def test_the_swaps_that_were_ordered(calendars, off, worked):
    assert not calendars.default.is_working(date.fromisoformat(off))
    assert calendars.default.is_working(date.fromisoformat(worked))


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-02-13", 1, "2026-02-23"),
        ("2026-11-20", 2, "2026-11-25"),
        ("2026-08-28", 1, "2026-09-03"),
        ("2026-01-09", 1, "2026-01-10"),
        ("2025-01-24", 1, "2025-02-03"),
        ("2024-04-26", 1, "2024-05-02"),
        ("2023-01-19", 1, "2023-01-27"),
        ("2022-04-29", 1, "2022-05-04"),
    ],
)
def test_periods_over_holidays_reckoned_by_hand(calendars, start, number, end):
    assert calendars.default.add_days(date.fromisoformat(start), number, Unit.WORKING_DAYS) == date.fromisoformat(end)


def test_the_continuous_calendar_knows_no_rest(calendars):
    assert calendars.get("continuous").add_days(date(2026, 2, 14), 5, Unit.WORKING_DAYS) == date(2026, 2, 19)


def test_types_of_papers_have_a_frame_and_a_series():
    types = node("document-types.yaml").plain()
    for key, kind in types.items():
        assert set(kind) <= {"title", "frame", "series", "symbol", "printed"}, key
        assert set(kind["frame"].values()) <= {"state", "party"}
        for frame in kind["frame"].values():
            assert kind["series"]["period"][frame] == {"state": "year", "party": "term"}[frame]
    assert {"BC", "CV", "PA", "TTr", "TB", "KH", "NQ"} <= set(types)
    assert [key for key, kind in types.items() if kind.get("symbol") is False] == ["CV"]
    assert len({kind["title"] for kind in types.values()}) == len(types)

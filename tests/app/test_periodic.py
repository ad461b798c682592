"""Periodic cases in an office: any moment that comes again, each period once, paused and backfilled on record, foreseen."""

from datetime import date

import pytest

from tests.app.making import CLERK, HEAD, Place, change_definitions, in_fresh_children, no_scenarios
from workflow.compose import LocalOffice
from workflow.errors import NotFound, Refused, WrongValue

REPORT = "annual_report"
EVERY = """\
every: 1 December 08:00                        # S: hằng năm; D: ngày
    start: begin
    fields: {year: period.year, last_held: last.fields.total_held, year_cases: responsibility.cases, ledger: responsibility.rows,
             year_papers: registers.issued, year_received: registers.received, papers: registers.outgoing}
"""
QUARTERLY = (
    "{every: 0 working days before end of quarter 08:00, start: begin, "
    "fields: {year: period.year, last_held: last.fields.total_held}, title: 'Quý {{ period.quarter }}'}"
)


def quarterly(place: Place) -> LocalOffice:
    change_definitions(place, "annual_report/process.yaml", (EVERY, f"{QUARTERLY}\n"))
    no_scenarios(place)
    office = place.office()
    office.deploy()
    return office


def periods(office: LocalOffice) -> list[str]:
    return sorted(office.store.periods(REPORT))


def tick(_index: int, place: Place) -> None:
    office = place.office()
    office.tick()
    office.store.close()


def test_the_last_working_day_of_each_quarter_opens_one_case_whoever_looks(place: Place) -> None:
    quarterly(place)
    for moment, expected in (
        ("2026-12-31 07:59", []),
        ("2026-12-31 08:00", ["2026-Q4"]),
        ("2027-03-31 08:00", ["2026-Q4", "2027-Q1"]),
        ("2027-10-01 08:00", ["2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3"]),
    ):
        place.set(moment)
        assert in_fresh_children(3, tick, place) == [0, 0, 0]
        assert periods(place.office()) == expected
    office = place.office()
    assert [office.store.load(one).case.title for one in office.store.all_cases()][-1] == "Quý 3"
    assert office.verify() == []


def test_each_case_carries_on_the_figures_of_the_period_before_also_when_it_is_opened_late(place: Place) -> None:
    office = quarterly(place)
    for moment, held in (("2026-12-31 08:00", 4), ("2027-03-31 08:00", 1)):
        place.set(moment)
        (number,) = office.tick().opened
        office.advance(number, "request_data", actor=HEAD, fields={"units": ["tt-hdnd"]})
        office.reply(number, unit="tt-hdnd", actor="van-thu-hdnd", fields={"held": held, "incidents": 0})
    (first,) = office.tick(backfill=True, since=date(2026, 9, 1)).opened
    assert office.store.load(first).case.title == "Quý 3"
    assert "last_held" not in office.store.load(first).case.fields
    second = office.store.periods(REPORT)["2027-Q1"]
    assert office.store.load(second).case.fields["last_held"] == 4


def test_a_pause_opens_nothing_and_what_was_missed_is_opened_by_a_backfill_alone(place: Place) -> None:
    office = quarterly(place)
    place.set("2026-12-01 08:00")
    office.pause_periods(REPORT, by="root", why="Sắp xếp lại tổ chức")
    place.set("2027-01-10 08:00")
    assert in_fresh_children(2, tick, place) == [0, 0]
    assert office.tick(backfill=True).opened == (), "while they are paused nothing is backfilled either"
    (finding,) = [one for one in office.doctor() if one.what == "periods"]
    assert (finding.level, "Sắp xếp lại tổ chức" in finding.message) == ("warning", True)
    office.resume_periods(REPORT, by="root")
    assert office.tick().opened == ()
    assert [one.state for one in office.periods(actor=HEAD)][:2] == ["missed", "coming"]
    place.set("2027-03-31 09:00")
    assert len(office.tick().opened) == 1
    assert periods(office) == ["2027-Q1"]
    assert len(office.tick(backfill=True).opened) == 1
    assert periods(office) == ["2026-Q4", "2027-Q1"]
    assert office.tick(backfill=True).opened == ()
    (finding,) = [one for one in office.doctor() if one.what == "periods"]
    assert finding.level == "ok"


def test_pausing_is_on_record_needs_a_reason_and_is_not_done_twice(place: Place) -> None:
    office = place.office()
    with pytest.raises(Refused, match="--why"):
        office.pause_periods(REPORT, by="root", why=" ")
    with pytest.raises(Refused, match="not paused"):
        office.resume_periods(REPORT, by="root")
    office.pause_periods(REPORT, by="root", why="Chờ hướng dẫn")
    with pytest.raises(Refused, match="paused already"):
        office.pause_periods(REPORT, by="root", why="x")
    office.resume_periods(REPORT, by="other", why="Đã có hướng dẫn")
    office.pause_periods(REPORT, by="root", why="Lần hai")
    assert [(one.by, one.why) for one in office.store.deployments("periodic", REPORT)] == [
        ("root", "Chờ hướng dẫn"),
        ("other", "Đã có hướng dẫn"),
        ("root", "Lần hai"),
    ]
    with pytest.raises(NotFound, match=REPORT):
        office.pause_periods("annual_reprt", by="root", why="x")
    with pytest.raises(NotFound):
        office.pause_periods("incident", by="root", why="x")
    assert office.deploy().changed == (), "what is in use beside the definitions is left alone"


def test_what_comes_is_foreseen_and_what_came_names_its_case(place: Place) -> None:
    office = place.office()
    place.set("2026-12-01 08:00")
    (number,) = office.tick().opened
    found = office.periods(actor=HEAD, until=date(2028, 12, 1))
    assert [(one.period, one.state, one.case) for one in found] == [
        ("2026", "opened", number),
        ("2027", "coming", ""),
        ("2028", "coming", ""),
    ]
    assert [one.period for one in office.periods(actor=CLERK)] == ["2026", "2027"]
    office.pause_periods(REPORT, by="root", why="Chờ")
    assert [(one.state, one.why) for one in office.periods(actor=CLERK)] == [("opened", ""), ("paused", "Chờ")]
    with pytest.raises(WrongValue):
        office.periods(actor=HEAD, until=date(9999, 12, 31))
    place.set("2028-06-01 08:00")
    assert [one.period for one in office.periods(actor=HEAD)] == ["2027", "2028"], "what was opened long ago is left out"


def test_a_rule_whose_time_can_not_be_worked_out_is_told_and_hinders_no_other(place: Place) -> None:
    odd = "{every: [{when: period.quarter + fields.total_held > 0, then: end of quarter}], start: begin, fields: {year: period.year}}"
    change_definitions(place, "annual_report/process.yaml", (EVERY, f"{odd}\n  - {EVERY}"))
    no_scenarios(place)
    office = place.office()
    office.deploy()
    place.set("2026-12-01 08:00")
    done = office.tick()
    assert (len(done.opened), done.failed) == (1, 1)

"""Whose days the cases were: of one case, of all that somebody sees, and in the table of a periodic report."""

from datetime import date

import pytest

from tests.app.making import CLERK, COUNTERPART, HEAD, HEADS, OUTSIDER, Place, change_definitions, consulting, incident, no_scenarios
from workflow.errors import NotFound, WrongValue


def test_the_days_of_a_case_add_up_to_its_duration_each_on_one_unit(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    place.set("2026-11-26 16:00")
    office.reply(number, unit="mttq", answer="agree", actor=HEADS["mttq"])
    place.set("2026-12-04 10:00")
    found = office.responsibility(number, actor=COUNTERPART)
    calendar = office.definitions.facts(place.clock.now()).calendars.default
    assert found.days == calendar.count(date(2026, 11, 20), date(2026, 12, 4)) == len(found.lines) == sum(one.days for one in found.shares)
    assert {one.unit for one in found.lines} == {"btg", "mttq", "xa-nam-giang"}
    assert {one.why for one in found.lines} == {"reply"}
    after = [one for one in found.lines if one.day >= date(2026, 11, 27)]
    assert {one.unit for one in after} == {"btg", "xa-nam-giang"}
    assert found.shares[0].unit_title


def test_a_role_of_a_day_is_that_of_the_organisation_of_that_day_and_a_closed_case_keeps_its_calendar(place: Place) -> None:
    office = place.office()
    number = incident(office)
    place.set("2026-11-26 09:00")
    office.advance(number, "cancel", actor=HEAD, note="x")
    before = office.responsibility(number, actor=HEAD)
    assert before.closed
    no_scenarios(place)
    change_definitions(place, "calendar.yaml", ("\noff:\n", "\noff:\n  - {on: 2026-11-25, title: Nghỉ thêm, by: QĐ 99}\n"))
    office.deploy()
    place.set("2026-12-10 09:00")
    assert office.responsibility(number, actor=HEAD) == before
    assert [(str(one.day), one.unit, one.late) for one in before.lines] == [
        ("2026-11-23", "btg", False),
        ("2026-11-25", "btg", True),
        ("2026-11-26", "btg", True),
    ]


def test_the_sum_of_a_period_has_only_what_one_may_see_and_adds_up(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen", "assess", "draft_plan")
    consulting(office)
    place.set("2026-12-04 17:00")
    seen = office.responsibilities(actor=HEAD)
    assert (seen.since, seen.until, seen.cases) == (date(2026, 1, 1), date(2026, 12, 4), 2)
    assert seen.days == sum(one.days for one in seen.shares) == 18
    unseen = office.responsibilities(actor=OUTSIDER)
    assert (unseen.cases, unseen.days) == (1, 9)
    part = office.responsibilities(actor=HEAD, since=date(2026, 12, 1), until=date(2026, 12, 31))
    assert part.days == 8
    assert office.responsibilities(actor=HEAD, since=date(2027, 1, 1), until=date(2027, 12, 31)).shares == ()
    with pytest.raises(NotFound):
        office.responsibility(number, actor=OUTSIDER)
    with pytest.raises(WrongValue):
        office.responsibilities(actor=HEAD, since=date(2026, 12, 2), until=date(2026, 12, 1))


TABLE = """
  duty: {type: table, title: Trách nhiệm, columns: {unit: {type: unit}, cases: {type: integer}, days: {type: integer}, late: {type: integer}}}
  duty_days: {type: integer, title: Số ngày}
  duty_before: {type: integer, title: Số ngày kỳ trước}
"""


def test_a_periodic_report_takes_the_figures_of_its_period_without_secret_cases(place: Place) -> None:
    no_scenarios(place)
    filled = "last_held: last.fields.total_held, duty: responsibility.rows, duty_days: responsibility.days, duty_before: responsibility.before.days"
    change_definitions(
        place,
        "annual_report/process.yaml",
        ("every: 1 December 08:00", "every: day 1 08:00"),
        ("last_held: last.fields.total_held", filled),
        ("\nfields:\n", f"\nfields:{TABLE}"),
    )
    office = place.office()
    office.deploy()
    consulting(office)
    incident(office)
    place.set("2026-12-01 08:00")
    (number,) = office.tick().opened
    fields = office.store.load(number).case.fields
    assert fields["duty_days"] == 1  # the first of December, as far as it has come
    assert fields["duty_before"] == 5
    assert [set(row) for row in fields["duty"]] == [{"unit", "cases", "days", "late"}]
    assert office.verify() == []


def test_what_a_report_names_wrongly_is_found_on_loading(place: Place) -> None:
    change_definitions(place, "annual_report/process.yaml", ("last_held: last.fields.total_held", "last_held: responsibility.day"))
    assert "responsibility.days" in str(place.office().check()[0])
    change_definitions(place, "annual_report/process.yaml", ("last_held: responsibility.day", "last_held: responsibility.before.day"))
    assert "responsibility.before.days" in str(place.office().check()[0])


def test_a_case_s_first_day_is_nobody_s(place: Place) -> None:
    office = place.office()
    number = office.open("annual_report", actor=CLERK.replace("van-thu", "chuyen-vien"), fields={"year": 2026}).case
    assert office.responsibility(number, actor=HEAD).lines == ()
    step_day = office.responsibilities(actor=HEAD)
    assert (step_day.cases, step_day.days) == (0, 0)

"""Why a deadline is when it is: the ledger ends on its day, and stopped days are in it."""

from tests.app.making import BOARD, COUNTERPART, HEAD, Place, change_definitions, consulting, incident, no_scenarios, step
from workflow.compose import LocalOffice


def day(office: LocalOffice, due) -> str:
    return office.definitions.facts(office.clock.now()).calendars.default.day_of(due, ends=True).isoformat()


def test_the_last_line_of_a_ledger_is_the_day_of_its_deadline(place: Place) -> None:
    office = place.office()
    explained = []
    for action in ("", "screen", "assess", "draft_plan"):
        number = "001/2026-VV" if action else incident(office)
        if action:
            step(office, number, action)
        explained += office.explain(number, actor=HEAD)
    explained += office.explain(consulting(office), actor=COUNTERPART)
    assert len(explained) == 4 + 4
    for one in explained:
        assert one.lines[-1].day == day(office, one.deadline.due)
        assert one.rule
        assert one.calendar
    received = explained[0]
    assert [(line.day, line.counts) for line in received.lines] == [
        ("2026-11-20", "not counted"),
        ("2026-11-21", "day off"),
        ("2026-11-22", "day off"),
        ("2026-11-23", "counted"),
    ]


def test_the_ledger_counts_by_the_calendar_that_the_amount_names(place: Place) -> None:
    no_scenarios(place)
    change_definitions(place, "calendar.yaml", ("\ncalendars:\n", "\ncalendars:\n  house: {week: {mon-tue: ['08:00-12:00']}}\n"))
    change_definitions(place, "incident/process.yaml", ("\nstarts:\n", "\ndue: {name: sitting, at: 2 working days by house}\n\nstarts:\n"))
    office = place.office()
    office.deploy()
    number = incident(office)
    (explained,) = [one for one in office.explain(number, actor=HEAD) if one.deadline.name == "sitting"]
    assert [line.day for line in explained.lines if line.counts == "counted"] == ["2026-11-23", "2026-11-24"]
    assert day(office, explained.deadline.due) == "2026-11-24"


def test_days_off_are_told_with_the_decision_that_makes_them_so(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    lines = {line.day: line.why for line in office.explain(number, actor=HEAD)[0].lines}
    assert lines["2026-11-24"]
    assert list(lines)[-1] == "2026-11-26"


def test_days_that_the_clock_stood_still_are_listed_with_the_act_and_the_ledger_still_ends_on_the_due(place: Place) -> None:
    no_scenarios(place)
    change_definitions(
        place,
        "incident/process.yaml",
        ("\nstarts:\n", "\ndue: {name: whole, at: 30 days after open, until: closed, basis: D}\n\nstarts:\n"),
    )
    office = place.office()
    office.deploy()
    number = incident(office, "screen", "assess", "draft_plan", "agree", "submit")

    def whole():
        return next(one for one in office.explain(number, actor=HEAD) if one.deadline.name == "whole")

    assert whole().deadline.status == "stopped"
    place.set("2026-11-23 09:00")
    assert [line.day for line in whole().lines if line.counts == "stopped"] == ["2026-11-21", "2026-11-22", "2026-11-23"]
    place.set("2026-11-27 09:00")
    office.advance(number, "approve", actor=BOARD, fields={"decision": "Đồng ý"})
    explained = whole()
    stopped = [line for line in explained.lines if line.counts == "stopped"]
    assert [line.day for line in stopped] == [f"2026-11-{n}" for n in range(21, 28)]
    assert all("submitted" in line.why or "Trình BTV" in line.why for line in stopped)
    assert explained.lines[-1].day == day(office, explained.deadline.due)
    assert [line.day for line in explained.lines] == sorted(line.day for line in explained.lines)


def test_a_closed_case_still_explains_all_its_deadlines(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    office.advance(number, "cancel", actor=HEAD, note="x")
    assert [one.deadline.status for one in office.explain(number, actor=HEAD)] == ["met", "met"]


def test_a_settled_deadline_is_explained_by_the_calendar_the_version_and_the_fields_of_its_time(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    place.set("2026-11-25 09:00")
    step(office, number, "assess")
    before = {one.deadline.key: one for one in office.explain(number, actor=HEAD, settled=True)}
    no_scenarios(place)
    change_definitions(place, "calendar.yaml", ("\noff:\n", "\noff:\n  - {on: 2026-11-25, title: Nghỉ thêm, by: QĐ 99}\n"))
    office.deploy(by="hoso", why="QĐ 99")
    after = {one.deadline.key: one for one in office.explain(number, actor=HEAD, settled=True)}
    assert [one.deadline.status for one in after.values()] == ["met", "met", "running"]
    for key, one in after.items():
        assert one.lines[-1].day == day(office, one.deadline.due)
        if one.deadline.settled:
            assert (one.lines, one.calendar) == (before[key].lines, before[key].calendar)
            assert one.calendar_by == "thử"
        else:
            assert one.calendar != before[key].calendar
            assert one.calendar_by == "QĐ 99"


def test_what_happened_to_a_deadline_is_told_with_its_entries(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    office.extend(number, "due", "2 working days", actor=HEAD, note="Việc khó")
    (told,) = office.explain(number, actor=HEAD)
    assert [(line.seq, line.note, line.before is None) for line in told.course] == [(2, "Thuộc phạm vi", True), (3, "Việc khó", False)]
    assert told.course[-1].after == told.deadline.due
    assert [line.counts for line in told.lines].count("extended") == 2
    assert all("dòng 3, 20/11/2026" in line.why for line in told.lines if line.counts == "extended")
    assert told.calendar_name == "office"
    assert told.chosen == "3 working days"

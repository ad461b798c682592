"""What past cases would have come to under a changed procedure: today's breaches found again, and those that the change makes."""

from datetime import date

import pytest

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
from tests.app.test_shares import TASK
from workflow.errors import NotFound
from workflow.model import Viewer
from workflow.simulate.backtest import backtest
from workflow.simulate.past import past_of

PROCESS = "incident/process.yaml"


def past_year(place: Place) -> tuple[str, str]:
    """One incident that was in time, and one that was late with its assessment."""
    office = place.office()
    good = incident(office, "screen", "assess", "draft_plan", "agree", "submit", "approve", "close")
    late = incident(office, "screen")
    place.set("2026-11-30 16:00")
    office.tick()
    step(office, late, "assess")
    return good, late


def test_under_the_same_definitions_everything_comes_out_as_it_was(place: Place) -> None:
    good, late = past_year(place)
    office = place.office()
    before = dump(place)
    done = office.backtest("incident", actor=HEAD)
    assert dump(place) == before
    assert (done.cases_tested, done.acts_tested, done.acts_refused, done.stuck) == (2, 11, 0, {})
    assert (done.breached_before, done.breached, done.newly_breached, done.no_longer_breached) == (1, 1, 0, 0)
    assert [one.case for one in done.cases] == [late]
    assert good != late


def test_a_shorter_deadline_breaches_and_a_longer_one_does_not(place: Place) -> None:
    good, late = past_year(place)
    no_scenarios(place)
    change_definitions(place, PROCESS, ("{else: 3 working days}", "{else: 30 working days}"))
    done = place.office().backtest("incident", actor=HEAD)
    assert (done.breached_before, done.breached, done.no_longer_breached) == (1, 0, 1)
    change_definitions(place, PROCESS, ("{else: 30 working days}", "{else: 0 working days}"))
    change_definitions(place, PROCESS, ("due: {at: 2 working days, basis: D}", "due: {at: -1 working days, basis: D}"))
    done = place.office().backtest("incident", actor=HEAD)
    assert {one.case for one in done.cases if one.breached} == {good, late}
    assert done.newly_breached == 1


def test_an_act_that_would_be_refused_is_told_with_its_reason_and_where_the_case_sticks(place: Place) -> None:
    good, _ = past_year(place)
    no_scenarios(place)
    change_definitions(place, PROCESS, ("agree:  {title: Thống nhất, by: counterpart", "agree:  {title: Thống nhất, by: board"))
    done = place.office().backtest("incident", actor=HEAD)
    (stuck,) = [one for one in done.cases if one.case == good]
    assert stuck.stuck == "Dự thảo phương án"
    assert len(stuck.refused) == done.acts_refused >= 1
    assert stuck.refused[0].startswith("agree: ")
    assert done.stuck == {"Dự thảo phương án": 1}


def test_an_amended_calendar_counts_too(place: Place) -> None:
    past_year(place)
    no_scenarios(place)
    change_definitions(place, "calendar.yaml", ("\noff:\n", "\noff:\n  - {on: 2026-11-25..2026-12-31, title: Nghỉ thử, by: QĐ}\n"))
    done = place.office().backtest("incident", actor=HEAD)
    assert (done.breached_before, done.no_longer_breached) == (1, 1)


def test_consultations_recalls_and_days_since(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    office.reply(number, unit="btg", answer="agree", actor=HEADS["btg"])
    other = incident(office, "screen")
    office.recall(other, actor=SPECIALIST)
    step(office, other, "screen")
    place.set("2026-12-20 09:00")
    office.tick()
    done = office.backtest("opinion", actor=COUNTERPART)
    assert (done.cases_tested, done.acts_refused) == (1, 0)
    assert [one.case for one in done.cases if one.breached] == [number]
    again = office.backtest("incident", actor=HEAD)
    assert (again.acts_tested, again.acts_refused) == (2, 0)
    assert office.backtest("incident", since=date(2026, 11, 21), actor=HEAD).cases_tested == 0
    with pytest.raises(NotFound):
        office.backtest("incidnt")


def test_cases_that_one_may_not_see_do_not_count(place: Place) -> None:
    past_year(place)
    done = place.office().backtest("incident")
    assert (done.cases_tested, done.acts_tested, done.breached, done.cases) == (0, 0, 0, ())


def handed_out(place: Place, *, secret: bool) -> Place:
    """Incidents that anybody sees, whose assessment opens a task of its own."""
    (place.folder / "definitions/task").mkdir()
    (place.folder / "definitions/task/process.yaml").write_text(TASK.replace("fields:", f"secret: {str(secret).lower()}\nfields:"), "utf-8")
    no_scenarios(place)
    opens = ("form: [facts], issues: [situation]", "form: [facts], opens: {process: task}, issues: [situation]")
    change_definitions(place, PROCESS, opens, ("secret: true", "secret: false"))
    place.office().deploy(by="hoso", why="thử")
    return place


def test_a_sub_case_that_one_may_not_see_is_played_along_and_neither_counted_nor_told(place: Place) -> None:
    office = handed_out(place, secret=True).office()
    number = incident(office, "screen", "assess")
    (child,) = office.store.children(number)
    office.advance(child.number, "end", actor=CLERK)
    change_definitions(place, "task/process.yaml", ("end: {title: Xong,", "end: {title: Xong, when: 1 == 2,"))
    seen, hidden = office.backtest("incident", actor=CLERK), office.backtest("incident")
    assert (seen.cases_tested, seen.acts_tested, seen.acts_refused, len(seen.reasons)) == (1, 4, 1, 1)
    assert (hidden.cases_tested, hidden.acts_tested, hidden.acts_refused, hidden.reasons) == (1, 3, 0, {})
    assert hidden.cases == ()


def test_a_sub_case_amid_many_cases_is_tried_with_the_case_above_alone(place: Place) -> None:
    office = handed_out(place, secret=False).office()
    for _ in range(22):
        office.open("task", actor=CLERK)
    incident(office, "screen", "assess")
    for _ in range(22):
        office.open("task", actor=CLERK)
    assert office.backtest("task").cases_tested == 44
    assert office.backtest("incident").cases_tested == 1


def test_several_processes_of_the_machine_find_what_one_finds(place: Place) -> None:
    past_year(place)
    office = place.office()
    ground = office.ground()
    past = past_of(office.store, "incident", since=None, zone=office.zone, viewer=Viewer(everything=True))
    alone = backtest(ground.processes["incident"], ground, past, office.clock.now())
    assert backtest(ground.processes["incident"], ground, past, office.clock.now(), workers=2) == alone


def test_a_case_with_a_correction_is_carried_on_after_it(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    place.set("2026-11-26 16:00")
    office.reply(number, unit="mttq", answer="agree", actor=HEADS["mttq"])
    entry = len(office.history(number, actor=COUNTERPART))
    paper = next(one.key for one in office.documents(number, actor=COUNTERPART) if one.key.startswith("reply_letter"))
    office.correct(number, entry, answer="reject", fields={}, papers={paper: "keep"}, actor=COUNTERPART, note="nhầm")
    assert len(office.history(number, actor=COUNTERPART)) > entry
    before = dump(place)
    done = office.backtest("opinion", actor=COUNTERPART)
    assert dump(place) == before
    assert (done.cases_tested, done.acts_refused, done.stuck) == (1, 0, {})
    assert done.acts_tested >= 3
    assert (done.newly_breached, done.no_longer_breached) == (0, 0)

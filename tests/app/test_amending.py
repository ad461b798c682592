"""An amended calendar in mid-year: what moves is seen before, moved once, put on record; what is settled stays."""

import pytest

from tests.app.making import CLERK, HEAD, OUTSIDER, Place, at, change_definitions, consulting, dump, incident, no_scenarios, step
from workflow.authoring.deploy import deploy_calendar
from workflow.compose import LocalOffice
from workflow.errors import Conflict, DefinitionsWrong, Refused, StillNeeded
from workflow.model import Viewer
from workflow.office.recounting import Recounting

STORM = "\n  - {on: 2026-11-23, title: Nghỉ bão, by: CĐ 12}"
DUE = "    due: {at: 2 working days, basis: D}            # D\n"


@pytest.fixture
def office(place: Place) -> LocalOffice:
    no_scenarios(place)
    return place.office()


def amend(place: Place, text: str = STORM) -> None:
    change_definitions(place, "calendar.yaml", ("\noff:", "\noff:" + text))


def dues(office: LocalOffice, number: str) -> dict[str, str]:
    file = office.store.load(number)
    return {one.key: one.due.astimezone(office.zone).strftime("%m-%d %H:%M") for one in file.deadlines}


def test_a_dry_run_shows_what_the_deed_then_does_and_writes_nothing(place: Place, office: LocalOffice) -> None:
    number = incident(office, "screen")
    amend(place)
    before = dump(place)
    seen = office.apply_calendar(actor=HEAD, why="CĐ 12", dry_run=True)
    assert dump(place) == before
    assert (seen.changed, seen.dry_run, seen.failed) == (True, True, ())
    (moved,) = seen.moved
    assert (moved.case, moved.before, moved.after) == (number, at("2026-11-27 00:00"), at("2026-11-28 00:00"))
    assert (moved.rung_before, moved.rung_after) == (at("2026-11-26 11:00"), at("2026-11-27 11:00"))
    assert moved.why == ("23/11/2026 nghỉ: Nghỉ bão (CĐ 12)",)
    assert seen.days == moved.why
    done = office.apply_calendar(actor=HEAD, why="CĐ 12")
    assert (done.moved, done.days, done.version) == (seen.moved, seen.days, seen.version)
    assert dues(office, number)["state:screened/due/2"] == "11-28 00:00"
    assert office.verify() == []
    assert office.apply_calendar(actor=HEAD).moved == ()


def test_the_decision_stands_in_the_history_of_each_case_that_it_touched_and_of_no_other(place: Place, office: LocalOffice) -> None:
    touched, other = incident(office), consulting(office)
    place.set("2026-11-20 10:00")
    amend(place, "\n  - {on: 2026-11-23, title: Nghỉ bão, by: CĐ 12}")
    office.apply_calendar(actor=HEAD, by="ops", why="Công điện 12 của tỉnh")
    last = office.history(touched, actor=HEAD)[-1]
    assert (last.act, last.actor, last.note) == ("calendar", "hoso", "Công điện 12 của tỉnh")
    assert "23/11/2026 nghỉ: Nghỉ bão (CĐ 12)" in last.title
    assert [(one.before, one.after) for one in last.moved] == [(at("2026-11-24 00:00"), at("2026-11-26 00:00"))]
    assert {entry.act for entry in office.history(other, actor=HEAD)} == {"open", "advance"}


def test_what_was_met_or_missed_and_rungs_that_fired_stay(place: Place, office: LocalOffice) -> None:
    met = incident(office, "screen")
    late = incident(office)
    place.set("2026-11-23 16:00")
    office.tick()  # the reminder four working hours before
    fired = office.store.load(late).deadlines[0].fired
    assert fired
    place.set("2026-11-25 08:00")
    office.tick()
    missed = incident(office)
    place.set("2026-11-26 08:00")
    step(office, missed, "screen")
    kept = {number: office.store.load(number).deadlines[0] for number in (met, missed)}
    amend(place, "\n  - {on: 2026-11-25, title: Nghỉ bão, by: CĐ 12}")
    office.apply_calendar(actor=HEAD)
    assert {number: office.store.load(number).deadlines[0] for number in (met, missed)} == kept
    assert office.store.load(late).deadlines[0].fired[: len(fired)] == fired


def test_a_due_that_is_past_by_the_amended_calendar_is_marked(place: Place, office: LocalOffice) -> None:
    incident(office)
    place.set("2026-11-24 09:00")
    amend(place, "\n  - {on: 2026-11-23, title: Nghỉ bão, by: CĐ 12}")
    (moved,) = office.apply_calendar(actor=HEAD, dry_run=True).moved
    assert (moved.was_overdue, moved.overdue) == (True, False)


def test_stopped_clocks_move_too_and_go_on_with_what_was_left(place: Place, office: LocalOffice) -> None:
    number = incident(office, "screen")
    office.pause(number, actor=HEAD, note="Chờ ý kiến")
    amend(place)
    (moved,) = office.apply_calendar(actor=HEAD).moved
    assert moved.status == "stopped"
    place.set("2026-11-24 09:00")
    office.resume(number, actor=HEAD)
    assert dues(office, number)["state:screened/due/2"] == "11-28 00:00"
    assert office.verify() == []


def test_cases_that_somebody_may_not_see_are_moved_but_in_no_list(place: Place, office: LocalOffice) -> None:
    number = incident(office)
    amend(place)
    assert office.apply_calendar(actor=OUTSIDER, dry_run=True).moved == ()
    assert office.apply_calendar(dry_run=True).moved == ()
    assert office.apply_calendar(actor=OUTSIDER).moved == ()
    assert dues(office, number)["state:received/due/1"] == "11-26 00:00"


def test_what_was_broken_off_is_gone_on_with_and_nothing_moves_twice(place: Place, office: LocalOffice) -> None:
    numbers = [incident(office) for _ in range(3)]
    amend(place)
    deploy_calendar(office.store, office._files(), at=office.clock.now(), by="ops", why="CĐ 12")
    viewer = office._viewer(HEAD, office._facts())
    assert next(Recounting(office).carry_out(viewer)).case == numbers[0]  # … and the process dies here
    assert [one.level for one in office.doctor() if one.what == "calendar"] == ["error"]
    assert [one.case for one in office.apply_calendar(actor=HEAD).moved] == numbers[1:]
    for number in numbers:
        assert dues(office, number)["state:received/due/1"] == "11-26 00:00"
        assert [entry.note for entry in office.history(number, actor=HEAD) if entry.act == "calendar"] == ["CĐ 12"]
    assert not Recounting(office).owed


def test_the_worker_moves_what_is_left_before_anything_fires(place: Place, office: LocalOffice) -> None:
    number = incident(office)
    amend(place)
    deploy_calendar(office.store, office._files(), at=office.clock.now(), by="", why="")
    place.set("2026-11-23 16:00")
    assert office.tick().fired == 0
    assert dues(office, number)["state:received/due/1"] == "11-26 00:00"


def test_a_deployment_of_the_whole_folder_moves_them_as_well(place: Place, office: LocalOffice) -> None:
    number = consulting(office)
    amend(place)
    seen = office.deploy(actor=CLERK, dry_run=True)
    done = office.deploy(actor=CLERK, why="CĐ 12")
    assert seen.moved == done.moved
    assert done.moved == ()  # ten days land on a working day all the same
    amend(place, "\n  - {on: 2026-11-30, title: Nghỉ bão, by: CĐ 13}")
    moved = office.deploy(actor=CLERK).moved
    assert {one.case for one in moved} == {number}
    assert "30/11/2026 nghỉ: Nghỉ bão (CĐ 13)" in moved[0].why


def test_a_recall_can_t_reach_behind_the_calendar(place: Place, office: LocalOffice) -> None:
    number = incident(office)
    office.comment(number, actor=CLERK, note="x")
    amend(place)
    office.apply_calendar()
    with pytest.raises(Refused) as refused:
        office.recall(number, actor=CLERK)
    assert any("lịch thay đổi" in reason.message("vi") for reason in refused.value.reasons)


def test_a_rule_that_hangs_on_today_is_not_moved_by_the_calendar(place: Place, office: LocalOffice) -> None:
    by_today = "due: [{when: \"today < '2026-11-22'\", then: 5 days}, {else: 9 days}]"
    change_definitions(place, "incident/process.yaml", (DUE, f"    {by_today}\n"))
    office.deploy()
    number = incident(office, "screen", "assess", "draft_plan")
    place.set("2026-11-23 08:00")
    before = dues(office, number)
    amend(place, "\n  - {on: 2027-12-24, title: Nghỉ, by: CĐ 9}")
    assert office.apply_calendar(actor=HEAD).moved == ()
    assert dues(office, number) == before


def test_a_calendar_that_a_deadline_counts_by_can_t_be_taken_away(place: Place, office: LocalOffice) -> None:
    change_definitions(place, "incident/process.yaml", (DUE, "    due: {at: 2 days, calendar: continuous}\n"))
    office.deploy()
    whole = "  continuous:                                      # D: trực không nghỉ, mọi ngày đủ 24 giờ\n"
    change_definitions(place, "calendar.yaml", (whole, whole.replace("continuous", "night")))
    with pytest.raises(StillNeeded) as still:
        office.apply_calendar(dry_run=True)
    assert "continuous" in still.value.message("vi")
    number = incident(office)
    change_definitions(place, "incident/process.yaml", ("{at: 2 days, calendar: continuous}", "2 days"))
    with pytest.raises(StillNeeded) as still:
        office.deploy()
    assert number in still.value.message("en")


def test_a_wrong_calendar_is_refused_whatever_else_the_folder_holds(place: Place, office: LocalOffice) -> None:
    change_definitions(place, "incident/process.yaml", ("states:\n", "stats:\n"))
    amend(place)
    assert office.apply_calendar(dry_run=True).changed
    amend(place, "\n  - {on: 2026-13-23, title: Nghỉ bão}")
    with pytest.raises(DefinitionsWrong) as wrong:
        office.apply_calendar()
    assert {problem.place.file for problem in wrong.value.problems} == {"calendar.yaml"}
    assert Viewer() == office._sight("")


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_could_not_be_worked_out_is_named_only_to_those_who_see_the_case(
    place: Place, office: LocalOffice, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    secret, known = incident(office, "screen"), consulting(office)
    amend(place)
    acting = type(office.acting)
    does = acting.do

    def broken(self, act, **given):
        if act.case in (secret, known):
            raise Conflict
        return does(self, act, **given)

    monkeypatch.setattr(acting, "do", broken)
    failed = {actor: office.apply_calendar(actor=actor, why="CĐ 12", dry_run=dry_run).failed for actor in (HEAD, OUTSIDER)}
    assert {line.split(":")[0] for line in failed[HEAD]} == {secret, known}
    assert [line.split(":")[0] for line in failed[OUTSIDER]] == [known]
    assert not any(secret in line for line in failed[OUTSIDER])

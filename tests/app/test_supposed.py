"""What an office remembers of a case is supposed to be so still: an act on it reads nothing, and whoever was first all the same is not overlooked."""

import json
import shutil
import sqlite3
from datetime import timedelta

import pytest

from storage import remembered, writing
from storage.remembered import Remembered
from storage.store import SqlStore
from tests.app.making import (
    CLERK,
    COUNTERPART,
    HEAD,
    HEADS,
    OUTSIDER,
    SPECIALIST,
    STEPS,
    Place,
    change_definitions,
    consulting,
    incident,
    no_scenarios,
    step,
)
from tests.app.test_shares import TASK
from workflow.compose import LocalOffice
from workflow.errors import NotFound, Refused
from workflow.model import Case, Deadline
from workflow.plain import canonical, from_text, to_plain


@pytest.fixture
def begun(monkeypatch) -> list[tuple[bool, bool]]:
    """Of each act in a case: whether it was asked for what is fresh, and whether it was given something remembered."""
    begin, told = SqlStore.begin, list[tuple[bool, bool]]()

    def telling(store, request_id, number, *, fresh=True):
        found = begin(store, request_id, number, fresh=fresh)
        if number:
            told.append((fresh, found.supposes is not None))
        return found

    monkeypatch.setattr(SqlStore, "begin", telling)
    return told


REMEMBERED, READ, READ_AT_FIRST = (False, True), (True, False), (False, False)


@pytest.fixture
def two(any_place: Place) -> tuple[LocalOffice, LocalOffice, str]:
    """Two programs at one office, and a case that the first remembers."""
    mine, others = any_place.office(), any_place.office()
    case = incident(mine)
    mine.comment(case, actor=HEAD, note="Đã gọi")
    return mine, others, case


def checked(office: LocalOffice, case: str) -> list[str]:
    """What was done in the case, once all of the office is proved."""
    assert office.verify() == []
    return [one.action or one.act for one in office.history(case, actor=HEAD)]


def test_an_act_in_a_case_that_is_remembered_reads_nothing(two, begun):
    mine, _, case = two
    for action in ("screen", "assess", "draft_plan"):
        step(mine, case, action)
    assert begun == [REMEMBERED] * 3
    assert checked(mine, case) == ["open", "comment", "screen", "assess", "draft_plan"]


def test_a_row_made_of_what_the_entries_say_and_a_case_not_read_again_are_as_it_was_decided(two, monkeypatch):
    """Neither is worked out whole to be compared: here it is, of each act of a life, of a rung, of what is undone and moved."""
    mine, others, case = two
    said_of, told, after, known = writing._said_of, [], remembered.after, []

    def checked_too(part, there):
        plain = said_of(part, there)
        told.append(canonical(plain) == canonical(to_plain(part.case)))
        return plain

    def read_too(file, part):
        found = after(file, part)
        known.append(repr(found.case) == repr(from_text(Case, str(part.case.values["plain"]))))  # the order of keys, too
        owed = [found.deadline_of[str(one.values.get("key") or one.values["at_key"])] for one in part.deadlines]
        known.append(repr(owed) == repr([from_text(Deadline, str(one.values["plain"])) for one in part.deadlines]))
        return found

    monkeypatch.setattr(writing, "_said_of", checked_too)
    monkeypatch.setattr(remembered, "after", read_too)
    mine.correct(case, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Nhầm")
    for action in STEPS:
        step(mine, case, action)
        if action == "screen":
            mine.recall(case, actor=SPECIALIST, note="Nhầm")
            mine.pause(case, actor=HEAD, note="Chờ")
            mine.resume(case, actor=HEAD)
            step(mine, case, action)
    consulting(mine)
    others.clock.at += timedelta(days=30)
    others.tick()
    assert any('"gone":' in entry.payload for number in mine.store.all_cases() for entry in mine.store.entries(number))
    assert min(len(told), len(known)) > len(STEPS) + 5
    assert all((*told, *known))


def test_what_another_did_first_is_seen_before_anything_is_written(two, begun):
    mine, others, case = two
    others.comment(case, actor=SPECIALIST, note="Đã đến nơi")
    begun.clear()
    step(mine, case, "screen")
    assert begun == [REMEMBERED, READ]
    assert checked(mine, case) == ["open", "comment", "comment", "screen"]


def test_a_refusal_is_of_the_case_as_it_is(two, begun):
    mine, others, case = two
    for action in ("screen", "assess"):
        step(others, case, action)
    begun.clear()
    step(mine, case, "draft_plan")  # as it is remembered, nobody may
    assert begun == [REMEMBERED, READ]
    with pytest.raises(Refused) as refusal:
        step(mine, case, "screen")
    assert begun[2:] == [REMEMBERED, READ]
    with pytest.raises(Refused) as read:
        step(others, case, "screen")
    assert refusal.value.message("vi") == read.value.message("vi")
    assert checked(mine, case) == ["open", "comment", "screen", "assess", "draft_plan"]


def test_what_was_brought_into_use_meanwhile_is_what_the_act_obeys(two, any_place, begun):
    mine, others, case = two
    organisation = any_place.folder / "definitions" / "organisation.yaml"
    organisation.write_text(organisation.read_text("utf-8").replace("specialist: Chuyên viên", "specialist: Cán bộ", 1), "utf-8")
    no_scenarios(any_place)
    others.deploy(why="Thử")
    newest = others.store.current()["organisation", ""]
    begun.clear()
    mine.comment(case, actor=HEAD, note="Đã gọi lại")
    assert begun == [REMEMBERED, READ]
    entry = mine.store.entries(case)[-1]
    assert json.loads(entry.text)["versions"]["organisation"] == newest
    assert checked(mine, case) == ["open", "comment", "comment"]


def test_a_request_that_was_carried_out_is_answered_by_its_receipt(two, begun):
    mine, _, case = two
    first = mine.comment(case, actor=HEAD, note="Đã xem", request_id="một lần")
    begun.clear()
    again = mine.comment(case, actor=HEAD, note="Đã xem", request_id="một lần")
    assert begun == [REMEMBERED, READ]
    assert (first.seq, again.seq) == (3, 3)
    assert checked(mine, case) == ["open", "comment", "comment"]


def test_whoever_may_not_see_a_case_finds_none_though_it_is_remembered(two, begun):
    mine, _, case = two
    begun.clear()
    with pytest.raises(NotFound):
        mine.comment(case, actor=OUTSIDER, note="?")
    assert begun == [REMEMBERED, READ]
    assert checked(mine, case) == ["open", "comment"]


def test_replies_that_two_programs_take_are_all_in_the_round(any_place):
    mine, others = any_place.office(), any_place.office()
    opinion = consulting(mine)
    mine.reply(opinion, unit="btg", answer="agree", actor=HEADS["btg"])
    others.reply(opinion, unit="mttq", answer="amend", actor=HEADS["mttq"])
    with pytest.raises(Refused):
        mine.reply(opinion, unit="mttq", answer="agree", actor=HEADS["btg"])
    mine.reply(opinion, unit="xa-nam-giang", answer="agree", actor=HEADS["xa-nam-giang"])
    assert mine.verify() == []
    assert [one.status for one in mine.show(opinion, actor=COUNTERPART).opinions] == ["given"] * 3


def test_a_dry_run_looks_at_the_case_as_it_is(two, begun):
    mine, others, case = two
    step(others, case, "screen")
    begun.clear()
    with pytest.raises(Refused):
        step(mine, case, "screen", dry_run=True)
    assert begun == [READ]


def test_an_office_that_lost_its_last_acts_and_went_another_way_is_read_again(place, tmp_path, begun):
    """As where a cluster's new leader had not yet got them: the number of acts is the same, what was done is not."""
    mine = place.office()
    case = incident(mine)
    mine.store.close()
    shutil.copy(place.folder / "hoso.db", tmp_path / "before.db")
    step(mine, case, "screen")
    mine.store.close()
    with sqlite3.connect(tmp_path / "before.db") as before, sqlite3.connect(place.folder / "hoso.db") as now:
        before.backup(now)
    others = place.office()
    others.comment(case, actor=HEAD, note="Đã gọi")
    begun.clear()
    mine.comment(case, actor=HEAD, note="Đã gọi lại")
    assert begun == [REMEMBERED, READ]
    assert checked(mine, case) == ["open", "comment", "comment"]


def test_a_case_that_was_migrated_by_another_is_read_again(two, any_place, begun):
    from tests.app.test_migration import PROCESS, RENAMED
    from workflow.changing.migration import Wanted

    mine, others, case = two
    step(mine, case, "screen")
    no_scenarios(any_place)
    change_definitions(any_place, PROCESS, *RENAMED)
    others.deploy(why="Đổi tên")
    others.migrate(Wanted(process="incident", states={"screened": "sifted"}), actor=HEAD)
    begun.clear()
    mine.comment(case, actor=HEAD, note="Đã gọi lại")
    assert begun == [REMEMBERED, READ]
    assert mine.show(case, actor=HEAD).state == "sifted"
    assert mine.verify() == []


def test_what_is_remembered_no_more_when_it_is_written_is_read(two, begun, monkeypatch):
    """Threads share what is remembered, and there is no room for all of it."""
    mine, _, case = two
    known = Remembered.known
    monkeypatch.setattr(Remembered, "known", lambda *_: None)
    mine.comment(case, actor=HEAD, note="Đã gọi lại")
    monkeypatch.setattr(Remembered, "known", known)
    assert begun == [REMEMBERED, READ]
    assert checked(mine, case) == ["open", "comment", "comment"]


# ---- sub-cases -------------------------------------------------------------------------------------------------------


@pytest.fixture
def handing_out(any_place: Place) -> Place:
    """An office whose incidents hand out a task when they are assessed, and another one when they are cancelled."""
    folder = any_place.folder / "definitions" / "task"
    folder.mkdir()
    (folder / "process.yaml").write_text(TASK.replace("  open: {by: clerk, form: by", "  open: {by: clerk"), "utf-8")
    no_scenarios(any_place)
    change_definitions(
        any_place,
        "incident/process.yaml",
        ("form: [facts], issues: [situation]", "form: [facts], opens: {process: task}, issues: [situation]"),
        ("    to: cancelled", "    opens: {process: task}\n    to: cancelled"),
    )
    any_place.office().deploy(by="hoso", why="thử")
    return any_place


def closed(office: LocalOffice, case: str, action: str = "reorganise") -> tuple[str, ...]:
    return office.advance(case, action, actor=HEAD, note="Thôi").left_open


def test_sub_cases_that_a_closed_case_leaves_open_are_told_however_it_is_known(handing_out):
    mine, others = handing_out.office(), handing_out.office()
    closing, remembered, behind = (incident(mine, "screen") for _ in range(3))
    assert closed(mine, closing, "cancel") == ("001/2026-VG",), "opened by the act that closes it"
    step(mine, remembered, "assess")
    assert closed(mine, remembered) == ("002/2026-VG",), "opened by an act that is remembered"
    step(others, behind, "assess")
    assert closed(mine, behind) == ("003/2026-VG",), "opened by another program since"
    read = incident(others, "screen", "assess")
    others.comment(read, actor=HEAD, note="Đã gọi")
    others.comment(read, actor=HEAD, note="Đã gọi lại")
    assert closed(others, read) == ("004/2026-VG",), "of a case that was read and is remembered since"
    assert closed(handing_out.office(), incident(mine, "screen", "assess")) == ("005/2026-VG",), "of a case that is read"
    ended = incident(mine, "screen", "assess")
    others.advance("006/2026-VG", "end", actor=CLERK)
    assert closed(mine, ended) == (), "none of them is open"
    assert mine.verify() == []


def test_a_case_that_is_known_to_have_none_is_closed_without_looking_for_any(two):
    office, _, case = two
    looked = list[str]()
    children = office.store.children
    office.store.children = lambda number: looked.append(number) or children(number)
    assert closed(office, case) == ()
    assert looked == []

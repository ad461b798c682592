"""The worker: each rung, period and message once, however many look and however long nobody looked."""

import email
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from email.policy import default
from pathlib import Path

import pytest

from storage import migrations
from storage.tables import SCHEMA
from storage.transaction import Transaction
from tests.app.making import (
    HEAD,
    SPECIALIST,
    Place,
    change_definitions,
    consulting,
    in_fresh_children,
    incident,
    no_scenarios,
)
from tests.storage.test_store_migrations import set_version
from tests.storage.tracing import trace
from workflow.errors import StoreBusy, WorkersAtWork
from workflow.model import Viewer
from workflow.office.acting import Acting
from workflow.upkeep import upgrade
from workflow.worker import MOST_AT_ONCE

ALL = Viewer(everything=True)
ROOT = Path(__file__).parents[2]

OFTEN = "from datetime import timedelta; import workflow.worker; workflow.worker.BEAT = timedelta(seconds=1); import cli; cli.main()"
"""`hoso worker`, with a sign of life each second."""


def tick(_index: int, place: Place) -> None:
    office = place.office()
    office.tick()
    office.store.close()


def setting(place: Place, old: str, new: str) -> None:
    toml = place.folder / "office.toml"
    text = toml.read_text("utf-8")
    assert old in text
    toml.write_text(text.replace(old, new), "utf-8")


def fired(place: Place, number: str) -> list[str]:
    """`due/rung` of each firing on record."""
    office = place.office()
    payloads = [json.loads(entry.payload)["data"] for entry in office.store.entries(number) if '"act":"fire"' in entry.text]
    return [f"{data['deadline'].split('/')[1]}/{data['rung']}" for data in payloads]


def mails(place: Place) -> list[email.message.EmailMessage]:
    box = place.folder / "var" / "outbox"
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted(box.iterdir())] if box.is_dir() else []


def kinds(place: Place, number: str) -> list[tuple[str, str]]:
    return [(row.notice.kind, row.notice.person) for row in reversed(place.office().store.notices(ALL, number))]


# ---- rungs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("any_place", "workers"), [("file", 1), ("file", 4), ("postgres", 4)], indirect=["any_place"])
def test_each_rung_fires_once_however_many_look_at_once(any_place: Place, workers: int) -> None:
    place = any_place
    office = place.office()
    numbers = [incident(office) for _ in range(3)]
    office.store.close()
    for moment in ("2026-11-23 11:00", "2026-11-24 08:00", "2026-11-26 08:00", "2026-11-30 08:00"):
        place.set(moment)
        assert in_fresh_children(workers, tick, place) == [0] * workers
    for number in numbers:
        assert len(fired(place, number)) == len(set(fired(place, number))) == 4
    office = place.office()
    assert office.verify() == []
    issued = [one.symbol for number in numbers for one in office.documents(number, actor=HEAD)]
    assert sorted(issued) == ["01-TB/BTGHU", "02-TB/BTGHU", "03-TB/BTGHU"]
    ids = [mail["Message-ID"] for mail in mails(place)]
    assert len(ids) == len(set(ids)) >= 4


@pytest.mark.parametrize(
    ("late", "told"),
    [("coalesce", ["overdue"]), ("each", ["reminder", "overdue", "overdue"]), ("skip", [])],
)
def test_after_an_outage_the_policy_says_which_notices_go_and_every_rung_still_counts(place: Place, late: str, told: list[str]) -> None:
    setting(place, 'late = "coalesce"', f'late = "{late}"')
    office = place.office()
    number = incident(office)
    place.set("2026-11-26 08:00")  # the reminder, the due and the superior's notice are past; the escalation is not
    assert office.tick().failed == 0
    assert len(fired(place, number)) == 3
    assert [one.rule for one in office.store.load(number).documents] == ["overdue_notice"]
    assert [kind for kind, _ in kinds(place, number)] == told
    assert office.tick().fired == 0


def test_a_rung_that_comes_late_by_minutes_is_told_even_under_skip(place: Place) -> None:
    setting(place, 'late = "coalesce"', 'late = "skip"')
    office = place.office()
    number = incident(office)
    place.set("2026-11-23 11:45")
    office.tick()
    assert kinds(place, number) == [("reminder", SPECIALIST)]


@pytest.mark.parametrize(
    ("whole", "broken", "error"),
    [('"state":"received"', '"state":"nowhere"', "KeyError"), ("{", "", "JSONDecodeError")],
    ids=["a state that there is none of", "a row that can't be read"],
)
def test_one_case_that_is_broken_does_not_keep_the_others_waiting(place: Place, whole: str, broken: str, error: str) -> None:
    office = place.office()
    wrong, sound = incident(office), incident(office)
    found = sqlite3.connect(place.folder / "hoso.db")
    (plain,) = found.execute('SELECT plain FROM "case" WHERE number = ?', (wrong,)).fetchone()
    found.execute("DROP TRIGGER case_no_update_of")
    found.execute('UPDATE "case" SET plain = ? WHERE number = ?', (plain.replace(whole, broken, 1), wrong))
    found.commit()
    found.close()
    place.set("2026-11-24 08:00")
    done = place.office().tick()
    assert (done.fired, done.failed) == (1, 1)
    assert fired(place, sound) != []
    log = (place.folder / "var" / "errors.log").read_text()
    assert error in log
    assert "nowhere" not in log


# ---- messages --------------------------------------------------------------------------------------------------------


def test_a_person_gets_one_digest_a_look_of_all_their_notices(place: Place) -> None:
    office = place.office()
    numbers = [incident(office) for _ in range(3)]
    place.set("2026-11-23 11:45")
    done = office.tick()
    assert (done.fired, done.sent) == (3, 1)
    (mail,) = mails(place)
    assert mail["To"] == "chuyen-vien-btg@namtruc.example"
    assert mail["Subject"].startswith("3 ")
    assert all(number in mail.get_content() for number in numbers)
    assert office.tick().sent == 0


def test_quiet_hours_and_days_off_hold_back_what_is_not_urgent(place: Place) -> None:
    change_definitions(
        place,
        "opinion/process.yaml",
        ("{at: 2 days before due, notifies: respondent}", "{at: 2 days before due, notifies: respondent, urgent: true}"),
    )
    no_scenarios(place)
    office = place.office()
    office.deploy()
    consulting(office)
    number = incident(office)
    place.set("2026-11-20 20:00")
    assert office.tick().sent == 0
    place.set("2026-11-21 09:00")  # a Saturday
    assert office.tick().sent == 0
    place.set("2026-11-26 02:00")  # the letter to a commune is due on the 27th
    assert office.tick().sent == 1
    assert [mail["To"] for mail in mails(place)] == ["chu-tich-nam-giang@namtruc.example"]
    waiting = [row for row in office.store.notices(ALL, number) if row.state == "waiting" and not row.message]
    assert waiting
    place.set("2026-11-26 07:00")
    assert office.tick().sent == len({row.notice.person for row in waiting})


def test_an_urgent_notice_goes_at_night_however_many_others_wait_before_it(place: Place) -> None:
    change_definitions(
        place,
        "opinion/process.yaml",
        ("{at: 2 days before due, notifies: respondent}", "{at: 2 days before due, notifies: respondent, urgent: true}"),
    )
    no_scenarios(place)
    office = place.office()
    office.deploy()
    consulting(office)
    number = incident(office)
    office.store.database.write(waits, number, MOST_AT_ONCE + 1)
    place.set("2026-11-26 02:00")
    assert office.tick().sent == 1
    assert [mail["To"] for mail in mails(place)] == ["chu-tich-nam-giang@namtruc.example"]


def waits(tx: Transaction, case: str, count: int) -> None:
    """So many notices that are not urgent, older than what comes."""
    columns = 'key, person, "case", at, subject, text, urgent, kind'
    many = [(f"old/{at}", HEAD, case, "2026-11-20T02:00:00.000000Z", "s", "t", 0, "notice") for at in range(count)]
    tx.cursor.executemany(f"INSERT INTO notice ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", many)


def test_what_could_not_be_delivered_by_day_is_not_tried_again_at_night(place: Place) -> None:
    office = place.office()
    number = incident(office)
    (place.folder / "var" / "outbox").write_text("a file where the folder should be")
    place.set("2026-11-23 17:25")
    assert office.tick().sent == 0
    (place.folder / "var" / "outbox").unlink()
    place.set("2026-11-23 20:00")
    assert office.tick().sent == 0
    place.set("2026-11-25 07:00")  # the 24th is off
    assert office.tick().sent == 2  # that one, and the word that it is past
    assert [row.state for row in office.store.notices(ALL, number)][-1] == "sent"


def test_without_quiet_hours_everything_goes_at_once(place: Place) -> None:
    setting(place, 'quiet = "17:30-07:00"', 'quiet = ""')
    office = place.office()
    incident(office)
    place.set("2026-11-24 01:00")
    assert office.tick().sent == 1


def test_a_person_without_an_address_is_given_up_and_shown_by_doctor(place: Place) -> None:
    no_scenarios(place)
    change_definitions(place, "organisation.yaml", (", email: chuyen-vien-btg@namtruc.example", ""))
    office = place.office()
    office.deploy()
    number = incident(office)
    place.set("2026-11-23 11:45")
    assert office.tick().sent == 0
    assert mails(place) == []
    (row,) = office.store.notices(ALL, number)
    assert (row.state, row.error) == ("given up", "no address")
    (finding,) = [one for one in office.doctor() if one.what == "outbox"]
    assert (finding.level, SPECIALIST in finding.message) == ("error", True)


# ---- periods ---------------------------------------------------------------------------------------------------------


def test_each_year_has_one_report_however_many_look_and_whatever_became_of_the_last(any_place: Place) -> None:
    place = any_place
    place.set("2026-12-01 07:59")
    assert in_fresh_children(2, tick, place) == [0, 0]
    assert list(place.office().store.all_cases()) == []
    place.set("2026-12-01 08:00")
    assert in_fresh_children(4, tick, place) == [0] * 4
    place.set("2027-12-01 08:00")
    assert in_fresh_children(4, tick, place) == [0] * 4
    office = place.office()
    assert list(office.store.all_cases()) == ["01/2026-BCN", "01/2027-BCN"]
    assert [office.store.load(number).case.fields["year"] for number in office.store.all_cases()] == [2026, 2027]
    assert "last_held" not in office.store.load("01/2027-BCN").case.fields
    assert office.store.load("01/2026-BCN").case.open
    assert office.verify() == []


def test_the_next_report_brings_along_the_last_ones_figures(place: Place) -> None:
    office = place.office()
    place.set("2026-12-01 08:00")
    (first,) = office.tick().opened
    office.advance(first, "request_data", actor=HEAD, fields={"units": ["tt-hdnd"]})
    office.reply(first, unit="tt-hdnd", actor="van-thu-hdnd", fields={"held": 7, "incidents": 0})
    place.set("2027-12-01 08:00")
    (second,) = office.tick().opened
    assert office.store.load(second).case.fields["last_held"] == 7
    assert office.tick().opened == ()


def test_after_years_without_a_worker_every_period_that_was_missed_is_opened(place: Place) -> None:
    place.set("2029-03-01 08:00")
    office = place.office()
    assert len(office.tick().opened) == 3
    assert sorted(office.store.periods("annual_report")) == ["2026", "2027", "2028"]


def test_a_period_that_can_not_be_opened_is_counted_as_failed_and_tried_again(place: Place) -> None:
    no_scenarios(place)
    organisation = "{person: chuyen-vien-btg, unit: btg, position: specialist, title: Chuyên viên, from: 2022-01-01}"
    change_definitions(place, "organisation.yaml", (f"  - {organisation}\n", ""))
    office = place.office()
    office.deploy()
    place.set("2026-12-01 08:00")
    assert (office.tick().failed, office.tick().opened) == (1, ())
    (place.folder / "definitions" / "organisation.yaml").write_text(
        (place.folder / "definitions" / "organisation.yaml").read_text("utf-8").replace("posts:\n", f"posts:\n  - {organisation}\n"),
        "utf-8",
    )
    office.deploy()
    assert office.tick().opened == ("01/2026-BCN",)


# ---- the process -----------------------------------------------------------------------------------------------------


def test_a_worker_fires_by_itself_and_a_signal_ends_it_cleanly(any_place: Place) -> None:
    place = any_place
    office = place.office()
    number = incident(office)
    office.store.close()
    far = (place.clock.at.timestamp() + 86400 * 4) - time.time()  # noqa: TID251 - the practice clock is the machine's and a shift
    (place.folder / "var" / "clock.json").write_text(f'{{"seconds": {far}}}')
    environ = {**os.environ, **place.environ, "HOSO_OFFICE": str(place.folder), "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen(
        [sys.executable, "-c", OFTEN, "worker"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 25
        while not fired(place, number) and time.monotonic() < until:
            time.sleep(0.2)
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=20)
    finally:
        worker.kill()
    assert (worker.returncode, errors) == (0, "")
    assert len(fired(place, number)) >= 2
    office = place.office()
    assert office.verify() == []
    assert len(office.store.workers()) == 1


def _started(place: Place) -> subprocess.Popen[str]:
    """A worker of its own process that looks often."""
    environ = {**os.environ, **place.environ, "HOSO_OFFICE": str(place.folder), "PYTHONPATH": str(ROOT)}
    place.office().close()
    return subprocess.Popen([sys.executable, "-c", OFTEN, "worker"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _wait_for_its_beat(place: Place) -> None:
    until = time.monotonic() + 25
    while not place.office().store.workers() and time.monotonic() < until:
        time.sleep(0.2)


def test_a_worker_ends_once_the_schema_has_moved_on(any_place: Place) -> None:
    place = any_place
    url = place.database or f"sqlite:///{place.folder / 'hoso.db'}"
    worker = _started(place)
    try:
        _wait_for_its_beat(place)
        assert f"(PID {worker.pid})" in migrations.workers(url)[0]
        set_version(url, "9999")
        _, errors = worker.communicate(timeout=40)
    finally:
        worker.kill()
        set_version(url, SCHEMA)
    assert worker.returncode == 7
    assert "9999" in errors
    assert migrations.workers(url) == []
    assert place.office().verify() == []


def test_a_worker_ends_once_another_file_stands_in_the_place_of_its_database(place: Place) -> None:
    worker = _started(place)
    try:
        _wait_for_its_beat(place)
        file = place.folder / "hoso.db"
        with sqlite3.connect(file) as before, sqlite3.connect(place.folder / "restored.db") as restored:
            before.backup(restored)
        for part in ("-wal", "-shm"):
            file.with_name(f"hoso.db{part}").unlink(missing_ok=True)
        file.with_name("restored.db").replace(file)
        _, errors = worker.communicate(timeout=40)
    finally:
        worker.kill()
    assert worker.returncode == 7
    assert "thay bằng tệp khác" in errors
    assert place.office().verify() == []


def test_an_upgrade_waits_until_the_workers_have_ended(any_place: Place) -> None:
    place = any_place
    office = place.office()
    url = place.database or f"sqlite:///{place.folder / 'hoso.db'}"
    office.store.beat("here", place.clock.at)
    office.close()
    assert upgrade(place.folder, place.environ).workers == (), "there is no step to be done"
    set_version(url, "0006")
    with pytest.raises(WorkersAtWork, match=rf"here \(PID {os.getpid()}\)"):
        upgrade(place.folder, place.environ)
    assert upgrade(place.folder, place.environ, dry_run=True).workers == (f"here (PID {os.getpid()})",)
    set_version(url, SCHEMA)
    assert place.office().verify() == []


# ---- side by side ----------------------------------------------------------------------------------------------------


def dies_holding(_index: int, place: Place) -> None:
    """A worker that claims all that is due and dies before it has done any of it."""
    office = place.office()
    office.store.beat("dead", place.clock.at)
    assert len(office.store.claim_rungs(place.clock.at, "dead", 99)) == 3
    os._exit(9)


def test_what_a_worker_held_that_died_is_taken_over_at_once(any_place: Place) -> None:
    place = any_place
    office = place.office()
    numbers = [incident(office) for _ in range(3)]
    office.store.close()
    place.set("2026-11-26 08:00")
    assert in_fresh_children(1, dies_holding, place) == [9]
    office = place.office()
    assert office.tick().fired >= 3
    assert all(len(fired(place, number)) == 3 for number in numbers)
    assert office.verify() == []
    office.store.close()


def test_many_rungs_are_written_in_few_transactions_each_whole_or_not_at_all(any_place: Place, monkeypatch) -> None:
    monkeypatch.setattr("workflow.worker.TOGETHER", 50)
    place = any_place
    office = place.office()
    numbers = [incident(office) for _ in range(60)]
    place.set("2026-11-23 11:30")  # the reminder, which needs no number
    commits = []
    commit, soon = office.store.commit, office.store.commit_soon
    office.store.commit = lambda changes, *lease: commits.append(len(changes)) or commit(changes, *lease)  # type: ignore[method-assign]
    office.store.commit_soon = lambda changes: commits.append(len(changes)) or soon(changes)  # type: ignore[method-assign]
    moved = office.acting.decided
    office.acting.__class__.decided = lambda self, act, file, facts, _: _behind(
        moved(act, file, facts), place, file.case.number, numbers[3]
    )  # type: ignore[method-assign]
    try:
        assert office.tick().fired == 60
    finally:
        del office.store.commit, office.store.commit_soon
        office.acting.__class__.decided = DECIDED  # type: ignore[method-assign]
    assert commits == [50, 10, 1]
    assert all(fired(place, number) == ["due/0"] for number in numbers)
    assert office.verify() == []
    office.store.close()


DECIDED = Acting.decided


def _behind(outcome, place, case, which):
    """Somebody else moves one of the cases between the decision and the commit."""
    if case == which:
        other = place.office()
        other.comment(case, actor=SPECIALIST, note="x")
        other.store.close()
    return outcome


def test_a_worker_that_is_drained_does_all_that_is_due_and_ends(any_place: Place) -> None:
    place = any_place
    office = place.office()
    number = incident(office)
    place.set("2026-12-01 08:00")
    done = office.drain()
    assert (done.fired >= 1, done.opened, done.failed) == (True, ("01/2026-BCN",), 0)
    assert done.sent == len(mails(place))
    assert len(fired(place, number)) == 4
    again = office.drain()
    assert (again.fired, again.opened, again.sent) == (0, (), 0)
    office.store.close()


def test_a_look_that_broke_off_keeps_nothing_for_itself(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    office = place.office()
    number = incident(office)
    place.set("2026-11-26 08:00")

    def away(*_: object) -> None:
        raise StoreBusy(url="x", seconds=1)

    with monkeypatch.context() as broken:
        broken.setattr(Acting, "decided", away)
        with pytest.raises(StoreBusy):
            office.tick()
    office.tick()
    assert len(fired(place, number)) == 3


def test_an_idle_look_writes_nothing(place: Place) -> None:
    office = place.office()
    incident(office)
    office.tick()
    written: list[str] = []
    trace(
        office.store,
        lambda sql: written.append(sql) if not sql.lstrip().upper().startswith(("SELECT", "BEGIN", "COMMIT", "PRAGMA")) else None,
    )
    office.tick()
    assert written == []

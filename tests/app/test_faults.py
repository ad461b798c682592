"""What may happen to a machine at work: killed at random, held, set back; the laws hold each time (see docs/reliability.md)."""

import os
import random
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.making import HEAD, Place, incident, step
from tests.app.victims import fired, killed_together, unfound
from workflow.errors import StoreBusy, StoreCorrupt

KILLS = int(os.environ.get("KILLS", "") or 6)
"""How many processes are killed; `make faults` kills 500."""
SEED = int(os.environ.get("SEED", "") or 0)
"""By which their moments are drawn; 0: by how many there are."""
TOGETHER = 4
"""At work side by side when they are killed."""


@pytest.mark.parametrize("any_place", ["file", "postgres"], indirect=True)
def test_commands_and_workers_that_are_killed_at_random_lose_nothing_acknowledged(any_place: Place, tmp_path: Path) -> None:
    killed_at_random(any_place, tmp_path, KILLS)


@pytest.mark.long
@pytest.mark.parametrize("any_place", ["file", "postgres"], indirect=True)
def test_five_hundred_commands_and_workers_that_are_killed_at_random_lose_nothing_acknowledged(any_place: Place, tmp_path: Path) -> None:
    killed_at_random(any_place, tmp_path, int(os.environ.get("KILLS", "") or 500))


def killed_at_random(place: Place, tmp_path: Path, kills: int) -> None:
    chance, began, requests = random.Random(SEED or kills), place.clock.at, list[str]()
    for turn in range(-(-kills // TOGETHER)):
        place.clock.at = began + turn * timedelta(hours=5)
        told = killed_together(place, tmp_path, turn, min(TOGETHER, kills - turn * TOGETHER), chance)
        office = place.office()
        assert unfound(office, told) == []
        assert office.verify(since=place.clock.at.date()) == []
        office.close()
        requests += told
    place.clock.at += timedelta(days=10)
    office = place.office()
    office.drain()
    assert office.verify() == []
    assert len(requests) >= kills // 2  # who is killed has done something
    assert unfound(office, requests) == []
    assert max(fired(office).values()) == 1
    office.close()


def test_a_clock_that_is_set_back_an_hour_makes_no_act_earlier_than_the_one_before(any_place: Place) -> None:
    place = any_place
    office = place.office()
    number = incident(office, "screen")
    place.set("2026-11-23 11:30")
    office.tick()
    fired = len(office.store.entries(number))
    place.clock.at -= timedelta(hours=1)
    assert office.tick().failed == 0
    step(office, number, "assess")
    times = [entry.at for entry in office.store.entries(number)]
    assert times == sorted(times)
    assert len(times) == fired + 1
    place.clock.at += timedelta(hours=1)
    office.tick()
    assert office.verify() == []
    assert office.advance(number, "cancel", actor=HEAD, note="x").after == "cancelled"
    office.close()


@pytest.mark.long
def test_a_database_that_is_locked_for_half_a_minute_is_told_and_the_act_may_be_done_again(place: Place) -> None:
    office = place.office()
    number = incident(office)
    other = sqlite3.connect(place.folder / "hoso.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(30, other.execute, args=("COMMIT",))
    release.start()
    with pytest.raises(StoreBusy, match="Nothing was written"):
        step(office, number, "screen", request_id="once")
    release.join()
    assert step(office, number, "screen", request_id="once").after == "screened"
    assert office.verify() == []
    other.close()


def test_a_page_that_is_damaged_while_the_office_works_is_told_and_a_backup_helps(place: Place, tmp_path: Path) -> None:
    from workflow.compose import open_office, restore

    office = place.office()
    number = incident(office, "screen", "assess")
    office.backup(tmp_path / "b")
    office.close()
    file = place.folder / "hoso.db"
    pages = sqlite3.connect(file)
    pages.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = pages.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entry'").fetchone()
    pages.close()
    with file.open("r+b") as content:
        content.seek((root - 1) * 4096)
        content.write(b"\xff" * 4096)
    with pytest.raises(StoreCorrupt, match="backup"):
        place.office().history(number, actor=HEAD)
    restore(tmp_path / "b", tmp_path / "new", late="fire", last={}, by="root", clock=place.clock)
    again = open_office(tmp_path / "new", clock=place.clock, environ={})
    assert again.verify() == []
    assert [entry.action for entry in again.history(number, actor=HEAD)] == ["open", "screen", "assess"]
    again.close()

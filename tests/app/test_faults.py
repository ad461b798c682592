"""What may happen to a machine at work: killed at random, held, set back; the laws hold each time (see docs/reliability.md)."""

import json
import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.making import FRESH, HEAD, INCIDENT, Place, incident, step
from workflow.errors import StoreBusy, StoreCorrupt
from workflow.timekeeping import SetClock

KILLS = int(os.environ.get("KILLS", "") or 6)
"""How many processes are killed; `make faults` kills 500."""


def clerk(place: Place, turn: int, told: Path) -> None:
    """Open and advance cases, and note each act that was acknowledged."""
    office = place.office()
    with told.open("a", buffering=1) as notes:
        for act in range(500):
            done = office.open("incident", actor="van-thu-btg", fields=INCIDENT, request_id=f"{turn}/{act}/open")
            notes.write(f"{turn}/{act}/open\n")
            for action in ("screen", "assess"):
                step(office, done.case, action, request_id=f"{turn}/{act}/{action}")
                notes.write(f"{turn}/{act}/{action}\n")


def worker(place: Place, _turn: int, told: Path) -> None:
    """Look without end."""
    office = place.office()
    while True:
        office.tick()
        told.touch()


def _begun(told: Path, child, work) -> None:
    """Return when the child has done something, or has ended."""
    until, before = time.monotonic() + 60, told.stat() if told.exists() else None
    while child.is_alive() and (not told.exists() or (before is not None and told.stat().st_mtime_ns == before.st_mtime_ns)):
        assert time.monotonic() < until, work
        time.sleep(0.01)


@pytest.mark.parametrize("any_place", ["file", "postgres"], indirect=True)
def test_commands_and_workers_that_are_killed_at_random_lose_nothing_acknowledged(any_place: Place, tmp_path: Path) -> None:
    killed_at_random(any_place, tmp_path, KILLS)


@pytest.mark.long
@pytest.mark.parametrize("any_place", ["file", "postgres"], indirect=True)
def test_five_hundred_commands_and_workers_that_are_killed_at_random_lose_nothing_acknowledged(any_place: Place, tmp_path: Path) -> None:
    killed_at_random(any_place, tmp_path, int(os.environ.get("KILLS", "") or 500))


def killed_at_random(place: Place, tmp_path: Path, kills: int) -> None:
    chance, acks = random.Random(kills), tmp_path / "acknowledged"
    for turn in range((kills + 1) // 2):  # a clerk and a worker at once, both killed
        moment = Place(folder=place.folder, clock=SetClock(place.clock.at + turn * timedelta(hours=5)), database=place.database)
        children = []
        for work, told in ((clerk, acks), (worker, tmp_path / "looked")):
            child = FRESH.Process(target=work, args=(moment, turn, told))
            child.start()
            children.append((child, work, told))
        for child, work, told in children:
            _begun(told, child, work)
        for child, _, _ in sorted(children, key=lambda _: chance.random()):
            time.sleep(chance.uniform(0, 0.3))
            child.kill()
            child.join()
            assert child.exitcode == -signal.SIGKILL
            child.close()
    place.clock.at += kills * timedelta(hours=5) + timedelta(days=10)
    office = place.office()
    office.drain()
    assert office.verify() == []
    requests = acks.read_text().split()
    assert requests
    assert [one for one in requests if office.store.begin(one, "").receipt is None] == []
    fired: Counter[tuple[str, str, int]] = Counter()
    for number in office.store.all_cases():
        for entry in office.store.entries(number):
            if '"act":"fire"' in entry.text:
                data = json.loads(entry.payload)["data"]
                fired[number, data["deadline"], data["rung"]] += 1
    assert fired
    assert max(fired.values()) == 1
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

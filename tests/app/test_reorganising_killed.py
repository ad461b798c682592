"""A reorganisation that is killed at random and run again ends as one that never was: nothing half done, nothing twice, on either database."""

import os
import random
import signal
import threading
from datetime import date
from pathlib import Path

import pytest

from tests.app.conftest import Copy
from tests.app.making import FRESH, OPINION, Place, dump, incident
from tests.app.test_reorganising import after
from tests.storage.tracing import trace
from workflow.upkeep.proving import verify

DAY = date(2026, 12, 1)
CASES = int(os.environ.get("HOSO_TEST_CASES", "300"))
KILLS = 10
PASSING = tuple(f'INSERT INTO "{table}"' for table in ("turn", "claim", "worker", "held", "case_search"))
"""What a dead process leaves to be passed over; and how the index of words lies on its pages."""
INSTANT = 0.005
"""Seconds: within so many after a write it is killed."""


def reorganise(place: Place, file: bytes, dies_at: int, after: float, counted: Path) -> None:
    """In a process of its own, which is killed so many seconds after the writing statement of this number has begun (0: never)."""
    office, statements = place.office(), 0

    def started(sql: str) -> None:
        nonlocal statements
        statements += sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))  # a look commits too
        if dies_at and statements == dies_at:
            threading.Timer(after, os.kill, (os.getpid(), signal.SIGKILL)).start()

    trace(office.store, started)
    office.reorganise(file, effective=DAY, by="chanh-vp", why="NQ 1")
    counted.write_text(str(statements))
    office.close()


def crowded(place: Place) -> None:
    """Cases that the ended unit keeps, and rounds in which it is asked."""
    office = place.office()
    for at in range(CASES):
        if at % 10 == 9:
            opinion = office.open("opinion", actor="van-thu-vp", fields=OPINION).case
            office.advance(opinion, "ask", actor="pho-chu-tich-hdnd")
        else:
            incident(office, *(["screen"] if at % 2 else []))
    office.close()


def run(place: Place, file: bytes, dies_at: int = 0, after: float = 0.0) -> int:
    """How many writing statements it took; 0 where it was killed."""
    counted = place.folder / "counted"
    counted.unlink(missing_ok=True)
    child = FRESH.Process(target=reorganise, args=(place, file, dies_at, after, counted))
    child.start()
    child.join()
    code = child.exitcode
    child.close()
    assert code in {0, -signal.SIGKILL}, code
    return int(counted.read_text()) if code == 0 else 0


def moved(place: Place) -> int:
    """How many cases have changed hands."""
    office = place.office()
    found = [office.store.load(number).case.unit for number in office.store.open_cases()]
    office.close()
    return found.count("btgdv")


def told(place: Place) -> list[str]:
    return sorted(line for line in dump(place) if not line.startswith(PASSING))


@pytest.mark.long
def test_killed_at_random_and_run_again_it_ends_in_the_same_state(any_place: Place, tmp_path: Path, copy: Copy) -> None:
    crowded(any_place)
    any_place.set("2026-12-01 08:00")
    file, chance = after(any_place), random.Random(7)
    with copy(any_place, tmp_path / "done") as done:
        statements = run(done, file)
        ends, count = told(done), moved(done)
    assert statements > CASES
    with copy(any_place, tmp_path / "killed") as mine:
        between = []
        while len(between) < KILLS and not run(mine, file, chance.randint(1, statements // KILLS * 2), chance.uniform(0, INSTANT)):
            between.append(moved(mine))
        assert run(mine, file)
        assert told(mine) == ends
        office = mine.office()
        assert [finding for finding in verify(office.store) if finding.level != "ok"] == []
        office.close()
    assert len(between) > KILLS // 3, between
    assert any(0 < one < count for one in between), "it was killed in the midst of its cases"

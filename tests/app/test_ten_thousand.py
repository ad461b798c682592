"""Ten thousand cases at once: a migration that is killed again and again ends as one that never was; a back-test writes nothing."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from tests.app.crowding import Crowding
from tests.app.making import HEAD, Place, change_definitions, copied, no_scenarios
from tests.app.test_changing_anywhere import MAPPED
from tests.app.test_migration import PROCESS, RENAMED
from tests.killing import until_done
from workflow.upkeep.proving import verify

CASES = int(os.environ.get("HOSO_TEST_CASES", "10000"))
KILLS = 12


@pytest.fixture(scope="module")
def crowd(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """So many open incidents, a half of them screened, and another version of their procedure beside them in the folder. It stays so."""
    place = copied(deployed, tmp_path_factory.mktemp("crowd") / "office")
    office = place.office()
    crowding = Crowding(office)
    crowding.fill(CASES // 2)
    crowding.fill(CASES - CASES // 2, "screen")
    office.store.close()
    no_scenarios(place)
    change_definitions(place, PROCESS, *RENAMED, ("at: 10 working days", "at: 12 working days"))
    place.set("2026-11-24 09:00")
    return place


def later(place: Place, folder: Path) -> Place:
    found = copied(place.folder, folder)
    found.clock.at = place.clock.at
    return found


def rows(place: Place) -> Iterator[str]:
    """All that the office's database holds, but for the random names of requests."""
    with closing(sqlite3.connect(place.folder / "hoso.db")) as found:
        yield from (line for line in found.iterdump() if not line.startswith(('INSERT INTO "receipt"', 'INSERT INTO "turn"')))


def kept(place: Place) -> list[bytes]:
    """The same, a hash a row: twice ten thousand cases need not be in memory."""
    return sorted(sha256(line.encode()).digest() for line in rows(place))


def migrating(place: Place) -> Callable[[Callable[[], None]], None]:
    """The work of a child: the migration, telling of each case."""

    def work(said: Callable[[], None]) -> None:
        def each(cases, _count):
            for case in cases:
                said()
                yield case

        place.office().migrate(MAPPED, actor=HEAD, progress=each)

    return work


@pytest.mark.long
def test_ten_thousand_cases_move_killed_at_random_as_if_nothing_had_been(crowd: Place, tmp_path: Path) -> None:
    whole, mine = later(crowd, tmp_path / "whole"), later(crowd, tmp_path / "mine")
    for place in (whole, mine):
        office = place.office()
        office.deploy(why="Đổi tên")
        office.store.close()
    done = whole.office()
    moved = done.migrate(MAPPED, actor=HEAD)
    assert (moved.moved, moved.mapping, moved.refused) == (CASES, 0, 0)
    done.store.close()
    assert until_done(migrating(mine), CASES // KILLS, Random(23), times=KILLS) >= KILLS - 2
    office = mine.office()
    assert [finding for finding in verify(office.store) if finding.level != "ok"] == []
    assert office.migrate(MAPPED, actor=HEAD).moved == 0
    office.store.close()
    assert kept(mine) == kept(whole)


@pytest.mark.long
def test_ten_thousand_past_cases_are_tried_and_nothing_is_written(crowd: Place, tmp_path: Path) -> None:
    mine = later(crowd, tmp_path / "mine")
    file = mine.folder / "hoso.db"
    before = sha256(file.read_bytes()).digest()
    with closing(sqlite3.connect(file)) as watching:
        (version,) = watching.execute("PRAGMA data_version").fetchone()
        office = mine.office()
        done = office.backtest("incident", actor=HEAD)
        assert (done.cases_tested, done.acts_tested, done.acts_refused) == (CASES, CASES + CASES - CASES // 2, 0)
        assert watching.execute("PRAGMA data_version").fetchone() == (version,), "something was written meanwhile"
        office.store.close()
    assert sha256(file.read_bytes()).digest() == before

"""Law 1 at the office's level: a process that dies in the middle of an act, a look of the worker or a deployment leaves
before or after, and it can simply be done again.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.conftest import Copy
from tests.app.making import (
    FRESH,
    HEAD,
    INCIDENT,
    SPECIALIST,
    STEPS,
    Place,
    change_definitions,
    dump,
    in_fresh_children,
    incident,
    no_scenarios,
    step,
)
from tests.storage.tracing import trace
from workflow.compose import LocalOffice
from workflow.office import many

DIED = 9
PASSING = tuple(f'INSERT INTO "{table}"' for table in ("turn", "claim", "worker", "held"))
Work = Callable[[LocalOffice], object]


def trace_writes(office: LocalOffice, started: Callable[[], object]) -> None:
    """Call `started` when the database starts a statement that writes."""

    def count(sql: str) -> None:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
            started()

    trace(office.store, count)


def doing(_index: int, place: Place, work: Work, dies_at: int, counted: Path) -> None:
    """In a child: do `work`, but end without a word at the writing statement of this number (0: never); else write how many."""
    office, statements = place.office(), 0

    def started() -> None:
        nonlocal statements
        statements += 1
        if statements == dies_at:
            os._exit(DIED)

    trace_writes(office, started)
    work(office)
    counted.write_text(str(statements))


def run(place: Place, work: Work, dies_at: int = 0) -> int:
    """How many writing statements the work took; 0 if it died."""
    counted = place.folder / "counted"
    (code,) = in_fresh_children(1, doing, place, work, dies_at, counted)
    assert code in ({0, DIED} if dies_at else {0})
    return int(counted.read_text()) if code == 0 else 0


def told(place: Place) -> list[str]:
    """What the database holds but for the turns at series and claims, which a dead process leaves to be passed over."""
    return [line for line in dump(place) if not line.startswith(PASSING)]


def crash_everywhere(place: Place, folder: Path, copy: Copy, work: Work, points: int) -> None:
    """Die at writing statements (so many of them, spread); each time it is before or after, and can be done again."""
    with copy(place, folder / "done") as done:
        total = run(done, work)
        after = _without_chance(told(done))
    for at in sorted(random.Random(7).sample(range(1, total + 1), points // 3 if place.database else points)):
        with copy(place, folder / str(at)) as dead:
            assert run(dead, work, at) == 0
            assert _whole(dead)
            run(dead, work)
            assert _without_chance(told(dead)) == after
            assert _whole(dead)


def _whole(place: Place) -> bool:
    """Whether each case is what its history says: nothing between before and after."""
    office = place.office()
    wrong = office.verify()
    office.store.close()
    return wrong == []


def _without_chance(lines: list[str]) -> list[str]:
    """Without receipts of the clock's acts, whose ids are chance."""
    return [line for line in lines if not line.startswith('INSERT INTO "receipt"')]


def deploy(office: LocalOffice) -> object:
    return office.deploy(by="hoso", why="sửa")


def assessed(office: LocalOffice) -> object:
    return step(office, "001/2026-VV", "assess", request_id="assess once")


def test_an_act_with_papers_that_dies_anywhere_is_done_or_not_and_can_be_done_again(any_place: Place, tmp_path: Path, copy: Copy) -> None:
    office = any_place.office()
    incident(office, "screen")
    office.store.close()
    crash_everywhere(any_place, tmp_path, copy, assessed, points=5)
    assert [one.symbol for one in office.documents("001/2026-VV", actor=HEAD)] == [""]
    office.store.close()


def test_a_look_of_the_worker_that_dies_anywhere_fires_each_rung_once_all_the_same(any_place: Place, tmp_path: Path, copy: Copy) -> None:
    office = any_place.office()
    for _ in range(2):
        incident(office)
    office.store.close()
    any_place.set("2026-11-27 08:00")
    crash_everywhere(any_place, tmp_path, copy, LocalOffice.tick, points=5)


def screened(office: LocalOffice) -> object:
    many.TOGETHER = 2  # in a child of its own
    actor, fields, note = STEPS["screen"]
    cases = [f"00{n}/2026-VV" for n in range(1, 5)]
    return office.advance_each(cases, "screen", actor=actor, fields=fields, note=note, request_id="r")


def test_an_act_on_many_cases_that_dies_anywhere_is_sent_again_and_each_has_it_once(any_place: Place, tmp_path: Path, copy: Copy) -> None:
    office = any_place.office()
    for _ in range(4):
        incident(office)
    office.store.close()
    crash_everywhere(any_place, tmp_path, copy, screened, points=5)


def test_a_deployment_that_dies_anywhere_is_in_use_whole_or_not_at_all(place: Place, tmp_path: Path, copy: Copy) -> None:
    no_scenarios(place)
    change_definitions(place, "incident/process.yaml", ("title: Phân loại\n", "title: Xếp loại\n"))
    change_definitions(place, "organisation.yaml", ("title: Trưởng ban,", "title: Quyền Trưởng ban,"))
    old = place.office().definitions.in_use()["incident"]
    crash_everywhere(place, tmp_path, copy, deploy, points=3)
    assert place.office().definitions.in_use()["incident"] == old


def _wait_for_more(place: Place) -> None:
    """Return when somebody has opened a case."""
    office, until = place.office(), time.monotonic() + 30
    before = len(list(office.store.all_cases()))
    while len(list(office.store.all_cases())) == before:
        assert time.monotonic() < until
        time.sleep(0.02)
    office.store.close()


def busy(place: Place, turn: int) -> None:
    office = place.office()
    for act in range(200):
        incident_once(office, f"{turn}/{act}")


def incident_once(office: LocalOffice, name: str) -> None:
    number = office.open("incident", actor="van-thu-btg", fields=INCIDENT, request_id=name).case
    for action in ("screen", "assess"):
        step(office, number, action)


@pytest.mark.parametrize(("any_place", "seed"), [("file", 0), ("file", 1), ("postgres", 2)], indirect=["any_place"])
def test_a_process_killed_at_any_moment_leaves_whole_cases_and_series_without_gap(any_place: Place, seed: int) -> None:
    """SIGKILL, at moments that nobody chose, while cases are opened and advanced with papers."""
    place, chance = any_place, random.Random(seed)
    for turn in range(2 if place.database else 3):
        child = FRESH.Process(target=busy, args=(place, turn))
        child.start()
        _wait_for_more(place)
        time.sleep(chance.uniform(0, 0.7))
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        child.close()
    office = place.office()
    assert office.verify() == []
    numbers = list(office.store.all_cases())
    assert numbers
    assert numbers == [f"{n:03}/2026-VV" for n in range(1, len(numbers) + 1)]
    symbols = [one.symbol for number in numbers for one in office.documents(number, actor=HEAD) if one.status == "issued"]
    assert symbols == [f"{n:02}-BC/BTGHU" for n in range(1, len(symbols) + 1)]
    number = incident(office)
    assert office.advance(number, "cancel", actor=HEAD, note="x").after == "cancelled"
    assert office.why(number, "reorganise", actor=SPECIALIST).allowed is False
    office.store.close()

"""Series and registers under many processes: no gap, no double, nobody starved, whoever is killed."""

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

import storage.postgres  # noqa: F401 - imported once, before the processes part
from storage import loading
from tests.app.making import CLERK, Place, change_definitions, in_children, in_fresh_children, incident, no_scenarios, step
from workflow.answers import Finding
from workflow.errors import Conflict, StoreUnreachable

SERIES = "btg/BC/term:2025-2030"


def numbers(place: Place) -> list[int]:
    office = place.office()
    found = {str(series): office.store.database.read(loading.numbers, series)[0] for series, _ in office.store.series()}
    office.store.close()
    return found.get(SERIES, [])


def proved(place: Place) -> list[Finding]:
    office = place.office()
    found = office.verify()
    office.store.close()
    return found


def reserve(place: Place, index: int, times: int, count: int = 1) -> int:
    office = place.office()
    for at in range(times):
        office.reserve("btg", "BC", actor=CLERK, count=count, note=f"{index}", request_id=f"{index}-{at}")
    return 0


def test_eight_processes_reserve_at_once_beside_a_batch_of_fifty(any_place: Place) -> None:
    people = 4 if any_place.database else 8

    def work(index: int) -> int:
        return reserve(any_place, index, 1, 50) if index == 0 else reserve(any_place, index, 4)

    assert in_children(people, work) == [0] * people
    assert numbers(any_place) == list(range(1, 50 + 4 * (people - 1) + 1))
    assert proved(any_place) == []


def issuing(index: int, folder: Path, url: str, case: str) -> None:
    from tests.app.making import at
    from workflow.timekeeping import SetClock

    place = Place(folder=folder, clock=SetClock(at("2026-11-20 10:00")), database=url)
    office = place.office()
    if index == 0:
        office.reserve("btg", "BC", actor=CLERK, count=50, note="lô")
        return
    step(office, case.split(",")[index - 1], "assess")


def test_papers_are_issued_at_once_beside_a_batch(place: Place) -> None:
    change_definitions(place, "incident/process.yaml", ("secret: true", "secret: false"))  # else their series is another
    no_scenarios(place)
    office = place.office()
    office.deploy(by="hoso", why="thử")
    cases = ",".join(incident(office, "screen") for _ in range(3))
    office.store.close()
    assert in_fresh_children(4, issuing, place.folder, place.database, cases) == [0] * 4
    assert numbers(place) == list(range(1, 54))
    assert proved(place) == []


def test_whoever_waits_for_a_number_decides_by_what_is_in_use_when_the_turn_comes(any_place: Place) -> None:
    holder, waiting, opened = any_place.office(), any_place.office(), list[str]()
    incident(holder)
    (series,) = (series for series, _ in holder.store.series())
    thread = threading.Thread(target=lambda: opened.append(incident(waiting)))
    with holder.store.lease([series], "somebody"):
        thread.start()
        time.sleep(0.3)  # what it read before is old by now
        change_definitions(any_place, "incident/process.yaml", ("en: Sensitive incident", "en: Delicate incident"))
        no_scenarios(any_place)
        before = holder.store.current()["process", "incident"]
        holder.deploy(by="hoso", why="thử")
        assert opened == []
    thread.join()
    case = holder.store.load(opened[0])
    assert case is not None
    assert before != case.case.version == holder.store.current()["process", "incident"]
    assert proved(any_place) == []
    holder.store.close()
    waiting.store.close()


@pytest.mark.long
def test_series_have_no_gap_and_nobody_starves_whoever_is_killed_for_a_minute(any_place: Place) -> None:
    end, rng = time.monotonic() + 60, random.Random(7)
    children: dict[int, int] = {}
    done = [0] * 8

    def start(index: int) -> None:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                office = any_place.office()
                while True:
                    try:
                        office.reserve("btg", "BC", actor=CLERK, count=rng.choice((1, 2, 50)), note=f"{index}")
                    except (Conflict, StoreUnreachable):
                        continue
            except BaseException as error:
                print(f"child {index}: {error!r}", file=sys.stderr)
            finally:
                os._exit(code)
        children[index] = pid

    for index in range(8):
        start(index)
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.1, 0.8))
        index = rng.randrange(8)
        os.kill(children[index], signal.SIGKILL)
        os.waitpid(children[index], 0)
        start(index)
    for pid in children.values():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    found = numbers(any_place)
    assert found == list(range(1, len(found) + 1))
    assert len(found) > 200
    office = any_place.office()
    for entry in office.store.registry("btg"):
        note = entry.text.split('"note":"')[1][0]
        done[int(note)] += 1
    assert min(done) > 0
    assert proved(any_place) == []

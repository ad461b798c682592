"""Outages: the worker down for three weeks over Tết, the clock jumping back and forth, many workers at once after it.

Each rung once, whoever looks and whenever; by the office's policy one notice, each, or none; one digest a person, no storm.
"""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

import storage.claims
import workflow.worker
from tests.app.making import FRESH, HEAD, Place, in_fresh_children, incident
from tests.app.test_worker import mails, setting, tick
from workflow.compose import LocalOffice
from workflow.model import Viewer

BEFORE, TET, AFTER = "2026-02-09 09:00", "2026-02-13 17:00", "2026-03-02 08:00"
ALL = Viewer(everything=True)


def opened(place: Place, count: int = 4) -> tuple[LocalOffice, list[str]]:
    """Cases opened in the week before Tết; nobody acts on them."""
    place.set(BEFORE)
    office = place.office()
    return office, [incident(office) for _ in range(count)]


def fired(office: LocalOffice, numbers: list[str]) -> Counter:
    """How often each rung of each deadline was fired, by the histories."""
    found: Counter = Counter()
    for number in numbers:
        for entry in office.store.entries(number):
            if json.loads(entry.text)["act"] == "fire":
                data = json.loads(entry.payload)["data"]
                found[number, data["deadline"], data["rung"]] += data.get("times", 1)
    return found


def steps(place: Place, moments: list[str]) -> None:
    for moment in moments:
        place.set(moment)
        assert place.office().tick().failed == 0


EVERY_DAY = [f"2026-02-{day:02} {hour}" for day in range(9, 29) for hour in ("11:05", "17:05")] + ["2026-03-01 12:00", AFTER]


def test_after_three_weeks_each_rung_was_fired_once_as_if_the_worker_had_never_been_down(place: Place) -> None:
    office, numbers = opened(place)
    steps(place, EVERY_DAY)
    meant = fired(office, numbers)
    assert set(meant.values()) == {1}
    assert len(meant) == 4 * len(numbers)


@pytest.mark.parametrize(
    ("late", "kinds"),
    [
        ("coalesce", {"overdue": 1, "notice": 2}),
        ("each", {"reminder": 1, "overdue": 2, "notice": 2}),
        ("skip", {"notice": 2}),  # what an action tells is told in any case
    ],
)
def test_over_tet_the_policy_says_what_is_told_and_every_rung_counts(place: Place, late: str, kinds: dict[str, int]) -> None:
    setting(place, 'late = "coalesce"', f'late = "{late}"')
    office, numbers = opened(place)
    place.set(AFTER)
    office.tick()
    assert fired(office, numbers) == dict.fromkeys(fired(office, numbers), 1)
    assert len(fired(office, numbers)) == 4 * len(numbers)
    told = Counter((row.notice.case, row.notice.kind) for row in office.store.notices(ALL))
    assert told == {(number, kind): count for number in numbers for kind, count in kinds.items()}
    per_person = Counter(mail["To"] for mail in mails(place))
    assert set(per_person.values()) == {1}, "one digest a person, whatever the policy"
    assert office.tick().fired == 0
    assert office.verify() == []


def test_a_clock_that_jumps_back_and_forth_fires_nothing_twice_and_history_never_goes_back(place: Place) -> None:
    office, numbers = opened(place, 2)
    for moment in (TET, BEFORE, "2026-02-24 08:00", "2026-02-10 08:00", AFTER, TET, "2025-01-01 00:00", "2026-03-03 08:00", BEFORE):
        place.set(moment)
        assert place.office().tick().failed == 0
    assert set(fired(office, numbers).values()) == {1}
    assert len(fired(office, numbers)) == 4 * len(numbers)
    for number in numbers:
        times = [entry.at for entry in office.store.entries(number)]
        assert times == sorted(times)
    assert office.verify() == []
    ids = [mail["Message-ID"] for mail in mails(place)]
    assert len(ids) == len(set(ids))


def test_what_is_done_while_the_clock_is_back_is_never_before_what_was_done(place: Place) -> None:
    office, (number, *_) = opened(place, 1)
    place.set(AFTER)
    office.tick()
    place.set(BEFORE)
    office.comment(number, actor=HEAD, note="Đồng hồ bị lùi")
    times = [entry.at for entry in office.store.entries(number)]
    assert times == sorted(times)
    assert office.verify() == []


def tick_a_few_at_once(index: int, place: Place) -> None:
    """A worker that claims few rungs at once, so that several have their share."""
    workflow.worker.RUNGS = 3
    tick(index, place)


@pytest.mark.parametrize(("any_place", "workers"), [("file", 2), ("file", 8), ("postgres", 4)], indirect=["any_place"])
def test_many_workers_after_an_outage_fire_each_rung_once_and_send_one_digest_a_person(any_place: Place, workers: int) -> None:
    place = any_place
    office, numbers = opened(place, 12)
    office.store.close()
    place.set(AFTER)
    assert in_fresh_children(workers, tick_a_few_at_once, place) == [0] * workers
    office = place.office()
    assert office.store.due(place.clock.now(), 10) == []
    assert office.store.waiting_notices(1) == [], "whoever is done last makes the digests"
    assert set(fired(office, numbers).values()) == {1}
    assert len(fired(office, numbers)) == 4 * len(numbers)
    per_person = Counter(mail["To"] for mail in mails(place))
    assert per_person
    assert set(per_person.values()) == {1}
    assert office.verify() == []


# ---- asleep ----------------------------------------------------------------------------------------------------------


def falls_asleep(_index: int, place: Place) -> None:
    """A worker whose machine is suspended once it has claimed all that is due, before it has done any of it."""
    storage.claims.LEASE = 0.5
    whole = workflow.worker.Worker._fire_together

    def asleep_first(worker: workflow.worker.Worker, rungs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        os.kill(os.getpid(), signal.SIGSTOP)
        return whole(worker, rungs)

    workflow.worker.Worker._fire_together = asleep_first
    tick(0, place)


def state_of(process: int) -> str:
    """What the kernel says of a process: T = stopped."""
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


@pytest.mark.parametrize("any_place", ["file", "postgres"], indirect=True)
def test_a_worker_whose_machine_slept_finds_its_work_done_and_does_nothing_twice(any_place: Place) -> None:
    place = any_place
    office, numbers = opened(place, 3)
    office.store.close()
    place.set(AFTER)
    sleeper = FRESH.Process(target=falls_asleep, args=(0, place))
    sleeper.start()
    until = time.monotonic() + 60
    while state_of(sleeper.pid) != "T" and time.monotonic() < until:
        time.sleep(0.05)
    assert state_of(sleeper.pid) == "T"
    time.sleep(0.6)  # its lease ends while it sleeps
    tick(0, place)
    meant = fired(place.office(), numbers)
    assert set(meant.values()) == {1}
    assert len(meant) == 4 * len(numbers)
    sent = Counter(mail["To"] for mail in mails(place))
    os.kill(sleeper.pid, signal.SIGCONT)
    sleeper.join(60)
    assert sleeper.exitcode == 0
    office = place.office()
    assert fired(office, numbers) == meant
    assert Counter(mail["To"] for mail in mails(place)) == sent
    assert office.verify() == []
    office.store.close()

"""What workers take in hand: each rung and period is one worker's, until it lets go or is gone."""

import os
import threading
import time
from datetime import timedelta

import pytest

from storage import claims, leases
from storage.store import open_store
from tests.postgres import shell
from tests.storage.making import START, case, deadline, hours, notice, opening, put
from tests.storage.tracing import trace
from workflow.model import Message

LATER = hours(9)


def due(store, cases=1, each=1):
    """So many cases with so many deadlines each, all due."""
    made = [case(f"{number:03}/2026-VV") for number in range(cases)]
    for one in made:
        store.commit([opening(one, deadlines=tuple(deadline(f"d{n}", 8) for n in range(each)))])
    return [(one.number, f"d{n}") for one in made for n in range(each)]


def gone(monkeypatch):
    """A process that has ended on this machine."""
    child = os.fork()
    if not child:
        os._exit(0)
    name = f"{leases._boot()} {leases._namespace()} {child} {leases._started(child) or '1'}"
    os.waitpid(child, 0)
    monkeypatch.setattr(claims, "this_process", lambda: name)


def test_rungs_are_claimed_in_batches_oldest_first_and_each_is_one_workers(store):
    rungs = due(store, cases=3)
    store.beat("a", START)
    assert store.claim_rungs(START, "a", 9) == []
    assert store.claim_rungs(LATER, "a", 2) == rungs[:2]
    assert store.claim_rungs(LATER, "b", 9) == rungs[2:]
    assert store.claim_rungs(LATER, "c", 9) == []


def test_what_was_let_go_may_be_claimed_again(store):
    rungs = due(store, each=3)
    assert store.claim_rungs(LATER, "a", 9) == rungs
    store.let_go("b", rungs)
    assert store.claim_rungs(LATER, "b", 9) == []
    store.let_go("a", rungs[1:2])
    assert store.claim_rungs(LATER, "b", 9) == rungs[1:2]
    store.let_go("a")
    assert store.claim_rungs(LATER, "b", 9) == [rungs[0], rungs[2]]


def test_periods_are_claimed_each_by_one(store):
    assert store.claim_periods("report", ["2025", "2026"], "a") == ["2025", "2026"]
    assert store.claim_periods("report", ["2026", "2027"], "b") == ["2027"]
    assert store.claim_periods("other", ["2026"], "b") == ["2026"]
    assert store.claim_periods("other", [], "b") == []
    store.let_go("a")
    assert store.claim_periods("report", ["2026"], "b") == ["2026"]


def test_nothing_is_taken_over_from_a_worker_that_lives(store):
    due(store)
    store.beat("a", START)
    store.claim_rungs(LATER, "a", 9)
    assert store.take_over() == []
    assert store.claim_rungs(LATER, "b", 9) == []


@pytest.mark.parametrize("how", ["its process is gone", "its time is over"])
def test_what_a_dead_worker_held_is_taken_over_rungs_periods_and_messages(store, monkeypatch, how):
    rungs = due(store, cases=2)
    store.commit([opening(case("9/2026-VV"), notices=(notice("n0"),))])
    put(store, Message(id="m", person="cv1", address="a@example.org", subject="s", text="t", made=START), ["n0"])
    with monkeypatch.context() as before:
        if how == "its process is gone":
            gone(before)
        else:
            before.setattr(claims, "LEASE", 0.0)
        store.beat("a", START)
    assert store.claim_rungs(LATER, "a", 9) == rungs
    assert store.claim_periods("report", ["2026"], "a") == ["2026"]
    assert len(store.claim_messages(START, "a", timedelta(hours=9), 9)) == 1
    time.sleep(0.002)
    store.beat("b", START)
    assert store.take_over() == ["a"]
    assert store.claim_rungs(LATER, "b", 9) == rungs
    assert store.claim_periods("report", ["2026"], "b") == ["2026"]
    assert len(store.claim_messages(START, "b", timedelta(hours=9), 9)) == 1
    assert store.take_over() == []


def test_a_worker_that_was_not_heard_of_for_a_week_is_struck_off(store):
    store.beat("old", START)
    store.beat("new", START + timedelta(days=6))
    assert set(store.workers()) == {"old", "new"}
    store.beat("new", START + timedelta(days=7, seconds=1))
    assert set(store.workers()) == {"new"}


def test_several_who_claim_at_once_never_get_the_same(url):
    store = open_store(url)
    rungs = due(store, cases=60)
    found, together = [], threading.Barrier(4)

    def work(name):
        mine = open_store(url)
        together.wait()
        while some := mine.claim_rungs(LATER, name, 7):
            found.extend(some)
        mine.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(rungs)
    store.close()


def test_a_rung_that_is_being_claimed_is_passed_by_and_not_waited_for(postgres_url):
    store = open_store(postgres_url)
    rungs = due(store, cases=2)
    with shell(store) as other:
        other.execute("BEGIN")
        other.execute('SELECT 1 FROM deadline WHERE "case" = %s FOR UPDATE', (rungs[0][0],))
        began = time.monotonic()
        assert store.claim_rungs(LATER, "a", 9) == rungs[1:]
        assert time.monotonic() - began < 1
        other.execute("COMMIT")
    store.close()


def test_an_idle_look_at_claims_writes_nothing(store):
    due(store)
    store.beat("a", START)
    written = []
    trace(store, lambda sql: written.append(sql) if not sql.lstrip().upper().startswith(("SELECT", "BEGIN", "COMMIT")) else None)
    assert (store.claim_rungs(START, "a", 9), store.take_over(), store.make_messages(9, lambda _: [])) == ([], [], 0)
    assert written == []

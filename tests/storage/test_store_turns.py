"""What a turn at a series costs, and what becomes of it where something goes wrong between its steps."""

import os
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from multiprocessing import get_context

import pytest
from msgspec.structs import replace

from storage import leases, postgres
from storage.connect import Database
from storage.store import open_store
from storage.transaction import uptime
from tests.storage.making import SERIES, case, opening
from tests.storage.test_store_leases import OTHER, Hands, letters, queue, wait_until
from tests.storage.test_store_postgres_wire import messages
from tests.storage.tracing import death_at, trace
from workflow.ports import Stale

FORK = get_context("fork")


def writing(store):
    """Of each transaction that writes, from now on: whether it waits for the disk."""
    told, backend = [], store.database.backend
    opening_of = backend.opening

    def opening(*, writes, lightly=False):
        said = opening_of(writes=writes, lightly=lightly)
        if writes:
            told.append(not any("NORMAL" in sql or "synchronous_commit" in sql for sql, _ in said))
        return said

    backend.opening = opening
    return told


def durability(store):
    """How durable a transaction that writes is: 2 is FULL, of SQLite; 'on', of PostgreSQL."""
    setting = "SELECT current_setting('synchronous_commit')" if store.database.backend.side_by_side else "PRAGMA synchronous"
    return store.database.write(lambda tx: tx.cursor.execute(setting).fetchone()[0])


def test_a_number_that_nobody_else_wants_waits_for_the_disk_once(store):
    store.commit([opening(case())])
    told = writing(store)
    with store.lease([SERIES], "me") as lease:
        assert lease.waited < 0.1
        assert lease.numbers == {SERIES: 1}
        store.commit(letters(1, 1, "me"), lease)
        assert queue(store) == 0
    assert told == [False, True]


def test_what_is_written_after_a_turn_is_on_the_disk(store):
    for _ in range(3):
        with store.lease([SERIES], "me"):
            pass
        assert durability(store) in {2, "on"}
    with pytest.raises(ZeroDivisionError):
        store.database.jot(lambda tx: (tx.cursor, 1 / 0))
    assert durability(store) in {2, "on"}


def test_a_turn_and_its_act_are_a_message_each(postgres_url, monkeypatch):
    store = open_store(postgres_url)
    with store.lease([SERIES], "first"):
        pass  # the server's clock is read once a minute
    sent = messages(store, monkeypatch)
    for number in (1, 2):
        with store.lease([SERIES, OTHER], "me") as lease:
            assert lease.numbers == {SERIES: number, OTHER: 1}
            store.commit(letters(number, 1, "me"), lease)
    assert [(one[0], one[-1]) for one in sent] == [("BEGIN", "COMMIT")] * 4
    store.close()


def test_the_servers_clock_is_read_anew_after_a_minute(postgres_url, monkeypatch):
    store, ours = open_store(postgres_url), uptime

    def ahead():
        return store.database.read(store.database.backend.seconds)() - ours()

    first = ahead()
    monkeypatch.setattr(postgres, "uptime", lambda: ours() + 50)
    assert 45 < ahead() - first < 55  # it is counted on
    monkeypatch.setattr(postgres, "uptime", lambda: ours() + 70)
    assert -5 < ahead() - first < 5
    store.close()


def test_of_several_changes_the_last_gives_the_lease_back(store):
    with store.lease([SERIES], "me") as lease:
        assert store.commit(letters(1, 3, "me"), lease) == [None] * 3
        assert queue(store) == 0
    again = opening(case("me 1"), request="again")
    with store.lease([SERIES], "me") as lease:
        first, last = store.commit([opening(case("other")), again], lease)
        assert (first, isinstance(last, Stale)) == (None, True)
        assert queue(store) == 1
    assert queue(store) == 0


# ---- undone, lost, killed ----------------------------------------------------------------------------------------


def test_an_act_that_comes_late_keeps_its_turn_until_the_block_ends(store):
    store.commit(letters(1, 1, "somebody"))
    with store.lease([SERIES], "me") as lease:
        with pytest.raises(Stale):
            store.commit(letters(1, 1, "late"), lease)
        assert queue(store) == 1
        assert store.load("late 1") is None
        lease.renew()
    assert queue(store) == 0


def test_a_lease_that_was_lost_does_no_harm_whether_its_number_is_taken_or_not(store):
    with store.lease([SERIES], "me") as lease:
        store.database.write(lambda tx: tx.cursor.execute("DELETE FROM turn"))
        store.commit(letters(1, 1, "free"), lease)
    with store.lease([SERIES], "me") as lease:
        store.database.write(lambda tx: tx.cursor.execute("DELETE FROM turn"))
        with store.lease([SERIES], "other") as theirs:
            store.commit(letters(2, 1, "other"), theirs)
        with pytest.raises(Stale):
            store.commit(letters(2, 1, "taken"), lease)
    assert store.series() == [(SERIES, 2)]
    assert store.load("taken 2") is None
    assert queue(store) == 0


def _dies(url, at):
    """Take a number, but end without a word when the driver is told its statement number `at`."""
    store = open_store(url)
    trace(store, death_at(at))
    with store.lease([SERIES], "dying") as lease:
        store.commit(letters(lease.numbers[SERIES], 1, "dying"), lease)
    os._exit(0)


def test_whoever_dies_at_any_statement_of_a_turn_has_its_number_or_not_and_the_next_waits_for_nobody(url):
    store, last, codes = open_store(url), 0, []
    for at in range(1, 120):
        child = FORK.Process(target=_dies, args=(url, at))
        child.start()
        child.join()
        codes.append(child.exitcode)
        done = store.next_number(SERIES) - 1 > last
        assert (store.load(f"dying {last + 1}") is not None) == done == (child.exitcode == 0)
        last += done
        began = time.monotonic()
        with store.lease([SERIES], "next") as lease:
            assert lease.numbers == {SERIES: last + 1}
            assert queue(store) == 1
        assert time.monotonic() - began < 1
        if child.exitcode == 0:
            break
    assert len(codes) > 12
    assert codes == [9] * (len(codes) - 1) + [0]
    store.close()


def test_a_turn_whose_taking_was_kept_by_a_server_that_was_lost_does_not_wait_for_itself(postgres_url, monkeypatch):
    store, once, tries = open_store(postgres_url), Database._once, []

    def unsure(database, *work, **how):
        result = once(database, *work, **how)
        if how.get("lightly") and not tries:
            tries.append(result)
            raise store.database.backend.errors[0]("it was kept, but who knows")
        return result

    monkeypatch.setattr(Database, "_once", unsure)
    monkeypatch.setattr(store.database, "_passes", lambda _error: True)
    with store.lease([SERIES], "me") as lease:
        assert tries
        assert lease.waited < 1
        assert queue(store) == 1
    assert queue(store) == 0
    store.close()


# ---- many wait ---------------------------------------------------------------------------------------------------


def _clerk(url, times, together, answers):
    store, told = open_store(url), []
    together.wait(60)  # else on a busy machine each is done before the next has begun
    for _ in range(times):
        with store.lease([SERIES], "clerk") as lease:
            told.append((lease.turn, lease.numbers[SERIES], os.getpid()))
            store.commit(letters(lease.numbers[SERIES], 1, f"{os.getpid()}"), lease)
    answers.put(told)
    store.close()


def test_processes_that_take_numbers_at_once_get_them_in_the_order_in_which_they_came(url):
    answers, together = FORK.SimpleQueue(), FORK.Barrier(6)
    clerks = [FORK.Process(target=_clerk, args=(url, 12, together, answers)) for _ in range(6)]
    for clerk in clerks:
        clerk.start()
    told = [answers.get() for _ in clerks]
    for clerk in clerks:
        clerk.join()
    turns = sorted(one for of_clerk in told for one in of_clerk)
    assert [number for _, number, _ in turns] == list(range(1, 73))
    assert len({turn for turn, *_ in turns}) == len(turns)
    assert sum(one != after for (*_, one), (*_, after) in pairwise(turns)) > 6  # they did wait for each other
    store = open_store(url)
    assert queue(store) == 0
    assert list(store.strange_series()) == []
    store.close()


def test_who_waited_knows_for_how_long_and_what_was_given_meanwhile(url):
    holder, waiter, got = open_store(url), open_store(url), []

    def wait():
        with waiter.lease([SERIES], "waiting") as lease:
            got.append((lease.numbers[SERIES], lease.waited))

    with holder.lease([SERIES], "first") as lease:
        thread = threading.Thread(target=wait)
        thread.start()
        wait_until(lambda: queue(holder) == 2)
        time.sleep(0.15)
        holder.commit(letters(1, 2, "first"), lease)
        thread.join(5)  # whoever waited goes on from the commit, before the block ends
    ((number, waited),) = got
    assert number == 3
    assert 0.15 < waited < 3
    holder.close()
    waiter.close()


def test_whoever_waited_holds_for_a_whole_term(url):
    clock, held, let_go = Hands(), threading.Event(), threading.Event()
    holder, waiter = open_store(url, clock=clock), open_store(url, clock=clock)

    def wait():
        with waiter.lease([SERIES], "waiting") as lease:
            held.set()
            let_go.wait(10)
            lease.renew()

    thread = threading.Thread(target=wait)
    with holder.lease([SERIES], "first"):
        thread.start()
        wait_until(lambda: queue(holder) == 2)
    assert held.wait(5)
    clock.at += timedelta(seconds=29)
    late = leases.Held(holder.database, [SERIES], "late", clock.at.timestamp, 30)
    look = late._join()
    assert not look.come
    assert [leases.lives(process, until / 1000, clock.at.timestamp(), far=True) for _, process, until in look.before] == [True]
    late.leave()
    let_go.set()
    thread.join(5)
    assert queue(holder) == 0
    holder.close()
    waiter.close()


@contextmanager
def _time(monkeypatch):
    """Pauses that take no time; each is told as (how many are before, when it began, how long it was)."""
    now, pauses = [1000.0], []

    def sleep(seconds):
        pauses.append((now[0] - 1000, seconds))
        now[0] += seconds

    with monkeypatch.context() as patched:
        patched.setattr(leases, "uptime", lambda: now[0])
        patched.setattr(leases.time, "sleep", sleep)
        yield now, pauses


@pytest.mark.parametrize("many", [1, 7])
def test_looks_are_quick_after_somebody_left_and_seldom_while_a_long_work_lasts(store, monkeypatch, many):
    with _time(monkeypatch) as (now, pauses):
        held = leases.Held(store.database, [SERIES], "me", lambda: now[0], 30)
        before = [(number, leases.this_process(), 10**9) for number in range(many)]
        while now[0] < 1060:
            assert not held._clear(before)
            held._rest(many)
        early = [pause for at, pause in pauses if at < 0.004]
        assert 0.0003 < min(early) < 0.001 + 0.002 * (many - 1)
        assert all(pause < at / 6 + 0.001 + 0.002 * (many - 1) for at, pause in pauses)
        assert len([1 for at, _ in pauses if at < 10]) < 200
        assert len(pauses) < 800
        begun = len(pauses)
        held._clear(before[1:] or [*before, *before])
        held._rest(1)
        assert pauses[begun][1] < 0.001


def test_processes_are_looked_for_only_while_nobody_leaves(store, monkeypatch):
    with _time(monkeypatch) as (now, _):
        held = leases.Held(store.database, [SERIES], "me", lambda: now[0], 30)
        gone = [(1, " ".join([*leases.this_process().split()[:2], "4194304", "1"]), 10**9)]
        assert not held._clear(gone)
        now[0] += 0.019
        assert not held._clear(gone)
        now[0] += 0.002
        assert held._clear(gone) is True


def test_a_request_that_took_a_number_with_its_lease_is_done_once(store):
    with store.lease([SERIES], "me") as lease:
        store.commit([replace(letters(1, 1, "me")[0], request_id="same")], lease)
    with store.lease([SERIES], "me") as lease, pytest.raises(Stale):
        store.commit([replace(letters(2, 1, "me")[0], request_id="same")], lease)
    assert store.series() == [(SERIES, 1)]

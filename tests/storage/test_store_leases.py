"""Law 4: no gaps and no doubles in a series, under any concurrency and any crash; and everybody gets a turn."""

import os
import random
import threading
import time
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from msgspec.structs import replace

from storage import leases, loading
from storage.store import open_store
from tests.storage.making import SERIES, case, opening
from workflow.model import NumberTaken, SeriesKey
from workflow.ports import Stale

OTHER = SeriesKey(body="btg", type="CV", period="2026")
RENDER = 0.07
"""Seconds that a paper takes, about."""

FORK = get_context("fork")


def letters(first, count, name):
    """Changes that open a case each and take the next numbers."""
    made = [case(f"{name} {number}") for number in range(first, first + count)]
    return [replace(opening(one), numbers=(NumberTaken(series=SERIES, number=first + at, case=one.number),)) for at, one in enumerate(made)]


def write_letters(store, name, count=1, render=RENDER):
    """What an office does for an act that issues: wait for the turn, render, commit. The numbers that it got."""
    with store.lease([SERIES], name) as lease:
        first = store.next_number(SERIES)
        time.sleep(render * count / (1 if count == 1 else 10))  # a batch renders faster
        lease.renew()
        assert store.commit(letters(first, count, name)) == [None] * count
    return list(range(first, first + count))


def queue(store):
    """Turns that wait or are held."""
    return store.database.read(lambda tx: tx.cursor.execute("SELECT count(*) FROM turn").fetchone()[0])


def wait_until(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_a_lease_is_taken_and_given_back(store):
    with store.lease([SERIES, OTHER, SERIES], "me") as lease:
        assert queue(store) == 1
        lease.renew()
    assert queue(store) == 0


def test_a_lease_is_given_back_when_the_block_raises(store):
    with pytest.raises(ZeroDivisionError), store.lease([SERIES], "me"):
        raise ZeroDivisionError
    assert queue(store) == 0


def test_a_lost_lease_can_not_be_renewed(store):
    with store.lease([SERIES], "me") as lease:
        store.database.write(lambda tx: tx.cursor.execute("DELETE FROM turn"))
        with pytest.raises(Stale):
            lease.renew()


def test_turns_are_served_in_order_of_arrival(store):
    order, threads = [], []

    def work(number):
        with store.lease([SERIES], str(number)):
            order.append(number)

    with store.lease([SERIES], "first"):
        for number in range(6):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            wait_until(lambda number=number: queue(store) == number + 2)
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_other_series_do_not_wait(store):
    with store.lease([SERIES], "a"), store.lease([OTHER], "b"):
        assert queue(store) == 2


def test_several_series_in_any_order_never_lock_each_other_out(url):
    def work(series, times):
        mine = open_store(url)
        for _ in range(times):
            with mine.lease(series, "x"):
                time.sleep(0.001)
        mine.close()

    threads = [threading.Thread(target=work, args=(series, 6)) for series in ([SERIES, OTHER], [OTHER, SERIES], [OTHER], [SERIES])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def _hold_and_die(url):
    lease = open_store(url).lease([SERIES], "dying")
    lease.__enter__()
    os._exit(1)


def test_a_holder_whose_process_died_is_followed_at_once(url):
    child = FORK.Process(target=_hold_and_die, args=(url,))
    child.start()
    child.join()
    store = open_store(url)
    assert queue(store) == 1
    began = time.monotonic()
    assert write_letters(store, "next", render=0) == [1]
    assert time.monotonic() - began < 1
    store.close()


class Hands:
    """A clock that a test sets."""

    def __init__(self):
        self.at = datetime(2026, 11, 20, tzinfo=UTC)

    def now(self):
        return self.at


def test_a_turn_without_a_sign_of_life_is_passed_over_and_a_held_one_lasts_its_term(url):
    clock, done = Hands(), []
    holder, waiter = open_store(url, clock=clock), open_store(url, clock=clock)
    lease = holder.lease([SERIES], "stuck")
    lease.__enter__()
    thread = threading.Thread(target=lambda: done.append(write_letters(waiter, "waiting", render=0)))
    thread.start()
    wait_until(lambda: queue(holder) == 2)
    for _ in range(28):
        clock.at += timedelta(seconds=1)
        time.sleep(0.02)
    assert done == []
    clock.at += timedelta(seconds=3)
    thread.join(5)
    assert done == [[1]]
    with pytest.raises(Stale):
        holder.commit(letters(1, 1, "stuck"))
    holder.close()
    waiter.close()


def test_who_was_passed_over_while_asleep_takes_a_new_turn(url):
    clock, done = Hands(), []
    holder, waiter = open_store(url, clock=clock), open_store(url, clock=clock)
    thread = threading.Thread(target=lambda: done.append(write_letters(waiter, "waiting", render=0)))
    with holder.lease([SERIES], "first"):
        thread.start()
        wait_until(lambda: queue(holder) == 2)
        holder.database.write(lambda tx: tx.cursor.execute("DELETE FROM turn WHERE holder = 'waiting'"))
        clock.at += timedelta(seconds=2)
        wait_until(lambda: queue(holder) == 2)
        assert done == []
    thread.join(5)
    assert done == [[1]]
    holder.close()
    waiter.close()


@pytest.mark.parametrize(
    ("spoil", "lives", "far"),
    [
        (lambda process: process, True, True),
        (lambda process: process.replace(process.split()[0], "another-boot"), False, True),
        (lambda process: process.replace(process.split()[1], "pid:[1]") + "0", True, True),
        (lambda process: process + "0", False, False),
        (lambda process: " ".join([*process.split()[:2], "4194304", "1"]), False, False),
    ],
    ids=[
        "this process",
        "before the machine started anew, or elsewhere",
        "in another container, so unknown",
        "same number, later start",
        "gone",
    ],
)
def test_a_turn_lives_as_long_as_its_process_and_its_time(spoil, lives, far):
    process = spoil(leases.this_process())
    assert leases.lives(process, until=10, now=9, far=False) is lives
    assert leases.lives(process, until=10, now=9, far=True) is far
    assert leases.lives(process, until=10, now=10, far=False) is leases.lives(process, until=10, now=10, far=True) is False


# ---- many at once ------------------------------------------------------------------------------------------------


def _writer(url, name, seed, until, batch, answers):
    """Write letters until the time is over, or die at a random moment, as a crash would have it."""
    chance = random.Random(seed)
    store = open_store(url)
    while time.monotonic() < until:
        if not batch and (seed < 4 or chance.random() < 0.12):
            threading.Timer(chance.uniform(0, 3 * RENDER), os._exit, args=(7,)).start()
        began = time.monotonic()
        numbers = write_letters(store, f"{name}-{began}", count=batch or 1)
        answers.put((name, numbers, time.monotonic() - began))
    store.close()


def _keep_running(url, seconds, processes):
    """Writers side by side, a batch of fifty among them; whoever dies is started again. What each said it got."""
    answers, until, seed = FORK.SimpleQueue(), time.monotonic() + seconds, 0
    told, crashed, running = [], set(), {}
    while time.monotonic() < until + 5:
        for name in range(processes):
            child = running.get(name)
            if (child is None or not child.is_alive()) and time.monotonic() < until:
                crashed |= {name} if child else set()
                seed += 1
                running[name] = FORK.Process(target=_writer, args=(url, name, seed, until, 50 if name == 0 else 0, answers))
                running[name].start()
        while not answers.empty():
            told.append(answers.get())
        if time.monotonic() > until and not any(child.is_alive() for child in running.values()):
            break
        time.sleep(0.02)
    assert not any(child.is_alive() for child in running.values())
    while not answers.empty():
        told.append(answers.get())
    return told, crashed


def _no_gap_no_double_nobody_starves(url, seconds, processes=8):
    told, crashed = _keep_running(url, seconds, processes)
    store = open_store(url)
    ((series, last),) = store.series()
    assert series == SERIES
    numbers, _ = store.database.read(loading.numbers, series)
    assert list(store.strange_series()) == []
    assert numbers == list(range(1, last + 1))
    given = [number for _, got, _ in told for number in got]
    assert len(given) == len(set(given))
    assert set(given) <= set(numbers)
    assert len(list(store.all_cases())) == last
    assert crashed
    assert {name for name, _, _ in told} | crashed == set(range(processes))
    longest = max(waited for _, _, waited in told)
    assert longest < 5 * (processes * RENDER + 50 * RENDER / 10)
    assert store.integrity() == []
    store.close()


@pytest.mark.bare
def test_a_series_has_no_gap_and_no_double_under_crashes_and_nobody_starves(url):
    _no_gap_no_double_nobody_starves(url, seconds=4)


@pytest.mark.long
def test_a_series_has_no_gap_and_no_double_for_two_minutes(url):
    _no_gap_no_double_nobody_starves(url, seconds=120)

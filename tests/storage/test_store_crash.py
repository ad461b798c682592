"""Law 1: a crash at any instant of a commit leaves the case before the act or after it, never between."""

import os
import shutil
import sqlite3
from contextlib import suppress
from multiprocessing import get_context

import psycopg
import pytest
from msgspec.structs import replace
from sqlalchemy import event

from storage.store import open_store
from tests.storage.making import (
    CLERK,
    EVERYTHING,
    LEADER,
    SERIES,
    advancing,
    case,
    deadline,
    document,
    hours,
    moved,
    notice,
    opening,
    opinion,
)
from tests.storage.tracing import death_at, trace
from workflow.errors import StoreUnreachable
from workflow.model import CaseQuery, DeadlineStatus, DocumentStatus, NumberTaken
from workflow.plain import digest

SECRET = case(secret=True)
PAPER = b"%PDF" * 2000
TABLES = (
    "case",
    "awaited",
    "viewer",
    "entry",
    "receipt",
    "deadline",
    "opinion",
    "document",
    "file",
    "series",
    "number",
    "periodic",
    "notice",
)


def first():
    return opening(
        SECRET, deadlines=(deadline(), deadline("b", 5)), opinions=(opinion(),), documents=(document(),), awaited=(CLERK,), viewers=(CLERK,)
    )


def rich():
    """An act that writes to every table that acts write to."""
    after = moved(SECRET, state="screened", title="Đã phân loại")
    change = advancing(
        SECRET,
        after,
        request="rich",
        deadlines=(deadline(status=DeadlineStatus.MET, settled=hours(1), next_at=None), deadline("c", 30)),
        due=hours(5),
        opinions=(opinion(answer="agree"), opinion("btg")),
        documents=(document(status=DocumentStatus.ISSUED, files={"pdf": digest(PAPER)}), document("plan/1")),
        notices=(notice("n1"), notice("n2", person="tp1")),
        awaited=(LEADER,),
        viewers=(LEADER, CLERK),
    )
    numbers = (NumberTaken(series=SERIES, number=1, case=SECRET.number, document="report/1"),)
    return replace(change, numbers=numbers, files={digest(PAPER): PAPER}, periodic=("p", "2026"))


def contents(store):
    """Every row of every table, and what the search finds."""

    def read(tx):
        return {table: sorted(tx.cursor.execute(f'SELECT * FROM "{table}"').fetchall(), key=str) for table in TABLES}

    found = [row.number for row in store.cases(CaseQuery(words="phan"), EVERYTHING)]
    return {**store.database.read(read), "search": found}


@pytest.fixture(scope="module")
def before_file(empty_file, tmp_path_factory):
    file = tmp_path_factory.mktemp("crash") / "before.db"
    shutil.copy(empty_file, file)
    store = open_store(f"sqlite:///{file}")
    store.commit([first()])
    store.close()
    return file


@pytest.fixture(scope="module")
def outcomes(before_file, tmp_path_factory):
    """The store's contents before the act and after it."""
    file = tmp_path_factory.mktemp("after") / "after.db"
    shutil.copy(before_file, file)
    store = open_store(f"sqlite:///{file}")
    before = contents(store)
    store.commit([rich()])
    after = contents(store)
    store.close()
    assert all(before[table] != after[table] for table in (*TABLES, "search"))
    return before, after


def _commit_and_die(url, at):
    """Commit, but end without a word when the driver starts its statement number `at` (triggers' statements too)."""
    store = open_store(url)
    trace(store, death_at(at))
    store.commit([rich()])
    os._exit(0)


def test_a_process_that_dies_at_any_statement_leaves_before_or_after(before_file, outcomes, tmp_path):
    context, seen = get_context("fork"), []
    for at in range(1, 200):
        file = tmp_path / f"{at}.db"
        shutil.copy(before_file, file)
        child = context.Process(target=_commit_and_die, args=(f"sqlite:///{file}", at))
        child.start()
        child.join()
        store = open_store(f"sqlite:///{file}")
        seen.append(outcomes.index(contents(store)))
        assert store.integrity() == []
        store.close()
        if child.exitcode == 0:
            break
    assert len(seen) > 25
    assert seen == [0] * (len(seen) - 1) + [1]


@pytest.mark.parametrize("place", ["memory", "file"])
def test_a_statement_that_fails_leaves_before_and_the_act_may_be_done_again(place, before_file, outcomes, tmp_path):
    failures = 0
    for at in range(1, 200):
        store = _open(place, before_file, tmp_path / f"{at}.db")
        before = contents(store)
        with Interruption(store, at) as interruption:
            failed = _fails(store)
        if failed:
            failures += 1
            assert contents(store) == before
            store.commit([rich()])
        assert contents(store) == outcomes[1]
        store.close()
        if interruption.started < at:
            break
    assert failures > 15  # SQLite looks up only now and then: the shortest statements are over before


def _fails(store):
    try:
        store.commit([rich()])
    except StoreUnreachable:
        return True
    return False


def _open(place, before_file, file):
    if place == "memory":
        store = open_store("sqlite://")
        store.commit([first()])
        return store
    shutil.copy(before_file, file)
    return open_store(f"sqlite:///{file}")


class Interruption:
    """Lets the driver's statement number `at` be interrupted while it runs."""

    def __init__(self, store, at):
        connection = store.database.idle.take()
        self.driver = connection.driver_connection
        store.database.idle.keep(connection)
        self.at, self.started, self.done = at, 0, False

    def __enter__(self):
        self.driver.set_trace_callback(self._count)
        self.driver.set_progress_handler(self._stop, 1)
        return self

    def __exit__(self, *_):
        with suppress(sqlite3.ProgrammingError):  # the store has closed it
            self._mend()

    def _mend(self):
        self.driver.set_trace_callback(None)
        self.driver.set_progress_handler(None, 0)

    def _count(self, _):
        self.started += 1

    def _stop(self):
        now = self.started == self.at and not self.done
        self.done = self.done or now
        return now


def test_a_rollback_that_fails_too_leaves_before(before_file, outcomes, tmp_path):
    closed = []
    for at in range(1, 35):
        store = _open("file", before_file, tmp_path / f"{at}.db")
        event.listen(store.database.pool, "invalidate", lambda *_: closed.append(1))
        with Interruption(store, at) as interruption:
            interruption.driver.set_progress_handler(lambda it=interruption: it.started >= it.at, 1)
            failed = _fails(store)
        assert contents(store) == outcomes[0 if failed else 1]
        assert not failed or store.commit([rich()]) == [None]
        store.close()
    assert closed


def test_one_of_several_changes_that_fails_leaves_the_others(store):
    one, two = case("1"), case("2")
    store.commit([opening(one), opening(two)])
    orphan = replace(advancing(one), numbers=(NumberTaken(series=SERIES, number=1, case="no such case"),))
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        store.commit([advancing(two), orphan])
    assert store.load("2").case == two
    assert store.next_number(SERIES) == 1


def test_a_connection_that_a_crash_left_is_not_used_half_way(file_url):
    store = open_store(file_url)
    store.commit([opening(case())])
    begun = []
    event.listen(store.database.pool, "checkout", lambda connection, *_: begun.append(connection.in_transaction))
    with pytest.raises(ZeroDivisionError):
        store.database.write(lambda tx: (tx.cursor.execute("DELETE FROM awaited"), 1 / 0))
    store.commit([advancing(case())])
    assert begun == [False]  # what was left half-way went back to the pool, and came from there clean
    store.close()

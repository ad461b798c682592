"""PostgreSQL's own: what its server may do to us, and what is told then. Nothing acknowledged is lost, nothing is done twice."""

import os
import re
import threading
import time
from datetime import timedelta
from multiprocessing import get_context
from typing import ClassVar

import psycopg
import pytest

from storage.postgres_address import read_address
from storage.store import open_store
from storage.transaction import COMMIT
from tests.postgres import GIVEN, shell
from tests.postgres_server import Server
from tests.storage.making import START, advancing, case, deadline, moved, notice, opening, put
from tests.storage.test_store_crash import contents, first, rich
from tests.storage.tracing import death_at, trace
from workflow.errors import StoreAway, StoreUnreachable
from workflow.model import Message
from workflow.ports import Deployment, Stale, StoredVersion

FORK = get_context("fork")


@pytest.fixture
def store(postgres_url):
    opened = open_store(postgres_url)
    yield opened
    opened.close()


# ---- crashes -------------------------------------------------------------------------------------------------------


def _commit_and_die(url, at):
    """Commit, but end without a word when the driver is about to send its statement number `at`."""
    store = open_store(url)
    trace(store, death_at(at))
    store.commit([rich()])
    os._exit(0)


def test_a_process_that_dies_at_any_statement_leaves_before_or_after(postgres_url):
    store = open_store(postgres_url)
    store.commit([first()])
    before, died = contents(store), 0
    for at in range(1, 200):
        child = FORK.Process(target=_commit_and_die, args=(postgres_url, at))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        assert contents(store) == before
        died += 1
    assert died > 20
    after = contents(store)
    assert all(before[table] != after[table] for table in after)
    assert store.integrity() == []
    store.close()


class Cut:
    """The store's connection breaks at its statement number `at`, once, by the statement that ends the server's side of it. `late`: right
    after the first commit of what was written, so that its answer is the last one that comes.
    """

    END: ClassVar = [("SELECT set_config('role', 'none', true)", {}), ("SELECT pg_terminate_backend(pg_backend_pid())", {})]

    def __init__(self, store, at=0, *, late=False):
        self.at, self.late, self.started = at, late, 0
        self.backend, self._send = store.database.backend, store.database.backend.together
        self.backend.together = self._together

    def _together(self, cursor, calls):
        said = []
        for call in calls:
            self.started += 1
            if self.started == self.at:
                said += self.END
            said.append(call)
            if self.late and call == COMMIT and any(sql.startswith("INSERT") for sql, _ in calls):
                self.late = False
                said += self.END
        return self._send(cursor, said)[: len(calls)]

    def over(self):
        """Nothing breaks from now on."""
        self.backend.together = self._send


def test_a_connection_that_breaks_at_any_statement_is_made_again_and_the_act_done_once(postgres_url):
    store = open_store(postgres_url)
    made, cuts = case(), 0
    store.commit([opening(made)])
    for at in range(1, 200):
        cut = Cut(store, at)
        after = moved(made)
        assert store.commit([advancing(made, after, deadlines=(deadline(),))]) == [None]
        made, cuts = after, cuts + 1
        cut.over()
        if cut.started < at:
            break
    assert cuts > 8
    assert [entry.seq for entry in store.entries(made.number)] == list(range(1, cuts + 2))
    store.close()


def test_a_commit_whose_answer_was_lost_is_found_by_its_receipt(store):
    made = case()
    store.commit([opening(made)])
    Cut(store, late=True)
    with pytest.raises(Stale):
        store.commit([advancing(made, request="once")])
    assert store.begin("once", "").receipt == (made.number, 2)
    assert len(store.entries(made.number)) == 2


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A server that a test may crash and start again."""
    if GIVEN:
        pytest.skip("only a server of our own may be treated so")
    server = Server()
    yield server
    server.remove()


def wait_until(condition, seconds=30.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_what_was_acknowledged_is_there_after_the_server_crashed_and_others_wait_for_it(own_server):
    url = f"{own_server.url}&schema=crash"
    store = open_store(url, create=True)
    made, told, ended = case(), [], threading.Event()
    store.commit([opening(made)])

    def work():
        before = made
        while not ended.is_set():
            after = moved(before)
            try:
                store.commit([advancing(before, after)])
            except Stale:
                assert store.begin(f"advance {before.number} {before.revision}", "").receipt == (before.number, after.seq)
            told.append(after.seq)
            before = after

    worker = threading.Thread(target=work)
    worker.start()
    for acts in (5, 10):
        wait_until(lambda acts=acts: len(told) > acts)
        own_server.crash()
        own_server.start()
    wait_until(lambda: len(told) > 15)
    ended.set()
    worker.join(20)
    assert not worker.is_alive()
    assert [entry.seq for entry in store.entries(made.number)] == [1, *told]
    assert store.integrity() == []
    store.close()


def test_a_server_that_is_away_is_told_at_once_to_who_comes_and_in_the_end_to_who_was_there(own_server):
    url = f"{own_server.url}&schema=away"
    store = open_store(url, create=True)
    own_server.crash()
    try:
        began = time.monotonic()
        with pytest.raises(StoreAway, match="--request-id"):
            open_store(url)
        assert time.monotonic() - began < 2
        store.database.patience = 0.3
        with pytest.raises(StoreAway):
            store.commit([opening(case())])
    finally:
        own_server.start()
    store.commit([opening(case())])
    store.close()


def only_reads(server, *, on):
    """Let transactions from now on only read, as on a server of a cluster that does not lead."""
    with psycopg.connect(**read_address(server.url).options, autocommit=True) as owner:
        owner.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if on else 'off'}")
        owner.execute("SELECT pg_reload_conf()")
        while owner.execute("SHOW default_transaction_read_only").fetchone() != ("on" if on else "off",):
            time.sleep(0.01)


def test_a_server_that_only_reads_for_a_while_is_waited_for_and_the_act_is_done_once(own_server):
    store = open_store(f"{own_server.url}&schema=demoted", create=True)
    store.commit([opening(case())])
    only_reads(own_server, on=True)
    acting = threading.Thread(target=lambda: store.commit([advancing(case(), moved(case()))]))
    acting.start()
    time.sleep(0.5)
    assert acting.is_alive()
    only_reads(own_server, on=False)
    acting.join(20)
    assert [entry.seq for entry in store.entries(case().number)] == [1, 2]
    store.close()


def test_who_lost_a_server_and_finds_one_that_only_reads_is_not_told_that_nothing_was_written(own_server):
    store = open_store(f"{own_server.url}&schema=cut_off", create=True)
    only_reads(own_server, on=True)
    own_server.crash()
    again = threading.Timer(0.5, own_server.start)
    again.start()
    store.database.patience = 3
    try:
        with pytest.raises(StoreAway, match="--request-id"):
            store.commit([opening(case())])
    finally:
        again.join()
        only_reads(own_server, on=False)
    store.close()


def test_a_cluster_s_address_lets_those_wait_too_who_come_while_it_changes(own_server):
    url = f"{own_server.url}&schema=comes"
    open_store(url, create=True).close()
    own_server.crash()
    again = threading.Timer(0.5, own_server.start)
    again.start()
    store = open_store(f"{url}&patience=30")
    again.join()
    assert store.load("none") is None
    store.close()


# ---- side by side ----------------------------------------------------------------------------------------------------


def test_two_that_wait_for_each_other_both_come_through(postgres_url):
    store = open_store(postgres_url)
    store.commit([opening(case("1")), opening(case("2"))])
    both = threading.Barrier(2)

    def work(numbers, done):
        attempts = []

        def held(tx):
            attempts.append(numbers)
            tx.cursor.execute('SELECT 1 FROM "case" WHERE number = %s FOR UPDATE', (numbers[0],))
            if len(attempts) == 1:
                both.wait(5)
            tx.cursor.execute('SELECT 1 FROM "case" WHERE number = %s FOR UPDATE', (numbers[1],))

        store.database.write(held)
        done.append(len(attempts))

    done = []
    threads = [threading.Thread(target=work, args=(numbers, done)) for numbers in ("12", "21")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(done) == [1, 2]
    store.close()


def test_batches_over_the_same_cases_in_any_order_come_through(postgres_url):
    store = open_store(postgres_url)
    cases = [case(f"{number}") for number in range(6)]
    store.commit([opening(made) for made in cases])

    def work(order, name, told):
        mine = open_store(postgres_url)
        told += mine.commit([advancing(made, request=f"{name} {made.number}") for made in order])
        mine.close()

    told = []
    threads = [
        threading.Thread(target=work, args=(order, name, told)) for name, order in (("a", cases), ("b", cases[::-1]), ("c", cases[2:]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert told.count(None) == 6
    assert all(len(store.entries(made.number)) == 2 for made in cases)
    store.close()


def test_a_message_that_is_being_claimed_is_passed_by_and_not_waited_for(store):
    store.commit([opening(case(), notices=(notice("n1"), notice("n2")))])
    for number in "12":
        assert put(
            store, Message(id=f"m{number}", person="cv1", address="a@example.org", subject="s", text="t", made=START), [f"n{number}"]
        )
    with shell(store) as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM message WHERE id = 'm1' FOR UPDATE")
        began = time.monotonic()
        assert [found.id for found in store.claim_messages(START, "w", timedelta(minutes=5), 9)] == ["m2"]
        assert time.monotonic() - began < 0.5
        other.execute("COMMIT")
    assert [found.id for found in store.claim_messages(START, "w", timedelta(minutes=5), 9)] == ["m1"]


def test_of_two_deployments_at_once_one_is_in_use_whole(postgres_url):
    def deploy(name):
        mine = open_store(postgres_url)
        versions = [StoredVersion(kind="process", key=key, hash=f"{name}-{key}", form=1, source={}, compiled="{}") for key in "xyz"]
        for _ in range(8):
            mine.deploy([Deployment(version=version, at=START, by=name, why="") for version in versions])
        mine.close()

    threads = [threading.Thread(target=deploy, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    store = open_store(postgres_url)
    seen = set()
    while any(thread.is_alive() for thread in threads):
        seen.add(frozenset(hash_.split("-")[0] for hash_ in store.current().values()))
    for thread in threads:
        thread.join()
    assert seen | {frozenset("a")} <= {frozenset(), frozenset("a"), frozenset("b"), frozenset("c")}
    assert len({hash_.split("-")[0] for hash_ in store.current().values()}) == 1
    store.close()


# ---- texts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def latin(monkeypatch):
    """An environment in which libpq takes texts for other letters."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")


@pytest.mark.parametrize("option", ["", "&client_encoding=LATIN1"])
def test_texts_are_written_and_read_in_unicode_whatever_the_environment_and_the_url_say(latin, postgres_url, option):
    made = case(title="Khiếu nại – ‘số’ 7 🙂", fields={"word": "đường Ô Chợ Dừa"})
    theirs = open_store(postgres_url + option)
    theirs.commit([opening(made)])
    assert theirs.load(made.number).case == made
    with shell(postgres_url) as owner:
        assert owner.execute('SELECT title FROM "case"').fetchone() == (made.title,)
    theirs.close()


def test_a_database_that_keeps_texts_otherwise_is_refused_with_the_way_out(schemas, postgres_url):
    if GIVEN:
        pytest.skip("a login that is lent need not make databases")
    name = f"latin_{os.getpid()}"
    with shell(postgres_url) as owner:
        owner.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        try:
            with pytest.raises(StoreUnreachable, match=r"made with ENCODING 'UTF8'.*its texts are LATIN1"):
                open_store(re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", schemas.server, count=1), create=True)
        finally:
            owner.execute(f"DROP DATABASE {name}")

"""Statements in one message: values arrive as they are, what fails stops what comes after it, an act is two messages."""

import os
import signal
import threading
from itertools import count

import psycopg
import pytest
from msgspec.structs import replace

from storage import postgres_wire
from storage.connect import Database
from storage.store import open_store
from tests.postgres import shell
from tests.storage.making import CLERK, LEADER, advancing, case, deadline, moved, notice, opening
from tests.storage.test_store_postgres import wait_until
from workflow.errors import StoreUnreachable
from workflow.ports import Stale


@pytest.fixture
def store(postgres_url):
    opened = open_store(postgres_url)
    yield opened
    opened.close()


def said(store, *calls):
    return store.database.write(lambda tx: tx.backend.together(tx.cursor, calls))


def messages(store, monkeypatch):
    """The messages that the store sends from now on, each a list of statements."""
    sent, send = [], store.database.backend.together

    def together(cursor, calls):
        sent.append([sql for sql, _ in calls])
        return send(cursor, calls)

    monkeypatch.setattr(store.database.backend, "together", together)
    return sent


VALUES = {
    "text": "Đường Trần Phú 'số' \"5\" \\ %s %% $1 {a,b}",
    "empty": "",
    "none": None,
    "small": -3,
    "large": 2**62,
    "bytes": bytes(range(256)),
    "several": ["a", "", 'b"c\\d', "{e,f}", "NULL", "%(text)s"],
}
ASKED = (
    "SELECT %(text)s::text, %(empty)s::text, %(none)s::text, %(small)s::bigint, %(large)s::bigint, %(bytes)s::bytea, "
    "%(several)s::text[], '100 %%', %(text)s::text"
)


def test_values_arrive_as_they_are_whether_a_statement_is_prepared_or_not(store):
    wanted = (*VALUES.values(), "100 %", VALUES["text"])
    for _ in range(postgres_wire.PREPARED_AFTER + 3):
        assert said(store, (ASKED, VALUES), ("SELECT 1 WHERE false", {})) == [(1, [wanted]), (0, [])]
    prepared = said(store, ("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'hoso_%%'", {}))[0][1]
    assert any("::bytea" in statement for (statement,) in prepared)


def test_what_is_prepared_outlasts_a_transaction_that_is_undone(store):
    for _ in range(postgres_wire.PREPARED_AFTER + 2):
        store.database.read(lambda tx: [tx.cursor.execute("SELECT 1") for _ in range(8)])
        assert said(store, ("SELECT 2", {})) == [(1, [(2,)])]
    with pytest.raises(ZeroDivisionError):
        store.database.write(lambda tx: tx.cursor.execute("SELECT 3") and 1 / 0)
    assert said(store, ("SELECT 2", {})) == [(1, [(2,)])]
    with pytest.raises(ZeroDivisionError), store.database._once(lambda tx: tx.savepoint(), writes=True):
        1 / 0  # noqa: B018
    assert said(store, ("SELECT 2", {})) == [(1, [(2,)])]


def test_no_more_is_kept_prepared_than_may_be(store, monkeypatch):
    monkeypatch.setattr(postgres_wire, "MOST_PREPARED", 1)
    for one in range(5):
        for _ in range(postgres_wire.PREPARED_AFTER + 2):
            assert said(store, (f"SELECT {one}", {})) == [(1, [(one,)])]
    assert said(store, ("SELECT count(*) FROM pg_prepared_statements", {})) == [(1, [(1,)])]


def test_however_many_ways_something_is_asked_in_no_more_are_remembered(store, monkeypatch):
    monkeypatch.setattr(postgres_wire, "MOST_KNOWN", 5)
    remembered = store.database.read(
        lambda tx: [(tx.backend.together(tx.cursor, [(f"SELECT {number}", {})]), len(tx.cursor.connection.runs))[1] for number in range(20)]
    )
    assert max(remembered) == 5


def test_what_comes_after_a_statement_that_fails_is_not_run(store):
    calls = ("INSERT INTO worker VALUES ('w', 'b', 'p', 1)", {}), ("SELECT 1 / %(by)s::bigint", {"by": 0}), ("COMMIT", {})
    for _ in range(postgres_wire.PREPARED_AFTER + 2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            store.database._once(lambda tx: tx.backend.together(tx.cursor, calls), writes=True)
        assert said(store, ("SELECT count(*) FROM worker", {})) == [(1, [(0,)])]
    assert said(store, ("SELECT 1 / %(by)s::bigint", {"by": 1})) == [(1, [(1,)])]


def test_a_text_that_the_server_can_not_keep_and_a_value_of_no_known_kind_are_refused(store):
    with pytest.raises(StoreUnreachable, match=r"U\+0000"):
        said(store, ("SELECT %(a)s::text", {"a": "a\0b"}))
    with pytest.raises(TypeError, match="float"):
        said(store, ("SELECT %(a)s::text", {"a": 1.5}))
    assert said(store, ("SELECT 1", {})) == [(1, [(1,)])]


def test_a_large_message_is_sent_and_its_large_answer_is_taken(store):
    large = "đ" * 3_000_000
    assert said(store, *[("SELECT %(a)s::text", {"a": large})] * 3) == [(1, [(large,)])] * 3


@pytest.fixture
def interruptible():
    """Ctrl-C is heard, as at a terminal: who runs in the background is started with ears closed to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_the_server_is_waited_for_ends_the_statement(store):
    before = said(store, ("SELECT pg_backend_pid()", {}))[0][1][0][0]
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        said(store, ("SELECT pg_sleep(60)", {}))
    assert said(store, ("SELECT pg_backend_pid()", {}))[0][1][0][0] != before
    gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %(pid)s"
    wait_until(lambda: said(store, (gone, {"pid": before}))[0][1] == [(0,)], 10)


def test_an_act_is_two_messages_one_that_reads_and_one_that_writes(store, monkeypatch):
    made, numbers = case(), count(1)
    store.commit([opening(made, awaited=(CLERK,), deadlines=(deadline(),))])
    store.begin("nothing", made.number)  # what is in use is read once a program
    sent = messages(store, monkeypatch)
    for _ in range(3):
        after = moved(made)
        assert store.begin(f"act {next(numbers)}", made.number).file.case == made
        store.commit([advancing(made, after, deadlines=(deadline("next"),), notices=(notice(f"n{after.seq}"),), awaited=(CLERK,))])
        made = after
    assert [(one[0].partition(" ISOLATION")[0], one[-1]) for one in sent] == [("BEGIN", "COMMIT")] * 6


def test_an_act_in_a_case_that_is_remembered_is_one_message(store, monkeypatch):
    made = case()
    store.commit([opening(made, awaited=(CLERK,), deadlines=(deadline(),))])
    store.begin("nothing", made.number)
    sent = messages(store, monkeypatch)
    for _ in range(3):
        after = moved(made, state="screened")
        begun = store.begin(f"act {after.seq}", made.number, fresh=False)
        assert begun.file.case == made
        change = advancing(made, after, notices=(notice(f"n{after.seq}"),), awaited=(CLERK, LEADER), due=deadline().due)
        store.commit([replace(change, supposes=begun.supposes)])
        made = after
    assert [(one[0], one[-1]) for one in sent] == [("BEGIN", "COMMIT")] * 3
    with pytest.raises(Stale):  # something was brought into use meanwhile
        store.commit([replace(advancing(made), supposes=begun.supposes + 1)])
    assert len(store.entries(made.number)) == 4


def test_who_waited_for_an_act_on_the_same_case_writes_nothing(store):
    made, told = case(), []
    store.commit([opening(made)])

    def late():
        try:
            store.commit([advancing(made, notices=(notice("late"),))])
        except Stale:
            told.append("stale")

    with shell(store) as other:
        other.execute("BEGIN")
        other.execute('UPDATE "case" SET revision = revision + 1')
        thread = threading.Thread(target=late)
        thread.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
        wait_until(lambda: other.execute(waiting).fetchone()[0] > 0)
        other.execute("COMMIT")
    thread.join(10)
    assert told == ["stale"]
    assert (len(store.entries(made.number)), store.waiting_notices(5)) == (1, [])


def test_a_server_that_ends_the_connection_is_quoted(postgres_url):
    database = Database(postgres_url)
    database.patience = 0.0

    def work(tx):
        (pid,) = tx.cursor.execute("SELECT pg_backend_pid()").fetchone()
        with shell(postgres_url) as owner:
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        tx.backend.together(tx.cursor, [("SELECT 1", {})])

    with pytest.raises(StoreUnreachable, match="administrator command"):
        database.write(work)
    database.close()


class Broken:
    """A connection that libpq has given up, as after an answer that it can't read: nothing more ever comes of it."""

    status = psycopg.pq.ConnStatus.BAD

    def flush(self):
        return 0

    def is_busy(self):
        return 0

    def get_result(self):
        return None


def test_a_connection_that_is_given_up_midway_is_not_waited_for():
    with pytest.raises(psycopg.OperationalError, match="lost"):
        next(postgres_wire._exchanged(Broken()))


def test_many_acts_are_one_message_and_if_one_of_them_comes_late_the_others_are_written_all_the_same(store, monkeypatch):
    made = [case(f"{n:03}/2026-VV") for n in range(1, 6)]
    store.commit([opening(one) for one in made])
    sent = messages(store, monkeypatch)
    assert store.commit([advancing(one) for one in made]) == [None] * 5
    assert [(one[0], one[-1]) for one in sent] == [("BEGIN", "COMMIT")]
    made = [moved(one) for one in made]
    store.commit([advancing(made[2])])
    told = store.commit([advancing(one, moved(one), request=f"later {one.number}") for one in made])
    assert [type(one) for one in told] == [type(None), type(None), Stale, type(None), type(None)]
    assert [len(store.entries(one.number)) for one in made] == [3] * 5

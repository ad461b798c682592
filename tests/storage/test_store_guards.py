"""Each trigger bites: what was written can't be rewritten, not even by somebody with a database shell."""

import sqlite3

import pytest

from storage.sqlite_guards import GUARDS
from tests.storage.making import SERIES, START, advancing, case, deadline, document, notice, opening, opinion
from workflow.model import DocumentStatus, Message, NumberTaken
from workflow.plain import digest
from workflow.ports import Deployment, StoredVersion

INSERT_ONLY = ["entry", "receipt", "file", "number", "periodic", "deployment"]
KEYS = {"entry": "seq", "receipt": "seq", "file": "size", "number": "number", "periodic": "period", "deployment": "why"}
NEVER_DELETED = ["version", "case", "deadline", "opinion", "document", "series", "message", "notice"]
FROZEN = [
    ("version", "source = 'x'"),
    ("version", "hash = 'x'"),
    ("case", "revision = revision + 2"),
    ("case", "revision = revision"),
    ("case", "revision = revision + 1, number = 'x'"),
    ("case", "revision = revision + 1, opened = 'x'"),
    ("series", "last = last + 2"),
    ("series", "last = last - 1"),
    ("series", "last = last + 1, period = 'x'"),
    ("document", "plain = '{}'"),
    ("document", "status = 'draft'"),
    ("document", "key = 'x'"),
    ("message", "text = 'x'"),
    ("message", "subject = 'x'"),
    ("message", "state = 'waiting'"),
    ("notice", "text = 'x'"),
    ("notice", "person = 'x'"),
    ("notice", "message = NULL"),
]
ALLOWED = [("document", "status = 'void'"), ("series", "last = last + 1"), ("case", "revision = revision + 1"), ("message", "error = 'x'")]


@pytest.fixture
def full(store):
    """A store with a row in every guarded table."""
    message = Message(id="m1", person="cv1", address="a@example.org", subject="s", text="t", made=START)
    issued = document(status=DocumentStatus.ISSUED)
    change = opening(case(), deadlines=(deadline(),), opinions=(opinion(),), documents=(issued,), notices=(notice("n1"),))
    numbers = (NumberTaken(series=SERIES, number=1, case=case().number),)
    store.commit([type(change)(request_id="r", parts=change.parts, numbers=numbers, files={digest(b"x"): b"x"}, periodic=("p", "2026"))])
    version = StoredVersion(kind="process", key="incident", hash="v1", form=1, source={}, compiled="{}")
    store.deploy([Deployment(version=version, at=START, by="b", why="w")])
    assert store.make_message(message, ["n1"])
    store.settle_message(type(message)(id="m1", person="", address="", subject="", text="", made=START, state="sent"), START)
    return store


def run(store, statement):
    return store.database.write(lambda tx: tx.cursor.execute(statement).rowcount)


@pytest.mark.parametrize("table", INSERT_ONLY + NEVER_DELETED)
def test_nothing_is_deleted(full, table):
    with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
        run(full, f'DELETE FROM "{table}"')


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_what_is_only_added_to_is_never_updated(full, table):
    with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
        run(full, f'UPDATE "{table}" SET {KEYS[table]} = 7')


@pytest.mark.parametrize(("table", "change"), FROZEN)
def test_what_is_frozen_is_not_changed(full, table, change):
    with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
        run(full, f'UPDATE "{table}" SET {change}')


@pytest.mark.parametrize(("table", "change"), ALLOWED)
def test_what_may_change_changes(full, table, change):
    assert run(full, f'UPDATE "{table}" SET {change}') == 1


def test_replacing_a_row_does_not_go_behind_the_guards(full):
    with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
        run(full, "INSERT OR REPLACE INTO file (hash, size, bytes) SELECT hash, 0, x'00' FROM file")


def test_a_guard_that_was_taken_away_is_found(full):
    assert full.integrity() == []
    run(full, "DROP TRIGGER entry_no_delete")
    assert full.integrity() == ["the trigger entry_no_delete is missing"]


def test_every_guard_is_there(store):
    there = store.database.read(lambda tx: {name for (name,) in tx.cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")})
    assert there == set(GUARDS)


def test_a_row_that_refers_to_nothing_is_refused_and_found(store):
    orphan = "INSERT INTO receipt VALUES ('r', 'no such case', 1)"
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        run(store, orphan)
    connection = store.database.engine.raw_connection()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(orphan)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.close()
    assert store.integrity() == ["receipt: row None refers to nothing in case"]


def test_an_issued_document_stays_as_it_was_issued(store):
    made = case()
    store.commit([opening(made, documents=(document(status=DocumentStatus.ISSUED),))])
    with pytest.raises(sqlite3.IntegrityError, match="document: what was written stays as it is"):
        store.commit([advancing(made, documents=(document(status=DocumentStatus.ISSUED, title="other"),))])
    assert store.load(made.number).case == made

"""Each trigger bites: what was written can't be rewritten, not even by somebody with a database shell."""

import sqlite3

import psycopg
import pytest

from storage import postgres_guards, sqlite_guards
from storage.postgres_roles import role_of
from storage.store import open_store
from tests.postgres import shell
from tests.storage.making import SERIES, START, advancing, case, deadline, document, notice, opening, opinion, put
from workflow.errors import StoreForbidden
from workflow.model import DocumentStatus, Message, NumberTaken
from workflow.plain import digest
from workflow.ports import Deployment, StoredVersion

Breach = (sqlite3.IntegrityError, psycopg.IntegrityError)
GUARDS = {"sqlite": sqlite_guards.GUARDS, "postgresql": postgres_guards.GUARDS}
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
    assert put(store, message, ["n1"])
    store.settle_message(type(message)(id="m1", person="", address="", subject="", text="", made=START, state="sent"), START)
    return store


def dialect(store):
    return store.database.backend.dialect.name


def run(store, statement):
    """Run it with all rights that there are, as somebody with a database shell would; how many rows it changed."""
    if dialect(store) == "postgresql":
        with shell(store) as owner:
            return owner.execute(statement).rowcount
    return store.database.write(lambda tx: tx.cursor.execute(statement).rowcount)


@pytest.mark.parametrize("table", INSERT_ONLY + NEVER_DELETED)
def test_nothing_is_deleted(full, table):
    with pytest.raises(Breach, match="stays as it is"):
        run(full, f'DELETE FROM "{table}"')


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_what_is_only_added_to_is_never_updated(full, table):
    with pytest.raises(Breach, match="stays as it is"):
        run(full, f'UPDATE "{table}" SET {KEYS[table]} = 7')


@pytest.mark.parametrize(("table", "change"), FROZEN)
def test_what_is_frozen_is_not_changed(full, table, change):
    with pytest.raises(Breach, match="stays as it is"):
        run(full, f'UPDATE "{table}" SET {change}')


@pytest.mark.parametrize(("table", "change"), ALLOWED)
def test_what_may_change_changes(full, table, change):
    assert run(full, f'UPDATE "{table}" SET {change}') == 1


def test_replacing_a_row_does_not_go_behind_the_guards(full):
    replaced = {
        "sqlite": "INSERT OR REPLACE INTO file (hash, size, bytes) SELECT hash, 0, x'00' FROM file",
        "postgresql": "INSERT INTO file SELECT hash, 0, '' FROM file ON CONFLICT (hash) DO UPDATE SET size = 0",
    }
    with pytest.raises(Breach, match="stays as it is"):
        run(full, replaced[dialect(full)])


@pytest.mark.parametrize("store", ["postgres"], indirect=True)  # SQLite has neither
@pytest.mark.parametrize("table", INSERT_ONLY + NEVER_DELETED)
def test_a_table_is_not_emptied_at_once_nor_by_a_replica(full, table):
    with pytest.raises(Breach, match="stays as it is"):
        run(full, f'TRUNCATE "{table}" CASCADE')
    with pytest.raises(Breach, match="stays as it is"):
        run(full, f'SET session_replication_role = replica; DELETE FROM "{table}"')


def test_a_guard_that_was_taken_away_is_found(full):
    assert full.integrity() == []
    run(full, "DROP TRIGGER entry_no_delete" + (" ON entry" if dialect(full) == "postgresql" else ""))
    assert [one.message() for one in full.integrity()] == ["the trigger entry_no_delete is missing"]


@pytest.mark.parametrize("store", ["postgres"], indirect=True)  # SQLite's triggers are there or not
def test_a_guard_that_was_put_out_of_work_is_found(full):
    run(full, "ALTER TABLE entry DISABLE TRIGGER entry_no_delete")
    assert [one.message() for one in full.integrity()] == ["the trigger entry_no_delete is missing"]


def test_every_guard_is_there(store):
    triggers = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace",
    }
    there = store.database.read(lambda tx: {name for (name,) in tx.cursor.execute(triggers[dialect(store)])})
    assert there == set(GUARDS[dialect(store)])


def test_a_row_that_refers_to_nothing_is_refused_and_found(store):
    orphan = "INSERT INTO receipt VALUES ('r', 'no such case', 1)"
    with pytest.raises(Breach, match=r"(?i)foreign key"):
        run(store, orphan)
    if dialect(store) == "postgresql":
        run(store, f"SET session_replication_role = replica; {orphan}")
        assert [one.message() for one in store.integrity()] == ["receipt: a row refers to nothing in case"]
        return
    connection = store.database.pool.connect()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(orphan)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.close()
    assert [one.message() for one in store.integrity()] == ["receipt: row None refers to nothing in case"]


def test_an_issued_document_stays_as_it_was_issued(store):
    made = case()
    store.commit([opening(made, documents=(document(status=DocumentStatus.ISSUED),))])
    with pytest.raises(Breach, match="document: what was written stays as it is"):
        store.commit([advancing(made, documents=(document(status=DocumentStatus.ISSUED, title="other"),))])
    assert store.load(made.number).case == made


# ---- the rights of daily work on PostgreSQL --------------------------------------------------------------------------


@pytest.fixture
def daily(postgres_url):
    """A cursor with the rights that an office's transactions have."""
    store = open_store(postgres_url)
    store.commit([opening(case(), documents=(document(),))])
    store.close()
    with shell(postgres_url) as connection:
        connection.execute(f'SET ROLE "{role_of(store.database.backend.address.schema)}"')
        yield connection.cursor()


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_daily_work_has_no_right_to_change_history_files_and_numbers(daily, table):
    for change in (f'UPDATE "{table}" SET {KEYS[table]} = NULL', f'DELETE FROM "{table}"', f'TRUNCATE "{table}"'):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            daily.execute(change)


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_daily_work_has_no_right_to_remove_anything_that_stays(daily, table):
    for change in (f'DELETE FROM "{table}"', f'TRUNCATE "{table}"'):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            daily.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE document SET key = 'x'",
        "UPDATE version SET source = 'x'",
        "UPDATE message SET text = 'x'",
        "UPDATE notice SET text = 'x'",
        "UPDATE series SET period = 'x'",
        "UPDATE alembic_version SET version_num = 'x'",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "DROP TRIGGER entry_no_update ON entry",
        "CREATE OR REPLACE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "DROP TABLE entry",
    ],
)
def test_daily_work_has_no_right_to_change_what_is_frozen_or_its_guards(daily, change):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        daily.execute(change)


def test_a_store_takes_the_rights_of_daily_work(postgres_url):
    store = open_store(postgres_url)
    with pytest.raises(StoreForbidden, match="permission denied for table entry"):
        store.database.write(lambda tx: tx.cursor.execute("DELETE FROM entry"))
    (who,) = store.database.read(lambda tx: tx.cursor.execute("SELECT current_user").fetchone())
    assert who == role_of(store.database.backend.address.schema)
    store.close()

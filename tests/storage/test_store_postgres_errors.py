"""PostgreSQL's own errors: each is told with its cause and the way out, none with a password; and who may do what."""

import os
import re
import threading
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from storage import migrations
from storage.connect import Database
from storage.postgres_address import quoted, read_address
from storage.postgres_roles import role_of
from storage.store import open_store
from tests.postgres import GIVEN, drop, shell
from tests.postgres_server import LOCKED, PASSWORD
from tests.storage.making import SERIES, advancing, case, moved, opening
from workflow.errors import (
    DatabaseUnknown,
    LoginRefused,
    StoreAway,
    StoreBusy,
    StoreCorrupt,
    StoreCrowded,
    StoreForbidden,
    StoreMissing,
    StoreOlder,
    StoreReadOnly,
    StoreSlow,
    StoreUnreachable,
)


@pytest.fixture
def store(postgres_url):
    opened = open_store(postgres_url)
    yield opened
    opened.close()


def test_a_host_that_nobody_answers_at_is_told(tmp_path):
    for url in (f"postgresql://u:secret@/d?host={quote(str(tmp_path))}", "postgresql://u:secret@127.0.0.1:1/d"):
        with pytest.raises(StoreAway, match="does not answer") as raised:
            open_store(url)
        assert "secret" not in str(raised.value) + repr(raised.value.facts)


@pytest.fixture
def login(schemas):
    """A user without any right but to make schemas, whose password is asked for: how to make their URL, and a cursor of the owner."""
    if GIVEN:
        pytest.skip("only a server of our own may be treated so")
    name = f"{LOCKED}{os.getpid()}"
    with psycopg.connect(autocommit=True, **read_address(schemas.server).options) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD {psycopg.sql.Literal(PASSWORD).as_string()}")
        owner.execute(f"GRANT CREATE ON DATABASE postgres TO {name}")
        yield Login(name, schemas.server, owner)
        owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", (name,))
        owner.execute(f"DROP OWNED BY {name} CASCADE")
        owner.execute(f"DROP ROLE {name}")


class Login:
    def __init__(self, name, server, owner):
        self.name, self._server, self.owner = name, server, owner

    def url(self, password=PASSWORD, schema=""):
        word = f":{password}" if password else ""
        return f"{self._server.replace('postgres@', f'{self.name}{word}@')}&schema={schema or self.name}"

    def alter(self, how):
        self.owner.execute(f"ALTER ROLE {self.name} {how}")


def test_a_wrong_password_and_a_missing_one_are_told_without_the_password(login):
    with pytest.raises(StoreMissing):
        open_store(login.url(schema="no_such_schema"))
    for wrong in ("hunter2", ""):
        with pytest.raises(LoginRefused, match=r"\.pgpass") as raised:
            open_store(login.url(wrong))
        assert not re.search(f"hunter2|{PASSWORD}", str(raised.value) + repr(raised.value.facts))


def test_no_error_that_tells_of_a_login_shows_its_password(login):
    login.alter("CONNECTION LIMIT 0")
    began = time.monotonic()
    database = Database(login.url())
    database.patience = 0.3
    with pytest.raises(StoreCrowded, match="max_connections") as raised:
        database.schema()
    assert 0.3 < time.monotonic() - began < 5
    assert PASSWORD not in str(raised.value) + repr(raised.value.facts) + repr(database.backend.address)


def test_a_user_and_a_database_that_the_server_does_not_know_are_told(schemas):
    with pytest.raises(DatabaseUnknown, match="CREATE DATABASE"):
        open_store(re.sub(r"/[^/?]*(\?|$)", r"/no_such_database\1", schemas.server, count=1))
    with pytest.raises(LoginRefused):
        open_store(re.sub(r"//[^@]*@", "//nobody_knows@", schemas.server))


def test_what_takes_too_long_is_broken_off_and_told(login, postgres_url):
    open_store(login.url(), create=True).close()
    login.alter("SET statement_timeout = '50ms'")
    store = open_store(login.url())
    with pytest.raises(StoreSlow, match="statement_timeout"):
        store.database.read(lambda tx: tx.cursor.execute("SELECT pg_sleep(5)"))
    store.close()


def test_a_database_that_only_reads_is_told(login):
    open_store(login.url(), create=True).close()
    login.alter("SET default_transaction_read_only = on")
    store = open_store(login.url())
    store.database.patience = 0.3
    with pytest.raises(StoreReadOnly, match="Nothing was written"):
        store.commit([opening(case())])
    assert store.load(case().number) is None
    store.close()


def test_a_login_that_may_not_make_the_office_is_told(login):
    login.owner.execute(f"REVOKE CREATE ON DATABASE postgres FROM {login.name}")
    with pytest.raises(StoreForbidden, match="permission denied"):
        open_store(login.url(), create=True)


def test_an_office_can_be_made_by_a_login_that_makes_no_roles(login):
    store = open_store(login.url(), create=True)
    store.commit([opening(case())])
    assert store.integrity() == []
    assert store.load(case().number).case == case()
    with pytest.raises(psycopg.errors.RestrictViolation):
        store.database.write(lambda tx: tx.cursor.execute("DELETE FROM entry"))
    store.close()


def test_a_login_with_the_rights_of_daily_work_does_it_and_no_more(login, postgres_url):
    schema = read_address(postgres_url).schema
    login.owner.execute(f"GRANT {quoted(role_of(schema))} TO {login.name}")
    store = open_store(login.url(schema=schema))
    made = case()
    store.commit([opening(made)])
    store.commit([advancing(made)])
    with store.lease([SERIES], "me"):
        assert store.next_number(SERIES) == 1
    assert len(store.entries(made.number)) == 2
    with pytest.raises(StoreForbidden, match="the login that owns"):
        migrations.upgrade(login.url(schema=schema))
    store.close()


def test_a_schema_that_is_not_there_empty_or_somebody_elses_is_told(schemas, tmp_path):
    url = schemas.url()
    schema = read_address(url).schema
    for use in (open_store, migrations.upgrade, migrations.current):
        with pytest.raises(StoreMissing, match=schema):
            use(url)
    with shell(url) as owner:
        owner.execute(f"CREATE SCHEMA {schema}")
        with pytest.raises(StoreOlder, match="schema none"):
            open_store(url)
        owner.execute(f"CREATE TABLE {schema}.recipes (name text)")
        for create in (False, True):
            with pytest.raises(StoreCorrupt, match=f"{schema}.*other tables"):
                open_store(url, create=create)
        owner.execute(f"DROP TABLE {schema}.recipes")
    migrations.upgrade(url)
    store = open_store(url)
    store.commit([opening(case())])
    assert store.integrity() == []
    store.close()
    drop(url)


def test_a_migration_that_fails_leaves_nothing(schemas, monkeypatch):
    url = schemas.url()

    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("storage.postgres_guards.make_roles", fails)  # the last of what a migration does
    with pytest.raises(ZeroDivisionError):
        open_store(url, create=True)
    with pytest.raises(StoreMissing):
        migrations.current(url)


def test_an_old_server_is_refused(postgres_url, monkeypatch):
    monkeypatch.setattr("storage.postgres.OLDEST", 99)
    with pytest.raises(StoreUnreachable, match="PostgreSQL 99 or newer"):
        open_store(postgres_url)


@pytest.mark.parametrize("table", ["periodic", "entry", "series"])
def test_a_table_whose_file_is_gone_is_told_as_damage(postgres_url, table):
    if GIVEN:
        pytest.skip("only a server of our own may be treated so")
    with shell(postgres_url) as owner:
        owner.execute("CHECKPOINT")
        (folder,) = owner.execute("SHOW data_directory").fetchone()
        found = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname = %s AND relnamespace = current_schema()::regnamespace"
        files = [Path(folder, owner.execute(found, (name,)).fetchone()[0]) for name in (table, f"pk_{table}")]
    for file in files:
        file.rename(file.with_suffix(".aside"))
    store = open_store(postgres_url)
    looks = {"periodic": lambda: store.periods("x"), "entry": lambda: store.entries("x"), "series": store.series}
    try:
        with pytest.raises(StoreCorrupt, match="could not open file") as raised:
            looks[table]()
        assert "Restore the last backup" in raised.value.message()
    finally:
        for file in files:
            file.with_suffix(".aside").rename(file)
        store.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("58P01", StoreCorrupt),
        ("58030", StoreCorrupt),
        ("XX000", StoreCorrupt),
        ("XX001", StoreCorrupt),
        ("42703", StoreCorrupt),
        ("53200", StoreUnreachable),
    ],
)
def test_what_a_damaged_or_spent_server_says_is_no_fault_of_the_program(store, code, kind):
    def fails(tx):
        tx.cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'so it is' USING ERRCODE = '{code}'; END $$")

    with pytest.raises(kind, match="so it is"):
        store.database.write(fails)


def test_rows_that_somebody_holds_are_waited_for_and_then_told(store):
    made = case()
    store.commit([opening(made)])
    with shell(store) as other:
        other.execute("BEGIN")
        other.execute('SELECT 1 FROM "case" FOR UPDATE')
        release = threading.Timer(0.3, other.execute, args=("COMMIT",))
        release.start()
        after = moved(made)
        store.commit([advancing(made, after)])
        release.join()
        store.database.patience = 0.1
        other.execute("BEGIN")
        other.execute('SELECT 1 FROM "case" FOR UPDATE')
        with pytest.raises(StoreBusy, match="Nothing was written"):
            store.commit([advancing(after)])
        assert store.load(made.number).case == after
        other.execute("COMMIT")
    store.commit([advancing(after)])


def test_a_server_that_does_not_wait_for_its_disk_is_told_to(login):
    login.alter("SET synchronous_commit = off")
    store = open_store(login.url(), create=True)
    assert store.database.read(lambda tx: tx.cursor.execute("SHOW synchronous_commit").fetchone()) == ("on",)
    login.alter("SET synchronous_commit = remote_apply")
    store.close()
    assert store.database.read(lambda tx: tx.cursor.execute("SHOW synchronous_commit").fetchone()) == ("remote_apply",)
    store.close()


# ---- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "options", "schema", "shown"),
    [
        ("postgresql://h/d", {"host": "h", "dbname": "d"}, "hoso", "postgresql://h/d?schema=hoso"),
        (
            "postgresql+psycopg://u:p%40%2F@h:5433/d?schema=btg&sslmode=verify-full",
            {"user": "u", "password": "p@/", "host": "h", "port": "5433", "dbname": "d", "sslmode": "verify-full"},
            "btg",
            "postgresql://u@h:5433/d?schema=btg",
        ),
        (
            "postgresql://hoso:bí/m@t@h/d",
            {"user": "hoso", "password": "bí/m@t", "host": "h", "dbname": "d"},
            "hoso",
            "postgresql://hoso@h/d?schema=hoso",
        ),
        (
            "postgresql://a,b:5433/d?target_session_attrs=read-write&password=x",
            {"host": "a,b", "port": ",5433", "dbname": "d", "target_session_attrs": "read-write", "password": "x"},
            "hoso",
            "postgresql://a,b:5433/d?schema=hoso",
        ),
        ("postgresql://[::1]:5432/d", {"host": "::1", "port": "5432", "dbname": "d"}, "hoso", "postgresql://[::1]:5432/d?schema=hoso"),
        (
            "postgresql:///d?host=/run/pg&connect_timeout=1",
            {"host": "/run/pg", "dbname": "d", "connect_timeout": "1"},
            "hoso",
            "postgresql:///run/pg/d?schema=hoso",
        ),
    ],
)
def test_an_address_is_read_and_shown_without_its_password(url, options, schema, shown):
    address = read_address(url)
    assert {key: value for key, value in address.options.items() if key in options} == options
    assert (address.schema, address.shown) == (schema, shown)
    assert "password" not in repr(address)
    assert address.patience is None


def test_an_address_says_how_long_a_cluster_is_waited_for():
    address = read_address("postgresql://h/d?schema=btg&patience=60")
    assert (address.patience, address.shown) == (60, "postgresql://h/d?schema=btg")
    assert "patience" not in address.options
    assert Database("postgresql://h/d?patience=60").patience == 60
    for wrong in ("0", "601", "1.5", "x"):
        with pytest.raises(StoreUnreachable, match="1 to 600"):
            read_address(f"postgresql://h/d?patience={wrong}")

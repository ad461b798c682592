"""PostgreSQL for tests: one server a run of pytest, a schema a test, filled from one that was migrated once."""

import fcntl
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from storage.postgres_address import quoted, read_address
from storage.postgres_drift import drift
from storage.postgres_guards import NUMBERED, STAYS, STAYS_UNLESS_DISPOSED
from storage.postgres_proof import guards
from storage.postgres_roles import ROLES, role_of
from storage.postgres_wire import connected
from storage.store import SqlStore, open_store
from storage.tables import SCHEMA, metadata
from storage.transaction import Transaction
from tests.postgres_server import READY, new_folder, programs

GIVEN = os.environ.get("HOSO_TEST_POSTGRES", "")
"""Another server to test against: postgresql://USER@HOST/NAME, whose user may make schemas (and roles, for some tests)."""


def server_url(shared: Path, owner: int) -> str:
    """The URL of the run's server, started by whoever asks first; `shared` is a folder that all who run these tests see."""
    if GIVEN:
        return GIVEN
    note = shared / "postgres"
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            folder = new_folder()
            program = [sys.executable, str(Path(__file__).with_name("postgres_server.py")), str(folder), str(owner)]
            environ = {key: value for key, value in os.environ.items() if "COVERAGE" not in key}
            os.posix_spawn(program[0], program, environ)  # it looks after itself, so that nobody has to wait for it
            note.write_text(str(folder))
    folder, until = Path(note.read_text()), time.monotonic() + 60
    while not (folder / READY).exists() or not (url := (folder / READY).read_text()):
        assert folder.exists(), "the server of the tests did not start"
        assert time.monotonic() < until
        time.sleep(0.02)
    return url


def at(server: str, schema: str) -> str:
    """The URL of an office's schema."""
    return f"{server}{'&' if '?' in server else '?'}schema={schema}"


def shell(place: "str | SqlStore") -> psycopg.Connection:
    """A connection of the schema's owner, by the office's URL or store."""
    address = read_address(place) if isinstance(place, str) else place.database.backend.address
    connection = connected(address.options)
    connection.execute(f'SET search_path TO "{address.schema}"')
    return connection


def drop(url: str) -> None:
    """Take an office's schema and roles away."""
    schema = read_address(url).schema
    with shell(url) as connection:
        connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        for role in ROLES:
            connection.execute(f'DROP ROLE IF EXISTS "{role_of(schema, role)}"')


class Schemas:
    """Makes offices for tests as the migrations would, and uses an office again once nothing is left in it."""

    def __init__(self, server: str, prefix: str) -> None:
        self.server, self._prefix, self._made, self._recipe = server, prefix, 0, ""
        self._owner = shell(server)
        self._clean: list[str] = []
        self._all: list[str] = []

    def url(self) -> str:
        """The URL of an office that is not there."""
        self._made += 1
        self._all.append(at(self.server, f"{self._prefix}_{self._made}"))
        return self._all[-1]

    @contextmanager
    def empty(self):
        """The URL of an office without cases."""
        url = self._clean.pop() if self._clean else self.filled()
        yield url
        if clean(self._owner, read_address(url).schema):
            self._clean.append(url)
        else:
            drop(url)

    def filled(self) -> str:
        """The URL of a new office without cases: one is migrated, the others are made by the statements that make it."""
        url = self.url()
        if not self._recipe:
            open_store(url, create=True).close()
            self._recipe = recipe(url)
            return url
        schema = read_address(url).schema
        made = self._recipe.replace("%SCHEMA%", schema)
        for role in ROLES:
            made = made.replace(f"%{role}%", role_of(schema, role))
        with shell(url) as connection:
            connection.execute(made, prepare=False)
        return url

    def drop(self, url: str) -> None:
        """Take an office away."""
        drop(url)
        self._all.remove(url)

    def drop_all(self) -> None:
        """Leave nothing on a server that is not ours."""
        self._owner.close()
        for url in self._all if GIVEN else ():
            drop(url)


LET_GO = "".join(
    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF; RETURN OLD; END $$;"
    for name in ("stays", "stays_unless_disposed")
)
HOLD = f"{STAYS}; {STAYS_UNLESS_DISPOSED}"
"""What refuses is let go, and in its place again."""


AS_IT_IS = SimpleNamespace(dialect=PGDialect_psycopg())


def is_spoilt(tx, schema: str) -> bool:
    """Whether a test changed more than rows."""
    return bool(guards(tx, schema) or drift(tx, schema))


def clean(owner: psycopg.Connection, schema: str) -> bool:
    """Take everything out of an office; False if a test spoiled it, so that it can't be used again."""
    cursor = owner.execute(f'SET search_path TO "{schema}"; SET lock_timeout = 5000', prepare=False)
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    try:
        if is_spoilt(Transaction(cursor, AS_IT_IS), schema) or cursor.execute("SELECT version_num FROM alembic_version").fetchall() != [
            (SCHEMA,)
        ]:
            return False
        (filled,) = cursor.execute("SELECT " + ", ".join(f'EXISTS (SELECT FROM "{table}")' for table in tables)).fetchall()
        emptied = "".join(f'DELETE FROM "{table}";' for table, some in zip(tables, filled, strict=True) if some)
        if emptied:
            again = ", ".join(f"setval('{name}_id_seq', 1, false)" for name in NUMBERED)
            cursor.execute(f"BEGIN; {LET_GO} DELETE FROM case_search; {emptied} SELECT {again}; {HOLD}; COMMIT", prepare=False)
    except psycopg.Error:
        owner.rollback()
        return False
    return True


def pour(file: Path, url: str) -> None:
    """Put all rows of a database file into an office's empty tables, as they are."""
    found = sqlite3.connect(file)
    with shell(url) as connection:
        cursor = connection.cursor()
        for table in metadata.sorted_tables:
            names = [name for _, name, *_ in found.execute(f'PRAGMA table_info("{table.name}")')]
            if not names:  # an older office lacks it
                continue
            rows = found.execute(f'SELECT * FROM "{table.name}"').fetchall()
            into = f'INSERT INTO "{table.name}" ({", ".join(quoted(name) for name in names)}) VALUES ({", ".join(["%s"] * len(names))})'
            cursor.executemany(into, rows)
        there = {name for (name,) in cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r'").fetchall()}
        for name in (one for one in NUMBERED if one in there and found.execute(f'PRAGMA table_info("{one}")').fetchall()):
            cursor.execute(f"SELECT setval('{name}_id_seq', max(id)) FROM {quoted(name)} HAVING max(id) IS NOT NULL")
    found.close()


def copied(url: str, other: str) -> str:
    """Put all rows of an office into another one that is empty; the other's URL."""
    schema = read_address(url).schema
    with shell(other) as connection:
        for table in metadata.sorted_tables:
            connection.execute(f'INSERT INTO "{table.name}" SELECT * FROM {quoted(schema)}."{table.name}"')
        for name in NUMBERED:
            connection.execute(f"SELECT setval('{name}_id_seq', max(id)) FROM {quoted(name)} HAVING max(id) IS NOT NULL")
    return other


def rows(url: str) -> dict[str, list[tuple]]:
    """Everything that an office holds, table by table, but for the numbers that the database gives: what is undone leaves gaps in them."""
    with shell(url) as connection:

        def kept(table):
            names = ", ".join(quoted(column.name) for column in table.columns if column.name != "id" or table.name == "message")
            return sorted(connection.execute(f'SELECT {names} FROM "{table.name}"').fetchall(), key=str)

        return {table.name: kept(table) for table in metadata.sorted_tables}


def recipe(url: str) -> str:
    """The statements that make an office's schema as it is now, with %SCHEMA%, %daily% and %worker% for its names."""
    address = read_address(url)
    place = psycopg.conninfo.make_conninfo(**address.options)
    dumped = subprocess.run(
        [programs() / "pg_dump", "--schema-only", "--no-owner", "--schema", f'"{address.schema}"', "--dbname", place],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = [line for line in dumped.splitlines() if line and not line.startswith(("--", "\\", "SET ", "SELECT pg_catalog.set_config"))]
    roles = {role: role_of(address.schema, role) for role in ROLES}
    created = [f'CREATE ROLE "{name}";' for name in roles.values()]
    made = "\n".join([*created, *lines, f"INSERT INTO {address.schema}.alembic_version VALUES ('{SCHEMA}');"])
    for role, name in roles.items():
        made = made.replace(name, f"%{role}%")
    return made.replace(address.schema, "%SCHEMA%")

"""URL → database: opened, checked, its transactions run and tried again while others hold it."""

import random
import time
import weakref
from collections.abc import Callable
from contextlib import closing, nullcontext
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool, StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable

from storage import sqlite, tables
from storage.transaction import Backend, Transaction
from workflow.errors import StoreBusy, StoreCorrupt, StoreMissing, StoreNewer, StoreOlder, StoreUnreachable

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that a transaction is tried again while others hold the database."""

_SQLITE: Backend = sqlite.Sqlite()
_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.05


class Database:
    """A database and its transactions. `work` is a function of a transaction; it may be run again, so it keeps no state."""

    def __init__(self, url: URL) -> None:
        self.url = url.render_as_string(hide_password=True)
        self.backend, self.patience = _SQLITE, PATIENCE
        self._errors: tuple[type[Exception], ...] = (*self.backend.errors, DBAPIError)
        self.file = _file(url)
        self.engine = _engine(url, memory=self.file is None)
        self._writers = RLock()  # a process's threads take turns; SQLite lets one write anyhow
        self._readers = self._writers if self.file is None else nullcontext()  # one connection is one transaction at a time
        weakref.finalize(self, self.engine.dispose)

    def read(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction that only reads; it sees one moment of the database."""
        with self._readers:
            return self._patiently(lambda: self._once(self.backend.begin_read, lambda tx: work(tx, *args, **kwargs)))

    def write(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction that writes: all of it is kept, durably, or nothing if it raises."""
        with self._writers:
            return self._patiently(lambda: self._once(self.backend.begin_write, lambda tx: work(tx, *args, **kwargs)))

    def migrate(self, work: Callable[[Connection], None]) -> None:
        """Run `work` on a connection of SQLAlchemy's own in one writing transaction: for Alembic, which wants one."""

        def attempt() -> None:
            with self.engine.connect() as connection:
                try:
                    for statement in self.backend.begin_migration:
                        connection.exec_driver_sql(statement)
                    work(connection)
                    connection.commit()
                finally:
                    connection.invalidate()  # its pragmas were the migration's

        with self._writers:
            self._patiently(attempt)

    def schema(self) -> str:
        """The migration that the database is at, '' for an empty one. Raises StoreCorrupt for somebody else's database."""
        try:
            return self.read(self.backend.schema)
        except StoreCorrupt as error:
            raise StoreCorrupt(**{**error.facts, "url": self.url}) from error

    def _once(self, begin: str, work: Callable[[Transaction], T]) -> T:
        connection = self.engine.raw_connection()
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute(begin)
                result = work(Transaction(cursor, self.backend))
                cursor.execute("COMMIT")
        except BaseException:
            self._undo(connection)
            raise
        finally:
            connection.close()
        return result

    def _undo(self, connection: PoolProxiedConnection) -> None:
        try:
            connection.rollback()
        except self.backend.errors:  # on a damaged disk even that may fail; closing the file undoes it as well
            connection.invalidate()

    def _patiently(self, attempt: Callable[[], T]) -> T:
        until, pause = time.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            try:
                return attempt()
            except self._errors as raised:
                error = _drivers(raised)
                if not self.backend.busy(error):
                    self._explain(error)
                if time.monotonic() > until:
                    raise StoreBusy(url=self.url, seconds=round(self.patience)) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # waiters must differ, nothing is secret
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _explain(self, error: Exception) -> None:
        explained = self.backend.explain(error, self.url)
        if explained is None:
            raise error
        raise explained from error


def _drivers(error: Exception) -> Exception:
    return error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error


def _engine(url: URL, *, memory: bool) -> Engine:
    engine = create_engine(
        url, poolclass=StaticPool if memory else QueuePool, pool_reset_on_return=None, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", lambda connection, _: sqlite.prepare(connection))
    return engine


def parse(url: str) -> URL:
    """The URL of a database that we can use; raises StoreUnreachable for any other."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnreachable(url=url, cause="it is no database URL; sqlite:///FILE is one") from error
    if parsed.get_backend_name() != "sqlite":
        raise StoreUnreachable(url=parsed.render_as_string(hide_password=True), cause="only sqlite:///FILE is supported so far")
    return parsed


def in_memory(url: str) -> bool:
    """Whether the URL names a database in memory."""
    return _file(parse(url)) is None


def _file(url: URL) -> Path | None:
    return None if url.database in {None, "", ":memory:"} else Path(str(url.database))


def open_database(url: str) -> Database:
    """Open a database of this program's schema. A file must be there; memory (`sqlite://`) gets its tables here.

    Raises StoreMissing, StoreOlder, StoreNewer, StoreCorrupt, NetworkFileSystem and other StoreUnreachable; writes nothing
    to a file.
    """
    database = Database(parse(url))
    if database.file is None:
        database.write(_create)
        return database
    check_place(database.file, database.url)
    check_schema(database)
    return database


def check_place(file: Path, url: str) -> None:
    """Raise NetworkFileSystem or StoreMissing unless `file` is there, on a local disk."""
    sqlite.refuse_network(file, sqlite.MOUNTS.read_text() if sqlite.MOUNTS.exists() else "")
    if not file.is_file():
        raise StoreMissing(url=url)


def check_schema(database: Database) -> None:
    """Raise StoreOlder, StoreNewer or StoreCorrupt unless the database has this program's schema."""
    found = database.schema()
    if found == tables.SCHEMA:
        return
    kind = StoreOlder if found < tables.SCHEMA else StoreNewer
    raise kind(url=database.url, found=found or "none", known=tables.SCHEMA)


def _create(tx: Transaction) -> None:
    """All tables in memory, without the migrations: a test holds the two to each other."""
    for statement in _definitions():
        tx.cursor.execute(statement)
    tx.backend.make_guards(tx.cursor)


@cache
def _definitions() -> tuple[str, ...]:
    elements: list[CreateTable | CreateIndex] = []
    for table in tables.metadata.sorted_tables:
        elements += [CreateTable(table), *(CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name)))]
    return tuple(str(element.compile(dialect=_SQLITE.dialect)) for element in elements)

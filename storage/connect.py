"""URL → database: opened, checked, its transactions run and tried again while others hold it."""

import random
import sqlite3
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from functools import cache, cached_property
from threading import RLock, local
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import PoolProxiedConnection

from storage import tables
from storage.faults import other_schema
from storage.idle import Idle
from storage.sqlite import Sqlite
from storage.transaction import Backend, Cursor, Transaction
from storage.whole import definitions
from workflow.errors import StoreAway, StoreBusy, StoreCorrupt, StoreFull, StoreReadOnly, StoreUnreachable, WrongAddress

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that a transaction is tried again while others hold the database, or its server starts anew."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.05
_NO_NAMES: Mapping[str, Any] = {}


def backend_of(url: str, *, worker: bool = False) -> Backend:
    """What is particular to the database at `url`; for a `worker`, with the rights of one. Raises WrongAddress for a URL that we
    can't use.
    """
    kind = url.partition("://")[0]
    if kind in {"postgresql", "postgresql+psycopg"}:
        from storage.postgres import Postgres  # its driver is slow to import, and an office on SQLite does without it

        return Postgres(url, worker=worker)
    if kind == "sqlite":
        return Sqlite(url)
    raise WrongAddress(url=url, cause="it is no database URL; sqlite:///FILE or postgresql://USER@HOST/NAME is one")


class Database:
    """A database and its transactions. `work` is a function of a transaction; it may be run again, so it keeps no state.

    A server that is lost in the moment of a commit leaves it open whether all was written; `work` is run again then too,
    and finds what it wrote: a case's revision moved on, the request's receipt is there.
    """

    def __init__(self, url: str, *, worker: bool = False) -> None:
        self.backend = backend_of(url, worker=worker)
        self.patience = PATIENCE if self.backend.patience is None else self.backend.patience
        self.url = self.backend.url
        self._errors: tuple[type[Exception], ...] = (*self.backend.errors, DBAPIError, NoneFree)
        self._reached = self.backend.patience is not None  # a cluster that changes its leader is waited for by who comes meanwhile too
        self.pool = self.backend.pool()
        self._writers = nullcontext() if self.backend.side_by_side else RLock()  # threads take turns; SQLite lets one write anyhow
        self._moment = local()
        self.wrote = False
        """Whether a transaction that writes was kept, beside those of `jot`."""
        self._readers = self._writers if self.backend.in_memory else nullcontext()  # one connection is one transaction at a time
        self.idle = Idle(self.pool)
        weakref.finalize(self, self.idle.close)

    @cached_property
    def engine(self) -> Engine:
        """SQLAlchemy's own way to the same connections, for migrations."""
        return self.backend.engine(self.pool)

    def close(self) -> None:
        """Give back the connections; the database may go on to be used."""
        self.idle.close()

    def read(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction that only reads; it sees one moment of the database."""
        under_way: Transaction | None = getattr(self._moment, "tx", None)
        if under_way is not None:
            return work(under_way, *args, **kwargs)
        with self._readers:
            try:
                return self._patiently(self._once, work, args, kwargs, writes=False)
            except (StoreFull, StoreReadOnly) as error:
                return self._aside(error, lambda connection: self._within(connection, lambda tx: work(tx, *args, **kwargs)))

    def _aside(self, error: StoreUnreachable, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run what only reads on a connection of its own, which writes nothing beside the file, where that can be done."""
        backend = self.backend
        if not isinstance(backend, Sqlite):
            raise error

        self.idle.close()  # a connection that could read nothing may hold a lock all the same

        def attempt() -> T:
            with backend.aside(error) as connection:
                return work(connection)

        try:
            return self._patiently(attempt)
        except (StoreFull, StoreReadOnly):
            raise error from None  # what is wrong is what was wrong

    def _within(self, connection: sqlite3.Connection, work: Callable[[Transaction], T]) -> T:
        with closing(connection.cursor()) as cursor:
            tx = Transaction(cursor, self.backend, self.backend.opening(writes=False), whole=True)
            result = work(tx)
            tx.end()
        return result

    def at_once(self, work: Callable[[], T]) -> T:
        """Run `work`, which does nothing but read: all that it reads here is of one moment, in one transaction, since beginning and
        ending one costs a server as much as a short query does.
        """

        def within(tx: Transaction) -> T:
            tx.whole = False
            outer, self._moment.tx = getattr(self._moment, "tx", None), tx
            try:
                return work()
            finally:
                self._moment.tx = outer

        return self.read(within)

    def write(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction that writes: all of it is kept, durably, or nothing if it raises."""
        with self._writers:
            result = self._patiently(self._once, work, args, kwargs, writes=True)
        self.wrote = True
        return result

    def write_soon(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """As `write`, but the caller goes on while what was written is on its way to the disk. What is given waits for that, and only
        then anything is kept for sure; where it could not be done so, it does it in the ordinary way, and raises what that raises.
        """

        def anew() -> T:
            return self.write(work, *args, **kwargs)

        if self.backend.side_by_side or self.backend.in_memory:
            return anew  # a server has everything in one message; what is in memory goes nowhere
        try:
            connection = self.idle.take()
        except self._errors:
            return anew
        try:
            with self._writers:
                tx = Transaction(connection.cursor(), self.backend, self.backend.opening(writes=True))
                result = work(tx, *args, **kwargs)
        except BaseException as error:
            self._undo(connection)
            connection.close()
            if isinstance(error, Exception):
                return anew
            raise
        ending = self._disk.submit(tx.end)

        def ended() -> T:
            try:
                ending.result()
            except BaseException as error:  # whatever it is, nobody else waits for what this connection holds
                self._undo(connection)
                connection.close()
                if isinstance(error, self._errors):
                    return anew()
                raise
            self.idle.keep(connection)
            self.wrote = True
            return result

        return ended

    @cached_property
    def _disk(self) -> "ThreadPoolExecutor":
        """Who waits for the disk beside: only what writes much at a time has that."""
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(1, "disk")

    def jot(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction that writes what matters only while the machine runs: kept whole or not at all, but it does not
        wait for the disk.
        """
        with self._writers:
            return self._patiently(self._once, work, args, kwargs, writes=True, lightly=True)

    def migrate(self, work: Callable[[Connection], None]) -> None:
        """Run `work` on a connection of SQLAlchemy's own in one writing transaction: for Alembic, which wants one."""

        def attempt() -> None:
            with self.engine.connect() as connection:
                try:
                    with connection.begin():  # told to SQLAlchemy, so that Alembic leaves the end to us; begun by the backend
                        with closing(connection.connection.cursor()) as cursor:
                            self.backend.begin_migration(cursor)
                        work(connection)
                finally:
                    connection.invalidate()  # its settings were the migration's

        with self._writers:
            self._patiently(attempt)

    def run_alone(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run one statement that can be in no transaction."""

        def attempt() -> None:
            connection = self.pool.connect()
            try:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(statement, values)
            finally:
                connection.close()

        self._patiently(attempt)

    def copy_itself(self, file: str) -> None:
        """SQLite's own copy of itself into an empty file (VACUUM INTO), as it is at one moment."""
        try:
            self.run_alone(*(vacuum := ("VACUUM INTO ?", (file,))))
        except (StoreFull, StoreReadOnly) as error:
            self._aside(error, lambda connection: connection.execute(*vacuum).close())

    def schema(self) -> str:
        """The migration that the database is at, '' for an empty one.

        Raises StoreMissing when there is none, StoreCorrupt for somebody else's.
        """
        try:
            return self.read(self.backend.schema)
        except StoreCorrupt as error:
            raise StoreCorrupt(**{**error.facts, "url": self.url}) from error

    def _once(
        self,
        work: Callable[..., T],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = _NO_NAMES,
        *,
        writes: bool,
        lightly: bool = False,
    ) -> T:
        connection = self.idle.take()
        self._reached = True
        try:
            cursor = connection.cursor()
            try:
                tx = Transaction(cursor, self.backend, self.backend.opening(writes=writes, lightly=lightly), whole=True)
                result = work(tx, *args, **kwargs)
                tx.end()
                if lightly:
                    self._weigh(cursor)
            finally:
                cursor.close()
        except BaseException:
            self._undo(connection, lightly=lightly)
            connection.close()
            raise
        self.idle.keep(connection)
        return result

    def _weigh(self, cursor: Cursor) -> None:
        """What is written from now on is on the disk again once it is kept."""
        if self.backend.after_lightly:
            self.backend.together(cursor, self.backend.after_lightly)

    def _undo(self, connection: PoolProxiedConnection, *, lightly: bool = False) -> None:
        try:
            connection.rollback()
            if lightly:
                with closing(connection.cursor()) as cursor:
                    self._weigh(cursor)
        except self.backend.errors:  # on a damaged disk or a lost connection even that may fail; closing undoes it as well
            connection.invalidate()

    def _patiently(self, attempt: Callable[Q, T], *args: Q.args, **kwargs: Q.kwargs) -> T:
        until, pause, lost = time.monotonic() + self.patience, _FIRST_PAUSE, False
        while True:
            try:
                return attempt(*args, **kwargs)
            except self._errors as raised:
                if self.backend.collides(raised):
                    raise  # for whoever wrote it; and nothing here goes on to hold what its traceback holds
                error = _drivers(raised)
                if not self._passes(error):
                    self._explain(error)
                if time.monotonic() > until:
                    self._explain(error, StoreBusy(url=self.url, seconds=round(self.patience)), lost=lost)
                if self.backend.lost(error):
                    lost |= isinstance(self.backend.explain(error), StoreAway)  # perhaps in the moment of a commit
                    self.pool.dispose()  # another server may be reached by now, and only a new connection reaches it
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # waiters must differ, nothing is secret
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _passes(self, error: Exception) -> bool:
        """Whether trying again may help."""
        return isinstance(error, NoneFree) or self.backend.busy(error) or (self._reached and self.backend.lost(error))

    def _explain(self, error: Exception, otherwise: StoreUnreachable | None = None, *, lost: bool = False) -> None:
        """Raise it as one of ours. `lost`: the server went away before, so that nobody may say that nothing was written."""
        explained = self.backend.explain(error) or otherwise
        if lost and explained is not None and not isinstance(explained, StoreAway):
            explained = StoreAway(url=self.url, cause=explained.facts.get("cause", str(explained)))
        if explained is None:
            raise error
        raise explained from error


class Inside(Database):
    """A transaction under way, used as a database: everything happens in it."""

    def __init__(self, tx: Transaction, url: str) -> None:
        self.backend, self.url, self._tx, self.wrote = tx.backend, url, tx, False
        tx.whole = False

    def read(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in the transaction."""
        return work(self._tx, *args, **kwargs)

    def at_once(self, work: Callable[[], T]) -> T:
        """Run `work`: all is of one moment."""
        return work()

    def write(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in the transaction."""
        return work(self._tx, *args, **kwargs)

    jot = write

    def write_soon(self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Run `work` in the transaction, when it is asked for."""
        return lambda: work(self._tx, *args, **kwargs)


def _drivers(error: Exception) -> Exception:
    return error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error


def open_database(url: str, *, worker: bool = False) -> Database:
    """Open a database of this program's schema. It must be there; memory (`sqlite://`) gets its tables here. `worker`: with the rights
    of a worker, where the database knows rights and the login may take these.

    Raises StoreMissing, StoreOlder, StoreNewer, StoreCorrupt, NetworkFileSystem and other StoreUnreachable; writes nothing.
    """
    database = Database(url, worker=worker)
    if database.backend.in_memory:
        _copy_tables(database)
        return database
    database.backend.check_place()
    check_schema(database)
    return database


def check_schema(database: Database) -> None:
    """Raise StoreOlder, StoreNewer or StoreCorrupt unless the database has this program's schema."""
    found = database.schema()
    if found != tables.SCHEMA:
        raise other_schema(database.url, found)


def _copy_tables(database: Database) -> None:
    """Empty tables in memory, as they were made once: scenarios take a new office each."""
    with closing(_empty().pool.connect()) as made, closing(database.pool.connect()) as connection:
        empty: Any = made.driver_connection
        empty.backup(connection.driver_connection)


@cache
def _empty() -> Database:
    """A database in memory with all tables and guards, and nothing in them; it lasts as long as the program."""
    database = Database("sqlite://")
    database.write(_create)
    return database


def _create(tx: Transaction) -> None:
    """All tables in memory, without the migrations: a test holds the two to each other."""
    for statement in definitions(tx.backend.dialect).values():
        tx.cursor.execute(statement)
    tx.backend.make_guards(tx.cursor)

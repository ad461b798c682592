"""What is SQLite's own: how it is opened, searched, guarded, and what its errors mean."""

import os
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from typing import cast as cast_type

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Engine,
    FromClause,
    Table,
    Text,
    cast,
    column,
    create_engine,
    exists,
    false,
    func,
    literal,
    literal_column,
    make_url,
    or_,
    select,
    table,
)
from sqlalchemy import case as choose
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import Pool, QueuePool, StaticPool

from storage import sqlite_proof as proof
from storage.faults import other_schema
from storage.sqlite_guards import DISPOSE, DISPOSE_FILE, DISPOSED, NAMING, OPEN_DISPOSAL, drop_guards, make_guards
from storage.sqlite_place import aside, why
from storage.tables import SCHEMA
from storage.transaction import HIDDEN, LONGEST_SEARCH, Answer, Call, Cursor, Transaction, Values, uptime
from workflow.errors import NetworkFileSystem, StoreCorrupt, StoreFull, StoreMissing, StoreReadOnly, StoreReplaced, StoreUnreachable
from workflow.vietnamese import words

MOUNTS = Path("/proc/self/mounts")

_OVER_A_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|ceph|glusterfs|lustre|afs|ncpfs|davfs\d?|fuse\.(sshfs|s3fs|rclone|davfs|glusterfs|ceph\S*|smbnetfs|gvfsd-fuse)"
)

_PRAGMAS = (
    "PRAGMA busy_timeout = 100",  # longer waits are ours, with random pauses: SQLite's own let one of four writers starve
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 4000",  # pages: a page written by many acts in a row is copied back once
    "PRAGMA recursive_triggers = ON",  # else REPLACE deletes behind the guards' back
)

_NAMED = re.compile(r'"([0-9a-f]{64})"')
"""A file, wherever JSON names one: by its hash."""

_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_NO_INDEX = "error creating shadow table"
"""What the search index says where there is no room: it tells no more of why."""


_READING: tuple[Call, ...] = (("BEGIN", ()),)
_WRITING: tuple[Call, ...] = (("BEGIN IMMEDIATE", ()),)
_FENCED: tuple[Call, ...] = (*_WRITING, ("SELECT version_num FROM alembic_version", ()))
"""Whoever writes finds out whether the schema is still this program's: it costs 1.3 µs."""
_LIGHTLY: tuple[Call, ...] = (("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", None),)
"""The driver keeps statements compiled, and SQLite heeds this PRAGMA on compiling: so it is run as a script, which is compiled anew each
time. That costs more than a statement (17 µs): so the few transactions that write lightly pay for it, before and after.
"""


def _which(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116  # each transaction asks, and a Path takes longer
    return found.st_dev, found.st_ino


class Sqlite:
    """SQLite as a backend."""

    found_values = proof.VALUES
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    patience: float | None = None
    side_by_side = False
    rarest_first = False
    after_lightly: Sequence[Call] = (("PRAGMA synchronous = FULL", None),)
    dialect: Dialect = SQLiteDialect_pysqlite()
    drop_guards = staticmethod(drop_guards)
    make_guards = staticmethod(make_guards)

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
        except ArgumentError as error:
            raise StoreUnreachable(url=url, cause="it is no database URL; sqlite:///FILE is one") from error
        self.url = self._url.render_as_string(hide_password=True)
        self.in_memory = self._url.database in {None, "", ":memory:"}
        self.file = Path(str(self._url.database))
        self._place = str(self.file.absolute())
        self._opened: tuple[int, int] | None = None
        """Which file it is (device, number), once it was opened."""

    # ---- connections and transactions ----

    def pool(self) -> Pool:
        """A pool of connections; nothing is opened yet. Memory has one, for it ends with its connection."""
        kind: type[Pool] = StaticPool if self.in_memory else QueuePool
        return kind(cast_type("Any", self._connect), reset_on_return=None)

    def engine(self, pool: Pool) -> Engine:
        """SQLAlchemy's own way to the same connections."""
        return create_engine(self._url, pool=pool)

    def _connect(self) -> sqlite3.Connection:
        args, options = self.dialect.create_connect_args(self._url)
        connection: sqlite3.Connection = sqlite3.connect(*cast_type("Any", args), **{**options, "check_same_thread": False})
        try:
            prepare(connection)
            self._still_there()
        except BaseException:
            connection.close()  # else it goes on to hold a lock
            raise
        return connection

    def _still_there(self) -> None:
        """Raise StoreReplaced where another file, or none, stands in the place of the one that was opened first: SQLite would go on with
        that one, which nobody sees any more.
        """
        if self.in_memory:
            return
        try:
            found = _which(self._place)
        except FileNotFoundError:
            found = (0, 0)
        except OSError:  # it may not be looked at; that it can be used is another matter
            return
        if self._opened is None:
            self._opened = found
        elif found != self._opened:
            raise StoreReplaced(url=self.url)

    def opening(self, *, writes: bool, lightly: bool = False) -> Sequence[Call]:
        """A transaction that writes is alone from its beginning. One that writes lightly is on the disk with the next that does not.

        Raises StoreReplaced.
        """
        self._still_there()
        if lightly:
            return _LIGHTLY
        return _READING if not writes else _WRITING if self.in_memory else _FENCED

    def opened(self, answers: Sequence[Answer]) -> None:
        """Raise StoreNewer or StoreOlder where a transaction that writes found another schema."""
        if len(answers) == len(_FENCED) and (found := str(answers[-1][1][0][0])) != SCHEMA:
            raise other_schema(self.url, found)

    def begin_migration(self, cursor: Cursor) -> None:
        """Begin a transaction that may rebuild tables: what refers to one that is dropped meanwhile is checked at the end."""
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA foreign_keys = OFF"):
            cursor.execute(statement)
        self.together(cursor, _WRITING)

    @contextmanager
    def part(self, cursor: Cursor) -> Iterator[None]:
        """A savepoint."""
        cursor.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            cursor.execute("ROLLBACK TO SAVEPOINT part")
            cursor.execute("RELEASE SAVEPOINT part")
            raise
        cursor.execute("RELEASE SAVEPOINT part")

    def keep_still(self, cursor: Cursor) -> None:
        """A transaction may last."""

    def alone(self, what: str) -> Sequence[Call]:  # noqa: ARG002 - one signature for all backends
        """A writing transaction is alone anyhow."""
        return ()

    def seconds(self, tx: Transaction) -> Callable[[], float]:  # noqa: ARG002 - one signature for all backends
        """Seconds since this machine started, asleep or awake: one machine uses the file, and nobody can set that clock."""
        return uptime

    @contextmanager
    def aside(self, error: StoreUnreachable) -> Iterator[sqlite3.Connection]:
        """A connection of its own that reads where, as the error says, nothing can be written beside the file. Raises it where that
        would not be safe.
        """
        with aside(self.file, error) as connection:
            prepare(connection)
            yield connection

    # ---- the place ----

    def check_place(self) -> None:
        """Raise NetworkFileSystem or StoreMissing unless the file is there, on a local disk."""
        refuse_network(self.file, MOUNTS.read_text() if MOUNTS.exists() else "")
        if not self.file.is_file():
            raise StoreMissing(url=self.url)

    def make_place(self) -> Callable[[], None]:
        """Make an empty file that only its owner may read, unless it is there; what takes a new one away again."""
        refuse_network(self.file, MOUNTS.read_text() if MOUNTS.exists() else "")
        return self._remove if create_private(self.file) else lambda: None

    def _remove(self) -> None:
        for side in ("", "-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + side).unlink(missing_ok=True)

    def make_schema(self, cursor: Cursor) -> None:
        """The file is all that tables lie in."""

    def filled(self, cursor: Cursor) -> None:
        """SQLite goes on after the greatest number by itself."""

    # ---- statements ----

    def together(self, cursor: Cursor, calls: Sequence[Call]) -> list[Answer]:
        """One after the other: nothing is far. Without parameters, not even of no kind, it is a script."""
        found: list[Answer] = []
        for sql, values in calls:
            if values is None:
                cursor.executescript(sql)
            else:
                cursor.execute(sql, values)
            rows = cursor.fetchall() if cursor.description else []
            found.append((cursor.rowcount, rows))
        return found

    def insert(self, into: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        return insert(into)

    def schema(self, tx: Transaction) -> str:
        """The migration that the database is at, '' for an empty one; raises StoreCorrupt for somebody else's."""
        tables = {name for (name,) in tx.cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" in tables:
            found = tx.cursor.execute("SELECT version_num FROM alembic_version").fetchone()
            if found is None and len(tables) > 1:
                raise StoreCorrupt(url="", cause="its tables are there, but not the number of their schema")
            return str(found[0]) if found else ""
        if tables:
            raise StoreCorrupt(url="", cause="it holds other tables")
        return ""

    def lists(self, said: ColumnElement[Any], size: int) -> tuple[FromClause, list[ColumnElement[str]]]:
        """Rows of a JSON list of lists of texts."""
        item = func.json_each(said).table_valued("value")
        return item, [func.json_extract(item.c.value, literal_column(f"'$[{place}]'")) for place in range(size)]

    def search(self, text: str, kinds: Collection[bool]) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]]:
        """Every word of `text` begins some word of the case; nothing in them is taken for FTS5's own syntax."""
        index = table("case_search", column("rowid"), column("case_search"))
        asked = words(text)[:LONGEST_SEARCH]
        marks = [HIDDEN if secret else "" for secret in kinds]
        query = " OR ".join("(" + " AND ".join(f'"{mark}{word}"*' for word in asked) + ")" for mark in marks) if asked else ""
        return index, index.c.rowid, index.c.case_search.op("MATCH")(query) if query else false()

    def holds(self, plain: ColumnElement[str], field: str, value: str) -> ColumnElement[bool]:
        """Whether a field in a case's JSON is this text, a list with it, or a file of this name."""
        path = "$.fields." + '"' + field.replace('"', "") + '"'
        item = func.json_each(plain, path).table_valued("value", "type", "key")
        as_text = choose((or_(item.c.type == "true", item.c.type == "false"), item.c.type), else_=cast(item.c.value, Text))
        named = or_(func.json_type(plain, path) != "object", item.c.key == "name")
        return exists(select(literal(1)).select_from(item).where(as_text == value, named))

    # ---- disposal ----

    def overwrite(self, cursor: Cursor, *, wanted: bool) -> None:
        """Zeros are written over what is removed, while it is wanted: it costs every delete."""
        cursor.execute(f"PRAGMA secure_delete = {'ON' if wanted else 'OFF'}").fetchall()

    def open_disposal(self, cursor: Cursor, row: Values) -> None:
        """Open the row that lets the contents of its case go."""
        cursor.execute(OPEN_DISPOSAL, row)

    def dispose(self, cursor: Cursor, case: str, seq: int, hashes: Sequence[str]) -> None:
        """Remove the contents of a case, and files that nothing else names; close its row of `disposal`."""
        for statement in DISPOSE:
            cursor.execute(statement, {"case": case, "seq": seq})
        alone = set(hashes)
        for (text,) in cursor.execute(NAMING) if alone else ():
            alone.difference_update(_NAMED.findall(text))
        cursor.executemany(DISPOSE_FILE, [(hash_,) for hash_ in sorted(alone)])
        cursor.execute(DISPOSED, {"case": case})

    def sweep(self, cursor: Cursor) -> str:
        """The index keeps removed words until its parts are merged; the write-ahead log until it is copied back."""
        self.overwrite(cursor, wanted=True)
        cursor.execute("INSERT INTO case_search (case_search) VALUES ('optimize')")
        self.overwrite(cursor, wanted=False)
        return "PRAGMA wal_checkpoint(TRUNCATE)"

    # ---- errors ----

    def busy(self, error: Exception) -> bool:
        """Whether others hold the database at the moment, so that trying again helps."""
        return _code(error) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

    def lost(self, error: Exception) -> bool:  # noqa: ARG002 - one signature for all backends
        """A file does not go away for a moment."""
        return False

    def collides(self, error: Exception) -> bool:
        """Whether another transaction has written a row with the same key."""
        return _code(error) in {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}

    def explain(self, error: Exception) -> StoreUnreachable | None:
        """The driver's error as one of ours, with the cause and the way out; None for a fault of the program."""
        url, code, cause = self.url, _code(error), str(error)
        if code in _NO_ROOM or (code == sqlite3.SQLITE_IOERR and _NO_INDEX in cause):
            return StoreFull(url=url, cause=cause)
        match code & 0xFF:
            case sqlite3.SQLITE_READONLY:
                return why(url, self.file, cause) or StoreReadOnly(url=url, cause=cause)
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return StoreCorrupt(url=url, cause=cause)
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH | sqlite3.SQLITE_INTERRUPT:
                return why(url, self.file, cause) or StoreUnreachable(url=url, cause=cause)
        return None

    # ---- proof ----

    damage = staticmethod(proof.damage)
    guards = staticmethod(proof.guards)
    drift = staticmethod(proof.drift)


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) or 0


def prepare(connection: sqlite3.Connection) -> None:
    """Set up a fresh connection: full durability, foreign keys; transactions begin when we say so."""
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def refuse_network(file: Path, mounts: str) -> None:
    """Raise NetworkFileSystem if `file` lies on one; `mounts` is the text of /proc/self/mounts."""
    kind = file_system(file.absolute(), mounts)
    if _OVER_A_NETWORK.fullmatch(kind):
        raise NetworkFileSystem(file=str(file), kind=kind)


def file_system(file: Path, mounts: str) -> str:
    """The kind of file system that an absolute path lies on: the last of the longest mount points above it; '' if unknown."""
    lines = [line.split(" ") for line in mounts.splitlines()]
    above = [(Path(_unescape(parts[1])), parts[2]) for parts in lines if len(parts) > 2]  # noqa: PLR2004  # device, mount point, kind
    above = [(point, kind) for point, kind in above if file.is_relative_to(point)]
    longest = max((len(point.parts) for point, _ in above), default=0)
    return next((kind for point, kind in reversed(above) if len(point.parts) == longest), "")


def _unescape(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)


def create_private(file: Path) -> bool:
    """Make an empty file that only its owner may read, unless it is there; SQLite gives its side files the same mode."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise StoreUnreachable(url=str(file), cause=error.strerror or str(error)) from error
    return True

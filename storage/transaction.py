"""Statements compiled once, and the transaction that runs them.

A statement is written in SQLAlchemy Core, compiled on its first use and then run at driver level: a commit writes some
twenty rows, and Core's own execution would cost more than the writing.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Dialect, Engine, Executable, FromClause, Table
from sqlalchemy.pool import Pool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from workflow.errors import StoreUnreachable
from workflow.model import Fault

LONGEST_SEARCH = 32
"""Words that a search looks at."""
HIDDEN = "~"
"""Stands before each word of a secret case in the search index: no word has it, so that who looks through others' words meets none
of these.
"""

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Call = tuple[str, Any]
"""The SQL of a statement, and its parameters."""
Answer = tuple[int, list[Row]]
"""How many rows a statement changed, and those that it found."""
Cursor = Any
"""A driver's cursor: DB-API 2 has no type of its own."""


def uptime() -> float:
    """Seconds since this machine started, asleep or awake: a clock that nobody can set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Backend(Protocol):
    """What differs between the databases; one object for each database that is opened."""

    url: str
    """As it may be shown: without a password."""
    dialect: Dialect
    errors: tuple[type[Exception], ...]
    """What its driver raises."""
    in_memory: bool
    patience: float | None
    """Seconds that its URL says to wait while it can't be reached; None: what is usual."""
    side_by_side: bool
    """Whether several transactions write at once, from any machine: what they must not do together is locked by them."""
    rarest_first: bool
    """Whether the search index begins with the rarest of several words, instead of going through what all of them have."""

    after_lightly: Sequence["Call"]
    """What makes a connection as durable again as it was before it wrote lightly."""

    found_values: str
    """A SELECT of (1, field, value, process, secret, id) for each value that cases are found by, each once."""

    # ---- connections and transactions ----
    def pool(self) -> Pool:
        """A pool of the driver's connections; nothing is connected yet."""
        ...

    def engine(self, pool: Pool) -> Engine:
        """SQLAlchemy's own way to the same connections, for migrations: it asks the server this and that first."""
        ...

    def opening(self, *, writes: bool, lightly: bool = False) -> Sequence["Call"]:
        """The statements that begin a transaction; one that only reads sees one moment of the database. `lightly`: what it writes may
        be lost with the machine (whole, and never before what was written earlier), so that it need not wait for the disk.
        """
        ...

    def opened(self, answers: Sequence["Answer"]) -> None:
        """What the opening statements answered. Raises StoreNewer or StoreOlder where the schema moved on since the database was opened:
        a program that stays must not go on writing.
        """
        ...

    def begin_migration(self, cursor: Cursor) -> None:
        """Begin a transaction that may change the schema; one of them at a time."""
        ...

    def part(self, cursor: Cursor) -> AbstractContextManager[object]:
        """A part of a transaction that is undone by itself when the block raises."""
        ...

    def keep_still(self, cursor: Cursor) -> None:
        """Let the transaction last for as long as a copy takes."""
        ...

    def alone(self, what: str) -> Sequence["Call"]:
        """What waits until no other transaction of this office does `what`; nobody else does until this one ends."""
        ...

    def seconds(self, tx: "Transaction") -> Callable[[], float]:
        """A clock that all who use this database share, and that nobody sets back."""
        ...

    # ---- the place ----
    def check_place(self) -> None:
        """Raise NetworkFileSystem or StoreMissing if that can be seen before connecting."""
        ...

    def make_place(self) -> Callable[[], None]:
        """Make room for a new database, private to its owner; what takes it away again."""
        ...

    def make_schema(self, cursor: Cursor) -> None:
        """Make what the tables lie in, unless it is there."""
        ...

    def schema(self, tx: "Transaction") -> str:
        """The migration that the database is at, '' for an empty one; raises StoreMissing, StoreCorrupt for somebody else's."""
        ...

    def drop_guards(self, cursor: Cursor) -> None:
        """Take the triggers away, so that a migration may rebuild tables."""
        ...

    def make_guards(self, cursor: Cursor) -> None:
        """Make the triggers that keep the past as it was, the search index, the rights of daily work."""
        ...

    def filled(self, cursor: Cursor) -> None:
        """Let the numbers that the database gives go on after those that were copied."""
        ...

    # ---- statements ----
    def together(self, cursor: Cursor, calls: Sequence["Call"]) -> list["Answer"]:
        """Run statements of which none needs another's answer, in their order; (rows changed, rows found) of each. Where the
        database is far they go in one message.
        """
        ...

    def insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        ...

    def lists(self, said: ColumnElement[Any], size: int) -> tuple[FromClause, list[ColumnElement[str]]]:
        """Rows of a JSON list of lists of texts, each of this size: where they stand, the texts of each."""
        ...

    def search(self, text: str, kinds: Collection[bool]) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]]:
        """Where to look for folded words: the index, its column with the case's id, and the condition. `kinds`: whether in secret
        cases, in others or in both; the words of the two stand apart in the index.
        """
        ...

    def holds(self, plain: ColumnElement[str], field: str, value: str) -> ColumnElement[bool]:
        """Whether a field in a case's JSON is this text, a list with it, or a file of this name."""
        ...

    # ---- disposal ----
    def overwrite(self, cursor: Cursor, *, wanted: bool) -> None:
        """Whether what is removed is overwritten in the file, too."""
        ...

    def open_disposal(self, cursor: Cursor, row: "Values") -> None:
        """Open the row of `disposal` that lets the contents of its case go, in this transaction and no other."""
        ...

    def dispose(self, cursor: Cursor, case: str, seq: int, hashes: Sequence[str]) -> None:
        """Remove the contents of a case that its entry `seq` disposed of, and those of these files that nothing else names; close its
        row of `disposal`.
        """
        ...

    def sweep(self, cursor: Cursor) -> str:
        """Take what was removed out of the search index; a statement to run alone after that, so that no file holds it still."""
        ...

    # ---- errors ----
    def busy(self, error: Exception) -> bool:
        """Whether others hold what is wanted at the moment, so that trying again helps."""
        ...

    def lost(self, error: Exception) -> bool:
        """Whether the server went away: an office that it served a moment ago may be served again in another."""
        ...

    def collides(self, error: Exception) -> bool:
        """Whether another transaction has written a row with the same key, or moved on what a change was decided on."""
        ...

    def explain(self, error: Exception) -> StoreUnreachable | None:
        """The driver's error as one of ours, with the cause and the way out; None for a fault of the program."""
        ...

    # ---- proof ----
    def damage(self, tx: "Transaction") -> list[Fault]:
        """What of the contents the database itself finds wrong."""
        ...

    def guards(self, tx: "Transaction") -> list[Fault]:
        """What of the triggers, functions and rights that keep the past is not as this program makes it."""
        ...

    def drift(self, tx: "Transaction") -> list[Fault]:
        """What of the tables and indexes is not as this program makes it."""
        ...


class Statement:
    """A Core statement, built and compiled at its first use. `keys`: the columns that an INSERT or UPDATE sets."""

    __slots__ = ("_build", "_compiled", "_keys")

    def __init__(self, build: Callable[[Backend], Executable], keys: Sequence[str] | None = None) -> None:
        self._build, self._keys = build, keys
        self._compiled: dict[str, tuple[str, Callable[[Values], Any]]] = {}

    def on(self, backend: Backend) -> tuple[str, Callable[[Values], Any]]:
        """The SQL for this database, and what puts named values into its parameters."""
        found = self._compiled.get(backend.dialect.name)
        if found is None:
            found = self._compiled[backend.dialect.name] = compiled(self._build(backend), backend, self._keys)
        return found


def compiled(core: Executable, backend: Backend, keys: Sequence[str] | None = None) -> tuple[str, Callable[[Values], Any]]:
    """The SQL of a Core statement, and what puts named values into its parameters."""
    made = core.compile(dialect=backend.dialect, column_keys=None if keys is None else list(keys))  # type: ignore[attr-defined]  # every Executable that is a ClauseElement has it
    return str(made), _binder(made)


def _binder(made: SQLCompiler) -> Callable[[Values], Any]:
    constants = {name: made.params[name] for bind, name in made.bind_names.items() if not bind.required}
    names = made.positiontup
    if names is None:
        return lambda values: {**constants, **values}
    if constants:
        return lambda values: [values[name] if name in values else constants[name] for name in names]
    return itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]


_COMPILED: Any = LRUCache(300)


def _compiled_before(core: Any, backend: Backend) -> tuple[str, Callable[[Values], Any]]:
    """The SQL of a statement and its binder; statements of one shape are compiled once, as SQLAlchemy's own engine does it."""
    made, extracted, *_ = core._compile_w_cache(backend.dialect, compiled_cache=_COMPILED, column_keys=[])  # noqa: SLF001 - running it by its engine would cost more than the reading
    own = made.construct_params(extracted_parameters=extracted, _check=False)
    names = made.positiontup
    if names is None:
        return str(made), lambda values: {**own, **values}
    return str(made), lambda values: [values[name] if name in values else own[name] for name in names]


NOTHING: Values = {}
COMMIT: Call = ("COMMIT", NOTHING)


class Transaction:
    """One transaction under way, or about to begin: what begins it goes with the first statement."""

    __slots__ = ("_begin", "_cursor", "_opening", "backend", "whole")

    def __init__(self, cursor: Cursor, backend: Backend, begin: Sequence[Call] = (), *, whole: bool = False) -> None:
        self._cursor, self.backend = cursor, backend
        self._begin = self._opening = begin
        self.whole = whole
        """Whether the work that has it is all that is done in it, so that it may end it (`last`)."""

    @property
    def cursor(self) -> Cursor:
        """The driver's cursor, in the transaction."""
        self._run([])
        return self._cursor

    def _run(self, calls: list[Call]) -> list[Answer]:
        opening, self._opening = self._opening, ()
        said = [*opening, *calls]
        if not said:
            return []
        answers = self.backend.together(self._cursor, said)
        if opening:
            self.backend.opened(answers[: len(opening)])
        return answers[len(opening) :]

    def alone(self, what: str) -> None:
        """Wait, before the next statement, until no other transaction of this office does `what`; nobody else does until this one ends."""
        if self._opening:
            self._opening = (*self._opening, *self.backend.alone(what))
        else:
            self._run([*self.backend.alone(what)])

    def end(self) -> None:
        """Keep what was done. Nothing was, or it was kept already: no matter."""
        if not self._opening:
            self._run([COMMIT])
            self._opening = self._begin

    def run(self, statement: Statement, values: Values = NOTHING) -> int:
        """Run a writing statement; how many rows it changed."""
        sql, bind = statement.on(self.backend)
        return self._run([(sql, bind(values))])[0][0]

    def each(self, statement: Statement, rows: Sequence[Values]) -> int:
        """Run a writing statement with each of these values, in their order; how many rows it changed in all."""
        sql, bind = statement.on(self.backend)
        cursor = self.cursor
        cursor.executemany(sql, [bind(values) for values in rows])
        changed: int = cursor.rowcount
        return changed

    def together(self, calls: Iterable[tuple[Statement, Values]], *, last: bool = False) -> list[Answer]:
        """Run statements of which none needs another's answer; (rows changed, rows found) of each. `last`: the transaction may end
        with them, since each fails that must not pass; whatever is read later is of a later moment.
        """
        said = []
        for statement, values in calls:
            sql, bind = statement.on(self.backend)
            said.append((sql, bind(values)))
        if not (last and self.whole):
            return self._run(said)
        answers = self._run([*said, COMMIT])
        self._opening = self._begin
        return answers[:-1]

    def rows(self, statement: Statement, values: Values = NOTHING) -> list[Row]:
        """All rows of a reading statement."""
        sql, bind = statement.on(self.backend)
        return self._run([(sql, bind(values))])[0][1]

    def row(self, statement: Statement, values: Values = NOTHING) -> Row | None:
        """The only row of a statement, or None. A writing statement with RETURNING may be run so too."""
        found = self.rows(statement, values)
        return found[0] if found else None

    def select(self, core: Executable) -> list[Row]:
        """All rows of a statement that is put together for this one time."""
        return self.select_each(core, [NOTHING])

    def select_each(self, core: Executable, each: Iterable[Values]) -> list[Row]:
        """All rows of such a statement, run with each of these values. One that differs from an earlier one in values alone is not
        compiled again, which would take longer than most answers.
        """
        sql, bind = _compiled_before(core, self.backend)
        return [row for _, rows in self._run([(sql, bind(values)) for values in each]) for row in rows]

    def selects(self, *cores: Executable) -> list[list[Row]]:
        """All rows of each of several such statements."""
        made = [_compiled_before(core, self.backend) for core in cores]
        return [rows for _, rows in self._run([(sql, bind(NOTHING)) for sql, bind in made])]

    def savepoint(self) -> AbstractContextManager[object]:
        """A part that is undone by itself when the block raises."""
        return self.backend.part(self.cursor)

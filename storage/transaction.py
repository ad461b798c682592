"""Statements compiled once, and the transaction that runs them.

A statement is written in SQLAlchemy Core, compiled on its first use and then run at driver level: a commit writes some
twenty rows, and Core's own execution would cost more than the writing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Dialect, Executable, FromClause, Table
from sqlalchemy.sql.compiler import SQLCompiler

from workflow.errors import StoreUnreachable

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Cursor = Any
"""A driver's cursor: DB-API 2 has no type of its own."""


class Backend(Protocol):
    """What differs between the databases."""

    dialect: Dialect
    errors: tuple[type[Exception], ...]
    """What its driver raises."""
    begin_read: str
    begin_write: str
    begin_migration: tuple[str, ...]

    def schema(self, tx: "Transaction") -> str:
        """The migration that the database is at, '' for an empty one; raises StoreCorrupt for somebody else's."""
        ...

    def insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        ...

    def search(self, words: str) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]]:
        """Where to look for folded words: the index, its column with the case's id, and the condition."""
        ...

    def holds(self, plain: ColumnElement[str], field: str, value: str) -> ColumnElement[bool]:
        """Whether a field in a case's JSON is this text, or a list with it."""
        ...

    def busy(self, error: Exception) -> bool:
        """Whether others hold the database at the moment, so that trying again helps."""
        ...

    def explain(self, error: Exception, url: str) -> StoreUnreachable | None:
        """The driver's error as one of ours, with the cause and the way out; None for a fault of the program."""
        ...

    def drop_guards(self, cursor: Cursor) -> None:
        """Take the triggers away, so that a migration may rebuild tables."""
        ...

    def make_guards(self, cursor: Cursor) -> None:
        """Make the triggers that keep the past as it was, and the search index."""
        ...

    def integrity(self, tx: "Transaction") -> list[str]:
        """What the database itself finds wrong."""
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
    return lambda values: [values[name] for name in names]


NOTHING: Values = {}


class Transaction:
    """One transaction under way."""

    __slots__ = ("backend", "cursor")

    def __init__(self, cursor: Cursor, backend: Backend) -> None:
        self.cursor, self.backend = cursor, backend

    def run(self, statement: Statement, values: Values = NOTHING) -> int:
        """Run a writing statement; how many rows it changed."""
        sql, bind = statement.on(self.backend)
        self.cursor.execute(sql, bind(values))
        return int(self.cursor.rowcount)

    def rows(self, statement: Statement, values: Values = NOTHING) -> list[Row]:
        """All rows of a reading statement."""
        sql, bind = statement.on(self.backend)
        self.cursor.execute(sql, bind(values))
        found: list[Row] = self.cursor.fetchall()
        return found

    def row(self, statement: Statement, values: Values = NOTHING) -> Row | None:
        """The only row of a statement, or None. A writing statement with RETURNING may be run so too."""
        found = self.rows(statement, values)
        return found[0] if found else None

    def select(self, core: Executable) -> list[Row]:
        """All rows of a statement that is put together for this one time."""
        return self.select_each(core, [NOTHING])

    def select_each(self, core: Executable, each: Iterable[Values]) -> list[Row]:
        """All rows of such a statement, run with each of these values."""
        sql, bind = compiled(core, self.backend)
        found: list[Row] = []
        for values in each:
            self.cursor.execute(sql, bind(values))
            found += self.cursor.fetchall()
        return found

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that is undone by itself when the block raises."""
        self.cursor.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.cursor.execute("ROLLBACK TO SAVEPOINT part")
            self.cursor.execute("RELEASE SAVEPOINT part")
            raise
        self.cursor.execute("RELEASE SAVEPOINT part")

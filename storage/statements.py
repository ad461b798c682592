"""Statements that rows are written by, put together of a table once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ARRAY, ColumnElement, Integer, Table, any_, bindparam, cast
from sqlalchemy import insert as sql_insert

from storage import tables
from storage.transaction import Backend, Statement, Transaction, Values


class Step(Struct, frozen=True, gc=False):
    """One row to write. `once`: no row changed means that somebody was first."""

    statement: Statement
    values: Values
    once: bool = False


def insert(table: Table) -> Statement:
    """A plain INSERT of all columns, bound by their names."""
    return Statement(lambda _: sql_insert(table).inline(), columns(table))


def insert_new(table: Table) -> Statement:
    """An INSERT that leaves an equal key as it stands: no row changed tells."""
    return Statement(lambda backend: backend.insert(table).inline().on_conflict_do_nothing(), columns(table))


def upsert(table: Table, key: Sequence[str]) -> Statement:
    """An INSERT that overwrites all but the key of a row that is there."""

    def build(backend: Backend) -> Any:
        statement = backend.insert(table).inline()
        others = {name: statement.excluded[name] for name in columns(table) if name not in key}
        return statement.on_conflict_do_update(index_elements=list(key), set_=others)

    return Statement(build, columns(table))


def unmoved(backend: Backend, update: Any, counter: str, unless_moved: ColumnElement[bool]) -> Any:
    """An UPDATE of a row that must be as it was when the change was decided: no row changed tells that it has moved on. Where others
    write at the same time the row is waited for, looked at again, and divided by nothing if it has: what is sent after it in one message
    is not run then, and the commit may be among it. `counter`: the column that it moves on by.
    """
    if not backend.side_by_side:
        return update.where(unless_moved)
    return update.values({counter: bindparam(counter).op("/")(cast(unless_moved, Integer))})


def columns(table: Table) -> list[str]:
    """What an INSERT fills: all but a number that the database gives."""
    return [column.name for column in table.columns if column is not table.autoincrement_column]


def matching(table: Table, *names: str) -> list[Any]:
    """Conditions `column = :at_column`; the prefix keeps them apart from what an UPDATE sets."""
    return [table.c[name] == bindparam(f"at_{name}") for name in names]


# ---- about many cases at once ----------------------------------------------------------------------------------------

_AT_ONCE = 50
_PLACES = [f"at_{place}" for place in range(_AT_ONCE)]
Among = Callable[[ColumnElement[str]], ColumnElement[bool]]


def of_many(build: Callable[[Among], Any]) -> Statement:
    """A statement about up to fifty cases, compiled once: each has a place in it, and those that are left over name none. PostgreSQL has
    one place for all of them: its driver takes longer over fifty values than the server over the rows.
    """

    def built(backend: Backend) -> Any:
        if backend.side_by_side:
            return build(lambda column: column == any_(bindparam("at_all", type_=ARRAY(tables.WORDS))))
        return build(lambda column: column.in_([bindparam(place) for place in _PLACES]))

    return Statement(built)


def fifties(tx: Transaction, numbers: Sequence[str]) -> Iterator[Values]:
    """What names up to fifty of the cases at a time."""
    for at in range(0, len(numbers), _AT_ONCE):
        some = list(numbers[at : at + _AT_ONCE])
        yield {"at_all": some} if tx.backend.side_by_side else dict(zip(_PLACES, [*some, *[""] * (_AT_ONCE - len(some))], strict=True))

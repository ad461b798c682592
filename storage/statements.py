"""Statements that rows are written by, put together of a table once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy import insert as sql_insert

from storage.transaction import Backend, Statement


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


def columns(table: Table) -> list[str]:
    """What an INSERT fills: all but a number that the database gives."""
    return [column.name for column in table.columns if column is not table.autoincrement_column]


def matching(table: Table, *names: str) -> list[Any]:
    """Conditions `column = :at_column`; the prefix keeps them apart from what an UPDATE sets."""
    return [table.c[name] == bindparam(f"at_{name}") for name in names]

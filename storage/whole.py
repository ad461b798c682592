"""The tables with what one kind of database alone knows of them: for whoever makes a schema or compares it.

Statements need none of that. Until somebody asks for it here it stands in the tables' and indexes' `info`, for SQLAlchemy loads all
that it has for a kind of database as soon as an option of that kind is named: of PostgreSQL's that is an eighth of the time in which
a command starts on SQLite.
"""

from functools import cache

from sqlalchemy import Dialect, Index, MetaData, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.tables import metadata


@cache
def whole() -> MetaData:
    """The tables of `storage.tables`, whole."""
    for table in metadata.tables.values():
        parts: list[Table | Index] = [table, *table.indexes]
        for part in parts:
            for kind, options in part.info.items():
                part.dialect_options[kind].update(options)
    return metadata


def definitions(dialect: Dialect) -> dict[str, str]:
    """Table or index → the statement that makes it, in an order in which they can be made."""
    return _definitions(dialect.name, dialect)


@cache
def _definitions(_name: str, dialect: Dialect) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in whole().sorted_tables:
        found[table.name] = str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            found[str(index.name)] = str(CreateIndex(index).compile(dialect=dialect))
    return found

"""The tables with what one kind of database alone knows of them: for whoever makes a schema or compares it.

Statements need none of that. Until somebody asks for it here it stands in the tables' and indexes' `info`, for SQLAlchemy loads all
that it has for a kind of database as soon as an option of that kind is named: of PostgreSQL's that is an eighth of the time in which
a command starts on SQLite.
"""

from functools import cache

from sqlalchemy import Index, MetaData, Table

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

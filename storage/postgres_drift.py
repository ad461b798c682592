"""Which of an office's tables and indexes on PostgreSQL are not as this program makes them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import CheckConstraint, Column, Constraint, Dialect, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.schema import AddConstraint, CreateIndex

from storage import faults
from storage.postgres_address import quoted
from storage.transaction import Transaction
from storage.whole import whole
from workflow.model import Fault

_CAST = re.compile(r"::\w+")
_IN = re.compile(r"\bIN \(([^)]*)\)")
_BESIDE = ("alembic_version", "case_search")
"""Tables that are made elsewhere."""

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') \
    AND NOT relispartition"
_COLUMNS = """SELECT relname, attname, format_type(atttypid, NULL), CASE WHEN attcollation <> typcollation THEN collname END, attnotnull,
    attidentity, pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    JOIN pg_type ON pg_type.oid = atttypid LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition
    AND attnum > 0 AND NOT attisdropped"""
_CONSTRAINTS = """SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid, true), relkind = 'p' AND contype = 'p' FROM pg_constraint
    JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = %s::regnamespace AND contype IN ('p', 'u', 'f', 'c', 'x')
    AND NOT relispartition"""
_INDEXES = """SELECT relname, pg_get_indexdef(indexrelid, 0, true) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = %s::regnamespace AND indisvalid AND NOT relispartition
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"""
_SEARCH_INDEX = "CREATE INDEX ix_case_search ON case_search USING gin (words)"


def plainly(sql: str) -> str:
    """A statement as both this program and the server say it: without casts, quotes of names and spaces, in small letters, lists as the
    server has them.
    """
    said = _IN.sub(r"= ANY (ARRAY[\1])", _CAST.sub("", sql))
    return faults.alike(said).lower().replace("usingbtree", "")


def drift(tx: Transaction, schema: str) -> list[Fault]:
    """What of tables and indexes is missing, was changed or added."""
    cursor, place, dialect = tx.cursor, (quoted(schema),), tx.backend.dialect
    there: dict[str, list[str]] = {name: [] for (name,) in cursor.execute(_TABLES, place).fetchall() if name not in _BESIDE}
    for name, *column in cursor.execute(_COLUMNS, place).fetchall():
        there.get(name, []).append(_column(*column))
    wanted = {table.name: [*_columns(table, dialect), *_constraints(table, dialect)] for table in whole().tables.values()}
    for name, constraint, said, divided in cursor.execute(_CONSTRAINTS, place).fetchall():
        found = f"{constraint} {plainly(said)}"
        there.get(name, []).append(_undivided(found, wanted.get(name, ())) if divided else found)
    indexes = {name: plainly(said) for name, said in cursor.execute(_INDEXES, place).fetchall()}
    ours = {
        str(index.name): str(CreateIndex(index).compile(dialect=dialect)) for table in whole().tables.values() for index in table.indexes
    }
    ours["ix_case_search"] = _SEARCH_INDEX
    return [*faults.tables(there, wanted), *faults.indexes(indexes, {name: plainly(said) for name, said in ours.items()})]


def _undivided(found: str, wanted: Iterable[str]) -> str:
    """The key of a table that is divided into partitions: what it is divided by may stand behind its own columns."""
    return next((key for key in wanted if found.startswith(f"{key.removesuffix(')')},")), found)


def _column(name: str, kind: str, collation: str | None, required: bool, identity: str, default: str | None) -> str:  # noqa: FBT001 - a row
    parts = [name, kind, f"collate {collation}" if collation else "", "not null" if required else ""]
    parts += ["identity" if identity else "", f"default {_CAST.sub('', default)}" if default is not None else ""]
    return " ".join(filter(None, parts)).lower()


def _columns(table: Table, dialect: Dialect) -> Iterator[str]:
    for column in table.columns:
        kind, _, collation = column.type.compile(dialect=dialect).replace('"', "").partition(" COLLATE ")
        yield _column(column.name, kind, collation, not column.nullable, "d" if column.identity else "", _default(column))


def _default(column: Column[Any]) -> str | None:
    given = getattr(column.server_default, "arg", None)
    return f"'{given}'" if isinstance(given, str) else None if given is None else str(given)


_KINDS = (PrimaryKeyConstraint, UniqueConstraint, ForeignKeyConstraint, CheckConstraint)


def _constraints(table: Table, dialect: Dialect) -> Iterator[str]:
    for constraint in table.constraints:
        if isinstance(constraint, _KINDS):
            yield _constraint(constraint, dialect)


def _constraint(constraint: Constraint, dialect: Dialect) -> str:
    said = str(AddConstraint(constraint, isolate_from_table=False).compile(dialect=dialect)).partition(" ADD CONSTRAINT ")[2]
    name, _, rest = said.partition(" ")
    return f"{name} {plainly(rest)}"

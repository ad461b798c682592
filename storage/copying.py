"""Moves an office from one database to another: all of it, in batches, in one transaction, or nothing.

Every table is read in order of its key, and a digest is taken of what is read; what arrived is read again in the same
order and must have the same digest. Leases and heartbeats stay behind: they are somebody's at work on the old one.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any, cast

from msgspec import Struct, field
from sqlalchemy import BindParameter, Connection, Executable, Table, bindparam, func, select, tuple_
from sqlalchemy import insert as sql_insert

from storage import migrations, tables
from storage.connect import Database, Inside, open_database
from storage.store import SqlStore
from storage.transaction import Row, Transaction, compiled
from workflow.errors import OfficeInUse, StoreCorrupt
from workflow.plain import canonical
from workflow.ports import Store
from workflow.vietnamese import words

LEFT_BEHIND = ("turn", "claim", "worker", "held")
BATCH = 500
_FEW = 10
"""Rows of a batch where a row may be 25 MiB."""

Prove = Callable[[Store], Sequence[str]]
"""What is wrong with a store; empty = nothing."""


class Copied(Struct, frozen=True, kw_only=True):
    """What was copied."""

    source: str
    target: str
    """Both as they may be shown."""
    rows: dict[str, int] = field(default_factory=dict)
    """Table → how many."""
    heads: str = ""
    """SHA-256 over every case's number and the head of its chain: the same on both sides."""


def copy(source: str, target: str, prove: Prove, *, online: bool = False) -> Copied:
    """Copy the office at `source` into an empty place; it is proved on both sides before anything stays. `online`: as it is at
    one moment, while others work on in it; then what was copied is proved, where it arrived.

    Raises StoreCorrupt for an office that is not in order or arrived otherwise, PlaceTaken, OfficeInUse when somebody
    worked in it meanwhile, and other StoreUnreachable. Then nothing was written.
    """
    old, new = open_database(source), Database(target)
    if not online:
        _proved(SqlStore(old), prove)

    def fill(connection: Connection) -> Copied:
        cursor = connection.connection.cursor()
        tx = Transaction(cursor, new.backend)
        state, read = old.read(_pour_from, tx)
        new.backend.filled(cursor)
        arrived = {table.name: _digest(_rows(tx, table)) for table in _copied()}
        if wrong := [name for name, found in read.items() if arrived[name] != found]:
            raise StoreCorrupt(url=new.url, cause="what arrived is not what was sent: " + ", ".join(wrong))
        heads = _heads(tx)
        if not online and (heads != old.read(_heads) or state != old.read(_state)):
            raise OfficeInUse(url=old.url)
        return Copied(source=old.url, target=new.url, rows={name: count for name, (count, _) in arrived.items()}, heads=heads)

    def check(connection: Connection) -> None:
        _proved(SqlStore(Inside(Transaction(connection.connection.cursor(), new.backend), new.url)), prove)

    try:
        return migrations.make(new, fill, check)
    finally:
        old.close()
        new.close()


def heads_of(store: SqlStore) -> str:
    """A SHA-256 over every case's number and the head of its chain."""
    return store.database.read(_heads)


def _proved(store: SqlStore, prove: Prove) -> None:
    if wrong := prove(store):
        raise StoreCorrupt(url=store.database.url, cause="; ".join(wrong[:3]))


def _copied() -> list[Table]:
    """The tables to copy, each after those that it refers to."""
    return [table for table in tables.metadata.sorted_tables if table.name not in LEFT_BEHIND]


def _pour_from(tx: Transaction, into: Transaction) -> tuple[Row, dict[str, tuple[int, str]]]:
    """Copy everything that this transaction sees; what it saw: the office's state, each table's count and digest."""
    tx.backend.keep_still(tx.cursor)
    return _state(tx), {table.name: _digest(_poured(tx, into, table)) for table in _copied()}


def _poured(tx: Transaction, into: Transaction, table: Table) -> Iterator[Row]:
    names = [column.name for column in table.columns]
    statement, bind = compiled(sql_insert(table).inline(), into.backend, names)
    for batch in _batches(tx, table):
        rows = [_searchable(row) for row in batch] if table is tables.case else batch
        into.cursor.executemany(statement, [bind(dict(zip(names, row, strict=True))) for row in rows])
        yield from rows


_SEARCH = list(tables.case.columns).index(tables.case.c.search)


def _searchable(row: Row) -> Row:
    """The case's row with what it is found by as words alone: offices that began with an older hoso kept the signs between."""
    return (*row[:_SEARCH], " ".join(words(row[_SEARCH])), *row[_SEARCH + 1 :])


def _rows(tx: Transaction, table: Table) -> Iterator[Row]:
    for batch in _batches(tx, table):
        yield from batch


def _batches(tx: Transaction, table: Table) -> Iterator[list[Row]]:
    """All rows in order of their key."""
    key = list(table.primary_key.columns)
    places = [list(table.columns).index(column) for column in key]
    size = _FEW if table is tables.file else BATCH
    whole = select(*table.columns).order_by(*key).limit(size)
    after: list[BindParameter[Any]] = [bindparam(f"after_{place}", type_=column.type) for place, column in enumerate(key)]
    first, rest = compiled(whole, tx.backend), compiled(whole.where(tuple_(*key) > tuple_(*after)), tx.backend)
    batch = _asked(tx, first, {})
    while batch:
        yield batch
        batch = _asked(tx, rest, {f"after_{place}": batch[-1][at] for place, at in enumerate(places)})


def _asked(tx: Transaction, statement: tuple[str, Callable[[Any], Any]], values: dict[str, Any]) -> list[Row]:
    sql, bind = statement
    tx.cursor.execute(sql, bind(values))
    return cast("list[Row]", tx.cursor.fetchall())


def _digest(rows: Iterator[Row]) -> tuple[int, str]:
    """How many rows, and a SHA-256 over all of them."""
    count, found = 0, sha256()
    for row in rows:
        count += 1
        found.update(canonical([sha256(value).hexdigest() if isinstance(value, bytes) else value for value in row]).encode() + b"\n")
    return count, found.hexdigest()


def _heads(tx: Transaction) -> str:
    """A digest of the newest entry of every case."""
    newest = select(tables.entry.c.case, func.max(tables.entry.c.seq)).group_by(tables.entry.c.case)
    heads = select(tables.entry.c.case, tables.entry.c.hash).where(tuple_(tables.entry.c.case, tables.entry.c.seq).in_(newest))
    return _digest(iter(tx.select(heads.order_by(tables.entry.c.case))))[1]


def _state(tx: Transaction) -> Row:
    """What changes whenever somebody does anything."""

    def count(table: Table, *where: Any) -> Executable:
        return select(func.count()).select_from(table).where(*where)

    counted = [count(table) for table in (tables.deployment, tables.notice, tables.message, tables.file)]
    counted.append(count(tables.message, tables.message.c.state == "sent"))
    counted.append(select(func.sum(tables.case.c.revision)))
    return tuple(tx.select(one)[0][0] for one in counted)

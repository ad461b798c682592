"""What those who run an office did with it, and the heads of all chains, day by day. Both are only ever added to."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage import tables
from storage.statements import insert
from storage.transaction import Statement, Transaction
from workflow.model import OfficeHead, Record
from workflow.plain import instant

_record, _head = tables.record, tables.office_head
_FIELDS = ("kind", "at", "by", "text")
_HEAD = ("seq", "at", "text", "previous", "hash")
_INSERT = insert(_record)
_OF_KIND = Statement(
    lambda _: select(*(_record.c[name] for name in _FIELDS)).where(_record.c.kind == bindparam("at_kind")).order_by(_record.c.id.desc())
)
_LAST = Statement(
    lambda _: (
        select(*(_record.c[name] for name in _FIELDS)).where(_record.c.kind == bindparam("at_kind")).order_by(_record.c.id.desc()).limit(1)
    )
)
_INSERT_HEAD = insert(_head)
_HEADS = Statement(lambda _: select(*(_head.c[name] for name in _HEAD)).order_by(_head.c.seq))
_LAST_HEAD = Statement(lambda _: select(*(_head.c[name] for name in _HEAD)).order_by(_head.c.seq.desc()).limit(1))


def add(tx: Transaction, record: Record) -> None:
    """Put on record what was done."""
    tx.run(_INSERT, {"kind": record.kind, "at": instant(record.at), "by": record.by, "text": record.text})


def of_kind(tx: Transaction, kind: str) -> list[Record]:
    """The records of a kind, newest first."""
    return [_read(row) for row in tx.rows(_OF_KIND, {"at_kind": kind})]


def last(tx: Transaction, kind: str) -> Record | None:
    """The newest record of a kind."""
    row = tx.row(_LAST, {"at_kind": kind})
    return _read(row) if row else None


def _read(row: Any) -> Record:
    kind, at, by, text = row
    return Record(kind=kind, at=datetime.fromisoformat(at), by=by, text=text)


# ---- heads -----------------------------------------------------------------------------------------------------------


def add_head(tx: Transaction, head: OfficeHead) -> None:
    """Add the next head; the driver's error of a key that is there tells that somebody was first."""
    tx.run(_INSERT_HEAD, {**{name: getattr(head, name) for name in _HEAD}, "at": instant(head.at)})


def heads(tx: Transaction) -> list[OfficeHead]:
    """All heads, first to last."""
    return [_read_head(row) for row in tx.rows(_HEADS)]


def last_head(tx: Transaction) -> OfficeHead | None:
    """The newest of them."""
    row = tx.row(_LAST_HEAD)
    return _read_head(row) if row else None


def _read_head(row: Any) -> OfficeHead:
    values = dict(zip(_HEAD, row, strict=True))
    return OfficeHead(**{**values, "at": datetime.fromisoformat(values["at"])})

"""What bodies' registers are made of: the numbers of their series with the papers that bear them, and the registers' own entries."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, and_, bindparam, or_, select

from storage import tables
from storage.loading import read_document, with_events
from storage.numbers import number_steps
from storage.read import visible
from storage.statements import Step, insert, insert_new
from storage.transaction import Statement, Transaction
from storage.writing import write_steps
from workflow.model import DocumentEvent, NumberRow, NumberTaken, RegistryEntry, SeriesKey, Viewer
from workflow.plain import from_plain, instant

_registry, _number, _document, _case, _event = tables.registry, tables.number, tables.document, tables.case, tables.document_event
_FIELDS = ("body", "seq", "at", "actor", "request", "text", "previous", "hash")
_ENTRIES = Statement(
    lambda _: select(*(_registry.c[name] for name in _FIELDS)).where(_registry.c.body == bindparam("at_body")).order_by(_registry.c.seq)
)
_LAST = Statement(
    lambda _: (
        select(*(_registry.c[name] for name in _FIELDS))
        .where(_registry.c.body == bindparam("at_body"))
        .order_by(_registry.c.seq.desc())
        .limit(1)
    )
)
_ASKED = Statement(lambda _: select(*(_registry.c[name] for name in _FIELDS)).where(_registry.c.request == bindparam("at_request")))
_BODIES = Statement(lambda _: select(_registry.c.body).distinct().order_by(_registry.c.body))
_INSERT = insert(_registry)
_INSERT_FILE = insert_new(tables.file)


def _naming(table: Table) -> Statement:
    """The papers whose JSON names a hash."""
    return Statement(
        lambda _: select(table.c.case, table.c.key).where(table.c.plain.like(bindparam("at_like"))).order_by(table.c.case, table.c.key)
    )


_HOLDERS = (_naming(_document), _naming(tables.document_event))


def entries(tx: Transaction, body: str) -> list[RegistryEntry]:
    """A body's register entries, first to last."""
    return [_entry(row) for row in tx.rows(_ENTRIES, {"at_body": body})]


def last_entry(tx: Transaction, body: str) -> RegistryEntry | None:
    """The newest of them."""
    row = tx.row(_LAST, {"at_body": body})
    return _entry(row) if row else None


def asked(tx: Transaction, request: str) -> RegistryEntry | None:
    """The entry that a request made."""
    row = tx.row(_ASKED, {"at_request": request})
    return _entry(row) if row else None


def bodies(tx: Transaction) -> list[str]:
    """The bodies that have entries."""
    return [body for (body,) in tx.rows(_BODIES)]


def _entry(row: Sequence[object]) -> RegistryEntry:
    values = dict(zip(_FIELDS, row, strict=True))
    return RegistryEntry(**{**values, "at": datetime.fromisoformat(str(values["at"]))})  # type: ignore[arg-type]  # as they were written


def register(tx: Transaction, made: Sequence[RegistryEntry], numbers: Sequence[NumberTaken], files: Mapping[str, bytes]) -> None:
    """Add entries, with the numbers that they take and the files that they name; raises Stale, or the driver's error for a key
    that is there.
    """
    steps = [Step(_INSERT_FILE, {"hash": hash_, "size": len(content), "bytes": content}) for hash_, content in files.items()]
    steps += [Step(_INSERT, {**{name: getattr(one, name) for name in _FIELDS}, "at": instant(one.at)}) for one in made]
    write_steps(tx, [*steps, *(step for taken in numbers for step in number_steps(taken))])


# ---- papers by their numbers -----------------------------------------------------------------------------------------


def numbered(tx: Transaction, body: str, periods: Sequence[str], viewer: Viewer) -> list[NumberRow]:
    """The numbers of a body's papers, of these periods (none named: all), in order; those of cases that the viewer may not see
    are left out.
    """
    wanted = [_number.c.body == body, ~_number.c.type.startswith("case:")]
    if periods:
        wanted.append(or_(*(_number.c.period == one for one in periods)))
    rows = tx.select(
        select(_number.c.type, _number.c.period, _number.c.number, _number.c.case, _document.c.plain, _document.c.status, _case.c.secret)
        .select_from(_number)
        .outerjoin(_case, _case.c.number == _number.c.case)
        .outerjoin(_document, and_(_document.c.case == _number.c.case, _document.c.key == _number.c.document))
        .where(*wanted, or_(_number.c.case.is_(None), visible(viewer)))
        .order_by(_number.c.period, _number.c.type, _number.c.number)
    )
    lives = tx.select(
        select(_event.c.case, _event.c.key, _event.c.plain)
        .select_from(_event)
        .join(_number, and_(_number.c.case == _event.c.case, _number.c.document == _event.c.key))
        .where(*wanted)
        .order_by(_event.c.case, _event.c.key, _event.c.n)
    )
    events: dict[tuple[str, str], tuple[DocumentEvent, ...]] = {}
    for case, key, plain in lives:
        events[case, key] = (*events.get((case, key), ()), from_plain(DocumentEvent, json.loads(plain)))
    return [_row(tuple(row), body, events) for row in rows]


def _row(row: tuple[object, ...], body: str, events: Mapping[tuple[str, str], tuple[DocumentEvent, ...]]) -> NumberRow:
    kind, period, number, case, plain, status, secret = row
    paper = read_document(str(plain), str(status)) if plain else None
    if paper is not None:
        paper = with_events(paper, events.get((str(case), paper.key), ()))
    series = SeriesKey(body=body, type=str(kind), period=str(period))
    return NumberRow(series=series, number=int(str(number)), case=str(case or ""), document=paper, secret=bool(secret))


def holders(tx: Transaction, hash_: str) -> list[tuple[str, str]]:
    """(case, key) of the documents that have a file of this hash, or were given one."""
    found = [(case, key) for statement in _HOLDERS for case, key in tx.rows(statement, {"at_like": f"%{hash_}%"})]
    return list(dict.fromkeys(found))

"""Reads what an act needs: a case whole, receipts, numbers, what is due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import BindParameter, bindparam, exists, literal_column, or_, select

from storage import tables
from storage.numbers import series_values
from storage.seats import STANDING, STANDING_OF, Seats, standing
from storage.statements import fifties, matching, of_many
from storage.transaction import Row, Statement, Transaction
from workflow.model import Case, CaseFile, Deadline, Document, DocumentEvent, Entry, Opinion, SeriesKey
from workflow.plain import from_text, instant, parsed

_case, _deadline, _document, _entry = tables.case, tables.deadline, tables.document, tables.entry
_series, _number = tables.series, tables.number
_opinion = tables.opinion
_SERIES = ("body", "type", "period")
_ENTRY = ("case", "seq", "at", "actor", "text", "payload", "previous", "hash")
_OF_CASE: BindParameter[str] = bindparam("at_case")

_child = _case.alias("child")
_has_children = exists().where(_child.c.parent == _case.c.number, _child.c.parent != literal_column("''"))
CASE = Statement(lambda _: select(_case.c.plain, _case.c.due, _has_children).where(_case.c.number == bindparam("at_number")))
_CHILDREN = Statement(
    lambda _: (
        select(_case.c.plain).where(_case.c.parent == bindparam("at_number"), _case.c.parent != literal_column("''")).order_by(_case.c.id)
    )
)
_DEADLINES = Statement(lambda _: select(_deadline.c.plain).where(_deadline.c.case == _OF_CASE).order_by(_deadline.c.id))
_OPINIONS = Statement(lambda _: select(tables.opinion.c.plain).where(tables.opinion.c.case == _OF_CASE).order_by(tables.opinion.c.id))
_DOCUMENTS = Statement(
    lambda _: (
        select(_document.c.plain, _document.c.status)
        .where(_document.c.case == _OF_CASE)
        .order_by(_document.c.rule, _document.c.n.desc(), _document.c.id.desc())
    )
)
_DOCUMENT = Statement(lambda _: select(_document.c.plain, _document.c.status).where(*matching(_document, "case", "key")))
_EVENTS = Statement(
    lambda _: (
        select(tables.document_event.c.key, tables.document_event.c.plain)
        .where(tables.document_event.c.case == _OF_CASE)
        .order_by(tables.document_event.c.key, tables.document_event.c.n)
    )
)
RECEIPT = Statement(
    lambda _: select(tables.receipt.c.case, tables.receipt.c.seq).where(tables.receipt.c.request == bindparam("at_request"))
)
LAST_NUMBER = Statement(lambda _: select(_series.c.last).where(*matching(_series, *_SERIES)))
_FILE = Statement(lambda _: select(tables.file.c.bytes).where(tables.file.c.hash == bindparam("at_hash")))
_ENTRIES = Statement(lambda _: select(*(_entry.c[name] for name in _ENTRY)).where(_entry.c.case == _OF_CASE).order_by(_entry.c.seq))
_FIRST = Statement(
    lambda _: select(*(_entry.c[name] for name in _ENTRY)).where(_entry.c.case == _OF_CASE).order_by(_entry.c.seq).limit(bindparam("many"))
)
_PERIODS = Statement(
    lambda _: select(tables.periodic.c.period, tables.periodic.c.case).where(tables.periodic.c.process == bindparam("at_process"))
)
_DUE = Statement(
    lambda _: (
        select(_deadline.c.case, _deadline.c.key)
        .where(_deadline.c.status == literal_column("'running'"), _deadline.c.next_at.is_not(None), _deadline.c.next_at <= bindparam("now"))
        .order_by(_deadline.c.next_at, _deadline.c.id)
        .limit(bindparam("limit"))
    )
)
_PAGE_OF_CASES = Statement(
    lambda _: select(_case.c.id, _case.c.number).where(_case.c.id > bindparam("after")).order_by(_case.c.id).limit(bindparam("limit"))
)
_PAGE_OF_OPEN = Statement(
    lambda _: (
        select(_case.c.id, _case.c.number)
        .where(_case.c.outcome == literal_column("''"), _case.c.id > bindparam("after"))
        .order_by(_case.c.id)
        .limit(bindparam("limit"))
    )
)
_OWED = or_(*(_deadline.c.status == literal_column(status) for status in ("'running'", "'stopped'")))
_PAGE_OF_OWING = Statement(
    lambda _: (
        select(_case.c.id, _case.c.number)
        .where(_case.c.id > bindparam("after"))
        .where(exists().where(_deadline.c.case == _case.c.number, _OWED))
        .order_by(_case.c.id)
        .limit(bindparam("limit"))
    )
)
_FAILING = Statement(
    lambda _: (
        select(_case.c.number).where(_case.c.outcome == literal_column("''"), _case.c.failing == literal_column("1")).order_by(_case.c.id)
    )
)
_ALL_SERIES = Statement(
    lambda _: select(*(_series.c[name] for name in (*_SERIES, "last"))).order_by(*(_series.c[name] for name in _SERIES))
)
_NUMBERS = Statement(lambda _: select(_number.c.number).where(*matching(_number, *_SERIES)).order_by(_number.c.number))


class Found(Struct, frozen=True, gc=False):
    """A case file as it stands in the database, with its case's own row and its seats."""

    plain: str
    file: CaseFile
    seats: Seats
    childless: bool = False
    """Known to have no sub-cases. They are opened by acts of its own, so that it is as true as its row."""
    said: Mapping[str, Any] | None = None
    """Its row in plain form, where that is at hand."""


def case_file(tx: Transaction, number: str) -> CaseFile | None:
    """A case with its deadlines, opinions and documents."""
    found = found_of([rows for _, rows in tx.together(whole(number))])
    return found.file if found is not None else None


def whole(number: str) -> list[tuple[Statement, Mapping[str, str]]]:
    """What reads all that a case file is of."""
    at = {"at_case": number}
    return [(CASE, {"at_number": number}), (_DEADLINES, at), (_OPINIONS, at), (_DOCUMENTS, at), (_EVENTS, at), (STANDING, at)]


def found_of(found: Sequence[Sequence[Any]]) -> Found | None:
    """What `whole` finds."""
    cases, deadlines, opinions, documents, events, seats = found
    if not cases:
        return None
    plain, due, has_children = cases[0]
    file = CaseFile(
        case=from_text(Case, plain),
        deadlines=tuple([parsed(Deadline, text) for (text,) in deadlines]),
        opinions=tuple([parsed(Opinion, text) for (text,) in opinions]),
        documents=_papers(documents, events),
    )
    return Found(plain, file, standing(seats, due), childless=not has_children)


# ---- many cases at once ----------------------------------------------------------------------------------------------


def many(tx: Transaction, statement: Statement, numbers: Sequence[str], **others: object) -> Iterator[Row]:
    """Its rows for as many cases as are asked for; `others`: what it is asked beside them."""
    for values in fifties(tx, numbers):
        yield from tx.rows(statement, {**values, **others})


_FILES = (
    of_many(lambda among: select(_case.c.number, _case.c.plain, _case.c.due).where(among(_case.c.number))),
    of_many(lambda among: select(_deadline.c.case, _deadline.c.plain).where(among(_deadline.c.case)).order_by(_deadline.c.id)),
    of_many(
        lambda among: (
            select(tables.opinion.c.case, tables.opinion.c.plain).where(among(tables.opinion.c.case)).order_by(tables.opinion.c.id)
        )
    ),
    of_many(
        lambda among: (
            select(_document.c.case, _document.c.plain, _document.c.status)
            .where(among(_document.c.case))
            .order_by(_document.c.rule, _document.c.n.desc(), _document.c.id.desc())
        )
    ),
    of_many(
        lambda among: (
            select(*(tables.document_event.c[name] for name in ("case", "key", "plain")))
            .where(among(tables.document_event.c.case))
            .order_by(*(tables.document_event.c[name] for name in ("case", "key", "n")))
        )
    ),
)
_ENTRIES_OF = of_many(
    lambda among: select(*(_entry.c[name] for name in _ENTRY)).where(among(_entry.c.case)).order_by(_entry.c.case, _entry.c.seq)
)
_CHILDREN_OF = of_many(
    lambda among: (
        select(_case.c.parent, _case.c.plain).where(among(_case.c.parent), _case.c.parent != literal_column("''")).order_by(_case.c.id)
    )
)


def case_files(tx: Transaction, numbers: Sequence[str]) -> dict[str, CaseFile]:
    """These cases, each as `case_file` gives it; those that are not there are left out."""
    return _case_files(_rows_of(tx, _FILES, numbers), numbers)


def found(tx: Transaction, numbers: Sequence[str]) -> dict[str, Found]:
    """These cases, each as `found_of` gives it; those that are not there are left out."""
    *rows, seats = _rows_of(tx, (*_FILES, STANDING_OF), numbers)
    files, own = _case_files(rows, numbers), rows[0]
    return {number: Found(own[number][0][1], file, standing(seats.get(number, ()), own[number][0][2])) for number, file in files.items()}


def _rows_of(tx: Transaction, statements: Sequence[Statement], numbers: Sequence[str]) -> list[dict[str, list[Row]]]:
    """What each statement finds, by the case whose number stands first in its rows."""
    rows: list[dict[str, list[Row]]] = [{} for _ in statements]
    for values in fifties(tx, numbers):
        for of_case, (_, answer) in zip(rows, tx.together([(statement, values) for statement in statements]), strict=True):
            for row in answer:
                of_case.setdefault(row[0], []).append(row)
    return rows


def _case_files(rows: Sequence[Mapping[str, Sequence[Row]]], numbers: Sequence[str]) -> dict[str, CaseFile]:
    cases, deadlines, opinions, documents, events = rows
    return {
        number: CaseFile(
            case=from_text(Case, cases[number][0][1]),
            deadlines=tuple([parsed(Deadline, plain) for _, plain in deadlines.get(number, ())]),
            opinions=tuple([parsed(Opinion, plain) for _, plain in opinions.get(number, ())]),
            documents=_papers([row[1:] for row in documents.get(number, ())], [row[1:] for row in events.get(number, ())]),
        )
        for number in numbers
        if number in cases
    }


def children_of(tx: Transaction, numbers: Sequence[str]) -> dict[str, tuple[Case, ...]]:
    """The sub-cases of each of these cases, in order of opening."""
    found: dict[str, tuple[Case, ...]] = dict.fromkeys(numbers, ())
    for parent, plain in many(tx, _CHILDREN_OF, numbers):
        found[parent] = (*found[parent], from_text(Case, plain))
    return found


def children(tx: Transaction, number: str) -> tuple[Case, ...]:
    """The sub-cases of a case, in order of opening."""
    return tuple(from_text(Case, plain) for (plain,) in tx.rows(_CHILDREN, {"at_number": number}))


def read_document(plain: str, status: str) -> Document:
    """A document of its row, without what became of it."""
    return parsed(Document, f'{plain[:-1]},"status":"{status}"}}')  # one text more cheaply than one dictionary: it is known by its text


def with_events(document: Document, events: tuple[DocumentEvent, ...]) -> Document:
    """The document with what became of it."""
    return replace(document, events=events) if events else document


def _papers(documents: Sequence[Row], events: Iterable[Row]) -> tuple[Document, ...]:
    """Documents, with what became of them."""
    lives: dict[str, tuple[DocumentEvent, ...]] = {}
    for key, plain in events if documents else ():
        lives[key] = (*lives.get(key, ()), parsed(DocumentEvent, plain))
    papers = [read_document(*row) for row in documents]
    return tuple([with_events(one, lives.get(one.key, ())) for one in papers])


def document(tx: Transaction, number: str, key: str) -> Document | None:
    """One document of a case."""
    found = tx.row(_DOCUMENT, {"at_case": number, "at_key": key})
    if found is None:
        return None
    events = tx.rows(_EVENTS, {"at_case": number})
    return _papers([found], [row for row in events if row[0] == key])[0]


def next_number(tx: Transaction, series: SeriesKey) -> int:
    """The number that the series gives next."""
    return following(tx.rows(LAST_NUMBER, series_values(series, "at_")))


def following(last: Sequence[Row]) -> int:
    """The number that comes after a series' last, if it has one."""
    return int(last[0][0]) + 1 if last else 1


def file(tx: Transaction, hash_: str) -> bytes | None:
    """The bytes of a stored file."""
    found = tx.row(_FILE, {"at_hash": hash_})
    return bytes(found[0]) if found else None


def entries(tx: Transaction, number: str, many: int | None = None) -> list[Entry]:
    """A case's history, first to last; `many`: no more than so many of it."""
    at = {"at_case": number, **({} if many is None else {"many": many})}
    return [_read_entry(row) for row in tx.rows(_ENTRIES if many is None else _FIRST, at)]


def entries_of(tx: Transaction, numbers: Sequence[str]) -> dict[str, list[Entry]]:
    """The histories of these cases, each as `entries` gives it."""
    found: dict[str, list[Entry]] = {number: [] for number in numbers}
    for row in many(tx, _ENTRIES_OF, numbers):
        found[row[0]].append(_read_entry(row))
    return found


def _read_entry(row: Row) -> Entry:
    case, seq, at, actor, text, payload, previous, hash_ = row
    return Entry(case=case, seq=seq, at=datetime.fromisoformat(at), actor=actor, text=text, payload=payload, previous=previous, hash=hash_)


def periods(tx: Transaction, process: str) -> dict[str, str]:
    """Period → case number."""
    return {str(period): str(case) for period, case in tx.rows(_PERIODS, {"at_process": process})}


def due(tx: Transaction, now: datetime, limit: int) -> list[tuple[str, str]]:
    """(case number, deadline key) of deadlines whose next rung's time has come, oldest first."""
    return [(case, key) for case, key in tx.rows(_DUE, {"now": instant(now), "limit": limit})]


def page_of_cases(tx: Transaction, after: int, limit: int) -> list[tuple[int, str]]:
    """(id, number) of the next cases in order of opening."""
    return [(id_, number) for id_, number in tx.rows(_PAGE_OF_CASES, {"after": after, "limit": limit})]


def page_of_owing_cases(tx: Transaction, after: int, limit: int) -> list[tuple[int, str]]:
    """(id, number) of the next cases in order of opening that have an open deadline."""
    return [(id_, number) for id_, number in tx.rows(_PAGE_OF_OWING, {"after": after, "limit": limit})]


def page_of_open_cases(tx: Transaction, after: int, limit: int) -> list[tuple[int, str]]:
    """(id, number) of the next cases in order of opening that are open."""
    return [(id_, number) for id_, number in tx.rows(_PAGE_OF_OPEN, {"after": after, "limit": limit})]


def failing_cases(tx: Transaction) -> list[str]:
    """Open cases in which the clock could not do something, in order of opening."""
    return [number for (number,) in tx.rows(_FAILING)]


def all_series(tx: Transaction) -> list[tuple[SeriesKey, int]]:
    """Each series and its stored last number."""
    return [(SeriesKey(body=body, type=type_, period=period), last) for body, type_, period, last in tx.rows(_ALL_SERIES)]


def numbers(tx: Transaction, series: SeriesKey) -> tuple[list[int], int]:
    """The numbers given in a series, in order, and its stored last one, at one moment."""
    at = series_values(series, "at_")
    return [number for (number,) in tx.rows(_NUMBERS, at)], next_number(tx, series) - 1

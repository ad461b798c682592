"""The inbox, what is overdue, notices, and who sees what: what a viewer may not see is in no list (law 7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnClause,
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from storage import tables
from storage.fields import text_of
from storage.loading import many
from storage.outbox import NOTICE, OLDEST, notice
from storage.seats import SEAT
from storage.statements import of_many
from storage.transaction import Backend, Row, Statement, Transaction
from workflow.errors import WrongValue
from workflow.model import OUT, CaseQuery, CaseRow, NoticeRow, Seat, Viewer
from workflow.plain import instant

_case, _awaited, _viewer = tables.case, tables.awaited, tables.viewer
_deadline, _notice, _message = tables.deadline, tables.notice, tables.message
LINE = ("number", "process", "version", "title", "state", "unit", "opened", "due", "outcome", "secret")

Condition = ColumnElement[bool]

_AWAITED = of_many(lambda among: select(_awaited.c.case, *(_awaited.c[name] for name in SEAT)).where(among(_awaited.c.case)))


def inbox(tx: Transaction, query: CaseQuery, viewer: Viewer) -> list[CaseRow]:
    """One short query a seat, each along its index: a single one over all seats would read all of their cases."""
    due, number = _cursor_due(query.after) if query.after else ("", "")
    at = {"from_due": due, "from_case": number, "many": query.limit}
    each = [{**_at(seat), "principal": principal} for seat, principal in _held(viewer)]
    if tx.backend.side_by_side:
        asked: list[dict[str, Any]] = [{f"every_{name}": [one[name] for one in each] for name in _AT} | at]
    else:
        asked = [{**one, **at} for one in each]
    if _filters(tx.backend, query) or query.words:
        rows = tx.select_each(_pages(tx.backend, query, viewer), asked)
    else:
        page = _pages_of_seats(viewer, open_only=query.open_only)
        rows = [row for _, found in tx.together([(page, values) for values in asked]) for row in found]
    by_case = {row[0]: row for row in rows}
    first = sorted(by_case.values(), key=lambda row: (row[-1], row[0]))[: max(query.limit, 0)]
    return [line(row, f"{row[-1]}|{row[0]}") for row in first]


def _held(viewer: Viewer) -> list[tuple[Seat, str]]:
    """Each seat with the person in whose place the viewer holds it: the viewer's own self, or a principal."""
    found = [*((seat, viewer.person) for seat in viewer.seats), *viewer.lent]
    return sorted(found, key=lambda one: (one[0].unit, one[0].position, one[0].person, one[1]))


def _at(seat: Seat) -> dict[str, str]:
    return {f"at_{name}": getattr(seat, name) for name in SEAT}


_AT = (*(f"at_{name}" for name in SEAT), "principal")
_OTHER = _awaited.alias("other")


def _is_out(viewer: Viewer, principal: ColumnElement[Any]) -> Condition:
    """Whether the viewer, or in whose place they hold the seat at hand, withdrew from the case at hand."""
    out = and_(_OTHER.c.unit == OUT, or_(_OTHER.c.person == viewer.person, _OTHER.c.person == principal))
    seats = principal.table if isinstance(principal, ColumnClause) else None
    return _has(_OTHER, out, seats)


def _pages(backend: Backend, query: CaseQuery, viewer: Viewer) -> Select[Any]:
    """A page of a seat; where the database is far and takes longer to plan it than to run it, the pages of all seats by one plan."""
    if not backend.side_by_side:
        return _page_of_seat(backend, query, viewer, {name: bindparam(name) for name in _AT})
    lists = (bindparam(f"every_{name}", type_=ARRAY(tables.WORDS)) for name in _AT)
    seats = func.unnest(*lists).table_valued(*_AT).render_derived()
    page = _page_of_seat(backend, query, viewer, {name: seats.c[name] for name in _AT}).correlate(seats).lateral()
    return select(*page.c).select_from(seats).join(page, true())


def _page_of_seat(backend: Backend, query: CaseQuery, viewer: Viewer, at: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    is_at = (_awaited.c[name] == at[f"at_{name}"] for name in SEAT)
    page = (
        select(*(_case.c[name] for name in LINE), _awaited.c.due.label("awaited_due"))
        .select_from(_awaited)
        .join(_case, _case.c.number == _awaited.c.case)
        .where(*is_at, *_filters(backend, query), visible(viewer), not_(_is_out(viewer, at["principal"])))
        .where(_awaited.c.due >= bindparam("from_due"))
        .where(or_(_awaited.c.due > bindparam("from_due"), _awaited.c.case > bindparam("from_case")))
    )
    if query.open_only:
        page = page.where(_case.c.outcome == literal_column("''"))
    if query.words:
        index, id_, found = backend.search(query.words, (False, True))
        page = page.where(_case.c.id.in_(select(id_).select_from(index).where(found)))
    return page.order_by(_awaited.c.due, _awaited.c.case).limit(bindparam("many"))


@lru_cache(maxsize=300)
def _pages_of_seats(viewer: Viewer, *, open_only: bool) -> Statement:
    """The same without filters, put together once for each who looks: that takes longer than to run it."""
    return Statement(lambda backend: _pages(backend, CaseQuery(awaited=True, open_only=open_only), viewer))


def _filters(backend: Backend, query: CaseQuery) -> list[Condition]:
    wanted = [_case.c[name] == value for name in ("process", "state", "unit") if (value := getattr(query, name))]
    if query.overdue_at:
        wanted.append(_case.c.due < instant(query.overdue_at))
    wanted += [backend.holds(_case.c.plain, field, text_of(value)) for field, value in query.fields.items()]
    return wanted


def cursor_id(tx: Transaction, cursor: str, viewer: Viewer) -> int:
    """Where the row of the page before stands. The cursor is its case's number: a row's own would tell how many others there are."""
    found = tx.select(select(_case.c.id).where(_case.c.number == cursor, visible(viewer)))
    if not found:
        raise _wrong(cursor)
    return int(found[0][0])


def _cursor_due(cursor: str) -> tuple[str, str]:
    due, bar, number = cursor.partition("|")
    if not bar:
        raise _wrong(cursor)
    return due, number


def _wrong(cursor: str) -> WrongValue:
    return WrongValue(field="after", value=cursor, expected="the cursor of a row of this list")


def line(row: Row, cursor: str) -> CaseRow:
    """A row of `LINE` as a line of a list."""
    values = dict(zip(LINE, row[: len(LINE)], strict=True))
    opened, due = datetime.fromisoformat(values["opened"]), values["due"] and datetime.fromisoformat(values["due"])
    return CaseRow(**{**values, "opened": opened, "due": due, "secret": bool(values["secret"]), "cursor": cursor})


# ---- who sees what -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=300)
def visible(viewer: Viewer) -> Condition:
    """Whether the case at hand may be seen: it is not secret, or one of the viewer's seats takes part in it."""
    if viewer.everything:
        return true()
    ways = [_takes_part(viewer.seats)]
    ways += [
        and_(_takes_part(seat for seat, of in viewer.lent if of == principal), _stays(principal))
        for principal in sorted({principal for _, principal in viewer.lent})
    ]
    return or_(_case.c.secret == literal_column("0"), and_(or_(*ways), _stays(viewer.person)))


def _takes_part(seats: Iterable[Seat]) -> Condition:
    return _has(_viewer, or_(false(), *(is_seat(_viewer, seat) for seat in in_order(seats))))


def _stays(person: str) -> Condition:
    """Whether the person has not withdrawn from the case at hand."""
    return not_(_has(_viewer, is_seat(_viewer, Seat(unit=OUT, person=person))))


def _has(table: Any, condition: Condition, beside: Any = None) -> Condition:
    """Whether the case at hand has such a row; `beside`: what else at hand the condition looks at. Looked up for each case: of an EXISTS
    beside an OR, PostgreSQL would rather read the whole table once, however short the page.
    """
    one: ColumnElement[int] = literal_column("1")
    found = select(one).select_from(table).where(table.c.case == _case.c.number, condition).limit(1)
    return (found if beside is None else found.correlate(_case, beside)).scalar_subquery().is_not(None)


def sees(tx: Transaction, number: str, viewer: Viewer) -> bool:
    """Whether the viewer may see the case; False too when there is none."""
    return bool(tx.select(select(_case.c.id).where(_case.c.number == number, visible(viewer))))


def is_seat(table: Any, seat: Seat) -> Condition:
    """Whether a row is of this seat."""
    return and_(table.c.unit == seat.unit, table.c.position == seat.position, table.c.person == seat.person)


def in_order(seats: Iterable[Seat]) -> list[Seat]:
    """Seats in the one order in which statements name them."""
    return sorted(seats, key=lambda seat: (seat.unit, seat.position, seat.person))


def awaited(tx: Transaction, numbers: Sequence[str]) -> dict[str, tuple[Seat, ...]]:
    """Whose turn it is in each of these cases, as their last acts left it."""
    found: dict[str, tuple[Seat, ...]] = {}
    for number, *seat in many(tx, _AWAITED, numbers):
        found[number] = (*found.get(number, ()), Seat(**dict(zip(SEAT, seat, strict=True))))
    return found


# ---- notices ---------------------------------------------------------------------------------------


def notices(tx: Transaction, viewer: Viewer, case: str, person: str, limit: int) -> list[NoticeRow]:
    """Notices of cases that the viewer sees, newest first. A case's or a person's: those in a message and those that wait have each their
    index.
    """
    wanted = [_notice.c[name] == value for name, value in (("case", case), ("person", person)) if value]
    found, newest = _told(viewer).where(*wanted), _notice.c.id.desc()
    if not wanted:
        return [_notice_row(row[:-1]) for row in tx.select(found.order_by(newest).limit(limit))]
    waiting, in_message = found.where(_notice.c.message.is_(None)), found.where(_notice.c.message.is_not(None))
    parts = tx.selects(waiting.order_by(OLDEST.desc()).limit(limit), in_message.order_by(newest).limit(limit))
    rows = sorted((row for part in parts for row in part), key=lambda row: row[-1], reverse=True)
    return [_notice_row(row[:-1]) for row in rows[:limit]]


def _told(viewer: Viewer) -> Select[Any]:
    return (
        select(
            *(_notice.c[name] for name in NOTICE), *(_message.c[name] for name in ("state", "id", "tries", "sent", "error")), _notice.c.id
        )
        .select_from(_notice)
        .join(_case, _case.c.number == _notice.c.case)
        .outerjoin(_message, _message.c.id == _notice.c.message)
        .where(visible(viewer))
    )


def _notice_row(row: Row) -> NoticeRow:
    state, message, tries, sent, error = row[len(NOTICE) :]
    return NoticeRow(
        notice=notice(row[: len(NOTICE)]),
        state=state or "waiting",
        message=message or "",
        tries=tries or 0,
        sent=datetime.fromisoformat(sent) if sent else None,
        error=error or "",
    )

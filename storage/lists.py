"""Pages of cases, the newest first, as quick among a million as among a thousand.

What is public and what is secret are two walks, each along an index that has them apart. Where few cases are meant (secret ones of
somebody who takes part in few, late ones of an office that is hardly late, a rare word), these are looked up and sorted; where many
are, the walk from the newest finds a page soon. Which of the two it is, is asked of an index and never counted further than that.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace
from sqlalchemy import CTE, ColumnElement, FromClause, Select, exists, func, literal, literal_column, select, union_all

from storage import tables
from storage.read import LINE, Condition, cursor_id, in_order, inbox, is_seat, line, text_of, visible
from storage.transaction import LONGEST_SEARCH, Row, Statement, Transaction
from workflow.model import CaseQuery, CaseRow, Seat, Viewer
from workflow.plain import canonical, instant
from workflow.vietnamese import words

_case, _viewer, _deadline, _version = tables.case, tables.viewer, tables.deadline, tables.version

FEW = 1000
"""So many rows are looked up one by one and sorted in some milliseconds."""
NEAR, FAR = 1000, 20_000
"""The newest cases are looked through for words, then more of them by the index, then all: a word that fills no page among so many
of them is rare enough.
"""
AFTER_ALL = 2**62
"""An id above every case's: a walk that begins there is one along the ids, in the database's eyes too."""
_PUBLIC = _case.c.secret == literal_column("0")


def cases(tx: Transaction, query: CaseQuery, viewer: Viewer) -> list[CaseRow]:
    """A page of cases, newest first; the inbox by due date, those without one last."""
    if query.awaited:
        return inbox(tx, query, viewer)
    below = cursor_id(tx, query.after, viewer) if query.after else None
    if query.words:
        rows = _with_words(tx, query, viewer, below)
    elif query.state and query.open_only and not query.process:
        rows = _in_state(tx, query, viewer, below)
    elif query.fields and not query.process:
        rows = _with_fields(tx, query, viewer, below)
    else:
        rows = _page(tx, query, viewer, below)
    return [line(row, row[0]) for row in rows]


def _in_state(tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    """Open cases in a state of any procedure: a walk for each procedure that has some, since states are found by procedure."""
    walk = _procedures()
    found: Select[Any] = select(literal_column("1")).where(
        _case.c.process == walk.c.process, _case.c.state == query.state, _case.c.outcome == literal_column("''")
    )
    there = tx.select(select(walk.c.process).where(found.limit(1).scalar_subquery().is_not(None)))
    return _of_each([process for (process,) in there], tx, query, viewer, below)


def _procedures() -> CTE:
    """The procedures that have cases: from one to the next, along their index."""
    other = _case.alias("other")
    first = select(func.min(_case.c.process).label("process")).cte(recursive=True)
    next_ = select(func.min(other.c.process)).where(other.c.process > first.c.process).scalar_subquery()
    return first.union_all(select(next_).where(first.c.process.is_not(None)))


def _with_fields(tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    """Cases by what their fields hold: a walk for each procedure that may have these fields, which is one whose versions speak of them."""
    walk = _procedures()
    own: Select[Any] = select(literal_column("1")).where(_version.c.kind == literal_column("'process'"), _version.c.key == walk.c.process)
    speaks = own.where(*(_version.c.compiled.contains(canonical(field), autoescape=True) for field in query.fields))
    there = tx.select(select(walk.c.process, exists(own), exists(speaks)).where(walk.c.process.is_not(None)))
    if all(speaking or not known for _, known, speaking in there):
        return _page(tx, query, viewer, below)
    return _of_each([process for process, known, speaking in there if speaking or not known], tx, query, viewer, below)


def _of_each(processes: Sequence[str], tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    return _merged(query, *(_page(tx, replace(query, process=process), viewer, below) for process in processes))


def _page(tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    late = _late(instant(query.overdue_at)) if query.overdue_at else None
    if late is not None and _count(tx, late) <= FEW:  # public and secret ones in one go: each is looked up anyhow
        lines = _lines(tx, query, below, walk=False).where(_case.c.number.in_(late), visible(viewer))
        return tx.select(_sorted(lines, query))
    found = tx.select(_found(tx, query, below, secret=False, among=None))
    if viewer.everything:
        return _merged(query, found, tx.select(_found(tx, query, below, secret=True, among=None)))
    taking_part = _taking_part_in(tx, viewer)
    if not taking_part:
        return found
    among = _taking_part(viewer) if taking_part <= FEW else None
    return _merged(query, found, tx.select(_found(tx, query, below, secret=True, among=among).where(visible(viewer))))


def _found(tx: Transaction, query: CaseQuery, below: int | None, *, secret: bool, among: Any) -> Select[Any]:
    """Public or secret cases, newest first: a walk along an index that ends with the page, or those `among` looked up and sorted."""
    lines = _lines(tx, query, below, walk=among is None).where(_is(_case.c.secret, int(secret), walk=among is None))
    if among is None:
        return lines.order_by(_case.c.id.desc()).limit(query.limit)
    return _sorted(lines.where(_case.c.number.in_(among)), query)


def _is(column: ColumnElement[Any], value: object, *, walk: bool) -> Condition:
    """Whether a column has this value. Off a walk its index is kept out of it: SQLite would take it for the better way."""
    constant: ColumnElement[Any] = literal_column(str(value) if isinstance(value, int) else "''") if value in {0, 1, ""} else literal(value)
    if walk:
        return column == constant
    return column + literal_column("0" if isinstance(value, int) else "''") == constant


def _lines(tx: Transaction, query: CaseQuery, below: int | None, *, walk: bool = True) -> Select[Any]:
    lines = select(*(_case.c[name] for name in LINE), _case.c.id)
    wanted = [_is(_case.c[name], value, walk=walk) for name in ("process", "state", "unit") if (value := getattr(query, name))]
    if query.open_only:
        wanted.append(_is(_case.c.outcome, "", walk=walk))
    if query.tops:
        wanted.append(_is(_case.c.parent, "", walk=False))
    upper = AFTER_ALL if below is None else below
    wanted.append(_case.c.id < upper if walk else _case.c.id + literal_column("0") < upper)
    if query.overdue_at:
        wanted.append(_case.c.due < instant(query.overdue_at))
    for field, value in query.fields.items():
        said = text_of(value)
        if '"' not in said:  # most cases don't say so anywhere, which is found out for less than it takes to read their JSON
            wanted.append(_case.c.plain.contains(canonical(said)[1:-1], autoescape=True))
        wanted.append(tx.backend.holds(_case.c.plain, field, said))
    return lines.where(*wanted)


def _late(at: str) -> Select[Any]:
    return select(_deadline.c.case).where(_deadline.c.status == literal_column("'running'"), _deadline.c.due < at)


def _sorted(lines: Select[Any], query: CaseQuery) -> Select[Any]:
    """All that is meant, sorted: the sum keeps the database from walking along the ids instead."""
    return lines.order_by((_case.c.id + literal_column("0")).desc()).limit(query.limit)


def _merged(query: CaseQuery, *found: list[Row]) -> list[Row]:
    return sorted((row for rows in found for row in rows), key=lambda row: -int(row[-1]))[: max(query.limit, 0)]


def _count(tx: Transaction, *rows: Select[Any]) -> int:
    """How many rows these have together, counted no further than to more than few of each."""
    return int(tx.select(_counted(rows, FEW))[0][0])


def _counted(rows: Sequence[Select[Any]], few: int) -> Select[Any]:
    counted = [select(func.count()).select_from(one.limit(few + 1).subquery()).scalar_subquery() for one in rows]
    total: Any = sum(counted[1:], counted[0]) if counted else literal_column("0")
    return select(total)


def _taking_part_in(tx: Transaction, viewer: Viewer) -> int:
    return int(tx.rows(_parts_of(viewer, FEW))[0][0])


@lru_cache(maxsize=300)
def _parts_of(viewer: Viewer, few: int) -> Statement:
    """In how many secret cases somebody takes part; put together once for each who looks."""
    return Statement(lambda _: _counted(_takes_part_rows(viewer), few))


def _takes_part_rows(viewer: Viewer) -> list[Select[Any]]:
    return [select(_viewer.c.case).where(is_seat(_viewer, seat)) for seat in _seats(viewer)]


def _taking_part(viewer: Viewer) -> Any:
    return union_all(*_takes_part_rows(viewer)) if _seats(viewer) else select(_viewer.c.case).where(literal(1) == literal(0))


def _seats(viewer: Viewer) -> list[Seat]:
    return in_order({*viewer.seats, *(seat for seat, _ in viewer.lent)})


# ---- words -----------------------------------------------------------------------------------------------------------


def _with_words(tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    """Those that have a rare one of the words, by their text; where each is common, the newest cases by their text, and if the page is not
    full then, more of the newest, then all, by the index.
    """
    asked = words(query.words)[:LONGEST_SEARCH]
    if not asked or query.limit < 1:
        return []
    if below is None:
        below = int(tx.select(select(func.max(_case.c.id)))[0][0] or 0) + 1
    public, hidden = _who_sees(tx, viewer)
    index, id_, found = tx.backend.search(query.words)
    text = [(literal(" ") + _case.c.search).like(f"% {word}%") for word in asked]

    def through(upper: int, lower: int, left: int) -> list[Row]:
        lines = _lines(tx, query, upper).where(_case.c.id >= lower, public, *text)
        return tx.select(lines.order_by(_case.c.id.desc()).limit(left))

    def by_index(upper: int, lower: int, left: int) -> list[Row]:
        lines = _indexed(_lines(tx, query, None), index, id_).where(id_ < upper, id_ >= lower, found, public)
        return tx.select(lines.order_by(id_.desc()).limit(left))

    among = None if tx.backend.rarest_first else _with_rare(tx, asked)
    if among is not None:
        lines = _lines(tx, query, below, walk=False).where(_case.c.id.in_(among), public, *text)
        rows = tx.select(_sorted(lines, query))
    else:
        rows = _in_steps(query.limit, below, through, by_index)
    if hidden is not None:
        lines = _lines(tx, query, below, walk=False).where(_is(_case.c.secret, 1, walk=False), visible(viewer), hidden, *text)
        rows = _merged(query, rows, tx.select(_sorted(lines, query)))
    return rows


def _with_rare(tx: Transaction, asked: Sequence[str]) -> Select[Any] | None:
    """The cases that have a word which few have; None where each of them is common. The longest first: numbers are rare."""
    for word in sorted(set(asked), key=lambda word: (-len(word), word)):
        index, id_, found = tx.backend.search(word)
        among = select(id_).select_from(index).where(found)
        if _count(tx, among) <= FEW:
            return among
    return None


def _who_sees(tx: Transaction, viewer: Viewer) -> tuple[Condition, Condition | None]:
    """(what to look for among all cases, what among the few secret ones that the viewer takes part in)."""
    if viewer.everything or (taking_part := _taking_part_in(tx, viewer)) > FEW:
        return visible(viewer), None
    if not taking_part:
        return _PUBLIC, None
    return _PUBLIC, _case.c.number.in_(_taking_part(viewer))


def _indexed(lines: Select[Any], index: FromClause, id_: ColumnElement[int]) -> Select[Any]:
    return lines.select_from(index).join(_case, _case.c.id == id_)


def _in_steps(
    limit: int,
    below: int,
    through: Callable[[int, int, int], list[Row]],
    by_index: Callable[[int, int, int], list[Row]],
) -> list[Row]:
    rows = through(below, below - NEAR, limit)
    upper = below - NEAR
    if len(rows) >= limit or upper <= 0:
        return rows
    rows += by_index(upper, below - FAR, limit - len(rows))
    if len(rows) < limit and below > FAR:
        rows += by_index(below - FAR, 0, limit - len(rows))
    return rows

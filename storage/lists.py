"""Pages of cases, the newest first, as quick among a million as among a thousand.

What is public and what is secret are two walks, each along an index that has them apart. Where few cases are meant (secret ones of
somebody who takes part in few, late ones of an office that is hardly late, a rare word), these are looked up and sorted; where many
are, the walk from the newest finds a page soon. Which of the two it is, is asked of an index and never counted further than that.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import CTE, ColumnElement, Select, func, literal, literal_column, select

from storage import fields, tables
from storage.fields import text_of
from storage.late import late_cases
from storage.participation import FEW, counted, participations, taken_part_in
from storage.read import LINE, Condition, cursor_id, inbox, line, visible
from storage.transaction import LONGEST_SEARCH, Row, Transaction
from workflow.model import CaseQuery, CaseRow, Viewer
from workflow.plain import canonical, instant
from workflow.vietnamese import words

_case, _field = tables.case, tables.case_field

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
    elif pairs := fields.asked(query.fields):
        rows = _with_fields(tx, pairs, query, viewer, below)
    elif query.state and query.open_only and not query.process:
        rows = _in_state(tx, query, viewer, below)
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
    parts = participations(tx, viewer)
    return _of_each([process for (process,) in there], tx, query, viewer, below, parts=parts)


def _procedures() -> CTE:
    """The procedures that have cases: from one to the next, along their index."""
    other = _case.alias("other")
    first = select(func.min(_case.c.process).label("process")).cte(recursive=True)
    next_ = select(func.min(other.c.process)).where(other.c.process > first.c.process).scalar_subquery()
    return first.union_all(select(next_).where(first.c.process.is_not(None)))


def _with_fields(tx: Transaction, pairs: Sequence[fields.Pair], query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    """Cases by what their fields hold: where few have one of the values, these are looked up; where each is common, a walk along the
    cases that have the first, in each procedure of which some have.
    """
    parts = participations(tx, viewer)
    outside = len(pairs) == 1 and not parts
    for pair in () if outside else pairs:  # in how many secret cases a value stands must not even cost time to whoever sees none
        few = fields.count(tx, pair, FEW)
        if not few:
            return []
        if few <= FEW:
            lines = _lines(tx, query, below, walk=False).where(_case.c.id.in_(fields.rows(pair)), visible(viewer))
            return tx.select(_sorted(lines, query))
    there = [query.process] if query.process else fields.processes(tx, pairs[0])
    return _of_each(there, tx, query, viewer, below, along=pairs[0], parts=parts)


def _of_each(
    processes: Sequence[str],
    tx: Transaction,
    query: CaseQuery,
    viewer: Viewer,
    below: int | None,
    *,
    parts: int,
    along: fields.Pair | None = None,
) -> list[Row]:
    return _merged(query, *(_page(tx, replace(query, process=process), viewer, below, along, parts) for process in processes))


def _page(
    tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None, along: fields.Pair | None = None, parts: int | None = None
) -> list[Row]:
    """A page of cases; `along`: a value of a field by which they are walked, in their one procedure. `parts`: in how many secret cases the
    viewer takes part, where that is known.
    """
    late = late_cases(instant(query.overdue_at)) if query.overdue_at else None
    if late is not None and _count(tx, late) <= FEW:
        # public and secret ones in one go: each is looked up anyhow
        lines = _lines(tx, query, below, walk=False).where(_case.c.id.in_(late), visible(viewer))
        return tx.select(_sorted(lines, query))
    taking_part = participations(tx, viewer) if parts is None else parts
    kinds = [_found(tx, query, below, secret=False, among=None, along=along)]
    if taking_part:
        among = taken_part_in(viewer) if taking_part <= FEW else None
        kinds.append(_found(tx, query, below, secret=True, among=among, along=along).where(visible(viewer)))
    return _merged(query, *tx.selects(*kinds))


def _found(
    tx: Transaction, query: CaseQuery, below: int | None, *, secret: bool, among: Any, along: fields.Pair | None = None
) -> Select[Any]:
    """Public or secret cases, newest first: a walk along an index that ends with the page, or those `among` looked up and sorted."""
    if among is None and along is not None:
        lines = _lines(tx, query, None, walk=False, along=along).join(_field, _field.c.id == _case.c.id).where(fields.is_pair(along))
        lines = lines.where(_field.c.process == query.process, _field.c.secret == literal_column(str(int(secret))))
        return lines.where(_field.c.id < (AFTER_ALL if below is None else below)).order_by(_field.c.id.desc()).limit(query.limit)
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


def _lines(tx: Transaction, query: CaseQuery, below: int | None, *, walk: bool = True, along: fields.Pair | None = None) -> Select[Any]:
    lines = select(*(_case.c[name] for name in LINE), _case.c.id)
    wanted = [_is(_case.c[name], value, walk=walk) for name in ("process", "state", "unit") if (value := getattr(query, name))]
    if query.open_only:
        wanted.append(_is(_case.c.outcome, "", walk=walk))
    if query.tops:
        wanted.append(_is(_case.c.parent, "", walk=False))
    upper = AFTER_ALL if below is None else below
    wanted.append(_case.c.id < upper if walk else _case.c.id + literal_column("0") < upper)
    if query.overdue_at:
        wanted.append((_case.c.due if walk else _case.c.due + literal_column("''")) < instant(query.overdue_at))
    pairs = fields.asked(query.fields)
    wanted += [fields.has(pair) for pair in pairs if pair != along]
    for field, value in query.fields.items() if not pairs else ():
        said = text_of(value)
        if '"' not in said:  # most cases don't say so anywhere, which is found out for less than it takes to read their JSON
            wanted.append(_case.c.plain.contains(canonical(said)[1:-1], autoescape=True))
        wanted.append(tx.backend.holds(_case.c.plain, field, said))
    return lines.where(*wanted)


def _sorted(lines: Select[Any], query: CaseQuery) -> Select[Any]:
    """All that is meant, sorted: the sum keeps the database from walking along the ids instead."""
    return lines.order_by((_case.c.id + literal_column("0")).desc()).limit(query.limit)


def _merged(query: CaseQuery, *found: list[Row]) -> list[Row]:
    return sorted((row for rows in found for row in rows), key=lambda row: -int(row[-1]))[: max(query.limit, 0)]


def _count(tx: Transaction, *rows: Select[Any]) -> int:
    """How many rows these have together, counted no further than to more than few."""
    return int(tx.select(counted(rows, FEW))[0][0])


# ---- words -----------------------------------------------------------------------------------------------------------


def _with_words(tx: Transaction, query: CaseQuery, viewer: Viewer, below: int | None) -> list[Row]:
    """Those that have a rare one of the words; where each is common, the newest cases by their text, and if the page is not full then, more
    of the newest by the index, then all. Words of secret cases stand apart: who takes part in few has these looked up instead.
    """
    asked = words(query.words)[:LONGEST_SEARCH]
    if not asked or query.limit < 1:
        return []
    if below is None:
        below = int(tx.select(select(func.max(_case.c.id)))[0][0] or 0) + 1
    taking_part = participations(tx, viewer)
    kinds = (False, True) if taking_part > FEW else (False,)
    seen = visible(viewer) if taking_part > FEW else _PUBLIC
    among = _with_seldom(tx, asked, below, kinds) if tx.backend.rarest_first else _with_rare(tx, asked, kinds)
    if among is not None:
        rows = _looked_up(tx, query, asked, viewer, below, among)
    else:
        lines = _lines(tx, query, below).where(_case.c.id >= below - NEAR, *_texts(asked), seen)
        rows = tx.select(lines.order_by(_case.c.id.desc()).limit(query.limit))
        if len(rows) < query.limit and below > NEAR:
            left = replace(query, limit=query.limit - len(rows))
            rows += [row for secret in kinds for row in _in_steps(tx, left, viewer, below - NEAR, secret=secret)]
    if 0 < taking_part <= FEW:
        lines = _lines(tx, query, below, walk=False).where(_is(_case.c.secret, 1, walk=False), visible(viewer), *_texts(asked))
        rows += tx.select(_sorted(lines.where(_case.c.number.in_(taken_part_in(viewer))), query))
    return _merged(query, rows)


def _texts(asked: Sequence[str]) -> list[Condition]:
    """Whether each word begins some word of the case at hand."""
    return [(literal(" ") + _case.c.search).like(f"% {word}%") for word in asked]


def _looked_up(tx: Transaction, query: CaseQuery, asked: Sequence[str], viewer: Viewer, below: int, among: Select[Any]) -> list[Row]:
    """Of the cases `among` which are those with all of the words that the viewer may see."""
    lines = _lines(tx, query, below, walk=False).where(_case.c.id.in_(among), *_texts(asked), visible(viewer))
    return tx.select(_sorted(lines, query))


def _in_steps(tx: Transaction, query: CaseQuery, viewer: Viewer, below: int, *, secret: bool) -> list[Row]:
    index, id_, found = tx.backend.search(query.words, (secret,))
    lines = _lines(tx, query, None).select_from(index).join(_case, _case.c.id == id_).where(found).order_by(id_.desc())
    if secret:
        lines = lines.where(visible(viewer))
    rows: list[Row] = []
    for upper, lower in ((below, below - FAR), (below - FAR, 0)):
        if len(rows) < query.limit and upper > 0:
            rows += tx.select(lines.where(id_ < upper, id_ >= lower).limit(query.limit - len(rows)))
    return rows


def _with_rare(tx: Transaction, asked: Sequence[str], kinds: Sequence[bool]) -> Select[Any] | None:
    """The cases that have a word which few have; None where each of them is common. The longest first: numbers are rare."""
    for word in sorted(set(asked), key=lambda word: (-len(word), word)):
        index, id_, found = tx.backend.search(word, kinds)
        among = select(id_).select_from(index).where(found)
        if _count(tx, among) <= FEW:
            return among
    return None


def _with_seldom(tx: Transaction, asked: Sequence[str], below: int, kinds: Sequence[bool]) -> Select[Any] | None:
    """The same, where it is not known how many have a word: PostgreSQL's planner takes every word for more common than most are, and would
    rather walk. It is enough that one of them is rare among some new cases.
    """
    some = select(*(func.count().filter(text) for text in _texts(asked))).where(_case.c.id >= below - NEAR // 2, _case.c.id < below)
    counts = tx.select(some if True in kinds else some.where(_PUBLIC))[0]
    rare = [word for word, count in zip(asked, counts, strict=True) if count <= min(*counts, NEAR // 400)]
    if not rare:
        return None
    index, id_, found = tx.backend.search(" ".join(rare), kinds)
    return select(id_).select_from(index).where(found)

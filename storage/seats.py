"""Who is awaited in a case, and who may see a secret one: the rows that lists and the inbox look at."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, bindparam, exists, literal_column, or_, select, true, union_all
from sqlalchemy import delete as sql_delete

from storage import tables
from storage.statements import insert, matching, of_many
from storage.transaction import Backend, Row, Statement, Values
from workflow.model import Case, Seat
from workflow.plain import canonical

Written = tuple[Statement, Values]

SEAT = ("unit", "position", "person")


def _delete_seat(table: Table) -> Statement:
    return Statement(lambda _: sql_delete(table).where(*matching(table, "case", *SEAT)))


AWAITED = (_delete_seat(tables.awaited), insert(tables.awaited))
VIEWERS = (_delete_seat(tables.viewer), insert(tables.viewer))
"""What removes and adds a row of each."""


_EACH = ((0, tables.awaited), (1, tables.viewer))


def _standing(of: Callable[[Table], ColumnElement[bool]]) -> Any:
    return union_all(
        *(select(table.c.case, *(table.c[one] for one in SEAT), literal_column(str(kind))).where(of(table)) for kind, table in _EACH)
    )


STANDING = Statement(lambda _: _standing(lambda table: matching(table, "case")[0]))
STANDING_OF = of_many(lambda among: _standing(lambda table: among(table.c.case)))
"""The seats of a case, of many: its number, the seat, 0 where it is awaited and 1 where it may see a secret case."""

_EMPTY = Statement(lambda _: sql_delete(tables.awaited).where(*matching(tables.awaited, "case")))


class Seats(Struct, frozen=True, gc=False):
    """Who is awaited and who may see a secret case, each once; `due`: the case's own, as the rows of the first have it."""

    awaited: tuple[Seat, ...] = ()
    due: str = tables.NO_DUE
    viewers: tuple[Seat, ...] = ()


def standing(rows: Iterable[Row], due: str | None) -> "Seats":
    """The seats that were found of a case, and its own due."""
    awaited: list[Seat] = []
    viewers: list[Seat] = []
    for _, unit, position, person, kind in rows:
        (viewers if kind else awaited).append(Seat(unit=unit, position=position, person=person))
    return Seats(tuple(awaited), due or tables.NO_DUE, tuple(viewers))


def seated(case: str, there: Seats, wanted: Seats) -> list[Written]:
    """What makes the seats that are there the ones that are wanted."""
    if there == wanted:
        return []
    gone, new = _exchanged(there.awaited, wanted.awaited)
    if there.due != wanted.due and len(gone) < len(there.awaited):  # the due stands in all of them, and no row is ever changed
        changes: list[Written] = [(_EMPTY, {"at_case": case}), *_added(_AWAITED_ANEW[1], case, wanted.awaited, wanted.due)]
    else:
        changes = _written(case, AWAITED, gone, new, {"due": wanted.due})
    return changes + _written(case, VIEWERS, *_exchanged(there.viewers, wanted.viewers), {})


def seated_anew(before: Case | None, case: Case, wanted: Seats) -> list[Written]:
    """The same, where it is not known which are there."""
    if before is None:
        return seated(case.number, Seats(), wanted)
    changes = _anew(_AWAITED_ANEW, case.number, wanted.awaited, wanted.due)
    if case.secret or before.secret:
        changes += _anew(_VIEWERS_ANEW, case.number, wanted.viewers, "")
    return changes


def _anew(statements: tuple[Statement, Statement], case: str, wanted: Sequence[Seat], due: str) -> list[Written]:
    remove, add = statements
    return [(remove, _listed(case, wanted, due)), *_added(add, case, wanted, due)]


def _added(add: Statement, case: str, wanted: Sequence[Seat], due: str) -> list[Written]:
    return [(add, _listed(case, wanted, due))] if wanted else []


def _listed(case: str, wanted: Sequence[Seat], due: str) -> Values:
    return {"at_case": case, "seats": canonical([[one.unit, one.position, one.person] for one in wanted]), "due": due}


def _statements_anew(table: Table) -> tuple[Statement, Statement]:
    """What removes the rows of a case that are not wanted or have another due, and adds those that are missing."""
    due = [bindparam("due", type_=tables.WORDS)] if "due" in table.c else []

    def remove(backend: Backend) -> Any:
        items, names = backend.lists(bindparam("seats"), len(SEAT))
        is_it = (table.c[one] == name for one, name in zip(SEAT, names, strict=True))
        unwanted = ~exists(select(literal_column("1")).select_from(items).where(*is_it))
        return sql_delete(table).where(table.c.case == bindparam("at_case"), or_(unwanted, *(table.c.due != one for one in due)))

    def add(backend: Backend) -> Any:
        items, names = backend.lists(bindparam("seats"), len(SEAT))
        columns: list[Any] = [bindparam("at_case", type_=tables.WORDS), *names, *due]
        rows: Select[Any] = select(*columns).select_from(items).where(true())
        return backend.insert(table).from_select(["case", *SEAT, *(["due"] if due else [])], rows).on_conflict_do_nothing()

    return Statement(remove), Statement(add)


_AWAITED_ANEW, _VIEWERS_ANEW = _statements_anew(tables.awaited), _statements_anew(tables.viewer)


def differing(before: Sequence[Seat], after: Sequence[Seat]) -> tuple[Sequence[Seat], Sequence[Seat]]:
    """What is left of two lists, in each of which all stand once, without what both begin and end with: of 500 units one has replied."""
    first = _alike(before, after)
    last = _alike(before[first:][::-1], after[first:][::-1])
    return before[first : len(before) - last], after[first : len(after) - last]


def _alike(some: Sequence[Seat], others: Sequence[Seat]) -> int:
    """With how many that are the same both begin."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if one is not other and one != other:
            break
        count += 1
    return count


def _exchanged(before: Sequence[Seat], after: Sequence[Seat]) -> tuple[set[Seat], set[Seat]]:
    """Those that are gone, and those that are new."""
    first, then = map(set, differing(before, after))
    return first - then, then - first


def _written(case: str, statements: tuple[Statement, Statement], gone: set[Seat], new: set[Seat], more: Values) -> list[Written]:
    delete, add = statements
    removed: list[Written] = [(delete, {"at_case": case, **{f"at_{name}": getattr(one, name) for name in SEAT}}) for one in gone]
    return removed + [(add, {"case": case, **{name: getattr(one, name) for name in SEAT}, **more}) for one in new]


# ---- proof -----------------------------------------------------------------------------------------------------------

UNLIKE_DUE = f"""SELECT number FROM "case" c WHERE due {{differs}}
    (SELECT min(d.due) FROM deadline d WHERE d."case" = c.number AND d.status = 'running')
    OR EXISTS (SELECT 1 FROM awaited a WHERE a."case" = c.number AND a.due <> coalesce(c.due, '{tables.NO_DUE}'))"""  # noqa: S608  # a constant
"""The cases whose own due is not the earliest of their running deadlines, or stands otherwise where they are awaited."""

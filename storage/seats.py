"""Who is awaited in a case, and who may see a secret one: the rows that lists and the inbox look at."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, Table, bindparam, exists, false, func, literal_column, or_, select
from sqlalchemy import delete as sql_delete

from storage import tables
from storage.statements import insert, matching
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


class Seats(Struct, frozen=True):
    """Who is awaited and who may see a secret case, each once; `due` as the rows of the first have it: '' for none."""

    awaited: tuple[Seat, ...] = ()
    due: str = ""
    viewers: tuple[Seat, ...] = ()


def seated(case: str, there: Seats, wanted: Seats) -> list[Written]:
    """What makes the seats that are there the ones that are wanted."""
    before, after = differing(there.awaited, wanted.awaited) if there.due == wanted.due else (there.awaited, wanted.awaited)
    changes = _replaced(case, AWAITED, {(*_seat(one), there.due) for one in before}, {(*_seat(one), wanted.due) for one in after})
    before, after = differing(there.viewers, wanted.viewers)
    return changes + _replaced(case, VIEWERS, {_seat(one) for one in before}, {_seat(one) for one in after})


def seated_anew(before: Case | None, case: Case, awaited: Sequence[Seat], viewers: Sequence[Seat]) -> list[Written]:
    """The same, where it is not known which are there; run once the case is written, whose due the first have."""
    changes = _anew(_AWAITED_ANEW, case.number, awaited, new=before is None)
    if case.secret or (before is not None and before.secret):
        changes += _anew(_VIEWERS_ANEW, case.number, viewers, new=before is None)
    return changes


def _anew(statements: tuple[Statement, Statement], case: str, wanted: Sequence[Seat], *, new: bool) -> list[Written]:
    values = {"at_case": case, "seats": canonical([_seat(one) for one in wanted])}
    remove, add = statements
    return [*([] if new else [(remove, values)]), *([(add, values)] if wanted else [])]


def _statements_anew(table: Table) -> tuple[Statement, Statement]:
    """What removes the rows of a case that are not wanted or have another due than it, and adds those that are missing."""
    has_due = "due" in table.c
    of_case, due = tables.case.c.number == bindparam("at_case"), func.coalesce(tables.case.c.due, literal_column(f"'{tables.NO_DUE}'"))

    def remove(backend: Backend) -> Any:
        items, names = backend.lists(bindparam("seats"), len(SEAT))
        is_it = (table.c[one] == name for one, name in zip(SEAT, names, strict=True))
        unwanted = ~exists(select(literal_column("1")).select_from(items).where(*is_it))
        moved = table.c.due != select(due).where(of_case).scalar_subquery() if has_due else false()
        return sql_delete(table).where(table.c.case == bindparam("at_case"), or_(unwanted, moved))

    def add(backend: Backend) -> Any:
        items, names = backend.lists(bindparam("seats"), len(SEAT))
        rows: Select[Any] = select(tables.case.c.number, *names, *([due] if has_due else [])).select_from(tables.case, items).where(of_case)
        return backend.insert(table).from_select(["case", *SEAT, *(["due"] if has_due else [])], rows).on_conflict_do_nothing()

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


def _seat(one: Seat) -> tuple[str, str, str]:
    return one.unit, one.position, one.person


def _replaced(case: str, statements: tuple[Statement, Statement], there: set[Row], wanted: set[Row]) -> list[Written]:
    delete, add = statements
    gone: list[Written] = [
        (delete, {"at_case": case, "at_unit": unit, "at_position": position, "at_person": person})
        for unit, position, person, *_ in there - wanted
    ]
    new: list[Written] = [
        (add, {"case": case, "unit": unit, "position": position, "person": person, "due": due[0] if due else None})
        for unit, position, person, *due in wanted - there
    ]
    return gone + new

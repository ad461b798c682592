"""Who is awaited in a case, and who may see a secret one: the rows that lists and the inbox look at."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Table, bindparam, select
from sqlalchemy import delete as sql_delete

from storage import tables
from storage.statements import insert, matching
from storage.transaction import Row, Statement, Values
from workflow.model import Seat

Written = tuple[Statement, Values]

SEAT = ("unit", "position", "person")


def _rows_of(table: Table, *names: str) -> Statement:
    return Statement(lambda _: select(*(table.c[name] for name in names)).where(table.c.case == bindparam("at_case")))


def _delete_seat(table: Table) -> Statement:
    return Statement(lambda _: sql_delete(table).where(*matching(table, "case", *SEAT)))


AWAITED = (_rows_of(tables.awaited, *SEAT, "due"), _delete_seat(tables.awaited), insert(tables.awaited))
VIEWERS = (_rows_of(tables.viewer, *SEAT), _delete_seat(tables.viewer), insert(tables.viewer))
"""What reads, removes and adds rows of each."""


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


def seated_anew(case: str, awaited: Iterable[Row], viewers: Iterable[Row], wanted: Seats) -> list[Written]:
    """The same, where the rows were read that are there."""
    changes = _replaced(case, AWAITED, {*awaited}, {(*_seat(one), wanted.due) for one in wanted.awaited})
    return changes + _replaced(case, VIEWERS, {*viewers}, {_seat(one) for one in wanted.viewers})


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


def _replaced(case: str, statements: tuple[Statement, Statement, Statement], there: set[Row], wanted: set[Row]) -> list[Written]:
    _, delete, add = statements
    gone: list[Written] = [
        (delete, {"at_case": case, "at_unit": unit, "at_position": position, "at_person": person})
        for unit, position, person, *_ in there - wanted
    ]
    new: list[Written] = [
        (add, {"case": case, "unit": unit, "position": position, "person": person, "due": due[0] if due else None})
        for unit, position, person, *due in wanted - there
    ]
    return gone + new

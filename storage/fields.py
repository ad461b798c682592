"""What cases are found by of their fields: a row for each value, in the order in which lists walk (see `lists`).

Values are kept as a filter compares them, those alone that somebody may type: a long text is read in the case itself. An act that leaves
the fields as they are writes nothing here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, literal_column, select, tuple_
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert

from storage import tables
from storage.statements import matching
from storage.transaction import Backend, Statement, Transaction, Values
from workflow.model import Case
from workflow.plain import canonical, to_plain
from workflow.vietnamese import nfc

LONGEST = 64
"""Characters of a value that is kept."""

_case, _field = tables.case, tables.case_field
_own = _field.alias("own")
Pair = tuple[str, str]
"""A field's name, and a value of it as text."""


def text_of(value: object) -> str:
    """A field's value as a filter compares it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else nfc(str(value))


def pairs_of(case: Case) -> set[Pair]:
    """What a case is found by: each field that is short enough; of a list its items, of a file its name."""
    found = ((field, text_of(item)) for field, value in to_plain(case.fields).items() for item in _items(value))
    return {(field, text) for field, text in found if len(text) <= LONGEST}


def _items(value: object) -> Iterator[object]:
    several = value if isinstance(value, list) else [value.get("name")] if isinstance(value, Mapping) else [value]
    return (item for item in several if isinstance(item, str | int))


def changes(before: Case | None, after: Case) -> list[tuple[Statement, Values]]:
    """What makes the rows of a case as it was those of it as it is; run once the case is written."""
    if before is None:
        return _written(_ADD, after, pairs_of(after))
    alike = (before.process, before.secret) == (after.process, after.secret)
    if alike and (before.fields is after.fields or before.fields == after.fields):
        return []
    old, new = pairs_of(before), pairs_of(after)
    return [*_written(_REMOVE, before, old - new if alike else old), *_written(_ADD, after, new - old if alike else new)]


def _written(statement: Statement, case: Case, pairs: set[Pair]) -> list[tuple[Statement, Values]]:
    at = {"at_number": case.number, "at_process": case.process, "at_secret": int(case.secret)}
    return [(statement, {**at, "pairs": canonical([list(pair) for pair in sorted(pairs)])})] if pairs else []


def _add(backend: Backend) -> Any:
    items, (field, value) = backend.lists(bindparam("pairs"), 2)
    rows = select(field, value, bindparam("at_process"), bindparam("at_secret"), _case.c.id).select_from(_case, items)
    return sql_insert(_field).from_select(list(_field.columns.keys()), rows.where(_case.c.number == bindparam("at_number")))


def _remove(backend: Backend) -> Any:
    items, (field, value) = backend.lists(bindparam("pairs"), 2)
    of_case = select(_case.c.id).where(_case.c.number == bindparam("at_number")).scalar_subquery()
    own = and_(*matching(_field, "process", "secret"), _field.c.id == of_case)
    return sql_delete(_field).where(own, tuple_(_field.c.field, _field.c.value).in_(select(field, value).select_from(items)))


_ADD, _REMOVE = Statement(_add), Statement(_remove)


# ---- looking for them ------------------------------------------------------------------------------------------------


def asked(fields: Mapping[str, object]) -> list[Pair]:
    """What a filter looks for; empty where a value is longer than what is kept."""
    found = [(field, text_of(value)) for field, value in fields.items()]
    return found if all(len(text) <= LONGEST for _, text in found) else []


def rows(pair: Pair) -> Select[Any]:
    """The cases that have this value, by their id."""
    return select(_field.c.id).where(is_pair(pair))


def is_pair(pair: Pair, table: FromClause = _field) -> ColumnElement[bool]:
    """Whether a row is of this value."""
    return and_(table.c.field == pair[0], table.c.value == pair[1])


def has(pair: Pair) -> ColumnElement[bool]:
    """Whether the case at hand has this value: looked up by its whole key, whatever else a statement asks."""
    its = and_(_own.c.process == _case.c.process, _own.c.secret == _case.c.secret, _own.c.id == _case.c.id)
    return select(literal_column("1")).select_from(_own).where(is_pair(pair, _own), its).limit(1).scalar_subquery().is_not(None)


def _walked() -> Select[Any]:
    """The procedures of which some case has a value: from one to the next, along the key."""
    its = _of_value(_field)
    first = select(select(_field.c.process).where(its).order_by(_field.c.process).limit(1).scalar_subquery().label("process"))
    walk = first.cte(recursive=True)
    later = select(_own.c.process).where(_of_value(_own), _own.c.process > walk.c.process)
    walk = walk.union_all(select(later.order_by(_own.c.process).limit(1).scalar_subquery()).where(walk.c.process.is_not(None)))
    return select(walk.c.process).where(walk.c.process.is_not(None))


def _counted() -> Select[Any]:
    some: Select[Any] = select(literal_column("1")).select_from(_field).where(_of_value(_field)).limit(bindparam("many"))
    return select(func.count()).select_from(some.subquery())


def _of_value(table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.field == bindparam("at_field"), table.c.value == bindparam("at_value"))


_PROCESSES, _COUNT = Statement(lambda _: _walked()), Statement(lambda _: _counted())
"""Put together once: that takes longer than to run them."""


def processes(tx: Transaction, pair: Pair) -> list[str]:
    """The procedures of which some case has this value."""
    return [process for (process,) in tx.rows(_PROCESSES, {"at_field": pair[0], "at_value": pair[1]})]


def count(tx: Transaction, pair: Pair, few: int) -> int:
    """How many cases have this value, counted no further than to more than few."""
    return int(tx.rows(_COUNT, {"at_field": pair[0], "at_value": pair[1], "many": few + 1})[0][0])


# ---- proof -----------------------------------------------------------------------------------------------------------

_ALIKE = """SELECT count(*) = count(r.id) AND count(*) = (SELECT count(*) FROM case_field) FROM ({values}) v LEFT JOIN case_field r
    ON r.field = v.field AND r.value = v.value AND r.process = v.process AND r.secret = v.secret AND r.id = v.id"""
_UNLIKE = """SELECT number FROM "case" WHERE id IN (
    SELECT id FROM ({values} UNION ALL SELECT 0, field, value, process, secret, id FROM case_field) differing
    GROUP BY field, value, process, secret, id HAVING min(said) = max(said))"""


def unlike(tx: Transaction, values: str) -> list[str]:
    """The cases by whose fields they are not found, or by others. `values`: a SELECT of what cases' fields say, each value once. If each
    has its row and there are as many rows as values, nothing differs; only else all of them are sorted to tell where.
    """
    (alike,) = tx.cursor.execute(_ALIKE.format(values=values)).fetchone()
    return [] if alike else [number for (number,) in tx.cursor.execute(_UNLIKE.format(values=values)).fetchall()]

"""Numbers of a series as rows: each is the one after the last."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from storage import tables
from storage.statements import Step, insert, matching, unmoved
from storage.transaction import Backend, Statement
from workflow.model import NumberTaken, SeriesKey

_INSERT_SERIES, _INSERT_NUMBER = insert(tables.series), insert(tables.number)


def _next_number(backend: Backend) -> Any:
    found = sql_update(tables.series).where(*matching(tables.series, "body", "type", "period"))
    return unmoved(backend, found, "last", tables.series.c.last == bindparam("before"))


_NEXT_NUMBER = Statement(_next_number, ["last"])


def series_values(series: SeriesKey, prefix: str = "") -> dict[str, Any]:
    """A series' key as named values."""
    return {f"{prefix}body": series.body, f"{prefix}type": series.type, f"{prefix}period": series.period}


def number_steps(taken: NumberTaken) -> Iterator[Step]:
    """The rows of a number: its series goes on by one, from exactly the number before."""
    key = series_values(taken.series)
    if taken.number == 1:
        yield Step(_INSERT_SERIES, {**key, "last": 1})
    else:
        at = {**series_values(taken.series, "at_"), "before": taken.number - 1, "last": taken.number}
        yield Step(_NEXT_NUMBER, at, once=True)
    yield Step(_INSERT_NUMBER, {**key, "number": taken.number, "case": taken.case or None, "document": taken.document})

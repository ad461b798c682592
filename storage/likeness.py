"""Rows that say something else than the values beside which they stand: what lists, searches and the worker look at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from storage import tables
from storage.loading import many
from storage.statements import of_many
from storage.transaction import Transaction
from storage.writing import LONGEST_SEARCH, rows_of
from workflow.model import CaseFile

_KEYS = {
    "case": (),
    "deadline": ("key",),
    "opinion": ("state", "round", "asked"),
    "document": ("key",),
    "document_event": ("key", "n"),
}
"""Table → what tells the rows of one case in it apart."""
_LEFT_OUT = {"id", "plain"}
"""What the database gives; and the value itself, which the history proves, and which an older program may have written otherwise."""


def _columns(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in tables.metadata.tables[name].columns if column.name not in _LEFT_OUT)


def _select(name: str) -> Any:
    table = tables.metadata.tables[name]
    of_case = table.c.number if name == "case" else table.c.case
    return of_many(lambda among: select(of_case, *(table.c[column] for column in _columns(name))).where(among(of_case)))


_SELECTS = {name: (_columns(name), _select(name)) for name in _KEYS}
Named = tuple[str, tuple[object, ...]]


def unlike(tx: Transaction, files: Mapping[str, CaseFile], numbers: Sequence[str]) -> dict[str, list[str]]:
    """Case → which of its rows are not those of its values, and in what."""
    there: dict[str, dict[Named, dict[str, object]]] = {number: {} for number in numbers}
    for name, (columns, statement) in _SELECTS.items():
        for number, *row in many(tx, statement, numbers):
            values = dict(zip(columns, row, strict=True))
            there[number][name, tuple(values[key] for key in _KEYS[name])] = values
    return {number: list(_differences(files[number], there[number])) for number in numbers if number in files}


def _differences(file: CaseFile, there: Mapping[Named, Mapping[str, object]]) -> Iterator[str]:
    meant = {(name, tuple(values[key] for key in _KEYS[name])): values for name, values in rows_of(file)}
    for at in sorted(meant.keys() | there.keys(), key=str):
        named = " ".join([at[0], *(str(part) for part in at[1])])
        if at not in there or at not in meant:
            yield f"{named}: the row is {'missing' if at in meant else 'of nothing'}"
            continue
        wrong = [column for column in _SELECTS[at[0]][0] if not _same(column, there[at][column], meant[at][column])]
        if wrong:
            yield f"{named}: {', '.join(wrong)}"


def _same(column: str, there: object, meant: object) -> bool:
    """Whether a column says what it should. What a case is found by are words in any order: fields come in the order of their filling."""
    if column != "search" or there == meant:
        return there == meant
    some, others = sorted(str(there).split()), sorted(str(meant).split())
    return some == others or min(len(str(there)), len(str(meant))) > LONGEST_SEARCH // 2  # of so long ones only a part is kept

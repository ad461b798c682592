"""The figures of a period that a case is opened for, as expressions see them, and those of the period before."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from workflow.engine.facts import Facts

FIGURES = ("rows", "cases", "days", "late")
"""What is known of whose the working days were."""
PAPERS = ("issued", "void", "received", "answered", "outgoing", "incoming", "series")
"""What is known of the papers in the registers."""
BEFORE = "before"
SERIES = "series"


class Counts(Mapping[str, int]):
    """How many papers each series gave; one that gave none has none."""

    __slots__ = ("_found",)

    def __init__(self, found: Mapping[str, int]) -> None:
        self._found = found

    def __getitem__(self, key: str) -> int:
        return self._found.get(key, 0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def responsibility(facts: Facts) -> Callable[[str], Any]:
    """Whose the working days of the period were that a case is opened for, so far, and (`before`) of the one before it."""
    return _of_period(facts, facts.figures_of)


def registers(facts: Facts) -> Callable[[str], Any]:
    """How many papers of the period stand in the registers, so far, and (`before`) of the one before it."""

    def counted(first: date, last: date) -> Mapping[str, Any]:
        found = facts.registers_of(first, last)
        return {**found, SERIES: Counts(found.get(SERIES, {}))}

    return _of_period(facts, counted)


def _of_period(facts: Facts, figures: Callable[[date, date], Mapping[str, Any]]) -> Callable[[str], Any]:
    first, last, before = (facts.period[name] for name in ("first", "last", BEFORE))

    def one(name: str) -> Any:
        if name == BEFORE:
            return figures(before, first - timedelta(days=1))
        return figures(first, last)[name]

    return one

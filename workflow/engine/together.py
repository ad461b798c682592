"""What expressions may read of several filled forms together: a case's sub-cases, a round's replies."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from workflow.model import Case, Opinion

V = TypeVar("V")

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""How a number is kept: whole, or a decimal as text."""


def children(cases: tuple[Case, ...]) -> Mapping[str, Any]:
    """`children.…`: how many sub-cases there are, how many are open, how many stand at each state (by its name; a closed
    one stands at its final state), and each field's sum and mean over them.
    """
    states = [one.state for one in cases]
    simple: dict[str, object] = {
        "count": len(cases),
        "open": sum(1 for one in cases if one.open),
        "sum": Every(lambda key: sum_of(cases, key)),
        "mean": Every(lambda key: mean_of(cases, key)),
        "values": Every(lambda key: [one.fields[key] for one in cases if one.fields.get(key) is not None]),
        "rows": Every(lambda key: [row for one in cases for row in one.fields.get(key) or () if isinstance(row, Mapping)]),
    }
    return Every(lambda name: simple[name] if name in simple else states.count(name))


class Every(Mapping[str, V]):
    """A mapping that has every key: what is known by no list (a sub-case's states and fields are another process's)."""

    __slots__ = ("_work_out",)

    def __init__(self, work_out: Callable[[str], V]) -> None:
        self._work_out = work_out

    def __getitem__(self, key: str) -> V:
        return self._work_out(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _numbers(filled: Iterable[Opinion | Case], key: str) -> list[Decimal]:
    """The numbers that a field holds in opinions or cases; another kind of value is none."""
    values = [one.fields.get(key) for one in filled]
    return [Decimal(str(value)) for value in values if value is not None and NUMBER.fullmatch(str(value))]


def sum_of(filled: Iterable[Opinion | Case], key: str) -> Decimal:
    """The sum of a field's numbers; 0 of none."""
    return sum(_numbers(filled, key), Decimal(0))


def mean_of(filled: Iterable[Opinion | Case], key: str) -> Decimal | None:
    """Their mean; None of none."""
    numbers = _numbers(filled, key)
    return sum(numbers, Decimal(0)) / len(numbers) if numbers else None

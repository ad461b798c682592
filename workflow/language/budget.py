"""What one expression may cost: whatever goes through many values or characters spends from a budget first."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
V = TypeVar("V")

BUDGET = 16_000
"""What one expression may spend: about a microsecond or two each, so that the worst takes less than 50 ms."""
TEXT_UNIT = 128
"""So many characters of a text cost as much as one value; so the texts of one expression stay below 16 MiB."""
SORTED_UNIT = 4
"""So many characters cost as much as one value, where they are put into the alphabet's order."""
_TOO_MUCH = "it looks at too many values, or texts that are too long"


class Wrong(Exception):
    """A value can't do what is asked of it; `cause` is an English template filled from `facts`."""

    def __init__(self, cause: str, **facts: object) -> None:
        super().__init__(cause)
        self.cause, self.facts = cause, facts


_LEFT: ContextVar[list[int] | None] = ContextVar("left", default=None)
"""What the expression that is being worked out may still spend; one in another (a computed field) spends with it."""


def within_budget(work: Callable[[V], T], value: V) -> T:
    """What the work makes of the value, while `spend` counts from a full budget; inside of another one, on with what that has
    left. Raises Wrong when it is spent.
    """
    if _LEFT.get() is not None:
        return work(value)
    token = _LEFT.set([BUDGET])
    try:
        return work(value)
    finally:
        _LEFT.reset(token)


def spend(count: int) -> None:
    """Spend from the budget. Raises Wrong when there is not enough left."""
    left = _LEFT.get()
    if left is not None:
        left[0] -= count
        if left[0] < 0:
            raise Wrong(_TOO_MUCH)


def go_through(value: Any) -> None:
    """Spend what it costs to go through a value, before anybody does."""
    if isinstance(value, str):
        spend(1 + len(value) // TEXT_UNIT)
    elif isinstance(value, list | tuple | Mapping):
        spend(1 + len(value))
        for item in value.values() if isinstance(value, Mapping) else value:
            if isinstance(item, str | list | tuple | Mapping):
                go_through(item)

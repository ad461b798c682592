"""What expressions do with values: compare, reckon, filter, and show as text.

Values are None (empty), texts, true/false, whole numbers, Decimals, dates, aware times, lists and mappings. Anything
else that is asked of them is refused with `Wrong`, never done. Numbers stay within ±10^15, texts within 100,000
characters, so that no expression can use up the machine.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Protocol, Self

from workflow.errors import NotFound, WrongValue
from workflow.language.budget import SORTED_UNIT, Wrong, go_through, spend
from workflow.vietnamese import sort_key

LARGEST = 10**15
LONGEST = 100_000

_MATH = Context(prec=28)

_EMPTY = "a value in it is empty"
_MIXED = "{left} can't be compared with {right}"
_NO_NUMBER = "{value} is no number"
_BEYOND = "a number in it is beyond 10^15"
_TOO_LONG = "a text in it is longer than 100,000 characters"
_BY_ZERO = "it divides by zero"
_NO_LIST = "{value} is no list"
_NO_PART = "{value} has no '{part}'"
_NO_TEXT = "{value} is no text"
_NO_AMOUNT = "'{amount}' is no amount of time such as '5 working days'"
_NO_DATE = "an amount of time can be added to a date only, not to {value}"
_NO_DAYS = "working days are counted between two dates only, not from {value} to {argument}"

A_YEAR = 100
"""What it costs to look at a year's days."""

Add = Callable[[date | datetime, str], date | datetime]
"""A date or time, moved by an amount such as "5 working days" or "-3 days"."""

Count = Callable[[date, date], int]
"""The working days from one date to another, both included."""


class Days(Protocol):
    """The office's calendar, as filters need it."""

    @property
    def add(self) -> Add:
        """How it moves a date."""

    @property
    def count(self) -> Count:
        """How it counts working days."""


class Ref(str):
    """The key of a unit, a person or a case that also carries named attributes (its title, its kind …).

    It equals and hashes as its text; in an expression, `x.title` looks into `attributes`.
    """

    __slots__ = ("attributes",)

    attributes: Mapping[str, object]

    def __new__(cls, key: str, attributes: Mapping[str, object] | None = None) -> Self:
        """The key `key` with these attributes."""
        made = super().__new__(cls, key)
        made.attributes = attributes or {}
        return made


def shown(value: object) -> str:
    """A value as an error names it."""
    text = as_text(value)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"  # noqa: PLR2004 - a line's worth


# ---- looking up ----------------------------------------------------------------------------------------------------


def part(value: Any, key: Any) -> Any:
    """`value.key` or `value[key]`: of a mapping, a Ref's attributes, a list by number. What is not there is empty."""
    if value is None or key is None:
        return None
    if isinstance(key, str):
        if isinstance(value, Mapping):
            return value.get(key)
        if isinstance(value, Ref):
            return value.attributes.get(key)
    if isinstance(value, list | tuple) and type(key) is int:
        return value[key] if -len(value) <= key < len(value) else None
    raise Wrong(_NO_PART, value=shown(value), part=as_text(key))


def is_empty(value: Any) -> bool:
    """Whether there is nothing: none, a text without characters, a list or mapping without items."""
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


# ---- comparing -----------------------------------------------------------------------------------------------------


def equal(left: Any, right: Any) -> bool:
    """`==`; false if either is empty. Values of different kinds differ."""
    if left is None or right is None:
        return False
    left, right = _alike(left, right)
    go_through(left)
    return isinstance(left, bool) is isinstance(right, bool) and bool(left == right)


def unequal(left: Any, right: Any) -> bool:
    """`!=`; false if either is empty."""
    return left is not None and right is not None and not equal(left, right)


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 as `left` is before, equal to or after `right`; None if either is empty. Texts go by the Vietnamese
    alphabet (a ă â b … d đ e ê …), tones second.
    """
    if left is None or right is None:
        return None
    one, other = _alike(left, right)
    if not any(isinstance(one, kind) and isinstance(other, kind) for kind in _ORDERED) or isinstance(one, bool) or isinstance(other, bool):
        raise Wrong(_MIXED, left=shown(left), right=shown(right))
    if isinstance(one, str):
        spend((len(one) + len(other)) // SORTED_UNIT)
        one, other = sort_key(one), sort_key(other)
    return int(one > other) - int(one < other)


_ORDERED: tuple[Any, ...] = ((int, Decimal), str, date)


def contains(container: Any, value: Any) -> bool | None:
    """`value in container`: of a list, a mapping's keys, or a text in a text; None if either is empty."""
    if container is None or value is None:
        return None
    go_through(container)
    if isinstance(container, str):
        return text(value) in container
    if not isinstance(container, list | tuple | Mapping):
        raise Wrong(_NO_LIST, value=shown(container))
    return any(equal(value, item) for item in container)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """A date and a time compare by date; a date and a text by the date that the text writes (2026-12-31)."""
    if type(left) is type(right):
        return left, right
    if isinstance(left, date) is not isinstance(right, date):
        return _dated(left), _dated(right)
    if isinstance(left, datetime) is not isinstance(right, datetime):
        return _day(left), _day(right)
    return left, right


def _dated(value: Any) -> Any:
    if not isinstance(value, str):
        return _day(value)
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


# ---- reckoning -----------------------------------------------------------------------------------------------------


def number(value: Any) -> int | Decimal:
    """A number within bounds; empty and everything else is refused."""
    if value is None:
        raise Wrong(_EMPTY)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if -LARGEST <= value <= LARGEST:
            return value
        raise Wrong(_BEYOND)
    raise Wrong(_NO_NUMBER, value=shown(value))


def text(value: Any) -> str:
    """A text; everything else is refused."""
    if not isinstance(value, str):
        raise Wrong(_NO_TEXT, value=shown(value))
    return value


def add(left: Any, right: Any) -> Any:
    """`+`: of two numbers, or two texts."""
    if isinstance(left, str) and isinstance(right, str):
        return joined([left, right])
    return _reckon(left, right, _MATH.add)


def subtract(left: Any, right: Any) -> Any:
    """`-` of two numbers."""
    return _reckon(left, right, _MATH.subtract)


def multiply(left: Any, right: Any) -> Any:
    """`*` of two numbers."""
    return _reckon(left, right, _MATH.multiply)


def divide(left: Any, right: Any) -> Any:
    """`/` of two numbers."""
    return _reckon(left, _divisor(right), _MATH.divide)


def remainder(left: Any, right: Any) -> Any:
    """`%` of two numbers; it has the sign of the left one."""
    return _reckon(left, _divisor(right), _MATH.remainder)


def _divisor(value: Any) -> int | Decimal:
    if number(value) == 0:
        raise Wrong(_BY_ZERO)
    return number(value)


def _reckon(left: Any, right: Any, operation: Callable[[Decimal, Decimal], Decimal]) -> int | Decimal:
    """In decimals of 28 digits; what comes out whole is a whole number."""
    try:
        found = number(operation(Decimal(number(left)), Decimal(number(right))))
    except InvalidOperation:  # a remainder whose quotient has more digits than we keep
        raise Wrong(_BEYOND) from None
    return int(found) if found == int(found) else found


def joined(values: Iterable[Any]) -> str:
    """`~`: the values as text, one after the other; empty ones are nothing."""
    made = "".join(_spent_text(value) for value in values)
    if len(made) > LONGEST:
        raise Wrong(_TOO_LONG)
    return made


def _spent_text(value: Any) -> str:
    go_through(value)
    return as_text(value)


# ---- filters -------------------------------------------------------------------------------------------------------


def _length(value: Any, column: Any, _days: Days) -> int:
    """How many characters, items or rows; of a table's column, how many rows fill it."""
    if column is not None:
        return len(_items(value, column))
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    if value is None:
        return 0
    raise Wrong(_NO_LIST, value=shown(value))


def _items(value: Any, column: Any) -> Sequence[Any]:
    """A list's items that are not empty; of a table's rows, those of one column."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise Wrong(_NO_LIST, value=shown(value))
    spend(len(value))
    found = value if column is None else [part(row, column) for row in value]
    return [item for item in found if item is not None]


def _sum(value: Any, argument: Any, _days: Days) -> Any:
    total: Any = 0
    for item in _items(value, argument):
        total = _reckon(total, item, _MATH.add)
    return total


def _min(value: Any, argument: Any, _days: Days) -> Any:
    return _furthest(_items(value, argument), -1)


def _max(value: Any, argument: Any, _days: Days) -> Any:
    return _furthest(_items(value, argument), 1)


def _furthest(items: Sequence[Any], way: int) -> Any:
    best = None
    for item in items:
        if best is None or order(item, best) == way:
            best = item
    return best


def _lower(value: Any, _argument: Any, _days: Days) -> str | None:
    if value is None:
        return None
    go_through(text(value))
    return text(value).lower()


def _plus(value: Any, argument: Any, days: Days) -> Any:
    return _moved(value, argument, days) if isinstance(argument, str) else add(value, argument)


def _minus(value: Any, argument: Any, days: Days) -> Any:
    return _moved(value, _back(argument), days) if isinstance(argument, str) else subtract(value, argument)


def _moved(value: Any, amount: str, days: Days) -> date | datetime:
    if value is None:
        raise Wrong(_EMPTY)
    if not isinstance(value, date):
        raise Wrong(_NO_DATE, value=shown(value))
    try:
        return days.add(value, amount)
    except (WrongValue, NotFound, ValueError, OverflowError):
        raise Wrong(_NO_AMOUNT, amount=amount) from None


def _back(amount: str) -> str:
    amount = amount.strip()
    return amount[1:].lstrip() if amount.startswith("-") else f"-{amount}"


def _working_days(value: Any, argument: Any, days: Days) -> int:
    """The working days from one date to another, both counted; none if the second is earlier."""
    first, last = _day(_dated(value)), _day(_dated(argument))
    if first is None or last is None:
        raise Wrong(_EMPTY)
    if not isinstance(first, date) or not isinstance(last, date):
        raise Wrong(_NO_DAYS, value=shown(value), argument=shown(argument))
    spend(A_YEAR * (1 + abs(last.year - first.year)))
    try:
        return days.count(first, last)
    except (WrongValue, OverflowError):
        raise Wrong(_NO_DAYS, value=shown(value), argument=shown(argument)) from None


def _default(value: Any, argument: Any, _days: Days) -> Any:
    return argument if is_empty(value) else value


FILTERS: dict[str, Callable[[Any, Any, Days], Any]] = {
    "length": _length,
    "sum": _sum,
    "min": _min,
    "max": _max,
    "lower": _lower,
    "plus": _plus,
    "minus": _minus,
    "working_days": _working_days,
    "default": _default,
}
"""Filter → what it does with a value, its argument (None if there is none) and the office's calendar."""


# ---- as text -------------------------------------------------------------------------------------------------------


def as_text(value: Any) -> str:
    """A value as official papers write it: dates dd/mm/yyyy, a decimal comma, a unit or person by its title, a list
    joined by commas, nothing for an empty value.
    """
    if isinstance(value, Ref):
        return str(value.attributes.get("title") or value)
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    if isinstance(value, Mapping):
        return as_text(value.get("title") or value.get("name"))
    if isinstance(value, list | tuple):
        return ", ".join(map(as_text, value))
    return "" if value is None else str(value)

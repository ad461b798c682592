"""The filters that templates have, and how a value is printed."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from workflow.phrases import Said
from workflow.vietnamese import decimal_text

ZONE = "Asia/Ho_Chi_Minh"
"""Times in facts are UTC; papers are dated in the office's zone (`office.zone` in the facts, else Việt Nam's)."""


def printed(value: Any) -> str:
    """A value as text: nothing for none, an object by its title (a file by its name), several joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, float | Decimal):
        return number(value)
    if isinstance(value, Mapping):
        return _named(value)
    if isinstance(value, list | tuple):
        return ", ".join(printed(item) for item in value)
    if isinstance(value, str | int):
        return str(value)
    msg = f"what is no value ({type(value).__name__}) can't be printed"
    raise TypeError(msg)


def _named(value: Mapping[str, Any]) -> str:
    for key in ("title", "name"):
        if isinstance(value.get(key), str):
            return str(value[key])
    msg = f"an object without a title can't be printed; name one of its values: {', '.join(map(str, value))}"
    raise ValueError(msg)


def day(value: Any, zone: str = ZONE) -> date:
    """The day of an ISO date or time. Raises ValueError for what is none."""
    text = printed(value)
    try:
        if len(text) == len("2026-11-20"):
            return date.fromisoformat(text)
        return moment(text, zone).date()
    except ValueError:
        raise ValueError(_wrong("{value} is no date (such as 2026-11-20)", text, "date")) from None


def _wrong(template: str, text: str, kind: str) -> Said:
    """Why a filter can't print a text; an empty one is the commonest."""
    if not text:
        return Said("the value for '{filter}' is empty; write an 'if' around it, or a 'default' before", filter=kind)
    return Said(template, value=f"'{text}'")


def moment(value: str, zone: str = ZONE) -> datetime:
    """An ISO time in the office's zone; one without a zone is taken as UTC."""
    found = datetime.fromisoformat(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))


def number(value: Any, digits: int | None = None) -> str:
    """A number as Vietnamese writes it: `1.234,5`; rounded to `digits` decimals if told."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(_wrong("{value} is no number", printed(value), "number")) from None
    return decimal_text(found if digits is None else found.quantize(Decimal(1).scaleb(-digits)))


def total(values: Iterable[Any]) -> int | Decimal:
    """The sum of integers and of decimals written as text; empty ones count nothing."""
    found = sum((Decimal(str(value)) for value in values if value is not None and value != ""), Decimal(0))
    return int(found) if found == found.to_integral_value() else found


_DIGITS = re.compile(r"([0-9]+)")


def natural(rows: Iterable[Any], column: str) -> list[Any]:
    """Rows in the order of a column as people count: "Điều 2" before "Điều 10"; what is empty comes last, equals stay in order."""

    def place(row: Any) -> tuple[bool, list[tuple[int, int, str]]]:
        text = printed(row.get(column) if isinstance(row, Mapping) else row).strip().casefold()
        parts = [part for part in _DIGITS.split(text) if part]
        return not text, [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]

    return sorted(rows, key=place)

"""Values of fields: from what people type to plain JSON, and from plain JSON to what expressions compare.

Plain forms are those of `workflow.model`; every error names the field, the value and what is expected.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from operator import gt, lt
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from workflow.errors import WrongValue, nearest
from workflow.language.budget import spend
from workflow.language.expression import Ref
from workflow.language.patterns import matches
from workflow.language.process import FieldType
from workflow.plain import instant
from workflow.vietnamese import nfc

Attributes = Callable[[str], Mapping[str, object] | None]
"""A unit's or person's key → its attributes; None if there is none."""

YES = frozenset({"yes", "true", "1", "có", "co", "đúng"})
NO = frozenset({"no", "false", "0", "không", "khong", "sai"})
LONGEST = 100_000
"""Characters of a text at most."""
MOST_ITEMS = 2_000
"""Items of a list, rows of a table at most."""
LARGEST = 10**15
"""Whole numbers lie below it, as those of expressions do."""
DIGITS = 18
"""Digits of a decimal at most, before the comma and after it."""

_FINEST, _ROUNDING = Decimal(1).scaleb(-DIGITS), Context(prec=2 * DIGITS + 10, rounding=ROUND_HALF_UP)

_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", re.ASCII)
"""A Vietnamese number: a decimal comma, dots between thousands (domain: 1.234,5)."""


class Known(Struct, frozen=True, kw_only=True):
    """What values may refer to."""

    units: Mapping[str, object]
    persons: Mapping[str, object]
    zone: ZoneInfo
    unit: Attributes
    person: Attributes


def parse(kind: FieldType, raw: object, known: Known) -> Any:
    """The plain value of what was typed (text) or given (plain). Raises WrongValue; None and a blank text empty the field."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    value = _PARSERS[kind.type](kind, raw, known)
    _bounds(kind, value, raw, known)
    return value


def _wrong(kind: FieldType, raw: object, expected: str, **limits: object) -> WrongValue:
    return WrongValue(field=kind.key, value=raw, expected=expected, **limits)


def _text(kind: FieldType, raw: object, known: Known) -> str:  # noqa: ARG001 - one signature for all parsers
    if not isinstance(raw, str):
        raise _wrong(kind, raw, "a text")
    text = nfc(raw).strip()
    if len(text) > LONGEST:
        raise _wrong(kind, text[:20] + "…", "a text of at most {limit} characters", limit=LONGEST)
    if kind.type == "text" and "\n" in text:
        raise _wrong(kind, raw, "a text of one line")
    if kind.pattern and not matches(kind.pattern, text):
        raise _wrong(kind, raw, "of the form {pattern}", pattern=kind.pattern)
    return text


def _integer(kind: FieldType, raw: object, known: Known) -> int:  # noqa: ARG001
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < LARGEST:
        return raw
    if isinstance(raw, str) and re.fullmatch(r"[+-]?\d{1,15}", raw.strip(), re.ASCII):
        return int(raw)
    raise _wrong(kind, raw, "a whole number")


def _decimal(kind: FieldType, raw: object, known: Known) -> str:  # noqa: ARG001
    text = str(raw).strip() if not isinstance(raw, bool) else ""
    if _COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _wrong(kind, raw, "a number") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(number) >= Decimal(10) ** DIGITS or exponent < -DIGITS:
        raise _wrong(kind, raw, "a number below 10^{digits} with at most {digits} decimals", digits=DIGITS)
    return format(number, "f")


def _date(kind: FieldType, raw: object, known: Known) -> str:  # noqa: ARG001
    if isinstance(raw, str):
        text = raw.strip()
        for pattern in (r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})", r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"):
            if found := re.fullmatch(pattern, text, re.ASCII):
                try:
                    return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
                except ValueError:
                    break
    raise _wrong(kind, raw, "a date such as 2026-12-31 or 31/12/2026")


def _datetime(kind: FieldType, raw: object, known: Known) -> str:
    try:
        moment = datetime.fromisoformat(str(raw).strip())
        return instant(moment if moment.tzinfo else moment.replace(tzinfo=known.zone))
    except (ValueError, OverflowError):
        raise _wrong(kind, raw, "a time such as 2026-12-31 08:00") from None


def _yes_no(kind: FieldType, raw: object, known: Known) -> bool:  # noqa: ARG001
    if isinstance(raw, bool):
        return raw
    word = nfc(str(raw)).strip().lower()
    if word in YES | NO:
        return word in YES
    raise _wrong(kind, raw, "yes or no")


def _one_of(kind: FieldType, raw: object, options: Mapping[str, object], what: str) -> str:
    word = nfc(str(raw)).strip()
    if word in options:
        return word
    near = nearest(word, options)
    shown = ", ".join(list(options)[:12]) + (" …" if len(options) > 12 else "")  # noqa: PLR2004 - a line's worth
    raise _wrong(kind, raw, what + (" (did you mean {near!r}? known: {known})" if near else " (known: {known})"), near=near, known=shown)


def _choice(kind: FieldType, raw: object, known: Known) -> str:  # noqa: ARG001
    options, word = dict(kind.choices), nfc(str(raw)).strip()
    by_title = {title.vi: key for key, title in kind.choices} | {title.en: key for key, title in kind.choices}
    return _one_of(kind, word if word in options else by_title.get(word, word), options, "one of its choices")


def _unit(kind: FieldType, raw: object, known: Known) -> str:
    return _one_of(kind, raw, known.units, "a unit")


def _person(kind: FieldType, raw: object, known: Known) -> str:
    return _one_of(kind, raw, known.persons, "a person")


def _case(kind: FieldType, raw: object, known: Known) -> str:
    return _text(kind, raw, known)


def _file(kind: FieldType, raw: object, known: Known) -> dict[str, Any]:  # noqa: ARG001
    if isinstance(raw, Mapping) and {"name", "hash", "size"} <= set(raw):
        return {"name": nfc(str(raw["name"])), "hash": str(raw["hash"]), "size": int(raw["size"])}
    raise _wrong(kind, raw, "a file; give it as {key}=@FILE", key=kind.key)


def _several(one: Callable[[FieldType, object, Known], Any]) -> Callable[[FieldType, object, Known], list[Any]]:
    def parse_several(kind: FieldType, raw: object, known: Known) -> list[Any]:
        items = raw if isinstance(raw, list | tuple) else [part for part in str(raw).split(",") if part.strip()]
        items = [raw] if isinstance(raw, Mapping) else items
        if len(items) > MOST_ITEMS:
            raise _wrong(kind, len(items), "a list of at most {limit} items", limit=MOST_ITEMS)
        found = [one(kind, item, known) for item in items]
        return [item for at, item in enumerate(found) if item not in found[:at]]

    return parse_several


def _table(kind: FieldType, raw: object, known: Known) -> list[dict[str, Any]]:
    rows = raw
    if isinstance(raw, str):
        rows = [[cell.strip() for cell in line.split("|")] for line in raw.split(";;") if line.strip()]
    if not isinstance(rows, list | tuple):
        raise _wrong(kind, raw, "a table: rows parted by ';;', cells by '|'")
    if len(rows) > MOST_ITEMS:
        raise _wrong(kind, len(rows), "a table of at most {limit} rows (put a longer one into a file)", limit=MOST_ITEMS)
    return [_row(kind, row, known) for row in rows]


def _row(kind: FieldType, row: object, known: Known) -> dict[str, Any]:
    columns = {column.key: column for column in kind.columns}
    if isinstance(row, list | tuple):
        if len(row) > len(columns):
            row = " | ".join(map(str, row))
            raise _wrong(kind, row, "a row of at most {count} cells ({columns})", count=len(columns), columns=", ".join(columns))
        row = dict(zip(columns, row, strict=False))
    if not isinstance(row, Mapping) or not set(row) <= set(columns):
        raise _wrong(kind, row, "a row with the columns {columns}", columns=", ".join(columns))
    return {key: _cell(column, row.get(key), known) for key, column in columns.items()}


def _cell(column: FieldType, raw: object, known: Known) -> Any:
    """A cell's value; one that is left empty has its column's default."""
    value = parse(column, raw, known)
    value = column.default if value is None else value
    if column.required and value in (None, [], {}):
        raise _wrong(column, raw or "", "filled in every row")
    return value


_PARSERS: dict[str, Callable[[FieldType, object, Known], Any]] = {
    "text": _text,
    "note": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "datetime": _datetime,
    "yes-no": _yes_no,
    "choice": _choice,
    "choices": _several(_choice),
    "unit": _unit,
    "units": _several(_unit),
    "person": _person,
    "persons": _several(_person),
    "case": _case,
    "cases": _several(_case),
    "file": _file,
    "files": _several(_file),
    "table": _table,
}
TYPES = tuple(_PARSERS)
"""The types of fields, as written in YAML."""

_SIZED = frozenset({"text", "note", "choices", "units", "persons", "cases", "files", "table"})


def _bounds(kind: FieldType, value: Any, raw: object, known: Known) -> None:
    for bound, beyond, word in ((kind.min, lt, "least"), (kind.max, gt, "most")):
        if bound is None:
            continue
        if kind.type in _SIZED:
            if beyond(len(value), int(bound)):
                what = "characters" if isinstance(value, str) else "items"
                raise _wrong(kind, raw, f"at {word} {{bound}} {what} long ({{count}} now)", bound=bound, count=len(value))
        elif beyond(_comparable(kind, value), _comparable(kind, _PARSERS[kind.type](kind, bound, known))):
            raise _wrong(kind, raw, f"at {word} {{bound}}", bound=bound)


def _comparable(kind: FieldType, value: Any) -> Any:
    """Plain dates and times sort as texts."""
    return value if kind.type in {"date", "datetime"} else Decimal(value)


# ---- from plain to what expressions compare ------------------------------------------------------------------------


SEEN_AS_KEPT = frozenset({"text", "note", "integer", "yes-no", "choice", "case", "file"})
"""The types whose plain values are what expressions see."""


def typed(kind: FieldType, value: Any, known: Known) -> Any:
    """The value that expressions see: dates as dates, decimals as Decimal, units and persons as `Ref`."""
    if value is None:
        return None
    if kind.type in {"choices", "units", "persons", "cases", "files"}:
        spend(len(value))
        return [_typed_one(kind, item, known) for item in value]
    if kind.type == "table":
        spend(len(value) * len(kind.columns))
        return [{column.key: typed(column, row.get(column.key), known) for column in kind.columns} for row in value]
    return _typed_one(kind, value, known)


def _typed_one(kind: FieldType, value: Any, known: Known) -> Any:
    match kind.type:
        case "decimal":
            return Decimal(value)
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            return datetime.fromisoformat(value).astimezone(known.zone)
        case "unit" | "units":
            return Ref(value, known.unit(value) or {})
        case "person" | "persons":
            return Ref(value, known.person(value) or {})
    return value


def _kept(value: Decimal) -> Decimal:
    """A decimal with at most DIGITS decimals: thirds have no end."""
    exponent = value.as_tuple().exponent
    return value.quantize(_FINEST, context=_ROUNDING).normalize(_ROUNDING) if isinstance(exponent, int) and exponent < -DIGITS else value


def plain(kind: FieldType, value: Any) -> Any:
    """The plain form of what an expression gave (for `sets`, computed fields); the inverse of `typed`. What a division
    leaves beyond the digits that are kept is rounded off.
    """
    if isinstance(value, Ref):
        return str(value)
    if isinstance(value, datetime):
        return instant(value) if kind.type == "datetime" else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if kind.type == "integer" and value == value.to_integral_value() else format(_kept(value), "f")
    if isinstance(value, Mapping):
        columns = {column.key: column for column in kind.columns}
        return {key: plain(columns.get(key, kind), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(kind, item) for item in value]
    return value

"""The parts of a compiled procedure as their file says them: short enough to stand beside each other."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from workflow.language.process import (
    Also,
    Amount,
    Becomes,
    Branch,
    DocumentType,
    Expr,
    FieldType,
    Guard,
    Moment,
    Notify,
    Opens,
    Point,
    PointKind,
    Right,
    Rung,
    Series,
    Text,
    Title,
)

Say = Callable[[Any, str], str]


def said(value: Any, language: str) -> str:
    """A value in words; '' for none."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {said(one, language)}" for key, one in value.items())
    if isinstance(value, tuple | list):
        return _many(value, language)
    return _SAYS.get(type(value), _plain)(value, language)


def _plain(value: Any, _language: str) -> str:
    return str(value)


def _many(value: Any, language: str) -> str:
    """A list; one of pairs is what is set to what."""
    words = [_pair(one, language) if _is_pair(one) else said(one, language) for one in value]
    return ("; " if any(", " in word or ": " in word for word in words) else ", ").join(words)


def _is_pair(one: Any) -> bool:
    return isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str) and not isinstance(one[1], str)  # noqa: PLR2004 - a pair


def _pair(one: Any, language: str) -> str:
    key, value = one
    return key if isinstance(value, Title) and value.to(language) == key else f"{key}: {said(value, language)}"


def _text(value: Text, language: str) -> str:
    holes = [*(f"{{{{ {said(hole, language)} }}}}" for hole in value.holes), ""]
    return "".join(literal + hole for literal, hole in zip(value.literals, holes, strict=True))


def _moment(value: Moment, language: str) -> str:
    if value.source:
        return value.source
    if value.branches:
        return "; ".join(_when(said(one.then, language), one.when, language) for one in value.branches)
    if value.among:
        return f"{value.pick}: {', '.join(said(one, language) for one in value.among)}"
    point = said(value.point, language)
    if value.amount is None:
        return point
    return f"{said(value.amount, language)} {'before' if value.before else 'after'} {point}"


def _point(value: Point, language: str) -> str:
    match value.kind:
        case PointKind.ACTION | PointKind.END_OF:
            return f"{'end of ' if value.kind is PointKind.END_OF else ''}{value.name}"
        case PointKind.VALUE:
            return said(value.value, language)
        case PointKind.YEARLY | PointKind.MONTHLY | PointKind.WEEKLY:
            return " ".join(str(one) for one in (value.kind.value, value.day, value.month, value.at) if one)
    return str(value.kind.value)


def _amount(value: Amount, language: str) -> str:
    number = str(value.number) if value.value is None else said(value.value, language)
    return f"{'exactly ' if value.exactly else ''}{number} {value.unit.value}{f' by {value.calendar}' if value.calendar else ''}"


def _when(text: str, when: Expr | None, language: str) -> str:
    return text if when is None else f"{text} when {said(when, language)}"


def _branch(value: Branch, language: str) -> str:
    extra = [f"{key} {said(one, language)}" for key, one in effects_of(value.effects).items() if one]
    return " + ".join([_when(value.to, value.when, language), *extra])


def _rung(value: Rung, language: str) -> str:
    return f"{said(value.at, language)}: {', '.join(f'{key} {said(one, language)}' for key, one in rung_does(value).items() if one)}"


def _notify(value: Notify, language: str) -> str:
    return said(value.who, language) + (f" “{said(value.text, language)}”" if value.text is not None else "")


def _opens(value: Opens, language: str) -> str:
    each = f" for each {said(value.for_each, language)}" if value.for_each is not None else ""
    shares = "".join(f" {one.field}: {one.written}" for one in value.shares)
    return f"{value.process}/{value.start}{each} {said(value.fields, language)}{shares}".strip()


def _also(value: Also, language: str) -> str:
    return f"{value.do} @ {said(value.case, language)} {said(value.fields, language)}".strip()


def _field(value: FieldType, language: str) -> str:
    return f"{value.key}: {', '.join(f'{key} {said(one, language)}' for key, one in field_aspects(value).items() if one)}"


def rung_does(rung: Rung) -> dict[str, Any]:
    """What a rung does, by its keys."""
    return {name: getattr(rung, name) for name in ("notifies", "drafts", "issues", "do", "repeat", "urgent")}


def effects_of(effects: Any) -> dict[str, Any]:
    """What an effect does, by its keys."""
    names = ("sets", "assigns", "drafts", "issues", "notifies", "opens", "also", "becomes", "stops", "resumes", "restarts")
    return {name: getattr(effects, name) for name in names}


def field_aspects(field: FieldType) -> dict[str, Any]:
    """What is said of a field, by its keys."""
    names = ("title", "type", "required", "default", "min", "max", "pattern", "help", "choices", "columns", "computed")
    return {name: getattr(field, name) for name in names}


_SAYS: dict[type, Say] = {
    Title: lambda value, language: str(value.to(language)),
    Expr: lambda value, _: value.source,
    Text: _text,
    Moment: _moment,
    Point: _point,
    Amount: _amount,
    Branch: _branch,
    Rung: _rung,
    Notify: _notify,
    Opens: _opens,
    Also: _also,
    Becomes: lambda value, _: f"{value.process}/{value.state}",
    Guard: lambda value, language: said(value.when, language),
    FieldType: _field,
    Right: lambda value, language: f"{said(value.who, language)}{f': {said(value.fields, language)}' if value.fields else ''}",
    Series: lambda value, language: f"per {value.per}, {said(value.period, language)}",
    DocumentType: lambda value, _: value.title,
    Decimal: _plain,
}

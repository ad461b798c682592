"""What a process declares before anything happens: fields, roles, documents, groups, its numbers."""

import re
from collections.abc import Iterator
from decimal import Decimal
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from workflow.authoring import problems as p
from workflow.authoring.parse_expression import constant
from workflow.authoring.read import Node
from workflow.authoring.reading import Reading, Use, flag, items, pairs, plain, word
from workflow.documents import SUFFIX
from workflow.errors import WrongValue
from workflow.language.patterns import wrong_in
from workflow.language.process import DocumentRule, Expr, FieldType, Role, Title, Who
from workflow.language.values import TYPES, Known, parse

CHOICES = frozenset({"choice", "choices"})
NUMBERS = frozenset({"integer", "decimal"})

_COLUMN_TYPES = tuple(kind for kind in TYPES if kind not in {"table", "file", "files"})
_UNBOUND = frozenset({"yes-no", "choice", "unit", "person", "case", "file"})
_MEANINGFUL = {
    "choices": CHOICES,
    "columns": frozenset({"table"}),
    "pattern": frozenset({"text", "note"}),
    "min": frozenset(TYPES) - _UNBOUND,
    "max": frozenset(TYPES) - _UNBOUND,
}
_UNIT_EXPRESSION = re.compile(r"asked|(?:fields|case|old)\b.*")
_SINGLE = {"integer": int, "yes-no": bool}
_BOUNDS = {
    "decimal": ("decimal", "a number"),
    "date": ("date", "a date such as 2026-12-31 or 31/12/2026"),
    "datetime": ("datetime", "a time such as 2026-12-31 08:00"),
}
"""The kinds whose bounds are no whole numbers: what a bound is read as, and what it is called."""
_ANYWHERE = Known(units={}, persons={}, zone=ZoneInfo("UTC"), unit=lambda _: {}, person=lambda _: {})
"""What bounds refer to: nothing."""
_WAYS = ("unit", "assigned", "did", "person", "superior_of", "any")


# ---- fields --------------------------------------------------------------------------------------------------------


def fields(reading: Reading, node: Node | None, types: tuple[str, ...] = TYPES) -> tuple[FieldType, ...]:
    """The fields of a process, or the columns of a table."""
    return tuple(_field(reading, key, value, types) for key, value in pairs(node) if value.is_mapping)


def _field(reading: Reading, key: Node, node: Node, types: tuple[str, ...]) -> FieldType:
    kind, type_node = word(node.get("type")), node.get("type")
    if type_node is not None and kind and kind not in types:
        reading.problems.append(p.WRONG_WORD.meant(type_node.place, kind, types))
        kind = ""
    found = FieldType(
        key=key.text,
        type=kind,
        title=reading.title(node.get("title"), key.text),
        required=flag(node.get("required")),
        default=plain(default.plain()) if (default := node.get("default")) else None,
        min=plain(low.value) if (low := node.get("min")) else None,
        max=plain(high.value) if (high := node.get("max")) else None,
        pattern=_pattern(reading, node.get("pattern")),
        help=word(node.get("help")),
        choices=_choices(reading, node.get("choices")),
        columns=fields(reading, node.get("columns"), _COLUMN_TYPES),
        computed=_computed(reading, node.get("computed")),
    )
    if kind:
        _fits(reading, key, node, found)
        wrong = list(_bounds(reading, node, found))
        return replace(found, **dict.fromkeys(wrong)) if wrong else found  # what is looked at next may rely on them
    return found


def _computed(reading: Reading, node: Node | None) -> Expr | None:
    """What the field is worked out from; it sees the case as it is, whoever looks."""
    if node is None or node.is_empty:
        return None
    with reading.naming("computed"):
        return reading.expr(node)


def _choices(reading: Reading, node: Node | None) -> tuple[tuple[str, Title], ...]:
    if node is not None and node.is_mapping:
        return tuple((key.text, reading.title(title, key.text)) for key, title in node.pairs)
    return tuple((item.text, Title(vi=item.text, en=item.text)) for item in items(node) if item.text)


def _pattern(reading: Reading, node: Node | None) -> str:
    cause = wrong_in(word(node)) if word(node) else ""
    if node is not None and cause:
        reading.wrong(p.BAD_PATTERN, node.place, word=node.text, cause=cause)
    return "" if cause else word(node)


def _fits(reading: Reading, key: Node, node: Node, found: FieldType) -> None:
    """What is said of a field must mean something for its type."""
    for name, types in _MEANINGFUL.items():
        if (named := node.key(name)) and found.type not in types:
            reading.wrong(p.NOT_FOR_TYPE, named.place, key=name, type=found.type)
    if found.type in CHOICES and not found.choices:
        reading.wrong(p.NO_CHOICES, key.place, type=found.type)
    if found.type == "table" and not found.columns:
        reading.wrong(p.NO_COLUMNS, key.place)
    for name in ("default", "required"):
        if found.computed is not None and (named := node.key(name)):
            reading.wrong(p.COMPUTED_FILLED, named.place, word=found.key)
    if default := node.get("default"):
        for item in default.as_list():
            _default(reading, item, found)


def _bounds(reading: Reading, node: Node, kind: FieldType) -> Iterator[str]:
    """Which bounds are not of the field's own kind (of what has a length: whole numbers), or leave nothing between them."""
    known: dict[str, Any] = {}
    for name in ("min", "max"):
        bound = node.get(name)
        if bound is None or not bound.is_scalar or bound.is_empty or kind.type not in _MEANINGFUL[name]:
            continue
        named, expected = _BOUNDS.get(kind.type, ("integer", "a whole number"))
        try:
            found = parse(FieldType(key="", type=named, title=kind.title), plain(bound.value), _ANYWHERE)
        except WrongValue:
            reading.wrong(p.WRONG_KIND, bound.place, expected=expected, found=f"'{bound.text}'")
            yield name
            continue
        known[name] = found if named in {"date", "datetime"} else Decimal(found)
        if "min" in known and known["min"] > known[name]:
            reading.wrong(p.WRONG_KIND, bound.place, expected="a bound that is not below `min`", found=f"'{bound.text}'")
            yield name


def _default(reading: Reading, item: Node, kind: FieldType) -> None:
    if kind.type in CHOICES and item.text not in (known := [choice for choice, _ in kind.choices]):
        reading.wrong(p.BAD_DEFAULT, item.place, word=item.text, type=kind.type, hint=", ".join(known))
    elif kind.type in _SINGLE and type(item.value) is not _SINGLE[kind.type]:
        reading.wrong(p.BAD_DEFAULT, item.place, word=item.text, type=kind.type, hint="as 12, or true")
    elif kind.type in {"unit", "units", "person", "persons"}:
        reading.use(kind.type.removesuffix("s"), item)


# ---- roles ---------------------------------------------------------------------------------------------------------


def roles(reading: Reading, node: Node | None) -> tuple[Role, ...]:
    """The roles of a process."""
    return tuple(_role(reading, key, value) for key, value in pairs(node) if value.is_mapping)


def _role(reading: Reading, key: Node, node: Node) -> Role:
    ways = [way for way in _WAYS if node.get(way)]
    if len(ways) != 1:
        reading.wrong(p.ROLE_WAYS, key.place, count=len(ways))
    if (node.get("unit") is None) is not (node.get("position") is None):
        missing = "position" if node.get("unit") else "unit"
        reading.wrong(p.MISSING_KEY, key.place, key=missing)
    position, superior, slot = node.get("position"), node.get("superior_of"), node.get("assigned")
    if position is not None:
        _held(reading, node.get("unit"), position)
    return Role(
        key=key.text,
        unit=unit(reading, node.get("unit")) if node.get("unit") else None,
        position=word(position),
        assigned=reading.use("slot", slot) if slot else "",
        did=reading.uses_of("doing", node.get("did")),
        person=reading.expr(node.get("person")) if node.get("person") else None,
        superior_of=reading.use("role", superior) if superior else "",
        any=reading.who(node.get("any")),
        when=reading.expr(node.get("when")) if node.get("when") else None,
        among=_among(reading, node),
    )


def _among(reading: Reading, node: Node) -> Who:
    """Who may claim the slot: of a role that is one."""
    among = node.get("among")
    if among is not None and node.get("assigned") is None:
        reading.wrong(p.NOT_HERE, among.place, word="among", hint="it says who may claim a slot: write it beside 'assigned'")
    return reading.who(among)


def _held(reading: Reading, unit_node: Node | None, position: Node) -> None:
    reading.use("position", position)
    if unit_node is not None and not _UNIT_EXPRESSION.fullmatch(word(unit_node)):
        reading.uses.append(Use(kind="post", word=f"{word(position)}.{word(unit_node)}", place=position.place))


def unit(reading: Reading, node: Node | None) -> Expr:
    """A unit: its key as a constant, or `fields.x` or `asked` as an expression."""
    if node is None or not node.is_scalar or node.is_empty:
        return constant("")
    if _UNIT_EXPRESSION.fullmatch(node.text):
        return reading.expr(node)
    return constant(reading.use("unit", node))


# ---- documents, groups, numbers ------------------------------------------------------------------------------------


def documents(reading: Reading, node: Node | None) -> tuple[DocumentRule, ...]:
    """The documents that a process writes."""
    return tuple(
        DocumentRule(
            key=key.text,
            type=reading.use("document type", kind) if (kind := value.get("type")) else "",
            title=reading.text(value.get("title"), key.text),
            body=_template(reading, key, value),
            issuers=tuple(unit(reading, item) for item in items(value.get("issuer"))),
            signers=reading.who(value.get("signer")),
            recipients=reading.who(value.get("recipients")),
            one_number=(number := value.get("number")) is not None and number.text == "all",
        )
        for key, value in pairs(node)
        if value.is_mapping
    )


def _template(reading: Reading, key: Node, node: Node) -> str:
    """The one file that the document's text comes from: a body, or a whole Word template."""
    named = [(name, found) for name in ("body", "template") if (found := node.get(name))]
    if not named:
        reading.wrong(p.MISSING_KEY, key.place, key="body")
        return ""
    name, found = named[-1]
    written = node.key(name)
    if written is not None and (len(named) > 1 or (word(found) and word(found).endswith(SUFFIX) is not (name == "template"))):
        reading.wrong(p.ONE_TEMPLATE, written.place)
        return word(named[0][1])
    return reading.use("template", found)


def groups(reading: Reading, node: Node | None, states: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The groups, each worked out to its states in file order."""
    raw = {key.text: value for key, value in pairs(node)}

    def members(name: str, inside: tuple[str, ...], place: Node) -> list[str]:
        if name in states:
            return [name]
        if name not in raw:
            reading.problems.append(p.UNKNOWN["state"].meant(place.place, name, [*states, *raw]))
            return []
        if name in inside:
            reading.wrong(p.GROUP_LOOP, place.place, word=name)
            return []
        return [state for item in items(raw[name]) for state in members(item.text, (*inside, name), item)]

    found = {key.text: set(members(key.text, (), key)) for key, _ in pairs(node)}
    return {key: tuple(state for state in states if state in group) for key, group in found.items()}


def number(reading: Reading, node: Node | None) -> str:
    """The pattern of case numbers: `{n}` with {year} or {term}."""
    text = word(node)
    if node is None or not text:
        return ""
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        text.format(n=1, year=2026, term="t")
    except (ValueError, LookupError, AttributeError):
        names = set()
    if "n" not in names or not names <= {"n", "year", "term"} or not names & {"year", "term"}:
        reading.wrong(p.BAD_NUMBER, node.place, word=text)
    return text

"""Whether a condition can ever hold: its paths' values are tried one by one, what is not known is left open.

A path has a finite domain where the process says so (a choice, yes or no, a document's or a track's states), or where it
is only compared with constants: then the constants themselves, what lies just beside them and the bounds stand for all
its values. Everything else is unknown (Kleene's three values), and so is a condition with too many values to try.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product
from typing import Any

from msgspec import Struct, field

from workflow.language.budget import Wrong
from workflow.language.expression import COMPARISONS, path_of
from workflow.language.operations import is_empty
from workflow.language.process import FieldType, Process

MOST = 4096
"""The combinations of values that are tried."""

Path = tuple[str, ...]


class _Unknown:
    """Neither true nor false, as far as one can tell."""


UNKNOWN: Any = _Unknown()


class Domains(Struct, frozen=True, kw_only=True):
    """The values that paths can have in the expressions of one process."""

    process: Process
    states: Mapping[Path, Sequence[str]] = field(default_factory=dict)
    """`("case", "state")` and `("tracks", T)`, where they are known more exactly than by the process."""

    def of(self, path: Path, constants: Iterable[Any]) -> list[Any] | None:
        """The values to try for a path that is compared with these constants; None: unknown."""
        named = self.words(path)
        if named is not None:
            return named
        match path:
            case ("fields" | "old", key) if key in self.process.field_of:
                return _of_field(self.process.field_of[key], constants)
            case ("replies", "enough"):
                return [True, False]
            case ("done", _) | ("children", "count" | "open") | ("replies", "asked" | "given"):
                return _around(constants, least=0)
        return None

    def words(self, path: Path) -> list[Any] | None:
        """The words that a path can be, where it is one of a few; None: of anything else."""
        if path in self.states:
            return list(self.states[path])
        match path:
            case ("answer",):
                return list(dict.fromkeys(key for state in self.process.states if state.consult for key, _ in state.consult.answers))
            case ("documents", _):
                return ["none", "draft", "issued"]
            case ("case", "state"):
                return [state.key for state in self.process.states if not state.track]
            case ("case", "outcome"):
                return ["", *dict.fromkeys(state.final for state in self.process.states if state.final and not state.track)]
            case ("tracks", track):
                return [state.name for state in self.process.states if state.track == track]
            case ("fields" | "old", key) if key in self.process.field_of and self.process.field_of[key].type in {"choice", "yes-no"}:
                return _of_field(self.process.field_of[key], ())
        return None


def _of_field(kind: FieldType, constants: Iterable[Any]) -> list[Any] | None:
    empty = [None]
    if kind.computed is not None:
        return None
    if kind.type == "choice":
        return [*empty, *(key for key, _ in kind.choices)]
    if kind.type == "yes-no":
        return [*empty, True, False]
    if kind.type in {"integer", "decimal"}:
        return [*empty, *_around(constants, least=kind.min, most=kind.max)]
    return None


def _around(constants: Iterable[Any], *, least: Any = None, most: Any = None) -> list[Any]:
    """Numbers that stand for all: the constants, what lies beside them, the bounds."""
    numbers = {Decimal(str(one)) for one in constants if isinstance(one, int | Decimal) and not isinstance(one, bool)}
    low, high = (None if one is None else Decimal(str(one)) for one in (least, most))
    points = {near for one in numbers for near in (one - 1, one, one + 1)} | {one for one in (low, high) if one is not None} or {Decimal(0)}
    return sorted(one for one in points if (low is None or one >= low) and (high is None or one <= high))


def can_hold(trees: Sequence[Any], domains: Domains) -> bool:
    """Whether all of these conditions can hold together."""
    paths = _compared(trees)
    values = {path: domain for path, constants in paths.items() if (domain := domains.of(path, constants)) is not None}
    size = 1
    for domain in values.values():
        size *= max(len(domain), 1)
    if size > MOST:
        return True
    return any(
        all(_truth(_value(tree, dict(zip(values, chosen, strict=True)))) is not False for tree in trees)
        for chosen in islice(product(*values.values()), MOST)
    )


def _compared(trees: Sequence[Any]) -> dict[Path, list[Any]]:
    """Each path that stands alone or in a comparison, with the constants that it is compared with. A path that is reckoned
    with, or compared with another path, has none: then its numbers can't be told.
    """
    found: dict[Path, list[Any]] = {}
    mixed: set[Path] = set()
    for tree in trees:
        for kind, path, constant in _uses(tree):
            found.setdefault(path, [])
            if kind == "constant":
                found[path].append(constant)
            elif kind == "mixed":
                mixed.add(path)
    return {path: constants for path, constants in found.items() if path not in mixed}


def _uses(tree: Any, where: str = "alone") -> Iterator[tuple[str, Path, Any]]:
    if not isinstance(tree, tuple) or not tree:
        return
    if path := path_of(tree):
        yield where, path, None
    elif tree[0] == "compare":
        yield from _sides([tree[1], *tree[3::2]])
    else:
        inside = where if tree[0] in {"not", "and", "or", "empty"} else "mixed"
        for part in tree[1:]:
            yield from _uses(part, inside)


def _sides(sides: list[Any]) -> Iterator[tuple[str, Path, Any]]:
    constants = [one for side in sides for one in constants_of(side)]
    plain = all(path_of(side) or is_constant(side) for side in sides)
    alone = sum(1 for side in sides if path_of(side)) == 1
    for side in sides:
        path = path_of(side)
        if path and plain and alone:
            yield "alone", path, None
            yield from (("constant", path, one) for one in constants)
        else:
            yield from _uses(side, "mixed")


def is_constant(tree: Any) -> bool:
    """Whether a tree is a value, or a list of values."""
    return tree[0] in {"const", "decimal"} or (tree[0] == "list" and all(is_constant(one) for one in tree[1:]))


def constants_of(tree: Any) -> list[Any]:
    """The values of a constant or of a list of them."""
    if tree[0] == "const":
        return [tree[1]]
    if tree[0] == "decimal":
        return [Decimal(tree[1])]
    return [one for part in tree[1:] for one in constants_of(part)] if tree[0] == "list" else []


# ---- three values ------------------------------------------------------------------------------------------------------


def _truth(value: Any) -> Any:
    return UNKNOWN if value is UNKNOWN else bool(value)


def _value(tree: Any, values: Mapping[Path, Any]) -> Any:
    path = path_of(tree)
    if path:
        return values.get(path, UNKNOWN)
    match tree:
        case ("const", constant):
            return constant
        case ("decimal", text):
            return Decimal(text)
        case ("list", *parts):
            found = [_value(part, values) for part in parts]
            return UNKNOWN if _unknown(*found) else found
        case ("not", part):
            truth = _truth(_value(part, values))
            return UNKNOWN if truth is UNKNOWN else not truth
        case ("and" | "or" as word, left, right):
            return _both(word, _truth(_value(left, values)), _truth(_value(right, values)))
        case ("empty", part):
            value = _value(part, values)
            return UNKNOWN if value is UNKNOWN else is_empty(value)
        case ("compare", first, *rest):
            return _chain(_value(first, values), rest, values)
    return UNKNOWN


def _both(word: str, left: Any, right: Any) -> Any:
    deciding = word == "or"
    if left is deciding or right is deciding:
        return deciding
    return UNKNOWN if _unknown(left, right) else not deciding


def _chain(left: Any, rest: Sequence[Any], values: Mapping[Path, Any]) -> Any:
    """`a < b <= c`: false as soon as one comparison is."""
    known = True
    for operator, operand in zip(rest[::2], rest[1::2], strict=True):
        right = _value(operand, values)
        truth = UNKNOWN if _unknown(left, right) else _compare(operator, left, right)
        if truth is False:
            return False
        known = known and truth is not UNKNOWN
        left = right
    return True if known else UNKNOWN


def _compare(operator: str, left: Any, right: Any) -> bool:
    """As the language compares; what can't be compared does not hold."""
    try:
        return COMPARISONS[operator](left, right)
    except Wrong:
        return False


def _unknown(*values: Any) -> bool:
    return any(one is UNKNOWN for one in values)

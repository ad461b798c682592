"""Guards, computed values and texts with holes: a small interpreter of syntax trees, with Jinja2's grammar.

`workflow.authoring` parses the text and lets pass only the kinds of node that are known here; daily commands need no
parser. A tree is a list whose first item names its kind:

    const V · decimal TEXT · name N · part TREE KEY · item TREE TREE · list TREE… · not TREE · and|or TREE TREE ·
    neg|pos TREE · add|sub|mul|div|mod TREE TREE · join TREE… · compare TREE (OPERATOR TREE)… · empty TREE ·
    if TEST THEN ELSE · filter NAME TREE [TREE]

No code is made or run and no attribute of a Python object is reached: names, `a.b` and `a['b']` look into mappings.
Empty (None): a comparison is false, arithmetic is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from msgspec import Struct

from workflow.errors import HosoError
from workflow.language import operations as do
from workflow.language.budget import Wrong, within_budget
from workflow.language.operations import FILTERS, Add, Count
from workflow.language.operations import Ref as Ref  # noqa: PLC0414  the engine finds it here
from workflow.language.operations import as_text as as_text  # noqa: PLC0414  the same
from workflow.language.process import Expr, Text
from workflow.phrases import phrase


class Scope(Struct, frozen=True, kw_only=True, weakref=True):
    """What an expression sees: `names`, and how the office's calendar moves a date by an amount of time and counts days."""

    names: Mapping[str, object]
    add: Add
    count: Count


class ExpressionError(HosoError):
    """An expression that can't be worked out from the values at hand; `cause` says why."""

    code: ClassVar[str] = "expression"
    exit_code: ClassVar[int] = 3
    template: ClassVar[str] = "The expression '{source}' can't be worked out: {cause}."

    def __init__(self, *, source: str, cause: str, **facts: object) -> None:
        super().__init__(source=source, cause=cause, **facts)

    def message(self, language: str = "en") -> str:
        """The error as one paragraph in `language`."""
        cause = phrase(str(self.facts["cause"]), language, **self.facts)
        return phrase(self.template, language, source=self.facts["source"], cause=cause)


def evaluate(expr: Expr, scope: Scope) -> object:
    """The value of an expression; None is empty. Raises ExpressionError if its values can't do what it asks."""
    kept = vars(expr)
    try:
        meaning = kept.get("meaning")
        if meaning is None:
            meaning = kept["meaning"] = _work(expr.tree)
        return within_budget(meaning, scope)
    except Wrong as wrong:
        raise ExpressionError(source=expr.source, cause=wrong.cause, **wrong.facts) from None


def constant(expr: Expr) -> tuple[object] | None:
    """The value of an expression that is nothing but a value, in a tuple; None of one that must be worked out."""
    return (expr.tree[1],) if expr.tree[0] == "const" else None


def holds(expr: Expr, scope: Scope) -> bool:
    """Whether a condition is true; an empty value is false."""
    return bool(evaluate(expr, scope))


def fill(text: Text, scope: Scope) -> str:
    """A text with its holes filled as official papers write values (see `as_text`)."""
    made = [*text.literals[:1]]
    for hole, literal in zip(text.holes, text.literals[1:], strict=True):
        made += [as_text(evaluate(hole, scope)), literal]
    return "".join(made)


def names(expr: Expr) -> set[tuple[str, ...]]:
    """The dotted paths that an expression looks up, each as long as it is known: `("fields", "urgency")`."""
    return set(_paths(expr.tree))


def _paths(tree: Any) -> Iterator[tuple[str, ...]]:
    if path := path_of(tree):
        yield path
    elif isinstance(tree, tuple):
        for branch in tree[1:]:
            yield from _paths(branch)


def path_of(tree: Any) -> tuple[str, ...]:
    """The dotted path that a tree looks up; () for anything else."""
    if not isinstance(tree, tuple) or tree[0] not in {"name", "part"}:
        return ()
    if tree[0] == "name":
        return (tree[1],)
    before = path_of(tree[1])
    return (*before, tree[2]) if before else ()


# ---- trees → functions ---------------------------------------------------------------------------------------------

Work = Callable[[Scope], Any]


def _work(tree: Any) -> Work:
    maker = _MAKERS.get(tree[0])
    if maker is None:
        raise Wrong("a newer hoso wrote it ('{kind}' is not known here)", kind=tree[0])
    return maker(*tree[1:])


def _const(value: Any) -> Work:
    return lambda _scope: value


def _decimal(text: str) -> Work:
    return _const(Decimal(text))


def _name(name: str) -> Work:
    return lambda scope: scope.names.get(name)


def _part(tree: Any, key: str) -> Work:
    value = _work(tree)
    return lambda scope: do.part(value(scope), key)


def _item(tree: Any, key_tree: Any) -> Work:
    value, key = _work(tree), _work(key_tree)
    return lambda scope: do.part(value(scope), key(scope))


def _list(*trees: Any) -> Work:
    items = [_work(tree) for tree in trees]
    return lambda scope: [item(scope) for item in items]


def _not(tree: Any) -> Work:
    value = _work(tree)
    return lambda scope: not value(scope)


def _and(left_tree: Any, right_tree: Any) -> Work:
    left, right = _work(left_tree), _work(right_tree)
    return lambda scope: left(scope) and right(scope)


def _or(left_tree: Any, right_tree: Any) -> Work:
    left, right = _work(left_tree), _work(right_tree)
    return lambda scope: left(scope) or right(scope)


def _neg(tree: Any) -> Work:
    value = _work(tree)
    return lambda scope: -do.number(value(scope))


def _pos(tree: Any) -> Work:
    value = _work(tree)
    return lambda scope: do.number(value(scope))


def _binary(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Work]:
    def make(left_tree: Any, right_tree: Any) -> Work:
        left, right = _work(left_tree), _work(right_tree)
        return lambda scope: operation(left(scope), right(scope))

    return make


def _join(*trees: Any) -> Work:
    items = [_work(tree) for tree in trees]
    return lambda scope: do.joined(item(scope) for item in items)


def _empty(tree: Any) -> Work:
    value = _work(tree)
    return lambda scope: do.is_empty(value(scope))


def _if(test_tree: Any, then_tree: Any, else_tree: Any) -> Work:
    test, then, otherwise = _work(test_tree), _work(then_tree), _work(else_tree)
    return lambda scope: then(scope) if test(scope) else otherwise(scope)


def _filter(name: str, tree: Any, argument_tree: Any = ("const", None)) -> Work:
    value, argument, function = _work(tree), _work(argument_tree), FILTERS[name]
    return lambda scope: function(value(scope), argument(scope), scope)


def _compare(tree: Any, *rest: Any) -> Work:
    """`a < b <= c`: each with the one before, from the left, until one does not hold."""
    first = _work(tree)
    steps = [(COMPARISONS[operator], _work(operand)) for operator, operand in zip(rest[::2], rest[1::2], strict=True)]
    if len(steps) == 1:  # as nearly always
        ((only, other),) = steps
        return lambda scope: only(first(scope), other(scope))

    def compare(scope: Scope) -> bool:
        left = first(scope)
        for test, operand in steps:
            right = operand(scope)
            if not test(left, right):
                return False
            left = right
        return True

    return compare


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": do.equal,
    "!=": do.unequal,
    "<": lambda left, right: do.order(left, right) == -1,
    "<=": lambda left, right: do.order(left, right) in {-1, 0},
    ">": lambda left, right: do.order(left, right) == 1,
    ">=": lambda left, right: do.order(left, right) in {0, 1},
    "in": lambda left, right: do.contains(right, left) is True,
    "not in": lambda left, right: do.contains(right, left) is False,
}
"""What each operator of a comparison asks of its two sides."""

_MAKERS: dict[str, Callable[..., Work]] = {
    "const": _const,
    "decimal": _decimal,
    "name": _name,
    "part": _part,
    "item": _item,
    "list": _list,
    "not": _not,
    "and": _and,
    "or": _or,
    "neg": _neg,
    "pos": _pos,
    "add": _binary(do.add),
    "sub": _binary(do.subtract),
    "mul": _binary(do.multiply),
    "div": _binary(do.divide),
    "mod": _binary(do.remainder),
    "join": _join,
    "compare": _compare,
    "empty": _empty,
    "if": _if,
    "filter": _filter,
}

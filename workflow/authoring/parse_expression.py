"""Text → expression: Jinja2's parser, and an allow-list of what may stand in a tree (see `workflow.language.expression`).

Nothing is compiled or run here. What is not known below, such as a call, a power or a slice, is refused by name.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from workflow.authoring import problems as p
from workflow.authoring.problems import Kind
from workflow.language.operations import FILTERS, LARGEST
from workflow.language.process import Expr, Text

MAX_LENGTH = 4_000
MAX_NODES = 500
MAX_DEPTH = 40

_NEEDS_ARGUMENT = frozenset({"plus", "minus", "working_days", "default"})
_TAKES_NONE = frozenset({"lower"})

# Only its lexer and parser are used; expressions are worked out elsewhere, so there is nothing to escape.
_ENVIRONMENT = Environment(keep_trailing_newline=True)  # noqa: S701


class NotAllowed(Exception):
    """A text is no expression of ours: a kind of problem with its facts."""

    def __init__(self, kind: Kind, **facts: object) -> None:
        super().__init__(kind.code)
        self.kind, self.facts = kind, facts


def constant(value: Any, source: str = "") -> Expr:
    """The expression that is this value."""
    return Expr(source=source or str(value), tree=_const(value))


def parse_expression(source: str) -> Expr:
    """The expression of a text. Raises NotAllowed."""
    if len(source) > MAX_LENGTH:
        raise NotAllowed(p.EXPRESSION_SIZE)
    try:
        parser = Parser(_ENVIRONMENT, source.strip(), state="variable")
        found = parser.parse_expression()
        if not parser.stream.eos:
            raise NotAllowed(p.EXPRESSION_SYNTAX, source=source, cause=f"unexpected '{parser.stream.current.value}'")
        return Expr(source=source, tree=_Trees().tree(found))
    except TemplateSyntaxError as error:
        raise NotAllowed(p.EXPRESSION_SYNTAX, source=source, cause=error.message or "") from None
    except RecursionError:
        raise NotAllowed(p.EXPRESSION_SIZE) from None


def parse_text(source: str) -> Text:
    """A text with `{{ }}`. Raises NotAllowed; statements and comments are refused."""
    literals, holes, hole = [""], [], None
    try:
        for _line, kind, value in _ENVIRONMENT.lex(source):
            if kind == "variable_begin":
                hole = ""
            elif kind == "variable_end" and hole is not None:
                holes.append(parse_expression(hole))
                literals.append("")
                hole = None
            elif hole is not None:
                hole += value
            elif kind == "data":
                literals[-1] += value
            else:
                raise NotAllowed(p.TEXT_STATEMENT, word=value)
    except TemplateSyntaxError as error:
        raise NotAllowed(p.EXPRESSION_SYNTAX, source=source, cause=error.message or "") from None
    if hole is not None:
        raise NotAllowed(p.EXPRESSION_SYNTAX, source=source, cause="'}}' is missing")
    return Text(literals=tuple(literals), holes=tuple(holes))


def _const(value: Any) -> list[Any]:
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        if not number.is_finite() or abs(number) > LARGEST:
            raise NotAllowed(p.EXPRESSION_NUMBER)
        return ["decimal", format(number, "f")]
    if isinstance(value, int) and abs(value) > LARGEST:
        raise NotAllowed(p.EXPRESSION_NUMBER)
    return ["const", value]


class _Trees:
    """Turns one expression's nodes into a tree, counting them."""

    def __init__(self) -> None:
        self.count = 0

    def tree(self, node: nodes.Node | None, depth: int = 1) -> list[Any]:
        """The tree of a node; an absent one (the `else` of a conditional) is empty."""
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise NotAllowed(p.EXPRESSION_SIZE)
        if node is None:
            return ["const", None]
        if plain := _PLAIN.get(type(node)):
            word, parts = plain
            sides = [getattr(node, part) for part in parts]
            for side in sides if word in _RECKONING else ():
                _number(side, word)
            return [word, *self.trees(sides, depth + 1)]
        if maker := _SPECIAL.get(type(node)):
            return maker(self, node, depth + 1)
        raise NotAllowed(p.EXPRESSION_NODE, what=type(node).__name__.lower())

    def trees(self, found: list[Any], depth: int) -> list[Any]:
        """The trees of several nodes."""
        return [self.tree(node, depth) for node in found]


def _number(node: nodes.Node, word: str) -> None:
    """Refuse to reckon with what is written as a text (but `+` joins two), a list, yes, no or nothing."""
    if isinstance(node, nodes.List | nodes.Tuple):
        raise NotAllowed(p.NO_NUMBER, operator=_RECKONING[word], word="[")
    if isinstance(node, nodes.Const) and (isinstance(node.value, bool) or not isinstance(node.value, _REAL[word == "add"])):
        raise NotAllowed(p.NO_NUMBER, operator=_RECKONING[word], word=_written(node.value))


def _written(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _item(trees: _Trees, node: Any, depth: int) -> list[Any]:
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return ["part", trees.tree(node.node, depth), node.arg.value]
    return ["item", trees.tree(node.node, depth), trees.tree(node.arg, depth)]


def _compare(trees: _Trees, node: Any, depth: int) -> list[Any]:
    """A comparison; one with `none` asks whether the other side is empty."""
    first, steps = node.expr, [(_OPERATORS[operand.op], operand.expr) for operand in node.ops]
    if len(steps) == 1 and steps[0][0] in {"==", "!="}:
        sides = [first, steps[0][1]]
        asked = [side for side in sides if not (isinstance(side, nodes.Const) and side.value is None)]
        if len(asked) < len(sides):
            empty = ["empty", trees.tree(asked[0] if asked else None, depth)]
            return empty if steps[0][0] == "==" else ["not", empty]
    found = ["compare", trees.tree(first, depth)]
    for operator, operand in steps:
        found += [operator, trees.tree(operand, depth)]
    return found


def _filter(trees: _Trees, node: Any, depth: int) -> list[Any]:
    if node.name not in FILTERS or node.node is None:
        raise NotAllowed(p.EXPRESSION_FILTER, word=node.name, known=", ".join(FILTERS))
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > (0 if node.name in _TAKES_NONE else 1):
        raise NotAllowed(p.EXPRESSION_ARGUMENT, word=node.name)
    if node.name in _NEEDS_ARGUMENT and not node.args:
        raise NotAllowed(p.EXPRESSION_ARGUMENT, word=node.name)
    return ["filter", node.name, trees.tree(node.node, depth), *trees.trees(node.args, depth)]


def _test(trees: _Trees, node: Any, depth: int) -> list[Any]:
    if node.name not in {"none", "empty"} or node.args:
        raise NotAllowed(p.EXPRESSION_NODE, what=f"is {node.name}")
    return ["empty", trees.tree(node.node, depth)]


_RECKONING = {"neg": "-", "pos": "+", "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%"}
_REAL = ((int, float), (int, float, str))
_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}

_PLAIN: dict[type, tuple[str, tuple[str, ...]]] = {
    nodes.Not: ("not", ("node",)),
    nodes.Neg: ("neg", ("node",)),
    nodes.Pos: ("pos", ("node",)),
    nodes.And: ("and", ("left", "right")),
    nodes.Or: ("or", ("left", "right")),
    nodes.Add: ("add", ("left", "right")),
    nodes.Sub: ("sub", ("left", "right")),
    nodes.Mul: ("mul", ("left", "right")),
    nodes.Div: ("div", ("left", "right")),
    nodes.Mod: ("mod", ("left", "right")),
    nodes.CondExpr: ("if", ("test", "expr1", "expr2")),
}
"""Jinja2's node → our word, and the parts whose trees follow."""

_SPECIAL: dict[type, Callable[[_Trees, Any, int], list[Any]]] = {
    nodes.Const: lambda _trees, node, _depth: _const(node.value),
    nodes.Name: lambda _trees, node, _depth: ["name", node.name],
    nodes.Getattr: lambda trees, node, depth: ["part", trees.tree(node.node, depth), node.attr],
    nodes.Getitem: _item,
    nodes.List: lambda trees, node, depth: ["list", *trees.trees(node.items, depth)],
    nodes.Tuple: lambda trees, node, depth: ["list", *trees.trees(node.items, depth)],
    nodes.Concat: lambda trees, node, depth: ["join", *trees.trees(node.nodes, depth)],
    nodes.Compare: _compare,
    nodes.Filter: _filter,
    nodes.Test: _test,
}

"""What a template may cost: so many words, rounds of its loops and characters; so no template holds an office up.

Jinja2's sandbox bounds none of these: `{% set x = x ~ x %}` forty times is a terabyte. Where a bound has to be kept while rendering,
the tree is rewritten before it is compiled: `~` becomes a filter that looks at the length, each loop counts its rounds.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

from workflow.phrases import Said

LIMIT = 1_000_000
"""The longest text, in characters, of a body and of any value in it: some 500 pages."""
WORDS = 20_000
"""The most words and signs between a template's marks; a long letter has some hundreds."""
ROUNDS = 100_000
"""The most rounds that all loops of a template make together."""
DIGITS = 10**30
"""The greatest number that is reckoned with."""
SPENT = "rounds of this body"
"""The name of the counter in the facts: no template can write it."""
_JOIN, _COUNT = "~", "a round"


def few_words(source: str, environment: Environment) -> None:
    """Refuse a template with too many words, before it is parsed. Raises TemplateSyntaxError."""
    if sum(1 for _ in islice(environment.lexer.tokeniter(source, None), WORDS + 1)) > WORDS:
        raise TemplateSyntaxError(Said("the template has more than {limit} words between its marks", limit=WORDS), 1)


def wrong_words(tree: nodes.Template) -> Iterator[tuple[int, Said]]:
    """Line and cause of what no body may say although its kind of node is known: hidden names, lists of what is no fixed value."""
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.List, nodes.Tuple)):
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            yield node.lineno, Said("a name can't begin with '_': '{name}'", name=node.attr)
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and str(node.arg.value).startswith("_"):
            yield node.lineno, Said("a name can't begin with '_': '{name}'", name=node.arg.value)
        elif isinstance(node, nodes.List | nodes.Tuple) and not _fixed(node):
            yield node.lineno, Said("a list in a body holds fixed values only")


def _fixed(node: nodes.List | nodes.Tuple) -> bool:
    """A list of fixed values, or the names that a loop fills: no list can hold another one twice, and that one twice, and so on."""
    return getattr(node, "ctx", "load") == "store" or all(isinstance(item, nodes.Const) for item in node.items)


class _Bounding(NodeTransformer):
    """The same tree, whose joins and loops are counted."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 (jinja2 names it)
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), _JOIN, node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (jinja2 names it)
        self.generic_visit(node)
        counted = _filter(nodes.Const("", lineno=node.lineno), _COUNT, node.lineno)
        node.body = [nodes.Output([counted], lineno=node.lineno), *node.body]
        return node


def _filter(value: nodes.Expr, name: str, line: int) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=line)


def bounded(tree: nodes.Template, environment: Environment) -> nodes.Template:
    """The tree as it is compiled."""
    found: nodes.Template = _Bounding().visit(tree)
    found.set_environment(environment)
    return found


@pass_context
def _round(context: Context, nothing: str) -> str:
    """One more round of a loop; the filter wants the context so that Jinja2 does not work it out while compiling."""
    spent = context.parent[SPENT]
    spent[0] += 1
    if spent[0] > ROUNDS:
        raise ValueError(Said("the loops of the body go round more than {limit} times", limit=ROUNDS))
    return nothing


def short(text: str, length: int | None = None) -> str:
    """The text, if it (or the one that would come of it) is not too long. Raises ValueError."""
    if (len(text) if length is None else length) > LIMIT:
        raise ValueError(Said("a text in the body is longer than {limit} characters", limit=LIMIT))
    return text


def _joined(values: list[Any]) -> str:
    texts = [str(value) for value in values]
    short("", sum(map(len, texts)))
    return "".join(texts)


def replaced(value: Any, old: str, new: str) -> str:
    """The text with each `old` replaced by `new`; unlike Jinja2's own, never longer than a body may be."""
    text = str(value)
    short(text, len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def small(side: Any) -> bool:
    """Whether this is a number that may be reckoned with."""
    return isinstance(side, int | float) and abs(side) < DIGITS


FILTERS: dict[str, Any] = {_JOIN: _joined, _COUNT: _round, "replace": replaced}
"""What bodies have of these: two that only the rewritten tree can name, one in place of Jinja2's."""

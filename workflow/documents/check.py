"""What is wrong with a template before it is used: syntax, names that the process can't supply, signs, commands."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from workflow.documents.coverage import clean, shown, unprintable
from workflow.documents.markup import COMMANDS, UNKNOWN_COMMAND
from workflow.documents.render import compiled, environment, parsed
from workflow.errors import nearest
from workflow.phrases import Said

Finding = tuple[int, int, str]
"""Line, column, what is wrong: a `Said` where it is a sentence of ours."""


_parsed = lru_cache(maxsize=64)(parsed)
"""A template is looked at more than once: for what is wrong with it, and for what it reads. Not to be changed."""


def check(source: str, known: Collection[str]) -> list[Finding]:
    """All that is wrong, in file order; a syntax error hides what a parser could find beyond it."""
    return list(_found(clean(source), frozenset(known)))


@lru_cache(maxsize=256)
def _found(text: str, known: frozenset[str]) -> tuple[Finding, ...]:
    found = [*_signs(text), *_commands(text)]
    try:
        tree = _parsed(text)
        wrong = [*words(tree, text)]
        found += [*wrong, *names(mended(parsed(text)) if wrong else tree, text, known)]
        if not found:
            compiled(text)
    except TemplateSyntaxError as wrong:
        found.append((wrong.lineno, 1, wrong.message or ""))
    except TemplateError as wrong:
        found.append((1, 1, str(wrong)))
    except RecursionError:
        found.append((1, 1, Said("it is nested too deeply")))
    return tuple(sorted(found))


def names_of(source: str) -> set[tuple[str, ...]]:
    """Every name that a template reads, with what it reaches below it; nothing of one that is wrong."""
    try:
        return names_in(_parsed(clean(source)))
    except (TemplateError, RecursionError):
        return set()


def names_in(tree: nodes.Template) -> set[tuple[str, ...]]:
    """Every name that a tree reads, with what it reaches below it."""
    return {tuple(name.split(".")) for _, name in _chains(tree)}


def _signs(text: str) -> Iterator[Finding]:
    for at, line in enumerate(text.split("\n"), 1):
        sign = unprintable(line)
        if sign is not None:
            yield (
                at,
                line.index(sign) + 1,
                Said("the character {character} can't be printed (the shipped font lacks it)", character=shown(sign)),
            )


def _commands(text: str) -> Iterator[Finding]:
    for at, line in enumerate(text.split("\n"), 1):
        found = UNKNOWN_COMMAND.match(line)
        if found and found[1] not in COMMANDS:
            said = Said("there is no command '\\{word}'; there are {known}", word=found[1], known=", ".join(COMMANDS))
            yield at, found.start(1), said


def words(tree: nodes.Template, text: str) -> Iterator[Finding]:
    """Unknown filters and tests."""
    for node, kind, known in _unknown(tree):
        yield node.lineno, _column(text, node.lineno, node.name), _no_word(kind, node.name, known)


def mended(tree: nodes.Template) -> nodes.Template:
    """The tree, changed: known filters and tests in the place of unknown ones, so that names can be looked up beyond them."""
    for node, _, known in _unknown(tree):
        node.name = next(iter(known))
    return tree


def _unknown(tree: nodes.Template) -> Iterator[tuple[Any, str, Collection[str]]]:
    """(filter or test, which of the two, those that there are)."""
    made = environment()
    for kind, word, known in ((nodes.Filter, "filter", made.filters), (nodes.Test, "test", made.tests)):
        yield from ((node, word, known) for node in tree.find_all(kind) if node.name not in known)


def _no_word(kind: str, name: str, known: Collection[str]) -> str:
    near = nearest(name, known)
    hint = (
        Said("; did you mean '{word}'?", word=near)
        if near
        else Said("; there are: {words}", words=", ".join(sorted(word for word in known if word.isidentifier())))
    )
    return Said(f"there is no {kind} '{{name}}'{{hint}}", name=name, hint=hint)


def names(tree: nodes.Template, text: str, known: Collection[str]) -> Iterator[Finding]:
    """Names that the process can't supply, the nearest offered."""
    roots = find_undeclared_variables(tree)
    for line, name in _chains(tree):
        if name.partition(".")[0] in roots and not _supplied(name, known):
            near = nearest(name, known)
            hint = Said("; did you mean '{word}'?", word=near) if near else ""
            yield line, _column(text, line, name), Said("the process has no '{name}'{hint}", name=name, hint=hint)


def _chains(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Every name that is read, with what is reached below it: `fields.issue`, `documents.plan`, `case`."""
    chain = _chain(node)
    if chain:
        yield node.lineno, chain
        return
    for child in node.iter_child_nodes():
        yield from _chains(child)


def _chain(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name if node.ctx == "load" else ""
    if isinstance(node, nodes.Getattr):
        before, key = _chain(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        before, key = _chain(node.node), node.arg.value
    else:
        return ""
    return f"{before}.{key}" if before else ""


def _supplied(name: str, known: Collection[str]) -> bool:
    """Whether the name, something above it or something below it is known."""
    return any(name == one or name.startswith(f"{one}.") or one.startswith(f"{name}.") for one in known)


def _column(text: str, line: int, name: str) -> int:
    """Where the name stands in its line; 1 if it is written in another way."""
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text.split("\n")[line - 1])
    return found.start() + 1 if found else 1

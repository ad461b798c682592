"""Conditions that can never hold, and values that their paths can't have."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected
from workflow.authoring.checks.possible import Domains, can_hold, constants_of, is_constant
from workflow.errors import Place, Problem
from workflow.language.expression import path_of
from workflow.language.operations import as_text
from workflow.language.process import Action, Consult, Expr, Process


def check_guards(one: Inspected) -> Iterator[Problem]:
    """Guards and branches that never hold; comparisons with a value that can't be."""
    for action in (*one.process.starts, *one.process.actions):
        yield from _never(one, action)
    for state in one.process.states:
        if state.consult is not None:
            yield from _never_replied(one, state.consult)
    for written in one.written:
        yield from _impossible(written.expr.tree, written.place, Domains(process=one.process))


def domains_of(process: Process, action: Action) -> Domains:
    """What paths can be where this action may be done."""
    names = [process.state_of[key].name for key in action.states if key in process.state_of]
    where = ("tracks", action.track) if action.track else ("case", "state")
    return Domains(process=process, states={where: names} if names else {})


def may_be_done(process: Process, action: Action) -> bool:
    """Whether an action's guards can all hold together."""
    return can_hold([guard.when.tree for guard in action.guards], domains_of(process, action))


def _never(one: Inspected, action: Action) -> Iterator[Problem]:
    domains = domains_of(one.process, action)
    guards = [guard.when for guard in action.guards]
    dead = [expr for expr in guards if not can_hold([expr.tree], domains)]
    for expr in dead:
        yield p.NEVER_HOLDS.at(one.place_of(expr, one.action(action)), word=action.key, source=expr.source)
    if guards and not dead and not can_hold([expr.tree for expr in guards], domains):
        yield p.NEVER_TOGETHER.at(one.action(action, "when"), word=action.key)
    for branch in action.to:
        if branch.when is not None and not can_hold([branch.when.tree], domains):
            yield p.NEVER_HOLDS.at(_of(one, action, branch.when), word=action.key, source=branch.when.source)


def _never_replied(one: Inspected, consult: Consult) -> Iterator[Problem]:
    """A reply's guards know which answer is given: one of this consultation's."""
    guards = [guard.when for guard in consult.reply.guards]
    domains = Domains(process=one.process, states={("answer",): [key for key, _ in consult.answers]})
    dead = [expr for expr in guards if not can_hold([expr.tree], domains)]
    for expr in dead:
        yield p.NEVER_HOLDS.at(one.place_of(expr, one.node.place), word=consult.reply.key, source=expr.source)
    if guards and not dead and not can_hold([expr.tree for expr in guards], domains):
        yield p.NEVER_TOGETHER.at(one.place_of(guards[0], one.node.place), word=consult.reply.key)


def _of(one: Inspected, action: Action, expr: Expr) -> Place:
    return one.place_of(expr, one.action(action, "to"))


# ---- values that can't be --------------------------------------------------------------------------------------------


def _impossible(tree: Any, place: Place, domains: Domains) -> Iterator[Problem]:
    if not isinstance(tree, tuple) or not tree:
        return
    if tree[0] == "compare":
        for left, right in pairwise([tree[1], *tree[3::2]]):
            for one, other in ((left, right), (right, left)):
                if path_of(one) and is_constant(other):
                    yield from _values(path_of(one), constants_of(other), place, domains)
    for part in tree[1:]:
        yield from _impossible(part, place, domains)


def _values(path: tuple[str, ...], constants: Sequence[Any], place: Place, domains: Domains) -> Iterator[Problem]:
    kind = domains.process.field_of.get(path[1]) if path[0] in {"fields", "old"} and len(path) == 2 else None  # noqa: PLR2004 - root, key
    words = domains.words(path)
    if kind is not None and kind.type == "choice":
        return  # told by W601
    for constant in constants:
        if constant is None:
            continue
        if words is not None and constant not in words:
            known = [str(word).lower() if isinstance(word, bool) else as_text(word) for word in words if word not in {None, ""}]
            yield p.IMPOSSIBLE.meant(place, as_text(constant), known, path=".".join(path))
        elif kind is not None and kind.type in {"integer", "decimal"} and (bounds := _beyond(kind.min, kind.max, constant)):
            yield p.BEYOND.at(place, word=as_text(constant), path=".".join(path), bounds=bounds)


def _beyond(least: Any, most: Any, constant: Any) -> str:
    """The bounds of a number, if the constant lies outside of them. A whole number may have a decimal's bounds, and the other way round."""
    if isinstance(constant, bool) or not isinstance(constant, int | Decimal):
        return ""
    low, high = least is not None and constant < Decimal(str(least)), most is not None and constant > Decimal(str(most))
    return f"{'' if least is None else least}–{'' if most is None else most}" if low or high else ""

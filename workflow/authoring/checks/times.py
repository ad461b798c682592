"""Rungs after one that leaves the state, actions that may be done only when it is too late, papers that nothing numbers."""

from collections.abc import Iterator
from itertools import pairwise

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected, Office
from workflow.authoring.checks.people import constant
from workflow.authoring.read import Node
from workflow.authoring.reading import pairs
from workflow.errors import Problem
from workflow.language.process import PREVIOUS, SAME, Action, Amount, Due, Moment, PointKind, State

_DAYS = {"days": 1, "working days": 1, "weeks": 7, "months": 30, "years": 365}
"""About how many days a unit has: only for what comes first."""


def check_times(one: Inspected) -> Iterator[Problem]:
    """The deadlines of states: their ladders in order, their actions in time."""
    for state in one.process.states:
        for at, due in enumerate(state.dues):
            yield from _after_leaving(one, state, due, at)
            for action in one.process.in_state[state.key].values():
                yield from _too_late(one, action, due)


def _after_leaving(one: Inspected, state: State, due: Due, at: int) -> Iterator[Problem]:
    """A rung that comes after one whose action leaves the state never fires (language.md 2.13)."""
    rungs = one.process.ladder_of(due)
    nodes = _ladder_nodes(one, state, at) if due.ladder is not None else one.node.get("ladder")
    items = nodes.as_list() if nodes is not None else ()
    for index, (rung, following) in enumerate(pairwise(rungs)):
        action = one.process.in_state[state.key].get(rung.do)
        if action is None or not _surely_leaves(action, state) or not _not_before(rung.at, following.at) or index + 1 >= len(items):
            continue
        yield p.RUNG_AFTER.at(items[index + 1].place, word=rung.do, state=state.name)


def _ladder_nodes(one: Inspected, state: State, at: int) -> Node | None:
    node: Node | None = one.node
    for word in (*one.machine(state.track), "states", state.name, "due"):
        node = node.get(word) if node is not None else None
    if node is None:
        return None
    found = node.as_list()
    return found[at].get("ladder") if at < len(found) else None


def _surely_leaves(action: Action, state: State) -> bool:
    if action.guards or action.times is not None or action.not_before is not None or action.needs:
        return False
    return all(branch.to not in {SAME, PREVIOUS, state.key} for branch in action.to)


def _not_before(first: Moment, second: Moment) -> bool:
    """Whether the second moment surely comes no earlier: both hang on the due, by amounts that can be compared."""
    one, other = _offset(first), _offset(second)
    return one is not None and other is not None and other >= one


def _offset(moment: Moment) -> float | None:
    """About how many days after the due a moment is."""
    if moment.point is None or moment.point.kind is not PointKind.DUE:
        return None
    if moment.amount is None:
        return 0
    days = _length(moment.amount)
    return None if days is None else -days if moment.before else days


def _length(amount: Amount) -> float | None:
    unit = _DAYS.get(str(getattr(amount.unit, "value", amount.unit)))
    return None if amount.number is None or unit is None or amount.calendar else amount.number * unit


def _too_late(one: Inspected, action: Action, due: Due) -> Iterator[Problem]:
    """`not_before` later than the deadline of the state, both counted from entering it in one unit."""
    first, last = action.not_before, due.at
    if first is None or not (_from_entry(first) and _from_entry(last)) or first.amount is None or last.amount is None:
        return
    if first.amount.unit == last.amount.unit and (first.amount.number or 0) > (last.amount.number or 0):
        yield p.NOT_IN_TIME.at(one.action(action, "not_before"), word=action.key, first=first.source, last=last.source)


def _from_entry(moment: Moment) -> bool:
    amount, entry = moment.amount, moment.point is not None and moment.point.kind is PointKind.ENTRY
    return entry and amount is not None and amount.number is not None and not amount.calendar


# ---- papers ----------------------------------------------------------------------------------------------------------


def check_series(one: Inspected, office: Office) -> Iterator[Problem]:
    """Papers (and cases) that are numbered by a committee's term, of a body that has none today."""
    organisation, today = office.organisation, office.today
    if organisation is None or today is None:
        return
    kinds = {kind.key: kind for kind in one.process.types}
    for rule in one.process.documents:
        for issuer in rule.issuers:
            unit, kind = constant(issuer), kinds.get(rule.type)
            if unit is None or kind is None or unit not in organisation.units:
                continue
            frame = kind.frame.get(organisation.units[unit].kind, kind.frame.get("any", ""))
            by_term = kind.series.period.get(frame, "term" if frame == "party" else "year") == "term"
            if by_term and organisation.term(unit, today) is None:
                yield p.NO_TERM.at(one.key("documents", rule.key, "issuer"), word=unit, document=rule.key)
    keeper = constant(one.process.unit)
    if "{term}" in one.process.number and keeper in organisation.units and organisation.term(keeper or "", today) is None:
        yield p.NO_TERM.at(one.key("number"), word=keeper, document=one.process.key)


def check_groups(one: Inspected) -> Iterator[Problem]:
    """Groups of states that nothing names."""
    groups = [key.text for key, _ in pairs(one.node.get("groups"))]
    named = set(_words(one.node))
    for group in groups:
        if group not in named:
            yield p.UNUSED_GROUP.at(one.key("groups", group), word=group)


def _words(node: Node) -> Iterator[str]:
    """Every scalar value of a file."""
    if node.is_scalar:
        yield node.text
    for item in node.items:
        yield from _words(item)
    for _, value in node.pairs:
        yield from _words(value)

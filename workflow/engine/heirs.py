"""Which unit stands for another today: of one that has ended, its successor."""

from collections.abc import Iterable

from workflow.engine.facts import Facts
from workflow.model import Case


def heir(unit: str, case: Case, facts: Facts) -> str:
    """The unit that has taken a unit's place in this case: as was chosen for it, else its only successors; itself while it
    exists, or where nobody has taken its place.
    """
    if unit not in case.heirs and unit not in facts.organisation.passing:
        return unit
    after = case.heirs.get(unit) or facts.organisation.successor(unit, facts.today)
    passed: set[str] = set()
    while after and unit not in passed:
        passed.add(unit)
        unit, after = after, case.heirs.get(after) or facts.organisation.successor(after, facts.today)
    return unit


def heirs(units: Iterable[str], case: Case, facts: Facts) -> tuple[str, ...]:
    """The units that stand for these today, each once, in their order."""
    return tuple(dict.fromkeys([heir(one, case, facts) for one in units]))

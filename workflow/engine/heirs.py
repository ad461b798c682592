"""Which unit stands for another today: of one that has ended, its successor."""

from collections.abc import Iterable

from workflow.engine.facts import Facts
from workflow.model import Case


def heir(unit: str, case: Case, facts: Facts) -> str:
    """The unit that has taken a unit's place in this case: as was chosen for it, else its only successors; itself while it
    exists, or where nobody has taken its place.
    """
    passed: set[str] = set()
    while unit not in passed and (after := case.heirs.get(unit, "") or facts.organisation.successor(unit, facts.today)):
        passed.add(unit)
        unit = after
    return unit


def heirs(units: Iterable[str], case: Case, facts: Facts) -> tuple[str, ...]:
    """The units that stand for these today, each once, in their order."""
    return tuple(dict.fromkeys(heir(one, case, facts) for one in units))

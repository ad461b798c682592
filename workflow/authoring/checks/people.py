"""Roles that nobody holds today, or that an absence leaves empty: what then waits for nobody."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected, Office
from workflow.errors import Problem
from workflow.language.process import SPECIAL, Action, Expr, Process, Role, Who
from workflow.organisation import Organisation


class Day(Struct, frozen=True, kw_only=True):
    """Who holds what on a day, as far as it hangs on no case."""

    process: Process
    organisation: Organisation
    today: date

    def holders(self, word: str, climbing: frozenset[str] = frozenset()) -> set[str] | None:
        """The persons behind a word of WHO; None if that hangs on the case."""
        role = self.process.role_of.get(word)
        if role is None or word in climbing or role.when is not None:
            return None
        if role.unit is not None:
            unit = constant(role.unit)
            return None if unit is None else set(self.organisation.holders(self._heir(unit), role.position, self.today))
        if role.person is not None:
            person = constant(role.person)
            return None if person is None else {person}
        if role.any:
            found = [self.holders(one, climbing | {word}) for one in role.any]
            return None if any(one is None for one in found) else {person for one in found if one for person in one}
        return None

    def _heir(self, unit: str) -> str:
        """The unit that stands for this one that day: of one that has ended, its only successor."""
        passed: set[str] = set()
        while unit not in passed and (after := self.organisation.successor(unit, self.today)):
            passed.add(unit)
            unit = after
        return unit

    def all_of(self, who: Who) -> set[str] | None:
        """The persons behind WHO together; None if that hangs on the case."""
        found = [self.holders(word) for word in who]
        return None if not who or any(one is None for one in found) else {person for one in found if one for person in one}

    def away(self, persons: set[str]) -> str:
        """Who of them are away with nobody standing in, if all are: their titles and last days; '' if somebody is there."""
        gone = []
        for person in sorted(persons):
            absence = self.organisation.absence(person, self.today)
            if absence is None or self.organisation.delegates_of(person, self.today):
                return ""
            until = f" – {absence.until:%d/%m/%Y}" if absence.until else ""
            gone.append(f"{self.organisation.persons[person].title}{until}")
        return ", ".join(gone)


def constant(expr: Expr) -> str | None:
    """The key that an expression always gives; None if it hangs on the case."""
    return str(expr.tree[1]) if expr.tree[0] == "const" and expr.tree[1] else None


def check_people(one: Inspected, office: Office) -> Iterator[Problem]:
    """Each role once, with what is done by it."""
    if office.organisation is None or office.today is None:
        return
    day = Day(process=one.process, organisation=office.organisation, today=office.today)
    for role in one.process.roles:
        yield from _role(one, role, day)
    for action in (*one.process.starts, *one.process.actions):
        yield from _four_eyes(one, action, day)


def _role(one: Inspected, role: Role, day: Day) -> Iterator[Problem]:
    held = day.holders(role.key)
    used = [action.key for action in (*one.process.starts, *one.process.actions) if role.key in action.by]
    signs = [rule.key for rule in one.process.documents if role.key in rule.signers]
    what = ", ".join(dict.fromkeys([*used, *signs]))
    if held is None or not what:
        return
    place = one.key("roles", role.key)
    if not held and _never_held(role, day.organisation):
        return  # told by W604
    if not held:
        yield p.NOBODY_TODAY.at(place, word=role.key, what=what, post=post_of(role))
    elif away := day.away(held):
        yield p.ALL_AWAY.at(place, word=role.key, what=what, away=away)


def _never_held(role: Role, organisation: Organisation) -> bool:
    """Whether the role's post is nobody's at any time."""
    unit = constant(role.unit) if role.unit is not None else None
    return unit is not None and not any((post.unit, post.position) == (unit, role.position) for post in organisation.posts)


def post_of(role: Role) -> str:
    """The post that a role means, for people."""
    unit = constant(role.unit) if role.unit is not None else None
    return f"{role.position}.{unit}" if unit else ", ".join(role.any)


def _four_eyes(one: Inspected, action: Action, day: Day) -> Iterator[Problem]:
    """`not_by` that leaves nobody of `by`."""
    may, may_not = day.all_of(action.by), day.all_of(tuple(word for word in action.not_by if word not in SPECIAL))
    if may and may_not is not None and may <= may_not:
        yield p.NOBODY_LEFT.at(one.action(action, "not_by"), word=action.key)

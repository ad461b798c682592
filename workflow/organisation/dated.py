"""What has its days: units, persons, posts, delegations, absences, terms, logins, as they are declared."""

from datetime import date
from typing import Protocol

from msgspec import Struct

ALL = "all"
"""In a delegation's roles: every post of the principal's. In a login's `may_act_for`: everybody."""


NO_LINE = "none"
"""A unit's `parent_line` when it has none: People's Councils and Committees stand alone in the heads of their papers."""


class OrgUnit(Struct, frozen=True, kw_only=True):
    """A body of the organisation, and what its papers need to know of it."""

    key: str
    title: str
    kind: str = ""
    """state | party | commune | joint …: document types choose their frame by it."""
    parent: str = ""
    since: date | None = None
    until: date | None = None
    succeeded_by: tuple[str, ...] = ()
    symbol: str = ""
    """Its part of a document's symbol: `HĐND`, `BTGHU`."""
    on_behalf: bool = False
    """Committees and councils sign on behalf of the body (TM., T/M)."""
    head: str = "leader"
    """The position that heads it."""
    registrar: str = "clerk"
    """The position that keeps its registers (văn thư)."""
    place: str = ""
    """Where its papers are dated: "Nam Trực"."""
    name_lines: tuple[str, ...] = ()
    """Its name in the head of a paper, line by line, where the title does not serve."""
    parent_line: str = ""
    """The line above its name in the head of a paper, where the parent's title does not serve."""


class Person(Struct, frozen=True, kw_only=True):
    """An office-holder: what they are called here, and where notices go."""

    key: str
    title: str
    email: str = ""
    name: str = ""
    """As printed under a signature, if the office prints names."""


class Post(Struct, frozen=True, kw_only=True):
    """Who holds a position in a unit, from when to when. `deputy_of`: the head's title, when the holder signs for the head (KT., K/T)."""

    person: str
    unit: str
    position: str
    title: str = ""
    """As printed under a signature: "Trưởng ban"."""
    deputy_of: str = ""
    acting: bool = False
    """The holder is charged with the post for the time being: signs with Q. before its title."""
    since: date | None = None
    until: date | None = None


class Delegation(Struct, frozen=True, kw_only=True):
    """A deputy acts for a principal in these positions (or `all`). It can't be passed on. `by`: the decision that says so."""

    principal: str
    deputy: str
    roles: tuple[str, ...] = (ALL,)
    since: date | None = None
    until: date | None = None
    by: str = ""
    by_order: bool = False
    """It is a standing order to sign (TL., thừa lệnh), not a mandate for a time (TUQ., thừa ủy quyền). Party bodies write T/L for both."""

    def covers(self, position: str) -> bool:
        """Whether the deputy may act in that position of the principal's."""
        return ALL in self.roles or position in self.roles


class Absence(Struct, frozen=True, kw_only=True):
    """A person is away."""

    person: str
    since: date | None = None
    until: date | None = None


class Term(Struct, frozen=True, kw_only=True):
    """A committee's term, by which Party bodies number their papers; it begins the day after a congress closes."""

    name: str
    bodies: tuple[str, ...]
    since: date | None = None
    until: date | None = None


class Login(Struct, frozen=True, kw_only=True):
    """An operating system's user: the person it is, and those it may act for (`all` = everybody)."""

    person: str
    may_act_for: tuple[str, ...] = ()


class Dated(Protocol):
    """What has a first and a last day."""

    @property
    def since(self) -> date | None:
        """The first day; None = always."""
        ...

    @property
    def until(self) -> date | None:
        """The last day; None = for good."""
        ...


def holds_on(dated: Dated, day: date) -> bool:
    """Whether the day is within its dates, both included."""
    return (dated.since is None or dated.since <= day) and (dated.until is None or day <= dated.until)

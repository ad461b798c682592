"""organisation.yaml → Organisation, with every problem of the file."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import TypeVar

from msgspec import Struct

from workflow.authoring.grammar import ORGANISATION, check_shape
from workflow.authoring.problems import Kind
from workflow.authoring.read import Node
from workflow.authoring.shape import Shape, in_order
from workflow.errors import Problem
from workflow.organisation import ALL, Absence, Delegation, Login, Organisation, OrgUnit, Person, Post, Term

POST_TWICE = Kind(
    code="E710", message="this post stands here twice for the same days; first on line {line}", hint="end one before the other begins"
)
TERMS_MEET = Kind(
    code="E711", message="this term of '{word}' meets the one on line {line}", hint="a term begins on the day after the one before it ends"
)
LOOP = Kind(code="E712", message="the units {units} lead back to each other by '{key}'", hint="let one of them lead elsewhere")
SAME_KEY = Kind(code="E713", message="'{word}' is a person and a unit at once", hint="give one of them another key")
NO_EMAIL = Kind(code="E714", message="'{text}' is no e-mail address", hint="as clerk@example.org")
TO_ONESELF = Kind(code="E715", message="'{word}' delegates to themselves", hint="name another person in 'to'")
NO_HEAD = Kind(
    code="W716",
    message="nobody ever holds '{position}', the head of the unit '{word}'",
    hint="add a post, or name another position in 'head'",
)

D = TypeVar("D", Post, Term)

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


def compile_organisation(node: Node) -> tuple[Organisation | None, list[Problem]]:
    """The organisation that a file means, and all that is wrong with it in file order; None unless only warnings were found."""
    reader = _Reader(shape=Shape(), root=Shape().keys(node))
    breaches = check_shape(node, ORGANISATION)
    made = reader.organisation()
    return None if breaches or reader.shape.failed else made, in_order(breaches, reader.shape.problems)


class _Reader(Struct):
    """Reads one file; `root` holds its parts."""

    shape: Shape
    root: dict[str, Node]

    def organisation(self) -> Organisation:
        """All parts, then what holds between them."""
        units, persons = self._ids("units"), self._ids("persons")
        for key in (key for key in persons if key in units):
            self.shape.wrong(SAME_KEY, persons[key], word=key)
        made = Organisation(
            units=self._units(units),
            persons={key.text: self._person(key.text, value) for key, value in self.shape.named(self.root.get("persons"))},
            posts=tuple(self._posts(persons, units)),
            delegations=tuple(self._delegations(persons)),
            absences=tuple(self._absences(persons)),
            terms=tuple(self._terms(units)),
            logins={key.text: self._login(value, persons) for key, value in self.shape.pairs(self.root.get("logins"))},
            positions={key.text: self.shape.text(value) for key, value in self.shape.named(self.root.get("positions"))},
        )
        self._loops(made.units, units)
        self._heads(made, units)
        return made

    def _ids(self, part: str) -> dict[str, Node]:
        return {key.text: key for key, _ in self._pairs(part)}

    def _pairs(self, part: str) -> tuple[tuple[Node, Node], ...]:
        return self.root[part].pairs if part in self.root else ()

    def _entries(self, part: str) -> tuple[Node, ...]:
        return self.shape.items(self.root.get(part))

    # ---- units and persons -------------------------------------------------------------------------------------------

    def _units(self, known: Mapping[str, Node]) -> dict[str, OrgUnit]:
        return {key.text: self._unit(key.text, value, known) for key, value in self.shape.named(self.root.get("units"))}

    def _unit(self, key: str, node: Node, known: Mapping[str, Node]) -> OrgUnit:
        shape = self.shape
        found = shape.keys(node)
        since, until = shape.period(found)
        return OrgUnit(
            key=key,
            title=shape.text(found.get("title")),
            kind=shape.text(found.get("kind")),
            parent=shape.word(found.get("parent"), "unit", known),
            since=since,
            until=until,
            succeeded_by=shape.words(found.get("succeeded_by"), "unit", known),
            symbol=shape.text(found.get("symbol")),
            on_behalf=shape.flag(found.get("on_behalf")),
            head=shape.text(found.get("head")) or "leader",
            registrar=shape.text(found.get("registrar")) or "clerk",
            place=shape.text(found.get("place")),
            name_lines=shape.texts(found.get("name_lines")),
            parent_line=shape.text(found.get("parent_line")),
        )

    def _person(self, key: str, node: Node) -> Person:
        found = self.shape.keys(node)
        email = self.shape.text(found.get("email"))
        if email and not _EMAIL.fullmatch(email):
            self.shape.wrong(NO_EMAIL, found["email"], text=email)
        return Person(key=key, title=self.shape.text(found.get("title")), email=email, name=self.shape.text(found.get("name")))

    # ---- lists -------------------------------------------------------------------------------------------------------

    def _posts(self, persons: Mapping[str, Node], units: Mapping[str, Node]) -> Iterable[Post]:
        shape = self.shape
        made: list[Post] = []
        groups: dict[tuple[str, str, str], list[tuple[Post, Node]]] = {}
        for node in self._entries("posts"):
            found = shape.keys(node)
            since, until = shape.period(found)
            post = Post(
                person=shape.word(found.get("person"), "person", persons),
                unit=shape.word(found.get("unit"), "unit", units),
                position=shape.text(found.get("position")),
                title=shape.text(found.get("title")),
                deputy_of=shape.text(found.get("deputy_of")),
                acting=shape.flag(found.get("acting")),
                since=since,
                until=until,
            )
            made.append(post)
            if post.person and post.unit and post.position:
                groups.setdefault((post.person, post.unit, post.position), []).append((post, node))
        self._overlaps(POST_TWICE, groups.values())
        return made

    def _delegations(self, persons: Mapping[str, Node]) -> Iterable[Delegation]:
        shape = self.shape
        positions = self._positions()
        for node in self._entries("delegations"):
            found = shape.keys(node)
            since, until = shape.period(found, "since")
            principal, deputy = (shape.word(found.get(key), "person", persons) for key in ("from", "to"))
            if principal and principal == deputy:
                shape.wrong(TO_ONESELF, found["to"], word=deputy)
            yield Delegation(
                principal=principal,
                deputy=deputy,
                roles=shape.words(found.get("roles"), "position", positions) or (ALL,),
                since=since,
                until=until,
                by=shape.text(found.get("by")),
                by_order=shape.text(found.get("signs")) == "by order",
            )

    def _positions(self) -> list[str]:
        """The positions that a delegation may name: those of the posts and of `positions:`, and `all`."""
        held = [node.get("position") for node in self._entries("posts")]
        return [*dict.fromkeys([*(one.text for one in held if one is not None), *self._ids("positions")]), ALL]

    def _absences(self, persons: Mapping[str, Node]) -> Iterable[Absence]:
        for node in self._entries("absences"):
            found = self.shape.keys(node)
            since, until = self.shape.period(found, "since")
            yield Absence(person=self.shape.word(found.get("person"), "person", persons), since=since, until=until)

    def _terms(self, units: Mapping[str, Node]) -> Iterable[Term]:
        made: list[tuple[Term, Node]] = []
        for node in self._entries("terms"):
            found = self.shape.keys(node)
            since, until = self.shape.period(found)
            bodies = self.shape.words(found.get("bodies"), "unit", units)
            made.append((Term(name=self.shape.text(found.get("name")), bodies=bodies, since=since, until=until), node))
        for body in units:
            self._overlaps(TERMS_MEET, [[one for one in made if body in one[0].bodies]], word=body)
        return [term for term, _ in made]

    def _login(self, node: Node, persons: Mapping[str, Node]) -> Login:
        found = self.shape.keys(node)
        others = self.shape.words(found.get("may_act_for"), "person", [*persons, ALL])
        return Login(person=self.shape.word(found.get("is"), "person", persons), may_act_for=others)

    # ---- what holds between them -------------------------------------------------------------------------------------

    def _overlaps(self, kind: Kind, groups: Iterable[list[tuple[D, Node]]], **facts: object) -> None:
        """Those of each group that share a day."""
        for group in groups:
            for (first, place), (second, node) in combinations(group, 2):
                if _meet(first, second):
                    self.shape.wrong(kind, node, line=place.place.line, **facts)

    def _loops(self, units: Mapping[str, OrgUnit], places: Mapping[str, Node]) -> None:
        """Each loop of parents, and of successors, once."""
        for key, step in (("parent", lambda unit: (unit.parent,)), ("succeeded_by", lambda unit: unit.succeeded_by)):
            told: set[str] = set()
            for start in units:
                loop = _loop(start, units, step)
                if loop and not told.intersection(loop):
                    self.shape.wrong(LOOP, places[start], units=" → ".join([*loop, loop[0]]), key=key)
                    told.update(loop)

    def _heads(self, made: Organisation, places: Mapping[str, Node]) -> None:
        held = {(post.unit, post.position) for post in made.posts}
        for unit in made.units.values():
            if (unit.key, unit.head) not in held:
                self.shape.wrong(NO_HEAD, places[unit.key], word=unit.key, position=unit.head)


def _meet(first: D, second: D) -> bool:
    """Whether two periods share a day."""
    return (first.since or date.min) <= (second.until or date.max) and (second.since or date.min) <= (first.until or date.max)


def _loop(start: str, units: Mapping[str, OrgUnit], step: Callable[[OrgUnit], tuple[str, ...]]) -> list[str]:
    """The way from a unit back to itself, or nothing."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        for key in step(units[way[-1]]):
            if key == start:
                return way
            if key in units and key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []

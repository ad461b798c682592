"""Who holds what on a day: units, persons, posts, delegations, absences, terms and logins, each with its dates.

All dates are local days of the office; `since` and `until` are both included, None is open. Only office-holders are
kept here, by their post; nothing about private persons.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import TypeVar

from msgspec import Struct, field

from workflow.errors import NotFound, NotSole
from workflow.model import Seat, Viewer
from workflow.organisation.dated import ALL, NO_LINE, Absence, Dated, Delegation, Login, OrgUnit, Person, Post, Term, holds_on
from workflow.plain import canonical, digest, to_plain

__all__ = ["ALL", "NO_LINE", "Absence", "Dated", "Delegation", "Login", "OrgUnit", "Organisation", "Person", "Post", "Term", "holds_on"]

_MOST_KNOWN = 10_000
"""The answers that are kept at most."""


class Organisation(Struct, frozen=True, kw_only=True, dict=True):
    """The whole organisation. Its questions about an unknown unit or person answer with nobody; `unit` and `person` raise."""

    units: Mapping[str, OrgUnit]
    persons: Mapping[str, Person]
    posts: tuple[Post, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    absences: tuple[Absence, ...] = ()
    terms: tuple[Term, ...] = ()
    logins: Mapping[str, Login] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    """Position → what it is called in general, for posts without a title."""

    # ---- by key ------------------------------------------------------------------------------------------------------

    def unit(self, key: str) -> OrgUnit:
        """The unit. Raises NotFound, with the nearest key."""
        if key not in self.units:
            raise NotFound(kind="unit", name=key, known=self.units)
        return self.units[key]

    def person(self, key: str) -> Person:
        """The person. Raises NotFound, with the nearest key."""
        if key not in self.persons:
            raise NotFound(kind="person", name=key, known=self.persons)
        return self.persons[key]

    def title_of(self, post: Post) -> str:
        """What a post is called: its own title, else its position's, else the position's key."""
        return post.title or self.positions.get(post.position, post.position)

    @cached_property
    def version(self) -> str:
        """The hash of its meaning."""
        return digest(canonical(to_plain(self)))

    # ---- who holds what ----------------------------------------------------------------------------------------------

    def holders(self, unit: str, position: str, day: date) -> tuple[str, ...]:
        """Those who hold the position that day, in file order, present or absent alike. Worked out once a day for each."""
        known, asked = self._holders_known, (unit, position, day)
        found = known.get(asked)
        if found is None:
            spans = self._spans.get((unit, position), ())
            found = _kept(known, asked, tuple(dict.fromkeys([person for first, last, person in spans if first <= day <= last])))
        return found

    def posts_of(self, person: str, day: date) -> tuple[Post, ...]:
        """The posts that a person holds that day, in file order. A post ends with its unit."""
        return tuple([post for first, last, post in self._posts_of.get(person, ()) if first <= day <= last])

    def left(self, person: str, day: date) -> bool:
        """Whether the person held posts and holds none any more: each ended before that day, by itself or with its unit."""
        last = self._last_days.get(person)
        return last is not None and last < day

    @cached_property
    def passing(self) -> frozenset[str]:
        """The units whose place another takes on some day."""
        return frozenset(unit.key for unit in self.units.values() if unit.until is not None and len(unit.succeeded_by) == 1)

    def successor(self, unit: str, day: date) -> str:
        """The only unit that takes the place of one that has ended by that day; '' while it exists, or where there is not one."""
        found = self.units.get(unit)
        if found is None or found.until is None or found.until >= day or len(found.succeeded_by) != 1:
            return ""
        return found.succeeded_by[0]

    def heads(self, unit: str, day: date) -> tuple[str, ...]:
        """Those who head a unit that day."""
        found = self.units.get(unit)
        return self.holders(unit, found.head, day) if found else ()

    def parent_line(self, unit: str) -> str:
        """The line above the unit's name in the head of a paper: its own, else its parent's title; '' if it has none."""
        found = self.units.get(unit)
        if found is None:
            return ""
        if found.parent_line:
            return "" if found.parent_line == NO_LINE else found.parent_line
        return self.units[found.parent].title if found.parent in self.units else ""

    def place_of(self, unit: str) -> str:
        """Where the unit's papers are dated: its own place, else that of the nearest unit above it; '' if none says."""
        return next((one.place for one in self._upwards(unit) if one.place), "")

    def absent(self, person: str, day: date) -> bool:
        """Whether the person is away that day."""
        return self.absence(person, day) is not None

    def absence(self, person: str, day: date) -> Absence | None:
        """Why the person is not there that day: the absence that lasts longest; None if they are."""
        if person not in self._absences:
            return None
        found = [absence for absence in self._absences[person] if holds_on(absence, day)]
        return max(found, key=lambda one: one.until or date.max, default=None)

    def sole_holder(self, name: str, day: date) -> str:
        """The one person who holds `position.unit` that day. Raises NotFound (no such unit), NotSole (nobody, or several)."""
        position, _, unit = name.partition(".")
        self.unit(unit)
        found = self.holders(unit, position, day)
        if len(found) != 1:
            persons = f" ({', '.join(found)})" if found else ""
            raise NotSole(name=name, count=len(found), day=day.isoformat(), persons=persons)
        return found[0]

    def resolve(self, name: str, day: date) -> str:
        """The person that a name means: a person's key, or `position.unit` for its sole holder. Raises as `sole_holder`."""
        if name in self.persons or "." not in name:
            return self.person(name).key
        return self.sole_holder(name, day)

    # ---- standing in -------------------------------------------------------------------------------------------------

    def stands_in_for(self, person: str, day: date) -> tuple[tuple[str, Delegation], ...]:
        """The principals whose delegation the person holds that day. A delegated right is not passed on."""
        return tuple((one.principal, one) for one in self._delegations.get(person, ()) if holds_on(one, day))

    def signs_by_order(self, principal: str, deputy: str, day: date) -> bool:
        """Whether the deputy signs for the principal that day by a standing order alone."""
        found = [one for who, one in self.stands_in_for(deputy, day) if who == principal]
        return bool(found) and all(one.by_order for one in found)

    def delegates_of(self, person: str, day: date, position: str | None = None) -> tuple[str, ...]:
        """Those who stand in for a person that day, in file order. `position`: in this one; '' in what is the person's own, as
        what is assigned to them; left out, in any.
        """
        found = (one for one in self._delegated.get(person, ()) if position is None or one.covers(position))
        return tuple(dict.fromkeys(one.deputy for one in found if holds_on(one, day)))

    def stand_ins(self, person: str, seat: Seat, day: date) -> tuple[str, ...]:
        """Who acts in this seat for a person who is away that day, and is there; nobody for one who is there. A person who is
        meant as such (a superior, say) has whoever acts for them in everything, else in anything.
        """
        if not self.absent(person, day):
            return ()
        covered = [seat.position] if seat.position else ["", None]
        found = ([one for one in self.delegates_of(person, day, position) if not self.absent(one, day)] for position in covered)
        return tuple(next(filter(None, found), ()))

    def answering(self, seat: Seat, day: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each who is meant by a seat that day, with those who act for them there, if they are away and anybody does. Worked out once a
        day for each: of many cases the same few are told.
        """
        known, asked = self._answering_known, (seat, day)
        found = known.get(asked)
        if found is None:
            persons = (seat.person,) if seat.person else self.holders(seat.unit, seat.position, day)
            found = _kept(known, asked, tuple([(one, self.stand_ins(one, seat, day)) for one in persons]))
        return found

    def seats(self, person: str, day: date, without: Iterable[str] = ()) -> dict[Seat, str]:
        """Every seat that the person may act from that day → '' in their own right, else the principal's key.

        Their own posts and their own person come first; of a principal who delegated `all`, what is assigned to that
        person too. `without`: principals who have nothing to lend here (they withdrew from the case). Worked out once a day for
        each: nobody changes what is answered.
        """
        known, asked = self._seats_known, (person, day, tuple(without))
        found = known.get(asked)
        return found if found is not None else _kept(known, asked, self._seats(*asked))

    def _seats(self, person: str, day: date, without: tuple[str, ...]) -> dict[Seat, str]:
        found = {Seat(person=person): ""}
        found.update((Seat(unit=post.unit, position=post.position), "") for post in self.posts_of(person, day))
        for principal, seats in self._lent(person, day).items():
            if principal not in without:
                found = {**dict.fromkeys(seats, principal), **found}
        return found

    def viewer(self, person: str, day: date) -> Viewer:
        """The person as one who looks: each seat with those in whose place it is held, '' = in their own right."""
        own = {Seat(person=person), *(Seat(unit=post.unit, position=post.position) for post in self.posts_of(person, day))}
        lent = {(seat, principal) for principal, seats in self._lent(person, day).items() for seat in seats if seat not in own}
        return Viewer(person=person, seats=frozenset(own), lent=frozenset(lent))

    def _lent(self, person: str, day: date) -> dict[str, list[Seat]]:
        """Principal → the seats that the person holds that day in their place."""
        found: dict[str, list[Seat]] = {}
        for principal, delegation in self.stands_in_for(person, day):
            seats = found.setdefault(principal, [])
            posts = (post for post in self.posts_of(principal, day) if delegation.covers(post.position))
            seats += [Seat(unit=post.unit, position=post.position) for post in posts]
            if ALL in delegation.roles:
                seats.append(Seat(person=principal))
        return found

    # ---- above -------------------------------------------------------------------------------------------------------

    def superiors(self, person: str, day: date) -> tuple[str, ...]:
        """The heads above a person: of each unit that they hold a post in, or of the next unit up that has another head."""
        found: dict[str, None] = {}
        for post in self.posts_of(person, day):
            found.update(dict.fromkeys(self._climb(post.unit, day, without=person)))
        return tuple(found)

    def superiors_of_post(self, unit: str, position: str, day: date) -> tuple[str, ...]:
        """The heads above a post: of its unit, or if it is the head itself (or the unit has none) of the next unit up that has one."""
        body = self.units.get(unit)
        if body is None:
            return ()
        return self._climb(body.parent if position == body.head else unit, day)

    def _climb(self, unit: str, day: date, *, without: str = "") -> tuple[str, ...]:
        """The heads of the nearest unit, from this one up, that has any and that `without` does not head."""
        for body in self._upwards(unit):
            heads = self.heads(body.key, day)
            if heads and without not in heads:
                return heads
        return ()

    def _upwards(self, unit: str) -> Iterator[OrgUnit]:
        """The unit and those above it; a loop ends where it closes."""
        passed: set[str] = set()
        while unit in self.units and unit not in passed:
            passed.add(unit)
            yield self.units[unit]
            unit = self.units[unit].parent

    # ---- terms and logins --------------------------------------------------------------------------------------------

    def term(self, body: str, day: date) -> str | None:
        """The name of the body's committee term on a day; None if none is known."""
        return next((term.name for term in self.terms if body in term.bodies and holds_on(term, day)), None)

    def person_of_login(self, login: str) -> str | None:
        """The person that an operating system's user is; None if it is nobody here."""
        found = self.logins.get(login)
        return found.person if found else None

    def may_act_for(self, login: str) -> tuple[str, ...]:
        """Those that a login may act for: its own person first; every person where `may_act_for: all` says so."""
        found = self.logins.get(login)
        if found is None:
            return ()
        others: Iterable[str] = self.persons if ALL in found.may_act_for else found.may_act_for
        return tuple(dict.fromkeys((found.person, *others)))

    # ---- indexes -----------------------------------------------------------------------------------------------------

    @cached_property
    def _seats_known(self) -> dict[tuple[str, date, tuple[str, ...]], dict[Seat, str]]:
        return {}  # filled as they are asked for

    @cached_property
    def _holders_known(self) -> dict[tuple[str, str, date], tuple[str, ...]]:
        return {}  # the same

    @cached_property
    def _answering_known(self) -> dict[tuple[Seat, date], tuple[tuple[str, tuple[str, ...]], ...]]:
        return {}  # the same

    @cached_property
    def _last_days(self) -> dict[str, date]:
        """Person → the last day of the last of their posts, each of which ends by itself or with its unit; without those who hold one
        that has no end.
        """
        found: dict[str, date] = {}
        for person, held in self._posts_of.items():
            last = max(last for _, last, _ in held)
            if last < date.max:
                found[person] = last
        return found

    def _span(self, post: Post) -> tuple[date, date]:
        """The first and the last day on which a post is held: it begins and ends with its unit."""
        dated = [one for one in (post, self.units.get(post.unit)) if one is not None]
        return max(one.since or date.min for one in dated), min(one.until or date.max for one in dated)

    @cached_property
    def _spans(self) -> dict[tuple[str, str], list[tuple[date, date, str]]]:
        """Post → (first day, last day, person) of each time that it was held: a post ends with its unit."""
        found: dict[tuple[str, str], list[tuple[date, date, str]]] = {}
        for post in self.posts:
            found.setdefault((post.unit, post.position), []).append((*self._span(post), post.person))
        return found

    @cached_property
    def _posts_of(self) -> dict[str, list[tuple[date, date, Post]]]:
        """Person → the posts that they ever hold, each with its first and its last day."""
        found: dict[str, list[tuple[date, date, Post]]] = {}
        for post in self.posts:
            found.setdefault(post.person, []).append((*self._span(post), post))
        return found

    @cached_property
    def _delegations(self) -> dict[str, list[Delegation]]:
        return _index(self.delegations, lambda delegation: delegation.deputy)

    @cached_property
    def _delegated(self) -> dict[str, list[Delegation]]:
        return _index(self.delegations, lambda delegation: delegation.principal)

    @cached_property
    def _absences(self) -> dict[str, list[Absence]]:
        return _index(self.absences, lambda absence: absence.person)


K = TypeVar("K")
V = TypeVar("V")


def _kept(known: dict[K, V], asked: K, answer: V) -> V:
    """An answer, kept for those who ask the same again."""
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[asked] = answer
    return answer


def _index(items: Iterable[V], key: Callable[[V], K]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found

"""Many cases at once: they come by chance, wait for people, are worked on in working time, go their ways.

Chance has a seed: the same definitions, assumptions and seed give the same run, to the letter. Nobody and nothing is written to.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.errors import NeverDone, WrongValue
from workflow.simulate.assumed import Assumed
from workflow.simulate.shared import Walks, walks_of
from workflow.simulate.walk import Terms, Walked, Wanted

YEARS = 300
"""A run that would go on for longer is given up: calendars end some time after it."""
AHEAD = 200
"""So many cases that are still to come may be opened before it is their turn."""


class Tally(Struct):
    """What is counted of all cases."""

    days: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    breached: int = 0
    stuck: Counter[str] = field(default_factory=Counter)
    stays: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    spans: dict[str, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))
    missed: Counter[str] = field(default_factory=Counter)
    work: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ended: datetime | None = None

    def add(self, one: Walked) -> None:
        """A case that is over, or left where it is."""
        if one.stuck:
            self.stuck[one.stuck] += 1
        if one.opened is None:
            return
        self.ended = max(self.ended or one.at, one.at)
        self.breached += one.breached
        self.missed.update(one.missed)
        if one.days is not None:
            self.days.append(one.days)
            self.outcomes[one.outcome] += 1
        for state, spans in one.stays.items():
            for since, at in spans:
                self.stays[state].append((at - since) / timedelta(hours=1))
                self.spans[state] += [(since, 1), (at, -1)]


class Crowd:
    """One run of a simulation, on so many of the machine's processors as `workers` says; `each` is told of every case that is over."""

    def __init__(self, terms: Terms, *, workers: int = 1, each: Callable[[], None] = lambda: None) -> None:
        self._terms, self._workers, self._each = terms, workers, each
        self._ground, self._assumed, self._start = terms.ground, terms.assumed, terms.start
        self._days = terms.ground.calendars.default
        self._free: dict[str, list[datetime]] = {}
        """Unit and position → when each of its people is free."""
        self._tally = Tally()
        self._cases = 0
        self._until = terms.start + YEARS * timedelta(days=365)

    def run(self, cases: int) -> Tally:
        """So many cases, from their coming to their end. Raises NeverDone."""
        self._cases = cases
        with walks_of(self._terms, self._workers) as walks:
            over = self._carried(walks, self._coming(cases))
        for number in sorted(over):
            self._tally.add(over[number])
        return self._tally

    def _carried(self, walks: Walks, coming: list[datetime]) -> dict[int, Walked]:
        """Each case's end. Whose turn it is goes by time, and by their coming where that is the same."""
        queue: list[tuple[datetime, int]] = [(at, number) for number, at in enumerate(coming)]
        asked = min(AHEAD, len(queue))
        for number in range(asked):
            walks.ask(number, coming[number])
        over, come = {}, set[int]()
        while queue:
            at, number = heapq.heappop(queue)
            found = walks.answer(number)
            if number not in come and asked < len(coming):
                walks.ask(asked, coming[asked])
                asked += 1
            come.add(number)
            if isinstance(found, Walked):
                over[number] = found
                self._each()
                continue
            following = self._worked(found, at) if isinstance(found, Wanted) else found
            walks.ask(number, following)
            heapq.heappush(queue, (following, number))
        return over

    def _coming(self, cases: int) -> list[datetime]:
        """When each case comes: so many a working day, by chance."""
        chance = Random(self._terms.seed)  # noqa: S311 - a simulation, nothing secret
        found, at = [], self._start
        for number in range(cases):
            gap = round(8 * chance.expovariate(self._assumed.arrivals)) if self._assumed.arrivals > 0 and number else 0
            at = self._after(at, gap)
            found.append(at)
        return found

    # ---- people's time ----

    def _worked(self, wanted: Wanted, at: datetime) -> datetime:
        """When it is done: once one of those who may has time, after the hours that it takes."""
        day = at.astimezone(self._ground.zone).date()
        post = next(iter(self._ground.organisation.posts_of(wanted.person, day)), None)
        unit, position = (post.unit, post.position) if post is not None else ("", wanted.person)
        desk = f"{unit}/{position}"
        if desk not in self._free:
            people = len(self._ground.organisation.holders(unit, position, day)) or 1
            self._free[desk] = [self._start] * (people + self._assumed.people.get(unit, 0))
        free = self._free[desk]
        earliest = free.index(min(free))
        begins = max(at, free[earliest])
        ends = self._after(begins, wanted.hours)
        free[earliest] = ends
        self._tally.work[unit].append(wanted.hours)
        self._tally.waits[unit].append((begins - at) / timedelta(hours=1))
        return ends

    def _after(self, at: datetime, hours: float) -> datetime:
        """So many hours of work later. Raises NeverDone."""
        try:
            then = self._days.forward(at, timedelta(minutes=max(round(hours * 60), 0)))
        except WrongValue:  # past the years that a calendar reaches
            then = None
        if then is None or then > self._until:
            raise NeverDone(cases=self._cases, arrivals=f"{self._assumed.arrivals:g}", years=YEARS)
        return then


def most_at_once(spans: list[tuple[datetime, int]]) -> int:
    """The most that stood there together."""
    most = now = 0
    for _, change in sorted(spans):
        now += change
        most = max(most, now)
    return most


def more_people(assumed: Assumed, units: Mapping[str, int]) -> Assumed:
    """The same with more people."""
    return replace(assumed, people={**assumed.people, **{unit: assumed.people.get(unit, 0) + count for unit, count in units.items()}})

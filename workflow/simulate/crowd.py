"""Many cases at once, in a world of values: they come by chance, wait for people, are worked on in working time, go their ways.

Chance has a seed: the same definitions, assumptions and seed give the same run, to the letter. Nobody and nothing is written to.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from workflow.engine.permission import Asker, holders, seats_of
from workflow.engine.standing import waiting
from workflow.language.process import Action, Process
from workflow.model import Advance, Change, DeadlineStatus, Open, OpinionStatus, Reply, Seat
from workflow.plain import replace
from workflow.simulate.assumed import Assumed
from workflow.simulate.filling import Filler
from workflow.simulate.world import Ground, World

MOST_STEPS = 60
"""A case that was moved so often is left where it is: its ways go round."""


@dataclass(slots=True)
class _One:
    """One simulated case: a world of its own, since cases of one procedure do not touch each other but by people's time."""

    world: World
    number: str
    opened: datetime
    steps: int = 0
    since: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What is counted while cases go on."""

    days: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    breached: int = 0
    stuck: Counter[str] = field(default_factory=Counter)
    stays: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    spans: dict[str, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))
    missed: Counter[str] = field(default_factory=Counter)
    work: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    began: datetime | None = None
    ended: datetime | None = None


class Crowd:
    """One run of a simulation."""

    def __init__(self, process: Process, ground: Ground, assumed: Assumed, seed: int, start: datetime) -> None:
        self.process, self.ground, self.assumed, self.start = process, ground, assumed, start
        self.chance = Random(seed)  # noqa: S311 - a simulation, nothing secret
        self.filler = Filler(process, ground, assumed, self.chance, start.astimezone(ground.zone).date())
        self.tally = Tally()
        self.free: dict[str, list[datetime]] = {}
        """Unit and position → when each of its people is free."""
        self.days = ground.calendars.default

    def run(self, cases: int) -> Tally:
        """So many cases, from their coming to their end."""
        queue: list[tuple[datetime, int, _One | None]] = []
        at = self.start
        for number in range(cases):
            gap = round(8 * self.chance.expovariate(self.assumed.arrivals)) if self.assumed.arrivals > 0 and number else 0
            at = self._after(at, gap)
            heapq.heappush(queue, (at, number, None))
        open_: dict[int, _One] = {}
        while queue:
            at, number, _ = heapq.heappop(queue)
            one = open_.get(number)
            following = self._open(number, at, open_) if one is None else self._go_on(one, at)
            if following is not None:
                heapq.heappush(queue, (following, number, None))
        return self.tally

    # ---- one case ----

    def _open(self, number: int, at: datetime, open_: dict[int, _One]) -> datetime | None:
        world = World(self.ground)
        start = self._start()
        who = self._people(world, "", start.by) if start is not None else ()
        if start is None or not who:
            self.tally.stuck["–"] += 1
            return None
        fields = self.filler.form(start)
        done = world.do(Open(actor=who[0], request_id="", process=self.process.key, start=start.key, fields=fields, note="…"), at)
        if not isinstance(done, Change):
            self.tally.stuck["–"] += 1
            return None
        one = open_[number] = _One(world, done.parts[0].case.number, at)
        self.tally.began = self.tally.began or at
        self._note(one, at)
        return self._next(one, at)

    def _start(self) -> Action | None:
        return next((one for one in self.process.starts if one.by != ("nobody",)), None)

    def _go_on(self, one: _One, at: datetime) -> datetime | None:
        for when, _ in one.world.pass_until(at):
            self._note(one, when)
        case = one.world.files[one.number].case
        if not case.open:
            self._over(one, case.closed or at)
            return None
        one.steps += 1
        if one.steps > MOST_STEPS or not self._act(one, at):
            self.tally.stuck[case.state] += 1
            self._over(one, at)
            return None
        self._note(one, at)
        case = one.world.files[one.number].case
        if case.open:
            return self._next(one, at)
        self._over(one, at)
        return None

    def _over(self, one: _One, at: datetime) -> None:
        """It is over, or left where it is."""
        file = one.world.files[one.number]
        late = [
            deadline
            for deadline in file.deadlines
            if deadline.status is DeadlineStatus.MISSED or (deadline.status is DeadlineStatus.RUNNING and deadline.due < at)
        ]
        self.tally.breached += bool(late)
        self.tally.missed.update(deadline.on.partition(":")[2] for deadline in late if deadline.on.startswith("state:"))
        self._leave(one, set(one.since), at)
        self.tally.ended = max(self.tally.ended or at, at)
        if not file.case.open:
            self.tally.days.append((at - one.opened) / timedelta(days=1))
            self.tally.outcomes[file.case.outcome] += 1

    def _note(self, one: _One, at: datetime) -> None:
        """Which states it has come to and left."""
        case = one.world.files[one.number].case
        here = {case.state, *(track.state for track in case.tracks.values())} if case.open else set[str]()
        self._leave(one, set(one.since) - here, at)
        for state in sorted(here - set(one.since)):
            one.since[state] = at

    def _leave(self, one: _One, states: set[str], at: datetime) -> None:
        for state in sorted(states):
            since = one.since.pop(state)
            self.tally.stays[state].append((at - since) / timedelta(hours=1))
            self.tally.spans[state] += [(since, 1), (at, -1)]

    # ---- what is done ----

    def _choices(self, one: _One) -> list[tuple[str, Action, str]]:
        """(who is asked or '', what, person) that may be done now; replies go first."""
        file, process = one.world.files[one.number], self.process
        found = []
        for state in waiting(process, file.case):
            newest = file.case.rounds.get(state.key, 0)
            for opinion in file.opinions if state.consult is not None else ():
                if (opinion.state, opinion.round, opinion.status) == (state.key, newest, OpinionStatus.ASKED) and state.consult is not None:
                    who = self._people(one.world, one.number, state.consult.reply.by, opinion.asked)
                    found += [(opinion.asked, state.consult.reply, who[0])] if who else []
            if found:
                continue
            for action in process.in_state[state.key].values():
                if not action.general and not set(action.by) & {"auto", "nobody"}:
                    who = self._people(one.world, one.number, action.by)
                    found += [("", action, who[0])] if who else []
        return found

    def _people(self, world: World, number: str, who: tuple[str, ...], asked: str = "") -> tuple[str, ...]:
        facts = world.facts_at(self.start)
        if not number:  # nothing is open yet: only posts can be told
            roles = [role for word in who if (role := self.process.role_of.get(word)) is not None and role.unit is not None]
            seats = [Seat(unit=role.unit.source.strip("'"), position=role.position) for role in roles if role.unit is not None]
            return holders(seats, facts)
        asker = Asker(process=self.process, file=world.files[number], facts=facts, asked=asked)
        return holders(seats_of(tuple(word for word in who if word != "anyone"), asker), facts)

    def _weight(self, one: _One, action: Action) -> float:
        known = self.assumed.weights.get(action.key)
        if known is not None:
            return known
        case = one.world.files[one.number].case
        return 0.15 if action.key in case.done or (action.to and action.to[0].to in {case.previous, "same", "previous"}) else 1.0

    def _act(self, one: _One, at: datetime) -> bool:
        """Do one of the things that may be done, by chance; if it is refused, another. False: nothing goes."""
        choices = self._choices(one)
        while choices:
            weights = [max(self._weight(one, action), 0.001) for _, action, _ in choices]
            index = self.chance.choices(range(len(choices)), weights)[0]
            asked, action, person = choices.pop(index)
            fields = self.filler.form(action)
            if asked:
                answer = self.filler.answer(action)
                done = one.world.do(
                    Reply(actor=person, request_id="", case=one.number, asked=asked, answer=answer, fields=fields, note="…"), at
                )
            else:
                done = one.world.do(Advance(actor=person, request_id="", case=one.number, action=action.key, fields=fields, note="…"), at)
            if isinstance(done, Change):
                return True
        return False

    # ---- people's time ----

    def _next(self, one: _One, at: datetime) -> datetime | None:
        """When the next act is done: once one of those who may has time, after the hours that it takes."""
        choices = self._choices(one)
        if not choices:
            coming = [when for when, _ in one.world.stirring(one.number)]
            if coming and one.steps < MOST_STEPS:
                return max(min(coming), at)
            self.tally.stuck[one.world.files[one.number].case.state] += 1
            self._over(one, at)
            return None
        _, action, person = choices[0]
        hours = self.assumed.hours_of(action.key) * math.exp(self.chance.gauss(0, self.assumed.spread))
        return self._worked(person, at, hours)

    def _worked(self, person: str, at: datetime, hours: float) -> datetime:
        post = next(iter(self.ground.organisation.posts_of(person, at.astimezone(self.ground.zone).date())), None)
        unit, position = (post.unit, post.position) if post is not None else ("", person)
        desk = f"{unit}/{position}"
        if desk not in self.free:
            people = len(self.ground.organisation.holders(unit, position, at.astimezone(self.ground.zone).date())) or 1
            self.free[desk] = [self.start] * (people + self.assumed.people.get(unit, 0))
        free = self.free[desk]
        earliest = min(range(len(free)), key=lambda index: free[index])
        begins = max(at, free[earliest])
        ends = self._after(begins, hours)
        free[earliest] = ends
        self.tally.work[unit].append(hours)
        self.tally.waits[unit].append((begins - at) / timedelta(hours=1))
        return ends

    def _after(self, at: datetime, hours: float) -> datetime:
        """So many hours of work later."""
        return self.days.forward(at, timedelta(minutes=max(round(hours * 60), 0)))


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

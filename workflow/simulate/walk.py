"""One simulated case: a world of its own, for cases of a procedure do not touch each other but by people's time.

It is told when something is done and says who is wanted for what comes next. Its chance is its own, by the run's seed and its place
in it, so that it goes the same way wherever it is carried on.
"""

import math
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from random import Random

from msgspec import Struct, field

from workflow.engine.permission import Asker, holders, seats_of
from workflow.engine.standing import waiting
from workflow.language.process import Action, Process, Who
from workflow.model import Advance, CaseFile, Change, DeadlineStatus, Open, OpinionStatus, Reply, Seat
from workflow.simulate.assumed import Assumed, chosen_in
from workflow.simulate.filling import Filler
from workflow.simulate.world import Ground, World

MOST_STEPS = 60
"""A case that was moved so often is left where it is: its ways go round."""
MOST_FIRED = 500
"""The clock's acts in one case. It lets be what waits for so long: a rung that repeats itself does the same again."""
MOST_HOURS = 10_000.0
"""No act takes longer, however far its hours vary: five years of work."""


class Terms(Struct, frozen=True, kw_only=True):
    """What is the same for every case of a run."""

    process: Process
    ground: Ground
    assumed: Assumed
    seed: int
    start: datetime

    @property
    def day(self) -> date:
        """The day it begins."""
        return self.start.astimezone(self.ground.zone).date()


class Walked(Struct, frozen=True, kw_only=True):
    """What came of a case that is over, or is left where it is stuck.

    `days`: from its opening to its end, None where it has none; `stays`: state → each time's (from, to); `missed`: state → deadlines.
    """

    at: datetime
    opened: datetime | None = None
    days: float | None = None
    outcome: str = ""
    stuck: str = ""
    breached: bool = False
    missed: Counter[str] = field(default_factory=Counter)
    stays: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)


class Wanted(Struct, frozen=True):
    """Somebody is wanted, for so many hours."""

    person: str
    hours: float


Next = Wanted | datetime | Walked
"""Who is wanted next; or when the clock does something, while nobody can; or what came of it."""


class _Choice(Struct, frozen=True):
    """What may be done now: `asked`, whose reply it is ('': nobody's), what, by whom, and how often it is chosen."""

    asked: str
    action: Action
    person: str
    weight: float


class Walk:
    """A case from its coming to its end."""

    def __init__(self, terms: Terms, number: int) -> None:
        self.terms, self.process = terms, terms.process
        self.chance = Random(f"{terms.seed}/{number}")  # noqa: S311 - a simulation, nothing secret
        self.filler = Filler(terms.process, terms.ground, terms.assumed, self.chance, terms.day)
        self.world = World(terms.ground)
        self.facts = self.world.facts_at(terms.start)
        """By which it is told who may do what: people's posts are looked at as the run begins."""
        self.number = ""
        """The case's; '' until it is open."""
        self.opened = terms.start
        self.steps = self.fired = 0
        self.since: dict[str, datetime] = {}
        self.stays: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.choices: tuple[CaseFile, list[_Choice]] | None = None

    def go_on(self, at: datetime) -> Next:
        """It comes, or somebody has done what was wanted, or the clock has."""
        if not self.number:
            return self._open(at)
        self._pass(at)
        case = self.file.case
        if not case.open:
            return self._over(case.closed or at)
        self.steps += 1
        if self.steps > MOST_STEPS:
            return self._over(at, stuck=case.state)
        if not self._act(at):
            return self._waiting(at)
        self._note(at)
        return self._next(at) if self.file.case.open else self._over(at)

    @property
    def file(self) -> CaseFile:
        """The case as it stands."""
        return self.world.files[self.number]

    def _open(self, at: datetime) -> Next:
        start = next((one for one in self.process.starts if one.by != ("nobody",)), None)
        who = self._people(start.by) if start is not None else ()
        if start is None or not who:
            return Walked(at=at, stuck="–")
        fields = self.filler.form(start)
        act = Open(actor=who[0], request_id="", process=self.process.key, start=start.key, fields=fields, note="…")
        done = self.world.do(act, at)
        if not isinstance(done, Change):
            return Walked(at=at, stuck="–")
        self.number, self.opened = done.parts[0].case.number, at
        self._note(at)
        return self._next(at)

    def _over(self, at: datetime, *, stuck: str = "") -> Walked:
        """It is over, or left where it is."""
        case, deadlines = self.file.case, self.file.deadlines
        missed = DeadlineStatus.MISSED
        late = [one for one in deadlines if one.status is missed or (one.status is DeadlineStatus.RUNNING and one.due < at)]
        self._leave(set(self.since), at)
        return Walked(
            at=at,
            opened=self.opened,
            days=None if case.open else (at - self.opened) / timedelta(days=1),
            outcome=case.outcome,
            stuck=stuck,
            breached=bool(late),
            missed=Counter(one.on.partition(":")[2] for one in late if one.on.startswith("state:")),
            stays=dict(self.stays),
        )

    # ---- where it stands ----

    def _note(self, at: datetime) -> None:
        """Which states it has come to and left."""
        case = self.file.case
        here = {case.state, *[track.state for track in case.tracks.values()]} if case.open else set[str]()
        if self.since.keys() == here:
            return
        self._leave(set(self.since) - here, at)
        for state in sorted(here - set(self.since)):
            self.since[state] = at

    def _leave(self, states: set[str], at: datetime) -> None:
        for state in sorted(states):
            self.stays[state].append((self.since.pop(state), at))

    def _pass(self, until: datetime) -> None:
        """The clock does what is due, each at its time."""
        passing = self.world.pass_until(until)
        while self.fired < MOST_FIRED and (done := next(passing, None)):
            self.fired += 1
            self._note(done[0])

    # ---- what is done ----

    def _choices(self) -> list[_Choice]:
        """What may be done now; replies go first. What is never done (weight 0) is none of them. Worked out once for the case as it
        stands.
        """
        file = self.file
        if self.choices is None or self.choices[0] is not file:
            self.choices = file, [one for one in self._found(file) if one.weight > 0]
        return list(self.choices[1])

    def _found(self, file: CaseFile) -> list[_Choice]:
        found: list[_Choice] = []
        may: dict[Who, tuple[str, ...]] = {}
        for state in waiting(self.process, file.case):
            newest = file.case.rounds.get(state.key, 0)
            for opinion in file.opinions if state.consult is not None else ():
                if (opinion.state, opinion.round, opinion.status) == (state.key, newest, OpinionStatus.ASKED) and state.consult is not None:
                    who = self._people(state.consult.reply.by, opinion.asked)
                    found += self._chosen(opinion.asked, state.consult.reply, who)
            if found:
                continue
            for action in chosen_in(self.process, state):
                if action.by not in may:
                    may[action.by] = self._people(action.by)
                found += self._chosen("", action, may[action.by])
        return found

    def _chosen(self, asked: str, action: Action, who: tuple[str, ...]) -> list[_Choice]:
        return [_Choice(asked, action, who[0], self._weight(action))] if who else []

    def _people(self, who: Who, asked: str = "") -> tuple[str, ...]:
        if not self.number:  # nothing is open yet: only posts can be told
            roles = [role for word in who if (role := self.process.role_of.get(word)) is not None and role.unit is not None]
            seats = [Seat(unit=role.unit.source.strip("'"), position=role.position) for role in roles if role.unit is not None]
            return holders(seats, self.facts)
        asker = Asker(process=self.process, file=self.file, facts=self.facts, asked=asked)
        return holders(seats_of(who, asker), self.facts)

    def _weight(self, action: Action) -> float:
        known = self.terms.assumed.weights.get(action.key)
        if known is not None:
            return known
        case = self.file.case
        return 0.15 if action.key in case.done or (action.to and action.to[0].to in {case.previous, "same", "previous"}) else 1.0

    def _act(self, at: datetime) -> bool:
        """Do one of the things that may be done, by chance; if it is refused, another. False: nothing goes."""
        choices = self._choices()
        while choices:
            index = self.chance.choices(range(len(choices)), [one.weight for one in choices])[0]
            if isinstance(self.world.do(self._deed(choices.pop(index)), at), Change):
                return True
        return False

    def _deed(self, chosen: _Choice) -> Advance | Reply:
        asked, action, person, fields = chosen.asked, chosen.action, chosen.person, self.filler.form(chosen.action)
        if not asked:
            return Advance(actor=person, request_id="", case=self.number, action=action.key, fields=fields, note="…")
        answer = self.filler.answer(action)
        return Reply(actor=person, request_id="", case=self.number, asked=asked, answer=answer, fields=fields, note="…")

    def _waiting(self, at: datetime) -> Next:
        """Nobody can do anything: until when the clock does; or it is stuck."""
        coming = self.world.stirring(self.number)
        if coming and self.steps < MOST_STEPS:
            return max(min(coming), at)
        return self._over(at, stuck=self.file.case.state)

    def _next(self, at: datetime) -> Next:
        """Who does the next act, and how long it takes; or until when there is nothing to do."""
        choices = self._choices()
        if not choices:
            return self._waiting(at)
        assumed = self.terms.assumed
        hours = assumed.hours_of(choices[0].action.key) * math.exp(self.chance.gauss(0, assumed.spread))
        return Wanted(choices[0].person, min(hours, MOST_HOURS))

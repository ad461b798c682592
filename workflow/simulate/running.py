"""A simulation: the run as things are, the runs with something changed, and what they come to in figures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.answers.simulated import Run, Simulated, StateLoad, UnitLoad
from workflow.language.process import Due, Moment, PointKind, Process, Unit
from workflow.phrases import phrase
from workflow.simulate.assumed import Assumed
from workflow.simulate.crowd import Crowd, Tally, more_people, most_at_once
from workflow.simulate.walk import Terms
from workflow.simulate.world import Ground

MANY_CASES = 50
"""Fewer are done before a second process has begun."""


class Wish(Struct, frozen=True, kw_only=True):
    """What is asked for: so many cases, by this seed; beside it one more person in each of `more`, and `days` more in each state."""

    cases: int = 1000
    seed: int = 1
    more: tuple[str, ...] = ()
    days: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)


Progress = Callable[[int], Callable[[], None]]
"""Told how many cases there are, it gives what is told of each that is over."""


def simulate(
    process: Process,
    ground: Ground,
    assumed: Assumed,
    wish: Wish,
    start: datetime,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> Simulated:
    """Run it, and what else is asked for. The same arguments give the same answer, on however many of the machine's processors."""
    language = ground.language
    runs = [(phrase("as it is", language), process, assumed)]
    runs += [
        (
            phrase("{unit}: {count} more", language, unit=ground.organisation.units[unit].title, count=1),
            process,
            more_people(assumed, {unit: 1}),
        )
        for unit in wish.more
    ]
    if wish.days:
        runs.append((phrase("due + {days} days", language, days=wish.days), longer(process, wish.days), assumed))
    several = workers if wish.cases >= MANY_CASES else 1
    each = progress(wish.cases * len(runs)) if progress is not None else _silent
    tallies = []
    for name, one, with_ in runs:
        known = replace(ground, processes={**ground.processes, process.key: one})
        terms = Terms(process=one, ground=known, assumed=with_, seed=wish.seed, start=start)
        tallies.append((name, Crowd(terms, workers=several, each=each).run(wish.cases)))
    first = tallies[0][1]
    return Simulated(
        process=process.key,
        title=process.title.to(language),
        seed=wish.seed,
        fitted=assumed.fitted,
        runs=tuple(_summary(name, tally, wish.cases) for name, tally in tallies),
        states=tuple(_states(process, first, language)),
        units=tuple(_units(ground, assumed, first, start)),
        stuck=dict(sorted(first.stuck.items())),
        days=tuple(tuple(round(one, 2) for one in sorted(tally.days)) for _, tally in tallies),
    )


def _silent() -> None:
    """Nobody asks how far it has come."""


def _summary(name: str, tally: Tally, cases: int) -> Run:
    return Run(
        name=name,
        cases=cases,
        finished=len(tally.days),
        breached=tally.breached,
        median_days=_share(tally.days, 0.5),
        p90_days=_share(tally.days, 0.9),
        outcomes=dict(sorted(tally.outcomes.items())),
    )


def _share(values: Sequence[float], share: float) -> float:
    """What so large a share of the values does not exceed."""
    ordered = sorted(values)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2) if ordered else 0.0


def _states(process: Process, tally: Tally, language: str) -> list[StateLoad]:
    return [
        StateLoad(
            state=state.key,
            title=state.title.to(language),
            visits=len(tally.stays[state.key]),
            mean_hours=round(sum(tally.stays[state.key]) / len(tally.stays[state.key]), 2),
            p90_hours=_share(tally.stays[state.key], 0.9),
            breaches=tally.missed[state.key],
            most_at_once=most_at_once(tally.spans[state.key]),
        )
        for state in process.states
        if state.key in tally.stays
    ]


def _units(ground: Ground, assumed: Assumed, tally: Tally, start: datetime) -> list[UnitLoad]:
    ended = tally.ended or start
    at_work = max(ground.calendars.default.elapsed(start, ended) / timedelta(hours=1), 1.0)
    day = start.astimezone(ground.zone).date()
    found = []
    for unit in sorted(tally.work):
        posts = [post for post in ground.organisation.posts if post.unit == unit]
        people = len({person for post in posts for person in ground.organisation.holders(unit, post.position, day)})
        people += assumed.people.get(unit, 0)
        hours = sum(tally.work[unit])
        load = UnitLoad(
            unit=unit,
            title=ground.organisation.units[unit].title if unit in ground.organisation.units else unit,
            people=people,
            acts=len(tally.work[unit]),
            hours=round(hours, 1),
            busy=round(hours / (at_work * max(people, 1)), 3),
            mean_wait_hours=round(sum(tally.waits[unit]) / len(tally.waits[unit]), 2),
        )
        found.append(load)
    return found


# ---- more days -------------------------------------------------------------------------------------------------------

_DAYS = (Unit.WORKING_DAYS, Unit.DAYS)


def longer(process: Process, days: int) -> Process:
    """The process with every state's deadline so many days longer, where it is an amount of time from the state's beginning."""
    states = tuple(replace(state, dues=tuple(_longer(due, days) for due in state.dues)) for state in process.states)
    return replace(process, states=states)


def _longer(due: Due, days: int) -> Due:
    return replace(due, at=_later(due.at, days))


def _later(at: Moment, days: int) -> Moment:
    if at.branches:
        return replace(at, branches=tuple(replace(one, then=_later(one.then, days)) for one in at.branches))
    entry = at.point is None or at.point.kind is PointKind.ENTRY
    if not entry or at.before or at.amount is None:
        return at
    if at.amount.unit in _DAYS and at.amount.number is not None:
        return replace(at, amount=replace(at.amount, number=at.amount.number + days))
    if at.amount.unit is Unit.WORKING_HOURS and at.amount.number is not None:
        return replace(at, amount=replace(at.amount, number=at.amount.number + 8 * days))
    return at

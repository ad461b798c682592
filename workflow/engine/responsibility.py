"""Whose days they were: each working day of a case is put on exactly one unit, so that the days add up to its duration.

A day is on the unit whose act was awaited for most of its working time; of several units that might act, on the one that the
process names first. While units are asked for their opinions, a day is on one of those that had not replied: on the one
that has had the fewest days of this round so far, then in the order in which they were asked. Where nobody in particular is
awaited, it is on the unit that keeps the case. Days on which a case was closed, until it was opened again, are none of its
own. The day of opening is not counted, the day of closing is (Civil Code 2015
art. 147).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from workflow.calendar import Calendar
from workflow.engine import deadlines as dl
from workflow.engine.facts import Facts
from workflow.engine.permission import Asker, awaited_in
from workflow.engine.standing import waiting
from workflow.language.process import Process, State
from workflow.model import CaseFile, DeadlineStatus, OpinionStatus
from workflow.organisation import holds_on

ACT, REPLY, KEEPER = "act", "reply", "keeper"
"""What a unit was awaited for: an action, its opinion; or nothing in particular of the unit that keeps the case."""
_NONE = timedelta()


class Stood(Struct, frozen=True, kw_only=True):
    """How a case stood from an entry of its history on, with what was known then."""

    since: datetime
    process: Process
    file: CaseFile
    facts: Facts


class Turn(Struct, frozen=True, kw_only=True):
    """Whose turn it was, and for what. Of a consultation: all who had not replied, in the order in which they were asked."""

    units: tuple[str, ...]
    state: str
    why: str
    round: int = 0


class DayOn(Struct, frozen=True, kw_only=True):
    """One working day of a case and the unit that it is put on. `late`: what the unit owed was past its due already."""

    day: date
    unit: str
    state: str
    why: str
    late: bool


def days_on(stood: Sequence[Stood], days: Calendar, until: datetime) -> list[DayOn]:
    """Each working day of a case up to `until` (its end, or now), in order. `stood`: how it stood, first to last."""
    dealt: Counter[tuple[str, int, str]] = Counter()
    first, last = days.day_of(stood[0].since), days.day_of(until)
    working = (first + timedelta(days=far) for far in range(1, (last - first).days + 1))
    found = []
    for day in filter(days.is_working, working):
        turn, at = _most(stood, days, day, until)
        if not turn.units:
            continue
        unit = min(turn.units, key=lambda one: dealt[turn.state, turn.round, one])
        dealt[turn.state, turn.round, unit] += 1
        found.append(DayOn(day=day, unit=unit, state=turn.state, why=turn.why, late=_late(at, days, day, turn, unit)))
    return found


def _most(stood: Sequence[Stood], days: Calendar, day: date, until: datetime) -> tuple[Turn, Stood]:
    """Whose turn it was for most of a day's working time (the earlier of equals), and how the case stood in it at last."""
    times: dict[Turn, timedelta] = {}
    at: dict[Turn, Stood] = {}
    ends = min(days.at(day + timedelta(days=1), 0), until)
    begins = min(days.at(day, 0), ends - timedelta.resolution)  # a case may end as the day begins
    for one, gone in _within(stood, begins, ends):
        turn = _turn(one, max(one.since, begins))
        times[turn] = times.get(turn, _NONE) + days.elapsed(max(one.since, begins), gone)
        at[turn] = one
    most = max(times, key=lambda turn: times[turn])
    return most, at[most]


def _within(stood: Sequence[Stood], begins: datetime, ends: datetime) -> Iterator[tuple[Stood, datetime]]:
    """How the case stood between two instants, each with when it stood so no more. What was over at once is left out."""
    for index, one in enumerate(stood):
        gone = min(stood[index + 1].since, ends) if index + 1 < len(stood) else ends
        if one.since < gone and gone > begins:
            yield one, gone


def _turn(one: Stood, at: datetime) -> Turn:
    asker = Asker(process=one.process, file=one.file, facts=replace(one.facts, now=at))
    for state in waiting(one.process, one.file.case):
        asked = tuple(dict.fromkeys(_unit(name, asker) for name in _owing(state, one.file)))
        if asked:
            return Turn(units=asked, state=state.key, why=REPLY, round=one.file.case.rounds[state.key])
        seats = [seat for seat in awaited_in(state, asker) if _exists(seat.unit, asker.facts)]
        unit = next(filter(None, (seat.unit or _unit(seat.person, asker) for seat in seats)), "")
        if unit:
            return Turn(units=(unit,), state=state.key, why=ACT)
    keeper = (one.file.case.unit,) if one.file.case.open else ()
    return Turn(units=keeper, state=one.file.case.state, why=KEEPER)


def _exists(unit: str, facts: Facts) -> bool:
    """Whether a unit is there that day: one that is to come, or has ended, owes nothing."""
    found = facts.organisation.units.get(unit)
    return found is None or holds_on(found, facts.today)


def _owing(state: State, file: CaseFile) -> Iterable[str]:
    """Who was asked in the newest round of a state and has not replied."""
    newest = file.case.rounds.get(state.key, 0)
    return (one.asked for one in file.asked if (one.state, one.round) == (state.key, newest) and one.status is OpinionStatus.ASKED)


def _unit(name: str, asker: Asker) -> str:
    """The unit itself, or the first one that a person has a post in; the unit that keeps the case for one without a post."""
    if name in asker.facts.organisation.units:
        return name
    posts = asker.facts.organisation.posts_of(name, asker.facts.today)
    return posts[0].unit if posts else asker.case.unit


def _late(at: Stood, days: Calendar, day: date, turn: Turn, unit: str) -> bool:
    """Whether a deadline of what the unit was awaited for ran and was past before the day began."""
    owed = dl.on_consult(turn.state) if turn.why == REPLY else dl.on_state(turn.state)
    mine = (one for one in at.file.deadlines if one.status is DeadlineStatus.RUNNING and one.on == owed)
    return any(days.day_of(one.due, ends=True) < day for one in mine if not one.asked or _asked_unit(at, one.asked) == unit)


def _asked_unit(at: Stood, asked: str) -> str:
    return _unit(asked, Asker(process=at.process, file=at.file, facts=at.facts))

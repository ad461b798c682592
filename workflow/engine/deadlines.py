"""Deadlines: opened, stopped, resumed, settled and fired, as a fold over what happened to each (never a counter)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from workflow.calendar import parse_amount
from workflow.engine.moments import When, Whole, by_calendar, chosen, counting, instant_of, measure_of, number_of
from workflow.errors import WrongValue
from workflow.language.process import Due, Process, Rung
from workflow.model import ClockEvent, Deadline, DeadlineStatus, Happening, Opinion, Unit

CASE, CONSULT, TRACK = "case", "consult", "track"
RUNNING, STOPPED = DeadlineStatus.RUNNING, DeadlineStatus.STOPPED
"""Looked up once: what looks through the deadlines asks for them each time, and in Python 3.11 a member of an enum is far to fetch."""
SILENCE = -1
"""The pseudo-rung of a consultation's deadline: at its due, silence is filled in. It comes after the due's own rungs."""


def on_state(key: str) -> str:
    """What a state's deadline is on."""
    return f"state:{key}"


def on_track(key: str) -> str:
    """What a track's own deadline is on."""
    return f"track:{key}"


def on_consult(key: str) -> str:
    """What an asked unit's deadline is on."""
    return f"{CONSULT}:{key}"


def named_by(key: str) -> tuple[str, str, str]:
    """(what it is on, its name, the asked unit or '') of a deadline's key: a track's state has a `/` of its own."""
    parts = key.split("/")
    asked = "" if parts[-1].isdigit() else parts.pop()
    return "/".join(parts[:-2]), parts[-2], asked


def rule_of(process: Process, deadline: Deadline) -> Due | None:
    """The rule that opened it; None if this version of the process has it no more."""
    known: dict[tuple[str, str], Due | None] = process.beside["rules"]
    at = deadline.on, deadline.name
    if at not in known:
        known[at] = _rule_of(process, deadline)
    return known[at]


def _rule_of(process: Process, deadline: Deadline) -> Due | None:
    where, _, key = deadline.on.partition(":")
    if where == CASE:
        rules = tuple(due for due in process.dues if not due.states)
    elif where == TRACK:
        rules = tuple(due for due in process.track_of[key].dues if not due.states) if key in process.track_of else ()
    elif where == CONSULT:
        consult = process.state_of[key].consult if key in process.state_of else None
        rules = (consult.due,) if consult is not None and consult.due is not None else ()
    else:
        rules = rules_in(process, key)
    return next((due for due in rules if due.name == deadline.name), None)


def rules_in(process: Process, state: str) -> tuple[Due, ...]:
    """The rules of the deadlines that run in a state: its own, and the case's that are written `in` it."""
    known: dict[str, tuple[Due, ...]] = process.beside["rules in"]
    if state not in known:
        known[state] = _rules_in(process, state)
    return known[state]


def _rules_in(process: Process, state: str) -> tuple[Due, ...]:
    at = process.state_of.get(state)
    above = process.track_of[at.track].dues if at is not None and at.track else process.dues
    return (*(at.dues if at is not None else ()), *(due for due in above if state in due.states))


def of_opinion(deadlines: Iterable[Deadline], opinion: Opinion) -> Deadline | None:
    """The deadline of an asked unit's reply: opened with its round, or the newest of those that were begun anew since."""
    on, asked = on_consult(opinion.state), opinion.asked
    mine = [one for one in deadlines if one.asked == asked and one.on == on and open_at(one) >= opinion.asked_at]
    return max(mine, key=lambda one: one.events[0].seq, default=None)


def opened(rule: Due, on: str, when: When, seq: int) -> Deadline | None:
    """A new deadline that runs from `when.entry`; None where its point is empty."""
    due = instant_of(rule.at, when)
    if due is None:
        return None
    return Deadline(
        key="/".join(filter(None, (on, rule.name, str(seq), when.asked))),
        on=on,
        name=rule.name,
        due=due,
        status=RUNNING,
        events=(Happening(what=ClockEvent.OPENED, at=when.entry, seq=seq),),
        asked=when.asked,
    )


def open_at(deadline: Deadline) -> datetime:
    """When it was opened."""
    return deadline.events[0].at


def stopped_by(deadline: Deadline) -> Happening | None:
    """What stopped the clock that stands still (it may have been extended or moved since); None of one that does not."""
    if deadline.status is not STOPPED:
        return None
    return next(event for event in reversed(deadline.events) if event.what is ClockEvent.STOPPED)


def is_open(deadline: Deadline) -> bool:
    """Whether it is still owed."""
    return deadline.status is RUNNING or deadline.status is STOPPED


def due_now(rule: Due, deadline: Deadline, when: When) -> datetime | None:
    """Its due by the rule and all that happened to it, in order: each stop and resume keeps exactly what was left, each
    extension moves it on (language.md: AMOUNT).
    """
    due = instant_of(rule.at, when)
    if due is None or len(deadline.events) == 1:  # it was opened, and nothing has happened to it since
        return due
    for _, moved in course(rule, deadline, when, due):
        due = moved
    return due


def course(rule: Due, deadline: Deadline, when: When, due: datetime) -> Iterator[tuple[Happening, datetime]]:
    """Each thing that happened to a deadline that its rule puts at `due`, and its due after it."""
    (unit, exactly), days = measure_of(rule.at, when), counting(rule.at, when).days
    stopped = open_at(deadline)
    for event in deadline.events:
        match event.what:
            case ClockEvent.STOPPED:
                stopped = event.at
            case ClockEvent.RESUMED:
                due = days.resume(due, stopped, event.at, unit, exactly=exactly)
            case ClockEvent.EXTENDED:
                due = days.add(due, *parse_amount(event.amount), ends=True)
        yield event, due


def stop(deadline: Deadline, at: datetime, seq: int, by: str) -> Deadline:
    """Its clock stands still; a stopped or settled one stays as it is."""
    if deadline.status is not RUNNING:
        return deadline
    event = Happening(what=ClockEvent.STOPPED, at=at, seq=seq, by=by)
    return replace(deadline, status=STOPPED, events=(*deadline.events, event), next_at=None)


def resume(deadline: Deadline, at: datetime, seq: int, by: str) -> Deadline:
    """Its clock goes on; the caller works its due out anew."""
    if deadline.status is not STOPPED:
        return deadline
    event = Happening(what=ClockEvent.RESUMED, at=at, seq=seq, by=by)
    return replace(deadline, status=RUNNING, events=(*deadline.events, event))


def settle(deadline: Deadline, at: datetime, *, owed: bool = True) -> Deadline:
    """Met, or missed when it is past (when its clock stood still: past by then); dropped when it is owed no more.
    What is settled stays settled.
    """
    if not is_open(deadline):
        return deadline
    still = stopped_by(deadline)
    reached = still.at if still is not None else at
    late = reached > deadline.due
    kept = DeadlineStatus.MET if owed else DeadlineStatus.DROPPED
    status = DeadlineStatus.MISSED if late else kept
    return replace(deadline, status=status, settled=at, next_at=None)


# ---- rungs -----------------------------------------------------------------------------------------------------------


WORKING = (Unit.WORKING_DAYS, Unit.WORKING_HOURS)


def on_ladder(rule: Due, deadline: Deadline, when: When) -> When:
    """What the deadline's rungs hang on: its due, and the time that shares are taken of (worked out for those alone)."""
    return replace(when, due=deadline.due, whole=lambda: _whole(rule, deadline, when))


def _whole(rule: Due, deadline: Deadline, when: When) -> Whole:
    count = counting(rule.at, when)
    days = count.days if measure_of(rule.at, when)[0] in WORKING else None
    still: list[tuple[datetime, datetime]] = []
    stopped: datetime | None = None
    for event in deadline.events:
        if event.what is ClockEvent.RESUMED and stopped is not None:
            still.append((stopped, event.at))
        stopped = event.at if event.what is ClockEvent.STOPPED else stopped
    return Whole(still=tuple(still), days=days)


def coming(process: Process, rule: Due, deadline: Deadline, when: When, *, silence: bool) -> list[tuple[datetime, int]]:
    """(when, which) of each rung that is still to fire, in order of time, then of the file; silence after the due's own.

    A reminder that would come before its deadline was even opened is left out, and where nobody is told (`Facts.bare`) whatever does no
    more than tell. `silence`: an asked unit whose silence is still to be filled in at the due.
    """
    if deadline.status is not RUNNING:
        return []
    found: list[tuple[datetime, int]] = []
    rungs = _stirring(process, rule) if when.facts.bare else enumerate(process.ladder_of(rule))
    left = [one for one in rungs if one[0] not in deadline.fired]
    when = on_ladder(rule, deadline, when) if left else when
    for index, rung in left:
        at = rung_time(rung, deadline.repeats.get(str(index), 0) if rung.repeat is not None else 0, when)
        if at is not None and not (at <= open_at(deadline) and _is_before(rung, when)):
            found.append((at, index))
    if silence and SILENCE not in deadline.fired:
        found.append((deadline.due, SILENCE))
    return sorted(found, key=_order) if len(found) > 1 else found


def _stirring(process: Process, rule: Due) -> tuple[tuple[int, Rung], ...]:
    """The rungs of a ladder, with their places on it, that change what may happen next. One that tells somebody does not, nor does one
    that writes a paper which no expression looks at.
    """
    known: dict[int, tuple[tuple[int, Rung], ...]] = process.beside["stirring"]
    found = known.get(id(rule))
    if found is None:  # the rules are the process's own, and live as long
        ladder = enumerate(process.ladder_of(rule))
        found = tuple(one for one in ladder if one[1].do or ((one[1].drafts or one[1].issues) and process.reads_papers))
        known[id(rule)] = found
    return found


def _order(one: tuple[datetime, int]) -> tuple[datetime, bool, int]:
    return one[0], one[1] == SILENCE, one[1]


def rung_time(rung: Rung, times: int, when: When) -> datetime | None:
    """When a rung fires that has fired so many times; None for never (again).

    Repetitions are counted from the first time, so that months keep their day and weeks their weekday.
    """
    first = instant_of(rung.at, when)
    if first is None or not times or rung.repeat is None:
        return first
    number = number_of(rung.repeat, when)
    if number is None or number <= 0:
        return None
    try:
        return by_calendar(rung.repeat, when).days.add(first, number * times, rung.repeat.unit, exactly=rung.repeat.exactly, ends=True)
    except WrongValue:
        return None  # past the years that a calendar reaches


def times_by(rung: Rung, times: int, until: datetime, when: When) -> int:
    """How often a rung that is due fires by `until`, after it has fired `times`: 1 and its repetitions.

    Found by halving, so that an outage of years costs no more than one of minutes.
    """

    def later(more: int) -> bool:
        at = rung_time(rung, times + more, when)
        return at is None or at > until

    far = 1
    while not later(far):
        far *= 2
    return 1 + bisect_left(range(1, far), True, key=later)


def _is_before(rung: Rung, when: When) -> bool:
    one = chosen(rung.at, when)
    return one is not None and one.before


def fired(deadline: Deadline, rung: Rung | None, index: int, times: int = 1) -> Deadline:
    """The deadline after this rung: a repeating one counts, another one is done with."""
    if rung is not None and rung.repeat is not None:
        return replace(deadline, repeats={**deadline.repeats, str(index): deadline.repeats.get(str(index), 0) + times})
    return replace(deadline, fired=(*deadline.fired, index))

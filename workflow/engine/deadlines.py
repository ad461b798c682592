"""Deadlines: opened, stopped, resumed, settled and fired, as a fold over what happened to each (never a counter)."""

from dataclasses import replace
from datetime import datetime, timedelta

from workflow.engine.moments import When, instant_of, main_unit
from workflow.language.process import Due, Moment, Process, Rung
from workflow.model import ClockEvent, Deadline, DeadlineStatus, Happening

CASE = "case"
SILENCE = -1
"""The pseudo-rung of a consultation's deadline: at its due, silence is filled in. It comes after the due's own rungs."""


def on_state(key: str) -> str:
    """What a state's deadline is on."""
    return f"state:{key}"


def on_consult(key: str) -> str:
    """What an asked unit's deadline is on."""
    return f"consult:{key}"


def rule_of(process: Process, deadline: Deadline) -> Due | None:
    """The rule that opened it; None if this version of the process has it no more."""
    where, _, key = deadline.on.partition(":")
    if where == CASE:
        rules: tuple[Due, ...] = process.dues
    else:
        state = process.state_of.get(key)
        if state is None:
            return None
        if where == "consult":
            rules = (state.consult.due,) if state.consult and state.consult.due else ()
        else:
            rules = (*state.dues, *(due for due in process.dues if key in due.states))
    return next((due for due in rules if due.name == deadline.name), None)


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
        status=DeadlineStatus.RUNNING,
        events=(Happening(what=ClockEvent.OPENED, at=when.entry, seq=seq),),
        asked=when.asked,
    )


def open_at(deadline: Deadline) -> datetime:
    """When it was opened."""
    return deadline.events[0].at


def is_open(deadline: Deadline) -> bool:
    """Whether it is still owed."""
    return deadline.status in {DeadlineStatus.RUNNING, DeadlineStatus.STOPPED}


def due_now(rule: Due, deadline: Deadline, when: When) -> datetime | None:
    """Its due by the rule and all that happened to it: each stop and resume keeps exactly what was left."""
    due = instant_of(rule.at, when)
    if due is None:
        return None
    unit, stopped = main_unit(rule.at, when), None
    for event in deadline.events:
        if event.what is ClockEvent.STOPPED:
            stopped = event.at
        elif event.what is ClockEvent.RESUMED and stopped is not None:
            due, stopped = when.days.resume(due, stopped, event.at, unit), None
    return due


def stop(deadline: Deadline, at: datetime, seq: int, by: str) -> Deadline:
    """Its clock stands still; a stopped or settled one stays as it is."""
    if deadline.status is not DeadlineStatus.RUNNING:
        return deadline
    event = Happening(what=ClockEvent.STOPPED, at=at, seq=seq, by=by)
    return replace(deadline, status=DeadlineStatus.STOPPED, events=(*deadline.events, event), next_at=None)


def resume(deadline: Deadline, at: datetime, seq: int, by: str) -> Deadline:
    """Its clock goes on; the caller works its due out anew."""
    if deadline.status is not DeadlineStatus.STOPPED:
        return deadline
    event = Happening(what=ClockEvent.RESUMED, at=at, seq=seq, by=by)
    return replace(deadline, status=DeadlineStatus.RUNNING, events=(*deadline.events, event))


def settle(deadline: Deadline, at: datetime, *, owed: bool = True) -> Deadline:
    """Met, or missed when it is past; dropped when it is owed no more. What is settled stays settled."""
    if not is_open(deadline):
        return deadline
    late = deadline.status is DeadlineStatus.RUNNING and at > deadline.due
    kept = DeadlineStatus.MET if owed else DeadlineStatus.DROPPED
    status = DeadlineStatus.MISSED if late else kept
    return replace(deadline, status=status, settled=at, next_at=None)


# ---- rungs -----------------------------------------------------------------------------------------------------------


def next_rung(process: Process, rule: Due, deadline: Deadline, when: When, *, silence: bool) -> tuple[datetime, int] | None:
    """When the next rung fires and which it is, in order of time, then of the file; None if none is left.

    A reminder that would come before its deadline was even opened is left out. `silence`: an asked unit whose silence
    is still to be filled in at the due.
    """
    if deadline.status is not DeadlineStatus.RUNNING:
        return None
    found: list[tuple[datetime, int, int]] = []
    for index, rung in enumerate(process.ladder_of(rule)):
        at = None if index in deadline.fired else _rung_time(rung, index, deadline, when)
        if at is not None and not (at <= open_at(deadline) and _before_due(rung.at)):
            found.append((at, index, index))
    if silence and SILENCE not in deadline.fired:
        found.append((deadline.due, len(process.ladder_of(rule)), SILENCE))
    if not found:
        return None
    at, _, index = min(found)
    return at, index


def _rung_time(rung: Rung, index: int, deadline: Deadline, when: When) -> datetime | None:
    at = instant_of(rung.at, when)
    times = deadline.repeats.get(str(index), 0)
    if at is None or not times or rung.repeat is None:
        return at
    for _ in range(times):
        at = instant_of(Moment(amount=rung.repeat), replace(when, entry=_noon_before(at)))
        if at is None:
            return None
    return at


def _noon_before(at: datetime) -> datetime:
    """A repeat is counted from the day that the last time ended; noon is safely inside of it."""
    return at - timedelta(microseconds=1)


def _before_due(moment: Moment) -> bool:
    return moment.before


def fired(deadline: Deadline, rung: Rung | None, index: int) -> Deadline:
    """The deadline after this rung: a repeating one counts, another one is done with."""
    if rung is not None and rung.repeat is not None:
        return replace(deadline, repeats={**deadline.repeats, str(index): deadline.repeats.get(str(index), 0) + 1})
    return replace(deadline, fired=(*deadline.fired, index))

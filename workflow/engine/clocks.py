"""The deadlines of a case through one act: opened on entering, settled on leaving, stopped, resumed, worked out anew."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from workflow.engine import deadlines as dl
from workflow.engine.moments import When
from workflow.engine.work import Work
from workflow.language.process import ALL, Due, Effects, Moment, PointKind, State
from workflow.model import Deadline, DeadlineStatus, OpinionStatus


def open_deadline(work: Work, rule: Due, on: str, entry: datetime, asked: str = "") -> None:
    """Open a deadline of this rule, if its point is not empty."""
    opened = dl.opened(rule, on, work.when(entry, asked=asked, calendar=rule.calendar), work.seq)
    if opened is not None:
        work.put_deadline(opened)


def open_case_deadlines(work: Work) -> None:
    """The case's own deadlines that were not opened yet: at opening, or once their point is filled."""
    have = {one.name for one in work.deadlines.values() if one.on == dl.CASE}
    for rule in work.process.dues:
        if not rule.states and rule.name not in have and work.case.open and rule.until != work.case.state:
            open_deadline(work, rule, dl.CASE, work.case.opened)


def enter(work: Work, state: State) -> None:
    """Open the state's deadlines; its arrival may settle the case's own; `stops: all` stops the others."""
    on = dl.on_state(state.key)
    for rule in (*state.dues, *(due for due in work.process.dues if state.key in due.states)):
        open_deadline(work, rule, on, work.now)
    for deadline in _open(work):
        if deadline.on == dl.CASE:
            _reach(work, deadline, state)
    if state.stops_all:
        own = {on, dl.on_consult(state.key)}
        stop(work, (one for one in _open(work) if one.on not in own), on)


def _reach(work: Work, deadline: Deadline, state: State) -> None:
    rule = dl.rule_of(work.process, deadline)
    until = rule.until if rule else ""
    if until == state.key or (state.final and not until):
        work.put_deadline(dl.settle(deadline, work.now))
    elif state.final:
        work.put_deadline(dl.settle(deadline, work.now, owed=False))


def leave(work: Work, state: State) -> None:
    """End the state's deadlines and its round's; what `stops: all` stopped goes on."""
    on = dl.on_state(state.key)
    for deadline in _open(work):
        if deadline.on == on:
            work.put_deadline(dl.settle(deadline, work.now))
        elif deadline.on == dl.on_consult(state.key):
            work.put_deadline(dl.settle(deadline, work.now, owed=False))
    if state.stops_all:
        resume(work, (one for one in work.deadlines.values() if _stopped_by(one, on)), on)


def _stopped_by(deadline: Deadline, by: str) -> bool:
    return deadline.status is DeadlineStatus.STOPPED and deadline.events[-1].by == by


def run_clock_effects(work: Work, effects: Effects, by: str) -> None:
    """`stops`, `resumes`, `restarts` of an action, by name."""
    stop(work, _named(work, effects.stops), by)
    resume(work, _named(work, effects.resumes), by)
    for deadline in list(_named(work, effects.restarts)):
        rule = dl.rule_of(work.process, deadline)
        if rule is not None:
            work.put_deadline(dl.settle(deadline, work.now, owed=False))
            open_deadline(work, rule, deadline.on, work.now, deadline.asked)


def _named(work: Work, names: tuple[str, ...]) -> list[Deadline]:
    return [one for one in _open(work) if ALL in names or one.name in names]


def stop(work: Work, deadlines: Iterable[Deadline], by: str) -> None:
    """Stop these clocks."""
    for deadline in list(deadlines):
        work.put_deadline(dl.stop(deadline, work.now, work.seq, by))


def resume(work: Work, deadlines: Iterable[Deadline], by: str) -> None:
    """Let these clocks go on."""
    for deadline in list(deadlines):
        work.put_deadline(dl.resume(deadline, work.now, work.seq, by))


def _open(work: Work) -> list[Deadline]:
    return [one for one in work.deadlines.values() if dl.is_open(one)]


# ---- working out anew ------------------------------------------------------------------------------------------------


def refresh(work: Work) -> None:
    """Bring dues and next rungs up to date with what the step changed. Rungs that fired never move (language.md 2.12)."""
    open_case_deadlines(work)
    fields_changed = work.step_case is not None and work.step_case.fields != work.case.fields
    for deadline in _open(work):
        rule = dl.rule_of(work.process, deadline)
        if rule is None or deadline.status is not DeadlineStatus.RUNNING:
            continue
        if fields_changed or deadline.key in work.step_touched["deadlines"] or _hangs_on_acts(rule, work):
            work.put_deadline(recomputed(work, rule, deadline))


def recomputed(work: Work, rule: Due, deadline: Deadline) -> Deadline:
    """The deadline with its due and its next rung as they follow from everything known now."""
    when = work.when(dl.open_at(deadline), asked=deadline.asked, calendar=rule.calendar)
    due = dl.due_now(rule, deadline, when)
    if due is None:
        return dl.settle(deadline, work.now, owed=False)
    moved = replace(deadline, due=due)
    return replace(moved, next_at=next_at(work, rule, moved, replace(when, due=due)))


def next_at(work: Work, rule: Due, deadline: Deadline, when: When) -> datetime | None:
    """When the deadline's next rung fires."""
    found = dl.next_rung(work.process, rule, deadline, when, silence=is_silent(work, deadline))
    return found[0] if found else None


def is_silent(work: Work, deadline: Deadline) -> bool:
    """Whether this is an asked unit's deadline whose silence would count as an answer."""
    where, _, state = deadline.on.partition(":")
    if where != "consult" or state not in work.process.state_of:
        return False
    consult = work.process.state_of[state].consult
    opinion = work.opinions.get((state, work.case.rounds.get(state, 0), deadline.asked))
    return bool(consult and consult.silence and opinion and opinion.status is OpinionStatus.ASKED)


def _hangs_on_acts(rule: Due, work: Work) -> bool:
    moments = [rule.at, *(rung.at for rung in work.process.ladder_of(rule))]
    return any(_points_at_acts(moment) for moment in moments)


def _points_at_acts(moment: Moment) -> bool:
    if moment.point is not None and moment.point.kind in {PointKind.ACTION, PointKind.LAST_ACT}:
        return True
    return any(map(_points_at_acts, (*moment.among, *(branch.then for branch in moment.branches))))

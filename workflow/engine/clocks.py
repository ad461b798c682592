"""The deadlines of a case through one act: opened on entering, settled on leaving, stopped, resumed, worked out anew."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from workflow.engine import deadlines as dl
from workflow.engine.moments import When, chosen
from workflow.engine.standing import goes_on, standing
from workflow.engine.work import Work
from workflow.language.process import ALL, Due, Effects, Moment, Point, PointKind, State, Track
from workflow.model import Act, Advance, ClockEvent, Deadline, DeadlineStatus, Happening, OpinionStatus


def open_deadline(work: Work, rule: Due, on: str, entry: datetime, asked: str = "") -> Deadline | None:
    """Open a deadline of this rule, if its point is not empty; in a state that stops all others it stands still."""
    opened = dl.opened(rule, on, work.when(entry, asked=asked, calendar=rule.calendar), work.seq)
    if opened is not None:
        work.put_deadline(opened)
        stop_others(work, [opened])
        _stay_paused(work, [opened])
    return opened


def open_missing(work: Work, *, entry: datetime | None = None) -> None:
    """The deadlines of the case and of its state that are not there: not opened yet, or once their point is filled.

    What is met or missed stays so; what was dropped (its point was emptied, the case was closed) is owed again. `entry`: they
    begin then, not when the case was opened or came to its state.
    """
    if work.process.dues and work.case.open:
        _open_missing_of_case(work, entry)
    for state in standing(work.process, work.case):
        _open_missing_in(work, state, entry)
        if state.track:
            open_track(work, work.process.track_of[state.track], entry=entry or work.case.opened)


def _open_missing_of_case(work: Work, entry: datetime | None) -> None:
    rules = [rule for rule in work.process.dues if not rule.states and rule.until != work.case.state]
    have = {one.name for one in work.deadlines.values() if one.on == dl.CASE and one.status is not DeadlineStatus.DROPPED}
    for rule in rules:
        if rule.name not in have:
            open_deadline(work, rule, dl.CASE, _begins(work, rule, entry or work.case.opened))


def _open_missing_in(work: Work, state: State, entry: datetime | None) -> None:
    rules = dl.rules_in(work.process, state.key)
    if not rules:
        return
    on = dl.on_state(state.key)
    have = {one.name for one in work.deadlines.values() if one.on == on and dl.is_open(one)}
    for rule in rules:
        if rule.name not in have:
            open_deadline(work, rule, on, _begins(work, rule, entry or work.case.position(state.track).entered))


def _begins(work: Work, rule: Due, entry: datetime) -> datetime:
    """When a deadline begins that was not there at once: what hangs on an action, when that was done (language.md 2.10)."""
    point = _point(work, rule, entry)
    if point is None or point.kind is not PointKind.ACTION or point.name not in work.case.done:
        return entry
    return max(entry, work.case.done[point.name].last)


def _point(work: Work, rule: Due, entry: datetime, asked: str = "") -> Point | None:
    """What the deadline hangs on, as things stand."""
    one = chosen(rule.at, work.when(entry, asked=asked, calendar=rule.calendar))
    return one.point if one is not None else None


def open_track(work: Work, track: Track, *, entry: datetime | None = None) -> None:
    """A track's own deadlines that are not there: from its start until a state of it, or its end."""
    at, on = work.case.tracks[track.key], dl.on_track(track.key)
    have = {one.name for one in work.deadlines.values() if one.on == on and one.status is not DeadlineStatus.DROPPED}
    for rule in track.dues if not at.outcome else ():
        if not rule.states and rule.name not in have and rule.until != at.state:
            open_deadline(work, rule, on, _begins(work, rule, entry) if entry is not None else work.now)


def enter(work: Work, state: State) -> None:
    """Open the state's deadlines; its arrival may settle the case's own (or its track's); `stops: all` stops the others."""
    for rule in dl.rules_in(work.process, state.key):
        open_deadline(work, rule, dl.on_state(state.key), work.now)
    own = dl.on_track(state.track) if state.track else dl.CASE
    if state.final:
        _end_rounds(work)
    for deadline in work.open_deadlines():
        if deadline.on == own:
            reach(work, deadline, state)
    if work.process.stops_others:
        stop_others(work, work.open_deadlines())


def _end_rounds(work: Work) -> None:
    """Where the case (or a track) is over, nobody owes a reply any more."""
    for deadline in work.open_deadlines():
        where, _, key = deadline.on.partition(":")
        if where == dl.CONSULT and not _still_on(work, work.process.state_of[key].track):
            work.put_deadline(dl.settle(deadline, work.now, owed=False))


def _still_on(work: Work, track: str) -> bool:
    at = work.case.position(track) if not track or track in work.case.tracks else None
    return at is not None and not at.outcome and (not track or goes_on(work.process, work.case, track))


def stop_others(work: Work, running: list[Deadline]) -> None:
    """Stop those of these deadlines that a state stops in which the case, or one of its tracks, stands."""
    for state in standing(work.process, work.case) if work.process.stops_others else ():
        if state.stops_all:
            own = {dl.on_state(state.key), dl.on_consult(state.key)}
            stop(work, (one for one in running if one.on not in own), dl.on_state(state.key))


def reach(work: Work, deadline: Deadline, state: State) -> None:
    """Settle a deadline of the case (or a track) that this state is the end of."""
    rule = dl.rule_of(work.process, deadline)
    until = rule.until if rule else ""
    if until == state.key or (state.final and not until):
        work.put_deadline(dl.settle(deadline, work.now))
    elif state.final:
        work.put_deadline(dl.settle(deadline, work.now, owed=False))


def leave(work: Work, state: State) -> None:
    """End the state's deadlines and its round's; what `stops: all` stopped goes on."""
    on, consulting = dl.on_state(state.key), dl.on_consult(state.key)
    for deadline in work.open_deadlines():
        if deadline.on == on:
            work.put_deadline(dl.settle(deadline, work.now))
        elif deadline.on == consulting and not (state.consult and state.consult.lasting):
            work.put_deadline(dl.settle(deadline, work.now, owed=False))
    if state.stops_all:
        resume(work, (one for one in work.deadlines.values() if _stopped_by(one, on)), on)


def end_track(work: Work, track: str) -> None:
    """A track is over with its case: what ran in it is owed no more."""
    at = work.case.tracks[track].state
    mine = {dl.on_track(track), dl.on_state(at), dl.on_consult(at)}
    for deadline in work.open_deadlines():
        if deadline.on in mine:
            work.put_deadline(dl.settle(deadline, work.now, owed=False))
    if work.process.state_of[at].stops_all:
        by = dl.on_state(at)
        resume(work, (one for one in work.deadlines.values() if _stopped_by(one, by)), by)


def drop_all(work: Work) -> None:
    """Nothing of the process is owed any more: the case goes on in another one."""
    for deadline in work.open_deadlines():
        work.put_deadline(dl.settle(deadline, work.now, owed=False))


def _stopped_by(deadline: Deadline, by: str) -> bool:
    stopped = dl.stopped_by(deadline)
    return stopped is not None and stopped.by == by


def run_clock_effects(work: Work, effects: Effects, by: str) -> None:
    """`stops`, `resumes`, `restarts` of an action, by name."""
    if not (effects.stops or effects.resumes or effects.restarts):
        return
    stop(work, _named(work, effects.stops), by)
    resume(work, _named(work, effects.resumes), by)
    for deadline in _named(work, effects.restarts):
        restart(work, deadline)


def restart(work: Work, deadline: Deadline) -> Deadline | None:
    """A deadline that begins anew, with its whole ladder, is another one; what it replaces is owed no more."""
    rule = dl.rule_of(work.process, deadline)
    if rule is None:
        return None
    work.put_deadline(dl.settle(deadline, work.now, owed=False))
    return open_deadline(work, rule, deadline.on, work.now, deadline.asked)


def _named(work: Work, names: tuple[str, ...]) -> list[Deadline]:
    return [one for one in work.open_deadlines() if ALL in names or one.name in names] if names else []


def stop(work: Work, deadlines: Iterable[Deadline], by: str) -> None:
    """Stop these clocks; one that a pause stopped stands still for this reason from now on."""
    for deadline in list(deadlines):
        if by != PAUSE and _stopped_by(deadline, PAUSE):
            deadline = _gone_on(work, deadline, by)  # noqa: PLW2901 - the same deadline, its pause over
        work.put_deadline(dl.stop(deadline, work.now, work.seq, by))


def resume(work: Work, deadlines: Iterable[Deadline], by: str) -> None:
    """Let these clocks go on, with what was left; those of a paused case only once it goes on."""
    for deadline in list(deadlines):
        work.put_deadline(_gone_on(work, deadline, by))
        _stay_paused(work, [work.deadlines[deadline.key]])


def _gone_on(work: Work, deadline: Deadline, by: str) -> Deadline:
    return worked_out(work, dl.resume(deadline, work.now, work.seq, by))


# ---- the whole case --------------------------------------------------------------------------------------------------

PAUSE = "pause"
"""What a clock was stopped by when its case was paused."""


def pause(work: Work) -> None:
    """Every clock of the case stands still; so will those that are opened before it goes on."""
    _stay_paused(work, work.open_deadlines())


def unpause(work: Work) -> None:
    """The clocks that the pause stopped go on, but those that a state stops in which the case stands."""
    resume(work, [one for one in work.open_deadlines() if _stopped_by(one, PAUSE)], PAUSE)
    stop_others(work, work.open_deadlines())


def _stay_paused(work: Work, deadlines: Iterable[Deadline]) -> None:
    if work.case.paused is not None:
        for deadline in deadlines:
            work.put_deadline(dl.stop(deadline, work.now, work.seq, PAUSE))


# ---- working out anew ------------------------------------------------------------------------------------------------


def refresh(work: Work) -> None:
    """Bring dues and next rungs up to date with what the step changed. Rungs that fired never move (language.md 2.12)."""
    open_missing(work)
    hanging = _any_hangs_on_acts(work)
    for deadline in work.open_deadlines() if hanging else ():
        _follow_action(work, deadline)
    fields_changed = work.step_case is not None and work.step_case.fields != work.case.fields
    for deadline in work.open_deadlines() if hanging or fields_changed else _touched(work):  # of a round of 500 units, those of one
        rule = dl.rule_of(work.process, deadline)
        if rule is None:
            continue
        if fields_changed and (_hangs_on_fields(rule, work) or _hangs_on_acts(rule, work)):
            work.put_deadline(moved(work, rule, deadline))
        elif deadline.status is not dl.RUNNING:
            continue
        elif deadline.key in work.step_touched.deadlines or _hangs_on_acts(rule, work):
            work.put_deadline(recomputed(work, rule, deadline))


def _touched(work: Work) -> list[Deadline]:
    """The deadlines that the step changed and that are still owed."""
    return [one for key in work.step_touched.deadlines if dl.is_open(one := work.deadlines[key])]


def moved(work: Work, rule: Due, deadline: Deadline) -> Deadline:
    """The deadline as it follows from the fields as they are now, which is on record where that is another due: one whose
    CHOICE of length comes out otherwise keeps its start and the time that was used.
    """
    anew = recomputed(work, rule, deadline)
    if anew.due == deadline.due or not dl.is_open(anew) or deadline.events[-1].seq == work.seq:
        return anew
    one = chosen(rule.at, work.when(dl.open_at(deadline), asked=deadline.asked, calendar=rule.calendar))
    event = Happening(what=ClockEvent.MOVED, at=work.now, seq=work.seq, by=done_by(work.act), amount=one.source if one is not None else "")
    return replace(anew, events=(*anew.events, event))


def done_by(act: Act) -> str:
    """What an act is called where a deadline says by what it was moved: its action, else its kind."""
    return act.action if isinstance(act, Advance) else type(act).__name__.lower()


def _follow_action(work: Work, deadline: Deadline) -> None:
    """An action that was done in this step starts the deadlines that hang on it anew (language.md 2.10), also those
    whose clock stands still: they go on with all of their time.
    """
    rule = dl.rule_of(work.process, deadline)
    if rule is None or not _begins_anew(rule, work) or deadline.events[0].seq == work.seq:
        return
    point = _point(work, rule, dl.open_at(deadline), deadline.asked)
    if point is None or point.kind is not PointKind.ACTION or not _done_in_step(work, point.name):
        return
    anew = restart(work, deadline)
    stopped = dl.stopped_by(deadline)
    if anew is not None and stopped is not None:
        stop(work, [anew], stopped.by)


def _done_in_step(work: Work, action: str) -> bool:
    before = work.step_case.done if work.step_case is not None else {}
    return work.case.done.get(action) != before.get(action)


def worked_out(work: Work, deadline: Deadline) -> Deadline:
    """The deadline as it follows from everything known now; as it is, where its rule is not in this version any more."""
    rule = dl.rule_of(work.process, deadline)
    return deadline if rule is None else recomputed(work, rule, deadline)


def recomputed(work: Work, rule: Due, deadline: Deadline) -> Deadline:
    """The deadline with its due and its next rung as they follow from everything known now."""
    when = work.when(dl.open_at(deadline), asked=deadline.asked, calendar=rule.calendar)
    due = dl.due_now(rule, deadline, when)
    if due is None:
        return dl.settle(deadline, work.now, owed=False)
    moved = replace(deadline, due=due) if due != deadline.due else deadline
    return replace(moved, next_at=next_at(work, rule, moved, when))


def next_at(work: Work, rule: Due, deadline: Deadline, when: When) -> datetime | None:
    """When the deadline's next rung fires."""
    coming = dl.coming(work.process, rule, deadline, when, silence=is_silent(work, deadline))
    return coming[0][0] if coming else None


def is_silent(work: Work, deadline: Deadline) -> bool:
    """Whether this is an asked unit's deadline whose silence would count as an answer."""
    if not deadline.asked:
        return False
    state = deadline.on.partition(":")[2]
    consult = work.process.state_of[state].consult
    opinion = work.opinions.get((state, work.case.rounds.get(state, 0), deadline.asked))
    counts = consult is not None and (bool(consult.silence) or consult.escalates)
    return bool(counts and opinion and opinion.status is OpinionStatus.ASKED and not opinion.escalated)


def _any_hangs_on_acts(work: Work) -> bool:
    """Whether any deadline of the process does."""
    process = work.process
    known = process.beside["on acts"]
    if ANY not in known:
        asking = (state.consult.due for state in process.states if state.consult is not None)
        above = (process.dues, *(track.dues for track in process.tracks), *(state.dues for state in process.states))
        rules = [*(rule for rules in above for rule in rules), *(rule for rule in asking if rule is not None)]
        known[ANY] = any(_hangs_on_acts(rule, work) for rule in rules)
    return bool(known[ANY])


ANY = "any"


def _hangs_on_acts(rule: Due, work: Work) -> bool:
    """Whether the deadline, or a rung of it, hangs on what is done in the case."""
    known = work.process.beside["on acts"]
    if id(rule) not in known:  # the rules are the process's own, and live as long
        moments = [rule.at, *(rung.at for rung in work.process.ladder_of(rule))]
        known[id(rule)] = any(map(_points_at_acts, moments)), _names_action(rule.at)
    return bool(known[id(rule)][0])


def _hangs_on_fields(rule: Due, work: Work) -> bool:
    """Whether the deadline, or a rung of it, may hang on the case's fields."""
    known = work.process.beside["on fields"]
    if id(rule) not in known:
        ladder = work.process.ladder_of(rule)
        moments, repeats = [rule.at, *(rung.at for rung in ladder)], [rung.repeat for rung in ladder]
        known[id(rule)] = any(map(_looks_at_values, moments)) or any(one is not None and one.value is not None for one in repeats)
    return bool(known[id(rule)])


def _looks_at_values(moment: Moment) -> bool:
    if moment.branches or (moment.amount is not None and moment.amount.value is not None):
        return True
    return (moment.point is not None and moment.point.value is not None) or any(map(_looks_at_values, moment.among))


def _begins_anew(rule: Due, work: Work) -> bool:
    """Whether an action may begin it anew."""
    return _hangs_on_acts(rule, work) and bool(work.process.beside["on acts"][id(rule)][1])


def _names_action(moment: Moment) -> bool:
    """Whether a moment hangs on an action, in any of its ways."""
    if moment.point is not None and moment.point.kind is PointKind.ACTION:
        return True
    return any(map(_names_action, (*moment.among, *(branch.then for branch in moment.branches))))


def _points_at_acts(moment: Moment) -> bool:
    if moment.point is not None and moment.point.kind in {PointKind.ACTION, PointKind.LAST_ACT}:
        return True
    return any(map(_points_at_acts, (*moment.among, *(branch.then for branch in moment.branches))))

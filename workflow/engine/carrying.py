"""The open deadlines of a case that goes on by another version of its process: what has run stays run.

A deadline is carried to the rule of the same name on the same thing (a renamed state's counts as the same). Its start, stops and
extensions stay, so the time that was used stays used; its due follows from the new rule. A rung that fired before does not
fire again: it is known by what it is, not by its place in the ladder.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.standing import standing
from workflow.engine.work import Work
from workflow.language.process import Process, Rung
from workflow.model import Deadline, DeadlineStatus

KEPT, MOVED, DROPPED, OPENED, RESTARTED = "kept", "moved", "dropped", "opened", "restarted"
STATE = "state:"
"""Begins what a clock was stopped by, where a state did."""


class Carried(Struct, frozen=True, kw_only=True):
    """What became of one open deadline: as it was (None: there was none), as it is, and how."""

    before: Deadline | None
    after: Deadline
    fate: str


def carry(work: Work, old: Process, moved_to: Mapping[str, str], *, anew: bool) -> list[Carried]:
    """Carry every open deadline of a case that stands in its new version already, open those that the version has besides;
    what became of each. `moved_to`: where each old state's cases stand now; `anew`: all begin from now.
    """
    before = [one for one in work.deadlines.values() if dl.is_open(one)]
    found = [_carried(work, old, moved_to, one, anew=anew) for one in before]
    for state in standing(work.process, work.case):
        own = dl.on_track(state.track) if state.track else dl.CASE
        for deadline in _open(work):
            if deadline.on == own:
                clocks.reach(work, deadline, state)
    known = set(work.deadlines)
    if anew:
        clocks.open_missing(work, entry=work.now)
    clocks.refresh(work)
    clocks.stop_others(work, _open(work))
    found = [replace(one, after=work.deadlines[one.after.key]) for one in found]
    opened = (one for key, one in work.deadlines.items() if key not in known)
    return [*map(_as_it_is, found), *(Carried(before=None, after=one, fate=OPENED) for one in opened)]


def _as_it_is(one: Carried) -> Carried:
    """What became of a deadline in the end: one may be settled by where the case stands now."""
    if one.fate in {KEPT, MOVED} and one.before is not None:
        if not dl.is_open(one.after):
            return replace(one, fate=DROPPED)
        return replace(one, fate=KEPT if one.after.due == one.before.due else MOVED)
    return one


def _open(work: Work) -> list[Deadline]:
    return [one for one in work.deadlines.values() if dl.is_open(one)]


def _carried(work: Work, old: Process, moved_to: Mapping[str, str], deadline: Deadline, *, anew: bool) -> Carried:
    rule_before = dl.rule_of(old, deadline)
    mine = _renamed(work, deadline, moved_to)
    rule = dl.rule_of(work.process, mine)
    if rule is None:
        gone = dl.settle(deadline, work.now, owed=False)
        work.put_deadline(gone)
        return Carried(before=deadline, after=gone, fate=DROPPED)
    if mine.key != deadline.key:
        work.put_deadline(replace(deadline, status=DeadlineStatus.DROPPED, settled=work.now, next_at=None))
    if anew:
        return Carried(before=deadline, after=_begun_anew(work, mine, deadline), fate=RESTARTED)
    ladder = old.ladder_of(rule_before) if rule_before is not None else ()
    mine = rungs_carried(ladder, work.process.ladder_of(rule), mine)
    work.put_deadline(mine)
    _not_stopped_by_what_was_left(work, mine, moved_to)
    mine = work.deadlines[mine.key]
    work.put_deadline(clocks.moved(work, rule, mine))
    _skip_what_was_not_yet_a_rung(work, ladder, mine.key)
    return Carried(before=deadline, after=work.deadlines[mine.key], fate=KEPT)


def _renamed(work: Work, deadline: Deadline, moved_to: Mapping[str, str]) -> Deadline:
    """The deadline on what its state is called now. Its key says what it is on, so it is another one by then."""
    where, colon, key = deadline.on.partition(":")
    if where not in {"state", dl.CONSULT} or moved_to.get(key, key) == key:
        return deadline
    on = where + colon + moved_to[key]
    name, seq = deadline.name, deadline.events[0].seq
    made = "/".join(filter(None, (on, name, str(seq), deadline.asked)))
    if made in work.deadlines:
        made = "/".join(filter(None, (on, name, str(work.seq), deadline.asked)))
    return replace(deadline, on=on, key=made)


def _begun_anew(work: Work, mine: Deadline, before: Deadline) -> Deadline:
    """A deadline that begins anew under the new rule; one whose clock stood still by an action's doing stays so."""
    if mine.key == before.key:
        work.put_deadline(dl.settle(before, work.now, owed=False))
    rule = dl.rule_of(work.process, mine)
    made = clocks.open_deadline(work, rule, mine.on, work.now, mine.asked) if rule is not None else None
    if made is None:  # its point is empty now
        return work.deadlines[before.key]
    stopped = dl.stopped_by(before)
    if stopped is not None and not stopped.by.startswith(STATE):
        clocks.stop(work, [made], stopped.by)
    return work.deadlines[made.key]


def _not_stopped_by_what_was_left(work: Work, deadline: Deadline, moved_to: Mapping[str, str]) -> None:
    """What a state stopped goes on, unless the case stands in that very state and it stops still; another may stop it again."""
    stopped = dl.stopped_by(deadline)
    if stopped is None or not stopped.by.startswith(STATE):
        return
    key = stopped.by.removeprefix(STATE)
    state = work.process.state_of.get(key)
    if state is None or not state.stops_all or moved_to.get(key, key) != key:
        clocks.resume(work, [deadline], "migrate")


# ---- rungs -----------------------------------------------------------------------------------------------------------


def rungs_carried(before: Sequence[Rung], after: Sequence[Rung], deadline: Deadline) -> Deadline:
    """The deadline with the rungs that fired called by their places in the new ladder; one that is gone is forgotten."""
    places = matched(before, after)
    fired = [one for one in deadline.fired if one == dl.SILENCE]
    fired += [places[one] for one in deadline.fired if one in places and after[places[one]].repeat is None]
    repeats = {str(places[int(at)]): times for at, times in deadline.repeats.items() if int(at) in places}
    for one in deadline.fired:  # a rung that repeats itself now was done once
        if one in places and after[places[one]].repeat is not None:
            repeats[str(places[one])] = 1
    once = [int(at) for at in repeats if after[int(at)].repeat is None]
    repeats = {at: times for at, times in repeats.items() if int(at) not in once}
    return replace(deadline, fired=(*fired, *once), repeats=repeats)


def matched(before: Sequence[Rung], after: Sequence[Rung]) -> dict[int, int]:
    """The places of rungs in the ladder of before → in the one of after: those that are the same, then those at the same time,
    then those that do the same.
    """
    found: dict[int, int] = {}
    for like in (_whole, _at, _does):
        for old, rung in enumerate(before):
            free = (new for new, other in enumerate(after) if new not in found.values() and like(other) == like(rung))
            if old not in found and (new := next(free, None)) is not None:
                found[old] = new
    return found


def _whole(rung: Rung) -> object:
    return _at(rung), _does(rung)


def _at(rung: Rung) -> object:
    return replace(rung.at, source="")


def _does(rung: Rung) -> object:
    return rung.notifies, rung.drafts, rung.issues, rung.do, rung.repeat


def _skip_what_was_not_yet_a_rung(work: Work, before: Sequence[Rung], key: str) -> None:
    """A reminder that only the new version has, and whose time is past, reminds of nothing."""
    deadline = work.deadlines[key]
    rule = dl.rule_of(work.process, deadline)
    if rule is None or not dl.is_open(deadline):
        return
    ladder = work.process.ladder_of(rule)
    known = set(matched(before, ladder).values())
    when = work.when(dl.open_at(deadline), due=deadline.due, asked=deadline.asked, calendar=rule.calendar)
    new = [at for at in range(len(ladder)) if at not in known and at not in deadline.fired and ladder[at].repeat is None]
    times = {at: dl.rung_time(ladder[at], 0, dl.on_ladder(rule, deadline, when)) for at in new}
    past = tuple(at for at, time in times.items() if time is not None and time <= work.now and time < deadline.due)
    if past:
        work.put_deadline(clocks.worked_out(work, replace(deadline, fired=(*deadline.fired, *past))))

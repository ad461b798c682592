"""The clock's act: the rungs of one deadline that are due, each its own entry (language.md 2.7 and 2.13)."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.automatic import clock_action, follow
from workflow.engine.consultation import fill_silence
from workflow.engine.guards import reasons_of
from workflow.engine.moments import When
from workflow.engine.notify import FAILED, OVERDUE, REMINDER, tell
from workflow.engine.papers import write_document
from workflow.engine.standing import actions_here, after_of, stands_at
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.expression import ExpressionError
from workflow.language.process import Due, Notify, Rung
from workflow.model import CLOCK, Deadline, Draft, Fire

PAPER = " paper"
"""Ends the key of what failed where it was a rung's paper, not its action."""
EACH, SKIP = "each", "skip"
FRESH = timedelta(hours=1)
"""Under the policy `skip`, a notice that is later than this is not sent."""


INSTANT = timedelta(microseconds=1)
MOST = 50
"""The rungs that one act fires. What is left stays due: the worker's next act goes on with it."""


class _Due(Struct, frozen=True, kw_only=True):
    """One rung that is due."""

    at: datetime
    index: int
    rung: Rung | None
    """None: silence is to be filled in."""
    times: int = 1
    """How many repetitions are done with at once; `at` is the last one's."""
    then: datetime | None = None
    """When the deadline's next rung fires, unless something changes in the case."""

    @property
    def may_change_more(self) -> bool:
        """Whether the rungs after it may not be due any more once it has fired."""
        return self.rung is None or bool(self.rung.do)

    @property
    def only_tells(self) -> bool:
        """Whether nothing changes in the case, so that nothing has to be worked out anew."""
        return self.rung is not None and not (self.rung.do or self.rung.drafts or self.rung.issues)

    @property
    def notifies(self) -> bool:
        """Whether it has anybody to tell."""
        return self.rung is not None and bool(self.rung.notifies)


class _Firing(Struct, kw_only=True):
    """One act of the clock: what is still due of the deadline, and whose notice waits for a higher rung's."""

    work: Work
    act: Fire
    due: list[_Due]
    fired: int = 0
    held: tuple[Rung, datetime] | None = None

    @property
    def deadline(self) -> Deadline:
        """The deadline as it stands."""
        return self.work.deadlines[self.act.deadline]


def fire(work: Work, act: Fire) -> None:
    """Fire what is due of the deadline, in order of time, then of the file. Nothing due: refused (done before)."""
    firing = _Firing(work=work, act=act, due=_missed(work, act))
    if not firing.due:
        raise Refused(what=f"{work.case.number}: {act.deadline}", reasons=[Reason(code="not-due", template="nothing of it is due")])
    while firing.due:
        _fire_one(firing, firing.due.pop(0))


# ---- what is due -----------------------------------------------------------------------------------------------------


def _missed(work: Work, act: Fire, fired: int = 0) -> list[_Due]:
    """The rungs of the deadline whose time has come, without firing them; `fired`: how many this act has fired already.

    Where another deadline's rung comes before, the rest waits for it: an action for any other rung, a notice for an action.
    """
    deadline = work.deadlines.get(act.deadline)
    rule = dl.rule_of(work.process, deadline) if deadline else None
    if deadline is None or rule is None:
        return []
    when = work.when(dl.open_at(deadline), due=deadline.due, asked=deadline.asked, calendar=rule.calendar)
    others = _others(work, deadline)
    limit = others[0][0] if deadline.key < others[0][1] else others[0][0] - INSTANT
    silence = clocks.is_silent(work, deadline)
    found: list[_Due] = []
    coming = dl.coming(work.process, rule, deadline, when, silence=silence)
    while coming and coming[0][0] <= work.now and fired + len(found) < MOST:
        due = _first(work, act, rule, deadline, coming, when, limit)
        if fired + len(found) and (due.at, deadline.key) > others[due.may_change_more]:
            break
        deadline = dl.fired(deadline, due.rung, due.index, due.times)
        if due.rung is not None and due.rung.repeat is not None:
            coming = dl.coming(work.process, rule, deadline, when, silence=silence)
        else:  # it comes no more, and the rest as before
            coming = coming[1:]
        found.append(replace(due, then=coming[0][0]) if coming else due)
    return found


Turn = tuple[datetime, str]
"""A rung's place in the order of the case's rungs: its time, then its deadline's key."""
_NEVER: Turn = (datetime.max.replace(tzinfo=UTC), "")


def _others(work: Work, deadline: Deadline) -> tuple[Turn, Turn]:
    """The turns of the other deadlines' first due rungs: of the first that does more than tell, and of the first of all."""
    waiting = [
        (one, rule)
        for one in work.deadlines.values()
        if one.next_at is not None and one.next_at <= work.now and one.key != deadline.key and (rule := dl.rule_of(work.process, one))
    ]
    if not waiting:
        return _NEVER, _NEVER
    acting, any_ = [_NEVER], [_NEVER]
    for other, rule in waiting:
        when = work.when(dl.open_at(other), due=other.due, asked=other.asked, calendar=rule.calendar)
        ladder = work.process.ladder_of(rule)
        for at, index in dl.coming(work.process, rule, other, when, silence=clocks.is_silent(work, other)):
            (acting if index == dl.SILENCE or ladder[index].do else any_).append((at, other.key))
    return min(acting), min(*acting, *any_)


def _first(work: Work, act: Fire, rule: Due, deadline: Deadline, coming: list[tuple[datetime, int]], when: When, limit: datetime) -> _Due:
    """The first of what is coming, whose time has come. Repetitions that were missed in a row are one rung, unless each
    is to be told (`each`) or has an action of its own, as far as `limit`; those of one instant are one anyhow.
    """
    at, index = coming[0]
    rung = work.process.ladder_of(rule)[index] if index != dl.SILENCE else None
    if rung is None or rung.repeat is None:
        return _Due(at=at, index=index, rung=rung)
    before, when = deadline.repeats.get(str(index), 0), dl.on_ladder(rule, deadline, when)
    until = at if rung.do or act.late == EACH else min(_until(coming[1:], index, work.now), limit)
    times = dl.times_by(rung, before, until, when)
    last = dl.rung_time(rung, before + times - 1, when)
    return _Due(at=last or at, index=index, rung=rung, times=times)


def _until(others: list[tuple[datetime, int]], index: int, now: datetime) -> datetime:
    """How far a rung may repeat itself before another one's turn."""
    if not others or others[0][0] > now:
        return now
    at, other = others[0]
    return at if other == dl.SILENCE or index < other else at - INSTANT


def _tells(firing: _Firing, due: _Due, rung: Rung) -> bool:
    """Whether a rung sends its notices: always (`each`), unless it is old by an hour (`skip`), or unless a later one that
    is due too will (`coalesce`). Rungs of one instant were not missed one for the other: each tells whom it is to tell.
    """
    if not rung.notifies or firing.act.late == EACH:
        return bool(rung.notifies)
    if firing.act.late == SKIP:
        return firing.work.now - due.at <= FRESH
    if firing.due and any(later.notifies and later.at > due.at for later in firing.due):
        firing.held = rung, due.at
        return False
    return True


# ---- firing ----------------------------------------------------------------------------------------------------------


def _fire_one(firing: _Firing, due: _Due) -> None:
    work, deadline = firing.work, firing.deadline
    track = _track(work, deadline, due.rung)
    origin = stands_at(work.case, track)
    fired = dl.fired(deadline, due.rung, due.index, due.times)
    work.put_deadline(replace(fired, next_at=due.then) if due.only_tells else fired)
    firing.fired += 1
    data: dict[str, object] = {"deadline": deadline.key, "rung": due.index, "at": due.at}
    data |= _silence(work, deadline) if due.rung is None else _rung(firing, due, due.rung)
    if due.may_change_more:
        _look_again(firing)
    if not due.only_tells:
        clocks.refresh(work)
    work.record(
        Draft(
            at=work.now,
            actor=CLOCK,
            act="fire" if due.rung is not None else "silence",
            action=due.rung.do if due.rung is not None else "",
            before=origin,
            after=after_of(work.case, track),
            data=data,
        )
    )


def _track(work: Work, deadline: Deadline, rung: Rung | None) -> str:
    """The track that a rung concerns: its action's, else its deadline's."""
    action = actions_here(work.process, work.case).get(rung.do) if rung is not None and rung.do else None
    if action is not None:
        return action.track
    state = work.process.state_of.get(deadline.on.partition(":")[2])
    return state.track if state is not None and state.track in work.case.tracks else ""


def _silence(work: Work, deadline: Deadline) -> dict[str, object]:
    """Silence counts as an answer, and the reply's deadline was missed."""
    silent = fill_silence(work, deadline)
    missed = max(work.now, deadline.due + INSTANT)
    work.put_deadline(dl.settle(work.deadlines[deadline.key], missed))
    return {"asked": deadline.asked, "answer": silent.answer}


def _look_again(firing: _Firing) -> None:
    """After an action, or silence, the rest may not be due any more. A notice that waited for one of the rest goes now."""
    firing.due = _missed(firing.work, firing.act, firing.fired)
    if firing.held is not None and not any(later.notifies for later in firing.due):
        _tell(firing, *firing.held)


def _tell(firing: _Firing, rung: Rung, at: datetime) -> None:
    work, deadline = firing.work, firing.deadline
    firing.held = None
    tell(work, rung.notifies, _what(work, deadline), kind=_kind(deadline, at), asked=deadline.asked, deadline=deadline, urgent=rung.urgent)


def _kind(deadline: Deadline, at: datetime) -> str:
    """What a rung at this time is: a reminder before the due, afterwards word of its being past."""
    return REMINDER if at < deadline.due else OVERDUE


def _rung(firing: _Firing, due: _Due, rung: Rung) -> dict[str, object]:
    """What a rung does: papers, notices, its action. A refused action or paper is recorded, and the handler told."""
    work, deadline = firing.work, firing.deadline
    told = _tells(firing, due, rung)
    undone: list[str] = []
    data: dict[str, object] = {"kind": _kind(deadline, due.at), "told": told}
    if due.times > 1:
        data["times"] = due.times
    if unwritten := _unwritten(firing, rung):
        undone.append(unwritten)
        data["unwritten"] = unwritten
        _failed(work, deadline, f"{due.index}{PAPER}", ", ".join((*rung.drafts, *rung.issues)), unwritten)
    if told:
        _tell(firing, rung, due.at)
    if rung.do and (refused := clock_action(work, rung.do)):
        data["failed"] = why = _say(work, refused)
        undone.append(f"{rung.do}: {why}")
        _failed(work, deadline, str(due.index), rung.do, why)
    if undone:
        _tell_handler(work, deadline, "; ".join(undone))
    return data


def _failed(work: Work, deadline: Deadline, rung: str, what: str, why: str) -> None:
    """Keep in mind what the clock could not do, for as long as it is owed: an action is tried again, a paper is not."""
    work.evolve(failed={**work.case.failed, f"{what}@{deadline.key}#{rung}": why})


def _unwritten(firing: _Firing, rung: Rung) -> str:
    """Write the rung's papers; why they could not be written, else ''."""
    if not (rung.drafts or rung.issues):
        return ""
    return firing.act.unwritten or _say(firing.work, _papers(firing.work, rung, firing.deadline))


def _papers(work: Work, rung: Rung, deadline: Deadline) -> list[Reason]:
    """Write the rung's papers; if one can't be written none is, and the reasons are told."""
    kept = work.joint.snapshot()
    try:
        for key in rung.drafts:
            write_document(work, key, issue=False, asked=deadline.asked, deadline=deadline)
        for key in rung.issues:
            write_document(work, key, issue=True, asked=deadline.asked, deadline=deadline)
    except (Refused, ExpressionError) as refusal:
        work.joint.restore(kept)
        return reasons_of(refusal, work.facts.language)
    return []


def _what(work: Work, deadline: Deadline) -> str:
    at = work.process.state_of.get(deadline.on.partition(":")[2], work.process.state_of[work.case.state])
    state = at.title.to(work.facts.language)
    asked = f", {work.facts.unit_title(deadline.asked)}" if deadline.asked else ""
    named = f" – {deadline.name}" if deadline.on == dl.CASE else ""
    return f"{state}{named}{asked}"


def _say(work: Work, reasons: list[Reason]) -> str:
    return "; ".join(reason.message(work.facts.language) for reason in reasons)


def _tell_handler(work: Work, deadline: Deadline, what: str) -> None:
    slots = tuple(role.key for role in work.process.roles if role.assigned)
    tell(work, (Notify(who=slots),), what, deadline=deadline, kind=FAILED)


def retry_failed(work: Work) -> None:
    """Try the clock's refused actions again, with what follows from them; those that go now are recorded and forgotten."""
    if not work.case.failed:
        return
    person = work.act
    work.act = replace(person, actor=CLOCK, acting_for="", note="")
    for key in list(work.case.failed):
        deadline = work.owed(key)
        if deadline is None or key.endswith(PAPER):
            continue
        action = key.rpartition("#")[0].removesuffix(f"@{deadline.key}")
        here = actions_here(work.process, work.case).get(action)
        track = here.track if here is not None else ""
        origin = stands_at(work.case, track)
        if not clock_action(work, action):
            work.evolve(failed={one: why for one, why in work.case.failed.items() if one != key})
            data = {"deadline": deadline.key, "retried": True}
            work.record(
                Draft(at=work.now, actor=CLOCK, act="fire", action=action, before=origin, after=after_of(work.case, track), data=data)
            )
            follow(work)
    work.act = person

"""The clock's act: the rungs of one deadline that are due, each its own entry (language.md 2.7 and 2.13)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.consultation import fill_silence
from workflow.engine.flow import clock_action, restore, snapshot
from workflow.engine.notify import FAILED, OVERDUE, REMINDER, tell
from workflow.engine.papers import write_document
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.process import Due, Notify, Rung
from workflow.model import CLOCK, Deadline, DeadlineStatus, Draft, Fire

EACH, SKIP = "each", "skip"
FRESH = timedelta(hours=1)
"""Under the policy `skip`, a notice that is later than this is not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """One rung that is due."""

    at: datetime
    index: int
    rung: Rung | None
    """None: silence is to be filled in."""


def fire(work: Work, act: Fire) -> None:
    """Fire all that is due of the deadline, in order of time, then of the file. Nothing due: refused (done before)."""
    missed = _missed(work, act.deadline)
    if not missed:
        raise Refused(what=f"{work.case.number}: {act.deadline}", reasons=[Reason(code="not-due", template="nothing of it is due")])
    tells = _who_tells(work, missed, act.late)
    for position, due in enumerate(missed):
        deadline = work.deadlines[act.deadline]
        if deadline.status is not DeadlineStatus.RUNNING:
            break  # a rung that left the state drops the rest
        _fire_one(work, deadline, due, notify=position in tells, unwritten=act.unwritten)


def _missed(work: Work, key: str) -> list[_Due]:
    """The rungs of the deadline whose time has come, without firing them."""
    found: list[_Due] = []
    deadline = work.deadlines.get(key)
    rule = dl.rule_of(work.process, deadline) if deadline else None
    if deadline is None or rule is None:
        return []
    ladder = work.process.ladder_of(rule)
    when = work.when(dl.open_at(deadline), due=deadline.due, asked=deadline.asked, calendar=rule.calendar)
    while True:
        following = dl.next_rung(work.process, rule, deadline, when, silence=clocks.is_silent(work, deadline))
        if following is None or following[0] > work.now:
            return found
        at, index = following
        rung = ladder[index] if index != dl.SILENCE else None
        found.append(_Due(at=at, index=index, rung=rung))
        deadline = dl.fired(deadline, rung, index)


def _who_tells(work: Work, missed: list[_Due], late: str) -> set[int]:
    """Which of the rungs that are due send their notices, by position: all (`each`), the highest one (`coalesce`), or
    only what is not old by an hour (`skip`).
    """
    telling = [position for position, due in enumerate(missed) if due.rung is not None and due.rung.notifies]
    if late == EACH:
        return set(telling)
    if late == SKIP:
        return {position for position in telling if work.now - missed[position].at <= FRESH}
    return set(telling[-1:])


def _fire_one(work: Work, deadline: Deadline, due: _Due, *, notify: bool, unwritten: str) -> None:
    rule, origin = dl.rule_of(work.process, deadline), work.case.state
    work.put_deadline(_after(work, rule, dl.fired(deadline, due.rung, due.index)))
    data: dict[str, object] = {"deadline": deadline.key, "rung": due.index, "at": due.at}
    action = ""
    if due.rung is None:
        silent = fill_silence(work, deadline)
        if silent is not None:
            work.put_deadline(dl.settle(work.deadlines[deadline.key], max(work.now, _just_after(deadline.due))))
            data |= {"asked": silent.asked, "answer": silent.answer}
    else:
        action = due.rung.do
        data |= _rung(work, deadline, due, notify=notify, unwritten=unwritten)
    clocks.refresh(work)
    work.record(
        Draft(
            at=work.now,
            actor=CLOCK,
            act="fire" if due.rung is not None else "silence",
            action=action,
            before=origin,
            after=work.case.state,
            data=data,
        )
    )


def _after(work: Work, rule: Due | None, deadline: Deadline) -> Deadline:
    return clocks.recomputed(work, rule, deadline) if rule else deadline


def _just_after(due: datetime) -> datetime:
    """A moment at which the due is past: silence means that it was missed."""
    return due + timedelta(microseconds=1)


def _rung(work: Work, deadline: Deadline, due: _Due, *, notify: bool, unwritten: str) -> dict[str, object]:
    """What a rung does: papers, notices, its action. A refused action or paper is recorded, and the handler told."""
    rung = due.rung
    if rung is None:
        return {}
    reasons = [Reason(code="guard", template=unwritten)] if unwritten else _papers(work, rung, deadline)
    if notify:
        state = work.process.state_of[work.case.state].title.to(work.facts.language)
        kind = REMINDER if due.at < deadline.due else OVERDUE
        tell(work, rung.notifies, _what(work, deadline, state), kind=kind, asked=deadline.asked, deadline=deadline, urgent=rung.urgent)
    data: dict[str, object] = {"told": notify}
    if reasons:
        data["unwritten"] = _say(work, reasons)
        _tell_handler(work, deadline, _say(work, reasons))
    if rung.do and (refused := clock_action(work, rung.do)):
        data["failed"] = _say(work, refused)
        _failed(work, deadline, due.index, rung.do, refused)
    return data


def _papers(work: Work, rung: Rung, deadline: Deadline) -> list[Reason]:
    """Write the rung's papers; if one can't be written none is, and the reasons are told."""
    kept = snapshot(work)
    try:
        for key in rung.drafts:
            write_document(work, key, issue=False, asked=deadline.asked, deadline=deadline)
        for key in rung.issues:
            write_document(work, key, issue=True, asked=deadline.asked, deadline=deadline)
    except Refused as refusal:
        restore(work, kept)
        return list(refusal.reasons)
    return []


def _what(work: Work, deadline: Deadline, state: str) -> str:
    asked = f", {work.facts.unit_title(deadline.asked)}" if deadline.asked else ""
    named = "" if deadline.on.startswith(("state:", "consult:")) else f" – {deadline.name}"
    return f"{state}{named}{asked}"


def _say(work: Work, reasons: list[Reason]) -> str:
    return "; ".join(reason.message(work.facts.language) for reason in reasons)


def _failed(work: Work, deadline: Deadline, index: int, action: str, reasons: list[Reason]) -> None:
    """Keep word of a clock's act that was refused: tried again after the case's next act, shown by `hoso doctor`."""
    why = _say(work, reasons)
    work.evolve(failed={**work.case.failed, f"{action}@{deadline.key}#{index}": why})
    _tell_handler(work, deadline, f"{action}: {why}")


def _tell_handler(work: Work, deadline: Deadline, what: str) -> None:
    slots = tuple(role.key for role in work.process.roles if role.assigned)
    if slots:
        tell(work, (Notify(who=slots),), what, deadline=deadline, kind=FAILED)


def forget_settled(work: Work) -> None:
    """Forget the clock's refused actions whose deadline is owed no more."""
    owed = {key: why for key, why in work.case.failed.items() if _deadline_of(work, key) is not None}
    if owed != work.case.failed:
        work.evolve(failed=owed)


def _deadline_of(work: Work, failed: str) -> Deadline | None:
    held = work.deadlines.get(failed.partition("@")[2].partition("#")[0])
    return held if held is not None and dl.is_open(held) else None


def retry_failed(work: Work) -> None:
    """Try the clock's refused actions again; those that go now are recorded and forgotten."""
    person = work.act
    for key in list(work.case.failed):
        held = _deadline_of(work, key)
        if held is None:
            continue
        action, origin = key.partition("@")[0], work.case.state
        work.act = replace(person, actor=CLOCK, acting_for="", note="")
        if not clock_action(work, action):
            work.evolve(failed={one: why for one, why in work.case.failed.items() if one != key})
            data = {"deadline": held.key, "retried": True}
            work.record(Draft(at=work.now, actor=CLOCK, act="fire", action=action, before=origin, after=work.case.state, data=data))
        work.act = person

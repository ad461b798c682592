"""A reorganisation in one case: the clock gives what an ended unit kept, or owed, to the unit that has taken its place.

Clocks run on: a deadline that goes to another unit keeps its due and all that happened to it. Fields, history and issued papers keep
the old names; who acts follows from the new posts.
"""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.automatic import clock_action
from workflow.engine.heirs import heir
from workflow.engine.notify import tell
from workflow.engine.recording import refuse
from workflow.engine.standing import turns
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.process import Notify
from workflow.model import Draft, Opinion, OpinionStatus, Transfer

REORGANISE = "reorganise"
"""The action by which a case ends with the unit that kept it, where its procedure has one."""


def transfer(work: Work, act: Transfer) -> None:
    """Give the case, and the replies that are out, to the successors. Raises Refused (`not-due`) where nothing of it changes."""
    before, released = work.case.heirs, _let_off(work, act.ended)
    work.evolve(heirs={**before, **act.heirs})
    unit = heir(work.case.unit, work.case, work.facts)
    moved = {one.asked: heir(one.asked, work.case, work.facts) for one in work.file.asked if one.status is OpinionStatus.ASKED}
    moved = {old: new for old, new in moved.items() if old != new}
    ends = work.case.open and unit in act.ended
    if unit == work.case.unit and not moved and work.case.heirs == before and not released and not ends:
        raise Refused(what=work.case.number, reasons=[Reason(code="not-due", template="nothing of it changes hands")])
    kept = work.case.unit
    work.evolve(unit=unit)
    asked = _replies(work, moved)
    state = work.case.state
    if ends:
        refuse(work.case.number, clock_action(work, REORGANISE))
    clocks.refresh(work)
    if work.case.open:
        tell(work, [Notify(who=turns(work.process, work.case))], work.process.title.to(work.facts.language))
    data = {"by": act.by, "units": dict(act.heirs), "kept": [kept, unit] if kept != unit else [], "asked": asked, "ended": released}
    action = REORGANISE if ends else ""
    work.record(
        Draft(at=work.now, actor=act.actor, act="transfer", action=action, note=act.note, before=state, after=work.case.state, data=data)
    )


def _let_off(work: Work, ended: Collection[str]) -> list[str]:
    """The replies of units that end, and whose place nobody takes, are owed no more."""
    owing = [one for one in work.file.asked if one.asked in ended and one.status is OpinionStatus.ASKED]
    for opinion in owing:
        work.put_opinion(replace(opinion, status=OpinionStatus.RELEASED, at=work.now))
        for deadline in filter(None, [dl.of_opinion(work.deadlines.values(), opinion)]):
            work.put_deadline(dl.settle(deadline, work.now, owed=False))
    return list(dict.fromkeys(one.asked for one in owing))


def _replies(work: Work, moved: Mapping[str, str]) -> dict[str, str]:
    """The replies that are out go to the successor, with their clocks; one that is asked already answers for both."""
    found: dict[str, str] = {}
    for opinion in list(work.file.asked):
        if opinion.asked in moved and opinion.status is OpinionStatus.ASKED:
            _reply(work, opinion, moved[opinion.asked])
            found[opinion.asked] = moved[opinion.asked]
    return found


def _reply(work: Work, opinion: Opinion, successor: str) -> None:
    deadline = dl.of_opinion(work.deadlines.values(), opinion)
    work.put_opinion(replace(opinion, status=OpinionStatus.RELEASED, at=work.now))
    asked_already = (opinion.state, opinion.round, successor) in work.opinions
    if not asked_already:
        work.put_opinion(replace(opinion, asked=successor))
    if deadline is None or not dl.is_open(deadline):
        return
    if not asked_already:
        work.put_deadline(replace(deadline, key=f"{deadline.key.removesuffix(f'/{opinion.asked}')}/{successor}", asked=successor))
    work.put_deadline(dl.settle(deadline, work.now, owed=False))

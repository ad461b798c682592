"""A reorganisation in one case: the clock gives what an ended unit kept, or owed, to the unit that has taken its place.

Clocks run on: a deadline that goes to another unit keeps its due and all that happened to it. Fields, history and issued papers keep
the old names; who acts follows from the new posts.
"""

from collections.abc import Mapping
from dataclasses import replace

from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.heirs import heir
from workflow.engine.notify import tell
from workflow.engine.standing import turns
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.process import Notify
from workflow.model import Draft, Opinion, OpinionStatus, Transfer


def transfer(work: Work, act: Transfer) -> None:
    """Give the case, and the replies that are out, to the successors. Raises Refused (`not-due`) where nothing of it changes."""
    before = work.case.heirs
    work.evolve(heirs={**before, **act.heirs})
    unit = heir(work.case.unit, work.case, work.facts)
    moved = {one.asked: heir(one.asked, work.case, work.facts) for one in work.file.asked if one.status is OpinionStatus.ASKED}
    moved = {old: new for old, new in moved.items() if old != new}
    if unit == work.case.unit and not moved and work.case.heirs == before:
        raise Refused(what=work.case.number, reasons=[Reason(code="not-due", template="nothing of it changes hands")])
    kept = work.case.unit
    work.evolve(unit=unit)
    asked = _replies(work, moved)
    clocks.refresh(work)
    if work.case.open:
        tell(work, [Notify(who=turns(work.process, work.case))], work.process.title.to(work.facts.language))
    state = work.case.state
    data = {"by": act.by, "units": dict(act.heirs), "kept": [kept, unit] if kept != unit else [], "asked": asked}
    work.record(Draft(at=work.now, actor=act.actor, act="transfer", note=act.note, before=state, after=state, data=data))


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

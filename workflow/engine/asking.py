"""A round that runs is changed: more units (or persons) are asked, others are let off. Both stay on record."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workflow.engine import deadlines as dl
from workflow.engine.consultation import ask, opinion_for, running, write_to
from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.notify import tell
from workflow.engine.people import CLOSED, NOTE
from workflow.engine.recording import finish, refuse
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason
from workflow.language.process import Consult, Notify, State
from workflow.model import Ask, OpinionStatus, Release
from workflow.organisation import holds_on

Here = Sequence[tuple[State, Consult]]
"""The round that runs, or none."""
_NO_ROUND = Reason(code="no-round", template="no round of questions runs where the case stands")


def ask_more(work: Work, act: Ask) -> None:
    """Ask these too, in the round that runs. Raises Refused with every reason, NotFound."""
    asked = tuple(dict.fromkeys(act.asked))
    unknown = [one for one in asked if not _known(work, one)]
    if unknown:
        raise NotFound(kind="unit", name=unknown[0], known=work.facts.organisation.units)
    here = running(work)
    reasons = [*not_entitled(work, "ask"), *_no_round(work, here), *_too_many(work, here, asked)]
    refuse(f"{work.case.number}: ask", [*reasons, *_gone(work, asked)])
    principal = on_behalf(work, "ask")
    for state, consult in here:
        for one in asked:
            ask(work, state, consult, one)
            write_to(work, state, consult, one)
    finish(work, "ask", principal=principal, asked=list(asked))


def _known(work: Work, one: str) -> bool:
    return one in work.facts.organisation.units or one in work.facts.organisation.persons


def _no_round(work: Work, here: Here) -> list[Reason]:
    if not work.case.open:
        return [CLOSED]
    return [] if here else [_NO_ROUND]


def _too_many(work: Work, here: Here, asked: Sequence[str]) -> list[Reason]:
    """Whoever is asked in this round already is not asked twice; one that was let off may be."""
    if not asked:
        return [Reason(code="nobody", template="nobody is named who should be asked")]
    rounds = {(state.key, work.case.rounds[state.key]) for state, _ in here}
    already = {one.asked for one in work.file.asked if (one.state, one.round) in rounds}
    return [
        Reason(code="asked", template="{unit} is asked in this round already", facts={"unit": work.facts.unit_title(one)})
        for one in asked
        if one in already
    ]


def _gone(work: Work, asked: Sequence[str]) -> Iterator[Reason]:
    """A unit that has ended, or is yet to begin, answers nothing."""
    for one in asked:
        unit = work.facts.organisation.units.get(one)
        if unit is not None and not holds_on(unit, work.facts.today):
            yield Reason(code="no-unit", template="{unit} does not exist today", facts={"unit": unit.title})


def let_off(work: Work, act: Release) -> None:
    """Whoever is asked need not reply any more; they are told. Raises Refused with every reason."""
    opinion = opinion_for(work, act.asked)
    reasons = [*not_entitled(work, "ask"), *([] if work.act.note.strip() else [NOTE]), *([] if work.case.open else [CLOSED])]
    if opinion is None:
        known = ", ".join(dict.fromkeys(one.asked for one in work.file.asked)) or "–"
        facts = {"unit": act.asked, "known": known}
        reasons.append(Reason(code="not-asked", template="'{unit}' is not asked here; asked: {known}", facts=facts))
    elif opinion.status is not OpinionStatus.ASKED:
        reasons.append(Reason(code="answered", template="{unit} has replied already", facts={"unit": work.facts.unit_title(act.asked)}))
    refuse(f"{work.case.number}: release", reasons)
    principal = on_behalf(work, "ask")
    for mine in filter(None, [opinion]):
        work.put_opinion(replace(mine, status=OpinionStatus.RELEASED, at=work.now))
        for deadline in filter(None, [dl.of_opinion(work.deadlines.values(), mine)]):
            work.put_deadline(dl.settle(deadline, work.now, owed=False))
        for consult in filter(None, [work.process.state_of[mine.state].consult]):
            _tell(work, consult, act.asked)
    finish(work, "release", principal=principal, asked=act.asked)


def _tell(work: Work, consult: Consult, asked: str) -> None:
    tell(work, [Notify(who=consult.reply.by)], work.process.title.to(work.facts.language), asked=asked)

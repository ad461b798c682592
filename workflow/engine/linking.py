"""Links between cases of equal rank: one relates to another, or follows it. Both histories say so; neither moves the other."""

from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.flow import other, unseen
from workflow.engine.recording import finish, refuse
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason
from workflow.model import CLOCK, Draft, Link, LinkTo

RELATES, FOLLOWS, FOLLOWED = "relates", "follows", "followed"
REVERSE = {RELATES: RELATES, FOLLOWS: FOLLOWED}


def link(work: Work, act: LinkTo) -> None:
    """Put the link on record in both cases. Raises Refused with every reason; NotFound for a case that the actor may not see."""
    number = work.case.number
    if act.how not in REVERSE:
        raise NotFound(kind="kind of link", name=act.how, known=REVERSE)
    target = None if act.other == number else other(work, act.other)
    if target is None or (act.actor != CLOCK and unseen(target, act.actor)):
        raise NotFound(kind="case", name=act.other)
    made = Link(kind=act.how, case=act.other)
    twice = [Reason(code="linked", template="they are linked so already")] if made in work.case.links else []
    refuse(f"{number}: link", [*not_entitled(work, "link"), *twice])
    principal = on_behalf(work, "link")
    work.evolve(links=(*work.case.links, made))
    finish(work, "link", principal=principal, how=act.how, other=act.other)
    work.joint.add(target)
    target.act = act
    back = Link(kind=REVERSE[act.how], case=number)
    target.evolve(links=(*target.case.links, back))
    state = target.case.state
    data = {"how": back.kind, "other": number}
    target.record(Draft(at=target.now, actor=act.actor, act="link", before=state, after=state, data=data))

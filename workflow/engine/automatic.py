"""What happens by itself within an act: automatic actions, and the actions that a rung does."""

from msgspec.structs import replace

from workflow.engine.flow import perform
from workflow.engine.guards import failed_conditions, reasons_of
from workflow.engine.papers import refused
from workflow.engine.standing import actions_here, after_of, stands_at
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.expression import ExpressionError
from workflow.language.process import AUTO, Action
from workflow.model import CLOCK, Draft


def follow(work: Work) -> None:
    """The automatic actions whose guards hold, in file order, each its own entry by `hoso`.

    The same one twice within one act is refused and the loop named (language.md 2.6).
    """
    if not work.process.automatic:
        return
    person = work.act
    work.act = replace(work.act, actor=CLOCK, acting_for="", note="")
    try:
        while (action := _ready(work)) is not None:
            if action.key in work.followed:
                loop = " → ".join([*work.followed, action.key])
                raise refused(work, Reason(code="loop", template="automatic actions run in a loop: {loop}", facts={"loop": loop}))
            work.followed.append(action.key)
            origin = stands_at(work.case, action.track)
            perform(work, action, origin)
            after = after_of(work.case, action.track)
            work.record(Draft(at=work.now, actor=CLOCK, act="auto", action=action.key, before=origin, after=after))
    finally:
        work.act = person


def _ready(work: Work) -> Action | None:
    for action in actions_here(work.process, work.case).values():
        if action.by == AUTO and not failed_conditions(work, action):
            return action
    return None


def clock_action(work: Work, key: str) -> list[Reason]:
    """An action that a rung does: guards are obeyed, `by`, `form` and `note` are not asked; why not, if it was refused.

    A refusal leaves everything as it was (language.md 2.7).
    """
    action = actions_here(work.process, work.case).get(key)
    if action is None:
        return [Reason(code="state", template="'{action}' can't be done where the case stands", facts={"action": key})]
    reasons = failed_conditions(work, action)
    if reasons:
        return reasons
    kept = work.joint.snapshot()
    try:
        perform(work, action, stands_at(work.case, action.track))
    except (Refused, ExpressionError) as refusal:
        work.joint.restore(kept)
        return reasons_of(refusal, work.facts.language)
    return []

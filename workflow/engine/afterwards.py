"""What follows an act in every case that it touched: automatic actions, what the clock could not do before, and then the
cases above them, whose guards may look at their sub-cases.
"""

from workflow.engine.automatic import follow
from workflow.engine.firing import retry_failed
from workflow.engine.flow import other
from workflow.engine.joint import Joint
from workflow.engine.work import Work


def settle(joint: Joint, *, retry: bool) -> None:
    """Until nothing more follows. It ends: no automatic action is done twice in one case within one act.

    `retry`: what the clock could not do is tried again (after a person's act, language.md 2.7).
    """
    if len(joint.works) == 1 and _ends_here(joint.works[0], retry=retry):
        return
    queue = list(joint.works)
    seen: dict[int, int] = {}
    while queue:
        work = queue.pop(0)
        if seen.get(id(work)) == len(work.drafts):
            continue
        follow(work)
        if retry and work.drafts:
            retry_failed(work)
        seen[id(work)] = len(work.drafts)
        parent = _parent(work) if work.case.parent and _is_other(work) else None
        queue += [one for one in joint.works if id(one) not in seen]
        queue += [parent] if parent is not None else []
        if parent is not None:
            seen.pop(id(parent), None)


def _ends_here(work: Work, *, retry: bool) -> bool:
    """Whether nothing can follow of a case by itself, as of most: it does nothing by itself, and no case lies above it."""
    return not (work.process.automatic or work.case.parent or (retry and work.case.failed))


def _is_other(work: Work) -> bool:
    """Whether a guard of the case above may see it otherwise than before."""
    before, case = work.before, work.case
    if before is None:
        return True
    return (before.state, before.outcome, before.tracks, before.fields) != (case.state, case.outcome, case.tracks, case.fields)


def _parent(work: Work) -> Work | None:
    """The case above, as part of the decision: also when nothing follows in it, so that no other sub-case goes unseen."""
    parent = other(work, work.case.parent)
    if parent is not None and parent not in work.joint.works:
        work.joint.add(parent)
    return parent

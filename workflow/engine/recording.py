"""The history entry of a person's act."""

from collections.abc import Mapping
from typing import Any

from workflow.engine import clocks
from workflow.engine.effects import keep_secret
from workflow.engine.standing import after_of
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.model import Act, Draft


def count(work: Work) -> None:
    """A person acts: what hangs on the last act counts from now (the clock's acts don't count: language.md 2.10)."""
    work.evolve(last_act=work.now)


def refuse(what: str, reasons: list[Reason], offered: list[str] | None = None) -> None:
    """Raise Refused with these reasons, if there are any."""
    if reasons:
        raise Refused(what=what, reasons=reasons, allowed=offered or ())


def finish(work: Work, what: str, *, principal: str, given: Mapping[str, Any] | None = None, **data: Any) -> None:
    """The end of an act that moves no state: it counts as an act, deadlines follow what changed, history says so."""
    count(work)
    keep_secret(work)
    clocks.refresh(work)
    record(work, what, principal=principal, given=given, before=work.case.state, **data)


def record(
    work: Work,
    kind: str,
    *,
    action: str = "",
    track: str = "",
    principal: str = "",
    given: Mapping[str, Any] | None = None,
    before: str,
    **data: Any,
) -> None:
    """End the step with its entry: which act, on whose behalf, from which state, with which values, files and other facts."""
    act = work.act
    work.record(
        Draft(
            at=work.now,
            actor=act.actor,
            act=kind,
            acting_for=principal,
            action=action,
            note=act.note,
            before=before,
            after=after_of(work.case, track),
            fields=given or {},
            data={**data, **_attached(act)},
        )
    )


def _attached(act: Act) -> dict[str, Any]:
    if not act.attachments:
        return {}
    return {"files": [{"name": one.name, "hash": one.hash, "size": one.size} for one in act.attachments]}

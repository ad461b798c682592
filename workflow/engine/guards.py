"""Why an action may not be done: every failed condition, each a reason (permission, guards, needs, times)."""

from workflow.engine.computed import with_computed
from workflow.engine.moments import instant_of
from workflow.engine.notify import due_text
from workflow.engine.permission import acts_for, among, in_words
from workflow.engine.standing import actions_here, goes_on, stands_at
from workflow.engine.work import Work
from workflow.errors import HosoError, Reason, Refused, WrongValue
from workflow.language.expression import ExpressionError, Scope, holds
from workflow.language.process import Action, Guard, Moment
from workflow.model import CLOCK


def not_permitted(work: Work, action: Action, asked: str = "") -> list[Reason]:
    """Why the actor may not: not among `by`, or among `not_by` (four eyes). The clock asks nobody."""
    return entitled(work, action, asked)[1]


def entitled(work: Work, action: Action, asked: str = "") -> tuple[str, list[Reason]]:
    """(on whose behalf the actor does it: '' in their own right; why they may not)."""
    principal, not_by = _principal(work, action, asked)
    if principal is not None and not not_by:
        return principal, []
    return "", _forbidden(work, action, asked, by=principal is None, not_by=not_by)


def _forbidden(work: Work, action: Action, asked: str, *, by: bool, not_by: bool) -> list[Reason]:
    actor, asker = work.act.actor, work.asker(asked)
    if actor in work.case.recused:
        return [Reason(code="recused", template="{you} withdrew from this case", facts={"you": work.facts.person_title(actor)})]
    reasons: list[Reason] = []
    if by:
        facts: dict[str, object] = {"who": in_words(action.by, asker), "you": work.facts.person_title(actor)}
        reasons.append(Reason(code="by", template="only {who} may do this, not {you}", facts=facts))
    if not_by:
        facts = {"who": in_words(action.not_by, asker)}
        reasons.append(Reason(code="not_by", template="whoever it is now must not be {who} (four eyes)", facts=facts))
    return reasons


def permitted(work: Work, action: Action, asked: str = "") -> bool:
    """Whether `not_permitted` has no reason; the reasons, which name everybody who may, cost several times as much."""
    principal, not_by = _principal(work, action, asked)
    return principal is not None and not not_by


def _principal(work: Work, action: Action, asked: str) -> tuple[str | None, bool]:
    """On whose behalf `by` lets the actor do it (None: it does not), and whether `not_by` keeps them from it."""
    actor = work.act.actor
    if actor == CLOCK:
        return "", False
    asker = work.asker(asked)
    principal = acts_for(actor, action.by, asker, work.act.acting_for)
    if not action.not_by:
        return principal, False
    return principal, among([one for one in (actor, principal) if one], action.not_by, asker)


def principal_of(work: Work, action: Action, asked: str = "") -> str:
    """On whose behalf the actor does it: '' in their own right."""
    return _principal(work, action, asked)[0] or ""


def failed_conditions(work: Work, action: Action, asked: str = "") -> list[Reason]:
    """Every guard, need, time and count that does not hold, by the case as it stands (with the form's values)."""
    if not (action.guards or action.needs or action.not_before is not None or action.times is not None):
        return []
    with work.on(action.track):
        return _failed(work, action, asked)


def _failed(work: Work, action: Action, asked: str) -> list[Reason]:
    language = work.facts.language  # the scope is made for those alone that look into it: most actions have no guard
    reasons = [reason for guard in action.guards if (reason := _failed_guard(guard, work.scope(asked), language)) is not None]
    reasons += [
        Reason(
            code="needs",
            template="the field '{field}' ({title}) is still empty",
            facts={"field": key, "title": work.process.field_of[key].title.to(work.facts.language)},
        )
        for key in action.needs
        if _is_empty(work, key)
    ]
    if action.not_before is not None:
        reasons += _too_early(work, action.not_before, asked, action.track)
    if action.times is not None:
        reasons += _too_often(work, action.key, action.times)
    return reasons


def _is_empty(work: Work, key: str) -> bool:
    work_out = work.process.field_of[key].computed
    fields = work.case.fields if work_out is None else with_computed(work.process, work.case.fields, work.scope(), work.facts.known)
    return fields.get(key) in (None, [], {})


def _failed_guard(guard: Guard, scope: Scope, language: str) -> Reason | None:
    """Why a guard does not hold; one that can't be worked out (an empty field is reckoned with) does not hold either."""
    try:
        if holds(guard.when, scope):
            return None
    except ExpressionError as error:
        return said(error, language)
    if guard.reason:
        return Reason(code="guard", template=guard.reason)
    return Reason(code="condition", template="the condition does not hold: {condition}", facts={"condition": guard.when.source})


def said(error: HosoError, language: str) -> Reason:
    """An error as the reason of a refusal."""
    return Reason(code=error.code, template="{detail}", facts={"detail": error.message(language).rstrip(".")})


def reasons_of(error: HosoError, language: str) -> list[Reason]:
    """Why a step was refused."""
    return list(error.reasons) if isinstance(error, Refused) else [said(error, language)]


def _too_early(work: Work, not_before: Moment, asked: str, track: str) -> list[Reason]:
    entered = work.case.position(track if track in work.case.tracks else "").entered
    try:
        at = instant_of(not_before, work.when(entered, asked=asked))
    except (ExpressionError, WrongValue) as error:
        return [said(error, work.facts.language)]
    if at is None or work.now >= at:
        return []
    return [Reason(code="not_before", template="not before {at}", facts={"at": due_text(at, work.facts)})]


def _too_often(work: Work, action: str, times: int) -> list[Reason]:
    done = work.case.done[action].count if action in work.case.done else 0
    if done < times:
        return []
    return [Reason(code="times", template="it was done {times} times already, as often as it may be", facts={"times": done})]


def not_here(work: Work, key: str) -> Reason:
    """Why an action of the process can't be done where the case stands."""
    process = work.process
    meant = [action for action in process.actions if action.key == key]
    states = dict.fromkeys(state for action in meant for state in action.states)
    titles = ", ".join(process.state_of[state].title.to(work.facts.language) for state in states)
    track = next((action.track for action in meant if goes_on(process, work.case, action.track)), "")
    here = process.state_of[stands_at(work.case, track)].title.to(work.facts.language)
    return Reason(code="state", template="the case stands at: {here}; this is done at: {there}", facts={"here": here, "there": titles})


def allowed_now(work: Work) -> list[str]:
    """The actions that the actor may do now, forms aside: what a refusal offers instead."""
    return [
        key
        for key, action in actions_here(work.process, work.case).items()
        if action.by not in {("auto",), ("nobody",)} and not not_permitted(work, action) and not failed_conditions(work, action)
    ]

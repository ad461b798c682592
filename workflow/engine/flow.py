"""One step of a case, in the order of language.md 2.1: sets → to → leave, branch, enter → assigns → documents →
notices; then the automatic actions, each a step of its own.
"""

from dataclasses import replace
from typing import Any

from workflow.engine import clocks, consultation
from workflow.engine.forms import merged
from workflow.engine.guards import failed_conditions, reasons_of, said
from workflow.engine.machine import next_state
from workflow.engine.notify import tell
from workflow.engine.papers import refused, write_document
from workflow.engine.work import Work
from workflow.errors import Reason, Refused, WrongValue
from workflow.language.expression import ExpressionError, evaluate, holds
from workflow.language.process import PREVIOUS, SAME, Action, Branch, Effects, State
from workflow.language.values import parse, plain
from workflow.model import CLOCK, Doing, Draft

AUTO = ("auto",)


def perform(work: Work, action: Action, origin: str, *, principal: str = "") -> State | None:
    """Do an action whose conditions hold; the state that was entered, None if it stayed. No entry is written yet."""
    set_fields(work, action.effects)
    branch = _branch(work, action, origin)
    remember(work, action.key, principal)
    entered = _entered(work, branch)
    if entered is not None and origin in work.process.state_of:
        clocks.leave(work, work.process.state_of[origin])
    set_fields(work, branch.effects)
    if entered is not None:
        _enter(work, entered, origin)
    effects = [action.effects, branch.effects, *([entered.effects] if entered else [])]
    for one in effects:
        assign(work, one)
        clocks.run_clock_effects(work, one, action.key)
    keep_secret(work)
    clocks.refresh(work)
    _papers_and_notices(work, action, effects, entered)
    return entered


def keep_secret(work: Work) -> None:
    """Whether the case is secret by what is known of it now: before anybody is told of it (law 7)."""
    secret = work.process.secret
    work.evolve(secret=secret is not None and holds(secret, work.scope()))


def _branch(work: Work, action: Action, origin: str) -> Branch:
    scope = work.scope()

    def fits(index: int) -> bool:
        when = action.to[index].when
        return when is None or holds(when, scope)

    found = next_state(work.process, action, origin, fits)
    if found is None:
        raise refused(work, Reason(code="no-branch", template="no branch of '{action}' fits", facts={"action": action.key}))
    return action.to[found[0]]


def _entered(work: Work, branch: Branch) -> State | None:
    """The state that the branch enters; None for `same`, which ends, starts and re-enters nothing."""
    if branch.to == SAME:
        return None
    key = work.case.previous if branch.to == PREVIOUS else branch.to
    if key not in work.process.state_of:
        raise refused(work, Reason(code="no-previous", template="there is no state to go back to"))
    return work.process.state_of[key]


def _enter(work: Work, state: State, origin: str) -> None:
    closed = work.now if state.final else None
    previous = origin if origin in work.process.state_of else ""
    work.evolve(state=state.key, previous=previous, entered=work.now, outcome=state.final, closed=closed)
    set_fields(work, state.effects)
    clocks.enter(work, state)
    consultation.open_round(work, state)


def set_fields(work: Work, effects: Effects) -> None:
    """`sets`: all read at once, then written; an expression's value must fit its field, else the act is refused."""
    if not effects.sets:
        return
    scope, fields = work.scope(), work.process.field_of
    values = {key: plain(fields[key], evaluate(expr, scope)) for key, expr in effects.sets}
    try:
        fitted: dict[str, Any] = {key: parse(fields[key], value, work.facts.known) for key, value in values.items()}
    except WrongValue as fault:
        raise refused(work, said(fault, work.facts.language)) from None
    work.evolve(fields=merged(work.process, work.case.fields, fitted))


def assign(work: Work, effects: Effects) -> None:
    """`assigns`: whoever acts, if they are among those meant; else the first who is not away."""
    for slot, who in effects.assigns:
        persons = work.persons(who)
        if not persons:
            template = "nobody is {role} today, so nobody can be assigned"
            raise refused(work, Reason(code="nobody", template=template, facts={"role": ", ".join(who)}))
        present = [one for one in persons if not work.facts.organisation.absent(one, work.facts.today)]
        chosen = work.act.actor if work.act.actor in persons else (present or persons)[0]
        work.evolve(slots={**work.case.slots, slot: chosen})


def _papers_and_notices(work: Work, action: Action, effects: list[Effects], entered: State | None) -> None:
    for one in effects:
        for key in one.drafts:
            write_document(work, key, issue=False)
        for key in one.issues:
            write_document(work, key, issue=True)
    if entered is not None:
        consultation.write_round(work, entered)
    what = action.title.to(work.facts.language)
    for one in effects:
        asked = dict.fromkeys(opinion.asked for opinion in work.opinions.values())
        tell(work, one.notifies, what)
        for unit in asked:  # a role that hangs on the asked unit means every unit of the case's consultations
            tell(work, one.notifies, what, asked=unit)


def remember(work: Work, key: str, principal: str = "") -> None:
    """Note who did the action, and when: `done`, `did`, and deadlines that hang on it."""
    before = work.case.done.get(key)
    actors = [one for one in (work.act.actor, principal) if one and one != CLOCK]
    persons = dict.fromkeys((*(before.persons if before else ()), *actors))
    doing = Doing(count=(before.count if before else 0) + 1, last=work.now, persons=tuple(persons))
    work.evolve(done={**work.case.done, key: doing})


# ---- what follows by itself ------------------------------------------------------------------------------------------


def follow(work: Work) -> None:
    """The automatic actions whose guards hold, in file order, each its own entry by `hoso`.

    The same one twice within one act is refused and the loop named (language.md 2.6).
    """
    done: list[str] = []
    person = work.act
    work.act = replace(work.act, actor=CLOCK, acting_for="", note="")
    try:
        while (action := _ready(work)) is not None:
            if action.key in done:
                loop = " → ".join([*done, action.key])
                raise refused(work, Reason(code="loop", template="automatic actions run in a loop: {loop}", facts={"loop": loop}))
            done.append(action.key)
            origin = work.case.state
            perform(work, action, origin)
            work.record(Draft(at=work.now, actor=CLOCK, act="auto", action=action.key, before=origin, after=work.case.state))
    finally:
        work.act = person


def _ready(work: Work) -> Action | None:
    for action in work.process.in_state.get(work.case.state, {}).values():
        if action.by == AUTO and not failed_conditions(work, action):
            return action
    return None


def clock_action(work: Work, key: str) -> list[Reason]:
    """An action that a rung does: guards are obeyed, `by`, `form` and `note` are not asked; why not, if it was refused.

    A refusal leaves everything as it was (language.md 2.7).
    """
    action = work.process.in_state.get(work.case.state, {}).get(key)
    if action is None:
        return [Reason(code="state", template="'{action}' can't be done where the case stands", facts={"action": key})]
    reasons = failed_conditions(work, action)
    if reasons:
        return reasons
    kept = snapshot(work)
    try:
        perform(work, action, work.case.state)
    except (Refused, ExpressionError) as refusal:
        restore(work, kept)
        return reasons_of(refusal, work.facts.language)
    return []


def snapshot(work: Work) -> dict[str, Any]:
    """What `restore` needs to undo a step that was refused half-way."""
    return {
        "case": work.case,
        "deadlines": dict(work.deadlines),
        "opinions": dict(work.opinions),
        "documents": dict(work.documents),
        "notices": list(work.notices),
        "numbers": list(work.numbers),
        "touched": {kind: dict(keys) for kind, keys in work.touched.items()},
        "step_touched": {kind: dict(keys) for kind, keys in work.step_touched.items()},
    }


def restore(work: Work, kept: dict[str, Any]) -> None:
    """Put the working state back as it was."""
    for name, value in kept.items():
        setattr(work, name, value)

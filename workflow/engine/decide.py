"""`decide`: (process, case, act, facts) → a Change, a Refused with every reason, or Needs (more facts). PURE.

Nothing is read, written, rendered or looked up here; what it is given is never changed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflow.engine import clocks, consultation
from workflow.engine.facts import Facts
from workflow.engine.firing import fire, retry_failed
from workflow.engine.flow import assign, follow, keep_secret, perform, remember, set_fields
from workflow.engine.forms import defaults, merged, missing, parsed
from workflow.engine.guards import allowed_now, failed_conditions, not_here, not_permitted, principal_of, said
from workflow.engine.machine import BEFORE
from workflow.engine.notify import tell
from workflow.engine.numbering import NoSeries, case_number, case_series
from workflow.engine.papers import deadline_of, write_document
from workflow.engine.permission import awaited, viewers
from workflow.engine.scope import in_order
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason, Refused
from workflow.language.expression import ExpressionError, evaluate, fill
from workflow.language.process import Action, Consult, Process
from workflow.model import (
    CLOCK,
    Act,
    Advance,
    Attach,
    Case,
    CaseFile,
    CasePart,
    Change,
    Document,
    Draft,
    Fire,
    Needs,
    NumberTaken,
    Open,
    Reply,
)

Decision = Change | Refused | Needs


def decide(process: Process, file: CaseFile | None, act: Act, facts: Facts) -> Decision:
    """What the act does to the case (None: one that is opened). Raises NotFound, UnknownField and WrongValue for what
    names nothing or can't be understood; everything that a rule forbids is a Refused.
    """
    if not _known(act, facts):
        raise NotFound(kind="person", name=act.actor, known=facts.organisation.persons)
    try:
        work = _decided(process, file, act, facts)
    except Refused as refusal:
        return refusal
    except NoSeries as fault:
        return Refused(what=process.key, reasons=[fault.reason])
    except ExpressionError as fault:
        return Refused(what=_named(process, act), reasons=[said(fault, facts.language)])
    if work.missing:
        return Needs(series=tuple(work.missing))
    return _change(work)


def _known(act: Act, facts: Facts) -> bool:
    """Whether the actor is a person; or the clock, whom nobody may speak for (law 7): it fires, and opens for a period."""
    if isinstance(act, Fire) or (isinstance(act, Open) and act.periodic):
        return act.actor == CLOCK
    return act.actor in facts.organisation.persons


def _named(process: Process, act: Act) -> str:
    case = getattr(act, "case", process.key)
    return f"{case}: {act.action}" if isinstance(act, Advance) else case


def _decided(process: Process, file: CaseFile | None, act: Act, facts: Facts) -> Work:
    if isinstance(act, Open):
        return _open(process, act, facts)
    if file is None:
        raise NotFound(kind="case", name=getattr(act, "case", ""))
    work = work_on(process, file, act, facts)
    match act:
        case Advance():
            _advance(work, act)
        case Reply():
            _reply(work, act)
        case Attach():
            _attach(work)
        case Fire():
            fire(work, act)
            follow(work)
        case _:
            raise TypeError(type(act).__name__)
    return work


def work_on(process: Process, file: CaseFile, act: Act, facts: Facts) -> Work:
    """The working state of one decision on a case that exists."""
    return Work(
        process=process,
        facts=facts,
        act=act,
        case=file.case,
        before=file.case,
        deadlines={one.key: one for one in file.deadlines},
        opinions={(one.state, one.round, one.asked): one for one in file.opinions},
        documents={one.key: one for one in in_order(file.documents)},
        old=file.case.fields,
        step_case=file.case,
    )


# ---- open ------------------------------------------------------------------------------------------------------------


def _open(process: Process, act: Open, facts: Facts) -> Work:
    start = process.start_of.get(act.start)
    if start is None:
        raise NotFound(kind="start", name=act.start, known=process.start_of)
    asked_for = process.field_of if act.actor == CLOCK else start.form
    given = parsed(process, asked_for, act.fields, facts)
    work = blank(process, act, facts)
    work.evolve(fields=merged(process, defaults(process), given))
    work.old = defaults(process)
    _refuse(process.key, [*not_permitted(work, start), *failed_conditions(work, start), *_form(work, start, given)])
    principal = principal_of(work, start)
    _number(work)
    title = act.title or fill(process.case_title, work.scope())
    work.evolve(title=title)
    perform(work, start, BEFORE, principal=principal)
    _record(work, "open", start, principal, given, before="")
    follow(work)
    return work


def blank(process: Process, act: Open, facts: Facts) -> Work:
    """A case before anything is known of it."""
    case = Case(
        number="",
        process=process.key,
        version=process.version,
        title="",
        state=BEFORE,
        unit="",
        opener=act.actor,
        opened=facts.now,
        entered=facts.now,
        last_act=facts.now,
        last_entry=facts.now,
    )
    return Work(process=process, facts=facts, act=act, case=case, before=None)


def _number(work: Work) -> None:
    """The unit that keeps the case, and the case's number in the unit's series."""
    value = evaluate(work.process.unit, work.scope())
    unit = str(value) if value else ""
    if unit not in work.facts.organisation.units:
        raise Refused(what=work.process.key, reasons=[Reason(code="no-unit", template="no unit keeps this case")])
    work.evolve(unit=unit)
    series = case_series(work.process, unit, work.facts)
    number = work.next_number(series)
    written = case_number(work.process, unit, number, work.facts)
    work.evolve(number=written)
    work.numbers = [NumberTaken(series=series, number=number, case=written)] if number else []


# ---- advance ---------------------------------------------------------------------------------------------------------


def action_here(work: Work, key: str) -> Action:
    """The action that may be done where the case stands. Raises NotFound, or Refused when it belongs elsewhere."""
    if key not in work.process.action_keys:
        raise NotFound(kind="action", name=key, known=work.process.action_keys)
    action = work.process.in_state[work.case.state].get(key)
    if action is None:
        raise Refused(what=_what(work, key), reasons=[not_here(work, key)], allowed=allowed_now(work))
    return action


def _advance(work: Work, act: Advance) -> None:
    action = action_here(work, act.action)
    given = parsed(work.process, action.form, act.fields, work.facts)
    forbidden = not_permitted(work, action)
    principal = "" if forbidden else principal_of(work, action)
    offered = allowed_now(work)
    work.evolve(fields=merged(work.process, work.case.fields, given))
    reasons = [*forbidden, *failed_conditions(work, action), *_form(work, action, given)]
    _refuse(_what(work, action.key), reasons, offered)
    origin = work.case.state
    _count(work)
    perform(work, action, origin, principal=principal)
    _record(work, "advance", action, principal, given, before=origin)
    follow(work)
    retry_failed(work)


def _count(work: Work) -> None:
    """A person acts: what hangs on the last act counts from now (the clock's acts don't count: language.md 2.10)."""
    work.evolve(last_act=work.now)


def _what(work: Work, key: str) -> str:
    return f"{work.case.number}: {key}"


def _form(work: Work, action: Action, given: Mapping[str, Any]) -> list[Reason]:
    return [] if work.act.actor == CLOCK else missing(work.process, action, work.act, given, work.facts)


def _refuse(what: str, reasons: list[Reason], offered: list[str] | None = None) -> None:
    if reasons:
        raise Refused(what=what, reasons=reasons, allowed=offered or ())


def _record(work: Work, kind: str, action: Action, principal: str, given: Mapping[str, Any], *, before: str, **data: Any) -> None:
    act = work.act
    work.record(
        Draft(
            at=work.now,
            actor=act.actor,
            act=kind,
            acting_for=principal,
            action=action.key,
            note=act.note,
            before=before,
            after=work.case.state,
            fields=given,
            data={**data, **_attached(act)},
        )
    )


def _attached(act: Act) -> dict[str, Any]:
    if not act.attachments:
        return {}
    return {"files": [{"name": one.name, "hash": one.hash, "size": one.size} for one in act.attachments]}


# ---- reply, attach ---------------------------------------------------------------------------------------------------


def consult_of(work: Work, asked: str) -> tuple[Any, Consult | None]:
    """(opinion, consult) of the unit's newest round."""
    opinion = consultation.opinion_for(work, asked)
    state = work.process.state_of.get(opinion.state) if opinion else None
    return opinion, state.consult if state else None


def _reply(work: Work, act: Reply) -> None:
    opinion, consult = consult_of(work, act.asked)
    reasons = consultation.cannot_reply(work, act, opinion, consult)
    if consult is None or opinion is None:
        raise Refused(what=_what(work, "reply"), reasons=reasons, allowed=allowed_now(work))
    reply = consult.reply
    given = parsed(work.process, reply.form, act.fields, work.facts)
    reasons += [*not_permitted(work, reply, act.asked), *_reply_conditions(work, reply, act, given), *_form(work, reply, given)]
    _refuse(_what(work, reply.key), reasons, allowed_now(work))
    principal, origin = principal_of(work, reply, act.asked), work.case.state
    values = {key: value for key, value in given.items() if value is not None}
    _count(work)
    consultation.take_reply(work, act, opinion, values)
    remember(work, reply.key, principal)
    set_fields(work, reply.effects)
    assign(work, reply.effects)
    clocks.run_clock_effects(work, reply.effects, reply.key)
    keep_secret(work)
    clocks.refresh(work)
    for key in reply.effects.drafts:
        write_document(work, key, issue=False, asked=act.asked)
    for key in reply.effects.issues:
        write_document(work, key, issue=True, asked=act.asked)
    tell(work, reply.effects.notifies, reply.title.to(work.facts.language), asked=act.asked)
    _record(work, "reply", reply, principal, given, before=origin, asked=act.asked, answer=act.answer)
    follow(work)
    retry_failed(work)


def _reply_conditions(work: Work, reply: Action, act: Reply, given: Mapping[str, Any]) -> list[Reason]:
    """Its guards see the form's values, as all guards do; but they fill the reply, not the case (language.md 2.17)."""
    kept = work.case.fields
    work.evolve(fields=merged(work.process, kept, given))
    reasons = failed_conditions(work, reply, act.asked)
    work.evolve(fields=kept)
    return reasons


def _attach(work: Work) -> None:
    """Put files with the case: whoever may do one of the actions of its state, or opened it."""
    here = [action.by for action in work.process.in_state[work.case.state].values()]
    who = tuple(dict.fromkeys(word for by in here for word in by if word not in {"auto", "nobody"}))
    attach = Action(key="attach", title=work.process.title, by=("opener", *who))
    _refuse(_what(work, "attach"), not_permitted(work, attach))
    _count(work)
    clocks.refresh(work)
    _record(work, "attach", attach, principal_of(work, attach), {}, before=work.case.state)
    follow(work)
    retry_failed(work)


# ---- the change ------------------------------------------------------------------------------------------------------


def _change(work: Work) -> Change:
    case = work.case
    part = CasePart(
        before=work.before,
        case=case,
        drafts=tuple(work.drafts),
        deadlines=tuple(work.deadlines[key] for key in work.touched["deadlines"]),
        opinions=tuple(work.opinions[key] for key in work.touched["opinions"]),
        documents=tuple(work.documents[key] for key in work.touched["documents"]),
        notices=tuple(work.notices),
        awaited=awaited(work.asker()),
        viewers=viewers(work.asker()) if case.secret else (),
    )
    act = work.act
    periodic = (act.process, act.periodic) if isinstance(act, Open) and act.periodic else None
    return Change(request_id=act.request_id, parts=(part,), numbers=tuple(work.numbers), periodic=periodic)


def draft_now(process: Process, file: CaseFile, document: Document, facts: Facts) -> Document:
    """A draft with its facts as they are now: what somebody who looks at it should see. Raises Refused."""
    work = work_on(process, file, Act(actor=file.case.opener, request_id=""), facts)
    write_document(work, document.rule, issue=False, asked=document.asked, deadline=deadline_of(work, document))
    return replace(work.documents[document.key], at=document.at)

"""`decide`: (process, case, act, facts) → a Change, a Refused with every reason, or Needs (more facts). PURE.

Nothing is read, written, rendered or looked up here; what it is given is never changed.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from workflow.engine import clocks, consultation
from workflow.engine.afterwards import settle
from workflow.engine.disposing import dispose
from workflow.engine.effects import assign, keep_secret, remember, set_fields, write_papers
from workflow.engine.facts import Facts, Wanting
from workflow.engine.firing import fire
from workflow.engine.flow import also_children, happen_elsewhere, perform
from workflow.engine.forms import merged, missing, parsed
from workflow.engine.further import further
from workflow.engine.guards import allowed_now, entitled, failed_conditions, not_here, principal_of, said
from workflow.engine.lives import on_document
from workflow.engine.machine import BEFORE
from workflow.engine.migrating import migrate, unmigrate
from workflow.engine.notify import tell
from workflow.engine.numbering import NoSeries
from workflow.engine.opening import blank, fill_in, number
from workflow.engine.papers import deadline_of, write_document
from workflow.engine.permission import awaited, viewers
from workflow.engine.recording import count, record, refuse
from workflow.engine.recounting import recount
from workflow.engine.standing import actions_here, stands_at
from workflow.engine.transferring import transfer
from workflow.engine.work import Work, begun
from workflow.errors import NotFound, Reason, Refused
from workflow.language.expression import ExpressionError
from workflow.language.process import Action, Consult, Process
from workflow.model import (
    CLOCK,
    Act,
    Advance,
    CaseFile,
    CasePart,
    Change,
    Dispose,
    Document,
    Fire,
    Migrate,
    Needs,
    OnDocument,
    Open,
    Recount,
    Reply,
    Transfer,
    Unmigrate,
)

Decision = Change | Refused | Needs
CLOCKS = (Fire, Recount, Migrate, Unmigrate, Transfer)
"""The acts that no person does to a case: the clock's, and what is brought to all cases at once."""


def decide(process: Process, file: CaseFile | None, act: Act, facts: Facts) -> Decision:
    """What the act does to the case (None: one that is opened). Raises NotFound, UnknownField and WrongValue for what
    names nothing or can't be understood; everything that a rule forbids is a Refused.
    """
    if not _known(act, facts):
        raise NotFound(kind="person", name=act.actor, known=facts.organisation.persons)
    try:
        if isinstance(act, Dispose):
            return dispose(process, _there(file, act), act, facts)
        work = _decided(process, file, act, facts)
    except Refused as refusal:
        return refusal
    except NoSeries as fault:
        return Refused(what=process.key, reasons=[fault.reason])
    except ExpressionError as fault:
        return Refused(what=_named(process, act), reasons=[said(fault, facts.language)])
    except Wanting as wanting:
        return wanting.needs
    if work.joint.missing:
        return Needs(series=tuple(work.joint.missing))
    change = _change(work)
    work.joint.works.clear()  # they hold each other: without that, all that they looked at would wait for the collector
    return change


def _known(act: Act, facts: Facts) -> bool:
    """Whether the actor is a person; or the clock, whom nobody may speak for (law 7): it fires, and opens for a period."""
    if isinstance(act, CLOCKS) or (isinstance(act, Open) and act.periodic):
        return act.actor == CLOCK
    return act.actor in facts.organisation.persons


def _named(process: Process, act: Act) -> str:
    case = getattr(act, "case", process.key)
    return f"{case}: {act.action}" if isinstance(act, Advance) else case


def _decided(process: Process, file: CaseFile | None, act: Act, facts: Facts) -> Work:
    if isinstance(act, Open):
        return _open(process, act, facts)
    work = begun(process, _there(file, act), act, facts)
    match act:
        case Advance():
            _advance(work, act)
        case Reply():
            _reply(work, act)
        case Fire():
            fire(work, act)
        case Recount() | Transfer() | Migrate() | Unmigrate():
            _by_clock(work, act)
        case OnDocument():
            on_document(work, act)
        case _:
            further(work, act)
    settle(work.joint, retry=not isinstance(act, CLOCKS))
    return work


def _there(file: CaseFile | None, act: Act) -> CaseFile:
    if file is None:
        raise NotFound(kind="case", name=getattr(act, "case", ""))
    return file


def _by_clock(work: Work, act: Recount | Transfer | Migrate | Unmigrate) -> None:
    """What the clock does to many cases by somebody's decision."""
    match act:
        case Recount():
            recount(work, act)
        case Transfer():
            transfer(work, act)
        case Migrate():
            migrate(work, act)
        case _:
            unmigrate(work, act)


# ---- open ------------------------------------------------------------------------------------------------------------


def _open(process: Process, act: Open, facts: Facts) -> Work:
    start = process.start_of.get(act.start)
    if start is None:
        raise NotFound(kind="start", name=act.start, known=process.start_of)
    asked_for = process.field_of if act.actor == CLOCK else start.form
    given = parsed(process, asked_for, act.fields, facts)
    work = blank(process, act, facts)
    fill_in(work, given)
    principal, forbidden = entitled(work, start)
    refuse(process.key, [*forbidden, *failed_conditions(work, start), *_form(work, start, given)])
    number(work, act.title)
    perform(work, start, BEFORE, principal=principal)
    record(work, "open", action=start.key, principal=principal, given=given, before="")
    settle(work.joint, retry=False)
    return work


# ---- advance ---------------------------------------------------------------------------------------------------------


def action_here(work: Work, key: str) -> Action:
    """The action that may be done where the case stands. Raises NotFound, or Refused when it belongs elsewhere."""
    action = actions_here(work.process, work.case).get(key)
    if action is not None:
        return action
    if key not in work.process.action_keys:
        raise NotFound(kind="action", name=key, known=work.process.action_keys)
    raise Refused(what=_what(work, key), reasons=[not_here(work, key)], allowed=allowed_now(work))


def _advance(work: Work, act: Advance) -> None:
    action = action_here(work, act.action)
    given = parsed(work.process, action.form, act.fields, work.facts)
    principal, forbidden = entitled(work, action)
    before = work.case.fields
    work.evolve(fields=merged(work.process, before, given))
    reasons = [*forbidden, *failed_conditions(work, action), *_form(work, action, given)]
    if reasons:  # what is allowed instead is looked at as the case was
        work.evolve(fields=before)
        refuse(_what(work, action.key), reasons, allowed_now(work))
    origin = stands_at(work.case, action.track)
    count(work)
    perform(work, action, origin, principal=principal)
    if act.children:
        also_children(work, action.key)
    record(work, "advance", action=action.key, track=action.track, principal=principal, given=given, before=origin)


def _what(work: Work, key: str) -> str:
    return f"{work.case.number}: {key}"


def _form(work: Work, action: Action, given: Mapping[str, Any]) -> list[Reason]:
    return [] if work.act.actor == CLOCK else missing(work.process, action, work.act, given, work.facts)


# ---- reply -----------------------------------------------------------------------------------------------------------


def consult_of(work: Work, asked: str) -> tuple[Any, Consult | None]:
    """(opinion, consult) of the unit's newest round."""
    opinion = consultation.opinion_for(work, asked)
    state = work.process.state_of[opinion.state] if opinion else None
    return opinion, state.consult if state else None


def _reply(work: Work, act: Reply) -> None:
    opinion, consult = consult_of(work, act.asked)
    reasons = consultation.cannot_reply(work, act, opinion, consult)
    if consult is None or opinion is None:
        raise Refused(what=_what(work, "reply"), reasons=reasons, allowed=allowed_now(work))
    reply = consult.reply
    given = parsed(work.process, reply.form, act.fields, work.facts)
    reasons += [
        *consultation.not_permitted_to_reply(work, consult, opinion),
        *_reply_conditions(work, reply, act, given),
        *_form(work, reply, given),
    ]
    refuse(_what(work, reply.key), reasons, allowed_now(work))
    principal, origin = principal_of(work, reply, act.asked), stands_at(work.case, reply.track)
    values = {key: value for key, value in given.items() if value is not None}
    count(work)
    consultation.take_reply(work, act, opinion, values)
    consultation.tell_late(work, act.asked, opinion)
    remember(work, reply.key, principal)
    with work.on(reply.track):
        _happen(work, reply, act.asked)
    data = {"asked": act.asked, "answer": act.answer}
    record(work, "reply", action=reply.key, track=reply.track, principal=principal, given=given, before=origin, **data)


def _happen(work: Work, reply: Action, asked: str) -> None:
    """What a reply does beside filling the opinion."""
    set_fields(work, reply.effects)
    assign(work, reply.effects)
    clocks.run_clock_effects(work, reply.effects, reply.key)
    keep_secret(work)
    happen_elsewhere(work, reply.effects)
    clocks.refresh(work)
    work.compute()
    write_papers(work, [reply.effects], asked)
    tell(work, reply.effects.notifies, reply.title.to(work.facts.language), asked=asked)


def _reply_conditions(work: Work, reply: Action, act: Reply, given: Mapping[str, Any]) -> list[Reason]:
    """Its guards see the form's values, as all guards do; but they fill the reply, not the case (language.md 2.17)."""
    kept = work.case.fields
    work.evolve(fields=merged(work.process, kept, given))
    reasons = failed_conditions(work, reply, act.asked)
    work.evolve(fields=kept)
    return reasons


# ---- the change ------------------------------------------------------------------------------------------------------


def _change(work: Work) -> Change:
    act = work.act
    periodic = (act.process, act.periodic) if isinstance(act, Open) and act.periodic else None
    if len(work.joint.works) > 1:
        _name_others(work)
    parts = tuple([_part(one) for one in work.joint.works])
    return Change(request_id=act.request_id, parts=parts, numbers=tuple(work.joint.numbers), periodic=periodic)


def _name_others(work: Work) -> None:
    """The first entry names the other cases that the act changed: its history says so, and a recall asks."""
    others = [one.case.number for one in work.joint.works if one is not work and one.drafts]
    if others and work.drafts:
        first, *rest = work.drafts
        work.drafts = [replace(first, data={**first.data, "cases": others}), *rest]


def _part(work: Work) -> CasePart:
    case, bare = work.case, work.facts.bare
    touched, stored = work.touched.deadlines, work.stored
    return CasePart(
        before=work.before,
        case=case,
        drafts=tuple(work.drafts),
        deadlines=tuple(map(work.deadlines.__getitem__, touched)),
        replaced=tuple([stored[key] for key in touched if key in stored]),
        due=work.earliest_due(),
        opinions=tuple(map(work.opinions.__getitem__, work.touched.opinions)),
        documents=tuple(map(work.documents.__getitem__, work.touched.documents)),
        notices=tuple(work.notices),
        awaited=() if bare else awaited(work.asker()),
        viewers=viewers(work.asker()) if case.secret and not bare else (),
    )


def draft_now(process: Process, file: CaseFile, document: Document, facts: Facts) -> Document:
    """A draft with its facts as they are now: what somebody who looks at it should see. Raises Refused."""
    work = begun(process, file, Act(actor=file.case.opener, request_id=""), facts)
    if document.rule not in process.document_of:
        reason = Reason(code="other-process", template="it was drafted by the process that the case belonged to before")
        raise Refused(what=document.key, reasons=[reason])
    write_document(work, document.rule, issue=False, asked=document.asked, deadline=deadline_of(work, document))
    return replace(work.documents[document.key], at=document.at)

"""What may be done on a case besides its actions: comment, attach, edit, extend, pause, resume.

Each asks for its right, changes what it says, works deadlines out anew and ends with one history entry; it moves no state.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from workflow.calendar import parse_amount
from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.asking import ask_more, let_off
from workflow.engine.correcting import correct, fields_given, fields_missing, nothing_given, reopen
from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.forms import merged
from workflow.engine.linking import link
from workflow.engine.notify import due_text, tell
from workflow.engine.people import CLOSED, NOTE, people
from workflow.engine.permission import rights
from workflow.engine.recalling import recall
from workflow.engine.recording import finish, refuse
from workflow.engine.standing import turns
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason
from workflow.language.process import Notify
from workflow.model import (
    Act,
    Ask,
    Assign,
    Attach,
    Claim,
    ClockEvent,
    Comment,
    Correct,
    Deadline,
    Edit,
    Extend,
    Happening,
    LinkTo,
    Pause,
    Recall,
    Recuse,
    Release,
    Reopen,
    Resume,
)


def further(work: Work, act: Act) -> None:
    """Do what the act asks for. Raises Refused with every reason, NotFound, WrongValue, WrongUsage."""
    match act:
        case Correct():
            correct(work, act)
        case LinkTo():
            link(work, act)
        case Reopen():
            reopen(work, act)
        case Extend():
            _extend(work, act)
        case Ask():
            ask_more(work, act)
        case Release() if act.asked:
            let_off(work, act)
        case Assign() | Claim() | Release() | Recuse():
            people(work, act)
        case _:
            if type(act) not in _SIMPLE:
                raise TypeError(type(act).__name__)
            _SIMPLE[type(act)](work)


def _what(work: Work, right: str) -> str:
    return f"{work.case.number}: {right}"


def _noted(work: Work) -> list[Reason]:
    return [] if work.act.note.strip() else [NOTE]


def _done(work: Work, what: str, *, principal: str | None = None, given: dict[str, Any] | None = None, **data: Any) -> None:
    """The end of every one of them: it counts as an act, deadlines follow what changed, history says so."""
    finish(work, what, principal=on_behalf(work, what) if principal is None else principal, given=given, **data)


# ---- words and files -------------------------------------------------------------------------------------------------


def _comment(work: Work) -> None:
    refuse(_what(work, "comment"), [*not_entitled(work, "comment"), *_noted(work)])
    _done(work, "comment")


def _attach(work: Work) -> None:
    refuse(_what(work, "attach"), not_entitled(work, "attach"))
    _done(work, "attach")


# ---- fields ----------------------------------------------------------------------------------------------------------


def _edit(work: Work) -> None:
    given = fields_given(work, work.act.fields)
    reasons = [reason for key in given for reason in not_entitled(work, "edit", key)] or ([] if given else not_entitled(work, "edit"))
    closed = [] if work.case.open else [CLOSED]
    refuse(_what(work, "edit"), [*_each_once(reasons), *closed, *nothing_given(given), *fields_missing(work, given, work.case.fields)])
    _fill(work, given)
    _done(work, "edit", principal=on_behalf(work, "edit", next(iter(given))), given=given)


def _each_once(reasons: list[Reason]) -> list[Reason]:
    return [one for index, one in enumerate(reasons) if one not in reasons[:index]]


def _fill(work: Work, given: dict[str, Any]) -> None:
    work.evolve(fields=merged(work.process, work.case.fields, given))


# ---- time ------------------------------------------------------------------------------------------------------------


def _extend(work: Work, act: Extend) -> None:
    parse_amount(act.amount)  # what is no amount is told before anything else
    meant = deadlines_called(work, act.deadline)
    refuse(_what(work, "extend"), [*not_entitled(work, "extend"), *_noted(work), *_not_longer(act.amount), *_unruled(work, meant)])
    dues = []
    for deadline in meant:
        event = Happening(what=ClockEvent.EXTENDED, at=work.now, seq=work.seq, by="extend", amount=act.amount)
        moved = clocks.worked_out(work, replace(deadline, events=(*deadline.events, event)))
        work.put_deadline(moved)
        dues.append(due_text(moved.due, work.facts))
    tell(work, [Notify(who=turns(work.process, work.case))], ", ".join((act.deadline, *dict.fromkeys(dues))))
    _done(work, "extend", deadlines=[one.key for one in meant], amount=act.amount)


def deadlines_called(work: Work, name: str) -> list[Deadline]:
    """The open deadline of this key, or all that are open by this name. Raises NotFound."""
    owed = [one for one in work.deadlines.values() if dl.is_open(one)]
    meant = [one for one in owed if one.key == name] or [one for one in owed if one.name == name]
    if not meant:
        raise NotFound(kind="deadline", name=name, known=dict.fromkeys(one.name for one in owed))
    return meant


def _not_longer(amount: str) -> list[Reason]:
    if parse_amount(amount)[0] > 0:
        return []
    return [Reason(code="amount", template="a deadline is moved by more than nothing, such as '3 working days'")]


def _unruled(work: Work, meant: list[Deadline]) -> list[Reason]:
    """A deadline whose rule this version of the process has no more can't be worked out anew."""
    gone = [one.name for one in meant if dl.rule_of(work.process, one) is None]
    return [Reason(code="no-rule", template="the procedure has no rule '{name}' any more", facts={"name": name}) for name in gone]


def _pause(work: Work) -> None:
    reasons = [*not_entitled(work, "pause"), *_noted(work)]
    if work.case.paused is not None:
        since = due_text(work.case.paused, work.facts)
        reasons.append(Reason(code="paused", template="the case's clocks stand still already, since {since}", facts={"since": since}))
    refuse(_what(work, "pause"), [*reasons, *([] if work.case.open else [CLOSED])])
    work.evolve(paused=work.now)
    clocks.pause(work)
    _done(work, "pause")


def _resume(work: Work) -> None:
    reasons = not_entitled(work, "pause")
    if work.case.paused is None:
        reasons.append(Reason(code="not-paused", template="the case's clocks are not paused"))
    refuse(_what(work, "resume"), reasons)
    work.evolve(paused=None)
    clocks.unpause(work)
    _done(work, "resume", principal=on_behalf(work, "pause"))


def editable(work: Work) -> list[str]:
    """The fields that the actor may change by `edit` where the case stands."""
    if not work.case.open or not rights(work.process, work.case, "edit"):
        return []
    return [field.key for field in work.process.fields if field.computed is None and not not_entitled(work, "edit", field.key)]


_SIMPLE: dict[type[Act], Callable[[Work], None]] = {
    Comment: _comment,
    Attach: _attach,
    Edit: _edit,
    Pause: _pause,
    Resume: _resume,
    Recall: recall,
}
"""The acts that say nothing but what every act says."""

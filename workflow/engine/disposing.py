"""Disposal: the contents of a closed case whose retention has ended are removed, by a decision. What is left says so.

The case, its history and its numbered papers stay as husks: numbers, dates, types, states, who acted, every hash. The entry of
the disposal holds the husk whole, so that the fold over the history begins there anew (law 6), and whatever is missing before it
is accounted for. Which procedure says how long cases are kept: the one in use on the day, whatever version the case obeys, for
laws on archives change while cases lie there.
"""

from datetime import date

from msgspec.structs import replace

from workflow.engine.deadlines import is_open
from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.facts import Facts
from workflow.engine.history import DISPOSE, delta_of
from workflow.engine.joint import gone
from workflow.engine.people import NOTE
from workflow.engine.permission import viewers
from workflow.engine.recording import refuse
from workflow.engine.work import Work, begun
from workflow.errors import Reason
from workflow.language.process import Process
from workflow.language.retention import kept_until, longest, years_of
from workflow.model import Case, CaseFile, CasePart, Change, Dispose, Disposed, Document, Draft


def retention_of(process: Process, file: CaseFile) -> str:
    """How long the case is kept: as its procedure says, or longer where the type of a paper that it issued does; '' where the
    procedure says nothing.
    """
    if not process.retention:
        return ""
    issued = {one.type for one in file.documents if one.number is not None}
    return longest([process.retention, *(kind.retention for kind in process.types if kind.key in issued)])


def last_day(process: Process, file: CaseFile, facts: Facts) -> date | None:
    """The last day on which the case must be kept; None while it is open, for ever, and where nothing is said."""
    closed = file.case.closed
    return None if closed is None else kept_until(retention_of(process, file), closed.astimezone(facts.zone).date())


def dispose(process: Process, file: CaseFile, act: Dispose, facts: Facts) -> Change:
    """Remove the contents of a case. Raises Refused with every reason."""
    work = begun(process, file, act, facts)
    noted = [] if act.note.strip() else [NOTE]
    decided = [] if act.decision.strip() else [Reason(code="decision", template="name the decision by which it is disposed of")]
    refuse(f"{file.case.number}: dispose", [*not_entitled(work, "dispose"), *cannot(work), *noted, *decided])
    until = last_day(process, file, facts) or date.max
    husk = _husk(file.case, Disposed(decision=act.decision, at=work.now, until=until))
    papers = tuple(_paper(one, act.decision) for one in file.documents)
    said = {"decision": act.decision, "retention": retention_of(process, file), "until": until.isoformat(), "entries": file.case.seq}
    draft = Draft(
        at=work.now,
        actor=act.actor,
        act=DISPOSE,
        acting_for=on_behalf(work, "dispose"),
        note=act.note,
        before=file.case.state,
        after=file.case.state,
        delta=delta_of(None, husk),
        data={**said, "login": act.login} if act.login else said,
        documents=tuple(one.key for one in papers),
    )
    seen = viewers(work.asker()) if file.case.secret else ()
    part = CasePart(before=file.case, case=husk, drafts=(draft,), documents=papers, viewers=seen)
    return Change(request_id=act.request_id, parts=(part,), disposes=act.decision)


def cannot(work: Work) -> list[Reason]:
    """Why the contents must stay, whoever asks: the case is open, is kept for longer, or something still hangs on it."""
    case = work.case
    if case.disposed is not None:
        return [gone(case.disposed)]
    if case.open or case.closed is None:
        return [Reason(code="open", template="it is still open")]
    reasons = _kept(work)
    if any(is_open(one) for one in work.deadlines.values()):
        reasons.append(Reason(code="runs", template="a deadline in it still runs"))
    if case.parent and (above := work.facts.case_of(case.parent)) is not None and above[1].case.open:
        reasons.append(Reason(code="above", template="the case above it is still open"))
    if any(one.open for one in work.facts.children_of(case.number)):
        reasons.append(Reason(code="below", template="a sub-case of it is still open"))
    return reasons


def _kept(work: Work) -> list[Reason]:
    """Its retention has not ended."""
    retention = retention_of(work.process, work.file)
    if not retention:
        return [Reason(code="retention", template="the procedure does not say how long its cases are kept (retention: 10 years)")]
    until = last_day(work.process, work.file, work.facts)
    if years_of(retention) is None or until is None:
        return [Reason(code="retention", template="it is kept for ever")]
    if work.facts.today <= until:
        return [Reason(code="retention", template="it is kept until {until}", facts={"until": f"{until:%d/%m/%Y}"})]
    return []


def _husk(case: Case, disposed: Disposed) -> Case:
    """What is left of a case: nothing that anybody wrote, and nobody but who opened it."""
    return Case(
        number=case.number,
        process=case.process,
        version=case.version,
        title="",
        state=case.state,
        unit=case.unit,
        opener=case.opener,
        opened=case.opened,
        entered=case.entered,
        last_act=disposed.at,
        last_entry=case.last_entry,
        previous=case.previous,
        outcome=case.outcome,
        closed=case.closed,
        secret=case.secret,
        parent=case.parent,
        disposed=disposed,
        revision=case.revision,
        seq=case.seq,
        head=case.head,
    )


def _paper(document: Document, decision: str) -> Document:
    """What is left of a paper: its type, status, number and day."""
    left = Document(
        key=document.key,
        rule=document.rule,
        type=document.type,
        status=document.status,
        title="",
        frame=document.frame,
        template="",
        at=document.at,
        number=document.number,
        symbol=document.symbol,
        series=document.series,
    )
    return replace(left, disposed=decision)

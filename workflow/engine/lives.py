"""The life of a document outside of actions: a draft issued; an issued one void, replaced, corrected, recalled, given its signed scan.

Nothing is erased: an issued document keeps its number, its facts and its files; what becomes of it is added (law 2; Decree
30/2020/NĐ-CP art. 18: wrong contents are replaced by another document, a wrong form is corrected by a letter).
"""

from typing import Any

from msgspec.structs import replace

from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.notify import tell
from workflow.engine.papers import deadline_of, write_document
from workflow.engine.recording import count, record, refuse
from workflow.engine.scope import in_order
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason
from workflow.language.process import Notify, Who
from workflow.model import (
    AttachToDocument,
    CorrectDocument,
    Document,
    DocumentEvent,
    DocumentStatus,
    IssueDocument,
    OnDocument,
    PaperFile,
    RecallDocument,
    ReplaceDocument,
    VoidDocument,
)
from workflow.phrases import phrase

NOTE = Reason(code="note", template="a reason is required: --note …")
ISSUED = (DocumentStatus.ISSUED,)
NUMBERED = tuple(status for status in DocumentStatus if status is not DocumentStatus.DRAFT)


def on_document(work: Work, act: OnDocument, *, behalf: str | None = None) -> None:
    """Do what the act asks for. `behalf`: on whose behalf, where the act that it is a part of has settled who may. Raises Refused
    with every reason, NotFound.
    """
    document = named(work, act.document)
    match act:
        case IssueDocument():
            _issue(work, document)
        case VoidDocument():
            _end(work, document, "void", DocumentStatus.VOID, behalf)
        case RecallDocument():
            _end(work, document, "recalled", DocumentStatus.RECALLED, behalf)
        case ReplaceDocument():
            _follow(work, document, (act.by or document.rule, "replaced"), behalf)
        case CorrectDocument():
            _follow(work, document, (act.by, "corrected"), behalf)
        case AttachToDocument():
            _attach(work, document)
        case _:
            raise TypeError(type(act).__name__)


def named(work: Work, name: str) -> Document:
    """The document of this key (`plan/1`), this number as printed, or the newest of this rule (`plan`). Raises NotFound."""
    papers = in_order(tuple(work.documents.values()))
    found = [one for one in papers if name in {one.key, one.symbol}] or [one for one in papers if name == one.rule]
    if not found or not name:
        raise NotFound(kind="document", name=name, known=[word for one in papers for word in (one.key, one.symbol) if word])
    return found[-1]


def may_void(work: Work, document: Document) -> Who:
    """Who may void, replace, correct and recall a document where the procedure says nothing: those who may sign it."""
    rule = work.process.document_of.get(document.rule)
    return rule.signers if rule else ()


def forbidden(work: Work, document: Document, right: str) -> list[Reason]:
    """Why the actor may not use this right (issue, void, attach) on the document."""
    return not_entitled(work, right, otherwise=_otherwise(work, document, right), asked=document.asked)


def _otherwise(work: Work, document: Document, right: str) -> Who:
    return may_void(work, document) if right == "void" else ()


def _not_in(document: Document, statuses: tuple[DocumentStatus, ...], work: Work) -> list[Reason]:
    """Why not, by how the document stands."""
    if document.status in statuses:
        return []
    facts = {"document": document.symbol or document.key, "status": phrase(document.status.value, work.facts.language)}
    return [Reason(code="document", template="the document {document} is: {status}", facts=facts)]


def _noted(work: Work) -> list[Reason]:
    return [] if work.act.note.strip() else [NOTE]


def _what(work: Work, document: Document) -> str:
    return f"{work.case.number}: {document.symbol or document.key}"


# ---- acts ------------------------------------------------------------------------------------------------------------


def _issue(work: Work, draft: Document) -> None:
    refuse(_what(work, draft), [*forbidden(work, draft, "issue"), *_not_in(draft, (DocumentStatus.DRAFT,), work)])
    behalf = on_behalf(work, "issue")
    issued = write_document(work, draft.rule, issue=True, asked=draft.asked, deadline=deadline_of(work, draft))
    _done(work, "issued", issued, principal=behalf)


def _end(work: Work, document: Document, what: str, status: DocumentStatus, behalf: str | None) -> None:
    """Void, or recalled: then its recipients are told."""
    refuse(_what(work, document), [*_may_not_void(work, document, behalf), *_not_in(document, ISSUED, work), *_noted(work)])
    _put(work, document, what, status)
    if status is DocumentStatus.RECALLED:
        _tell(work, document, phrase("{document} is recalled", work.facts.language, document=_name(document)))
    _done(work, what, document, principal=_void_behalf(work, document, behalf))


def _may_not_void(work: Work, document: Document, behalf: str | None) -> list[Reason]:
    return forbidden(work, document, "void") if behalf is None else []


def _follow(work: Work, document: Document, how: tuple[str, str], behalf: str | None) -> None:
    """Replaced or corrected by another document of the case: one that is issued, or a draft or rule, which is issued now."""
    by, what = how
    reasons = [*_may_not_void(work, document, behalf), *_not_in(document, ISSUED, work), *_noted(work)]
    refuse(_what(work, document), reasons)
    other = _issued_by(work, document, by)
    status = DocumentStatus.REPLACED if what == "replaced" else document.status
    _put(work, document, what, status, by=other)
    template = "{document} is replaced by {other}" if what == "replaced" else "{document} is corrected by {other}"
    said = phrase(template, work.facts.language, document=_name(document), other=_name(other))
    _tell(work, document, said)
    _done(work, what, document, principal=_void_behalf(work, document, behalf), by=other.symbol)


def _issued_by(work: Work, document: Document, by: str) -> Document:
    """The document that takes over: never the old one itself."""
    others = [one for one in in_order(tuple(work.documents.values())) if one.key != document.key]
    found = [one for one in others if by in {one.key, one.symbol} or _drafts(one, by, document)]
    if found and found[-1].status is not DocumentStatus.DRAFT:
        refuse(_what(work, document), _not_in(found[-1], ISSUED, work))
        return found[-1]
    rule = found[-1].rule if found else by
    if rule not in work.process.document_of:
        known = [*work.process.document_of, *(one.key for one in others), *(one.symbol for one in others if one.symbol)]
        raise NotFound(kind="document", name=by, known=known)
    asked = found[-1].asked if found else document.asked
    return write_document(work, rule, issue=True, asked=asked, replaces=document)


def _drafts(one: Document, rule: str, old: Document) -> bool:
    """Whether it is a draft of the rule, for the same unit."""
    return one.rule == rule and one.status is DocumentStatus.DRAFT and one.asked == old.asked


def _attach(work: Work, document: Document) -> None:
    files = [] if work.act.attachments else [Reason(code="form", template="no file is given")]
    refuse(_what(work, document), [*forbidden(work, document, "attach"), *_not_in(document, NUMBERED, work), *files])
    behalf = on_behalf(work, "attach")
    _put(work, document, "attached", document.status)
    _done(work, "attached", document, principal=behalf)


# ---- what they share -------------------------------------------------------------------------------------------------


def _put(work: Work, document: Document, what: str, status: DocumentStatus, *, by: Document | None = None) -> None:
    given = work.act.attachments if what == "attached" else ()
    event = DocumentEvent(
        what=what,
        at=work.now,
        actor=work.act.actor,
        seq=work.seq,
        note=work.act.note.strip(),
        by=by.key if by else "",
        symbol=by.symbol if by else "",
        files=tuple(PaperFile(name=one.name, hash=one.hash, size=one.size) for one in given),
    )
    work.put_document(replace(document, status=status, events=(*document.events, event)))


def _void_behalf(work: Work, document: Document, behalf: str | None) -> str:
    return behalf if behalf is not None else on_behalf(work, "void", otherwise=may_void(work, document), asked=document.asked)


def _name(document: Document) -> str:
    return f"{document.symbol} ({document.title})" if document.title else document.symbol


def _tell(work: Work, document: Document, said: str) -> None:
    """Its recipients, as they are found today."""
    rule = work.process.document_of.get(document.rule)
    if rule is not None:
        tell(work, [Notify(who=rule.recipients)], f"{said}: {work.act.note.strip()}", asked=document.asked)


def _done(work: Work, what: str, document: Document, *, principal: str, **data: Any) -> None:
    count(work)
    facts: dict[str, Any] = {"document": document.key, "symbol": document.symbol, "what": what, **data}
    record(work, f"document-{what}", principal=principal, before=work.case.state, **facts)

"""Putting right: a further act with its reason, that says what was wrong and what is right (nothing is erased); and a closed case
that goes on.

Of a reply its answer and its form
too (`righting`). What hangs on it follows: deadlines and computed fields are worked out anew, drafts are written anew when somebody
looks. An issued paper that says what was wrong is voided, replaced or kept, as whoever corrects decides: none is passed over.
"""

from collections.abc import Mapping
from typing import Any

from workflow.engine import righting
from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.flow import enter_anew
from workflow.engine.forms import merged, parsed
from workflow.engine.guards import not_permitted
from workflow.engine.history import papers_of
from workflow.engine.lives import forbidden, named, on_document
from workflow.engine.notify import tell_persons
from workflow.engine.papers import shown
from workflow.engine.people import NOTE
from workflow.engine.recording import count, finish, record, refuse
from workflow.engine.scope import in_order
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason
from workflow.language.expression import ExpressionError, fill
from workflow.model import Correct, Document, DocumentStatus, OnDocument, Reopen, ReplaceDocument, VoidDocument
from workflow.phrases import phrase


def correct(work: Work, act: Correct) -> None:
    """Put right what an entry says wrongly, and what follows from it. Raises Refused with every reason, NotFound; Wanting for the
    notices that went out by that entry.
    """
    if not 1 <= act.entry <= work.case.seq:
        raise NotFound(kind="entry", name=str(act.entry), known=[f"1–{work.case.seq}"])
    reply = righting.reply_of(work, act.entry)
    to_reply, to_case = righting.split(reply, act.fields)
    given, values = fields_given(work, to_case), righting.values_of(work, reply, to_reply)
    asked = reply.asked if reply is not None else ""
    reasons = [*not_entitled(work, "correct", asked=asked), *([] if act.note.strip() else [NOTE])]
    if asked and given and not reasons:  # a reply is its unit's to put right, the case is not
        reasons += not_entitled(work, "correct")
    reasons += righting.why_not(work, act, reply, values)
    if not (act.answer or act.take_back):
        reasons += nothing_given({**given, **values})
    chosen = _chosen(work, act)
    before, title = work.case.fields, _own_title(work)
    reasons += fields_missing(work, given, before)
    work.evolve(fields=merged(work.process, before, given))
    wrong, was = _papers_that_say(work, given), {key: before.get(key) for key in given}
    data: dict[str, Any] = {"entry": act.entry, "was": was, "papers": {doc.key: how for doc, how in chosen}}
    if reply is not None and reply.standing and (act.answer or act.take_back or values):
        reasons += fields_missing(work, values, reply.standing[0].fields)
        data |= {"reply": _reply_told(act, reply, values)}
        wrong += [one for one in righting.put_right(work, act, reply, values) if one not in wrong]
    refuse(f"{work.case.number}: correct", [*reasons, *_undecided(wrong, chosen), *_may_not(work, chosen, reply)])
    principal = on_behalf(work, "correct", asked=asked)
    if title is not None and title == work.case.title:
        work.evolve(title=fill(work.process.case_title, work.scope()))
    _tell(work, act, reply if "reply" in data else None)
    finish(work, "correct", principal=principal, given=given, **data)
    for document, how in chosen:
        _deal_with(work, document, how, principal if _falls_with(work, document, reply) else None)


def _reply_told(act: Correct, reply: righting.Righted, values: Mapping[str, Any]) -> dict[str, Any]:
    """What history says of a reply that was put right: whose it is, what it says now and what it said."""
    stood = reply.standing[0]
    now = {"asked": reply.asked, "answer": act.answer or stood.answer, "fields": dict(values)}
    was = {"answer": stood.answer, "fields": {key: stood.fields.get(key) for key in values}}
    return {**now, "taken_back": True, "answer": "", "was": was} if act.take_back else {**now, "was": was}


def _tell(work: Work, act: Correct, reply: righting.Righted | None) -> None:
    """Those who were told what was wrong; of a reply whose round is over, those who work with it too."""
    told = work.facts.told_by(work.case.number, act.entry)
    if reply is not None:
        told = tuple(dict.fromkeys((*told, *righting.whose_turn(work, reply))))
    what = phrase("Entry {entry} put right", work.facts.language, entry=act.entry)
    tell_persons(work, [one for one in told if one not in work.case.recused], f"{what}: {act.note.strip()}")


# ---- what is given ---------------------------------------------------------------------------------------------------


def fields_given(work: Work, given: Mapping[str, Any]) -> dict[str, Any]:
    """The new values. Raises UnknownField (computed fields are nobody's to fill in), WrongValue."""
    return parsed(work.process, [field.key for field in work.process.fields if field.computed is None], given, work.facts)


def nothing_given(given: Mapping[str, Any]) -> list[Reason]:
    """Something must be given."""
    return [] if given else [Reason(code="form", template="no field is given: --set FIELD=VALUE")]


def fields_missing(work: Work, given: Mapping[str, Any], before: Mapping[str, Any]) -> list[Reason]:
    """A required field that is filled can't be emptied."""
    return [
        Reason(
            code="form",
            template="the field '{field}' ({title}) must be filled: --set {field}=…",
            facts={"field": key, "title": work.process.field_of[key].title.to(work.facts.language)},
        )
        for key, value in given.items()
        if work.process.field_of[key].required and value in (None, [], {}) and before.get(key) is not None
    ]


def _own_title(work: Work) -> str | None:
    """The title that the process gives the case by its fields as they are."""
    try:
        return fill(work.process.case_title, work.scope())
    except ExpressionError:
        return None  # one that can't be worked out any more is kept


# ---- papers ----------------------------------------------------------------------------------------------------------

VOID, REPLACE, KEEP = "void", "replace", "keep"


def _chosen(work: Work, act: Correct) -> list[tuple[Document, str]]:
    """What whoever corrects says is to become of which papers. Raises NotFound."""
    return [(named(work, name), how) for name, how in act.papers.items()]


def _papers_that_say(work: Work, given: dict[str, Any]) -> list[Document]:
    """The issued papers that were written with other values of these fields."""
    kinds = work.process.field_of
    now = {key: shown(kinds[key], work.case.fields.get(key), work) for key in given}

    def says_otherwise(document: Document) -> bool:
        said = document.facts.get("fields", {})
        return any(said.get(key) is not None and said.get(key) != value for key, value in now.items())

    papers = in_order(tuple(work.documents.values()))
    return [one for one in papers if one.status is DocumentStatus.ISSUED and says_otherwise(one)]


def _undecided(wrong: list[Document], chosen: list[tuple[Document, str]]) -> list[Reason]:
    decided = {document.key for document, _ in chosen}
    template = "the paper {document} says what is put right: --void, --replace or --keep {document}"
    return [Reason(code="paper", template=template, facts={"document": one.symbol or one.key}) for one in wrong if one.key not in decided]


def _may_not(work: Work, chosen: list[tuple[Document, str]], reply: righting.Righted | None) -> list[Reason]:
    """Voiding and replacing ask for their own right, and for a paper that is in force."""
    reasons: list[Reason] = []
    for document, how in chosen:
        if how == KEEP:
            continue
        reasons += [] if _falls_with(work, document, reply) else forbidden(work, document, "void")
        if document.status is not DocumentStatus.ISSUED:
            facts = {"document": document.symbol or document.key, "status": phrase(document.status.value, work.facts.language)}
            reasons.append(Reason(code="document", template="the document {document} is: {status}", facts=facts))
    return reasons


def _falls_with(work: Work, document: Document, reply: righting.Righted | None) -> bool:
    """Whether the paper falls with the correction: a unit's own letter, of the reply that it puts right itself. A letter and the reply
    that it brought are one word of that unit; who may void papers otherwise is no matter of it.
    """
    return reply is not None and document.key in papers_of(reply.entry) and not not_permitted(work, reply.reply, reply.asked)


def _deal_with(work: Work, document: Document, how: str, behalf: str | None) -> None:
    """Void it, or write it anew: an entry of its own, in the same act. `behalf`: whose, where it falls with the correction."""
    if how == KEEP:
        return
    act = work.act
    common: dict[str, Any] = {
        "actor": act.actor,
        "request_id": act.request_id,
        "note": act.note,
        "case": work.case.number,
        "document": document.key,
    }
    other: OnDocument = VoidDocument(**common) if how == VOID else ReplaceDocument(**common)
    work.act = other
    try:
        on_document(work, other, behalf=behalf)
    finally:
        work.act = act


# ---- going on --------------------------------------------------------------------------------------------------------


def reopen(work: Work, _act: Reopen) -> None:
    """A closed case goes on in the state from which it was closed, as if that were entered anew. Raises Refused."""
    reasons = [*not_entitled(work, "reopen"), *([] if work.act.note.strip() else [NOTE])]
    if work.case.open:
        reasons.append(Reason(code="open", template="the case is open"))
    elif work.case.previous not in work.process.state_of:
        reasons.append(Reason(code="no-previous", template="there is no state to go back to"))
    refuse(f"{work.case.number}: reopen", reasons)
    principal, origin = on_behalf(work, "reopen"), work.case.state
    count(work)
    enter_anew(work, work.process.state_of[work.case.previous], by="reopen")
    record(work, "reopen", principal=principal, before=origin)

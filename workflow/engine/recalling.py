"""Recall: the newest act of a person is taken back. Nothing is erased: its entry stays, a new one puts everything back.

What the case was before the act is what its history amounts to up to there (law 6). The recalled act no longer counts for
`did`, `done` and `times` (language.md 2.18); time that went by meanwhile did go by.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine import clocks
from workflow.engine import deadlines as dl
from workflow.engine.entitled import not_entitled, on_behalf, who_may
from workflow.engine.flow import other, unseen
from workflow.engine.history import fold
from workflow.engine.notify import tell
from workflow.engine.recording import count, record, refuse
from workflow.engine.standing import stands_at, turns
from workflow.engine.work import Work
from workflow.errors import Reason
from workflow.language.process import Notify
from workflow.model import CaseFile, DeadlineStatus, DocumentStatus, Entry, OpinionStatus

FOLLOWED = frozenset({"auto"})
"""The entries that an act brings along: they are taken back with it."""


class Recalled(Struct, frozen=True):
    """The entry that is taken back, those that followed from it, and the case before it."""

    entry: Entry
    said: dict[str, Any]
    payload: dict[str, Any]
    after: tuple[Entry, ...]
    before: CaseFile


def recall(work: Work) -> None:
    """Take the newest act back. Raises Refused with every reason; Wanting for the history."""
    entries = work.facts.history_of(work.case.number)
    found = newest(entries)
    reasons = _not_mine(work, found.entry) + _why_not(work, found)
    refuse(f"{work.case.number}: recall", reasons)
    principal = on_behalf(work, "recall") if who_may(work, "recall") else ""
    origin = work.case.state
    tell(work, [Notify(who=turns(work.process, work.case))], _title(work))  # those who may have begun already
    put_back(work, found.before)
    count(work)
    clocks.refresh(work)
    tell(work, [Notify(who=turns(work.process, work.case))], _title(work))
    record(
        work, "recall", principal=principal, before=origin, entry=found.entry.seq, recalled=found.said["act"], action=found.said["action"]
    )


def newest(entries: Sequence[Entry]) -> Recalled:
    """The newest entry that did not just follow from another one."""
    index = next(at for at in range(len(entries) - 1, -1, -1) if _said(entries[at])["act"] not in FOLLOWED)
    entry = entries[index]
    before = fold(entries[:index]) if index else fold(entries[:1])
    return Recalled(entry, _said(entry), json.loads(entry.payload), tuple(entries[index:]), before)


def followed(found: Recalled) -> list[str]:
    """The actions that followed from the act by themselves."""
    return [_said(entry)["action"] for entry in found.after[1:]]


def title_of_act(work: Work, found: Recalled) -> str:
    """What the newest act did, shortly."""
    key = found.said["action"] or found.said["act"]
    titles = (action.title for action in (*work.process.actions, *work.process.starts) if action.key == key)
    return next((title.to(work.facts.language) for title in titles), key)


def _said(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(entry.text)
    return said


def _not_mine(work: Work, entry: Entry) -> list[Reason]:
    """By itself whoever did it may take it back; `rights: recall` says otherwise."""
    if who_may(work, "recall"):
        return not_entitled(work, "recall")
    if entry.actor == work.act.actor:
        return []
    who = work.facts.person_title(entry.actor) if entry.actor in work.facts.organisation.persons else "hoso"
    return [
        Reason(code="by", template="only {who} may do this, not {you}", facts={"who": who, "you": work.facts.person_title(work.act.actor)})
    ]


def _why_not(work: Work, found: Recalled) -> list[Reason]:
    act, reasons = found.said["act"], []
    if act in _NEVER:
        reasons.append(Reason(code="recall", template=_NEVER[act]))
    if act not in _NEVER and found.before.case.version != work.case.version:
        reasons.append(Reason(code="recall", template="since then the case goes on by another procedure, or another version of it"))
    return [*reasons, *why_stays(work, found)]


def why_stays(work: Work, found: Recalled) -> list[Reason]:
    """What came of an act that can't be taken back: time that went on, papers, other cases."""
    reasons = []
    if any(entry.at != found.entry.at for entry in found.after):
        reasons.append(Reason(code="recall", template="since then the case went on by itself"))
    payloads = [json.loads(entry.payload) for entry in found.after]
    issued = [
        one["title"] for one in (paper for each in payloads for paper in each["documents"]) if one["status"] != "draft" and "number" in one
    ]
    if issued:
        facts = {"paper": ", ".join(dict.fromkeys(issued))}
        reasons.append(Reason(code="recall", template="it issued a paper: {paper}", facts=facts))
    touched = list(dict.fromkeys(number for each in payloads for number in each["data"].get("cases", ())))
    if touched:
        reasons.append(_moved_others(work, touched))
    return reasons


def _moved_others(work: Work, touched: Iterable[str]) -> Reason:
    """Only those are named that the actor may see (law 7)."""
    seen = [number for number in touched if (case := other(work, number)) is not None and not unseen(case, work.act.actor)]
    if not seen:
        return Reason(code="recall", template="it moved other cases too")
    return Reason(code="recall", template="it moved other cases too: {cases}", facts={"cases": ", ".join(seen)})


_NEVER: Mapping[str, str] = {
    "open": "the newest act opened the case: that can't be taken back",
    "recall": "the newest act was a recall itself: do what was recalled again",
    "also": "the newest act was done from another case: it can't be taken back here",
    "fire": "since then a deadline has fired: what it told can't be untold",
    "silence": "since then silence was filled in",
    **dict.fromkeys(
        ("document-issued", "document-void", "document-recalled", "document-replaced", "document-corrected", "document-attached"),
        "the newest act changed an issued paper: that stays on record",
    ),
    "calendar": "since then a changed calendar has moved its deadlines",
    "migrate": "since then the case was moved to another version of its procedure",
    "unmigrate": "since then the case was moved to another version of its procedure",
}


# ---- putting back ----------------------------------------------------------------------------------------------------


def put_back(work: Work, before: CaseFile) -> None:
    """The case as it was, its history longer. Its process must be that of then."""
    now = work.case
    work.case = replace(before.case, revision=now.revision, seq=now.seq, head=now.head, last_entry=now.last_entry)
    _deadlines(work, before)
    _opinions(work, before)
    _papers(work, before)


def _deadlines(work: Work, before: CaseFile) -> None:
    """Those of before stand as they stood, their next rung as it is now; those that the act opened are owed no more."""
    stood = {one.key: one for one in before.deadlines}
    for key, deadline in list(work.deadlines.items()):
        if key not in stood:
            ended = replace(deadline, status=DeadlineStatus.DROPPED, settled=deadline.settled or work.now, next_at=None)
            work.put_deadline(ended)
        elif deadline != stood[key]:
            back = stood[key]
            work.put_deadline(clocks.worked_out(work, back) if dl.is_open(back) else back)


def _opinions(work: Work, before: CaseFile) -> None:
    """Replies of the act are out again; whoever it asked is asked no more."""
    stood = {(one.state, one.round, one.asked): one for one in before.opinions}
    for key, opinion in list(work.opinions.items()):
        back = stood.get(key, replace(opinion, status=OpinionStatus.VOID))
        if opinion != back:
            work.put_opinion(back)


def _papers(work: Work, before: CaseFile) -> None:
    """Drafts that the act wrote are void; those of before were there already, and follow the case whenever they are looked at,
    also those that it made void.
    """
    stood = {one.key: one.status for one in before.documents}
    for key, document in list(work.documents.items()):
        status = stood.get(key, DocumentStatus.VOID)
        if DocumentStatus.DRAFT in {status, document.status} and status is not document.status:
            work.put_document(replace(document, status=status))


# ---- telling ---------------------------------------------------------------------------------------------------------


def _title(work: Work) -> str:
    return work.process.state_of[stands_at(work.case, "")].title.to(work.facts.language)

"""A reply put right, or taken back: what an asked unit (or person) is on record with was not what it said.

The round follows: counts, the veto and what follows by itself are worked out anew. A reply that is put right stays the one of whoever
gave it, at the time when it was given; one that is taken back is owed again, with the time that was left. The reply as it was is kept
beside it, and the entry that took it stays.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine import clocks, consultation
from workflow.engine import deadlines as dl
from workflow.engine.forms import parsed
from workflow.engine.history import papers_of
from workflow.engine.papers import opinion_shown
from workflow.engine.scope import in_order
from workflow.engine.standing import turns
from workflow.engine.work import Work
from workflow.errors import Reason
from workflow.language.process import Action, Consult
from workflow.model import Correct, Deadline, DeadlineStatus, Document, DocumentStatus, Entry, Opinion, OpinionStatus


class Righted(Struct, frozen=True, kw_only=True):
    """The reply that an entry took, as it is now: the opinion, and its copies in later rounds (`carried`)."""

    entry: Entry
    consult: Consult
    asked: str
    standing: tuple[Opinion, ...]
    """Empty: another reply has taken its place since, or it was taken back."""

    @property
    def reply(self) -> Action:
        """The reply's rule."""
        return self.consult.reply


def reply_of(work: Work, seq: int) -> Righted | None:
    """The reply that an entry of the case took; None if it took none. Raises Wanting for the history."""
    entries = work.facts.history_of(work.case.number)
    entry = next((one for one in entries if one.seq == seq), None)
    if entry is None or json.loads(entry.text)["act"] != "reply":
        return None
    payload = json.loads(entry.payload)
    taken = next(one for one in payload["delta"]["opinions"] if one["asked"] == payload["data"]["asked"])
    state, asked = work.process.state_of.get(taken["state"]), taken["asked"]
    if state is None or state.consult is None:
        return None  # a migration took its state away: what it filled can't be read any more
    mine = [one for one in work.opinions.values() if (one.state, one.asked, one.status) == (state.key, asked, OpinionStatus.GIVEN)]
    standing = tuple(one for one in mine if (one.at, one.by) == (entry.at, entry.actor))
    if not _stands(entries, entry, taken):
        standing = ()
    return Righted(entry=entry, consult=state.consult, asked=asked, standing=standing)


def _stands(entries: Sequence[Entry], entry: Entry, taken: Mapping[str, Any]) -> bool:
    """Whether the reply was neither recalled nor given anew by a later entry that stands itself."""
    read = [(one.seq, json.loads(one.text)["act"], json.loads(one.payload)) for one in entries if one.seq >= entry.seq]
    recalled = {payload["data"]["entry"] for _, act, payload in read if act == "recall"}
    anew = {
        seq
        for seq, act, payload in read
        if act == "reply" and any(all(one[key] == taken[key] for key in _WHOSE) for one in payload["delta"]["opinions"])
    }
    return anew - recalled == {entry.seq}


_WHOSE = ("state", "round", "asked")


def split(found: Righted | None, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what fills the reply, what fills the case) of the values that are given: a reply's form fills the reply (language.md 2.17)."""
    form = found.reply.form if found is not None else ()
    return {key: fields[key] for key in fields if key in form}, {key: fields[key] for key in fields if key not in form}


def values_of(work: Work, found: Righted | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values that fill the reply. Raises WrongValue."""
    return parsed(work.process, found.reply.form, given, work.facts) if found is not None else {}


def why_not(work: Work, act: Correct, found: Righted | None, values: Mapping[str, Any]) -> list[Reason]:
    """Why the reply can't be put right so: every reason."""
    touches = bool(act.answer or act.take_back or values)
    if found is None:
        return [Reason(code="reply", template=_NO_REPLY, facts={"entry": act.entry})] if touches else []
    reasons: list[Reason] = []
    if touches and not found.standing:
        facts = {"unit": work.facts.unit_title(found.asked)}
        reasons.append(Reason(code="reply", template="since then {unit} has replied otherwise, or that reply was taken back", facts=facts))
    if act.take_back and (act.answer or values):
        reasons.append(Reason(code="reply", template="a reply is taken back or put right, not both"))
    if act.answer:
        reasons += consultation.wrong_answer(found.consult, act.answer, work.facts.language)
    return reasons


_NO_REPLY = "line {entry} of the history took no reply: --answer and --take-back are for replies"


def put_right(work: Work, act: Correct, found: Righted, values: Mapping[str, Any]) -> list[Document]:
    """Write it into the opinion and its copies; the issued papers that say what was wrong. The clock of a reply that is taken back
    goes on with what was left.
    """
    wrong = set(papers_of(found.entry))
    for opinion in found.standing:
        said = opinion_shown(work, opinion)
        earlier = (*opinion.earlier, *consultation.kept(opinion))
        if act.take_back:
            _take_back(work, found, replace(opinion, earlier=earlier))
        else:
            fields = {key: value for key, value in {**opinion.fields, **values}.items() if value is not None}
            work.put_opinion(replace(opinion, answer=act.answer or opinion.answer, fields=fields, earlier=earlier))
        wrong |= {one.key for one in work.documents.values() if _repeats(one, said, work.opinions[_key(opinion)], work)}
    return [one for one in in_order(tuple(work.documents.values())) if one.key in wrong and one.status is DocumentStatus.ISSUED]


def _key(opinion: Opinion) -> tuple[str, int, str]:
    return opinion.state, opinion.round, opinion.asked


def _take_back(work: Work, found: Righted, opinion: Opinion) -> None:
    """Nobody has replied: it is owed again while its round runs; one that was carried over is asked for now."""
    _forget(work, found, opinion)
    work.put_opinion(
        Opinion(
            state=opinion.state,
            round=opinion.round,
            asked=opinion.asked,
            status=OpinionStatus.ASKED,
            asked_at=opinion.asked_at,
            earlier=opinion.earlier,
            escalated=opinion.escalated,
        )
    )
    if not consultation.runs(work, opinion):
        return
    deadline = None if opinion.carried else dl.of_opinion(work.deadlines.values(), opinion)
    if deadline is not None:
        work.put_deadline(clocks.worked_out(work, _going_on(work, deadline)))
    elif found.consult.due is not None and opinion.carried:
        clocks.open_deadline(work, found.consult.due, dl.on_consult(opinion.state), work.now, opinion.asked)


def _going_on(work: Work, deadline: Deadline) -> Deadline:
    """While the reply stood, its clock stood still."""
    if deadline.settled is None:
        return deadline
    owed = replace(deadline, status=DeadlineStatus.RUNNING, settled=None)
    return dl.resume(dl.stop(owed, deadline.settled, work.seq, "reply"), work.now, work.seq, "correct")


def _forget(work: Work, found: Righted, opinion: Opinion) -> None:
    """A reply that is taken back was not done: it counts neither for `done` nor for `did`."""
    key, before = found.reply.key, work.case.done.get(found.reply.key)
    if before is None or opinion.carried:
        return
    done = {name: doing for name, doing in work.case.done.items() if name != key}
    if before.count > 1:
        others = {one.by for one in work.opinions.values() if one.status is OpinionStatus.GIVEN and _key(one) != _key(opinion)}
        persons = tuple(one for one in before.persons if one != opinion.by or one in others)
        done[key] = replace(before, count=before.count - 1, persons=persons)
    work.evolve(done=done)


def _repeats(document: Document, said: Mapping[str, Any], opinion: Opinion, work: Work) -> bool:
    """Whether a paper says of the unit's reply what is not so any more."""
    if opinion_shown(work, opinion) == said:
        return False
    facts = document.facts
    told: Sequence[Any] = [facts.get("opinion"), *(facts.get("replies") or {}).get("opinions", ())]
    return any(one and all(one[key] == said[key] for key in _SAID) for one in told)


_SAID = ("asked", "status", "answer", "fields")


def whose_turn(work: Work, found: Righted) -> tuple[str, ...]:
    """Those who work with what the round gave, when it is over: they have heeded what was wrong."""
    over = [one for one in found.standing if not consultation.runs(work, one)]
    return work.persons(turns(work.process, work.case)) if over else ()

"""A case goes on by another version of its process, where it stands; or goes back, if nothing came since.

It enters no state: nothing of what happens on entering happens again. What of the case the new version can't take is a
refusal with its reason, never a loss: only what the version has no word for any more (a field, a deadline, a draft) is left
behind, on record. One planner for the preview and the deed: both are this act.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine import clocks
from workflow.engine.carrying import Carried, carry
from workflow.engine.effects import keep_secret
from workflow.engine.flow import begin_tracks
from workflow.engine.forms import defaults, merged
from workflow.engine.recalling import followed, newest, put_back, title_of_act, why_stays
from workflow.engine.standing import goes_on, standing
from workflow.engine.work import Work
from workflow.errors import Reason, Refused, WrongValue
from workflow.language.process import Process, State
from workflow.language.values import parse
from workflow.model import Case, DocumentStatus, Draft, Migrate, Opinion, OpinionStatus, Unmigrate

MAPPING = "mapping"
"""The code of a reason that a mapping of states would take away."""


class _Way(Struct, frozen=True, kw_only=True):
    """From where to where: the two versions, and where each state's cases stand in the new one ('' = nowhere)."""

    old: Process
    new: Process
    states: Mapping[str, str]

    def to(self, state: str) -> str:
        """The state of the new version that a case of this one stands in; '' if there is none."""
        key = self.states.get(state, state)
        return key if key in self.new.state_of else ""


def migrate(work: Work, act: Migrate) -> None:
    """Move the case over. Raises Refused with every reason; Wanting for the version."""
    way = _Way(old=work.process, new=work.facts.version_of(act.version), states=act.states)
    _must_move(work, way)
    fields, left, wrong = _fields(work, way)
    reasons = [*_lost(work, way), *_asked(work, way), *wrong]
    if reasons:
        raise Refused(what=work.case.number, reasons=reasons)
    before = work.case
    _stand(work, way, fields)
    opinions = _opinions(work, way)
    renamed = {key: way.to(key) for key in way.old.state_of if way.to(key)}
    carried = carry(work, way.old, renamed, anew=act.restart)
    begin_tracks(work, [track for track in way.new.tracks if track.key not in before.tracks and (work.case.open or track.outlives)])
    drafts = _drafts(work)
    kept = sum(one.status is DocumentStatus.DRAFT for one in work.documents.values())
    keep_secret(work)
    _record(work, act, way, before, fields=left, drafts=drafts, drafts_kept=kept, opinions=opinions, carried=carried)


def _must_move(work: Work, way: _Way) -> None:
    """Only an open case of this process, in another version."""
    case, reasons = work.case, []
    if not case.open:
        reasons.append(Reason(code="closed", template="the case is closed: it stays by its version"))
    if way.new.key != case.process:
        facts = {"process": way.new.key}
        reasons.append(Reason(code="other-process", template="that is a version of the procedure '{process}'", facts=facts))
    elif way.new.version == case.version:
        reasons.append(Reason(code="same", template="the case goes by that version already"))
    if reasons:
        raise Refused(what=case.number, reasons=reasons)


# ---- what forbids it -------------------------------------------------------------------------------------------------


def _places(case: Case) -> Iterator[tuple[str, str]]:
    """(track or '', state) of everything that stands somewhere."""
    yield "", case.state
    yield from ((key, one.state) for key, one in case.tracks.items())


def _lost(work: Work, way: _Way) -> Iterator[Reason]:
    """States that the new version lacks, or that a case can't be put into."""
    language = work.facts.language
    for track, key in _places(work.case):
        title = way.old.state_of[key].title.to(language)
        facts: dict[str, object] = {"state": key, "title": title, "track": track}
        to = way.to(key)
        if track and track not in way.new.track_of:
            if goes_on(way.old, work.case, track) and not work.case.tracks[track].outcome:
                template = "its track '{track}' stands at {title}, and the new version has no such track"
                yield Reason(code="track", template=template, facts=facts)
        elif not to:
            yield Reason(code=MAPPING, template="the new version has no state '{state}' ({title}): --map {state}=…", facts=facts)
        else:
            yield from _unfit(way, key, way.new.state_of[to], facts)


def _unfit(way: _Way, key: str, target: State, facts: dict[str, object]) -> Iterator[Reason]:
    facts = {**facts, "to": target.key}
    if target.track != way.old.state_of[key].track:
        yield Reason(code=MAPPING, template="'{state}' can't become '{to}': that is a state of another track", facts=facts)
    elif target.final and not way.old.state_of[key].final:
        yield Reason(code="final", template="'{to}' is final in the new version: a migration closes nothing", facts=facts)
    elif way.old.state_of[key].final and not target.final:
        yield Reason(code="final", template="'{state}' is over, and '{to}' is not: a migration opens nothing again", facts=facts)


def _asked(work: Work, way: _Way) -> Iterator[Reason]:
    """Rounds that run where the case stands, and what the new version makes of them."""
    for state in standing(way.old, work.case):
        to = way.to(state.key)
        if not to:
            continue
        consult, facts = way.new.state_of[to].consult, {"state": way.new.state_of[to].title.to(work.facts.language)}
        mine = _round(work, state.key)
        out = sum(1 for one in mine if one.status is OpinionStatus.ASKED)
        if consult is None and out:
            template = "{count} replies are still out, and the new version asks nobody in '{state}'"
            yield Reason(code="asking", template=template, facts={**facts, "count": out})
        if consult is not None and state.consult is None:
            template = "the new version asks for opinions in '{state}': let the case come there by an action (--map {key}=…)"
            yield Reason(code="asking", template=template, facts={**facts, "key": state.key})
        if consult is not None:
            known = {key for key, _ in consult.answers}
            lost = dict.fromkeys(one.answer for one in mine if one.answer and one.answer not in known)
            if lost:
                template = "'{answers}' was answered, which is no answer in the new version"
                yield Reason(code="answers", template=template, facts={"answers": ", ".join(lost)})


def _round(work: Work, state: str) -> list[Opinion]:
    running = state, work.case.rounds.get(state, 0)
    return [one for one in work.file.asked if (one.state, one.round) == running]


def _fields(work: Work, way: _Way) -> tuple[dict[str, Any], list[str], list[Reason]]:
    """The values as the new version takes them, with its own new fields' defaults; the fields that it has no more; and why it
    can't take a value.
    """
    fitted: dict[str, Any] = {key: value for key, value in defaults(way.new).items() if key not in way.old.field_of}
    left, wrong = [], []
    for key, value in work.case.fields.items():
        kind = way.new.field_of.get(key)
        if kind is None:
            left.append(key)
        elif kind.computed is None:
            try:
                fitted[key] = parse(kind, value, work.facts.known)
            except WrongValue:
                facts = {"field": key, "title": kind.title.to(work.facts.language)}
                template = "the field '{field}' ({title}) holds what the new version does not take"
                wrong.append(Reason(code="field", template=template, facts=facts))
    return fitted, left, wrong


# ---- moving over -----------------------------------------------------------------------------------------------------


def _stand(work: Work, way: _Way, fields: Mapping[str, Any]) -> None:
    case = work.case
    work.process = way.new
    tracks = {
        key: replace(one, state=way.to(one.state), previous=way.to(one.previous) if one.previous else "")
        for key, one in case.tracks.items()
        if key in way.new.track_of
    }
    rounds = {way.to(key) or key: number for key, number in case.rounds.items()}
    work.evolve(
        version=way.new.version,
        state=way.to(case.state),
        previous=way.to(case.previous) if case.previous else "",
        tracks=tracks,
        rounds=rounds,
        fields=merged(way.new, {}, fields),
    )


def _opinions(work: Work, way: _Way) -> int:
    """Opinions of a renamed state are called by its new name; how many are still out where the case stands."""
    for opinion in list(work.opinions.values()):
        to = way.to(opinion.state)
        if to and to != opinion.state and opinion.status is not OpinionStatus.VOID:
            work.put_opinion(replace(opinion, state=to))
            work.put_opinion(replace(opinion, status=OpinionStatus.VOID))
    here = {state.key for state in standing(work.process, work.case)}
    return sum(1 for key in here for one in _round(work, key) if one.status is OpinionStatus.ASKED)


def _drafts(work: Work) -> list[str]:
    """Drafts of papers that the new version does not write are void; the others follow the new template when they are looked at."""
    gone = [one for one in work.documents.values() if one.status is DocumentStatus.DRAFT and one.rule not in work.process.document_of]
    for document in gone:
        work.put_document(replace(document, status=DocumentStatus.VOID))
    return [one.key for one in gone]


def _record(work: Work, act: Migrate, way: _Way, before: Case, *, carried: list[Carried], **found: Any) -> None:
    data = {
        "by": act.by,
        "from": way.old.version,
        "to": way.new.version,
        "restarted": act.restart,
        "deadlines": [_of(one) for one in carried],
        **found,
    }
    work.record(Draft(at=work.now, actor=act.actor, act="migrate", note=act.note, before=before.state, after=work.case.state, data=data))


def _of(one: Carried) -> dict[str, Any]:
    return {
        "deadline": one.after.key,
        "fate": one.fate,
        "before": one.before.due if one.before is not None else None,
        "after": one.after.due,
    }


# ---- going back ------------------------------------------------------------------------------------------------------


def unmigrate(work: Work, act: Unmigrate) -> None:
    """Put the case back as it was before its migration. Raises Refused if anything came since; Wanting for its history."""
    found = newest(work.facts.history_of(work.case.number))
    if all(json.loads(entry.text)["act"] != "migrate" for entry in work.facts.history_of(work.case.number)):
        reason = Reason(code="never", template="the case was never moved to another version")
        raise Refused(what=work.case.number, reasons=[reason])
    if found.said["act"] != "migrate":
        facts = {"act": title_of_act(work, found)}
        reason = Reason(code="since", template="the newest act is no migration: {act}", facts=facts)
        raise Refused(what=work.case.number, reasons=[reason])
    reasons = why_stays(work, found)
    if reasons:
        raise Refused(what=work.case.number, reasons=reasons)
    version, state = work.case.version, work.case.state
    work.process = work.facts.version_of(found.before.case.version)
    put_back(work, found.before)
    keep_secret(work)
    clocks.refresh(work)
    data = {"by": act.by, "entry": found.entry.seq, "from": version, "to": work.case.version, "followed": followed(found)}
    work.record(Draft(at=work.now, actor=act.actor, act="unmigrate", note=act.note, before=state, after=work.case.state, data=data))

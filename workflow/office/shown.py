"""One case, whole, as the person asking may see it; and why an action is or is not theirs."""

from collections.abc import Iterable
from operator import attrgetter

from msgspec.structs import replace

from workflow.answers import ActionShown, CaseShown, DeadlineShown, DocumentShown, Done, FieldAsked, NoticeShown, TrackShown
from workflow.engine.consultation import running
from workflow.engine.decide import action_here, consult_of
from workflow.engine.entitled import held
from workflow.engine.facts import Facts
from workflow.engine.further import editable
from workflow.engine.guards import failed_conditions, not_here, not_permitted, permitted
from workflow.engine.lives import forbidden
from workflow.engine.machine import BEFORE
from workflow.engine.permission import awaited, holders, in_words
from workflow.engine.standing import actions_here, goes_on
from workflow.engine.work import Work, begun
from workflow.errors import NotFound, Reason, Refused
from workflow.language.process import RIGHTS, Action, Process, Track
from workflow.model import Act, Case, CaseFile, Deadline, Document, DocumentStatus, Entry, Notice, OpinionStatus
from workflow.office import words
from workflow.office.acting import Outcome
from workflow.office.histories import entry_shown
from workflow.once import Later
from workflow.phrases import phrase

BY_ITSELF = frozenset({"auto", "nobody"})


def case_shown(process: Process, file: CaseFile, actor: str, facts: Facts) -> CaseShown:
    """Where it stands, who is awaited, until when and why that day, what may be done next, by whom, why not by me."""
    case, language = file.case, facts.language
    work = _work(process, file, actor, facts)
    state = process.state_of[case.state]
    return CaseShown(
        number=case.number,
        process=case.process,
        process_title=process.title.to(language),
        version=case.version,
        title=case.title,
        state=case.state,
        state_title=state.title.to(language),
        outcome=case.outcome,
        unit=case.unit,
        unit_title=facts.unit_title(case.unit),
        secret=case.secret,
        opened=case.opened,
        opener=words.person_name(case.opener, facts),
        entered=case.entered,
        closed=case.closed,
        handlers={slot: words.person_name(person, facts) for slot, person in case.slots.items()},
        awaited=awaited_titles(work),
        fields=words.fields_shown(process, work.fields_now(), facts),
        actions=tuple(
            action_shown(work, action) for action in actions_here(process, case).values() if not BY_ITSELF.intersection(action.by)
        ),
        deadlines=tuple(words.deadline_shown(process, one, facts, file) for one in sorted(file.deadlines, key=lambda one: one.due)),
        opinions=words.opinions_shown(process, file, facts),
        documents=tuple(words.document_shown(one, facts) for one in sorted(file.documents, key=lambda one: (one.at, one.key))),
        seq=case.seq,
        tracks=tuple(_track_shown(process, case, track, language) for track in process.tracks if track.key in case.tracks),
        paused=case.paused,
        rights=rights_held(work),
        editable=tuple(editable(work)),
    )


def rights_held(work: Work) -> tuple[str, ...]:
    """What else may be done by whoever asks, besides the actions; whether the newest act can be recalled is known on trying."""
    found = {what: held(work, what) for what in RIGHTS if what not in {"see", "edit", "recall", "pause", "ask", "issue", "void", "dispose"}}
    found |= {
        "edit": bool(editable(work)),
        "ask": held(work, "ask") and bool(running(work)),
        "resume" if work.case.paused else "pause": held(work, "pause"),
    }
    papers = work.documents.values()
    found["issue"] = any(one.status is DocumentStatus.DRAFT and not forbidden(work, one, "issue") for one in papers)
    found["void"] = any(one.status is DocumentStatus.ISSUED and not forbidden(work, one, "void") for one in papers)
    closed = {"comment", "attach", "correct", "resume", "issue", "void", "reopen"}
    return tuple(what for what, has in found.items() if has and (what != "reopen" if work.case.open else what in closed))


def _track_shown(process: Process, case: Case, track: Track, language: str) -> TrackShown:
    at = case.tracks[track.key]
    state = process.state_of[at.state]
    return TrackShown(
        key=track.key,
        title=track.title.to(language),
        state=state.name,
        state_title=state.title.to(language),
        since=at.entered,
        outcome=at.outcome,
        over=not goes_on(process, case, track.key),
    )


def awaited_titles(work: Work) -> tuple[str, ...]:
    """Who is awaited, in words."""
    persons = holders(awaited(work.asker()), work.facts)
    return tuple(work.facts.person_title(one) for one in persons)


def _work(process: Process, file: CaseFile, actor: str, facts: Facts) -> Work:
    return begun(process, file, Act(actor=actor, request_id=""), facts)


def action_shown(work: Work, action: Action, extra: tuple[Reason, ...] = (), asked: str = "") -> ActionShown:
    """An action, whether the person asking may do it now, and every reason why not. What its form will ask is no reason."""
    language = work.facts.language
    reasons = [*extra, *not_permitted(work, action, asked)]
    if not extra:
        reasons += _standing_conditions(work, action, asked)
    return ActionShown(
        key=action.key,
        title=action.title.to(language),
        by=in_words(action.by, work.asker(asked)),
        allowed=not reasons,
        reasons=tuple(reason.message(language) for reason in reasons),
        form=words.form_of(work.process, action, work.case.fields, work.facts),
        note=action.note,
    )


def _standing_conditions(work: Work, action: Action, asked: str) -> list[Reason]:
    """The conditions that fail as the case stands, but for needs that the form itself will fill."""
    return [one for one in failed_conditions(work, action, asked) if one.code != "needs" or one.facts["field"] not in action.form]


def waits_for(process: Process, file: CaseFile, actor: str, facts: Facts) -> tuple[str, ...]:
    """What the person asking may do now of what the case's state is there for, in words: its own actions, replies to it.

    As `case_shown` and `reply_shown` would say, but for the reasons and the forms: a page of a list asks it of every case.
    """
    work = _work(process, file, actor, facts)
    own = [action for action in actions_here(process, file.case).values() if not action.general and not BY_ITSELF.intersection(action.by)]
    found = [action.title.to(facts.language) for action in own if _may(work, action)]
    for one in file.opinions:
        if one.status is OpinionStatus.ASKED:
            consult = consult_of(work, one.asked)[1]
            if consult is not None and _may(work, consult.reply, one.asked):
                found.append(f"{consult.reply.title.to(facts.language)} ({facts.unit_title(one.asked)})")
    return tuple(found)


def _may(work: Work, action: Action, asked: str = "") -> bool:
    return permitted(work, action, asked) and not _standing_conditions(work, action, asked)


def why(process: Process, file: CaseFile, key: str, actor: str, facts: Facts) -> ActionShown:
    """Whether the person asking may do the action now, and every reason why not. Raises NotFound for no such action."""
    work = _work(process, file, actor, facts)
    try:
        return action_shown(work, action_here(work, key))
    except Refused:
        action = next(one for one in process.actions if one.key == key)
        return action_shown(work, action, (not_here(work, key),))


def start_shown(work: Work, start: Action, *, whole: bool = True) -> ActionShown:
    """A way to open a case; `whole` names it `process/start` unless it is the usual one."""
    shown = action_shown(work, start)
    name = work.process.key if start.key == "open" else f"{work.process.key}/{start.key}"
    title = work.process.title.to(work.facts.language)
    return replace(shown, key=name if whole else start.key, title=title if start.title.en == start.key else f"{title}: {shown.title}")


def reply_shown(process: Process, file: CaseFile, asked: str, actor: str, facts: Facts) -> ActionShown:
    """What a unit's reply asks for: its answer first, where answers are declared."""
    work = _work(process, file, actor, facts)
    opinion, consult = consult_of(work, asked)
    if consult is None:
        known = dict.fromkeys(one.asked for one in file.asked)
        raise NotFound(kind="asked unit", name=asked, known=known)
    given = opinion.status is OpinionStatus.GIVEN
    title = facts.unit_title(asked)
    extra = (Reason(code="answered", template="{unit} has replied already", facts={"unit": title}),) if given else ()
    shown = action_shown(work, consult.reply, extra, asked)
    if not consult.answers:
        return shown
    answers = {key: answer.to(facts.language) for key, answer in consult.answers}
    first = FieldAsked(key="answer", title=phrase("Answer", facts.language), type="choice", required=True, choices=answers)
    return replace(shown, form=(first, *shown.form))


def done(outcome: Outcome, facts: Facts, *, dry_run: bool) -> Done:
    """What an act did, for people; put into words if somebody reads it."""
    part, process = outcome.part, outcome.process
    first = part.drafts[0]
    case = part.case
    return Done(
        case=case.number,
        action=first.action,
        before="" if part.before is None else first.before,
        after=case.state,
        state_title=process.state_of[case.state].title.to(facts.language) if case.state != BEFORE else "",
        dry_run=dry_run,
        deadlines=Later(_deadlines_shown, process, part.deadlines, facts) if part.deadlines else (),
        documents=Later(_documents_shown, part.documents, facts) if part.documents else (),
        notices=Later(_notices_shown, part.notices, facts) if part.notices else (),
        also=Later(_titles_of, process, part.entries[1:], facts) if len(part.entries) > 1 else (),
        seq=case.seq,
        title=case.title,
    )


def _deadlines_shown(process: Process, deadlines: Iterable[Deadline], facts: Facts) -> list[DeadlineShown]:
    return [words.deadline_shown(process, one, facts) for one in sorted(deadlines, key=attrgetter("due"))]


def _documents_shown(documents: Iterable[Document], facts: Facts) -> list[DocumentShown]:
    return [words.document_shown(one, facts) for one in documents]


def _notices_shown(notices: Iterable[Notice], facts: Facts) -> list[NoticeShown]:
    return [words.notice_shown(one, facts) for one in notices]


def _titles_of(process: Process, entries: Iterable[Entry], facts: Facts) -> list[str]:
    return [entry_shown(process, one, facts).title for one in entries]

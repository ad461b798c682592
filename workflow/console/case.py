"""One case: where it stands, what may be done next and by whom, what happened so far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from workflow.answers import ActionShown, CaseShown, DeadlineShown, EntryShown, OpinionShown, SubCaseShown, TrackShown
from workflow.console.lazy import Verb
from workflow.console.look import Look, named, one_line
from workflow.console.papers import paper_rows
from workflow.console.session import Session, pass_session
from workflow.console.table import table

INDENT = "  "
USUAL_SLOT = "handler"
LINKS = {"relates": "relates to", "follows": "follows", "followed": "is followed by"}
SOME = 8
"""Choices that a line has room for."""
DEFAULT = "D"
STATUSES = {
    "running": "running",
    "stopped": "stopped",
    "met": "met",
    "missed": "missed",
    "dropped": "no longer owed",
    "asked": "awaited",
    "given": "given",
    "silent": "silent",
    "void": "no longer asked",
    "released": "need not reply",
}
"""The status of a deadline or an opinion → the English template for it."""


@click.command(cls=Verb)
@click.argument("case")
@pass_session
def show(session: Session, case: str) -> None:
    """One case: where it is, who is awaited, until when, and what may be done next.

    For what you may not do, it says why.
    """
    shown = session.office.show(case, actor=session.actor)
    session.tell(shown, lambda look: case_lines(shown, look))


@click.command(cls=Verb)
@click.argument("case")
@pass_session
def history(session: Session, case: str) -> None:
    """What happened to a case, first to last: when, who, what, and the papers written."""
    entries = session.office.history(case, actor=session.actor)
    logins = not session.settings.practice  # there everybody plays every part; --json tells it all the same
    session.tell(entries, lambda look: _history(entries, look, logins=logins))


@click.command(cls=Verb)
@click.argument("case")
@click.argument("action")
@pass_session
def why(session: Session, case: str, action: str) -> None:
    """Why an action is not allowed: every reason; and what it asks for."""
    shown = session.office.why(case, action, actor=session.actor)
    session.tell(shown, lambda look: _why(shown, look))


@click.command(cls=Verb)
@pass_session
def starts(session: Session) -> None:
    """What may be opened here, by whom, and what each asks for."""
    shown = session.office.starts(actor=session.actor)
    session.tell(shown, lambda look: [line for start in shown for line in (*_why(start, look), "")][:-1])


def case_lines(shown: CaseShown, look: Look) -> list[str]:
    """A case as people read it."""
    parts = [
        ("", _head(shown, look)),
        (look.say("Side by side"), _tracks(shown.tracks, look)),
        (look.say("What may be done next"), _actions(shown.actions, look)),
        (look.say("Deadlines"), deadline_rows(shown.deadlines, look)),
        (look.say("Opinions"), _opinions(shown.opinions, look)),
        (look.say("Papers"), paper_rows(shown.documents, look, indent=INDENT)),
        (look.say("Sub-cases"), _children(shown.children, look)),
        (look.say("Linked"), table([], [(look.say(LINKS[one.kind]), one.case, one.title) for one in shown.links], look, indent=INDENT)),
        (look.say("Fields"), _fields(shown, look)),
    ]
    lines: list[str] = []
    for title, rows in parts:
        if rows:
            lines += [*([""] if lines else []), *([look.paint(title, "bold")] if title else []), *rows]
    return lines


def _head(shown: CaseShown, look: Look) -> list[str]:
    running = [one for one in shown.deadlines if one.status == "running"]
    nearest = min(running, key=lambda one: one.due, default=None)
    secret = look.say(" (secret)") if shown.secret else ""
    facts = [
        (look.say("Process"), shown.process_title),
        (look.say("Part of"), shown.parent),
        (look.say("Kept by"), shown.unit_title),
        (look.say("State"), look.say("{state}, since {time}", state=shown.state_title, time=look.time(shown.entered))),
        (look.say("Outcome"), f"{shown.outcome} ({look.time(shown.closed)})" if shown.closed else shown.outcome),
        (look.say("Awaited"), ", ".join(shown.awaited) or ("" if shown.outcome else look.say("nobody"))),
        (look.say("Until"), _until(nearest, look)),
        (look.say("You may also"), _rights(shown, look)),
        (look.say("Paused"), look.say("since {time}", time=look.time(shown.paused)) if shown.paused else ""),
        (look.say("Assigned"), _assigned(shown)),
        (look.say("Opened"), look.say("{time} by {person}", time=look.time(shown.opened), person=shown.opener.title)),
    ]
    heading = look.paint(f"{one_line(shown.number)}  {one_line(shown.title)}", "bold") + secret
    return [heading, *table(["", ""], [fact for fact in facts if fact[1]], look)]


def _rights(shown: CaseShown, look: Look) -> str:
    """What else whoever asks may do, as the commands are called; of editing, which fields."""
    editable = ", ".join(shown.editable)
    return ", ".join(f"edit ({look.say('change: {fields}', fields=editable)})" if one == "edit" else one for one in shown.rights)


def _assigned(shown: CaseShown) -> str:
    """Who was assigned; the slots are named where there is another than the usual one."""
    if list(shown.handlers) == [USUAL_SLOT]:
        return shown.handlers[USUAL_SLOT].title
    return ", ".join(f"{slot}: {person.title}" for slot, person in shown.handlers.items())


def _until(deadline: DeadlineShown | None, look: Look) -> str:
    if deadline is None:
        return ""
    text = f"{look.due(deadline.due)} ({deadline.on})"
    return look.say("{due}, LATE", due=text) if deadline.overdue else text


def _actions(actions: Sequence[ActionShown], look: Look) -> list[str]:
    rows = [(one.key, one.title, one.by, look.say("you may") if one.allowed else "; ".join(one.reasons)) for one in actions]
    heads = [look.say(word) for word in ("Action", "Title", "By", "And you")]
    return table(heads, rows, look, indent=INDENT, tint=["good" if one.allowed else "" for one in actions])


def _tracks(tracks: Sequence[TrackShown], look: Look) -> list[str]:
    heads = [look.say(word) for word in ("Track", "State", "Since", "Outcome")]
    rows = [
        (one.title, one.state_title, look.time(one.since), look.say("over with the case") if one.over else one.outcome) for one in tracks
    ]
    return table(heads, rows, look, indent=INDENT)


def _children(children: Sequence[SubCaseShown], look: Look) -> list[str]:
    """The sub-cases as a tree, each below the case that opened it."""
    heads = [look.say(word) for word in ("Case", "Title", "State", "Outcome")]
    return table(heads, list(_tree(children, "")), look, indent=INDENT)


def _tree(children: Sequence[SubCaseShown], above: str) -> Iterator[tuple[str, str, str, str]]:
    for at, one in enumerate(children, start=1):
        last = at == len(children)
        yield f"{above}{'└ ' if last else '├ '}{one.number}", one.title, one.state_title, one.outcome
        yield from _tree(one.children, above + ("  " if last else "│ "))


def deadline_rows(deadlines: Sequence[DeadlineShown], look: Look, *, basis: bool = True) -> list[str]:
    """Deadlines as a table: on what, until when, how it stands, what it rests on (if asked), what is sent next."""
    heads = [look.say(word) for word in ("On", "Due", "Status", "Next notice", "Basis")]
    rows = [(*_deadline(one, look), basis_text(one.basis, look) if basis else "") for one in deadlines]
    lines = table(heads, rows, look, indent=INDENT, tint=["bad" if one.overdue else "" for one in deadlines])
    shares = [look.say("{on}: {what}", on=one.on, what=one.share) for one in deadlines if one.share]
    away = [look.say("{on}: {who}", on=one.on, who=who) for one in deadlines for who in one.away]
    return [*lines, *(INDENT + one_line(text) for text in shares), *(INDENT + look.paint(one_line(text), "warn") for text in away)]


def basis_text(basis: str, look: Look) -> str:
    """What a deadline rests on; `D` alone is a default that no law gives."""
    return look.say("a default (D)") if basis == DEFAULT else basis


def _deadline(one: DeadlineShown, look: Look) -> tuple[str, str, str, str]:
    status = look.say("LATE") if one.overdue else look.say(STATUSES.get(one.status, one.status))
    return one.on, look.due(one.due), status, look.due(one.next_rung) if one.next_rung else ""


def _opinions(opinions: Sequence[OpinionShown], look: Look) -> list[str]:
    heads = [look.say(word) for word in ("Round", "Asked", "Answer", "When", "Due", "Note")]
    rows = [
        (str(one.round), one.title, _answer(one, look), _when(one, look), look.due(one.due) if one.due else "", one.note)
        for one in opinions
    ]
    return table(heads, rows, look, indent=INDENT)


def _answer(one: OpinionShown, look: Look) -> str:
    status = look.say(STATUSES.get(one.status, one.status))
    return (
        f"{one.answer_title or one.answer} ({status})"
        if one.answer and one.status == "silent"
        else one.answer_title or one.answer or status
    )


def _when(one: OpinionShown, look: Look) -> str:
    if one.at is None:
        return ""
    return look.say("{time}, late", time=look.time(one.at)) if one.late else look.time(one.at)


def _fields(shown: CaseShown, look: Look) -> list[str]:
    return table(["", "", ""], [(one.key, one.title, one.text) for one in shown.fields], look, indent=INDENT)


def _why(shown: ActionShown, look: Look) -> list[str]:
    lines = [look.paint(f"{one_line(shown.key)}  {one_line(shown.title)}", "bold"), INDENT + look.say("By: {who}", who=one_line(shown.by))]
    if shown.allowed:
        lines.append(INDENT + look.paint(look.say("You may do it now."), "good"))
    else:
        lines += [INDENT + look.say("Not now, not by you:"), *(f"{INDENT}- {one_line(reason)}" for reason in shown.reasons)]
    heads = [look.say(word) for word in ("Asks for", "Title", "Kind", "", "Choices")]
    rows = [
        (one.key, one.title, look.say(one.type), look.say("required") if one.required else "", _some(one.choices)) for one in shown.form
    ]
    note = look.say("A note must be given (--note).") if shown.note == "required" else ""
    return [*lines, *(table(heads, rows, look, indent=INDENT) if rows else []), *([INDENT + note] if note else [])]


def _some(choices: Mapping[str, str]) -> str:
    """The keys to choose from; with their titles while they are few."""
    few = len(choices) <= SOME
    return ", ".join(named(*choice) if few else choice[0] for choice in list(choices.items())[:SOME]) + ("" if few else " …")


def _history(entries: Sequence[EntryShown], look: Look, *, logins: bool) -> Iterable[str]:
    heads = [look.say(word) for word in ("No", "When", "Who", "What", "State", "Papers", "Note")]
    return table(heads, [_entry(entry, look, logins=logins) for entry in entries], look)


def _entry(entry: EntryShown, look: Look, *, logins: bool) -> tuple[object, ...]:
    who = (
        look.say("{person} for {principal}", person=entry.actor_title, principal=entry.acting_for)
        if entry.acting_for
        else entry.actor_title
    )
    if entry.login and logins:
        who = look.say("{person}, by the login {login}", person=who, login=entry.login)
    state = entry.after_title if entry.before in {"", entry.after} else f"{entry.before_title} → {entry.after_title}"
    moved = [
        look.say("{on}: due {before} → {after}", on=one.on, before=look.due(one.before), after=look.due(one.after)) for one in entry.moved
    ]
    return (str(entry.seq), look.time(entry.at), who, "; ".join((entry.title, *moved)), state, ", ".join(entry.documents), entry.note)

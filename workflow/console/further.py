"""What staff do with a case besides its actions: notes, fields, people, clocks, and taking an act back."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from workflow.answers import ActionShown, Done
from workflow.console.acts import done_lines
from workflow.console.case import USUAL_SLOT
from workflow.console.given import Given, act_options, given, take
from workflow.console.lazy import Option, Verb
from workflow.console.prompting import REQUIRED, carry_out
from workflow.console.session import Session, pass_session

_HOW = click.Choice(["relates", "follows"])

Command = TypeVar("Command", bound=Callable[..., Any])


def _options(command: Command) -> Command:
    """The options of an act that has no form: --note, --dry-run, --request-id."""
    return take(command, "note", "dry_run", "request_id")


def _with_files(command: Command) -> Command:
    return take(command, "note", "attach", "dry_run", "request_id")


@click.command(cls=Verb)
@click.argument("case")
@act_options
@pass_session
def edit(session: Session, /, case: str, **typed: Any) -> None:
    """Change fields of CASE outside of an action, where the procedure gives you the right."""
    _act(session, "edit", given(session.settings.max_file, **typed), session.office.edit, case, form=True)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("entry", type=int)
@click.option("--void", cls=Option, metavar="PAPER", multiple=True, help="An issued paper that says it: declare it void (repeatable).")
@click.option("--replace", cls=Option, metavar="PAPER", multiple=True, help="Issue it anew, in place of the old one (repeatable).")
@click.option("--keep", cls=Option, metavar="PAPER", multiple=True, help="Leave it in force (repeatable).")
@click.option("--answer", cls=Option, metavar="ANSWER", default="", help="Of a line that took a reply: the answer that it should have had.")
@click.option("--take-back", cls=Option, is_flag=True, help="Of a line that took a reply: it was not the unit's; it is owed again.")
@act_options
@pass_session
def correct(session: Session, /, case: str, entry: int, answer: str, *, take_back: bool, **typed: Any) -> None:
    """Put right what line ENTRY of the history says wrongly (--set), with a note; the old line stays."""
    papers = {name: how for how in ("void", "replace", "keep") for name in typed.pop(how)}
    now = given(session.settings.max_file, **typed)

    def verb(*words: Any, **more: Any) -> Done:
        return session.office.correct(*words, papers=papers, answer=answer, take_back=take_back, **more)

    _act(session, "correct", now, verb, case, entry, form=True, note=REQUIRED)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("other")
@click.option("--how", cls=Option, type=_HOW, default="relates", help="How: it relates to it, or follows it.")
@_options
@pass_session
def link(session: Session, /, case: str, other: str, how: str, **typed: Any) -> None:
    """Link CASE to OTHER, a case of equal rank; both histories say so."""
    verb = session.office.link
    _act(session, "link", _given(session, typed), lambda *words, **more: verb(*words, how=how, **more), case, other)


@click.command(cls=Verb)
@click.argument("case")
@_options
@pass_session
def reopen(session: Session, /, case: str, **typed: Any) -> None:
    """Let a closed CASE go on in the state from which it was closed, with a note."""
    _act(session, "reopen", _given(session, typed), session.office.reopen, case, note=REQUIRED)


@click.command(cls=Verb)
@click.argument("case")
@_with_files
@pass_session
def comment(session: Session, /, case: str, **typed: Any) -> None:
    """Put a note on record, without moving CASE."""
    now = given(session.settings.max_file, (), **typed)
    _act(session, "comment", now, lambda *words, **more: session.office.comment(*words, files=now.files, **more), case, note=REQUIRED)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("slot")
@click.argument("person")
@_options
@pass_session
def assign(session: Session, /, case: str, slot: str, person: str, **typed: Any) -> None:
    """Give SLOT of CASE (as 'handler') to PERSON: a person's key, or position.unit."""
    _act(session, "assign", _given(session, typed), session.office.assign, case, slot, person)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("units", nargs=-1, required=True)
@_options
@pass_session
def ask(session: Session, /, case: str, units: tuple[str, ...], **typed: Any) -> None:
    """Ask more UNITS (or persons) in the round of questions that runs in CASE."""
    _act(session, "ask", _given(session, typed), session.office.ask, case, units)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("slot", default=USUAL_SLOT)
@_options
@pass_session
def claim(session: Session, /, case: str, slot: str, **typed: Any) -> None:
    """Take on SLOT of CASE (handler, if none is named), which several may do."""
    _act(session, "claim", _given(session, typed), session.office.claim, case, slot)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("slot", default=USUAL_SLOT)
@click.option("--unit", cls=Option, metavar="KEY", default="", help="Let this asked unit (or person) off instead, with a note.")
@_options
@pass_session
def release(session: Session, /, case: str, slot: str, unit: str, **typed: Any) -> None:
    """Give SLOT of CASE (handler, if none is named) back to those who may claim it; or, with --unit, let an asked unit off."""
    verb, now = session.office.release, _given(session, typed)
    if unit:
        _act(session, "release", now, lambda *words, **more: verb(*words, unit=unit, **more), case, note=REQUIRED)
    else:
        _act(session, "release", now, verb, case, slot)


@click.command(cls=Verb)
@click.argument("case")
@_options
@pass_session
def recuse(session: Session, /, case: str, **typed: Any) -> None:
    """Withdraw from CASE for a conflict of interest, with a note: none of its roles is yours any more."""
    _act(session, "recuse", _given(session, typed), session.office.recuse, case, note=REQUIRED)


@click.command(cls=Verb)
@click.argument("case")
@click.argument("deadline")
@click.argument("amount")
@_options
@pass_session
def extend(session: Session, /, case: str, deadline: str, amount: str, **typed: Any) -> None:
    """Move DEADLINE of CASE on by AMOUNT, as "3 working days", with a note. Its names: hoso deadline list CASE."""
    _act(session, "extend", _given(session, typed), session.office.extend, case, deadline, amount, note=REQUIRED)


@click.command(cls=Verb)
@click.argument("case")
@_options
@pass_session
def pause(session: Session, /, case: str, **typed: Any) -> None:
    """Stop all clocks of CASE, with a note; 'hoso resume' lets them go on with what was left."""
    _act(session, "pause", _given(session, typed), session.office.pause, case, note=REQUIRED)


@click.command(cls=Verb)
@click.argument("case")
@_options
@pass_session
def resume(session: Session, /, case: str, **typed: Any) -> None:
    """Let the clocks of a paused CASE go on."""
    _act(session, "resume", _given(session, typed), session.office.resume, case)


@click.command(cls=Verb)
@click.argument("case")
@_options
@pass_session
def recall(session: Session, /, case: str, **typed: Any) -> None:
    """Take the newest act on CASE back: it stands as before, and the history says so."""
    _act(session, "recall", _given(session, typed), session.office.recall, case)


def _given(session: Session, typed: dict[str, Any]) -> Given:
    return given(session.settings.max_file, (), files=(), **typed)


def _act(session: Session, key: str, now: Given, verb: Callable[..., Done], *words: Any, form: bool = False, note: str = "") -> None:
    """Ask for the note if there must be one, do it once, tell what it did."""

    def once(now: Given) -> Done:
        more = {"fields": now.fields, "files": now.files} if form else {}
        return verb(*words, actor=session.actor, note=now.note, request_id=now.request_id, dry_run=now.dry_run, **more)

    asked = ActionShown(key=key, title=key, by="", allowed=True, reasons=(), form=(), note=note)
    done = carry_out(session, now, lambda: asked, once)
    session.tell(done, lambda look: done_lines(done, look))

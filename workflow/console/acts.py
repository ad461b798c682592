"""The acts of staff: open, do, reply, attach."""

from collections.abc import Callable, Sequence
from typing import Any

import click
from msgspec.structs import replace

from workflow.answers import ActionShown, Done
from workflow.console.case import INDENT, deadline_rows
from workflow.console.given import Given, act_options, given
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line
from workflow.console.papers import paper_rows
from workflow.console.prompting import carry_out
from workflow.console.session import Session, pass_session

ANSWER = "answer"
"""The key of a reply's answer in its form; the office takes it from there."""


@click.command("open", cls=Verb)
@click.argument("process")
@click.option("--start", cls=Option, metavar="NAME", default="", help="Which of the process's starts, if not its usual one.")
@click.option("--title", cls=Option, metavar="TEXT", default="", help="The case's title, if not the process's own.")
@act_options
@pass_session
def open_case(session: Session, /, process: str, start: str, title: str, **typed: Any) -> None:
    """Open a case of PROCESS (or PROCESS/START); in a terminal, what is missing is asked for."""
    key, _, named = process.partition("/")
    begin = start or named or "open"
    _act(
        session,
        given(session.settings.max_file, **typed),
        lambda: session.office.start(key, begin, actor=session.actor),
        lambda now: session.office.open(key, start=begin, title=title, **_all(session, now)),
    )


@click.command(cls=Verb)
@click.argument("case")
@click.argument("action")
@click.option("--children", cls=Option, is_flag=True, help="Do it on the open sub-cases too, where it can be done.")
@act_options
@pass_session
def do(session: Session, /, case: str, action: str, *, children: bool, **typed: Any) -> None:
    """Do ACTION on CASE; in a terminal, what is missing is asked for."""
    _act(
        session,
        given(session.settings.max_file, **typed),
        lambda: session.office.why(case, action, actor=session.actor),
        lambda now: session.office.advance(case, action, children=children, **_all(session, now)),
    )


@click.command(cls=Verb)
@click.argument("case")
@click.argument("answer", required=False, default="")
@click.option("--unit", cls=Option, metavar="KEY", required=True, help="The unit (or person) that was asked.")
@act_options
@pass_session
def reply(session: Session, /, case: str, answer: str, unit: str, **typed: Any) -> None:
    """Give a unit's opinion: one of the answers offered, or its form's fields."""
    now = given(session.settings.max_file, **typed)
    _act(
        session,
        replace(now, fields={ANSWER: answer, **now.fields}) if answer else now,
        lambda: session.office.reply_form(case, unit, actor=session.actor),
        lambda now: session.office.reply(case, unit=unit, **_all(session, now)),
    )


@click.command(cls=Verb)
@click.argument("case")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--note", cls=Option, metavar="TEXT", default="", help="A note for the history.")
@click.option("--request-id", cls=Option, metavar="ID", default="", help="Done once, however often it is sent with this id.")
@pass_session
def attach(session: Session, case: str, files: Sequence[str], note: str, request_id: str) -> None:
    """Put files with a case."""
    now = given(session.settings.max_file, (), note, files, request_id, dry_run=False)
    done = session.office.attach(case, actor=session.actor, files=now.files, note=now.note, request_id=now.request_id)
    session.tell(done, lambda look: done_lines(done, look))


def _act(session: Session, now: Given, form: Callable[[], ActionShown], act: Callable[[Given], Done]) -> None:
    """Ask for what is missing, do it once, tell what it did."""
    done = carry_out(session, now, form, act)
    session.tell(done, lambda look: done_lines(done, look))


def _all(session: Session, now: Given) -> dict[str, Any]:
    return {
        "actor": session.actor,
        "fields": now.fields,
        "note": now.note,
        "files": now.files,
        "request_id": now.request_id,
        "dry_run": now.dry_run,
    }


def done_lines(done: Done, look: Look) -> list[str]:
    """What an act did, or would do."""
    heading = look.paint(f"{one_line(done.case)}  {one_line(done.title)}".rstrip(), "bold")
    lines = [heading, INDENT + _moved(done, look)]
    if done.also:
        lines.append(INDENT + look.say("Followed by itself: {actions}", actions=", ".join(map(one_line, done.also))))
    if done.left_open:
        cases = ", ".join(map(one_line, done.left_open))
        lines.append(
            INDENT + look.paint(look.say("Sub-cases still open: {cases} (next time --children does it there too)", cases=cases), "warn")
        )
    for title, rows in (
        ("Deadlines", deadline_rows(done.deadlines, look, basis=False)),
        ("Papers", paper_rows(done.documents, look, indent=INDENT)),
        ("Notices", [f"{INDENT}{one_line(one.person_title)}: {one_line(one.subject)}" for one in done.notices]),
    ):
        lines += [look.say(title), *rows] if rows else []
    return lines


def _moved(done: Done, look: Look) -> str:
    state = one_line(done.state_title)
    if done.repeated:
        return look.say("This request was done before; nothing happened now. State: {state}", state=state)
    if done.dry_run:
        return look.paint(look.say("Only tried, nothing was written. State would be: {state}", state=state), "warn")
    return look.say("State: {state}", state=state)

"""Disposal: what need not be kept any more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from workflow.console.given import day
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table

if TYPE_CHECKING:
    from workflow.answers.keeping import Disposable


@click.command(cls=Verb)
@click.argument("cases", metavar="[CASE]...", nargs=-1)
@click.option("--until", cls=Option, metavar="DATE", default="", help="List those whose retention ends before this day, too.")
@click.option("--decision", cls=Option, metavar="NUMBER", default="", help="Dispose of them, by this decision.")
@click.option("--reason", cls=Option, metavar="TEXT", default="", help="Why, for the record.")
@click.option("--request-id", cls=Option, metavar="ID", default="", help="Do it once, however often the command is run.")
@click.option("--dry-run", cls=Option, is_flag=True, help="Only show what would be done.")
@pass_session
def dispose(session: Session, cases: Sequence[str], until: str, decision: str, reason: str, request_id: str, *, dry_run: bool) -> None:
    """List the closed cases whose retention has ended; with --decision and --reason, remove their contents."""
    if decision and until:
        raise click.UsageError(session.look.say("--until only lists: what is disposed of, has ended today."))
    if decision and not reason:
        raise click.UsageError(session.look.say("Say why: --reason TEXT."))
    if decision and not dry_run:
        done = session.office.dispose(cases, actor=session.actor, decision=decision, note=reason, request_id=request_id)
    else:
        done = session.office.disposable(cases, actor=session.actor, until=day(until) if until else None)
    session.tell(done, lambda look: _lines(done, look))


def _lines(found: Sequence["Disposable"], look: Look) -> list[str]:
    if not found:
        return [look.say("There is nothing whose retention has ended.")]
    heads = [look.say(one) for one in ("Number", "Title", "Kept until", "")]
    lines = table(heads, [(one.number, one_line(safe(one.title)), f"{one.until:%d/%m/%Y}", _stands(one, look)) for one in found], look)
    if gone := sum(one.disposed for one in found):
        return [*lines, look.say("The contents of {count} cases are gone; the history says by which decision.", count=gone)]
    return [*lines, look.say("Dispose of them: hoso dispose --decision NUMBER --reason TEXT")]


def _stands(one: "Disposable", look: Look) -> str:
    if one.disposed:
        return look.say("disposed of")
    return "; ".join(one.reasons) or look.say("may be disposed of")

"""One act on many cases."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.json import decode

from workflow.console.case import INDENT
from workflow.console.given import act_options, given
from workflow.console.lazy import Verb
from workflow.console.look import Look, one_line
from workflow.console.progress import Bar
from workflow.console.session import Session, pass_session
from workflow.errors import Refused

if TYPE_CHECKING:
    from workflow.answers.each import Each

READ = "-"
"""What stands for the numbers on standard input."""


@click.command(cls=Verb)
@click.argument("action")
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@act_options
@click.pass_context
@pass_session
def each(session: Session, ctx: click.Context, /, action: str, cases: Sequence[str], *, dry_run: bool, **typed: Any) -> None:
    """Do ACTION on each CASE, by itself; - reads their numbers: one a line, or what 'hoso list --json' prints."""
    now = given(session.settings.max_file, dry_run=dry_run, **typed)
    came = session.office.advance_each(
        [number for one in cases for number in (_read(session.look) if one == READ else [one])],
        action,
        actor=session.actor,
        fields=now.fields,
        note=now.note,
        files=now.files,
        request_id=now.request_id,
        dry_run=dry_run,
        progress=Bar(session.look.say("Cases")),
    )
    session.tell(came, lambda look: _lines(came, look, dry_run=dry_run))
    ctx.exit(Refused.exit_code if came.not_done else 0)


class _Line(Struct, frozen=True, kw_only=True):
    """What is looked at of a line that `hoso list --json` prints."""

    number: str


def _read(look: Look) -> list[str]:
    """The numbers that standard input names."""
    read = sys.stdin.buffer.read()
    try:
        text = read.decode("utf-8-sig").strip()
        if text.startswith(("[", "{")):
            return [line.number for line in decode(text, type=list[_Line])]
        return [line.strip() for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        wrong = look.say("Standard input is neither a number a line nor what 'hoso list --json' prints.")
        raise click.UsageError(wrong) from error


def _lines(came: "Each", look: Look, *, dry_run: bool) -> Iterable[str]:
    for one in came.done:
        again = f"  ({look.say('was done before')})" if one.repeated else ""
        yield f"{look.paint(one_line(one.case), 'bold')}  {one_line(one.state_title)}{again}"
    for left in came.not_done:
        first, *more = map(one_line, left.message.splitlines())
        yield f"{look.paint(one_line(left.case), 'bad')}  {first}"
        yield from (INDENT + line for line in more)
    count = {"done": len(came.done), "all": len(came.done) + len(came.not_done)}
    if dry_run:
        yield look.say("Only tried, nothing was written: it would be done in {done} of {all} cases.", **count)
    else:
        yield look.say("Done in {done} of {all} cases.", **count)

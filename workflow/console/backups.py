"""Backups: made, looked into, restored."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, login, pass_session
from workflow.console.table import table
from workflow.errors import WrongValue

if TYPE_CHECKING:
    from workflow.answers.keeping import Restored, RestorePreview
    from workflow.upkeep.backup import Made


@click.command(cls=Verb)
@click.argument("file", metavar="FILE")
@pass_session
def backup(session: Session, file: str) -> None:
    """Write the whole office into FILE while others work on, and prove what was written."""
    made = session.office.backup(Path(file), by=login())
    session.tell(made, lambda look: _made(made, look))


def _made(made: "Made", look: Look) -> list[str]:
    return [
        look.say("The backup {file} was written and proved ({size} bytes).", file=safe(made.file), size=made.size),
        look.say("  SHA-256 of the file: {hash}", hash=made.sha256),
        look.say("  heads of all histories: {heads}", heads=made.heads),
    ]


@click.command(cls=Verb)
@click.argument("file", metavar="FILE")
@click.argument("folder", metavar="DIR", required=False, default="")
@click.option("--preview", cls=Option, is_flag=True, help="Only show what would be done and sent again; nothing is kept.")
@click.option(
    "--late",
    cls=Option,
    type=click.Choice(["fire", "suppress"]),
    help="What became due since the backup: fire = tell it (again), suppress = put it on record and tell nobody.",
)
@click.option(
    "--last",
    cls=Option,
    metavar="SERIES=NUMBER",
    multiple=True,
    help="The last number of a series that stands on paper: those up to it are never given again.",
)
@click.option(
    "--new",
    cls=Option,
    metavar="SERIES=NUMBER",
    multiple=True,
    help="As --last, of a series that began after the backup.",
)
@click.option("--database", cls=Option, metavar="URL", default="", help="Where its cases are kept from now on; a file in DIR, if left out.")
@pass_session
def restore(
    session: Session, file: str, folder: str, late: str | None, last: Sequence[str], new: Sequence[str], database: str, *, preview: bool
) -> None:
    """Make the office of the backup FILE anew in DIR, an empty place; see first what it would send again (--preview)."""
    from workflow.compose import preview_restore
    from workflow.compose import restore as make

    if preview:
        seen = preview_restore(Path(file))
        session.tell(seen, lambda look: _preview(seen, look))
        return
    if not folder:
        raise click.UsageError(session.look.say("Name the folder: hoso restore FILE DIR."))
    numbers, began = _numbers("--last", last), _numbers("--new", new)
    if session.asks:
        seen = preview_restore(Path(file))
        click.echo("\n".join(_preview(seen, session.look)))
        late = late or click.prompt(session.look.say("What became due since"), type=click.Choice(["fire", "suppress"]))
        numbers = _asked(seen.series, numbers, session.look)
    if late is None:
        raise click.UsageError(session.look.say("Say what becomes of what is late: --late fire or --late suppress."))
    done = make(Path(file), Path(folder), late=late, last=numbers, new=began, by=login(), database=database)
    session.tell(done, lambda look: _restored(done, look))


def _numbers(option: str, last: Sequence[str]) -> dict[str, int]:
    from workflow.upkeep.restoring import PAIR

    numbers: dict[str, int] = {}
    for text in last:
        found = re.fullmatch(r"(.+)=([0-9]{1,9})", text)
        if found is None:
            raise WrongValue(field=option, value=text, expected=PAIR)
        numbers[found[1]] = int(found[2])
    return numbers


def _asked(series: Mapping[str, int], given: Mapping[str, int], look: Look) -> dict[str, int]:
    """Each series' last number on paper, as somebody at the terminal says."""
    return {
        **given,
        **{
            name: click.prompt(look.say("Last number on paper of {series}", series=one_line(name)), type=click.IntRange(last), default=last)
            for name, last in series.items()
            if name not in given
        },
    }


def _preview(seen: "RestorePreview", look: Look) -> list[str]:
    lines = [look.say("The backup is of {at}. Restored now, its worker would at once:", at=look.time(seen.backed_up))]
    lines.append(
        look.say(
            "  act in {cases} cases, open {opened}, send {messages} messages",
            cases=len(seen.acts),
            opened=len(seen.opened),
            messages=len(seen.messages),
        )
    )
    lines += table(["", "", ""], [(look.time(one.made), one.person, one.subject) for one in seen.messages], look, indent="    ")
    if seen.failed:
        lines.append(look.say("  {failed} did not go", failed=seen.failed))
    lines.append(look.say("Last numbers in the backup; compare them with the paper:"))
    return [*lines, *table(["", ""], list(seen.series.items()), look, indent="  ")]


def _restored(done: "Restored", look: Look) -> list[str]:
    lines = [look.say("The office of {at} is in {folder}, proved.", at=look.time(done.backed_up), folder=safe(done.folder))]
    if done.late == "suppress":
        lines.append(look.say("{count} messages that were late are given up.", count=done.suppressed))
    for series, (first, last) in done.reserved.items():
        lines.append(look.say("{series}: the numbers {first} to {last} are reserved.", series=one_line(series), first=first, last=last))
    return [*lines, look.say("Next: run 'hoso doctor' there, and start the worker.")]

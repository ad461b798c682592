"""The database: its schema, and moving it elsewhere."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.errors import masked
from workflow.settings import bare

if TYPE_CHECKING:
    from workflow.upkeep.database import Copied, Upgraded


@click.group(cls=Nest)
def db() -> None:
    """The database: upgrade it, copy it elsewhere."""


@db.command()
@click.option("--dry-run", cls=Option, is_flag=True, help="Show what would be done; nothing is written.")
@click.option("--new", cls=Option, is_flag=True, help="The office is new: an empty database is filled.")
@pass_session
def upgrade(session: Session, *, dry_run: bool, new: bool) -> None:
    """Bring the database's schema up to this program's; make a backup first."""
    from workflow.upkeep.database import upgrade as bring_up

    if not dry_run and sys.stderr.isatty() and bring_up(session.folder, dry_run=True, new=new).steps:
        click.echo(session.look.say("A large office takes minutes. If it is stopped before its end, all is as it was."), err=True)
    done = bring_up(session.folder, dry_run=dry_run, new=new)
    steps = [{"schema": schema, "what": session.look.say(what)} for schema, what in done.steps]
    remade = [one.message(session.look.language) for one in done.remade]
    answer = {"before": done.before, "after": done.after, "dry_run": dry_run, "steps": steps, "remade": remade, "workers": done.workers}
    session.tell(answer, lambda look: _upgraded(done, look, dry_run=dry_run))


def _upgraded(done: "Upgraded", look: Look, *, dry_run: bool) -> list[str]:
    if not done.steps:
        return [look.say("The schema is {after}; no step was to be done.", after=done.after), *_remade(done, look, dry_run=dry_run)]
    steps = table(["", ""], [(schema, look.say(what)) for schema, what in done.steps], look, indent="  ")
    numbers = {"before": done.before or "-", "after": done.after}
    if not dry_run:
        return [look.say("The schema was {before} and is {after} now.", **numbers), *steps, *_remade(done, look, dry_run=dry_run)]
    first = [look.say("These workers must be ended first: {workers}", workers=safe(", ".join(done.workers)))] if done.workers else []
    return [look.say("The schema is {before} and would be {after}:", **numbers), *steps, *_remade(done, look, dry_run=dry_run), *first]


def _remade(done: "Upgraded", look: Look, *, dry_run: bool) -> list[str]:
    """The guards are made anew each time, whatever the schema."""
    wrong = [f"  {safe(one.message(look.language))}" for one in done.remade]
    if dry_run:
        said = look.say("Then triggers, search index and rights would be made anew. Nothing was written.")
    else:
        said = look.say("Triggers, search index and rights were made anew.")
    return [*([look.say("Not as this program makes it:"), *wrong] if wrong else []), said]


@db.command()
@click.option("--to", cls=Option, metavar="URL", required=True, help="An empty place: sqlite:///FILE or postgresql://USER@HOST/NAME.")
@pass_session
def copy(session: Session, to: str) -> None:
    """Copy the whole office into another database, proved on both sides, or nothing of it; end the worker first."""
    from workflow.upkeep.database import copy as move

    done = move(session.folder, to)
    answer = {"from": done.source, "to": done.target, "rows": done.rows, "heads": done.heads, "setting": _setting(to)}
    session.tell(answer, lambda look: _copied(done, to, look))


def _setting(to: str) -> str:
    """The line of office.toml that names the new database."""
    return f'database = "{bare(to)}"'


def _copied(done: "Copied", to: str, look: Look) -> Sequence[str]:
    rows = done.rows
    lines = [
        look.say("Copied and proved on both sides: {cases} cases, {entries} lines of history, {files} files.", **_counts(rows)),
        look.say("  from: {url}", url=one_line(done.source)),
        look.say("  to:   {url}", url=one_line(done.target)),
        look.say("  heads of all histories: {heads}", heads=done.heads),
        look.say("The office still works with the old database. To go on with the new one, write into office.toml:"),
        "  " + safe(_setting(to)),
    ]
    if masked(to) != to:
        lines.append(look.say("The password does not stand there: put it into ~/.pgpass (mode 600), or the whole URL into HOSO_DATABASE."))
    lines.append(look.say("Then run 'hoso doctor' and start the worker. Whatever is done before that is not in the new database."))
    return lines


def _counts(rows: Mapping[str, int]) -> dict[str, int]:
    return {"cases": rows["case"], "entries": rows["entry"], "files": rows["file"]}

"""Changing procedures that are in use: what differs, which versions there are, moving open cases over."""

from collections.abc import Iterator
from typing import Any

import click

from workflow.answers.migration import CaseMoved
from workflow.console.differing import diff_lines, version_lines
from workflow.console.lazy import Option, Verb
from workflow.console.migrated import migrated_lines
from workflow.console.session import Session, login, pass_session
from workflow.errors import Refused


@click.command(cls=Verb)
@click.argument("first", metavar="[A]", required=False, default="")
@click.argument("second", metavar="[B]", required=False, default="")
@pass_session
def diff(session: Session, first: str, second: str) -> None:
    """What differs between two versions: a version's first letters, a procedure (its version in use), or 'files' (the folder)."""
    found = session.office.diff(first, second, actor=session.somebody)
    session.tell(found, lambda look: diff_lines(found, look))


@click.command(cls=Verb)
@click.argument("name", metavar="[PROCESS]", required=False, default="")
@pass_session
def versions(session: Session, name: str) -> None:
    """The versions of procedures: when each came into use, by whom, why, and how many cases obey it."""
    found = session.office.versions(name, actor=session.somebody)
    session.tell(found, lambda look: version_lines(found, look))


@click.command(cls=Verb)
@click.argument("name", metavar="PROCESS")
@click.option("--to", cls=Option, metavar="VERSION", default="", help="To this version (its first letters), if not to the one in use.")
@click.option("--map", "states", cls=Option, metavar="OLD=NEW", multiple=True, help="Where the cases of a state stand in the new version.")
@click.option("--where", cls=Option, metavar="FIELD=VALUE", multiple=True, help="Only cases with this value (or state=, unit=, version=).")
@click.option("--restart-clock", "restart", cls=Option, is_flag=True, help="Open deadlines begin anew; what has elapsed counts no more.")
@click.option("--undo", cls=Option, is_flag=True, help="Put cases back that were moved to the version, where nothing came since.")
@click.option("--why", cls=Option, metavar="TEXT", default="", help="By which decision, for the record.")
@click.option("--dry-run", cls=Option, is_flag=True, help="Show what would become of each case; nothing is written.")
@click.pass_context
def migrate(ctx: click.Context, /, name: str, states: tuple[str, ...], where: tuple[str, ...], **options: Any) -> None:
    """Move the open cases of a procedure to another version of it; run again, it goes on with those that are left."""
    from workflow.changing.migration import Wanted, pairs

    session = ctx.ensure_object(Session)
    wanted = Wanted(process=name, states=pairs(states, "--map"), where=pairs(where, "--where"), by=login(), **options)
    done = session.office.migrate(wanted, actor=session.somebody, progress=_bar)
    session.tell(done, lambda look: migrated_lines(done, look))
    ctx.exit(Refused.exit_code if done.mapping or done.refused else 0)


def _bar(cases: Iterator[CaseMoved], count: int) -> Iterator[CaseMoved]:
    """A bar on standard error, where somebody sits at a terminal."""
    import sys

    if not sys.stderr.isatty():
        yield from cases
        return
    with click.progressbar(cases, length=count, file=sys.stderr) as bar:
        yield from bar

"""Changing procedures that are in use: what differs, which versions there are."""

import click

from workflow.console.differing import diff_lines, version_lines
from workflow.console.lazy import Verb
from workflow.console.session import Session, pass_session


@click.command(cls=Verb)
@click.argument("first", metavar="[A]", required=False, default="")
@click.argument("second", metavar="[B]", required=False, default="")
@pass_session
def diff(session: Session, first: str, second: str) -> None:
    """What differs between two versions: a version's first letters, a procedure (its version in use), or 'files' (the folder)."""
    found = session.office.diff(first, second)
    session.tell(found, lambda look: diff_lines(found, look))


@click.command(cls=Verb)
@click.argument("name", metavar="[PROCESS]", required=False, default="")
@pass_session
def versions(session: Session, name: str) -> None:
    """The versions of procedures: when each came into use, by whom, why, and how many cases obey it."""
    found = session.office.versions(name)
    session.tell(found, lambda look: version_lines(found, look))

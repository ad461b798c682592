"""A case's papers as a table."""

from collections.abc import Sequence

import click

from workflow.answers import DocumentShown
from workflow.console.lazy import Verb
from workflow.console.look import Look
from workflow.console.session import Session, pass_session
from workflow.console.table import table

STATUSES = {"draft": "draft", "issued": "issued", "void": "void", "replaced": "replaced", "recalled": "recalled"}


@click.command(cls=Verb)
@click.argument("case")
@pass_session
def docs(session: Session, case: str) -> None:
    """The papers of a case: drafts and issued ones, with their numbers."""
    papers = session.office.documents(case, actor=session.actor)
    session.tell(papers, lambda look: paper_rows(papers, look) or [look.say("There are no papers yet.")])


def paper_rows(papers: Sequence[DocumentShown], look: Look, *, indent: str = "") -> list[str]:
    """Papers as a table; nothing when there are none."""
    heads = [look.say(word) for word in ("Paper", "Number", "Asked", "Title", "Status", "Date", "Signed by")]
    rows = [
        (one.key, one.symbol, one.asked_title, one.title, look.say(STATUSES.get(one.status, one.status)), look.time(one.at), one.signed_by)
        for one in papers
    ]
    return table(heads, rows, look, indent=indent) if rows else []

"""Pictures of procedures at the command line."""

from pathlib import Path

import click

from workflow.console.lazy import Option, Verb
from workflow.console.look import safe
from workflow.console.session import Session, pass_session
from workflow.filing import write_whole

KINDS = ("svg", "html", "mermaid", "dot")


@click.command(cls=Verb)
@click.argument("name", metavar="[PROCESS]", required=False, default="")
@click.option("--format", "kind", cls=Option, type=click.Choice(KINDS), default="svg", help="svg, html (a page), mermaid or dot.")
@click.option("--case", "number", cls=Option, metavar="CASE", default="", help="With the way that this case went, and where it stands.")
@click.option("--files", cls=Option, is_flag=True, help="Of the definitions folder, not of the version in use.")
@click.option("--to", cls=Option, metavar="FILE", default="", help="Write it to this file, instead of printing it.")
@pass_session
def diagram(session: Session, name: str, kind: str, number: str, to: str, *, files: bool) -> None:
    """A picture of a procedure: states, actions, roles, deadlines, papers; or of the way that a case went through it."""
    drawn = session.office.diagram(name, kind, case=number, actor=session.actor if number else "", files=files)
    if not to:
        session.tell({"format": kind, "text": drawn}, lambda _: [drawn.rstrip()])
        return
    write_whole(Path(to), drawn.encode())
    session.tell({"format": kind, "file": to}, lambda look: [look.say("Written: {file}", file=safe(to))])

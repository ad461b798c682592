"""What is given to other programs: deadlines as a calendar feed."""

import click

from workflow.console.given import write
from workflow.console.lazy import Nest, Option
from workflow.console.session import Session, pass_session


@click.group(cls=Nest)
def export() -> None:
    """Exports for other programs."""


@export.command()
@click.option("--for", "person", cls=Option, metavar="PERSON", default="", help="Whose deadlines (a key, or position.unit); else yours.")
@click.option("--to", "file", cls=Option, metavar="FILE", default="", help="Write into this file; else to standard output.")
@pass_session
def ical(session: Session, person: str, file: str) -> None:
    """The open deadlines that wait for a person, as an iCalendar feed; of the cases that you may see."""
    content = session.office.feed(actor=session.actor, person=person)
    if file:
        write(file, content)
    elif session.json:
        session.document({"ical": content.decode()})
    else:
        session.out(content.decode().replace("\r\n", "\n").rstrip("\n"))

"""What is handed out: a case's whole file; deadlines as a calendar feed."""

from pathlib import Path

import click

from workflow.console.given import write
from workflow.console.lazy import Nest, Option
from workflow.console.look import safe
from workflow.console.session import Session, pass_session
from workflow.filing import write_folder, write_whole

NEW = "it is there already; name a new one"


@click.group(cls=Nest)
def export() -> None:
    """Exports: a case's whole file, and what other programs read."""


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


@export.command("file")
@click.argument("case")
@click.option("--to", "place", cls=Option, metavar="PLACE", required=True, help="A new folder, or a file NAME.zip.")
@pass_session
def case_file(session: Session, case: str, place: str) -> None:
    """A case's whole file: papers, scans, history, table of contents, metadata of Annex VI in XML and JSON, hashes."""
    target = Path(place)
    done, files = session.office.export_file(case, actor=session.actor, when_zipped=target.suffix == ".zip")
    if target.suffix == ".zip":
        write_whole(target, next(iter(files.values())), over=False, taken=NEW)
    else:
        write_folder(target, files, taken=NEW)
    session.tell(done, lambda _: [safe(name) for name in done.files])

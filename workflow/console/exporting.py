"""What is handed out: a case's whole file; deadlines as a calendar feed."""

import os
from pathlib import Path

import click

from workflow.console.given import write
from workflow.console.lazy import Nest, Option
from workflow.console.look import safe
from workflow.console.session import Session, pass_session
from workflow.errors import CannotWrite


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
    try:
        if target.suffix == ".zip":
            _new(target, next(iter(files.values())))
        else:
            target.mkdir(mode=0o700)
            for name, content in files.items():
                (target / name).parent.mkdir(mode=0o700, exist_ok=True)
                _new(target / name, content)
    except FileExistsError:
        raise CannotWrite(file=place, cause="it is there already; name a new one") from None
    except OSError as error:
        raise CannotWrite(file=place, cause=error.strerror or "?") from error
    session.tell(done, lambda _: [safe(name) for name in done.files])


def _new(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)

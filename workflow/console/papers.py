"""A case's papers: which there are, their text, their files."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from workflow.answers import DocumentShown
from workflow.console.lazy import Nest, Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.errors import CannotWrite, NotFound

STATUSES = {"draft": "draft", "issued": "issued", "void": "void", "replaced": "replaced"}


@click.command(cls=Verb)
@click.argument("case")
@pass_session
def docs(session: Session, case: str) -> None:
    """The papers of a case: drafts and issued ones, with their numbers."""
    papers = session.office.documents(case, actor=session.actor)
    session.tell(papers, lambda look: paper_rows(papers, look) or [look.say("There are no papers yet.")])


@click.group(cls=Nest)
def doc() -> None:
    """One paper of a case: show it, save its files, print its text."""


@doc.command()
@click.argument("case")
@click.argument("paper")
@pass_session
def show(session: Session, case: str, paper: str) -> None:
    """What is known of one paper. PAPER is its key or its number, as 'hoso docs' lists them."""
    found = _paper(session, case, paper)
    session.tell(found, lambda look: _facts(found, look))


@doc.command()
@click.argument("case")
@click.argument("paper")
@pass_session
def text(session: Session, case: str, paper: str) -> None:
    """The text of one paper, as it reads."""
    found = session.office.document_text(case, _paper(session, case, paper).key, actor=session.actor)
    session.tell({"text": found}, lambda _: [safe(found)])


@doc.command()
@click.argument("case")
@click.argument("paper", required=False, default="")
@click.option("--to", "folder", cls=Option, metavar="DIR", default=".", help="The folder to write into (made if missing).")
@click.option("--force", cls=Option, is_flag=True, help="Write over files that are there.")
@pass_session
def save(session: Session, case: str, paper: str, folder: str, *, force: bool) -> None:
    """Save the .docx and .pdf of one paper, or of all papers of the case."""
    papers = [_paper(session, case, paper)] if paper else session.office.documents(case, actor=session.actor)
    written: list[str] = []
    for one in papers:
        files = session.office.document_files(case, one.key, actor=session.actor)
        written += [_write(Path(folder), f"{_file_name(case, one)}.{kind}", content, force=force) for kind, content in files.items()]
    session.tell(written, lambda look: [safe(name) for name in written] or [look.say("There are no papers yet.")])


def paper_rows(papers: Sequence[DocumentShown], look: Look, *, indent: str = "") -> list[str]:
    """Papers as a table; nothing when there are none."""
    heads = [look.say(word) for word in ("Paper", "Number", "Asked", "Title", "Status", "Date", "Signed by")]
    rows = [
        (one.key, one.symbol, one.asked_title, one.title, look.say(STATUSES.get(one.status, one.status)), look.time(one.at), one.signed_by)
        for one in papers
    ]
    return table(heads, rows, look, indent=indent) if rows else []


def _facts(one: DocumentShown, look: Look) -> list[str]:
    facts = [
        ("Paper", one.key),
        ("Number", one.symbol),
        ("Kind", one.type),
        ("Title", one.title),
        ("Status", look.say(STATUSES.get(one.status, one.status))),
        ("Date", look.time(one.at)),
        ("Signed by", one.signed_by),
        ("Asked", one.asked_title),
        *((kind, f"sha256 {hash_}") for kind, hash_ in one.files.items()),
    ]
    return table(["", ""], [(look.say(name), value) for name, value in facts if value], look)


def _paper(session: Session, case: str, paper: str) -> DocumentShown:
    """The paper of this key (`plan/1`), this number, or the newest of this name (`plan`)."""
    papers = session.office.documents(case, actor=session.actor)
    found = [one for one in papers if paper in {one.key, one.key.partition("/")[0], one.symbol}]
    if not found:
        raise NotFound(kind="document", name=paper, known=[name for one in papers for name in (one.key, one.symbol) if name])
    return found[-1]


def _file_name(case: str, one: DocumentShown) -> str:
    """A name that every file system takes and no other paper of the case has: two bodies may both have a number 01."""
    name = f"{case} {one.key} {one.symbol}" if one.symbol else f"{case} {one.key} ({one.status})"
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in one_line(name)).lstrip(".")


def _write(folder: Path, name: str, content: bytes, *, force: bool) -> str:
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL), 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise CannotWrite(file=str(path), cause="it is there already; --force writes over it") from None
    except OSError as error:
        raise CannotWrite(file=str(path), cause=error.strerror or "?") from error
    return str(path)

"""One paper of a case: looked at, saved, compared, and what becomes of it."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from workflow.answers import ActionShown, DifferenceShown, DocumentEventShown, DocumentShown, Done
from workflow.answers.proofs import FileKnown, Reproduced
from workflow.console.acts import done_lines
from workflow.console.given import Given, given, take, upload
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, one_line, safe
from workflow.console.papers import STATUSES
from workflow.console.prompting import REQUIRED, carry_out
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.errors import NotFound
from workflow.filing import OR_FORCE, write_all


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    return take(command, "note", "dry_run", "request_id")


@click.group(cls=Nest)
def doc() -> None:
    """One paper of a case: show it, save its files, print its text; issue, void, replace, correct, recall it."""


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
        attached = session.office.document_attached(case, one.key, actor=session.actor)
        named = {f"{_file_name(case, one)}.{kind}": content for kind, content in files.items()}
        named |= {_clean(f"{_file_name(case, one)} {up.name}"): up.content for up in attached}
        made = {Path(folder) / name: content for name, content in named.items()}
        write_all(made, over=force, folders=True, taken=OR_FORCE)
        written += map(str, made)
    session.tell(written, lambda look: [safe(name) for name in written] or [look.say("There are no papers yet.")])


@doc.command()
@click.argument("case")
@click.argument("paper")
@click.argument("other", required=False, default="")
@click.option("--since", cls=Option, type=int, metavar="ENTRY", default=0, help="As it was after this line of the history.")
@click.option("--until", cls=Option, type=int, metavar="ENTRY", default=0, help="Compared with how it was after this line, not with today.")
@pass_session
def diff(session: Session, case: str, paper: str, other: str, *, since: int, until: int) -> None:
    """What differs in a paper since it was first drafted, or between it and OTHER, in words."""
    found = session.office.document_differences(case, paper, actor=session.actor, other=other, since=since, until=until)
    session.tell(found, lambda look: [_difference(one, look) for one in found] or [look.say("Nothing differs.")])


def _difference(one: DifferenceShown, look: Look) -> str:
    place = look.say("Paragraph {number}", number=one.where) if one.where.isdecimal() else look.say(WHERE[one.where])
    before, after = one_line(one.before), one_line(one.after)
    if one.kind == "changed":
        return look.say("{place}: “{before}” → “{after}”", place=place, before=before, after=after)
    return look.say(KINDS[one.kind], place=place, text=after or before)


WHERE = {"title": "Title", "recipients": "Recipients", "signature": "Signature"}
KINDS = {"added": "{place} is new: “{text}”", "removed": "{place} is gone: “{text}”"}


@doc.command()
@click.argument("case")
@click.argument("paper")
@click.option("--to", "folder", cls=Option, metavar="DIR", default="", help="Save what was written again here.")
@click.option("--force", cls=Option, is_flag=True, help="Write over files that are there.")
@pass_session
def reproduce(session: Session, case: str, paper: str, folder: str, *, force: bool) -> None:
    """Write an issued paper again from its stored template and facts, and compare every byte with the stored one."""
    found, made = session.office.reproduce(case, _paper(session, case, paper).key, actor=session.actor)
    if folder:
        files = {Path(folder) / _clean(f"{case} {found.key} {found.symbol}.{kind}"): content for kind, content in made.items()}
        write_all(files, over=force, folders=True, taken=OR_FORCE)
    session.tell(found, lambda look: _reproduced(found, look))


def _reproduced(found: Reproduced, look: Look) -> Iterable[str]:
    for kind, same in found.same.items():
        yield look.say(".{kind}: every byte is the same" if same else ".{kind}: the bytes differ", kind=kind)
    if not all(found.same.values()):
        yield look.say("The words are the same." if found.same_text else "The words differ: the stored file is the original.")
        yield look.say("Written then by: {then}", then=found.renderer)
        yield look.say("Written now by: {now}", now=found.renderer_now)


@doc.command()
@click.argument("file", metavar="FILE")
@pass_session
def verify(session: Session, file: str) -> None:
    """Which paper of the office FILE is, whether it is unchanged, and what has become of that paper."""
    known = session.office.recognise(upload(file, session.settings.max_file).content, actor=session.actor)
    session.tell(known, lambda look: _known(known, look))


def _known(known: FileKnown, look: Look) -> Iterable[str]:
    if known.document is None:
        return [look.say("This is no paper of this office that you may see.")]
    said = (
        "The file is unchanged." if known.state == "unchanged" else "A paper of this title was issued, but the file is not what was issued."
    )
    return [look.say(said), look.say("Case: {case}", case=known.case), *_facts(known.document, look)]


# ---- what becomes of it ----------------------------------------------------------------------------------------------


@doc.command()
@click.argument("case")
@click.argument("paper")
@_options
@pass_session
def issue(session: Session, /, case: str, paper: str, **typed: Any) -> None:
    """Issue a draft: it gets its number and its signature line, and is frozen."""
    _act(session, "issue", _typed(session, typed), session.office.issue_document, case, paper, note="")


@doc.command()
@click.argument("case")
@click.argument("paper")
@_options
@pass_session
def void(session: Session, /, case: str, paper: str, **typed: Any) -> None:
    """Declare an issued paper void, with a note; its number stays listed and is never used again."""
    _act(session, "void", _typed(session, typed), session.office.void_document, case, paper)


@doc.command()
@click.argument("case")
@click.argument("paper")
@click.option("--by", cls=Option, metavar="PAPER", default="", help="The paper that replaces it; left out, a new one of the same kind.")
@_options
@pass_session
def replace(session: Session, /, case: str, paper: str, by: str, **typed: Any) -> None:
    """Replace an issued paper whose contents are wrong, with a note; its recipients are told."""
    _act(
        session,
        "replace",
        _typed(session, typed),
        lambda *words, **more: session.office.replace_document(*words, by=by, **more),
        case,
        paper,
    )


@doc.command()
@click.argument("case")
@click.argument("paper")
@click.option("--by", cls=Option, metavar="PAPER", required=True, help="The letter of correction: a paper or a kind of paper of the case.")
@_options
@pass_session
def correct(session: Session, /, case: str, paper: str, by: str, **typed: Any) -> None:
    """Correct the form of an issued paper by a letter, with a note; the paper stays in force, its recipients are told."""
    _act(
        session,
        "correct",
        _typed(session, typed),
        lambda *words, **more: session.office.correct_document(*words, by=by, **more),
        case,
        paper,
    )


@doc.command()
@click.argument("case")
@click.argument("paper")
@_options
@pass_session
def recall(session: Session, /, case: str, paper: str, **typed: Any) -> None:
    """Call an issued paper back, with a note; its recipients are told."""
    _act(session, "recall", _typed(session, typed), session.office.recall_document, case, paper)


@doc.command()
@click.argument("case")
@click.argument("paper")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_options
@pass_session
def attach(session: Session, /, case: str, paper: str, files: Sequence[str], **typed: Any) -> None:
    """Make files part of an issued paper: its signed scan, its digital signature."""
    now = given(session.settings.max_file, (), files=files, **typed)
    _act(
        session,
        "attach",
        now,
        lambda *words, **more: session.office.attach_to_document(*words, files=now.files, **more),
        case,
        paper,
        note="",
    )


def _typed(session: Session, typed: dict[str, Any]) -> Given:
    return given(session.settings.max_file, (), files=(), **typed)


def _act(session: Session, key: str, now: Given, verb: Callable[..., Done], *words: str, note: str = REQUIRED) -> None:
    """Ask for the note if there must be one, do it once, tell what it did."""

    def once(now: Given) -> Done:
        return verb(*words, actor=session.actor, note=now.note, request_id=now.request_id, dry_run=now.dry_run)

    asked = ActionShown(key=key, title=key, by="", allowed=True, reasons=(), form=(), note=note)
    done = carry_out(session, now, lambda: asked, once)
    session.tell(done, lambda look: done_lines(done, look))


# ---- what they share -------------------------------------------------------------------------------------------------


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
        *((BECAME[event.what], _became(event, look)) for event in one.events),
    ]
    return table(["", ""], [(look.say(name), value) for name, value in facts if value], look)


BECAME = {
    "void": "Void since",
    "recalled": "Recalled",
    "replaced": "Replaced",
    "corrected": "Corrected",
    "attached": "Attached",
}


def _became(event: DocumentEventShown, look: Look) -> str:
    """When, by what, by whom, why."""
    names = [f"{name} (sha256 {hash_})" for name, hash_ in event.files.items()]
    return " – ".join(filter(None, (look.time(event.at), event.by, event.actor_title, event.note, ", ".join(names))))


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
    return _clean(name)


def _clean(name: str) -> str:
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in one_line(name)).lstrip(".")

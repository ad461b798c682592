"""Official papers: a Jinja2 body in a light markup, put into the state's or the party's frame, as .docx and .pdf.

    text(document, template)    the body alone, as a person reads it: what drafts are tried with
    write(document, template)   {"docx": bytes, "pdf": bytes}; the same inputs give the same bytes (law 9)
    check_template(source, known)   what is wrong with a template, before it is used
    check_own(template, known)  the same of an office's own Word template, which makes a .docx alone
    versions()                  what writes the papers, kept with each issued one

Importing this room is light: Jinja2, python-docx and typst are loaded when a paper is written.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from workflow.model import Document

if TYPE_CHECKING:
    from workflow.documents.own.check import Found

SUFFIX = ".docx"
"""What the file of a Word template ends with."""


def text(document: Document, template: str, *, name: str = "") -> str:
    """The body of the paper as plain text, its frame's facts tried too.

    `name` is the template's file name, for errors. Raises `TemplateRefused` (a missing name, a wrong expression)
    and `CharacterRefused` (a character that can't be printed).
    """
    from workflow.documents import compose, own
    from workflow.documents.files import words_of

    if own.is_own(template):
        return words_of(own.write(document, template, name or document.rule))
    return compose.text(document, template, name or document.rule)


def write(document: Document, template: str, *, name: str = "") -> dict[str, bytes]:
    """The paper's files by kind, `docx` and `pdf`; by a Word template `docx` alone. Raises what `text` raises."""
    from workflow.documents import compose, own

    if own.is_own(template):
        return {"docx": own.write(document, template, name or document.rule)}
    return compose.write(document, template, name or document.rule)


def check_template(source: str, known: Collection[str]) -> list[tuple[int, int, str]]:
    """What is wrong with a template: (line, column, message), in file order.

    `known` holds what the process supplies, dotted (`fields.issue`, `documents.plan`); a root without dots (`case`)
    allows anything below it.
    """
    from workflow.documents.check import check

    return check(source, known)


def check_own(template: str, known: Collection[str]) -> "list[Found]":
    """What is wrong with a Word template, each finding with its paragraph; `known` as for other templates."""
    from workflow.documents.own.check import check

    return check(template, known)


def kept(content: bytes) -> str:
    """A Word template as processes keep it among their templates."""
    from workflow.documents.own import as_text

    return as_text(content)


def kept_bytes(template: str) -> bytes:
    """The file of a Word template that a process keeps."""
    from workflow.documents.own import as_bytes

    return as_bytes(template)


def template_words(template: str) -> str:
    """What a template says, for comparing it with another: itself, or the words of a Word template."""
    from workflow.documents import own

    return own.words(template) if own.is_own(template) else template


def names_of(source: str) -> set[tuple[str, ...]]:
    """Every name that a template reads: `("fields", "issue")`."""
    from workflow.documents import own
    from workflow.documents.check import names_of as found
    from workflow.documents.own.check import names_of as found_in_word

    return found_in_word(source) if own.is_own(source) else found(source)


def versions(template: str = "") -> str:
    """What writes the papers of a template, e.g. `hoso 0.1.0; typst 0.15.2; python-docx 1.2.0; Tinos 1.340`."""
    from workflow.documents import own
    from workflow.documents.coverage import table

    if own.is_own(template):
        return "; ".join(f"{package} {_version(package)}" for package in ("hoso", "jinja2", "docxtpl", "python-docx", "lxml"))
    packages = ("hoso", "jinja2", "typst", "python-docx")
    return "; ".join([*(f"{package} {_version(package)}" for package in packages), f"{table().font} {table().version}"])


def _version(package: str) -> str:
    """An installed package's version; that of hoso run from its folder, without being installed, is unknown."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "?"

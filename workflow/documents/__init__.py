"""Official papers: a Jinja2 body in a light markup, put into the state's or the party's frame, as .docx and .pdf.

    text(document, template)    the body alone, as a person reads it: what drafts are tried with
    write(document, template)   {"docx": bytes, "pdf": bytes}; the same inputs give the same bytes (law 9)
    check_template(name, source, known)   what is wrong with a template, before it is used
    versions()                  what writes the papers, kept with each issued one

Importing this room is light: Jinja2, python-docx and typst are loaded when a paper is written.
"""

from collections.abc import Collection

from workflow.model import Document


def text(document: Document, template: str, *, name: str = "") -> str:
    """The body of the paper as plain text, its frame's facts tried too.

    `name` is the template's file name, for errors. Raises `TemplateRefused` (a missing name, a wrong expression)
    and `CharacterRefused` (a character that can't be printed).
    """
    from workflow.documents import compose

    return compose.text(document, template, name or document.rule)


def write(document: Document, template: str, *, name: str = "") -> dict[str, bytes]:
    """The paper's files by kind, `docx` and `pdf`. Raises what `text` raises."""
    from workflow.documents import compose

    return compose.write(document, template, name or document.rule)


def check_template(source: str, known: Collection[str]) -> list[tuple[int, int, str]]:
    """What is wrong with a template: (line, column, message), in file order.

    `known` holds what the process supplies, dotted (`fields.issue`, `documents.plan`); a root without dots (`case`)
    allows anything below it.
    """
    from workflow.documents.check import check

    return check(source, known)


def names_of(source: str) -> set[tuple[str, ...]]:
    """Every name that a template reads: `("fields", "issue")`."""
    from workflow.documents.check import names_of as found

    return found(source)


def versions() -> str:
    """What writes the papers, e.g. `hoso 0.1.0; typst 0.15.2; python-docx 1.2.0; Tinos 1.340`."""
    from workflow.documents.coverage import table

    packages = ("hoso", "jinja2", "typst", "python-docx")
    return "; ".join([*(f"{package} {_version(package)}" for package in packages), f"{table().font} {table().version}"])


def _version(package: str) -> str:
    """An installed package's version; that of hoso run from its folder, without being installed, is unknown."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "?"

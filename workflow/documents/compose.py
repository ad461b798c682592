"""From a document and its template to its files: body, blocks, paper, sheet, .docx and .pdf."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from workflow.documents import markup
from workflow.documents.coverage import clean, shown, unprintable
from workflow.documents.frames import party, state
from workflow.documents.paper import read
from workflow.documents.render import body
from workflow.documents.sheet import Columns, Grid, Line, Sheet
from workflow.errors import CharacterRefused
from workflow.model import Document

FRAMES = {"state": state.lay, "party": party.lay}


def text(document: Document, template: str, name: str) -> str:
    """The body as people read it, after everything but the writing of files was tried."""
    rendered, _ = _laid(document, template, name)
    return markup.plain(rendered)


def write(document: Document, template: str, name: str) -> dict[str, bytes]:
    """Both files."""
    from workflow.documents import pdf, word

    _, sheet = _laid(document, template, name)
    return {"docx": word.write(sheet), "pdf": pdf.write(sheet)}


def sheet(document: Document, template: str, name: str) -> Sheet:
    """The paper laid out, before it is written."""
    return _laid(document, template, name)[1]


def _laid(document: Document, template: str, name: str) -> tuple[str, Sheet]:
    rendered = normalize("NFC", body(document, template, name))
    _refuse(rendered.replace(markup.HARD, "\n"), document, name)
    for _, text in _texts(document.facts["document"], ""):
        _refuse(clean(text), document, name)
    paper = read(document.facts["document"], made(document), markup.parse(rendered))
    found = FRAMES[paper.frame](paper)
    for line in _lines(found):
        _refuse(line.text, document, name)
    return rendered, found


def made(document: Document) -> date:
    """The day a draft is made: the engine's today; else its time's day."""
    today = document.facts.get("today")
    return date.fromisoformat(today) if today else document.at.date()


def _lines(found: Sheet) -> Iterator[Line]:
    for element in found.elements:
        if isinstance(element, Line):
            yield element
        elif isinstance(element, Columns | Grid):
            rows = element.cells if isinstance(element, Columns) else element.rows
            yield from (line for row in rows for line in row if isinstance(line, Line))


def _refuse(printed: str, document: Document, name: str) -> None:
    """Raises CharacterRefused, naming the field that holds the character (the template, if no fact does)."""
    sign = unprintable(printed)
    if sign is not None:
        raise CharacterRefused(place=place(sign, document.facts) or name, character=shown(sign))


def place(sign: str, facts: Mapping[str, Any]) -> str:
    """The path of the first fact with the character: the case's fields first, what the engine made of them last."""
    first = sorted(facts, key=lambda key: (key != "fields", key == "document"))
    return next((path for key in first for path, value in _texts(facts[key], key) if sign in value), "")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value, 1):
            yield from _texts(item, f"{path}.{at}")

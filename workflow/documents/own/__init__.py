"""An office's own Word templates: a whole .docx that docxtpl fills in, in the sandbox of bodies.

Such a template is kept with its process as text: its bytes in a data URI, so that versions, hashes and the store need know of no other
kind of template. Values become neither XML nor tags: they are escaped as they are printed, and nothing is filled in twice.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from workflow.documents.coverage import shown
from workflow.documents.files import words_of
from workflow.documents.own.package import plain
from workflow.documents.paper import Paper, read
from workflow.documents.render import WRONG, filled, told
from workflow.errors import CharacterRefused, TemplateRefused
from workflow.model import Document
from workflow.phrases import Said

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

PREFIX = "data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,"
PAPER = ("symbol", "date", "place_and_date", "type", "title", "issuers", "signers", "recipients", "archive")
"""What `paper` holds in such a template: what a frame would print around a body, ready to be printed."""
MOST = 30_000_000
"""The longest part of a filled-in paper, in characters of XML."""

MOST_SHOWN = 120
"""Of a paragraph's words, as many as tell which it is."""
TORN = Said("its tags stand so that no paragraph comes of them; type them anew in one go")

_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_STATEMENT = re.compile(r"(</w:(?:p|tr|tc|tbl|tblGrid|tcPr|trPr)>|%\})\{%(?!-)")
_MARKS = re.compile(r"(?<=[{}%])_(?=[{}%])")


class Unprintable(ValueError):
    """A value has a character that no XML can hold."""


def is_own(template: str) -> bool:
    """Whether this is a Word template."""
    return template.startswith(PREFIX)


def as_text(content: bytes) -> str:
    """A .docx as processes keep it."""
    return PREFIX + b64encode(content).decode("ascii")


def as_bytes(template: str) -> bytes:
    """The .docx of what a process keeps."""
    return b64decode(template.removeprefix(PREFIX))


def words(template: str) -> str:
    """The words of a template, its tags among them, a line a paragraph."""
    return words_of(as_bytes(template))


def escaped(value: str) -> str:
    """A value as the text of XML: no tag of a template can come of it either. Raises Unprintable."""
    wrong = _FORBIDDEN.search(value)
    if wrong:
        raise Unprintable(wrong[0])
    return _MARKS.sub("&#95;", escape(value, {'"': "&quot;", "'": "&#39;"}))


def write(document: Document, template: str, name: str) -> bytes:
    """The .docx; the same inputs give the same bytes. Raises TemplateRefused, naming template and paragraph, and CharacterRefused."""
    from workflow.documents.word import zipped

    paper = read(document.facts["document"], made_on(document), ())
    facts = {**document.facts, "paper": facts_of(paper)}
    made = _open(as_bytes(template))
    sandbox = _Sandbox()
    try:
        made.render(facts, jinja_env=sandbox, autoescape=True)
    except Unprintable as wrong:
        sign = str(wrong)
        raise CharacterRefused(place=place_of(sign, facts) or name, character=shown(sign)) from None
    except (*WRONG, SyntaxError) as wrong:  # lxml tells by a SyntaxError that no XML came of it
        paragraph, detail = sandbox.place(wrong)
    else:
        made.core_properties.title = paper.full_title[:255]
        out = BytesIO()
        made.save(out)
        return zipped(out.getvalue())
    said = Said("{detail}, in “{paragraph}”", detail=detail, paragraph=paragraph)
    raise TemplateRefused(template=name, line=_paragraph(template, paragraph), detail=said, document=document.title or document.rule)


def made_on(document: Document) -> Any:
    """The day a draft is made."""
    from workflow.documents.compose import made

    return made(document)


def place_of(sign: str, facts: Mapping[str, Any]) -> str:
    """The path of the first fact with the character."""
    from workflow.documents.compose import place

    return place(sign, facts)


def facts_of(paper: Paper) -> dict[str, Any]:
    """What a frame would print, by the names of PAPER; a draft's number and day leave room for the pen."""
    return {
        "symbol": paper.symbol,
        "date": paper.date_line,
        "place_and_date": paper.place_line,
        "type": paper.type_title,
        "title": paper.title,
        "issuers": [{"title": one.title, "parent": one.parent, "lines": list(one.lines) or [one.title]} for one in paper.issuers],
        "signers": [{"lines": list(one.lines), "name": one.name} for one in paper.signers],
        "recipients": list(paper.recipients),
        "archive": paper.archive,
    }


def _open(content: bytes) -> "DocxTemplate":
    from docxtpl import DocxTemplate

    return DocxTemplate(BytesIO(content))


class _Sandbox:
    """What docxtpl takes for its environment: compiles within the bounds of bodies, proves that XML came of it."""

    autoescape = True

    def __init__(self) -> None:
        self.source = ""

    def from_string(self, source: str) -> "_Sandbox":
        """The next part of the file."""
        self.source = lined(source)
        return self

    def render(self, facts: Mapping[str, Any]) -> str:
        """The part filled in. Raises what WRONG names, SyntaxError when that is no XML."""
        from lxml import etree

        found = filled(self.source, facts, escaped, MOST)
        if found.lstrip().startswith("<"):
            etree.fromstring(found.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        return found

    def place(self, wrong: Exception) -> tuple[str, str]:
        """The words of the paragraph in which this went wrong, and the cause."""
        line, detail = (wrong.lineno or 1, TORN) if isinstance(wrong, SyntaxError) else told(wrong)
        return words_at(self.source, line), detail


def lined(source: str) -> str:
    """A part's source with what docxtpl made of '{%p …%}' on lines of their own; '-' takes the line's end away again."""
    return _STATEMENT.sub(r"\1\n{%-", source)


def words_at(source: str, line: int) -> str:
    """The words of a line of a part's source: docxtpl begins a new one with each paragraph."""
    lines = source.split("\n")
    return plain(lines[min(line, len(lines)) - 1])[:MOST_SHOWN]


def _paragraph(template: str, text: str) -> int:
    """The number of the first paragraph with these words; 1 if there is none such."""
    return next((at for at, line in enumerate(words(template).split("\n"), 1) if text and text in line), 1)

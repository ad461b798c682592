"""What finished files say: the words of a .docx, the title that a .docx or .pdf bears. Files may come from anywhere: nothing is run."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

_TITLE = re.compile(rb"<dc:title>\s*(?:<rdf:Alt>)?\s*(?:<rdf:li[^>]*>)?(.*?)<", re.DOTALL)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _SAID = f"{_W}p", {f"{_W}br": "\n", f"{_W}tab": "\t"}
_BESIDE = re.compile(r"word/(header\d*|footer\d*|footnotes)\.xml")
_MOST = 50_000_000
"""Bytes of a part that is read."""


def words_of(content: bytes) -> str:
    """The text of a .docx, a line a paragraph, what its heads and feet say last; '' for what is none."""
    body, *beside = [[*_paragraphs(_part(content, name))] for name in ("word/document.xml", *_beside(content))]
    return "\n".join([*body, *(line for lines in beside for line in lines if line.strip())])


def _paragraphs(part: bytes) -> Iterator[str]:
    """Paragraphs; the words of one within another (a text box) are also the outer one's."""
    if not part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        return
    try:
        root = ET.fromstring(part)  # noqa: S314 - no document type, so no entities
    except ET.ParseError:
        return
    for line in root.iter(_PARAGRAPH):
        yield "".join(_SAID.get(node.tag, "") or (node.text or "" if node.tag == f"{_W}t" else "") for node in line.iter())


def _beside(content: bytes) -> list[str]:
    try:
        with ZipFile(BytesIO(content)) as file:
            return sorted(name for name in file.namelist() if _BESIDE.fullmatch(name))
    except (BadZipFile, OSError, RuntimeError, ValueError):
        return []


def title_of(content: bytes) -> str:
    """The title that a .docx or .pdf bears; '' if it has none."""
    data = content if content.startswith(b"%PDF") else _part(content, "docProps/core.xml")
    found = _TITLE.search(data)
    return unescape(found[1].decode("utf-8", "replace")).strip() if found else ""


def _part(content: bytes, name: str) -> bytes:
    try:
        with ZipFile(BytesIO(content)) as file:
            return file.read(name) if file.getinfo(name).file_size <= _MOST else b""
    except (BadZipFile, KeyError, OSError, RuntimeError, ValueError):
        return b""

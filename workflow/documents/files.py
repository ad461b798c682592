"""What finished files say: the words of a .docx, the title that a .docx or .pdf bears. Files may come from anywhere: nothing is run."""

import re
from html import unescape
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

_TITLE = re.compile(rb"<dc:title>\s*(?:<rdf:Alt>)?\s*(?:<rdf:li[^>]*>)?(.*?)<", re.DOTALL)
_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
_MOST = 50_000_000
"""Bytes of a part that is read."""


def words_of(content: bytes) -> str:
    """The text of a .docx, a line a paragraph; '' for what is none."""
    part = _part(content, "word/document.xml")
    if not part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        return ""
    try:
        root = ET.fromstring(part)  # noqa: S314 - no document type, so no entities
    except ET.ParseError:
        return ""
    return "\n".join("".join(node.text or "" for node in line.iter(_TEXT)) for line in root.iter(_PARAGRAPH))


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

"""What a Word template may not hold, whatever its words: programs, links to elsewhere, what is not finished; bombs."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from workflow.phrases import Said

LARGEST = 2_000_000
"""Bytes of a template."""
UNPACKED = 40_000_000
"""Bytes of all its parts together, and"""
PARTS = 500
"""how many these may be."""

_TAG = re.compile(r"<[^>]*>")
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE = re.compile(r"(^|/)(vbaProject|vbaData|activeX|embeddings|oleObject|afchunk|attachedToolbars)", re.IGNORECASE)
_LINK = re.compile(r'<Relationship\b[^>]*\bTargetMode\s*=\s*["\']External["\'][^>]*>', re.IGNORECASE)
_TARGET = re.compile(r'\bTarget\s*=\s*["\']([^"\']*)')
_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|MACROBUTTON|DATABASE|AUTOTEXT|HYPERLINK|RD)\b", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<w:instrText[^>]*>(.*?)</w:instrText>|<w:fldSimple\b[^>]*\bw:instr=\"([^\"]*)\"", re.DOTALL)
_UNFINISHED = re.compile(r"<w:(ins|del|moveFrom|moveTo|commentReference)[ >/]")


def parts_of(content: bytes) -> tuple[dict[str, str], Said | None]:
    """The XML parts of a .docx by their names, or why it can't be a template."""
    if len(content) > LARGEST:
        return {}, Said("the file is larger than {limit} bytes", limit=LARGEST)
    try:
        with ZipFile(BytesIO(content)) as file:
            names = file.infolist()
            if len(names) > PARTS or sum(one.file_size for one in names) > UNPACKED:
                return {}, Said("the file unpacks to more than {limit} bytes, or {parts} parts", limit=UNPACKED, parts=PARTS)
            found = {one.filename: file.read(one) for one in names}
        texts = {name: data.decode("utf-8") for name, data in found.items() if name.endswith((".xml", ".rels"))}
    except (BadZipFile, OSError, RuntimeError, ValueError, EOFError, NotImplementedError):
        return {}, Said("this is no .docx: save it with Word or LibreOffice as 'Word document (.docx)'")
    return texts, next(_refused(texts, list(found)), None)


def _refused(texts: dict[str, str], names: list[str]) -> Iterator[Said]:
    types = texts.get("[Content_Types].xml", "")
    if any("<!DOCTYPE" in text or "<!ENTITY" in text for text in texts.values()):
        yield Said("its XML declares a document type of its own")
    if _MAIN not in types or "word/document.xml" not in texts:
        yield Said("this is no .docx: save it with Word or LibreOffice as 'Word document (.docx)'")
    for name in names:
        if _ACTIVE.search(name):
            yield Said("it holds a program or another file ({name}); a template holds text and pictures only", name=name)
    for name, text in texts.items():
        for link in _LINK.findall(text) if name.endswith(".rels") else ():
            target = _TARGET.search(link)
            yield Said(
                "it leads out of the file, to {target}: remove the link, keep its words", target=unescape(target[1]) if target else "?"
            )
        for pair in _INSTRUCTION.findall(text):
            if word := _FIELD.search("".join(pair)):
                yield Said("it has the field {word}, which fetches something from elsewhere: remove it", word=word[1].upper())
        if name.startswith("word/") and _UNFINISHED.search(text):
            yield Said("it has tracked changes or comments: accept or remove them first")


def plain(xml: str) -> str:
    """The words of a piece of XML."""
    return unescape(_TAG.sub("", xml)).strip()

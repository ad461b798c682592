"""What is wrong with a Word template before it is used: each finding with its paragraph."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from msgspec import Struct

from workflow.documents.check import mended, names, names_in, words
from workflow.documents.own import MOST_SHOWN, PAPER, TORN, as_bytes, escaped, lined, words_at
from workflow.documents.own.package import parts_of, plain
from workflow.documents.render import WRONG, compiled, parsed, told
from workflow.phrases import Said

_FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_MARK = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_CLOSED = {"{{": "}}", "{%": "%}", "{#": "#}"}
_WHOLE = re.compile(r"\{\{-?\s?(p|r|tr|tc)\s")
_STATEMENT = re.compile(r"\{%-?(?:(?:p|tr|tc|r)\s)?\s*(\w+)")
_WORDS = ("if", "elif", "else", "endif", "for", "endfor", "set")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NEEDED = (
    (("paper", "document"), ("symbol", "number"), "the paper's number: {{ paper.symbol }}"),
    (("paper", "document"), ("date", "place_and_date"), "the paper's day: {{ paper.place_and_date }}"),
    (("paper", "document"), ("signers", "signatures"), "who signs: {% for one in paper.signers %}"),
)


class Found(Struct, frozen=True, kw_only=True):
    """One finding, with the words of its paragraph; no text: of the whole file."""

    detail: str
    text: str = ""


@lru_cache(maxsize=16)
def _sources(template: str) -> tuple[dict[str, str], dict[str, str], Said | None]:
    """(each part that is filled in as docxtpl patches it, all parts as they are, why it can't be a template)."""
    from docxtpl import DocxTemplate

    content = as_bytes(template)
    texts, wrong = parts_of(content)
    if wrong is not None:
        return {}, texts, wrong
    patching = DocxTemplate(None).patch_xml
    filled = {name: patching(_one_line(text)) for name, text in texts.items() if _FILLED.fullmatch(name)}
    patched = {name: lined(re.sub(r"<w:p([ >])", r"\n<w:p\1", text)) for name, text in filled.items()}
    return patched, texts, None


def _one_line(xml: str) -> str:
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", xml).replace("\n", " ")


def check(template: str, known: Collection[str]) -> list[Found]:
    """All that is wrong with a template. `known`: what the process supplies, as for bodies."""
    patched, texts, wrong = _sources(template)
    if wrong is not None:
        return [Found(detail=wrong)]
    supplied = [*known, *(f"paper.{name}" for name in PAPER)]
    found = [*_tags(texts)]
    if not found:
        found = [_in(one, name) for name, source in patched.items() for one in (*_xml(source), *_jinja(source, supplied))]
    return found or [*_missing(template)]


def names_of(template: str) -> set[tuple[str, ...]]:
    """Every name that a template reads; nothing of one that is wrong."""
    try:
        return {name for source in _sources(template)[0].values() for name in names_in(parsed(source, escaped))}
    except WRONG:
        return set()


def _in(one: Found, name: str) -> Found:
    """A finding of a head or foot says so."""
    if name == "word/document.xml":
        return one
    part = name.removeprefix("word/").removesuffix(".xml")
    return Found(detail=Said("{detail} (in {part})", detail=one.detail, part=part), text=one.text)


def _tags(texts: dict[str, str]) -> Iterator[Found]:
    """Tags that docxtpl can't put together again, or that no template may have; tags where nothing is filled in."""
    for name, text in texts.items():
        if not name.endswith(".xml") or not _MARK.search(plain(text)):
            continue
        if not _FILLED.fullmatch(name):
            if name.startswith(("word/", "docProps/")) and re.search(r"\{[{%].*?[%}]\}", plain(text)):
                yield Found(detail=Said("nothing is filled in there: take the tags out of {part}", part=name))
            continue
        for paragraph in _innermost(text):
            words_there = plain(paragraph)
            for detail in _wrong_tags(words_there):
                yield _in(Found(detail=detail, text=words_there[:MOST_SHOWN]), name)


def _innermost(text: str) -> Iterator[str]:
    """Paragraphs in order; one that holds others (a text box) is its last, innermost piece."""
    for found in _PARAGRAPH.findall(text):
        yield found[max(found.rfind("<w:p "), found.rfind("<w:p>")) :]


def _wrong_tags(text: str) -> Iterator[Said]:
    still = ""
    for mark in _MARK.findall(text):
        if mark in _CLOSED and still:
            break
        if mark not in _CLOSED and mark != _CLOSED.get(still):
            if still:
                continue  # as '}}' of two closing braces within a tag
            yield Said("'{mark}' closes nothing in this paragraph: a tag begins and ends in one paragraph", mark=mark)
            return
        still = mark if mark in _CLOSED else ""
    if still:
        yield Said("'{mark}' is not closed in this paragraph: a tag begins and ends in one paragraph", mark=still)
    if whole := _WHOLE.search(text):
        yield Said("'{tag}' would put in XML; values are text: write {right}", tag=whole[0].strip(), right="{{ … }}")
    for word in _STATEMENT.findall(text):
        if word not in _WORDS:
            yield Said("a template can't use '{word}'; it prints values, chooses (if), repeats (for) and sets", word=word)


def _xml(source: str) -> Iterator[Found]:
    """Tags that Word cut up so that XML around them is torn."""
    from lxml import etree

    try:
        etree.fromstring(_JINJA.sub("", source).encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as wrong:
        yield Found(detail=TORN, text=words_at(source, wrong.lineno or 1))


def _jinja(source: str, known: Collection[str]) -> Iterator[Found]:
    found: list[tuple[int, str]] = []
    try:
        tree = parsed(source, escaped)
        found = [(line, detail) for line, _, detail in (*words(tree, source), *names(mended(tree), source, known))]
        if not found:
            compiled(source, escaped)
    except WRONG as wrong:
        found.append(told(wrong))
    yield from (Found(detail=detail, text=words_at(source, line)) for line, detail in found)


def _missing(template: str) -> Iterator[Found]:
    """What a paper can't lack: its number, its day, its signature, none of them typed by hand."""
    read = names_of(template)
    for roots, keys, what in _NEEDED:
        if not any(name[0] in roots and (len(name) == 1 or name[1] in keys) for name in read):
            yield Found(detail=Said("the template never prints {what}", what=what))

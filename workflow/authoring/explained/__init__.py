"""The pages that explain every code: package data in Markdown, one file a family, both languages and examples in one.

A page: `## CODE`, a paragraph in Vietnamese, one in English (each begins with its title in **bold**), then examples in
fences named `wrong` or `right`, with the file that they belong to (process.yaml if none is named; `whole`: by itself).
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

LANGUAGES = ("vi", "en")
PROCESS = "process.yaml"
WHOLE = "whole"

_FENCE = re.compile(r"^```(\w+) (wrong|right)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"\*\*(.+?)\*\*\s*(.*)", re.DOTALL)


class Told(Struct, frozen=True, kw_only=True):
    """What a page says in one language."""

    title: str
    text: str


class Example(Struct, frozen=True, kw_only=True):
    """A piece of a file that is wrong, or right; `yaml` is tried by the tests, `text` only read."""

    right: bool
    file: str
    text: str
    tried: bool
    whole: bool
    """Whether it is a file by itself; else its keys are laid over those of a whole one."""


class Page(Struct, frozen=True, kw_only=True):
    """What is to be known about one code."""

    code: str
    told: Mapping[str, Told]
    examples: tuple[Example, ...]


class Family(Struct, frozen=True, kw_only=True):
    """Codes of one kind, as E2: the shape of a file."""

    key: str
    titles: Mapping[str, str]
    pages: tuple[Page, ...]


@cache
def families() -> tuple[Family, ...]:
    """Every family, in the order of its codes."""
    return tuple(_family(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.md")))


def pages() -> dict[str, Page]:
    """Every page by its code."""
    return {page.code: page for family in families() for page in family.pages}


def _family(text: str) -> Family:
    """`# KEY Vietnamese title | English title`, then pages."""
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    key, _, title = head.strip().removeprefix("# ").partition(" ")
    titles = dict(zip(LANGUAGES, title.split(" | "), strict=True))
    return Family(key=key, titles=titles, pages=tuple(map(_page, parts)))


def _page(part: str) -> Page:
    code, _, rest = part.partition("\n")
    said = [paragraph for paragraph in _FENCE.sub("", rest).strip().split("\n\n") if paragraph.strip()]
    return Page(code=code.strip(), told=dict(zip(LANGUAGES, map(_told, said), strict=True)), examples=tuple(_examples(rest)))


def _told(paragraph: str) -> Told:
    found = _TITLE.match(" ".join(paragraph.split()))
    if found is None:
        raise ValueError(f"a page's paragraph begins with its title: {paragraph}")
    return Told(title=found[1].rstrip("."), text=found[2])


def _examples(rest: str) -> Iterator[Example]:
    for found in _FENCE.finditer(rest):
        whole = found[3] == WHOLE
        file = PROCESS if whole or not found[3] else found[3]
        yield Example(right=found[2] == "right", file=file, text=found[4], tried=found[1] == "yaml", whole=whole)

"""The reference of the language as the tests read it: its pages, their sections, their blocks, and an office to lay them in.

After a fence's ` ```yaml ` stands what the block is:

    nothing                    a piece of the procedure that the reference begins with: its keys lie over that one's
    FILE                       a file beside it (visit/process.yaml, templates/…), whole: from there on it is part of the page
    request/process.yaml       the procedure itself
    scenario                   a scenario; it is played on the piece before it

` ```expressions ` and ` ```moments ` hold one `text → value` a line.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflow.authoring.read import parse

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
FIRST = REFERENCE / "language.md"
PROCESS = "request/process.yaml"
SHIPPED = ("organisation.yaml", "calendar.yaml", "document-types.yaml")

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,4}) (.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its language, what it is, its text and where it stands."""

    page: str
    line: int
    language: str
    mark: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block to be tried, the files that its page had by then, and for a scenario the piece that it is played on."""

    block: Block
    beside: Mapping[str, str]
    under: Block | None = None


def pages() -> list[Path]:
    """The pages of the reference, the first one first."""
    return [FIRST, *sorted((REFERENCE / "language").glob("*.md"))]


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(page=page.name, line=text.count("\n", 0, found.start()) + 1, language=found[1], mark=found[2] or "", text=found[3])
        for found in _FENCE.finditer(text)
    ]


def pieces() -> Iterator[Piece]:
    """Every YAML block but the files beside, in order, page by page."""
    for page in pages():
        beside: dict[str, str] = {}
        under: Block | None = None
        for block in blocks(page):
            if block.language != "yaml" or (block.mark not in {"", "scenario", PROCESS}):
                if block.mark and block.language in {"yaml", "jinja"}:
                    beside[block.mark] = block.text
                continue
            if block.mark != "scenario":
                under = block
            yield Piece(block=block, beside=dict(beside), under=under if block.mark == "scenario" else None)


def sections(page: Path) -> dict[str, str]:
    """The text below each heading, up to the next one of its rank or a higher; the heading without its marks."""
    lines = page.read_text("utf-8").splitlines()
    heads = [(at, len(found[1]), found[2]) for at, line in enumerate(lines) if (found := _HEADING.match(line))]
    made = {}
    for at, rank, title in heads:
        end = next((other for other, its, _ in heads if other > at and its <= rank), len(lines))
        made[title] = "\n".join(lines[at:end])
    return made


# ---- the office --------------------------------------------------------------------------------------------------------


@cache
def first_blocks() -> dict[str, str]:
    """The files that the first page holds: the procedure and its template."""
    return {block.mark: block.text for block in blocks(FIRST) if block.mark and block.mark != "scenario"}


@cache
def shipped() -> dict[str, bytes]:
    """Organisation, calendar and document types as they ship."""
    return {name: (ROOT / "definitions" / name).read_bytes() for name in SHIPPED}


@cache
def plain(text: str):
    node, problems = parse("block", text)
    assert problems == [], [str(problem) for problem in problems]
    return node.plain()


def merged(base, piece):
    """`piece` laid over `base`: keys within keys, everything else replaced."""
    if not (isinstance(base, dict) and isinstance(piece, dict)):
        return piece
    return {**base, **{key: merged(base.get(key), value) for key, value in piece.items()}}


def folder(block: Block, beside: Mapping[str, str]) -> dict[str, bytes]:
    """The definitions with a block in its place, as files."""
    files = {**first_blocks(), **{name: text for name, text in beside.items() if _needed(name, block.text)}}
    if block.mark == "":
        laid = merged(plain(files[PROCESS]), plain(block.text))
        files[PROCESS] = json.dumps(laid, ensure_ascii=False, default=str)
    return shipped() | {name: text.encode() for name, text in files.items()}


def _needed(name: str, text: str) -> bool:
    """A template is there for the pieces that name it: else it would be one too many."""
    return "/templates/" not in name or name.rpartition("/")[2] in text

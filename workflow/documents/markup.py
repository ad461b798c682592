"""The light markup of bodies, read into blocks (docs/reference/body-markup.md).

What comes from a case's fields is escaped before it gets here (`escaped`): each sign that could be taken for markup
has a backslash before it, and line ends within a value are `HARD`.
"""

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from workflow.documents.sheet import Run

HARD = "\u2028"
"""A line end within a field's value: a new paragraph, or a new line in a table."""

_SPECIAL = re.compile(r"([\\*|#>^)-])")
_HEADING = re.compile(r"(#{1,3}) +(.*)")
_ITEM = re.compile(r"(-|[a-zđ]\)) +(.*)")
_SEPARATOR = re.compile(r"[|\s:-]*-[|\s:-]*")
_INLINE = re.compile(r"\\(.)|(\*\*)|(\*)", re.DOTALL)
_CELL = re.compile(r"((?:\\.|\\$|[^\\|])*)(?:\||$)")
COMMANDS = ("pagebreak", "appendix")
_COMMAND = re.compile(rf"\\({'|'.join(COMMANDS)})\b[ ]*(.*)")
UNKNOWN_COMMAND = re.compile(r"\s*\\([a-z]+)")
ADDRESS = "Kính gửi"


class Kind(Enum):
    """What a block is."""

    GROUND = "ground"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CENTRED = "centred"
    ADDRESS = "address"
    ADDRESSEE = "addressee"
    TABLE = "table"
    BREAK = "break"
    APPENDIX = "appendix"


class Block(Struct, frozen=True, kw_only=True):
    """One block: its runs (a table: its rows of cells); a heading's `level` 1 to 3; an item's `marker`."""

    kind: Kind
    runs: tuple[Run, ...] = ()
    level: int = 0
    marker: str = ""
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()


def escaped(value: str) -> str:
    """A field's text, so that it is printed as it is, whatever signs it holds."""
    return _SPECIAL.sub(r"\\\1", value.strip()).replace("\n", HARD)


def plain(body: str) -> str:
    """A body as people read it: the escapes taken off, the template's own markup left."""
    return re.sub(r"\\([\\*|#>^)-])", r"\1", body).replace(HARD, "\n")


def parse(body: str) -> tuple[Block, ...]:
    """The blocks of a body, in order. Any text is a body: what is no markup is a paragraph."""
    blocks: list[Block] = []
    for lines in _groups(body):
        for block in _blocks(lines):
            after_address = bool(blocks) and blocks[-1].kind in {Kind.ADDRESS, Kind.ADDRESSEE}
            blocks.append(replace(block, kind=Kind.ADDRESSEE) if block.kind is Kind.ITEM and after_address else block)
    return tuple(blocks)


def _groups(body: str) -> Iterator[list[str]]:
    """Lines that belong together: of one table, or one line with those that carry it on."""
    group: list[str] = []
    for raw in body.split("\n"):
        line = raw.strip()
        if group and (not line or not _carries_on(group[0], line)):
            yield group
            group = []
        if line:
            group.append(line)
    if group:
        yield group


def _carries_on(first: str, line: str) -> bool:
    if first.startswith("|"):
        return line.startswith("|")
    return not _starts(line) and not _starts(first, but_items=True)


def _starts(line: str, *, but_items: bool = False) -> bool:
    """Whether the line begins a block of its own. An item is carried on by the plain lines below it, others are not."""
    if line.startswith((">", "|", "^")) or line == "---" or _HEADING.match(line) or _COMMAND.match(line):
        return True
    return bool(_ITEM.match(line)) and not but_items


def _blocks(lines: list[str]) -> list[Block]:
    if lines[0].startswith("|"):
        return [_table(lines)]
    line = " ".join(lines)
    if line == "---":
        return [Block(kind=Kind.BREAK)]
    if found := _COMMAND.match(line):
        return [Block(kind=Kind.BREAK if found[1] == "pagebreak" else Kind.APPENDIX, runs=_runs(found[2]))]
    if found := _HEADING.match(line):
        return [Block(kind=Kind.HEADING, level=len(found[1]), runs=_runs(found[2]))]
    if line[0] in ">^":
        return [Block(kind=Kind.GROUND if line[0] == ">" else Kind.CENTRED, runs=_runs(line[1:].strip()))]
    return _text(line)


def _text(line: str) -> list[Block]:
    """A paragraph or an item; a value of several lines makes further paragraphs."""
    found = _ITEM.match(line)
    first, *others = _paragraphs(_runs(found[2] if found else line))
    if found:
        head = Block(kind=Kind.ITEM, marker=found[1], runs=first)
    else:
        head = Block(kind=Kind.ADDRESS if line.startswith(ADDRESS) else Kind.PARAGRAPH, runs=first)
    return [head, *(Block(kind=Kind.PARAGRAPH, runs=runs) for runs in others)]


def _table(lines: list[str]) -> Block:
    rows = [_cells(line) for line in lines if not _SEPARATOR.fullmatch(line)]
    columns = max((len(row) for row in rows), default=0)
    return Block(kind=Kind.TABLE, rows=tuple((*row, *[()] * (columns - len(row))) for row in rows))


def _cells(line: str) -> tuple[tuple[Run, ...], ...]:
    texts = _CELL.findall(line[1:])[:-1]  # an empty one is always found at the very end
    return tuple(_runs(text.strip()) for text in texts)


def _runs(text: str) -> tuple[Run, ...]:
    """The text with its looks: `**` turns bold on and off, `*` italic; one beside a space on its inner side is a sign."""
    runs: list[Run] = []
    bold = italic = False
    at, piece = 0, ""
    for found in _INLINE.finditer(text):
        piece += text[at : found.start()]
        at = found.end()
        literal = found[1]
        if not literal and not _turns(text, found, on=bold if found[2] else italic):
            literal = found[0]
        if literal:
            piece += literal
            continue
        _add(runs, piece, bold=bold, italic=italic)
        piece = ""
        bold, italic = (not bold, italic) if found[2] else (bold, not italic)
    _add(runs, piece + text[at:], bold=bold, italic=italic)
    return tuple(runs)


def _turns(text: str, found: re.Match[str], *, on: bool) -> bool:
    """Whether asterisks turn a look: they open before a sign, and close after one."""
    if on:
        return not text[found.start() - 1].isspace()
    return found.end() < len(text) and not text[found.end()].isspace()


def _add(runs: list[Run], text: str, *, bold: bool, italic: bool) -> None:
    if text:
        runs.append(Run(text=text.replace(HARD, "\n"), bold=bold, italic=italic))


def _paragraphs(runs: tuple[Run, ...]) -> list[tuple[Run, ...]]:
    """The runs cut at line ends, each with its look; empty lines left out."""
    found: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        found[-1].append(replace(run, text=first))
        found += [[replace(run, text=text)] for text in others]
    kept = [tuple(run for run in part if run.text) for part in found]
    return [part for part in kept if "".join(run.text for run in part).strip()] or [()]

"""A body's blocks laid out: grounds, headings, paragraphs, items, addressees, tables."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from workflow.documents.coverage import width
from workflow.documents.frames.common import Style, appendix_lines, parts
from workflow.documents.markup import Block, Kind
from workflow.documents.paper import Paper
from workflow.documents.sheet import Align, Break, Element, Grid, Line, Run, Sheet

_FIGURES = re.compile(r"[\d.,%/\s–-]+")
_CELL_ROOM = 4.2
"""What a cell's margins and rules take of its width, mm."""
_COLUMN = 70.0
"""A column asks for no more than this before its text is broken, mm."""


def whole(paper: Paper, style: Style, *, head: Sequence[Element], foot: Sequence[Element]) -> Sheet:
    """The paper: the frame's head, the body, the frame's foot, the appendices."""
    main, appendices = parts(paper.blocks)
    elements = [*head, *lay(main, style, ends=True), *foot]
    for block in appendices:
        opens = block.kind is Kind.APPENDIX
        elements += appendix_lines(paper, block, style) if opens else lay([block], style)
    author = " - ".join(issuer.title for issuer in paper.issuers)
    return Sheet(page=style.page, size=style.size, elements=tuple(elements), title=paper.full_title, author=author, dated=paper.day)


def lay(blocks: Sequence[Block], style: Style, *, ends: bool = False) -> list[Element]:
    """The blocks laid out; `ends`: they are the paper's body, so the last text bears the end mark."""
    found = _grounds(list(blocks), style)
    if ends:
        found = _ended(found, style.end)
    after = [*[block.kind for block in found[1:]], None]
    return [_element(block, style, following) for block, following in zip(found, after, strict=True)]


def _grounds(blocks: list[Block], style: Style) -> list[Block]:
    """Legal grounds with their ends: `;` after each, the frame's own sign after the last."""
    of_law = [at for at, block in enumerate(blocks) if block.kind is Kind.GROUND]
    for at in of_law:
        blocks[at] = replace(blocks[at], runs=_with_end(blocks[at].runs, style.ground_end if at == of_law[-1] else ";"))
    return blocks


def _ended(blocks: list[Block], end: str) -> list[Block]:
    """The last text with the end mark (`./.` or `.`); after a table `./.` stands alone."""
    if blocks and blocks[-1].kind in {Kind.PARAGRAPH, Kind.ITEM, Kind.ADDRESSEE}:
        return [*blocks[:-1], replace(blocks[-1], runs=_with_end(blocks[-1].runs, end))]
    return [*blocks, Block(kind=Kind.PARAGRAPH, runs=(Run(text=end),))] if end != "." else blocks


def _with_end(runs: tuple[Run, ...], end: str) -> tuple[Run, ...]:
    """The runs ended by `end`, in place of what they end with; a question or an ellipsis keeps its own sign."""
    *before, last = runs or (Run(text=""),)
    text = last.text.rstrip().removesuffix("./.").rstrip()
    if end == "." and text.endswith((".", "?", "!", "…")):
        return (*before, replace(last, text=text))
    return (*before, replace(last, text=text.rstrip(" .;,") + end))


def _element(block: Block, style: Style, following: Kind | None) -> Element:
    if block.kind is Kind.BREAK:
        return Break()
    if block.kind is Kind.TABLE:
        return _grid(block, style)
    keep = block.kind in {Kind.HEADING, Kind.ADDRESS} or following is None
    return replace(_line(block, style, following), keep=keep)


def _line(block: Block, style: Style, following: Kind | None) -> Line:
    """A block of text as one paragraph."""
    base = Line(
        runs=block.runs,
        size=style.size,
        align=Align.JUSTIFY,
        indent=style.indent,
        before=style.before,
        lines=style.lines,
        exact=style.exact,
    )
    match block.kind:
        case Kind.GROUND:
            lead = (style.ground,) if style.ground.text else ()
            return replace(base, runs=(*lead, *(replace(run, italic=run.italic or style.ground.italic) for run in block.runs)))
        case Kind.HEADING:
            return replace(base, runs=tuple(replace(run, bold=True, italic=run.italic or block.level == 3) for run in block.runs))  # noqa: PLR2004  a) … is the third level
        case Kind.ITEM:
            return replace(base, runs=(Run(text=f"{block.marker} "), *block.runs))
        case Kind.CENTRED:
            return replace(base, align=Align.CENTRE, indent=0)
        case Kind.ADDRESS if following is not Kind.ADDRESSEE:
            return replace(base, align=Align.CENTRE, indent=0, before=12)
        case Kind.ADDRESS:
            return replace(base, align=Align.LEFT, indent=0, left=25, before=12)
        case Kind.ADDRESSEE:
            return replace(base, runs=(Run(text=f"{block.marker} "), *block.runs), align=Align.LEFT, indent=0, left=45, before=0)
        case _:
            return base


def _grid(block: Block, style: Style) -> Grid:
    """A table: its head bold and centred, figures centred, one point smaller than the text."""
    size = style.size - 1
    rows = [tuple(_cell(runs, size, head=at == 0) for runs in row) for at, row in enumerate(block.rows)]
    return Grid(widths=_shares(rows, style.page.width), rows=tuple(rows), before=style.before)


def _cell(runs: tuple[Run, ...], size: float, *, head: bool) -> Line:
    if head:
        return Line(runs=tuple(replace(run, bold=True) for run in runs), size=size, align=Align.CENTRE)
    figures = _FIGURES.fullmatch("".join(run.text for run in runs))
    return Line(runs=runs, size=size, align=Align.CENTRE if figures else Align.LEFT)


def _shares(rows: Sequence[Sequence[Line]], room: float) -> tuple[float, ...]:
    """The columns' widths, mm: each its longest word at least, then by what its text asks for."""
    columns = list(zip(*rows, strict=True))
    least = [max(_widest_word(cell) for cell in column) + _CELL_ROOM for column in columns]
    asked = [max(low, *(min(_whole(cell), _COLUMN) + _CELL_ROOM for cell in column)) for low, column in zip(least, columns, strict=True)]
    if sum(least) >= room or sum(asked) <= room:
        chosen = least if sum(least) >= room else asked
        return tuple(share * room / sum(chosen) for share in chosen)
    factor = (room - sum(least)) / (sum(asked) - sum(least))
    return tuple(low + (high - low) * factor for low, high in zip(least, asked, strict=True))


def _widest_word(cell: Line) -> float:
    return max((width(word, cell.size, bold=_bold(cell)) for word in cell.text.split()), default=0)


def _whole(cell: Line) -> float:
    return max(width(part, cell.size, bold=_bold(cell)) for part in cell.text.split("\n"))


def _bold(cell: Line) -> bool:
    return any(run.bold for run in cell.runs)

"""What both frames share: names of bodies, titles, signatures, recipients, appendices."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from workflow.documents.coverage import width, wrapped
from workflow.documents.markup import Block, Kind
from workflow.documents.paper import Issuer, Paper, Signer
from workflow.documents.sheet import Align, Break, Columns, Element, Line, Page, Run

TITLE = 150.0
"""The widest line of a title, mm."""
RULE = 0.4
"""Rules under names and titles are a third to a half of the line above."""
SIGNING = 64.0
"""Points left for a signature and seal, between the post and the name."""


class Style(Struct, frozen=True, kw_only=True):
    """How a frame sets its papers. Sizes in points, lengths in mm."""

    page: Page
    head: tuple[float, float]
    """The head's two columns."""
    size: float
    indent: float
    before: float
    lines: float = 1
    exact: float = 0
    ground: Run
    """The look of legal grounds; its text stands before each."""
    ground_end: str
    """What the last ground ends with."""
    end: str
    """What the paper ends with."""
    type_size: float
    title_size: float


def line(text: str, size: float, *, bold: bool = False, italic: bool = False, align: Align = Align.CENTRE, before: float = 0) -> Line:
    """A line of one look."""
    return Line(runs=(Run(text=text, bold=bold, italic=italic),), size=size, align=align, before=before)


def lines(texts: Iterable[str], size: float, *, bold: bool = False, italic: bool = False, before: float = 0) -> list[Line]:
    """Centred lines of one look, `before` pt above the first."""
    return [line(text, size, bold=bold, italic=italic, before=0 if at else before) for at, text in enumerate(texts)]


def widest(texts: Iterable[Line]) -> float:
    """The widest of some lines, mm."""
    return max((width(one.text, one.size, bold=one.runs[0].bold) for one in texts), default=0)


def issuer_lines(issuers: Sequence[Issuer], limit: float, size: float) -> list[Line]:
    """Whose paper it is: the body above (of a joint paper: if all have the same one), then the names in bold."""
    parents = {issuer.parent for issuer in issuers}
    above = wrapped(parents.pop().upper(), limit, size) if len(parents) == 1 else []
    names: list[str] = []
    for issuer in issuers:
        own = [text.upper() for text in issuer.lines] or wrapped(issuer.title.upper(), limit, size, bold=True)
        names = [*names[:-1], f"{names[-1]} -", *own] if names else own
    return [*lines(above, size), *lines(names, size, bold=True)]


def title_lines(paper: Paper, style: Style) -> list[Line]:
    """The type in capitals and the title below it; none for a letter."""
    if paper.letter:
        return []
    titles = wrapped(paper.title, TITLE, style.title_size, bold=True)
    return [line(paper.type_title.upper(), style.type_size, bold=True, before=18), *lines(titles, style.title_size, bold=True)]


def signature_lines(signer: Signer, limit: float, size: float, *, position_bold: bool) -> tuple[Line, ...]:
    """What stands above the name (the position last), the room to sign, and the name."""
    above: list[Line] = []
    for at, text in enumerate(signer.lines):
        bold = position_bold or at < len(signer.lines) - 1
        above += lines(wrapped(text.upper(), limit, size, bold=bold), size, bold=bold)
    return (*above, line(signer.name, size, bold=True, before=SIGNING))


def foot(style: Style, signatures: Sequence[tuple[Line, ...]], recipients: tuple[Line, ...]) -> list[Element]:
    """One signature at the right with the recipients beside it; of a joint paper the signatures side by side in the
    order of the issuers (as the bodies of the office sign their programme), the recipients below.
    """
    if len(signatures) == 1:
        return [Columns(widths=(75, style.page.width - 75), cells=(recipients, signatures[0]), before=12)]
    each = style.page.width / max(1, len(signatures))
    beside: list[Element] = [Columns(widths=(each,) * len(signatures), cells=tuple(signatures), before=12)] if signatures else []
    return [*beside, *recipients]


def half(style: Style, count: int) -> float:
    """The room of one signature among `count`, mm."""
    return style.page.width - 75 if count == 1 else style.page.width / max(1, count) - 3


def appendix_lines(paper: Paper, block: Block, style: Style) -> list[Element]:
    """A new page with the appendix's name (`I: Danh mục` → Phụ lục I, DANH MỤC) and whose appendix it is."""
    first, _, rest = "".join(run.text for run in block.runs).partition(":")
    label, title = (first, rest) if rest else ("", first)
    to = f"(Kèm theo {paper.type_title or 'Công văn'} số {paper.symbol} {paper.date_line})"
    return [
        Break(),
        line(f"Phụ lục {label}".strip(), style.title_size, bold=True),
        *lines(wrapped(title.strip().upper(), TITLE, style.title_size, bold=True), style.title_size, bold=True),
        line(to, style.size, italic=True),
    ]


def parts(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """The body proper, and the appendices, which stand after the signatures."""
    start = next((at for at, block in enumerate(blocks) if block.kind is Kind.APPENDIX), len(blocks))
    return list(blocks[:start]), list(blocks[start:])

"""Sheets as .docx, by python-docx. The zip is written anew with fixed times, so that the same sheet gives the same bytes."""

from datetime import datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec.structs import replace

from workflow.documents.blank import FONT, open_blank
from workflow.documents.sheet import Align, Break, Columns, Element, Grid, Line, Rule, Run, Sheet

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

_EPOCH = (1980, 1, 1, 0, 0, 0)
_JUSTIFY = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right", Align.JUSTIFY: "both"}
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


def write(sheet: Sheet) -> bytes:
    """The .docx."""
    document = open_blank()
    _set_up(document, sheet)
    body = document.element.body
    end = body[-1]  # the section's properties stay last
    for made in _apart([made for element in sheet.elements for made in _elements(element, sheet.page.width)]):
        end.addprevious(made)
    out = BytesIO()
    document.save(out)
    return zipped(out.getvalue())


def _make(tag: str, *children: Any, **attributes: object) -> "BaseOxmlElement":
    """An element of WordprocessingML; attributes of its own namespace."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{tag}", attrs={qn(f"w:{key}"): str(value) for key, value in attributes.items()})
    made.extend(children)
    return made


def _set_up(document: "Document", sheet: Sheet) -> None:
    """Page, fonts, the page's number, and what the file says of itself."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section, page = document.sections[0], sheet.page
    section.page_width, section.page_height = (Mm(side) for side in page.paper)
    if page.turned:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance, section.footer_distance = Mm(page.header), Mm(page.header)
    section.different_first_page_header_footer = True
    number = Line(runs=(), size=page.number_size, align=Align.CENTRE)
    header = section.header.paragraphs[0]._p  # noqa: SLF001  python-docx has no fields of its own
    header.getparent().replace(header, _page_number(number))
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(sheet.size)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = sheet.title[:255], sheet.author[:255], sheet.author[:255]
    properties.comments, properties.language, properties.revision = "", "vi-VN", 1
    properties.created = properties.modified = datetime.combine(sheet.dated, time())


def _apart(elements: "list[BaseOxmlElement]") -> "list[BaseOxmlElement]":
    """Tables that touch grow together, and none may end a page's text: a paragraph of no height between them."""
    found: list[BaseOxmlElement] = []
    for element in elements:
        if found and found[-1].tag == element.tag and element.tag.endswith("}tbl"):
            found.append(_nothing())
        found.append(element)
    return [*found, _nothing()] if found and found[-1].tag.endswith("}tbl") else found


def _nothing(points: float = 1) -> "BaseOxmlElement":
    """A paragraph that is only a space of so many points."""
    spacing = _make("spacing", before=0, after=0, line=_twips(points), lineRule="exact")
    return _make("p", _make("pPr", spacing, _make("rPr", _make("sz", val=2))))


def _elements(element: Element, room: float) -> "list[BaseOxmlElement]":
    """An element; a table has no space of its own above it."""
    made = _element(element, room)
    return [_nothing(element.before), made] if isinstance(element, Grid) else [made]


def _element(element: Element, room: float) -> "BaseOxmlElement":
    match element:
        case Line():
            return _line(element)
        case Rule():
            return _rule(element, room)
        case Columns():
            return _columns(element)
        case Grid():
            return _grid(element)
        case Break():
            return _make("p", _make("r", _make("br", type="page")))


def _line(line: Line) -> "BaseOxmlElement":
    """A paragraph with its properties in the schema's order."""
    pitch = {"line": _twips(line.exact), "lineRule": "exact"} if line.exact else {"line": round(240 * line.lines), "lineRule": "auto"}
    own = [
        *([_make("keepNext")] if line.keep else []),
        _make("spacing", before=_twips(line.before), after=0, **pitch),
        _make("ind", left=_mm(line.left), firstLine=_mm(line.indent)),
        _make("jc", val=_JUSTIFY[line.align]),
        _make("rPr", _make("sz", val=round(line.size * 2))),
    ]
    return _make("p", _make("pPr", *own), *(_run(run, line.size) for run in line.runs))


def _run(run: Run, size: float) -> "BaseOxmlElement":
    looks = [_make(tag) for tag, on in (("b", run.bold), ("i", run.italic)) if on]
    under = [_make("u", val="single")] if run.underline else []
    own = _make("rPr", *looks, _make("sz", val=round(size * 2)), *under)
    pieces: list[BaseOxmlElement] = []
    for at, part in enumerate(run.text.split("\n")):
        text = _make("t")
        text.text = part
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        pieces += [_make("br"), text] if at else [text]
    return _make("r", own, *pieces)


def _rule(rule: Rule, room: float) -> "BaseOxmlElement":
    """A paragraph of no height whose upper border is as wide as the rule, in the middle of its column."""
    side = _mm(max(0.0, (room - rule.width) / 2))
    border = _make("pBdr", _make("top", val="single", sz=6, space=0, color="000000"))
    spacing = _make("spacing", before=_twips(rule.before), after=0, line=40, lineRule="exact")
    return _make("p", _make("pPr", border, spacing, _make("ind", left=side, right=side), _make("rPr", _make("sz", val=2))))


def _columns(columns: Columns) -> "BaseOxmlElement":
    cells = [
        _cell([_above(item, columns.before if at == 0 else 0) for at, item in enumerate(cell)], room)
        for cell, room in zip(columns.cells, columns.widths, strict=True)
    ]
    row = _make("tr", _make("trPr", _make("cantSplit")), *cells)
    return _table(columns.widths, [row], margin=0, border="nil")


def _above(item: Line | Rule, points: float) -> Line | Rule:
    return replace(item, before=item.before + points)


def _cell(items: "list[Line | Rule]", room: float) -> "BaseOxmlElement":
    found = [_element(item, room) for item in items] or [_nothing()]
    return _make("tc", _make("tcPr", _make("tcW", w=_mm(room), type="dxa")), *found)


def _grid(grid: Grid) -> "BaseOxmlElement":
    rows = []
    for at, row in enumerate(grid.rows):
        cells = [_cell([cell], room) for cell, room in zip(row, grid.widths, strict=True)]
        head = [_make("trPr", _make("cantSplit"), _make("tblHeader"))] if at == 0 else []
        rows.append(_make("tr", *head, *cells))
    return _table(grid.widths, rows, margin=1.9, border="single")


def _table(widths: tuple[float, ...], rows: "list[BaseOxmlElement]", *, margin: float, border: str) -> "BaseOxmlElement":
    """A table of fixed widths that starts at the text's edge."""
    borders = [_make(edge, val=border, sz=4, space=0, color="000000") for edge in _BORDERS]
    sides = [_make(side, w=_mm(margin * share), type="dxa") for side, share in (("top", 0.4), ("left", 1), ("bottom", 0.4), ("right", 1))]
    own = [
        _make("tblW", w=_mm(sum(widths)), type="dxa"),
        _make("tblInd", w=0, type="dxa"),
        _make("tblBorders", *borders),
        _make("tblLayout", type="fixed"),
        _make("tblCellMar", *sides),
    ]
    columns = [_make("gridCol", w=_mm(room)) for room in widths]
    return _make("tbl", _make("tblPr", *own), _make("tblGrid", *columns), *rows)


def _page_number(line: Line) -> "BaseOxmlElement":
    paragraph = _line(line)
    size = _make("rPr", _make("sz", val=round(line.size * 2)))
    paragraph.append(_make("fldSimple", _make("r", size, _make("t")), instr="PAGE"))
    return paragraph


def _mm(length: float) -> int:
    """Millimetres as twentieths of a point."""
    return round(length * 1440 / 25.4)


def _twips(points: float) -> int:
    return round(points * 20)


def zipped(data: bytes) -> bytes:
    """The same files in the same order, with one fixed time and owner."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as read, ZipFile(out, "w") as written:
        for name in read.namelist():
            info = ZipInfo(name, _EPOCH)
            info.compress_type, info.create_system = ZIP_DEFLATED, 0
            written.writestr(info, read.read(name))
    return out.getvalue()

"""Registers as files: .csv, .xlsx, .docx, .pdf. The same register gives the same bytes."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workflow.documents.registers.forms import Register
from workflow.signs import without

if TYPE_CHECKING:
    from workflow.documents.sheet import Sheet

KINDS = ("csv", "xlsx", "docx", "pdf")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(register: Register, kind: str, day: date) -> bytes:
    """The register's file; `day`: the one that it bears as its time of making. Raises CharacterRefused, KeyError for no such kind."""
    kept = replace(
        register,
        body=without(register.body),
        rows=tuple(tuple(map(without, row)) for row in register.rows),
    )
    writers = {"csv": as_csv, "xlsx": as_xlsx, "docx": as_docx, "pdf": as_pdf}
    return writers[kind](kept, day)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_csv(register: Register, day: date) -> bytes:  # noqa: ARG001 - every writer is asked alike
    """As UTF-8 with a byte order mark, which spreadsheets ask for; cells that begin like formulas are guarded."""
    out = StringIO()
    lines = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerow(register.form.headings)
    lines.writerows([guarded(cell) for cell in row] for row in register.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(register: Register, day: date) -> bytes:
    """As a workbook: a cover and a sheet; all cells are texts, whatever they begin with."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a day without a zone, as the format keeps it
    book.set_properties({"title": register.form.title, "author": register.body, "created": made})
    centred = book.add_format({"font_name": "Times New Roman", "align": "center", "font_size": 14})
    title = book.add_format({"font_name": "Times New Roman", "align": "center", "font_size": 18, "bold": True})
    head = book.add_format(
        {"font_name": "Times New Roman", "bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    )
    plain = book.add_format({"font_name": "Times New Roman", "border": 1, "text_wrap": True, "valign": "top"})
    cover = book.add_worksheet("Bìa")
    cover.set_column(0, 0, 90)
    for at, (text, look) in enumerate([(register.body.upper(), centred), ("", centred), (register.form.title.upper(), title)]):
        cover.write_string(at + 4, 0, text, look)
    for at, text in enumerate(register.cover):
        cover.write_string(at + 8, 0, text, centred)
    sheet = book.add_worksheet("Sổ")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for at, (_, heading, share) in enumerate(register.form.columns):
        sheet.set_column(at, at, share * 1.3)
        sheet.write_string(0, at, heading, head)
    for line, row in enumerate(register.rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, cell, plain)
    book.close()
    return out.getvalue()


def legible(register: Register) -> Register:
    """The register with a box for each character that no page holds, where a file must come of it all the same."""
    from workflow.documents.coverage import legible as boxed

    return replace(register, rows=tuple(tuple(map(boxed, row)) for row in register.rows))


def as_docx(register: Register, day: date) -> bytes:
    """As a Word file on A4 turned, the head repeated on each page."""
    from workflow.documents import word

    return word.write(laid(register, day))


def as_pdf(register: Register, day: date) -> bytes:
    """As a PDF/A-2b on A4 turned."""
    from workflow.documents import pdf

    return pdf.write(laid(register, day))


def laid(register: Register, day: date) -> "Sheet":
    """The register's pages: the cover, then its lines. Raises CharacterRefused for what no page can hold."""
    from workflow.documents.coverage import clean, shown, unprintable
    from workflow.documents.coverage import legible as boxed
    from workflow.documents.frames.common import line
    from workflow.documents.sheet import Align, Break, Element, Grid, Line, Page, Run, Sheet
    from workflow.errors import CharacterRefused

    page = Page(top=15, bottom=15, left=20, right=15, number_size=12, header=8, turned=True)
    for at, row in enumerate(register.rows, 1):
        for cell, key in zip(row, register.form.keys, strict=True):
            if sign := unprintable(clean(cell)):
                printed = f"{register.form.title}, {at}: {register.form.headings[register.form.keys.index(key)]}"
                raise CharacterRefused(place=f"{register.form.key} {at}: {key}", printed=printed, character=shown(sign))
    cover = [
        line(boxed(register.body.upper()), 14, bold=True, before=90),
        line(register.form.title.upper(), 22, bold=True, before=60),
        *(line(text, 16, before=24 if at == 0 else 6) for at, text in enumerate(register.cover)),
    ]
    shares = [share for _, _, share in register.form.columns]
    widths = tuple(share * page.width / sum(shares) for share in shares)
    head = tuple(Line(runs=(Run(text=text, bold=True),), size=11, align=Align.CENTRE) for text in register.form.headings)
    body = [tuple(Line(runs=(Run(text=clean(cell)),), size=11) for cell in row) for row in register.rows]
    title = f"{register.form.title} {register.year}"
    elements: tuple[Element, ...] = (*cover, Break(), Grid(widths=widths, rows=(head, *body), before=0))
    return Sheet(page=page, size=12, elements=elements, title=title, author=boxed(register.body), dated=day)

"""Sheets as .pdf, by typst. The compiler stays warm in the process; what is printed goes in as data."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from workflow.documents.coverage import FONTS
from workflow.documents.sheet import Break, Columns, Element, Grid, Line, Rule, Run, Sheet
from workflow.plain import canonical

if TYPE_CHECKING:
    import typst

SINGLE = 1.15
"""The font's own pitch, as word processors set single lines: times its size."""

_ONE_AT_A_TIME = Lock()  # a compiler serves one call at a time


@cache
def _compiler() -> "typst.Compiler":
    import typst

    page = Path(__file__).parent / "page.typ"
    return typst.Compiler(page, font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]))


def write(sheet: Sheet) -> bytes:
    """The .pdf, as PDF/A-2b, which is fit to be kept: fonts within, no sign without its shape. The same sheet gives the
    same bytes, whatever the zone. A font or sign that is not there is a fault of ours: RuntimeError.
    """
    dated = datetime(sheet.dated.year, sheet.dated.month, sheet.dated.day, tzinfo=UTC)
    with _ONE_AT_A_TIME:
        data, warnings = _compiler().compile_with_warnings(
            format="pdf", sys_inputs={"sheet": canonical(_plain(sheet))}, timestamp=dated, pdf_tags=False, pdf_standards="a-2b"
        )
    if warnings or not isinstance(data, bytes):
        msg = f"typst warned: {'; '.join(warning.message for warning in warnings)}"
        raise RuntimeError(msg)
    return data


def _plain(sheet: Sheet) -> dict[str, Any]:
    page = {key: getattr(sheet.page, key) for key in ("top", "bottom", "left", "right", "number_size", "header", "turned")}
    dated = [sheet.dated.year, sheet.dated.month, sheet.dated.day]
    elements = [_element(element) for element in sheet.elements]
    return {"page": page, "size": sheet.size, "title": sheet.title, "author": sheet.author, "dated": dated, "elements": elements}


def _element(element: Element) -> dict[str, Any]:
    match element:
        case Line():
            return _line(element)
        case Rule():
            return {"kind": "rule", "above": element.before, "width": element.width}
        case Columns():
            cells = [[_element(item) for item in cell] for cell in element.cells]
            first = max((cell[0]["above"] for cell in cells if cell), default=0)  # the top of a column swallows its own space
            return {"kind": "columns", "above": element.before + first, "widths": element.widths, "cells": cells}
        case Grid():
            rows = [[_element(cell) for cell in row] for row in element.rows]
            return {"kind": "grid", "above": element.before + 3, "widths": element.widths, "rows": rows}
        case Break():
            return {"kind": "break"}


def _line(line: Line) -> dict[str, Any]:
    """A paragraph; above it is what a word processor leaves: its own space and what its pitch adds to its size."""
    leading = (line.exact or line.lines * SINGLE * line.size) - line.size
    return {
        "kind": "line",
        "runs": [_run(run) for run in line.runs],
        "size": line.size,
        "align": line.align.value,
        "indent": line.indent,
        "left": line.left,
        "above": line.before + leading,
        "leading": leading,
        "keep": line.keep,
    }


def _run(run: Run) -> dict[str, Any]:
    return {"text": run.text, "bold": run.bold, "italic": run.italic, "underline": run.underline}

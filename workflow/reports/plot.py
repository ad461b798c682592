"""A forecast as a picture: stacked bars, a day each, as SVG; and as a page of HTML with its table. No library draws it."""

from collections.abc import Iterator, Sequence
from html import escape

from workflow.answers import Forecast, ForecastDay
from workflow.phrases import phrase

COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0")
"""Told apart also by those who see colours differently; used again beyond ten units."""
LEFT, TOP, BOTTOM, PLOT = 48, 56, 64, 260
BAR, GAP = 22, 6
KEY_LINE = 20
_STEPS = (1, 2, 5)
_MONDAY = 0


def svg(found: Forecast, language: str) -> str:
    """The picture. Days off are shaded; what is past already stands apart, before the first day."""
    step = BAR + GAP
    width = LEFT + step * (len(found.days) + 2) + GAP
    keys = KEY_LINE * (len(found.units) or 1)
    height = TOP + PLOT + BOTTOM + keys
    top = max([1, sum(unit.overdue for unit in found.units), *(one.total for one in found.days)])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#222" role="img">'
    )
    parts = [
        head,
        f"<title>{escape(_title(found, language))}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" font-weight="bold">{escape(_title(found, language))}</text>',
        *_grid(top, width),
        *_overdue(found, top, language),
        *(line for at, one in enumerate(found.days) for line in _day(found, one, LEFT + step * (at + 2), top)),
        *_keys(found, language),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def html(found: Forecast, language: str) -> str:
    """A page with the picture and the table."""
    heads = [phrase("Day", language), *(unit.title for unit in found.units), phrase("Together", language), ""]
    late = [unit.overdue for unit in found.units]
    past = [phrase("past already", language), *(str(count or "") for count in late), str(sum(late))]
    rows = [[*past, ""], *(_row(one) for one in found.days)]
    title = escape(_title(found, language))
    style = (
        "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}"
        "td,th{border:1px solid #ccc;padding:.25em .6em;text-align:right}"
        "td:first-child,td:last-child{text-align:left}tr.off{background:#eee}svg{max-width:100%;height:auto}"
    )
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head><body>',
        svg(found, language).rstrip(),
        "<table>",
        f"<tr>{_cells(heads, 'th')}</tr>",
        *(f"<tr{_off(found, at)}>{_cells(row, 'td')}</tr>" for at, row in enumerate(rows)),
        "</table>",
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _title(found: Forecast, language: str) -> str:
    span = {"first": found.first.strftime("%d/%m/%Y"), "last": found.last.strftime("%d/%m/%Y")}
    return phrase("What falls due, {first} to {last}", language, **span)


def _row(one: ForecastDay) -> list[str]:
    return [one.day.strftime("%d/%m/%Y"), *(str(count or "") for count in one.counts), str(one.total or ""), one.why]


def _off(found: Forecast, at: int) -> str:
    return "" if not at or found.days[at - 1].works else ' class="off"'


def _cells(cells: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)


# ---- the picture -----------------------------------------------------------------------------------------------------


def _colour(at: int) -> str:
    return COLOURS[at % len(COLOURS)]


def _y(count: int, top: int) -> float:
    return TOP + PLOT - round(PLOT * count / top, 1)


def _grid(top: int, width: int) -> Iterator[str]:
    """Lines at round numbers, about five of them."""
    size = 1
    while top / size > 10:  # noqa: PLR2004 - a handful of lines
        size *= 10
    step = next((size * one for one in _STEPS if top / (size * one) <= 6), size * 10)  # noqa: PLR2004 - the same
    for count in range(0, top + 1, step):
        y = _y(count, top)
        yield f'<line x1="{LEFT}" y1="{y}" x2="{width - GAP}" y2="{y}" stroke="{"#888" if not count else "#ddd"}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{count}</text>'


def _stack(counts: Sequence[int], x: int, top: int) -> Iterator[str]:
    below = 0
    for at, count in enumerate(counts):
        if count:
            y = _y(below + count, top)
            yield f'<rect x="{x}" y="{y}" width="{BAR}" height="{round(_y(below, top) - y, 1)}" fill="{_colour(at)}"/>'
            below += count
    if below:
        yield f'<text x="{x + BAR // 2}" y="{_y(below, top) - 4}" text-anchor="middle" font-size="11">{below}</text>'


def _overdue(found: Forecast, top: int, language: str) -> Iterator[str]:
    """What is past already, before the first day, framed."""
    counts = [unit.overdue for unit in found.units]
    yield from _stack(counts, LEFT + GAP, top)
    if any(counts):
        y = _y(sum(counts), top)
        size = f'width="{BAR}" height="{round(TOP + PLOT - y, 1)}"'
        yield f'<rect x="{LEFT + GAP}" y="{y}" {size} fill="none" stroke="#c00" stroke-width="2"/>'
    yield _below(LEFT + GAP, escape(phrase("past", language)), "#c00")


def _day(found: Forecast, one: ForecastDay, x: int, top: int) -> Iterator[str]:
    if not one.works:
        yield f'<rect x="{x - GAP // 2}" y="{TOP}" width="{BAR + GAP}" height="{PLOT}" fill="#000" fill-opacity="0.06"/>'
    if one.day.weekday() == _MONDAY and one is not found.days[0]:
        yield f'<line x1="{x - GAP // 2}" y1="{TOP}" x2="{x - GAP // 2}" y2="{TOP + PLOT}" stroke="#bbb" stroke-dasharray="2 3"/>'
    yield from _stack(one.counts, x, top)
    colour = "#222" if one.works else "#999"
    yield _below(x, one.day.strftime("%d/%m"), colour)


def _below(x: int, text: str, colour: str) -> str:
    """What stands below a bar, slanting."""
    at = f"translate({x + BAR // 2 + 4} {TOP + PLOT + 10}) rotate(-60)"
    return f'<text transform="{at}" text-anchor="end" fill="{colour}">{text}</text>'


def _keys(found: Forecast, language: str) -> Iterator[str]:
    y = TOP + PLOT + BOTTOM
    if not found.units:
        yield f'<text x="{LEFT}" y="{y}">{escape(phrase("Nothing falls due.", language))}</text>'
    for at, unit in enumerate(found.units):
        yield f'<rect x="{LEFT}" y="{y + at * KEY_LINE - 11}" width="13" height="13" fill="{_colour(at)}"/>'
        yield f'<text x="{LEFT + 20}" y="{y + at * KEY_LINE}">{escape(unit.title)}</text>'

"""Tables whose columns stand under each other whatever the language: widths are counted in columns, not letters."""

from collections.abc import Sequence

from workflow.console.look import Look, one_line, width

GAP = "  "
NARROWEST = 12
"""No column is squeezed below this, whatever the terminal."""


def table(
    headings: Sequence[str], rows: Sequence[Sequence[object]], look: Look, *, indent: str = "", tint: Sequence[str] = ()
) -> list[str]:
    """The lines of a table; columns that are empty in every row are left out. `tint`: a colour or '' for each row.

    In a terminal the widest columns are squeezed until it fits, their cells wrapped between words.
    """
    cells = [[one_line("" if cell is None else cell) for cell in row] for row in rows]
    kept = [at for at in range(len(headings)) if any(row[at] for row in cells)]
    heads = [headings[at] for at in kept]
    cells = [[row[at] for at in kept] for row in cells]
    widths = _fit([max(width(text) for text in column) for column in zip(heads, *cells, strict=True)], look.width - len(indent))
    lines = [indent + look.paint(line, "dim") for line in _row(heads, widths)] if any(heads) else []
    for at, row in enumerate(cells):
        lines += [indent + (look.paint(line, tint[at]) if tint and tint[at] else line) for line in _row(row, widths)]
    return lines


def wrap(text: str, room: int) -> list[str]:
    """`text` broken between words into lines of at most `room` columns; a longer word is broken where it must."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, room)
        lines += whole
    return [*lines, line]


def _pieces(word: str, room: int) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and width(piece + letter) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def _fit(widths: list[int], room: int) -> list[int]:
    room -= len(GAP) * (len(widths) - 1)
    while 0 < room < sum(widths) and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        others = max((size for at, size in enumerate(widths) if at != widest), default=0)
        widths[widest] = max(NARROWEST, min(widths[widest] - 1, max(others, widths[widest] - (sum(widths) - room))))
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [wrap(cell, size) for cell, size in zip(cells, widths, strict=True)]
    height = max((len(cell) for cell in wrapped), default=0)
    lines = [[cell[at] if at < len(cell) else "" for cell in wrapped] for at in range(height)]
    return [GAP.join(text + " " * (size - width(text)) for text, size in zip(line, widths, strict=True)).rstrip() for line in lines]

"""A paper laid out, the same for both writers: lines, rules, two columns, tables. Lengths in mm, type in points."""

from datetime import date
from enum import Enum

from msgspec import Struct


class Align(Enum):
    """How a line's text stands."""

    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


class Run(Struct, frozen=True, kw_only=True):
    """Text of one look; a newline in it breaks the line."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


class Line(Struct, frozen=True, kw_only=True):
    """A paragraph. The pitch of its lines is `exact` pt, or `lines` times the font's own (single = 1.15 times the size)."""

    runs: tuple[Run, ...]
    size: float
    align: Align = Align.LEFT
    indent: float = 0
    """Of the first line."""
    left: float = 0
    before: float = 0
    """Points above it."""
    lines: float = 1
    exact: float = 0
    keep: bool = False
    """On the same page as what follows."""

    @property
    def text(self) -> str:
        """Its text alone."""
        return "".join(run.text for run in self.runs)


class Rule(Struct, frozen=True, kw_only=True):
    """A thin horizontal rule, centred."""

    width: float
    before: float = 3


class Columns(Struct, frozen=True, kw_only=True):
    """Two (or one) columns beside each other, without lines around; never torn between pages."""

    widths: tuple[float, ...]
    cells: tuple[tuple[Line | Rule, ...], ...]
    before: float = 0


class Grid(Struct, frozen=True, kw_only=True):
    """A ruled table; its first row is the head, repeated on each page."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Line, ...], ...]
    before: float = 6


class Break(Struct, frozen=True, kw_only=True):
    """A new page."""


Element = Line | Rule | Columns | Grid | Break


class Page(Struct, frozen=True, kw_only=True):
    """An A4 page: its margins, and the number at its top (from page 2 on), `header` mm from the edge."""

    top: float
    bottom: float
    left: float
    right: float
    number_size: float
    header: float
    turned: bool = False
    """Lying on its long side."""

    @property
    def paper(self) -> tuple[float, float]:
        """Of the sheet: its width and height."""
        return (297, 210) if self.turned else (210, 297)

    @property
    def width(self) -> float:
        """Of the text."""
        return self.paper[0] - self.left - self.right


class Sheet(Struct, frozen=True, kw_only=True):
    """A whole paper, ready to be written."""

    page: Page
    size: float
    """Of the body's type."""
    elements: tuple[Element, ...]
    title: str
    author: str
    dated: date
    """The day that the files bear as their time of making."""

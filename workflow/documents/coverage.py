"""Which characters a paper can hold, how wide they are set, and where long names break.

The table beside the fonts is made by `tools/fonts.py` from the fonts themselves. Tinos has the measures of Times New
Roman, so what is measured here holds for the .docx too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

from msgspec import Struct

FONTS = Path(__file__).parent / "fonts"
MM_PER_PT = 25.4 / 72
BOX = "□"
_GLUE = "\0"
_HALVINGS = 7
"""How often the width is halved to even lines: to a hundredth of it."""
_WHOLE = (
    "hội đồng nhân dân",
    "ủy ban nhân dân",
    "ban chấp hành",
    "ban thường vụ",
    "ban tuyên giáo",
    "thường trực",
    "văn phòng",
    "mặt trận tổ quốc",
    "huyện ủy",
    "tỉnh ủy",
    "đảng ủy",
    "thị trấn",
    "trưởng ban",
    "chủ tịch",
)
"""Names that a line's end should not tear."""

# They print nothing; marks of direction could make a text read otherwise than it is stored.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_LINE_END = re.compile("\r\n?|[\v\f\u0085\u2028\u2029]")


class Table(Struct, frozen=True, kw_only=True):
    """What all four fonts hold; `widths` of a style: character → advance in thousandths of the size."""

    font: str
    version: str
    widths: Mapping[bool, Mapping[str, float]]
    """bold → widths."""


@cache
def table() -> Table:
    """The table beside the fonts."""
    data: dict[str, Any] = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    signs = [chr(point) for first, last in data["ranges"] for point in range(first, last + 1)]
    widths = {
        style == "bold": {sign: advance / data["units"] for sign, advance in zip(signs, advances, strict=True)}
        for style, advances in data["widths"].items()
    }
    return Table(font=data["font"], version=data["version"], widths=widths)


def clean(text: str) -> str:
    """The text as it is printed: NFC, one sign a line end, tabs as spaces, without what prints nothing."""
    return normalize("NFC", _INVISIBLE.sub("", _LINE_END.sub("\n", text)).replace("\t", " "))


def unprintable(text: str) -> str | None:
    """The first character that the fonts lack (controls, lone surrogates and private characters too), or None."""
    widths = table().widths[False]
    return next((sign for sign in text if sign not in widths and sign != "\n"), None)


def legible(text: str) -> str:
    """`text` for a list that must come to be, whatever it tells of: a box for each character that the fonts lack."""
    widths = table().widths[False]
    return "".join(sign if sign in widths or sign == "\n" else BOX for sign in clean(text))


def shown(sign: str) -> str:
    """A character for an error's reader: `U+1F600 😀`; the code alone where the sign can't be shown."""
    code = f"U+{ord(sign):04X}"
    return f"{code} {sign}" if sign.isprintable() else code


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is set, in mm, at `size` pt."""
    widths = table().widths[bold]
    return sum(widths.get(sign, 0.5) for sign in text) * size * MM_PER_PT


def wrapped(text: str, limit: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in as few lines of at most `limit` mm as can be, and these as even as can be: a long name of a body
    never leaves one word alone. A single word that is wider stands on its own line.
    """
    words = _words(text, limit, size, bold=bold)
    best = _greedy(words, limit, size, bold=bold)
    count, low, high = len(best), limit / max(1, len(best)), limit
    for _ in range(_HALVINGS if count > 1 else 0):
        middle = (low + high) / 2
        lines = _greedy(words, middle, size, bold=bold)
        if len(lines) > count:
            low = middle
        else:
            best, high = lines, middle
    return best


def _words(text: str, limit: float, size: float, *, bold: bool) -> list[str]:
    """The words; names that stay whole (and fit) as one."""
    found = " ".join(text.split())
    for name in _WHOLE:
        for whole in re.findall(rf"(?<!\w){name}(?!\w)", found, re.IGNORECASE):
            if width(whole, size, bold=bold) <= limit:
                found = found.replace(whole, whole.replace(" ", _GLUE))
    return [word.replace(_GLUE, " ") for word in found.split(" ") if word]


def _greedy(words: Sequence[str], limit: float, size: float, *, bold: bool) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

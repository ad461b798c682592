"""How things look on a terminal: the office's language and zone, the width, colours or none."""

import os
import re
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from workflow.phrases import phrase

_COLOURS = {"bold": "1", "dim": "2", "bad": "31", "good": "32", "warn": "33"}
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PAINT = re.compile(f"(\x1b\\[(?:0|{'|'.join(_COLOURS.values())})m)")
_BREAKS = re.compile(r"[\t\n ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What every line of output depends on, besides what it tells. `width` 0 = endless (a pipe)."""

    language: str = "en"
    zone: tzinfo = UTC
    width: int = 0
    colour: bool = False

    def say(self, template: str, **facts: object) -> str:
        """The sentence of this English template in the office's language."""
        return phrase(template, self.language, **facts)

    def time(self, at: datetime) -> str:
        """A moment in the office's zone: `22/11/2026 14:05`."""
        return at.astimezone(self.zone).strftime("%d/%m/%Y %H:%M")

    def due(self, at: datetime) -> str:
        """A due or a reminder; one at 24:00 is the end of the day that it ends, not the beginning of the next."""
        local = at.astimezone(self.zone)
        if local.time() != time():
            return self.time(at)
        return self.say("end of {day}", day=(local.date() - timedelta(days=1)).strftime("%d/%m/%Y"))

    def paint(self, text: str, colour: str) -> str:
        """`text` in a colour (bold, dim, bad, good, warn), where colours are shown."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour and text else text


def terminal(environ: Mapping[str, str] = os.environ) -> tuple[int, bool]:
    """The width of the terminal, and whether colours are welcome. Elsewhere lines are as long as they need be (0),
    unless COLUMNS, which shells keep to themselves, was passed on.
    """
    if not sys.stdout.isatty():
        columns = environ.get("COLUMNS", "")
        return int(columns) if columns.isdecimal() else 0, False
    import shutil

    return shutil.get_terminal_size().columns, not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def interactive() -> bool:
    """Whether somebody sits there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def safe(text: object) -> str:
    r"""`text` without what could drive a terminal: control and direction characters as `\x1b`; newlines stay."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found[0]):02x}" if ord(found[0]) < 256 else f"\\u{ord(found[0]):04x}", str(text))  # noqa: PLR2004 - one byte


def safe_painted(text: str) -> str:
    """`safe`, but for the colours that `Look.paint` gives: the last look at what goes to a terminal, whoever made it."""
    return "".join(part if at % 2 else safe(part) for at, part in enumerate(_PAINT.split(text)))


def one_line(text: object) -> str:
    """`safe`, on one line."""
    return _BREAKS.sub(" ", safe(text)).strip()


def named(key: str, title: str) -> str:
    """A choice as lists show it: its title, and the key to type where that is another word."""
    return key if key == title else f"{title} ({key})"


def width(text: str) -> int:
    """How many columns `text` takes: none for a combining mark, two for a wide letter."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if letter < "\u0300":
        return 1
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1

"""Vietnamese text: one form at every input, folding for search, dictionary order, numbers and dates as papers write them."""

import re
from datetime import date
from decimal import Decimal
from unicodedata import category, combining, normalize

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The letters in dictionary order; f, j, w and z stand where foreign words need them."""

_LETTER = {letter: 0x300000 + place for place, letter in enumerate(ALPHABET)}
_TONE = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng

_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 64
"""Characters of a word that a search looks at: PostgreSQL's index takes no endless ones."""

SortKey = tuple[tuple[int, ...], tuple[int, ...], str]


def nfc(text: str) -> str:
    """The text in the one composed form (NFC) that everything stored is in."""
    return normalize("NFC", text)


def fold(text: str) -> str:
    """The text as it is searched for: no case, no marks, đ as d; "vu viec" finds "Vụ việc".

    The original is kept beside it. `hoà` and `hòa`, which NFC does not unify, fold to the same.
    """
    bare = normalize("NFD", normalize("NFD", text).casefold())
    return nfc("".join("d" if char == "đ" else char for char in bare if category(char) != "Mn"))


def words(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits of any script, cut at what parts them."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


def sort_key(text: str) -> SortKey:
    """The key that sorts by the Vietnamese alphabet, tones second (ngang, huyền, hỏi, ngã, sắc, nặng), then small before capital."""
    primary: list[int] = []
    tones: list[int] = []
    for char in nfc(text.casefold()):
        weight, tone = _weigh(char)
        primary.append(weight)
        tones.append(tone)
    return tuple(primary), tuple(tones), nfc(text).swapcase()


def _weigh(char: str) -> tuple[int, int]:
    """A character's place in the alphabet and its tone: spaces and signs, then digits, letters, other scripts."""
    if char in _LETTER:
        return _LETTER[char], 0
    if char.isdigit():
        return 0x200000 + ord(char), 0
    marks = normalize("NFD", char)
    tone = next((_TONE[mark] for mark in marks if mark in _TONE), 0)
    letter = nfc("".join(mark for mark in marks if mark not in _TONE))
    if letter in _LETTER:
        return _LETTER[letter], tone
    return (0x400000 if char.isalpha() or combining(char) else 0) + ord(char), 0


def decimal_text(number: Decimal | float) -> str:
    """A number with a decimal comma and dots between thousands: 1.234.567,5. No digit is added or lost."""
    exact = number if isinstance(number, Decimal) else Decimal(str(number))
    return f"{exact:,f}".translate({ord(","): ".", ord("."): ","})


def long_date(day: date) -> str:
    """A date as papers write it: "ngày 05 tháng 02 năm 2026"; only days below 10 and months 1 and 2 are padded (Decree 30/2020)."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)  # noqa: PLR2004  January and February, as the decree says
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def short_date(day: date) -> str:
    """A date in figures: 05/02/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"

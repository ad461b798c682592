"""What differs between two papers, in words: paragraphs that came or went, and within one that changed the words that did."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

_AROUND = 3
"""Words on each side that are shown with those that changed."""
_ALIKE = 0.3
"""Two paragraphs that share less are no longer the same one."""


class Difference(Struct, frozen=True, kw_only=True):
    """One difference. `where` = the paragraph's number (in the newer text; of one that went, in the older), 0 outside of the body."""

    kind: str
    """added | removed | changed."""
    where: int
    before: str = ""
    after: str = ""


def differences(before: str, after: str) -> list[Difference]:
    """What differs between two bodies, in the order of the newer one; nothing for the same text otherwise laid out."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Difference] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _replaced(old[a:b], new[c:d], a, c)
    return found


def _paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _replaced(old: Sequence[str], new: Sequence[str], first_old: int, first_new: int) -> Iterator[Difference]:
    """Paragraphs in place of others: those alike are paired in order, the rest came or went."""
    at = 0
    for number, paragraph in enumerate(new, first_new + 1):
        like = next((i for i in range(at, len(old)) if _alike(old[i], paragraph)), None)
        if like is None:
            yield Difference(kind="added", where=number, after=paragraph)
            continue
        yield from (Difference(kind="removed", where=first_old + i + 1, before=old[i]) for i in range(at, like))
        yield from _words(old[like], paragraph, number)
        at = like + 1
    yield from (Difference(kind="removed", where=first_old + i + 1, before=old[i]) for i in range(at, len(old)))


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= _ALIKE


def _words(before: str, after: str, number: int) -> Iterator[Difference]:
    """The words that changed in a paragraph, with a few around them."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_AROUND):
        a, b = group[0][1], group[-1][2]
        c, d = group[0][3], group[-1][4]
        yield Difference(kind="changed", where=number, before=_piece(old, a, b), after=_piece(new, c, d))


def _piece(words: Sequence[str], start: int, end: int) -> str:
    return ("… " if start else "") + " ".join(words[start:end]) + (" …" if end < len(words) else "")

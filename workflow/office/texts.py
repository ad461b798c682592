"""What texts an office takes, wherever they come from."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from workflow.errors import WrongValue
from workflow.model import Document
from workflow.signs import code, refused_in, without_in

AROUND = 20
"""Letters before and behind a refused character that its error shows."""


def refuse_signs(values: Mapping[str, Any], *, lines: bool = False) -> None:
    """Raise WrongValue for a text with a character that no text needs (see `workflow.signs`), naming its key and the character's code.
    `lines`: these texts may have tabs and line ends.
    """
    for key, value in values.items():
        for text in _texts(value) if value else ():
            if (sign := refused_in(text, lines=lines)) is not None:
                expected = "a text without the character {sign}"
                raise WrongValue(field=key, value=_shown(text, sign), expected=expected, sign=code(sign))


def printable(document: Document) -> Document:
    """A paper with facts that it can be written from: without characters that were taken in before they were refused."""
    facts = without_in(document.facts)
    return document if facts == document.facts else replace(document, facts=facts)


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.items():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _shown(text: str, sign: str) -> str:
    """Where in the text it stands: what is around it, in its own place a mark."""
    at = text.index(sign)
    around = text[max(0, at - AROUND) : at + AROUND]
    return "".join("\ufffd" if refused_in(letter, lines=False) else letter for letter in around)

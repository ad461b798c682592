"""Characters that no text needs: control characters, and marks that let a text read otherwise than it is stored.

What comes in with one is refused (`workflow.office.texts`); what was stored before they were is written without it.
"""

import re
from collections.abc import Mapping
from typing import Any

_ALWAYS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
"""C0, DEL, C1, the direction marks that reorder, and what is no character."""
_LEFT_OUT = re.compile(f"[{_ALWAYS}]")
_REFUSED = re.compile(f"[\r{_ALWAYS}\ud800-\udfff]")
_REFUSED_IN_A_LINE = re.compile(f"[\r\t\n{_ALWAYS}\ud800-\udfff]")


_ROOM = 60
_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON may hold as it is, and a terminal obeys (C0 is escaped in any JSON)."""


def not_utf8(text: str) -> bool:
    """Whether an argument of the command line is no text: Python keeps bytes that are not UTF-8 as lone surrogates."""
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def shown_bytes(text: str) -> str:
    r"""Such an argument as it may be told: its odd bytes as `\xff`, and no more of it than a sentence has room for."""
    return text[:_ROOM].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def escaped_json(text: str) -> str:
    r"""A JSON document that says the same, with what could drive a terminal as `\u009b`."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def refused_in(text: str, *, lines: bool) -> str | None:
    """The first character of `text` that is refused, or None; a text that has `lines` may hold tabs and line ends."""
    found = (_REFUSED if lines else _REFUSED_IN_A_LINE).search(text)
    return found[0] if found else None


def code(sign: str) -> str:
    """A character's code: `U+001B`."""
    return f"U+{ord(sign):04X}"


def without_in(value: Any) -> Any:
    """The same for every text in plain data: facts of a paper."""
    if isinstance(value, str):
        return without(value)
    if isinstance(value, Mapping):
        return {key: without_in(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(without_in, value))
    return value


def without(text: str) -> str:
    """`text` as it is written into files: XML, for one, can't hold some of these characters in any form."""
    return _LEFT_OUT.sub("", text)

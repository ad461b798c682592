"""Patterns of texts (`pattern:`): regular expressions that are matched in time linear in the text, whatever they are.

They are RE2's: as everywhere, but for references back and looks ahead or behind, which no such matcher can do.
"""

from functools import lru_cache
from typing import Any

MOST_BYTES = 1024 * 1024
"""What one pattern may need when it is matched; a huge repetition is refused."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is of this form."""
    return _compiled(pattern).fullmatch(text) is not None


def wrong_in(pattern: str) -> str:
    """Why this is no pattern; '' if it is one."""
    import re2

    try:
        _compiled(pattern)
    except re2.error as error:
        return error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
    return ""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # only who fills in a field with a pattern needs it

    options = re2.Options()
    options.max_mem, options.log_errors = MOST_BYTES, False
    return re2.compile(pattern, options)

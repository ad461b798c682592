"""Tables in Markdown, for a file."""

import re
from collections.abc import Iterator, Sequence

from workflow.console.look import one_line

_SPECIAL = re.compile(r"([\\|*_`<>\[\]#])")


def plain_text(text: object) -> str:
    """`text` on one line; what Markdown would read as its own is shown as it is."""
    return _SPECIAL.sub(r"\\\1", one_line("" if text is None else text))


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """The lines of a table."""
    yield f"| {' | '.join(map(plain_text, heads))} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(map(plain_text, row))} |" for row in rows)

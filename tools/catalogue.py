"""Make messages.mo of messages.po: `python tools/catalogue.py FILE.po` writes FILE.mo beside it.

Python's own msgfmt.py is not installed with Python, and gettext's msgfmt is not on every machine.
"""

import ast
import struct
import sys
from pathlib import Path

MAGIC = 0x950412DE


def read(text: str) -> dict[str, str]:
    """msgid (with its plural after a NUL) → msgstr."""
    found: dict[str, str] = {}
    for block in text.strip().split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith('"'):
                parts[name] += ast.literal_eval(line)
                continue
            name, _, quoted = line.partition(" ")
            parts[name] = ast.literal_eval(quoted)
        key = parts["msgid"] + ("\0" + parts["msgid_plural"] if "msgid_plural" in parts else "")
        found[key] = parts.get("msgstr", parts.get("msgstr[0]", ""))
    return found


def compiled(table: dict[str, str]) -> bytes:
    """The .mo file: a header, two tables of (length, place), then the texts; ids sorted, as gettext wants."""
    pairs = sorted((key.encode(), value.encode()) for key, value in table.items())
    count, start = len(pairs), 28
    texts, places = b"", []
    for column in (0, 1):
        for pair in pairs:
            places.append(struct.pack("<II", len(pair[column]), start + 16 * count + len(texts)))
            texts += pair[column] + b"\0"
    header = struct.pack("<7I", MAGIC, 0, count, start, start + 8 * count, 0, start + 16 * count)
    return header + b"".join(places) + texts


if __name__ == "__main__":
    for name in sys.argv[1:]:
        source = Path(name)
        source.with_suffix(".mo").write_bytes(compiled(read(source.read_text(encoding="utf-8"))))

"""Pictures of one paper of each frame, for docs/papers: `make papers` (needs pdftoppm, of Debian's poppler-utils).

The papers are those of the tests (tests/papers.py). With a folder (`tools/papers.py /tmp/papers`), a joint paper and a letter
too, and LibreOffice draws the .docx beside, to compare by eye; without Times New Roman on the machine, let fontconfig take
Tinos for it.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import papers  # noqa: E402  the tests' papers

from workflow.documents import write  # noqa: E402

LETTER = {**papers.STATE, **papers.LETTER, "symbol": "05/HĐND-VP"}
WANTED = {"state": (papers.STATE, papers.BODY), "party": (papers.PARTY, papers.BODY)}
MORE = {"joint": (papers.JOINT, papers.BODY), "letter": (LETTER, papers.LETTER_BODY)}


def draw(name: str, data: bytes, kind: str, into: Path, *, resolution: int = 80) -> None:
    """The pages of a file as NAME-1.png … in a folder."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.{kind}"
        file.write_bytes(data)
        if kind == "docx":
            subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, file], check=True, capture_output=True)
        made = file.with_suffix(".pdf")
        subprocess.run(["pdftoppm", "-gray", "-r", str(resolution), "-png", made, into / name], check=True)


def main(folder: str = "") -> None:
    """Draw the two of docs/papers; into another folder: all there are, and how Word's look beside them."""
    into = Path(folder) if folder else ROOT / "docs" / "papers"
    into.mkdir(parents=True, exist_ok=True)
    for name, (head, body) in (WANTED | MORE if folder else WANTED).items():
        made = write(papers.document(head), body)
        draw(name, made["pdf"], "pdf", into)
        if folder:
            draw(f"{name}-word", made["docx"], "docx", into)


if __name__ == "__main__":
    main(*sys.argv[1:])

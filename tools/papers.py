"""Pictures of papers, for docs/papers: one of each frame, and a sheet of every type: `make papers` (needs pdftoppm, of Debian's
poppler-utils).

The papers are those of the tests (tests/papers.py). With a folder (`tools/papers.py /tmp/papers`), a joint paper and a letter
too, and LibreOffice draws the .docx beside, to compare by eye; without Times New Roman on the machine, let fontconfig take
Tinos for it.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import papers  # noqa: E402  the tests' papers

from workflow.authoring.document_types import compile_document_types  # noqa: E402
from workflow.authoring.read import read  # noqa: E402
from workflow.documents import write  # noqa: E402
from workflow.documents.coverage import FONTS  # noqa: E402
from workflow.engine.numbering import symbol  # noqa: E402
from workflow.language.process import DocumentType  # noqa: E402

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


COLUMNS = 6
"""Papers beside each other on a sheet of types."""
PAGE = """#set page(width: 960pt, height: auto, margin: 6pt)
#set text(font: "Tinos", size: 11pt)
#let shown = json("shown.json")
#let paper(one) = box(stroke: 0.5pt + gray, inset: 3pt)[#align(center)[*#one.key* #one.title] #image(one.file)]
#grid(columns: %d, gutter: 6pt, ..shown.map(paper))
"""


def of_type(kind: DocumentType, frame: str) -> tuple[dict[str, object], str]:
    """A paper of a type in a frame, as its head and its body."""
    base = papers.STATE if frame == "state" else papers.PARTY
    body = "HĐND" if frame == "state" else "BTGHU"
    head = {**base, "type": kind.key, "type_title": kind.title if kind.symbol else "", "symbol": symbol(kind, frame, [body], 5)}
    return ({**head, **papers.LETTER, "type": kind.key}, papers.LETTER_BODY) if not kind.symbol else (head, papers.BODY)


def sheet_of(frame: str, kinds: list[DocumentType], into: Path) -> None:
    """The first pages of all types that a frame has, as one picture."""
    import typst

    with TemporaryDirectory() as folder:
        shown = []
        for number, kind in enumerate(kinds):
            head, body = of_type(kind, frame)
            draw(f"{number:02}", write(papers.document(head), body)["pdf"], "pdf", Path(folder), resolution=44)
            first = min(Path(folder).glob(f"{number:02}-*.png"))
            shown.append({"key": kind.key, "title": kind.title, "file": first.name})
        (Path(folder) / "shown.json").write_text(json.dumps(shown), "utf-8")
        (Path(folder) / "sheet.typ").write_text(PAGE % COLUMNS, "utf-8")
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        typst.Compiler(Path(folder) / "sheet.typ", font_paths=fonts).compile(output=into / f"types-{frame}.png", format="png", ppi=96)


def types() -> dict[str, list[DocumentType]]:
    """The types that ship, by the frames that they take."""
    found, problems = compile_document_types(read("document-types.yaml", (ROOT / "definitions" / "document-types.yaml").read_text("utf-8")))
    assert not problems
    return {frame: [kind for kind in found.values() if frame in kind.frame.values()] for frame in ("state", "party")}


def main(folder: str = "") -> None:
    """Draw the two of docs/papers; into another folder: all there are, and how Word's look beside them."""
    into = Path(folder) if folder else ROOT / "docs" / "papers"
    into.mkdir(parents=True, exist_ok=True)
    for name, (head, body) in (WANTED | MORE if folder else WANTED).items():
        made = write(papers.document(head), body)
        draw(name, made["pdf"], "pdf", into)
        if folder:
            draw(f"{name}-word", made["docx"], "docx", into)
    for frame, kinds in types().items():
        sheet_of(frame, kinds, into)


if __name__ == "__main__":
    main(*sys.argv[1:])

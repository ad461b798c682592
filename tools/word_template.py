"""An example of an office's own Word template: an invitation with a letterhead of its own, a table and a page's foot.

python tools/word_template.py FILE.docx            the template
python tools/word_template.py FILE.docx --cut      the same, its tags cut into several runs as Word does
"""

import sys
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def invitation(*, body="{{ fields.agenda }}", cut=False, guests=True):
    """The template as python-docx's document. `body`: what stands in the middle; `cut`: tags in several runs; `guests`: a table of them."""
    made = Document()
    for key in [key for key, one in made.part.rels.items() if one.reltype.endswith("stylesWithEffects")]:
        del made.part.rels[key]  # what Word 2010 saw in the library's own template, at odds with its styles
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(30), Mm(15), Mm(20), Mm(20)
    made.styles["Normal"].paragraph_format.space_after = Pt(4)
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Times New Roman", Pt(14)
    head = made.add_table(rows=1, cols=2)
    _say(head.cell(0, 0).paragraphs[0], "{{ paper.issuers[0].parent|upper }}", CENTRE, cut=cut)
    _say(head.cell(0, 0).add_paragraph(), "{{ paper.issuers[0].title|upper }}", CENTRE, bold=True, cut=cut)
    _say(head.cell(0, 0).add_paragraph(), "Số: {{ paper.symbol }}", CENTRE, cut=cut)
    _say(head.cell(0, 1).paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", CENTRE, bold=True)
    _say(head.cell(0, 1).add_paragraph(), "Độc lập - Tự do - Hạnh phúc", CENTRE, bold=True)
    _say(head.cell(0, 1).add_paragraph(), "{{ paper.place_and_date }}", CENTRE, italic=True, cut=cut)
    _say(made.add_paragraph(), "GIẤY MỜI", CENTRE, bold=True)
    _say(made.add_paragraph(), "{{ paper.title }}", CENTRE, bold=True, cut=cut)
    _say(made.add_paragraph(), body, cut=cut)
    if guests:
        _guests(made, cut=cut)
    _say(made.add_paragraph(), "{%p for one in paper.signers %}", cut=cut)
    _say(made.add_paragraph(), "{%p for line in one.lines %}", cut=cut)
    _say(made.add_paragraph(), "{{ line|upper }}", RIGHT, bold=True, cut=cut)
    _say(made.add_paragraph(), "{%p endfor %}", cut=cut)
    _say(made.add_paragraph(), "{{ one.name }}", RIGHT, bold=True, cut=cut)
    _say(made.add_paragraph(), "{%p endfor %}", cut=cut)
    _say(made.add_paragraph(), "Nơi nhận:", bold=True, italic=True)
    _say(made.add_paragraph(), "{%p for one in paper.recipients %}", cut=cut)
    _say(made.add_paragraph(), "- {{ one }};", cut=cut)
    _say(made.add_paragraph(), "{%p endfor %}", cut=cut)
    _say(made.add_paragraph(), "- Lưu: {{ paper.archive }}.", cut=cut)
    _say(page.footer.paragraphs[0], "{{ case.number }}", CENTRE, cut=cut)
    for cell in head.rows[0].cells:
        for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
            run.font.size = Pt(11.5)
    return made


def _guests(made, *, cut):
    """A heading that stands only if there are guests, and a row for each."""
    _say(made.add_paragraph(), "{%p if fields.guests %}", cut=cut)
    _say(made.add_paragraph(), "Thành phần:", bold=True)
    _say(made.add_paragraph(), "{%p endif %}", cut=cut)
    rows = made.add_table(rows=3, cols=2)
    rows.style = "Table Grid"
    _say(rows.cell(0, 0).paragraphs[0], "{%tr for guest in fields.guests %}", cut=cut)
    _say(rows.cell(1, 0).paragraphs[0], "{{ loop.index }}", cut=cut)
    _say(rows.cell(1, 1).paragraphs[0], "{{ guest.unit }}: {{ guest.part }}", cut=cut)
    _say(rows.cell(2, 0).paragraphs[0], "{%tr endfor %}", cut=cut)


def _say(paragraph, text, align=None, *, bold=False, italic=False, cut=False):
    """The text in one run, or in pieces of three letters with the marks between them that Word's spelling leaves."""
    paragraph.alignment = align
    for at, piece in enumerate([text[i : i + 3] for i in range(0, len(text), 3)] if cut else [text]):
        if at:
            mark = OxmlElement("w:proofErr")
            mark.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}type", "spellStart" if at % 2 else "spellEnd")
            paragraph._p.append(mark)  # noqa: SLF001  python-docx knows no spelling marks
        run = paragraph.add_run(piece)
        run.bold, run.italic = bold or None, italic or None


if __name__ == "__main__":
    invitation(cut="--cut" in sys.argv).save(Path(sys.argv[1]))

"""Papers as files: what Word and a reader of .pdf find in them, and that the same paper is the same bytes."""

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont
from msgspec.structs import replace
from pypdf import PdfReader

from tests import papers
from workflow.documents import coverage, pdf, versions, write
from workflow.documents.compose import sheet
from workflow.documents.sheet import Line, Run
from workflow.errors import CharacterRefused, TemplateRefused
from workflow.plain import digest

NASTY = [
    "\"hai\" 'một' <b>đậm</b> & &amp; <!-- x --> ]]> <?xml?> <w:p/>",
    "{{ 7 * 7 }} {% if x %} {# y #} ${x} %(x)s {0}",
    '#import "x": * #panic("a") #sys.inputs $x$ `raw` @ref <label> = đề mục \\u{1F600}',
    "| a | b |\n|---|---|\n# I. x\n> y\n---\n\\pagebreak\n\\appendix\n**z** *t* - u\na) v",
    "x\u202etxt.exe\u200f\u2066y",
    "Tie\u0302\u0301ng Vie\u0323\u0302t",
    "=1+1 @SUM(A1) +cmd|' /C calc'!A0",
    "~tilde~ ^mũ^ _gạch_ //chú /* thích */ http://a.b/c?d=e&f=g",
]


def words_of_docx(data: bytes) -> str:
    document = docx.Document(BytesIO(data))
    return " ".join(" ".join(node.text or "" for node in document.element.body.iter(qn("w:t"))).split())


def words_of_pdf(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, bytes]]:
    heads: dict[str, dict[str, Any]] = {"state": papers.STATE, "party": papers.PARTY, "joint": papers.JOINT}
    return {name: write(papers.document(head), papers.BODY) for name, head in heads.items()}


def test_both_files_of_each_frame_hold_the_whole_text(files):
    for name, mark in (
        ("state", "Độc lập - Tự do - Hạnh phúc"),
        ("party", "ĐẢNG CỘNG SẢN VIỆT NAM"),
        ("joint", "BAN TUYÊN GIÁO HUYỆN ỦY -"),
    ):
        for words in (words_of_docx(files[name]["docx"]), words_of_pdf(files[name]["pdf"])):
            for part in (
                mark,
                "BÁO CÁO" if name != "joint" else "PHƯƠNG ÁN",
                "Người dân thôn Đông",
                "UBND huyện Nam Trực",
                "Nơi nhận",
                "cho ý kiến chỉ đạo.",
            ):
                assert squeezed(part) in squeezed(words)


@pytest.mark.parametrize("value", NASTY)
def test_nasty_text_is_printed_as_it_is_and_breaks_nothing(value):
    made = write(papers.document(fields={"issue": value}), "{{ fields.issue }}\n\n| Cột |\n| {{ fields.issue }} |\n")
    expected = squeezed(coverage.clean(value))
    assert squeezed(words_of_docx(made["docx"])).count(expected) == 2
    assert squeezed(words_of_pdf(made["pdf"])).count(expected) == 2


def test_ten_thousand_characters_run_over_pages_with_numbers_from_the_second_on():
    made = write(papers.document(fields={"issue": "Nội dung dài. " * 715}), "{{ fields.issue }}")
    pages = PdfReader(BytesIO(made["pdf"])).pages
    assert len(pages) >= 4
    heads = [page.extract_text().strip().split("\n") for page in pages]
    assert "1" not in heads[0]
    assert ["2" in heads[1], "3" in heads[2]] == [True, True]
    assert words_of_docx(made["docx"]).count("Nội dung dài.") == 715


def test_one_word_of_ten_thousand_characters_breaks_no_file():
    made = write(papers.document(fields={"issue": "x" * 10_000}), "{{ fields.issue }}")
    assert "x" * 10_000 in words_of_docx(made["docx"])
    assert words_of_pdf(made["pdf"]).count("x") >= 10_000


def test_nasty_text_in_the_head_is_printed_as_it_is_too():
    made = write(papers.document(title='<b> #panic("x") {{ y }} **z**', recipients=["- A & B | C"]), "x")
    for words in (words_of_docx(made["docx"]), words_of_pdf(made["pdf"])):
        assert squeezed('<b> #panic("x") {{ y }} **z**') in squeezed(words)
        assert squeezed("A & B | C") in squeezed(words)


def test_a_refused_paper_writes_nothing():
    with pytest.raises(CharacterRefused):
        write(papers.document(fields={"issue": "😀"}), "{{ fields.issue }}")
    with pytest.raises(TemplateRefused):
        write(papers.document(), "{{ fields.issu }}")


def test_the_same_paper_is_the_same_bytes_twice(files):
    assert write(papers.document(), papers.BODY) == files["state"]


def test_the_same_paper_is_the_same_bytes_in_another_process_zone_and_hash_seed(files):
    code = (
        "import papers; from workflow.documents import write; from workflow.plain import digest\n"
        "print(*(digest(data) for data in write(papers.document(), papers.BODY).values()))"
    )
    root = Path(__file__).parents[2]
    place = os.pathsep.join([str(root), str(root / "tests")])
    env = {**os.environ, "TZ": "America/St_Johns", "PYTHONHASHSEED": "7", "PYTHONPATH": place, "LC_ALL": "C", "COVERAGE_PROCESS_START": ""}
    out = subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, text=True, check=True)
    assert out.stdout.split() == [digest(data) for data in files["state"].values()]


def test_files_bear_the_paper_s_date_and_title(files):
    core = docx.Document(BytesIO(files["state"]["docx"])).core_properties
    assert (core.created.isoformat(), core.modified.isoformat(), core.language) == ("2026-02-05T00:00:00+00:00",) * 2 + ("vi-VN",)
    info = PdfReader(BytesIO(files["state"]["pdf"])).metadata
    assert info.title == core.title == "Báo cáo Tình hình vụ việc 007/2026-VV tại xã Nam Cường"
    assert info.creation_date.date().isoformat() == "2026-02-05"
    assert {entry.date_time for entry in zipfile.ZipFile(BytesIO(files["state"]["docx"])).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_pdf_is_a4_in_tinos_alone_with_its_fonts_inside(files):
    reader = PdfReader(BytesIO(files["party"]["pdf"]))
    for page in reader.pages:
        assert [round(float(size) / 72 * 25.4) for size in page.mediabox[2:]] == [210, 297]
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            assert "Tinos" in inner.get_object()["/BaseFont"]
            assert "/FontFile2" in inner.get_object()["/FontDescriptor"]


def test_the_pdf_is_fit_to_be_kept(files):
    assert b"<pdfaid:part>2</pdfaid:part>" in files["state"]["pdf"]


def test_a_sign_without_a_shape_is_never_written_to_a_pdf():
    laid = sheet(papers.document(), "x", "a.md.j2")
    unseen = Line(runs=(Run(text="漢"),), size=14)
    with pytest.raises(RuntimeError, match="could not be displayed"):
        pdf.write(replace(laid, elements=(*laid.elements, unseen)))


def test_word_finds_the_page_that_the_rules_ask_for(files):
    for name in ("state", "party"):
        document = docx.Document(BytesIO(files[name]["docx"]))
        (section,) = document.sections
        sizes = [
            section.page_width,
            section.page_height,
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        ]
        assert [round(size.mm) for size in sizes] == [210, 297, 20, 20, 30, 15]
        assert round(section.header_distance.mm) == 10
        assert section.different_first_page_header_footer
        header = section.header.paragraphs[0]
        assert header.alignment is WD_ALIGN_PARAGRAPH.CENTER
        assert header._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
        assert section.first_page_header.paragraphs[0].text == ""


def paragraph(document: Any, text: str) -> Any:
    return next(found for found in document.paragraphs if found.text.startswith(text))


def test_word_finds_the_body_as_the_rules_ask_for(files):
    state = docx.Document(BytesIO(files["state"]["docx"]))
    body = paragraph(state, "Người dân")
    shape = body.paragraph_format
    assert (body.alignment, round(shape.first_line_indent.mm, 1), shape.space_before.pt, shape.line_spacing) == (
        WD_ALIGN_PARAGRAPH.JUSTIFY,
        12.7,
        6,
        1.15,
    )
    assert {run.font.size.pt for run in body.runs} == {14}
    party = paragraph(docx.Document(BytesIO(files["party"]["docx"])), "Người dân").paragraph_format
    assert (party.first_line_indent.mm, party.line_spacing.pt) == (pytest.approx(10, abs=0.02), 20)


def test_word_sets_all_text_in_times_new_roman(files):
    for made in files.values():
        document = docx.Document(BytesIO(made["docx"]))
        fonts = [fonts.get(qn(f"w:{script}")) for fonts in document.styles.element.iter(qn("w:rFonts")) for script in ("ascii", "hAnsi")]
        assert set(fonts) == {"Times New Roman"}
        assert not list(document.element.body.iter(qn("w:rFonts")))


def test_word_s_head_has_columns_without_borders_and_rules_of_their_width(files):
    document = docx.Document(BytesIO(files["state"]["docx"]))
    head = document.tables[0]
    assert [round(column.width.mm) for column in head.columns] == [68, 97]
    nation, motto, rule = head.cell(0, 1).paragraphs
    assert [run.font.bold for run in (*nation.runs, *motto.runs)] == [True, True]
    assert [run.font.size.pt for run in (*nation.runs, *motto.runs)] == [12, 13]
    indents = rule.paragraph_format.left_indent.mm + rule.paragraph_format.right_indent.mm
    assert 97 - indents == pytest.approx(coverage.width("Độc lập - Tự do - Hạnh phúc", 13, bold=True), abs=0.1)
    assert {edge.get(qn("w:val")) for edge in head._tbl.tblPr.find(qn("w:tblBorders"))} == {"nil"}


def test_word_s_tables_have_borders_and_a_head_that_is_repeated(files):
    table = docx.Document(BytesIO(files["state"]["docx"])).tables[2]
    assert {edge.get(qn("w:val")) for edge in table._tbl.tblPr.find(qn("w:tblBorders"))} == {"single"}
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[1].cells][:2] == ["1", "Văn phòng HU-HĐND-UBND"]


def test_the_coverage_table_says_what_the_fonts_hold():
    found = [TTFont(path) for path in sorted(coverage.FONTS.glob("*.ttf"))]
    assert len(found) == 4
    held = set.intersection(*(set(font.getBestCmap()) for font in found))
    assert {ord(sign) for sign in coverage.table().widths[False]} == held
    by_style = {font["name"].getDebugName(2): font for font in found}
    for bold, style in ((False, "Regular"), (True, "Bold")):
        font = by_style[style]
        cmap, units = font.getBestCmap(), font["head"].unitsPerEm
        for sign in "aẶỘđ 0…→":
            assert coverage.table().widths[bold][sign] == font["hmtx"][cmap[ord(sign)]][0] / units


def test_the_fonts_licence_goes_with_them():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (coverage.FONTS / "LICENSE-Tinos.txt").read_text(encoding="utf-8")


def test_importing_the_room_loads_no_renderer():
    code = "import sys, workflow.documents; print(*(name for name in ('docx', 'typst', 'jinja2', 'lxml') if name in sys.modules))"
    root = str(Path(__file__).parents[2])
    out = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == ""


def test_the_versions_name_every_renderer():
    assert [part.split()[0] for part in versions().split("; ")] == ["hoso", "jinja2", "typst", "python-docx", "Tinos"]

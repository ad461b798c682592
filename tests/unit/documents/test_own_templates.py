"""An office's own Word templates: filled in strictly, what is wrong is told with its paragraph, nothing gets out."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from lxml import etree

from tests import papers
from tests.app.test_nasty_papers import PIECES, TRICKS, nasty
from tools.word_template import invitation
from workflow.documents import check_own, coverage, kept, kept_bytes, names_of, text, versions, write
from workflow.errors import CharacterRefused, TemplateRefused
from workflow.model import Document

KNOWN = {"case", "document", "fields.agenda", "fields.guests"}
FIELDS = {
    "agenda": "Bàn công tác phối hợp\nvà phân công",
    "guests": [
        {"unit": {"key": "x", "title": "UBND xã Nam Cường"}, "part": "Chủ tịch"},
        {"unit": {"key": "v", "title": "VP"}, "part": "x"},
    ],
}


def template(**changes: object) -> str:
    out = BytesIO()
    invitation(**changes).save(out)
    return kept(out.getvalue())


def paper(**fields: object) -> Document:
    return papers.document(papers.STATE, fields={**FIELDS, **fields})


def words(made: bytes) -> str:
    return text_of(docx.Document(BytesIO(made)).element.body)


def text_of(body: etree._Element) -> str:
    return "".join(node.text or "" for node in body.iter("{*}t"))


def changed(source: str, **parts: bytes | None) -> str:
    """The template with parts of its file otherwise: `word__x_xml` is word/x.xml."""
    return altered(source, {name.replace("__", "/").replace("_", "."): data for name, data in parts.items()})


def altered(source: str, parts: dict[str, bytes | None]) -> str:
    out = BytesIO()
    with ZipFile(BytesIO(kept_bytes(source))) as read, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for name in dict.fromkeys([*read.namelist(), *parts]):
            data = parts.get(name, read.read(name) if name in read.namelist() else None)
            if data is not None:
                written.writestr(name, data)
    return kept(out.getvalue())


def part(source: str, name: str) -> bytes:
    with ZipFile(BytesIO(kept_bytes(source))) as file:
        return file.read(name)


@pytest.mark.parametrize("cut", [False, True])
def test_a_template_is_filled_in_also_where_word_cut_its_tags_into_runs(cut):
    source = template(cut=cut)
    assert check_own(source, KNOWN) == []
    (made,) = write(paper(), source).values()
    document = docx.Document(BytesIO(made))
    lines = [one.text for one in document.paragraphs]
    assert lines[:3] == ["GIẤY MỜI", "Tình hình vụ việc 007/2026-VV tại xã Nam Cường", "Bàn công tác phối hợp\nvà phân công"]
    assert [line for line in lines if "TỊCH" in line] == ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    assert [[cell.text for cell in row.cells] for row in document.tables[1].rows] == [["1", "UBND xã Nam Cường: Chủ tịch"], ["2", "VP: x"]]
    assert "Số: 05/BC-HĐND" in document.tables[0].cell(0, 0).text
    assert "Nam Trực, ngày 05 tháng 02 năm 2026" in document.tables[0].cell(0, 1).text
    assert document.sections[0].footer.paragraphs[0].text == "007/2026-VV"
    assert "{" not in words(made)


def test_the_same_facts_give_the_same_bytes_and_other_facts_others():
    source = template()
    assert write(paper(), source) == write(paper(), source)
    assert write(paper(agenda="khác"), source) != write(paper(), source)


def test_its_text_is_read_with_its_foot():
    said = text(paper(), template()).split("\n")
    assert "và phân công" in said
    assert said[-1] == "007/2026-VV"


def test_the_names_that_it_reads_are_known():
    assert {("fields", "agenda"), ("fields", "guests"), ("case", "number")} <= names_of(template())


def test_its_renderers_are_told():
    assert [part.split()[0] for part in versions(template()).split("; ")] == ["hoso", "jinja2", "docxtpl", "python-docx", "lxml"]


@pytest.mark.parametrize("cut", [False, True])
def test_a_name_that_the_process_lacks_is_told_with_its_paragraph(cut):
    (found,) = check_own(template(body="Về việc {{ fields.agenad }}", cut=cut), KNOWN)
    assert found.detail == "the process has no 'fields.agenad'; did you mean 'fields.agenda'?"
    assert found.text == "Về việc {{ fields.agenad }}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ fields.agenda", "'{{' is not closed in this paragraph: a tag begins and ends in one paragraph"),
        ("fields.agenda }}", "'}}' closes nothing in this paragraph: a tag begins and ends in one paragraph"),
        ("{{r fields.agenda }}", "'{{r' would put in XML; values are text: write {{ … }}"),
        ("{{p fields.agenda }}", "'{{p' would put in XML; values are text: write {{ … }}"),
        ("{% colspan 3 %}", "a template can't use 'colspan'; it prints values, chooses (if), repeats (for) and sets"),
        ("{% cellbg fields.agenda %}", "a template can't use 'cellbg'; it prints values, chooses (if), repeats (for) and sets"),
        ("{% include 'x' %}", "a template can't use 'include'; it prints values, chooses (if), repeats (for) and sets"),
        ("{{ fields.agenda|daet }}", "there is no filter 'daet'; did you mean 'date'?"),
        ("{{ paper.nothing }}", "the process has no 'paper.nothing'"),
        ("{% if fields.agenda %}x", "Unexpected end of template"),
    ],
)
def test_what_is_no_template_is_told(body, said):
    found = check_own(template(body=body), KNOWN)
    assert any(one.detail.startswith(said) for one in found), found


def test_a_tag_that_a_link_tears_is_told():
    source = template(body="{{ fields.agenda }}")
    torn = part(source, "word/document.xml").replace(
        b"<w:t>{{ fields.agenda }}</w:t></w:r>",
        b'<w:t>{</w:t></w:r><w:hyperlink w:anchor="a"><w:r><w:t>{ fields.agenda }}</w:t></w:r></w:hyperlink>',
    )
    (found,) = check_own(altered(source, {"word/document.xml": torn}), KNOWN)
    assert found.detail.startswith("its tags stand so that no paragraph comes of them")


def test_a_paper_says_its_number_its_day_and_who_signs():
    made = docx.Document()
    made.add_paragraph("{{ fields.agenda }}")
    out = BytesIO()
    made.save(out)
    found = [one.detail for one in check_own(kept(out.getvalue()), KNOWN)]
    assert [re.search(r"(number|day|signs)", one)[0] for one in found] == ["number", "day", "signs"]


def relation(source: str, more: str) -> str:
    name = "word/_rels/document.xml.rels"
    return altered(source, {name: part(source, name).replace(b"</Relationships>", more.encode() + b"</Relationships>")})


LINK = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: kept(b"no zip"), "this is no .docx"),
        (lambda _: kept(b""), "this is no .docx"),
        (lambda source: kept(kept_bytes(source)[:4000]), "this is no .docx"),
        (lambda source: kept(kept_bytes(source) + b"x" * 3_000_000), "the file is larger than"),
        (lambda source: altered(source, {"word/big.xml": b" " * 50_000_000}), "the file unpacks to more than"),
        (lambda source: altered(source, {f"word/{at}.xml": b"<x/>" for at in range(600)}), "the file unpacks to more than"),
        (lambda source: altered(source, {"word/document.xml": None}), "this is no .docx"),
        (lambda source: altered(source, {"word/vbaProject.bin": b"x"}), "it holds a program or another file (word/vbaProject.bin)"),
        (lambda source: altered(source, {"word/embeddings/oleObject1.bin": b"x"}), "it holds a program or another file"),
        (
            lambda source: altered(
                source,
                {
                    "[Content_Types].xml": part(source, "[Content_Types].xml").replace(
                        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                        b"application/vnd.ms-word.document.macroEnabled.main+xml",
                    )
                },
            ),
            "this is no .docx",
        ),
        (
            lambda source: relation(source, LINK.format("attachedTemplate", "file:///C:/x.dotm")),
            "it leads out of the file, to file:///C:/x.dotm",
        ),
        (lambda source: relation(source, LINK.format("image", "http://example.org/a.png")), "it leads out of the file"),
        (lambda source: insert(source, '<w:r><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText></w:r>'), "it has the field INCLUDETEXT"),
        (lambda source: insert(source, '<w:fldSimple w:instr=" DDEAUTO c:\\cmd "/>'), "it has the field DDEAUTO"),
        (lambda source: insert(source, '<w:ins w:id="1" w:author="x"><w:r><w:t>x</w:t></w:r></w:ins>'), "it has tracked changes"),
        (lambda source: insert(source, '<w:commentReference w:id="1"/>'), "it has tracked changes or comments"),
        (
            lambda source: altered(
                source, {"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>' + part(source, "word/document.xml")[55:]}
            ),
            "its XML declares a document type of its own",
        ),
        (lambda source: altered(source, {"word/endnotes.xml": b"<w:x>{{ fields.agenda }}</w:x>"}), "nothing is filled in there"),
    ],
)
def test_what_no_template_may_hold_is_refused(make, said):
    found = check_own(make(template()), KNOWN)
    assert found[0].detail.startswith(said), found


def insert(source: str, xml: str) -> str:
    body = part(source, "word/document.xml")
    at = body.rindex(b"</w:p>")
    return altered(source, {"word/document.xml": body[:at] + xml.encode() + body[at:]})


@pytest.mark.parametrize("trick", TRICKS)
def test_no_known_trick_reaches_anything_in_word_either(trick):
    source = template(body=trick)
    with pytest.raises(TemplateRefused):
        write(paper(), source)


def test_nasty_strings_come_back_as_they_were_and_are_never_run():
    source = template()
    for seed in range(40):
        texts = [f"[{at}{nasty(seed * 3 + at)}{at}]" for at in range(3)]
        (made,) = write(paper(agenda=texts[0], guests=[{"unit": {"key": "x", "title": texts[1]}, "part": texts[2]}]), source).values()
        said = "".join(coverage.clean(words(made)).split())
        for one in texts:
            assert "".join(coverage.clean(one).split()) in said


@pytest.mark.parametrize("piece", ["{_{ 1 }_}", "{_% if %_}", "{{ 1 }}", "&#95;", *PIECES[:12]])
def test_a_value_is_printed_to_the_letter(piece):
    (made,) = write(paper(agenda=f"«{piece}»"), template()).values()
    assert f"«{piece}»" in words(made)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\ud800", "\ufffe"])
def test_a_character_that_no_xml_can_hold_refuses_and_names_field_and_character(sign):
    with pytest.raises(CharacterRefused) as refused:
        write(paper(agenda=f"a{sign}b"), template())
    assert refused.value.facts["place"] == "fields.agenda"
    assert refused.value.facts["character"].startswith(f"U+{ord(sign):04X}")


def test_an_empty_name_is_an_error_never_a_blank():
    with pytest.raises(TemplateRefused) as refused:
        write(paper(), template(body="Ngày {{ fields.guests[7].part }}"))
    assert "“Ngày {{ fields.guests[7].part }}”" in str(refused.value)
    assert refused.value.facts["line"] == 9

"""Every file passes validators that are not ours: openxml-audit's schemas for .docx, qpdf and the clauses of PDF/A-2b for .pdf."""

from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
import pytest
from openxml_audit import OpenXmlValidator

from tests import papers
from tests.pdfa import breaches
from tests.unit.documents.test_own_templates import paper, template
from workflow.documents import write
from workflow.documents.registers.forms import FORMS, Register
from workflow.documents.registers.writing import write as write_register

HEADS = {
    "state": (papers.STATE, papers.BODY),
    "party": (papers.PARTY, papers.BODY),
    "joint": (papers.JOINT, papers.BODY),
    "letter": ({**papers.STATE, **papers.LETTER}, papers.LETTER_BODY),
    "draft": ({**papers.PARTY, "number": None, "date": None}, papers.BODY),
    "appendix": (papers.STATE, papers.BODY + "\n\\pagebreak\n\\appendix I: Biểu\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
}


def said(data: bytes, folder: Path) -> list[str]:
    file = folder / "x.docx"
    file.write_bytes(data)
    return [one.description for one in OpenXmlValidator().validate(str(file)).errors]


@pytest.mark.parametrize("kind", HEADS)
def test_papers_pass(kind, tmp_path):
    head, body = HEADS[kind]
    made = write(papers.document(head), body)
    assert said(made["docx"], tmp_path) == []
    assert breaches(made["pdf"]) == []


@pytest.mark.parametrize("kind", FORMS)
def test_registers_pass(kind, tmp_path):
    row = dict.fromkeys(FORMS[kind].keys, "Ủy ban")
    made = Register(form=FORMS[kind], body="Ban Tuyên giáo", year="2026", rows=(row,))
    assert said(write_register(made, "docx", date(2026, 11, 20)), tmp_path) == []
    assert breaches(write_register(made, "pdf", date(2026, 11, 20))) == []


@pytest.mark.parametrize("cut", [False, True])
def test_papers_by_word_templates_pass(cut, tmp_path):
    assert said(write(paper(), template(cut=cut))["docx"], tmp_path) == []


def test_the_validator_notices_an_element_out_of_place(tmp_path):
    out = BytesIO()
    with ZipFile(BytesIO(write(papers.document(), papers.BODY)["docx"])) as read, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for name in read.namelist():
            data = read.read(name)
            written.writestr(
                name,
                data.replace(b"<w:keepNext/>", b"", 1).replace(b"</w:pPr>", b"<w:keepNext/></w:pPr>", 1)
                if name == "word/document.xml"
                else data,
            )
    assert said(out.getvalue(), tmp_path) != []


SPOILT = {
    "6.2.3": lambda file: file.Root.__delitem__("/OutputIntents"),
    "6.6.2.1": lambda file: file.Root.__delitem__("/Metadata"),
    "6.1–6.9": lambda file: file.Root.__setitem__("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x")),
    "6.2.11.4.1": lambda file: [
        one.__delitem__(key)
        for one in file.objects
        if isinstance(one, pikepdf.Dictionary)
        for key in ("/FontFile2", "/FontFile3")
        if key in one
    ],
    "6.3": lambda file: file.pages[0].obj.__setitem__("/Annots", pikepdf.Array()),
    "6.2.4.3": lambda file: file.pages[0].contents_add(b"0 0 0 1 k"),
}


@pytest.mark.parametrize("clause", SPOILT)
def test_a_spoilt_file_is_noticed(clause):
    with pikepdf.open(BytesIO(write(papers.document(), papers.BODY)["pdf"])) as file:
        SPOILT[clause](file)
        out = BytesIO()
        file.save(out)
    assert any(one.startswith(clause) for one in breaches(out.getvalue())), breaches(out.getvalue())


def test_an_encrypted_file_is_noticed():
    with pikepdf.open(BytesIO(write(papers.document(), papers.BODY)["pdf"])) as file:
        out = BytesIO()
        file.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert "6.1.3: nothing is encrypted" in breaches(out.getvalue())

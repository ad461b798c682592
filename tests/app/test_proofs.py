"""Proof: a paper written again is the same; a file is recognised; a case's whole file is handed out, the same bytes each time."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.app.making import CLERK, HEAD, OUTSIDER, SPECIALIST, Place, incident, step
from workflow import documents
from workflow.compose import LocalOffice
from workflow.documents.files import title_of, words_of
from workflow.errors import NotFound
from workflow.model import Upload
from workflow.office.exporting import METADATA, clean

ROOT = Path(__file__).parents[2]


@pytest.fixture
def office(place: Place) -> LocalOffice:
    return place.office()


@pytest.fixture
def number(office: LocalOffice) -> str:
    """A case with an issued report."""
    found = incident(office, "screen")
    step(office, found, "assess")
    return found


# ---- written again ---------------------------------------------------------------------------------------------------


def test_a_paper_written_again_is_the_same_bytes(office: LocalOffice, number: str) -> None:
    found, made = office.reproduce(number, "situation", actor=HEAD)
    assert (found.same, found.same_text) == ({"docx": True, "pdf": True}, True)
    assert made == office.document_files(number, "situation", actor=HEAD)


def test_a_paper_is_the_same_in_another_process_and_time_zone(place: Place, office: LocalOffice, number: str) -> None:
    code = (
        "import sys; from workflow.compose import open_office; from workflow.plain import digest\n"
        f"office = open_office({str(place.folder)!r}, environ={{}})\n"
        f"print(office.reproduce({number!r}, 'situation', actor={HEAD!r})[0].same)"
    )
    env = {**os.environ, "TZ": "America/St_Johns", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "{'docx': True, 'pdf': True}"


def test_with_another_renderer_the_words_are_compared(office: LocalOffice, number: str, monkeypatch) -> None:
    write = documents.write

    def otherwise(*given, **options):
        return {kind: content + b" " for kind, content in write(*given, **options).items()}

    monkeypatch.setattr(documents, "write", otherwise)
    monkeypatch.setattr(documents, "versions", lambda *_: "another 2.0")
    found, _ = office.reproduce(number, "situation", actor=HEAD)
    assert (found.same, found.same_text, found.renderer_now) == ({"docx": False, "pdf": False}, True, "another 2.0")
    assert found.renderer != found.renderer_now
    monkeypatch.setattr(documents, "write", lambda *_, **__: {"docx": b"x", "pdf": b"y"})
    assert not office.reproduce(number, "situation", actor=HEAD)[0].same_text


def test_a_draft_can_not_be_reproduced(office: LocalOffice) -> None:
    draft = incident(office, "screen")
    with pytest.raises(NotFound):
        office.reproduce(draft, "situation", actor=HEAD)


# ---- recognised ------------------------------------------------------------------------------------------------------


def test_a_file_is_recognised_whatever_its_name(office: LocalOffice, number: str) -> None:
    files = office.document_files(number, "situation", actor=HEAD)
    for kind, content in files.items():
        known = office.recognise(content, actor=HEAD)
        assert (known.state, known.case, known.kind, known.document.symbol) == ("unchanged", number, kind, "01-BC/BTGHU")
    office.void_document(number, "situation", actor=HEAD, note="Sai")
    assert office.recognise(files["pdf"], actor=HEAD).document.status == "void"


def test_a_changed_file_is_told_from_an_unknown_one(office: LocalOffice, number: str) -> None:
    for content in office.document_files(number, "situation", actor=HEAD).values():
        known = office.recognise(content + b"\n", actor=HEAD)
        assert (known.state, known.document.symbol) == ("changed", "01-BC/BTGHU")
    for content in (b"", b"PK\x03\x04", b"%PDF-1.4 nothing", b"x" * 100):
        assert office.recognise(content, actor=HEAD).state == "unknown"


def test_a_signed_scan_is_recognised_too(office: LocalOffice, number: str) -> None:
    office.attach_to_document(number, "situation", actor=SPECIALIST, files=[Upload(name="ky.pdf", content=b"%PDF scan")])
    assert office.recognise(b"%PDF scan", actor=HEAD).kind == "attached"


def test_who_may_not_see_the_case_learns_nothing(office: LocalOffice, number: str) -> None:
    files = office.document_files(number, "situation", actor=HEAD)
    for content in (*files.values(), files["docx"] + b"\n"):
        assert office.recognise(content, actor=OUTSIDER).state == "unknown"


def test_what_is_no_word_file_has_no_words() -> None:
    assert words_of(b"x") == title_of(b"x") == ""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
        made.writestr("docProps/core.xml", "<x/>")
    assert words_of(out.getvalue()) == title_of(out.getvalue()) == ""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<x")
    assert words_of(out.getvalue()) == ""


# ---- a case's whole file ---------------------------------------------------------------------------------------------


def test_a_case_s_whole_file_holds_everything_with_its_hashes(office: LocalOffice, number: str) -> None:
    scan = Upload(name="../../den.pdf", content=b"%PDF-1.4 /Type /Page ")
    office.receive("btg", actor=CLERK, author="UBND xã <&>", symbol="45/BC-UBND", title="Báo cáo", case=number, files=[scan])
    office.attach(number, actor=SPECIALIST, files=[Upload(name="ảnh.jpg", content=b"jpg")])
    office.attach_to_document(number, "situation", actor=SPECIALIST, files=[Upload(name="ky.pdf", content=b"%PDF signed")])
    told, files = office.export_file(number, actor=HEAD)
    names = set(files)
    assert {"case.json", "history.json", "metadata.json", "metadata.xml", "contents.csv", "contents.pdf", "SHA256SUMS"} <= names
    assert {"papers/situation-1 01-BC-BTGHU.docx", "papers/situation-1 01-BC-BTGHU.pdf", "papers/situation-1 01-BC-BTGHU ky.pdf"} <= names
    assert [name for name in names if name.startswith("received/")] == ["received/2026-01 ..-..-den.pdf"]
    assert any(name.startswith("attachments/") and name.endswith("ảnh.jpg") for name in names)
    for line in files["SHA256SUMS"].decode().splitlines():
        hash_, _, name = line.partition("  ")
        assert hashlib.sha256(files[name]).hexdigest() == hash_ == told.files[name]
    assert len(files["SHA256SUMS"].splitlines()) == len(files) - 1


def test_the_metadata_are_those_of_the_annex_in_xml_and_json(office: LocalOffice, number: str) -> None:
    office.receive("btg", actor=CLERK, author="UBND xã <&>", symbol="45/BC-UBND", title="Báo cáo", case=number)
    _, files = office.export_file(number, actor=HEAD)
    papers = json.loads(files["metadata.json"])
    assert all(set(paper) == set(METADATA) for paper in papers)
    root = ET.fromstring(files["metadata.xml"])
    assert [{field.tag: field.text or "" for field in paper} for paper in root] == papers
    issued = next(paper for paper in papers if not paper["ArrivalNumber"])
    assert (issued["CodeNumber"], issued["CodeNotation"], issued["IssuedDate"], issued["FileNotation"]) == (
        "01",
        "BC/BTGHU",
        "2026-11-20",
        number,
    )
    received = next(paper for paper in papers if paper["ArrivalNumber"])
    assert (received["CodeNumber"], received["CodeNotation"], received["OrganName"]) == ("45", "BC-UBND", "UBND xã <&>")


def test_the_export_is_the_same_bytes_until_something_happens(place: Place, office: LocalOffice, number: str) -> None:
    first, second = (office.export_file(number, actor=HEAD, when_zipped=True)[1] for _ in range(2))
    assert first == second
    place.set("2027-03-01 09:00")
    assert place.office().export_file(number, actor=HEAD, when_zipped=True)[1] == first
    (name, content), *_ = first.items()
    assert name == f"{clean(number)}.zip"
    assert zipfile.ZipFile(BytesIO(content)).testzip() is None
    office.comment(number, actor=HEAD, note="x")
    assert office.export_file(number, actor=HEAD, when_zipped=True)[1] != first


def test_nobody_exports_what_they_may_not_see(office: LocalOffice, number: str) -> None:
    with pytest.raises(NotFound):
        office.export_file(number, actor=OUTSIDER)

"""`hoso programme`: the table, the files, the words for programs, and what it refuses."""

import pytest

PROGRAMME = """
title: Chương trình phối hợp
since: 2025
until: 2026
obligations:
  incidents: {title: Vụ việc, article: II.2, who: btg, owed: occasion, cases: {process: incident, met: closed}}
  report: {title: Báo cáo, article: III.3, who: btg, by: 1 June, cases: {process: annual_report, met: sent, year: year}}
"""


@pytest.fixture
def programmed(typed):
    (typed.folder / "definitions/programme.yaml").write_text(PROGRAMME, "utf-8")
    typed("deploy --why 'Chương trình'")
    return typed


def test_the_table_says_how_each_obligation_stands(programmed):
    number = programmed.incident()
    lines = programmed.out("programme --as leader.btg").splitlines()
    assert lines[:3] == ["Chương trình phối hợp", "Tình hình thực hiện năm 2026", "đang thực hiện: 1; chậm, chưa xong: 1"]
    assert "Phần, mục" in lines[3]
    assert f"{number}, Tiếp nhận: Nam Giang: môi trường" in lines[4]
    assert "01/06/2026" in lines[5]
    assert "Năm ấy không thuộc giai đoạn" in programmed.out("programme --as leader.btg --year 2031")


def test_json_holds_every_key(programmed):
    number = programmed.incident()
    found = programmed.json("programme --as leader.btg")
    assert (found["year"], found["today"]) == (2026, "2026-11-20")
    assert found["standings"] == {"met": 0, "under way": 1, "late": 1, "not begun": 0, "no occasion": 0}
    (case,) = found["obligations"][0]["cases"]
    assert (case["number"], case["state"], case["met"], case["late"], case["secret"]) == (number, "received", False, False, True)
    assert found["obligations"][1] == {
        "key": "report",
        "title": "Báo cáo",
        "article": "III.3",
        "text": "",
        "who": ["Ban Tuyên giáo Huyện ủy"],
        "owed": "yearly",
        "due": "2026-06-01",
        "basis": "",
        "count": 1,
        "standing": "late",
        "cases": [],
    }


def test_files_are_written_once_unless_forced_and_are_private(programmed, tmp_path):
    docx, html = tmp_path / "page.docx", tmp_path / "sub" / "page.html"
    said = programmed.out(f"programme --as leader.btg --docx {docx} --html {html}")
    assert said.splitlines() == [str(docx), str(html)]
    assert docx.read_bytes()[:2] == b"PK"
    assert html.read_text("utf-8").startswith("<!doctype html>")
    assert docx.stat().st_mode & 0o777 == html.stat().st_mode & 0o777 == 0o600
    assert "--force" in programmed.refused(f"programme --as leader.btg --docx {docx}", 2)
    programmed(f"programme --as leader.btg --docx {docx} --force")


def test_reading_changes_nothing_and_no_programme_is_told(programmed, typed, tmp_path):
    before = programmed.contents()
    programmed("programme --as clerk.mttq")
    assert programmed.contents() == before


def test_an_office_without_one_is_told_what_to_write(typed):
    assert "definitions/programme.yaml" in typed.refused("programme --as leader.btg", 4)

"""The programme of a real office: what a year owes, which cases count, and who sees which of them (law 7)."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from tests.app.making import CLERK, COUNTERPART, HEAD, OUTSIDER, SPECIALIST, Place, copied, incident, no_scenarios, served
from workflow.errors import DefinitionsWrong, NoProgramme, NotFound

PROGRAMME = """
title: Chương trình <phối hợp>
by: Số 01-CTr/BTGHU
since: 2025
until: 2026
obligations:
  report:
    title: Báo cáo hằng năm
    article: III.3; IV.2
    text: Định kỳ hàng năm
    who: [btg, tt-hdnd]
    by: 20 December
    cases: {process: annual_report, met: [data_requested, sent], year: year}
  incidents: {title: Vụ việc, article: II.2, who: btg, owed: occasion, cases: {process: incident, met: closed}}
  urgent: {title: Vụ việc khẩn, article: II.2, who: btg, owed: occasion, cases: {process: incident, when: {urgency: urgent}, met: closed}}
  known: {title: Đã biết, article: I, who: btg, cases: {process: incident, met: [received, screened], year: ever}}
  renewal: {title: Ký mới, article: IV, who: btg, owed: last year, cases: {process: annual_report, met: sent}}
"""


@pytest.fixture(scope="module")
def with_programme(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office with a programme, deployed once."""
    place = copied(deployed, tmp_path_factory.mktemp("programme") / "office")
    no_scenarios(place)
    (place.folder / "definitions/programme.yaml").write_text(PROGRAMME, "utf-8")
    office = place.office()
    done = office.deploy(by="hoso", why="chương trình")
    assert done.changed == ("programme",)
    assert office.deploy(by="hoso", why="lần nữa").changed == ()
    office.close()
    return place.folder


@pytest.fixture
def programmed(with_programme: Path, tmp_path: Path) -> Place:
    """A copy of it, the test's own."""
    return copied(with_programme, tmp_path / "programmed")


@pytest.mark.parametrize("database", ["file", "postgres"])
def test_fields_choose_cases_on_either_database(programmed: Place, database: str, request: pytest.FixtureRequest) -> None:
    place = programmed if database == "file" else served(programmed, request.getfixturevalue("postgres_url"))
    office = place.office()
    incident(office)
    urgent = incident(office, urgency="urgent")
    report = office.open("annual_report", actor=SPECIALIST, fields={"year": 2026}).case
    office.open("annual_report", actor=SPECIALIST, fields={"year": 2025})
    found = standings(office)
    assert found["urgent"] == ("under way", [urgent])
    assert found["report"] == ("under way", [report])


def standings(office, actor=HEAD, year=None):
    return {one.key: (one.standing, [case.number for case in one.cases]) for one in office.programme(actor=actor, year=year).obligations}


def test_an_office_without_a_programme_says_so(place: Place) -> None:
    with pytest.raises(NoProgramme):
        place.office().programme(actor=HEAD)


def test_a_wrong_programme_is_not_deployed(place: Place) -> None:
    (place.folder / "definitions/programme.yaml").write_text(PROGRAMME.replace("incident, met", "accident, met", 1), "utf-8")
    with pytest.raises(DefinitionsWrong, match=r"programme\.yaml"):
        place.office().deploy(by="hoso", why="sai")


def test_each_obligation_stands_as_its_cases_do(programmed: Place) -> None:
    office = programmed.office()
    nothing = {"report": "not begun", "incidents": "no occasion", "urgent": "no occasion", "known": "not begun", "renewal": "not begun"}
    assert {key: stands for key, (stands, _) in standings(office).items()} == nothing
    seen = incident(office)
    urgent = incident(office, urgency="urgent")
    report = office.open("annual_report", actor=SPECIALIST, fields={"year": 2026}).case
    assert standings(office) == {
        "report": ("under way", [report]),
        "incidents": ("under way", [seen, urgent]),
        "urgent": ("under way", [urgent]),
        "known": ("met", [seen, urgent]),
        "renewal": ("under way", [report]),
    }
    office.advance(report, "request_data", actor=HEAD, fields={"units": ["vp"]})
    assert standings(office)["report"] == ("met", [report])


def test_what_is_past_is_late_and_what_was_cancelled_does_not_count(programmed: Place) -> None:
    office = programmed.office()
    wrong = office.open("annual_report", actor=SPECIALIST, fields={"year": 2026}).case
    office.advance(wrong, "cancel", actor=HEAD, note="nhầm")
    assert standings(office)["report"] == ("not begun", [])
    seen = incident(office)
    programmed.set("2026-12-21 09:00")  # 20/12 is a Sunday: its term ends with the 21st
    office = programmed.office()
    found = {one.key: one for one in office.programme(actor=HEAD).obligations}
    assert (found["report"].standing, found["report"].due) == ("not begun", date(2026, 12, 21))
    assert (found["incidents"].standing, found["incidents"].due) == ("late", None)
    assert [(case.number, case.late) for case in found["incidents"].cases] == [(seen, True)]
    programmed.set("2026-12-22 09:00")
    assert standings(programmed.office())["report"] == ("late", [])


def test_a_case_belongs_to_the_year_of_its_field_or_of_its_opening(programmed: Place) -> None:
    programmed.set("2026-12-30 09:00")
    office = programmed.office()
    last = office.open("annual_report", actor=SPECIALIST, fields={"year": 2025}).case
    seen = incident(office)
    assert standings(office, year=2025) == {"report": ("late", [last]), "incidents": ("no occasion", []), "urgent": ("no occasion", [])} | {
        "known": ("late", [])
    }
    assert standings(office, year=2026)["report"] == ("late", [])
    assert standings(office, year=2026)["renewal"] == ("under way", [last])
    assert standings(office, year=2027) == {}
    programmed.set("2027-01-05 09:00")
    assert standings(programmed.office(), year=2026)["incidents"] == ("late", [seen])
    assert standings(programmed.office()) == {}


def test_what_holds_on_from_an_earlier_year_counts_in_the_next(programmed: Place) -> None:
    text = PROGRAMME.replace("until: 2026", "until: 2030")
    (programmed.folder / "definitions/programme.yaml").write_text(text, "utf-8")
    office = programmed.office()
    office.deploy(by="hoso", why="kéo dài")
    seen = incident(office)
    assert standings(office, year=2027)["known"] == ("met", [seen])
    assert standings(office, year=2027)["incidents"] == ("no occasion", [])
    assert standings(office, year=2025)["known"] == ("late", [])


def test_what_may_not_be_seen_is_neither_shown_nor_counted(programmed: Place) -> None:
    office = programmed.office()
    before = office.programme(actor=OUTSIDER)
    pages = [office.programme_page(before, kind) for kind in ("docx", "html")]
    incident(office)
    after = office.programme(actor=OUTSIDER)
    assert after == before
    assert [office.programme_page(after, kind) for kind in ("docx", "html")] == pages
    assert standings(office, COUNTERPART)["incidents"][0] == "under way"
    with pytest.raises(NotFound):
        office.programme(actor="nobody")


def test_more_cases_than_a_page_are_all_found(programmed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.office.programme._PAGE", 2)
    office = programmed.office()
    numbers = [incident(office) for _ in range(5)]
    assert standings(office)["incidents"] == ("under way", numbers)


def test_the_page_as_files_bears_the_number_alone_of_secret_cases(programmed: Place) -> None:
    office = programmed.office()
    number = incident(office)
    report = office.open("annual_report", actor=SPECIALIST, fields={"year": 2026}).case
    found = office.programme(actor=CLERK)
    html = office.programme_page(found, "html").decode()
    assert "Chương trình &lt;phối hợp&gt;" in html
    assert number in html
    assert "Nam Giang" not in html
    assert f"{report}, Mở: Báo cáo kết quả" in html
    assert html.count("<tr ") == len(found.obligations)
    assert "http" not in html
    assert "<script" not in html
    docx = office.programme_page(found, "docx")
    with zipfile.ZipFile(BytesIO(docx)) as package:
        text = package.read("word/document.xml").decode()
    assert "TÌNH HÌNH THỰC HIỆN NĂM 2026" in text
    assert "không phát sinh: 1" in text
    assert number in text
    assert "Nam Giang" not in text
    assert docx == office.programme_page(found, "docx")


def test_no_sheet_is_left_without_its_words_in_english(programmed: Place) -> None:
    settings = programmed.folder / "office.toml"
    settings.write_text(settings.read_text("utf-8").replace('language = "vi"', 'language = "en"'), "utf-8")
    office = programmed.office()
    html = office.programme_page(office.programme(actor=HEAD), "html").decode()
    assert "How the programme stands in 2026" in html
    assert "not begun: 3; no occasion: 2" in html

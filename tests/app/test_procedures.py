"""The three procedures from their opening to their end, through the library; the papers that come out of them."""

from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from tests.app.making import (
    CLERK,
    COUNTERPART,
    HEAD,
    HEADS,
    SPECIALIST,
    STEPS,
    Place,
    change_definitions,
    consulting,
    incident,
    no_scenarios,
    step,
)
from workflow.compose import LocalOffice
from workflow.errors import NotFound
from workflow.plain import digest


def squeezed(text: str) -> str:
    return "".join(text.split())


def texts(office: LocalOffice, number: str, key: str) -> list[str]:
    """What the paper's .docx and .pdf say, without spaces."""
    files = office.document_files(number, key, actor=COUNTERPART)
    assert sorted(files) == ["docx", "pdf"]
    body = docx.Document(BytesIO(files["docx"])).element.body
    word = "".join(node.text or "" for node in body.iter(qn("w:t")))
    return [squeezed(word), squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(files["pdf"])).pages))]


def holds(office: LocalOffice, number: str, key: str, *parts: str) -> None:
    for text in texts(office, number, key):
        for part in parts:
            assert squeezed(part) in text, part


def symbols(office: LocalOffice, number: str) -> dict[str, str]:
    return {one.key: one.symbol for one in office.documents(number, actor=COUNTERPART) if one.status == "issued"}


def test_an_incident_goes_all_the_way_and_each_paper_bears_number_date_and_signer(place: Place) -> None:
    office = place.office()
    number = incident(office)
    seen = [step(office, number, action).after for action in STEPS]
    assert seen == ["screened", "assessed", "plan_drafted", "plan_agreed", "submitted", "executing", "closed"]
    case = office.show(number, actor=HEAD)
    assert (case.outcome, case.state_title, case.awaited, case.actions) == ("done", "Kết thúc", (), ())
    assert symbols(office, number) == {
        "situation/1": "01-BC/BTGHU",
        "plan/1": "01-PA/BTGHU-HĐND",
        "proposal/1": "01-TTr/BTGHU",
        "conclusion/1": "01-TB/BTGHU",
        "final_report/1": "02-BC/BTGHU",
    }
    holds(
        office,
        number,
        "situation",
        "Số 01-BC/BTGHU",
        "ngày 20 tháng 11 năm 2026",
        "TRƯỞNG BAN",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "vượt ngưỡng 1,5 lần",
    )
    holds(office, number, "plan", "Số 01-PA/BTGHU-HĐND", "TRƯỞNG BAN", "PHÓ CHỦ TỊCH", "đài truyền thanh xã")
    holds(office, number, "final_report", "Số 02-BC/BTGHU", "Cơ sở đã dừng hoạt động", "Nơi nhận")
    assert office.verify() == []


def test_opinions_are_collected_by_letters_of_both_sides(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    points = [{"article": "Điều 3", "opinion": "Nêu rõ mức hỗ trợ"}]
    office.reply(number, unit="btg", answer="amend", actor=HEADS["btg"], fields={"points": points})
    office.reply(number, unit="mttq", answer="agree", actor=HEADS["mttq"])
    last = office.reply(number, unit="xa-nam-giang", answer="agree", actor=HEADS["xa-nam-giang"])
    assert (last.after, last.also) == ("collated", ("Đủ ý kiến",))
    explained = [{**points[0], "explanation": "Tiếp thu tại khoản 2"}]
    office.advance(number, "explain", actor="truong-phong-vhtt", fields={"points": explained})
    office.advance(number, "sign", actor=COUNTERPART)
    office.advance(number, "issue", actor="van-thu-vp")
    office.advance(number, "close", actor="van-thu-vp")
    assert symbols(office, number) == {
        "ask_letter/1": "01/HĐND",
        "ask_letter/2": "02/HĐND",
        "ask_letter/3": "03/HĐND",
        "reply_letter/1": "01-CV/BTGHU",
        "reply_letter/2": "01/MTTQ-BTT",
        "reply_letter/3": "01/UBND",
        "summary/1": "01/BC-HĐND",
    }
    holds(office, number, "ask_letter/1", "Số: 01/HĐND", "ngày 20 tháng 11 năm 2026", "TM. THƯỜNG TRỰC", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    holds(office, number, "reply_letter/1", "Số 01-CV/BTGHU", "TRƯỞNG BAN", "Nêu rõ mức hỗ trợ")
    holds(office, number, "summary", "Số: 01/BC-HĐND", "Độc lập - Tự do - Hạnh phúc", "Tiếp thu tại khoản 2", "TM. THƯỜNG TRỰC")
    assert office.show(number, actor=COUNTERPART).outcome == "done"
    assert office.verify() == []


def test_the_annual_report_opens_by_itself_adds_up_the_figures_and_is_sent(place: Place) -> None:
    office = place.office()
    place.set("2026-12-01 08:00")
    (number,) = office.tick().opened
    office.advance(number, "request_data", actor=HEAD, fields={"units": ["tt-hdnd", "vp"]})
    office.reply(number, unit="tt-hdnd", actor="van-thu-hdnd", fields={"held": 5, "incidents": 1})
    last = office.reply(number, unit="vp", actor="van-thu-vp", fields={"held": "4", "incidents": 2, "remarks": "Phối hợp kịp thời"})
    assert last.after == "data_received"
    fields = {field.key: field.value for field in office.show(number, actor=HEAD).fields}
    assert (fields["year"], fields["total_held"], fields["total_incidents"]) == (2026, 9, 3)
    office.advance(number, "consolidate", actor=SPECIALIST, fields={"total_held": 9, "total_incidents": 3})
    office.advance(number, "agree", actor=COUNTERPART)
    office.advance(number, "sign", actor=HEAD)
    office.advance(number, "send", actor=CLERK)
    assert office.advance(number, "close", actor=CLERK).after == "closed"
    holds(office, number, "report", "Số 01-BC/BTGHU", "ngày 01 tháng 12 năm 2026", "TRƯỞNG BAN", "năm 2026", "Phối hợp kịp thời")
    assert [entry.action for entry in office.history(number, actor=HEAD)] == [
        "begin", "request_data", "supply", "supply", "gathered", "consolidate", "agree", "sign", "send", "close",
    ]  # fmt: skip
    assert office.verify() == []


def test_a_draft_follows_the_facts_and_an_issued_paper_does_not(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen", "assess", "draft_plan")
    draft = office.document_text(number, "plan", actor=HEAD)
    assert "đài truyền thanh xã" in draft
    office.advance(number, "return", actor=HEAD, note="Viết lại")
    office.advance(number, "draft_plan", actor=SPECIALIST, fields={"plan": "Họp dân tại nhà văn hóa"})
    assert "Họp dân tại nhà văn hóa" in office.document_text(number, "plan", actor=HEAD)
    assert sorted(one.key for one in office.documents(number, actor=HEAD)) == ["plan/1", "situation/1"]
    for action in ("agree", "submit"):
        step(office, number, action)
    before = office.document_files(number, "plan", actor=HEAD)
    stored = next(one for one in office.documents(number, actor=HEAD) if one.key == "plan/1")
    assert {kind: digest(content) for kind, content in before.items()} == stored.files
    office.advance(number, "reject", actor=CLERK, note="Chưa đủ căn cứ")
    office.advance(number, "draft_plan", actor=SPECIALIST, fields={"plan": "Phương án thứ ba"})
    assert office.document_files(number, "01-PA/BTGHU-HĐND", actor=HEAD) == before
    assert "Phương án thứ ba" in office.document_text(number, "plan", actor=HEAD)
    assert "Phương án thứ ba" not in office.document_text(number, "plan/1", actor=HEAD)


def test_an_issued_paper_stays_the_stored_one_whatever_is_deployed_later(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen", "assess")
    before = office.document_files(number, "situation", actor=HEAD)
    no_scenarios(place)
    change_definitions(place, "organisation.yaml", ("title: Trưởng ban,", "title: Quyền Trưởng ban,"))
    change_definitions(place, "incident/templates/situation.md.j2", ("{{", "Bản mới {{"))
    assert office.deploy().changed == ("process incident", "organisation")
    assert office.document_files(number, "situation", actor=HEAD) == before


@pytest.mark.parametrize("key", ["situation/2", "BC", "01-BC/BTGHU"])
def test_a_paper_that_is_not_there_is_not_found(place: Place, key: str) -> None:
    office = place.office()
    number = incident(office, "screen")
    with pytest.raises(NotFound):
        office.document_text(number, key, actor=HEAD)

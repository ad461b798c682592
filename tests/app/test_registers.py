"""Registers at the office's level: what goes out and comes in, the follow-up, tables of contents, numbers reserved; by whom, proved."""

import json
from datetime import date

import pytest

from tests.app.making import BOARD, CLERK, COUNTERPART, HEAD, OUTSIDER, SPECIALIST, Place, change_definitions, incident, no_scenarios, step
from workflow.compose import LocalOffice
from workflow.errors import NotFound, Refused, WrongValue
from workflow.model import Upload

PAPER = {"author": "UBND xã Nam Giang", "symbol": "45/BC-UBND", "title": "Báo cáo tình hình", "dated": date(2026, 11, 18)}


@pytest.fixture
def office(any_place: Place) -> LocalOffice:
    return any_place.office()


@pytest.fixture
def plain(place: Place) -> Place:
    """An office whose incidents are not secret."""
    change_definitions(place, "incident/process.yaml", ("secret: true", "secret: false"))
    no_scenarios(place)
    place.office().deploy(by="hoso", why="thử")
    return place


def issued(office: LocalOffice) -> str:
    number = incident(office, "screen")
    step(office, number, "assess")
    return number


def test_what_a_login_enters_as_somebody_else_bears_its_name_and_is_proved(office: LocalOffice) -> None:
    office.receive("btg", actor=CLERK, **PAPER)
    office.login = "may-chung"
    office.receive("btg", actor=CLERK, **{**PAPER, "symbol": "46/BC-UBND"})
    office.follow_up("btg", 1, actor=CLERK, progress="đang làm")
    taken = office.reserve("btg", "CV", actor=CLERK, note="viết tay")
    office.enter(taken.series, taken.numbers[0], actor=CLERK, void=True, note="không dùng")
    said = [json.loads(one.text) for one in office.store.registry("btg")]
    assert [one.get("login") for one in said] == [None] + ["may-chung"] * 4
    assert not any("login" in one["data"] for one in said)
    assert len(office.register("incoming", "btg", actor=HEAD).rows) == 2
    assert office.verify() == []
    office.close()


def column(shown, key: str) -> list[str]:
    return [row[key] for row in shown.rows]


def test_what_was_issued_and_what_became_of_it_stands_in_the_register_of_papers_that_went_out(plain: Place) -> None:
    office = plain.office()
    number = issued(office)
    office.replace_document(number, "situation", actor=HEAD, note="Sai địa bàn")
    shown = office.register("outgoing", "btg", actor=OUTSIDER)
    assert column(shown, "symbol") == ["01-BC/BTGHU", "02-BC/BTGHU"]
    assert column(shown, "date") == ["20/11/2026"] * 2
    assert column(shown, "note")[0].startswith("thay thế bằng 02-BC/BTGHU: Sai địa bàn")
    assert shown.rows[0]["title"].startswith("Báo cáo ")
    assert shown.rows[0]["signer"] == "Trưởng Ban Tuyên giáo Huyện ủy"
    assert (shown.first_number, shown.last_number, shown.volumes) == ("01-BC/BTGHU", "02-BC/BTGHU", 1)
    assert column(office.register("outgoing", "btg", actor=HEAD, year=2025), "symbol") == []
    assert column(office.register("series", "btg/BC/term:2025-2030", actor=HEAD), "symbol") == ["01-BC/BTGHU", "02-BC/BTGHU"]
    second = office.register("outgoing", "btg", actor=HEAD, volume_size=1, volume_number=2)
    assert (second.volume, second.volumes, column(second, "symbol")) == (2, 2, ["02-BC/BTGHU"])
    with pytest.raises(NotFound):
        office.register("outgoing", "btg", actor=HEAD, volume_size=1, volume_number=3)
    with pytest.raises(NotFound):
        office.register("outgoing", "btg", actor=HEAD, sort="nothing")
    assert column(office.register("outgoing", "btg", actor=HEAD, words="bao cao", sort="symbol"), "symbol") == [
        "01-BC/BTGHU",
        "02-BC/BTGHU",
    ]


def test_papers_of_secret_cases_stand_in_no_register_of_those_who_may_not_see_them(office: LocalOffice) -> None:
    issued(office)
    apart = "btg/secret:BC/term:2025-2030"
    assert [column(office.register("outgoing", "btg", actor=one), "symbol") for one in (HEAD, OUTSIDER)] == [[], []]
    assert column(office.register("series", apart, actor=HEAD), "symbol") == ["01-BC/BTGHU"]
    with pytest.raises(NotFound) as unseen:
        office.register("series", apart, actor=OUTSIDER)
    assert "secret" not in unseen.value.message("en").replace(apart, "")
    assert [[one.series for one in office.series(actor=one)] for one in (HEAD, OUTSIDER)] == [[apart], []]
    office.reserve("btg", "BC", secret=True, actor=CLERK, note="viết tay")
    assert [[one.last for one in office.series(actor=one)] for one in (HEAD, CLERK, OUTSIDER)] == [[2], [2], []]


def test_papers_that_come_in_are_numbered_linked_and_warned_of(office: LocalOffice) -> None:
    number = incident(office)
    scan = Upload(name="scan.pdf", content=b"%PDF-1.4 /Type /Page ")
    first = office.receive(
        "btg", actor=CLERK, case=number, to="specialist.btg", due=date(2026, 12, 1), files=[scan], request_id="a", **PAPER
    )
    assert (first.number, first.warnings, first.to, first.repeated) == (1, (), SPECIALIST, False)
    assert office.receive("btg", actor=CLERK, case=number, request_id="a", **PAPER).repeated
    again = office.receive("btg", actor=CLERK, **PAPER)
    assert "đã đến trước đây: số đến 01/2026" in again.warnings[0]
    shown = office.register("incoming", "btg", actor=HEAD)
    assert column(shown, "number") == ["01", "02"]
    assert shown.rows[0]["to"] == "Chuyên viên Ban Tuyên giáo Huyện ủy"
    follow = office.register("follow-up", "btg", actor=HEAD)
    assert (follow.rows[0]["due"], follow.rows[0]["progress"]) == ("01/12/2026", "Tiếp nhận")
    assert office.register("follow-up", "btg", actor=OUTSIDER).rows[0]["progress"] == ""  # of a case that is none of theirs
    office.follow_up("btg", 1, actor=CLERK, progress="đã trả lời", answer="07-CV/BTGHU")
    assert office.register("follow-up", "btg", actor=HEAD).rows[0]["answer"] == "07-CV/BTGHU"
    assert office.verify() == []


def test_a_paper_that_comes_in_may_open_a_case_once(office: LocalOffice) -> None:
    fields = {"issue": "Người dân phản ánh mùi khó chịu từ cơ sở tái chế", "area": "môi trường", "commune": "Nam Giang"}
    given = {**PAPER, "open_process": "incident", "fields": fields, "request_id": "x"}
    first = office.receive("btg", actor=CLERK, **given)
    assert first.case == "001/2026-VV"
    assert office.receive("btg", actor=CLERK, **given).case == "001/2026-VV"
    assert [line.number for line in office.cases(actor=HEAD)] == ["001/2026-VV"]
    with pytest.raises(Refused):
        office.receive("btg", actor=SPECIALIST, **{**given, "request_id": "y"})
    assert len(office.cases(actor=HEAD)) == 1


def test_a_secret_paper_that_came_in_is_its_handler_s(office: LocalOffice) -> None:
    office.receive("btg", actor=CLERK, to=SPECIALIST, secret=True, **PAPER)
    assert [len(office.register("incoming", "btg", actor=one).rows) for one in (CLERK, SPECIALIST, OUTSIDER, BOARD)] == [1, 1, 0, 0]


def test_nobody_links_a_paper_to_a_case_that_they_may_not_see(office: LocalOffice) -> None:
    number = incident(office)
    with pytest.raises(NotFound):
        office.receive("mttq", actor=OUTSIDER, case=number, **PAPER)


def test_numbers_are_reserved_for_papers_written_elsewhere_and_entered_later(plain: Place) -> None:
    office = plain.office()
    held = office.reserve("btg", "BC", actor=CLERK, count=2, note="văn bản mật viết tay", request_id="k")
    assert (held.series, held.numbers) == ("btg/BC/term:2025-2030", (1, 2))
    assert office.reserve("btg", "BC", actor=CLERK, count=2, note="văn bản mật viết tay", request_id="k").repeated
    number = issued(office)
    assert office.documents(number, actor=HEAD)[-1].symbol == "03-BC/BTGHU"
    office.enter(held.series, 1, actor=CLERK, title="Báo cáo viết tay", signer="Trưởng ban", dated=date(2026, 11, 19), symbol="01-BC/BTGHU")
    office.enter(held.series, 2, actor=CLERK, void=True, note="không dùng")
    shown = office.register("series", held.series, actor=HEAD)
    assert column(shown, "symbol") == ["01-BC/BTGHU", "02", "03-BC/BTGHU"]
    assert column(shown, "note")[:2] == ["văn bản mật viết tay", "đã hủy: không dùng"]
    assert office.verify() == []
    for wrong in ({"type_": "nothing"}, {"type_": "BC", "body": "nothing"}):
        with pytest.raises(NotFound):
            office.reserve(wrong.get("body", "btg"), wrong["type_"], actor=CLERK, note="x")
    with pytest.raises(NotFound):
        office.enter("nothing", 1, actor=CLERK)
    with pytest.raises(Refused):
        office.reserve("mttq", "KL", actor=OUTSIDER, note="x")  # a party paper of a body without a term


def test_a_series_whose_year_is_over_is_closed_with_a_certificate(place: Place) -> None:
    office = place.office()
    office.reserve("tt-hdnd", "BC", actor="van-thu-hdnd", count=3, note="viết tay")
    with pytest.raises(Refused):
        office.close_series("tt-hdnd", actor="van-thu-hdnd")
    place.set("2027-01-04 09:00")
    assert [(one.over, one.closed) for one in office.series(actor=HEAD, body="tt-hdnd")] == [(True, False)]
    closed = office.close_series("tt-hdnd", actor="van-thu-hdnd", request_id="c")
    assert closed.text.splitlines()[1] == "- tt-hdnd/BC/2026: số cuối cùng 03"
    assert office.close_series("tt-hdnd", actor="van-thu-hdnd", request_id="c").repeated
    assert [(one.over, one.closed) for one in office.series(actor=HEAD)] == [(True, True)]
    assert office.verify() == []


def test_a_case_file_has_its_table_of_contents(plain: Place) -> None:
    office = plain.office()
    number = issued(office)
    scan = Upload(name="scan.pdf", content=b"%PDF-1.4 /Type /Page /Type /Page ")
    office.receive("btg", actor=CLERK, case=number, files=[scan], **PAPER)
    shown = office.register("contents", number, actor=HEAD)
    assert column(shown, "order") == ["1", "2"]
    assert column(shown, "symbol") == ["45/BC-UBND", "01-BC/BTGHU"]
    assert column(shown, "pages") == ["1-2", "3-4"]
    assert shown.rows[1]["author"] == "Ban Tuyên giáo Huyện ủy"


def test_registers_are_written_as_files(office: LocalOffice) -> None:
    issued(office)
    for kind, mark in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF")):
        assert office.register_file("outgoing", "btg", kind, actor=HEAD).startswith(mark)
    with pytest.raises(WrongValue):
        office.register_file("outgoing", "btg", "doc", actor=HEAD)
    for kind, name in (("nothing", "btg"), ("incoming", "nothing"), ("series", "btg/XX/2026"), ("series", "btg"), ("contents", "nothing")):
        with pytest.raises(NotFound):
            office.register(kind, name, actor=HEAD)


def test_entries_that_were_changed_are_noticed_and_the_database_refuses_to(place: Place) -> None:
    office = place.office()
    office.receive("btg", actor=CLERK, **PAPER)

    def spoil(tx, *before: str) -> None:
        for statement in before:
            tx.cursor.execute(statement)
        tx.cursor.execute("UPDATE registry SET text = replace(text, '45', '46')")

    with pytest.raises(Exception, match="stays as it is"):
        office.store.database.write(spoil)
    office.store.database.write(spoil, "DROP TRIGGER registry_no_update")
    assert [finding.what for finding in office.verify() if finding.what != "database"] == ["register"]


def test_a_counterpart_keeps_the_registers_of_their_own_body_alone(office: LocalOffice) -> None:
    office.receive("tt-hdnd", actor=COUNTERPART, **PAPER)
    with pytest.raises(Refused, match=r"tt-hdnd"):
        office.receive("tt-hdnd", actor=CLERK, **PAPER)

"""What falls due: soon, on each day of the weeks to come, as a calendar feed; and who will be away then."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest
import vobject
from msgspec.structs import replace

from tests.app.making import COUNTERPART, HEAD, OUTSIDER, SPECIALIST, Place, change_definitions, consulting, incident, no_scenarios
from workflow.compose import LocalOffice
from workflow.errors import NotFound, WrongValue
from workflow.reports import plot


@pytest.fixture
def office(place: Place) -> LocalOffice:
    office = place.office()
    incident(office)
    incident(office, "screen")
    consulting(office)
    return office


def test_what_falls_due_soon_is_listed_after_what_is_late_by_working_days(office: LocalOffice, place: Place) -> None:
    assert office.overdue(actor=HEAD) == []
    soon = office.overdue(actor=HEAD, soon="1 working days")
    assert [(one.case, one.overdue, one.days_left) for one in soon] == [("001/2026-VV", False, 1)]
    assert [one.case for one in office.overdue(actor=HEAD, soon="3 working days", unit="btg")] == ["001/2026-VV", "002/2026-VV"]
    place.set("2026-11-25 10:00")
    found = office.overdue(actor=HEAD, soon="1 working days")
    assert [(one.case, one.overdue, one.late_days, one.days_left) for one in found] == [
        ("001/2026-VV", True, 1, 0),
        ("002/2026-VV", False, 0, 1),
    ]
    assert office.overdue(actor=HEAD)[0] == found[0]
    assert {one.case for one in office.overdue(actor=OUTSIDER, soon="3 working days")} == {"001/2026-TV"}, "what is secret is in no list"
    with pytest.raises(WrongValue):
        office.overdue(actor=HEAD, soon="-1 days")
    with pytest.raises(NotFound):
        office.overdue(actor=HEAD, unit="btgg")


def test_units_see_their_own_replies_among_what_falls_due(office: LocalOffice) -> None:
    found = office.overdue(actor=HEAD, unit="xa-nam-giang", soon="10 days")
    assert [(one.asked, one.overdue) for one in found] == [("xa-nam-giang", False)]


def test_a_forecast_has_every_open_deadline_of_its_days_once_and_what_is_past_apart(office: LocalOffice, place: Place) -> None:
    place.set("2026-11-25 10:00")
    found = office.forecast(actor=HEAD)
    assert (found.first, found.last, len(found.days)) == (date(2026, 11, 25), date(2026, 12, 22), 28)
    cases = office.overdue(actor=HEAD, soon="27 days")
    assert sum(one.total for one in found.days) == sum(not one.overdue for one in cases)
    assert sum(unit.overdue for unit in found.units) == sum(one.overdue for one in cases) == 1
    assert [sum(one.counts) for one in found.days] == [one.total for one in found.days]
    assert {one.day.weekday() for one in found.days if not one.works} == {5, 6}
    assert [one.total for one in found.days if not one.works] == [0] * 8
    assert [one.total for one in office.forecast(actor=HEAD, weeks=1).days] == [one.total for one in found.days[:7]]
    with pytest.raises(WrongValue):
        office.forecast(actor=HEAD, weeks=0)


def test_the_picture_of_a_forecast_has_a_bar_for_each_count_and_is_the_same_each_time(office: LocalOffice, place: Place) -> None:
    place.set("2026-11-25 10:00")
    found = office.forecast(actor=HEAD)
    drawn = plot.svg(found, "vi")
    assert drawn == plot.svg(office.forecast(actor=HEAD), "vi")
    root = ET.fromstring(drawn)
    rects = [
        one
        for one in root.iter("{http://www.w3.org/2000/svg}rect")
        if one.get("fill") in plot.COLOURS and one.get("width") == str(plot.BAR)
    ]
    counts = [count for one in found.days for count in one.counts if count] + [unit.overdue for unit in found.units if unit.overdue]
    top = max([*(one.total for one in found.days), 1])
    assert sorted(float(one.get("height")) for one in rects) == pytest.approx(sorted(plot.PLOT * count / top for count in counts), abs=0.2)
    page = plot.html(found, "vi")
    assert page.count("<tr") == 1 + 1 + 28
    assert "Ban Tuyên giáo Huyện ủy" in page
    assert "Không có việc nào đến hạn" in plot.svg(replace(found, units=()), "vi")


def test_many_deadlines_of_a_day_still_have_a_handful_of_lines(office: LocalOffice) -> None:
    found = office.forecast(actor=HEAD)
    many = replace(found, days=(replace(found.days[0], counts=(700,), total=700), *found.days[1:]))
    assert 4 <= plot.svg(many, "en").count("<line x1") - 4 <= 12


def test_a_feed_is_read_by_another_parser_and_is_the_same_bytes_each_time(office: LocalOffice, place: Place) -> None:
    number = consulting(office)
    made = office.feed(actor=COUNTERPART)
    place.set("2026-11-21 10:00")
    assert office.feed(actor=COUNTERPART) == made
    other = place.office().feed(actor=HEAD, person=SPECIALIST)
    events = list(vobject.readOne(other.decode()).vevent_list)
    assert [(one.summary.value, one.dtstart.value) for one in events] == [
        ("001/2026-VV", date(2026, 11, 23)),
        ("002/2026-VV", date(2026, 11, 26)),
    ], "of a secret case a feed has its number alone"
    heads = vobject.readOne(office.feed(actor="chu-tich-nam-giang").decode())
    assert [(one.summary.value.partition(":")[0], one.dtstart.value) for one in heads.vevent_list] == [
        ("001/2026-TV", date(2026, 11, 27)),
        (number, date(2026, 11, 27)),
    ]
    assert len({one.uid.value for one in heads.vevent_list}) == 2
    assert "Nghị quyết" in heads.vevent_list[0].description.value
    assert not hasattr(vobject.readOne(office.feed(actor=OUTSIDER, person=SPECIALIST).decode()), "vevent_list")
    office.pause(number, actor=COUNTERPART, note="Chờ")
    paused = vobject.readOne(office.feed(actor="chu-tich-nam-giang").decode())
    assert len(paused.vevent_list) == 1
    with pytest.raises(NotFound):
        office.feed(actor=HEAD, person="nobody")


def test_a_deadline_with_an_hour_is_in_the_feed_at_its_instant(place: Place) -> None:
    office = place.office()
    incident(office, urgency="urgent")
    (event,) = vobject.readOne(office.feed(actor=SPECIALIST).decode()).vevent_list
    assert event.dtstart.value == office.overdue(actor=HEAD, soon="2 days")[0].due


# ---- away --------------------------------------------------------------------------------------------------------------


def away(place: Place, absence: str = "{person: chuyen-vien-btg, since: 2026-11-23, until: 2026-11-27}") -> LocalOffice:
    no_scenarios(place)
    change_definitions(place, "organisation.yaml", ("\nabsences: []", f"\nabsences: [{absence}]"))
    office = place.office()
    office.deploy()
    return office


def test_who_is_in_charge_and_away_at_the_due_is_told_in_show_in_doctor_and_in_the_reminder(place: Place) -> None:
    office = away(place)
    place.set("2026-11-20 10:00")
    number = incident(office, "screen", "assess")
    deadlines = {one.status: one for one in office.show(number, actor=HEAD).deadlines}
    assert deadlines["running"].away == ()  # due on the 30th: back by then
    number = incident(office, "screen")
    (deadline,) = [one for one in office.show(number, actor=HEAD).deadlines if one.status == "running"]
    assert len(deadline.away) == 1
    assert "27/11/2026" in deadline.away[0]
    assert "chưa có ai thay" in deadline.away[0]
    found = [one for one in office.doctor() if one.what == "away"]
    assert [number in one.message and "27/11/2026" in one.message for one in found] == [True]
    place.set("2026-11-26 10:00")
    assert next(one for one in office.doctor() if one.what == "away").level == "warning"
    place.set("2026-11-27 08:00")
    assert [one.level for one in office.doctor() if one.what == "away"] == ["ok"]


def test_a_reminder_of_an_open_case_warns_and_names_who_stands_in(place: Place) -> None:
    office = away(place, "{person: chu-tich-nam-giang, since: 2026-11-27, until: 2026-12-01}")
    number = consulting(office)
    place.set("2026-11-26 08:00")
    office.tick()
    sent = [one for one in office.notices(actor=COUNTERPART, case=number) if one.kind == "reminder" and one.person == "chu-tich-nam-giang"]
    assert len(sent) == 1
    assert "vắng đến 01/12/2026 vào ngày đến hạn" in sent[0].text


def test_one_who_is_away_for_no_one_knows_how_long_is_told_of_with_whoever_stands_in(place: Place) -> None:
    change_definitions(
        place,
        "organisation.yaml",
        (
            "\ndelegations: []",
            "\ndelegations: [{from: chuyen-vien-btg, to: van-thu-btg, roles: all, since: 2026-11-01, until: null, by: QĐ 7}]",
        ),
    )
    office = away(place, "{person: chuyen-vien-btg, since: 2026-11-23, until: null}")
    place.set("2026-11-20 10:00")
    number = incident(office, "screen")
    (told,) = [one.away for one in office.show(number, actor=HEAD).deadlines if one.status == "running"]
    assert told == ("Chuyên viên Ban Tuyên giáo Huyện ủy vắng vào ngày đến hạn; Văn thư Ban Tuyên giáo Huyện ủy thay",)


def test_nobody_is_missed_while_another_who_may_act_is_there(place: Place) -> None:
    office = away(place)
    place.set("2026-11-20 10:00")
    number = incident(office)  # the head may screen it too
    assert [one.away for one in office.show(number, actor=HEAD).deadlines] == [()]

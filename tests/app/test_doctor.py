"""Each thing that `doctor` may find, in an office where it is so."""

import sqlite3
from datetime import timedelta

from tests.app.making import CLERK, Place, change_definitions, incident, no_scenarios
from workflow.answers import Finding
from workflow.phrases import phrase


def found(place: Place, what: str) -> list[Finding]:
    return [one for one in place.office().doctor() if one.what == what]


def the(place: Place, what: str) -> Finding:
    (finding,) = found(place, what)
    return finding


def test_an_office_in_order_says_so_of_everything_that_was_looked_at(place: Place) -> None:
    place.office().tick()
    assert {(one.level, one.what) for one in place.office().doctor()} == {
        ("ok", what)
        for what in ("database", "disk", "folder", "workers", "rungs", "failed", "away", "outbox", "periods", "calendar", "backup")
    }
    assert [one.what for one in place.office().doctor() if phrase(one.what, "vi") == one.what] == []


def test_no_worker_is_running(place: Place) -> None:
    finding = the(place, "worker")
    assert (finding.level, finding.hint) == ("warning", "Khởi động: hoso worker")


def test_a_worker_that_fell_silent_is_named_with_its_last_beat(place: Place) -> None:
    place.office().tick()
    place.clock.at += timedelta(minutes=4)
    assert found(place, "worker") == []
    place.clock.at += timedelta(minutes=2)
    none, last = found(place, "worker")
    assert none.level == last.level == "warning"
    assert "20/11/2026 09:00" in last.message


def test_rungs_that_nobody_fired_are_listed_with_their_deadline_and_since_when(place: Place) -> None:
    office = place.office()
    number = incident(office)
    place.set("2026-11-23 11:01")
    assert found(place, "deadline") == []
    place.set("2026-11-23 11:03")
    finding = the(place, "deadline")
    assert (finding.level, finding.hint) == ("error", "Chạy: hoso tick")
    assert all(word in finding.message for word in (number, "Tiếp nhận", "23/11/2026 11:00"))
    office.tick()
    assert found(place, "deadline") == []


def test_an_action_that_the_clock_could_not_do_is_named_with_its_reason_until_it_can(place: Place) -> None:
    no_scenarios(place)
    change_definitions(
        place,
        "incident/process.yaml",
        (
            "    by: nobody                                     #",
            "    when: {\"fields.urgency == 'urgent'\": Chỉ vụ việc khẩn}\n    by: nobody  #",
        ),
    )
    office = place.office()
    office.deploy()
    number = incident(office)
    place.set("2026-11-30 08:00")
    office.tick()
    finding = the(place, "rung")
    assert finding.level == "error"
    assert all(word in finding.message for word in (number, "escalate", "Chỉ vụ việc khẩn"))


def test_others_who_may_read_are_told_of_by_file(place: Place) -> None:
    place.folder.chmod(0o700)
    (place.folder / "hoso.db").chmod(0o644)
    assert "hoso.db" in the(place, "folder").message
    place.folder.chmod(0o755)
    assert {one.level for one in found(place, "folder")} == {"warning"}
    assert len(found(place, "folder")) == 2


def test_a_calendar_that_ends_soon_is_told_two_months_before(place: Place) -> None:
    place.set("2027-10-15 08:00")
    assert found(place, "calendar")[0].level == "ok"
    place.set("2027-11-15 08:00")
    finding = the(place, "calendar")
    assert (finding.level, "2028" in finding.message) == ("warning", True)


def test_what_the_database_itself_finds_is_told(place: Place) -> None:
    office = place.office()
    office.open("incident", actor=CLERK, fields={"issue": "Người dân phản ánh mùi khó chịu", "area": "khác", "commune": "Nam Giang"})
    office.store.close()
    raw = sqlite3.connect(place.folder / "hoso.db")
    raw.execute("DROP TRIGGER case_no_delete")
    raw.execute('DELETE FROM "case"')
    raw.commit()
    raw.close()
    findings = found(place, "database")
    assert {one.level for one in findings} == {"error"}
    assert any("entry" in one.message for one in findings)


def test_of_many_rungs_that_nobody_fired_a_page_is_listed_and_the_rest_counted(place: Place) -> None:
    office = place.office()
    for _ in range(22):
        incident(office)
    place.set("2026-11-23 11:03")
    *each, more = found(place, "deadline")
    assert len(each) == 20
    assert "2" in more.message.split()


def test_a_worker_that_was_heard_of_in_times_to_come_tells_of_a_wrong_clock(place: Place) -> None:
    place.office().tick()
    place.clock.at -= timedelta(hours=1)
    assert "20/11/2026 09:00" in the(place, "clock").message

"""What staff do besides the actions, at the office's level: done once, on record, proven, explained, shown to those who may."""

from pathlib import Path

import pytest

from tests.app.making import CLERK, COUNTERPART, HEAD, SPECIALIST, Place, consulting, dump, incident
from workflow.compose import LocalOffice
from workflow.errors import NotFound, Refused
from workflow.model import Upload


@pytest.fixture
def office(place: Place) -> LocalOffice:
    return place.office()


def titles(office: LocalOffice, number: str) -> list[str]:
    return [entry.title for entry in office.history(number, actor=HEAD)]


def test_each_is_on_record_in_words_and_the_office_proves_it(office: LocalOffice, place: Place) -> None:
    number = incident(office, "screen")
    office.comment(number, actor=CLERK, note="Đã gọi điện", files=[Upload(name="a.txt", content=b"x")])
    office.edit(number, actor=SPECIALIST, fields={"urgency": "urgent"})
    office.assign(number, "handler", "clerk.btg", actor=HEAD, note="Bận")
    office.extend(number, "due", "1 working day", actor=HEAD, note="Việc khó")
    office.pause(number, actor=HEAD, note="Chờ")
    place.set("2026-11-25 09:00")
    office.resume(number, actor=HEAD)
    office.recall(number, actor=HEAD, note="Nhầm")
    office.correct(number, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Ghi sai xã")
    said = titles(office, number)
    assert said[2:4] == ["Ghi ý kiến", "Sửa thông tin"]
    assert "Văn thư" in said[4]
    assert said[5:] == ["Gia hạn due thêm 1 working day", "Tạm dừng tính hạn", "Tính hạn tiếp", "Rút lại dòng 8", "Đính chính dòng 1"]
    assert office.verify() == []
    shown = office.show(number, actor=HEAD)
    assert shown.paused is not None
    assert {field.key: field.value for field in shown.fields}["commune"] == "Nam Cường"


def test_each_is_done_once_by_its_request_and_can_be_tried_first(office: LocalOffice, place: Place) -> None:
    number = incident(office)
    before = dump(place)
    assert office.comment(number, actor=CLERK, note="x", dry_run=True).dry_run
    assert dump(place) == before
    assert not office.comment(number, actor=CLERK, note="x", request_id="c").repeated
    before = dump(place)
    assert office.comment(number, actor=CLERK, note="x", request_id="c").repeated
    assert dump(place) == before


def test_show_says_what_else_one_may_do_here(office: LocalOffice) -> None:
    number = incident(office)
    mine = office.show(number, actor=HEAD)
    assert set(mine.rights) == {"comment", "attach", "link", "assign", "extend", "pause", "correct"}
    handler = office.show(number, actor=SPECIALIST)
    assert "edit" in handler.rights
    assert handler.editable == ("urgency",)
    office.pause(number, actor=HEAD, note="x")
    assert "resume" in office.show(number, actor=HEAD).rights


def test_an_extended_deadline_s_ledger_ends_on_its_due_and_tells_of_the_extension(office: LocalOffice, place: Place) -> None:
    number = incident(office, "screen")
    office.extend(number, "due", "3 working days", actor=HEAD, note="Việc khó")
    (explained,) = (one for one in office.explain(number, actor=HEAD) if one.deadline.name == "due")
    last = office.definitions.facts(place.clock.now()).calendars.default.day_of(explained.deadline.due, ends=True)
    assert explained.lines[-1].day == last.isoformat()
    assert any("gia thêm 3 working days" in line.why for line in explained.lines)
    office.pause(number, actor=HEAD, note="Chờ")
    place.set("2026-11-26 09:00")
    (explained,) = (one for one in office.explain(number, actor=HEAD) if one.deadline.name == "due")
    assert {line.why for line in explained.lines if line.counts == "stopped"} == {"tạm dừng bởi việc tạm dừng hồ sơ (dòng 4, 20/11/2026)"}


def test_history_says_which_deadlines_an_act_moved_from_when_to_when(office: LocalOffice) -> None:
    number = incident(office, "screen")
    (before,) = (one for one in office.show(number, actor=HEAD).deadlines if one.status == "running")
    office.edit(number, actor=SPECIALIST, fields={"urgency": "urgent"})
    office.extend(number, "due", "1 working day", actor=HEAD, note="Việc khó")
    (after,) = (one for one in office.show(number, actor=HEAD).deadlines if one.status == "running")
    *opening, edited, extended = office.history(number, actor=HEAD)
    assert [one.moved for one in opening] == [(), ()]
    ((first,), (second,)) = edited.moved, extended.moved
    assert (first.on, first.before, first.after) == ("Phân loại", before.due, second.before)
    assert second.after == after.due
    assert before.due > first.after


def test_a_consultation_s_deadlines_are_extended_together_by_name_or_one_by_key(office: LocalOffice) -> None:
    number = consulting(office)
    dues = {one.key: one.due for one in office.show(number, actor=COUNTERPART).deadlines if one.asked}
    name = next(one.name for one in office.show(number, actor=COUNTERPART).deadlines if one.asked)
    office.extend(number, name, "2 working days", actor=COUNTERPART, note="Nơi hỏi xin thêm")
    after = {one.key: one.due for one in office.show(number, actor=COUNTERPART).deadlines if one.asked}
    assert all(after[key] > due for key, due in dues.items())
    first = next(iter(after))
    office.extend(number, first, "1 working day", actor=COUNTERPART, note="Một nơi xin thêm")
    again = {one.key: one.due for one in office.show(number, actor=COUNTERPART).deadlines if one.asked}
    assert [key for key in again if again[key] != after[key]] == [first]


def test_a_case_that_one_may_not_see_is_not_there(office: LocalOffice) -> None:
    number = incident(office)
    for act in (
        lambda: office.comment(number, actor="van-thu-mttq", note="x"),
        lambda: office.recall(number, actor="van-thu-mttq"),
        lambda: office.pause(number, actor="van-thu-mttq", note="x"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        office.assign(number, "handler", "khong-co-ai", actor=HEAD)
    with pytest.raises(Refused):
        office.recall(number, actor=CLERK)


def test_a_case_that_became_another_s_tells_its_history_in_the_words_of_then(place: Place) -> None:
    import shutil

    shutil.copytree(Path(__file__).parent.parent / "definitions" / "several", place.folder / "definitions", dirs_exist_ok=True)
    office = place.office()
    office.deploy()
    number = office.open("visit", actor=SPECIALIST, fields={"commune": "thi-tran"}).case
    done = office.advance(number, "widen", actor=HEAD)
    assert (done.after, done.state_title) == ("handed", "handed")
    first, second = office.history(number, actor=HEAD)
    assert (first.after_title, second.before_title, second.after_title) == ("asked", "asked", "handed")
    assert office.verify() == []

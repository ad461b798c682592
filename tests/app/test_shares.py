"""A sub-case's share of the deadline above it, as `hoso deadline explain` and `hoso show` tell it: to those who see the case above, and to no others."""

from tests.app.making import CLERK, COUNTERPART, HEAD, OUTSIDER, SPECIALIST, ZONE, Place, change_definitions, incident, no_scenarios, step
from workflow.console.case import case_lines
from workflow.console.look import Look

TASK = """
process: task
title: Việc được giao
unit: btg
number: "{n:03}/{year}-VG"
case_title: Việc được giao
fields: {by: {type: date, title: Xong trước}}
roles: {clerk: {unit: btg, position: clerk}}
starts: {open: {by: clerk, form: by, to: given}}
states:
  given: {title: Đã giao, due: fields.by, actions: {end: {title: Xong, by: clerk, to: over}}}
  over: {title: Xong, final: done}
rights: {edit: clerk}
"""


def shared(place: Place) -> str:
    """An incident that hands out a task with half of its time; the task's number."""
    folder = place.folder / "definitions" / "task"
    folder.mkdir()
    (folder / "process.yaml").write_text(TASK, "utf-8")
    no_scenarios(place)
    opens = "form: [facts], opens: {process: task, shares: {by: 50%}}"
    change_definitions(place, "incident/process.yaml", ("form: [facts], issues: [situation]", f"{opens}, issues: [situation]"))
    office = place.office()
    office.deploy(by="hoso", why="thử")
    number = incident(office, "screen")
    step(office, number, "assess")
    (child,) = [one.number for one in office.store.children(number)]
    return child


def test_why_a_sub_case_is_due_that_day_is_told_to_those_who_see_the_case_above(place: Place) -> None:
    child = shared(place)
    office = place.office()
    (told,) = office.explain(child, actor=HEAD)
    assert told.share.startswith("50% của '")
    assert "001/2026-VV: 2 trong 5 ngày làm việc còn lại sau ngày 20/11/2026" in told.share
    assert {office.explain(child, actor=one)[0].share for one in (OUTSIDER, "van-thu-vp")} == {""}
    assert office.show(child, actor=HEAD).deadlines[0].share == told.share
    assert f"Đã giao: {told.share}" in "\n".join(case_lines(office.show(child, actor=HEAD), Look(language="vi", zone=ZONE)))
    assert {office.show(child, actor=one).deadlines[0].share for one in (OUTSIDER, "van-thu-vp")} == {""}
    assert {one.share for one in office.show("001/2026-VV", actor=HEAD).deadlines} == {""}
    assert office.explain("001/2026-VV", actor=COUNTERPART)[0].share == ""
    assert office.verify() == []


def test_a_day_that_was_changed_since_is_no_share_any_more(place: Place) -> None:
    child = shared(place)
    office = place.office()
    office.edit(child, actor=CLERK, fields={"by": "2026-11-30"})
    assert office.explain(child, actor=HEAD)[0].share == ""
    assert office.show(child, actor=HEAD).deadlines[0].share == ""


def test_a_share_of_which_the_deadline_above_is_gone_is_not_told(place: Place) -> None:
    child = shared(place)
    office = place.office()
    office.advance("001/2026-VV", "cancel", actor=HEAD, note="Thôi")
    assert "50%" in office.explain(child, actor=HEAD)[0].share, "what was settled still explains it"


def test_what_opened_a_sub_case_is_read_alone_however_long_its_history_is(place: Place) -> None:
    child = shared(place)
    office = place.office()
    for n in range(20):
        office.comment(child, actor=SPECIALIST, note=f"dòng {n}")
    read: list[int] = []
    send = office.store.database.backend.together  # type: ignore[attr-defined]

    def together(cursor, calls):
        answers = send(cursor, calls)
        read.extend(len(rows) for (sql, _), (_, rows) in zip(calls, answers, strict=True) if "FROM entry" in sql)
        return answers

    office.store.database.backend.together = together  # type: ignore[attr-defined]
    assert office.show(child, actor=HEAD).deadlines[0].share.startswith("50% của '")
    assert read == [1]
    history = office.store.entries(child)
    assert [office.store.entries(child, many) for many in (0, 1, 2, 99)] == [[], history[:1], history[:2], history]

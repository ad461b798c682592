"""The same act on many cases: each by itself, as it is done by itself; many in a transaction; sent again, what is left."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.app.making import COUNTERPART, HEAD, OUTSIDER, SPECIALIST, STEPS, Place, dump, incident, step
from workflow.compose import LocalOffice
from workflow.errors import StoreUnreachable, WrongValue
from workflow.model import Upload
from workflow.office import carrying
from workflow.office.acting import Acting, Outcome
from workflow.plain import digest, to_plain

MISSING = "099/2026-VV"


def each(office: LocalOffice, cases: list[str], action: str, **options: Any) -> Any:
    """One of `STEPS` on each of these cases."""
    actor, fields, note = STEPS[action]
    return office.advance_each(cases, action, **{"actor": actor, "fields": fields, "note": note, **options})


def state(office: LocalOffice, case: str) -> str:
    return office.show(case, actor=SPECIALIST).state


def test_it_is_done_where_it_can_be_and_told_where_not(any_place: Place) -> None:
    office = any_place.office()
    cases = [incident(office) for _ in range(4)]
    step(office, cases[1], "screen")
    before = office.history(cases[1], actor=SPECIALIST)
    came = each(office, [cases[3], MISSING, *cases, cases[0]], "screen")
    assert [one.case for one in came.done] == [cases[3], cases[0], cases[2]]
    assert [(one.case, one.error) for one in came.not_done] == [(MISSING, "not-found"), (cases[1], "refused")]
    assert all(one.message for one in came.not_done)
    assert {state(office, one.case) == one.after for one in came.done} == {True}
    assert office.history(cases[1], actor=SPECIALIST) == before
    assert office.verify() == []


def test_what_is_done_to_many_is_what_is_done_to_each_alone(any_place: Place) -> None:
    office = any_place.office()
    one, *many = [incident(office) for _ in range(3)]
    alone = step(office, one, "screen")
    came = each(office, many, "screen")
    for case, done in zip(many, came.done, strict=True):

        def said(value: Any, case: str = case) -> str:
            return json.dumps(to_plain(value), sort_keys=True).replace(json.dumps(case)[1:-1], one)

        assert said(done) == said(alone)
        assert said(office.show(case, actor=HEAD)) == said(office.show(one, actor=HEAD))
        here, there = (office.history(number, actor=SPECIALIST) for number in (case, one))
        assert [said(replace(entry, hash="")) for entry in here] == [said(replace(entry, hash="")) for entry in there]


def test_some_fifty_go_in_a_transaction(any_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    office = any_place.office()
    cases = [incident(office) for _ in range(7)]
    monkeypatch.setattr("workflow.office.many.TOGETHER", 3)
    together, write = list[int](), Acting.write_soon

    def counted(acting: Acting, prepared: list[Outcome]) -> Callable[[], list[bool]]:
        together.append(len(prepared))
        return write(acting, prepared)

    monkeypatch.setattr(Acting, "write_soon", counted)
    told = list[tuple[int, int]]()
    came = each(office, cases, "screen", progress=lambda done, of: told.append((done, of)))
    assert len(came.done) == 7
    assert together == [3, 3, 1]
    assert told == [(count, 7) for count in range(1, 8)]
    assert carrying.TOGETHER == 50


def test_sent_again_it_does_what_was_not_done(any_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    office = any_place.office()
    cases = [incident(office) for _ in range(4)]
    monkeypatch.setattr("workflow.office.many.TOGETHER", 2)
    write, times = Acting.write_soon, list[int]()

    def dies(acting: Acting, prepared: list[Outcome]) -> Callable[[], list[bool]]:
        times.append(1)
        if len(times) == 2:
            raise StoreUnreachable(url="x", cause="the connection was lost")
        return write(acting, prepared)

    with monkeypatch.context() as context:
        context.setattr(Acting, "write_soon", dies)
        with pytest.raises(StoreUnreachable):
            each(office, cases, "screen", request_id="r")
    states = [state(office, case) for case in cases]
    assert states[:2] != states[2:]
    came = each(office, cases, "screen", request_id="r")
    assert [one.repeated for one in came.done] == [True, True, False, False]
    assert not came.not_done
    assert len({len(office.history(case, actor=SPECIALIST)) for case in cases}) == 1
    assert [one.error for one in office.advance_each(cases, "assess", actor=HEAD, request_id="r").not_done] == ["used-request"] * 4


def test_trying_writes_nothing(any_place: Place) -> None:
    office = any_place.office()
    cases = [incident(office), incident(office, "screen")]
    before = dump(any_place)
    came = each(office, cases, "screen", dry_run=True)
    assert [(one.case, one.dry_run) for one in came.done] == [(cases[0], True)]
    assert [one.case for one in came.not_done] == [cases[1]]
    assert dump(any_place) == before


def test_a_case_that_moved_on_meanwhile_is_looked_at_again(any_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    office = any_place.office()
    cases = [incident(office) for _ in range(3)]
    write = Acting.write_soon

    def after_others(acting: Acting, prepared: list[Outcome]) -> Callable[[], list[bool]]:
        monkeypatch.setattr(Acting, "write_soon", write)
        other = any_place.office()
        step(other, cases[0], "screen")
        other.comment(cases[1], actor=SPECIALIST, note="Đã gọi điện")
        return write(acting, prepared)

    monkeypatch.setattr(Acting, "write_soon", after_others)
    came = each(office, cases, "screen")
    assert [one.case for one in came.done] == cases[1:]
    assert [(one.case, one.error) for one in came.not_done] == [(cases[0], "refused")]
    assert office.verify() == []


def test_whoever_may_not_see_a_case_is_told_what_is_told_where_there_is_none(any_place: Place) -> None:
    office = any_place.office()
    case = incident(office)
    hidden, missing = office.advance_each([case, MISSING], "screen", actor=OUTSIDER).not_done
    assert hidden.error == missing.error == "not-found"
    assert hidden.message.replace(case, MISSING) == missing.message


def test_papers_take_their_numbers_one_after_the_other_and_files_go_to_each(any_place: Place) -> None:
    office = any_place.office()
    cases = [incident(office) for _ in range(3)]
    letter = Upload(name="cong-van.txt", content="Công văn".encode())
    assert len(each(office, cases, "screen", files=[letter]).done) == 3
    assert all(digest(letter.content) in office.store.entries(case)[-1].payload for case in cases)
    numbers = list[str]()
    for action in ("assess", "draft_plan", "agree", "submit", "approve"):
        came = each(office, cases, action)
        assert [one.case for one in came.done] == cases, (action, came.not_done)
        numbers += [paper.symbol for one in came.done for paper in one.documents if paper.symbol]
    assert len(numbers) == len(set(numbers)) >= 3
    assert office.verify() == []


def test_what_concerns_no_case_alone_is_refused_as_a_whole(any_place: Place) -> None:
    office = any_place.office()
    before = dump(any_place)
    with pytest.raises(WrongValue):
        office.advance_each(["x"], "screen", actor=SPECIALIST, note="chuông\x07")
    assert dump(any_place) == before


def test_two_at_once_do_each_case_once(any_place: Place) -> None:
    office = any_place.office()
    cases = [incident(office) for _ in range(12)]
    offices = [any_place.office() for _ in range(2)]
    came: list[Any] = [None, None]
    barrier = threading.Barrier(2)

    def work(index: int) -> None:
        barrier.wait()
        came[index] = each(offices[index], cases if index else cases[::-1], "screen")

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.case for each_came in came for one in each_came.done) == cases
    assert {one.error for each_came in came for one in each_came.not_done} <= {"refused"}
    assert {len(office.history(case, actor=COUNTERPART)) for case in cases} == {2}

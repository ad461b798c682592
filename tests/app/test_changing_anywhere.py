"""A procedure tried and changed on PostgreSQL: of the same cases it finds and does what it finds and does on a file, to the letter."""

from datetime import date
from random import Random

import pytest
from msgspec.structs import replace

from tests.app.making import (
    COUNTERPART,
    HEAD,
    HEADS,
    SPECIALIST,
    Place,
    change_definitions,
    consulting,
    copied,
    dump,
    incident,
    no_scenarios,
    served,
    step,
)
from tests.app.test_migration import PROCESS, RENAMED
from tests.killing import until_done
from workflow.changing.migration import Wanted
from workflow.errors import NotFound
from workflow.plain import canonical, to_plain
from workflow.simulate.running import Wish

MAPPED = Wanted(process="incident", states={"screened": "sifted"}, by="root", why="QĐ 12")


@pytest.fixture
def both(place: Place, tmp_path, postgres_url) -> tuple[Place, Place]:
    """The same office on a file and on PostgreSQL, with a past: cases in time and late, one recalled, a consultation, a closed one."""
    office = place.office()
    whole = incident(office, "screen", "assess", "draft_plan", "agree", "submit", "approve", "close")
    late, recalled = incident(office, "screen"), incident(office, "screen")
    office.recall(recalled, actor=SPECIALIST)
    opinion = consulting(office)
    office.reply(opinion, unit="btg", answer="agree", actor=HEADS["btg"])
    place.set("2026-11-30 16:00")
    office.tick()
    step(office, late, "assess")
    incident(office)
    assert office.show(whole, actor=HEAD).outcome == "done"
    office.store.close()
    no_scenarios(place)
    other = served(copied(place.folder, tmp_path / "served"), postgres_url)
    other.set("2026-11-30 16:00")
    return place, other


def text(answer: object) -> str:
    return canonical(to_plain(answer))


def test_a_crowd_goes_by_the_same_past(both: tuple[Place, Place]) -> None:
    before = [dump(place) for place in both]
    found = [place.office().simulate("incident", Wish(cases=6, seed=4, more=("btg",), days=3), actor=HEAD) for place in both]
    assert found[0].fitted == 4
    assert text(found[0]) == text(found[1])
    assert [dump(place) for place in both] == before


def test_past_cases_come_to_the_same(both: tuple[Place, Place]) -> None:
    for place in both:
        change_definitions(
            place, PROCESS, ("{else: 3 working days}", "{else: 30 working days}"), ("by: counterpart, issues", "by: board, issues")
        )
    before = [dump(place) for place in both]
    asked = (("incident", {"actor": HEAD}), ("incident", {"since": date(2026, 11, 21), "actor": HEAD}), ("opinion", {"actor": COUNTERPART}))
    for process, options in asked:
        found = [place.office().backtest(process, **options) for place in both]
        assert text(found[0]) == text(found[1])
    done = both[1].office().backtest("incident", actor=HEAD)
    assert (done.cases_tested, done.breached_before, done.no_longer_breached) == (4, 2, 1)
    assert done.acts_refused >= 1
    assert [dump(place) for place in both] == before


def test_a_scenario_is_written_of_the_same_case_and_holds(both: tuple[Place, Place]) -> None:
    for number, actor in (("001/2026-VV", HEAD), ("002/2026-VV", HEAD), ("003/2026-VV", HEAD), ("001/2026-TV", COUNTERPART)):
        found = [place.office().record(number, actor=actor) for place in both]
        assert text(found[0]) == text(found[1])
        assert found[1].passed, found[1].message
    with pytest.raises(NotFound):
        both[1].office().record("001/2026-VV", actor=HEADS["mttq"])


def test_cases_move_and_go_back_in_the_same_way(both: tuple[Place, Place]) -> None:
    answers = []
    for place in both:
        change_definitions(place, PROCESS, *RENAMED, ("at: 10 working days", "at: 12 working days"))
        office = place.office()
        office.deploy(why="Đổi tên")
        before = dump(place)
        preview = office.migrate(replace(MAPPED, dry_run=True), actor=HEAD)
        assert dump(place) == before
        moved = office.migrate(MAPPED, actor=HEAD)
        assert moved == replace(preview, dry_run=False)
        versions = {one.case: one.version for one in moved.cases}
        step(office, "004/2026-VV", "screen")
        assert office.show("004/2026-VV", actor=HEAD).state == "sifted"
        undone = office.migrate(replace(MAPPED, states={}, undo=True), actor=HEAD)
        assert {one.case: one.outcome for one in undone.cases}["004/2026-VV"] == "refused"
        for one in undone.cases:
            back = office.show(one.case, actor=HEAD).version.startswith(versions[one.case])
            assert back is (one.outcome == "moves")
        assert office.verify() == []
        answers.append(text([moved, undone]))
        office.store.close()
    assert answers[0] == answers[1]


def kept(place: Place) -> list[str]:
    """What the office holds, but for the random names of requests."""
    return sorted(line for line in dump(place) if 'INTO "receipt"' not in line)


def test_killed_at_random_and_run_again_it_ends_the_same_on_postgresql(place: Place, tmp_path, schemas, postgres_url) -> None:
    office = place.office()
    cases = 80  # so many that none of the first three ends before it is killed, however fast the machine
    for number in range(cases):
        incident(office, *(("screen",) if number % 2 else ()))
    no_scenarios(place)
    change_definitions(place, PROCESS, *RENAMED)
    office.deploy(why="Đổi tên")
    office.store.close()
    with schemas.empty() as other:
        whole, mine = (served(copied(place.folder, tmp_path / name), url) for name, url in (("whole", other), ("mine", postgres_url)))
        for one in (whole, mine):
            one.set("2026-11-24 09:00")
        done = whole.office()
        assert done.migrate(MAPPED, actor=HEAD).moved == cases
        done.store.close()

        def work(said) -> None:
            def each(moved, _count):
                for case in moved:
                    said()
                    yield case

            mine.office().migrate(MAPPED, actor=HEAD, progress=each)

        assert until_done(work, 4, Random(11), times=4) >= 3
        office = mine.office()
        assert office.verify() == []
        assert office.migrate(MAPPED, actor=HEAD).moved == 0
        office.store.close()
        assert kept(mine) == kept(whole)

"""A simulated crowd of cases: the same seed gives the same, more people and longer deadlines help, and nothing is written."""

from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import active_children
from xml.etree import ElementTree as ET

import pytest

from tests.app.making import HEAD, Place, dump, incident, step
from workflow.answers.simulated import Simulated
from workflow.errors import NotFound
from workflow.pictures.plot import plot
from workflow.plain import canonical, to_plain
from workflow.simulate.assumed import Assumed, read_assumed
from workflow.simulate.crowd import most_at_once
from workflow.simulate.running import MANY_CASES, Wish, longer, simulate
from workflow.simulate.world import World

FILE = b"""
arrivals: 2
hours: {screen: 2, assess: 6, draft_plan: 8, agree: 1, submit: 1, approve: 2, close: 4}
weights: {return: 0.1, reject: 0.05, add_evidence: 0.01}
fields: {urgency: normal, authority: btg, area: [m\xc3\xb4i tr\xc6\xb0\xe1\xbb\x9dng, kh\xc3\xa1c]}
"""


def test_the_same_seed_gives_the_same_bytes_and_another_another(place: Place) -> None:
    office = place.office()
    before = dump(place)
    runs = [office.simulate("incident", Wish(cases=15, seed=seed), assumed=("a.yaml", FILE)) for seed in (7, 7, 8)]
    first, again, other = (canonical(to_plain(one)) for one in runs)
    assert first == again != other
    assert dump(place) == before
    (run,) = runs[0].runs
    assert run.finished == run.cases == 15
    assert sum(run.outcomes.values()) == 15
    assert runs[0].stuck == {}
    assert plot(runs[0], "vi") == plot(runs[1], "vi")
    assert ET.fromstring(plot(runs[0], "vi")) is not None
    screened = next(one for one in runs[0].states if one.state == "screened")
    assert screened.visits >= 15
    assert {one.unit for one in runs[0].units} >= {"btg", "tt-hdnd"}


def test_one_more_person_shortens_what_waits_and_longer_deadlines_are_missed_less(place: Place) -> None:
    office = place.office()
    wish = Wish(cases=20, seed=3, more=("btg",), days=20)
    done = office.simulate("incident", wish, assumed=("a.yaml", FILE))
    now, more, later = done.runs
    assert more.median_days < now.median_days
    assert later.breached <= now.breached
    assert "Ban Tuyên giáo" in more.name
    process = office.definitions.process("incident")
    assert longer(process, 2).state_of["executing"].dues[0].at.amount.number == process.state_of["executing"].dues[0].at.amount.number + 2


def test_times_and_ways_are_taken_from_the_offices_own_past(place: Place) -> None:
    office = place.office()
    for day in ("2026-11-20 09:00", "2026-11-23 09:00"):
        place.set(day)
        number = incident(office)
        for hour, action in (("10", "screen"), ("14", "assess"), ("15", "draft_plan")):
            place.set(f"{day[:10]} {hour}:00")
            step(office, number, action)
    assert office.simulate("incident", Wish(cases=3), actor=HEAD).fitted == 2
    assert office.simulate("incident", Wish(cases=3)).fitted == 0, "of what one may not see nothing is taken"


def test_a_consultation_is_simulated_with_its_replies(place: Place) -> None:
    done = place.office().simulate(
        "opinion", Wish(cases=4, seed=1), assumed=("a.yaml", b"fields: {consulted: [[btg, mttq]], drafter: phong-vhtt}")
    )
    assert done.runs[0].cases == 4
    assert next(one for one in done.states if one.state == "consulting").visits >= 1


BY_THE_CLOCK = """
process: lapse
title: Chờ hết hạn
unit: btg
number: "{n:03}/{year}-CH"
case_title: Chờ hết hạn
roles: {clerk: {unit: btg, position: clerk}}
starts: {open: {by: clerk, to: posted}}
states:
  posted: {due: {at: 2 working days, ladder: {at: due, do: publish}}}
  published: {due: {at: 3 working days, ladder: {at: due, do: lapse}}}
  lapsed: {final: done}
actions:
  publish: {from: posted, by: nobody, to: published}
  lapse: {from: published, by: nobody, to: lapsed}
"""


def lapsing(place: Place, *pairs: tuple[str, str]) -> Simulated:
    """Twelve cases of a procedure in which nobody does anything."""
    folder = place.folder / "definitions" / "lapse"
    folder.mkdir()
    text = BY_THE_CLOCK
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    (folder / "process.yaml").write_text(text, "utf-8")
    return place.office().simulate("lapse", Wish(cases=12))


def test_a_case_waits_for_as_many_acts_of_the_clock_as_come(place: Place) -> None:
    done = lapsing(place)
    assert done.stuck == {}
    assert (done.runs[0].finished, done.runs[0].outcomes) == (12, {"done": 12})
    assert [(one.state, one.visits) for one in done.states] == [("posted", 12), ("published", 12)]


def test_what_may_not_be_done_yet_waits_for_the_clock_too(place: Place) -> None:
    held = "due: {at: 3 working days, ladder: {at: due, do: lapse}}, actions: {early: {by: clerk, when: 1 == 2, to: lapsed}}"
    done = lapsing(place, ("due: {at: 3 working days, ladder: {at: due, do: lapse}}", held))
    assert (done.stuck, done.runs[0].finished) == ({}, 12)


def test_a_case_that_nothing_moves_is_stuck(place: Place) -> None:
    never = "due: {at: 3 working days, ladder: {at: due, notifies: clerk}}, actions: {lapse: {by: clerk, when: 1 == 2, to: lapsed}}"
    done = lapsing(
        place,
        ("due: {at: 3 working days, ladder: {at: due, do: lapse}}", never),
        ("  lapse: {from: published, by: nobody, to: lapsed}\n", ""),
    )
    assert (done.stuck, done.runs[0].finished) == ({"published": 12}, 0)


def test_how_far_it_has_come_is_told_case_by_case(place: Place) -> None:
    told: list[int] = []

    def counting(count: int) -> Callable[[], None]:
        told.append(count)
        return lambda: told.append(1)

    place.office().simulate("incident", Wish(cases=6, more=("btg",)), assumed=("a.yaml", FILE), progress=counting)
    assert told == [12, *[1] * 12]


def test_words_that_mean_nothing_are_told(place: Place) -> None:
    office = place.office()
    with pytest.raises(NotFound):
        office.simulate("incidnt", Wish(cases=1))
    with pytest.raises(NotFound):
        office.simulate("incident", Wish(cases=1, more=("nowhere",)))


def test_the_most_at_once_is_counted_over_time() -> None:
    at = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 5)]
    assert most_at_once([(at[0], 1), (at[2], -1), (at[1], 1), (at[3], -1)]) == 2
    assert most_at_once([(at[0], 1), (at[1], -1), (at[1], 1), (at[2], -1)]) == 1


def test_however_many_processors_share_the_work_the_answer_is_the_same_to_the_letter(place: Place) -> None:
    ground = place.office().ground()
    start = datetime(2026, 11, 20, 2, tzinfo=UTC)
    incident = ground.processes["incident"]
    assumed = read_assumed("a.yaml", FILE, Assumed(), incident, World(ground).facts_at(start).known)
    asked = (incident, ground, assumed, Wish(cases=MANY_CASES, seed=5), start)
    alone, three = (canonical(to_plain(simulate(*asked, workers=workers))) for workers in (1, 3))
    assert alone == three


def test_what_fails_in_another_process_is_told_here_and_none_is_left(place: Place) -> None:
    ground = place.office().ground()
    broken = Assumed(weights={"screen": 1.0, "add_evidence": "many"})  # type: ignore[dict-item] - what fails later
    start = datetime(2026, 11, 20, 2, tzinfo=UTC)
    with pytest.raises(TypeError):
        simulate(ground.processes["incident"], ground, broken, Wish(cases=MANY_CASES), start, workers=2)
    assert active_children() == []

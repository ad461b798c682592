"""Lists of many cases: whichever way is taken to a page, it is the same page; and what a page needs is read at once."""

import random

import pytest
from msgspec.structs import replace

from storage import lists
from tests.storage.making import CLERK, EVERYTHING, LEADER, START, case, deadline, hours, opening, viewer
from workflow.model import CaseQuery, DeadlineStatus, Seat
from workflow.ports import Deployment, StoredVersion

WORDS = ("đường", "cầu", "chợ", "trường", "trạm")
ME = Seat(person="cv1")
WAYS = [(1000, 1000, 20_000), (0, 0, 0), (0, 3, 9), (1000, 3, 9)]
"""FEW, NEAR, FAR: all small, none, some of it."""


@pytest.fixture
def filled(store):
    """Forty cases of every kind, and what each is, as a test reckons with it."""
    chance, kinds = random.Random(7), []
    changes = []
    for number in range(40):
        secret, outcome = chance.random() < 0.4, "done" if chance.random() < 0.4 else ""
        process, unit, late = chance.choice(["incident", "opinion"]), chance.choice(["btg", "vp"]), chance.random() < 0.3
        own, word, state = chance.random() < 0.3, chance.choice(WORDS), chance.choice(["received", "received", "waiting"])
        parent = "000" if number % 3 == 1 else ""
        made = case(
            f"{number:03}",
            parent=parent,
            process=process,
            state=state,
            unit=unit,
            outcome=outcome,
            secret=secret,
            title=f"{word} {number}x",
        )
        due = deadline("a", 3 if late else 99, status=DeadlineStatus.MET if outcome else DeadlineStatus.RUNNING)
        viewers = (ME, CLERK) if secret and own else (LEADER,) if secret else ()
        changes.append(opening(made, deadlines=(due,), viewers=viewers, awaited=() if outcome else (CLERK,)))
        kinds.append((made, late and not outcome, not secret or own))
    store.commit(changes)
    return store, kinds


def pages(store, query, by):
    found = []
    while rows := store.cases(query, by):
        found += [row.number for row in rows]
        query = replace(query, after=rows[-1].cursor)
    return found


@pytest.mark.parametrize(("few", "near", "far"), WAYS)
def test_whichever_way_is_taken_the_pages_are_the_same(filled, monkeypatch, few, near, far):
    store, kinds = filled
    for name, value in (("FEW", few), ("NEAR", near), ("FAR", far)):
        monkeypatch.setattr(lists, name, value)
    queries = [
        (CaseQuery(limit=4), lambda one, _: not one.outcome),
        (CaseQuery(limit=4, open_only=False), lambda *_: True),
        (CaseQuery(limit=3, process="incident", open_only=False), lambda one, _: one.process == "incident"),
        (CaseQuery(limit=3, unit="vp"), lambda one, _: one.unit == "vp" and not one.outcome),
        (CaseQuery(limit=3, state="waiting"), lambda one, _: one.state == "waiting" and not one.outcome),
        (CaseQuery(limit=3, state="waiting", open_only=False), lambda one, _: one.state == "waiting"),
        (
            CaseQuery(limit=3, state="waiting", process="opinion"),
            lambda one, _: (one.state, one.process) == ("waiting", "opinion") and not one.outcome,
        ),
        (CaseQuery(limit=3, state="nowhere"), lambda *_: False),
        (CaseQuery(limit=3, tops=True, open_only=False), lambda one, _: not one.parent),
        (CaseQuery(limit=3, tops=True, process="incident"), lambda one, _: one.process == "incident" and not (one.parent or one.outcome)),
        (CaseQuery(limit=2, overdue_at=hours(4)), lambda _, late: late),
        (CaseQuery(limit=3, words="duong", open_only=False), lambda one, _: one.title.startswith("đường")),
        (CaseQuery(limit=3, words="tr 1", open_only=False), lambda one, _: one.title.startswith("tr") and " 1" in one.title),
        (CaseQuery(limit=3, words="tr 11x", open_only=False), lambda one, _: one.title.startswith("tr") and one.title.endswith(" 11x")),
        (CaseQuery(limit=3, words="khong", open_only=False), lambda *_: False),
    ]
    for query, fits in queries:
        wanted = [made.number for made, late, seen in reversed(kinds) if fits(made, late)]
        assert pages(store, query, EVERYTHING) == wanted, query
        for by in (viewer(ME), viewer(CLERK), viewer(CLERK, ME)):
            assert pages(store, query, by) == [made.number for made, late, seen in reversed(kinds) if seen and fits(made, late)], query
        public = {made.number for made, _, _ in kinds if not made.secret}
        assert pages(store, query, viewer()) == [number for number in wanted if number in public], query


def test_a_page_s_cases_are_read_at_once_as_one_by_one(filled):
    store, kinds = filled
    numbers = [made.number for made, _, _ in kinds]
    assert store.load_many([*numbers, "none"]) == {number: store.load(number) for number in numbers}
    assert store.children_of(numbers[:3]) == {number: store.children(number) for number in numbers[:3]}
    assert [one.number for one in store.children("000")] == numbers[1::3]
    store.commit([opening(case("child", parent="001")), opening(case("other", parent="001"))])
    assert [one.number for one in store.children_of(["001", "002"])["001"]] == ["child", "other"]
    assert store.awaited(numbers) == {made.number: (CLERK,) for made, _, _ in kinds if not made.outcome}


def test_what_is_late_of_a_unit_is_of_its_cases_and_of_its_own_reply(store):
    asked = replace(deadline("b", 3), asked="vp")
    store.commit([opening(case("1", unit="vp"), deadlines=(deadline(),)), opening(case("2"), deadlines=(deadline(due=4), asked))])
    assert [row.case for row in store.overdue(hours(99), EVERYTHING, 9, "vp")] == ["2", "1"]
    assert [row.case for row in store.overdue(hours(99), EVERYTHING, 9, "btg")] == ["2", "2"]
    assert store.overdue(hours(99), EVERYTHING, 9, "v") == []


def test_cases_are_found_by_their_fields_whichever_procedures_know_them(store):
    def version(key, compiled):
        kept = StoredVersion(kind="process", key=key, hash=f"{key}{compiled}", form=1, source={}, compiled=compiled)
        return Deployment(version=kept, at=START, by="", why="")

    store.deploy([version("incident", '{"fields":[{"key":"area"}]}'), version("incident", '{"fields":[]}')])  # it had one once
    store.deploy([version("opinion", '{"fields":[{"key":"other"}]}')])
    said = {"a": 'đất "đai"', "b": "50%_", "c": "50xy", "d": 12, "e": True, "f": ["Nước", "50%_"], "g": "nước", "h": "back\\slash"}
    store.commit([opening(case(key, process="incident", fields={"area": value})) for key, value in said.items()])
    store.commit([opening(case("unknown", process="meeting", fields={"area": "50%_"}))])  # of no version that is kept here
    store.commit([opening(case("silent", process="opinion", fields={"area": "50%_"}))])  # which no version of it could have written

    def found(value, **more):
        return [row.number for row in store.cases(CaseQuery(fields={"area": value}, **more), EVERYTHING)]

    assert [found(value) for value in ('đất "đai"', "50xy", 12, True, "nước", "Nước", "back\\slash", "none")] == [
        *(["a"], ["c"], ["d"], ["e"], ["g"], ["f"], ["h"], [])
    ]
    assert found("50%_") == ["unknown", "f", "b"]
    assert found("50%_", limit=2) == ["unknown", "f"]
    assert found("50%_", limit=2, after="f") == ["b"]
    assert found("50%_", process="incident") == ["f", "b"]
    assert [row.number for row in store.cases(CaseQuery(fields={"area": "12", "nothing": "x"}), EVERYTHING)] == []

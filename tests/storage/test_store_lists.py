"""Lists of many cases: whichever way is taken to a page, it is the same page; and what a page needs is read at once."""

import random
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import func, select

from storage import lists, tables
from storage.fields import LONGEST
from tests.postgres import shell
from tests.storage.making import CLERK, EVERYTHING, LEADER, advancing, case, deadline, hours, moved, opening, viewer
from tests.storage.tracing import trace
from workflow.model import CaseQuery, DeadlineStatus, Seat

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
    said = {"a": 'đất "đai"', "b": "50%_", "c": "50xy", "d": 12, "e": True, "f": ["Nước", "50%_"], "g": "nước", "h": "back\\slash"}
    store.commit([opening(case(key, process="incident", fields={"area": value})) for key, value in said.items()])
    store.commit([opening(case("unknown", process="meeting", fields={"area": "50%_"}))])
    store.commit([opening(case("silent", process="opinion", fields={"area": "50%_"}))])

    def found(value, **more):
        return [row.number for row in store.cases(CaseQuery(fields={"area": value}, **more), EVERYTHING)]

    assert [found(value) for value in ('đất "đai"', "50xy", 12, True, "nước", "Nước", "back\\slash", "none")] == [
        *(["a"], ["c"], ["d"], ["e"], ["g"], ["f"], ["h"], [])
    ]
    assert found("50%_") == ["silent", "unknown", "f", "b"]
    assert found("50%_", limit=3) == ["silent", "unknown", "f"]
    assert found("50%_", limit=2, after="f") == ["b"]
    assert found("50%_", process="incident") == ["f", "b"]
    assert [row.number for row in store.cases(CaseQuery(fields={"area": "12", "nothing": "x"}), EVERYTHING)] == []


VALUES = st.one_of(
    st.sampled_from(["a", "b", "", "A", "Nam Giang", "50%_", 'a"b', "true", "3", "x" * LONGEST, "x" * (LONGEST + 1)]),
    st.booleans(),
    st.integers(2, 4),
)
FIELDS = st.dictionaries(
    st.sampled_from(["area", "commune", "table"]),
    st.one_of(
        VALUES,
        st.lists(VALUES, max_size=3),
        st.dictionaries(st.sampled_from(["name", "b"]), VALUES),
        st.lists(st.just({"a": "1"}), max_size=1),
    ),
)
STEP = st.tuples(st.integers(0, 4), FIELDS, st.booleans(), st.sampled_from(["", "done"]))
RUNS = count(1)
LOOKED_FOR = ("a", "A", "", "true", True, False, 3, "3", "Nam Giang", "50%_", 'a"b', "x" * LONGEST, "x" * (LONGEST + 1), '{"a":"1"}')


def holds(made, field, value):
    """Whether a case has a field's value, as a test reckons with it: by what it says as text, in a list too, or as a file's name."""
    there = made.fields.get(field, [])
    items = [there[key] for key in ("name",) if key in there] if isinstance(there, dict) else there if isinstance(there, list) else [there]
    as_text = {True: "true", False: "false"}
    return str(as_text.get(value, value) if isinstance(value, bool) else value) in [
        as_text[one] if isinstance(one, bool) else str(one) for one in items if not isinstance(one, dict)
    ]


@pytest.mark.parametrize("few", [0, 1000])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
@example(steps=[(0, {"area": {"name": "a", "b": "x" * (LONGEST + 1)}}, False, ""), (1, {"area": {"name": "x" * (LONGEST + 1)}}, False, "")])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_by_field_is_the_cases_that_say_so_whatever_acts_changed(store, few, steps):
    run = f"run {next(RUNS)}"
    there = {}
    for at, fields, secret, outcome in steps:
        number, process = f"{run}/{at}", ["incident", "opinion"][at % 2]
        before = there.get(number)
        changed = {"fields": fields, "secret": secret, "outcome": outcome}
        after = case(number, process=process, **changed) if before is None else moved(before, **changed)
        seen = {"viewers": (ME,) if at % 3 else (LEADER,)}
        store.commit([opening(after, **seen) if before is None else advancing(before, after, **seen)])
        there[number] = after
    order = list(there)  # in the order in which they were opened
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "FEW", few)
        for value in LOOKED_FOR[: None if few else 6]:
            wanted = [one for one in reversed(order) if holds(there[one], "area", value)]
            query = CaseQuery(fields={"area": value}, open_only=False, limit=500)
            assert [one for one in pages(store, query, EVERYTHING) if one.startswith(f"{run}/")] == wanted, value
            seen = [one for one in wanted if not there[one].secret or int(one[-1]) % 3]
            assert [one for one in pages(store, query, viewer(ME)) if one.startswith(f"{run}/")] == seen, value
            public = [one for one in wanted if not there[one].secret]
            assert [one for one in pages(store, query, viewer()) if one.startswith(f"{run}/")] == public, value
            both = CaseQuery(fields={"area": value, "commune": "a"}, process="opinion", limit=500)
            assert [one for one in pages(store, both, EVERYTHING) if one.startswith(f"{run}/")] == [
                one for one in wanted if there[one].process == "opinion" and holds(there[one], "commune", "a") and not there[one].outcome
            ], value
    assert store.integrity() == []


def test_a_field_is_found_by_its_new_value_and_not_by_its_old(store):
    made = case(fields={"area": "nước", "commune": "Nam Giang", "units": ["btg", "vp", "vp"]})
    store.commit([opening(made)])
    after = moved(made, fields={"area": "đất", "units": ["vp", "mttq"]}, state="screened")
    store.commit([advancing(made, after)])

    def found(**wanted):
        return [row.number for row in store.cases(CaseQuery(fields=wanted), EVERYTHING)]

    assert found(area="đất") == found(units="vp") == found(units="mttq") == [made.number]
    assert found(area="nước") == found(units="btg") == found(commune="Nam Giang") == []


def test_an_act_that_leaves_the_fields_writes_none_of_them(store):
    made = case(fields={"area": "nước", "commune": "Nam Giang"})
    store.commit([opening(made)])
    told = []
    trace(store, told.append)
    after = moved(made, state="screened")
    store.commit([advancing(made, after)])
    assert any("UPDATE" in sql for sql in told)
    assert not [sql for sql in told if "case_field" in sql]
    store.commit([advancing(after, moved(after, fields={**made.fields, "area": "đất"}))])
    written = [sql for sql in told if "case_field" in sql and ("INSERT" in sql or "DELETE" in sql)]
    assert len(written) == 2
    assert not any("Nam Giang" in sql for sql in written)


def test_words_of_secret_cases_stand_apart_in_the_index_and_follow_when_a_case_becomes_secret(store):
    made = [case(f"{number}", title="Tái chế", secret=bool(number % 2)) for number in range(4)]
    store.commit([opening(one) for one in made])

    def indexed(*kinds):
        index, id_, found = store.database.backend.search("tai che", kinds)
        ids = store.database.read(lambda tx: tx.select(select(id_).select_from(index).where(found).order_by(id_)))
        numbers = store.database.read(lambda tx: dict(tx.select(select(tables.case.c.id, tables.case.c.number))))
        return [numbers[one] for (one,) in ids]

    assert (indexed(False), indexed(True), indexed(False, True)) == (["0", "2"], ["1", "3"], ["0", "1", "2", "3"])
    after = [moved(made[0], secret=True), moved(made[1], secret=False)]
    store.commit([advancing(one, other) for one, other in zip(made, after, strict=False)])
    assert (indexed(False), indexed(True)) == (["1", "2"], ["0", "3"])
    assert [row.number for row in store.cases(CaseQuery(words="tai"), viewer())] == ["2", "1"]


def test_what_is_late_of_a_unit_is_what_a_look_at_all_that_is_late_finds(store):
    chance = random.Random(3)
    changes = []
    for number in range(30):
        unit, secret = chance.choice(["btg", "vp"]), chance.random() < 0.4
        own = [
            deadline(
                f"d{at}", chance.randint(1, 9), status=chance.choice(list(DeadlineStatus)), asked=chance.choice(["", "", "vp", "mttq"])
            )
            for at in range(chance.randint(0, 3))
        ]
        seen = {"viewers": chance.choice([(ME,), (LEADER,)])} if secret else {}
        changes.append(opening(case(f"{number:02}", unit=unit, secret=secret), deadlines=tuple(own), **seen))
    store.commit(changes)
    for by in (EVERYTHING, viewer(ME), viewer()):
        late = store.overdue(hours(6), by, 999)
        assert by is not EVERYTHING or len(late) > 5
        seen = {row.number for row in store.cases(CaseQuery(limit=99, open_only=False), by)}
        all_ = [
            (one.due, made.case.number, one.key)
            for made in map(store.load, seen)
            for one in made.deadlines
            if one.status is DeadlineStatus.RUNNING
        ]
        wanted = sorted(one for one in all_ if one[0] < hours(6))
        assert sorted((row.deadline.due, row.case, row.deadline.key) for row in late) == wanted
        assert [row.deadline.due for row in late] == [due for due, *_ in wanted]
        for limit in (1, 4):
            assert store.overdue(hours(6), by, limit) == late[:limit]
        assert {row.number for row in store.cases(CaseQuery(overdue_at=hours(6), limit=99), by)} == {number for _, number, _ in wanted}
        for unit in ("btg", "vp", "mttq", "none"):
            wanted = [row for row in late if unit in {row.unit, row.deadline.asked}]
            for limit in (0, 1, 4, 999):
                assert store.overdue(hours(6), by, limit, unit) == wanted[:limit], (unit, limit)


DRIFTS = [
    "DELETE FROM case_field WHERE field = 'area'",
    "UPDATE case_field SET value = 'x' WHERE field = 'area'",
    "UPDATE case_field SET secret = 1",
    "UPDATE case_field SET process = 'x' WHERE field = 'area'",
    "UPDATE case_field SET field = 'else' WHERE field = 'yes'",
    "UPDATE case_field SET id = (SELECT max(id) FROM \"case\") WHERE field = 'mixed' AND value = '3'",
    "INSERT INTO case_field SELECT 'more', 'x', process, secret, id FROM \"case\"",
    "UPDATE deadline SET asked = 'btg'",
    "UPDATE \"case\" SET due = '2026-11-20T09:00:00.000000Z', revision = revision + 1",
    "UPDATE awaited SET due = '2026-11-20T09:00:00.000000Z'",
]


@pytest.mark.parametrize("drift", DRIFTS)
def test_what_lists_look_at_is_held_to_what_the_cases_say(store, drift):
    fields = {
        "area": "nước",
        "units": ["btg", "btg", "vp"],
        "long": "x" * 65,
        "yes": True,
        "no": False,
        "count": 3,
        "file": {"name": "a", "size": 3},
        "mixed": ["3", 3, "true", True, None, {"name": "x"}, ["y"]],
    }
    store.commit(
        [
            opening(case(fields={**fields, "table": [{"a": "1"}], "empty": ""}), deadlines=(deadline(asked="vp"),), awaited=(CLERK,)),
            opening(case("2")),
        ]
    )
    rows = store.database.read(lambda tx: tx.select(select(func.count()).select_from(tables.case_field)))
    assert rows == [(10,)]
    assert store.integrity() == []
    if store.database.backend.side_by_side:
        with shell(store) as owner:
            owner.execute(drift)
    else:
        store.database.write(lambda tx: tx.cursor.execute(drift))
    assert any("what the lists say differs from the" in found.message() for found in store.integrity())

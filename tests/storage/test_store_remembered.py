"""A large case file is read once: what is kept of it is to the letter what would be read, whatever was done and whoever did it."""

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from storage import remembered, tables
from storage.seats import differing
from storage.store import open_store
from tests.storage.making import CLERK, LEADER, advancing, case, deadline, document, moved, opening, opinion
from tests.storage.tracing import trace
from workflow.model import DeadlineStatus, DocumentEvent, DocumentStatus, OpinionStatus, Seat
from workflow.ports import Stale

UNITS = [f"u{number}" for number in range(40)]
SEATS = tuple(Seat(unit=unit, position="leader") for unit in UNITS)
CONSULTING = "consult:consulting"


def owed(unit, **others):
    return deadline(f"{CONSULTING}/due/1/{unit}", **{"on": CONSULTING, "asked": unit, "due": 80, **others})


@pytest.fixture
def round_of(store):
    """Forty units that were asked, each with its deadline and its letter, in a store; the case."""
    made = case(state="consulting", secret=True)
    letters = tuple(document(f"letter/{at}", asked=unit) for at, unit in enumerate(UNITS, 1))
    change = opening(
        made,
        deadlines=tuple(owed(unit) for unit in UNITS),
        opinions=tuple(opinion(unit) for unit in UNITS),
        documents=letters,
        awaited=SEATS,
        viewers=(*SEATS, LEADER),
    )
    store.commit([change])
    return store, made


def begun(store, number="001/2026-VV"):
    """What an act begins with; it must be what a store that remembers nothing would read."""
    found = store.begin("r", number).file
    assert found == store.load(number)
    return found


def seats(store, table, number="001/2026-VV"):
    found = store.database.read(lambda tx: tx.select(select(*table.columns).where(table.c.case == number)))
    return sorted(found)


def read(store):
    """How many rows' tables the next act's beginning reads."""
    told = []
    trace(store, told.append)
    found = store.begin("r", "001/2026-VV").file
    assert found is not None
    return sum(f"FROM {table}" in sql or f'FROM "{table}"' in sql for sql in told for table in ("deadline", "opinion", "document"))


def replied(before, unit, **part):
    """The change that a unit's reply makes."""
    at = UNITS.index(unit)
    gone = {unit, *part.pop("gone", ())}
    rest = tuple(one for one in SEATS if one.unit not in gone)
    return advancing(
        before,
        moved(before),
        deadlines=(owed(unit, status=DeadlineStatus.MET, next_at=None),),
        opinions=(opinion(unit, status=OpinionStatus.GIVEN, answer="agree"),),
        **{"awaited": rest, "viewers": (*SEATS, LEADER), "documents": (), "request": f"reply {at}", **part},
    )


def test_only_the_first_act_in_a_large_round_reads_it(round_of):
    store, made = round_of
    store._files = remembered.Remembered()  # as where another program opened it
    assert read(store) >= 3
    for unit in ("u3", "u39", "u0"):
        change = replied(made, unit)
        store.commit([change])
        made = change.parts[0].case
        assert read(store) == 0
        found = begun(store)
        assert found.case.head == made.head
        assert next(one for one in found.opinions if one.asked == unit).status is OpinionStatus.GIVEN


def test_what_others_wrote_meanwhile_is_read(url):
    mine, other = open_store(url), open_store(url)
    made = case(state="consulting")
    mine.commit([opening(made, deadlines=tuple(owed(unit) for unit in UNITS), opinions=tuple(opinion(unit) for unit in UNITS))])
    more = advancing(made, moved(made), deadlines=tuple(owed(f"{unit}x") for unit in UNITS), awaited=SEATS)
    mine.commit([more])
    made = more.parts[0].case
    begun(mine)
    by_other = replied(made, "u3")
    other.commit([by_other])
    assert next(one for one in begun(mine).opinions if one.asked == "u3").status is OpinionStatus.GIVEN
    with pytest.raises(Stale):
        mine.commit([replied(made, "u4", request="late")])
    change = replied(by_other.parts[0].case, "u5", gone={"u3"})
    mine.commit([change])
    assert {row[1] for row in seats(mine, tables.awaited)} == set(UNITS) - {"u3", "u5"}
    begun(mine)
    for one in (mine, other):
        one.close()


def test_seats_that_are_known_are_written_as_where_they_are_read(round_of, monkeypatch):
    store, made = round_of
    begun(store)
    ways = [
        {"gone": ()},
        {"gone": {"u3"}},
        {"awaited": (CLERK, *SEATS[5:]), "viewers": (LEADER, CLERK)},
        {"awaited": SEATS[::-1], "viewers": SEATS},
        {"awaited": (), "viewers": ()},
        {"awaited": SEATS, "viewers": SEATS},
    ]
    for at, (way, unit) in enumerate(zip(ways, UNITS, strict=False)):
        change = replied(made, unit, **{**way, "request": f"way {at}"})
        store.commit([change])
        made, part = change.parts[0].case, change.parts[0]
        (due,) = {row[4] for row in seats(store, tables.awaited)} or {None}
        assert seats(store, tables.awaited) == sorted((made.number, one.unit, one.position, one.person, due) for one in part.awaited)
        assert seats(store, tables.viewer) == sorted((made.number, one.unit, one.position, one.person) for one in part.viewers)
        begun(store)


def test_whose_due_comes_sooner_is_written_of_all_who_are_awaited(round_of):
    store, made = round_of
    begun(store)
    first = replied(made, "u0")
    store.commit([first])
    made = first.parts[0].case
    sooner = advancing(made, moved(made), deadlines=(deadline("case/dossier/1", 5, on="case"),), awaited=SEATS, request="sooner")
    store.commit([sooner])
    assert {row[4] for row in seats(store, tables.awaited)} == {"2026-11-20T07:00:00.000000Z"}
    begun(store)


PAPERS = {
    "a letter that was redone": lambda: (document("letter/7", title="Khác", asked="u6"),),
    "a newer letter": lambda: (document("letter/41", asked="u9"),),
    "two newer ones": lambda: (document("letter/41", asked="u9"), document("letter/42", asked="u8")),
    "a paper of another rule": lambda: (document("report/1"),),
    "one that was issued": lambda: (document("letter/7", status=DocumentStatus.ISSUED, number=4, series=None, asked="u6"),),
    "one that was issued and is void": lambda: (
        document(
            "letter/7",
            status=DocumentStatus.VOID,
            number=4,
            asked="u6",
            events=(DocumentEvent(what="void", at=made_at(), actor="cv1", seq=2),),
        ),
    ),
    "a draft that is void": lambda: (
        document(
            "letter/7", status=DocumentStatus.VOID, asked="u6", events=(DocumentEvent(what="void", at=made_at(), actor="cv1", seq=2),)
        ),
    ),
}


def made_at():
    return case().opened


@pytest.mark.parametrize("kind", PAPERS)
def test_papers_stand_where_they_would_be_read(round_of, kind):
    store, made = round_of
    begun(store)
    for at, unit in enumerate(("u3", "u4")):
        change = replied(made, unit, documents=PAPERS[kind]() if not at else (), request=f"papers {at}")
        store.commit([change])
        made = change.parts[0].case
        begun(store)


def test_a_batch_is_followed_and_what_was_stale_of_it_is_not(round_of):
    store, made = round_of
    other = case("002/2026-VV")
    store.commit([opening(other)])
    begun(store)
    right, wrong = replied(made, "u1"), replied(replace(made, revision=9), "u2", request="wrong")
    assert [one is None for one in store.commit([right, wrong])] == [True, False]
    begun(store)
    store.commit([replied(right.parts[0].case, "u2"), advancing(other)])
    begun(store)
    begun(store, other.number)


def test_what_fails_is_not_followed(round_of):
    store, made = round_of
    begun(store)
    broken = replied(made, "u1")
    broken = replace(broken, parts=(replace(broken.parts[0], entries=(*broken.parts[0].entries, broken.parts[0].entries[0])),))
    with pytest.raises(Stale):
        store.commit([broken])
    assert next(one for one in begun(store).opinions if one.asked == "u1").status is OpinionStatus.ASKED


def test_no_more_is_kept_than_may_be_and_the_oldest_give_way(store, monkeypatch):
    monkeypatch.setattr(remembered, "MOST", 350)  # two of these, or one and a small one
    numbers = [f"{at:03}/2026-VV" for at in range(1, 5)]
    for number in numbers:
        store.commit([opening(case(number), deadlines=tuple(owed(f"{unit}{at}") for unit in UNITS for at in range(3)))])
        begun(store, number)
    store.commit([opening(case("005/2026-VV"))])
    begun(store, "005/2026-VV")
    files = store._files
    assert [number for number in (*numbers, "005/2026-VV") if files.get(number) is not None] == [*numbers[-2:], "005/2026-VV"]
    begun(store, numbers[0])
    assert [number for number in (*numbers, "005/2026-VV") if files.get(number) is not None] == [numbers[0], numbers[3], "005/2026-VV"]
    monkeypatch.setattr(remembered, "MOST", 100)
    begun(store, numbers[1])
    assert [number for number in (*numbers, "005/2026-VV") if files.get(number) is not None] == []


def test_what_two_lists_differ_in():
    one, two, three, four = SEATS[:4]
    assert differing((one, two, three), (one, three)) == ((two,), ())
    assert differing((one, three), (one, two, three)) == ((), (two,))
    assert differing((one, two), (one, two)) == ((), ())
    assert differing((), (one,)) == ((), (one,))
    assert differing((one, two, three, four), (one, three, two, four)) == ((two, three), (three, two))
    assert differing((one, one), (one,)) == ((one,), ())

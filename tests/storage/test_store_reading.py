"""Lists: their order, pages and filters, and that secret cases are in none that belongs to somebody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from storage.store import open_store
from tests.storage.making import CLERK, EVERYTHING, LEADER, START, advancing, case, deadline, hours, moved, notice, opening, put, viewer
from tests.storage.tracing import trace
from workflow.errors import WrongValue
from workflow.model import OUT, CaseQuery, DeadlineStatus, Message, Seat, Viewer

ME = Seat(person="cv1")


def numbers(rows):
    return [row.number for row in rows]


def pages(store, query, by):
    """All pages, one after the other."""
    found = []
    while rows := store.cases(query, by):
        assert len(rows) <= query.limit
        found += rows
        query = replace(query, after=rows[-1].cursor)
    return found


def test_cases_come_newest_first_page_by_page(store):
    store.commit([opening(case(f"{number:03}")) for number in range(23)])
    everyone = pages(store, CaseQuery(limit=5), viewer())
    assert numbers(everyone) == [f"{number:03}" for number in reversed(range(23))]


def test_a_page_holds_when_new_cases_arrive(store):
    store.commit([opening(case(f"{number:03}")) for number in range(6)])
    first = store.cases(CaseQuery(limit=3), viewer())
    store.commit([opening(case("new"))])
    second = store.cases(CaseQuery(limit=3, after=first[-1].cursor), viewer())
    assert numbers(first + second) == ["005", "004", "003", "002", "001", "000"]


@pytest.mark.parametrize("query", [CaseQuery(after="x"), CaseQuery(after="-1"), CaseQuery(awaited=True, after="x")])
def test_a_cursor_that_is_none_is_an_error_that_says_so(store, query):
    store.commit([opening(case(), awaited=(CLERK,))])
    with pytest.raises(WrongValue, match="cursor of a row"):
        store.cases(query, viewer(CLERK))


def test_cases_are_filtered_by_process_state_unit_and_outcome(store):
    store.commit([opening(case("1")), opening(case("2", process="opinion", unit="vp")), opening(case("3", state="closed", outcome="done"))])

    def found(**query):
        return numbers(store.cases(CaseQuery(**query), viewer()))

    assert found() == ["2", "1"]
    assert found(open_only=False) == ["3", "2", "1"]
    assert found(process="opinion") == ["2"]
    assert found(unit="btg", open_only=False) == ["3", "1"]
    assert found(state="closed", open_only=False) == ["3"]
    assert found(state="closed") == []


def test_cases_are_filtered_by_their_fields_as_text(store):
    fields = {"commune": "Nam Giang", "count": 3, "yes": True, "units": ["btg", "vp"], "area": "môi trường"}
    store.commit(
        [opening(case("1", fields=fields)), opening(case("2", fields={**fields, "commune": "Nam Cường", "yes": False, "units": []}))]
    )

    def found(**wanted):
        return numbers(store.cases(CaseQuery(fields=wanted), viewer()))

    assert found(commune="Nam Giang") == ["1"]
    assert found(commune="Nam Cường") == ["2"]
    assert found(count="3") == found(count=3) == ["2", "1"]
    assert found(yes=True) == found(yes="true") == ["1"]
    assert found(yes=False) == ["2"]
    assert found(units="vp") == ["1"]
    assert found(commune="Nam Giang", units="thi-tran") == []
    assert found(**{"no such": "x"}) == found(**{'"': "x"}) == []


def test_a_line_shows_the_earliest_running_deadline(store):
    made = case()
    later, sooner = deadline("a", 20), deadline("b", 10)
    store.commit([opening(made, deadlines=(later, sooner, deadline("c", 5, status=DeadlineStatus.STOPPED)))])
    assert store.cases(CaseQuery(), viewer())[0].due == hours(10)
    after = moved(made)
    store.commit([advancing(made, after, deadlines=(replace(sooner, status=DeadlineStatus.MET),), due=later.due)])
    assert store.cases(CaseQuery(), viewer())[0].due == hours(20)
    store.commit([advancing(after, deadlines=(replace(later, status=DeadlineStatus.MISSED),))])
    row = store.cases(CaseQuery(), viewer())[0]
    assert (row.due, row.number, row.title, row.opened) == (None, made.number, made.title, START)


def test_overdue_cases_and_deadlines_are_found(store):
    store.commit(
        [
            opening(case("1"), deadlines=(deadline("a", 5), deadline("b", 50))),
            opening(case("2"), deadlines=(deadline("a", 3),)),
            opening(case("3")),
        ]
    )
    assert numbers(store.cases(CaseQuery(overdue_at=hours(4)), viewer())) == ["2"]
    assert [(row.case, row.deadline) for row in store.overdue(hours(6), viewer(), 9)] == [("2", deadline("a", 3)), ("1", deadline("a", 5))]
    assert [row.case for row in store.overdue(hours(6), viewer(), 1)] == ["2"]
    assert store.overdue(hours(3), viewer(), 9) == []


@pytest.mark.parametrize("query", [CaseQuery(overdue_at=hours(4)), CaseQuery(overdue_at=hours(4), unit="btg"), None])
def test_what_is_late_is_found_along_an_index(store, query):
    made = [opening(case(f"{at}", unit=("btg", "vp")[at % 2]), deadlines=(deadline(due=at + 1),)) for at in range(9)]
    store.commit(made)
    statements = []
    trace(store, statements.append)
    if query is None:
        assert len(store.overdue(hours(4), viewer(), 2)) == 2
    else:
        assert len(store.cases(query, viewer())) == (2 if query.unit else 3)
    plans = [plan_of(store, statement) for statement in list(statements) if "due <" in statement]
    assert plans
    for plan in plans:
        assert any("ix_case_due" in step or "deadline_case_key" in step or "autoindex_deadline" in step for step in plan), plan
        assert not any(step.startswith(("SCAN case", "SCAN deadline")) for step in plan), plan


def test_an_inbox_is_by_due_date_and_follows_it(store):
    made = case("1")
    store.commit(
        [
            opening(made, awaited=(CLERK,), deadlines=(deadline("a", 9),)),
            opening(case("2"), awaited=(LEADER, CLERK), deadlines=(deadline("a", 3),)),
            opening(case("3"), awaited=(CLERK,)),
            opening(case("4"), awaited=(ME,), deadlines=(deadline("a", 6),)),
            opening(case("5"), awaited=(Seat(unit="vp", position="clerk"),)),
        ]
    )
    inbox = CaseQuery(awaited=True, limit=2)
    assert numbers(pages(store, inbox, viewer(CLERK, LEADER, ME))) == ["2", "4", "1", "3"]
    assert numbers(pages(store, inbox, viewer(LEADER))) == ["2"]
    assert store.cases(inbox, viewer()) == []
    store.commit([advancing(made, awaited=(CLERK,), deadlines=(deadline("a", 1),))])
    assert numbers(pages(store, inbox, viewer(CLERK))) == ["1", "2", "3"]


@pytest.mark.parametrize("awaited", [False, True])
def test_words_are_found_without_their_marks(store, awaited):
    store.commit(
        [
            opening(case("001/2026-VV", title="Vụ việc ở Nam Giang"), awaited=(CLERK,)),
            opening(
                case("002/2026-VV", title="Đường liên xã", fields={"issue": "Ô nhiễm", "list": [{"a": "Thị trấn"}], "f": {"hash": "beef"}}),
                awaited=(CLERK,),
            ),
        ]
    )

    def found(words):
        return numbers(store.cases(CaseQuery(words=words, awaited=awaited), viewer(CLERK)))

    assert found("vu viec") == found("Vụ VIỆC") == found("vie gian") == found("001") == ["001/2026-VV"]
    assert found("duong") == found("đường") == found("o nhiem") == found("thi tran") == found("002/2026-VV") == ["002/2026-VV"]
    assert set(found("2026")) == {"001/2026-VV", "002/2026-VV"}
    assert found("beef") == found("khong co") == []


def test_a_changed_title_is_found_and_the_old_one_is_not(store):
    made = case(title="Đường")
    store.commit([opening(made)])
    store.commit([advancing(made, moved(made, title="Cầu"))])
    assert store.cases(CaseQuery(words="duong"), viewer()) == []
    assert numbers(store.cases(CaseQuery(words="cau"), viewer())) == [made.number]
    assert store.integrity() == []


@pytest.fixture(scope="module")
def one_case():
    opened = open_store("sqlite://")
    opened.commit([opening(case())])
    return opened


SYNTAX = ['"', "a AND", "NEAR(", "search:x", "*", "^a", "a OR b", "-x", "a'b", "{a b}:c", "\0"]


@given(words=st.text(min_size=1, max_size=20) | st.sampled_from(SYNTAX))
@settings(max_examples=80, deadline=None)
def test_whatever_is_typed_searches_without_an_error(one_case, words):
    for awaited in (False, True):
        assert {row.number for row in one_case.cases(CaseQuery(words=words, awaited=awaited), viewer(CLERK))} <= {"001/2026-VV"}


def test_a_secret_case_is_in_nothing_of_those_who_may_not_see_it(store):
    store.commit(
        [
            opening(case("open"), deadlines=(deadline(),), notices=(notice("n1", of="open"),), awaited=(CLERK, LEADER)),
            opening(
                case("secret", secret=True),
                deadlines=(deadline(),),
                notices=(notice("n2", of="secret"),),
                awaited=(CLERK, LEADER),
                viewers=(LEADER, ME),
            ),
        ]
    )

    def seen(by):
        return (
            set(numbers(store.cases(CaseQuery(), by))),
            set(numbers(store.cases(CaseQuery(words="vu viec"), by))),
            {row.case for row in store.overdue(hours(99), by, 9)},
            {row.notice.case for row in store.notices(by)},
            {row.notice.case for row in store.notices(by, person="cv1")},
            {number for number in ("open", "secret") if store.sees(number, by)},
        )

    for by in (viewer(), viewer(CLERK), viewer(Seat(unit="btg")), Viewer(person="cv1")):
        assert seen(by) == ({"open"},) * 6
    for by in (viewer(LEADER), viewer(CLERK, ME), EVERYTHING):
        assert seen(by) == ({"open", "secret"},) * 6
    assert numbers(store.cases(CaseQuery(awaited=True), viewer(CLERK))) == ["open"]
    assert numbers(store.cases(CaseQuery(awaited=True), viewer(LEADER))) == ["open", "secret"]
    assert store.notices(viewer(CLERK), case="secret") == []


def test_a_lent_seat_shows_no_secret_case_from_which_its_lender_withdrew(store):
    out = Seat(unit=OUT, person="boss")
    store.commit([opening(case(secret=True), deadlines=(deadline(),), awaited=(LEADER, out), viewers=(LEADER, out))])

    def found(*lent: tuple[Seat, str], own: tuple[Seat, ...] = (), person: str = "p") -> list[bool]:
        by = Viewer(person=person, seats=frozenset(own), lent=frozenset(lent))
        lists = (store.cases(CaseQuery(), by), store.cases(CaseQuery(awaited=True), by), store.overdue(hours(99), by, 9))
        return [bool(one) for one in (*lists, store.sees("001/2026-VV", by))]

    assert found((LEADER, "boss")) == [False] * 4
    assert found((LEADER, "boss"), (LEADER, "other")) == [True] * 4, "another lends it too"
    assert found((LEADER, "other")) == [True] * 4
    assert found((LEADER, "boss"), own=(LEADER,)) == [True] * 4, "it is their own"
    assert found((LEADER, "other"), own=(LEADER,), person="boss") == [False] * 4


def test_notices_come_newest_first_with_their_delivery(store):
    store.commit([opening(case(), notices=(notice("n1"), notice("n2", person="tp1"), notice("n3")))])
    message = Message(id="m1", person="cv1", address="a", subject="s", text="t", made=START)
    assert put(store, message, ["n1"])
    store.settle_message(replace(message, tries=2, state="sent"), hours(1))
    rows = store.notices(viewer())
    assert [row.notice.key for row in rows] == ["n3", "n2", "n1"]
    assert [(row.state, row.message, row.tries, row.sent) for row in rows[1:]] == [("waiting", "", 0, None), ("sent", "m1", 2, hours(1))]
    assert rows[2].notice == notice("n1")
    assert [row.notice.key for row in store.notices(viewer(), person="tp1")] == ["n2"]
    assert [row.notice.key for row in store.notices(viewer(), limit=1)] == ["n3"]
    assert store.notices(viewer(), case="other") == []


def test_a_persons_notices_come_newest_first_whether_they_are_in_a_message_or_wait(store):
    store.commit([opening(case(), notices=tuple(notice(f"n{at}", person=("cv1", "tp1")[at == 3]) for at in range(1, 7)))])
    message = Message(id="m1", person="cv1", address="a", subject="s", text="t", made=START)
    assert put(store, message, ["n1", "n4", "n6"])  # some later ones went before earlier ones: they were urgent

    def told(**asked):
        return [(row.notice.key, row.message) for row in store.notices(viewer(), **asked)]

    assert told(person="cv1") == [("n6", "m1"), ("n5", ""), ("n4", "m1"), ("n2", ""), ("n1", "m1")]
    assert told(person="cv1", limit=2) == [("n6", "m1"), ("n5", "")]
    assert told(person="cv1", case=case().number) == told(person="cv1")
    assert told(person="cv1", case="other") == told(person="nobody") == []


@pytest.mark.parametrize(
    ("asks", "indexes"),
    [
        (lambda store: store.notices(viewer(), person="cv1"), ["uq_notice_waiting", "ix_notice_person"]),
        (lambda store: store.notices(viewer(), case="001/2026-VV"), ["uq_notice_waiting", "uq_notice_told"]),
        (lambda store: store.waiting_notices(5), ["uq_notice_waiting"]),
        (lambda store: store.waiting_notices(5, urgent=True), ["ix_notice_urgent"]),
    ],
)
def test_notices_are_found_along_an_index(store, asks, indexes):
    store.commit([opening(case(), notices=tuple(notice(f"n{at}") for at in range(9)))])
    statements = []
    trace(store, statements.append)
    asks(store)
    found = [statement for statement in statements if "FROM notice" in statement]
    for statement, index in zip(found, indexes, strict=True):
        assert any(index in step for step in plan_of(store, statement)), plan_of(store, statement)


def test_all_cases_come_in_order_of_opening(store):
    store.commit([opening(case(number)) for number in ("b", "a", "c")])
    assert list(store.all_cases()) == ["b", "a", "c"]


def test_cases_that_owe_something_come_in_order_of_opening_closed_ones_too(store):
    owing = [opening(case("b"), deadlines=(deadline(),)), opening(case("a", outcome="done"), deadlines=(deadline(),))]
    stopped = opening(case("c"), deadlines=(deadline(status=DeadlineStatus.STOPPED),))
    settled = opening(case("d"), deadlines=(deadline(status=DeadlineStatus.MET, settled=hours(1)),))
    store.commit([*owing, settled, opening(case("e")), stopped])
    assert list(store.owing_cases()) == ["b", "a", "c"]


def test_an_inbox_among_many_cases_reads_only_its_own_page(store):
    store.commit([opening(case(f"{number:03}"), awaited=(CLERK,), deadlines=(deadline(due=number),)) for number in range(40)])
    asked = []
    trace(store, asked.append)
    store.cases(CaseQuery(awaited=True, limit=5), viewer(CLERK))
    query = next(statement for statement in asked if "awaited" in statement)
    plan = plan_of(store, query)
    assert any("ix_awaited_seat" in step for step in plan)
    assert not any("ORDER BY" in step or "Sort" in step for step in plan)


def plan_of(store, query):
    """The steps by which the database answers; PostgreSQL's as if there were far more cases than a test has."""

    def explained(tx):
        if store.database.backend.dialect.name == "postgresql":
            tx.cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off", prepare=False)
        explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[store.database.backend.dialect.name]
        return [row[-1] for row in tx.cursor.execute(explain + query).fetchall()]

    return store.database.read(explained)

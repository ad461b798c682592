"""What a commit keeps, and what it refuses because somebody was first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from storage import loading
from storage.remembered import Remembered
from storage.store import SqlStore, open_store
from storage.tables import metadata
from tests.storage.making import (
    CLERK,
    EVERYTHING,
    LEADER,
    SERIES,
    START,
    advancing,
    case,
    deadline,
    document,
    entry,
    hours,
    moved,
    notice,
    opening,
    opinion,
    viewer,
)
from tests.storage.test_store_crash import TABLES
from workflow.model import (
    CaseFile,
    CasePart,
    CaseQuery,
    Change,
    DeadlineStatus,
    DocumentEvent,
    DocumentStatus,
    Doing,
    NumberTaken,
    OpinionStatus,
)
from workflow.plain import digest
from workflow.ports import Deployment, Stale, StoredVersion


def test_a_case_comes_back_as_it_was_committed(store):
    made = case(
        fields={"issue": "Ô nhiễm", "count": 3, "yes": True, "table": [{"a": "1"}]},
        slots={"handler": "cv1"},
        done={"screen": Doing(count=2, last=START, persons=("cv1", "tp1"))},
        rounds={"consulting": 1},
        closed=hours(2),
        secret=True,
    )
    parts = {
        "deadlines": (deadline(), deadline("case/dossier/1", 40)),
        "opinions": (opinion("vp"), opinion("btg")),
        "documents": (document(),),
    }
    store.commit([opening(made, **parts)])
    assert store.load(made.number) == CaseFile(case=made, **parts)


def test_a_case_that_is_not_there_is_none(store):
    assert store.load("999/2026-VV") is None
    assert store.document("999/2026-VV", "report/1") is None
    assert store.entries("999/2026-VV") == []
    assert not store.sees("999/2026-VV", EVERYTHING)


def test_deadlines_opinions_and_documents_are_overwritten_by_their_keys(store):
    made = case()
    store.commit([opening(made, deadlines=(deadline(), deadline("b", 3)), opinions=(opinion(),), documents=(document(),))])
    met = deadline(status=DeadlineStatus.MET, settled=hours(1), next_at=None)
    given = opinion(status=OpinionStatus.GIVEN, answer="agree", at=hours(1))
    issued = document(status=DocumentStatus.ISSUED, number=1, symbol="01-BC/BTG", series=SERIES, files={"pdf": "f1"})
    store.commit([advancing(made, deadlines=(met,), opinions=(given,), documents=(issued,))])
    file = store.load(made.number)
    assert file.deadlines == (met, deadline("b", 3))
    assert file.opinions == (given,)
    assert file.documents == (issued,)
    assert store.document(made.number, "report/1") == issued


def test_documents_come_by_rule_the_newest_first(store):
    keys = ["plan/1", "report/1", "report/2", "report/10"]
    store.commit([opening(case(), documents=tuple(document(key) for key in keys))])
    assert [found.key for found in store.load(case().number).documents] == ["plan/1", "report/10", "report/2", "report/1"]


def test_an_entry_keeps_its_text_to_the_letter(store):
    made = case()
    kept = replace(entry(made), text='{"b":1, "a":"Đ  ề\\u00e1"}', payload=' {"x" : 1.0}')
    store.commit([opening(made, entries=(kept,))])
    assert store.entries(made.number) == [kept]


def test_a_history_comes_first_to_last(store):
    made = case()
    store.commit([opening(made)])
    for _ in range(11):
        after = moved(made)
        store.commit([advancing(made, after)])
        made = after
    assert [found.seq for found in store.entries(made.number)] == list(range(1, 13))


def test_a_commit_on_an_older_revision_is_stale_and_writes_nothing(store):
    made = case()
    store.commit([opening(made)])
    first = moved(made, state="screened")
    store.commit([advancing(made, first, request="a")])
    late = advancing(made, moved(made, state="other"), request="b", deadlines=(deadline(),), notices=(notice(),))
    with pytest.raises(Stale):
        store.commit([late])
    assert store.load(made.number) == CaseFile(case=first)
    assert store.begin("b", "").receipt is None
    assert store.waiting_notices(5) == []


def test_two_writers_on_one_revision_one_wins(url):
    made = case()
    store = open_store(url)
    store.commit([opening(made)])

    def attempt(number):
        mine = open_store(url)
        try:
            mine.commit([advancing(made, moved(made, state=f"s{number}"), request=f"r{number}")])
        except Stale:
            return 0
        finally:
            mine.close()
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert len(store.entries(made.number)) == 2
    store.close()


def test_a_number_taken_by_another_case_is_stale(store):
    store.commit([opening(case(), request="a")])
    with pytest.raises(Stale):
        store.commit([opening(case(title="other"), request="b")])
    assert store.load(case().number).case.title == case().title


def test_a_request_is_done_once_and_its_receipt_found(store):
    made = case()
    store.commit([opening(made, request="r1")])
    assert store.begin("r1", "").receipt == (made.number, 1)
    with pytest.raises(Stale):
        store.commit([advancing(made, request="r1")])
    assert store.load(made.number).case == made


def test_acts_without_a_request_leave_no_receipt(store):
    for number in ("1", "2"):
        store.commit([Change(request_id="", parts=(CasePart(before=None, case=case(number), drafts=()),))])
    assert store.begin("", "").receipt is None


def test_a_change_over_several_cases_is_kept_whole_or_not_at_all(store):
    one, two = case("1"), case("2")
    store.commit([opening(one), opening(two)])
    store.commit([advancing(two, request="first")])
    both = Change(
        request_id="both",
        parts=tuple(CasePart(before=before, case=moved(before), drafts=(), entries=(entry(moved(before)),)) for before in (one, two)),
    )
    with pytest.raises(Stale):
        store.commit([both])
    assert store.load("1").case == one
    assert len(store.entries("1")) == 1


def test_of_several_changes_only_the_stale_ones_are_left_out(store):
    one, two, three = case("1"), case("2"), case("3")
    store.commit([opening(one), opening(two)])
    store.commit([advancing(two, request="first")])
    told = store.commit([advancing(one), advancing(two, deadlines=(deadline(),)), opening(three)])
    assert [isinstance(stale, Stale) for stale in told] == [False, True, False]
    assert [store.load(number).case.revision for number in "123"] == [2, 2, 1]
    assert store.load("2").deadlines == ()


def test_several_changes_at_once_leave_what_each_by_itself_would(store):
    """Whatever else is between them: seats that come first in one and go first in the next, papers with what became of them."""

    one, two, three = case("1"), case("2"), case("3", secret=True)
    issued = document(status=DocumentStatus.ISSUED, events=(DocumentEvent(what="attached", at=START, actor="tp1", seq=2),))
    opened = [
        opening(one, deadlines=(deadline(),), opinions=(opinion(),)),
        opening(two, deadlines=(deadline(), deadline("b", 3)), awaited=(CLERK, LEADER), documents=(document(),)),
        opening(three, awaited=(CLERK,), viewers=(CLERK, LEADER)),
    ]
    advanced = [
        advancing(one, awaited=(CLERK,), deadlines=(deadline("c", 9),), due=hours(8), notices=(notice("n1", of="1"),)),
        advancing(two, awaited=(CLERK,), deadlines=(deadline("b", 1),), documents=(issued,), notices=(notice("n2", of="2"),)),
        advancing(three, moved(three, title="Khác"), awaited=(LEADER,), viewers=(LEADER,)),
        opening(case("4"), awaited=(LEADER,), notices=(notice("n4", of="4"),)),
    ]

    def rows(of):
        columns = {name: [one for one in metadata.tables[name].columns if one.name != "id"] for name in TABLES if name != "case_field"}
        return {name: sorted(map(str, of.database.read(lambda tx, some=some: tx.select(select(*some))))) for name, some in columns.items()}

    alone = open_store("sqlite://")
    SqlStore(store.database).commit(opened[:1])  # the store itself does not know who is awaited there
    alone.commit(opened[:1])
    for some in (opened[1:], advanced):
        assert store.commit(some) == [None] * len(some)
        for change in some:
            alone.commit([change])
    assert rows(store) == rows(alone)
    assert store.integrity() == []
    alone.close()


def test_committing_nothing_does_nothing(store):
    assert store.commit([]) == []


def test_numbers_follow_each_other_without_gap(store):
    made = case()
    assert store.next_number(SERIES) == 1

    def take(number, request):
        return replace(
            opening(case(f"c{number}-{request}"), request=request),
            numbers=(NumberTaken(series=SERIES, number=number, case=f"c{number}-{request}"),),
        )

    store.commit([take(1, "a")])
    store.commit([take(2, "b")])
    for number in (1, 2, 4):
        with pytest.raises(Stale):
            store.commit([take(number, f"x{number}")])
    assert store.next_number(SERIES) == 3
    assert store.series() == [(SERIES, 2)]
    assert list(store.strange_series()) == []
    assert store.database.read(loading.numbers, SERIES) == ([1, 2], 2)
    assert store.load(made.number) is None


def test_a_file_is_kept_once_by_its_hash(store):
    content = bytes(range(256)) * 10
    for number in ("1", "2"):
        store.commit([replace(opening(case(number)), files={digest(content): content})])
    assert store.file(digest(content)) == content
    assert store.file("other") is None


def test_one_periodic_case_a_period(store):
    store.commit([replace(opening(case("1"), request="a"), periodic=("annual_report", "2026"))])
    with pytest.raises(Stale):
        store.commit([replace(opening(case("2"), request="b"), periodic=("annual_report", "2026"))])
    store.commit([replace(opening(case("3"), request="c"), periodic=("annual_report", "2027"))])
    assert store.periods("annual_report") == {"2026": "1", "2027": "3"}
    assert store.periods("incident") == {}
    assert store.load("2") is None


def test_seats_are_replaced_by_those_of_the_last_act(store):
    made = case(secret=True)
    store.commit([opening(made, awaited=(CLERK,), viewers=(CLERK, LEADER))])
    store.commit([advancing(made, awaited=(LEADER,), viewers=(LEADER,))])
    inbox = CaseQuery(awaited=True)
    assert store.cases(inbox, viewer(CLERK)) == []
    assert [row.number for row in store.cases(inbox, viewer(LEADER))] == [made.number]
    assert [store.sees(made.number, viewer(seat)) for seat in (CLERK, LEADER)] == [False, True]


def test_seats_that_stay_are_not_written_again(store, monkeypatch):
    made, changed = case(), {}
    store.commit([opening(made, awaited=(CLERK,), deadlines=(deadline(),))])
    backend, send = store.database.backend, store.database.backend.together

    def counting(cursor, calls):
        answers = send(cursor, calls)
        changed.update({sql: count for (sql, _), (count, _) in zip(calls, answers, strict=True) if "awaited" in sql})
        return answers

    monkeypatch.setattr(backend, "together", counting)
    store.commit([advancing(made, awaited=(CLERK,), due=deadline().due)])
    assert changed == {}  # which are there is remembered
    store._files = Remembered()
    store.commit([advancing(moved(made, state="screened"), awaited=(CLERK,), due=deadline().due)])
    assert len(changed) == 2
    assert not any(changed.values())


def test_a_notice_with_a_key_that_is_there_is_kept_once(store):
    made = case()
    store.commit([opening(made, notices=(notice("n1"),))])
    store.commit([advancing(made, notices=(notice("n1"), notice("n2")))])
    assert [found.key for found in store.waiting_notices(5)] == ["n1", "n2"]


def test_what_is_due_comes_oldest_first(store):
    deadlines = (
        deadline("late", 8),
        deadline("first", 6),
        deadline("future", 30),
        deadline("stopped", 5, status=DeadlineStatus.STOPPED),
        deadline("fired", 5, next_at=None),
    )
    store.commit([opening(case(), deadlines=deadlines)])
    assert store.due(hours(4), 9) == [(case().number, "first"), (case().number, "late")]
    assert store.due(hours(4), 1) == [(case().number, "first")]
    assert store.due(hours(1), 9) == []


def test_versions_are_kept_and_the_last_deployed_is_current(store):
    def version(hash_, form=1, compiled="{}"):
        return StoredVersion(kind="process", key="incident", hash=hash_, form=form, source={"process.yaml": "a: đ\n"}, compiled=compiled)

    def deploy(*versions):
        store.deploy([Deployment(version=made, at=START, by="admin", why="thử") for made in versions])

    calendar = replace(version("c1"), kind="calendar", key="")
    deploy(version("v1"), calendar)
    deploy(version("v2"))
    assert store.current() == {("process", "incident"): "v2", ("calendar", ""): "c1"}
    deploy(version("v1", compiled="other"))
    assert store.current()["process", "incident"] == "v1"
    assert store.version("process", "v1") == version("v1")
    deploy(version("v1", form=2, compiled="newer form"))
    assert store.version("process", "v1").compiled == "newer form"
    assert store.version("process", "c1") is None


def test_a_process_is_in_use_since_its_first_deployment(store):
    version = StoredVersion(kind="process", key="incident", hash="v1", form=1, source={}, compiled="{}")
    for moment in (hours(2), hours(5)):
        store.deploy([Deployment(version=version, at=moment, by="admin", why="")])
    assert store.deployed_since("incident") == hours(2)
    assert store.deployed_since("opinion") is None


def test_open_cases_that_the_clock_failed_in_are_found(store):
    one, two = case("1"), case("2", failed={"d/1": "refused"})
    store.commit([opening(one), opening(two), opening(case("3", failed={"d/1": "refused"}, outcome="done"))])
    assert store.failing_cases() == ["2"]
    store.commit([advancing(one, moved(one, failed={"d/0": "refused"})), advancing(two, moved(two, failed={}))])
    assert store.failing_cases() == ["1"]


def test_parts_that_are_undone_again_and_again_leave_the_connection_whole(store):
    made = case()
    store.commit([opening(made)])
    for _ in range(12):  # a driver prepares a statement after some uses; one that was never run must not be taken for prepared
        same = [advancing(made, request=f"{made.revision} {turn}", notices=(notice(f"{made.revision} {turn}"),)) for turn in range(3)]
        assert [isinstance(stale, Stale) for stale in store.commit(same)] == [False, True, True]
        made = moved(made, state="screened")
    assert store.load(made.number).case == made

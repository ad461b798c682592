"""What is written while the caller goes on: it is kept once it has said so, and only then."""

import sqlite3
import threading

import pytest
from msgspec.structs import replace

from storage.connect import Inside
from storage.store import SqlStore, open_store
from storage.transaction import Transaction
from tests.storage.making import advancing, case, deadline, moved, opening
from workflow.model import DeadlineStatus
from workflow.ports import Stale

MANY = [f"{number:03}/2026-VV" for number in range(1, 6)]


@pytest.fixture
def opened(store):
    """Five cases."""
    for number in MANY:
        store.commit([opening(case(number), deadlines=(deadline(),))])
    return store


def moving(store):
    """A change of each of the five."""
    return [advancing(file.case, moved(file.case)) for file in store.load_many(MANY).values()]


def states(store):
    return [store.load(number).case.revision for number in MANY]


def test_it_is_there_once_it_has_said_so(opened):
    ended = opened.commit_soon(moving(opened))
    assert ended() == [None] * 5
    assert states(opened) == [2] * 5
    assert [len(opened.entries(number)) for number in MANY] == [2] * 5


def test_the_caller_reads_meanwhile_and_what_was_read_is_not_taken_for_what_is_remembered(opened):
    ended = opened.commit_soon(moving(opened))
    read = opened.load_many(MANY[:2])
    assert set(read) == set(MANY[:2])
    ended()
    assert opened.begin("", MANY[0], fresh=False).file.case.revision == 2


def test_which_came_late_is_told_at_the_end_and_the_others_are_there(opened):
    changes = moving(opened)
    opened.commit([changes[3]])
    told = opened.commit_soon(changes)()
    assert [isinstance(one, Stale) for one in told] == [False, False, False, True, False]
    assert states(opened) == [2] * 5
    assert [len(opened.entries(number)) for number in MANY] == [2] * 5


def test_a_single_one_that_came_late_is_raised_at_the_end(opened):
    change = moving(opened)[0]
    opened.commit([change])
    ended = opened.commit_soon([change])
    with pytest.raises(Stale):
        ended()


def test_a_commit_that_the_disk_refuses_is_done_again_in_the_ordinary_way(file_url, monkeypatch):
    store = open_store(file_url)
    for number in MANY:
        store.commit([opening(case(number))])
    changes, refusals, end = moving(store), [], Transaction.end

    def refused(tx):
        if not refusals:
            refusals.append(threading.current_thread().name)
            raise sqlite3.OperationalError("disk I/O error")
        end(tx)

    monkeypatch.setattr(Transaction, "end", refused)
    assert store.commit_soon(changes)() == [None] * 5
    assert refusals[0].startswith("disk"), "the disk is waited for beside"
    assert states(store) == [2] * 5
    assert [len(store.entries(number)) for number in MANY] == [2] * 5
    store.close()


def test_a_fault_of_the_program_at_the_end_is_raised_and_nothing_is_kept(file_url, monkeypatch):
    store = open_store(file_url)
    store.commit([opening(case(MANY[0]))])
    change = advancing(store.load(MANY[0]).case, moved(store.load(MANY[0]).case))

    def wrong(_):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Transaction, "end", wrong)
        ended = store.commit_soon([change])
    with pytest.raises(ZeroDivisionError):
        ended()
    assert store.load(MANY[0]).case.revision == 1
    store.close()
    assert open_store(file_url).load(MANY[0]).case.revision == 1


def test_who_is_held_up_by_another_program_waits_at_the_end(file_url):
    store = open_store(file_url)
    store.commit([opening(case(MANY[0]))])
    change = advancing(store.load(MANY[0]).case, moved(store.load(MANY[0]).case))
    other = sqlite3.connect(file_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ended = store.commit_soon([change])
    other.execute("ROLLBACK")
    assert ended() == [None]
    assert store.load(MANY[0]).case.revision == 2
    store.close()


def test_an_interruption_is_not_kept_for_later(file_url, monkeypatch):
    store = open_store(file_url)
    store.commit([opening(case(MANY[0]))])
    change = advancing(store.load(MANY[0]).case, moved(store.load(MANY[0]).case))

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("storage.writing.write_steps", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.commit_soon([change])
    assert store.commit_soon([change])() == [None]
    assert store.load(MANY[0]).case.revision == 2
    store.close()


def test_within_a_transaction_it_is_written_when_it_is_asked(store):
    store.commit([opening(case(MANY[0]))])
    file = store.load(MANY[0])
    change = advancing(file.case, moved(file.case))
    within = []
    store.database.write(lambda tx: within.append(_inside(store, tx).commit_soon([change])()))
    assert within == [[None]]
    assert store.load(MANY[0]).case.revision == 2


def _inside(store, tx):
    return SqlStore(Inside(tx, store.database.url))


def test_a_deadline_that_is_there_is_changed_and_a_new_one_added(opened):
    file = opened.load(MANY[0])
    (was,) = file.deadlines
    part = {"deadlines": (met(was), deadline("case/dossier/1", 40)), "replaced": (was,)}
    opened.commit([advancing(file.case, moved(file.case), **part)])
    assert [one.status for one in opened.load(MANY[0]).deadlines] == [DeadlineStatus.MET, DeadlineStatus.RUNNING]


def met(one):
    return replace(one, status=DeadlineStatus.MET, settled=one.due, next_at=None)


def test_after_a_fault_at_the_end_nobody_waits_for_what_it_held(file_url, monkeypatch):
    store = open_store(file_url)
    store.commit([opening(case(MANY[0]))])
    change = advancing(store.load(MANY[0]).case, moved(store.load(MANY[0]).case))

    def wrong(_):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Transaction, "end", wrong)
        ended = store.commit_soon([change])
    with pytest.raises(ZeroDivisionError) as raised:
        ended()
    other = sqlite3.connect(file_url.removeprefix("sqlite:///"), isolation_level=None, timeout=0)
    other.execute("BEGIN IMMEDIATE")  # while the fault, and whatever it holds, is still at hand
    other.close()
    assert raised.value is not None
    store.close()


def test_where_no_connection_is_to_be_had_it_is_done_in_the_ordinary_way(file_url, monkeypatch):
    store = open_store(file_url)
    store.commit([opening(case(MANY[0]))])
    change = advancing(store.load(MANY[0]).case, moved(store.load(MANY[0]).case))
    with monkeypatch.context() as broken:
        broken.setattr(store.database.idle, "take", lambda: (_ for _ in ()).throw(sqlite3.OperationalError("unable to open database file")))
        ended = store.commit_soon([change])
    assert ended() == [None]
    assert store.load(MANY[0]).case.revision == 2
    store.close()

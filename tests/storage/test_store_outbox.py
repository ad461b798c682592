"""Notices become messages once, and one worker at a time sends a message."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from storage.store import open_store
from tests.storage.making import START, case, hours, notice, opening, put
from workflow.model import Message

LEASE = timedelta(minutes=5)


def message(id_="m1", **others):
    return Message(
        **{"id": id_, "person": "cv1", "address": "cv1@example.org", "subject": "Thông báo", "text": "2 việc", "made": START, **others}
    )


def keys(notices):
    return [found.key for found in notices]


@pytest.fixture
def noticed(store):
    store.commit([opening(case(), notices=tuple(notice(f"n{number}") for number in range(4)))])
    return store


def test_notices_wait_oldest_first_until_they_are_in_a_message(noticed):
    assert noticed.waiting_notices(9)[0] == notice("n0")
    assert keys(noticed.waiting_notices(3)) == ["n0", "n1", "n2"]
    assert put(noticed, message(), ["n0", "n2"])
    assert keys(noticed.waiting_notices(9)) == ["n1", "n3"]


def test_a_message_with_a_notice_that_was_taken_is_not_made(noticed):
    assert put(noticed, message("m1"), ["n1"])
    assert not put(noticed, message("m2"), ["n0", "n1"])
    assert keys(noticed.waiting_notices(9)) == ["n0", "n2", "n3"]
    assert [found.id for found in noticed.claim_messages(START, "w", LEASE, 9)] == ["m1"]


def test_a_message_is_made_once(noticed):
    assert put(noticed, message(), ["n0"])
    assert not put(noticed, message(text="other"), ["n1"])
    assert noticed.claim_messages(START, "w", LEASE, 9) == [message()]


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(noticed):
    put(noticed, message("m1"), ["n0"])
    put(noticed, message("m2", made=hours(1)), ["n1"])
    assert [found.id for found in noticed.claim_messages(START, "a", LEASE, 1)] == ["m1"]
    assert [found.id for found in noticed.claim_messages(START, "b", LEASE, 9)] == ["m2"]
    assert noticed.claim_messages(START, "c", LEASE, 9) == []
    assert [found.id for found in noticed.claim_messages(START + LEASE, "c", LEASE, 9)] == ["m1", "m2"]


def test_a_failed_message_waits_for_its_next_try_and_is_shown(noticed):
    put(noticed, message(), ["n0"])
    (claimed,) = noticed.claim_messages(START, "a", LEASE, 9)
    tried = replace(claimed, tries=1, next_try=hours(1), error="451 later")
    noticed.settle_message(tried, START)
    assert noticed.claim_messages(hours(0.9), "a", LEASE, 9) == []
    assert noticed.failed_messages() == [tried]
    assert noticed.claim_messages(hours(1), "a", LEASE, 9) == [tried]


def test_what_was_sent_or_given_up_is_never_sent_again(noticed):
    put(noticed, message("m1"), ["n0"])
    put(noticed, message("m2"), ["n1"])
    noticed.settle_message(message("m1", state="sent", tries=1), START)
    noticed.settle_message(message("m2", state="given up", tries=1, error="550 no"), START)
    assert noticed.claim_messages(hours(99), "a", LEASE, 9) == []
    assert [found.id for found in noticed.failed_messages()] == ["m2"]


def test_a_worker_that_comes_late_does_not_undo_a_delivery(noticed):
    put(noticed, message(), ["n0"])
    noticed.settle_message(message(state="sent"), START)
    noticed.settle_message(message(tries=3, error="timed out", next_try=hours(1)), hours(1))
    assert noticed.failed_messages() == []
    assert noticed.claim_messages(hours(2), "a", LEASE, 9) == []


def test_several_claimers_never_get_the_same_message(url):
    store = open_store(url)
    store.commit([opening(case(), notices=tuple(notice(f"n{number}") for number in range(40)))])
    for number in range(40):
        put(store, message(f"m{number:02}"), [f"n{number}"])

    def claim(holder):
        mine, found = open_store(url), []
        while some := mine.claim_messages(START, holder, LEASE, 3):
            found += [claimed.id for claimed in some]
        mine.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        claimed = [id_ for found in pool.map(claim, "abcd") for id_ in found]
    assert sorted(claimed) == [f"m{number:02}" for number in range(40)]
    store.close()


def test_urgent_notices_are_found_behind_any_number_of_others(store):
    many = [notice(f"n{number:04}") for number in range(60)]
    store.commit([opening(case(), notices=(*many, replace(notice("z1"), urgent=True), notice("z2"), replace(notice("z3"), urgent=True)))])
    assert keys(store.waiting_notices(50, urgent=True)) == ["z1", "z3"]
    assert keys(store.waiting_notices(1, urgent=True)) == ["z1"]
    assert put(store, message(urgent=True), ["z1"])
    assert keys(store.waiting_notices(50, urgent=True)) == ["z3"]


def test_urgent_messages_are_claimed_alone_where_only_they_may_go(noticed):
    put(noticed, message("m1"), ["n0"])
    put(noticed, message("m2", urgent=True), ["n1"])
    assert noticed.claim_messages(START, "a", LEASE, 9, urgent=True) == [message("m2", urgent=True)]
    assert noticed.claim_messages(START, "a", LEASE, 9, urgent=True) == []
    assert noticed.claim_messages(START, "a", LEASE, 9) == [message("m1")]


def test_an_idle_look_takes_no_lock(url):
    store, other = open_store(url), open_store(url)
    store.database.write(lambda _: (other.claim_messages(START, "a", LEASE, 9), other.due(START, 9), other.waiting_notices(9)))
    store.close()
    other.close()


def test_workers_beat(store):
    store.beat("w1", START)
    store.beat("w2", START)
    store.beat("w1", hours(1))
    assert store.workers() == {"w1": hours(1), "w2": START}

"""The worker and a real mail server: tried again with growing pauses, given up, and never another text or Message-ID."""

import email
from collections.abc import Iterator
from datetime import timedelta
from email.policy import default
from typing import Any

import pytest

from tests.app.making import INCIDENT, Place, at, incident
from tests.app.test_senders import OnAFreePort, Server
from workflow.compose import LocalOffice

TO = "chuyen-vien-btg@namtruc.example"
HEAD_TO = "truong-ban-btg@namtruc.example"


@pytest.fixture
def server() -> Iterator[tuple[Any, OnAFreePort]]:
    handler = Server()
    controller = OnAFreePort(handler, hostname="127.0.0.1", port=0)
    controller.start()
    yield handler, controller
    controller.stop()


@pytest.fixture
def office(place: Place, server: tuple[Any, OnAFreePort]) -> LocalOffice:
    """An office that delivers to the server; one person is to be reminded at 11:45."""
    toml = place.folder / "office.toml"
    text = toml.read_text("utf-8").replace('quiet = "17:30-07:00"', 'quiet = ""')
    head, _, _ = text.partition("[delivery]")
    toml.write_text(
        f'{head}[delivery]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {server[1].port}\nstarttls = false\nsender = "hoso@namtruc.example"\ntimeout = 5\n',
        "utf-8",
    )
    made = place.office()
    incident(made)
    place.set("2026-11-23 11:45")
    return made


def outbox(office: LocalOffice) -> list[tuple[str, str]]:
    return [(one.level, one.message) for one in office.doctor() if one.what == "outbox"]


def test_a_message_is_taken_once_and_is_all_in_vietnamese(office: LocalOffice, server: tuple[Any, OnAFreePort]) -> None:
    assert (office.tick().sent, office.tick().sent) == (1, 0)
    ((_, content),) = server[0].took
    mail = email.message_from_bytes(content, policy=default)
    assert (mail["To"], mail["From"]) == (TO, "hoso@namtruc.example")
    assert "001/2026-VV" in mail["Subject"]
    assert outbox(office)[0][0] == "ok"


def test_4xx_is_tried_again_after_pauses_that_double_and_the_text_stays_the_same(
    place: Place, office: LocalOffice, server: tuple[Any, OnAFreePort]
) -> None:
    handler, _ = server
    handler.says["rcpt", TO] = "450 mailbox busy"
    assert (office.tick().sent, office.tick().failed) == (0, 0)
    (waiting,) = office.store.failed_messages()
    assert (waiting.tries, waiting.next_try) == (1, place.clock.at + timedelta(minutes=1))
    assert outbox(office)[0][0] == "warning"
    for tries, pause in ((2, 2), (3, 4), (4, 8)):
        place.clock.at = waiting.next_try - timedelta(seconds=1)
        office.tick()
        assert office.store.failed_messages() == [waiting]
        place.clock.at = waiting.next_try
        assert office.tick().failed == 1
        (waiting,) = office.store.failed_messages()
        assert (waiting.tries, waiting.next_try) == (tries, place.clock.at + timedelta(minutes=pause))
    assert handler.took == []
    handler.says.clear()
    place.clock.at = waiting.next_try
    assert office.tick().sent == 1
    ((_, content),) = handler.took
    mail = email.message_from_bytes(content, policy=default)
    assert mail["Message-ID"] == f"<{waiting.id}@namtruc.example>"
    assert mail["Date"].datetime == waiting.made == at("2026-11-23 11:45")
    assert mail.get_content().replace("\r\n", "\n") == waiting.text
    assert outbox(office)[0][0] == "ok"


def test_pauses_end_at_six_hours_and_after_two_days_a_message_is_given_up(
    place: Place, office: LocalOffice, server: tuple[Any, OnAFreePort]
) -> None:
    server[0].says["rcpt", TO] = "451 try later"
    pauses = []
    began = place.clock.at
    office.tick()
    (mine,) = office.store.failed_messages()
    while mine.state == "waiting":
        assert mine.next_try is not None
        pauses.append(mine.next_try - place.clock.at)
        place.clock.at = mine.next_try
        office.tick()
        mine = next(one for one in office.store.failed_messages() if one.id == mine.id)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)
    assert timedelta(days=1) < place.clock.at - began < timedelta(days=3)
    assert (mine.state, mine.tries) == ("given up", 16)


def test_5xx_is_given_up_at_once_and_shown_while_others_go(place: Place, office: LocalOffice, server: tuple[Any, OnAFreePort]) -> None:
    handler, _ = server
    handler.says["rcpt", TO] = "550 no such user"
    place.set("2026-11-24 08:00")  # the overdue notice to the handler
    done = office.tick()
    assert (done.sent, done.failed) == (0, 1)
    place.set("2026-11-26 08:00")  # now their superior's
    done = office.tick()
    assert (done.sent, done.failed) == (1, 0)
    assert [email.message_from_bytes(content, policy=default)["To"] for _, content in handler.took] == [HEAD_TO]
    ((level, message),) = outbox(office)
    assert level == "error"
    assert "550 no such user" in message
    assert "chuyen-vien-btg" in message


def test_a_server_that_dies_in_mid_session_gets_the_rest_later_and_nothing_twice(
    place: Place, office: LocalOffice, server: tuple[Any, OnAFreePort]
) -> None:
    handler, _ = server
    office.tick()
    for _ in range(3):
        office.open("incident", actor="van-thu-btg", fields=INCIDENT)
    place.set("2026-11-30 08:00")  # reminders, notices to superiors and escalations: several persons
    handler.dies_after = len(handler.took) + 1
    done = office.tick()
    assert done.sent == 1
    assert done.failed >= 1
    handler.dies_after = None
    place.clock.at += timedelta(minutes=1)
    assert office.tick().sent == done.failed
    ids = [email.message_from_bytes(content, policy=default)["Message-ID"] for _, content in handler.took]
    assert len(ids) == len(set(ids)) == 1 + 1 + done.failed
    assert outbox(office)[0][0] == "ok"


def test_what_a_dead_worker_had_claimed_is_sent_by_another_after_its_lease(
    place: Place, office: LocalOffice, server: tuple[Any, OnAFreePort]
) -> None:
    handler, _ = server
    handler.says["rcpt", TO] = "450 busy"
    office.tick()
    handler.says.clear()
    place.clock.at += timedelta(minutes=1)
    (claimed,) = office.store.claim_messages(place.clock.at, "dead", timedelta(minutes=5), 10)
    another = place.office()
    assert another.tick().sent == 0
    place.clock.at += timedelta(minutes=5)
    assert another.tick().sent == 1
    ((_, content),) = handler.took
    assert email.message_from_bytes(content, policy=default)["Message-ID"] == f"<{claimed.id}@namtruc.example>"

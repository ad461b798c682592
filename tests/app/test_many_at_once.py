"""Many processes at one office: the laws hold, and each is told the truth."""

import os
import sys

import pytest

import storage.postgres  # noqa: F401 - imported once, before the processes part
from tests.app.making import INCIDENT, Place, in_children

PEOPLE = {"": 50, "postgresql": 12}
"""How many, by the kind of database: a server's connections are dearer than a file's."""
FEW = {"": 8, "postgresql": 4}


def kind(place: Place) -> str:
    return place.database.partition(":")[0]


def cli(place: Place, *words: str) -> int:
    """One command of the real command line, in this (forked) process; its exit code."""
    import cli as command

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.environ.update({"HOSO_OFFICE": str(place.folder), **place.environ})
    sys.argv = ["hoso", *words]
    command.main()
    return 0


@pytest.fixture
def opened(any_place: Place) -> str:
    place = any_place
    office = place.office()
    number = office.open("incident", actor="van-thu-btg", fields=INCIDENT).case
    office.store.close()
    return number


def test_of_many_who_do_the_same_action_exactly_one_wins(any_place: Place, opened: str) -> None:
    place = any_place
    screen = ("do", opened, "screen", "--as", "specialist.btg", "--set", "urgency=normal", "--set", "authority=btg", "--note", "x")
    people = PEOPLE[kind(place)]
    codes = in_children(people, lambda _: cli(place, *screen))
    assert codes.count(0) == 1
    assert set(codes) <= {0, 3, 5}
    assert codes.count(3) >= people - 5
    office = place.office()
    assert [entry.action for entry in office.history(opened, actor="truong-ban-btg")] == ["open", "screen"]
    assert office.verify() == []
    office.store.close()


def test_several_who_open_cases_at_once_number_them_without_gap(any_place: Place) -> None:
    place = any_place

    def work(index: int) -> int:
        office = place.office()
        for turn in range(4):
            office.open("incident", actor="van-thu-btg", fields=INCIDENT, request_id=f"{index}/{turn}")
        return 0

    few = FEW[kind(place)]
    assert in_children(few, work) == [0] * few
    office = place.office()
    assert sorted(office.store.all_cases()) == [f"{n:03}/2026-VV" for n in range(1, 4 * few + 1)]
    assert office.verify() == []
    office.store.close()


def test_the_same_request_is_done_once_however_often_it_is_sent(any_place: Place) -> None:
    place = any_place
    few = FEW[kind(place)]
    codes = in_children(few, lambda _: cli(place, *_open(), "--request-id", "once"))
    assert codes == [0] * few
    office = place.office()
    assert list(office.store.all_cases()) == ["001/2026-VV"]
    office.store.close()


def _open() -> tuple[str, ...]:
    return ("open", "incident", "--as", "clerk.btg", *(word for key, value in INCIDENT.items() for word in ("--set", f"{key}={value}")))

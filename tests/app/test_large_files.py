"""What the store keeps of a case between two acts is what it would read: through a consultation with letters, corrections, the clock, a migration."""

import pytest

from storage import remembered
from storage.store import SqlStore
from tests.app.conftest import Copy
from tests.app.making import (
    COUNTERPART,
    HEAD,
    HEADS,
    SPECIALIST,
    Place,
    change_definitions,
    consulting,
    dump,
    incident,
    no_scenarios,
    step,
)
from tests.app.test_migration import PROCESS, RENAMED
from workflow.changing.migration import Wanted


@pytest.fixture
def checked(monkeypatch) -> list[tuple[str, bool]]:
    """Each act's beginning is held against what is read; the cases that were begun with, and whether that was remembered."""
    begin, begun = SqlStore.begin, list[tuple[str, bool]]()

    def checking(store, request_id, number, **how):
        found = begin(store, request_id, number, **how)
        if number and found.receipt is None:
            read = store.load(number)
            assert found.file == read
            assert repr(found.file.deadlines) == repr(read.deadlines)  # the order of keys and the zones of times, too
            begun.append((number, found.supposes is not None))
        return found

    monkeypatch.setattr(SqlStore, "begin", checking)
    return begun


def lived(place: Place) -> None:
    """Some days of an office."""
    office = place.office()
    opinion = consulting(office)
    for unit in ("btg", "xa-nam-giang"):
        office.reply(opinion, unit=unit, answer="agree", actor=HEADS[unit])
    letter = next(one.key for one in reversed(office.documents(opinion, actor=COUNTERPART)) if one.key.startswith("reply_letter"))
    seq = office.show(opinion, actor=COUNTERPART).seq
    office.correct(opinion, seq, answer="reject", fields={}, papers={letter: "keep"}, note="nhầm", actor=COUNTERPART)
    case, back = incident(office, "screen", "assess", "draft_plan", "agree", "submit"), incident(office, "screen")
    office.recall(back, actor=SPECIALIST)
    office.comment(case, actor=HEAD, note="Đã gọi")
    place.set("2026-12-08 10:00")
    office.tick()
    office.reply(opinion, unit="mttq", answer="amend", actor=HEADS["mttq"])
    no_scenarios(place)
    change_definitions(place, PROCESS, *RENAMED)
    office.deploy(why="Đổi tên")
    assert office.migrate(Wanted(process="incident", states={"screened": "sifted"}), actor=HEAD).moved == 2
    for action in ("approve", "close"):
        step(office, case, action)
    assert office.verify() == []
    office.store.close()


def kept(place: Place) -> list[str]:
    """What the office holds, but for the random names of requests and workers."""
    return sorted(
        line for line in dump(place) if not line.startswith(tuple(f'INSERT INTO "{one}"' for one in ("receipt", "worker", "turn", "held")))
    )


def test_what_is_kept_is_what_would_be_read_and_leads_to_the_same(any_place: Place, copy: Copy, tmp_path, checked, monkeypatch) -> None:
    with copy(any_place, tmp_path / "other") as other:
        lived(any_place)
        assert (len(checked) >= 15, sum(unread for _, unread in checked) >= 6) == (True, True)
        monkeypatch.setattr(remembered, "MOST", 0)
        lived(other)
        assert kept(any_place) == kept(other)

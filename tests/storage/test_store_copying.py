"""An office is copied whole or not at all, and what arrived is what was sent."""

import os
import shutil
import sqlite3
from multiprocessing import get_context
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import copying, migrations
from storage.copying import copy
from storage.store import open_store
from tests.postgres import rows, shell
from tests.storage.making import CLERK, EVERYTHING, advancing, case, hours, moved, notice, opening, put
from tests.storage.test_store_crash import SECRET, contents, first, rich
from tests.storage.tracing import death_at, trace
from workflow.errors import OfficeInUse, PlaceTaken, StoreCorrupt, StoreForbidden, StoreMissing, StoreUnreachable
from workflow.model import CaseQuery, Message
from workflow.ports import Deployment, StoredVersion

FORK = get_context("fork")


def sound(_):
    """Nothing is wrong."""
    return []


def filled(url):
    """An office with something in every table, some in more than a batch."""
    store = open_store(url, create=True)
    version = StoredVersion(kind="process", key="incident", hash="v1", form=1, source={"process.yaml": "a: đ"}, compiled="{}")
    store.deploy([Deployment(version=version, at=hours(0), by="b", why="w")])
    store.commit([first()])
    store.commit([rich()])
    store.commit(
        [replace(opening(case(f"{n:03}"), notices=(notice(f"k{n}", of=f"{n:03}"),)), files={f"h{n}": bytes([n]) * 9}) for n in range(25)]
    )
    message = Message(id="m1", person="cv1", address="a@example.org", subject="s", text="t", made=hours(1))
    assert put(store, message, ["k1", "k2"])
    store.settle_message(replace(message, state="sent", tries=1), hours(2))
    store.beat("w", hours(2))
    return store


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(copying, "BATCH", 7)
    monkeypatch.setattr(copying, "_FEW", 4)


@pytest.fixture(scope="module")
def office_file(tmp_path_factory):
    """An office in a file, copied by each test."""
    file = tmp_path_factory.mktemp("copying") / "old.db"
    filled(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def office(office_file, tmp_path):
    """The URL of an office in a file."""
    shutil.copy(office_file, tmp_path / "old.db")
    return f"sqlite:///{tmp_path / 'old.db'}"


@pytest.fixture
def empty_place(schemas):
    """The URL of a schema that is not there."""
    url = schemas.url()
    yield url
    schemas.drop(url)


def dump(url):
    """What a file holds, but for what stays behind."""
    found = sqlite3.connect(url.removeprefix("sqlite:///"))
    lines = [line for line in found.iterdump() if not line.startswith('INSERT INTO "worker"') and "case_search" not in line]
    found.close()
    return lines


def test_an_office_moves_to_postgresql_and_back_and_is_the_same(office, empty_place, tmp_path, small_batches):
    there = copy(office, empty_place, sound)
    assert there.rows["case"] == 26
    assert there.rows["file"] == 26
    assert "worker" not in there.rows
    back = f"sqlite:///{tmp_path / 'back.db'}"
    again = copy(empty_place, back, sound)
    assert (again.rows, again.heads) == (there.rows, there.heads)
    assert sorted(dump(back)) == sorted(dump(office))
    assert (tmp_path / "back.db").stat().st_mode & 0o777 == 0o600
    old, new = open_store(office), open_store(back)
    assert contents(old) == contents(new)
    old.close()
    new.close()


def test_a_copy_goes_on_where_the_office_was(office, empty_place):
    copy(office, empty_place, sound)
    store = open_store(empty_place)
    assert store.integrity() == []
    assert [row.number for row in store.cases(CaseQuery(words="phan loai"), EVERYTHING)] == [SECRET.number]
    store.commit([opening(case("new"), awaited=(CLERK,), notices=(notice("another", of="new"),))])
    after = moved(SECRET, state="screened", title="Đã phân loại")
    store.commit([advancing(after, moved(after, state="assessed"), due=hours(5))])
    assert [row.number for row in store.cases(CaseQuery(limit=1), EVERYTHING)] == ["new"]
    assert store.workers() == {}
    store.close()


def test_a_copy_of_an_older_office_is_searched_by_words_as_a_new_one(office, empty_place):
    found = sqlite3.connect(office.removeprefix("sqlite:///"))
    found.execute("DROP TRIGGER case_no_update_of")
    found.execute("UPDATE \"case\" SET search = '001/2026-vv “phan loai” (moi)' WHERE number = '001/2026-VV'")
    found.commit()
    found.close()
    migrations.upgrade(office)
    copy(office, empty_place, sound)
    store = open_store(empty_place)
    for words in ("2026-VV", "“Phân loại”", "moi"):
        assert [row.number for row in store.cases(CaseQuery(words=words), EVERYTHING)] == ["001/2026-VV"]
    store.close()


def nothing_at(url):
    if url.startswith("sqlite"):
        assert not Path(url.removeprefix("sqlite:///")).exists()
        return
    with pytest.raises(StoreMissing):
        migrations.current(url)


@pytest.fixture(params=["file", "postgres"])
def target(request, tmp_path):
    """The URL of an empty place."""
    return f"sqlite:///{tmp_path / 'new.db'}" if request.param == "file" else request.getfixturevalue("empty_place")


def test_a_place_that_is_taken_is_refused_and_left_as_it_was(office, target):
    filled(target).close()
    before = rows(target) if target.startswith("postgresql") else dump(target)
    with pytest.raises(PlaceTaken, match="empty place"):
        copy(office, target, sound)
    assert (rows(target) if target.startswith("postgresql") else dump(target)) == before
    with pytest.raises(PlaceTaken):
        copy(office, office, sound)


@pytest.mark.parametrize("target", ["file"], indirect=True)
def test_an_office_that_is_not_in_order_is_not_copied(office, target):
    with pytest.raises(StoreCorrupt, match=r"old\.db.*entry 2"):
        copy(office, target, lambda _: ["entry 2 was changed"])
    nothing_at(target)


def test_what_is_not_in_order_where_it_arrived_does_not_stay(office, target):
    proofs = []

    def prove(store):
        proofs.append(store.database.url)
        return ["entry 2 was changed"] if len(proofs) == 2 else []

    with pytest.raises(StoreCorrupt, match=r"new\.db.*entry 2|schema=.*entry 2"):
        copy(office, target, prove)
    assert len(set(proofs)) == 2
    nothing_at(target)


@pytest.mark.parametrize("target", ["file"], indirect=True)
def test_what_arrives_otherwise_than_it_was_sent_does_not_stay(office, target, monkeypatch):
    monkeypatch.setattr(copying, "_poured", _losing_a_row(copying._poured))
    with pytest.raises(StoreUnreachable, match="what arrived is not what was sent: notice"):
        copy(office, target, sound)
    nothing_at(target)


def _losing_a_row(pour):
    def poured(tx, into, table):
        found = list(pour(tx, into, table))
        if table.name == "notice":
            into.cursor.execute("DELETE FROM notice WHERE key = 'k7'")
        return iter(found)

    return poured


@pytest.mark.parametrize("target", ["postgres"], indirect=True)
def test_an_office_that_is_worked_in_meanwhile_is_not_copied(office, target, monkeypatch):
    batches, acted = copying._batches, []

    def read_while_somebody_acts(tx, table):
        if table.name == "case" and not acted:
            acted.append(1)
            other = open_store(office)
            other.commit([opening(case("meanwhile"))])
            other.close()
        return batches(tx, table)

    monkeypatch.setattr(copying, "_batches", read_while_somebody_acts)
    with pytest.raises(OfficeInUse, match="nothing was copied"):
        copy(office, target, sound)
    nothing_at(target)
    assert copy(office, target, sound).rows["case"] == 27


def _copy_and_die(office, target, at):
    death = death_at(at)

    class Dying(copying.Database):
        def __init__(self, url):
            super().__init__(url)
            trace(type("Store", (), {"database": self, "close": self.close}), death)

    copying.Database = Dying
    copy(office, target, sound)
    os._exit(0)


@pytest.mark.parametrize(("target", "at"), [("file", 100), ("file", 175), ("postgres", 60), ("postgres", 170)], indirect=["target"])
def test_a_copy_that_dies_leaves_nothing_and_can_be_made_again(office, target, at):
    child = FORK.Process(target=_copy_and_die, args=(office, target, at))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert copy(office, target, sound).rows["case"] == 26


def test_a_text_that_postgresql_can_not_keep_is_told(office, empty_place):
    store = open_store(office)
    store.commit([opening(case("x", title="a\0b"))])
    store.close()
    with pytest.raises(StoreUnreachable, match=r"U\+0000"):
        copy(office, empty_place, sound)
    nothing_at(empty_place)


def test_a_login_without_the_rights_is_told(office, schemas):
    with shell(schemas.server) as owner:
        owner.execute(f"CREATE ROLE poor_{os.getpid()} LOGIN")
    try:
        with pytest.raises(StoreForbidden, match="hoso db copy"):
            copy(office, schemas.url().replace("postgres@", f"poor_{os.getpid()}@"), sound)
    finally:
        with shell(schemas.server) as owner:
            owner.execute(f"DROP ROLE poor_{os.getpid()}")

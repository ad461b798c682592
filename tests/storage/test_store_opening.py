"""Opening a store: what is not ours, damaged, newer, read-only or full is told clearly, and nothing is written."""

import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from multiprocessing import get_context
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import sqlite, tables
from storage.migrations import upgrade
from storage.store import open_store
from tests.storage.making import advancing, case, opening
from workflow.errors import (
    HosoError,
    NetworkFileSystem,
    StoreBusy,
    StoreCorrupt,
    StoreFull,
    StoreMissing,
    StoreNewer,
    StoreOlder,
    StoreReadOnly,
    StoreUnreachable,
)

NOBODY = 65534


def shell(file, *statements):
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def in_a_child(work, *args):
    """Run `work` in a child process; the name of the error that it raised, or 'nothing'."""
    context = get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_told, args=(answers, work, args))
    child.start()
    answer = answers.get()
    child.join()
    return answer


def _told(answers, work, args):
    try:
        work(*args)
    except Exception as error:
        answers.put((type(error).__name__, str(error)))
    else:
        answers.put(("nothing", ""))


def test_a_store_is_private_and_durable(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}", create=True)
    store.commit([opening(case())])
    assert {(file.name, file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {
        (name, 0o600) for name in ("a.db", "a.db-wal", "a.db-shm")
    }
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert {
        name: store.database.read(lambda tx, name=name: tx.cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in pragmas
    } == pragmas
    store.close()


def test_what_was_committed_is_there_when_opened_again(url):
    store = open_store(url)
    store.commit([opening(case())])
    store.close()
    again = open_store(url, create=True)
    assert again.load(case().number).case == case()
    again.close()


def test_each_store_in_memory_is_its_own():
    one, two = open_store("sqlite://"), open_store("sqlite://", create=True)
    one.commit([opening(case())])
    assert two.load(case().number) is None


def test_a_store_that_is_not_there_is_missed_and_not_made(tmp_path):
    with pytest.raises(StoreMissing, match="hoso init"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreUnreachable, match="No such file"):
        open_store(f"sqlite:///{tmp_path / 'none' / 'a.db'}", create=True)


@pytest.mark.parametrize(
    "unusable",
    [
        "hoso.db",
        "mysql://u:secret@h/d",
        "",
        "postgresql://u:secret@h",
        "postgresql://u:secret@h:port/d",
        "postgresql://u:sec/ret@h:port/d",
        "postgresql+psycopg2://u:secret@h/d",
        "postgresql://h/d?schema=pg_x&password=secret",
        "postgresql://u:secret@h/d?schema=",
        "sqlite:///a.db?password=secret&x",
    ],
)
def test_a_url_that_we_can_not_use_is_told_without_its_password(unusable, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreUnreachable) as raised:
        open_store(unusable)
    assert not re.search("sec/?ret", str(raised.value) + str(raised.value.to_json()))


@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path, create):
    file = tmp_path / "a.db"
    file.write_text("Kính gửi: Ban Thường vụ\n" * 500)
    before = file.read_bytes()
    with pytest.raises(StoreCorrupt, match="Restore the last backup"):
        open_store(f"sqlite:///{file}", create=create)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("create", [False, True])
def test_somebody_elses_database_is_told_and_left_alone(tmp_path, create):
    file = tmp_path / "a.db"
    shell(file, "CREATE TABLE recipes (name TEXT)")
    before = file.read_bytes()
    with pytest.raises(StoreCorrupt, match=r"a\.db.*other tables"):
        open_store(f"sqlite:///{file}", create=create)
    assert file.read_bytes() == before


def test_an_empty_file_is_older(tmp_path):
    (tmp_path / "a.db").touch()
    with pytest.raises(StoreOlder, match=r"schema none.*hoso db upgrade"):
        open_store(f"sqlite:///{tmp_path / 'a.db'}")


def test_tables_without_the_number_of_their_schema_are_damage_and_not_an_old_schema(empty_file, tmp_path):
    file = tmp_path / "a.db"
    shutil.copy(empty_file, file)
    shell(file, "DELETE FROM alembic_version", "PRAGMA wal_checkpoint(TRUNCATE)")
    for use in (open_store, upgrade):
        with pytest.raises(StoreCorrupt, match="number of their schema"):
            use(f"sqlite:///{file}")


def test_a_newer_schema_is_told_and_left_alone(empty_file, tmp_path):
    file = tmp_path / "a.db"
    shutil.copy(empty_file, file)
    shell(file, "UPDATE alembic_version SET version_num = '9999'", "PRAGMA wal_checkpoint(TRUNCATE)")
    before = file.read_bytes()
    for create in (False, True):
        with pytest.raises(StoreNewer, match=f"9999.*{tables.SCHEMA}"):
            open_store(f"sqlite:///{file}", create=create)
    assert file.read_bytes() == before


def test_a_damaged_page_is_told(empty_file, tmp_path):
    file = tmp_path / "a.db"
    shutil.copy(empty_file, file)
    store = open_store(f"sqlite:///{file}")
    store.commit([opening(case(f"{number:04}", title="x" * 500)) for number in range(50)])
    store.close()
    data = bytearray(file.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 64] = b"\xff" * 64
    file.write_bytes(data)
    store = open_store(f"sqlite:///{file}", create=False) if _opens(file) else None
    with pytest.raises(StoreCorrupt, match="Restore the last backup"):
        (store or open_store(f"sqlite:///{file}")).load("0001")


def _opens(file):
    try:
        open_store(f"sqlite:///{file}").close()
    except StoreCorrupt:
        return False
    return True


def _as_nobody(work, *args):
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    work(*args)


def _act(url):
    open_store(url).commit([advancing(case())])


@pytest.fixture
def opened_case(file_url):
    """A store with a case in a folder that everybody may reach."""
    url = file_url
    store = open_store(url)
    store.commit([opening(case())])
    store.close()
    file = Path(url.removeprefix("sqlite:///"))
    parents = [folder for folder in file.parents if folder.stat().st_uid == os.getuid() and len(folder.parts) > 2]
    modes = [(folder, folder.stat().st_mode & 0o7777) for folder in parents]
    for folder, mode in modes:
        folder.chmod(mode | 0o055)
    yield file, url
    for folder, mode in modes:
        folder.chmod(mode)


def test_a_file_that_may_not_be_read_is_told(opened_case):
    file, url = opened_case
    file.chmod(0o000)
    name, told = in_a_child(_as_nobody, _act, url)
    assert (name, "unable to open" in told) == ("StoreUnreachable", True)


def test_a_read_only_file_is_told_and_left_alone(opened_case):
    file, url = opened_case
    file.chmod(0o444)
    file.parent.chmod(0o555)
    before = file.read_bytes()
    name, told = in_a_child(_as_nobody, _act, url)
    assert name in {"StoreReadOnly", "StoreUnreachable"}
    assert "Nothing was written" in told
    assert file.read_bytes() == before


def test_a_read_only_file_beside_which_can_be_written_is_told(opened_case):
    file, url = opened_case
    file.chmod(0o444)
    file.parent.chmod(0o777)
    name, told = in_a_child(_as_nobody, _act, url)
    assert (name, "read-only for you" in told) == (StoreReadOnly.__name__, True)


def _act_within(limit, url):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    open_store(url).commit([replace(advancing(case(), request="big"), files={"h": b"x" * 3_000_000})])


def test_a_full_disk_is_told_and_nothing_is_written(file_url):
    url = file_url
    store = open_store(url)
    store.commit([opening(case())])
    store.close()
    name, told = in_a_child(_act_within, 1_000_000, url)
    assert (name, "make room" in told) == (StoreFull.__name__, True)
    again = open_store(url)
    assert again.load(case().number).case == case()
    assert again.begin("big", "").receipt is None
    assert again.integrity() == []
    again.commit([advancing(case())])
    again.close()


def test_a_database_that_others_hold_is_waited_for_and_then_told(file_url):
    url = file_url
    store, other = open_store(url), sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, other.execute, args=("COMMIT",))
    release.start()
    store.commit([opening(case())])
    release.join()
    store.database.patience = 0.3
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="Nothing was written"):
        store.commit([advancing(case())])
    assert store.load(case().number).case == case()
    other.execute("COMMIT")
    store.commit([advancing(case())])
    other.close()
    store.close()


def _init_within(limit, url):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    open_store(url, create=True)


@pytest.mark.parametrize("room", [30_000, 40_000, 60_000, 90_000, 150_000])
def test_a_store_that_finds_no_room_is_not_half_made(tmp_path, room):
    name, _ = in_a_child(_init_within, room, f"sqlite:///{tmp_path / 'a.db'}")
    assert name == StoreFull.__name__
    assert list(tmp_path.iterdir()) == []


MOUNTS = "/dev/vda / ext4 rw 0 0\nserver:/x /mnt/nfs nfs4 rw 0 0\nme@h:/ /mnt/my\\040files fuse.sshfs rw 0 0\n//h/s /mnt/s cifs rw 0 0\ntmpfs /mnt/nfs/local tmpfs rw 0 0\n"


@pytest.mark.parametrize(
    ("file", "kind"), [("/mnt/nfs/office/hoso.db", "nfs4"), ("/mnt/my files/hoso.db", "fuse.sshfs"), ("/mnt/s/hoso.db", "cifs")]
)
def test_a_network_file_system_is_refused(file, kind):
    with pytest.raises(NetworkFileSystem, match=kind):
        sqlite.refuse_network(Path(file), MOUNTS)


@pytest.mark.parametrize("file", ["/home/office/hoso.db", "/mnt/nfs/local/hoso.db", "/mnt/nfs2/hoso.db", "/mnt/stick/hoso.db"])
def test_a_local_disk_is_not(file):
    sqlite.refuse_network(Path(file), MOUNTS)


def test_the_place_of_a_store_is_checked_before_it_is_opened(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr(sqlite, "MOUNTS", mounts)  # where the kernel's table is read, not what is done with it
    for create in (False, True):
        with pytest.raises(NetworkFileSystem):
            open_store(f"sqlite:///{tmp_path / 'a.db'}", create=create)
    with pytest.raises(NetworkFileSystem):
        upgrade(f"sqlite:///{tmp_path / 'a.db'}")
    assert list(tmp_path.iterdir()) == [mounts]


def test_every_error_of_a_store_has_exit_code_seven():
    kinds = [StoreUnreachable, *StoreUnreachable.__subclasses__()]
    assert {kind.exit_code for kind in kinds} == {7}
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(issubclass(kind, HosoError) for kind in kinds)


def test_a_daily_command_imports_neither_alembic_nor_the_orm():
    program = "import sys, storage.store as s; s.open_store('sqlite://'); print([m for m in sys.modules if m.split('.')[0] == 'alembic' or m.startswith('sqlalchemy.orm')])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert told.stdout.strip() == "[]"

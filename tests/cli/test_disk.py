"""Where the office's disk is full or can only be read, what only reads goes on; what would write says which file, why, and the way out."""

import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from storage import sqlite_place
from tests.cli.conftest import INCIDENT, Typed
from tests.disk import listing, small_disk
from workflow.errors import StoreReadOnly
from workflow.phrases_vi import TABLE

READING = {
    "inbox --as specialist.btg": "001/2026-VV",
    "show {case} --as specialist.btg": "001/2026-VV",
    "history {case} --as specialist.btg": "Tiếp nhận",
    "list --as observer.vp": "001/2026-VV",
    "verify": "",
}
"""What only reads, and a word of its answer."""


def run(office, line, code=0, told="", **who):
    """What a command of its own process says: SQLite shares within a process what it found out about a file."""
    process = office.process(*shlex.split(line), **who)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, f"{line}: {process.returncode}\n{out}{err}"
    assert "Traceback" not in err
    return err if code and told != "out" else out


def interrupted(folder: Path) -> None:
    """Somebody wrote a moment ago and was killed: the last of it is in the log alone, which nobody has put in order."""
    child = os.fork()
    if child == 0:
        held = sqlite3.connect(folder / "hoso.db", isolation_level=None)
        held.execute("""INSERT INTO record (kind, at, "by", text) VALUES ('backup', '2026-11-19T00:00:00.000000Z', 'x', '{}')""")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def moved(typed: Typed, to: Path) -> Typed:
    shutil.move(typed.folder, to)
    return Typed(to)


@pytest.mark.parametrize("killed", [False, True])
def test_on_a_full_disk_reading_goes_on_and_a_backup_on_another_is_made(typed, tmp_path, killed):
    case = typed.incident()
    with small_disk(tmp_path / "disk") as disk:
        office = moved(typed, disk.folder / "office")
        before = office.contents()
        if killed:
            interrupted(office.folder)
            (office.folder / "hoso.db-shm").unlink()
        disk.fill()
        for line, word in READING.items():
            assert word in run(office, line.format(case=case))
        assert ("error", "disk") in [(one["level"], one["what"]) for one in json.loads(run(office, "doctor --json", 1, told="out"))]
        told = run(office, f"comment {case} --note 'Ghi chú' --as specialist.btg", 7)
        assert "đầy" in told
        assert "hoso.db" in told
        told = run(office, f"backup {tmp_path / 'b'}", 7)
        assert "dùng được" in told
        disk.empty()
        more = set(office.contents()) - set(before)
        assert (["2026-11-19" in line for line in more if "backup" in line], len(more)) == (([True], 1) if killed else ([], 0))
        run(office, f"comment {case} --note 'Ghi chú' --as specialist.btg")
        assert ("warning", "disk") in [(one["level"], one["what"]) for one in json.loads(run(office, "doctor --json"))]
    restored = Typed(tmp_path / "new")
    typed(f"restore {tmp_path / 'b'} {restored.folder} --late suppress")
    assert case in restored.out("list --as observer.vp")


@pytest.mark.parametrize(("line", "word"), READING.items())
def test_without_room_for_the_logs_index_reading_goes_on(typed, line, word):
    case = "001/2026-VV"
    run(typed, f"open incident --as clerk.btg {INCIDENT}")
    before = typed.contents()
    assert word in run(typed, line.format(case=case), preexec_fn=_no_room)
    assert typed.contents() == before


def _no_room():
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_who_reads_on_a_full_disk_lets_others_read_next(typed):
    case = "001/2026-VV"
    run(typed, f"open incident --as clerk.btg {INCIDENT}")
    several = [typed.process("show", case, "--as", "specialist.btg", preexec_fn=_no_room) for _ in range(3)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in several] == [("", 0)] * 3


def test_on_a_disk_that_is_mounted_read_only_reading_goes_on_and_the_cause_is_told(typed, tmp_path):
    case = typed.incident()
    with small_disk(tmp_path / "disk") as disk:
        office = moved(typed, disk.folder / "office")
        before = listing(disk.folder)
        with disk.read_only():
            for line, word in READING.items():
                assert word in run(office, line.format(case=case))
            assert ("error", "disk") in [(one["level"], one["what"]) for one in json.loads(run(office, "doctor --json", 1, told="out"))]
            for line in (f"comment {case} --note x --as specialist.btg", "db upgrade", "tick"):
                told = run(office, line, 7)
                assert "chế độ chỉ đọc" in told
                assert "gắn lại" in told
                assert "hoso.db" in told
            assert "dùng được" in run(office, f"backup {tmp_path / 'b'}", 7)
        assert listing(disk.folder) == before
        run(office, f"comment {case} --note x --as specialist.btg")


def test_what_a_read_only_disk_has_not_put_in_order_is_not_read_past(typed, tmp_path):
    case = typed.incident()
    with small_disk(tmp_path / "disk") as disk:
        office = moved(typed, disk.folder / "office")
        interrupted(office.folder)
        (office.folder / "hoso.db-shm").unlink()
        with disk.read_only():
            told = run(office, f"show {case} --as specialist.btg", 7)
            assert "hoso.db-wal" in told
            assert "chép cả hai tệp" in told
        run(office, f"show {case} --as specialist.btg")


NOBODY = 65534


def as_nobody(office, line, code=0):
    """What a command says that a login without rights of its own types. The program itself may lie where only root gets in."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            result = office(line, code)
            os.write(writing, (result.stderr if code else result.stdout).encode())
            os._exit(0)
        except AssertionError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        said = told.read()
    assert os.waitpid(child, 0)[1] == 0, said
    return said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work as somebody else; test_store_opening.py tries modes as whoever runs it")
def test_modes_that_stand_in_the_way_are_told_with_the_file_and_what_to_type(typed, tmp_path):
    database = typed.folder / "hoso.db"
    organisation = typed.folder / "definitions" / "organisation.yaml"
    organisation.write_text(organisation.read_text("utf-8").replace("logins:\n", "logins:\n  nobody: {is: chuyen-vien-btg}\n"), "utf-8")
    run(typed, "deploy --why nobody")
    case = "001/2026-VV"
    run(typed, f"open incident --as clerk.btg {INCIDENT}")
    for folder in [folder for folder in typed.folder.parents if len(folder.parts) > 2]:
        folder.chmod(folder.stat().st_mode | 0o055)
    for path in (typed.folder, *typed.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    comment = f"comment {case} --note x"
    database.chmod(0o400)
    assert case in as_nobody(typed, "inbox")
    assert f"{database} có quyền 400 và thuộc về nobody" in as_nobody(typed, comment, 7)
    database.chmod(0o600)
    told = as_nobody(typed, comment, 7)
    assert f"{database}-shm có quyền 400" in told
    subprocess.run(shlex.split(told[told.index("chmod u+rw") :].partition(")")[0]), check=True)
    as_nobody(typed, comment)
    run(typed, "verify")  # whoever closes the database last takes its side files away
    typed.folder.chmod(0o500)
    assert f"chmod u+rwx {typed.folder}" in as_nobody(typed, comment, 7)


def test_a_file_on_a_disk_that_says_it_is_read_only_is_read_as_it_is_and_only_if_that_is_all(tmp_path, monkeypatch):
    file, told = tmp_path / "a.db", StoreReadOnly(url="a.db", cause="x")
    with closing(sqlite3.connect(file, isolation_level=None)) as made:
        made.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1);")
    with pytest.raises(StoreReadOnly), sqlite_place.aside(file, told):
        pass  # a disk that may be written by others is read in no such way
    disk = os.statvfs(tmp_path)
    monkeypatch.setattr(sqlite_place.os, "statvfs", lambda _: SimpleNamespace(f_flag=disk.f_flag | os.ST_RDONLY))
    with sqlite_place.aside(file, told) as reading:
        assert reading.execute("SELECT x FROM t").fetchall() == [(1,)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reading.execute("INSERT INTO t VALUES (2)")
    assert listing(tmp_path) == ["a.db"]
    with pytest.raises(StoreReadOnly), sqlite_place.aside(file, told):
        os.utime(file, ns=(1, 1))  # somebody wrote in it after all
    (tmp_path / "a.db-wal").write_bytes(b"what nobody has put in order")
    with pytest.raises(StoreReadOnly), sqlite_place.aside(file, told):
        pass


def test_every_cause_has_its_vietnamese_words():
    causes = [text for name, text in vars(sqlite_place).items() if name.isupper() and isinstance(text, str)]
    assert len(causes) == 5
    assert [one for one in causes if one not in TABLE] == []

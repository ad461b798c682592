"""What a command writes for somebody is there whole or not at all: on a full disk nothing of it stays, and the same command works later."""

import os
import resource
import shutil
import sqlite3
import stat
from contextlib import contextmanager

import pytest

from tests.cli.conftest import Typed
from tests.cli.test_programme import PROGRAMME
from tests.disk import listing, small_disk
from workflow.errors import CannotWrite, ClockStuck
from workflow.filing import write_all, write_folder, write_whole
from workflow.timekeeping import PracticeClock, SystemClock

COMMANDS = {
    "doc save": "doc save {case} --to {to}/papers --as specialist.btg",
    "register": "register contents {case} --to {to}/contents.docx --as specialist.btg",
    "export file": "export file {case} --to {to}/file --as specialist.btg",
    "export file zip": "export file {case} --to {to}/file.zip --as specialist.btg",
    "export ical": "export ical --to {to}/days.ics --as specialist.btg",
    "report": "report forecast --svg {to}/f.svg --as observer.vp",
    "programme": "programme --docx {to}/p.docx --as observer.vp",
    "diagram": "process diagram incident --to {to}/p.svg",
    "record": "process record {case} --to {to}/s.yaml --as specialist.btg",
    "junit": "process test incident --junit {to}/j.xml",
    "plot": "process simulate incident --cases 5 --plot {to}/p.svg",
}


@pytest.fixture
def case(typed, request):
    if "programme" in request.node.name:
        (typed.folder / "definitions/programme.yaml").write_text(PROGRAMME, "utf-8")
        typed("deploy --why 'Chương trình'")
    number = typed.incident()
    typed(f"do {number} screen --set urgency=normal --set authority=btg --note 'Thuộc phạm vi' --as specialist.btg")
    return number


@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_a_full_disk_keeps_nothing_of_a_file_and_the_same_command_works_later(typed, case, tmp_path, line):
    line = line.format(case=case, to=tmp_path / "disk")
    with small_disk(tmp_path / "disk", 4) as disk:
        disk.fill()
        told = typed.refused(line, 2)
        assert "đĩa đầy" in told
        assert str(disk.folder) in told
        assert listing(disk.folder) == []
        disk.empty()
        typed(line)
        made = [path for path in disk.folder.rglob("*") if path.is_file()]
        assert made
        assert [path.name for path in made if path.stat().st_size == 0 or path.name.startswith(".hoso-")] == []


def test_an_office_on_a_full_disk_gets_no_half_written_file(typed, case, tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        shutil.move(typed.folder, disk.folder / "office")
        office = Typed(disk.folder / "office")
        held = sqlite3.connect(office.folder / "hoso.db")
        held.execute("SELECT count(*) FROM entry").fetchone()
        office("process schema --write")
        (schema,) = office.folder.rglob(".schemas/organisation.json")
        schema.write_bytes(b"{}")
        disk.fill()
        before = listing(disk.folder)
        assert "đĩa đầy" in office.refused(f"process record {case} --as specialist.btg", 2)
        assert "đĩa đầy" in office.refused("process schema --write", 2)
        assert "đĩa đầy" in office.refused("clock +3d", 7)
        assert listing(disk.folder) == before
        held.close()


@contextmanager
def no_room(told=CannotWrite):
    """For the block, no file of this process grows beyond ten bytes, as on a disk that is full; what it writes is refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(told, match="too large"):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_the_old_file_stays_and_no_other_is_there(tmp_path):
    (tmp_path / "old").write_bytes(b"old")
    long = b"x" * 100
    with no_room():
        write_whole(tmp_path / "old", long)
    with no_room():
        write_whole(tmp_path / "a" / "b" / "new", long, folders=True)
    with no_room():
        write_all({tmp_path / "short": b"x", tmp_path / "long": long}, over=False)
    with no_room():
        write_folder(tmp_path / "folder", {"a/short": b"x", "b/long": long})
    clock = PracticeClock(tmp_path / "var" / "clock.json")
    with no_room(ClockStuck):
        clock.move_to(SystemClock().now())
    assert listing(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_a_file_that_is_there_is_left_alone_unless_it_may_be_written_over(tmp_path):
    there, other, link = tmp_path / "there", tmp_path / "other", tmp_path / "link"
    there.write_bytes(b"old")
    there.chmod(0o640)
    link.symlink_to(there)
    with pytest.raises(CannotWrite, match="there already"):
        write_all({other: b"new", there: b"new"}, over=False)
    assert listing(tmp_path) == ["link", "there"]
    write_whole(link, b"new")
    assert (there.read_bytes(), link.is_symlink(), stat.S_IMODE(there.stat().st_mode)) == (b"new", True, 0o640)
    write_whole(other, b"new", over=False)
    assert stat.S_IMODE(other.stat().st_mode) == 0o600
    for wrong in (tmp_path, tmp_path / "none" / "x", other / "x"):
        with pytest.raises(CannotWrite):
            write_whole(wrong, b"new")
    with pytest.raises(CannotWrite, match="there already"):
        write_folder(tmp_path, {"x": b""})
    assert listing(tmp_path) == ["link", "other", "there"]


def test_a_device_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"new")
    assert os.read(reading, 10) == b"new"
    os.close(reading)
    with pytest.raises(CannotWrite, match="No space left"):
        write_whole(tmp_path.joinpath("/dev/full"), b"new")


def test_a_file_that_is_there_is_told_in_the_offices_language(typed, case, tmp_path):
    typed(f"doc save {case} --to {tmp_path / 'papers'} --as specialist.btg")
    told = typed.refused(f"doc save {case} --to {tmp_path / 'papers'} --as specialist.btg", 2)
    assert "tệp đã có; --force ghi đè" in told
    typed(f"doc save {case} --to {tmp_path / 'papers'} --as specialist.btg --force")


def test_a_clock_that_can_not_be_kept_or_read_is_told(typed):
    kept = typed.folder / "var" / "clock.json"
    shifted = kept.read_bytes()
    kept.write_bytes(b"")
    assert "clock.json" in typed.refused("inbox --as specialist.btg", 2)
    kept.unlink()
    kept.mkdir()
    assert "clock.json" in typed.refused("inbox --as specialist.btg", 2)
    kept.rmdir()
    kept.write_bytes(shifted)
    typed("clock +3d")
    assert listing(kept.parent) == ["clock.json"]

"""Several logins of one machine share an office on SQLite through a group: tried with real logins and real modes."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.logins import as_login, script
from workflow.logs import fault
from workflow.model import Message
from workflow.senders.folder import FolderSender
from workflow.sharing import is_shared, let_group_in
from workflow.timekeeping import PracticeClock

FIRST, SECOND, STRANGER, GROUP = 61001, 61002, 61003, 61000


def shared(folder):
    """As docs/reference/office.md says that it is set up."""
    for path in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, FIRST, GROUP)
        path.chmod(0o2770 if path.is_dir() else 0o660)


@pytest.fixture
def place():
    """A folder that every login reaches."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-shared-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def office(made, place):
    folder = place / "office"
    shutil.copytree(made, folder)
    shared(folder)
    return folder


def typed(login, office, *words, code=0):
    done = as_login(login, *words, groups=[GROUP] if login != STRANGER else [], environ={"HOSO_OFFICE": str(office)})
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def folder_findings(login, office):
    done = as_login(login, "doctor", "--json", groups=[GROUP], environ={"HOSO_OFFICE": str(office)})
    return [one for one in json.loads(done.stdout) if one["what"] == "folder"]


def opened(login, office):
    fields = [
        word for pair in ("commune=Nam Giang", "area=môi trường", "issue=Mùi khó chịu từ cơ sở tái chế gần đây") for word in ("--set", pair)
    ]
    return json.loads(typed(login, office, "open", "incident", "--as", "clerk.btg", *fields, "--json").stdout)["case"]


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other logins")


@only_root
def test_two_logins_of_a_group_work_in_one_office_by_turns_and_a_stranger_in_none(office):
    cases = [opened(login, office) for login in (FIRST, SECOND, FIRST, SECOND)]
    for login, later in ((SECOND, "+4d"), (FIRST, "+1d")):
        assert all(case in typed(login, office, "list", "--as", "leader.btg").stdout for case in cases)
        typed(login, office, "clock", later)
        typed(login, office, "tick")
        typed(login, office, "verify")
    for path in (office, *office.rglob("*")):
        found = path.stat()
        assert found.st_gid == GROUP, path
        assert stat.S_IMODE(found.st_mode) == (0o2770 if path.is_dir() else 0o660), path
    assert [one["level"] for login in (FIRST, SECOND) for one in folder_findings(login, office)] == ["ok", "ok"]
    refused = typed(STRANGER, office, "inbox", "--as", "leader.btg", code=2)
    assert "Several logins" in refused.stderr


@only_root
def test_side_files_of_whoever_came_first_serve_whoever_comes_next(office):
    holds = (
        f"from workflow.compose import open_office; office = open_office({str(office)!r}); office.tick(); "
        "print('here', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script(FIRST, [GROUP], holds)], cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "here\n"
        case = opened(SECOND, office)
        for name in ("hoso.db-wal", "hoso.db-shm"):
            found = (office / name).stat()
            assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (FIRST, GROUP, 0o660)
        assert case in typed(SECOND, office, "list", "--as", "leader.btg").stdout
        first.stdin.close()


@only_root
def test_what_the_group_cannot_use_or_others_can_is_told_with_its_place(office):
    (office / "hoso.db").chmod(0o640)
    (office / "definitions").chmod(0o2700)
    (office / "office.toml").chmod(0o664)
    os.chown(office / "var", FIRST, FIRST)
    (office / "var").chmod(0o2770)
    found = {one["message"].split()[-1]: one["message"] for one in folder_findings(FIRST, office)}
    sides = {"hoso.db-wal", "hoso.db-shm"}  # while the database is open they are there, with its mode
    assert set(found) - sides == {"hoso.db", "definitions", "office.toml", "var"}
    assert "người khác" in found["office.toml"].lower() or "others" in found["office.toml"]


def test_an_office_for_its_owner_alone_stays_so(made, tmp_path):
    folder = tmp_path / "office"
    shutil.copytree(made, folder)
    assert not is_shared(folder)
    fault(ValueError(), folder)
    PracticeClock(folder / "var/other.json").move_to(PracticeClock(folder / "var/clock.json").now())
    for name in ("var/errors.log", "var/other.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_what_is_made_in_a_shared_folder_is_the_groups_too(tmp_path):
    folder = tmp_path / "office"
    folder.mkdir()
    folder.chmod(0o2770)
    assert is_shared(folder)
    fault(ValueError(), folder)
    assert stat.S_IMODE((folder / "var").stat().st_mode) == 0o2770
    assert stat.S_IMODE((folder / "var/errors.log").stat().st_mode) == 0o660
    let_group_in(folder / "gone")  # nothing to let in


def test_messages_that_are_written_into_a_shared_folder_are_the_groups_too(tmp_path):
    tmp_path.chmod(0o2770)
    one = Message(id="m", person="p", address="a@b.vn", subject="s", text="t", made=datetime(2026, 11, 20, tzinfo=UTC))
    assert FolderSender(path=tmp_path / "outbox", sender="hoso@localhost").send([one]) == {"m": None}
    (file,) = (tmp_path / "outbox").iterdir()
    assert stat.S_IMODE((tmp_path / "outbox").stat().st_mode) == 0o2770
    assert stat.S_IMODE(file.stat().st_mode) == 0o660
    tmp_path.chmod(0o700)
    FolderSender(path=tmp_path / "own", sender="hoso@localhost").send([one])
    (file,) = (tmp_path / "own").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_owner_and_a_mere_reading_group_is_no_sharing(tmp_path):
    for mode in (0o700, 0o750, 0o770, 0o2750):
        tmp_path.chmod(mode)
        assert not is_shared(tmp_path)
    tmp_path.chmod(0o700)

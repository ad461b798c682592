"""A backup is the office at one moment, proved; from it the office is restored, on either database, and says what it would send again."""

import hashlib
import json
import shutil
import stat
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.making import HEAD, Place, at, incident, served, step
from tests.disk import small_disk
from workflow.compose import LocalOffice, open_office, preview_restore, restore
from workflow.errors import (
    BackupUnrecorded,
    BackupWrong,
    CannotWrite,
    NoFile,
    NotEmpty,
    PlaceForeign,
    PlaceTaken,
    StoreCorrupt,
    StoreNewer,
    StoreUnreachable,
    UnknownSeries,
    WrongValue,
)
from workflow.timekeeping import SetClock

SERIES = "btg/BC/term:2025-2030"


def worked(place: Place) -> LocalOffice:
    """An incident with an issued paper, on Monday."""
    office = place.office()
    incident(office, "screen", "assess")
    incident(office)
    return office


def again(file: Path, target: Path, **options: object) -> LocalOffice:
    """The restored office, two weeks later."""
    clock = SetClock(at("2026-12-04 09:00"))
    chosen = {"late": "fire", "last": {}, "by": "root", **options}
    restore(file, target, clock=clock, **chosen)  # type: ignore[arg-type]
    database = str(options.get("database", ""))
    return open_office(target, clock=clock, environ={"HOSO_DATABASE": database} if database else {})


def series(office: LocalOffice) -> dict[str, int]:
    return {str(key): last for key, last in office.store.series()}


def test_a_backup_is_restored_with_all_that_was_in_it(any_place: Place, tmp_path: Path) -> None:
    office = worked(any_place)
    made = office.backup(tmp_path / "b", by="root")
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    restored = again(tmp_path / "b", tmp_path / "new")
    assert restored.verify() == []
    assert [row.number for row in restored.cases(actor=HEAD)] == [row.number for row in office.cases(actor=HEAD)]
    assert series(restored) == series(office)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*")} <= {0o700, 0o600}
    assert restored.settings.database == f"sqlite:///{tmp_path / 'new' / 'hoso.db'}"
    assert restored.check() == office.check()
    assert step(restored, "002/2026-VV", "screen").after == "screened"
    assert incident(restored) == "003/2026-VV"
    (record,) = office.store.records("backup")
    assert (record.by, json.loads(record.text)["heads"], json.loads(record.text)["sha256"]) == ("root", made.heads, made.sha256)
    office.close()
    restored.close()


def test_a_backup_of_a_file_is_restored_on_postgresql(place: Place, tmp_path: Path, schemas) -> None:
    office = worked(place)
    office.backup(tmp_path / "b")
    url = schemas.url()
    restored = again(tmp_path / "b", tmp_path / "new", database=url, late="suppress", new={SERIES: 4})
    assert restored.verify() == []
    assert restored.store.load("001/2026-VV") is not None
    assert "postgresql://" in (tmp_path / "new" / "office.toml").read_text("utf-8").splitlines()[0]
    assert not (tmp_path / "new" / "hoso.db").exists()
    with pytest.raises(PlaceTaken):
        again(tmp_path / "b", tmp_path / "other", database=url)
    assert not (tmp_path / "other").exists()
    restored.close()
    schemas.drop(url)


def test_others_work_on_while_a_backup_is_made_and_it_is_of_one_moment(any_place: Place, tmp_path: Path) -> None:
    office, ended, made = worked(any_place), threading.Event(), []

    def work() -> None:
        mine = any_place.office()
        while not ended.is_set():
            made.append(incident(mine))
        mine.close()

    other = threading.Thread(target=work)
    other.start()
    for name in "abc":
        office.backup(tmp_path / name)
    ended.set()
    other.join()
    counts = []
    for name in "abc":
        restored = again(tmp_path / name, tmp_path / f"new-{name}")
        assert restored.verify() == []
        counts.append(len(list(restored.store.all_cases())))
        restored.close()
    assert counts == sorted(counts)
    assert made
    office.close()


def test_the_preview_tells_what_would_be_sent_and_keeps_nothing(place: Place, tmp_path: Path) -> None:
    office = worked(place)
    office.backup(tmp_path / "b")
    clock = SetClock(at("2026-12-04 09:00"))
    seen = preview_restore(tmp_path / "b", clock=clock)
    assert set(seen.acts) == {"001/2026-VV", "002/2026-VV"}
    assert seen.messages
    assert seen.opened == ("01/2026-BCN",)
    assert seen.series["btg/case:incident/2026"] == 2
    assert preview_restore(tmp_path / "b", clock=clock).acts == seen.acts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "office"]
    restored = again(tmp_path / "b", tmp_path / "new")
    restored.settings = office.settings.__class__(**{**_plain(restored), "quiet": None})
    assert restored.tick().sent == len(seen.messages)


def _plain(office: LocalOffice) -> dict[str, object]:
    return {name: getattr(office.settings, name) for name in office.settings.__dataclass_fields__}


def test_what_is_late_is_suppressed_on_record_and_the_office_goes_on(place: Place, tmp_path: Path) -> None:
    office = worked(place)
    place.set("2026-11-26 21:00")  # what it has to say waits for the morning
    office.tick()
    waiting = len(office.store.open_messages()) + len(office.store.waiting_notices(99))
    assert waiting
    office.backup(tmp_path / "b")
    restored = again(tmp_path / "b", tmp_path / "new", late="suppress")
    (record,) = restored.store.records("restore")
    assert json.loads(record.text)["late"] == "suppress"
    assert json.loads(record.text)["suppressed"] >= waiting
    assert restored.store.open_messages() == restored.store.waiting_notices(9) == []
    assert restored.verify() == []
    done = restored.tick()
    assert (done.fired, done.sent) == (0, 0)
    restored.clock.at += timedelta(days=3)
    restored.close()


def test_numbers_that_stand_on_paper_are_never_given_again(place: Place, tmp_path: Path) -> None:
    office = worked(place)
    name = next(key for key in series(office) if "/secret:BC/" in key)
    office.backup(tmp_path / "b")
    restored = again(tmp_path / "b", tmp_path / "new", last={name: 7, "btg/case:incident/2026": 5}, new={"vp/CV/2026": 2})
    assert series(restored)[name] == 7
    assert series(restored)["vp/CV/2026"] == 2
    assert incident(restored) == "006/2026-VV"
    assert restored.verify() == []
    assert [entry.seq for entry in restored.store.registry("btg")] == [1, 2]
    restored.close()


@pytest.mark.parametrize("last", [{"btg/case:incident/2026": 1}, {"btg/case:incident/2026": 99_999}, {"btg": 3}])
def test_a_number_on_paper_that_can_not_be_is_refused_and_there_is_no_office(place: Place, tmp_path: Path, last: dict[str, int]) -> None:
    worked(place).backup(tmp_path / "b")
    with pytest.raises(WrongValue):
        again(tmp_path / "b", tmp_path / "new", last=last)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("last", "new", "said"),
    [
        ({"btg/CV/2026": 7}, {}, ["btg/CV/2026", "btg/case:incident/2026", "--new btg/CV/2026=7"]),
        ({"btg/case:incident/206": 7}, {}, ["did you mean 'btg/case:incident/2026'"]),
        ({}, {"btg/CV/2026": 7}, ["btg/CV/2026", "btg/CV/term:2025-2030", "register reserve"]),
        ({}, {"vp/CV/2025": 7}, ["vp/CV/2025", "vp/CV/2026"]),
        ({}, {"btg/CVV/term:2025-2030": 7}, ["did you mean 'btg/CV/term:2025-2030'"]),
    ],
)
def test_a_series_that_neither_the_backup_knows_nor_the_office_could_begin_is_refused(
    place: Place, tmp_path: Path, last: dict[str, int], new: dict[str, int], said: list[str]
) -> None:
    worked(place).backup(tmp_path / "b")
    with pytest.raises(UnknownSeries) as refused:
        again(tmp_path / "b", tmp_path / "new", last=last, new=new)
    assert [one for one in said if one not in str(refused.value)] == []
    assert [path.name for path in tmp_path.iterdir() if path != place.folder] == ["b"]


def test_a_series_that_began_after_the_backup_may_be_of_this_year_or_the_next(place: Place, tmp_path: Path) -> None:
    place.set("2026-11-23 09:00")
    worked(place).backup(tmp_path / "b")
    new = {"btg/CV/term:2025-2030": 3, "vp/CV/2026": 2, "vp/CV/2027": 1, "btg/case:incident/2027": 2}
    restore(tmp_path / "b", tmp_path / "new", late="suppress", last={}, new=new, by="root", clock=SetClock(at("2027-01-05 09:00")))
    restored = open_office(tmp_path / "new", clock=SetClock(at("2027-01-05 09:00")), environ={})
    assert {name: series(restored).get(name) for name in new} == new
    assert restored.verify() == []
    restored.close()


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("server", [False, True])
def test_a_refused_restore_into_another_database_leaves_nothing_and_may_be_tried_again(
    place: Place, tmp_path: Path, request: pytest.FixtureRequest, *, server: bool
) -> None:
    worked(place).backup(tmp_path / "b")
    url = request.getfixturevalue("schemas").url() if server else f"sqlite:///{tmp_path / 'c.db'}"
    before = names(tmp_path)
    for last in ({"btg/case:incident/206": 7}, {"btg/case:incident/2026": 1}):
        with pytest.raises((UnknownSeries, WrongValue)):
            again(tmp_path / "b", tmp_path / "deep" / "new", database=url, last=last)
        assert names(tmp_path) == before
    restored = again(tmp_path / "b", tmp_path / "new", database=url, last={"btg/case:incident/2026": 4})
    assert incident(restored) == "005/2026-VV"
    assert names(tmp_path / "new") == ["definitions", "office.toml", "var"]
    restored.close()


def test_a_place_that_can_not_be_filled_leaves_the_empty_folder_as_it_was(place: Place, tmp_path: Path) -> None:
    worked(place).backup(tmp_path / "b")
    (tmp_path / "new").mkdir()
    before = names(tmp_path)
    with pytest.raises(StoreUnreachable, match="No such file"):
        again(tmp_path / "b", tmp_path / "new", database=f"sqlite:///{tmp_path / 'none' / 'c.db'}")
    assert (names(tmp_path), names(tmp_path / "new")) == (before, [])


@pytest.mark.parametrize(
    ("named", "file"), [("sqlite:///sub.db", "new/sub.db"), ("sqlite:///../sub.db", "sub.db"), ("sqlite:///a/s.db", "new/a/s.db")]
)
def test_a_relative_database_is_reckoned_from_the_restored_office(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, file: str
) -> None:
    worked(place).backup(tmp_path / "b")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    restore(tmp_path / "b", tmp_path / "new", late="fire", last={}, by="root", database=named, clock=place.clock)
    restored = open_office(tmp_path / "new", clock=place.clock, environ={})
    assert (tmp_path / file).is_file()
    assert incident(restored) == "003/2026-VV"
    assert restored.verify() == []
    assert names(tmp_path / "here") == []
    assert not (tmp_path / "new" / "hoso.db").exists()
    restored.close()


@pytest.mark.parametrize(
    "named", ["sqlite:///office.toml", "sqlite:///definitions/x/y.db/z.db", "sqlite:///var", "sqlite:///../letter.db", "mysql://h/d"]
)
def test_a_database_where_something_else_is_is_refused_by_the_name_that_was_typed(place: Place, tmp_path: Path, named: str) -> None:
    worked(place).backup(tmp_path / "b")
    (tmp_path / "letter.db").write_text("Kính gửi: Ban Thường vụ\n" * 500)
    (place.folder / "definitions" / "x").write_text("")
    place.office().backup(tmp_path / "c")
    before = names(tmp_path)
    with pytest.raises((PlaceForeign, WrongValue)) as refused:
        again(tmp_path / "c", tmp_path / "new", database=named)
    assert ".hoso-" not in str(refused.value)
    assert names(tmp_path) == before


def test_a_folder_that_can_not_be_made_is_told(place: Place, tmp_path: Path) -> None:
    worked(place).backup(tmp_path / "b")
    with pytest.raises(CannotWrite, match="Not a directory"):
        again(tmp_path / "b", tmp_path / "b" / "deep" / "new")
    assert names(tmp_path) == ["b", "office"]


def test_nothing_that_is_there_is_written_over(place: Place, tmp_path: Path) -> None:
    office = worked(place)
    office.backup(tmp_path / "b")
    before = (tmp_path / "b").read_bytes()
    with pytest.raises(CannotWrite):
        office.backup(tmp_path / "b")
    with pytest.raises(CannotWrite):
        office.backup(tmp_path / "no" / "b")
    assert (tmp_path / "b").read_bytes() == before
    with pytest.raises(NotEmpty):
        again(tmp_path / "b", place.folder)
    (tmp_path / "empty").mkdir()
    again(tmp_path / "b", tmp_path / "empty").close()


def spoiled(source: Path, target: Path, name: str, change) -> Path:
    """The backup with one member changed, or taken away (None), or added; the manifest agreeing or not."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in {*old.namelist(), name}:
            content = change(old.read(member) if member in old.namelist() else b"") if member == name else old.read(member)
            if content is not None:
                new.writestr(member, content)
    return target


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("hoso.db", lambda content: content[:-4096] + bytes(4096)),
        ("office.toml", lambda content: content + b"#"),
        ("hoso.db", lambda _: None),
        ("definitions/incident/process.yaml", lambda _: b""),
        ("../evil", lambda _: b"x"),
        ("definitions/../../evil", lambda _: b"x"),
        ("manifest.json", lambda content: content.replace(b'"files":{', b'"files":{"../evil":"0",')),
        ("manifest.json", lambda content: content.replace(b'"heads":"', b'"heads":"0')),
        ("manifest.json", lambda _: b"[]"),
        ("manifest.json", lambda _: b"{"),
    ],
)
def test_a_backup_that_was_changed_is_refused_and_nothing_is_made(place: Place, tmp_path: Path, name: str, change) -> None:
    worked(place).backup(tmp_path / "b")
    with pytest.raises(BackupWrong):
        again(spoiled(tmp_path / "b", tmp_path / "c", name, change), tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c", "office"]


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("Xin chào")
    with pytest.raises(BackupWrong):
        preview_restore(tmp_path / "text")
    with pytest.raises(NoFile):
        preview_restore(tmp_path / "nothing")


def test_an_office_that_is_not_in_order_gets_no_backup(place: Place, tmp_path: Path) -> None:
    import sqlite3

    office = worked(place)
    found = sqlite3.connect(place.folder / "hoso.db")
    found.executescript("DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_update_of; UPDATE entry SET payload = '{}' WHERE seq = 1;")
    found.close()
    with pytest.raises(StoreCorrupt):
        office.backup(tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert office.store.records("backup") == []


def good_but_unrecorded(office: LocalOffice, file: Path) -> None:
    """What became of a backup that the office could not put on record."""
    with pytest.raises(BackupUnrecorded) as told:
        office.backup(file)
    assert str(file) in str(told.value)
    assert "Nothing was written" not in str(told.value)
    assert hashlib.sha256(file.read_bytes()).hexdigest() in str(told.value)
    assert {one.level for one in office.doctor() if one.what == "backup"} == {"warning"}
    assert office.store.records("backup") == []


def test_a_backup_that_a_full_disk_can_not_put_on_record_is_told_as_good(place: Place, tmp_path: Path) -> None:
    worked(place).close()
    with small_disk(tmp_path / "disk") as disk:
        shutil.move(place.folder, disk.folder / "office")
        office = Place(folder=disk.folder / "office", clock=place.clock).office()
        office.store.entries("001/2026-VV")
        disk.fill()
        good_but_unrecorded(office, tmp_path / "b")
        disk.empty()
        office.backup(tmp_path / "c")
        assert [json.loads(one.text)["file"] for one in office.store.records("backup")] == [str(tmp_path / "c")]
        office.close()
    again(tmp_path / "b", tmp_path / "new").close()


def test_a_backup_of_a_database_that_only_reads_is_told_as_good(place: Place, tmp_path: Path, postgres_url: str) -> None:
    office = worked(served(place, postgres_url))
    office.close()
    reading = Place(
        folder=place.folder, clock=place.clock, database=f"{postgres_url}&options=-c%20default_transaction_read_only%3Don"
    ).office()
    reading.store.database.patience = 0.3
    good_but_unrecorded(reading, tmp_path / "b")
    reading.close()
    again(tmp_path / "b", tmp_path / "new").close()


def test_a_backup_of_a_newer_hoso_is_refused(place: Place, tmp_path: Path) -> None:
    import hashlib
    import sqlite3

    worked(place).backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as packed:
        packed.extract("hoso.db", tmp_path / "x")
    found = sqlite3.connect(tmp_path / "x" / "hoso.db")
    found.execute("UPDATE alembic_version SET version_num = '9999'")
    found.commit()
    found.close()
    data = (tmp_path / "x" / "hoso.db").read_bytes()
    changed = spoiled(tmp_path / "b", tmp_path / "c", "hoso.db", lambda _: data)
    old = zipfile.ZipFile(changed).read("manifest.json")
    manifest = json.loads(old)
    manifest["files"]["hoso.db"] = hashlib.sha256(data).hexdigest()
    with pytest.raises(StoreNewer):
        again(spoiled(changed, tmp_path / "d", "manifest.json", lambda _: json.dumps(manifest).encode()), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    shutil.rmtree(tmp_path / "x")


def test_doctor_tells_how_old_the_last_backup_is(place: Place, tmp_path: Path) -> None:
    office = worked(place)

    def said() -> tuple[str, str]:
        (finding,) = [one for one in office.doctor() if one.what == "backup"]
        return finding.level, finding.message

    assert said()[0] == "warning"
    office.backup(tmp_path / "b")
    assert said()[0] == "ok"
    place.clock.at += timedelta(days=3)
    assert said()[0] == "warning"
    assert "3" in said()[1]

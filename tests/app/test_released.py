"""Offices that older hosos made: brought up to this one's schema with all that is in them, on either database, they go on."""

import gzip
import sqlite3
from pathlib import Path

import pytest
from alembic import command

from storage import migrations
from storage.connect import Database
from storage.tables import metadata
from tests.app.making import HEAD, OUTSIDER, SPECIALIST, Place, at, incident, step
from tests.postgres import pour, shell
from tests.storage.making import EVERYTHING
from workflow.errors import StoreOlder
from workflow.settings import office_toml
from workflow.timekeeping import SetClock
from workflow.upkeep import upgrade
from workflow.upkeep.proving import verify

RELEASED = Path(__file__).with_name("released")
"""NUMBER.db.gz: an office of three incidents as the hoso whose newest schema was NUMBER left it. Never written anew. The one of the newest
schema may be missing until the next migration makes it old. Since 0006 every table has rows, those of a worker that was killed too, and a
fourth incident of years before was disposed of."""
_DISPOSAL = ("001/2024-VV", "the contents of 1 cases were disposed of by decision 15/QĐ-HĐTL: what is missing of them is accounted for")
DISPOSED = {"0006": _DISPOSAL, "0007": _DISPOSAL, "0008": _DISPOSAL}
"""Schema → the case that was disposed of, and what `verify` says of it."""


@pytest.fixture(params=[number for file in sorted(RELEASED.iterdir()) if (number := file.name.split(".")[0]) < migrations.head()])
def schema(request):
    return request.param


@pytest.fixture(params=["file", "postgres"])
def old(request, schema, tmp_path, schemas):
    """The office as it was left."""
    folder = tmp_path / "office"
    folder.mkdir(mode=0o700)
    (folder / "office.toml").write_text(office_toml("Huyện Nam Trực", practice=True), encoding="utf-8")
    file = folder / "hoso.db"
    file.write_bytes(gzip.decompress((RELEASED / f"{schema}.db.gz").read_bytes()))
    place = Place(folder=folder, clock=SetClock(at("2026-11-27 09:00")))
    if request.param == "file":
        yield place
        return
    place.database = schemas.url()
    _migrated(place.database, schema)
    pour(file, place.database)
    file.unlink()
    yield place
    schemas.drop(place.database)


def _migrated(url, schema):
    """An empty schema as the hoso of that number would have made it."""
    database = Database(url)

    def work(connection):
        cursor = connection.connection.cursor()
        database.backend.make_schema(cursor)
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, schema)

    database.migrate(work)
    database.close()


def test_an_old_office_is_told_then_upgraded_whole_and_goes_on(old, schema):
    with pytest.raises(StoreOlder, match=f"schema {schema}.*hoso db upgrade"):
        old.office()
    would = upgrade(old.folder, old.environ, dry_run=True)
    assert (would.before, would.after) == (schema, migrations.head())
    assert [number for number, _ in would.steps] == [f"{number:04}" for number in range(int(schema) + 1, int(migrations.head()) + 1)]
    with pytest.raises(StoreOlder):
        old.office()
    assert upgrade(old.folder, old.environ) == would
    assert upgrade(old.folder, old.environ).steps == ()
    office = old.office()
    before, accounted = DISPOSED.get(schema, ("", ""))
    assert [(one.level, one.message) for one in verify(office.store)] == ([("ok", accounted)] if accounted else [])
    assert [row.number for row in office.cases(actor=HEAD, process="incident", closed=True)] == [
        "003/2026-VV",
        "002/2026-VV",
        "001/2026-VV",
        *([before] if before else []),
    ]
    assert [row.number for row in office.search("nam giang", actor=HEAD) if row.process == "incident"] == [
        "003/2026-VV",
        "002/2026-VV",
        "001/2026-VV",
    ]
    by_field = office.cases(actor=HEAD, fields={"area": "môi trường", "commune": "Nam Giang"}, closed=True)
    assert [row.number for row in by_field] == ["003/2026-VV", "002/2026-VV", "001/2026-VV"]
    assert office.cases(actor=HEAD, fields={"area": "không có"}, closed=True) == []
    assert office.search("mùi khó chịu", actor=OUTSIDER) == []
    late = office.store.overdue(office.clock.now(), EVERYTHING, 99)
    for unit in ("btg", "mttq"):  # what it keeps, what it is asked for
        owed = [row for row in late if unit in {row.unit, row.deadline.asked}]
        assert office.store.overdue(office.clock.now(), EVERYTHING, 99, unit) == owed
    assert step(office, "002/2026-VV", "screen").after == "screened"
    office.tick()
    assert incident(office) == "004/2026-VV"
    assert office.history("001/2026-VV", actor=SPECIALIST)[0].action == "open"
    assert [(one.level, one.message) for one in verify(office.store)] == ([("ok", accounted)] if accounted else [])
    office.store.close()


def test_an_upgrade_that_fails_leaves_the_old_office(old, schema, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError

    backend = Database(f"sqlite:///{old.folder / 'hoso.db'}").backend if not old.database else Database(old.database).backend
    monkeypatch.setattr(type(backend), "make_guards", fails)  # the last of what a migration does
    with pytest.raises(ZeroDivisionError):
        upgrade(old.folder, old.environ)
    assert upgrade(old.folder, old.environ, dry_run=True).before == schema
    if old.database:
        with shell(old.database) as owner:
            assert owner.execute("SELECT count(*) FROM entry").fetchone()[0] > 5


@pytest.mark.parametrize("schema", ["0006", "0007", "0008"])
def test_every_table_of_an_old_office_has_rows_that_an_upgrade_keeps(old):
    if old.database:
        with shell(old.database) as owner:
            before = {name: owner.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in metadata.tables}
    else:
        found = sqlite3.connect(old.folder / "hoso.db")
        before = {name: found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in metadata.tables}
        found.close()
    assert all(before.values()), before
    upgrade(old.folder, old.environ)
    office = old.office()
    after = office.store.database.read(
        lambda tx: {name: tx.cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in metadata.tables}
    )
    assert after == before
    assert office.store.registry("btg")
    assert office.store.last_record("backup")
    assert [one.case for one in office.store.disposals()] == ["001/2024-VV"]
    assert len(office.store.periods("annual_report")) == 2
    office.tick()
    assert not office.store.take_over()
    office.close()

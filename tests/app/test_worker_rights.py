"""The worker's own role on PostgreSQL: it does its whole round with it, and the database itself refuses everything else."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from click.testing import CliRunner

from cli import hoso
from storage.postgres_address import quoted, read_address
from storage.postgres_roles import DAILY, WORKER, role_of
from storage.store import SqlStore
from tests.app.making import COUNTERPART, HEAD, Place, change_definitions, consulting, incident, no_scenarios
from tests.postgres import GIVEN, shell
from tests.postgres_server import LOCKED, PASSWORD
from workflow.compose import LocalOffice, open_office
from workflow.errors import StoreForbidden
from workflow.office.recounting import Recounting

pytestmark = pytest.mark.parametrize("any_place", ["postgres"], indirect=True)  # SQLite knows no roles


@pytest.fixture
def login(any_place: Place) -> Iterator[str]:
    """The URL of a login that is a member of the workers' role and of nothing else."""
    if GIVEN:
        pytest.skip("only a server of our own may be given logins")
    name, address = f"{LOCKED}worker_{os.getpid()}", read_address(any_place.database)
    with shell(any_place.database) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD {psycopg.sql.Literal(PASSWORD).as_string()}")
        owner.execute(f"GRANT {quoted(role_of(address.schema, WORKER))} TO {name}")
        yield any_place.database.replace("postgres@", f"{name}:{PASSWORD}@")
        owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", (name,))
        owner.execute(f"DROP ROLE {name}")


def who(office: LocalOffice) -> str:
    """Whose rights the office's transactions have."""
    assert isinstance(office.store, SqlStore)
    (name,) = office.store.database.read(lambda tx: tx.cursor.execute("SELECT current_user").fetchone())
    return str(name)


def role(place: Place, kind: str = WORKER) -> str:
    return role_of(read_address(place.database).schema, kind)


def at_work(place: Place, database: str = "") -> LocalOffice:
    return open_office(place.folder, clock=place.clock, environ={"HOSO_DATABASE": database or place.database}, worker=True)


def whole_round(place: Place, worker: LocalOffice) -> None:
    """Everything that a worker ever does, seen by the office afterwards."""
    office = place.office()
    late, asked = incident(office), consulting(office)
    no_scenarios(place)
    change_definitions(place, "calendar.yaml", ("\noff:\n", "\noff:\n  - {on: 2026-11-23, title: Nghỉ thêm, by: QĐ 99}\n"))
    carried_out, Recounting.carry_out = Recounting.carry_out, lambda *_: iter(())  # type: ignore[method-assign,assignment]
    try:
        office.deploy(by="hoso", why="QĐ 99")  # broken off before any deadline was moved
    finally:
        Recounting.carry_out = carried_out  # type: ignore[method-assign]
    assert Recounting(office).owed
    place.set("2026-11-25 11:30")
    assert worker.tick().fired >= 1  # reminders, by the calendar in use
    assert not Recounting(office).owed
    place.set("2026-12-08 09:00")
    done = worker.drain()
    assert (done.failed, done.opened) == (0, ("01/2026-BCN",))
    assert done.sent > 0
    assert {entry.act for entry in office.history(late, actor=HEAD)} == {"open", "fire", "calendar"}
    assert {entry.act for entry in office.history(asked, actor=COUNTERPART)} >= {"silence", "fire"}
    (issued,) = office.documents(late, actor=HEAD)
    assert issued.symbol == "01-TB/BTGHU"  # a number was taken, a file written
    file = office.store.load(asked)
    assert file is not None
    assert {one.answer for one in file.opinions} == {"agree"}  # silence was filled in, and the round closed
    assert office.store.last_head() is not None
    assert worker.tick().failed == 0
    assert office.verify() == []
    office.close()


def test_a_worker_does_its_whole_round_with_its_own_role(any_place: Place) -> None:
    worker = at_work(any_place)
    assert who(worker) == role(any_place)
    whole_round(any_place, worker)
    worker.close()


def test_a_login_that_has_the_workers_role_alone_does_the_whole_round(any_place: Place, login: str) -> None:
    worker = at_work(any_place, login)
    assert who(worker) == role(any_place)
    whole_round(any_place, worker)
    assert [one for one in worker.doctor() if one.level == "error"] == []  # what it may read, it tells of as anybody would
    worker.close()
    staff = open_office(any_place.folder, clock=any_place.clock, environ={"HOSO_DATABASE": login})
    with pytest.raises(StoreForbidden, match="a worker may not write this"):
        incident(staff)
    change_definitions(any_place, "calendar.yaml", ("Nghỉ thêm", "Nghỉ bù"))
    with pytest.raises(StoreForbidden, match="a worker may not write this"):
        staff.deploy(by="x", why="y")
    staff.close()


def test_what_takes_a_role_takes_the_smallest_that_does(any_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert who(any_place.office()) == role(any_place, DAILY)
    taken: list[str] = []
    for verb in ("tick", "drain"):
        done = getattr(LocalOffice, verb)
        monkeypatch.setattr(LocalOffice, verb, lambda self, _done=done, **how: taken.append(who(self)) or _done(self, **how))
    monkeypatch.setattr(LocalOffice, "run_worker", lambda self: taken.append(who(self)))
    monkeypatch.setattr(LocalOffice, "doctor", lambda self: taken.append(who(self)) or [])
    for line in ("tick", "worker --drain", "worker", "doctor"):
        ran = CliRunner().invoke(hoso, line.split(), env={"HOSO_OFFICE": str(any_place.folder), "HOSO_DATABASE": any_place.database})
        assert ran.exit_code == 0, ran.output
    assert taken == [role(any_place)] * 3 + [role(any_place, DAILY)]


ENTRY = """INSERT INTO entry SELECT "case", seq + 1, at, 'truong-ban-btg', text, payload, hash, 'x' FROM entry WHERE seq = 1"""
FORBIDDEN = [
    ENTRY,
    "INSERT INTO version VALUES ('process', 'x', 'incident', 1, '{}', '{}')",
    "INSERT INTO deployment (kind, key, hash, at, by, why) VALUES ('process', 'incident', 'x', '2026', 'x', 'x')",
    "INSERT INTO deployment (kind, key, hash, at, by, why) VALUES ('organisation', '', 'x', '2026', 'x', 'x')",
    "INSERT INTO deployment (kind, key, hash, at, by, why) VALUES ('calendar', '', 'x', '2026', 'x', 'x')",
    "UPDATE version SET compiled = '{}'",
    "UPDATE version SET form = 0",
    "UPDATE deployment SET hash = 'x'",
    "INSERT INTO registry VALUES ('btg', 1, '2026', 'x', 'x', '{}', '', 'x')",
    "INSERT INTO record (kind, at, by, text) VALUES ('backup', '2026', 'x', '{}')",
    "INSERT INTO disposal VALUES ('001/2026-VV', 1, '2026', 'x', 'x', 0, 0)",
    "SELECT open_disposal('001/2026-VV', 1, '2026', 'x', 'x')",
    "UPDATE disposal SET done = 1",
    "SELECT dispose_of('001/2026-VV', 1, ARRAY[]::text[])",
    "UPDATE entry SET payload = ''",
    "UPDATE receipt SET seq = 7",
    "UPDATE file SET size = 0",
    "UPDATE number SET number = 7",
    "UPDATE series SET period = 'x'",
    "UPDATE document SET key = 'x'",
    "UPDATE message SET text = 'x'",
    "UPDATE notice SET text = 'x'",
    "UPDATE periodic SET period = 'x'",
    "UPDATE office_head SET hash = 'x'",
    "UPDATE alembic_version SET version_num = 'x'",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "DROP TRIGGER entry_by_worker ON entry",
    "CREATE OR REPLACE FUNCTION not_by_worker() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TABLE mine (a text)",
    *(f'DELETE FROM "{table}"' for table in ("case", "entry", "document", "file", "number", "deadline", "opinion", "notice", "message")),
    *(f'TRUNCATE "{table}"' for table in ("case_search", "worker", "held", "entry")),
]


def test_the_database_refuses_everything_that_no_worker_does(any_place: Place) -> None:
    office = any_place.office()
    incident(office)
    office.close()
    with shell(any_place.database) as owner:
        owner.execute(f"SET ROLE {quoted(role(any_place))}")
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(statement)
        owner.execute(f"SET ROLE {quoted(role(any_place, DAILY))}")
        assert owner.execute(ENTRY).rowcount == 1  # daily work may: it is the program that decides who acts


def test_a_login_of_workers_gains_nothing_by_taking_no_role_or_another(any_place: Place, login: str) -> None:
    office = any_place.office()
    incident(office)
    office.close()
    with shell(login) as connection:
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SET ROLE {quoted(role(any_place, DAILY))}")


def test_where_there_is_no_role_of_workers_they_take_that_of_daily_work(any_place: Place) -> None:
    from storage import migrations

    gone = quoted(role(any_place))
    with shell(any_place.database) as owner:
        owner.execute(f"DROP OWNED BY {gone}; DROP ROLE {gone}")
    worker = at_work(any_place)
    assert who(worker) == role(any_place, DAILY)
    number = incident(worker)
    any_place.set("2026-11-26 08:00")
    assert worker.tick().fired == 1
    assert len(worker.store.entries(number)) > 1
    worker.close()
    with shell(any_place.database) as owner:  # an office of before has neither the role nor what binds it
        for table in ("entry", "version", "deployment"):
            owner.execute(f"DROP TRIGGER {table}_by_worker ON {table}")
    assert any_place.office().store.integrity() == []
    migrations.upgrade(any_place.database)
    again = at_work(any_place)
    assert who(again) == role(any_place)
    with pytest.raises(StoreForbidden):
        incident(again)
    assert again.store.integrity() == []
    again.close()
    with shell(any_place.database) as owner:
        owner.execute("DROP TRIGGER entry_by_worker ON entry")
    assert [one.message() for one in any_place.office().store.integrity()] == ["the trigger entry_by_worker is missing"]

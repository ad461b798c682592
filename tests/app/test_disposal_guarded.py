"""A disposal by hand: whoever has the login of daily work, or writes to the file, can't open one, keep one open, or write a paper anew."""

import sqlite3

import psycopg
import pytest

from storage.postgres_address import quoted, read_address
from storage.postgres_roles import role_of
from tests.app.making import STEPS, Place, incident, step
from tests.postgres import shell
from workflow.compose import LocalOffice

REWRITE = "UPDATE document SET plain = replace(plain, '\"at\":\"2026', '\"at\":\"2025') WHERE status = 'issued'"
OPEN = "SELECT open_disposal('{number}', {seq}, '2026-11-27', 'x', 'x')"
ACT = """INSERT INTO entry SELECT "case", seq + 1, at, 'x', '{{"act":"dispose"}}', '{{}}', '', 'x' FROM entry
    WHERE "case" = '{number}' ORDER BY seq DESC LIMIT 1"""
Breach = psycopg.IntegrityError


@pytest.fixture
def issued(any_place: Place) -> tuple[Place, str]:
    """A closed incident with issued papers."""
    office = any_place.office()
    number = incident(office)
    for action in STEPS:
        step(office, number, action)
    office.close()
    return any_place, number


def last(place: Place, number: str) -> int:
    office = place.office()
    found = office.store.entries(number)[-1].seq
    office.close()
    return found


def daily(place: Place) -> psycopg.Connection:
    """A connection of a login that has the rights of daily work."""
    connection = shell(place.database)
    connection.execute(f"SET ROLE {quoted(role_of(read_address(place.database).schema))}")
    return connection


def papers(office: LocalOffice) -> list[str]:
    assert hasattr(office.store, "database")
    return sorted(str(row) for row in office.store.database.read(lambda tx: tx.cursor.execute("SELECT * FROM document").fetchall()))


@pytest.mark.parametrize("any_place", ["postgres"], indirect=True)
def test_daily_work_writes_no_row_of_a_disposal_by_itself(issued):
    place, number = issued
    with daily(place) as login:
        for statement in (
            f"INSERT INTO disposal VALUES ('{number}', 4, '2026-11-27', 'x', 'x', 0)",
            f"INSERT INTO disposal VALUES ('{number}', 4, '2026-11-27', 'x', 'x', 0, 0)",
            "UPDATE disposal SET done = 0",
            "UPDATE disposal SET open = 0",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                login.execute(statement)


@pytest.mark.parametrize("any_place", ["postgres"], indirect=True)
def test_what_daily_work_opens_is_not_kept_and_opens_nothing_to_others(issued):
    place, number = issued
    begin = OPEN.format(number=number, seq=last(place, number))
    before = papers(place.office())
    with daily(place) as login:
        login.execute(
            "INSERT INTO \"case\" SELECT 0, 'x', process, version, title, state, unit, opened, outcome, secret, failing, parent, "
            'revision, due, search, plain FROM "case" LIMIT 1'
        )  # so that what is open refers to a case
        for end in ("COMMIT", "SET CONSTRAINTS ALL IMMEDIATE"):
            login.execute("BEGIN")
            login.execute(begin)
            with daily(place) as other, pytest.raises(Breach, match="stays as it is"):
                other.execute(REWRITE)
            with pytest.raises(Breach, match="it must end with its transaction"):
                login.execute(end)
            login.execute("ROLLBACK")
    assert papers(place.office()) == before
    assert place.office().store.disposals() == []


@pytest.mark.parametrize("any_place", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        REWRITE,
        "UPDATE document SET plain = replace(plain, '\"title\":\"', '\"title\":\"Khác ') WHERE status = 'issued'",
        "UPDATE document SET plain = replace(plain, '\"number\":1', '\"number\":2') WHERE status = 'issued'",
        "UPDATE document SET plain = '{}' WHERE status = 'issued'",
    ],
)
def test_a_forged_disposal_writes_no_paper_anew(issued, change):
    place, number = issued
    seq = last(place, number) + 1
    with daily(place) as login:
        login.execute("BEGIN")
        login.execute(ACT.format(number=number))
        login.execute(OPEN.format(number=number, seq=seq))
        with pytest.raises(Breach, match="document: what was written stays as it is"):
            login.execute(change)
        login.execute("ROLLBACK")


@pytest.mark.parametrize("any_place", ["postgres"], indirect=True)
def test_no_operator_of_somebodys_own_opens_anything(issued):
    """The functions look for theirs in the server's own, whatever search path a session has."""
    place, _ = issued
    schema = read_address(place.database).schema
    with shell(place.database) as owner:
        owner.execute("CREATE SCHEMA evil")
        owner.execute("CREATE FUNCTION evil.yes(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'")
        owner.execute("CREATE FUNCTION evil.yes(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT true'")
        owner.execute("CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.yes)")
        owner.execute(f"GRANT USAGE ON SCHEMA evil TO {quoted(role_of(schema))}")
        try:
            with daily(place) as login:
                login.execute(f"SET search_path = evil, {quoted(schema)}, pg_catalog")
                with pytest.raises(Breach, match="stays as it is"):
                    login.execute(REWRITE)
        finally:
            owner.execute("DROP SCHEMA evil CASCADE")


def kept_open(place: Place, number: str, *pragmas: str) -> None:
    """Write to the file as a shell would: open a disposal and leave it so."""
    found = sqlite3.connect(place.folder / "hoso.db", isolation_level=None)
    try:
        for pragma in pragmas:
            found.execute(pragma)
        found.execute("BEGIN")
        found.execute("INSERT INTO disposal VALUES (?, 4, '2026-11-27', 'x', 'x', 0, 0)", (number,))
        found.execute("COMMIT")
    finally:
        found.close()


@pytest.mark.parametrize("any_place", ["file"], indirect=True)
def test_no_disposal_is_left_open_in_a_file(issued):
    place, number = issued
    with pytest.raises(sqlite3.IntegrityError, match="it must end with its transaction"):
        kept_open(place, number)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        kept_open(place, number, "PRAGMA foreign_keys = ON")
    assert place.office().store.disposals() == []


@pytest.mark.parametrize("any_place", ["file"], indirect=True)
def test_a_row_that_an_older_hoso_kept_opens_nothing(issued):
    place, number = issued
    found = sqlite3.connect(place.folder / "hoso.db", isolation_level=None)
    found.execute("INSERT INTO disposal VALUES (?, 4, '2026-11-27', 'x', 'x', 0, NULL)", (number,))
    for statement in (REWRITE, "UPDATE entry SET payload = ''", "UPDATE disposal SET open = 0"):
        with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
            found.execute(statement)
    found.close()
    assert any("phần đã tiêu hủy không phải điều lịch sử của nó ghi" in one.message for one in place.office().verify())


@pytest.mark.parametrize("any_place", ["file"], indirect=True)
def test_a_disposal_in_a_file_leaves_a_papers_number_and_day(issued):
    place, number = issued
    found = sqlite3.connect(place.folder / "hoso.db", isolation_level=None)
    found.execute("PRAGMA foreign_keys = ON")
    found.execute("BEGIN")
    found.execute("INSERT INTO disposal VALUES (?, 4, '2026-11-27', 'x', 'x', 0, 0)", (number,))
    with pytest.raises(sqlite3.IntegrityError, match="document: what was written stays as it is"):
        found.execute(REWRITE)
    found.execute("ROLLBACK")
    found.close()

"""`verify` finds whatever was changed behind the program's back, and names it."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.connect import Database, Inside
from storage.postgres_guards import STAYS
from storage.sqlite_guards import GUARDS
from storage.store import SqlStore
from storage.transaction import Transaction
from tests.app.making import HEADS, Place, consulting, copied, incident, served
from tests.postgres import LET_GO, shell
from workflow.answers import Finding
from workflow.upkeep.proving import verify

INCIDENT_NUMBER, OPINION_NUMBER = "001/2026-VV", "001/2026-TV"
Tamper = Callable[[Any], object]


@pytest.fixture(scope="module")
def worked(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An office with an incident as far as its plan, and a draft resolution with one opinion given."""
    place = copied(deployed, tmp_path_factory.mktemp("worked") / "office")
    office = place.office()
    incident(office, "screen", "assess", "draft_plan")
    consulting(office)
    office.reply(OPINION_NUMBER, unit="btg", answer="amend", actor=HEADS["btg"], note="Nhất trí")
    assert office.verify() == []
    office.store.close()
    return place


def tampered(place: Place, folder: Path, tamper: Tamper) -> list[Finding]:
    """What `verify` says of a copy that somebody wrote in with sqlite3, guards taken away and put back."""
    target = copied(place.folder, folder / "tampered")
    found = sqlite3.connect(target.folder / "hoso.db", isolation_level=None)
    for name in GUARDS:
        found.execute(f"DROP TRIGGER {name}")
    tamper(found)
    for statement in GUARDS.values():
        found.execute(statement)
    found.close()
    return target.office().verify()


def sql(text: str) -> Tamper:
    def tamper(found: Any) -> None:
        assert found.execute(text).rowcount > 0

    return tamper


def swapped(found: Any) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        found.execute('UPDATE entry SET seq = ? WHERE "case" = ? AND seq = ?', (new, INCIDENT_NUMBER, old))


def in_plain(table: str, where: str, old: str, new: str) -> Tamper:
    def tamper(found: Any) -> None:
        (plain,) = found.execute(f'SELECT plain FROM "{table}" WHERE {where}').fetchone()
        assert old in plain
        found.execute(f'UPDATE "{table}" SET plain = ? WHERE {where}', (plain.replace(old, new),))

    return tamper


CASE, ENTRY = f"number = '{INCIDENT_NUMBER}'", f"\"case\" = '{INCIDENT_NUMBER}'"
NAMED: dict[str, tuple[Tamper, str, str]] = {
    "an entry's text": (sql(f"UPDATE entry SET text = replace(text, 'screen', 'scream') WHERE {ENTRY} AND seq = 2"), "chain", "entry 2"),
    "an entry's note": (
        sql(f"UPDATE entry SET payload = replace(payload, 'Thuộc', 'Ngoài') WHERE {ENTRY} AND seq = 2"),
        "chain",
        "entry 2",
    ),
    "an entry's payload": (sql(f"UPDATE entry SET payload = '{{}}' WHERE {ENTRY} AND seq = 3"), "chain", "entry 3"),
    "an entry's actor": (sql(f"UPDATE entry SET actor = 'bi-thu' WHERE {ENTRY} AND seq = 3"), "chain", "entry 3"),
    "an entry's time": (sql(f"UPDATE entry SET at = replace(at, '2026', '2025') WHERE {ENTRY} AND seq = 3"), "chain", "entry 3"),
    "an entry's hash": (sql(f"UPDATE entry SET hash = replace(hash, 'a', 'b') WHERE {ENTRY} AND seq = 2"), "chain", "entry 2"),
    "the last entry gone": (sql(f"DELETE FROM entry WHERE {ENTRY} AND seq = 4"), "chain", "entry 3"),
    "a middle entry gone": (sql(f"DELETE FROM entry WHERE {ENTRY} AND seq = 2"), "chain", "entry 2"),
    "the first entry gone": (sql(f"DELETE FROM entry WHERE {ENTRY} AND seq = 1"), "chain", "entry 1"),
    "all entries gone": (sql(f"DELETE FROM entry WHERE {ENTRY}"), "chain", INCIDENT_NUMBER),
    "two entries swapped": (swapped, "chain", "entry 2"),
    "the case's state": (in_plain("case", CASE, '"state":"plan_drafted"', '"state":"plan_agreed"'), "fold", "state"),
    "a field": (in_plain("case", CASE, "Nam Giang", "Nam Cường"), "fold", "fields"),
    "the head": (in_plain("case", CASE, '"head":"', '"head":"0'), "chain", "entry 4"),
    "the case unreadable": (sql(f"UPDATE \"case\" SET plain = '{{}}' WHERE {CASE}"), "case", INCIDENT_NUMBER),
    "a deadline": (in_plain("deadline", f"{ENTRY} AND status = 'running'", '"due":"2026', '"due":"2027'), "fold", "deadline"),
    "a deadline gone": (sql(f"DELETE FROM deadline WHERE {ENTRY} AND status = 'running'"), "fold", "deadline"),
    "an opinion": (in_plain("opinion", "asked = 'btg'", "amend", "agree"), "fold", "opinion"),
    "a document's title": (in_plain("document", f"{ENTRY} AND key = 'situation/1'", "Tình hình", "Báo cáo"), "fold", "situation/1"),
    "a document's facts": (in_plain("document", f"{ENTRY} AND key = 'situation/1'", "1,5 lần", "1,1 lần"), "fold", "situation/1"),
    "a document's state": (sql(f"UPDATE document SET status = 'void' WHERE {ENTRY} AND key = 'situation/1'"), "fold", "situation/1"),
    "a document gone": (sql(f"DELETE FROM document WHERE {ENTRY} AND key = 'plan/1'"), "fold", "plan/1"),
    "a file's bytes": (sql("UPDATE file SET bytes = zeroblob(length(bytes))"), "file", "01-BC/BTGHU"),
    "a file gone": (sql("DELETE FROM file"), "file", "01-BC/BTGHU"),
    "a number": (sql("UPDATE number SET number = 7 WHERE body = 'tt-hdnd' AND type = 'CV' AND number = 2"), "series", "tt-hdnd/CV/2026"),
    "a number gone": (sql("DELETE FROM number WHERE body = 'tt-hdnd' AND type = 'CV' AND number = 3"), "series", "tt-hdnd/CV/2026"),
    "a series' last": (sql("UPDATE series SET last = 9 WHERE type = 'BC'"), "series", "btg/BC"),
    "the case gone, its history left": (sql(f'DELETE FROM "case" WHERE {CASE}'), "database", "entry"),
    "the state in the lists": (sql(f"UPDATE \"case\" SET state = 'closed' WHERE {CASE}"), "database", INCIDENT_NUMBER),
    "the next rung's time": (sql(f"UPDATE deadline SET next_at = NULL WHERE {ENTRY} AND status = 'running'"), "database", INCIDENT_NUMBER),
}


@pytest.mark.parametrize("what", NAMED)
def test_what_was_changed_is_found_and_named(worked: Place, tmp_path: Path, what: str) -> None:
    tamper, kind, word = NAMED[what]
    found = tampered(worked, tmp_path, tamper)
    assert found
    assert {one.level for one in found} == {"error"}
    assert any(one.what == kind and word in one.message for one in found), found


def test_a_guard_that_was_taken_away_is_found(worked: Place, tmp_path: Path) -> None:
    target = copied(worked.folder, tmp_path / "unguarded")
    found = sqlite3.connect(target.folder / "hoso.db")
    found.execute("DROP TRIGGER entry_no_update")
    found.commit()
    found.close()
    (finding,) = target.office().verify()
    assert (finding.what, finding.message) == ("database", "the trigger entry_no_update is missing")


def test_only_the_case_that_was_changed_is_named(worked: Place, tmp_path: Path) -> None:
    found = tampered(worked, tmp_path, NAMED["an entry's note"][0])
    assert [re.match(r"[^:]+", one.message)[0] for one in found] == [INCIDENT_NUMBER]


def test_nothing_was_changed_and_nothing_is_found(worked: Place, tmp_path: Path) -> None:
    assert tampered(worked, tmp_path, lambda _: None) == []


# ---- on PostgreSQL ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked_on_postgres(worked: Place, schemas: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same office on PostgreSQL."""
    with schemas.empty() as url:
        yield served(copied(worked.folder, tmp_path_factory.mktemp("served") / "office"), url)


class Rewriter:
    """The owner's connection in a transaction that is never kept, used as sqlite3's: no guard and no reference stands in its way."""

    def __init__(self, url: str) -> None:
        self._connection = shell(url)
        self._connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {LET_GO}", prepare=False)

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        """Run it; sqlite3's words for what PostgreSQL calls otherwise."""
        said = statement.replace("zeroblob(length(bytes))", "convert_to(repeat('x', length(bytes)), 'UTF8')").replace("?", "%s")
        return self._connection.execute(said, values or None)

    def verified(self, url: str) -> list[Finding]:
        """What `verify` says, all guards being in their places again; then everything is as it was."""
        self._connection.execute(f"{STAYS}; SET LOCAL session_replication_role = origin", prepare=False)
        tx = Transaction(self._connection.cursor(), Database(url).backend)
        found = list(verify(SqlStore(Inside(tx, url))))
        self._connection.rollback()
        self._connection.close()
        return found


@pytest.mark.parametrize("what", NAMED)
def test_what_was_changed_on_postgresql_is_found_and_named(worked_on_postgres: Place, what: str) -> None:
    tamper, kind, word = NAMED[what]
    rewriter = Rewriter(worked_on_postgres.database)
    tamper(rewriter)
    found = rewriter.verified(worked_on_postgres.database)
    assert {one.level for one in found} == {"error"}
    assert any(one.what == kind and word in one.message for one in found), found


def test_nothing_was_changed_on_postgresql_and_nothing_is_found(worked_on_postgres: Place) -> None:
    assert Rewriter(worked_on_postgres.database).verified(worked_on_postgres.database) == []

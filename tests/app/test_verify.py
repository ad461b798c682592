"""`verify` finds whatever was changed behind the program's back, and names it."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.connect import Database, Inside
from storage.sqlite_guards import GUARDS
from storage.store import SqlStore
from storage.transaction import Transaction
from tests.app.making import CLERK, HEADS, Place, consulting, copied, incident, served
from tests.postgres import HOLD, LET_GO, shell
from workflow.answers import Finding
from workflow.authoring.deploy import recompile
from workflow.compose import LocalOffice, clock_of
from workflow.errors import NotFound
from workflow.language.process import Process
from workflow.model import Upload
from workflow.office.definitions import Definitions
from workflow.office.seats_then import SeatsThen
from workflow.phrases_vi import TABLE
from workflow.plain import canonical, digest
from workflow.ports import StoredVersion
from workflow.settings import Settings
from workflow.timekeeping import NeverBefore, SystemClock
from workflow.upkeep.heads import verify_heads
from workflow.upkeep.proving import Proof
from workflow.upkeep.restoring import reserve

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
    office.attach(INCIDENT_NUMBER, actor=CLERK, files=[Upload(name="anh.txt", content=b"anh")])
    place.set("2026-11-21 09:00")
    assert office.head().seq == 1
    reserve(office, {}, {"btg/CV/term:2025-2030": 2}, since=place.clock.at, by="root")
    assert office.verify() == []
    office.store.close()
    return place


def tampered(place: Place, folder: Path, tamper: Tamper) -> list[Finding]:
    """What a proof says of a copy that somebody wrote in with sqlite3, guards taken away and put back; the office says it in its own
    language.
    """
    target = copied(place.folder, folder / "tampered")
    found = sqlite3.connect(target.folder / "hoso.db", isolation_level=None)
    for name in GUARDS:
        found.execute(f"DROP TRIGGER {name}")
    tamper(found)
    for statement in GUARDS.values():
        found.execute(statement)
    found.close()
    office = target.office()
    english, said = (list(proof(office.store, office.settings, language).of_office()) for language in ("en", "vi"))
    assert [(one.level, one.what) for one in said] == [(one.level, one.what) for one in english]
    assert all(there.message != here.message for there, here in zip(said, english, strict=True)), "each is said in Vietnamese"
    assert all(one.what in TABLE for one in said), "what it is of, too"
    return english


def proof(store: SqlStore, settings: Settings, language: str = "en") -> Proof:
    """What an office is proved by; each source is compiled once for all tests."""
    return Proof(store=store, language=language, recompile=compiled_once, seated=SeatsThen(store, Definitions(store, settings, recompile)))


def compiled_once(stored: StoredVersion) -> Process:
    """What `recompile` gives."""
    known = canonical([stored.key, dict(stored.source)])
    if known not in COMPILED:
        COMPILED[known] = recompile(stored)
    return COMPILED[known]


COMPILED: dict[str, Process] = {}


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


def in_plain_of(table: str, where: str, column: str, old: str, new: str) -> Tamper:
    def tamper(found: Any) -> None:
        (text,) = found.execute(f'SELECT {column} FROM "{table}" WHERE {where}').fetchone()
        assert old in text
        found.execute(f'UPDATE "{table}" SET {column} = ? WHERE {where}', (text.replace(old, new),))

    return tamper


def anew(found: Any, old: str, new: str) -> None:
    """The incident's history with one text changed and its whole chain computed anew, so that the case by itself is in order."""
    rows = found.execute('SELECT seq, text, payload FROM entry WHERE "case" = ? ORDER BY seq', (INCIDENT_NUMBER,)).fetchall()
    head = ""
    assert any(old in payload for _, _, payload in rows)
    for seq, text, payload in rows:
        changed = payload.replace(old, new)
        said = text.replace(digest(payload), digest(changed))
        hash_ = digest(head + said)
        found.execute(
            'UPDATE entry SET payload = ?, text = ?, previous = ?, hash = ? WHERE "case" = ? AND seq = ?',
            (changed, said, head, hash_, INCIDENT_NUMBER, seq),
        )
        head = hash_
    _headed(found, head, len(rows))


def cut(found: Any) -> None:
    """The newest entry gone (a comment changes nothing of the case), and the case's head with it."""
    (seq, previous) = found.execute(
        'SELECT seq, previous FROM entry WHERE "case" = ? ORDER BY seq DESC LIMIT 1', (INCIDENT_NUMBER,)
    ).fetchone()
    found.execute('DELETE FROM receipt WHERE "case" = ? AND seq = ?', (INCIDENT_NUMBER, seq))
    found.execute('DELETE FROM entry WHERE "case" = ? AND seq = ?', (INCIDENT_NUMBER, seq))
    _headed(found, previous, seq - 1)


def _headed(found: Any, head: str, seq: int) -> None:
    (plain,) = found.execute('SELECT plain FROM "case" WHERE number = ?', (INCIDENT_NUMBER,)).fetchone()
    said = {**json.loads(plain), "head": head, "seq": seq}
    found.execute('UPDATE "case" SET plain = ? WHERE number = ?', (canonical(said), INCIDENT_NUMBER))


def more_numbers(found: Any) -> None:
    """A series goes on by one, and the number is in no register."""
    found.execute("UPDATE series SET last = last + 1 WHERE body = 'tt-hdnd' AND type = 'CV'")
    found.execute("INSERT INTO number SELECT body, type, period, last, NULL, '' FROM series WHERE body = 'tt-hdnd' AND type = 'CV'")


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
    "the last entry gone": (sql(f"DELETE FROM entry WHERE {ENTRY} AND seq = 5"), "chain", "entry 4"),
    "a middle entry gone": (sql(f"DELETE FROM entry WHERE {ENTRY} AND seq = 2"), "chain", "entry 2"),
    "the first entry gone": (sql(f"DELETE FROM entry WHERE {ENTRY} AND seq = 1"), "chain", "entry 1"),
    "all entries gone": (sql(f"DELETE FROM entry WHERE {ENTRY}"), "chain", INCIDENT_NUMBER),
    "two entries swapped": (swapped, "chain", "entry 2"),
    "the case's state": (in_plain("case", CASE, '"state":"plan_drafted"', '"state":"plan_agreed"'), "fold", "state"),
    "a field": (in_plain("case", CASE, "Nam Giang", "Nam Cường"), "fold", "fields"),
    "the head": (in_plain("case", CASE, '"head":"', '"head":"0'), "chain", "entry 5"),
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
    "a number given to another paper": (
        sql("UPDATE number SET document = 'plan/1' WHERE body = 'tt-hdnd' AND type = 'CV' AND number = 2"),
        "number",
        "plan/1",
    ),
    "a number given to another case": (
        sql(f"UPDATE number SET \"case\" = '{INCIDENT_NUMBER}' WHERE body = 'tt-hdnd' AND type = 'CV' AND number = 2"),
        "number",
        INCIDENT_NUMBER,
    ),
    "a number added": (
        sql(f"INSERT INTO number VALUES ('btg', 'BC', 'x', 1, '{INCIDENT_NUMBER}', 'report/9')"),
        "number",
        "report/9",
    ),
    "an attached file's bytes": (sql("UPDATE file SET bytes = zeroblob(length(bytes)) WHERE size = 3"), "file", "anh.txt"),
    "a deadline added": (
        sql(
            'INSERT INTO deadline ("case", key, due, status, next_at, plain) SELECT "case", \'more\', due, status, next_at, '
            f"replace(plain, '\"key\":\"', '\"key\":\"more') FROM deadline WHERE {ENTRY} AND status = 'running'"
        ),
        "fold",
        "deadline",
    ),
    "a receipt added": (sql(f"INSERT INTO receipt VALUES ('forged', '{INCIDENT_NUMBER}', 99)"), "receipt", "forged"),
    "a register's entry": (sql("UPDATE registry SET text = replace(text, 'restored', 'restorfd')"), "register", "btg"),
    "a process": (in_plain_of("version", "key = 'incident'", "compiled", "escalate", "escalatf"), "version", "incident"),
    "the calendar": (in_plain_of("version", "kind = 'calendar'", "compiled", "2026-", "2025-"), "version", "calendar"),
    "the organisation": (in_plain_of("version", "kind = 'organisation'", "compiled", "btg", "btgg"), "version", "organisation"),
    "who deployed": (sql("UPDATE deployment SET by = 'somebody' WHERE kind = 'calendar'"), "head", "deployments"),
    "a head": (sql("UPDATE office_head SET text = replace(text, '\"cases\":2', '\"cases\":3')"), "head", "head 1"),
    "a head's moment": (sql("UPDATE office_head SET at = replace(at, '2026', '2025')"), "head", "head 1"),
    "a chain computed anew": (lambda found: anew(found, "Thuộc phạm vi", "Ngoài phạm vi"), "head", INCIDENT_NUMBER),
    "a tail cut off": (cut, "head", INCIDENT_NUMBER),
    "a series' last": (sql("UPDATE series SET last = 9 WHERE type = 'secret:BC'"), "series", "btg/secret:BC"),
    "the case gone, its history left": (sql(f'DELETE FROM "case" WHERE {CASE}'), "database", "entry"),
    "the state in the lists": (sql(f"UPDATE \"case\" SET state = 'closed' WHERE {CASE}"), "database", INCIDENT_NUMBER),
    "the next rung's time": (sql(f"UPDATE deadline SET next_at = NULL WHERE {ENTRY} AND status = 'running'"), "database", INCIDENT_NUMBER),
    "what a case is found by": (sql(f"UPDATE \"case\" SET search = 'x' WHERE {CASE}"), "row", "search"),
    "the case above": (sql(f"UPDATE \"case\" SET parent = '{OPINION_NUMBER}' WHERE {CASE}"), "row", "parent"),
    "that the clock failed": (sql(f'UPDATE "case" SET failing = 1 WHERE {CASE}'), "row", "failing"),
    "the revision": (sql(f'UPDATE "case" SET revision = revision + 5 WHERE {CASE}'), "row", "revision"),
    "a document's rule": (sql(f"UPDATE document SET rule = 'plan' WHERE {ENTRY} AND key = 'situation/1'"), "row", "rule"),
    "an opinion's round": (sql("UPDATE opinion SET round = 7 WHERE asked = 'btg'"), "row", "opinion"),
    "who is awaited gone": (sql("DELETE FROM awaited"), "seat", INCIDENT_NUMBER),
    "somebody more is awaited": (
        sql(f"INSERT INTO awaited VALUES ('{INCIDENT_NUMBER}', 'mttq', 'clerk', '', '~')"),
        "seat",
        INCIDENT_NUMBER,
    ),
    "somebody more may see": (sql(f"INSERT INTO viewer VALUES ('{INCIDENT_NUMBER}', 'mttq', 'clerk', '')"), "seat", INCIDENT_NUMBER),
    "a version gone": (sql("DELETE FROM version WHERE key = 'incident'"), "version", "incident"),
    "a version's source": (in_plain_of("version", "key = 'incident'", "source", "working days", "days"), "version", "incident"),
    "an unknown version in use": (
        sql("INSERT INTO deployment (kind, key, hash, at, by, why) SELECT kind, key, 'nothing', at, by, why FROM deployment WHERE id = 1"),
        "version",
        "nothing",
    ),
    "a period with a case of another's": (sql(f"INSERT INTO periodic VALUES ('report', '2027', '{INCIDENT_NUMBER}')"), "periodic", "2027"),
    "a number that is nobody's": (more_numbers, "number", "tt-hdnd/CV/2026"),
    "a very long series": (sql("UPDATE series SET last = 900000000 WHERE body = 'tt-hdnd'"), "series", "–900000000"),
    "a file of nothing": (sql("INSERT INTO file SELECT replace(hash, 'a', 'b'), size, bytes FROM file WHERE size = 3"), "file", "nothing"),
    "a file's size": (sql("UPDATE file SET size = 4 WHERE size = 3"), "file", "size"),
    "a register's entry unreadable": (sql("UPDATE registry SET text = 'x'"), "register", "btg"),
    "a register's moment unreadable": (sql("UPDATE registry SET at = 'x'"), "register", "btg"),
    "a head unreadable": (sql("UPDATE office_head SET text = 'x'"), "head", "head 1"),
    "a head's moment unreadable": (sql("UPDATE office_head SET at = 'x'"), "head", "can't be read"),
    "a source unreadable": (sql("UPDATE version SET source = 'x' WHERE key = 'incident'"), "version", "incident"),
}
ON_SQLITE: dict[str, tuple[Tamper, str, str]] = {
    "an entry of no letters": (sql(f"UPDATE entry SET text = CAST(x'ff' AS TEXT) WHERE {ENTRY} AND seq = 2"), "case", INCIDENT_NUMBER),
    "a case of no letters": (sql(f"UPDATE \"case\" SET plain = CAST(x'ff' AS TEXT) WHERE {CASE}"), "case", INCIDENT_NUMBER),
    "a number that is none": (sql("UPDATE number SET number = 'x' WHERE body = 'tt-hdnd' AND number = 2"), "series", "tt-hdnd/CV"),
    "a table gone": (lambda found: found.execute("DROP TABLE awaited"), "case", INCIDENT_NUMBER),
}
"""What PostgreSQL does not take, or not without more."""


@pytest.mark.parametrize("what", [*NAMED, *ON_SQLITE])
def test_what_was_changed_is_found_and_named(worked: Place, tmp_path: Path, what: str) -> None:
    tamper, kind, word = (NAMED | ON_SQLITE)[what]
    found = tampered(worked, tmp_path, tamper)
    assert found
    assert {one.level for one in found} == {"error"}
    assert any(one.what == kind and word in one.message for one in found), found


MAIL: dict[str, tuple[Tamper, str, str]] = {
    "what was sent": (sql("UPDATE message SET text = replace(text, '001', '002')"), "message", "does not say"),
    "a notice's words": (sql("UPDATE notice SET text = 'x' || text WHERE message IS NOT NULL"), "message", "does not say"),
    "a notice gone": (sql("DELETE FROM notice WHERE message IS NOT NULL"), "message", "not of its notices"),
    "a message to another": (sql("UPDATE message SET person = 'bi-thu'"), "message", "not of its notices"),
}


@pytest.fixture(scope="module")
def mailed(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An office that has reminded somebody."""
    place = copied(deployed, tmp_path_factory.mktemp("mailed") / "office")
    office = place.office()
    incident(office)
    place.set("2026-11-23 11:30")
    assert office.tick().sent > 0
    assert office.verify() == []
    office.close()
    return place


@pytest.mark.parametrize("what", MAIL)
def test_what_was_changed_of_the_mail_is_found_and_named(mailed: Place, tmp_path: Path, what: str) -> None:
    tamper, kind, word = MAIL[what]
    assert any(one.what == kind and word in one.message for one in tampered(mailed, tmp_path, tamper))


def test_a_guard_that_was_taken_away_is_found(worked: Place, tmp_path: Path) -> None:
    target = copied(worked.folder, tmp_path / "unguarded")
    found = sqlite3.connect(target.folder / "hoso.db")
    found.execute("DROP TRIGGER entry_no_update")
    found.commit()
    found.close()
    (finding,) = proof(target.office().store, target.office().settings).of_office()
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

    def __init__(self, place: Place) -> None:
        self._settings = place.office().settings
        self._connection = shell(place.database)
        self._connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {LET_GO}", prepare=False)

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        """Run it; sqlite3's words for what PostgreSQL calls otherwise."""
        said = statement.replace("zeroblob(length(bytes))", "convert_to(repeat('x', length(bytes)), 'UTF8')").replace("?", "%s")
        return self._connection.execute(said, values or None)

    def verified(self, url: str) -> list[Finding]:
        """What `verify` says, all guards being in their places again; then everything is as it was."""
        self._connection.execute(f"{HOLD}; SET LOCAL session_replication_role = origin", prepare=False)
        tx = Transaction(self._connection.cursor(), Database(url).backend)
        found = list(proof(SqlStore(Inside(tx, url)), self._settings).of_office())
        self._connection.rollback()
        self._connection.close()
        return found


@pytest.mark.parametrize("what", NAMED)
def test_what_was_changed_on_postgresql_is_found_and_named(worked_on_postgres: Place, what: str) -> None:
    tamper, kind, word = NAMED[what]
    rewriter = Rewriter(worked_on_postgres)
    tamper(rewriter)
    found = rewriter.verified(worked_on_postgres.database)
    assert {one.level for one in found} == {"error"}
    assert any(one.what == kind and word in one.message for one in found), found


def test_nothing_was_changed_on_postgresql_and_nothing_is_found(worked_on_postgres: Place) -> None:
    assert Rewriter(worked_on_postgres).verified(worked_on_postgres.database) == []


# ---- heads -----------------------------------------------------------------------------------------------------------


def test_a_head_on_paper_finds_what_was_computed_anew_with_all_heads(worked: Place, tmp_path: Path) -> None:
    place = copied(worked.folder, tmp_path / "forged")
    place.set("2026-11-21 09:00")
    office = place.office()
    on_paper = office.head().hash
    assert office.verify(against=on_paper) == []
    assert office.verify(against=" ".join(on_paper[at : at + 8] for at in range(0, 64, 8)).upper()) == []
    office.close()
    found = sqlite3.connect(place.folder / "hoso.db", isolation_level=None)
    for name in GUARDS:
        found.execute(f"DROP TRIGGER {name}")
    anew(found, "Thuộc phạm vi", "Ngoài phạm vi")
    found.execute("DELETE FROM office_head")
    for statement in GUARDS.values():
        found.execute(statement)
    found.close()
    office = place.office()
    assert office.head().hash != on_paper
    assert office.verify() == []  # whoever can rewrite everything leaves no trace in the database itself
    (finding,) = office.verify(against=on_paper)
    assert (finding.level, finding.what) == ("error", "head")
    with pytest.raises(NotFound):
        list(verify_heads(office.store, "abc"))
    office.close()


def test_the_worker_makes_one_head_a_day_when_the_day_has_settled(place: Place) -> None:
    office = place.office()
    incident(office)
    office.tick()
    (first,) = office.store.heads()
    assert json.loads(first.text)["cases"] == 0
    place.set("2026-11-21 03:59")
    office.tick()
    assert len(office.store.heads()) == 1
    place.set("2026-11-21 04:00")
    for _ in range(2):
        place.office().tick()
        office.tick()
    assert [json.loads(one.text)["cases"] for one in office.store.heads()] == [0, 1]
    place.set("2026-11-27 12:00")
    office.tick()
    assert [one.seq for one in office.store.heads()] == [1, 2, 3]
    assert office.verify() == []
    incident(office)
    assert office.verify() == []
    office.close()


def test_one_case_or_those_since_a_day_are_verified_alone(worked: Place, tmp_path: Path) -> None:
    target = copied(worked.folder, tmp_path / "office")
    found = sqlite3.connect(target.folder / "hoso.db")
    found.executescript("DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_update_of;")
    found.execute(f"UPDATE entry SET actor = 'x' WHERE {ENTRY} AND seq = 2")
    found.commit()
    found.close()
    office = target.office()
    assert [one.what for one in office.verify(INCIDENT_NUMBER)] == ["chain"]
    assert office.verify(OPINION_NUMBER) == []
    assert "chain" in {one.what for one in office.verify(since=date(2026, 11, 20))}
    assert "chain" not in {one.what for one in office.verify(since=date(2026, 11, 22))}
    with pytest.raises(NotFound):
        office.verify("999/2026-VV")
    looked: list[int] = []
    office.verify(progress=looked.append)
    assert looked == [1, 2]
    office.close()


def test_a_clock_that_ran_ahead_and_was_set_right_adds_nothing_under_a_head(place: Place) -> None:
    office = place.office()
    clock = NeverBefore(place.clock, lambda: head.at if (head := office.store.last_head()) is not None else None)
    ahead = LocalOffice(office.settings, office.store, clock)
    incident(ahead)
    place.set("2026-11-24 09:00")
    head = ahead.head()
    place.set("2026-11-23 15:00")
    number = incident(ahead)
    assert ahead.store.load(number).case.opened == head.at
    place.set("2026-11-23 16:00")
    assert clock.now() == head.at
    place.set("2026-11-24 10:00")
    incident(ahead)
    assert clock.now() == place.clock.at
    assert ahead.verify(against=head.hash) == []
    office.close()


def test_an_office_at_work_stands_at_no_moment_before_its_newest_head(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    office = place.office()
    head = office.head()
    office.close()
    monkeypatch.setattr(SystemClock, "now", lambda _: head.at - timedelta(hours=1))
    settings = replace(office.settings, practice=False)
    assert clock_of(settings, office.store).now() == head.at

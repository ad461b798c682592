"""Guards that were made hollow, rights that were given away, tables that drifted apart: each is found and named, and what can be made anew is."""

import re
import sqlite3
from pathlib import Path

import psycopg
import pytest

from storage import faults, migrations, postgres_guards, sqlite_guards
from storage.copying import copy
from storage.postgres_address import quoted, read_address
from storage.postgres_roles import WORKER, role_of
from storage.store import open_store
from tests.postgres import shell
from tests.storage.making import advancing, case, opening
from workflow.plain import digest

ROOT = Path(__file__).parents[2]
HOLLOW = [
    "CREATE OR REPLACE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE OR REPLACE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "DROP FUNCTION ends() CASCADE",
    "ALTER FUNCTION dispose_of(text, bigint, text[]) RESET ALL",
    "ALTER FUNCTION dispose_of(text, bigint, text[]) SECURITY INVOKER",
    """DROP TRIGGER entry_no_delete ON entry;
    CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry FOR EACH ROW WHEN (false) EXECUTE FUNCTION stays();
    ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_no_delete""",
    """DROP TRIGGER series_no_update_of ON series;
    CREATE TRIGGER series_no_update_of BEFORE UPDATE ON series FOR EACH ROW WHEN (NEW.last < OLD.last) EXECUTE FUNCTION stays();
    ALTER TABLE series ENABLE ALWAYS TRIGGER series_no_update_of""",
    "ALTER TABLE entry DISABLE TRIGGER entry_no_delete",
    "ALTER TABLE entry ENABLE REPLICA TRIGGER entry_no_delete",
    "CREATE TRIGGER more BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION stays()",
    'GRANT UPDATE, DELETE ON entry TO "{daily}"',
    'GRANT UPDATE (text) ON entry TO "{daily}"',
    'GRANT INSERT ON disposal TO "{worker}"',
    'GRANT UPDATE (key) ON document TO "{daily}"',
    "GRANT DELETE ON entry TO PUBLIC",
    'REVOKE INSERT ON receipt FROM "{daily}"',
    'REVOKE UPDATE (plain) ON document FROM "{daily}"',
    'GRANT EXECUTE ON FUNCTION dispose_of(text, bigint, text[]) TO "{worker}"',
    "GRANT EXECUTE ON FUNCTION open_disposal(text, bigint, text, text, text) TO PUBLIC",
    "DROP INDEX ix_case_open",
    'DROP INDEX ix_case_open; CREATE INDEX ix_case_open ON "case" (id)',
]
DRIFTED = [
    ("ALTER TABLE entry ADD COLUMN more TEXT", "the table entry has what this program does not give it: more"),
    ("CREATE TABLE more (a TEXT)", "the table more is none of this program's"),
    ("CREATE VIEW more AS SELECT * FROM entry", "the table more is none of this program's"),
    ("CREATE INDEX ix_more ON entry (actor)", "the index ix_more is none of this program's"),
    ("DROP INDEX ix_deadline_next", "the index ix_deadline_next is missing"),
    ("DROP TABLE periodic", "the table periodic is missing"),
]
SERVERS = [
    ("ALTER TABLE receipt DROP CONSTRAINT pk_receipt", "the table receipt lacks: pk_receipt primarykey(request)"),
    ("ALTER TABLE deadline DROP CONSTRAINT ck_deadline_status", "the table deadline lacks: ck_deadline_status check(status"),
    ("ALTER TABLE receipt DROP CONSTRAINT fk_receipt_case", "the table receipt lacks: fk_receipt_case"),
    ("ALTER TABLE disposal ALTER CONSTRAINT fk_disposal_open NOT DEFERRABLE", "the table disposal lacks: fk_disposal_open"),
    ("ALTER TABLE entry ALTER COLUMN at DROP NOT NULL", "the table entry lacks: at text collate c not null"),
    ("ALTER TABLE message ALTER COLUMN urgent SET DEFAULT 1", "the table message lacks: urgent bigint not null default 0"),
    ("CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'", "the function more() is none of this program's"),
    ('GRANT CREATE ON SCHEMA {schema} TO "{daily}"', "has the rights of the schema's owner"),
]


@pytest.fixture
def place(postgres_url):
    """What the names in a statement stand for, and what runs one as the owner."""
    schema = read_address(postgres_url).schema
    names = {"schema": quoted(schema), "daily": role_of(schema), "worker": role_of(schema, WORKER)}

    def run(statement):
        with shell(postgres_url) as owner:
            owner.execute(re.sub(r"\{(\w+)\}", lambda found: names[found[1]], statement), prepare=False)

    return run


def told(url):
    store = open_store(url)
    found = store.integrity()
    store.close()
    return [one.message() for one in found], {one.way_out() for one in found}


@pytest.mark.parametrize("statement", HOLLOW)
def test_a_hollow_guard_or_a_right_given_away_on_a_server_is_found_and_made_anew(postgres_url, place, statement):
    assert told(postgres_url) == ([], set())
    place(statement)
    found, ways = told(postgres_url)
    assert found
    assert ways == {faults.REMAKE}
    assert [one.message() for one in migrations.loose(postgres_url)] == found
    migrations.upgrade(postgres_url)
    assert told(postgres_url) == ([], set())


@pytest.mark.parametrize(("statement", "said"), DRIFTED + SERVERS)
def test_tables_that_drifted_apart_on_a_server_are_found(postgres_url, place, statement, said):
    place(statement)
    found, _ = told(postgres_url)
    assert any(said in one for one in found), found


DIVIDED = """BEGIN;
    ALTER TABLE entry RENAME TO entry_whole;
    ALTER TABLE entry_whole RENAME CONSTRAINT pk_entry TO pk_entry_whole;
    ALTER TABLE entry_whole DROP CONSTRAINT fk_entry_case;
    CREATE TABLE entry (LIKE entry_whole, CONSTRAINT pk_entry PRIMARY KEY ("case", seq, at),
      CONSTRAINT fk_entry_case FOREIGN KEY ("case") REFERENCES "case" (number)) PARTITION BY RANGE (at);
    CREATE TABLE entry_until_2026 PARTITION OF entry FOR VALUES FROM (MINVALUE) TO ('2027');
    CREATE TABLE entry_since_2027 PARTITION OF entry FOR VALUES FROM ('2027') TO (MAXVALUE);
    INSERT INTO entry SELECT * FROM entry_whole;
    DROP TABLE entry_whole;
    ALTER TABLE file RENAME TO file_whole;
    ALTER TABLE file_whole RENAME CONSTRAINT pk_file TO pk_file_whole;
    CREATE TABLE file (LIKE file_whole, CONSTRAINT pk_file PRIMARY KEY (hash)) PARTITION BY HASH (hash);
    CREATE TABLE file_0 PARTITION OF file FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE file_1 PARTITION OF file FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO file SELECT * FROM file_whole;
    DROP TABLE file_whole;
    COMMIT"""


def test_tables_divided_as_the_docs_say_go_on_guarded(postgres_url, place, tmp_path):
    assert " ".join(DIVIDED.split()) in " ".join((ROOT / "docs" / "scale.md").read_text("utf-8").split())
    store = open_store(postgres_url)
    store.commit([opening(case())])
    store.close()
    place(DIVIDED)
    for _ in range(2):
        migrations.upgrade(postgres_url)
        assert told(postgres_url) == ([], set())
    store = open_store(postgres_url)
    change = advancing(case())
    store.commit([type(change)(request_id="r", parts=change.parts, files={digest(b"x"): b"x"})])
    assert len(store.entries(case().number)) == 2
    assert store.file(digest(b"x")) == b"x"
    store.close()
    for statement in ("DELETE FROM entry", "UPDATE entry_until_2026 SET text = 'x'", "DELETE FROM file", "UPDATE file SET size = 0"):
        with pytest.raises(psycopg.IntegrityError, match="stays as it is"):
            place(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        place('SET ROLE "{daily}"; DELETE FROM entry_until_2026')
    copied = copy(postgres_url, f"sqlite:///{tmp_path / 'copy.db'}", lambda _: [])
    assert copied.rows["entry"] == 2
    place("ALTER TABLE entry DETACH PARTITION entry_since_2027")
    assert told(postgres_url)[0] == ["the table entry_since_2027 is none of this program's"]


def in_file(url, script):
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.executescript(script)
    connection.close()


def test_every_trigger_of_a_file_that_was_made_hollow_is_found_and_made_anew(file_url):
    assert told(file_url) == ([], set())
    hollow = [
        f"DROP TRIGGER {name}; CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN 0 BEGIN SELECT 1; END;"
        for name, sql in sqlite_guards.GUARDS.items()
        for event, table in [re.search(r"(DELETE|UPDATE|INSERT)(?: OF [\w, ]+)? ON (\S+)", sql).groups()]
    ]
    in_file(file_url, "".join(hollow))
    assert told(file_url) == (
        [f"the trigger {name} is not the one that this program makes" for name in sorted(sqlite_guards.GUARDS)],
        {faults.REMAKE},
    )
    assert len(migrations.loose(file_url)) == len(sqlite_guards.GUARDS)
    migrations.upgrade(file_url)
    assert told(file_url) == ([], set())


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TRIGGER more AFTER INSERT ON entry BEGIN DELETE FROM awaited; END;",
        "DROP INDEX ix_case_open;",
        'DROP INDEX ix_case_open; CREATE INDEX ix_case_open ON "case" (id);',
    ],
)
def test_what_an_upgrade_makes_anew_in_a_file(file_url, script):
    in_file(file_url, script)
    found, ways = told(file_url)
    assert len(found) == 1
    assert ways == {faults.REMAKE}
    migrations.upgrade(file_url)
    assert told(file_url) == ([], set())


AGAIN = 'CREATE TABLE more (request TEXT NOT NULL, "case" TEXT NOT NULL, seq INTEGER NOT NULL); DROP TABLE receipt; ALTER TABLE more RENAME TO receipt'


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        *DRIFTED,
        (AGAIN, "the table receipt lacks: CONSTRAINT pk_receipt PRIMARY KEY (request)"),
        (AGAIN, "the table receipt lacks: CONSTRAINT fk_receipt_case FOREIGN KEY(case) REFERENCES case (number)"),
        (AGAIN, "the table receipt lacks: WITHOUT ROWID"),
        ("DROP TABLE case_search; CREATE VIRTUAL TABLE case_search USING fts5(search)", "the table case_search lacks: CREATE VIRTUAL"),
    ],
)
def test_tables_that_drifted_apart_in_a_file_are_found(file_url, statement, said):
    guards = [f"DROP TRIGGER {name};" for name in sqlite_guards.GUARDS]
    again = [f"{sql};" for name, sql in sqlite_guards.GUARDS.items() if "periodic" not in name or "periodic" not in statement]
    in_file(file_url, "PRAGMA foreign_keys = OFF;" + "".join(guards) + statement + ";" + "".join(again))
    found, _ = told(file_url)
    assert any(one.startswith(said) for one in found), found


def test_a_database_in_memory_has_nothing_loose():
    assert migrations.loose("sqlite://") == []


def test_the_statements_of_triggers_name_the_offices_roles():
    assert '"o""ne_worker"' in postgres_guards.statements('o"ne')["entry_by_worker"]

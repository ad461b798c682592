"""Migrations and tables say the same, and a migration is whole or not at all."""

import re
import shutil
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import lists, migrations, postgres_guards, tables
from storage.connect import Database
from storage.postgres_roles import role_of
from storage.sqlite_guards import GUARDS
from storage.store import SqlStore, open_store
from storage.whole import whole
from tests.postgres import shell
from tests.storage.making import advancing, case, opening
from workflow.errors import StoreCorrupt, StoreMissing, StoreNewer, StoreOlder
from workflow.model import CaseQuery, Viewer


def schema(connection):
    """Every table, index and trigger with its statement, as SQLite keeps it; names quoted or not are the same."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL").fetchall()
    return {(kind, name): "".join(sql.replace('"', "").split()) for kind, name, sql in rows if "alembic" not in name}


def test_the_schema_constant_is_the_newest_migration():
    assert migrations.head() == tables.SCHEMA


def test_migrated_tables_are_those_that_the_program_knows(url):
    assert drift(url) == []


def drift(url):
    """What of the tables differs from what the program knows."""
    database, found = Database(url), []

    def compare(connection):
        options = {"include_name": lambda name, kind, _: not (name or "").startswith("case_search"), "compare_type": True}
        found.extend(compare_metadata(MigrationContext.configure(connection, opts=options), whole()))

    database.migrate(compare)
    database.close()
    return found


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE entry ADD COLUMN more TEXT",
        'ALTER TABLE "case" DROP COLUMN search',
        "DROP INDEX ix_deadline_next",
        "CREATE INDEX ix_more ON entry (actor)",
        "DROP TABLE periodic",
    ],
)
def test_tables_that_drifted_apart_are_noticed(file_url, change):
    connection = sqlite3.connect(file_url.removeprefix("sqlite:///"))
    connection.executescript("".join(f"DROP TRIGGER {name};" for name in GUARDS) + change)
    connection.close()
    assert drift(file_url) != []


def test_texts_are_sorted_by_their_letters_codes_and_numbers_have_64_bits(postgres_url):
    with shell(postgres_url) as owner:
        columns = owner.execute(
            "SELECT table_name, column_name, data_type, collation_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name NOT IN ('alembic_version', 'case_search')"
        ).fetchall()
    assert {(kind, collation) for _, _, kind, collation in columns} == {("text", "C"), ("bigint", None), ("bytea", None)}
    assert len(columns) == sum(len(table.columns) for table in tables.metadata.sorted_tables)


def test_a_store_in_memory_has_the_migrated_tables(file_url):
    migrated = sqlite3.connect(file_url.removeprefix("sqlite:///"))
    memory = open_store("sqlite://")
    connection = memory.database.pool.connect()
    assert {name: set(_parts(sql)) for name, sql in schema(connection).items()} == {
        name: set(_parts(sql)) for name, sql in schema(migrated).items()
    }
    connection.close()
    migrated.close()


def _parts(sql):
    """A statement's parts in any order: constraints may stand in another one."""
    return sql.replace("CREATE", "").removesuffix(")").split(",")


def test_the_schema_that_a_database_is_at_is_told(url, tmp_path):
    assert migrations.current(url) == tables.SCHEMA
    (tmp_path / "empty.db").touch()
    assert migrations.current(f"sqlite:///{tmp_path / 'empty.db'}") == ""
    with pytest.raises(StoreMissing):
        migrations.current(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(StoreMissing):
        migrations.upgrade(f"sqlite:///{tmp_path / 'none.db'}")


def test_a_store_in_memory_is_always_at_the_newest():
    migrations.create("sqlite://")
    migrations.upgrade("sqlite://")
    assert migrations.current("sqlite://") == tables.SCHEMA


def test_an_empty_file_is_upgraded(tmp_path):
    (tmp_path / "a.db").touch()
    url = f"sqlite:///{tmp_path / 'a.db'}"
    migrations.upgrade(url)
    store = open_store(url)
    store.commit([opening(case())])
    assert store.integrity() == []
    store.close()


def test_an_upgrade_keeps_what_is_there_and_makes_guards_and_index_anew(url, monkeypatch):
    monkeypatch.setattr(lists, "NEAR", 0)  # the newest cases are found without the index
    store = open_store(url)
    store.commit([opening(case())])
    if store.database.backend.dialect.name == "postgresql":
        with shell(url) as owner:
            for name, statement in postgres_guards.GUARDS.items():
                owner.execute(f"DROP TRIGGER {name} ON {re.search(' ON (.[a-z_]+.) ', statement)[1]}")
            owner.execute(f'DROP FUNCTION stays; DELETE FROM case_search; REVOKE INSERT ON entry FROM "{role_of(schema_of(store))}"')
    else:
        store.database.write(_spoil)
    store.close()
    store = SqlStore(Database(url))
    assert store.cases(CaseQuery(words="vu"), Viewer()) == []
    store.close()
    migrations.upgrade(url)
    store = open_store(url)
    assert store.integrity() == []
    assert store.load(case().number).case == case()
    assert len(store.cases(CaseQuery(words="vu"), Viewer())) == 1
    store.commit([advancing(case())])
    if store.database.backend.dialect.name == "sqlite":
        assert store.database.read(lambda tx: tx.cursor.execute("PRAGMA foreign_keys").fetchone()) == (1,)
    store.close()


def _spoil(tx):
    for name in GUARDS:
        tx.cursor.execute(f"DROP TRIGGER {name}")
    tx.cursor.execute("INSERT INTO case_search (case_search) VALUES ('delete-all')")


def test_the_first_acts_of_an_office_on_postgresql_find_its_rows_by_their_keys(schemas):
    """The plans of foreign keys and of statements that come often are made once, when there are hardly any rows, and kept."""
    url = schemas.url()
    migrations.create(url)
    keys = {"uq_case_number": "\"case\" WHERE number = 'a'", "uq_deadline_case_key": "deadline WHERE \"case\" = 'a' AND key = 'b'"}
    with shell(url) as owner:
        for index, found in keys.items():
            plan = [line for (line,) in owner.execute(f"EXPLAIN SELECT 1 FROM {found} FOR KEY SHARE").fetchall()]
            assert any(index in line for line in plan), plan
    schemas.drop(url)


def schema_of(store):
    return store.database.backend.address.schema


def set_version(url, version):
    if url.startswith("postgresql"):
        with shell(url) as owner:
            owner.execute("UPDATE alembic_version SET version_num = %s", (version,))
        return
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()


def test_an_upgrade_refuses_a_newer_database(url):
    set_version(url, "9999")
    for use in (migrations.upgrade, open_store):
        with pytest.raises(StoreNewer, match="9999"):
            use(url)
    set_version(url, tables.SCHEMA)


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(empty_file, tmp_path):
    file = tmp_path / "a.db"
    shutil.copy(empty_file, file)
    connection = sqlite3.connect(file)
    connection.executescript(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER series_no_update_of;"
        "INSERT INTO receipt VALUES ('r', 'no such case', 1); PRAGMA wal_checkpoint(TRUNCATE);"
    )
    before = schema(connection)
    connection.close()
    with pytest.raises(StoreCorrupt, match="refers to nothing"):
        migrations.upgrade(f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    assert schema(connection) == before
    connection.close()


def test_a_database_before_its_migrations_is_older(tmp_path):
    file = tmp_path / "a.db"
    connection = sqlite3.connect(file)
    connection.executescript("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0000');")
    connection.close()
    with pytest.raises(StoreOlder, match="0000"):
        open_store(f"sqlite:///{file}")

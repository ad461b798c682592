"""Brings a database to this program's schema with Alembic, whole or not at all.

Imported only by what makes or upgrades an office: Alembic takes longer to import than a daily command may run.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage import sqlite, tables
from storage.connect import Database, check_place, check_schema, parse
from storage.sqlite_guards import drop_guards, make_guards
from workflow.errors import StoreNewer

_FOLDER = Path(__file__).parent


def create(url: str) -> None:
    """Make the database file with all tables, private to its owner; one that is there already is left alone.

    Raises StoreUnreachable (no such folder, read-only, full), NetworkFileSystem.
    """
    database = Database(parse(url))
    if database.file is None:
        return
    sqlite.refuse_network(database.file, sqlite.MOUNTS.read_text() if sqlite.MOUNTS.exists() else "")
    sqlite.create_private(database.file)
    if database.schema() == "":
        upgrade(url)


def upgrade(url: str) -> None:
    """Run what migrations the database lacks, in one transaction, and make its guards anew.

    Raises StoreMissing, StoreNewer, StoreCorrupt and other StoreUnreachable; then nothing was written.
    """
    database = Database(parse(url))
    if database.file is None:
        return
    check_place(database.file, database.url)
    found = current(url)
    if found > head():
        raise StoreNewer(url=database.url, found=found, known=head())
    database.through_core(_upgrade)
    check_schema(database)


def current(url: str) -> str:
    """The migration that the database is at; '' for an empty one. Raises StoreMissing, StoreCorrupt and other StoreUnreachable."""
    database = Database(parse(url))
    if database.file is None:
        return tables.SCHEMA
    check_place(database.file, database.url)
    return database.schema()


def head() -> str:
    """The newest migration of this program."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    cursor = connection.connection.cursor()
    drop_guards(cursor)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    make_guards(cursor)
    cursor.close()

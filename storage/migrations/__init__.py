"""Brings a database to this program's schema with Alembic, whole or not at all.

Imported only by what makes or upgrades an office: Alembic takes longer to import than a daily command may run.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage import tables
from storage.connect import Database, check_schema
from storage.transaction import Transaction
from workflow.errors import StoreCorrupt, StoreMissing, StoreNewer, StoreUnreachable

_FOLDER = Path(__file__).parent


def create(url: str) -> None:
    """Make the database with all tables, private to its owner; one that is there already is left alone.

    Raises StoreUnreachable (no such folder, read-only, full, no such server …), NetworkFileSystem.
    """
    database = Database(url)
    if database.backend.in_memory:
        return
    take_away = database.backend.make_place()
    try:
        if _found(database) == "":
            _run(database)
    except StoreUnreachable:
        database.close()
        take_away()
        raise


def _found(database: Database) -> str:
    try:
        return database.schema()
    except StoreMissing:
        return ""


def upgrade(url: str) -> None:
    """Run what migrations the database lacks, in one transaction, and make its guards anew.

    Raises StoreMissing, StoreNewer, StoreCorrupt and other StoreUnreachable; then nothing was written.
    """
    database = Database(url)
    if database.backend.in_memory:
        return
    found = current(url)
    if found > head():
        raise StoreNewer(url=database.url, found=found, known=head())
    _run(database)


def _run(database: Database) -> None:
    database.migrate(lambda connection: _upgrade(connection, database))
    check_schema(database)


def current(url: str) -> str:
    """The migration that the database is at; '' for an empty one. Raises StoreMissing, StoreCorrupt and other StoreUnreachable."""
    database = Database(url)
    if database.backend.in_memory:
        return tables.SCHEMA
    database.backend.check_place()
    return database.schema()


def head() -> str:
    """The newest migration of this program."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _upgrade(connection: Connection, database: Database) -> None:
    cursor = connection.connection.cursor()
    database.backend.make_schema(cursor)
    database.backend.drop_guards(cursor)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    database.backend.make_guards(cursor)
    wrong = database.backend.integrity(Transaction(cursor, database.backend))
    cursor.close()
    if wrong:
        raise StoreCorrupt(url=database.url, cause="; ".join(wrong[:3]))

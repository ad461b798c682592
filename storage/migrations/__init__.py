"""Brings a database to this program's schema with Alembic, whole or not at all.

Imported only by what makes or upgrades an office: Alembic takes longer to import than a daily command may run.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select

from storage import claims, faults, tables
from storage.connect import Database, check_schema
from storage.transaction import Transaction
from storage.whole import definitions
from workflow.errors import PlaceForeign, PlaceTaken, StoreCorrupt, StoreMissing, StoreNewer
from workflow.model import Fault

T = TypeVar("T")

_TOLD = "0004"
"""The schema since which a worker says which process it is."""
_FOLDER = Path(__file__).parent


def create(url: str, *, new: bool = False) -> None:
    """Make the database with all tables, private to its owner; one that is there already is left alone, or, if it must
    be `new`, refused.

    Raises StoreUnreachable (no such folder, read-only, full, no such server …), NetworkFileSystem, PlaceTaken, PlaceForeign.
    """
    database = Database(url)
    if database.backend.in_memory:
        return
    if new:
        refuse_taken(url)
    try:
        make(database, _nothing, _nothing)
    except PlaceTaken:
        if new:
            raise
    finally:
        database.close()


def _nothing(_: Connection) -> None:
    """A new office is empty."""


def make(database: Database, fill: Callable[[Connection], T], check: Callable[[Connection], None]) -> T:
    """Make all tables in an empty place, fill them, make their guards, check: in one transaction, or nothing stays.

    Raises PlaceTaken if there is an office, and StoreUnreachable.
    """
    take_away = database.backend.make_place()
    try:
        _refuse_taken(database)
        return _run(database, lambda connection: _when_new(connection, database, fill), check)
    except PlaceTaken:
        raise
    except BaseException:
        database.close()
        take_away()
        raise


def refuse_taken(url: str) -> None:
    """Raise PlaceTaken or PlaceForeign unless an office may be made at `url`, and StoreUnreachable; nothing is written."""
    database = Database(url)
    try:
        database.backend.check_place()
        _refuse_taken(database)
    except StoreMissing:
        pass
    except StoreCorrupt as error:
        raise PlaceForeign(url=database.url, cause=error.facts["cause"]) from error
    finally:
        database.close()


def _refuse_taken(database: Database) -> None:
    if _found(database) != "":
        raise PlaceTaken(url=database.url)


def _when_new(connection: Connection, database: Database, fill: Callable[[Connection], T]) -> T:
    """Fill it, unless somebody else made an office here a moment ago."""
    deployed_or_opened = [connection.execute(select(table).limit(1)).first() for table in (tables.deployment, tables.case)]
    if any(deployed_or_opened):
        raise PlaceTaken(url=database.url)
    return fill(connection)


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
    _run(database, _nothing, _nothing)
    database.close()


def workers(url: str) -> list[str]:
    """Workers that may be at work in a database. The first hosos did not say of theirs where they are."""
    database = Database(url)
    if database.backend.in_memory or current(url) < _TOLD:
        return []
    try:
        return database.read(claims.alive)
    finally:
        database.close()


def loose(url: str) -> list[Fault]:
    """What of the guards and indexes of a database of this schema is not as this program makes it: an upgrade makes it anew."""
    database = Database(url)
    if database.backend.in_memory or current(url) != tables.SCHEMA:
        return []
    try:
        found = database.read(lambda tx: [*database.backend.guards(tx), *database.backend.drift(tx)])
    finally:
        database.close()
    return [fault for fault in found if fault.hint == faults.REMAKE]


def pending(url: str) -> list[tuple[str, str]]:
    """(number, what it does) of each migration that the database lacks, in order; nothing is written.

    Raises as `upgrade` does.
    """
    found, newest = current(url), head()
    if found > newest:
        raise StoreNewer(url=Database(url).url, found=found, known=newest)
    scripts = ScriptDirectory.from_config(_config()).walk_revisions("base", "head")
    return [(script.revision, " ".join((script.doc or "").split())) for script in scripts if script.revision > found][::-1]


def _run(database: Database, fill: Callable[[Connection], T], check: Callable[[Connection], None]) -> T:
    made: list[T] = []

    def work(connection: Connection) -> None:
        made[:] = [_upgrade(connection, database, fill)]
        check(connection)

    database.migrate(work)
    check_schema(database)
    return made[0]


def current(url: str) -> str:
    """The migration that the database is at; '' for an empty one. Raises StoreMissing, StoreCorrupt and other StoreUnreachable."""
    database = Database(url)
    if database.backend.in_memory:
        return tables.SCHEMA
    database.backend.check_place()
    try:
        return database.schema()
    finally:
        database.close()


def head() -> str:
    """The newest migration of this program."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _upgrade(connection: Connection, database: Database, fill: Callable[[Connection], T]) -> T:
    cursor = connection.connection.cursor()
    database.backend.make_schema(cursor)
    database.backend.drop_guards(cursor)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    made = fill(connection)
    database.backend.make_guards(cursor)
    tx = Transaction(cursor, database.backend)
    _index(tx)
    wrong = [fault.message() for fault in faults.all_of(tx) if faults.stops(fault)]
    cursor.close()
    if wrong:
        raise StoreCorrupt(url=database.url, cause="; ".join(wrong[:3]))
    return made


def _index(tx: Transaction) -> None:
    """Make the indexes anew that somebody took away or made over something else."""
    made = definitions(tx.backend.dialect)
    for name in faults.lost_indexes(tx.backend.drift(tx)):
        tx.cursor.execute(f"DROP INDEX IF EXISTS {name}")
        tx.cursor.execute(made[name])

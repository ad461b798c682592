"""An office's data as one SQLite file, as it is at one moment, while others work on in it."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from storage.connect import Database, open_database
from storage.copying import Prove, copy, heads_of
from storage.sqlite import create_private
from storage.store import SqlStore
from workflow.errors import StoreCorrupt


def snapshot(url: str, file: Path, prove: Prove) -> str:
    """Write the office at `url` into a new file and prove it there; a SHA-256 over the heads of all its chains.

    SQLite copies itself (VACUUM INTO: one reading transaction, whatever is written meanwhile, and no free pages); it and
    not the backup API, which begins anew each time that another process writes. From PostgreSQL it is the program's own
    copy, in one REPEATABLE READ transaction: no tool of the server's needs to be there, and a backup of either database
    may be restored into the other.
    Raises StoreCorrupt when what was written is not in order, and other StoreUnreachable.
    """
    database = open_database(url)
    if database.backend.side_by_side:
        database.close()
        return copy(url, f"sqlite:///{file}", prove, online=True).heads
    create_private(file)
    try:
        database.copy_itself(str(file))
    finally:
        database.close()
    _keep(file)
    store = SqlStore(open_database(f"sqlite:///{file}"))
    try:
        if wrong := prove(store):
            raise StoreCorrupt(url=database.url, cause="; ".join(wrong[:3]))
        return heads_of(store)
    finally:
        store.close()


def _keep(file: Path) -> None:
    """SQLite leaves it to us that the file outlives a power cut."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(file: Path) -> None:
    """Let the database in `file` be that one file: what is in its side files goes into it."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def proved(url: str, prove: Prove) -> tuple[Sequence[str], str]:
    """What is wrong with the office at `url`, and the digest of its chains' heads."""
    store = SqlStore(Database(url))
    try:
        return prove(store), heads_of(store)
    finally:
        store.close()

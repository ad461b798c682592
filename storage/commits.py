"""Changes on their way into the database: prepared, written in one transaction, remembered."""

from collections.abc import Callable, Sequence
from typing import Concatenate

from storage import leases, writing
from storage.connect import Database, P
from storage.remembered import Remembered
from storage.transaction import Transaction
from workflow.model import Change
from workflow.ports import Lease, Stale


def commit(database: Database, files: Remembered, changes: Sequence[Change], lease: Lease | None) -> list[Stale | None]:
    """Write changes in one transaction; it gives `lease` back. A single change raises Stale; of several, the list tells which were."""
    prepared = leases.leaving([writing.prepare(change, files.known) for change in changes], lease)
    written = _written(database, files, prepared, lambda: database.write(writing.write, prepared))
    leases.left(lease, written)
    return written


def commit_soon(database: Database, files: Remembered, changes: Sequence[Change]) -> Callable[[], list[Stale | None]]:
    """The same without a lease; what is given says how it went, once the changes are on the disk."""
    prepared = [writing.prepare(change, files.known) for change in changes]
    ended = database.write_soon(writing.write, prepared)
    return lambda: _written(database, files, prepared, ended)


def _written(database: Database, files: Remembered, changes: Sequence[writing.Prepared], at_once: Callable[[], None]) -> list[Stale | None]:
    """All of them `at_once`; where one of several came late, each by itself."""
    try:
        stale = _each(database, changes, at_once)
    except Stale:
        files.forget(changes[0])
        raise
    for change, late in zip(changes, stale, strict=True):
        if late is None:
            files.follow(change)
        else:
            files.forget(change)
    return stale


def _each(database: Database, changes: Sequence[writing.Prepared], at_once: Callable[[], None]) -> list[Stale | None]:
    try:
        at_once()
    except Stale:
        if len(changes) == 1:
            raise
    except database.backend.errors as error:
        if not database.backend.collides(error):
            raise
        if len(changes) == 1:  # somebody wrote a row of the same key, and before us
            raise Stale from error
    else:
        return [None] * len(changes)
    return database.write(writing.write_each, changes)


def first(database: Database, work: Callable[Concatenate[Transaction, P], object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Write what only one may write; whether we were the one."""
    try:
        database.write(work, *args, **kwargs)
    except database.backend.errors as error:
        if database.backend.collides(error):
            return False
        raise
    return True

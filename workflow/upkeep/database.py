"""`hoso db upgrade` and `hoso db copy`."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from workflow.errors import StoreEmpty, WorkersAtWork, WrongValue, masked, naming
from workflow.model import Fault
from workflow.ports import Store
from workflow.settings import DATABASE, database_url, read_settings
from workflow.upkeep.proving import verify


class Upgraded(Struct, frozen=True, kw_only=True):
    """What an upgrade did, or would do: the schema's number before and after, and (number, meaning) of each step."""

    before: str
    after: str
    steps: tuple[tuple[str, str], ...]
    remade: tuple[Fault, ...] = ()
    """What of the guards and indexes was not as this program makes it, and is made anew."""
    workers: tuple[str, ...] = ()
    """Who is at work, and must be ended before a step."""


def upgrade(folder: Path, environ: Mapping[str, str] | None = None, *, dry_run: bool = False, new: bool = False) -> Upgraded:
    """Bring the office's store to this program's schema; with `dry_run` only look; an empty one only for a `new` office. Raises
    WorkersAtWork where there is a step to be done and somebody is at work, StoreEmpty, StoreNewer and other StoreUnreachable.
    """
    from storage import migrations

    settings = read_settings(folder, os.environ if environ is None else environ)
    url = settings.database
    with naming(settings.database_from):
        before, steps, remade = migrations.current(url), migrations.pending(url), migrations.loose(url)
        if not before and not new:
            raise StoreEmpty(url=settings.database_shown, found="none", known=migrations.head())
        workers = tuple(migrations.workers(url)) if steps else ()
        if workers and not dry_run:
            raise WorkersAtWork(workers=", ".join(workers))
        if not dry_run:
            migrations.upgrade(url)
    return Upgraded(before=before, after=migrations.head(), steps=tuple(steps), remade=tuple(remade), workers=workers)


class Copied(Struct, frozen=True, kw_only=True):
    """What was copied from where to where (as they may be shown): rows of each table, and a SHA-256 over the heads of all chains."""

    source: str
    target: str
    rows: Mapping[str, int]
    heads: str


def copy(folder: Path, to: str, environ: Mapping[str, str] | None = None) -> Copied:
    """Copy the office's store into an empty place; the office goes on with the old one until office.toml names the new one.

    Raises WrongValue, PlaceTaken, PlaceForeign, OfficeInUse, StoreUnreachable; then nothing was written.
    """
    from storage.copying import copy as move
    from storage.migrations import refuse_taken

    target = database_url(folder, to)
    if target is None:
        raise WrongValue(field="--to", value=masked(to), expected=DATABASE)
    with naming("--to"):
        refuse_taken(target)
    settings = read_settings(folder, os.environ if environ is None else environ)
    with naming(settings.database_from):
        done = move(settings.database, target, _wrong)
    return Copied(source=done.source, target=done.target, rows=done.rows, heads=done.heads)


def _wrong(store: Store) -> Sequence[str]:
    return [finding.message for finding in verify(store) if finding.level == "error"]

"""Where a restored office comes to lie: looked at before anything is written, filled in one step, or left as it was."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from workflow.errors import CannotWrite, HosoError, NotEmpty, PlaceForeign, StoreUnreachable, WrongValue, masked
from workflow.settings import DATABASE, FILE, database_url
from workflow.upkeep.backup import DATA, PRIVATE, name_database, wrong_with

_SIDES = ("", "-wal", "-shm")


class Goal(Struct, frozen=True, kw_only=True):
    """An empty place for an office: its folder, and where its cases are kept."""

    folder: Path
    was_there: bool
    """Whether the folder was, empty."""
    named: str
    """The database as office.toml names it."""
    inside: str = ""
    """The database's file within the folder; '' when it lies elsewhere, at `url`."""
    url: str = ""


def goal_of(target: Path, database: str) -> Goal:
    """The place that `hoso restore FILE DIR --database URL` means; a relative path is reckoned from DIR, as in its office.toml.

    Raises NotEmpty, WrongValue, PlaceTaken, PlaceForeign, StoreUnreachable; nothing is written.
    """
    from storage.migrations import refuse_taken
    from storage.sqlite import Sqlite

    there = os.path.lexists(target)
    if there and (not target.is_dir() or any(target.iterdir())):
        raise NotEmpty(folder=str(target))
    if not database:
        return Goal(folder=target, was_there=there, named=f"sqlite:///{DATA}", inside=DATA)
    url = database_url(target, database)
    if url is None:
        raise WrongValue(field="--database", value=masked(database), expected=DATABASE)
    if url.startswith("sqlite:"):
        file = Path(os.path.normpath(Sqlite(url).file))
        if file.is_relative_to(target):
            return Goal(folder=target, was_there=there, named=database, inside=str(file.relative_to(target)))
        url = f"sqlite:///{file}"
    refuse_taken(url)
    return Goal(folder=target, was_there=there, named=database, url=url)


@contextmanager
def workshop(goal: Goal) -> Iterator[Path]:
    """A folder on the same disk as the goal, in which the office is made; nothing of it stays, nor of what was made for it if the
    office can't be. Whatever goes wrong is told of the place that the user named.
    """
    target = goal.folder
    new = [path for path in target.parents if not os.path.lexists(path)]
    try:
        target.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".hoso-", dir=target.parent) as made:
            try:
                yield Path(made)
            except HosoError as error:
                error.facts = {key: _as_named(fact, made, target) for key, fact in error.facts.items()}
                raise
    except BaseException as error:
        for path in new:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise CannotWrite(file=str(target), cause=error.strerror or str(error)) from error
        raise


def _as_named(fact: object, made: str, target: Path) -> object:
    return fact.replace(made, str(target)) if isinstance(fact, str) else fact


def put(made: Path, goal: Goal) -> None:
    """Let the office in the folder `made`, whose cases lie in a file there, be the one at the goal: in one step, or as it was.

    Raises NotEmpty, PlaceTaken, PlaceForeign, StoreUnreachable.
    """
    if not goal.inside:
        _put_elsewhere(made, goal)
        return
    if goal.inside != DATA:
        _move_data(made, goal.inside)
    name_database(made / FILE, made / FILE, goal.named)
    _place(made, goal.folder)


def _move_data(made: Path, inside: str) -> None:
    file = made / inside
    if any(os.path.lexists(file.with_name(file.name + side)) for side in _SIDES):
        raise PlaceForeign(url=f"sqlite:///{inside}", cause="the backup has a file of this name")
    try:
        file.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise PlaceForeign(url=f"sqlite:///{inside}", cause=error.strerror or str(error)) from error
    for side in _SIDES:
        if (made / (DATA + side)).exists():
            (made / (DATA + side)).rename(file.with_name(file.name + side))


def _put_elsewhere(made: Path, goal: Goal) -> None:
    """The folder first, with its cases in a file: an office, whatever happens. Only when they are all at the other place, it names it."""
    from storage.copying import copy

    naming = goal.folder / f".{FILE}"
    name_database(made / FILE, made / naming.name, goal.named)
    _place(made, goal.folder)
    try:
        copy(f"sqlite:///{goal.folder / DATA}", goal.url, wrong_with, online=True)
        naming.replace(goal.folder / FILE)
    except BaseException:
        shutil.rmtree(goal.folder, ignore_errors=True)
        if goal.was_there:
            goal.folder.mkdir(mode=PRIVATE)
        raise
    for side in _SIDES:
        (goal.folder / (DATA + side)).unlink(missing_ok=True)


def _place(made: Path, target: Path) -> None:
    try:
        for path in (made, *made.rglob("*")):
            path.chmod(PRIVATE if path.is_dir() else 0o600)
        os.rename(made, target)  # noqa: PTH104 - in one step: there is an office, or there is none
        made.mkdir()  # for whoever made it takes it away
    except OSError as error:
        if target.is_dir() and any(target.iterdir()):
            raise NotEmpty(folder=str(target)) from error
        raise StoreUnreachable(url=str(target), cause=error.strerror or str(error)) from error

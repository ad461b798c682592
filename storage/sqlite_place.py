"""Why SQLite can't use a file where it lies, and how it may be read there all the same, without anything being written beside it."""

import os
import pwd
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from workflow.errors import Said, StoreFull, StoreReadOnly, StoreUnreachable

MOUNTED = (
    "{cause}; its disk is mounted read-only. What only reads works meanwhile. Have it mounted to be written again; "
    "where the system did this by itself, the disk has faults: look at its log first, and have a backup at hand"
)
UNSETTLED = (
    "{cause}; its disk is mounted read-only, and {file} holds what must be put in order before anything is read, which needs writing. "
    "Have the disk mounted to be written again, or copy both files together to another one"
)
MODES = "{cause}: {file} has mode {mode} and belongs to {owner}, so that you may not read and write it. As {owner}: chmod u+rw {files}"
FOLDER = (
    "{cause}: SQLite writes beside its file, and the folder {file} has mode {mode} and belongs to {owner}. As {owner}: chmod u+rwx {file}"
)
NO_ROOM = "{cause}: the disk of {file} has no room left"


def side(file: Path, end: str) -> Path:
    """A file that SQLite keeps beside its own: `-wal`, `-shm`."""
    return file.with_name(file.name + end)


def why(url: str, file: Path, cause: str) -> StoreUnreachable | None:
    """What is wrong with the place, as an error with the cause and the way out; None if nothing is to be seen there."""
    try:
        return _disk(url, file, Said(cause)) or _modes(url, file, Said(cause))
    except OSError:  # not even that may be looked at
        return None


def _disk(url: str, file: Path, cause: str) -> StoreUnreachable | None:
    disk = os.statvfs(file.parent)
    if disk.f_flag & os.ST_RDONLY:
        if _settled(file) or side(file, "-shm").exists():
            return StoreReadOnly(url=url, cause=Said(MOUNTED, cause=cause))
        return StoreReadOnly(url=url, cause=Said(UNSETTLED, cause=cause, file=side(file, "-wal")))
    if disk.f_blocks and not disk.f_bavail:
        return StoreFull(url=url, cause=Said(NO_ROOM, cause=cause, file=file))
    return None


def _modes(url: str, file: Path, cause: str) -> StoreUnreachable | None:
    there = [one for one in (file, side(file, "-wal"), side(file, "-shm")) if one.exists()]
    barred = [one for one in there if not os.access(one, os.R_OK | os.W_OK)]
    kind = StoreReadOnly if all(os.access(one, os.R_OK) for one in there) else StoreUnreachable
    if barred:
        return kind(url=url, cause=Said(MODES, cause=cause, files=" ".join(map(str, barred)), **_facts(barred[0])))
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return kind(url=url, cause=Said(FOLDER, cause=cause, **_facts(file.parent)))
    return None


def _facts(path: Path) -> dict[str, str]:
    found = path.stat()
    try:
        owner = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        owner = str(found.st_uid)
    return {"file": str(path), "mode": f"{stat.S_IMODE(found.st_mode):03o}", "owner": owner}


def _settled(file: Path) -> bool:
    """Whether all of the database is in its own file."""
    wal = side(file, "-wal")
    return not wal.exists() or wal.stat().st_size == 0


@contextmanager
def aside(file: Path, error: StoreUnreachable) -> Iterator[sqlite3.Connection]:
    """A connection that reads where nothing can be written beside the file.

    On a full disk the index of the log is kept in memory instead of a file, and the database is locked for as long: nobody else may
    use it so meanwhile. On a disk that is mounted read-only the file is read as it is, for it can't change, if no log of its own says
    more; that it did not change is looked at in the end. Raises `error` where neither is safe.
    """
    if type(error) is StoreFull:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE").close()
            yield connection
    elif type(error) is StoreReadOnly and os.statvfs(file.parent).f_flag & os.ST_RDONLY and _settled(file):
        before = _state(file)
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            yield connection
        if _state(file) != before:
            raise error
    else:
        raise error


def _state(file: Path) -> tuple[int, int, bool]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size, _settled(file)

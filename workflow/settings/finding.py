"""Where the office is: its folder, found from the one in which somebody is. Whatever the machine refuses on the way is told."""

import errno
import stat
from collections.abc import Mapping
from pathlib import Path

from workflow.errors import FolderShut, NoFolder, NoOffice

FILE = "office.toml"

_CAUSES = {
    errno.ELOOP: "its links lead back to themselves",
    errno.ENAMETOOLONG: "the name is too long",
}
LONGEST = 200
"""Letters of a folder's name that a sentence has room for."""


def find_office(start: Path | None, environ: Mapping[str, str], named: str | Path = "") -> Path:
    """The office's folder: `named`, else HOSO_OFFICE, else `start` (None: the current folder) or the nearest above it with an
    office.toml.

    Raises NoOffice when there is none, FolderShut when this login may not look, NoFolder for what can be no folder.
    """
    if chosen := str(named) or environ.get("HOSO_OFFICE", ""):
        folder = resolved(_home(chosen), start)
        if _holds(folder):
            return folder
        raise NoOffice(folder=str(folder))
    here = resolved(Path(), start)
    for folder in (here, *here.parents):
        if _holds(folder):
            return folder
    raise NoOffice(folder=str(here))


def resolved(path: Path, start: Path | None = None) -> Path:
    """`path`, reckoned from `start` (the current folder), without links. Raises NoFolder, FolderShut."""
    if not path.is_absolute():
        path = (start or _here()) / path
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # Python tells of a circle by a RuntimeError
        raise _refusal(path, error) from error


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        raise NoFolder(folder=".", cause="the folder you are in is there no more" if gone else error.strerror or "unreadable") from error


def _home(chosen: str) -> Path:
    try:
        return Path(chosen).expanduser()
    except RuntimeError as error:
        raise NoFolder(folder=chosen, cause="this machine knows no such login, or none of its home") from error


def _holds(folder: Path) -> bool:
    """Whether an office.toml is in it."""
    try:
        return stat.S_ISREG((folder / FILE).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise _refusal(folder, error) from error


def _refusal(folder: Path, error: Exception) -> FolderShut | NoFolder:
    if isinstance(error, PermissionError):
        return FolderShut(folder=str(folder))
    if isinstance(error, OSError):
        return NoFolder(folder=_short(str(folder)), cause=_CAUSES.get(error.errno or 0, error.strerror or "unreadable"))
    circle = isinstance(error, RuntimeError)
    return NoFolder(folder=_short(str(folder)), cause=_CAUSES[errno.ELOOP] if circle else "a name can't hold the character U+0000")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[:LONGEST] + "…"

"""`hoso init`."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from workflow.errors import NotEmpty, StoreUnreachable, TwoDatabases, masked
from workflow.settings import FILE, bare, database_url, office_toml, read_settings, resolved

PRIVATE = 0o700
SAMPLE = Path(__file__).parents[2] / "definitions"
"""The office that ships with the program."""


Prepare = Callable[[Path], object]
"""Makes copied definitions ready for whoever edits them."""


def init(
    folder: Path,
    *,
    practice: bool,
    environ: Mapping[str, str] | None = None,
    title: str = "",
    database: str = "",
    prepare: Prepare = lambda _: None,
) -> Path:
    """Make a new office in `folder`: settings, the sample definitions, an empty store (at the URL `database`, else where HOSO_DATABASE
    says, else in a file of the folder); office.toml names it. Raises NotEmpty, NoFolder, PlaceTaken, PlaceForeign, WrongSettings,
    TwoDatabases, StoreUnreachable.

    What was begun is taken away again when it can't be finished: there is an office, or there is none.
    """
    target = resolved(folder)
    new = [path for path in (target, *target.parents) if not os.path.lexists(path)]
    try:
        if not new and (not target.is_dir() or any(target.iterdir())):
            raise NotEmpty(folder=str(folder))
    except OSError as error:
        raise StoreUnreachable(url=str(folder), cause=error.strerror or str(error)) from None
    environ = os.environ if environ is None else environ
    given = environ.get("HOSO_DATABASE", "")
    if database and given and database_url(target, bare(database)) != database_url(target, bare(given)):
        raise TwoDatabases(typed=masked(database), given=masked(given))
    try:
        settings = office_toml(title or target.name, practice=practice, database=database or bare(given))
        _fill(target, settings, environ, prepare)
    except OSError as error:
        _take_back(target, new)
        raise StoreUnreachable(url=str(folder), cause=error.strerror or str(error)) from None
    except BaseException:
        _take_back(target, new)
        raise
    return target


def _fill(target: Path, settings: str, environ: Mapping[str, str], prepare: Prepare) -> None:
    from storage.migrations import create

    target.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    target.chmod(PRIVATE)
    (target / FILE).write_text(settings, encoding="utf-8")
    (target / "var").mkdir(mode=PRIVATE)
    shutil.copytree(SAMPLE, target / "definitions", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    prepare(target / "definitions")
    for path in [target / FILE, target / "definitions", *(target / "definitions").rglob("*")]:
        path.chmod(PRIVATE if path.is_dir() else 0o600)
    create(read_settings(target, environ).database, new=True)


def _take_back(target: Path, new: Sequence[Path]) -> None:
    """Empty the folder again, and take away those that were made for it, the innermost first."""
    for path in list(target.iterdir()) if target.is_dir() else []:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in new:
        if path.is_dir():
            path.rmdir()

"""`hoso backup` and the unpacking of what it made: an office in one file, proved after it was written.

The file is a zip archive: `manifest.json` (when, which schema, a hash of each member, a digest of the heads of all chains),
`office.toml`, `definitions/…`, and the data as one SQLite database `hoso.db`, whatever kind the office itself lies on. No
secret is in it: passwords stand in files and the environment, not in office.toml.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct

from workflow.errors import BackupUnrecorded, BackupWrong, CannotWrite, NoFile, StoreUnreachable
from workflow.plain import canonical, instant
from workflow.ports import Store
from workflow.settings import FILE, bare, read_settings
from workflow.upkeep.proving import verify

FORMAT = 1
DATA, MANIFEST, CLOCK = "hoso.db", "manifest.json", "var/clock.json"
PRIVATE = 0o700
Manifest = dict[str, Any]
"""`format`, `at`, `heads`, `files`: name → SHA-256."""
LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of a member that is no database."""


class Made(Struct, frozen=True, kw_only=True):
    """A backup: its file, its bytes' SHA-256 and number, the digest of the heads of all chains in it."""

    file: str
    sha256: str
    size: int
    heads: str


def backup(folder: Path, file: Path, now: datetime, environ: Mapping[str, str] | None = None) -> Made:
    """Write the office into a new file, as it is at one moment, and prove what was written.

    Raises CannotWrite (it is there already, no room …), StoreCorrupt for an office that is not in order, StoreUnreachable;
    then there is no file.
    """
    from storage.snapshot import settle, snapshot

    settings = read_settings(folder, os.environ if environ is None else environ)
    if os.path.lexists(file):
        raise CannotWrite(file=str(file), cause="it is there already")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.absolute().parent) as made:
            data, archive = Path(made) / DATA, Path(made) / "archive"
            heads = snapshot(settings.database, data, wrong_with)
            settle(data)
            _pack(archive, folder, data, {"format": FORMAT, "at": instant(now), "heads": heads})
            _read_again(archive)
            os.link(archive, file)  # unlike renaming, it never replaces what somebody put there meanwhile
            _keep(file.absolute().parent)
    except OSError as error:
        raise CannotWrite(file=str(file), cause=error.strerror or str(error)) from error
    return Made(file=str(file), sha256=_hash(file.open("rb")), size=file.stat().st_size, heads=heads)


@contextmanager
def unrecorded(made: Made, url: str) -> Iterator[None]:
    """For the block that puts a backup on record: what keeps it from that says nothing against the backup."""
    try:
        yield
    except StoreUnreachable as error:
        cause = error.facts.get("cause") or error.code
        raise BackupUnrecorded(file=made.file, sha256=made.sha256, size=made.size, heads=made.heads, url=url, cause=cause) from error


def wrong_with(store: Store) -> Sequence[str]:
    """What `hoso verify` finds wrong, in words; empty = nothing."""
    return [finding.message for finding in verify(store) if finding.level == "error"]


def _pack(archive: Path, folder: Path, data: Path, facts: Mapping[str, object]) -> None:
    members = {name: path for name, path in _members(folder) if path.is_file()} | {DATA: data}
    manifest = {**facts, "files": {name: _hash(path.open("rb")) for name, path in sorted(members.items())}}
    with os.fdopen(os.open(archive, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(MANIFEST, canonical(manifest))
            for name, path in sorted(members.items()):
                packed.write(path, name)
        out.flush()
        os.fsync(out.fileno())


def _members(folder: Path) -> Iterator[tuple[str, Path]]:
    yield FILE, folder / FILE
    yield CLOCK, folder / CLOCK
    for path in sorted((folder / "definitions").rglob("*")):
        yield path.relative_to(folder).as_posix(), path


def _hash(opened: Any) -> str:
    with opened:
        return str(hashlib.file_digest(opened, "sha256").hexdigest())


def _keep(folder: Path) -> None:
    """Let the file's name outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---- reading one -----------------------------------------------------------------------------------------------------


_DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError, NotImplementedError)


def _read_again(archive: Path) -> Manifest:
    """A backup's manifest, every member having been read and found as it was written. Raises BackupWrong."""
    try:
        with zipfile.ZipFile(archive) as packed:
            manifest = _manifest(packed)
            for name, hash_ in manifest["files"].items():
                if _hash(packed.open(name)) != hash_:
                    raise BackupWrong(file=str(archive), cause=f"{name} is not as it was written")
            return manifest
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise BackupWrong(file=str(archive), cause="it is no backup of hoso's, or a damaged one") from error
    except OSError as error:
        raise NoFile(file=str(archive), cause=error.strerror or str(error)) from error


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    manifest = json.loads(packed.read(MANIFEST))
    names = set(manifest["files"])
    if manifest["format"] != FORMAT or set(packed.namelist()) != names | {MANIFEST} or not {DATA, FILE} <= names:
        raise ValueError(MANIFEST)
    for name in names - {DATA}:
        path = PurePosixPath(name)
        inside = path.parts[0] == "definitions" or name in {FILE, CLOCK}
        if not inside or path.is_absolute() or ".." in path.parts or "\\" in name or packed.getinfo(name).file_size > LARGEST_TEXT:
            raise ValueError(name)
    return {str(key): value for key, value in manifest.items()}


@contextmanager
def unpacked(file: Path) -> Iterator[tuple[Path, Manifest]]:
    """A folder with the office of a backup, for the block alone, and the backup's manifest. Raises as `unpack` does."""
    with tempfile.TemporaryDirectory(prefix=".hoso-") as made:
        yield Path(made), unpack(file, Path(made))


def unpack(file: Path, folder: Path) -> Manifest:
    """Make the office of a backup in an empty folder, its cases in a file there; the backup's manifest. All is proved: the file, the
    data, the heads of its chains.

    Raises BackupWrong, NoFile, StoreNewer, StoreCorrupt, CannotWrite.
    """
    manifest = _read_again(file)
    try:
        _unpack(file, folder, manifest)
    except OSError as error:
        raise CannotWrite(file=str(folder), cause=error.strerror or str(error)) from error
    _prove(file, folder, manifest)
    return manifest


def _unpack(file: Path, folder: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(file) as packed:
        for name in manifest["files"]:
            target = folder / name
            target.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            with packed.open(name) as source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(source, out)
    (folder / "var").mkdir(mode=PRIVATE, exist_ok=True)


def _prove(file: Path, folder: Path, manifest: Manifest) -> None:
    from storage import migrations
    from storage.snapshot import proved

    url = f"sqlite:///{folder / DATA}"
    migrations.upgrade(url)
    wrong, heads = proved(url, wrong_with)
    if wrong or heads != manifest["heads"]:
        raise BackupWrong(file=str(file), cause="; ".join(wrong[:3]) or "the heads of its chains are not those that it tells")
    name_database(folder / FILE, folder / FILE, f"sqlite:///{DATA}")


def name_database(file: Path, to: Path, database: str) -> None:
    """Write an office.toml that names this database and no other: the one that it named may be at work still."""
    text = re.sub(r"(?m)^[ \t]*database[ \t]*=.*\n?", "", file.read_text(encoding="utf-8"))
    to.write_text(f"database = {json.dumps(bare(database))}\n{text}", encoding="utf-8")

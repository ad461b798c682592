"""A real disk that is full or can only be read, where this machine lets a test mount one."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """A small file system of its own, mounted on `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave no room."""
        with (self.folder / ".ballast").open("ab", buffering=0) as out:
            for size in (2**20, 4096, 1):
                with _until_full():
                    while True:
                        out.write(b"\0" * size)

    def empty(self) -> None:
        """Make room again."""
        (self.folder / ".ballast").unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """For the block, nothing on it can be written, whoever tries."""
        _mount("-o", "remount,ro", str(self.folder))
        try:
            yield
        finally:
            _mount("-o", "remount,rw", str(self.folder))


@contextmanager
def _until_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, mebibytes: int = 16) -> Iterator[Disk]:
    """A disk of this size. Skips the test where none may be mounted: what it tries is tried in a second way beside it."""
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "none", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk may be mounted here: {error}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def listing(folder: Path) -> list[str]:
    """Every file below a folder, but for what filled the disk."""
    return sorted(os.path.relpath(path, folder) for path in folder.rglob("*") if path.name != ".ballast")

"""Files written for somebody: whole or not at all. On a full disk, with an error, after a crash the old file is there, or none."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from workflow.errors import CannotWrite

PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
THERE = "it is there already"
OR_FORCE = "it is there already; --force writes over it"
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}


def write_whole(file: Path, content: bytes, *, over: bool = True, folders: bool = False, taken: str = THERE) -> None:
    """Write one file; `folders`: those that are missing above it are made. Over one that is there only with `over`: it keeps who may
    read it; a link keeps leading to it; what is no file (a device, a pipe) is simply written to.

    Raises CannotWrite; then everything is as it was. `taken` is the cause that is told where the file is there.
    """
    write_all({file: content}, over=over, folders=folders, taken=taken)


def write_all(files: Mapping[Path, bytes], *, over: bool = True, folders: bool = False, taken: str = THERE) -> None:
    """Write several files, all of them or none, as `write_whole` does."""
    made: list[Path] = []
    put: list[Path] = []
    with _untouched(made, put):
        beside = [(file, *_beside(file, content, made, folders=folders, taken="" if over else taken)) for file, content in files.items()]
        for file, new, target in beside:
            with telling(file):
                if new == target:
                    _stream(target, files[file])
                elif over:
                    os.replace(new, target)  # noqa: PTH105 - atomic
                else:
                    _link(file, new, target, taken)
                    put.append(target)


def write_folder(folder: Path, files: Mapping[str, bytes], *, taken: str = THERE) -> None:
    """Write a new folder with these files, their names relative to it. Raises CannotWrite; then there is no folder."""
    from tempfile import TemporaryDirectory  # daily commands write no folders

    if os.path.lexists(folder):
        raise CannotWrite(file=str(folder), cause=taken)
    with telling(folder):
        folder.mkdir(PRIVATE_FOLDER)
        try:
            with TemporaryDirectory(prefix=".hoso-", dir=folder.parent, ignore_cleanup_errors=True) as made:
                for name, content in files.items():
                    (Path(made) / name).parent.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
                    _keep(Path(made) / name, content, PRIVATE)
                os.rename(made, folder)  # noqa: PTH104 - over the empty one, in one step
        except BaseException:
            with suppress(OSError):
                folder.rmdir()
            raise


@contextmanager
def telling(file: Path) -> Iterator[None]:
    """What the system says of a file, as an error of the program."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(file=str(file), cause=error.strerror or str(error)) from error


@contextmanager
def _untouched(made: list[Path], put: list[Path]) -> Iterator[None]:
    """Take away what was `made` on the way (files beside, folders), and, if all can't be done, what was `put` in its place."""
    done = False
    try:
        yield
        done = True
    finally:
        for path in reversed(made if done else [*made, *put]):
            with suppress(OSError):
                if not path.is_dir():
                    path.unlink()
                elif not done:
                    path.rmdir()


def _beside(file: Path, content: bytes, made: list[Path], *, folders: bool, taken: str) -> tuple[Path, Path]:
    """A new file with the content beside the one that is meant, and what that is; the same twice for what can only be written to."""
    with telling(file):
        if taken and os.path.lexists(file):
            raise CannotWrite(file=str(file), cause=taken)
        target = file.resolve()
        if target.exists() and not target.is_file() and not target.is_dir():
            return target, target
        for folder in reversed([one for one in target.parents if folders and not one.exists()]):
            folder.mkdir(PRIVATE_FOLDER)
            made.append(folder)
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        mode = target.stat().st_mode & 0o777 if target.exists() else PRIVATE
        new = target.with_name(f".hoso-{os.urandom(8).hex()}")
        made.append(new)
        _keep(new, content, mode)
        return new, target


def _keep(new: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as out:
        os.fchmod(out.fileno(), mode)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())  # some disks find out only now that they are full


def _link(file: Path, new: Path, target: Path, taken: str) -> None:
    """Unlike renaming, it never replaces what somebody put there meanwhile; where there are no links, as near to that as can be."""
    try:
        os.link(new, target)
    except FileExistsError:
        raise CannotWrite(file=str(file), cause=taken) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise CannotWrite(file=str(file), cause=taken) from None
        new.rename(target)


def _stream(target: Path, content: bytes) -> None:
    with target.open("wb") as out:
        out.write(content)

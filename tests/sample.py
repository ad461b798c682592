"""The sample office of most tests: three of the procedures that ship, which have in them whatever the language can say.

All of them in each test's office would make every test slower and none better; those that ship are tried in tests/definitions.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import workflow

SHIPPED = Path(workflow.__file__).parent.parent / "definitions"
THREE = ("annual_report", "incident", "opinion")
BESIDE = ("organisation.yaml", "calendar.yaml", "document-types.yaml")


def keep_three(definitions: Path) -> None:
    """Take the other procedures out of an office's definitions."""
    keep(definitions, *THREE)


def keep(definitions: Path, *processes: str) -> None:
    """Take all procedures but these out of an office's definitions."""
    for path in definitions.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in processes:
            shutil.rmtree(path)
        elif path.is_file() and path.name not in BESIDE:
            path.unlink()


@contextmanager
def without_scenarios(definitions: Path) -> Iterator[None]:
    """Put the scenarios aside meanwhile."""
    aside = {folder: definitions.parent / folder.parent.name for folder in definitions.glob("*/scenarios")}
    for folder, place in aside.items():
        folder.rename(place)
    yield
    for folder, place in aside.items():
        place.rename(folder)


def three(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same of files by their paths."""
    return {path: content for path, content in files.items() if path in BESIDE or path.split("/")[0] in THREE}

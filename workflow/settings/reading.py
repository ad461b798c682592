"""One TOML table read key by key: each value checked, what is left over told."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from workflow.errors import FolderShut, NoOffice
from workflow.settings.wrong import NoSetting, NoSuchSetting, NoToml, WrongSetting

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""An e-mail address that every mail server takes: ASCII, without quotes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours of the day in which notices that are not urgent wait: from `start` to `end`, over midnight if need be."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """Whether the local time `at` lies in it; `end` itself does not."""
        return self.start <= at < self.end if self.start <= self.end else at >= self.start or at < self.end


def load(file: Path) -> dict[str, Any]:
    """The file's whole table. Raises NoOffice when it is not there, FolderShut when this login may not read it, NoToml when it is none."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoOffice(folder=str(file.parent)) from None
    except PermissionError as error:
        raise FolderShut(folder=str(file)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoToml(file=str(file), cause=getattr(error, "strerror", None) or str(error)) from error


class Table:
    """One TOML table being read: which keys were asked for, so that those left over are told."""

    def __init__(self, file: Path, data: dict[str, Any], prefix: str = "") -> None:
        self.file, self._data, self._prefix = str(file), data, prefix
        self._known: list[str] = []

    def take(self, key: str, read: Callable[[Any], T], *default: T) -> T:
        """The checked value of `key`; the default if it is not there."""
        self._known.append(key)
        if key not in self._data:
            if not default:
                raise NoSetting(file=self.file, key=self._prefix + key)
            return default[0]
        try:
            return read(self._data[key])
        except Unfit as unfit:
            raise WrongSetting(
                file=self.file, key=self._prefix + key, value=self._data[key], expected=unfit.expected, limits=unfit.limits
            ) from None

    def inner(self, key: str, default: dict[str, Any]) -> "Table":
        """The table under `key`."""
        return Table(Path(self.file), self.take(key, table, default), f"{self._prefix}{key}.")

    def done(self, also: tuple[str, ...] = ()) -> None:
        """Refuse the keys that nobody asked for."""
        known = sorted({*self._known, *also})
        for key in self._data:
            if key not in known:
                raise NoSuchSetting(file=self.file, key=self._prefix + key, known=[self._prefix + one for one in known])


class Unfit(Exception):
    """A value that its key can't have; `expected` as WrongSetting's."""

    def __init__(self, expected: str, **limits: object) -> None:
        super().__init__(expected)
        self.expected, self.limits = expected, limits


def any_text(value: Any) -> str:
    """Any text, the empty one too."""
    if not isinstance(value, str):
        raise Unfit("a text in quotes")
    return value


def text(value: Any) -> str:
    """A text with something in it."""
    if not any_text(value).strip():
        raise Unfit("a text that is not empty")
    return cast("str", value).strip()


def table(value: Any) -> dict[str, Any]:
    """A table."""
    if not isinstance(value, dict):
        raise Unfit("a table, as in docs/reference/office.md")
    return value


def yes_no(value: Any) -> bool:
    """A yes or no: `true` or `false`."""
    if not isinstance(value, bool):
        raise Unfit("true or false, without quotes")
    return value


def number(least: int, most: int) -> Callable[[Any], int]:
    """A whole number between two others, both included."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Unfit("a whole number from {least} to {most}", least=least, most=most)
        return value

    return read


def one_of(*words: str) -> Callable[[Any], str]:
    """One of these words."""

    def read(value: Any) -> str:
        if value not in words:
            raise Unfit("one of: {words}", words=", ".join(words))
        return cast("str", value)

    return read


def zone(value: Any) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(text(value))
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError; a folder's name is an OSError
        raise Unfit("the name of a time zone, as Asia/Ho_Chi_Minh") from None


def clock_time(value: str) -> time:
    """A time of day, `17:30`."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise Unfit("a time of day, as 17:30")
    return time.fromisoformat(value)


def quiet(value: Any) -> Quiet | None:
    """Two times of day, `17:30-07:00`; None for an empty text."""
    start, dash, end = any_text(value).replace(" ", "").partition("-")
    if not (start or dash):
        return None
    try:
        return Quiet(start=clock_time(start), end=clock_time(end))
    except Unfit:
        raise Unfit('two times of day, as 17:30-07:00, or "" for none') from None


def day_end(value: Any) -> time | None:
    """When a day ends; None = 24:00."""
    return None if value == "24:00" else clock_time(any_text(value))


def address(value: Any) -> str:
    """An e-mail address in ASCII."""
    if not ADDRESS.fullmatch(any_text(value)):
        raise Unfit("an e-mail address in plain letters, as hoso@example.vn")
    return cast("str", value)

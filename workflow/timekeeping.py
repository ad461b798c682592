"""Clocks: the machine's, a practice office's (moved by `hoso clock`), and one that stands still until it is set."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from workflow.errors import CannotWrite, ClockStuck, NoFile
from workflow.filing import write_whole
from workflow.sharing import let_group_in


class SystemClock:
    """The machine's clock: the only place that reads it."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may


class NeverBefore:
    """A clock that never stands before what is on record: one that ran ahead, and was set right, stands still until it is past that.

    `recorded` is asked at the first look, and where the clock went back.
    """

    def __init__(self, clock: "SystemClock | SetClock", recorded: Callable[[], datetime | None]) -> None:
        self._clock, self._recorded = clock, recorded
        self._last: datetime | None = None
        self._floor: datetime | None = None

    def now(self) -> datetime:
        """The present, or the moment on record that it has not come to again."""
        now = self._clock.now()
        if self._last is None or now < self._last:
            self._floor = self._recorded()
        self._last = now
        return now if self._floor is None else max(now, self._floor)


class SetClock(Struct):
    """Stands still at `at` until somebody sets it: for scenarios, simulations and tests."""

    at: datetime

    def now(self) -> datetime:
        """The time that it was set to."""
        return self.at


class PracticeClock(Struct, frozen=True):
    """The machine's clock and a shift kept in `file`, the same for every command of the office."""

    file: Path

    def now(self) -> datetime:
        """The present of the practice office, aware, in UTC."""
        return SystemClock().now() + self.shift()

    def shift(self) -> timedelta:
        """How far it was moved ahead so far. Raises NoFile for a file that can't be read."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return timedelta(seconds=kept["seconds"])
        except FileNotFoundError:
            return timedelta()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoFile(file=str(self.file), cause=getattr(error, "strerror", None) or "it is damaged") from error

    def move_to(self, moment: datetime) -> None:
        """Set it to `moment`; it goes on running from there. The file is replaced whole, so that a crash can't halve it.

        Raises ClockStuck; then it stays as it was.
        """
        seconds = (moment - SystemClock().now()).total_seconds()
        try:
            new = [path for path in (self.file.parent, self.file) if not path.exists()]
            write_whole(self.file, json.dumps({"seconds": seconds}).encode(), folders=True)
            let_group_in(*new)
        except CannotWrite as error:
            raise ClockStuck(**error.facts) from error

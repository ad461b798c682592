"""Clocks: the machine's, a practice office's (moved by `hoso clock`), and one that stands still until it is set."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct


class SystemClock:
    """The machine's clock: the only place that reads it."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may


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
        """How far it was moved ahead so far."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return timedelta()
        return timedelta(seconds=kept["seconds"])

    def move_to(self, moment: datetime) -> None:
        """Set it to `moment`; it goes on running from there. The file is replaced whole, so that a crash can't halve it."""
        seconds = (moment - SystemClock().now()).total_seconds()
        new = self.file.with_suffix(".new")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump({"seconds": seconds}, out)
        os.replace(new, self.file)  # noqa: PTH105 - atomic

"""A practice office in a folder, deployed once a test session and copied for each test; its clock is set by the test."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.compose import LocalOffice, open_office
from workflow.timekeeping import SetClock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> datetime:
    """A local time of the office, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class Place:
    """An office's folder and the clock that tests set."""

    folder: Path
    clock: SetClock

    def office(self) -> LocalOffice:
        return open_office(self.folder, clock=self.clock, environ={})

    def set(self, text: str) -> None:
        self.clock.at = at(text)


def copied(source: Path, target: Path) -> Place:
    shutil.copytree(source, target)
    return Place(folder=target, clock=SetClock(at("2026-11-20 09:00")))


INCIDENT = {"issue": "Người dân phản ánh mùi khó chịu từ cơ sở tái chế", "area": "môi trường", "commune": "Nam Giang"}


def in_children(count: int, work: Callable[[int], int]) -> list[int]:
    """Run `work` in so many processes at once (forked, so that imports are paid for once); their exit codes."""
    children = []
    go_read, go_write = os.pipe()
    for index in range(count):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(go_write)
                os.read(go_read, 1)  # all begin when the parent closes its end
                code = work(index)
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            except BaseException as error:
                print(f"child {index}: {error!r}", file=sys.stderr)
            finally:
                os._exit(code)
        children.append(child)
    os.close(go_read)
    os.close(go_write)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]

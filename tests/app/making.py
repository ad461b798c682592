"""A practice office in a folder, deployed once a test session and copied for each test; its clock is set by the test."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from workflow.answers import Done
from workflow.compose import LocalOffice, open_office
from workflow.model import Upload
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
    database: str = ""
    """Its URL; '' = the file in the folder."""

    @property
    def environ(self) -> dict[str, str]:
        return {"HOSO_DATABASE": self.database} if self.database else {}

    def office(self) -> LocalOffice:
        return open_office(self.folder, clock=self.clock, environ=self.environ)

    def set(self, text: str) -> None:
        self.clock.at = at(text)


def copied(source: Path, target: Path) -> Place:
    shutil.copytree(source, target)
    return Place(folder=target, clock=SetClock(at("2026-11-20 09:00")))


def served(place: Place, url: str) -> Place:
    """The same office, its file's rows in an empty office on PostgreSQL."""
    from tests.postgres import pour

    pour(place.folder / "hoso.db", url)
    (place.folder / "hoso.db").unlink()
    return Place(folder=place.folder, clock=place.clock, database=url)


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


# ---- the sample office's people, and what they do --------------------------------------------------------------------

CLERK, SPECIALIST, HEAD = "van-thu-btg", "chuyen-vien-btg", "truong-ban-btg"
COUNTERPART, BOARD, OUTSIDER, OBSERVER = "pho-chu-tich-hdnd", "bi-thu", "van-thu-mttq", "theo-doi-vp"

STEPS: dict[str, tuple[str, dict[str, object], str]] = {
    "screen": (SPECIALIST, {"urgency": "normal", "authority": "btg"}, "Thuộc phạm vi"),
    "assess": (SPECIALIST, {"facts": "UBND xã đã đo: vượt ngưỡng 1,5 lần"}, ""),
    "draft_plan": (SPECIALIST, {"plan": "Thông tin trên đài truyền thanh xã trong tuần"}, ""),
    "agree": (COUNTERPART, {}, ""),
    "submit": (HEAD, {}, ""),
    "approve": (BOARD, {"decision": "Đồng ý phương án"}, ""),
    "close": (HEAD, {"result": "Cơ sở đã dừng hoạt động"}, ""),
}
"""The incident's straight way: action → who, with what, with which note."""

OPINION: dict[str, object] = {
    "draft_title": "Nghị quyết về hỗ trợ thiết chế văn hóa cơ sở",
    "draft": Upload(name="du-thao.txt", content="Điều 1. …".encode()),
    "session_date": "2026-12-25",
    "drafter": "phong-vhtt",
    "consulted": ["btg", "mttq", "xa-nam-giang"],
}
HEADS = {"btg": HEAD, "mttq": "chu-tich-mttq", "xa-nam-giang": "chu-tich-nam-giang"}


def incident(office: LocalOffice, *actions: str, **others: Any) -> str:
    """A new incident, and what is done to it; its number."""
    number = office.open("incident", actor=CLERK, fields={**INCIDENT, **others}).case
    for action in actions:
        step(office, number, action)
    return number


def step(office: LocalOffice, number: str, action: str, **options: Any) -> Done:
    """One of `STEPS`."""
    actor, fields, note = STEPS[action]
    return office.advance(number, action, actor=actor, fields=fields, note=note, **options)


def consulting(office: LocalOffice) -> str:
    """A draft resolution that three units are asked about; its number."""
    number = office.open("opinion", actor="van-thu-vp", fields=OPINION).case
    office.advance(number, "ask", actor=COUNTERPART)
    return number


def dump(place: Place) -> list[str]:
    """All that the office's database holds, a line a row; how many turns at a series were taken is no matter of record."""
    if place.database:
        from tests.postgres import rows

        return [f'INSERT INTO "{table}" {row}' for table, found in rows(place.database).items() if table != "turn" for row in found]
    found = sqlite3.connect(place.folder / "hoso.db")
    try:
        return [line for line in found.iterdump() if "VALUES('turn'" not in line]
    finally:
        found.close()


def change_definitions(place: Place, file: str, *pairs: tuple[str, str]) -> None:
    """Edit a file of the definitions; each text to be replaced must stand there."""
    path = place.folder / "definitions" / file
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def no_scenarios(place: Place) -> None:
    """Take the scenarios away: they test the definitions as shipped."""
    for folder in (place.folder / "definitions").glob("*/scenarios"):
        shutil.rmtree(folder)


# ---- children that write papers --------------------------------------------------------------------------------------

FRESH = get_context("forkserver")
FRESH.set_forkserver_preload(
    [
        "pytest",
        "tests.app.victims",
        "storage.postgres",
        "workflow.worker",
        "workflow.schedule",
        "jinja2.sandbox",
        "docx",
        "typst",
        "lxml.etree",
    ]
)
"""What a child would import before it does anything: a second for each of them, once here."""


def in_fresh_children(count: int, work: Callable[..., object], *args: object) -> list[int]:
    """Run `work(index, *args)` in so many processes at once, forked from one that never wrote a .pdf: typst's threads
    don't come along into a fork. `work` and `args` are pickled. Their exit codes; 0 = it came to its end.
    """
    barrier = FRESH.Barrier(count)
    children = [FRESH.Process(target=_at_once, args=(barrier, work, index, *args)) for index in range(count)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
        if child.exitcode is None:
            child.kill()
            child.join()
    codes = [child.exitcode or 0 for child in children]
    for child in children:
        child.close()
    return codes


def _at_once(barrier: Any, work: Callable[..., object], index: int, *args: object) -> None:
    barrier.wait(30)
    work(index, *args)

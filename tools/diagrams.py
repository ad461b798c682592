"""Draw the pictures that stand in docs/pictures: the procedures that ship, and a case on its way; the same bytes each time.

python tools/diagrams.py [FOLDER]
"""

import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.compose import LocalOffice, open_office
from workflow.timekeeping import SetClock
from workflow.upkeep.making import init

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WAY = (
    ("2026-11-20 16:00", "chuyen-vien-btg", "screen", {"urgency": "normal", "authority": "btg"}, "Thuộc phạm vi"),
    ("2026-11-25 10:00", "chuyen-vien-btg", "assess", {"facts": "Đã đo: vượt ngưỡng"}, ""),
    ("2026-11-27 09:30", "chuyen-vien-btg", "draft_plan", {"plan": "Thông tin trên đài truyền thanh xã"}, ""),
    ("2026-11-30 14:00", "pho-chu-tich-hdnd", "return", {}, "Nêu rõ cơ quan phát ngôn"),
    ("2026-12-01 08:30", "chuyen-vien-btg", "draft_plan", {"plan": "Thông tin trên đài; Ủy ban nhân dân xã phát ngôn"}, ""),
)
FIELDS = {"issue": "Người dân phản ánh mùi khó chịu từ cơ sở tái chế", "area": "môi trường", "commune": "Nam Giang"}


def at(text: str) -> datetime:
    """A local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def travelled(office: LocalOffice, clock: SetClock) -> str:
    """A case that went a part of its way."""
    number = office.open("incident", actor="van-thu-btg", fields=FIELDS).case
    for time, actor, action, fields, note in WAY:
        clock.at = at(time)
        office.advance(number, action, actor=actor, fields=fields, note=note)
    clock.at = at("2026-12-02 09:00")
    return number


def draw(folder: Path) -> list[Path]:
    """Write all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        clock = SetClock(at("2026-11-20 08:00"))
        init(Path(made) / "office", practice=True, environ={})
        for scenarios in (Path(made) / "office/definitions").glob("*/scenarios"):
            shutil.rmtree(scenarios)
        office = open_office(Path(made) / "office", clock=clock, environ={})
        office.deploy()
        pictures = {f"{key}.svg": office.diagram(key) for key in office.definitions.in_use()}
        pictures["case.svg"] = office.diagram("", case=travelled(office, clock), actor="truong-ban-btg")
    for name, text in pictures.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in pictures]


if __name__ == "__main__":
    for file in draw(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs/pictures"):
        print(file)

"""How much of each room the tests run through, against its floor; reads coverage's JSON report.

    python tools/floors.py REPORT.json

The engine and the language are the rules themselves: every line and every branch. Elsewhere a floor keeps a room from
sinking; raise it when the room is above it for good.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

FLOORS = {
    "workflow/engine/": 100.0,
    "workflow/language/": 100.0,
    "workflow/authoring/": 90.0,
    "workflow/console/": 85.0,
    "workflow/documents/": 90.0,
    "workflow/senders/": 95.0,
    "workflow/": 90.0,
    "storage/": 90.0,
    "cli.py": 85.0,
}
"""Path → the least share of lines and branches together, in percent; the longest path that fits a file holds."""


@dataclass(slots=True)
class Room:
    """What was counted in one room."""

    points: int = 0
    covered: int = 0
    gaps: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.points if self.points else 100.0


def room_of(file: str) -> str | None:
    """The room of FLOORS that a file belongs to."""
    return max((room for room in FLOORS if file.startswith(room)), key=len, default=None)


def rooms(report: dict) -> dict[str, Room]:
    """Each room's count over its files."""
    found = {room: Room() for room in FLOORS}
    for file, data in sorted(report["files"].items()):
        if room := room_of(file):
            add(found[room], file, data)
    return found


def add(room: Room, file: str, data: dict) -> None:
    """Count one file of coverage's report into its room."""
    summary = data["summary"]
    room.points += summary["num_statements"] + summary["num_branches"]
    room.covered += summary["covered_lines"] + summary["covered_branches"]
    missing = [str(line) for line in data["missing_lines"]]
    missing += [f"{start}→{end}" for start, end in data["missing_branches"] if start not in data["missing_lines"]]
    if missing:
        room.gaps.append(f"    {file}: {', '.join(missing)}")


def main(path: str) -> int:
    """Print the table; 1 if a room is below its floor."""
    low = 0
    for name, room in rooms(json.loads(Path(path).read_text(encoding="utf-8"))).items():
        below = room.percent < FLOORS[name]
        low += below
        print(f"{name:24} {room.percent:6.2f} %   floor {FLOORS[name]:5.1f} %{'   TOO LOW' if below else ''}")
        if below:
            print("\n".join(room.gaps))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

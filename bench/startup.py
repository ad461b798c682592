"""How fast the command line starts, as ratios to bare imports in the same run (CPU time of whole processes, median).

Bars: `inbox`, `show` and `do` without documents ≤ 1.7 × `import sqlalchemy`; `hoso --help` ≤ 2 × `import click`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

RUNS = 15
HOSO = [sys.executable, "-c", "from cli import main; main()"]


def seconds(command: list[str]) -> float:
    """CPU seconds of one run of a command, its children included."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(commands: dict[str, list[str]]) -> dict[str, float]:
    """The median of each command, taken in turn so that all meet the same weather."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(RUNS + 1):
        for name, command in commands.items():
            spent = seconds(command)
            if turn:  # the first is the warm-up
                found[name].append(spent)
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> int:
    folder = Path(tempfile.mkdtemp()) / "office"
    subprocess.run([*HOSO, "init", str(folder), "--practice"], check=True, stdout=subprocess.DEVNULL)
    os.environ["HOSO_OFFICE"] = str(folder)
    subprocess.run([*HOSO, "deploy"], check=True, stdout=subprocess.DEVNULL)
    sets = ["--set", "issue=Người dân phản ánh mùi khó chịu từ cơ sở tái chế", "--set", "area=khác", "--set", "commune=Nam Giang"]
    subprocess.run([*HOSO, "open", "incident", "--as", "clerk.btg", *sets], check=True, stdout=subprocess.DEVNULL)
    case = subprocess.run([*HOSO, "list", "--json", "--as", "leader.btg"], check=True, capture_output=True, text=True).stdout
    number = "001/" + case.split("001/")[1].split('"')[0]
    do = ["do", number, "cancel", "--as", "leader.btg", "--note", "x", "--dry-run"]
    taken = medians(
        {
            "import sqlalchemy": [sys.executable, "-c", "import sqlalchemy"],
            "inbox": [*HOSO, "inbox", "--as", "leader.btg"],
            "show": [*HOSO, "show", number, "--as", "leader.btg"],
            "do": [*HOSO, *do],
            "import click": [sys.executable, "-c", "import click"],
            "--help": [*HOSO, "--help"],
        }
    )
    wrong = 0
    for name, floor, bar in (
        ("inbox", "import sqlalchemy", 1.7),
        ("show", "import sqlalchemy", 1.7),
        ("do", "import sqlalchemy", 1.7),
        ("--help", "import click", 2.0),
    ):
        ratio = taken[name] / taken[floor]
        wrong += ratio > bar
        print(f"hoso {name:8} {taken[name] * 1000:6.0f} ms  = {ratio:.2f} x {floor} (bar {bar})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

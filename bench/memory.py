"""How much memory a worker holds, and whether it grows: `python bench/memory.py [ACTS]` (100,000; SMALL=1: 400), SQLite.

`hoso worker` as it is started by staff, in a process of its own, fires one rung of each of so many cases, tells their handler and
delivers what it told; from outside, its resident memory is looked at. Bars: at most 120 MiB at the end, and no growth: what it holds
at the end is at most 8 MiB more than what it held after the first fifth.
"""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.deadlines import office_with  # noqa: E402 - the project is found first

BAR, GROWTH = 120.0, 8.0
SMALL = 400
LONGEST = 4 * 3600
"""Seconds after which the bench gives up."""


def mib(process: int) -> tuple[float, float]:
    """(resident now, the most so far) of a process, MiB."""
    text = Path(f"/proc/{process}/status").read_text()
    found = {name: int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "VmHWM")}  # type: ignore[index] - Linux
    return found["VmRSS"], found["VmHWM"]


def fired(connection: sqlite3.Connection) -> int:
    """How many rungs were fired so far: each makes its deadline's row unfit for the index of those to come."""
    (left,) = connection.execute("SELECT count(*) FROM deadline WHERE status = 'running' AND next_at IS NOT NULL").fetchone()
    return int(left)


def main(acts: int) -> int:
    from workflow.timekeeping import SystemClock

    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name) / "office"
        due = datetime.fromtimestamp(time.time(), UTC) - timedelta(minutes=1)  # noqa: TID251 - the worker looks at the real time
        office_with(folder, acts, acts, SystemClock(), [due] * acts)
        seen: list[tuple[int, float, float]] = []
        environ = {**os.environ, "HOSO_OFFICE": str(folder), "PYTHONPATH": str(ROOT)}
        worker = subprocess.Popen([sys.executable, "-c", "import cli; cli.main()", "worker"], env=environ, stdout=subprocess.DEVNULL)
        connection = sqlite3.connect(folder / "hoso.db", timeout=30)
        whole, until = fired(connection), time.monotonic() + LONGEST
        used = 0.0
        try:
            while worker.poll() is None and time.monotonic() < until:
                done = whole - fired(connection)
                seen.append((done, *mib(worker.pid)))
                if done >= acts - 1:  # the case that the others were copied from is due in five days
                    break
                time.sleep(0.05 if acts <= SMALL else 2)
            time.sleep(3)  # what was told is delivered
            seen.append((whole - fired(connection), *mib(worker.pid)))
            used = sum(map(int, Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        finally:
            worker.terminate()
            worker.wait(60)
        (told, sent) = connection.execute(
            "SELECT (SELECT count(*) FROM notice), (SELECT count(*) FROM message WHERE state = 'sent')"
        ).fetchone()
        connection.close()
    return report(acts, seen, used, told, sent)


def report(acts: int, seen: list[tuple[int, float, float]], used: float, told: int, sent: int) -> int:
    """Print what was seen; 1 if a bar is missed."""
    for share in (0, 20, 40, 60, 80, 100):
        done, resident, _ = next((one for one in seen if one[0] * 100 >= share * (acts - 1)), seen[-1])
        print(f"memory: after {done:>7,} acts {resident:6.1f} MiB")
    early = max(resident for done, resident, _ in seen if done * 5 <= acts)
    done, late, most = seen[-1]
    rate = done / used if used else 0
    print(f"memory: {done:,} acts ({told:,} notices, {sent} messages) in {used:.0f} s of the processor ({rate:.0f} a second of it)")
    print(
        f"memory: {late:.1f} MiB at the end, {most:.1f} at most (bar {BAR:.0f}); grown by {late - early:+.1f} since the first fifth (bar {GROWTH:.0f})"
    )
    return int(done < acts - 1 or most > BAR or late - early > GROWTH)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SMALL if os.environ.get("SMALL") else 100_000))

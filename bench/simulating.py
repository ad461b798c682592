"""How fast a crowd of cases is simulated, on all the machine's processors: `python bench/simulating.py [CASES]`.

Bar: 1,000 cases in 10 s.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from workflow.authoring.definitions import compile_definitions  # noqa: E402 - the project is found first
from workflow.simulate.assumed import Assumed  # noqa: E402
from workflow.simulate.running import Wish, simulate  # noqa: E402
from workflow.simulate.world import Ground  # noqa: E402

BAR = 10
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 20, 2, tzinfo=UTC)


def spent_here() -> float:
    """The processor's time, of this process and of those that it began and that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main(cases: int = 1_000) -> None:
    root = ROOT / "definitions"
    paths = [path for path in sorted(root.rglob("*")) if path.suffix in {".yaml", ".j2"} and "scenarios" not in path.parts]
    compiled = compile_definitions({path.relative_to(root).as_posix(): path.read_bytes() for path in paths})
    ground = Ground(
        processes=compiled.processes, organisation=compiled.organisation, calendars=compiled.calendar.in_zone(str(ZONE)), zone=ZONE
    )
    began, used = time.perf_counter(), spent_here()
    done = simulate(compiled.processes["incident"], ground, Assumed(arrivals=1), Wish(cases=cases), START, workers=os.cpu_count() or 1)
    spent, used = time.perf_counter() - began, spent_here() - used
    assert done.runs[0].finished == cases, done.stuck
    print(f"simulation: {cases} cases in {spent:.1f} s ({1000 * spent / cases:.2f} ms a case; {used:.1f} s of the processor)")
    if spent * 1000 / cases > BAR:
        sys.exit(f"above the bar: 1,000 in {BAR} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

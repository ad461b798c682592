"""How fast open cases move to another version: `python bench/migrating.py [CASES]`.

Bar: 10,000 open cases in 60 s on SQLite, a transaction each. Printed beside it: the preview, and putting them all back.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from workflow.changing.migration import Wanted  # noqa: E402 - the project is found first
from workflow.compose import LocalOffice, open_office  # noqa: E402
from workflow.engine.decide import decide  # noqa: E402
from workflow.engine.history import seal  # noqa: E402
from workflow.model import Change, Needs, Open  # noqa: E402
from workflow.timekeeping import SetClock  # noqa: E402
from workflow.upkeep.making import init  # noqa: E402

BAR = 60
FIELDS = {"issue": "Người dân phản ánh mùi khó chịu từ cơ sở tái chế", "area": "môi trường", "commune": "Nam Giang"}
START = datetime(2026, 11, 20, 2, tzinfo=UTC)


def fresh(folder: Path) -> LocalOffice:
    """A practice office without scenarios, deployed."""
    init(folder, practice=True, environ={})
    for scenarios in (folder / "definitions").glob("*/scenarios"):
        shutil.rmtree(scenarios)
    office = open_office(folder, clock=SetClock(START), environ={})
    office.deploy(why="đo")
    return office


def opened(office: LocalOffice, count: int) -> Iterator[Change]:
    """So many new incidents, as `open` decides them."""
    facts, process = office.definitions.facts(office.clock.now()), office.definitions.process("incident")
    for number in range(count):
        act = Open(actor="van-thu-btg", request_id=f"open {number}", process="incident", fields=FIELDS)
        decision = decide(process, None, act, facts)
        assert isinstance(decision, Needs)
        decision = decide(process, None, act, replace(facts, numbers=dict.fromkeys(decision.series, number + 1)))
        assert isinstance(decision, Change)
        yield replace(decision, parts=tuple(seal(part, facts.versions) for part in decision.parts))


def fill(office: LocalOffice, count: int) -> None:
    """Open them, five hundred a transaction."""
    batch: list[Change] = []
    for change in opened(office, count):
        batch.append(change)
        if len(batch) == 500:
            assert not any(office.store.commit(batch))
            batch = []
    if batch:
        office.store.commit(batch)


def change(folder: Path) -> None:
    """Another version: a state renamed, a deadline longer."""
    path = folder / "definitions/incident/process.yaml"
    text = path.read_text("utf-8")
    for old, new in (("  received:", "  came:"), ("to: received", "to: came"), ("at: 3 working days  ", "at: 4 working days  ")):
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def main(cases: int = 10_000) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "office"
        office = fresh(folder)
        fill(office, cases)
        change(folder)
        office.deploy(why="đo")
        office.clock.at = START.replace(day=23)
        wanted = Wanted(process="incident", states={"received": "came"})
        for name, one in (
            ("preview", replace(wanted, dry_run=True)),
            ("migrate", wanted),
            ("undo", Wanted(process="incident", undo=True)),
        ):
            began = time.perf_counter()
            done = office.migrate(one, actor="truong-ban-btg")
            spent = time.perf_counter() - began
            assert (done.moved, done.refused, done.mapping) == (cases, 0, 0), done.why_refused
            print(f"{name}: {cases} cases in {spent:.1f} s ({1000 * spent / cases:.2f} ms a case)", flush=True)
            if name == "migrate" and spent * 10_000 / cases > BAR:
                sys.exit(f"above the bar: 10,000 in {BAR} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

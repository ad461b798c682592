"""`office.advance` beside other engines doing the nearest durable thing: `make peers`, or `python bench/peers.py [cases] [rounds]`.

SQLite with WAL, every commit on disk, one client, each act durable by itself, the states and the shuffled order of bench/advance.py; raw is its sqlite3,
ours is `office.advance` as bench/engine.py measures it. Each peer is a program in bench/beside, whose docstring says what it writes and what not; it
runs with the peers' own Python (build/peers, which `make peers` makes out of requirements/peers.txt), for hoso needs none of them. Every variant
of a round runs in a fresh process and a fresh folder, has done the same few acts before time counts, and has counted what it wrote when it
ends; the variants of a round come in an order of its own. A ratio is of the same round; the median counts. Beside the clock, which other programs
on the machine disturb, stands the processor's time of an act (raw's with the making of its cases).
"""

import json
import multiprocessing
import os
import queue
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.advance import STATES, plan, raw
from bench.engine import WARMING, client, make

PYTHON = Path(__file__).parents[1] / "build" / "peers" / "bin" / "python"
BESIDE = Path(__file__).parent / "beside"
RAW, OURS, ASKED = "sqlite3, raw", "hoso, `office.advance`", "hoso, the same with a request id, and so a receipt"


@dataclass(frozen=True)
class Peer:
    name: str
    command: tuple[str, ...]
    """A file of bench/beside and its arguments."""
    bar: float | None = None
    """How many times as fast we want to be."""


PEERS = (
    Peer("viewflow, user tasks", ("viewflow_tasks.py",), 2.5),
    Peer("SpiffWorkflow, reloaded, specification kept", ("spiff.py", "reloaded"), 1.5),
    Peer("SpiffWorkflow, reloaded as its serializer writes it", ("spiff.py", "whole"), 1.5),
    Peer("SpiffWorkflow, cases kept in memory", ("spiff.py", "kept")),
    Peer("DBOS, steps of a workflow", ("dbos_steps.py",), 2.0),
    Peer("django-fsm-2, row and history row", ("fsm_row.py",)),
    Peer("python-statemachine, SQLAlchemy's ORM, row and history row", ("machine_orm.py",)),
)


@dataclass(frozen=True)
class Pace:
    rate: float
    """Acts a second."""
    processor: float
    """Milliseconds of the processor that one takes."""


class Marks:
    """What bench/engine.py's client waits at for the other clients, who are none here: each moment, by the clock and by the processor."""

    def __init__(self) -> None:
        self.moments: list[tuple[float, float]] = []

    def wait(self) -> None:
        self.moments.append((time.perf_counter(), time.process_time()))


def raw_here(folder: Path, cases: int) -> Pace:
    began = time.process_time()
    rate = raw(folder, cases)
    return Pace(rate, (time.process_time() - began) / (cases * 7) * 1000)


def ours_here(folder: Path, cases: int, *, ids: bool = False) -> Pace:
    marks = Marks()
    client(folder / "office", f"sqlite:///{folder / 'ours.db'}", list(range(cases)), cases, marks, queue.SimpleQueue(), ids=ids)
    _, began, ended = marks.moments
    return Pace(cases * 7 / (ended[0] - began[0]), (ended[1] - began[1]) / (cases * 7) * 1000)


def fresh(work: Callable[[Path, int], Pace], folder: Path, cases: int) -> Pace:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, folder, cases).result()


def by_us(folder: Path, cases: int, *, ids: bool) -> Pace:
    make(folder / "office", f"sqlite:///{folder / 'ours.db'}")
    return fresh(partial(ours_here, ids=ids), folder, cases)


def by_peer(peer: Peer, folder: Path, cases: int, versions: dict[str, str]) -> Pace:
    """Which packages did it goes into `versions`."""
    warming = [cases + one for one in range(WARMING) for _ in STATES[1:]]
    job = json.dumps({"states": STATES, "warming": warming, "order": plan(cases)})
    file, *arguments = peer.command
    command = [str(PYTHON), str(BESIDE / file), *arguments]
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        sys.exit(f"{peer.name}: " + "\n".join((done.stderr or done.stdout).splitlines()[-5:]))
    said = json.loads(done.stdout.splitlines()[-1])
    versions.update(said["versions"])
    return Pace(said["rate"], said["processor"])


def a_round(folder: Path, cases: int, order: random.Random, versions: dict[str, str]) -> dict[str, Pace]:
    """Each variant once, in an order of its own."""
    found = {}
    for name in order.sample([RAW, OURS, ASKED, *(peer.name for peer in PEERS)], len(PEERS) + 3):
        place = folder / str(len(found))
        place.mkdir()
        peer = next((peer for peer in PEERS if peer.name == name), None)
        if peer:
            found[name] = by_peer(peer, place, cases, versions)
        else:
            found[name] = fresh(raw_here, place, cases) if name == RAW else by_us(place, cases, ids=name == ASKED)
        print(f"{name:60} {found[name].rate:7.0f}/s {found[name].processor:7.2f} ms", file=sys.stderr, flush=True)
    return found


def table(rounds: list[dict[str, Pace]]) -> str:
    """The medians of all rounds; a ratio is taken within its round."""
    lines = ["| what | per s | × raw | ours ÷ it | bar | ms of the processor | it ÷ ours |", "|---|---|---|---|---|---|---|"]
    bars = {peer.name: peer.bar for peer in PEERS}
    for name in (RAW, OURS, ASKED, *bars):
        here = [(one[name], one[RAW], one[OURS]) for one in rounds]
        rate, to_raw = median(it.rate for it, _, _ in here), median(it.rate / base.rate for it, base, _ in here)
        to_ours = median(us.rate / it.rate for it, _, us in here)
        bar = bars.get(name)
        wanted = "" if bar is None else f"{bar}" if to_ours >= bar else f"{bar}, **missed**"
        busy, dearer = median(it.processor for it, _, _ in here), median(it.processor / us.processor for it, _, us in here)
        lines.append(f"| {name} | {rate:.0f} | {to_raw:.2f} | {to_ours:.2f} | {wanted} | {busy:.2f} | {dearer:.2f} |")
    return "\n".join(lines)


def main(cases: int = 200, rounds: int = 5) -> None:
    if not PYTHON.exists():
        sys.exit("the peers are not installed: make peers")
    order, versions, found = random.Random(1), dict[str, str](), []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # on a disk
            found.append(a_round(Path(folder), cases, order, versions))
    print(table(found))
    print(json.dumps({"cases": cases, "rounds": rounds, **versions}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:] or (["4", "1"] if os.environ.get("SMALL") else [])))

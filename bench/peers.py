"""`office.advance` beside other engines doing the nearest durable thing: `make peers`, or `python bench/peers.py [cases] [rounds]`.

SQLite with WAL, every commit on disk, one client, each act durable by itself, the states and the shuffled order of bench/advance.py; raw is its sqlite3,
ours is `office.advance` as bench/engine.py measures it. Each peer is a program in bench/beside, whose docstring says what it writes and what not; it
runs with the peers' own Python (build/peers, which `make peers` makes out of requirements/peers.txt), for hoso needs none of them. Every variant
of a round runs in a fresh process and a fresh folder, has done the same few acts before time counts, and has counted what it wrote when it
ends; the variants of a round come in an order of its own. A ratio is of the same round; the median counts.
"""

import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.advance import STATES, plan, raw
from bench.engine import WARMING, ours

PYTHON = Path(__file__).parents[1] / "build" / "peers" / "bin" / "python"
BESIDE = Path(__file__).parent / "beside"
RAW, OURS = "sqlite3, raw", "hoso, `office.advance`"


@dataclass(frozen=True)
class Peer:
    name: str
    command: tuple[str, ...]
    """A file of bench/beside and its arguments."""
    bar: float | None = None
    """How many times as fast we want to be."""


PEERS = (
    Peer("viewflow, user tasks", ("viewflow_tasks.py",), 2.5),
    Peer("SpiffWorkflow, case reloaded for each request", ("spiff.py", "reloaded"), 1.5),
    Peer("SpiffWorkflow, reloaded with its specification", ("spiff.py", "whole")),
    Peer("SpiffWorkflow, case kept in memory", ("spiff.py", "kept")),
    Peer("DBOS, steps of a workflow", ("dbos_steps.py",), 2.0),
    Peer("django-fsm-2, row and history row", ("fsm_row.py",)),
    Peer("python-statemachine, SQLAlchemy's ORM, row and history row", ("machine_orm.py",)),
)


def by_raw(folder: Path, cases: int) -> float:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        return fresh.submit(raw, folder, cases).result()


def by_peer(peer: Peer, folder: Path, cases: int, versions: dict[str, str]) -> float:
    """Acts a second; which packages did them goes into `versions`."""
    warming = [cases + one for one in range(WARMING) for _ in STATES[1:]]
    job = json.dumps({"states": STATES, "warming": warming, "order": plan(cases)})
    file, *arguments = peer.command
    command = [str(PYTHON), str(BESIDE / file), *arguments]
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        sys.exit(f"{peer.name}: " + "\n".join((done.stderr or done.stdout).splitlines()[-5:]))
    said = json.loads(done.stdout.splitlines()[-1])
    versions.update(said["versions"])
    return said["rate"]


def a_round(folder: Path, cases: int, order: random.Random, versions: dict[str, str]) -> dict[str, float]:
    """Acts a second of each variant."""
    rates = {}
    for peer in order.sample([None, *PEERS], len(PEERS) + 1):
        place = folder / str(len(rates))
        place.mkdir()
        name = peer.name if peer else OURS
        rates[name] = (
            by_peer(peer, place, cases, versions) if peer else ours(place / "office", f"sqlite:///{place / 'ours.db'}", cases, 1)[1]
        )
        print(f"{name:60} {rates[name]:7.0f}/s", file=sys.stderr, flush=True)
    return {RAW: by_raw(folder, cases), **rates}


def table(rounds: list[dict[str, float]]) -> str:
    """The medians of all rounds; a ratio is taken within its round."""
    lines = ["| what | per s | × raw | ours ÷ it | bar |", "|---|---|---|---|---|"]
    bars = {peer.name: peer.bar for peer in PEERS}
    for name in (RAW, OURS, *bars):
        to_raw, to_ours = median(one[name] / one[RAW] for one in rounds), median(one[OURS] / one[name] for one in rounds)
        bar = bars.get(name)
        wanted = "" if bar is None else f"{bar}" if to_ours >= bar else f"{bar}, **missed**"
        lines.append(f"| {name} | {median(one[name] for one in rounds):.0f} | {to_raw:.2f} | {to_ours:.2f} | {wanted} |")
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

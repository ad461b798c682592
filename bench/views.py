"""What staff look at, in offices of 10,000 and of 1,000,000 cases: `python bench/views.py [CASES]… [--on sqlite|postgres] [--keep DIR]`.

The functions behind `hoso inbox`, `list`, `search`, `show`, `overdue` and `history`, in one process, the definitions read already. What is
printed for each: the processor's time (ours, and on PostgreSQL the server's), the wall clock's median, rows that the plan touches. Bars: 10 ms
of the processor, in the small office and in the large one; no plan reads a whole table (it is printed if it does). SMALL=1: 300 and 600 cases.
`--keep`: the offices stay in DIR, and are used again. PostgreSQL is the tests' own program, or the server of HOSO_TEST_POSTGRES.
"""

import argparse
import gc
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench._million import NEVER, RARE, fill, office_at  # noqa: E402 - the project is found first
from storage.transaction import COMMIT  # noqa: E402
from tests import postgres_server  # noqa: E402
from tests.app.making import COUNTERPART, HEAD, OUTSIDER, SPECIALIST  # noqa: E402
from workflow.compose import LocalOffice  # noqa: E402

BAR = 10.0
TIMES = 7
MOST_TOUCHED = 30_000
"""Rows that a plan may read for a page: more than any page needs, less than any table that grows has."""
GROWING = {"case", "awaited", "viewer", "entry", "deadline", "opinion", "document", "notice", "case_search", "receipt", "number"}


def looks(office: LocalOffice) -> dict[str, Callable[[], Any]]:
    """What is measured."""
    inbox = office.inbox(actor=SPECIALIST)
    listed = office.cases(actor=SPECIALIST)
    deep = office.cases(actor=SPECIALIST, closed=True, limit=1000)[-1].cursor
    secret = office.cases(actor=SPECIALIST, process="incident")[0].number
    asked = office.cases(actor=COUNTERPART, process="opinion", state="consulting")[0].number
    return {
        "inbox of a specialist": lambda: office.inbox(actor=SPECIALIST),
        "inbox, the next page": lambda: office.inbox(actor=SPECIALIST, after=inbox[-1].cursor),
        "inbox of a leader": lambda: office.inbox(actor=HEAD),
        "inbox of somebody asked": lambda: office.inbox(actor="chu-tich-mttq"),
        "list": lambda: office.cases(actor=SPECIALIST),
        "list, the next page": lambda: office.cases(actor=SPECIALIST, after=listed[-1].cursor),
        "list, the 20th page": lambda: office.cases(actor=SPECIALIST, closed=True, after=deep),
        "list --closed": lambda: office.cases(actor=SPECIALIST, closed=True),
        "list --process": lambda: office.cases(actor=SPECIALIST, process="opinion"),
        "list --process --state": lambda: office.cases(actor=SPECIALIST, process="incident", state="plan_drafted"),
        "list --state, none there": lambda: office.cases(actor=SPECIALIST, state="explained"),
        "list --unit": lambda: office.cases(actor=SPECIALIST, unit="btg"),
        "list --unit, none there": lambda: office.cases(actor=SPECIALIST, unit="thi-tran"),
        "list --closed --unit, none": lambda: office.cases(actor=SPECIALIST, unit="thi-tran", closed=True),
        "list --closed --process, none": lambda: office.cases(actor=SPECIALIST, process="inspection", closed=True),
        "list --overdue": lambda: office.cases(actor=SPECIALIST, overdue=True),
        "list --field": lambda: office.cases(actor=SPECIALIST, fields={"area": "môi trường"}),
        "list --field, none there": lambda: office.cases(actor=SPECIALIST, fields={"area": "không có"}),
        "list of an outsider": lambda: office.cases(actor=OUTSIDER),
        "list of secret cases, outsider": lambda: office.cases(actor=OUTSIDER, process="incident"),
        "search, a common word": lambda: office.search("ba", actor=SPECIALIST),
        "search, a common word, marks": lambda: office.search("môi trường", actor=SPECIALIST),
        "search, two words": lambda: office.search("nghi quyet bao", actor=SPECIALIST),
        "search, a rare word": lambda: office.search(RARE, actor=SPECIALIST),
        "search, one case's number": lambda: office.search(f"{listed[0].number}", actor=SPECIALIST),
        "search, no case": lambda: office.search(NEVER, actor=SPECIALIST),
        "search, outsider, secret": lambda: office.search("tai che", actor=OUTSIDER),
        "show": lambda: office.show(secret, actor=SPECIALIST),
        "show, with those asked": lambda: office.show(asked, actor=COUNTERPART),
        "history": lambda: office.history(secret, actor=SPECIALIST),
        "overdue": lambda: office.overdue(actor=SPECIALIST, limit=50),
        "overdue, outsider": lambda: office.overdue(actor=OUTSIDER, limit=50),
        "overdue --unit, none there": lambda: office.overdue(actor=SPECIALIST, unit="thi-tran", limit=50),
    }


# ---- time --------------------------------------------------------------------------------------------------------------


def server_seconds(process: int) -> float:
    """The processor's time of a server's process."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9 if process else 0.0


def measured(look: Callable[[], Any], server: int) -> tuple[float, float]:
    """(mean of the processor's ms, median of the wall clock's ms), warm."""
    look()
    gc.collect()  # of reading the definitions: else all of it falls into one look
    walls, before = [], time.process_time() + server_seconds(server)
    for _ in range(TIMES):
        began = time.perf_counter()
        look()
        walls.append((time.perf_counter() - began) * 1000)
        if walls[-1] > 300 * BAR:
            break
    return (time.process_time() + server_seconds(server) - before) / len(walls) * 1000, statistics.median(walls)


# ---- plans -------------------------------------------------------------------------------------------------------------


@contextmanager
def listening(database: Any, said: list[tuple[str, Any]]) -> Iterator[None]:
    """Keep the statements that are run meanwhile, but for those that begin and end transactions."""
    send = database.backend.together

    def together(cursor: Any, calls: Any) -> Any:
        said.extend(call for call in calls if call != COMMIT and call not in database.backend.opening(writes=False))
        return send(cursor, calls)

    database.backend.together = together
    try:
        yield
    finally:
        database.backend.together = send


def plans(office: LocalOffice, look: Callable[[], Any]) -> tuple[int, list[str]]:
    """(rows touched on PostgreSQL, the plans that read a whole table or too much) of what a look asks."""
    said: list[tuple[str, Any]] = []
    database = office.store.database  # type: ignore[attr-defined] - it is the store in a database
    with listening(database, said):
        look()
    once = list({sql: (sql, values) for sql, values in said}.values())
    explain = _postgres_plan if database.backend.side_by_side else _sqlite_plan
    found = database.read(lambda tx: [explain(tx.cursor, sql, values) for sql, values in once])
    return sum(rows for rows, _ in found), [bad for _, bad in found if bad]


def _sqlite_plan(cursor: Any, sql: str, values: Any) -> tuple[int, str]:
    lines = [str(row[3]) for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    whole = [line for line in lines if (hit := re.match(r"SCAN (\w+)(.*)", line)) and hit[1] in GROWING and "VIRTUAL" not in line]
    return 0, "\n      ".join([sql, *lines]) if [line for line in whole if "USING" not in line] else ""


def _postgres_plan(cursor: Any, sql: str, values: Any) -> tuple[int, str]:
    (found,) = cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
    nodes = list(_nodes(found[0]["Plan"]))
    touched = sum(_touched(node) for node in nodes if "Relation Name" in node)
    whole = [node for node in nodes if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING]
    if (whole and touched > 1000) or touched > MOST_TOUCHED:
        text = "\n      ".join(row[0] for row in cursor.execute(f"EXPLAIN ANALYZE {sql}", values).fetchall())
        return touched, f"{sql}\n      {text}"
    return touched, ""


def _touched(node: dict[str, Any]) -> int:
    removed = sum(value for key, value in node.items() if key.startswith("Rows Removed by"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


# ---- offices -----------------------------------------------------------------------------------------------------------


def office_of(folder: Path, url: str, cases: int) -> LocalOffice:
    """An office with so many cases; one that is there is used as it is."""
    began, there = time.process_time(), (folder / "filled").exists()
    office = office_at(folder, {"HOSO_DATABASE": url} if url else {})
    if not there:
        fill(office, cases)
        (folder / "filled").write_text(str(cases))
        print(f"-- {cases:,} cases made in {time.process_time() - began:.0f} s of the processor", flush=True)
    return office


def sizes(office: LocalOffice, cases: int) -> str:
    """Bytes of each table a case."""
    database = office.store.database  # type: ignore[attr-defined] - it is the store in a database
    if not database.backend.side_by_side:
        file = database.backend.file
        return f"{sum(one.stat().st_size for one in file.parent.glob(file.name + '*')) / cases:,.0f} bytes a case"
    rows = database.read(
        lambda tx: tx.cursor.execute(
            "SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        ).fetchall()
    )
    large = {name: size / cases for name, size in rows if size / cases >= 1}
    told = ", ".join(f"{name} {size:,.0f}" for name, size in sorted(large.items(), key=lambda one: -one[1]))
    return f"{sum(large.values()):,.0f} bytes a case ({told})"


def backend_of(office: LocalOffice) -> int:
    """The server's process that serves this one; 0 for none."""
    database = office.store.database  # type: ignore[attr-defined] - it is the store in a database
    if not database.backend.side_by_side:
        return 0
    return int(database.read(lambda tx: tx.cursor.execute("SELECT pg_backend_pid()").fetchone()[0]))


def compared(on: str, urls: dict[int, str], place: Path, only: str) -> tuple[list[str], dict[str, dict[int, float]]]:
    """Measure every look in offices of these sizes; what is wrong, and the times."""
    wrong: list[str] = []
    times: dict[str, dict[int, float]] = {}
    for cases, url in urls.items():
        with closing(office_of(place / f"{on}-{cases}", url, cases)) as office:
            print(f"-- {on}, {cases:,} cases: {sizes(office, cases)}", flush=True)
            server = backend_of(office)
            for name, look in looks(office).items():
                if only and only not in name:
                    continue
                spent, wall = measured(look, server)
                touched, bad = plans(office, look)
                times.setdefault(name, {})[cases] = spent
                mark = "".join([" SLOW" if spent > BAR else "", " READS TOO MUCH" if bad else ""])
                wrong += [f"{on}, {cases}: {name}{mark}"] if mark else []
                print(f"{on:9} {cases:9,} {name:31} {spent:8.2f} ms  wall {wall:8.2f}  rows {touched:7,}{mark}", flush=True)
                if bad:
                    print("      " + "\n      ".join(bad[:2]))
    return wrong, times


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("cases", nargs="*", type=int)
    options.add_argument("--on", default="")
    options.add_argument("--only", default="")
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    cases = given.cases or ([300, 600] if os.environ.get("SMALL") else [10_000, 1_000_000])
    wrong: list[str] = []
    tables: dict[str, dict[str, dict[int, float]]] = {}
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        place = given.keep or Path(made)
        place.mkdir(exist_ok=True)
        if given.on in {"", "sqlite"}:
            bad, tables["SQLite"] = compared("sqlite", dict.fromkeys(cases, ""), place, given.only)
            wrong += bad
        if given.on in {"", "postgres"}:
            with postgres(place) as server:
                join = "&" if "?" in server else "?"
                urls = {one: f"{server}{join}schema=views_{one}" for one in cases}
                bad, tables["PostgreSQL"] = compared("postgres", urls, place, given.only)
                wrong += bad
    heads = [f"{on}, {one:,}" for on in tables for one in cases]
    print(f"\n| ms of the processor | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for name in next(iter(tables.values())):
        print(f"| {name} | {' | '.join(f'{table[name].get(one, 0):.1f}' for table in tables.values() for one in cases)} |")
    print("missed:\n  " + "\n  ".join(wrong) if wrong else "all bars are met")
    return int(bool(wrong))


@contextmanager
def postgres(place: Path) -> Iterator[str]:
    """The URL of a server: the one that is given, or the tests' program on this place's disk."""
    if given := os.environ.get("HOSO_TEST_POSTGRES"):
        yield given
        return
    postgres_server.SETTINGS.update({"shared_buffers": "512MB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB"})
    place.chmod(0o755)  # root may not run it
    folder = place / "server"
    kept = folder.exists()
    folder.mkdir(exist_ok=True)
    server = postgres_server.Server(folder, kept=kept)
    try:
        yield server.url
    finally:
        if place.name.startswith("tmp"):
            server.remove()
        else:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())

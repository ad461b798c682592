"""`office.advance` through the whole engine beside raw drivers: `python bench/engine.py [cases] [rounds]`, both databases, 1, 4 and 8 clients.

Raw is the unit of work of bench/advance.py, on sqlite3 and (six statements) on psycopg, one client, each act durable by itself. Ours is the
facade: load, guards, the next deadline by the calendar, history with its hash, whose turn it is, outbox. Every variant of a round runs
in fresh processes, each of which has done a few acts before time counts: that statements are put together once is no part of an act.
A ratio is of the same round; the median counts. The PostgreSQL is the tests' own program, with fsync on.
"""

import gc
import json
import multiprocessing
import os
import random
import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.advance import RAW_SCHEMA, STATES, plan, raw, raw_advance
from tests import postgres_server

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ACTOR = "chuyen-vien-btg"
WARMING = 5
"""Cases that each process begins with, from their opening to their end (of the worker's rungs, so many twenties)."""
PROCESS = """process: bench
title: Đo
unit: btg
number: "{n:06}/{year}-DO"
case_title: "Đo {{ fields.word }}"
fields: {word: {type: text, title: Chữ, required: true}}
roles: {specialist: {unit: btg, position: specialist}}
ladder: [{at: due, notifies: specialist}]
starts: {open: {by: specialist, form: [word], to: received}}
states:
"""


def process() -> str:
    lines = [PROCESS]
    for state, after in pairwise(STATES):
        guard = "{\"fields.word != 'không'\": Không được}"
        act = f"{{title: Tiếp, by: specialist, when: {guard}, notifies: specialist, to: {after}}}"
        lines.append(f"  {state}: {{title: {state}, due: 2 working days, actions: {{to_{after}: {act}}}}}\n")
    return "".join([*lines, f"  {STATES[-1]}: {{title: Xong, final: done}}\n"])


def make(folder: Path, url: str) -> None:
    """An office with this one process."""
    from bench._making import office_of
    from workflow.timekeeping import SetClock

    office_of(folder, "bench", process(), SetClock(START), {"HOSO_DATABASE": url}).close()


def client(folder: Path, url: str, part: list[int], cases: int, together, answers, *, ids: bool = False) -> None:
    """Open these cases, advance each to its end in shuffled order; (seconds of opening, of advancing). `ids`: each act brings an id, by
    which it could be asked for again.
    """
    from workflow.compose import open_office
    from workflow.timekeeping import SetClock

    office = open_office(folder, clock=SetClock(START), environ={"HOSO_DATABASE": url})
    for _ in range(WARMING):
        case = office.open("bench", actor=ACTOR, fields={"word": "trước"}).case
        for after in STATES[1:]:
            office.advance(case, f"to_{after}", actor=ACTOR)
    together.wait()
    began = time.perf_counter()
    numbers = {one: office.open("bench", actor=ACTOR, fields={"word": f"số {one}"}).case for one in part}
    opened = time.perf_counter()
    steps = dict.fromkeys(part, 1)
    order = [one for one in plan(cases) if one in numbers]
    together.wait()
    advancing = time.perf_counter()
    for one in order:
        office.advance(numbers[one], f"to_{STATES[steps[one]]}", actor=ACTOR, request_id=f"{one} {steps[one]}" if ids else "")
        steps[one] += 1
    together.wait()
    ended = time.perf_counter()
    office.close()
    answers.put((opened - began, ended - advancing))


def ours(folder: Path, url: str, cases: int, clients: int) -> tuple[float, float]:
    """(opens, advances) a second."""
    make(folder, url)
    context = multiprocessing.get_context("spawn")
    together, answers = context.Barrier(clients), context.Queue()
    parts = [list(range(at, cases, clients)) for at in range(clients)]
    children = [context.Process(target=client, args=(folder, url, part, cases, together, answers)) for part in parts]
    for child in children:
        child.start()
    times = [answers.get(timeout=600) for _ in children]
    for child in children:
        child.join()
    return cases / max(first for first, _ in times), cases * 7 / max(last for _, last in times)


def tick(folder: Path, url: str, cases: int) -> float:
    """Rungs a second, of as many open cases whose deadline has come."""
    from workflow.compose import open_office
    from workflow.schedule import stay
    from workflow.timekeeping import SetClock
    from workflow.upkeep.restoring import Collecting
    from workflow.worker import Worker

    make(folder, url)
    clock = SetClock(START)
    office, others = (
        open_office(folder, clock=clock, environ={"HOSO_DATABASE": url}) for _ in range(2)
    )  # a worker is a program of its own
    worker = Worker(office, Collecting())
    before = gc.get_threshold()
    stay()  # as a worker does
    for many in (20 * WARMING, cases):
        for one in range(many):
            others.open("bench", actor=ACTOR, fields={"word": f"số {one}"})
        clock.at += timedelta(days=10)
        began = time.perf_counter()
        fired, failed = worker.fire_due()
        spent = time.perf_counter() - began
        assert (fired, failed) == (many, 0)
    gc.unfreeze()
    gc.set_threshold(*before)
    for one in (office, others):
        one.close()
    return cases / spent


def each(folder: Path, url: str, cases: int) -> float:
    """Acts a second, of one act on all of these cases at a time, from their opening to their end."""
    from workflow.compose import open_office
    from workflow.timekeeping import SetClock

    make(folder, url)
    office, others = (open_office(folder, clock=SetClock(START), environ={"HOSO_DATABASE": url}) for _ in range(2))
    spent = 0.0
    gc.disable()  # as the command line has it
    for many in (WARMING, cases):
        numbers = [others.open("bench", actor=ACTOR, fields={"word": f"số {one}"}).case for one in range(many)]
        began = time.perf_counter()
        for after in STATES[1:]:
            came = office.advance_each(numbers, f"to_{after}", actor=ACTOR)
            assert len(came.done) == many
        spent = time.perf_counter() - began
    gc.enable()
    for one in (office, others):
        one.close()
    return cases * 7 / spent


def raw_postgres(url: str, cases: int) -> float:
    """The same six statements through psycopg, one client."""
    import psycopg

    schema = f"raw_{random.randrange(10**9)}"
    with psycopg.connect(url.partition("&schema=")[0].partition("?schema=")[0], autocommit=True) as connection:
        text = re.sub(r"PRAGMA [^;]*;", "", RAW_SCHEMA).replace(
            "INTEGER PRIMARY KEY", "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
        )
        connection.execute(f"CREATE SCHEMA {schema}; SET search_path TO {schema}; SET synchronous_commit = on")
        connection.execute(text.replace("INTEGER", "bigint"))

        def run(statement: str, values: tuple = ()):
            return connection.execute({"BEGIN IMMEDIATE": "BEGIN"}.get(statement, statement.replace("?", "%s")), values or None)

        run("BEGIN")
        for number in range(cases):
            run("INSERT INTO cases VALUES (?, ?, 'received', 'btg', 'cv1', 1, '{}')", (number, f"{number:06}/2026-VV"))
            run("INSERT INTO deadlines (case_id, due, next_at) VALUES (?, ?, ?)", (number, START.isoformat(), START.isoformat()))
        run("COMMIT")
        began = time.perf_counter()
        for number in plan(cases):
            raw_advance(run, number)
        spent = time.perf_counter() - began
        assert run("SELECT count(*) FROM cases WHERE state = 'closed'").fetchone()[0] == cases
        run(f"DROP SCHEMA {schema} CASCADE")
    return cases * 7 / spent


def main(cases: int = 200, rounds: int = 5) -> None:
    found: dict[str, list[tuple[float, float]]] = {}

    def note(what: str, rate: float, base: float) -> None:
        found.setdefault(what, []).append((rate, rate / base))
        print(f"{what:34} {rate:7.0f}/s   {rate / base:5.2f}", flush=True)

    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        postgres_server.SETTINGS.update({"fsync": "on", "full_page_writes": "on", "wal_level": "replica", "max_connections": "50"})
        server = postgres_server.Server(Path(tempfile.mkdtemp(prefix="hoso-bench-", dir="/var/tmp")))  # on a disk
        try:
            for one in range(rounds):
                folder = Path(place) / str(one)
                folder.mkdir()
                base = raw(folder, cases)
                note("sqlite3, raw", base, base)
                for clients in (1, 4, 8):
                    opens, advances = ours(folder / f"s{clients}", f"sqlite:///{folder / f's{clients}.db'}", cases, clients)
                    note(f"SQLite, advance, {clients} clients", advances, base)
                    note(f"SQLite, open, {clients} clients", opens, base)
                note("SQLite, rungs of the worker", tick(folder / "t", f"sqlite:///{folder / 't.db'}", cases), base)
                note("SQLite, one act on all cases", each(folder / "e", f"sqlite:///{folder / 'e.db'}", cases), base)
                base = raw_postgres(server.url, cases)
                note("psycopg, raw", base, base)
                join = "&" if "?" in server.url else "?"
                for clients in (1, 4, 8):
                    url = f"{server.url}{join}schema=b{one}_{clients}"
                    opens, advances = ours(folder / f"p{clients}", url, cases, clients)
                    note(f"PostgreSQL, advance, {clients} clients", advances, base)
                    note(f"PostgreSQL, open, {clients} clients", opens, base)
                note("PostgreSQL, rungs of the worker", tick(folder / "pt", f"{server.url}{join}schema=b{one}_t", cases), base)
                note("PostgreSQL, one act on all cases", each(folder / "pe", f"{server.url}{join}schema=b{one}_e", cases), base)
        finally:
            server.remove()
    print("\n| what | per s | × raw |\n|---|---|---|")
    for what, rates in found.items():
        print(f"| {what} | {statistics.median(rate for rate, _ in rates):.0f} | {statistics.median(ratio for _, ratio in rates):.2f} |")
    print(json.dumps({"cases": cases, "rounds": rounds}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:] or (["4", "1"] if os.environ.get("SMALL") else [])))

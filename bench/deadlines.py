"""Deadlines: right, quick, and fired in time. `python bench/deadlines.py [counted|computed|tick|p99]… [--open N] [--due N]`.

counted   10,000 random (start, amount, calendar) against a day-by-day (minute-by-minute) count, and numpy.busday_offset
          where numpy is there: no difference.
computed  a deadline of 60 working days in 50 µs, one of 5 years in 200 µs.
tick      1,000,000 open deadlines (`--open`; without it a twentieth) of which 10,000 (`--due`; a tenth) are due: at least 0.2
          of the rate of a raw sweep beside it, no write lock longer than 100 ms, at most 200 MiB. Raw: one durable transaction
          for each 100 due deadlines, each read by a partial index, updated, with a row of history and one of the outbox. After it,
          on the same office as it was, two workers side by side.
p99       from due to fired with an idle worker that looks every second: 2 s for 99 of 100.

A difference, or a bar that is missed, ends with 1.
"""

import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from workflow.calendar import Calendar, Special  # noqa: E402 - the project is found first
from workflow.model import Unit  # noqa: E402

ZONE = "Asia/Ho_Chi_Minh"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HOURS = ((), ((450, 690), (810, 1020)), ((450, 690),), ((465, 720), (735, 750), (1200, 1440)))


# ---- counted ---------------------------------------------------------------------------------------------------------


def random_calendar(chance: random.Random) -> Calendar:
    """A week with at least one working day, holidays, half and swapped days."""
    week = tuple(chance.choice(HOURS) for _ in range(7))
    if not any(week):
        week = (HOURS[1], *week[1:])
    days = {date(2026, 1, 1) + chance.randrange(1100) * DAY: chance.choice(HOURS) for _ in range(chance.randrange(30))}
    return Calendar(zone=ZONE, week=week, special=tuple(Special(on=day, title="x", spans=spans) for day, spans in days.items()))


def naive_day(calendar: Calendar, start: datetime, number: int) -> date:
    """The last of so many working days, a day at a time, read off the data."""
    special = {one.on: one.spans for one in calendar.special}
    day, step, left = (start + timedelta(hours=7)).date(), DAY if number > 0 else -DAY, abs(number)
    while left:
        day += step
        left -= bool(special.get(day, calendar.week[day.weekday()]))
    return day


def naive_minute(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """So many working minutes on, a minute at a time."""
    special = {one.on: one.spans for one in calendar.special}
    at = start
    while minutes:
        local = at + timedelta(hours=7)
        spans = special.get(local.date(), calendar.week[local.weekday()])
        minutes -= any(begins <= local.hour * 60 + local.minute < ends for begins, ends in spans)
        at += MINUTE
    return at


def by_numpy(calendar: Calendar, start: datetime, number: int):
    """The same as numpy counts it; None where it can't: it has no swaps (weekdays off that are worked)."""
    import numpy as np

    worked = {one.on for one in calendar.special if one.spans and not calendar.week[one.on.weekday()]}
    if worked:
        return None
    mask = [bool(spans) for spans in calendar.week]
    holidays = [one.on.isoformat() for one in calendar.special if not one.spans and calendar.week[one.on.weekday()]]
    first = np.datetime64((start + timedelta(hours=7)).date().isoformat())
    roll = "backward" if number > 0 else "forward"
    return np.busday_offset(first, number, roll=roll, weekmask=mask, holidays=holidays).item()


def differences(cases: int, seed: int = 1) -> tuple[int, int, int]:
    """(differences, of how many against the count, of how many against numpy)."""
    try:
        import numpy as np  # noqa: F401

        has_numpy = True
    except ImportError:
        has_numpy = False
    chance, wrong, numpy_cases = random.Random(seed), 0, 0
    for _ in range(cases):
        calendar = random_calendar(chance)
        start = datetime(2026, 1, 1, tzinfo=UTC) + chance.randrange(500 * 1440) * MINUTE
        if chance.random() < 0.2:
            number = chance.randrange(1, 30)
            wrong += calendar.add(start, number, Unit.WORKING_HOURS) != naive_minute(calendar, start, number * 60)
            continue
        number = chance.choice([-1, 1, 1, 1]) * chance.randrange(1, 90)
        found = calendar.day_of(calendar.add(start, number, Unit.WORKING_DAYS), ends=True)
        wrong += found != naive_day(calendar, start, number)
        other = by_numpy(calendar, start, number) if has_numpy else None
        if other is not None:
            numpy_cases += 1
            wrong += found != other
    return wrong, cases, numpy_cases


def counted() -> bool:
    wrong, cases, numpy_cases = differences(10_000)
    print(f"counted: {wrong} differences in {cases} random deadlines, {numpy_cases} of them also by numpy")
    return wrong == 0


# ---- computed --------------------------------------------------------------------------------------------------------


def computed() -> bool:
    calendar = shipped()
    start = datetime(2026, 11, 20, 2, tzinfo=UTC)
    good = True
    for name, number, unit, bar in (
        ("60 working days", 60, Unit.WORKING_DAYS, 50),
        ("5 years of working days", 1250, Unit.WORKING_DAYS, 200),
        ("60 days of working hours", 450, Unit.WORKING_HOURS, 50),
        ("5 years of working hours", 9375, Unit.WORKING_HOURS, 200),
        ("5 years", 5, Unit.YEARS, 200),
    ):
        spent = median_us(lambda number=number, unit=unit: calendar.add(start, number, unit))
        print(f"computed: {name:26} {spent:8.1f} µs  (bar {bar})")
        good = good and spent <= bar
    return good


def shipped() -> Calendar:
    """The calendar that ships with the program: two years of holidays and swaps."""
    from workflow.authoring.definitions import compile_definitions

    files = {name: (ROOT / "definitions" / name).read_bytes() for name in ("organisation.yaml", "calendar.yaml", "document-types.yaml")}
    calendars = compile_definitions(files).calendar
    assert calendars is not None
    return calendars.default


def median_us(work) -> float:
    """The median of many, in microseconds, once what is kept is there."""
    times = []
    for _ in range(400):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times[50:])


# ---- tick ------------------------------------------------------------------------------------------------------------

START, DUE_AT = datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 12, 2, 2, tzinfo=UTC)
FAR = "2099-01-01T00:00:00.000000Z"
PER_CASE = 100
"""Open deadlines of each case of which none is due: a look must not depend on them."""
PROCESS = """
process: load
title: Thử tải
unit: btg
number: "{n:07}/{year}-TT"
case_title: "Thử {{ fields.n }}"
fields: {n: {type: integer, title: Số, default: 1}}
roles: {specialist: {unit: btg, position: specialist}, handler: {assigned: handler}}
starts: {open: {by: specialist, assigns: {handler: opener}, to: a}}
states:
  a:
    title: Xử lý
    due: {name: own, at: 5 working days, ladder: [{at: due, notifies: handler}]}
    actions: {on: {by: specialist, to: b}}
  b: {title: Xong, final: done}
"""


def office_with(folder: Path, open_: int, due: int, clock, at_: Sequence[datetime] = ()) -> None:
    """An office of one procedure; by direct inserts, `due` cases with a rung that is due at `DUE_AT`, and open deadlines
    of other cases as many as are left of `open_`.
    """
    from bench._making import office_of

    office = office_of(folder, "load", PROCESS, clock, {})
    number = office.open("load", actor="chuyen-vien-btg").case
    office.store.close()
    copied(folder / "hoso.db", number, open_, due, at_)


def copied(path: Path, number: str, open_: int, due: int, at_: Sequence[datetime] = ()) -> None:
    """The rows of one case over and over, each with a number of its own; those that are due at instants of their own, if given."""
    found = sqlite3.connect(path, isolation_level=None)
    found.execute("PRAGMA synchronous = OFF")
    found.execute("BEGIN")
    tables = ("case", "deadline", "awaited", "entry")
    rows = {
        table: found.execute(f'SELECT * FROM "{table}" WHERE {"number" if table == "case" else chr(34) + "case" + chr(34)} = ?', (number,))
        for table in tables
    }
    names = {table: [one[0] for one in rows[table].description] for table in tables}
    templates = {table: rows[table].fetchall() for table in tables}
    others = max(open_ - due, 0) // PER_CASE

    def of(table: str, new: str, **changed: str) -> list[tuple]:
        made = []
        for row in templates[table]:
            values = dict(zip(names[table], row, strict=True))
            values = {key: value.replace(number, new) if isinstance(value, str) else value for key, value in values.items()} | changed
            made.append(tuple(None if key == "id" else values[key] for key in names[table]))
        return made

    def put(table: str, made: list[tuple]) -> None:
        found.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(names[table]))})', made)

    for at in range(2, due + others + 1):
        new = f"{at:07}/2026-TT"
        for table in ("case", "awaited", "entry"):
            put(table, of(table, new))
        if at <= due:
            own = at_[at - 2] if at_ else None
            put("deadline", [moved(row, names["deadline"], own) for row in of("deadline", new)])
        else:
            made = of("deadline", new, next_at=FAR, due=FAR)[0]
            key = names["deadline"].index("key")
            put("deadline", [(*made[:key], f"{made[key]}{n}", *made[key + 1 :]) for n in range(PER_CASE)])
    found.execute("COMMIT")
    found.execute("ANALYZE")
    found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found.close()
    os.sync()  # what the inserts left to be written is no part of what is measured


def moved(row: tuple, names: list[str], due: datetime | None) -> tuple:
    """A deadline's row with another due, at which its rung fires."""
    if due is None:
        return row
    before, after = row[names.index("due")], f"{due:%Y-%m-%dT%H:%M:%S.%fZ}"
    return tuple(value.replace(before, after) if isinstance(value, str) else value for value in row)


RAW = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE deadlines (id INTEGER PRIMARY KEY, case_id INTEGER, due TEXT, next_at TEXT, status TEXT, data TEXT);
CREATE TABLE history (id INTEGER PRIMARY KEY, case_id INTEGER, at TEXT, actor TEXT, action TEXT, data TEXT);
CREATE INDEX history_case ON history (case_id);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, case_id INTEGER, person TEXT, text TEXT, sent TEXT);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent IS NULL;
"""


def raw_sweep(folder: Path, open_: int, due: int) -> float:
    """Fired a second by plain sqlite3, 100 in a transaction."""
    found = sqlite3.connect(folder / "raw.db", isolation_level=None)
    found.executescript(RAW)
    found.execute("BEGIN")
    found.executemany(
        "INSERT INTO deadlines (case_id, due, next_at, status, data) VALUES (?, ?, ?, 'running', '{}')",
        ((at, FAR, "2026-11-26" if at % max(open_ // due, 1) == 0 else FAR) for at in range(open_)),
    )
    found.execute("CREATE INDEX deadlines_next ON deadlines (next_at, id) WHERE status = 'running' AND next_at IS NOT NULL")
    found.execute("COMMIT")
    began, fired = time.perf_counter(), 0
    while True:
        found.execute("BEGIN IMMEDIATE")
        select = "SELECT id, case_id FROM deadlines WHERE status = 'running' AND next_at IS NOT NULL AND next_at <= ? ORDER BY next_at, id LIMIT 100"
        rows = found.execute(select, ("2026-11-30",)).fetchall()
        for id_, case in rows:
            found.execute("UPDATE deadlines SET next_at = NULL WHERE id = ? AND next_at IS NOT NULL", (id_,))
            found.execute("INSERT INTO history (case_id, at, actor, action, data) VALUES (?, '2026-11-30', 'hoso', 'fire', '{}')", (case,))
            found.execute("INSERT INTO outbox (case_id, person, text) VALUES (?, 'cv1', 'Sắp đến hạn')", (case,))
        found.execute("COMMIT")
        fired += len(rows)
        if not rows:
            break
    spent = time.perf_counter() - began
    found.close()
    return fired / spent


def swept(folder: Path, due: int, answers) -> None:
    """In a process of its own: fire what is due; the rate, the longest write transaction, the most memory."""
    from storage.connect import Database
    from workflow.compose import open_office
    from workflow.schedule import stay
    from workflow.timekeeping import SetClock
    from workflow.worker import Worker

    longest = [(0.0, "")]
    writes: list[float] = []
    write = Database.write

    def timed(self, work, *args, **named):
        began = time.perf_counter()
        try:
            return write(self, work, *args, **named)
        finally:
            writes.append(time.perf_counter() - began)
            longest[0] = max(longest[0], (writes[-1], work.__name__))

    Database.write = timed
    office = open_office(folder, clock=SetClock(DUE_AT), environ={})
    worker = Worker(office, None)  # type: ignore[arg-type] - nothing is sent here
    stay()  # as a worker does
    began = time.perf_counter()
    fired, failed = worker.fire_due()
    spent = time.perf_counter() - began
    idle = time.perf_counter()
    worker.fire_due()
    idle = time.perf_counter() - idle
    assert (fired, failed) == (due, 0), (fired, failed)
    writes.sort()
    answers.put(
        (fired / spent, longest[0], writes[int(len(writes) * 0.99) - 1], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, idle)
    )
    office.store.close()


def side_by_side(folder: Path, together, answers) -> None:
    """One of several workers, each in a process of its own: how much it fired, from when to when."""
    from workflow.compose import open_office
    from workflow.schedule import stay
    from workflow.timekeeping import SetClock
    from workflow.worker import Worker

    office = open_office(folder, clock=SetClock(DUE_AT), environ={})
    worker = Worker(office, None)  # type: ignore[arg-type] - nothing is sent here
    stay()
    together.wait()
    began = time.monotonic()
    fired, failed = worker.fire_due()
    answers.put((fired, failed, began, time.monotonic()))
    office.store.close()


def rate_of_two(folder: Path, due: int) -> float:
    """Fired a second by two workers."""
    from multiprocessing import get_context

    spawn = get_context("spawn")
    together, answers = spawn.Barrier(2), spawn.Queue()
    children = [spawn.Process(target=side_by_side, args=(folder, together, answers)) for _ in range(2)]
    for child in children:
        child.start()
    found = [answers.get(timeout=3000) for _ in children]
    for child in children:
        child.join()
    assert (sum(fired for fired, *_ in found), sum(failed for _, failed, *_ in found)) == (due, 0), found
    return due / (max(ended for *_, ended in found) - min(began for *_, began, _ in found))


def tick(open_: int, due: int) -> bool:
    from multiprocessing import get_context

    from workflow.timekeeping import SetClock

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        office_with(folder / "office", open_, due, SetClock(START))
        made = time.perf_counter() - began
        shutil.copytree(folder / "office", folder / "again")
        os.sync()
        before = raw_sweep(folder, open_, due)
        spawn = get_context("spawn")
        answers = spawn.Queue()
        child = spawn.Process(target=swept, args=(folder / "office", due, answers))
        child.start()
        rate, (longest, what), usual, memory, idle = answers.get(timeout=3000)
        child.join()
        two = rate_of_two(folder / "again", due)
        (folder / "raw.db").unlink()
        after = raw_sweep(folder, open_, due)
    raw = (before + after) / 2
    print(f"tick: {open_:,} open, {due:,} due (made in {made:.0f} s)")
    print(f"tick: {rate:,.0f} fired a second; raw {raw:,.0f}; ratio {rate / raw:.2f}  (bar 0.20)")
    print(f"tick: two workers side by side {two:,.0f} fired a second; ratio {two / raw:.2f}")
    print(
        f"tick: longest write {longest * 1000:.0f} ms ({what}; 99 of 100 below {usual * 1000:.0f} ms)  (bar 100); memory {memory:.0f} MiB  (bar 200); an idle look {idle * 1000:.1f} ms"
    )
    return rate / raw >= 0.2 and longest <= 0.1 and memory <= 200


# ---- from due to fired -----------------------------------------------------------------------------------------------

RUNGS, SECONDS = 300, 30
LEAD = 45
"""Seconds to make the office in and to start the worker, before the first rung is due."""


def p99() -> bool:
    """`hoso worker` in a process of its own, idle; rungs become due at random instants of half a minute. An entry bears the
    moment of its decision; it is written with up to nineteen others some milliseconds later.
    """
    from workflow.timekeeping import SystemClock

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "office"
        now = datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 - a bench measures the real time
        chance = random.Random(1)
        dues = sorted(now + timedelta(seconds=LEAD + SECONDS * chance.random()) for _ in range(RUNGS))
        office_with(folder, RUNGS + 1, RUNGS + 1, SystemClock(), dues)
        environ = {**os.environ, "HOSO_OFFICE": str(folder), "PYTHONPATH": str(ROOT)}
        worker = subprocess.Popen([sys.executable, "-c", "import cli; cli.main()", "worker"], env=environ, stdout=subprocess.DEVNULL)
        left = (dues[-1] - datetime.fromtimestamp(time.time(), UTC)).total_seconds()  # noqa: TID251 - the same
        assert left > SECONDS, "the office was made too slowly"
        time.sleep(left + 8)
        worker.terminate()
        worker.wait(20)
        late = sorted(delays(folder / "hoso.db", dues))
    found = late[int(len(late) * 0.99) - 1] if late else float("inf")
    print(f"p99: {len(late)} of {RUNGS} fired; from due to fired: median {statistics.median(late):.2f} s, p99 {found:.2f} s  (bar 2)")
    return len(late) == RUNGS and found <= 2


def delays(path: Path, dues: Sequence[datetime]) -> list[float]:
    """Seconds from due to fired, of each rung that was fired."""
    found = sqlite3.connect(path)
    rows = found.execute("SELECT at, text, payload FROM entry").fetchall()
    found.close()
    by_case = {f"{at:07}/2026-TT": due for at, due in enumerate(dues, start=2)}
    fired = [(at, json.loads(text)) for at, text, _ in rows if json.loads(text)["act"] == "fire"]
    return [(datetime.fromisoformat(at) - by_case[said["case"]]).total_seconds() for at, said in fired if said["case"] in by_case]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("checks", nargs="*")
    options.add_argument("--open", type=int, default=50_000)
    options.add_argument("--due", type=int, default=1000)
    found = options.parse_args()
    checks = {"counted": counted, "computed": computed, "tick": lambda: tick(found.open, found.due), "p99": p99}
    good = [checks[name]() for name in found.checks or checks]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

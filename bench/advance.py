"""The unit of work, one `advance`, through our store against raw sqlite3: `python bench/advance.py [cases] [rounds]`.

Raw: one durable transaction that reads the case, updates it, appends a history row, closes a deadline, opens the next,
puts a notice out. Ours does the same through `load` and `commit`, and keeps what the house needs besides: a receipt,
whose turn it is, JSON forms. Each variant runs in a fresh process; the ratio is of the same round, the median counts.
"""

import json
import multiprocessing
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

STATES = ["received", "screened", "assessed", "plan_drafted", "plan_agreed", "submitted", "executing", "closed"]
START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

RAW_SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
CREATE TABLE cases (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, state TEXT NOT NULL, unit TEXT, handler TEXT, version INTEGER, data TEXT);
CREATE INDEX cases_state ON cases (state) WHERE state <> 'closed';
CREATE TABLE history (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases, at TEXT, actor TEXT, action TEXT, note TEXT, data TEXT);
CREATE INDEX history_case ON history (case_id);
CREATE TABLE deadlines (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases, due TEXT, next_at TEXT, closed TEXT);
CREATE INDEX deadlines_case ON deadlines (case_id) WHERE closed IS NULL;
CREATE INDEX deadlines_next ON deadlines (next_at) WHERE closed IS NULL;
CREATE TABLE outbox (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases, person TEXT, text TEXT, sent TEXT);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent IS NULL;
"""


def plan(cases: int) -> list[int]:
    """Which case is advanced when: each seven times, in shuffled order, the same for all variants."""
    order = [number for number in range(cases) for _ in STATES[1:]]
    random.Random(1).shuffle(order)
    return order


def raw(folder: Path, cases: int) -> float:
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.executescript(RAW_SCHEMA)
    run = connection.execute
    run("BEGIN")
    for number in range(cases):
        run("INSERT INTO cases VALUES (?, ?, 'received', 'btg', 'cv1', 1, '{}')", (number, f"{number:06}/2026-VV"))
        run("INSERT INTO deadlines (case_id, due, next_at) VALUES (?, ?, ?)", (number, START.isoformat(), START.isoformat()))
    run("COMMIT")
    began = time.perf_counter()
    for number in plan(cases):
        raw_advance(run, number)
    spent = time.perf_counter() - began
    assert run("SELECT count(*) FROM history").fetchone()[0] == cases * 7
    assert run("SELECT count(*) FROM cases WHERE state = 'closed'").fetchone()[0] == cases
    connection.close()
    return cases * 7 / spent


def raw_advance(run: Callable, number: int) -> None:
    run("BEGIN IMMEDIATE")
    state, version = run("SELECT state, version FROM cases WHERE id = ?", (number,)).fetchone()
    after = STATES[STATES.index(state) + 1]
    run("UPDATE cases SET state = ?, version = version + 1 WHERE id = ? AND version = ?", (after, number, version))
    data = json.dumps({"before": state, "after": after})
    run(
        "INSERT INTO history (case_id, at, actor, action, note, data) VALUES (?, ?, 'cv1', 'next', 'đã xem', ?)",
        (number, START.isoformat(), data),
    )
    run("UPDATE deadlines SET closed = ? WHERE case_id = ? AND closed IS NULL", (START.isoformat(), number))
    run("INSERT INTO deadlines (case_id, due, next_at) VALUES (?, ?, ?)", (number, START.isoformat(), START.isoformat()))
    run("INSERT INTO outbox (case_id, person, text) VALUES (?, 'cv1', 'Đến lượt xử lý')", (number,))
    run("COMMIT")


def ours(folder: Path, cases: int) -> float:
    from storage.store import open_store
    from workflow.model import Case, CasePart, Change, Seat

    store = open_store(f"sqlite:///{folder / 'ours.db'}", create=True)
    times = dict.fromkeys(("opened", "entered", "last_act", "last_entry"), START)
    fields = {"issue": "Ô nhiễm nguồn nước ở khu dân cư", "area": "môi trường", "commune": "Nam Giang", "urgency": "normal"}
    texts = {"process": "incident", "version": "v1", "title": "Nam Giang: môi trường", "state": STATES[0], "unit": "btg", "opener": "cv1"}
    opened = [Case(number=f"{number:06}/2026-VV", **texts, **times, fields=fields, revision=1, seq=1) for number in range(cases)]
    seat = Seat(unit="btg", position="specialist")
    store.commit(
        [
            Change(
                request_id=f"open {case.number}",
                parts=(CasePart(before=None, case=case, drafts=(), deadlines=(deadline(1),), awaited=(seat,)),),
            )
            for case in opened
        ]
    )
    began = time.perf_counter()
    for number in plan(cases):
        our_advance(store, opened[number].number)
    spent = time.perf_counter() - began
    done = [store.load(case.number) for case in opened[:: max(cases // 50, 1)]]
    assert all(file and file.case.state == "closed" and len(file.deadlines) == 8 for file in done)
    store.close()
    return cases * 7 / spent


def deadline(seq: int):
    from workflow.model import ClockEvent, Deadline, DeadlineStatus, Happening

    happened = (Happening(what=ClockEvent.OPENED, at=START, seq=seq),)
    due = START + timedelta(days=seq)
    return Deadline(
        key=f"state:s/due/{seq}",
        on="state:s",
        name="due",
        due=due,
        status=DeadlineStatus.RUNNING,
        events=happened,
        next_at=due - timedelta(hours=4),
    )


def our_advance(store, number: str) -> None:
    from workflow.model import CasePart, Change, DeadlineStatus, Entry, Notice, Seat
    from workflow.plain import canonical, digest

    file = store.load(number)
    before, running = file.case, next(deadline for deadline in file.deadlines if deadline.status is DeadlineStatus.RUNNING)
    seq = before.seq + 1
    after = replace(before, state=STATES[STATES.index(before.state) + 1], previous=before.state, revision=before.revision + 1, seq=seq)
    text = canonical({"act": "advance", "action": "next", "note": "đã xem", "before": before.state, "after": after.state})
    entry = Entry(
        case=number, seq=seq, at=START, actor="cv1", text=text, payload="{}", previous=before.head, hash=digest(before.head + text)
    )
    met = replace(running, status=DeadlineStatus.MET, settled=START, next_at=None)
    notice = Notice(key=f"{number}/{seq}/cv1", person="cv1", case=number, at=START, subject="Đến lượt", text="Đến lượt xử lý")
    part = CasePart(
        before=before,
        case=replace(after, head=entry.hash),
        drafts=(),
        entries=(entry,),
        deadlines=(met, deadline(seq)),
        notices=(notice,),
        awaited=(Seat(unit="btg", position="specialist" if seq % 2 else "leader"),),
    )
    store.commit([Change(request_id=f"{number} {seq}", parts=(part,))])


def _child(variant: str, cases: int, answers) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answers.put({"raw": raw, "ours": ours}[variant](Path(folder), cases))


def measure(variant: str, cases: int) -> float:
    """Advances a second, in a fresh process and a fresh folder."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    child = context.Process(target=_child, args=(variant, cases, answers))
    child.start()
    rate = answers.get()
    child.join()
    return rate


def main(cases: int = 300, rounds: int = 3) -> None:
    ratios = []
    for _ in range(rounds):
        by_hand, through_us = measure("raw", cases), measure("ours", cases)
        ratios.append(through_us / by_hand)
        print(f"raw {by_hand:7.0f}/s   ours {through_us:7.0f}/s   ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f} (aim: 0.30)")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

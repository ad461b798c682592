"""How fast an office proves itself: `python bench/verifying.py [ENTRIES]` (100,000; SMALL=1: 800), SQLite, figures for 1,000,000 entries.

One case of bench/engine.py is opened and brought to its end by acts, eight entries; its rows are copied, each copy with a number and a chain
of its own. Beside it, in the same process and by turns: raw, which reads the texts with sqlite3 and hashes them. Chain: the histories read and their
chains proved by the functions with which `hoso verify` does it, no more. Whole: all of `hoso verify`: the database's own checks, chains, the fold of
states, numbers, receipts, heads. Seconds of the processor; the median of three. Bars for 1,000,000 entries: the chain in 60 s, the fold (whole
without chain) in 300 s; the most that the process holds does not grow with the entries: at most 8 MiB
after the first fifth of the cases.
"""

import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlalchemy import select  # noqa: E402 - the project is found first

from bench import engine, memory  # noqa: E402
from storage import loading, tables  # noqa: E402
from storage.transaction import Transaction  # noqa: E402
from workflow.compose import LocalOffice, open_office  # noqa: E402
from workflow.engine.history import broken  # noqa: E402
from workflow.model import Entry  # noqa: E402
from workflow.plain import digest  # noqa: E402
from workflow.timekeeping import SetClock  # noqa: E402
from workflow.upkeep.proving import AT_ONCE  # noqa: E402

MILLION = 1_000_000
CHAIN, FOLD, GROWTH = 60.0, 300.0, 8.0
BATCH = 1000
COPIED = ("case", "entry", "deadline", "number")

Row = dict[str, Any]


def office_at(folder: Path) -> LocalOffice:
    """The office, open."""
    return open_office(folder, clock=SetClock(engine.START), environ={})


def make(folder: Path, entries: int) -> int:
    """An office with so many entries, of cases that are closed; how many it has."""
    engine.make(folder, "")
    office = office_at(folder)
    number = office.open("bench", actor=engine.ACTOR, fields={"word": "số"}).case
    for state in engine.STATES[1:]:
        office.advance(number, f"to_{state}", actor=engine.ACTOR)
    office.close()
    found = sqlite3.connect(folder / "hoso.db", isolation_level=None)
    found.row_factory = sqlite3.Row
    rows = {
        name: [
            dict(one) for one in found.execute(f'SELECT * FROM "{name}" WHERE "{"number" if name == "case" else "case"}" = ?', (number,))
        ]
        for name in COPIED
    }
    length, cases = len(rows["entry"]), max(entries // len(rows["entry"]), 2)
    copies = (copied(rows, number, one) for one in range(2, cases + 1))
    guards = found.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    found.execute("PRAGMA synchronous = OFF")
    found.execute("BEGIN")
    for name, _ in guards:
        found.execute(f'DROP TRIGGER "{name}"')
    for batch in iter(lambda: list(islice(copies, BATCH)), []):
        for name in COPIED:
            some = [row for one in batch for row in one[name]]
            marks = ", ".join("?" * len(some[0]))
            found.executemany(f'INSERT INTO "{name}" VALUES ({marks})', [tuple(row.values()) for row in some])
    found.execute('INSERT INTO case_field SELECT field, value, f.process, f.secret, c.id FROM case_field f, "case" c WHERE c.id > 1')
    found.execute("UPDATE series SET last = ? WHERE last = 1", (cases,))
    for _, sql in guards:
        found.execute(sql)
    found.execute("COMMIT")
    found.close()
    with closing(open_office(folder, clock=SetClock(engine.START + timedelta(days=3)), environ={})) as office:
        assert office.head() is not None
    return cases * length


def copied(rows: dict[str, list[Row]], number: str, one: int) -> dict[str, list[Row]]:
    """The rows of a case as those of the `one`th, with times of their own (some microseconds later), its chain computed anew."""
    new, moment = f"{one:06}{number[6:]}", f".{one % MILLION:06}Z"

    def own(value: Any) -> Any:
        return value.replace(number, new).replace(".000000Z", moment) if isinstance(value, str) else value

    made = {name: [{key: own(value) for key, value in row.items()} for row in some] for name, some in rows.items()}
    head, old = "", ""
    for row, before in zip(made["entry"], rows["entry"], strict=True):
        row["text"] = row["text"].replace(digest(before["payload"]), digest(row["payload"]))
        row["previous"], row["hash"] = head, digest(head + row["text"])
        head, old = row["hash"], before["hash"]
    case = made["case"][0]
    case["id"], case["plain"] = one, case["plain"].replace(old, head)
    case["search"] = case["search"].replace(number[:6], new[:6])
    for row in made["deadline"]:
        row["id"] = None
    for row in made["number"]:
        row["number"] = one
    return made


# ---- measuring -------------------------------------------------------------------------------------------------------


def raw(path: Path) -> None:
    """The texts read and hashed, and nothing else."""
    with sqlite3.connect(path) as found:
        cursor = found.execute('SELECT text, payload, previous, hash FROM entry ORDER BY "case", seq')
        while some := cursor.fetchmany(BATCH):
            for text, payload, previous, hash_ in some:
                sha256(payload.encode()).digest()
                assert sha256((previous + text).encode()).hexdigest() == hash_
    found.close()


def chain(office: LocalOffice, entries: int) -> None:
    """The chains alone, read and proved by what `verify` reads and proves them with."""
    numbers, proved = iter(office.store.all_cases()), 0
    while some := list(islice(numbers, AT_ONCE)):
        heads, histories = office.store.database.read(_chains, some)  # type: ignore[attr-defined] - it is the store in a database
        assert all(broken(history, heads[number]) is None for number, history in histories.items())
        proved += sum(map(len, histories.values()))
    assert proved == entries


_PLAIN = loading.of_many(lambda among: select(tables.case.c.number, tables.case.c.plain).where(among(tables.case.c.number)))


def _chains(tx: Transaction, numbers: list[str]) -> tuple[dict[str, str], dict[str, list[Entry]]]:
    heads = {number: json.loads(plain)["head"] for number, plain in loading.many(tx, _PLAIN, numbers)}
    return heads, loading.entries_of(tx, numbers)


def whole(office: LocalOffice, held: list[float]) -> None:
    """All of `verify`; what the process holds meanwhile."""

    def looked(done: int) -> None:
        if done % BATCH == 0:
            held.append(memory.mib(os.getpid())[0])

    Path("/proc/self/clear_refs").write_text("5")  # the most that it held is counted anew
    assert office.verify(progress=looked) == []
    held.append(memory.mib(os.getpid())[1])


def spent(work: Callable[..., None], *given: Any) -> float:
    """Seconds of the processor, of those it was done by as well."""
    before = os.times()
    work(*given)
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def main(entries: int) -> int:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder, began = Path(name) / "office", time.process_time()
        entries = make(folder, entries)
        size = (folder / "hoso.db").stat().st_size / 2**20
        print(f"verifying: {entries:,} entries made in {time.process_time() - began:.0f} s of the processor, {size:,.0f} MiB", flush=True)
        office, held, times = office_at(folder), [], []
        for _ in range(3 if entries <= MILLION // 5 else 1):
            held.clear()
            times.append((spent(raw, folder / "hoso.db"), spent(chain, office, entries), spent(whole, office, held)))
            print("verifying: raw {:.2f} s, chain {:.2f} s, whole {:.2f} s".format(*times[-1]), flush=True)
        office.close()
    return report(entries, times, held)


def report(entries: int, times: list[tuple[float, float, float]], held: list[float]) -> int:
    """Print the medians; 1 if a bar is missed."""
    million = MILLION / entries
    chained = statistics.median(one[1] for one in times) * million
    folded = statistics.median(one[2] - one[1] for one in times) * million
    print(f"verifying: raw              {statistics.median(one[0] for one in times) * million:6.1f} s for 1,000,000 entries")
    print(
        f"verifying: chain            {chained:6.1f} s, {statistics.median(one[1] / one[0] for one in times):.1f} × raw  (bar {CHAIN:.0f} s)"
    )
    print(
        f"verifying: fold and rest    {folded:6.1f} s, {statistics.median((one[2] - one[1]) / one[0] for one in times):.1f} × raw  (bar {FOLD:.0f} s)"
    )
    grown = held[-1] - held[len(held) // 5]
    print(f"verifying: the process held {held[-1]:6.1f} MiB at most, {grown:+.1f} MiB after a fifth of the cases  (bar +{GROWTH:.0f})")
    missed = [what for what, wrong in (("chain", chained > CHAIN), ("fold", folded > FOLD), ("memory", grown > GROWTH)) if wrong]
    print("verifying: " + (f"missed: {', '.join(missed)}" if missed else "all bars are met"))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 800 if os.environ.get("SMALL") else 100_000))

"""Fills an office's database with a great many cases, for bench/views.py: real cases of the procedures that ship, copied in bulk.

Ten cases are opened and moved on by acts; their rows are copied with numbers, words, dates of their own straight into the tables. One
case of fifty is copied whole; of the others what lists look at: the case, its running deadlines, whose turn it is, who may see it. Three of
ten cases are open; two of five are secret ones.
"""

import random
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage import tables
from storage.transaction import Transaction
from tests.app.making import COUNTERPART, INCIDENT, OPINION, STEPS, incident
from workflow.compose import LocalOffice, open_office
from workflow.plain import instant
from workflow.timekeeping import SetClock
from workflow.upkeep.making import init
from workflow.vietnamese import words as folded_words

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
MARK = "xxmarkxx"
COPIED = ("case", "deadline", "awaited", "viewer", "opinion", "document", "document_event", "entry")
BATCH = 2_000
RARE, NEVER = "bachma", "khongdauco"
"""A word that one case in 50,000 has (and at least one), and one that none has."""

WHOLE = 50
"""One case of so many is copied with its history, its papers and all that is settled."""
BETWEEN = "\x1f"

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Pattern:
    """One case's rows, how many of a hundred cases are like it, and its rows' texts in one, so that they are changed at one go."""

    number: str
    share: int
    rows: Rows
    shape: tuple[tuple[str, tuple[str, ...], tuple[object, ...]], ...]
    """Of each row: its table, its columns, and the values that are no text (None where there is one)."""
    text: str


def pattern_of(number: str, share: int, rows: Rows) -> Pattern:
    """A pattern of these rows."""
    shape, texts = [], []
    for name, some in rows.items():
        for row in some:
            kept = {key: value for key, value in row.items() if key != "id" or name == "case"}
            texts += [value for value in kept.values() if isinstance(value, str)]
            shape.append((name, tuple(kept), tuple(TEXT if isinstance(value, str) else value for value in kept.values())))
    return Pattern(number, share, rows, tuple(shape), BETWEEN.join(texts))


TEXT = object()


def office_at(folder: Path, environ: Mapping[str, str]) -> LocalOffice:
    """The office as it ships, deployed, in a new folder or the one that is there."""
    if not folder.exists():
        init(folder, practice=True, environ=environ)
        for scenarios in (folder / "definitions").glob("*/scenarios"):
            shutil.rmtree(scenarios)
        office = open_office(folder, clock=SetClock(START), environ=environ)
        office.deploy(by="bench", why="bench")
        return office
    return open_office(folder, clock=SetClock(START), environ=environ)


def fill(office: LocalOffice, cases: int) -> None:
    """Copy patterns until there are so many cases; the guards and the search index are made anew afterwards, as after a migration."""
    patterns, chance = made(office), random.Random(1)
    weights = [pattern.share for pattern in patterns]
    numbered = iter(range(len(patterns) // 2 + 1, cases + 1))
    database = office.store.database  # type: ignore[attr-defined] - it is the store in a database

    def work(tx: Transaction) -> None:
        tx.backend.drop_guards(tx.cursor)
        tx.cursor.execute("DELETE FROM case_field")
        for batch in iter(lambda: list(islice(numbered, BATCH)), []):
            put(tx, [copied(chance.choices(patterns, weights)[0], one, cases, chance) for one in batch])
        names = "field, value, process, secret, id"
        tx.cursor.execute(f"INSERT INTO case_field SELECT {names} FROM ({tx.backend.found_values}) said GROUP BY {names} ORDER BY {names}")
        tx.backend.filled(tx.cursor)
        tx.backend.make_guards(tx.cursor)

    def attempt(connection: Any) -> None:
        with closing(connection.connection.cursor()) as cursor:
            work(Transaction(cursor, database.backend))

    database.migrate(attempt)
    if database.backend.side_by_side:  # what the server does by itself after a while
        database.run_alone("VACUUM ANALYZE")


def made(office: LocalOffice) -> list[Pattern]:
    """The cases that all others are copied from."""
    fields = {**INCIDENT, "issue": f"{MARK} {INCIDENT['issue']}"}
    ways = list(STEPS)
    opened = [(incident(office, *ways[:far], **fields), share) for far, share in ((0, 4), (1, 3), (2, 2), (3, 1), (5, 1), (6, 1), (7, 28))]
    opinion = {**OPINION, "draft_title": f"Nghị quyết {MARK}"}
    for far, share in ((0, 6), (1, 12), (2, 42)):
        number = office.open("opinion", actor="van-thu-vp", fields=opinion).case
        if far:
            office.advance(number, "ask", actor=COUNTERPART)
        if far > 1:
            office.advance(number, "withdraw", actor=COUNTERPART, note="Rút")
        opened.append((number, share))
    return [one for number, share in opened for one in in_two(number, share, rows_of(office, number))]


def in_two(number: str, share: int, rows: Rows) -> tuple[Pattern, Pattern]:
    """A case whole, and with what lists look at alone."""
    running = [row for row in rows["deadline"] if row["status"] == "running"]
    lean = {name: rows[name] for name in ("case", "awaited", "viewer")} | {"deadline": running}
    return pattern_of(number, share, rows), pattern_of(number, share * (WHOLE - 1), lean)


def rows_of(office: LocalOffice, number: str) -> Rows:
    """A case's rows in every table that is copied."""

    def work(tx: Transaction) -> Rows:
        found: Rows = {}
        for name in COPIED:
            table = tables.metadata.tables[name]
            own = table.c.number if name == "case" else table.c.case
            rows = tx.select(select(*table.columns).where(own == number))
            found[name] = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
        return found

    return office.store.database.read(work)  # type: ignore[attr-defined] - it is the store in a database


SYLLABLES = [
    first + rest
    for first in ["b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x"]
    for rest in ["a", "anh", "ao", "âu", "en", "êu", "ơi", "ông", "ươn", "y"]
]


def some_words(chance: random.Random, one: int) -> str:
    """Six words, the first ones of the list often, and the case's own."""
    found = [SYLLABLES[min(int(chance.paretovariate(0.6)) - 1, len(SYLLABLES) - 1)] for _ in range(6)]
    return " ".join([*found, f"mã{one}", *([RARE] if one % 50_000 == 77 else [])])


def copied(pattern: Pattern, one: int, cases: int, chance: random.Random) -> Rows:
    """A pattern's rows for the case that is the `one`th of all, opened in the order of their numbers."""
    number = f"{one:07}/2026-{pattern.number.rpartition('-')[2]}"
    words = some_words(chance, one)
    opened = START - timedelta(seconds=30 * (cases - one))
    late = chance.random() < 0.1
    times = {instant(START): instant(opened)} | {
        row["due"]: instant(START + timedelta(hours=chance.uniform(-200, 0) if late else chance.uniform(1, 700)))
        for row in pattern.rows["deadline"]
        if row["status"] == "running"
    }

    text = pattern.text.replace(fold_words(pattern.number), fold_words(number)).replace(pattern.number, number)
    for before, after in times.items():
        text = text.replace(before, after)
    texts = iter(text.replace(MARK, words).split(BETWEEN))
    rows: Rows = {}
    for name, names, values in pattern.shape:
        rows.setdefault(name, []).append({key: next(texts) if value is TEXT else value for key, value in zip(names, values, strict=True)})
    case = rows["case"][0]
    case["id"] = one
    case["search"] = fold_words(case["search"])
    if case["due"]:
        case["due"] = min(row["due"] for row in rows["deadline"] if row["status"] == "running")
        for row in rows["awaited"]:
            row["due"] = case["due"]
    return rows


def fold_words(text: str) -> str:
    """The text as the search index has it."""
    return " ".join(folded_words(text))


def put(tx: Transaction, made_: list[Rows]) -> None:
    """Write the rows of many cases, table by table."""
    for name in COPIED:
        rows = [row for one in made_ for row in one.get(name, ())]
        if not rows:
            continue
        names = list(rows[0])
        columns = ", ".join(f'"{one}"' for one in names)
        if tx.backend.side_by_side:
            with tx.cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row([row[one] for one in names])
        else:
            marks = ", ".join("?" * len(names))
            tx.cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', [[row[one] for one in names] for row in rows])

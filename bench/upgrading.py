"""How long a large office takes to be brought up to this program's schema: `python bench/upgrading.py [CASES]` (100,000; SMALL=1: 200), SQLite.

The office of the newest released schema (tests/app/released) is filled with copies of one of its cases, with the rows of whoever is awaited
and may see it. What cases are found by is written as the first hosos wrote it, with signs between the words, so that each row is made anew.
Seconds of the processor and of the clock; the most memory that the process held. It may take long, but it must end, and memory must not grow
with the cases.
"""

import gzip
import os
import resource
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from storage import migrations  # noqa: E402 - the project is found first
from storage.tables import NO_DUE  # noqa: E402
from storage.transaction import HIDDEN  # noqa: E402
from workflow.settings import office_toml  # noqa: E402
from workflow.upkeep import upgrade  # noqa: E402

RELEASED = ROOT / "tests/app/released"
COPIED = "002/2026-VV"
NUMBER = "printf('%07d/2030-VV', n)"
INSTEAD = {
    "case": {
        "id": "1000 + n",
        "number": NUMBER,
        "plain": f"replace(plain, '{COPIED}', {NUMBER})",
        "search": f"{NUMBER} || ' — ' || replace(search, ' ', '/')",
        "due": "NULL",  # its deadlines are not copied
    },
    "awaited": {"case": NUMBER, "due": f"'{NO_DUE}'"},
    "viewer": {"case": NUMBER},
}
"""Table → what a copy has in place of the row's own."""


def newest() -> str:
    """The newest schema that was released before this program's."""
    return max(number for file in RELEASED.iterdir() if (number := file.name.split(".")[0]) < migrations.head())


def make(folder: Path, schema: str, cases: int) -> None:
    """An office of that schema with so many cases more."""
    file = folder / "hoso.db"
    file.write_bytes(gzip.decompress((RELEASED / f"{schema}.db.gz").read_bytes()))
    (folder / "office.toml").write_text(office_toml("Bench", practice=True), encoding="utf-8")
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        for table, instead in INSTEAD.items():
            columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
            values = ", ".join(instead.get(name, f'"{name}"') for name in columns)
            of = "number" if table == "case" else '"case"'
            db.execute(
                f"WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {cases}) "
                f'INSERT INTO "{table}" SELECT {values} FROM counted, (SELECT * FROM "{table}" WHERE {of} = \'{COPIED}\')'
            )
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'case_field'").fetchone():  # since schema 0006
            db.execute(
                'INSERT INTO case_field SELECT f.field, f.value, f.process, f.secret, c.id FROM case_field f, "case" c '
                f"WHERE f.id = (SELECT id FROM \"case\" WHERE number = '{COPIED}') AND c.id > 1000"
            )
        db.execute("COMMIT")


def main(cases: int) -> None:
    """Make it, bring it up, and look whether it is whole."""
    schema = newest()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        folder = Path(place)
        make(folder, schema, cases)
        began, used = time.perf_counter(), time.process_time()
        done = upgrade(folder, {})
        clock, spent = time.perf_counter() - began, time.process_time() - used
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with closing(sqlite3.connect(folder / "hoso.db")) as db:
            last = f"{cases:07}"
            ((found,),) = db.execute("SELECT count(*) FROM case_search WHERE case_search MATCH ?", (f'"{last}" OR "{HIDDEN}{last}"',))
        assert found == 1, "the last case is not found by its number"
    print(f"schema {done.before} to {done.after}, {cases} cases: {spent:.1f} s of the processor, {clock:.1f} s, {most:.0f} MiB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200 if os.environ.get("SMALL") else 100_000)

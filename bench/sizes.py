"""How many bytes an office's database takes: `python bench/sizes.py [CASES]`, on SQLite and PostgreSQL, indexes included.

For a case that is opened, for an act that moves it on (deadline, notice, entry of the history, receipt), and for an issued paper (its record,
its .docx and .pdf). What a database leaves free is taken away before each look (VACUUM). The procedure is that of bench/engine.py; the
paper is that of the incident's `assess`, a page with a table of facts.
"""

import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench import engine  # noqa: E402 - the project is found first
from bench._million import office_at  # noqa: E402
from tests import postgres_server  # noqa: E402
from tests.app.making import incident  # noqa: E402
from workflow.compose import LocalOffice, open_office  # noqa: E402
from workflow.timekeeping import SetClock  # noqa: E402

STEPS = 7


def size(office: LocalOffice) -> dict[str, int]:
    """Bytes of each table, indexes included; on SQLite of the whole file."""
    database = office.store.database  # type: ignore[attr-defined] - it is the store in a database
    if not database.backend.side_by_side:
        database.run_alone("VACUUM")
        return {
            "file": database.read(
                lambda tx: tx.cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
            )
        }
    database.run_alone("VACUUM FULL")
    query = "SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    return dict(database.read(lambda tx: tx.cursor.execute(query).fetchall()))


def grown(before: dict[str, int], after: dict[str, int], by: int) -> str:
    """Bytes for each of so many."""
    parts = {name: (after[name] - before[name]) / by for name in after}
    large = ", ".join(f"{name} {value:,.0f}" for name, value in sorted(parts.items(), key=lambda one: -one[1]) if value >= 20)
    return f"{sum(parts.values()):9,.0f}   ({large})" if len(parts) > 1 else f"{sum(parts.values()):9,.0f}"


def measured(on: str, folder: Path, urls: tuple[str, str], cases: int) -> None:
    """Print what a case, an act and a paper take."""
    engine.make(folder / "acts", urls[0])
    with closing(open_office(folder / "acts", clock=SetClock(engine.START), environ={"HOSO_DATABASE": urls[0]})) as office:
        seen = [size(office)]
        numbers = [office.open("bench", actor=engine.ACTOR, fields={"word": f"số {one}"}).case for one in range(cases)]
        seen.append(size(office))
        for number in numbers:
            for state in engine.STATES[1:]:
                office.advance(number, f"to_{state}", actor=engine.ACTOR)
        seen.append(size(office))
    print(f"{on}: a case opened {grown(seen[0], seen[1], cases)}")
    print(f"{on}: an act         {grown(seen[1], seen[2], cases * STEPS)}", flush=True)
    with closing(office_at(folder / "papers", {"HOSO_DATABASE": urls[1]})) as office:
        papers = max(cases // 10, 5)
        numbers = [incident(office, "screen") for _ in range(papers)]
        seen = [size(office)]
        for number in numbers:
            office.advance(number, "assess", actor="chuyen-vien-btg", fields={"facts": "UBND xã đã đo: vượt ngưỡng 1,5 lần"})
        seen.append(size(office))
    print(f"{on}: an act with an issued paper, .docx and .pdf {grown(seen[0], seen[1], papers)}", flush=True)


def main(cases: int) -> int:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        folder = Path(made)
        measured("SQLite", folder / "s", (f"sqlite:///{folder}/a.db", f"sqlite:///{folder}/b.db"), cases)
        server = postgres_server.Server(Path(tempfile.mkdtemp(prefix="hoso-bench-", dir="/var/tmp")))
        try:
            join = "&" if "?" in server.url else "?"
            measured("PostgreSQL", folder / "p", (f"{server.url}{join}schema=sizes_a", f"{server.url}{join}schema=sizes_b"), cases)
        finally:
            server.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10 if os.environ.get("SMALL") else 200))

"""How fast papers are written, warm, in one process; and whether memory stays flat.

Bars: a two-page .pdf ≤ 15 ms and .docx ≤ 60 ms; 1,000 letters with both files ≤ 90 s; a round of 200 letters, numbered and stored.
"""

import statistics
import sys
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import papers  # noqa: E402  the tests' papers

from workflow.documents import compose, pdf, word, write  # noqa: E402

RUNS, LETTERS, ROUND = 40, 1000, 200
MAY = {"pdf": 15.0, "docx": 60.0, "letters": 90.0}


def milliseconds(work) -> tuple[float, float]:
    """(median of the wall clock, mean of the processor's time) of some runs, warm."""
    work()
    walls, before = [], time.process_time()
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        walls.append((time.perf_counter() - start) * 1000)
    return statistics.median(walls), (time.process_time() - before) / RUNS * 1000


def mib() -> float:
    """The most memory that this process has held, MiB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def letters() -> tuple[float, float, float]:
    """(seconds, MiB after a hundred, MiB at the end) of a thousand letters, both files."""
    letter = {**papers.STATE, **papers.LETTER, "symbol": "05/HĐND-VP"}
    start, early = time.perf_counter(), 0.0
    for number in range(LETTERS):
        write(papers.document(letter, number=number + 1, symbol=f"{number + 1:02}/HĐND-VP"), papers.LETTER_BODY)
        if number == LETTERS // 10:
            early = mib()
    return time.perf_counter() - start, early, mib()


def round_of_letters() -> float:
    """Seconds of one act that asks two hundred units, each with a letter of its own."""
    from tests.app.making import at
    from workflow.compose import open_office
    from workflow.model import Upload
    from workflow.timekeeping import SetClock
    from workflow.upkeep.making import init

    with TemporaryDirectory() as folder:
        place = Path(folder) / "office"
        init(place, practice=True, environ={})
        for scenarios in place.glob("definitions/*/scenarios"):
            for file in scenarios.iterdir():
                file.unlink()
        units = [f"don-vi-{number}" for number in range(ROUND)]
        path = place / "definitions" / "organisation.yaml"
        text = path.read_text("utf-8")
        more = "".join(f"  {unit}: {{title: Đơn vị {unit}, kind: state, from: 2010-01-01, symbol: DV}}\n" for unit in units)
        posts = "".join(f"  - {{person: chu-tich-ubnd, unit: {unit}, position: leader, title: Trưởng}}\n" for unit in units)
        path.write_text(text.replace("\npersons:", f"\n{more}persons:", 1).replace("\nposts:\n", f"\nposts:\n{posts}", 1), "utf-8")
        office = open_office(place, clock=SetClock(at("2026-11-20 09:00")), environ={})
        office.deploy(by="hoso", why="bench")
        draft = Upload(name="a.txt", content=b"x")
        fields = {"draft_title": "Nghị quyết", "draft": draft, "session_date": "2026-12-25", "drafter": "phong-vhtt", "consulted": units}
        number = office.open("opinion", actor="van-thu-vp", fields=fields).case
        start = time.perf_counter()
        done = office.advance(number, "ask", actor="pho-chu-tich-hdnd")
        assert len(done.documents) == ROUND
        return time.perf_counter() - start


def main() -> int:
    sheet = compose.sheet(papers.document(), papers.BODY, "x")
    wrong = []
    for kind, writer in (("pdf", pdf.write), ("docx", word.write)):
        wall, cpu = milliseconds(lambda writer=writer: writer(sheet))
        laid, laid_cpu = milliseconds(lambda: compose.sheet(papers.document(), papers.BODY, "x"))
        print(f"{kind}: {wall + laid:.1f} ms ({cpu + laid_cpu:.1f} ms of the processor), may be {MAY[kind]:.0f}")
        wrong += [kind] if wall + laid > MAY[kind] else []
    seconds, early, late = letters()
    print(f"{LETTERS} letters with both files: {seconds:.1f} s, may be {MAY['letters']:.0f}; memory {early:.0f} → {late:.0f} MiB")
    wrong += ["letters"] if seconds > MAY["letters"] else []
    wrong += ["memory"] if late - early > 30 else []
    print(f"a round of {ROUND} letters in one act: {round_of_letters():.1f} s")
    print("missed: " + ", ".join(wrong) if wrong else "all bars are met")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

"""One clerk of the test: `python -m bench.cluster.client FOLDER NAME NOTES` acts until NOTES.end is there.

Each act has a request id; one that fails because the database is away is done again with the same id until it is done. What was
acknowledged is noted, a line an act: the request, the case and entry that it made, when it was asked first and when it was done, tries.
"""

import json
import os
import random
import sys
import time
from pathlib import Path

from workflow.answers import Done
from workflow.compose import open_office
from workflow.errors import HosoError, StoreUnreachable

ACTOR = "chuyen-vien-btg"
STEPS = ("to_b", "to_c", "to_d")
WORKED = 0.6
"""So many of the cases are worked on; the others wait until their deadlines pass, for the workers."""


def main(folder: Path, name: str, notes: Path) -> int:
    end, chance = notes.with_suffix(".end"), random.Random(name)
    office = open_office(folder, environ=os.environ)
    cases: list[tuple[str, int]] = []
    with notes.open("a", buffering=1) as told:
        for act in range(1_000_000):
            if end.exists():
                return 0
            request, began, tries, done = f"{name}/{act}", time.time(), 0, None  # noqa: TID251 - a bench measures the real time
            number, step = cases[0] if len(cases) > 3 else ("", 0)
            while done is None and not (end.exists() and tries > 50):
                tries += 1
                try:
                    done = once(office, number, step, request)
                except StoreUnreachable:
                    time.sleep(1)
                except HosoError as refused:
                    print(json.dumps({"request": request, "refused": str(refused)}), flush=True)
                    break
            cases = cases[1:] if number else cases
            if done is not None:
                if (number and step + 1 < len(STEPS)) or (not number and chance.random() < WORKED):
                    cases.append((done.case, step + 1 if number else 0))
                line = {"request": request, "case": done.case, "seq": done.seq, "began": began, "done": time.time(), "tries": tries}  # noqa: TID251
                told.write(json.dumps(line) + "\n")
            time.sleep(chance.uniform(0.05, 0.3))
    return 0


def once(office, number: str, step: int, request: str) -> Done:
    """Open a case, or advance this one."""
    if not number:
        return office.open("bench", actor=ACTOR, fields={"word": request}, request_id=request)
    return office.advance(number, STEPS[step], actor=ACTOR, request_id=request)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))

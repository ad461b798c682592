"""DBOS: a case is a workflow, an advance one of its steps. Steps a second on its SQLite database, set to WAL (which it does not do by itself).

A workflow's steps come one after the other and nobody is waited for, so the order of cases is not shuffled; only the time between a workflow's first
step and its last one's end counts, neither its start nor its end. Waiting for a person (`DBOS.recv`) comes on top, and is not measured here.

Written: the step's row (name, what it gave, times). Not written: a case row that lists could be made of, who did it, whose turn it is, a deadline, a
notice, a hash. The step itself writes nothing more: it gives what our history row holds. No guard.
"""

import sqlite3
from itertools import pairwise

from _work import answer, job, now
from dbos import DBOS

SPENT = [0.0, 0.0]


@DBOS.step()
def advance(number: int, before: str, after: str) -> dict[str, object]:
    return {"case": number, "actor": "cv1", "action": "next", "note": "đã xem", "before": before, "after": after}


@DBOS.workflow()
def case(number: int, states: list[str]) -> str:
    began = now()
    for before, after in pairwise(states):
        advance(number, before, after)
    for one, (before, after) in enumerate(zip(began, now(), strict=True)):
        SPENT[one] += after - before
    return states[-1]


def main() -> None:
    asked = job()
    path, states = "peer.db", asked["states"]
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # stays so in the file; synchronous is FULL unless somebody asks for less
    DBOS(config={"name": "peer", "system_database_url": f"sqlite:///{path}", "run_admin_server": False, "log_level": "ERROR"})
    DBOS.launch()
    for number in sorted(set(asked["warming"])):
        case(number, states)
    SPENT[:] = [0.0, 0.0]
    cases = sorted(set(asked["order"]))
    for number in cases:
        case(number, states)
    DBOS.destroy()
    with sqlite3.connect(path) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        steps = connection.execute("SELECT count(*) FROM operation_outputs WHERE function_name LIKE '%advance%'").fetchone()[0]
    acts = len(asked["warming"]) + len(asked["order"])
    if (mode, steps) != ("wal", acts):
        raise AssertionError((mode, steps, acts))
    answer((SPENT[0], SPENT[1]), len(asked["order"]), ("dbos", "SQLAlchemy"))


if __name__ == "__main__":
    main()

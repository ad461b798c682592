"""Disposals: the contents of cases go, in the transaction of the acts that say so; which cases may be looked at for one.

A row of `disposal` stands open (its column `open`) from the beginning of that transaction to its end, and what guards the history
asks for it: see the guards of either database. No transaction that leaves one open can be committed.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, literal_column, select

from storage import tables
from storage.transaction import Statement, Transaction, Values
from workflow.model import Disposal
from workflow.plain import instant

_disposal, _case, _entry, _file = tables.disposal, tables.case, tables.entry, tables.file
_NAMES = ("case", "seq", "at", "by", "decision", "done")
_HASH = re.compile(r'"([0-9a-f]{64})"')
_ALL = Statement(lambda _: select(*(_disposal.c[name] for name in _NAMES)).order_by(_disposal.c.at, _disposal.c.case))
_PAYLOADS = Statement(lambda _: select(_entry.c.payload).where(_entry.c.case == bindparam("at_case"), _entry.c.seq < bindparam("at_seq")))
_IS_FILE = Statement(lambda _: select(_file.c.hash).where(_file.c.hash == bindparam("at_hash")))
_CLOSED = Statement(
    lambda _: (
        select(_case.c.id, _case.c.number)
        .where(_case.c.process == bindparam("at_process"), _case.c.outcome != literal_column("''"), _case.c.opened < bindparam("before"))
        .where(_case.c.id > bindparam("after"), ~exists().where(_disposal.c.case == _case.c.number))
        .order_by(_case.c.id)
        .limit(bindparam("limit"))
    )
)


def begin(tx: Transaction, row: Values) -> None:
    """Open the row that lets the contents of its case go."""
    tx.alone("dispose")
    tx.backend.overwrite(tx.cursor, wanted=True)
    tx.backend.open_disposal(tx.cursor, row)


def finish(tx: Transaction, rows: Sequence[Values]) -> None:
    """Remove the contents of these cases, and the files that nothing else names; close the rows. What else names a file is looked for
    with the last of them, when none of the others does any more: that reads all histories.
    """
    if not rows:
        return
    found = tx.together([(_PAYLOADS, {"at_case": row["case"], "at_seq": row["seq"]}) for row in rows])
    named = sorted({hash_ for _, payloads in found for (payload,) in payloads for hash_ in _HASH.findall(payload)})
    there = tx.together([(_IS_FILE, {"at_hash": one}) for one in named])
    hashes = [one for one, (_, files) in zip(named, there, strict=True) if files]
    for row in rows:
        tx.backend.dispose(tx.cursor, row["case"], row["seq"], hashes if row is rows[-1] else [])
    tx.backend.overwrite(tx.cursor, wanted=False)


def disposals(tx: Transaction) -> list[Disposal]:
    """All that was disposed of, oldest first."""
    return [_read(row) for row in tx.rows(_ALL)]


def _read(row: tuple[str, int, str, str, str, int]) -> Disposal:
    case, seq, at, by, decision, done = row
    return Disposal(case=case, seq=seq, at=datetime.fromisoformat(at), by=by, decision=decision, done=bool(done))


def page_of_closed(tx: Transaction, after: int, limit: int, process: str, before: datetime) -> list[tuple[int, str]]:
    """(id, number) of the next closed cases of a process that were opened before a moment and are there whole."""
    at = {"at_process": process, "before": instant(before), "after": after, "limit": limit}
    return [(id_, number) for id_, number in tx.rows(_CLOSED, at)]

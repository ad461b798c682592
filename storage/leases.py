"""Turns at a series: first come, first served, so that nobody renders a paper for a number that another takes.

Whoever wants to number takes a turn, with a claim on each series at once; it is their turn when no earlier turn claims
any of these series. A turn ends with its block, with its time (a waiting one must show itself every few seconds, a
holder gets a longer term and may renew it), or with its process. A lease that was lost after all does no harm: the
commit finds the number taken.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import and_, bindparam, select
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert
from sqlalchemy import update as sql_update

from storage import tables
from storage.connect import Database
from storage.statements import insert
from storage.transaction import Statement, Transaction
from storage.writing import series_values
from workflow.model import SeriesKey
from workflow.ports import Stale

TERM = 30.0
"""Seconds that a lease lasts without being renewed."""

WAITING = 3.0
"""Seconds that a waiting turn lasts without a sign of life."""

_SHOW, _NEAR, _FAR = 1.0, 0.004, 0.03
"""Seconds: between signs of life; between looks when one other is before us, and when more are."""

_turn, _claim = tables.turn, tables.claim
_other = _claim.alias("other")
_INSERT_TURN = Statement(lambda _: sql_insert(_turn).returning(_turn.c.id), ["holder", "process", "until"])
_INSERT_CLAIM = insert(_claim)
_UPDATE_TURN = Statement(lambda _: sql_update(_turn).where(_turn.c.id == bindparam("at_id")), ["until"])
_DELETE_TURN = Statement(lambda _: sql_delete(_turn).where(_turn.c.id == bindparam("at_id")))
_BEFORE = Statement(
    lambda _: (
        select(_turn.c.id, _turn.c.process, _turn.c.until)
        .distinct()
        .select_from(_claim)
        .join(
            _other,
            and_(
                *(_other.c[name] == _claim.c[name] for name in ("body", "type", "period")),
                _other.c.turn < _claim.c.turn,
            ),
        )
        .join(_turn, _turn.c.id == _other.c.turn)
        .where(_claim.c.turn == bindparam("at_id"))
    )
)

Seconds = Callable[[], float]
Turn = tuple[int, str, int]
"""A turn's number, the process whose it is, and when its time is over (milliseconds)."""


class Held:
    """A place in the queue for some series, and the lease once it is at the front; see `ports.Lease`."""

    def __init__(self, database: Database, series: Sequence[SeriesKey], holder: str, seconds: Seconds, term: float) -> None:
        self._database, self._seconds, self._term = database, seconds, term
        self._series, self._holder = series, holder
        self._turn, self._shown = 0, 0.0
        self._join()

    def renew(self) -> None:
        """Hold on for another term; raises Stale if it was lost."""
        if not self._show(self._term):
            raise Stale

    def wait(self) -> None:
        """Return when nobody is before us; our time as a holder runs from then."""
        while True:
            before = self._database.read(_before, self._turn)
            if not before and self._show(self._term):
                return
            if not before:  # our turn is gone: we slept too long and were passed over
                self._join()
            elif not self._clear(before):
                self._rest(before)

    def leave(self) -> None:
        """Make way for the next."""
        self._database.write(_end, (self._turn,))

    def _join(self) -> None:
        self._shown = self._seconds()
        self._turn = self._database.write(_take, self._series, self._holder, self._shown + WAITING)

    def _show(self, time_left: float) -> bool:
        self._shown = self._seconds()
        return self._database.write(_keep, self._turn, self._shown + time_left)

    def _clear(self, before: Sequence[Turn]) -> bool:
        """End the turns of those who are surely gone."""
        far = self._database.backend.side_by_side
        gone = [turn for turn, process, until in before if not lives(process, until / 1000, self._seconds(), far=far)]
        if gone:
            self._database.write(_end, gone)
        return bool(gone)

    def _rest(self, before: Sequence[Turn]) -> None:
        if self._seconds() - self._shown > _SHOW:
            self._show(WAITING)
        time.sleep((_NEAR if len(before) == 1 else _FAR) * random.uniform(0.5, 1.5))  # noqa: S311  # looks should not coincide, nothing is secret


@contextmanager
def lease(
    database: Database, series: Sequence[SeriesKey], holder: str, seconds: Seconds | None = None, term: float = TERM
) -> Iterator[Held]:
    """Wait for the turn to number in these series, keep it until the block ends. No lock is held meanwhile.

    `seconds` times it; left out, it is the clock that all who use the database share.
    """
    held = Held(database, sorted(set(series), key=str), holder, seconds or database.read(database.backend.seconds), term)
    try:
        held.wait()
        yield held
    finally:
        held.leave()


def _take(tx: Transaction, series: Sequence[SeriesKey], holder: str, until: float) -> int:
    tx.backend.alone(tx.cursor, "turn")  # turns come to be seen in the order of their numbers
    row = tx.row(_INSERT_TURN, {"holder": holder, "process": this_process(), "until": int(until * 1000)})
    turn = int(row[0]) if row else 0
    for key in series:
        tx.run(_INSERT_CLAIM, {"turn": turn, **series_values(key)})
    return turn


def _keep(tx: Transaction, turn: int, until: float) -> bool:
    return tx.run(_UPDATE_TURN, {"at_id": turn, "until": int(until * 1000)}) == 1


def _end(tx: Transaction, turns: Sequence[int]) -> None:
    for turn in turns:
        tx.run(_DELETE_TURN, {"at_id": turn})


def _before(tx: Transaction, turn: int) -> list[Turn]:
    return [(id_, process, until) for id_, process, until in tx.rows(_BEFORE, {"at_id": turn})]


# ---- processes of this machine -----------------------------------------------------------------------------------


@cache
def this_process() -> str:
    """Which process this is: start of the machine, process namespace, number, start time. No later one has the same.

    Asked once a process, for /proc may take longer than a turn's row.
    """
    return f"{_boot()} {_namespace()} {os.getpid()} {_started(os.getpid())}"


os.register_at_fork(after_in_child=this_process.cache_clear)


def lives(process: str, until: float, now: float, *, far: bool) -> bool:
    """Whether a turn's process may still be there: surely not once its time is over, or it has gone from this machine.

    `far`: others may work on other machines, of which we know nothing; else another start is this machine's own, before.
    """
    boot, namespace, pid, started = process.split(" ")
    if until <= now:
        return False
    if boot != _boot():
        return far
    return namespace != _namespace() or _started(int(pid)) == started


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())


def _started(pid: int) -> str:
    """The start time in ticks, as /proc tells it; '' if there is no such process, or only its remains."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] in {"Z", "X"} else after_name[19]

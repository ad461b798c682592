"""Turns at a series: first come, first served, so that nobody renders a paper for a number that another takes.

Whoever wants to number takes a turn, with a claim on each series at once; it is their turn when no earlier turn claims
any of these series. Where there is none, taking and holding are one transaction. A turn ends with the commit that it was
taken for, with its block, with its time (a waiting one must show itself every few seconds, a holder gets a longer term
and may renew it), or with its process. A lease that was lost after all does no harm: the commit finds the number taken.
So a turn need not be on the disk: who loses it with the machine is gone, or finds a number taken.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import Integer, and_, bindparam, func, literal_column, select
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert
from sqlalchemy import update as sql_update

from storage import loading, tables
from storage.connect import Database
from storage.numbers import series_values
from storage.statements import Step, matching
from storage.transaction import NOTHING, Answer, Statement, Transaction, Values, uptime
from storage.writing import Prepared
from workflow.model import SeriesKey
from workflow.ports import Lease, Stale

TERM = 30.0
"""Seconds that a lease lasts without being renewed."""

WAITING = 3.0
"""Seconds that a waiting turn lasts without a sign of life."""

_SHOW = 1.0
"""Seconds between signs of life."""

_LEAST, _MOST, _SHARE = 0.0005, 0.1, 1 / 8
"""Seconds between looks, least and most; and which share they are of the time for which nobody before us has left: who waits for somebody
quick looks often, who waits for a minute's rendering seldom.
"""

_QUICK = 0.0015
"""Seconds that the quickest work under a lease takes: who has several before them need not look before the others can have gone."""

_QUIET = 0.02
"""Seconds for which nobody before us has left when their processes are looked for: that costs more than a look at the queue."""

_turn, _claim = tables.turn, tables.claim
_other = _claim.alias("other")
_NEWEST, _OURS = select(func.max(_turn.c.id)).scalar_subquery(), bindparam("at_id", type_=Integer)
"""A turn's number: of the one that was just taken, while nobody else takes one; of a known one."""
_EARLIER = and_(*(_other.c[name] == _claim.c[name] for name in ("body", "type", "period")), _other.c.turn < _claim.c.turn)


def _take_up(turn: Any) -> Statement:
    """Show that it lives; where nobody is before it, no row changed tells that somebody is."""
    before: Any = select(literal_column("1")).select_from(_claim.join(_other, _EARLIER)).where(_claim.c.turn == turn)
    return Statement(lambda _: sql_update(_turn).where(_turn.c.id == turn, ~before.exists()), ["until"])


def _before(turn: Any) -> Statement:
    """The turns before it that claim a series of its own."""
    found = select(_turn.c.id, _turn.c.process, _turn.c.until).distinct()
    found = found.select_from(_claim.join(_other, _EARLIER).join(_turn, _turn.c.id == _other.c.turn))
    return Statement(lambda _: found.where(_claim.c.turn == turn))


_INSERT_TURN = Statement(lambda _: sql_insert(_turn).returning(_turn.c.id), ["holder", "process", "until"])
_INSERT_CLAIM = Statement(lambda _: sql_insert(_claim).inline().values(turn=_NEWEST), ["body", "type", "period"])
_FORGET_TURN = Statement(lambda _: sql_delete(_turn).where(*matching(_turn, "holder", "process", "until")))
_UPDATE_TURN = Statement(lambda _: sql_update(_turn).where(_turn.c.id == _OURS), ["until"])
_DELETE_TURN = Statement(lambda _: sql_delete(_turn).where(_turn.c.id == _OURS))
_TAKE_UP_NEWEST, _TAKE_UP = _take_up(_NEWEST), _take_up(_OURS)
_BEFORE_NEWEST, _BEFORE = _before(_NEWEST), _before(_OURS)

Seconds = Callable[[], float]
Turn = tuple[int, str, int]
"""A turn's number, the process whose it is, and when its time is over (milliseconds)."""


class Look(NamedTuple):
    """How a turn stands: whether it has come, and if not who is before it; what its series give next."""

    come: bool
    before: list[Turn]
    numbers: dict[SeriesKey, int]


class Held:
    """A place in the queue for some series, and the lease once it is at the front; see `ports.Lease`."""

    def __init__(self, database: Database, series: Sequence[SeriesKey], holder: str, seconds: Seconds, term: float) -> None:
        self._database, self._seconds, self._term = database, seconds, term
        self._series, self._holder = series, holder
        self._shown = 0.0
        self._last, self._moved = 0, 0.0  # how many are before us, and since when it has been so many
        self.turn, self.waited = 0, 0.0
        self.numbers: Mapping[SeriesKey, int] = {}

    def renew(self) -> None:
        """Hold on for another term; raises Stale if it was lost."""
        if not self._show(self._term):
            raise Stale

    def wait(self) -> None:
        """Return when nobody is before us; our time as a holder runs from then."""
        began, look = uptime(), self._join()
        while not look.come:
            if look.before and not self._clear(look.before):
                self._rest(len(look.before))
            elif not look.before and not self._show(WAITING):  # our turn is gone: we slept too long and were passed over
                look = self._join()
                continue
            look = self._look()
        self.numbers, self.waited = look.numbers, uptime() - began

    def leave(self) -> None:
        """Make way for the next."""
        if self.turn:
            self._database.jot(_end, (self.turn,))

    def _join(self) -> Look:
        self._shown = self._seconds()
        values = {"holder": self._holder, "process": this_process(), "until": _milliseconds(self._shown + WAITING)}
        until = _milliseconds(self._shown + self._term)
        again: list[bool] = []

        def take(tx: Transaction) -> tuple[int, Look]:
            if again and tx.backend.side_by_side:  # of a server that was lost nobody knows what it kept: we would wait for ourselves
                for known in (values, {**values, "until": until}):
                    tx.run(_FORGET_TURN, {f"at_{name}": value for name, value in known.items()})
            again.append(True)
            return _take(tx, self._series, values, until)

        self.turn, look = self._database.jot(take)
        return look

    def _look(self) -> Look:
        """Whether our turn has come. Who has several before them, or disturbs others by writing, only reads as long as it has not."""
        reads = self._last > 1 or not self._database.backend.side_by_side
        if reads and (before := self._database.read(_who_is_before, self.turn)):
            return Look(come=False, before=before, numbers={})
        now = self._seconds()
        look = self._database.jot(_come, self.turn, self._series, _milliseconds(now + self._term))
        self._shown = now if look.come else self._shown
        return look

    def _show(self, time_left: float) -> bool:
        self._shown = self._seconds()
        return self._database.jot(_keep, self.turn, _milliseconds(self._shown + time_left))

    def _clear(self, before: Sequence[Turn]) -> bool:
        """End the turns of those who are surely gone, once it is quiet."""
        now, many = uptime(), len(before)
        if many != self._last:
            self._last, self._moved = many, now
        if now - self._moved < _QUIET:
            return False
        far = self._database.backend.side_by_side
        gone = [turn for turn, process, until in before if not lives(process, until / 1000, self._seconds(), far=far)]
        if gone:
            self._database.jot(_end, gone)
        return bool(gone)

    def _rest(self, many: int) -> None:
        if self._seconds() - self._shown > _SHOW:
            self._show(WAITING)
        quiet = uptime() - self._moved
        pause = max(_LEAST, quiet * _SHARE) + (many - 1) * _QUICK
        time.sleep(min(pause, _MOST) * random.uniform(0.75, 1.25))  # noqa: S311  # looks should not coincide, nothing is secret


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


def leaving(changes: list[Prepared], lease: Lease | None) -> list[Prepared]:
    """The changes, of which the last gives the lease back: its turn ends with what it was taken for, or stays if that is undone."""
    if lease is None:
        return changes
    *others, last = changes
    return [*others, replace(last, rest=(*last.rest, Step(_DELETE_TURN, {"at_id": lease.turn})))]


def left(lease: Lease | None, written: Sequence[Stale | None]) -> None:
    """The changes were written, but for those that came late: nothing is left to be given back with the last of them."""
    if lease is not None and written[-1] is None:
        lease.turn = 0


def _take(tx: Transaction, series: Sequence[SeriesKey], values: Values, until: int) -> tuple[int, Look]:
    """A new turn, which has come at once where nobody is before it."""
    tx.alone("turn")  # turns come to be seen in the order of their numbers
    claims = [(_INSERT_CLAIM, series_values(key)) for key in series]
    looks = [(_TAKE_UP_NEWEST, {"until": until}), (_BEFORE_NEWEST, NOTHING), *_last_numbers(series)]
    (_, ((turn,),)), *answers = tx.together([(_INSERT_TURN, values), *claims, *looks], last=True)
    return turn, _looked(series, answers[len(claims) :])


def _come(tx: Transaction, turn: int, series: Sequence[SeriesKey], until: int) -> Look:
    """Whether a turn has come; it is taken up then."""
    at = {"at_id": turn}
    return _looked(series, tx.together([(_TAKE_UP, {**at, "until": until}), (_BEFORE, at), *_last_numbers(series)], last=True))


def _looked(series: Sequence[SeriesKey], answers: Sequence[Answer]) -> Look:
    (come, _), before, *last = answers
    numbers = {one: loading.following(rows) for one, (_, rows) in zip(series, last, strict=True)}
    return Look(come == 1, _turns(before), numbers)


def _last_numbers(series: Sequence[SeriesKey]) -> list[tuple[Statement, Values]]:
    return [(loading.LAST_NUMBER, series_values(one, "at_")) for one in series]


def _keep(tx: Transaction, turn: int, until: int) -> bool:
    return tx.run(_UPDATE_TURN, {"at_id": turn, "until": until}) == 1


def _end(tx: Transaction, turns: Sequence[int]) -> None:
    tx.together(((_DELETE_TURN, {"at_id": turn}) for turn in turns), last=True)


def _who_is_before(tx: Transaction, turn: int) -> list[Turn]:
    return _turns(tx.together([(_BEFORE, {"at_id": turn})], last=True)[0])


def _turns(answer: Answer) -> list[Turn]:
    return [(id_, process, until) for id_, process, until in answer[1]]


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


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
    here = this_process().split(" ")
    if boot != here[0]:
        return far
    return namespace != here[1] or _started(int(pid)) == started


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

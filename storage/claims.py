"""What each worker has taken in hand, and that it lives.

A worker takes work in batches: what others hold is passed by, and so is what they are taking at this moment (SKIP
LOCKED; on SQLite there is one writer, and the same code). Its beat is the lease on all that it holds. When its time is
over, or its process has gone from this machine, whoever looks next sets free what it held. A lease that was lost after
all does no harm: a rung, a period and a message are each done once, by what is written when they are done.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, literal_column, select, true, union
from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update

from storage import tables
from storage.leases import lives, this_process
from storage.statements import matching, upsert
from storage.transaction import Backend, Statement, Transaction
from workflow.plain import canonical, instant

LEASE = 120.0
"""Seconds that a worker keeps what it holds without a beat."""
FORGOTTEN = timedelta(days=7)
"""A worker that was not heard of for so long is struck off the list."""

RUNG, PERIOD = "rung", "period"

_worker, _held, _deadline, _message = tables.worker, tables.held, tables.deadline, tables.message
_BETWEEN = " "
_KEY = _deadline.c.case.concat(literal_column(f"'{_BETWEEN}'")).concat(_deadline.c.key)
"""What a rung is held by: its case's number and its deadline's key."""


def _free() -> Select[Any]:
    """Rungs that are due and that nobody holds, the oldest first."""
    taken = exists().where(_held.c.what == literal_column(f"'{RUNG}'"), _held.c.key == _KEY)
    is_due = (_deadline.c.status == literal_column("'running'"), _deadline.c.next_at.is_not(None), _deadline.c.next_at <= bindparam("now"))
    found = select(_deadline.c.case, _deadline.c.key).where(*is_due, ~taken)
    return found.order_by(_deadline.c.next_at, _deadline.c.id).limit(bindparam("limit"))


_FREE = Statement(lambda _: _free())
_TAKE = Statement(lambda _: _free().with_for_update(skip_locked=True, of=_deadline))


def _hold_all(backend: Backend) -> Any:
    """Those are found that nobody held: whoever was quicker committed after this transaction had begun to look."""
    listed, (key,) = backend.lists(bindparam("keys"), 1)
    columns: list[Any] = [bindparam("what", type_=tables.WORDS), key, bindparam("holder", type_=tables.WORDS)]
    rows: Select[Any] = select(*columns)
    new = backend.insert(_held).from_select(["what", "key", "holder"], rows.select_from(listed).where(true()))
    return new.on_conflict_do_nothing().returning(_held.c.key)


def _let_rungs_go(backend: Backend) -> Any:
    listed, (key,) = backend.lists(bindparam("keys"), 1)
    gone: Select[Any] = select(key).select_from(listed)
    return sql_delete(_held).where(*matching(_held, "holder"), _held.c.what == literal_column(f"'{RUNG}'"), _held.c.key.in_(gone))


_HOLD = Statement(_hold_all)
_LET_GO = Statement(_let_rungs_go)
_LET_ALL_GO = Statement(lambda _: sql_delete(_held).where(*matching(_held, "holder")))
_LET_MAIL_GO = Statement(
    lambda _: sql_update(_message).where(*matching(_message, "holder"), _message.c.state == literal_column("'waiting'")),
    ["holder", "held_until"],
)


def _holders() -> Any:
    """(name, process, until) of everyone who holds anything."""
    mail = select(_message.c.holder).where(_message.c.holder != literal_column("''"))
    names = union(select(_held.c.holder), mail).subquery()
    return select(_worker.c.name, _worker.c.process, _worker.c.until).join(names, names.c.holder == _worker.c.name)


_HOLDERS = Statement(lambda _: _holders())
_EVERY = Statement(lambda _: select(_worker.c.name, _worker.c.process, _worker.c.until).order_by(_worker.c.name))
_BEAT = upsert(_worker, ["name"])
_STRIKE_OFF = Statement(lambda _: sql_delete(_worker).where(_worker.c.beat < bindparam("before")))
_WORKERS = Statement(lambda _: select(_worker.c.name, _worker.c.beat).order_by(_worker.c.name))


# ---- workers -----------------------------------------------------------------------------------------------------


def beat(tx: Transaction, worker: str, now: datetime) -> None:
    """Say that this worker lives, and go on holding what it holds."""
    until = int((tx.backend.seconds(tx)() + LEASE) * 1000)
    tx.run(_BEAT, {"name": worker, "beat": instant(now), "process": this_process(), "until": until})
    tx.run(_STRIKE_OFF, {"before": instant(now - FORGOTTEN)})


def workers(tx: Transaction) -> dict[str, datetime]:
    """Worker → last beat."""
    return {name: datetime.fromisoformat(at) for name, at in tx.rows(_WORKERS)}


def dead(tx: Transaction) -> list[str]:
    """Workers that hold something and are surely gone."""
    holders = tx.rows(_HOLDERS)
    if not holders:
        return []
    now, far = tx.backend.seconds(tx)(), tx.backend.side_by_side
    return [name for name, process, until in holders if not process or not lives(process, until / 1000, now, far=far)]


def alive(tx: Transaction) -> list[str]:
    """Workers that may be at work now, each with its process's number on its machine."""
    now, far = tx.backend.seconds(tx)(), tx.backend.side_by_side
    rows = [(name, process) for name, process, until in tx.rows(_EVERY) if process and lives(process, until / 1000, now, far=far)]
    return [f"{name} (PID {process.split(' ')[2]})" for name, process in rows]


def free(tx: Transaction, workers: Iterable[str]) -> None:
    """Set free what these held."""
    for worker in workers:
        tx.run(_LET_ALL_GO, {"at_holder": worker})
        tx.run(_LET_MAIL_GO, {"at_holder": worker, "holder": "", "held_until": None})


# ---- what they hold ----------------------------------------------------------------------------------------------


def waiting(tx: Transaction, now: datetime) -> bool:
    """Whether there may be something to be claimed: an idle look asks no more than this, and takes no lock."""
    return bool(tx.rows(_FREE, {"now": instant(now), "limit": 1}))


def claim_rungs(tx: Transaction, now: datetime, holder: str, limit: int) -> list[tuple[str, str]]:
    """(case number, deadline key) of deadlines that are due, the oldest first, held from now on."""
    found = {_BETWEEN.join(rung): rung for rung in tx.rows(_TAKE, {"now": instant(now), "limit": limit})}
    ours = _hold(tx, RUNG, list(found), holder)
    return [rung for key, rung in found.items() if key in ours]


def claim_periods(tx: Transaction, process: str, periods: Sequence[str], holder: str) -> list[str]:
    """Those of a process's periods that nobody else held, held from now on."""
    ours = _hold(tx, PERIOD, [f"{process}/{period}" for period in periods], holder)
    return [period for period in periods if f"{process}/{period}" in ours]


def _hold(tx: Transaction, what: str, keys: Sequence[str], holder: str) -> set[str]:
    """Hold these; those that were free."""
    return {key for (key,) in tx.rows(_HOLD, {"what": what, "keys": canonical([[key] for key in keys]), "holder": holder})}


def let_go(tx: Transaction, holder: str, rungs: Collection[tuple[str, str]] | None) -> None:
    """Hold these rungs no longer; None: nothing at all."""
    if rungs is None:
        tx.run(_LET_ALL_GO, {"at_holder": holder})
    elif rungs:
        tx.run(_LET_GO, {"at_holder": holder, "keys": canonical([[_BETWEEN.join(one)] for one in rungs])})

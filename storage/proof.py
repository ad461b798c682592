"""What `verify` reads: cases whole with their history, and what all chains came to before a moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, exists, func, literal_column, select, tuple_

from storage import deployed, loading, tables
from storage.likeness import unlike
from storage.numbers import series_values
from storage.seats import Seats
from storage.statements import matching, of_many
from storage.transaction import Row, Statement, Transaction
from workflow.evidence import Chains
from workflow.model import SeriesKey, Whole
from workflow.plain import canonical, instant
from workflow.ports import StoredVersion

_case, _entry, _number, _version = tables.case, tables.entry, tables.number, tables.version
_PAGE = 5000
BUCKETS = 256
"""What a head tells apart: in which of them something is not as it was."""

_COUNT = Statement(lambda _: select(func.count()).select_from(_case))
_SINCE = Statement(
    lambda _: (
        select(_case.c.id, _case.c.number)
        .where(_case.c.id > bindparam("after"), exists().where(_entry.c.case == _case.c.number, _entry.c.at >= bindparam("since")))
        .order_by(_case.c.id)
        .limit(bindparam("limit"))
    )
)
_NUMBERS_OF = of_many(
    lambda among: select(*(_number.c[name] for name in ("case", "body", "type", "period", "number", "document"))).where(
        among(_number.c.case)
    )
)
_SPAN = Statement(
    lambda _: select(func.count(), func.min(_number.c.number), func.max(_number.c.number)).where(
        *matching(_number, "body", "type", "period")
    )
)
_CHAINS = Statement(
    lambda _: (
        select(_entry.c.case, _entry.c.seq, _entry.c.hash)
        .where(tuple_(_entry.c.case, _entry.c.seq) > tuple_(bindparam("after_case"), bindparam("after_seq")))
        .where(_entry.c.at < bindparam("before"))
        .order_by(_entry.c.case, _entry.c.seq)
        .limit(literal_column(str(_PAGE)))
    )
)
_VERSIONS = Statement(lambda _: select(*(_version.c[name] for name in ("kind", "hash", "key"))).order_by(_version.c.kind, _version.c.hash))
_receipt = tables.receipt
_IS_THERE = exists().where(_entry.c.case == _receipt.c.case, _entry.c.seq == _receipt.c.seq)
_RECEIPTS = Statement(
    lambda _: (
        select(_receipt.c.request, _receipt.c.case, _receipt.c.seq)
        .where(~_IS_THERE, _receipt.c.seq > literal_column("0"))
        .limit(literal_column("20"))
    )
)


def count(tx: Transaction) -> int:
    """How many cases there are."""
    row = tx.row(_COUNT)
    return int(row[0]) if row else 0


def wholes(tx: Transaction, numbers: Sequence[str]) -> list[Whole]:
    """Each of these cases, its history, and the numbers that were given for it with the paper that each is of: all at one moment."""
    given: dict[str, list[tuple[SeriesKey, int, str]]] = {number: [] for number in numbers}
    for number, body, type_, period, n, document in loading.many(tx, _NUMBERS_OF, numbers):
        given[number].append((SeriesKey(body=body, type=type_, period=period), int(n), document))
    found, entries = loading.found(tx, numbers), loading.entries_of(tx, numbers)
    files = {number: one.file for number, one in found.items()}
    rows, nobody = unlike(tx, files, numbers), Seats()
    seats = {number: found[number].seats if number in found else nobody for number in numbers}
    return [
        Whole(number, files.get(number), entries[number], given[number], rows.get(number, ()), seats[number].awaited, seats[number].viewers)
        for number in numbers
    ]


def is_gapless(tx: Transaction, series: SeriesKey) -> bool:
    """Whether each number of a series from 1 to its last is given, and none past it: no number stands twice, for it is a key. They are
    counted where they are, so that a long series costs no memory.
    """
    (count, first, newest) = tx.rows(_SPAN, series_values(series, "at_"))[0]
    last = loading.next_number(tx, series) - 1
    return (count, first or 0, newest or 0) == (last, min(last, 1), last)


def page_since(tx: Transaction, after: int, limit: int, since: datetime) -> list[tuple[int, str]]:
    """(id, number) of the next cases in which something happened since."""
    return [(id_, number) for id_, number in tx.rows(_SINCE, {"after": after, "limit": limit, "since": instant(since)})]


def versions(tx: Transaction) -> list[tuple[str, str, str]]:
    """(kind, hash, key) of every kept version."""
    return [(kind, hash_, key) for kind, hash_, key in tx.rows(_VERSIONS)]


def version(tx: Transaction, kind: str, hash_: str) -> StoredVersion | None:
    """One of them."""
    return deployed.version(tx, kind, hash_)


def strange_receipts(tx: Transaction) -> list[tuple[str, str, int]]:
    """(request, case, seq) of receipts for what never happened."""
    return [(request, case, seq) for request, case, seq in tx.rows(_RECEIPTS)]


# ---- heads -----------------------------------------------------------------------------------------------------------


def chains(tx: Transaction, before: datetime) -> Chains:
    """What all chains came to before a moment."""
    tx.backend.keep_still(tx.cursor)
    moment = instant(before)
    cases = entries = 0
    buckets = [sha256() for _ in range(BUCKETS)]
    for case, seq, hash_, length in _newest(tx, moment):
        cases, entries = cases + 1, entries + length
        buckets[bucket_of(case)].update(canonical([case, seq, hash_]).encode() + b"\n")
    return Chains(
        cases=cases,
        entries=entries,
        buckets="".join(one.hexdigest()[:16] if one.digest() != sha256().digest() else "-" * 16 for one in buckets),
        chains=sha256("".join(one.hexdigest() for one in buckets).encode()).hexdigest(),
        registers=_digest(tx, tables.registry, ("body", "seq", "hash"), moment),
        deployments=_digest(tx, tables.deployment, ("kind", "key", "hash", "at", "by", "why"), moment),
        records=_digest(tx, tables.record, ("kind", "at", "by", "text"), moment),
    )


def bucket_of(case: str) -> int:
    """In which of a head's buckets a case is."""
    return sha256(case.encode()).digest()[0]


def _newest(tx: Transaction, before: str) -> Iterator[tuple[str, int, str, int]]:
    """(case, seq, hash, entries) of each case's newest entry before a moment."""
    last: Row | None = None
    length = 0
    for row in _entries(tx, before):
        if last is not None and row[0] != last[0]:
            yield last[0], last[1], last[2], length
            length = 0
        last, length = row, length + 1
    if last is not None:
        yield last[0], last[1], last[2], length


def _entries(tx: Transaction, before: str) -> Iterator[Row]:
    after: tuple[Any, Any] = ("", 0)
    while page := tx.rows(_CHAINS, {"after_case": after[0], "after_seq": after[1], "before": before}):
        yield from page
        after = (page[-1][0], page[-1][1])


def _digest(tx: Transaction, table: Any, names: tuple[str, ...], before: str) -> str:
    found = sha256()
    key = [column for column in table.primary_key.columns if column.name != "id"]
    rows = tx.select(select(*(table.c[name] for name in names)).where(table.c.at < before).order_by(*(key or [table.c.id])))
    for row in rows:
        found.update(canonical(list(row)).encode() + b"\n")
    return found.hexdigest()

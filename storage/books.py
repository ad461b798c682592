"""What `verify` asks of the tables beside the cases: numbers of nothing, versions that are not kept, periods, files, what was sent."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, literal_column, select, union

from storage import tables
from storage.transaction import Statement, Transaction
from workflow.evidence import Sent
from workflow.model import CLOCK, SeriesKey

_number, _version, _deployment, _case = tables.number, tables.version, tables.deployment, tables.case
_periodic, _file, _notice, _message = tables.periodic, tables.file, tables.notice, tables.message
_PAGE = 1000
DIGITS = "0123456789abcdef"
"""What the ids of messages, which are hashes, begin with."""
_SAYS = {"by_clock": f'%"opener":"{CLOCK}"%'}
"""How the row of a case says that the clock opened it."""

_LOOSE = Statement(
    lambda _: (
        select(*(_number.c[name] for name in ("body", "type", "period", "number")))
        .where(_number.c.case.is_(None))
        .order_by(_number.c.body, _number.c.type, _number.c.period, _number.c.number)
    )
)


def _unkept(kind: Any, hash_: Any) -> ColumnElement[bool]:
    return ~exists().where(_version.c.kind == kind, _version.c.hash == hash_)


_PROCESS: Any = literal_column("'process'")
_UNKEPT = Statement(
    lambda _: union(
        select(_deployment.c.kind, _deployment.c.key, _deployment.c.hash).where(_unkept(_deployment.c.kind, _deployment.c.hash)),
        select(_PROCESS, _case.c.process, _case.c.version).where(_unkept(_PROCESS, _case.c.version)),
    )
)
_PERIODS = Statement(
    lambda _: (
        select(_periodic.c.process, _periodic.c.period, _periodic.c.case, _case.c.plain.like(bindparam("by_clock")))
        .join_from(_periodic, _case, _case.c.number == _periodic.c.case, isouter=True)
        .order_by(_periodic.c.process, _periodic.c.period)
    )
)
_WITHOUT_PERIOD = Statement(
    lambda _: (
        select(_case.c.process, _case.c.number)
        .where(_case.c.parent == literal_column("''"), _case.c.plain.like(bindparam("by_clock")))
        .where(~exists().where(_periodic.c.case == _case.c.number))
        .order_by(_case.c.id)
    )
)
_FILES = Statement(
    lambda _: (
        select(_file.c.hash, _file.c.size, func.length(_file.c.bytes))
        .where(_file.c.hash > bindparam("after"))
        .order_by(_file.c.hash)
        .limit(literal_column(str(_PAGE)))
    )
)
_IN_RANGE = (_message.c.id >= bindparam("first"), _message.c.id < bindparam("next"), _message.c.text != literal_column("''"))
_TOLD = Statement(
    lambda _: (
        select(
            _message.c.id,
            _notice.c.key,
            func.replace(_message.c.text, _notice.c.subject, literal_column("''")) != _message.c.text,
            func.replace(_message.c.text, _notice.c.text, literal_column("''")) != _message.c.text,
        )
        .join_from(_notice, _message, _message.c.id == _notice.c.message)
        .where(*_IN_RANGE)
        .order_by(_notice.c.id)
    )
)
_MESSAGES = Statement(lambda _: select(_message.c.id, _message.c.person).where(*_IN_RANGE).order_by(_message.c.id))


def loose_numbers(tx: Transaction) -> list[tuple[SeriesKey, int]]:
    """The numbers that no case has."""
    return [(SeriesKey(body=body, type=type_, period=period), number) for body, type_, period, number in tx.rows(_LOOSE)]


def unkept_versions(tx: Transaction) -> list[tuple[str, str, str]]:
    """(kind, key, hash) of versions that came into use, or that a case obeys, and that are not kept."""
    return [(kind, key, hash_) for kind, key, hash_ in tx.rows(_UNKEPT)]


def strange_periods(tx: Transaction) -> list[tuple[str, str, str]]:
    """(process, period, case) of periods whose case the clock did not open, or that share one; with no period, of a case that the clock
    opened for none.
    """
    found, seen = list[tuple[str, str, str]](), set[str]()
    for process, period, case, by_clock in tx.rows(_PERIODS, _SAYS):
        if case in seen or not by_clock:
            found.append((process, period, case))
        seen.add(case)
    return found + [(process, "", case) for process, case in tx.rows(_WITHOUT_PERIOD, _SAYS)]


def page_of_files(tx: Transaction, after: str) -> list[tuple[str, bool]]:
    """(hash, whether its size is that of its bytes) of the next files."""
    return [(hash_, size == length) for hash_, size, length in tx.rows(_FILES, {"after": after})]


def sent(tx: Transaction, digit: str) -> list[Sent]:
    """The messages whose id begins so, but those whose words were disposed of, with their notices in order."""
    span = {"first": digit, "next": chr(ord(digit) + 1)}
    notices: dict[str, list[tuple[str, bool]]] = {}
    for message, key, *says in tx.rows(_TOLD, span):
        notices.setdefault(message, []).append((key, all(says)))
    return [Sent(message, person, tuple(notices.get(message, ()))) for message, person in tx.rows(_MESSAGES, span)]

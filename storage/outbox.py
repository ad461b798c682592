"""The outbox: notices wait, are frozen into messages, and each message is claimed by one worker at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, or_, select
from sqlalchemy import update as sql_update

from storage import tables
from storage.statements import insert_new, matching
from storage.transaction import Row, Statement, Transaction
from workflow.model import Message, Notice
from workflow.plain import instant
from workflow.ports import Digests

_message, _notice = tables.message, tables.notice
_MESSAGE = ("id", "person", "address", "subject", "text", "made", "tries", "next_try", "state", "error", "urgent")
NOTICE = ("key", "person", "case", "at", "subject", "text", "urgent", "kind")
"""The columns that `notice` reads."""

_IS_WAITING = _message.c.state == literal_column("'waiting'")
_IS_TIME = or_(_message.c.next_try.is_(None), _message.c.next_try <= bindparam("now"))
_IS_FREE = or_(_message.c.held_until.is_(None), _message.c.held_until <= bindparam("now"))


OLDEST = _notice.c.id + literal_column("0")
"""The sum keeps the database from walking along all notices by their ids: few are loose."""


def _loose(*, urgent: bool) -> Select[Any]:
    found = select(*(_notice.c[name] for name in NOTICE)).where(_notice.c.message.is_(None))
    if urgent:  # they have an index in their order
        found = found.where(_notice.c.urgent == literal_column("1"))
    return found.order_by(_notice.c.id if urgent else OLDEST).limit(bindparam("limit"))


_LOOSE = {False: Statement(lambda _: _loose(urgent=False)), True: Statement(lambda _: _loose(urgent=True))}
"""All of them; the urgent ones."""
_LOOSE_FREE = {
    False: Statement(lambda _: _loose(urgent=False).with_for_update(skip_locked=True)),
    True: Statement(lambda _: _loose(urgent=True).with_for_update(skip_locked=True)),
}
"""The same, but for those that another worker is putting into a message at this moment."""
_INSERT_MESSAGE = insert_new(_message)
_PUT = Statement(lambda _: sql_update(_notice).where(*matching(_notice, "case", "key"), _notice.c.message.is_(None)), ["message"])


def _ready() -> Select[Any]:
    found = select(*(_message.c[name] for name in _MESSAGE)).where(_IS_WAITING, _IS_TIME, _IS_FREE)
    return found.order_by(_message.c.made, _message.c.id).limit(bindparam("limit"))


_IS_URGENT = _message.c.urgent == literal_column("1")
_READY = {False: Statement(lambda _: _ready()), True: Statement(lambda _: _ready().where(_IS_URGENT))}
"""All of them; the urgent ones."""
_FREE = {
    False: Statement(lambda _: _ready().with_for_update(skip_locked=True)),
    True: Statement(lambda _: _ready().where(_IS_URGENT).with_for_update(skip_locked=True)),
}
"""The same, but for those that another worker is claiming at this moment; where writers take turns, nobody is."""
_HOLD = Statement(lambda _: sql_update(_message).where(*matching(_message, "id")), ["holder", "held_until"])
_SETTLE = Statement(
    lambda _: sql_update(_message).where(*matching(_message, "id"), _message.c.state != literal_column("'sent'")),
    ["tries", "next_try", "state", "error", "holder", "held_until", "sent"],
)
_OPEN = Statement(lambda _: select(*(_message.c[name] for name in _MESSAGE)).where(_IS_WAITING).order_by(_message.c.made, _message.c.id))
_FAILED = Statement(
    lambda _: (
        select(*(_message.c[name] for name in _MESSAGE))
        .where(or_(_message.c.state == literal_column("'given up'"), _IS_WAITING & (_message.c.tries > literal_column("0"))))
        .order_by(_message.c.made, _message.c.id)
    )
)


def waiting_notices(tx: Transaction, limit: int, *, urgent: bool) -> list[Notice]:
    """Notices that are in no message yet, oldest first; `urgent`: the urgent ones, however many others wait before them."""
    return [notice(row) for row in tx.rows(_LOOSE[urgent], {"limit": limit})]


def notice(row: Row) -> Notice:
    """A notice from its columns, as `NOTICE` names them."""
    key, person, case, at, subject, text, urgent, kind = row
    moment = datetime.fromisoformat(at)
    return Notice(key=key, person=person, case=case, at=moment, subject=subject, text=text, urgent=bool(urgent), kind=kind)


def make_messages(tx: Transaction, limit: int, digests: Digests, *, urgent: bool) -> int:
    """Freeze the digests of the notices that wait, the oldest first; how many messages that made."""
    waiting = [notice(row) for row in tx.rows(_LOOSE_FREE[urgent], {"limit": limit})]
    ours = {one.key: one.case for one in waiting}
    made = ((message, [(ours[key], key) for key in keys]) for message, keys in digests(waiting) if ours.keys() >= set(keys))
    return sum(_make_message(tx, message, notices) for message, notices in made)


def _make_message(tx: Transaction, message: Message, notices: Sequence[tuple[str, str]]) -> bool:
    values = {name: getattr(message, name) for name in _MESSAGE}
    times = {"made": instant(message.made), "next_try": message.next_try and instant(message.next_try), "urgent": int(message.urgent)}
    new = tx.run(_INSERT_MESSAGE, {**values, **times, "holder": "", "held_until": None, "sent": None})
    for case, key in notices:
        tx.run(_PUT, {"at_case": case, "at_key": key, "message": message.id})
    return bool(new)


def ready_messages(tx: Transaction, now: datetime, limit: int, *, urgent: bool) -> list[Message]:
    """Waiting messages whose time has come and that nobody holds; `urgent`: the urgent ones of them."""
    return [_read(row) for row in tx.rows(_READY[urgent], {"now": instant(now), "limit": limit})]


def claim_messages(tx: Transaction, now: datetime, holder: str, lease: timedelta, limit: int, *, urgent: bool) -> list[Message]:
    """The same, held from now on."""
    found = [_read(row) for row in tx.rows(_FREE[urgent], {"now": instant(now), "limit": limit})]
    for message in found:
        tx.run(_HOLD, {"at_id": message.id, "holder": holder, "held_until": instant(now + lease)})
    return found


def settle_message(tx: Transaction, message: Message, now: datetime) -> None:
    """Store how a try went, and let go of the message. What was sent stays sent."""
    values = {
        "at_id": message.id,
        "tries": message.tries,
        "next_try": message.next_try and instant(message.next_try),
        "state": message.state,
        "error": message.error,
    }
    tx.run(_SETTLE, {**values, "holder": "", "held_until": None, "sent": instant(now) if message.state == "sent" else None})


def open_messages(tx: Transaction) -> list[Message]:
    """Messages that wait to be sent, now or at their next try."""
    return [_read(row) for row in tx.rows(_OPEN)]


def failed_messages(tx: Transaction) -> list[Message]:
    """Messages given up, or tried in vain so far."""
    return [_read(row) for row in tx.rows(_FAILED)]


def _read(row: Row) -> Message:
    values = dict(zip(_MESSAGE, row, strict=True))
    next_try = values["next_try"] and datetime.fromisoformat(values["next_try"])
    return Message(**{**values, "made": datetime.fromisoformat(values["made"]), "next_try": next_try, "urgent": bool(values["urgent"])})

"""The tables, every constraint named.

Times are UTC text of one width (`workflow.plain.instant`), so that their order as text is their order in time.
`plain` holds the whole value as canonical JSON; the columns beside it are those that are searched or guarded.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA = "0009"
"""The newest migration: what this program reads and writes."""

NO_DUE = "~"
"""Stands for 'no deadline' where rows are in order of due date: after every time."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


WORDS = Text().with_variant(Text(collation="C"), "postgresql")
"""Texts are told apart and sorted by their letters' codes, whatever language a server speaks: times, keys, numbers."""
WHOLE = Integer().with_variant(BigInteger(), "postgresql")
"""SQLite's INTEGER has 64 bits, PostgreSQL's 32."""

_CLUSTERED: dict[str, Any] = {"info": {"sqlite": {"with_rowid": False}}}
"""Rows lie in their key's own tree: one tree to write, not two."""


def _where(condition: Any) -> dict[str, Any]:
    """Only these rows are in the index.

    What one kind of database alone knows of stands in `info`: `storage.whole` tells it.
    """
    return {"info": {"sqlite": {"where": condition}, "postgresql": {"where": condition}}}


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, WORDS, primary_key=key, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, WHOLE, nullable=False)


def _id() -> Column[int]:
    return Column("id", WHOLE, Identity(), primary_key=True)


def _case(*, key: bool = False, nullable: bool = False) -> Column[str]:
    return Column("case", WORDS, ForeignKey("case.number"), primary_key=key, nullable=nullable)


# ---- definitions -------------------------------------------------------------------------------------------------

version = Table(
    "version",
    metadata,
    _text("kind", key=True),
    _text("hash", key=True),
    _text("key"),
    _number("form"),
    _text("source"),
    _text("compiled"),
)

deployment = Table("deployment", metadata, _id(), _text("kind"), _text("key"), _text("hash"), _text("at"), _text("by"), _text("why"))
Index(None, deployment.c.kind, deployment.c.key, deployment.c.id)

# ---- cases -------------------------------------------------------------------------------------------------------

case = Table(
    "case",
    metadata,
    _id(),
    _text("number"),
    _text("process"),
    _text("version"),
    _text("title"),
    _text("state"),
    _text("unit"),
    _text("opened"),
    _text("outcome"),
    _number("secret"),
    _number("failing"),  # whether the clock could not do something in it
    _text("parent"),
    _number("revision"),
    Column("due", WORDS),  # of its earliest running deadline
    _text("search"),  # folded: what `search` finds it by
    _text("plain"),
    UniqueConstraint("number"),
    CheckConstraint("secret IN (0, 1)", name="secret"),
    CheckConstraint("failing IN (0, 1)", name="failing"),
)
_IS_OPEN = text("outcome = ''")
Index("ix_case_open", case.c.id, **_where(_IS_OPEN))
Index("ix_case_open_state", case.c.process, case.c.state, case.c.secret, case.c.id, **_where(_IS_OPEN))
Index("ix_case_open_unit", case.c.unit, case.c.secret, case.c.id, **_where(_IS_OPEN))
Index("ix_case_process", case.c.process, case.c.secret, case.c.id)
Index("ix_case_unit", case.c.unit, case.c.secret, case.c.id)

_IS_PUBLIC = text("outcome = '' AND secret = 0")
Index("ix_case_open_public", case.c.id, **_where(_IS_PUBLIC))

Index("ix_case_parent", case.c.parent, case.c.id, **_where(text("parent <> ''")))

_FAILS = text("outcome = '' AND failing = 1")
Index("ix_case_failing", case.c.id, **_where(_FAILS))

_HAS_DUE = text("due IS NOT NULL")
Index("ix_case_due", case.c.unit, case.c.secret, case.c.due, case.c.id, **_where(_HAS_DUE))

case_field = Table(  # what cases are found by of their fields: see `fields`
    "case_field",
    metadata,
    _text("field", key=True),
    _text("value", key=True),
    _text("process", key=True),
    Column("secret", WHOLE, primary_key=True, autoincrement=False),
    Column("id", WHOLE, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    **_CLUSTERED,
)

awaited = Table(
    "awaited",
    metadata,
    _case(key=True),
    _text("unit", key=True),
    _text("position", key=True),
    _text("person", key=True),
    _text("due"),
    **_CLUSTERED,
)
Index("ix_awaited_seat", awaited.c.unit, awaited.c.position, awaited.c.person, awaited.c.due, awaited.c.case)

viewer = Table(
    "viewer", metadata, _case(key=True), _text("unit", key=True), _text("position", key=True), _text("person", key=True), **_CLUSTERED
)
Index("ix_viewer_seat", viewer.c.unit, viewer.c.position, viewer.c.person, viewer.c.case)

entry = Table(
    "entry",
    metadata,
    _case(key=True),
    Column("seq", WHOLE, primary_key=True, autoincrement=False),
    _text("at"),
    _text("actor"),
    _text("text"),
    _text("payload"),
    _text("previous"),
    _text("hash"),
)

receipt = Table("receipt", metadata, _text("request", key=True), _case(), _number("seq"), **_CLUSTERED)

deadline = Table(
    "deadline",
    metadata,
    _id(),
    _case(),
    _text("key"),
    _text("due"),
    _text("status"),
    Column("next_at", WORDS),
    _text("plain"),
    Column("asked", WORDS, nullable=False, server_default=""),  # the unit that it is a reply of
    UniqueConstraint("case", "key"),
    CheckConstraint("status IN ('running', 'stopped', 'met', 'missed', 'dropped')", name="status"),
)
_FIRES = text("status = 'running' AND next_at IS NOT NULL")
Index("ix_deadline_next", deadline.c.next_at, deadline.c.id, **_where(_FIRES))
_OWED = text("status = 'running' AND asked <> ''")
Index("ix_deadline_asked", deadline.c.asked, deadline.c.due, deadline.c.id, **_where(_OWED))

opinion = Table(
    "opinion",
    metadata,
    _id(),
    _case(),
    _text("state"),
    _number("round"),
    _text("asked"),
    _text("plain"),
    UniqueConstraint("case", "state", "round", "asked"),
)

document = Table(
    "document",
    metadata,
    _id(),
    _case(),
    _text("key"),
    _text("rule"),
    _number("n"),
    _text("status"),
    _text("plain"),  # all but the status: frozen once it is issued
    UniqueConstraint("case", "key"),
    CheckConstraint("status IN ('draft', 'issued', 'void', 'replaced', 'recalled')", name="status"),
)

document_event = Table(
    "document_event",
    metadata,
    _case(key=True),
    _text("key", key=True),
    Column("n", WHOLE, primary_key=True, autoincrement=False),
    _text("plain"),
    **_CLUSTERED,
)

file = Table("file", metadata, _text("hash", key=True), _number("size"), Column("bytes", LargeBinary, nullable=False))

series = Table(
    "series", metadata, _text("body", key=True), _text("type", key=True), _text("period", key=True), _number("last"), **_CLUSTERED
)

number = Table(
    "number",
    metadata,
    _text("body", key=True),
    _text("type", key=True),
    _text("period", key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    _case(nullable=True),  # none: it was reserved, for a paper that was written elsewhere
    _text("document"),
    **_CLUSTERED,
)

Index("ix_number_case", number.c.case)

registry = Table(
    "registry",
    metadata,
    _text("body", key=True),
    Column("seq", WHOLE, primary_key=True, autoincrement=False),
    _text("at"),
    _text("actor"),
    _text("request"),
    _text("text"),
    _text("previous"),
    _text("hash"),
    UniqueConstraint("request"),
)

periodic = Table("periodic", metadata, _text("process", key=True), _text("period", key=True), _case(), **_CLUSTERED)

# ---- what those who run the office did ----------------------------------------------------------------------------

record = Table(
    "record",
    metadata,
    _id(),
    _text("kind"),
    _text("at"),
    _text("by"),
    _text("text"),  # canonical JSON
    CheckConstraint("kind IN ('backup', 'restore')", name="kind"),
)
Index("ix_record_kind", record.c.kind, record.c.id)

office_head = Table(
    "office_head",
    metadata,
    Column("seq", WHOLE, primary_key=True, autoincrement=False),
    _text("at"),
    _text("text"),  # canonical JSON, hashed as it is
    _text("previous"),
    _text("hash"),
)

disposal = Table(
    "disposal",
    metadata,
    _case(key=True),
    _number("seq"),  # the entry that says so
    _text("at"),
    _text("by"),
    _text("decision"),
    _number("done"),
    # 0 within the transaction that removes the contents. It refers to no case, so that nobody can keep it: that is looked at on COMMIT
    Column("open", WHOLE, ForeignKey("case.id", deferrable=True, initially="DEFERRED")),
    CheckConstraint("done IN (0, 1)", name="done"),
    CheckConstraint("open = 0", name="open"),
    **_CLUSTERED,
)

# ---- the outbox --------------------------------------------------------------------------------------------------

message = Table(
    "message",
    metadata,
    _text("id", key=True),
    _text("person"),
    _text("address"),
    _text("subject"),
    _text("text"),
    _text("made"),
    _number("tries"),
    Column("next_try", WORDS),
    _text("state"),
    _text("error"),
    _text("holder"),
    Column("held_until", WORDS),
    Column("sent", WORDS),
    Column("urgent", WHOLE, nullable=False, server_default=text("0")),  # delivered in quiet hours too
    CheckConstraint("state IN ('waiting', 'sent', 'given up')", name="state"),
)
_WAITS = text("state = 'waiting'")
Index("ix_message_waiting", message.c.made, **_where(_WAITS))
_IS_HELD = text("holder <> ''")
Index("ix_message_held", message.c.holder, **_where(_IS_HELD))

notice = Table(
    "notice",
    metadata,
    _id(),
    _text("key"),
    _text("person"),
    _text("case"),
    _text("at"),
    _text("subject"),
    _text("text"),
    _number("urgent"),
    _text("kind"),
    Column("message", WORDS, ForeignKey("message.id")),
)
_LOOSE, _IN_MESSAGE = text("message IS NULL"), text("message IS NOT NULL")
# a key begins with its case's number and bears its entry's, so that it is one of the whole office's; one index says which wait, too
Index("uq_notice_waiting", notice.c.case, notice.c.key, unique=True, **_where(_LOOSE))
Index("uq_notice_told", notice.c.case, notice.c.key, unique=True, **_where(_IN_MESSAGE))
_PRESSES = text("message IS NULL AND urgent = 1")
Index("ix_notice_urgent", notice.c.id, **_where(_PRESSES))
Index("ix_notice_person", notice.c.person, notice.c.id, **_where(_IN_MESSAGE))  # so no act writes it

# ---- leases and workers ------------------------------------------------------------------------------------------

turn = Table(
    "turn",
    metadata,
    _id(),
    _text("holder"),
    _text("process"),  # which process of the operating system waits or holds: see `leases`
    _number("until"),  # milliseconds of the leases' clock
    info={"sqlite": {"autoincrement": True}},  # a turn's number is never given again
)

claim = Table(
    "claim",
    metadata,
    Column("turn", WHOLE, ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True),
    _text("body", key=True),
    _text("type", key=True),
    _text("period", key=True),
)
Index("ix_claim_series", claim.c.body, claim.c.type, claim.c.period, claim.c.turn)

worker = Table(
    "worker",
    metadata,
    _text("name", key=True),
    _text("beat"),  # by the office's clock
    Column("process", WORDS, nullable=False, server_default=""),  # which process of which machine it is: see `leases`
    Column("until", WHOLE, nullable=False, server_default=text("0")),  # milliseconds of the leases' clock: dead after that
)

held = Table(
    "held",
    metadata,
    _text("what", key=True),
    _text("key", key=True),
    _text("holder"),  # the worker's name
    CheckConstraint("what IN ('rung', 'period')", name="what"),
    **_CLUSTERED,
)
Index("ix_held_holder", held.c.holder)

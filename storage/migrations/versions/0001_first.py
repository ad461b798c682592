"""The first schema: all tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def where(condition: sa.TextClause) -> dict[str, Any]:
    """Only these rows are in the index."""
    return {"sqlite_where": condition, "postgresql_where": condition}


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "case",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("number", WORDS, nullable=False),
        sa.Column("process", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("unit", WORDS, nullable=False),
        sa.Column("opened", WORDS, nullable=False),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("secret", WHOLE, nullable=False),
        sa.Column("failing", WHOLE, nullable=False),
        sa.Column("parent", WORDS, nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("due", WORDS, nullable=True),
        sa.Column("search", WORDS, nullable=False),
        sa.Column("plain", WORDS, nullable=False),
        sa.CheckConstraint("failing IN (0, 1)", name=op.f("ck_case_failing")),
        sa.CheckConstraint("secret IN (0, 1)", name=op.f("ck_case_secret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    op.create_index("ix_case_failing", "case", ["id"], unique=False, **where(sa.text("outcome = '' AND failing = 1")))
    op.create_index("ix_case_open", "case", ["id"], unique=False, **where(sa.text("outcome = ''")))
    op.create_index(
        "ix_case_open_state",
        "case",
        ["process", "state", "id"],
        unique=False,
        **where(sa.text("outcome = ''")),
    )
    op.create_index(
        "ix_case_open_unit",
        "case",
        ["unit", "id"],
        unique=False,
        **where(sa.text("outcome = ''")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.Column("why", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_index(op.f("ix_deployment_kind_key_id"), "deployment", ["kind", "key", "id"], unique=False)
    op.create_table(
        "file",
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_file")),
    )
    op.create_table(
        "message",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("made", WORDS, nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("next_try", WORDS, nullable=True),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("error", WORDS, nullable=False),
        sa.Column("holder", WORDS, nullable=False),
        sa.Column("held_until", WORDS, nullable=True),
        sa.Column("sent", WORDS, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'given up')", name=op.f("ck_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_waiting", "message", ["made"], unique=False, **where(sa.text("state = 'waiting'")))
    op.create_table(
        "series",
        sa.Column("body", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("body", "type", "period", name=op.f("pk_series")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "turn",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("holder", WORDS, nullable=False),
        sa.Column("process", WORDS, nullable=False),
        sa.Column("until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "version",
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("form", WHOLE, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("compiled", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("kind", "hash", name=op.f("pk_version")),
    )
    op.create_table(
        "worker",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("beat", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "awaited",
        sa.Column("case", WORDS, nullable=False),
        sa.Column("unit", WORDS, nullable=False),
        sa.Column("position", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("due", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_awaited_case")),
        sa.PrimaryKeyConstraint("case", "unit", "position", "person", name=op.f("pk_awaited")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_awaited_seat", "awaited", ["unit", "position", "person", "due", "case"], unique=False)
    op.create_table(
        "claim",
        sa.Column("turn", WHOLE, nullable=False),
        sa.Column("body", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["turn"], ["turn.id"], name=op.f("fk_claim_turn"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn", "body", "type", "period", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_series", "claim", ["body", "type", "period", "turn"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("due", WORDS, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("next_at", WORDS, nullable=True),
        sa.Column("plain", WORDS, nullable=False),
        sa.CheckConstraint("status IN ('running', 'stopped', 'met', 'missed', 'dropped')", name=op.f("ck_deadline_status")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_deadline_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("case", "key", name=op.f("uq_deadline_case_key")),
    )
    op.create_index(
        "ix_deadline_next", "deadline", ["next_at", "id"], unique=False, **where(sa.text("status = 'running' AND next_at IS NOT NULL"))
    )
    op.create_index("ix_deadline_running", "deadline", ["due", "id"], unique=False, **where(sa.text("status = 'running'")))
    op.create_table(
        "document",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("rule", WORDS, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("plain", WORDS, nullable=False),
        sa.CheckConstraint("status IN ('draft', 'issued', 'void', 'replaced')", name=op.f("ck_document_status")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_document_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("case", "key", name=op.f("uq_document_case_key")),
    )
    op.create_table(
        "entry",
        sa.Column("case", WORDS, nullable=False),
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("actor", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("payload", WORDS, nullable=False),
        sa.Column("previous", WORDS, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_entry_case")),
        sa.PrimaryKeyConstraint("case", "seq", name=op.f("pk_entry")),
    )
    op.create_table(
        "notice",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("urgent", WHOLE, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("message", WORDS, nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_notice_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index(op.f("ix_notice_case_id"), "notice", ["case", "id"], unique=False)
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person", "id"], unique=False)
    op.create_index("ix_notice_waiting", "notice", ["id"], unique=False, **where(sa.text("message IS NULL")))
    op.create_table(
        "number",
        sa.Column("body", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("document", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_number_case")),
        sa.PrimaryKeyConstraint("body", "type", "period", "number", name=op.f("pk_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opinion",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("round", WHOLE, nullable=False),
        sa.Column("asked", WORDS, nullable=False),
        sa.Column("plain", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_opinion_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("case", "state", "round", "asked", name=op.f("uq_opinion_case_state_round_asked")),
    )
    op.create_table(
        "periodic",
        sa.Column("process", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_periodic_case")),
        sa.PrimaryKeyConstraint("process", "period", name=op.f("pk_periodic")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("request", WORDS, nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_receipt_case")),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "viewer",
        sa.Column("case", WORDS, nullable=False),
        sa.Column("unit", WORDS, nullable=False),
        sa.Column("position", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_viewer_case")),
        sa.PrimaryKeyConstraint("case", "unit", "position", "person", name=op.f("pk_viewer")),
        sqlite_with_rowid=False,
    )

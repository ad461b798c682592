"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("secret", sa.Integer(), nullable=False),
        sa.Column("failing", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.CheckConstraint("failing IN (0, 1)", name=op.f("ck_case_failing")),
        sa.CheckConstraint("secret IN (0, 1)", name=op.f("ck_case_secret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    op.create_index("ix_case_failing", "case", ["id"], unique=False, sqlite_where=sa.text("outcome = '' AND failing = 1"))
    op.create_index(
        "ix_case_open", "case", ["id"], unique=False, sqlite_where=sa.text("outcome = ''"), postgresql_where=sa.text("outcome = ''")
    )
    op.create_index(
        "ix_case_open_state",
        "case",
        ["process", "state", "id"],
        unique=False,
        sqlite_where=sa.text("outcome = ''"),
        postgresql_where=sa.text("outcome = ''"),
    )
    op.create_index(
        "ix_case_open_unit",
        "case",
        ["unit", "id"],
        unique=False,
        sqlite_where=sa.text("outcome = ''"),
        postgresql_where=sa.text("outcome = ''"),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_index(op.f("ix_deployment_kind_key_id"), "deployment", ["kind", "key", "id"], unique=False)
    op.create_table(
        "file",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_file")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("held_until", sa.Text(), nullable=True),
        sa.Column("sent", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'given up')", name=op.f("ck_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_waiting", "message", ["made"], unique=False, sqlite_where=sa.text("state = 'waiting'"))
    op.create_table(
        "series",
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("body", "type", "period", name=op.f("pk_series")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "version",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("compiled", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "hash", name=op.f("pk_version")),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "awaited",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_awaited_case")),
        sa.PrimaryKeyConstraint("case", "unit", "position", "person", name=op.f("pk_awaited")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_awaited_seat", "awaited", ["unit", "position", "person", "due", "case"], unique=False)
    op.create_table(
        "claim",
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["turn"], ["turn.id"], name=op.f("fk_claim_turn"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn", "body", "type", "period", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_series", "claim", ["body", "type", "period", "turn"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("next_at", sa.Text(), nullable=True),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('running', 'stopped', 'met', 'missed', 'dropped')", name=op.f("ck_deadline_status")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_deadline_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("case", "key", name=op.f("uq_deadline_case_key")),
    )
    op.create_index(
        "ix_deadline_next", "deadline", ["next_at", "id"], unique=False, sqlite_where=sa.text("status = 'running' AND next_at IS NOT NULL")
    )
    op.create_index("ix_deadline_running", "deadline", ["due", "id"], unique=False, sqlite_where=sa.text("status = 'running'"))
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'issued', 'void', 'replaced')", name=op.f("ck_document_status")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_document_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("case", "key", name=op.f("uq_document_case_key")),
    )
    op.create_table(
        "entry",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_entry_case")),
        sa.PrimaryKeyConstraint("case", "seq", name=op.f("pk_entry")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_notice_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index(op.f("ix_notice_case_id"), "notice", ["case", "id"], unique=False)
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person", "id"], unique=False)
    op.create_index("ix_notice_waiting", "notice", ["id"], unique=False, sqlite_where=sa.text("message IS NULL"))
    op.create_table(
        "number",
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_number_case")),
        sa.PrimaryKeyConstraint("body", "type", "period", "number", name=op.f("pk_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_opinion_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("case", "state", "round", "asked", name=op.f("uq_opinion_case_state_round_asked")),
    )
    op.create_table(
        "periodic",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_periodic_case")),
        sa.PrimaryKeyConstraint("process", "period", name=op.f("pk_periodic")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_receipt_case")),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "viewer",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_viewer_case")),
        sa.PrimaryKeyConstraint("case", "unit", "position", "person", name=op.f("pk_viewer")),
        sqlite_with_rowid=False,
    )

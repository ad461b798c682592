"""Issued papers have lives and registers of their own; workers share the work out; the chains' heads and backups are on record."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
STATUSES = "status IN ('draft', 'issued', 'void', 'replaced', 'recalled')"


def upgrade() -> None:
    """Events of documents and the registers' entries get tables; a document may be recalled; a number may belong to no case."""
    op.create_table(
        "document_event",
        sa.Column("case", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("n", WHOLE, autoincrement=False, nullable=False),
        sa.Column("plain", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_document_event_case")),
        sa.PrimaryKeyConstraint("case", "key", "n", name=op.f("pk_document_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "registry",
        sa.Column("body", WORDS, nullable=False),
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.Column("actor", WORDS, nullable=False),
        sa.Column("request", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("previous", WORDS, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("body", "seq", name=op.f("pk_registry")),
        sa.UniqueConstraint("request", name=op.f("uq_registry_request")),
    )
    _workers()
    _records()
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
        op.create_index(op.f("ix_number_case"), "number", ["case"])
        return
    op.drop_constraint(op.f("ck_document_status"), "document", type_="check")
    op.create_check_constraint(op.f("ck_document_status"), "document", STATUSES)
    op.alter_column("number", "case", existing_type=WORDS, nullable=True)
    op.create_index(op.f("ix_number_case"), "number", ["case"])


def _workers() -> None:
    """Which process a worker is and until when it lives without a sign; what it holds."""
    op.add_column("worker", sa.Column("process", WORDS, nullable=False, server_default=""))
    op.add_column("worker", sa.Column("until", WHOLE, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "held",
        sa.Column("what", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("holder", WORDS, nullable=False),
        sa.CheckConstraint("what IN ('rung', 'period')", name=op.f("ck_held_what")),
        sa.PrimaryKeyConstraint("what", "key", name=op.f("pk_held")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_held_holder", "held", ["holder"])
    held = sa.text("holder <> ''")
    op.create_index("ix_message_held", "message", ["holder"], sqlite_where=held, postgresql_where=held)


def _records() -> None:
    """What those who run the office did; the chains' heads, day by day."""
    op.create_table(
        "record",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in ("kind", "at", "by", "text")),
        sa.CheckConstraint("kind IN ('backup', 'restore')", name=op.f("ck_record_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_kind", "record", ["kind", "id"])
    op.create_table(
        "office_head",
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in ("at", "text", "previous", "hash")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_office_head")),
    )


def _rebuild() -> None:
    """SQLite changes no constraint of a table that is there: new ones take the rows over, under the old names."""
    op.create_table(
        "new_document",
        sa.Column("id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("case", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("rule", WORDS, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("plain", WORDS, nullable=False),
        sa.CheckConstraint(STATUSES, name=op.f("ck_document_status")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_document_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("case", "key", name=op.f("uq_document_case_key")),
    )
    op.create_table(
        "new_number",
        sa.Column("body", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("case", WORDS, nullable=True),
        sa.Column("document", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_number_case")),
        sa.PrimaryKeyConstraint("body", "type", "period", "number", name=op.f("pk_number")),
        sqlite_with_rowid=False,
    )
    for table in ("document", "number"):
        op.execute(f"INSERT INTO new_{table} SELECT * FROM {table}")  # noqa: S608  # two names of ours
        op.drop_table(table)
        op.rename_table(f"new_{table}", table)

"""An act writes fewer trees: a notice's key is looked up by its case, and a person's notices by an index that whoever sends them writes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

_TEXTS = ("key", "person", "case", "at", "subject", "text")
_KEPT = 'id, "key", person, "case", at, subject, text, urgent, kind, message'
_IN_MESSAGE = sa.text("message IS NOT NULL")
_PARTIAL = {
    "ix_notice_waiting": (["id"], sa.text("message IS NULL")),
    "ix_notice_urgent": (["id"], sa.text("message IS NULL AND urgent = 1")),
    "ix_notice_person": (["person", "id"], _IN_MESSAGE),
}


def upgrade() -> None:
    """One key of case and key instead of two; a person's notices are indexed once they are in a message."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
        for name, (columns, where) in _PARTIAL.items():
            op.create_index(name, "notice", columns, sqlite_where=where)
        return
    op.drop_constraint(op.f("uq_notice_key"), "notice")
    op.drop_index("ix_notice_case_id", "notice")
    op.drop_index("ix_notice_person_id", "notice")
    op.create_unique_constraint(op.f("uq_notice_case_key"), "notice", ["case", "key"])
    op.create_index("ix_notice_person", "notice", ["person", "id"], postgresql_where=_IN_MESSAGE)


def _rebuild() -> None:
    """SQLite drops no constraint of a table that is there."""
    op.create_table(
        "notice_new",
        sa.Column("id", WHOLE, nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in _TEXTS),
        sa.Column("urgent", WHOLE, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("message", WORDS),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_notice_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("case", "key", name=op.f("uq_notice_case_key")),
    )
    op.execute(sa.text(f"INSERT INTO notice_new ({_KEPT}) SELECT {_KEPT} FROM notice ORDER BY id"))  # noqa: S608  # constants
    op.drop_table("notice")
    op.rename_table("notice_new", "notice")

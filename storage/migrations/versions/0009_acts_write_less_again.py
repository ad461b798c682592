"""An act writes fewer trees: one index tells which notices wait and their keys, and what is late is found by its case's own due."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

_TEXTS = ("key", "person", "case", "at", "subject", "text")
_KEPT = 'id, "key", person, "case", at, subject, text, urgent, kind, message'
_WAITS, _TOLD = sa.text("message IS NULL"), sa.text("message IS NOT NULL")
_KEYS = {"uq_notice_waiting": _WAITS, "uq_notice_told": _TOLD}
_OTHERS = {
    "ix_notice_urgent": (["id"], sa.text("message IS NULL AND urgent = 1")),
    "ix_notice_person": (["person", "id"], _TOLD),
}


def upgrade() -> None:
    """The key of notices that wait, and that of those in a message, each in an index of its own."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        _rebuild()
        for name, (columns, where) in _OTHERS.items():
            op.create_index(name, "notice", columns, sqlite_where=where)
    else:
        op.drop_constraint(op.f("uq_notice_case_key"), "notice")
        op.drop_index("ix_notice_waiting", "notice")
    op.drop_index("ix_deadline_running", "deadline")
    for name, where in _KEYS.items():
        op.create_index(name, "notice", ["case", "key"], unique=True, sqlite_where=where, postgresql_where=where)


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
    )
    op.execute(sa.text(f"INSERT INTO notice_new ({_KEPT}) SELECT {_KEPT} FROM notice ORDER BY id"))  # noqa: S608  # constants
    op.drop_table("notice")
    op.rename_table("notice_new", "notice")

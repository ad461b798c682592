"""What lets a case's contents go is open within one transaction: it can't be kept open, and what an older hoso kept so opens nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_KEPT = '"case", seq, at, "by", decision, done'


def upgrade() -> None:
    """A disposal is open within one transaction and never longer; the database holds that by itself."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
        return
    op.add_column("disposal", sa.Column("open", WHOLE))
    op.create_foreign_key(op.f("fk_disposal_open"), "disposal", "case", ["open"], ["id"], deferrable=True, initially="DEFERRED")
    op.create_check_constraint(op.f("ck_disposal_open"), "disposal", "open = 0")


def _rebuild() -> None:
    """SQLite adds no named constraint to a table that is there."""
    op.create_table(
        "disposal_new",
        sa.Column("case", WORDS, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in ("at", "by", "decision")),
        sa.Column("done", WHOLE, nullable=False),
        sa.Column("open", WHOLE),
        sa.CheckConstraint("done IN (0, 1)", name=op.f("ck_disposal_done")),
        sa.CheckConstraint("open = 0", name=op.f("ck_disposal_open")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_disposal_case")),
        sa.ForeignKeyConstraint(["open"], ["case.id"], name=op.f("fk_disposal_open"), deferrable=True, initially="DEFERRED"),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_disposal")),
        sqlite_with_rowid=False,
    )
    op.execute(sa.text(f"INSERT INTO disposal_new ({_KEPT}) SELECT {_KEPT} FROM disposal"))  # noqa: S608  # constants
    op.drop_table("disposal")
    op.rename_table("disposal_new", "disposal")

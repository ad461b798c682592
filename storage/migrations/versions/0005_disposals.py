"""What need not be kept any more may be removed, by an act that leaves a provable gap."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """A table of disposals, which the triggers ask."""
    _disposals()


def _disposals() -> None:
    """Which case's contents were removed, by which entry and which decision."""
    op.create_table(
        "disposal",
        sa.Column("case", WORDS, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in ("at", "by", "decision")),
        sa.Column("done", WHOLE, nullable=False),
        sa.CheckConstraint("done IN (0, 1)", name=op.f("ck_disposal_done")),
        sa.ForeignKeyConstraint(["case"], ["case.number"], name=op.f("fk_disposal_case")),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_disposal")),
        sqlite_with_rowid=False,
    )

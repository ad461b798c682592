"""Lists of a million cases are as quick as those of ten thousand; what need not be kept goes by an act that leaves a provable gap."""

import sqlalchemy as sa
from alembic import op

from workflow.vietnamese import words

revision = "0005"
down_revision = "0004"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

_PAGE = 1000
_OPEN, _PUBLIC = sa.text("outcome = ''"), sa.text("outcome = '' AND secret = 0")
_CASE = sa.table("case", *(sa.column(name) for name in ("id", "search")))


def upgrade() -> None:
    """Indexes by whether a case is secret, over closed cases too, and from whoever may see to the case."""
    op.create_index("ix_viewer_seat", "viewer", ["unit", "position", "person", "case"])
    op.create_index("ix_case_process", "case", ["process", "secret", "id"])
    op.create_index("ix_case_unit", "case", ["unit", "secret", "id"])
    op.create_index("ix_case_open_public", "case", ["id"], sqlite_where=_PUBLIC, postgresql_where=_PUBLIC)
    op.drop_index("ix_case_open_state", "case")
    op.create_index("ix_case_open_state", "case", ["process", "state", "secret", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_index("ix_case_open_unit", "case")
    op.create_index("ix_case_open_unit", "case", ["unit", "secret", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    _only_words()
    _disposals()


def _only_words() -> None:
    """What cases are found by is words alone, a page at a time: the first hosos kept the signs between."""
    connection, after = op.get_bind(), 0
    while page := connection.execute(sa.select(_CASE).where(_CASE.c.id > after).order_by(_CASE.c.id).limit(_PAGE)).all():
        after = page[-1].id
        changed = [(row.id, found) for row in page if (found := " ".join(words(row.search))) != row.search]
        for id_, found in changed:
            connection.execute(sa.update(_CASE).where(_CASE.c.id == id_).values(search=found))


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

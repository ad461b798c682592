"""What is urgent is found and delivered without looking at all that waits for the end of quiet hours."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Messages say whether they are urgent (those made before are not); urgent notices that wait have an index."""
    op.add_column("message", sa.Column("urgent", WHOLE, nullable=False, server_default=sa.text("0")))
    waiting = sa.text("message IS NULL AND urgent = 1")
    op.create_index("ix_notice_urgent", "notice", ["id"], sqlite_where=waiting, postgresql_where=waiting)

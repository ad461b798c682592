"""Sub-cases are found by the case that opened them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index the parents of sub-cases; cases that are none's sub-case stay out of it."""
    none_of_those = sa.text("parent <> ''")
    op.create_index("ix_case_parent", "case", ["parent", "id"], sqlite_where=none_of_those, postgresql_where=none_of_those)

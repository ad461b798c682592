"""Cases are found by what their fields say and a unit's late cases by the unit; the words of secret cases stand apart in the search."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

_KINDS = "('text', 'integer', 'true', 'false')"
_SQLITE = """INSERT INTO case_field (field, value, process, secret, id) SELECT * FROM (
    SELECT f.key, CASE WHEN f.type IN ('true', 'false') THEN f.type ELSE CAST(f.value AS TEXT) END, c.process, c.secret, c.id
    FROM "case" c, json_each(c.plain, '$.fields') f WHERE f.type IN {kinds} AND length(f.value) <= 64
    UNION ALL
    SELECT f.key, CASE WHEN i.type IN ('true', 'false') THEN i.type ELSE CAST(i.value AS TEXT) END, c.process, c.secret, c.id
    FROM "case" c, json_each(c.plain, '$.fields') f,
    json_each(CASE WHEN f.type IN ('array', 'object') THEN f.value ELSE '[]' END) i
    WHERE (f.type = 'array' OR f.type = 'object' AND i.key = 'name') AND i.type IN {kinds} AND length(i.value) <= 64
    ) GROUP BY 1, 2, 3, 4, 5"""
_POSTGRES = """INSERT INTO case_field (field, value, process, secret, id)
    SELECT f.key, i.item #>> '{}', c.process, c.secret, c.id
    FROM "case" c CROSS JOIN LATERAL json_each(c.plain::json -> 'fields') f
    CROSS JOIN LATERAL (
      SELECT f.value AS item WHERE json_typeof(f.value) NOT IN ('array', 'object')
      UNION ALL SELECT value FROM json_array_elements(CASE json_typeof(f.value) WHEN 'array' THEN f.value ELSE '[]'::json END)
      UNION ALL SELECT f.value -> 'name' WHERE json_typeof(f.value) = 'object'
    ) i
    WHERE json_typeof(i.item) IN ('string', 'number', 'boolean') AND length(i.item #>> '{}') <= 64
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
_HAS_DUE, _OWED = sa.text("due IS NOT NULL"), sa.text("status = 'running' AND asked <> ''")


def upgrade() -> None:
    """A row for each short value of a case's fields; a unit's cases by when they are due, and the replies that it owes."""
    op.create_table(
        "case_field",
        *(sa.Column(name, WORDS, nullable=False) for name in ("field", "value", "process")),
        sa.Column("secret", WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["case.id"], name=op.f("fk_case_field_id")),
        sa.PrimaryKeyConstraint("field", "value", "process", "secret", "id", name=op.f("pk_case_field")),
        sqlite_with_rowid=False,
    )
    op.add_column("deadline", sa.Column("asked", WORDS, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text(_SQLITE.format(kinds=_KINDS)))
        asked = "plain ->> 'asked'"
    else:
        op.execute(sa.text(_POSTGRES.replace(":", "\\:")))
        asked = "plain\\:\\:json ->> 'asked'"
    op.execute(sa.text(f"UPDATE deadline SET asked = {asked} WHERE plain LIKE '%\"asked\"\\:%'"))  # noqa: S608  # constants
    op.create_index("ix_case_due", "case", ["unit", "secret", "due", "id"], sqlite_where=_HAS_DUE, postgresql_where=_HAS_DUE)
    op.create_index("ix_deadline_asked", "deadline", ["asked", "due", "id"], sqlite_where=_OWED, postgresql_where=_OWED)

"""What PostgreSQL finds wrong in an office by itself: rows that refer to nothing, columns that say something else than the value that they
were taken from, guards that somebody took away.
"""

from functools import partial

from storage import postgres_guards as guards
from storage.fields import LONGEST, unlike
from storage.seats import UNLIKE_DUE
from storage.transaction import Transaction

_UNREADABLE = "22"
"""What the codes of errors begin with that a value makes."""

_KINDS = "('string', 'number', 'boolean')"
_FIELDS = "\"case\" c CROSS JOIN LATERAL json_each(c.plain::json -> 'fields') f"
_SAID = "SELECT {once} 1 AS said, f.key AS field, {item} #>> '{{}}' AS value, c.process, c.secret, c.id FROM {place} WHERE {where}"


def _said(item: str, where: str, beside: str = "", once: str = "") -> str:
    kept = f"{where} json_typeof({item}) IN {_KINDS} AND length({item} #>> '{{}}') <= {LONGEST}"
    return _SAID.format(once=once, item=item, place=_FIELDS + beside, where=kept)


VALUES = " UNION ALL ".join(
    (
        _said("f.value", ""),
        _said("(f.value -> 'name')", "json_typeof(f.value) = 'object' AND "),
        _said(
            "e.value",
            "",
            " CROSS JOIN LATERAL json_array_elements(CASE json_typeof(f.value) WHEN 'array' THEN f.value ELSE '[]'::json END) e",
            "DISTINCT",
        ),
    )
)
"""What cases' fields say, each once."""

_UNLIKE = {
    "case": """SELECT number FROM "case" WHERE
        ROW(number, process, version, title, state, unit, opened, outcome, secret) IS DISTINCT FROM
        ROW(plain::json ->> 'number', plain::json ->> 'process', plain::json ->> 'version', plain::json ->> 'title',
        plain::json ->> 'state', plain::json ->> 'unit', plain::json ->> 'opened', coalesce(plain::json ->> 'outcome', ''),
        CASE plain::json ->> 'secret' WHEN 'true' THEN 1 ELSE 0 END)""",
    "deadline": """SELECT "case" FROM deadline WHERE ROW(key, due, status, next_at, asked) IS DISTINCT FROM
        ROW(plain::json ->> 'key', plain::json ->> 'due', plain::json ->> 'status', plain::json ->> 'next_at',
        coalesce(plain::json ->> 'asked', ''))""",
    "due date": UNLIKE_DUE.format(differs="IS DISTINCT FROM"),
}
"""Rows whose columns, which lists and the worker look at, are not those of their JSON; cases whose due is not their deadlines'."""


def integrity(tx: Transaction, schema: str) -> list[str]:
    """Rows that refer to nothing, guards that somebody took away, columns that say something else than the value
    that they were taken from.
    """
    found = [f"{child}: a row refers to nothing in {parent}" for child, parent in guards.orphans(tx.cursor)]
    looks = {what: partial(_rows, rows=rows) for what, rows in _UNLIKE.items()} | {"field": partial(unlike, values=VALUES)}
    for what, look in looks.items():
        try:
            with tx.savepoint():
                found += [f"{of}: what the lists say differs from the {what} itself" for of in look(tx)]
        except tx.backend.errors as error:
            if not (getattr(error, "sqlstate", "") or "").startswith(_UNREADABLE):
                raise
            found.append(f"{what}: a row can't be read")
    return found + [f"the trigger {name} is missing" for name in guards.missing(tx.cursor, schema)]


def _rows(tx: Transaction, rows: str) -> list[str]:
    return [of for (of,) in tx.cursor.execute(rows).fetchall()]

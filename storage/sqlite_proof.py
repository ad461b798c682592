"""What SQLite finds wrong in an office by itself: damage, guards that somebody took away or made hollow, tables that drifted apart."""

from collections.abc import Iterable, Iterator

from storage import faults, fields
from storage.fields import LONGEST
from storage.seats import UNLIKE_DUE
from storage.sqlite_guards import GUARDS, SEARCH_TABLE
from storage.transaction import Transaction
from storage.whole import definitions
from workflow.model import Fault

_KINDS = "('text', 'integer', 'true', 'false')"


def _as_text(item: str) -> str:
    return f"CASE WHEN {item}.type IN ('true', 'false') THEN {item}.type ELSE CAST({item}.value AS TEXT) END"


def _is_kept(item: str) -> str:
    return f"{item}.type IN {_KINDS} AND length({item}.value) <= {LONGEST}"


VALUES = f"""SELECT 1 AS said, f.key AS field,
        CASE WHEN f.type IN ('array', 'object') THEN {_as_text("i")} ELSE {_as_text("f")} END AS value, c.process, c.secret, c.id
        FROM "case" c, json_each(CASE WHEN json_valid(c.plain) THEN c.plain ELSE '{{}}' END, '$.fields') f,
        json_each(CASE WHEN f.type IN ('array', 'object') THEN f.value ELSE '[0]' END) i
        WHERE CASE f.type WHEN 'object' THEN i.key = 'name' AND {_is_kept("i")} WHEN 'array' THEN {_is_kept("i")} AND NOT EXISTS (
        SELECT 1 FROM json_each(f.value) j WHERE j.key < i.key AND j.type IN {_KINDS} AND {_as_text("j")} = {_as_text("i")})
        ELSE {_is_kept("f")} END"""  # noqa: S608  # constants
"""What cases' fields say, each once: read through once, since that is what takes the time."""

_UNLIKE = {
    "case": """SELECT number FROM "case" WHERE json_valid(plain) AND (number, process, version, title, state, unit, opened)
        IS NOT (plain ->> 'number', plain ->> 'process', plain ->> 'version', plain ->> 'title', plain ->> 'state', plain ->> 'unit',
        plain ->> 'opened') OR json_valid(plain) AND (outcome, secret)
        IS NOT (coalesce(plain ->> 'outcome', ''), coalesce(plain ->> 'secret', 0))""",
    "deadline": """SELECT "case" FROM deadline WHERE json_valid(plain) AND (key, due, status, next_at, asked)
        IS NOT (plain ->> 'key', plain ->> 'due', plain ->> 'status', plain ->> 'next_at', coalesce(plain ->> 'asked', ''))""",
    "due date": UNLIKE_DUE.format(differs="IS NOT"),
}
"""Rows whose columns, which lists and the worker look at, are not those of their JSON; cases whose due is not their deadlines'."""

_OTHERS = ("alembic_version", "case_search_", "sqlite_")
"""Tables that the program does not make itself begin so."""


def damage(tx: Transaction) -> list[Fault]:
    """Damaged pages and indexes, rows that refer to nothing, columns that say something else than the value that they were taken from."""
    found = [Fault(template="{text}", facts={"text": text}) for (text,) in tx.cursor.execute("PRAGMA integrity_check") if text != "ok"]
    for child, row, parent, _ in tx.cursor.execute("PRAGMA foreign_key_check"):
        found.append(
            Fault(template="{child}: row {row} refers to nothing in {parent}", facts={"child": child, "row": row, "parent": parent})
        )
    for what, rows in _UNLIKE.items():
        found += [faults.unlike(of, what) for (of,) in tx.cursor.execute(rows)]
    return found + [faults.unlike(of, "field") for of in fields.unlike(tx, VALUES)]


def guards(tx: Transaction) -> list[Fault]:
    """What of the triggers is missing, was changed or added."""
    return list(faults.triggers(dict(_made(tx, "trigger")), GUARDS))


def drift(tx: Transaction) -> list[Fault]:
    """What of tables and indexes is missing, was changed or added."""
    wanted = {**definitions(tx.backend.dialect), "case_search": SEARCH_TABLE}
    made = {name: sql for name, sql in _made(tx, "table", "view") if not name.startswith(_OTHERS)}
    tables = {name: sql for name, sql in wanted.items() if sql.startswith("CREATE TABLE") or name == "case_search"}
    indexes = {name: faults.alike(sql) for name, sql in wanted.items() if name not in tables}
    found = faults.tables(*({name: _parts(sql) for name, sql in some.items()} for some in (made, tables)))
    return [*found, *faults.indexes({name: faults.alike(sql) for name, sql in _made(tx, "index")}, indexes)]


def _parts(sql: str) -> Iterable[str]:
    return faults.parts(sql) if sql.startswith("CREATE TABLE") else [sql]


def _made(tx: Transaction, *kinds: str) -> Iterator[tuple[str, str]]:
    """(name, statement) of what was made of these kinds."""
    for kind in kinds:
        yield from tx.cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL", (kind,)).fetchall()

"""Triggers that keep the past as it was, and the search index with its own: made anew after every migration.

`GUARDS` is what law 2 rests on in SQLite: history, numbers, files, receipts and issued papers are only ever added to.
"""

from typing import Any


def _guard(table: str, event: str, when: str = "") -> tuple[str, str]:
    name = f"{table}_no_{event.lower().split()[0]}" + ("_of" if when else "")
    condition = f"WHEN {when} " if when else ""
    refusal = f"{table}: what was written stays as it is"
    return name, f"CREATE TRIGGER {name} BEFORE {event} ON \"{table}\" {condition}BEGIN SELECT RAISE(ABORT, '{refusal}'); END"


def _differs(*columns: str) -> str:
    return " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in columns)


_INSERT_ONLY = ("entry", "receipt", "file", "number", "periodic", "deployment", "document_event", "registry", "record", "office_head")
_NEVER_DELETED = ("version", "case", "deadline", "opinion", "document", "series", "message", "notice")
_FROZEN = {
    "version": _differs("kind", "hash", "key", "source"),
    "case": f"NEW.revision <> OLD.revision + 1 OR {_differs('id', 'number', 'opened')}",
    "series": f"NEW.last <> OLD.last + 1 OR {_differs('body', 'type', 'period')}",
    "document": f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {_differs('case', 'key', 'rule', 'n', 'plain')})",
    "message": _differs("id", "person", "subject", "text", "made", "urgent") + " OR (OLD.state = 'sent' AND NEW.state <> 'sent')",
    "notice": _differs("key", "person", "case", "at", "subject", "text", "urgent", "kind")
    + " OR (OLD.message IS NOT NULL AND NEW.message IS NOT OLD.message)",
}

_SEARCH = {
    "case_search_new": 'CREATE TRIGGER case_search_new AFTER INSERT ON "case" '
    "BEGIN INSERT INTO case_search (rowid, search) VALUES (NEW.id, NEW.search); END",
    "case_search_changed": 'CREATE TRIGGER case_search_changed AFTER UPDATE OF search ON "case" WHEN NEW.search <> OLD.search '
    "BEGIN INSERT INTO case_search (case_search, rowid, search) VALUES ('delete', OLD.id, OLD.search); "
    "INSERT INTO case_search (rowid, search) VALUES (NEW.id, NEW.search); END",
}

GUARDS: dict[str, str] = {
    **dict(_guard(table, event) for table in _INSERT_ONLY for event in ("UPDATE", "DELETE")),
    **dict(_guard(table, "DELETE") for table in _NEVER_DELETED),
    **dict(_guard(table, "UPDATE", when) for table, when in _FROZEN.items()),
    **_SEARCH,
}
"""Trigger → its statement."""

SEARCH_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS case_search USING "
    "fts5(search, content='case', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
)


def drop_guards(cursor: Any) -> None:
    """Take the triggers away, so that a migration may rebuild tables."""
    names = [name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()]
    for name in names:
        cursor.execute(f'DROP TRIGGER "{name}"')


def make_guards(cursor: Any) -> None:
    """Make the search index, the triggers, and fill the index from the cases."""
    cursor.execute(SEARCH_TABLE)
    for statement in GUARDS.values():
        cursor.execute(statement)
    cursor.execute("INSERT INTO case_search (case_search) VALUES ('rebuild')")

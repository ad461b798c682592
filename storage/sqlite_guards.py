"""Triggers that keep the past as it was, and the search index with its own: made anew after every migration.

`GUARDS` is what law 2 rests on in SQLite: history, numbers, files, receipts and issued papers are only ever added to.
"""

from typing import Any

from storage.transaction import HIDDEN

_LOOKS_AFTER = {("case", "UPDATE")}
"""Of the row that every act changes: looking before, SQLite would find it twice. What is refused is undone all the same."""


def _guard(table: str, event: str, when: str = "", unless: str = "") -> tuple[str, str]:
    """A trigger that refuses; `unless` a disposal under way lets it pass (then it is called as one without conditions)."""
    name = f"{table}_no_{event.lower().split()[0]}" + ("_of" if when and not unless else "")
    conditions = " AND ".join(filter(None, (when and f"({when})", unless and f"NOT {unless}")))
    condition = f"WHEN {conditions} " if conditions else ""
    refusal = f"{table}: what was written stays as it is"
    moment = "AFTER" if (table, event) in _LOOKS_AFTER else "BEFORE"
    return name, f"CREATE TRIGGER {name} {moment} {event} ON \"{table}\" {condition}BEGIN SELECT RAISE(ABORT, '{refusal}'); END"


def _differs(*columns: str) -> str:
    return " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in columns)


_INSERT_ONLY = ("receipt", "number", "periodic", "deployment", "registry", "record", "office_head")
_NEVER_DELETED = ("version", "case", "document", "series", "message", "entry", "disposal")
_NEVER_UPDATED = ("file", "document_event")
_FROZEN = {
    "version": _differs("kind", "hash", "key", "source"),
    "case": f"NEW.revision <> OLD.revision + 1 OR {_differs('id', 'number', 'opened')}",
    "series": f"NEW.last <> OLD.last + 1 OR {_differs('body', 'type', 'period')}",
    "document": f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {_differs('case', 'key', 'rule', 'n')})",
    "message": f"{_differs('id', 'person', 'made', 'urgent')} OR (OLD.state = 'sent' AND NEW.state <> 'sent') "
    f"OR NEW.subject <> '' AND {_differs('subject')} OR NEW.text <> '' AND {_differs('text')}",
    "notice": _differs("key", "person", "case", "at", "subject", "text", "urgent", "kind")
    + " OR (OLD.message IS NOT NULL AND NEW.message IS NOT OLD.message)",
    "entry": f"NEW.payload <> '' OR {_differs('case', 'seq', 'at', 'actor', 'text', 'previous', 'hash')}",
    "disposal": f"OLD.done = 1 OR NEW.open IS NOT NULL OR {_differs('case', 'seq', 'at', 'by', 'decision')}",
}
_OPEN = "EXISTS (SELECT 1 FROM disposal WHERE open = 0{})"
_ITS = _OPEN.format(' AND disposal."case" = OLD."case"')
_TOLD = _OPEN.format(' AND EXISTS (SELECT 1 FROM notice WHERE notice."case" = disposal."case" AND notice.message = OLD.id)')
_SAME = " AND ".join(f"NEW.plain ->> '{key}' IS OLD.plain ->> '{key}'" for key in ("type", "at", "number", "symbol", "series"))
_UNLESS_DISPOSED = (
    ("entry", "UPDATE", "", _ITS),
    ("document", "UPDATE", f"OLD.status <> 'draft' AND ({_differs('plain')})", f"({_ITS} AND {_SAME})"),
    ("document_event", "DELETE", "", _ITS),
    ("deadline", "DELETE", "", _ITS),
    ("opinion", "DELETE", "", _ITS),
    ("notice", "DELETE", "", _ITS),
    ("message", "UPDATE", _differs("subject", "text"), _TOLD),
    ("file", "DELETE", "", _OPEN.format("")),
)
"""What only the transaction may do that disposes of the case: its row is `open` in it, and never once it is kept. Of a paper its number
and its day stay.
"""
_ENDS = {
    "disposal_no_insert": 'CREATE TRIGGER disposal_no_insert BEFORE INSERT ON "disposal" '
    "WHEN NEW.open IS NOT NULL AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0 "
    "BEGIN SELECT RAISE(ABORT, 'disposal: it must end with its transaction'); END",
}
"""An open row refers to no case, and is refused on COMMIT; so it is opened only by a connection that looks at references."""


def _words(of: str) -> str:
    """The words of a row of `case` as the index has them: those of a secret case apart."""
    return f"CASE {of}secret WHEN 1 THEN '{HIDDEN}' || replace({of}search, ' ', ' {HIDDEN}') ELSE {of}search END"


_SEARCH = {
    "case_search_new": 'CREATE TRIGGER case_search_new AFTER INSERT ON "case" '  # noqa: S608  # constants
    f"BEGIN INSERT INTO case_search (rowid, search) VALUES (NEW.id, {_words('NEW.')}); END",
    "case_search_changed": 'CREATE TRIGGER case_search_changed AFTER UPDATE OF search, secret ON "case" '  # noqa: S608  # constants
    "WHEN NEW.search <> OLD.search OR NEW.secret <> OLD.secret "
    f"BEGIN INSERT INTO case_search (case_search, rowid, search) VALUES ('delete', OLD.id, {_words('OLD.')}); "
    f"INSERT INTO case_search (rowid, search) VALUES (NEW.id, {_words('NEW.')}); END",
}

GUARDS: dict[str, str] = {
    **dict(_guard(table, event) for table in _INSERT_ONLY for event in ("UPDATE", "DELETE")),
    **dict(_guard(table, "DELETE") for table in _NEVER_DELETED),
    **dict(_guard(table, "UPDATE") for table in _NEVER_UPDATED),
    **dict(_guard(table, "UPDATE", when) for table, when in _FROZEN.items()),
    **dict(_guard(*one) for one in _UNLESS_DISPOSED),
    **_ENDS,
    **_SEARCH,
}
"""Trigger → its statement."""

OPEN_DISPOSAL = 'INSERT INTO disposal ("case", seq, at, "by", decision, done, open) VALUES (:case, :seq, :at, :by, :decision, 0, 0)'
DISPOSE = (
    "UPDATE message SET subject = '', text = '' WHERE id IN (SELECT message FROM notice WHERE \"case\" = :case AND message IS NOT NULL)",
    *(f'DELETE FROM notice WHERE "case" = :case AND message IS {there}' for there in ("NULL", "NOT NULL")),  # noqa: S608  # constants; an index of each
    *(f'DELETE FROM {table} WHERE "case" = :case' for table in ("deadline", "opinion", "document_event")),  # noqa: S608  # names of ours
    "UPDATE entry SET payload = '' WHERE \"case\" = :case AND seq < :seq",
)
NAMING = "SELECT payload FROM entry WHERE payload <> '' UNION ALL SELECT text FROM registry"
"""All that names files, once that of the case is gone: read through once, however many files it had."""
DISPOSE_FILE = "DELETE FROM file WHERE hash = ?"
DISPOSED = 'UPDATE disposal SET done = 1, open = NULL WHERE "case" = :case'
"""What a disposal runs, once its row is open and its entry is there."""

SEARCH_TABLE = (
    "CREATE VIRTUAL TABLE case_search USING fts5(search, content='case', content_rowid='id', columnsize=0, detail=none, "
    f"prefix='2 3 4 5 6 7 8', tokenize=\"unicode61 remove_diacritics 0 tokenchars '{HIDDEN}'\")"
)
"""Which cases have a word, and no more: where in them it stands nobody asks. Of a common word's beginning, up to a whole Vietnamese
syllable, the first cases are found without going through all.
"""


def drop_guards(cursor: Any) -> None:
    """Take the triggers away, so that a migration may rebuild tables."""
    names = [name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()]
    for name in names:
        cursor.execute(f'DROP TRIGGER "{name}"')


def make_guards(cursor: Any) -> None:
    """Make the search index anew and fill it from the cases; make the triggers."""
    cursor.execute("DROP TABLE IF EXISTS case_search")
    cursor.execute(SEARCH_TABLE)
    cursor.execute(f'INSERT INTO case_search (rowid, search) SELECT id, {_words("")} FROM "case"')  # noqa: S608  # a constant
    for statement in GUARDS.values():
        cursor.execute(statement)

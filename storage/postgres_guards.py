"""Triggers that keep the past as it was, the search index with its own, and the rights of daily work.

They are made anew after every migration. `GUARDS` is what law 2 rests on in PostgreSQL, together with the role that
daily transactions take: it may add to history, numbers, files and receipts, but neither change nor remove them.
"""

from collections.abc import Iterator
from typing import Any

from storage.postgres_address import quoted
from storage.postgres_roles import DISPOSING, ROLES, make_roles, role_of
from storage.transaction import HIDDEN
from workflow.model import CLOCK

_INSERT_ONLY = ("receipt", "number", "periodic", "deployment", "registry", "record", "office_head")
_NEVER_DELETED = ("version", "case", "document", "series", "message", "entry", "disposal")
_NEVER_UPDATED = ("file", "document_event")
_NEVER_EMPTIED = (*_INSERT_ONLY, *_NEVER_DELETED, *_NEVER_UPDATED, "deadline", "opinion", "notice")
NUMBERED = ("case", "deployment", "deadline", "opinion", "document", "record", "notice", "turn")
"""Tables whose `id` the database gives."""


def _differs(*columns: str) -> str:
    return " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in columns)


# Conditions are written as the server says them back, parentheses and all: `verify` holds the two to each other.
_FROZEN = {
    "version": _differs("kind", "hash", "key", "source"),
    "case": f"NEW.revision <> (OLD.revision + 1) OR {_differs('id', 'number', 'opened')}",
    "series": f"NEW.last <> (OLD.last + 1) OR {_differs('body', 'type', 'period')}",
    "document": f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {_differs('case', 'key', 'rule', 'n')})",
    "message": f"{_differs('id', 'person', 'made', 'urgent')} OR OLD.state = 'sent' AND NEW.state <> 'sent' "
    f"OR NEW.subject <> '' AND {_differs('subject')} OR NEW.text <> '' AND {_differs('text')}",
    "notice": _differs("key", "person", "case", "at", "subject", "text", "urgent", "kind")
    + " OR OLD.message IS NOT NULL AND NEW.message IS DISTINCT FROM OLD.message",
    "entry": f"NEW.payload <> '' OR {_differs('case', 'seq', 'at', 'actor', 'text', 'previous', 'hash')}",
    "disposal": f"OLD.done = 1 OR NEW.open IS NOT NULL OR {_differs('case', 'seq', 'at', 'by', 'decision')}",
}
_ITS = 'd."case" = ($1)."case"'
_TOLD = 'EXISTS (SELECT 1 FROM %1$I.notice n WHERE n."case" = d."case" AND n.message = ($1).id)'
_UNLESS_DISPOSED = (
    ("entry", "UPDATE", "", _ITS),
    ("document", "UPDATE", f"OLD.status <> 'draft' AND {_differs('plain')}", _ITS),
    ("document_event", "DELETE", "", _ITS),
    ("deadline", "DELETE", "", _ITS),
    ("opinion", "DELETE", "", _ITS),
    ("notice", "DELETE", "", _ITS),
    ("message", "UPDATE", _differs("subject", "text"), _TOLD),
    ("file", "DELETE", "", "true"),
)
"""What only the transaction may do that disposes of the case: its row is `open` in it, and never once it is kept."""


def _guard(table: str, event: str, when: str = "", unless: str = "") -> tuple[str, str]:
    """A trigger that refuses; `unless` a disposal under way lets it pass (then it is called as one without conditions)."""
    name = f"{table}_no_{event.lower()}" + ("_of" if when and not unless else "")
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    condition = f"WHEN ({when}) " if when else ""
    does = f"stays_unless_disposed('{unless}')" if unless else "stays()"
    return name, f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH {each} {condition}EXECUTE FUNCTION {does}'


def _not_by_worker(table: str, column: str, value: str) -> tuple[str, str]:
    """A trigger by which the role of workers writes only rows with this value. Whoever may do daily work as well may write others."""
    worker, daily = (f"pg_has_role(current_user, to_regrole('{{{role}}}'), 'USAGE')" for role in ("worker", "daily"))
    condition = f"NEW.\"{column}\" <> '{value}' AND {worker} AND {daily} IS NOT TRUE"
    return f"{table}_by_worker", (
        f'CREATE TRIGGER {table}_by_worker BEFORE INSERT ON "{table}" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION not_by_worker()'
    )


WORKERS = dict(
    (
        _not_by_worker("entry", "actor", CLOCK),
        _not_by_worker("version", "kind", "counted"),
        _not_by_worker("deployment", "kind", "counted"),
    )
)
"""Of the history a worker writes the clock's acts; of what is in use only that deadlines were counted by it. There is no such role: no
matter."""

_ENDS = {
    "disposal_ends": 'CREATE CONSTRAINT TRIGGER disposal_ends AFTER INSERT OR UPDATE ON "disposal" '
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ends()",
}
"""On COMMIT no disposal is open. (That it refers to no case is refused as well, but whoever may open cases could make case 0.)"""

SEARCH = {
    "case_search_new": 'CREATE TRIGGER case_search_new AFTER INSERT ON "case" FOR EACH ROW EXECUTE FUNCTION found_by()',
    "case_search_changed": 'CREATE TRIGGER case_search_changed AFTER UPDATE OF search, secret ON "case" FOR EACH ROW '
    "WHEN (NEW.search <> OLD.search OR NEW.secret <> OLD.secret) EXECUTE FUNCTION found_by()",
}

GUARDS: dict[str, str] = {
    **dict(_guard(table, event) for table in _INSERT_ONLY for event in ("UPDATE", "DELETE")),
    **dict(_guard(table, "DELETE") for table in _NEVER_DELETED),
    **dict(_guard(table, "UPDATE") for table in _NEVER_UPDATED),
    **dict(_guard(table, "TRUNCATE") for table in _NEVER_EMPTIED),
    **dict(_guard(table, "UPDATE", when) for table, when in _FROZEN.items()),
    **dict(_guard(*one) for one in _UNLESS_DISPOSED),
    **WORKERS,
    **_ENDS,
    **SEARCH,
}
"""Trigger → its statement; {worker} and {daily} stand for the office's roles."""

STAYS = """CREATE OR REPLACE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: what was written stays as it is', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""

STAYS_UNLESS_DISPOSED = """CREATE OR REPLACE FUNCTION stays_unless_disposed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE disposed boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.disposal d WHERE d.open = 0 AND ' || TG_ARGV[0] || ')', TG_TABLE_SCHEMA)
    INTO disposed USING OLD;
  IF TG_TABLE_NAME = 'document' THEN
    disposed := disposed AND NEW.plain::jsonb - 'disposed' - 'title' - 'template' <@ OLD.plain::jsonb
      AND coalesce(NEW.plain::jsonb ->> 'title', '') = '' AND coalesce(NEW.plain::jsonb ->> 'template', '') = ''
      AND NEW.plain::jsonb -> 'type' IS NOT DISTINCT FROM OLD.plain::jsonb -> 'type'
      AND NEW.plain::jsonb -> 'at' IS NOT DISTINCT FROM OLD.plain::jsonb -> 'at'
      AND NEW.plain::jsonb -> 'number' IS NOT DISTINCT FROM OLD.plain::jsonb -> 'number'
      AND NEW.plain::jsonb -> 'symbol' IS NOT DISTINCT FROM OLD.plain::jsonb -> 'symbol'
      AND NEW.plain::jsonb -> 'series' IS NOT DISTINCT FROM OLD.plain::jsonb -> 'series';
  END IF;
  IF NOT disposed THEN
    RAISE EXCEPTION '%: what was written stays as it is', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$"""

_ENDS_WITH = """CREATE OR REPLACE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE stands boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.disposal d WHERE d."case" = ($1)."case" AND d.open IS NOT NULL)', TG_TABLE_SCHEMA)
    INTO stands USING NEW;
  IF stands THEN
    RAISE EXCEPTION 'disposal: it must end with its transaction' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$"""

NOT_BY_WORKER = """CREATE OR REPLACE FUNCTION not_by_worker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: a worker may not write this', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$"""

OPEN_DISPOSAL_OF = "SELECT open_disposal(%(case)s, %(seq)s, %(at)s, %(by)s, %(decision)s)"
_OPEN_DISPOSAL = """CREATE OR REPLACE FUNCTION open_disposal(of_case text, upto bigint, moment text, who text, decided text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
  INSERT INTO disposal ("case", seq, at, "by", decision, done, open) VALUES (of_case, upto, moment, who, decided, 0, 0);
END $$"""

DISPOSE = """CREATE OR REPLACE FUNCTION dispose_of(of_case text, upto bigint, hashes text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE named text[];
BEGIN
  IF NOT EXISTS (SELECT 1 FROM disposal d JOIN entry e ON e."case" = d."case" AND e.seq = d.seq
      WHERE d."case" = of_case AND d.seq = upto AND d.open = 0 AND e.text LIKE '%"act":"dispose"%') THEN
    RAISE EXCEPTION 'disposal: no act says so' USING ERRCODE = 'restrict_violation';
  END IF;
  UPDATE message SET subject = '', text = ''
    WHERE id IN (SELECT n.message FROM notice n WHERE n."case" = of_case AND n.message IS NOT NULL);
  DELETE FROM notice WHERE "case" = of_case AND message IS NULL;
  DELETE FROM notice WHERE "case" = of_case AND message IS NOT NULL;
  DELETE FROM deadline WHERE "case" = of_case;
  DELETE FROM opinion WHERE "case" = of_case;
  DELETE FROM document_event WHERE "case" = of_case;
  UPDATE entry SET payload = '' WHERE "case" = of_case AND seq < upto;
  IF hashes <> ARRAY[]::text[] THEN
    LOCK TABLE file IN SHARE ROW EXCLUSIVE MODE;
    SELECT array_agg(DISTINCT one[1]) INTO named
      FROM (SELECT payload FROM entry WHERE payload <> '' UNION ALL SELECT text FROM registry) said (words),
        LATERAL regexp_matches(words, '"([0-9a-f]{64})"', 'g') AS one
      WHERE one[1] = ANY (hashes);
    DELETE FROM file f WHERE f.hash = ANY (hashes) AND NOT f.hash = ANY (coalesce(named, ARRAY[]::text[]));
  END IF;
  UPDATE disposal SET done = 1, open = NULL WHERE "case" = of_case;
END $$"""
"""The narrow way: daily work may not touch the history; this function may, of a case whose newest act says so. What was opened must be
closed by it, or nothing of the transaction is kept; in between daily work can only take words away from the case's papers. The lock
waits for acts that bring the same file in at this moment, and lets those that come later bring it in anew.
"""

_WORDS = (
    "array_to_tsvector(array_remove(string_to_array(CASE {0}secret WHEN 1 THEN "
    f"'{HIDDEN}' || replace({{0}}search, ' ', ' {HIDDEN}') ELSE {{0}}search END, ' '), ''))"
)
"""The index takes the words as the program made them: PostgreSQL's own parser would cut numbers and paths elsewhere."""

_FOUND_BY = """CREATE OR REPLACE FUNCTION found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %I.case_search (id, words) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words',
    TG_TABLE_SCHEMA) USING NEW.id, {words};
  RETURN NULL;
END $$""".replace("{words}", _WORDS.format("NEW."))


_LISTED = '"case", case_field, case_search, awaited, viewer, deadline'
"""What lists look at. The server must know, from the first list after a migration on, that a procedure's cases are all secret, or
which unit's they are: it would walk past all other cases to find none. Of an empty table nothing may be known: the server takes one that
it knows nothing of for ten pages, one that it knows to be empty for one, and keeps the plans that it made then (of foreign keys, too).
"""


def drop_guards(cursor: Any) -> None:
    """Take the triggers away, so that a migration may rebuild tables."""
    there = cursor.execute(
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND tgparentid = 0 AND relnamespace = current_schema()::regnamespace"  # a partition's go with its table's
    )
    for name, table in there.fetchall():
        cursor.execute(f"DROP TRIGGER {quoted(name)} ON {quoted(table)}")


def make_guards(cursor: Any, schema: str) -> None:
    """Make the search index and fill it from the cases, the triggers, and the roles' rights."""
    for statement in functions(schema):
        cursor.execute(statement)
    for function in DISPOSING:
        cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    cursor.execute('CREATE TABLE IF NOT EXISTS case_search (id bigint PRIMARY KEY REFERENCES "case" (id), words tsvector NOT NULL)')
    cursor.execute("DROP INDEX IF EXISTS ix_case_search")  # of all rows at once it is made several times as fast
    cursor.execute("DELETE FROM case_search")
    cursor.execute(f'INSERT INTO case_search (id, words) SELECT id, {_WORDS.format("")} FROM "case"')  # noqa: S608  # a constant
    cursor.execute("CREATE INDEX ix_case_search ON case_search USING gin (words)")
    cursor.execute("DROP STATISTICS IF EXISTS case_kinds")
    cursor.execute('CREATE STATISTICS case_kinds (mcv) ON process, secret, unit FROM "case"')
    if cursor.execute('SELECT 1 FROM "case" LIMIT 1').fetchone():
        cursor.execute(f"ANALYZE {_LISTED}")
    for name, statement in statements(schema).items():
        cursor.execute(statement)
        if name not in SEARCH:  # a guard holds on a replica that is written to as well
            table = statement.split(' ON "')[1].split('"')[0]
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {name}')
    make_roles(cursor, schema)


def statements(schema: str) -> dict[str, str]:
    """Trigger → the statement that makes it in this office."""
    roles = {role: quoted(role_of(schema, role)).replace("'", "''") for role in ROLES}
    return {name: statement.format(**roles) if name in WORKERS else statement for name, statement in GUARDS.items()}


def functions(schema: str) -> list[str]:
    """The statements that make the office's functions."""
    definers = (one.replace("{schema}", quoted(schema)) for one in (_OPEN_DISPOSAL, DISPOSE))
    return [STAYS, NOT_BY_WORKER, STAYS_UNLESS_DISPOSED, _ENDS_WITH, *definers, _FOUND_BY]


_REFERENCES = """SELECT child.relname, parent.relname, childs.attname, parents.attname FROM pg_constraint
    JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
    JOIN pg_attribute childs ON childs.attrelid = conrelid AND childs.attnum = conkey[1]
    JOIN pg_attribute parents ON parents.attrelid = confrelid AND parents.attnum = confkey[1]
    WHERE contype = 'f' AND conparentid = 0 AND has_table_privilege(conrelid, 'SELECT')
    AND connamespace = current_schema()::regnamespace ORDER BY 1, 3"""


_ORPHAN = (
    "SELECT 1 FROM {child} c WHERE c.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.{key} = c.{column}) LIMIT 1"
)


def orphans(cursor: Any) -> Iterator[tuple[str, str]]:
    """(child, parent) of each table with a row that refers to nothing: a superuser may write such."""
    for child, parent, column, key in cursor.execute(_REFERENCES).fetchall():
        names = {"child": quoted(child), "parent": quoted(parent), "column": quoted(column), "key": quoted(key)}
        if cursor.execute(_ORPHAN.format(**names)).fetchone():
            yield child, parent

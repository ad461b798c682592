"""What PostgreSQL finds wrong in an office by itself: rows that refer to nothing, columns that say something else than the value that they
were taken from, guards and rights that somebody changed.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from storage import faults, fields, postgres_guards
from storage.fields import LONGEST
from storage.postgres_address import quoted
from storage.postgres_drift import plainly
from storage.postgres_roles import DISPOSING, ROLES, WORKER, is_role, role_of
from storage.seats import UNLIKE_DUE
from storage.transaction import Transaction
from workflow.model import Fault

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


def damage(tx: Transaction) -> list[Fault]:
    """Rows that refer to nothing, columns that say something else than the value that they were taken from."""
    template = "{child}: a row refers to nothing in {parent}"
    found = [Fault(template=template, facts={"child": child, "parent": parent}) for child, parent in postgres_guards.orphans(tx.cursor)]
    looks = {what: partial(_rows, rows=rows) for what, rows in _UNLIKE.items()} | {"field": partial(fields.unlike, values=VALUES)}
    for what, look in looks.items():
        try:
            with tx.savepoint():
                found += [faults.unlike(of, what) for of in look(tx)]
        except tx.backend.errors as error:
            if not (getattr(error, "sqlstate", "") or "").startswith(_UNREADABLE):
                raise
            found.append(Fault(template="{what}: a row can't be read", facts={"what": what}))
    return found


def _rows(tx: Transaction, rows: str) -> list[str]:
    return [of for (of,) in tx.cursor.execute(rows).fetchall()]


def guards(tx: Transaction, schema: str) -> list[Fault]:
    """Triggers and functions that are missing, do something else, or are none of ours; rights that the office's roles lack or have beyond
    what they need.
    """
    cursor = tx.cursor
    wanted = {name: plainly(statement) for name, statement in postgres_guards.statements(schema).items()}
    if not is_role(cursor, role_of(schema, WORKER)):
        wanted = {
            name: statement for name, statement in wanted.items() if name not in postgres_guards.WORKERS or name in _there(cursor, schema)
        }
    return [*faults.triggers(_there(cursor, schema), wanted), *_functions(cursor, schema), *_rights(cursor, schema)]


_TRIGGERS = """SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), tgenabled FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND tgparentid = 0 AND relnamespace = %s::regnamespace"""


def _there(cursor: Any, schema: str) -> dict[str, str]:
    """Trigger → what it does, of those that work: always, but for what keeps the search index."""
    rows = cursor.execute(_TRIGGERS, (quoted(schema),)).fetchall()
    ours = postgres_guards.GUARDS.keys() - postgres_guards.SEARCH.keys()
    return {name: plainly(said) for name, said, works in rows if works == "A" or (works == "O" and name not in ours)}


_FUNCTIONS = """SELECT proname, prosrc, prosecdef, coalesce(proconfig[1], ''), lanname,
    proowner = (SELECT relowner FROM pg_class WHERE relname = 'entry' AND relnamespace = pronamespace),
    pg_get_function_identity_arguments(p.oid)
    FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE pronamespace = %s::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')"""
_MADE = re.compile(r"FUNCTION (\w+)\((.*?)\) RETURNS \w+\s+LANGUAGE (\w+)\s*(.*?)\s*AS \$\$(.*)\$\$", re.DOTALL)


def _functions(cursor: Any, schema: str) -> Iterator[Fault]:
    wanted = {}
    for statement in postgres_guards.functions(schema):
        name, arguments, language, options, body = _spoken(statement)
        path = options.partition("SET search_path = ")[2].replace('"', "")
        wanted[f"{name}({arguments})"] = (body, "SECURITY DEFINER" in options, f"search_path={path}" if path else "", language, True)
    there = {}
    for name, body, definer, config, language, owned, arguments in cursor.execute(_FUNCTIONS, (quoted(schema),)).fetchall():
        there[f"{name}({arguments})"] = (body, definer, config.replace('"', ""), language, owned)
    for name in sorted(wanted.keys() | there.keys()):
        if name not in wanted:
            yield Fault(template="the function {name} is none of this program's", facts={"name": name}, hint=faults.STRANGE)
        elif name not in there:
            yield Fault(template="the function {name} is missing", facts={"name": name}, hint=faults.REMAKE)
        elif wanted[name] != there[name]:
            yield Fault(template="the function {name} is not the one that this program makes", facts={"name": name}, hint=faults.REMAKE)


def _spoken(statement: str) -> tuple[str, ...]:
    found = _MADE.search(statement)
    return found.groups() if found else ("", "", "", "", statement)


_EVERY = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
_BY_COLUMN = "('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')"
_MAY = f"""SELECT r.rolname, c.relname, p.may, has_table_privilege(r.oid, c.oid, p.may),
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        AND p.may IN {_BY_COLUMN} AND CASE WHEN p.may IN {_BY_COLUMN} THEN has_column_privilege(r.oid, c.oid, attnum, p.may) END)
    FROM pg_roles r, pg_class c, unnest(%s::text[]) p (may)
    WHERE r.rolname = ANY(%s) AND c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1, 2, 3"""  # noqa: S608  # constants
_MAY_RUN = """SELECT r.rolname, p.proname, has_function_privilege(r.oid, p.oid, 'EXECUTE') FROM pg_roles r, pg_proc p
    WHERE r.rolname = ANY(%s) AND p.pronamespace = %s::regnamespace AND p.prosecdef"""
_IS_OWNER = """SELECT rolname FROM pg_roles, pg_namespace WHERE rolname = ANY(%s) AND nspname = %s
    AND (pg_has_role(pg_roles.oid, nspowner, 'MEMBER') OR has_schema_privilege(pg_roles.oid, pg_namespace.oid, 'CREATE'))"""
_LACKS, _HAS = "the role {role} lacks the right to {may} {table}", "the role {role} has the right to {may} {table}, which it must not have"


def _rights(cursor: Any, schema: str) -> Iterator[Fault]:
    """What the office's roles may, by whatever grant, and what they should."""
    names = {role_of(schema, role): rights for role, rights in ROLES.items()}
    owners = {name for (name,) in cursor.execute(_IS_OWNER, (list(names), schema)).fetchall()}
    for name in sorted(owners):
        yield Fault(template="the role {role} has the rights of the schema's owner", facts={"role": name}, hint=_TAKE_AWAY)
    roles = sorted(names.keys() - owners)
    for role, table, may, whole, columns in cursor.execute(_MAY, (list(_EVERY), roles, quoted(schema))).fetchall():
        wanted = _granted(names[role].get(table, "")).get(may)
        said = {"role": role, "may": may, "table": table}
        if wanted == "" and not whole:
            yield Fault(template=_LACKS, facts=said, hint=faults.REMAKE)
        elif wanted != "" and (whole or set(columns) - set((wanted or "").split(", "))):
            yield Fault(template=_HAS, facts=said, hint=faults.REMAKE)
        elif wanted and set(wanted.split(", ")) - set(columns):
            yield Fault(template=_LACKS, facts=said, hint=faults.REMAKE)
    for role, function, may in cursor.execute(_MAY_RUN, (roles, quoted(schema))).fetchall():
        if may != (role == role_of(schema) and any(one.startswith(f"{function}(") for one in DISPOSING)):
            yield Fault(template=_HAS if may else _LACKS, facts={"role": role, "may": "EXECUTE", "table": function}, hint=faults.REMAKE)


_TAKE_AWAY = "Take them away from {role} (REVOKE)."


def _granted(rights: str) -> dict[str, str]:
    """Right → the columns that it is granted of, '' for the whole table."""
    return dict(re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", rights))

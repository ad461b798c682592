"""The roles whose rights transactions take in PostgreSQL: that of daily work, and the smaller one of workers.

Both are given their rights anew after every migration, by a login that owns the office's schema.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from storage.postgres_address import LONGEST_NAME, quoted

DAILY, WORKER = "daily", "worker"

_MAY = {
    "version": "SELECT, INSERT, UPDATE (form, compiled)",
    "deployment": "SELECT, INSERT",
    "case": "SELECT, INSERT, UPDATE",
    "case_field": "SELECT, INSERT, DELETE",
    "awaited": "SELECT, INSERT, DELETE",
    "viewer": "SELECT, INSERT, DELETE",
    "entry": "SELECT, INSERT",
    "receipt": "SELECT, INSERT",
    "deadline": "SELECT, INSERT, UPDATE",
    "opinion": "SELECT, INSERT, UPDATE",
    "document": "SELECT, INSERT, UPDATE (rule, n, status, plain)",  # drafts; a trigger keeps what was issued
    "document_event": "SELECT, INSERT",
    "file": "SELECT, INSERT",
    "series": "SELECT, INSERT, UPDATE (last)",
    "number": "SELECT, INSERT",
    "periodic": "SELECT, INSERT",
    "registry": "SELECT, INSERT",
    "message": "SELECT, INSERT, UPDATE (tries, next_try, state, error, holder, held_until, sent)",
    "notice": "SELECT, INSERT, UPDATE (message)",
    "record": "SELECT, INSERT",
    "office_head": "SELECT, INSERT",
    "disposal": "SELECT",  # functions open it and close it
    "turn": "SELECT, INSERT, UPDATE, DELETE",
    "claim": "SELECT, INSERT, DELETE",
    "worker": "SELECT, INSERT, UPDATE, DELETE",
    "held": "SELECT, INSERT, DELETE",
    "case_search": "SELECT, INSERT, UPDATE",
    "alembic_version": "SELECT",
}
"""Table → what a transaction of daily work may do with it."""

_WORKER_MAY = {
    **_MAY,
    "version": "SELECT, INSERT",  # of both only the mark that deadlines were counted by a calendar: a trigger looks
    "deployment": "SELECT, INSERT",
    "registry": "SELECT",
    "record": "SELECT",
}
"""Table → what a worker may do with it: what acts of the clock need, and no more."""

DISPOSING = ("open_disposal(text, bigint, text, text, text)", "dispose_of(text, bigint, text[])")
"""The functions that may what daily work may not: it alone may run them."""

ROLES = {DAILY: _MAY, WORKER: _WORKER_MAY}

_TELLS_SET = 160_000
"""Since this version being a member and being allowed to take a role are two rights."""


def role_of(schema: str, role: str = DAILY) -> str:
    """The name of an office's role: one for each schema, for roles belong to the whole server."""
    name = f"{schema}_{role}"
    return name if len(name.encode()) <= LONGEST_NAME else f"hoso_{sha256(schema.encode()).hexdigest()[:16]}_{role}"


def make_roles(cursor: Any, schema: str) -> None:
    """Give the roles their rights anew; one is made if the login may make roles, else only used where it is there."""
    may_make = _may_make_roles(cursor)
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {quoted(schema)} FROM PUBLIC")
    for kind, rights in ROLES.items():
        role = role_of(schema, kind)
        if not is_role(cursor, role):
            if not may_make:
                continue
            cursor.execute(f"CREATE ROLE {quoted(role)} NOLOGIN")
        _grant(cursor, quoted(schema), role, rights, disposes=kind == DAILY)
        if may_make and not _takes(cursor, role):
            cursor.execute(f"GRANT {quoted(role)} TO CURRENT_USER")


def _grant(cursor: Any, place: str, role: str, rights: dict[str, str], *, disposes: bool) -> None:
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM {quoted(role)}")
    cursor.execute(f"REVOKE CREATE ON SCHEMA {place} FROM {quoted(role)}")
    cursor.execute(f"GRANT USAGE ON SCHEMA {place} TO {quoted(role)}")
    for table, may in rights.items():
        cursor.execute(f"GRANT {may} ON {place}.{quoted(table)} TO {quoted(role)}")
    for function in DISPOSING:
        cursor.execute(f"REVOKE ALL ON FUNCTION {place}.{function} FROM {quoted(role)}")
        if disposes:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {place}.{function} TO {quoted(role)}")


def is_role(cursor: Any, role: str) -> bool:
    """Whether the server knows this role."""
    return bool(cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone())


def _may_make_roles(cursor: Any) -> bool:
    (may,) = cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(may)


def _takes(cursor: Any, role: str) -> bool:
    (takes,) = cursor.execute("SELECT pg_has_role(%s::name, %s)", (role, _kind(cursor.connection.info.server_version))).fetchone()
    return bool(takes)


def _kind(server_version: int) -> str:
    return "SET" if server_version >= _TELLS_SET else "MEMBER"


def roles_query(schema: str, server_version: int) -> str:
    """The statement that asks which of the office's roles this login may take."""
    names = ", ".join("'" + role_of(schema, role).replace("'", "''") + "'" for role in ROLES)
    return f"SELECT rolname FROM pg_roles WHERE rolname IN ({names}) AND pg_has_role(oid, '{_kind(server_version)}')"  # noqa: S608  # quoted


def role_to_take(may: Sequence[str], schema: str, role: str) -> str:
    """What a transaction takes to have no more rights than `role` has, or than the other one where this login may not take it; '' where it
    may take neither.
    """
    others = (one for one in ROLES if one != role)
    names = (role_of(schema, one) for one in (role, *others))
    return next((name for name in names if name in may), "")

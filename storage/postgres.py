"""What is PostgreSQL's own: how it is reached, searched, guarded, and what its errors mean.

An office is a schema of its own. Each transaction says by itself which one it means, so that connections may be
shared by a pooler between transactions.
"""

import logging
import re
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any
from typing import cast as cast_type

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo, timeout_from_conninfo
from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    Engine,
    FromClause,
    Table,
    cast,
    column,
    create_engine,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy import case as choose
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import Pool, QueuePool

from storage import postgres_drift
from storage import postgres_guards as guards
from storage import postgres_proof as proof
from storage import postgres_wire as wire
from storage.faults import other_schema
from storage.postgres_address import Address, quoted, read_address
from storage.postgres_roles import DAILY, WORKER, role_to_take, roles_query
from storage.tables import SCHEMA
from storage.transaction import HIDDEN, LONGEST_SEARCH, Answer, Call, Cursor, Transaction, Values, uptime
from workflow.errors import (
    DatabaseUnknown,
    LoginRefused,
    StoreAway,
    StoreCorrupt,
    StoreCrowded,
    StoreForbidden,
    StoreFull,
    StoreMissing,
    StoreReadOnly,
    StoreSlow,
    StoreUnreachable,
    WrongAddress,
)
from workflow.model import Fault
from workflow.vietnamese import words

logging.getLogger("psycopg").setLevel(logging.ERROR)
"""Of a message that failed it warns that its rest was left out, on standard error: that is no news to anybody."""

OLDEST = 14
"""The oldest PostgreSQL that this program is made for."""

_SESSION = (
    "SET client_min_messages = warning; SET jit = off; SET idle_in_transaction_session_timeout = '60s'; "
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'; "
)
"""Full durability, whatever the server's default; a program that sleeps in the middle of a transaction loses it."""
_LOCK_TIMEOUT = "2s"
"""A wait for others' rows; longer waits are ours, so that they end."""

_FENCE: Call = (
    f"SELECT CASE version_num WHEN '{SCHEMA}' THEN 0 ELSE CAST('schema ' || version_num AS int) END FROM alembic_version",  # noqa: S608  # a constant
    {},
)
_FENCED = re.compile(r'"schema (\w+)"')
"""Whoever writes finds out whether the schema is still this program's, in the message in which it writes: a number that is none ends it."""

_CLOCK_HOLDS = 60.0
"""Seconds for which a reading of the server's clock is counted on: two clocks part by less than a hundredth of one in that time."""

_CROWDED = re.compile(r"too many (clients|connections)|connection slots", re.IGNORECASE)
_STARTING = re.compile(r"the database system is (starting up|shutting down|not yet accepting|in recovery)", re.IGNORECASE)
_LOGIN = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|role \S+ (does not exist|is not permitted)", re.IGNORECASE
)
_UNKNOWN = re.compile(r"database \S+ does not exist", re.IGNORECASE)
_WRONG = re.compile(
    r"invalid (\S+ )?value\b|invalid port number|could not parse network address|definition of service \S+ not found"
    r"|unrecognized configuration parameter|failed to resolve host .*Servname",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"permission denied", re.IGNORECASE)
"""libpq gives no code for what goes wrong on connecting, only the server's words."""

_COLLIDES = {"23505", "22012"}
"""A key that is there; the division by which a case is held that must not have moved on (`writing`)."""
_BUSY = {"40001", "40P01", "55P03", "57P03", "53300"}
_LOST = {"57P01", "57P02", "57P03", "57P05", "25P03"}
_NO_NUMBER = "22P02"
_DEMOTED = "25006"
"""It may only be read: of a cluster, the server that led a moment ago, or one that does not lead yet."""
_MEANING: dict[str, type[StoreUnreachable]] = {
    "53300": StoreCrowded,
    "57014": StoreSlow,
    "53100": StoreFull,
    "54000": StoreFull,
    "25006": StoreReadOnly,
    "42501": StoreForbidden,
    "3D000": DatabaseUnknown,
    "28000": LoginRefused,
    "28P01": LoginRefused,
    "42P01": StoreCorrupt,
    "42703": StoreCorrupt,
    "42883": StoreCorrupt,
    "3F000": StoreCorrupt,
}
_KINDS_OF: dict[str, type[StoreUnreachable]] = {"XX": StoreCorrupt, "58": StoreCorrupt, "53": StoreUnreachable, "57": StoreUnreachable}
"""By what a code begins with, where it is none of those: damaged pages and the server's own faults; files that are gone or can't be read;
memory that is spent; a server that is going down.
"""
_WORDS: tuple[tuple[re.Pattern[str], type[StoreUnreachable]], ...] = (
    (_WRONG, WrongAddress),
    (_CROWDED, StoreCrowded),
    (_LOGIN, LoginRefused),
    (_UNKNOWN, DatabaseUnknown),
    (_FORBIDDEN, StoreForbidden),
)

_FILLED = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) IS NOT NULL"
_DIALECT: type[Dialect] = PGDialect_psycopg


class Postgres:
    """PostgreSQL as a backend."""

    found_values = proof.VALUES
    errors: tuple[type[Exception], ...] = (psycopg.Error,)
    in_memory = False
    side_by_side = rarest_first = True
    after_lightly: Sequence[Call] = ()  # each transaction says it of itself
    drop_guards = staticmethod(guards.drop_guards)

    def __init__(self, url: str, *, worker: bool = False) -> None:
        self._kind = WORKER if worker else DAILY
        self.address = _usable(url)
        self.url, self.patience = self.address.shown, self.address.patience
        self.dialect: Dialect = _DIALECT()
        self._schema = quoted(self.address.schema)
        self._clock = (-_CLOCK_HOLDS, 0.0)  # when the server's was read, and how far ahead of ours it was
        self._role = ""  # whose rights transactions have, once a connection has found that it may take them
        self._migration = (
            f"BEGIN; SET LOCAL search_path TO {self._schema}; SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'; "
            "SET LOCAL idle_in_transaction_session_timeout = 0"
        )

    # ---- connections and transactions ----

    def pool(self) -> Pool:
        """A pool of connections; nothing is connected yet."""
        return QueuePool(cast_type("Any", self._connect), reset_on_return=None)

    def engine(self, pool: Pool) -> Engine:
        """SQLAlchemy's own way to the same connections."""
        return create_engine("postgresql+psycopg://", pool=pool)

    def _connect(self) -> wire.Line:
        connection = wire.connected(self.address.options)
        self._clock = (-_CLOCK_HOLDS, 0.0)  # it may be another server's
        release, texts = connection.info.server_version, connection.info.parameter_status("server_encoding")
        if release < OLDEST * 10_000 or texts != "UTF8":
            connection.close()
            wanted = f"PostgreSQL {OLDEST} or newer is needed, and a database that was made with ENCODING 'UTF8'"
            raise StoreUnreachable(url=self.url, cause=f"{wanted}; this is PostgreSQL {release // 10_000}, its texts are {texts}")
        cursor = connection.execute(_SESSION + roles_query(self.address.schema, release), prepare=False)
        while cursor.nextset():  # several statements in one go; the last one tells of the roles
            pass
        self._role = role_to_take([name for (name,) in cursor.fetchall()], self.address.schema, self._kind)
        return connection

    def opening(self, *, writes: bool, lightly: bool = False) -> Sequence[Call]:
        """A transaction in the office's schema, with no more rights than daily work needs, or a worker."""
        return _opening(self._schema, self._role or "none", writes=writes, lightly=lightly)

    def opened(self, answers: Sequence[Answer]) -> None:
        """The statement itself failed: see `_FENCE`."""

    def begin_migration(self, cursor: Cursor) -> None:
        """Begin a transaction that may change the schema; one of them at a time."""
        cursor.execute(self._migration, prepare=False)
        self.together(cursor, self.alone("migration"))

    def part(self, cursor: Cursor) -> AbstractContextManager[object]:
        """A savepoint that the driver knows of: undone by a statement of ours, it would go on to take statements for prepared that the
        server never ran in a message that had failed.
        """
        connection: psycopg.Connection[Any] = cursor.connection
        return connection.transaction()

    def keep_still(self, cursor: Cursor) -> None:
        """Let the transaction last: it reads for as long as a copy takes."""
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0", prepare=False)

    def alone(self, what: str) -> Sequence[Call]:
        """A lock of the office's own, until the transaction ends."""
        values = {"office": self.address.schema, "what": what}
        return (("SELECT pg_advisory_xact_lock(hashtext(%(office)s), hashtext(%(what)s))", values),)

    def seconds(self, tx: Transaction) -> Callable[[], float]:
        """The server's clock, one for all machines; read once in a while, and counted on by our own, which goes on while we sleep."""
        read, ahead = self._clock
        if not read <= uptime() < read + _CLOCK_HOLDS:
            began = uptime()
            (now,) = tx.cursor.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
            read = uptime()
            ahead = float(now) - (began + read) / 2
            self._clock = (read, ahead)
        return lambda: ahead + uptime()

    # ---- the place ----

    def check_place(self) -> None:
        """Nothing to be looked at before connecting."""

    def make_place(self) -> Callable[[], None]:
        """The schema is made by the migration itself, in its transaction."""
        return lambda: None

    def make_schema(self, cursor: Cursor) -> None:
        """Make the office's schema, unless it is there; its owner alone may look into it."""
        there = cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self.address.schema,)).fetchone()
        if not there:
            cursor.execute(f"CREATE SCHEMA {self._schema}")

    def make_guards(self, cursor: Cursor) -> None:
        """Make the triggers, the search index, and the rights of the roles of daily work and of workers."""
        guards.make_guards(cursor, self.address.schema)

    def schema(self, tx: Transaction) -> str:
        """The migration that the database is at, '' for an empty schema.

        Raises StoreMissing when there is no such schema, StoreCorrupt for somebody else's.
        """
        place = (self.address.schema,)
        (numbered,) = tx.cursor.execute("SELECT to_regclass(%s)", (f"{self._schema}.alembic_version",)).fetchone()
        if numbered and (found := tx.cursor.execute("SELECT version_num FROM alembic_version").fetchone()):
            return str(found[0])
        if not tx.cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", place).fetchone():
            raise StoreMissing(url=self.url)
        tables = {name for (name,) in tx.cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", place)}
        if numbered and len(tables) > 1:
            raise StoreCorrupt(url="", cause="its tables are there, but not the number of their schema")
        if tables and not numbered:
            raise StoreCorrupt(url="", cause="it holds other tables")
        return ""

    def filled(self, cursor: Cursor) -> None:
        """Let the numbers that the database gives go on after those that were copied."""
        for name in guards.NUMBERED:
            cursor.execute(_FILLED.format(table=quoted(name)))

    # ---- statements ----

    def together(self, cursor: Cursor, calls: Sequence[Call]) -> list[Answer]:
        """In one message, answered in one: each message costs as much as several statements."""
        return wire.together(cursor.connection, calls)

    def insert(self, into: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        return insert(into)

    def lists(self, said: ColumnElement[Any], size: int) -> tuple[FromClause, list[ColumnElement[str]]]:
        """Rows of a JSON list of lists of texts."""
        item = func.json_array_elements(cast(said, JSON)).table_valued("value")
        return item, [func.json_extract_path_text(item.c.value, literal_column(f"'{place}'")) for place in range(size)]

    def search(self, text: str, kinds: Collection[bool]) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]]:
        """Every word of `text` begins some word of the case; nothing in them is taken for tsquery's own syntax."""
        index = table("case_search", column("id"), column("words"))
        asked = words(text)[:LONGEST_SEARCH]
        marks = [HIDDEN if secret else "" for secret in kinds]
        query = " | ".join("(" + " & ".join(f"'{mark}{word}':*" for word in asked) + ")" for mark in marks) if asked else ""
        return index, index.c.id, index.c.words.op("@@")(cast(query, TSQUERY)) if query else false()

    def holds(self, plain: ColumnElement[str], field: str, value: str) -> ColumnElement[bool]:
        """Whether a field in a case's JSON is this text, a list with it, or a file of this name."""
        path = (cast(plain, JSON), "fields", field)
        found = func.json_extract_path(*path)

        def among(items: Any) -> ColumnElement[bool]:
            return exists(select(literal(1)).select_from(items).where(items.c.value == value))

        return choose(
            (func.json_typeof(found) == "array", among(func.json_array_elements_text(found).table_valued("value"))),
            (func.json_typeof(found) == "object", func.json_extract_path_text(*path, "name") == value),
            else_=func.json_extract_path_text(*path) == value,
        )

    # ---- disposal ----

    def overwrite(self, cursor: Cursor, *, wanted: bool) -> None:
        """The server keeps what was removed until its vacuum has passed, and in its own logs."""

    def open_disposal(self, cursor: Cursor, row: Values) -> None:
        """Ask the function that may: daily work has no right to add to `disposal`."""
        cursor.execute(guards.OPEN_DISPOSAL_OF, row)

    def dispose(self, cursor: Cursor, case: str, seq: int, hashes: Sequence[str]) -> None:
        """Ask the function that may: daily work has no right to it."""
        cursor.execute("SELECT dispose_of(%s, %s, %s::text[])", (case, seq, list(hashes)))

    def sweep(self, cursor: Cursor) -> str:  # noqa: ARG002 - one signature for all backends
        """The index holds no more than the case; the tables' own vacuum is the owner's."""
        return "SELECT 1"

    # ---- errors ----

    def busy(self, error: Exception) -> bool:
        """Whether others hold what is wanted at the moment, so that trying again helps."""
        if _state(error):
            return _state(error) in _BUSY
        return bool(_lost(error) and (_CROWDED.search(str(error)) or _STARTING.search(str(error))))

    def lost(self, error: Exception) -> bool:
        """Whether the server went away: an office that it served a moment ago may be served again in another."""
        return _state(error) == _DEMOTED or (_lost(error) and not any(form.search(str(error)) for form, _ in _WORDS))

    def collides(self, error: Exception) -> bool:
        """Whether another transaction has written a row with the same key, or moved on what a change was decided on."""
        return _state(error) in _COLLIDES

    def explain(self, error: Exception) -> StoreUnreachable | None:
        """The driver's error as one of ours, with the cause and the way out; None for a fault of the program."""
        state, cause = _state(error), self._cause(error)
        if isinstance(error, psycopg.DataError) and not state and "NUL" in cause:
            return StoreUnreachable(url=self.url, cause="a text holds the character U+0000, which it can't keep")
        if state == _NO_NUMBER and (moved := _FENCED.search(cause)):
            return other_schema(self.url, moved[1])
        if state in _MEANING:
            return _MEANING[state](url=self.url, cause=cause)
        if not _lost(error):
            known = _KINDS_OF.get(state[:2])
            return known(url=self.url, cause=cause) if known is not None else None
        kind = next((kind for form, kind in _WORDS if form.search(cause)), StoreAway)
        return kind(url=self.url, cause=cause)

    def _cause(self, error: Exception) -> str:
        """The first line of what the server says, without values and without the password."""
        said = (error.diag.message_primary if isinstance(error, psycopg.Error) else None) or str(error)
        line = next(iter(said.strip().splitlines()), type(error).__name__).rpartition("FATAL:")[2].strip()
        return line.replace(self.address.secret, "***") if self.address.secret else line

    # ---- proof ----

    damage = staticmethod(proof.damage)

    def guards(self, tx: Transaction) -> list[Fault]:
        """What of the triggers, functions and rights that keep the past is not as this program makes it."""
        return proof.guards(tx, self.address.schema)

    def drift(self, tx: Transaction) -> list[Fault]:
        """What of the tables and indexes is not as this program makes it."""
        return postgres_drift.drift(tx, self.address.schema)


def _usable(url: str) -> Address:
    """The parts of a URL that the driver takes too. Raises WrongAddress."""
    address = read_address(url)
    try:
        timeout_from_conninfo(conninfo_to_dict(make_conninfo(**address.options)))
    except psycopg.Error as refused:
        said = next(iter(str(refused).strip().splitlines()), "")
        raise WrongAddress(url=url, cause=said) from None
    return address


@cache
def _opening(schema: str, role: str, *, writes: bool, lightly: bool) -> tuple[Call, ...]:
    local = {"search_path": schema, "role": role, **({"lock_timeout": _LOCK_TIMEOUT} if writes else {})}
    local |= {"synchronous_commit": "off"} if lightly else {}
    fence = (_FENCE,) if writes and not lightly else ()
    begin = "BEGIN" if writes else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    return (begin, {}), ("SELECT " + ", ".join(f"set_config('{name}', %({name})s, true)" for name in local), local), *fence


def _state(error: Exception) -> str:
    return (error.sqlstate if isinstance(error, psycopg.Error) else "") or ""


def _lost(error: Exception) -> bool:
    state = _state(error)
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and (not state or state in _LOST or state.startswith("08"))

"""Statements sent to PostgreSQL in one message, and what the server answers: libpq's pipeline, without the driver's cursors.

An act writes some fifteen rows; a cursor, an adaptation and a turn of the driver's own pipeline for each took longer than the
server took over the rows. Values are few kinds here (texts, whole numbers, bytes, lists of texts), so they are written down
directly. Answers are read by the driver.
"""

import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from storage.transaction import Answer, Call

PREPARED_AFTER = 4
"""A statement that a connection ran so many times is prepared: planned once, not on each run."""
MOST_PREPARED = 200
"""Statements that a connection keeps prepared."""
MOST_KNOWN = 2_000
"""Statements whose numbered form, or number of runs, is remembered: lists are asked for in a great many ways."""

_PLACE = re.compile(r"%(?:\((?P<name>\w+)\)s|(?P<sign>%))")
_TEXT, _BYTES = 0, 1


class Line(psycopg.Connection[Any]):
    """A connection that knows what it has prepared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared: dict[str, bytes] = {}
        self.runs: Counter[str] = Counter()
        self.names = count(1)


def connected(options: Mapping[str, Any]) -> Line:
    """A new connection, each statement a transaction of its own unless one is begun. The driver prepares nothing by itself on it: it
    would let the server forget all that is prepared, ours too, at each ROLLBACK.
    """
    return Line.connect(autocommit=True, prepare_threshold=None, **options)


class Said(NamedTuple):
    """A statement as the server takes it, and which named value stands at each of its places."""

    sql: bytes
    names: tuple[str, ...]


@lru_cache(maxsize=MOST_KNOWN)
def said(sql: str) -> Said:
    """A statement with named places (`%(name)s`) as one with numbered ones; a name that stands twice is one value."""
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        return "%" if found["sign"] else f"${names.setdefault(found['name'], len(names) + 1)}"

    return Said(_PLACE.sub(place, sql).encode(), tuple(names)) if "%" in sql else Said(sql.encode(), ())


def together(line: Line, calls: Sequence[Call]) -> list[Answer]:
    """Run statements in their order, all in one message; (rows changed, rows found) of each. The first that fails is raised, and
    those after it are not run. Given up midway (Ctrl-C, the server lost), the connection is of no more use, and is closed.
    """
    pgconn = line.pgconn
    pgconn.enter_pipeline_mode()
    try:
        new = [_send(line, sql, values) for sql, values in calls]
        pgconn.pipeline_sync()
        results = line.wait(_exchanged(pgconn))
        pgconn.exit_pipeline_mode()
    except BaseException:
        line.close()
        raise
    return _answers(line, calls, new, results)


def _send(line: Line, sql: str, values: Any) -> bytes | None:
    """Put a statement into the message; the name that it is prepared by from now on, if it is."""
    pgconn, (text, names) = line.pgconn, said(sql)
    wired: list[bytes | None] = []
    formats: list[int] | None = None
    for place in names:
        value = values[place]
        if type(value) is str and "\0" not in value:  # nearly all are
            wired.append(value.encode())
        else:
            wired.append(_wired(value))
            if isinstance(value, bytes):
                formats = [_BYTES if isinstance(values[one], bytes) else _TEXT for one in names]
    known = line.prepared.get(sql)
    if known is not None:
        pgconn.send_query_prepared(known, wired, param_formats=formats)
        return None
    if len(line.runs) >= MOST_KNOWN:
        line.runs.clear()
    line.runs[sql] += 1
    if line.runs[sql] <= PREPARED_AFTER or len(line.prepared) >= MOST_PREPARED:
        pgconn.send_query_params(text, wired, param_formats=formats)
        return None
    name = b"hoso_%d" % next(line.names)
    del line.runs[sql]
    pgconn.send_prepare(name, text)
    pgconn.send_query_prepared(name, wired, param_formats=formats)
    return name


def _wired(value: object) -> bytes | None:
    """A value as the server reads it. Raises what the driver raises for a text that it can't take."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return value.encode()
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, list):
        items = ('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value)
        return _wired("{" + ",".join(items) + "}")
    raise TypeError(f"{type(value).__name__} is no kind of value that rows are written with")


def _exchanged(pgconn: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    """Send what is in the message, then take the answers up to the one that ends them."""
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            if (yield Wait.R):
                _taken_in(pgconn, results)
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == ConnStatus.BAD:  # nothing will ever come
                _raise_failed(results)
                raise psycopg.OperationalError("the connection is lost")
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _taken_in(pgconn: PGconn, results: Sequence[PGresult]) -> None:
    try:
        pgconn.consume_input()
    except psycopg.OperationalError:
        _raise_failed(results)  # the server said why before it went away
        raise


def _raise_failed(results: Sequence[PGresult]) -> None:
    failed = next((one for one in results if one.status == ExecStatus.FATAL_ERROR), None)
    if failed is not None:
        raise error_from_result(failed)


def _answers(line: Line, calls: Sequence[Call], new: Sequence[bytes | None], results: list[PGresult]) -> list[Answer]:
    reading, answers, left = Transformer(line), list[Answer](), iter(results)
    for (sql, _), name in zip(calls, new, strict=True):
        if name is not None and next(left).status == ExecStatus.COMMAND_OK:
            line.prepared[sql] = name
        result = next(left)
        if result.status == ExecStatus.TUPLES_OK:
            reading.set_pgresult(result)
            answers.append((result.ntuples, reading.load_rows(0, result.ntuples, tuple)))
        else:
            answers.append((result.command_tuples or 0, []))
    _raise_failed(results)
    return answers

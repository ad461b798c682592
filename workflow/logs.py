"""Logs as JSON lines on stderr, and the file of our own faults, which holds no value of any case."""

import json
import logging
import os
import secrets
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from workflow.sharing import let_group_in
from workflow.signs import escaped_json

LOG = logging.getLogger("hoso")
LOG.addHandler(logging.NullHandler())  # until `log_to`: else Python itself prints warnings between a command's lines
FAULTS = Path("var") / "errors.log"
"""Where faults are written, from the office's folder."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at, level, message, and what was given as `extra={"facts": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception is given by its type and places only."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["places"] = list(places(record.exc_info[1]))
        return escaped_json(json.dumps(line, ensure_ascii=False, default=str))


def log_to(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send the program's log to `stream` (stderr): for commands that run on, like the worker."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    LOG.handlers[:] = [handler]
    LOG.setLevel(level)
    LOG.propagate = False


def fault(error: BaseException, folder: Path) -> str:
    """Note a fault of ours in the office's `var/errors.log` (mode 600; a group that shares the folder has it too); returns
    the id that the user is told.

    Types and places are written, never messages or values: a case's text may stand in them. A disk that takes no
    more writes does not hide the fault: the id comes all the same.
    """
    name = secrets.token_hex(4)
    record = LOG.makeRecord(LOG.name, logging.ERROR, "", 0, "fault", (), (type(error), error, None), extra={"facts": {"fault": name}})
    try:
        _append(folder / FAULTS, JsonLines().format(record) + "\n")
    except OSError:
        LOG.warning("the log of faults can't be written", extra={"facts": {"file": str(FAULTS)}})
    return name


def places(error: BaseException) -> Iterator[str]:
    """An exception and those behind it, outermost first: its type, then `file:line function` of each frame."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield f"{type(now).__module__}.{type(now).__qualname__}"
        for frame, line in traceback.walk_tb(now.__traceback__):
            yield f"  {_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
        now = now.__cause__ or now.__context__


def _short(file: str) -> str:
    """The file from its package on: where the program is installed says nothing."""
    parts = Path(file).parts
    for root in ("site-packages", "workflow", "storage"):
        if root in parts:
            return "/".join(parts[parts.index(root) + (root == "site-packages") :])
    return parts[-1] if parts else file


def _append(file: Path, line: str) -> None:
    new = [path for path in (file.parent, file) if not path.exists()]
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    let_group_in(*new)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(line)

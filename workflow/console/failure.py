"""From errors to exit codes: one paragraph on standard error (JSON with --json), never a traceback."""

import sys
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import click

from workflow.console.look import safe
from workflow.console.session import Session
from workflow.console.streams import NotPrinted, quiet
from workflow.errors import Fault, HosoError, LateFault, OutputLost, OutputLostAfter
from workflow.phrases import phrase
from workflow.signs import escaped_json

STOPPED = 130
"""The exit code after Ctrl-C, as shells have it."""
STOPPED_AFTER = "Stopped. Something was written before: look with 'hoso history' what is done, before you try again."


def guarded(run: Callable[[], object], session: Session) -> int:
    """The exit code of `run`; whatever it raises is told once, in the office's language."""
    try:
        code = run()
    except HosoError as error:
        return _told(error, session)
    except click.UsageError as error:
        return _usage(error, session)
    except click.ClickException as error:
        return _told_plainly(error.format_message(), error.exit_code, session)
    except click.Abort:
        _write("")  # the prompt's line ends here
        return _told_plainly(phrase(STOPPED_AFTER if session.wrote else "Stopped.", session.language), STOPPED, session)
    except NotPrinted as error:
        quiet()
        return _told((OutputLostAfter if session.wrote else OutputLost)(cause=error.strerror), session)
    except Exception as error:  # noqa: BLE001 - the last net: a fault of ours is logged under an id
        return _told(_fault(error, session), session)
    return code if isinstance(code, int) else 0


def _told(error: HosoError, session: Session) -> int:
    _write(_document(error.to_json(session.language)) if session.json else safe(error.message(session.language)))
    return error.exit_code


def _usage(error: click.UsageError, session: Session) -> int:
    if not session.json:
        said = StringIO()
        error.show(said)
        _write(safe(said.getvalue().rstrip("\n")))
        return error.exit_code
    return _told_plainly(error.format_message(), error.exit_code, session)


def _told_plainly(message: str, exit_code: int, session: Session) -> int:
    found = {"error": "usage", "message": message, "exit_code": exit_code, "facts": {}}
    _write(_document(found) if session.json else safe(message))
    return exit_code


def _document(plain: object) -> str:
    import json

    return escaped_json(json.dumps(plain, ensure_ascii=False, indent=2))


def _fault(error: Exception, session: Session) -> Fault:
    from workflow.logs import FAULTS, fault

    try:
        folder = session.folder
    except Exception:  # noqa: BLE001 - even if it is the folder that nobody foresaw
        folder = Path("~/.local/state/hoso")  # outside of an office: where Linux programs keep their logs
        with suppress(RuntimeError):  # a login without a home keeps none
            folder = folder.expanduser()
    kind = LateFault if session.wrote else Fault
    return kind(fault=fault(error, folder), log=str(folder / FAULTS))


def _write(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        sys.stderr = None  # nobody reads it, or its disk is full

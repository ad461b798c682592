"""The three streams of a command: there whatever whoever started it closed, and known by its error where output can't be written."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


class NotPrinted(OSError):
    """What was printed can't be written (the disk of standard output is full …)."""


class _Output(TextIOWrapper):
    """Standard output that tells its own errors from all others."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise NotPrinted(*error.args) from error

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise NotPrinted(*error.args) from error


def ready() -> None:
    """Have a stream that was closed (`>&-`) be /dev/null: else there is none to ask or to write to, and the next file that is opened
    would take its place. What can't be printed raises NotPrinted.
    """
    for name, mode in _STREAMS:  # in the order of their numbers: what is opened gets the lowest that is free
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    if isinstance(out := sys.stdout, TextIOWrapper):
        encoding, errors, lines = out.encoding, out.errors, out.line_buffering
        sys.stdout = _Output(out.detach(), encoding=encoding, errors=errors, line_buffering=lines)


def quiet() -> None:
    """Print to nowhere from now on, what still waits to be written too: else Python would try once more as it ends, and fail."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

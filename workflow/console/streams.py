"""The three streams of a command: there whatever whoever started it closed, and known by its error where output can't be written."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


class NotPrinted(OSError):
    """What was printed can't be written (the disk of standard output is full …)."""


def _told(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of standard output with its own errors told from all others."""

    def telling(*said: Any) -> Any:
        try:
            return method(*said)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise NotPrinted(*error.args) from error

    return telling


def ready() -> None:
    """Have a stream that was closed (`>&-`) be /dev/null: else there is none to ask or to write to, and the next file that is opened
    would take its place. What can't be printed raises NotPrinted.
    """
    for name, mode in _STREAMS:  # in the order of their numbers: what is opened gets the lowest that is free
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    if isinstance(sys.stdout, TextIOWrapper):  # put over it, a stream of our own would ask where in it we are: a pipe can't tell
        for name in ("write", "flush"):
            setattr(sys.stdout, name, _told(getattr(sys.stdout, name)))


def quiet() -> None:
    """Print to nowhere from now on, what still waits to be written too: else Python would try once more as it ends, and fail."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""Wakes the worker: a heartbeat that calls `tick` until the process is told to end. The only importer of APScheduler.

Nothing is kept here: what is due stands in the store, so that a crash or two workers lose and double nothing.
"""

import gc
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from workflow.logs import LOG

ENDINGS = (signal.SIGTERM, signal.SIGINT)
SELDOM = 10_000
"""Objects made and not yet dropped after which a process that stays looks for garbage."""


def run(
    tick: Callable[[], object],
    every: float = 1.0,
    on_error: Callable[[Exception], object] | None = None,
    last: tuple[type[Exception], ...] = (),
) -> None:
    """Call `tick` each `every` seconds, never twice at once, until SIGTERM or SIGINT; the running one may end.

    A tick that raises is told to `on_error` (else logged) and the next one comes all the same; after one of `last` none
    comes, and it is raised. To be called in the main thread; ticks run in one of their own.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # else it warns each second that a long tick is still running
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
    ending = _Ending(last)
    scheduler.add_job(
        ending.guarded(tick, on_error or _logged),
        "interval",
        seconds=every,
        id="tick",
        replace_existing=True,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    with _told_to_end() as end:
        ending.end = end
        scheduler.start()
        end.wait()
        scheduler.shutdown(wait=True)
    if ending.why is not None:
        raise ending.why


def stay() -> None:
    """Have a process that stays look for garbage, which a command goes without, but seldom: what is loaded by now is none, and an act
    leaves none that is not freed at once. Looking as often as Python does by itself costs a tenth of what a worker fires.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)
    gc.enable()


class _Ending:
    """What ends the heartbeat beside a signal: an error after which no further look can do anything."""

    def __init__(self, last: tuple[type[Exception], ...]) -> None:
        self.last, self.end = last, Event()
        self.why: Exception | None = None

    def guarded(self, tick: Callable[[], object], on_error: Callable[[Exception], object]) -> Callable[[], None]:
        """A tick that never raises."""

        def guarded() -> None:
            try:
                tick()
            except self.last as error:
                self.why = error
                self.end.set()
            except Exception as error:  # noqa: BLE001 - whatever else a tick raises, the office's clock must go on
                on_error(error)

        return guarded


def _logged(error: Exception) -> None:
    LOG.error("a tick failed", exc_info=error)


@contextmanager
def _told_to_end() -> Iterator[Event]:
    """An event that a signal to end sets; the handlers that were there come back afterwards."""
    end = Event()
    before = {ending: signal.signal(ending, lambda *_: end.set()) for ending in ENDINGS}
    try:
        yield end
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)

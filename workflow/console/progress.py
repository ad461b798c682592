"""Bars for what takes a while: papers of a round being written, cases being tried. Only in a terminal, on standard error."""

import sys
from collections.abc import Callable
from typing import Any

import click

FEW = 10
"""So many papers are written before anybody wonders."""


class Bar:
    """Shows how many of a round's papers are written."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._bar: Any = None
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        """So many are written, of so many."""
        if total < FEW or not sys.stderr.isatty():
            return
        if self._bar is None or done <= self._done:  # a new round: it was decided again
            self._bar, self._done = click.progressbar(length=total, label=self.label, file=sys.stderr), 0
        self._bar.update(done - self._done)
        self._done = done
        if done == total:
            self._bar.render_finish()
            self._bar = None


def counting(count: int) -> Callable[[], None]:
    """A bar of so many cases: what is called after each of them."""
    if not count or not sys.stderr.isatty():
        return lambda: None
    bar: Any = click.progressbar(length=count, file=sys.stderr)

    def each() -> None:
        bar.update(1)
        if bar.pos == count:
            bar.render_finish()

    return each

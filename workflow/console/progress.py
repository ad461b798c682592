"""A bar for what takes a while: papers of a round being written. Only in a terminal, on standard error."""

import sys
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

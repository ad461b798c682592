"""Where simulated cases are carried on: here, or in several processes of the machine at once.

What a case does at a time hangs on that case alone, so it can be worked out before it is its turn: all that waits for a case's turn is
whose time it takes. Each process has its own share of the cases; which, changes nothing of what comes out.
"""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from workflow.simulate.walk import Next, Terms, Walk, Walked

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

AHEAD = 100
"""So many answers of one process may be under way: few enough that neither side's pipe is ever full while both would write."""


class Walks(Protocol):
    """Carries cases on."""

    def ask(self, number: int, at: datetime) -> None:
        """A case is to go on at a time: it may begin at once."""

    def answer(self, number: int) -> Next:
        """What a case that was asked has come to."""


class Here(Struct):
    """All in this process, each when its turn comes."""

    terms: Terms
    walks: dict[int, Walk] = field(default_factory=dict)
    asked: dict[int, datetime] = field(default_factory=dict)

    def ask(self, number: int, at: datetime) -> None:
        """Remember it."""
        self.asked[number] = at

    def answer(self, number: int) -> Next:
        """Do it now."""
        walk = self.walks.get(number) or self.walks.setdefault(number, Walk(self.terms, number))
        found = walk.go_on(self.asked.pop(number))
        if isinstance(found, Walked):
            del self.walks[number]
        return found


class _Lane(Struct):
    """One process: what it is to do, the earliest first, and what it has said."""

    to: "Connection"
    waiting: list[tuple[datetime, int]] = field(default_factory=list)
    under_way: int = 0
    said: dict[int, Next] = field(default_factory=dict)

    def fill(self) -> None:
        while self.waiting and self.under_way < AHEAD:
            at, number = heapq.heappop(self.waiting)
            self.to.send((number, at))
            self.under_way += 1

    def hear(self) -> None:
        number, said = self.to.recv()
        self.under_way -= 1
        if isinstance(said, Exception):
            raise said
        self.said[number] = said


class Apart(Struct):
    """Each of several processes carries on its share."""

    lanes: list[_Lane]

    def ask(self, number: int, at: datetime) -> None:
        """Give it to its process."""
        lane = self._lane(number)
        heapq.heappush(lane.waiting, (at, number))
        lane.fill()

    def answer(self, number: int) -> Next:
        """Wait for it. What is asked for earliest was sent first, so it is under way."""
        lane = self._lane(number)
        while number not in lane.said:
            lane.hear()
            lane.fill()
        return lane.said.pop(number)

    def _lane(self, number: int) -> _Lane:
        return self.lanes[number % len(self.lanes)]


@contextmanager
def walks_of(terms: Terms, workers: int) -> Iterator[Walks]:
    """A place for a run's cases, on so many of the machine's processors."""
    if workers < 2:  # noqa: PLR2004 - one does it alone
        yield Here(terms)
        return
    from multiprocessing import get_context

    fork = get_context("fork")
    lanes, started = [], []
    try:
        for _ in range(workers):
            mine, theirs = fork.Pipe()
            worker = fork.Process(target=_carry_on, args=(terms, mine, theirs), daemon=True)
            worker.start()
            theirs.close()
            started.append(worker)
            lanes.append(_Lane(mine))
        yield Apart(lanes)
    finally:
        for lane in lanes:
            lane.to.close()
        for worker in started:
            worker.join()


def _carry_on(terms: Terms, mine: "Connection", asked: "Connection") -> None:
    """A process's whole work: until nobody asks any more. `mine`: the other side's end, which a forked process has too."""
    mine.close()
    here = Here(terms)
    with suppress(EOFError, OSError, KeyboardInterrupt):  # whoever asked has gone, or all are told to end
        while True:
            number, at = asked.recv()
            here.ask(number, at)
            asked.send((number, _answer(here, number)))


def _answer(here: Here, number: int) -> "Next | Exception":
    try:
        return here.answer(number)
    except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
        return error

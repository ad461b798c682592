"""Where simulated cases are carried on: here, or in several processes of the machine at once.

What a case does at a time hangs on that case alone, so it can be worked out before it is its turn: all that waits for a case's turn is
whose time it takes. Each process has its own share of the cases, this one too; which, changes nothing of what comes out.
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

TOGETHER = 12
"""So many cases wait for each other before they go to their process in one message, if no answer is wanted before."""
UNDER_WAY = 4
"""So many messages of one process may be unanswered: it has work while this one is busy, and the pipe is never full."""


class Walks(Protocol):
    """Carries cases on."""

    def ask(self, number: int, at: datetime) -> None:
        """A case is to go on at a time: it may begin at once."""

    def answer(self, number: int) -> Next:
        """What a case that was asked has come to."""


class Here(Struct):
    """All in this process, each when its turn comes, or before, while there is nothing else to do."""

    terms: Terms
    walks: dict[int, Walk] = field(default_factory=dict)
    asked: dict[int, datetime] = field(default_factory=dict)
    said: dict[int, Next] = field(default_factory=dict)

    def ask(self, number: int, at: datetime) -> None:
        """Remember it."""
        self.asked[number] = at

    def answer(self, number: int) -> Next:
        """Do it now, if it is not done."""
        return self.said.pop(number) if number in self.said else self._gone_on(number)

    def work_ahead(self) -> bool:
        """Do the earliest of what was asked; False if there is nothing."""
        if not self.asked:
            return False
        number = min(self.asked, key=self.asked.__getitem__)
        self.said[number] = self._gone_on(number)
        return True

    def _gone_on(self, number: int) -> Next:
        walk = self.walks.get(number) or self.walks.setdefault(number, Walk(self.terms, number))
        found = walk.go_on(self.asked.pop(number))
        if isinstance(found, Walked):
            del self.walks[number]
        return found


class _Lane(Struct):
    """Another process: what it is to do, the earliest first, and what it has said."""

    to: "Connection"
    waiting: list[tuple[datetime, int]] = field(default_factory=list)
    under_way: list[int] = field(default_factory=list)
    """The cases of each message that is not answered."""
    said: dict[int, Next] = field(default_factory=dict)

    def fill(self) -> None:
        while len(self.waiting) >= TOGETHER and len(self.under_way) < UNDER_WAY:
            self.send()

    def send(self) -> None:
        together = [heapq.heappop(self.waiting) for _ in range(min(len(self.waiting), TOGETHER))]
        self.to.send(together)
        self.under_way.append(len(together))

    def hear(self) -> None:
        said = self.to.recv()
        if isinstance(said, Exception):
            raise said
        self.under_way.pop(0)
        self.said.update(said)
        self.fill()

    @property
    def owed(self) -> int:
        return len(self.waiting) + sum(self.under_way)


class Apart(Struct):
    """Several processes carry on a share each, this one too."""

    here: Here
    lanes: list[_Lane]
    lane_of: dict[int, _Lane | None] = field(default_factory=dict)
    """Which process carries a case on; None: this one."""

    def ask(self, number: int, at: datetime) -> None:
        """Give it to its process; a new one to that which has least to do."""
        lane = self.lane_of[number] if number in self.lane_of else self.lane_of.setdefault(number, self._least_busy())
        if lane is None:
            self.here.ask(number, at)
        else:
            heapq.heappush(lane.waiting, (at, number))
            lane.fill()

    def answer(self, number: int) -> Next:
        """Do it, or wait for it, and do what is to be done here in the meantime."""
        lane = self.lane_of[number]
        if lane is None:
            return self.here.answer(number)
        while number not in lane.said:
            if not lane.under_way:
                lane.send()
            if lane.to.poll() or not self.here.work_ahead():
                lane.hear()
        return lane.said.pop(number)

    def _least_busy(self) -> _Lane | None:
        lane = min(self.lanes, key=lambda one: one.owed)
        return lane if lane.owed <= len(self.here.asked) else None


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
        for _ in range(workers - 1):
            mine, theirs = fork.Pipe()
            worker = fork.Process(target=_carry_on, args=(terms, mine, theirs), daemon=True)
            worker.start()
            theirs.close()
            started.append(worker)
            lanes.append(_Lane(mine))
        yield Apart(Here(terms), lanes)
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
            asked.send(_answers(here, asked.recv()))


def _answers(here: Here, together: list[tuple[datetime, int]]) -> "dict[int, Next] | Exception":
    try:
        for at, number in together:
            here.ask(number, at)
        return {number: here.answer(number) for _, number in together}
    except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
        return error

"""What the peers' programs share: the job (JSON on standard input), the time that its acts take, the answer (JSON on standard output).

A peer is a class: made with the states it makes its database, `peer.db`, in the current folder; `open(number)` makes a case, `advance(number)` moves
it to its next state, durably by itself; `closed()` counts the cases that have come to their end, `history()` what is written down of acts.
"""

import json
import sys
import time
from importlib.metadata import version
from typing import Any, Protocol


class Peer(Protocol):
    def __init__(self, states: list[str]) -> None: ...

    def open(self, number: int) -> None: ...

    def advance(self, number: int) -> None: ...

    def closed(self) -> int: ...

    def history(self) -> int: ...


def job() -> dict[str, Any]:
    """The states; `warming` and `order`: which case is advanced when, before time counts and while it does."""
    return json.load(sys.stdin)


def now() -> tuple[float, float]:
    """Seconds of the clock, and of the processor."""
    return time.perf_counter(), time.process_time()


def answer(spent: tuple[float, float], acts: int, packages: tuple[str, ...]) -> None:
    print(
        json.dumps(
            {"rate": acts / spent[0], "processor": spent[1] / acts * 1000, "versions": {package: version(package) for package in packages}}
        )
    )


def run(peer: type[Peer], *packages: str) -> None:
    asked = job()
    at = peer(asked["states"])
    warming, order = asked["warming"], asked["order"]
    cases = sorted({*warming, *order})
    for number in cases:
        at.open(number)
    for number in warming:
        at.advance(number)
    began = now()
    for number in order:
        at.advance(number)
    ended = now()
    acts = len(warming) + len(order)
    if (at.closed(), at.history()) != (len(cases), acts):
        sys.exit(f"{at.closed()} of {len(cases)} cases are closed, {at.history()} of {acts} acts are written down")
    answer((ended[0] - began[0], ended[1] - began[1]), len(order), packages)

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


def answer(seconds: float, acts: int, packages: tuple[str, ...]) -> None:
    print(json.dumps({"rate": acts / seconds, "versions": {package: version(package) for package in packages}}))


def run(peer: type[Peer], *packages: str) -> None:
    asked = job()
    at = peer(asked["states"])
    warming, order = asked["warming"], asked["order"]
    cases = sorted({*warming, *order})
    for number in cases:
        at.open(number)
    for number in warming:
        at.advance(number)
    began = time.perf_counter()
    for number in order:
        at.advance(number)
    spent = time.perf_counter() - began
    acts = len(warming) + len(order)
    if (at.closed(), at.history()) != (len(cases), acts):
        sys.exit(f"{at.closed()} of {len(cases)} cases are closed, {at.history()} of {acts} acts are written down")
    answer(spent, len(order), packages)

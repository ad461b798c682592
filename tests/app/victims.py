"""Who is killed in its midst: staff and workers, as the library's calls and as commands that are typed. Each notes in a file of its own
what was acknowledged to it, a line each, and would go on for ever.
"""

import io
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from random import Random

import cli
from tests.app.making import CLERK, FRESH, INCIDENT, SPECIALIST, STEPS, Place, step
from workflow.compose import CLOCK_FILE, LocalOffice
from workflow.timekeeping import PracticeClock

CASES = 3
"""What one of them opens; then it goes on in the last of them."""
LONGEST = 3.0
"""Seconds that one of them is at work before it is killed, at most: `hoso worker` looks once a second."""


def clerk(place: Place, name: str, told: Path) -> None:
    """Opens and advances cases, by the library."""
    office = place.office()
    with told.open("a", buffering=1) as notes:
        for turn in range(10**6):
            if turn < CASES:
                case = office.open("incident", actor=CLERK, fields=INCIDENT, request_id=f"{name}/{turn}/open").case
                notes.write(f"{name}/{turn}/open\n")
                for action in ("screen", "assess"):
                    step(office, case, action, request_id=f"{name}/{turn}/{action}")
                    notes.write(f"{name}/{turn}/{action}\n")
            else:
                office.comment(case, actor=SPECIALIST, note="Đã gọi điện", request_id=f"{name}/{turn}")
                notes.write(f"{name}/{turn}\n")


def typist(place: Place, name: str, told: Path) -> None:
    """The same, by commands."""
    with told.open("a", buffering=1) as notes:
        for turn in range(10**6):
            if turn < CASES:
                case = _typed(place, f"{name}/{turn}/open", CLERK, "open", "incident", *_set(INCIDENT))["case"]
                notes.write(f"{name}/{turn}/open\n")
                for action in ("screen", "assess"):
                    who, fields, note = STEPS[action]
                    _typed(place, f"{name}/{turn}/{action}", who, "do", case, action, *_set(fields), "--note", note or "x")
                    notes.write(f"{name}/{turn}/{action}\n")
            else:
                _typed(place, f"{name}/{turn}", SPECIALIST, "comment", case, "--note", "Đã gọi điện")
                notes.write(f"{name}/{turn}\n")


def _set(fields: dict[str, object] | dict[str, str]) -> list[str]:
    return [word for key, value in fields.items() for word in ("--set", f"{key}={value}")]


def _typed(place: Place, request: str, who: str, *words: str) -> dict[str, str]:
    """One command, and what it told."""
    os.environ |= {"HOSO_OFFICE": str(place.folder), **place.environ}
    said = io.StringIO()
    sys.argv = ["hoso", *words, "--as", who, "--request-id", request, "--json"]
    try:
        with redirect_stdout(said):
            cli.main()
    except SystemExit as end:
        if end.code:
            raise
    told: dict[str, str] = json.loads(said.getvalue())
    return told


def looking(place: Place, _name: str, told: Path) -> None:
    """A worker that looks without a pause."""
    office = place.office()
    with told.open("a", buffering=1) as notes:
        while True:
            office.tick()
            notes.write("\n")


def worker(place: Place, _name: str, told: Path) -> None:
    """`hoso worker`."""
    os.environ |= {"HOSO_OFFICE": str(place.folder), **place.environ}
    os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stdout.fileno())
    sys.argv = ["hoso", "worker"]
    cli.main()


KINDS: tuple[Callable[[Place, str, Path], None], ...] = (clerk, looking, typist, worker)


def killed_together(place: Place, notes: Path, turn: int, many: int, chance: Random) -> list[str]:
    """So many of them at work at once, and all killed, each at a moment of its own; the requests that were acknowledged."""
    PracticeClock(place.folder / CLOCK_FILE).move_to(place.clock.at)
    files = [notes / f"{turn}-{one}" for one in range(many)]
    works = [KINDS[(turn * many + one) % len(KINDS)] for one in range(many)]
    children = [FRESH.Process(target=work, args=(place, told.name, told)) for work, told in zip(works, files, strict=True)]
    for child in children:
        child.start()
    for child, told in zip(children, files, strict=True):
        _begun(child, told)
    moments = sorted((chance.uniform(0, LONGEST if work is worker else LONGEST / 2), one) for one, work in enumerate(works))
    began = time.monotonic()
    for moment, one in moments:
        time.sleep(max(0.0, began + moment - time.monotonic()))
        children[one].kill()
        children[one].join()
        assert children[one].exitcode == -signal.SIGKILL, works[one]
        children[one].close()
    return [line for work, told in zip(works, files, strict=True) if work in {clerk, typist} for line in told.read_text().split()]


def _begun(child: "FRESH.Process", told: Path) -> None:
    """Return when the child has done something, or has ended."""
    until = time.monotonic() + 60
    while child.is_alive() and not (told.exists() and told.stat().st_size):
        assert time.monotonic() < until, told
        time.sleep(0.005)


def unfound(office: LocalOffice, requests: list[str]) -> list[str]:
    """Those of the acknowledged requests that the office does not know."""
    return [one for one in requests if office.store.begin(one, "").receipt is None]


def fired(office: LocalOffice) -> Counter[tuple[str, str, int]]:
    """How often each rung of each deadline was fired."""
    found: Counter[tuple[str, str, int]] = Counter()
    for number in office.store.all_cases():
        for entry in office.store.entries(number):
            if '"act":"fire"' in entry.text:
                data = json.loads(entry.payload)["data"]
                found[number, data["deadline"], data["rung"]] += 1
    return found

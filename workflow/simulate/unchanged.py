"""Which scenarios need not be played again: nothing that their outcome hangs on is otherwise than when they held.

What it hangs on: the scenarios' files; their own procedure and every one that it can open or become, or that a step opens; those whose
clock opens cases by itself (a scenario's worker opens them too); organisation, calendars, document types, programme; the office's
settings; and the program with the packages that it stands on. All of it is in one hash for each procedure.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from workflow.authoring.checks.inspected import effects_of
from workflow.authoring.definitions import Compiled
from workflow.language.process import FORM, Process
from workflow.plain import canonical, digest, to_plain
from workflow.settings import Settings
from workflow.simulate.scenario import Scenario

KIND = "scenarios"
"""What a store calls it: kind `scenarios`, key the procedure's, hash what its scenarios held with."""
ELSEWHERE = frozenset({"folder", "database", "delivery"})
"""The settings that a scenario has not: it has a store of its own in memory, and tells nobody."""


def held_with(scenarios: Sequence[Scenario], files: Mapping[str, bytes], compiled: Compiled, settings: Settings) -> dict[str, str]:
    """Procedure → canonical JSON of all that the outcome of its scenarios hangs on; those that have scenarios."""
    shared = _shared(compiled, settings)
    plain = {key: digest(canonical(to_plain(process))) for key, process in compiled.processes.items()}
    found: dict[str, str] = {}
    for key in dict.fromkeys(one.process for one in scenarios):
        mine = {path: sha256(content).hexdigest() for path, content in files.items() if path.startswith(f"{key}/scenarios/")}
        reached = {one: plain[one] for one in sorted(reach(key, scenarios, compiled.processes))}
        found[key] = canonical({"shared": shared, "processes": reached, "scenarios": mine})
    return found


def reach(key: str, scenarios: Iterable[Scenario], processes: Mapping[str, Process]) -> frozenset[str]:
    """The procedures whose cases may come into being while a procedure's scenarios are played."""
    named = {step.process for one in scenarios if one.process == key for step in one.steps}
    by_clock = {one.key for one in processes.values() if one.periodic}
    found: set[str] = set()
    coming = [one for one in (key, *named, *by_clock) if one in processes]
    while coming:
        one = coming.pop()
        if one not in found:
            found.add(one)
            coming += [other for other in _leads_to(processes[one]) if other in processes]
    return frozenset(found)


def _leads_to(process: Process) -> set[str]:
    """The procedures that it opens cases of, or that its cases become."""
    found: set[str] = set()
    for effects in effects_of(process):
        found |= {opens.process for opens in effects.opens}
        found |= {effects.becomes.process} if effects.becomes is not None else set()
    return found


def _shared(compiled: Compiled, settings: Settings) -> dict[str, Any]:
    """What every scenario hangs on."""
    return {
        "organisation": compiled.organisation.version if compiled.organisation is not None else "",
        "calendar": compiled.calendar.version if compiled.calendar is not None else "",
        "programme": compiled.programme.version if compiled.programme is not None else "",
        "types": digest(canonical(to_plain(dict(compiled.types)))),
        "settings": {one.name: repr(getattr(settings, one.name)) for one in fields(settings) if one.name not in ELSEWHERE},
        "program": program(),
    }


@cache
def program() -> str:
    """The hash of the program that runs: its source, and the versions of Python and of the packages that it wants."""
    root = Path(__file__).parents[1]
    hashed = sha256(f"{FORM} {sys.version} {' '.join(_packages())}".encode())
    for room in (root, root.parent / "storage"):
        for path in sorted(room.rglob("*.py")):
            hashed.update(path.relative_to(root.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def _packages() -> list[str]:
    """NAME==VERSION of each package that the program asks for."""
    try:
        wanted = requires("hoso") or []
    except PackageNotFoundError:
        return []
    names = [re.split(r"[^A-Za-z0-9._-]", one)[0] for one in wanted if "extra ==" not in one]
    found = []
    for name in names:
        try:
            found.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            continue
    return sorted(found)

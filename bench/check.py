"""How long a check takes, how fast a big process loads and acts: `python bench/check.py`.

Bars: a process of 40 states and 300 transitions is checked in 1 s and loaded from its deployed form in 20 ms; an act in it
takes no longer than in a process of 8 states; 100 processes are checked in 5 s. The yardstick of the run is the parsing
alone (the YAML of the same files with PyYAML's C loader).
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from workflow.authoring.definitions import Compiled, compile_definitions  # noqa: E402 - the project is found first
from workflow.engine.decide import decide  # noqa: E402
from workflow.engine.facts import Facts  # noqa: E402
from workflow.engine.history import seal  # noqa: E402
from workflow.language.process import Process, load  # noqa: E402
from workflow.model import Advance, CaseFile, Change, Needs, Open  # noqa: E402
from workflow.plain import canonical, to_plain  # noqa: E402

SHARED = {name: (ROOT / "definitions" / name).read_bytes() for name in ("organisation.yaml", "calendar.yaml", "document-types.yaml")}
TODAY = date(2026, 11, 23)


def process(key: str, states: int, transitions: int) -> str:
    """A process in a ring, with chords: each action with a guard, each state with a deadline."""
    lines = [
        f"process: {key}",
        f"title: Quy trình {key}",
        "unit: btg",
        f'number: "{{n:03}}/{{year}}-{key.upper().replace("_", "")}"',
        'case_title: "{{ fields.n }} {{ fields.kind }}"',
        "fields:",
        "  n: {type: integer, min: 0, max: 99, default: 1}",
        "  kind: {type: choice, choices: [a, b, c], default: a}",
        "roles:",
        "  specialist: {unit: btg, position: specialist}",
        "  leader: {unit: btg, position: leader}",
        "starts: {open: {by: specialist, form: [n, kind], to: s0}}",
        "states:",
    ]
    each = -(-(transitions - 1) // (states - 1))
    for state in range(states - 1):
        lines += [f"  s{state}:", "    due: {at: 3 working days, ladder: {at: due, notifies: leader}}", "    actions:"]
        for turn in range(each):
            target = "over" if turn == each - 1 else f"s{(state + 1 + turn * 5) % (states - 1)}"
            by = "leader" if turn % 2 else "specialist"
            lines.append(f"      a{state}_{turn}: {{by: {by}, when: \"fields.n >= {turn} or fields.kind != 'b'\", to: {target}}}")
    return "\n".join([*lines, "  over: {final: done}", ""])


def folder(count: int, states: int, transitions: int) -> dict[str, bytes]:
    made = {f"p{index}/process.yaml": process(f"p{index}", states, transitions).encode() for index in range(count)}
    return {**SHARED, **made}


def check(files: dict[str, bytes]) -> Compiled:
    compiled = compile_definitions(files, today=TODAY)
    assert not compiled.problems, list(map(str, compiled.problems[:3]))
    return compiled


def timed(work: Callable[[], object], rounds: int = 5) -> float:
    """The median, in ms."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def acting(compiled: Compiled, key: str) -> float:
    """One advance's decision, in ms."""
    made = compiled.processes[key]
    assert compiled.organisation is not None
    assert compiled.calendar is not None
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    facts = Facts(
        now=datetime(2026, 11, 23, 2, tzinfo=UTC),
        organisation=compiled.organisation,
        calendars=compiled.calendar.in_zone(str(zone)),
        zone=zone,
        language="vi",
        office="x",
    )
    file = opened(made, facts)
    act = Advance(actor="chuyen-vien-btg", request_id="r", case=file.case.number, action="a0_0")
    assert isinstance(decide(made, file, act, facts), Change)
    return timed(lambda: decide(made, file, act, facts), rounds=50)


def opened(made: Process, facts: Facts) -> CaseFile:
    from dataclasses import replace

    act = Open(actor="chuyen-vien-btg", request_id="r", process=made.key)
    needs = decide(made, None, act, facts)
    assert isinstance(needs, Needs)
    change = decide(made, None, act, replace(facts, numbers=dict.fromkeys(needs.series, 1)))
    assert isinstance(change, Change)
    part = seal(change.parts[0], {"organisation": "o", "calendar": "c"})
    return CaseFile(case=part.case, deadlines=part.deadlines)


def told(name: str, value: float, bar: float, unit: str = "ms") -> bool:
    print(f"{name:<62} {value:9.2f} {unit}   bar {bar:g}   {'ok' if value <= bar else 'MISSED'}")
    return value <= bar


def main() -> int:
    big, many = folder(1, 40, 300), folder(100, 8, 20)
    parsed = timed(lambda: [yaml.load(text, yaml.CSafeLoader) for text in big.values()])
    compiled = check(big)
    stored = json.dumps(to_plain(compiled.processes["p0"]))
    transitions = sum(len(action.to) for action in compiled.processes["p0"].actions)
    print(
        f"40 states, {transitions} transitions; its YAML parsed alone by the C loader: {parsed:.1f} ms; stored: {len(canonical(to_plain(compiled.processes['p0'])))} bytes"
    )
    spent = timed(lambda: check(big), rounds=3)
    small = check(folder(1, 8, 56))  # as many actions in each state
    ratio = acting(compiled, "p0") / acting(small, "p0")
    met = [
        told("check of it", spent, 1000),
        told("  of that, as a multiple of parsing its files", spent / parsed, float("inf"), "x"),
        told("load from its deployed form", timed(lambda: load(json.loads(stored))), 20),
        told("one act in it, as a multiple of one in a process of 8 states", ratio, 1.25, "x"),
        told("check of 100 processes", timed(lambda: check(many), rounds=1), 5000),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())

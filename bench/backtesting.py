"""How fast past cases are replayed under a changed definition: `python bench/backtesting.py [CASES]`.

Bar: 10,000 past cases of seven acts in 60 s.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from workflow.authoring.definitions import compile_definitions  # noqa: E402 - the project is found first
from workflow.engine.decide import decide  # noqa: E402
from workflow.engine.facts import Facts  # noqa: E402
from workflow.engine.history import seal  # noqa: E402
from workflow.model import Advance, CaseFile, Change, Needs, Open  # noqa: E402
from workflow.simulate.backtest import Past, backtest  # noqa: E402
from workflow.simulate.world import Ground, merged  # noqa: E402

BAR = 60
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 20, 2, tzinfo=UTC)
STEPS = (
    ("chuyen-vien-btg", "screen", {"urgency": "normal", "authority": "btg"}, "Thuộc phạm vi"),
    ("chuyen-vien-btg", "assess", {"facts": "Đã đo"}, ""),
    ("chuyen-vien-btg", "draft_plan", {"plan": "Thông tin trên đài"}, ""),
    ("pho-chu-tich-hdnd", "agree", {}, ""),
    ("truong-ban-btg", "submit", {}, ""),
    ("bi-thu", "approve", {"decision": "Đồng ý"}, ""),
)
FIELDS = {"issue": "Người dân phản ánh mùi khó chịu từ cơ sở tái chế", "area": "môi trường", "commune": "Nam Giang"}


def folder() -> dict[str, bytes]:
    """The definitions that ship."""
    root = ROOT / "definitions"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.suffix in {".yaml", ".j2"} and "scenarios" not in path.parts
    }


def one_case(compiled, facts: Facts) -> Past:
    """A case of seven acts, as an office would have it."""
    process, file, entries = compiled.processes["incident"], None, []
    acts = [Open(actor="van-thu-btg", request_id="", process="incident", fields=FIELDS)]
    acts += [
        Advance(actor=actor, request_id="", case="001/2026-VV", action=action, fields=fields, note=note)
        for actor, action, fields, note in STEPS
    ]
    for number, act in enumerate(acts):
        known = replace(facts, now=START + timedelta(days=2 * number))
        while isinstance(decision := decide(process, file, act, known), Needs):
            known = replace(known, numbers=known.numbers | dict.fromkeys(decision.series, 1))
        assert isinstance(decision, Change), decision
        part = seal(decision.parts[0], {"organisation": "o", "calendar": "c"})
        head = part.case
        made = merged(file, part)
        file = CaseFile(case=head, deadlines=made.deadlines, opinions=made.opinions, documents=made.documents)
        entries += part.entries
    return Past(file=file, entries=entries)


def main(cases: int = 10_000) -> None:
    compiled = compile_definitions(folder())
    facts = Facts(now=START, organisation=compiled.organisation, calendars=compiled.calendar.in_zone(str(ZONE)), zone=ZONE)
    past = one_case(compiled, facts)
    changed = folder()
    changed["incident/process.yaml"] = changed["incident/process.yaml"].replace(b"{else: 5 working days}", b"{else: 1 working day}")
    after = compile_definitions(changed)
    ground = Ground(processes=after.processes, organisation=after.organisation, calendars=after.calendar.in_zone(str(ZONE)), zone=ZONE)
    began, workers = time.perf_counter(), os.cpu_count() or 1  # as `hoso process backtest` shares the work
    done = backtest(after.processes["incident"], ground, [past] * cases, START + timedelta(days=40), workers=workers)
    spent = time.perf_counter() - began
    assert (done.acts_tested, done.acts_refused) == (7 * cases, 0), done.reasons
    print(f"back-test: {cases} cases of seven acts in {spent:.1f} s ({1000 * spent / cases:.2f} ms a case, {workers} processes)")
    print(f"  would breach: {done.breached}, today {done.breached_before}")
    if spent * 10_000 / cases > BAR:
        sys.exit(f"above the bar: 10,000 in {BAR} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

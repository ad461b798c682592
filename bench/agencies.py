"""Agencies at their largest: `python bench/agencies.py [units] [cases]` (500 units, 10000 open cases).

A round of so many units opened, with a letter drafted to each; a reply; a role resolved on a day among 5,000 persons with 10,000 dated posts; a
reorganisation of all the units with so many open cases, on SQLite.
"""

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from workflow.compose import LocalOffice, open_office
from workflow.engine.history import delta_of, seal
from workflow.model import CaseFile, CasePart, Change, Draft
from workflow.organisation import Organisation, OrgUnit, Person, Post
from workflow.timekeeping import SetClock
from workflow.upkeep.making import init

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
PROCESS = """
process: survey
title: Lấy ý kiến
unit: fields.keeper
number: "{n:05}/{year}-LYK"
case_title: "Dự thảo {{ fields.topic }}"
fields:
  topic: {type: text, title: Tên, required: true}
  keeper: {type: unit, title: Nơi giữ, default: centre}
  places: {type: units, title: Nơi được hỏi}
roles:
  head: {unit: centre, position: leader}
  keeper: {unit: fields.keeper, position: leader}
  place: {unit: asked, position: leader}
documents:
  letter: {type: CV, title: "V/v góp ý {{ fields.topic }}", body: letter.md.j2, issuer: centre, signer: head, recipients: place}
starts:
  open: {by: head, form: [topic, keeper, places], to: received}
states:
  received: {title: Tiếp nhận, actions: {ask: {title: Hỏi, by: [head, keeper], to: asking}}}
  asking:
    title: Đang hỏi
    consult:
      asks: fields.places
      drafts: letter
      answers: {agree: Đồng ý, amend: Sửa}
      reply: {title: Góp ý, by: place, note: optional}
      due: {at: 10 days, ladder: [{at: 2 days before due, notifies: place}]}
      enough: all
    actions: {collect: {title: Tổng hợp, by: auto, when: replies.enough, to: done}}
  done: {title: Xong, final: done}
"""
LETTER = "Kính gửi: {{ asked.title }}\n\nĐề nghị góp ý dự thảo {{ fields.topic }}.\n"


def organisation(units: int, *, merged: bool = False) -> str:
    """A centre and so many units, each with a head; `merged`: each two become one on 1 December."""
    ends = ", until: 2026-11-30, succeeded_by: n{0}" if merged else ""
    lines = ["positions: {leader: Lãnh đạo}", "units:", "  centre: {title: Trung tâm, kind: state, symbol: TT, from: 2020-01-01}"]
    lines += [f"  u{at}: {{title: Đơn vị {at}, kind: state, symbol: U{at}, from: 2020-01-01{ends.format(at // 2)}}}" for at in range(units)]
    if merged:
        lines += [f"  n{at}: {{title: Đơn vị mới {at}, kind: state, symbol: N{at}, from: 2026-12-01}}" for at in range((units + 1) // 2)]
    lines += ["persons:", "  chief: {title: Giám đốc, email: chief@example.vn}"]
    lines += [f"  p{at}: {{title: Trưởng đơn vị {at}, email: p{at}@example.vn}}" for at in range(units)]
    lines += ["posts:", "  - {person: chief, unit: centre, position: leader, title: Giám đốc, from: 2020-01-01}"]
    lines += [f"  - {{person: p{at}, unit: u{at}, position: leader, title: Trưởng, from: 2020-01-01}}" for at in range(units)]
    if merged:
        lines += [
            f"  - {{person: p{at * 2}, unit: n{at}, position: leader, title: Trưởng, from: 2026-12-01}}" for at in range((units + 1) // 2)
        ]
    return "\n".join(lines) + "\n"


def made(folder: Path, units: int) -> LocalOffice:
    """An office with this organisation and one procedure."""
    init(folder, practice=True, environ={})
    definitions = folder / "definitions"
    for path in sorted(definitions.rglob("*"), reverse=True):
        if path.name not in {"definitions", "calendar.yaml", "document-types.yaml"}:
            path.rmdir() if path.is_dir() else path.unlink()
    (definitions / "survey/templates").mkdir(parents=True)
    (definitions / "survey/process.yaml").write_text(PROCESS, encoding="utf-8")
    (definitions / "survey/templates/letter.md.j2").write_text(LETTER, encoding="utf-8")
    (definitions / "organisation.yaml").write_text(organisation(units), encoding="utf-8")
    office = open_office(folder, clock=SetClock(START), environ={})
    office.deploy(by="bench", why="bench")
    return office


def many(office: LocalOffice, units: int, cases: int) -> None:
    """So many open cases, each of one of the units, asking two others: made after one, sealed and committed as any."""
    chance, places, batch = random.Random(1), [f"u{at}" for at in range(units)], []
    pattern = office.open("survey", actor="chief", fields={"topic": "mẫu", "keeper": "centre", "places": ["u1", "u2"]}).case
    office.advance(pattern, "ask", actor="chief")
    file = office.store.load(pattern)
    assert file is not None
    for at in range(cases):
        keeper, *asked = chance.sample(places, 3)
        batch.append(copy_of(file, f"C{at:06}", keeper, dict(zip(["u1", "u2"], asked, strict=True))))
        if len(batch) == 200 or at == cases - 1:
            assert not any(office.store.commit(batch))
            batch.clear()


def copy_of(file: CaseFile, number: str, keeper: str, asked: dict[str, str]) -> Change:
    """The same case under another number, kept by another unit, asking others."""
    fields = {**file.case.fields, "keeper": keeper, "places": list(asked.values())}
    case = replace(file.case, number=number, unit=keeper, fields=fields, seq=0, head="", revision=0)
    opinions = tuple(replace(one, asked=asked[one.asked]) for one in file.opinions)
    deadlines = tuple(
        replace(one, asked=asked[one.asked], key=one.key.replace(f"/{one.asked}", f"/{asked[one.asked]}")) for one in file.deadlines
    )
    delta = delta_of(None, case, deadlines=deadlines, opinions=opinions)
    draft = Draft(at=START, actor="chief", act="open", after=case.state, fields=fields, delta=delta)
    part = CasePart(before=None, case=case, drafts=(draft,), deadlines=deadlines, opinions=opinions)
    return Change(request_id=f"bench-{number}", parts=(seal(part, {"organisation": "o", "calendar": "c"}),))


def resolved() -> float:
    """Microseconds to resolve a role on a day, among 5,000 persons with 10,000 dated posts in 500 units."""
    chance, first = random.Random(2), date(2016, 1, 1)
    units = {f"u{at}": OrgUnit(key=f"u{at}", title=f"u{at}") for at in range(500)}
    persons = {f"p{at}": Person(key=f"p{at}", title=f"p{at}") for at in range(5000)}
    posts = []
    for at in range(10_000):
        since = first + timedelta(days=chance.randrange(3650))
        unit, position = f"u{chance.randrange(500)}", chance.choice(["leader", "deputy", "clerk", "specialist"])
        posts.append(Post(person=f"p{at % 5000}", unit=unit, position=position, since=since, until=since + timedelta(days=900)))
    whole = Organisation(units=units, persons=persons, posts=tuple(posts))
    asked = [(f"u{chance.randrange(500)}", "specialist", first + timedelta(days=chance.randrange(3650))) for _ in range(20_000)]
    whole.holders(*asked[0])
    began = time.process_time()
    for one in asked:
        whole.holders(*one)
    return (time.process_time() - began) / len(asked) * 1e6


def main(units: int, cases: int) -> None:
    """Print each figure beside its bar."""
    print(f"a role resolved: {resolved():.1f} µs (bar: 20)")
    with tempfile.TemporaryDirectory() as folder:
        office = made(Path(folder) / "office", units)
        number = office.open("survey", actor="chief", fields={"topic": "chung", "places": [f"u{at}" for at in range(units)]}).case
        began, cpu = time.perf_counter(), time.process_time()
        office.advance(number, "ask", actor="chief")
        print(
            f"a round of {units} units opened: {time.perf_counter() - began:.2f} s, {time.process_time() - cpu:.2f} of them ours (bar: 10 for 500)"
        )
        spent = []
        for at in range(min(units, 30)):
            began = time.process_time()
            office.reply(number, unit=f"u{at}", answer="agree", actor=f"p{at}")
            spent.append(time.process_time() - began)
        print(f"a reply in it: {statistics.median(spent) * 1000:.1f} ms of our time (bar: 5)")
        many(office, units, cases)
        office.clock.at = datetime(2026, 12, 1, 2, tzinfo=UTC)
        began = time.perf_counter()
        done = office.reorganise(organisation(units, merged=True).encode(), effective=date(2026, 12, 1), by="bench", why="bench")
        took = time.perf_counter() - began
        print(f"{len(done.units)} units reorganised, {len(done.cases)} cases: {took:.1f} s (bar: 120 for 500 and 10000)")
        assert not done.failed
        office.close()


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [500, 10_000][len(given) :]))

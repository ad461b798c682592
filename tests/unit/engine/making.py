"""A process from a few lines of YAML, an organisation to match, and a book that carries cases through `decide`.

Pure: no store, no files. A book does in memory what an office does with its store: decide, number, seal, keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from workflow.authoring.definitions import compile_definitions
from workflow.engine.decide import decide
from workflow.engine.facts import Facts
from workflow.engine.history import seal
from workflow.errors import Refused
from workflow.language.process import Process
from workflow.model import Act, Advance, Attach, CaseFile, CasePart, Change, Entry, Fire, Needs, Open, Reply, SeriesKey

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

ORGANISATION = """
positions: {leader: Lãnh đạo, deputy: Cấp phó, clerk: Văn thư, specialist: Chuyên viên}
units:
  district: {title: Huyện ủy, kind: party, symbol: HU, on_behalf: true, place: Nam Trực}
  office: {title: Ban Tuyên giáo, kind: party, parent: district, symbol: BTG}
  council: {title: Hội đồng, kind: state, symbol: HĐND, on_behalf: true, place: Nam Trực}
  north: {title: Xã Bắc, kind: commune, symbol: XB}
  south: {title: Xã Nam, kind: commune, symbol: XN}
persons:
  secretary: {title: Bí thư, email: secretary@example.vn}
  head: {title: Trưởng ban, email: head@example.vn}
  deputy: {title: Phó trưởng ban, email: deputy@example.vn}
  clerk: {title: Văn thư, email: clerk@example.vn}
  officer: {title: Chuyên viên 1, email: officer@example.vn}
  second: {title: Chuyên viên 2, email: second@example.vn}
  chair: {title: Phó Chủ tịch Hội đồng, email: chair@example.vn}
  north_head: {title: Lãnh đạo xã Bắc, email: north@example.vn}
  south_head: {title: Lãnh đạo xã Nam, email: south@example.vn}
posts:
  - {person: secretary, unit: district, position: leader, title: Bí thư}
  - {person: head, unit: office, position: leader, title: Trưởng ban}
  - {person: deputy, unit: office, position: deputy, title: Phó Trưởng ban, deputy_of: Trưởng ban}
  - {person: clerk, unit: office, position: clerk}
  - {person: officer, unit: office, position: specialist}
  - {person: second, unit: office, position: specialist}
  - {person: chair, unit: council, position: leader, title: Phó Chủ tịch, deputy_of: Chủ tịch}
  - {person: north_head, unit: north, position: leader, title: Chủ tịch}
  - {person: south_head, unit: south, position: leader, title: Chủ tịch}
terms: [{name: "2025-2030", bodies: [office, district], from: 2025-01-01, until: 2030-12-31}]
"""
CALENDAR = """
week: {mon-fri: ["07:30-11:30", "13:30-17:00"]}
off: [{on: 2026-11-24, title: Ngày nghỉ, by: "QĐ 1"}]
"""
TYPES = """
BC: {title: Báo cáo, frame: {party: party, any: state}, series: {per: type, period: {party: term, state: year}}}
CV: {title: Công văn, symbol: false, frame: {party: party, any: state}, series: {per: all, period: {party: term, state: year}}}
"""


def process(text: str, templates: Mapping[str, str] | None = None, *, organisation: str = ORGANISATION) -> Process:
    """The process of this YAML (its key: `sample`, unless it names another); an error of it fails the test."""
    return definitions(text, templates, organisation=organisation)[0]


def whole(text: str) -> tuple[str, str]:
    """(key, process.yaml) of a text that may leave out what is always the same."""
    if not any(line.startswith("process:") for line in text.splitlines()):
        text = "process: sample\nunit: office\n" + text
    text = text if "number:" in text else 'number: "{n:03}/{year}-S"\n' + text
    return next(line.split()[1] for line in text.splitlines() if line.startswith("process:")), text


def definitions(
    text: str,
    templates: Mapping[str, str] | None = None,
    *,
    organisation: str = ORGANISATION,
    calendar: str = CALENDAR,
    others: tuple[str, ...] = (),
):
    """(process, organisation, calendars, processes) of these texts; `others` are the processes beside it."""
    key, text = whole(text)
    files = {
        "organisation.yaml": organisation,
        "calendar.yaml": calendar,
        "document-types.yaml": TYPES,
        f"{key}/process.yaml": text,
        **{f"{key}/templates/{name}": body for name, body in (templates or {}).items()},
        **{f"{whole(other)[0]}/process.yaml": whole(other)[1] for other in others},
    }
    compiled = compile_definitions({path: content.encode() for path, content in files.items()})
    assert not compiled.errors, "\n".join(map(str, compiled.errors))
    assert compiled.organisation is not None
    assert compiled.calendar is not None
    return compiled.processes[key], compiled.organisation, compiled.calendar, compiled.processes


def at(text: str) -> datetime:
    """A local time of the office, e.g. `2026-11-20 09:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class Book:
    """Cases of one process, in memory; `now` is set by tests."""

    text: str
    templates: Mapping[str, str] = field(default_factory=dict)
    organisation_text: str = ORGANISATION
    now: datetime = field(default_factory=lambda: at("2026-11-20 09:00"))
    language: str = "en"
    files: dict[str, CaseFile] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    numbers: dict[SeriesKey, int] = field(default_factory=dict)
    last_part: CasePart | None = None
    changes: list[Change] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    calendar_text: str = CALENDAR
    others: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=lambda: {"organisation": "o", "calendar": "c"})
    kept: dict[str, Process] = field(default_factory=dict)
    """Versions that cases were migrated to or from, by their hash."""

    def __post_init__(self) -> None:
        self.process, self.organisation, self.calendars, self.processes = definitions(
            self.text, self.templates, organisation=self.organisation_text, calendar=self.calendar_text, others=self.others
        )
        self.versions = {one.version: one for one in self.processes.values()}

    def facts(self, numbers: Mapping[SeriesKey, int] | None = None, **beside: Any) -> Facts:
        return Facts(
            now=self.now,
            organisation=self.organisation,
            calendars=self.calendars.in_zone(str(ZONE)),
            zone=ZONE,
            language=self.language,
            office="Văn phòng thử",
            numbers=numbers or {},
            **{**beside, **self.more},
        )

    def decide(self, act: Act):
        """What `decide` answers, once it has the numbers that it needs."""
        file = self.files.get(getattr(act, "case", ""))
        process = self.process_of(file) if file else self.processes[getattr(act, "process", self.process.key)]
        beside: dict[str, dict[Any, Any]] = {"cases": {}, "children": {}, "processes": {}, "histories": {}, "kept": {}, "told": {}}
        numbers: dict[SeriesKey, int] = {}
        while isinstance(decision := decide(process, file, act, self.facts(numbers, **beside)), Needs):
            assert decision != Needs(), "what is needed is said"
            assert not decision.figures, "a book has no figures"
            numbers |= {series: self.numbers.get(series, 0) + 1 for series in decision.series}
            for kind, found in self._beside(decision).items():
                assert not set(found) & set(beside[kind]), "nothing is asked for twice"
                beside[kind] |= found
        return decision

    def _beside(self, needs: Needs) -> dict[str, dict[Any, Any]]:
        """What is needed beside the case: what an office reads from its store."""
        kept = [one.case for one in self.files.values()]
        return {
            "cases": {one: (self.process_of(self.files[one]), self.files[one]) if one in self.files else None for one in needs.cases},
            "children": {one: tuple(case for case in kept if case.parent == one) for one in needs.children},
            "processes": {one: self.processes[one] for one in needs.processes},
            "histories": {one: tuple(self.entries[one]) for one in needs.histories},
            "kept": {one: self.kept[one] for one in needs.versions},
            "told": {one: self._told_of(one) for one in needs.told},
        }

    def _told_of(self, number: str) -> dict[int, tuple[str, ...]]:
        """Who was told by which entry of a case, as an office finds it in its notices."""
        found: dict[int, dict[str, None]] = {}
        for notice in (one for change in self.changes for part in change.parts for one in part.notices):
            if notice.key.startswith(f"{number}/"):
                found.setdefault(int(notice.key.removeprefix(f"{number}/").partition("/")[0]), {})[notice.person] = None
        return {seq: tuple(persons) for seq, persons in found.items()}

    def process_of(self, file: CaseFile) -> Process:
        """The case's version of its process; of one whose process was changed by a test, the book's."""
        return {**(self.versions if self.others else {}), **self.kept}.get(file.case.version, self.process)

    def act(self, act: Act) -> CaseFile:
        """Carry the act out; a refusal is raised."""
        decision = self.decide(act)
        if isinstance(decision, Refused):
            raise decision
        assert isinstance(decision, Change)
        self.changes.append(decision)
        for taken in decision.numbers:
            assert taken.number == self.numbers.get(taken.series, 0) + 1
            self.numbers[taken.series] = taken.number
        parts = [self._keep(seal(part, self.used)) for part in decision.parts if part.drafts]
        self.last_part = parts[0]
        return self.files[parts[0].case.number]

    def _keep(self, part: CasePart) -> CasePart:
        number = part.case.number
        self.files[number] = merge(self.files.get(number), part)
        self.entries.setdefault(number, []).extend(part.entries)
        return part

    # ---- the acts, shorter ----

    def open(self, actor: str = "officer", start: str = "open", **fields: Any) -> CaseFile:
        return self.act(Open(actor=actor, request_id="r", process=self.process.key, start=start, fields=fields))

    def do(self, action: str, actor: str = "officer", *, case: str = "001/2026-S", note: str = "", **fields: Any) -> CaseFile:
        return self.act(Advance(actor=actor, request_id="r", case=case, action=action, fields=fields, note=note))

    def reply(self, unit: str, actor: str, answer: str = "", *, case: str = "001/2026-S", note: str = "", **fields: Any) -> CaseFile:
        return self.act(Reply(actor=actor, request_id="r", case=case, asked=unit, answer=answer, fields=fields, note=note))

    def attach(self, actor: str = "officer", *, case: str = "001/2026-S", attachments=()) -> CaseFile:
        return self.act(Attach(actor=actor, request_id="r", case=case, attachments=tuple(attachments)))

    def fire(self, late: str = "coalesce", *, case: str = "001/2026-S") -> list[str]:
        """Fire all that is due now, deadline by deadline; the keys fired."""
        fired = []
        while due := [
            one for one in self.files[case].deadlines if one.next_at is not None and one.next_at <= self.now and one.key not in fired
        ]:
            first = min(due, key=lambda one: (one.next_at, one.key))
            fired.append(first.key)
            self.act(Fire(actor="hoso", request_id="f", case=case, deadline=first.key, late=late))
        return fired

    @property
    def case(self):
        return self.files["001/2026-S"].case

    @property
    def file(self) -> CaseFile:
        return self.files["001/2026-S"]

    @property
    def told(self) -> list[str]:
        """Who the last act told, each once."""
        assert self.last_part is not None
        return sorted({notice.person for notice in self.last_part.notices})


def merge(file: CaseFile | None, part: CasePart) -> CaseFile:
    """The case file after a part was written: what a store does."""
    file = file or CaseFile(case=part.case)
    deadlines = {one.key: one for one in (*file.deadlines, *part.deadlines)}
    opinions = {(one.state, one.round, one.asked): one for one in (*file.opinions, *part.opinions)}
    documents = {one.key: one for one in (*file.documents, *part.documents)}
    return replace(
        file,
        case=part.case,
        deadlines=tuple(deadlines.values()),
        opinions=tuple(opinions.values()),
        documents=tuple(documents.values()),
    )

"""Cases as values, carried through `decide` without a store: nothing is written, nothing is rendered, time is what it is told."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.calendar import Calendars
from workflow.engine.decide import decide
from workflow.engine.facts import Facts
from workflow.errors import HosoError, Refused
from workflow.language.process import Process
from workflow.model import CLOCK, Act, Case, CaseFile, CasePart, Change, Fire, Needs, Open, SeriesKey
from workflow.organisation import Organisation

K = TypeVar("K")
V = TypeVar("V")


class Ground(Struct, frozen=True, kw_only=True):
    """What all that happens goes by."""

    processes: Mapping[str, Process]
    organisation: Organisation
    calendars: Calendars
    zone: ZoneInfo
    language: str = "vi"
    late: str = "coalesce"


class _Known(Mapping[K, V]):
    """Knows of everything that is asked: what a store is asked for again and again is here at once. What one decision puts beside it
    stays with that decision.
    """

    def __init__(self, found: Callable[[K], V]) -> None:
        self._found = found

    def __getitem__(self, key: K) -> V:
        return self._found(key)

    def __contains__(self, key: object) -> bool:
        return True

    def __iter__(self) -> Iterator[K]:
        return iter(())

    def __len__(self) -> int:
        return 0


class World(Struct):
    """Some cases, all of them opened in it, and the numbers given so far."""

    ground: Ground
    files: dict[str, CaseFile] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    """Case → the version that it obeys."""
    numbers: dict[SeriesKey, int] = field(default_factory=dict)
    facts: Facts | None = None

    def do(self, act: Act, now: datetime) -> Change | Refused:
        """Do an act, and keep what came of it. What can't be understood (a value, a name) is a refusal too."""
        facts, number = self.facts_at(now), getattr(act, "case", "")
        file = self.files.get(number)
        process = self.ground.processes[act.process] if isinstance(act, Open) else self.processes.get(number)
        if process is None:
            return Refused(what=number, reasons=[])
        try:
            while isinstance(decision := decide(process, file, act, facts), Needs):
                facts = self._beside(facts, decision)
        except Refused as refusal:
            return refusal
        except HosoError as error:
            return Refused(what=error.message(self.ground.language), reasons=[])
        if isinstance(decision, Change):
            self._keep(decision)
        return decision

    def facts_at(self, now: datetime) -> Facts:
        """What is known beside a case at a time."""
        if self.facts is None:
            ground = self.ground
            self.facts = Facts(
                now=now,
                organisation=ground.organisation,
                calendars=ground.calendars,
                zone=ground.zone,
                language=ground.language,
                bare=True,
                numbers=_Known(lambda series: self.numbers.get(series, 0) + 1),
                children=_Known(self.children),
            )
        return replace(self.facts, now=now)

    def _beside(self, facts: Facts, needs: Needs) -> Facts:
        beside: dict[str, Any] = {
            "cases": {one: (self.processes[one], self.files[one]) if one in self.files else None for one in needs.cases},
            "children": {one: self.children(one) for one in needs.children},
            "processes": {one: self.ground.processes[one] for one in needs.processes if one in self.ground.processes},
            "figures": {one: {} for one in needs.figures},
            "registers": {one: {} for one in needs.registers},
            "histories": dict.fromkeys(needs.histories, ()),
            "told": {one: {} for one in needs.told},
        }
        if needs.processes and not beside["processes"]:
            raise Refused(what=", ".join(needs.processes), reasons=[])
        more: dict[str, Any] = {kind: {**getattr(facts, kind), **found} for kind, found in beside.items() if found}
        return replace(facts, **more)

    def children(self, number: str) -> tuple[Case, ...]:
        """The sub-cases of a case, in order of opening."""
        return tuple([file.case for file in self.files.values() if file.case.parent == number])

    def _keep(self, change: Change) -> None:
        for taken in change.numbers:
            self.numbers[taken.series] = taken.number
        for part in change.parts:
            if part.drafts:
                self.files[part.case.number] = merged(self.files.get(part.case.number), part)
                self.processes[part.case.number] = self._process_of(part.case)

    def _process_of(self, case: Case) -> Process:
        known = self.processes.get(case.number)
        return known if known is not None and known.key == case.process else self.ground.processes[case.process]

    # ---- time ----

    def pass_until(self, until: datetime) -> Iterator[tuple[datetime, Change]]:
        """Do what the clock does up to a time, each at its own, but tell people; what came of it."""
        stuck: set[tuple[str, str, datetime]] = set()
        while due := self._next(until, stuck):
            at, number, key = due
            done = self.do(Fire(actor=CLOCK, request_id="", case=number, deadline=key, late=self.ground.late), at)
            if isinstance(done, Change):
                yield at, done
            else:
                stuck.add((number, key, at))

    def _next(self, until: datetime, stuck: set[tuple[str, str, datetime]]) -> tuple[datetime, str, str] | None:
        coming = [
            (one.next_at, number, one.key)
            for number, file in self.files.items()
            for one in file.deadlines
            if one.next_at is not None and one.next_at <= until
        ]
        return min([one for one in coming if (one[1], one[2], one[0]) not in stuck], default=None)

    def stirring(self, number: str) -> list[datetime]:
        """When the clock will do something next, for each deadline of a case. Nobody is told here."""
        return [one.next_at for one in self.files[number].deadlines if one.next_at is not None]


def merged(before: CaseFile | None, part: CasePart) -> CaseFile:
    """The case's file after a part: what is new or different in the place of what was."""
    count = len(part.drafts)
    case = replace(
        part.case, seq=(before.case.seq if before else 0) + count, revision=part.case.revision + 1, last_entry=part.drafts[-1].at
    )
    if before is None:
        return CaseFile(case=case, deadlines=part.deadlines, opinions=part.opinions, documents=part.documents)
    return before.after(case, deadlines=part.deadlines, opinions=part.opinions, documents=part.documents)

"""Offices of thousands of cases, made fast: what `decide` decides goes straight into the store, some hundreds a transaction."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from tests.app.making import CLERK, INCIDENT, STEPS
from workflow.compose import LocalOffice
from workflow.engine.decide import decide
from workflow.engine.facts import Facts
from workflow.engine.history import seal
from workflow.model import Act, Advance, CaseFile, Change, Needs, Open, SeriesKey
from workflow.simulate.world import merged

TOGETHER = 250
"""Changes of one transaction."""


class Crowding:
    """Puts many incidents into an office in which nobody else works meanwhile. Only ways without issued papers: nothing is rendered."""

    def __init__(self, office: LocalOffice) -> None:
        self.office, self.process = office, office.definitions.process("incident")
        self.facts = office.definitions.facts(office.clock.now())
        self.numbers: dict[SeriesKey, int] = defaultdict(int)
        self.asked = 0

    def fill(self, count: int, *steps: str, every: timedelta = timedelta(days=2)) -> list[str]:
        """So many new incidents, and what is done to each, one of `STEPS` after the other, `every` so long; their numbers."""
        files: Sequence[CaseFile | None] = [None] * count
        for at, action in enumerate(("", *steps)):
            facts = replace(self.facts, now=self.facts.now + at * every)
            files = [file for first in range(0, count, TOGETHER) for file in self._done(files[first : first + TOGETHER], action, facts)]
        return [file.case.number for file in files if file is not None]

    def _done(self, files: Sequence[CaseFile | None], action: str, facts: Facts) -> Iterator[CaseFile]:
        changes = [self._decided(file, self._act(file, action), facts) for file in files]
        assert not any(self.office.store.commit(changes))
        for file, change in zip(files, changes, strict=True):
            (part,) = change.parts
            yield replace(merged(file, part), case=part.case)  # it was sealed: its place in the history stands in it already

    def _act(self, file: CaseFile | None, action: str) -> Act:
        self.asked += 1
        if file is None:
            return Open(actor=CLERK, request_id=f"many {self.asked}", process="incident", fields=INCIDENT)
        actor, fields, note = STEPS[action]
        return Advance(actor=actor, request_id=f"many {self.asked}", case=file.case.number, action=action, fields=fields, note=note)

    def _decided(self, file: CaseFile | None, act: Act, facts: Facts) -> Change:
        known = facts
        while isinstance(decision := decide(self.process, file, act, known), Needs):
            assert decision.series, decision
            known = replace(known, numbers={**known.numbers, **{one: self.numbers[one] + 1 for one in decision.series}})
        assert isinstance(decision, Change), decision
        for taken in decision.numbers:
            self.numbers[taken.series] = taken.number
        return replace(decision, parts=tuple(seal(part, facts.versions) for part in decision.parts))

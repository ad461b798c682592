"""The programme on one page: each obligation of a year with the cases behind it, as one person may see them (law 7)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from workflow.answers.programme import ObligationCase, ObligationShown, ProgrammeShown
from workflow.calendar import parse_amount
from workflow.engine.facts import Facts
from workflow.model import CaseQuery, CaseRow, Viewer
from workflow.office.definitions import Definitions
from workflow.ports import Store
from workflow.programme import EVER, Evidence, Obligation, Owed, Programme, Shown, Standing, standing

_PAGE = 200


class Looking(Struct, frozen=True, kw_only=True):
    """Who looks at which year, by what is known today."""

    store: Store
    definitions: Definitions
    facts: Facts
    viewer: Viewer
    language: str
    year: int

    def programme(self, programme: Programme) -> ProgrammeShown:
        """The whole page: what is owed in that year, in the order of the file."""
        shown = tuple(self._obligation(one) for one in programme.owed_in(self.year))
        counted = Counter(one.standing for one in shown)
        return ProgrammeShown(
            title=programme.title,
            by=programme.by,
            year=self.year,
            today=self.facts.today,
            standings={one.value: counted[one.value] for one in Standing},
            obligations=shown,
        )

    def _obligation(self, one: Obligation) -> ObligationShown:
        cases = self._cases(one)
        due = self._due(one)
        shown = [Shown(met=case.met, open=not case.outcome, late=case.late) for case in cases]
        return ObligationShown(
            key=one.key,
            title=one.title,
            article=one.article,
            text=one.text,
            who=tuple(self.facts.unit_title(unit) for unit in one.who),
            owed=one.owed.value,
            due=None if one.owed is Owed.OCCASION else due,
            basis=one.basis,
            count=one.count,
            standing=standing(one, shown, due=due, today=self.facts.today).value,
            cases=cases,
        )

    def _due(self, one: Obligation) -> date:
        """The last day in time: one that is off is kept by the next working day (Civil Code, article 148)."""
        return self.facts.calendars.default.add_days(one.by(self.year), *parse_amount("0 working days"))

    def _cases(self, one: Obligation) -> tuple[ObligationCase, ...]:
        """The cases that count, once each, in order of opening; those that ended otherwise are left out."""
        found: dict[str, ObligationCase] = {}
        for evidence in one.cases:
            for row in self._rows(evidence):
                case = self._case(row, met=row.state in evidence.met)
                if case.met or (not case.outcome and case.number not in found):
                    found[case.number] = case
        return tuple(sorted(found.values(), key=lambda case: (case.opened, case.number)))

    def _case(self, row: CaseRow, *, met: bool) -> ObligationCase:
        state = self.definitions.version(row.version).state_of[row.state]
        return ObligationCase(
            number=row.number,
            process=row.process,
            title=row.title,
            state=row.state,
            state_title=state.title.to(self.language),
            opened=row.opened,
            outcome=row.outcome,
            met=met,
            late=not row.outcome and row.due is not None and row.due <= self.facts.now,
            secret=row.secret,
        )

    def _rows(self, evidence: Evidence) -> Iterator[CaseRow]:
        """The cases of a process that are about the year and hold these values: only what the viewer may see."""
        for row in self._pages(evidence, self._wanted(evidence)):
            opened = row.opened.astimezone(self.facts.zone).year
            if evidence.year not in {"", EVER} or opened == self.year or (evidence.year == EVER and opened < self.year):
                yield row
            elif opened < self.year:
                return

    def _wanted(self, evidence: Evidence) -> Mapping[str, Any]:
        of_year = {} if evidence.year in {"", EVER} else {evidence.year: self.year}
        return {**dict(evidence.when), **of_year}

    def _pages(self, evidence: Evidence, fields: Mapping[str, Any]) -> Iterator[CaseRow]:
        """Every case, newest first."""
        after = ""
        while True:
            query = CaseQuery(process=evidence.process, fields=fields, open_only=False, after=after, limit=_PAGE)
            rows = self.store.cases(query, self.viewer)
            yield from rows
            if len(rows) < _PAGE:
                return
            after = rows[-1].cursor

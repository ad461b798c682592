"""Reports of an office: whose days its cases' were."""

from collections.abc import Sequence
from datetime import date

from workflow.answers import CaseResponsibility, Responsibility, ResponsibilityDay, ResponsibilityShare
from workflow.engine.facts import Facts
from workflow.errors import NotFound, WrongValue
from workflow.office.periods import Periods
from workflow.office.responsibility import CaseDays, Ledgers, shares


class Reports(Periods):
    """What an office reports of its cases, to those who may see them."""

    def responsibility(self, case: str, *, actor: str) -> CaseResponsibility:
        """Each working day of a case and the unit that it is put on; the days add up to its duration. Raises NotFound."""
        facts, _, _ = self._seen(case, actor)
        found = self._ledgers.of_case(case, facts)
        if found is None:
            raise NotFound(kind="case", name=case)
        return CaseResponsibility(
            case=found.case.number,
            title=found.case.title,
            opened=found.case.opened,
            closed=found.case.closed,
            days=len(found.days),
            shares=_shares([found], facts),
            lines=tuple(
                ResponsibilityDay(
                    day=one.day,
                    unit=one.unit,
                    unit_title=facts.unit_title(one.unit),
                    state=one.state,
                    state_title=self._title(found, one.state, facts),
                    why=one.why,
                    late=one.late,
                )
                for one in found.days
            ),
        )

    def responsibilities(self, *, actor: str, since: date | None = None, until: date | None = None) -> Responsibility:
        """The working days between two days (this year's up to today, if none are named) of the cases that the actor sees,
        and whose they were. Raises WrongValue for days that end before they begin.
        """
        facts = self._facts_for(actor)
        last = until or facts.today
        first = since or date(last.year, 1, 1)
        if last < first:
            raise WrongValue(field="until", value=last.isoformat(), expected="a day after the first one")
        found = list(self._ledgers.of_period(first, last, facts, self._viewer(actor, facts)))
        return Responsibility(
            since=first,
            until=last,
            cases=len(found),
            days=sum(len(one.days) for one in found),
            shares=_shares(found, facts),
        )

    @property
    def _ledgers(self) -> Ledgers:
        return Ledgers(definitions=self.definitions, store=self.store)

    def _title(self, found: CaseDays, state: str, facts: Facts) -> str:
        """A state's title by the version that the case obeys; its key where that has it no more."""
        return found.process.state_of[state].title.to(facts.language) if state in found.process.state_of else state


def _shares(found: Sequence[CaseDays], facts: Facts) -> tuple[ResponsibilityShare, ...]:
    return tuple(
        ResponsibilityShare(unit=unit, unit_title=facts.unit_title(unit), cases=len(one.cases), days=one.days, late=one.late)
        for unit, one in shares(found).items()
    )

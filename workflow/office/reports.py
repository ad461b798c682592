"""Reports of an office: whose days its cases' were; deadlines as a calendar feed."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from workflow.answers import CaseResponsibility, Responsibility, ResponsibilityDay, ResponsibilityShare
from workflow.engine.charge import in_charge
from workflow.engine.facts import Facts
from workflow.errors import NotFound, WrongValue
from workflow.model import DeadlineRow
from workflow.office import words
from workflow.office.dues import MOST_DUE, Dues
from workflow.office.responsibility import CaseDays, Ledgers, shares
from workflow.phrases import phrase
from workflow.plain import digest
from workflow.reports.feed import FeedItem, feed

FAR = timedelta(days=366 * 20)
"""How far ahead a feed looks."""


class Reports(Dues):
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

    # ---- a calendar feed ----

    def feed(self, *, actor: str, person: str = "") -> bytes:
        """The open deadlines that wait for a person (without one, the actor), as a calendar feed: of the cases that the actor
        may see. Deadlines whose clock stands still are none. Raises NotFound, NotSole.
        """
        facts = self._facts_for(actor)
        meant = facts.organisation.resolve(person, facts.today) if person else actor
        rows = self.store.overdue(facts.now + FAR, self._viewer(actor, facts), MOST_DUE)
        items = [item for row in rows if (item := self._item(row, meant, facts)) is not None]
        return feed(phrase("Deadlines of {person}", self.language, person=facts.person_title(meant)), items)

    def _item(self, row: DeadlineRow, person: str, facts: Facts) -> FeedItem | None:
        """A deadline of the feed; None if it waits for others."""
        file, process = self._file(row.case)
        if person not in self.definitions.enough(facts, partial(in_charge, process, file, row.deadline)):
            return None
        days = facts.calendars.get("", row.deadline.asked or row.unit)
        day = days.day_of(row.deadline.due, ends=True)
        on = words.on_text(process, row.deadline, facts)
        title = row.case if file.case.secret else f"{row.case}: {on}"
        text = phrase("Read it with: hoso show {case}", self.language, case=row.case)
        return FeedItem(
            uid=f"{digest(chr(10).join((facts.office, row.case, row.deadline.key)))[:40]}@hoso",
            at=row.deadline.due,
            day=day if row.deadline.due == days.end_of(day) else None,
            title=title,
            text=text if file.case.secret else f"{row.title}\n{text}",
            stamp=row.deadline.events[-1].at,
            changes=len(row.deadline.events) - 1,
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

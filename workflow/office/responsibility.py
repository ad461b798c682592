"""Whose days a case's were, from its history; and the sums over the cases of an office for a period."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.calendar import Calendar
from workflow.engine.facts import Facts, Wanting
from workflow.engine.history import folded, versions_of
from workflow.engine.responsibility import DayOn, Stood, days_on
from workflow.language.process import Process
from workflow.model import Case, CaseQuery, Entry, Viewer
from workflow.office.definitions import Definitions
from workflow.ports import Store

PAGE = 200


class CaseDays(Struct, frozen=True, kw_only=True):
    """One case and its days so far."""

    case: Case
    process: Process
    days: tuple[DayOn, ...]


class Share(Struct, kw_only=True):
    """What was one unit's of a number of days."""

    cases: set[str] = field(default_factory=set)
    days: int = 0
    late: int = 0


class Ledgers(Struct, frozen=True, kw_only=True):
    """Works out whose days the cases of a store were."""

    definitions: Definitions
    store: Store

    def of_case(self, number: str, facts: Facts) -> CaseDays | None:
        """A case's days up to its end, or now; None if there is no such case."""
        file = self.store.load(number)
        if file is None:
            return None
        if file.case.disposed is not None:  # nobody knows any more
            return CaseDays(case=file.case, process=self.definitions.version(file.case.version), days=())
        entries = self.store.entries(number)
        until = file.case.closed or facts.now
        days = self._calendar(file.case, [one for one in entries if one.at <= until], facts)
        process = self.definitions.version(file.case.version)
        return CaseDays(case=file.case, process=process, days=tuple(self._days(self._stood(entries, facts), days, until)))

    def of_period(self, first: date, last: date, facts: Facts, viewer: Viewer) -> Iterator[CaseDays]:
        """The cases that a viewer sees with days between two days, both included: those days alone."""
        for number, opened in self._numbers(viewer):
            if opened.astimezone(facts.zone).date() <= last and (found := self.of_case(number, facts)) is not None:
                within = tuple(one for one in found.days if first <= one.day <= last)
                if within:
                    yield replace(found, days=within)

    def _numbers(self, viewer: Viewer) -> Iterator[tuple[str, datetime]]:
        after = ""
        while rows := self.store.cases(CaseQuery(open_only=False, after=after, limit=PAGE), viewer):
            yield from ((row.number, row.opened) for row in rows)
            after = rows[-1].cursor
            if len(rows) < PAGE or not after:
                return

    def _stood(self, entries: Sequence[Entry], facts: Facts) -> list[Stood]:
        """How the case stood after each entry, with the organisation of that time."""
        known: dict[str, Facts] = {}
        found = []
        for entry, file in zip(entries, folded(entries), strict=True):
            versions = versions_of(entry)
            organisation = versions.get("organisation", "")
            if organisation not in known:
                known[organisation] = self.definitions.facts(facts.now, versions={"organisation": organisation} if organisation else {})
            process = self.definitions.version(versions["process"])
            found.append(Stood(since=entry.at, process=process, file=file, facts=known[organisation]))
        return found

    def _calendar(self, case: Case, entries: Sequence[Entry], facts: Facts) -> Calendar:
        """The calendar of the unit that keeps the case: as it is, or as it was when the case was closed."""
        version = versions_of(entries[-1]).get("calendar", "") if case.closed is not None and entries else ""
        calendars = self.definitions.calendars(version) if version else facts.calendars
        return calendars.get("", case.unit)

    def _days(self, stood: list[Stood], days: Calendar, until: datetime) -> list[DayOn]:
        """The days, with what roles want to know beside the case."""
        while True:
            try:
                return days_on(stood, days, until)
            except Wanting as wanting:
                stood = [replace(one, facts=self.definitions.beside(one.facts, wanting.needs)) for one in stood]


def shares(cases: Sequence[CaseDays]) -> dict[str, Share]:
    """Unit → its share of the days of these cases, the most days first."""
    found: dict[str, Share] = {}
    for one in cases:
        for day in one.days:
            share = found.setdefault(day.unit, Share())
            share.cases.add(one.case.number)
            share.days += 1
            share.late += day.late
    return dict(sorted(found.items(), key=lambda item: (-item[1].days, item[0])))


def figures(definitions: Definitions, store: Store, span: tuple[date, date], facts: Facts) -> Mapping[str, object]:
    """The sums of a period as expressions and templates see them. Secret cases are none of them: who reads the report may
    not know of them (law 7).
    """
    found = list(Ledgers(definitions=definitions, store=store).of_period(*span, facts, Viewer()))
    by_unit = shares(found)
    rows = [{"unit": unit, "cases": len(one.cases), "days": one.days, "late": one.late} for unit, one in by_unit.items()]
    total = sum(one.days for one in by_unit.values())
    return {"rows": rows, "cases": len(found), "days": total, "late": sum(one.late for one in by_unit.values())}

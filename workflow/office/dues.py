"""What is due in an office: what is past, what falls due soon, and how much on each day of the weeks to come."""

from collections import Counter
from datetime import date, datetime, timedelta

from workflow.answers import Forecast, ForecastDay, ForecastUnit, OverdueLine
from workflow.calendar import Calendar, parse_amount
from workflow.engine.facts import Facts
from workflow.engine.permission import holders
from workflow.errors import WrongValue
from workflow.model import DeadlineRow, Seat
from workflow.office import words
from workflow.office.moment import at_one_moment
from workflow.office.periods import Periods

MOST = 500
"""Lines of a list."""
MOST_DUE = 1_000_000
MOST_WEEKS = 53


class Dues(Periods):
    """Deadlines of all cases that somebody sees."""

    @at_one_moment
    def overdue(self, *, actor: str, unit: str = "", soon: str = "", limit: int = MOST) -> list[OverdueLine]:
        """Deadlines that are past, the most overdue first; with `soon`, an amount as "3 working days", also those that fall due
        by then; at most `limit`. Raises WrongValue, NotFound.
        """
        facts = self._facts_for(actor)
        if unit:
            facts.organisation.unit(unit)
        rows = self.store.overdue(self._until(soon, facts), self._viewer(actor, facts), limit, unit)
        awaited = self.store.awaited(list(dict.fromkeys(row.case for row in rows if not row.deadline.asked)))
        return [self._overdue(row, facts, awaited.get(row.case, ())) for row in rows]

    def _until(self, soon: str, facts: Facts) -> datetime:
        """Before when what is due is listed: what ends with a day belongs to it."""
        if not soon:
            return facts.now
        number, unit = parse_amount(soon)
        if number < 0:
            raise WrongValue(field="soon", value=soon, expected="an amount of time to come")
        return facts.calendars.default.add(facts.now, number, unit) + timedelta.resolution

    def _overdue(self, row: DeadlineRow, facts: Facts, awaited: tuple[Seat, ...]) -> OverdueLine:
        process = self.definitions.version(row.version)
        asked, past = row.deadline.asked, row.deadline.due < facts.now
        calendar = facts.calendars.get("", asked or row.unit)
        far = calendar.count(calendar.day_of(row.deadline.due, ends=True), facts.today)
        persons = [facts.unit_title(asked)] if asked else [facts.person_title(one) for one in holders(awaited, facts)]
        return OverdueLine(
            case=row.case,
            title=row.title,
            state_title=process.state_of[row.state].title.to(self.language),
            unit=row.unit,
            on=words.on_text(process, row.deadline, facts),
            asked=asked,
            due=row.deadline.due,
            late_days=max(far, 0) if past else 0,
            awaited=tuple(persons),
            overdue=past,
            days_left=0 if past else max(-far, 0),
        )

    # ---- the weeks to come ----

    def forecast(self, *, actor: str, weeks: int = 4) -> Forecast:
        """How many open deadlines fall due on each day of the weeks to come, today included, and how many are past: by the
        unit that was asked, else the one that keeps the case. Raises WrongValue.
        """
        if not 1 <= weeks <= MOST_WEEKS:
            raise WrongValue(field="weeks", value=weeks, expected="between 1 and {most}", most=MOST_WEEKS)
        facts = self._facts_for(actor)
        days = facts.calendars.default
        last = facts.today + timedelta(days=7 * weeks - 1)
        until = days.at(last + timedelta(days=1), 0) + timedelta.resolution
        found: Counter[tuple[str, date]] = Counter()
        past: Counter[str] = Counter()
        for row in self.store.overdue(until, self._viewer(actor, facts), MOST_DUE):
            unit = row.deadline.asked if row.deadline.asked in facts.organisation.units else row.unit
            if row.deadline.due < facts.now:
                past[unit] += 1
            else:
                found[unit, days.day_of(row.deadline.due, ends=True)] += 1
        units = sorted({unit for unit, _ in found} | set(past), key=list(facts.organisation.units).index)
        dates = [facts.today + timedelta(days=far) for far in range(7 * weeks)]
        return Forecast(
            first=facts.today,
            last=last,
            units=tuple(ForecastUnit(unit=unit, title=facts.unit_title(unit), overdue=past[unit]) for unit in units),
            days=tuple(self._day(day, days, [found[unit, day] for unit in units]) for day in dates),
        )

    def _day(self, day: date, days: Calendar, counts: list[int]) -> ForecastDay:
        why = days.why_off(day, self.language)
        return ForecastDay(day=day, works=why is None, why=why[0] if why else "", counts=tuple(counts), total=sum(counts))

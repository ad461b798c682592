"""The ledger of a deadline that is counted in hours and was stopped or extended: each day with the time used by its end."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct, field

from workflow.answers import LedgerLine
from workflow.calendar import Calendar
from workflow.calendar.days import MIDNIGHT
from workflow.calendar.ledger import COUNTED, DAY_OFF, NOT_COUNTED, off_text, total_text
from workflow.engine import deadlines as dl
from workflow.engine.deadlines import WORKING
from workflow.engine.moments import When, measure_of
from workflow.language.process import Due
from workflow.model import ClockEvent, Deadline, Happening, Unit
from workflow.phrases import phrase

_NONE = timedelta()


class _Still(Struct, frozen=True, kw_only=True):
    """A time in which the clock stood still, and by what."""

    first: datetime
    last: datetime
    why: str


class _Used(Struct, kw_only=True):
    """The time between the start and the due that is the deadline's own."""

    days: Calendar
    unit: Unit
    start: datetime
    due: datetime
    still: list[_Still] = field(default_factory=list)
    extended: list[tuple[datetime, str]] = field(default_factory=list)
    """The dues before each extension, and what extended them."""

    def measure(self, first: datetime, last: datetime) -> timedelta:
        if last <= first:
            return _NONE
        return self.days.elapsed(first, last) if self.unit in WORKING else last - first

    def stood(self, first: datetime, last: datetime) -> timedelta:
        """How much of the time between two instants the clock stood still."""
        return sum((self.measure(max(first, one.first), min(last, one.last)) for one in self.still), _NONE)

    def by(self, at: datetime) -> timedelta:
        """What was used by an instant; time that stood still before the count began puts its beginning off."""
        begins = min([self.start, *(one.first for one in self.still)])
        return max(self.measure(self.start, at) - self.stood(begins, at), _NONE)


def hours(
    rule: Due,
    deadline: Deadline,
    at: When,
    times: tuple[datetime, datetime],
    named: Callable[[Happening], str],
    until: datetime,
) -> list[LedgerLine]:
    """A line a day. `times`: where the rule begins to count, and the due that it gives before anything happened."""
    language = at.facts.language
    used = _Used(days=at.days, unit=measure_of(rule.at, at)[0], start=times[0], due=times[1])
    still: Happening | None = None
    for event, due in dl.course(rule, deadline, at, times[1]):
        if event.what is ClockEvent.STOPPED:
            still = event
        elif event.what is ClockEvent.RESUMED and still is not None:
            if used.due > still.at:
                used.still.append(_Still(first=still.at, last=event.at, why=phrase("stopped by {act}", language, act=named(still))))
            still = None
        elif event.what is ClockEvent.EXTENDED:
            why = phrase("extended by {amount}: {act}", language, amount=event.amount, act=named(event))
            used.extended.append((used.due, why))
        used.due = due
    if still is not None and used.due > still.at:
        used.still.append(_Still(first=still.at, last=until, why=phrase("stopped by {act}", language, act=named(still))))
        used.due = until
    return list(_lines(used, language))


def _lines(used: _Used, language: str) -> Iterator[LedgerLine]:
    first = used.days.day_of(min([used.start, *(one.first for one in used.still)]))
    last = used.days.day_of(used.due, ends=True)
    before = _NONE
    for far in range(max((last - first).days, 0) + 1):
        day = first + timedelta(days=far)
        begins, ends = used.days.at(day, 0), min(used.days.at(day, MIDNIGHT), used.due)
        total = used.by(ends)
        yield LedgerLine(
            day=day.isoformat(),
            counts=_counts(used, (begins, ends), total - before, language, day),
            why=_why(used, (begins, used.days.at(day, MIDNIGHT)), language, day, counted=total > before),
            total=total_text(total, Unit.MINUTES if used.unit is Unit.MINUTES else Unit.HOURS),
        )
        before = total


def _counts(used: _Used, span: tuple[datetime, datetime], counted: timedelta, language: str, day: date) -> str:
    if counted > _NONE:
        return "extended" if any(due <= span[0] for due, _ in used.extended) else COUNTED
    if any(one.first < span[1] and one.last > span[0] for one in used.still):
        return "stopped"
    return DAY_OFF if used.unit in WORKING and off_text(used.days, day, language) else NOT_COUNTED


def _why(used: _Used, span: tuple[datetime, datetime], language: str, day: date, *, counted: bool) -> str:
    """What stopped or extended it on this day; else why nothing counts."""
    acts = [one.why for one in used.still if one.first < span[1] and one.last > span[0]]
    acts += [why for due, why in used.extended if span[0] < due <= span[1]] or ([why for due, why in used.extended if due <= span[0]][-1:])
    off = off_text(used.days, day, language) if used.unit in WORKING else ""
    none = "" if counted or off or acts else phrase("no working time between these instants", language)
    return "; ".join(filter(None, (off, *acts, none)))

"""What a calendar lacks: years ahead without the holidays of the law, days without a decision, and where it differs from
a public list. A finding is a thing to look at, not a verdict: the list misses late swaps, and decisions come late.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from workflow.answers import Finding
from workflow.authoring.known_holidays import HUNG, TET, Known, known
from workflow.calendar import Calendar, Calendars, Special
from workflow.errors import WrongValue
from workflow.phrases import phrase

GAP, DECISION, DIFFERS = "gap", "decision", "differs"

FIXED = {(1, 1): "Tết Dương lịch", (4, 30): "Ngày Chiến thắng", (5, 1): "Quốc tế Lao động", (9, 2): "Quốc khánh"}
"""The holidays of the Labour Code 2019, art. 112, that bear a date of the sun's year."""
TET_DAYS = 5
"""The days off at Tết, by the same article; the decision of the year says which."""
_TET_WINDOW = range(-6, 9)
_DAY = timedelta(days=1)

List = Callable[[int], Known]
"""A year of a public list."""


class Checked(Struct, frozen=True, kw_only=True):
    """What is looked at: the calendars from `today`'s year to `last`, and the public list of the country (None: no list)."""

    calendars: Calendars
    today: date
    last: int
    listed: List | None
    vietnamese: bool
    """Whether the holidays of the Vietnamese Labour Code are expected."""
    language: str

    def find(self, level: str, what: str, template: str, hint: str = "", **facts: object) -> Finding:
        """One finding, in the office's language."""
        said = phrase(template, self.language, **facts)
        return Finding(level=level, what=what, message=said, hint=phrase(hint, self.language) if hint else "")


VIETNAM = "VN"
COUNTRIES = {"Asia/Ho_Chi_Minh": VIETNAM}
"""Zone → the country whose public list is looked at, unless another is named."""
_FURTHEST = 20


def checked_by(calendars: Calendars, today: date, last: int, country: str, language: str) -> Checked:
    """The calendars, to be checked by the list of a country ('' = the zone's). Raises WrongValue."""
    if not today.year <= last <= today.year + _FURTHEST:
        raise WrongValue(
            field="until", value=str(last), expected="a year from {first} to {last}", first=today.year, last=today.year + _FURTHEST
        )
    country = country.upper() or COUNTRIES.get(calendars.default.zone, "")
    listed = (lambda year: known(country, year, language)) if country else None
    return Checked(calendars=calendars, today=today, last=last, listed=listed, vietnamese=country == VIETNAM, language=language)


def check_calendars(checked: Checked) -> list[Finding]:
    """All that is to be told: of each calendar its gaps, of the office's also the decisions and the differences."""
    found: list[Finding] = []
    office = checked.calendars.default
    for year in range(checked.today.year, checked.last + 1):
        listed = checked.listed(year) if checked.listed is not None else Known(off={})
        found += _gaps(checked, office, year, listed)
        for name, calendar in sorted(checked.calendars.named.items()):
            if not calendar.covers(year) and office.covers(year):
                template = "the calendar '{name}' knows no holidays of {year}"
                found.append(checked.find("warning", GAP, template, "Write 'like: office' into it.", name=name, year=year))
        found += _undecided(checked, office, year)
        found += _differences(checked, office, year, listed) if office.covers(year) else []
    return found


# ---- what is not there yet -------------------------------------------------------------------------------------------

_ADD = "Add it to definitions/calendar.yaml with the decision's number, then: hoso calendar apply"


def _gaps(checked: Checked, calendar: Calendar, year: int, listed: Known) -> Iterator[Finding]:
    """Holidays that the law names and the calendar works on. This year's are errors: deadlines are being counted wrongly."""
    level = "error" if year == checked.today.year else "warning"
    if not calendar.covers(year):
        yield checked.find(level, GAP, "the calendar knows no holidays of {year}", _ADD, year=year)
        return
    if not checked.vietnamese:
        return
    for day, holiday in _expected(year, listed).items():
        if calendar.is_working(day):
            yield checked.find(level, GAP, "{year} has no {holiday} yet ({day} is worked)", _ADD, year=year, holiday=holiday, day=_day(day))
    yield from _short_tet(checked, calendar, level, listed)
    beside = [date(year, 9, 1), date(year, 9, 3)]
    if not any(_is_off(calendar, day) for day in beside):
        yield checked.find(level, GAP, "{year} has no day beside 2 September yet (1 or 3 September)", _ADD, year=year)


def _expected(year: int, listed: Known) -> dict[date, str]:
    moving = {listed.moving[key]: name for key, name in ((TET, "Tết Nguyên đán"), (HUNG, "Giỗ Tổ Hùng Vương")) if key in listed.moving}
    return dict(sorted(({date(year, month, day): name for (month, day), name in FIXED.items()} | moving).items()))


def _short_tet(checked: Checked, calendar: Calendar, level: str, listed: Known) -> Iterator[Finding]:
    first = listed.moving.get(TET)
    if first is None or calendar.is_working(first):
        return
    off = [day for far in _TET_WINDOW if _is_off(calendar, day := first + far * _DAY)]
    if len(off) < TET_DAYS:
        template = "Tết {year} has only {count} of {days} days off"
        yield checked.find(level, GAP, template, _ADD, year=first.year, count=len(off), days=TET_DAYS)


def _is_off(calendar: Calendar, day: date) -> bool:
    """Whether the file itself names the day as off (a weekend alone is no holiday)."""
    special = calendar.special_of(day)
    return special is not None and not special.spans


# ---- by which decision -----------------------------------------------------------------------------------------------


def _undecided(checked: Checked, calendar: Calendar, year: int) -> Iterator[Finding]:
    """Days still to come that name no decision: what is only planned, or was not looked up."""
    bare = [one for one in calendar.special if one.on.year == year and one.on >= checked.today and not one.by]
    for title, days in _runs({one.on: one.title for one in bare}):
        template = "{days} ({title}) names no decision"
        yield checked.find("warning", DECISION, template, "Write its number into 'by:' once it is there.", days=days, title=title)


# ---- against a public list -------------------------------------------------------------------------------------------


def _differences(checked: Checked, calendar: Calendar, year: int, listed: Known) -> Iterator[Finding]:
    if checked.listed is None:
        return
    gaps = _expected(year, listed) if checked.vietnamese else {}
    missing = {day: name for day, name in listed.off.items() if calendar.is_working(day) and day not in gaps}
    yield from _told(checked, "warning", "{days}: off by the public list ({title}), worked by the calendar", missing)
    unworked = {day: why for day in sorted(listed.worked) if not calendar.is_working(day) and (why := _why(calendar, day))}
    yield from _told(checked, "warning", "{days}: worked by the public list, off by the calendar ({title})", unworked)
    own = [one for one in calendar.special if one.on.year == year]
    more = {one.on: one.title for one in own if _takes(calendar, one) and one.on not in listed.off}
    yield from _told(checked, "info", "{days}: off by the calendar ({title}), not in the public list", more)
    made_up = {one.on: one.title for one in own if one.spans and not calendar.week[one.on.weekday()] and one.on not in listed.worked}
    yield from _told(checked, "info", "{days}: worked by the calendar ({title}), not in the public list", made_up)


def _takes(calendar: Calendar, special: Special) -> bool:
    """Whether the day takes a working day away."""
    return not special.spans and bool(calendar.week[special.on.weekday()])


def _why(calendar: Calendar, day: date) -> str:
    found = calendar.why_off(day)
    return found[0] if found else ""


def _told(checked: Checked, level: str, template: str, days: Mapping[date, str]) -> Iterator[Finding]:
    for title, run in _runs(days):
        yield checked.find(level, DIFFERS, template, days=run, title=title)


def _runs(days: Mapping[date, str]) -> Iterator[tuple[str, str]]:
    """(title, "04/02/2027–05/02/2027") of days of one title that follow each other."""
    run: list[date] = []
    for day in (*sorted(days), None):
        if run and (day is None or days[day] != days[run[0]] or day - run[-1] > _DAY):
            yield days[run[0]], _span(run)
            run = []
        run += [day] if day is not None else []


def _span(days: Iterable[date]) -> str:
    first, *rest = days
    return f"{_day(first)}–{_day(rest[-1])}" if rest else _day(first)


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")

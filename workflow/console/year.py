"""A year of the calendar at a glance: a line a month, a sign a day, then the days that differ from their week."""

from collections import Counter
from collections.abc import Iterator, Sequence

from workflow.answers import CalendarDay
from workflow.console.look import Look
from workflow.console.table import table

WORKED, OFF, HOLIDAY, OTHER = "·", "-", "N", "+"
"""A day as usual; off by the week; off by a holiday or a decision; worked for other hours than its weekday, or off in the week."""
_WEEKEND = 5


def year_lines(days: Sequence[CalendarDay], look: Look) -> Iterator[str]:
    """The months with their working days, the year's sum, and each day that is not as its weekday is."""
    usual = _usual(days)
    months = [[one for one in days if one.day.month == month] for month in range(1, 13)]
    heads = [look.say("Month"), "".join(str(number % 10) for number in range(1, 32)), look.say("Working days")]
    rows = [(f"{at:02}", "".join(_sign(one, usual) for one in month), _worked(month)) for at, month in enumerate(months, start=1)]
    yield from table(heads, [*rows, (look.say("Together"), "", _worked(days))], look)
    yield look.say("{worked} worked  {off} off by the week  {holiday} day off  {other} other hours", **_signs())
    different = [one for one in days if _sign(one, usual) in {HOLIDAY, OTHER}]
    if different:
        yield ""
        told = [(one.day.strftime("%d/%m/%Y"), ", ".join(one.hours) or look.say("day off"), one.why, one.by) for one in different]
        yield from table([look.say(word) for word in ("Day", "Working hours", "Why", "By decision")], told, look)


def _signs() -> dict[str, str]:
    return {"worked": WORKED, "off": OFF, "holiday": HOLIDAY, "other": OTHER}


def _usual(days: Sequence[CalendarDay]) -> dict[int, tuple[str, ...]]:
    """Weekday → the hours that most of them have."""
    return {weekday: Counter(one.hours for one in days if one.day.weekday() == weekday).most_common(1)[0][0] for weekday in range(7)}


def _sign(one: CalendarDay, usual: dict[int, tuple[str, ...]]) -> str:
    as_usual = one.hours == usual[one.day.weekday()]
    if one.hours:
        return WORKED if as_usual else OTHER
    return HOLIDAY if one.by or not as_usual else OFF


def _worked(days: Sequence[CalendarDay]) -> int:
    return sum(bool(one.hours) for one in days)

"""MOMENT, AMOUNT and POINT: how a clerk writes times → what they mean.

    MOMENT   [AMOUNT after|before] POINT; a bare AMOUNT counts from entry
    AMOUNT   [exactly] N|fields.x working days|working hours|days|weeks|months|years|hours|minutes [by CALENDAR]; in a ladder also N%
    POINT    entry | open | last act | due | an action | fields.x | 20 December [08:00] | day 5 | Monday | end of quarter

Where an action bears a word of this list as its name, the word wins; `actions` are looked up last.
"""

import re
from collections.abc import Collection
from datetime import date, time

from msgspec import Struct
from msgspec.structs import replace

from workflow.authoring import problems as p
from workflow.authoring.parse_expression import NotAllowed, parse_expression
from workflow.errors import nearest
from workflow.language.process import Amount, Moment, Point, PointKind, Unit

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PERIODS = ("week", "month", "quarter", "year")
MAX_NUMBER = 10_000
UNITS = {unit.value: unit for unit in Unit if unit is not Unit.PERCENT}
UNITS |= {name.removesuffix("s"): unit for name, unit in UNITS.items()}

_LEAP_YEAR = 2024
_FIELD = r"fields(?:\.[a-z][a-z0-9_]*|\['[^']+'\])"
_SPLIT = re.compile(r"(?P<amount>.+?)\s+(?P<way>before|after)\s+(?P<point>.+)", re.DOTALL)
_AMOUNT = re.compile(rf"(?P<exactly>exactly\s+)?(?:(?P<number>-?[0-9]{{1,9}})\s*|(?P<value>{_FIELD})\s+)(?P<unit>%|[^\W\d][\w ]*)")
_BY = re.compile(r"(?P<amount>.+?)\s+by\s+(?P<calendar>\S+)", re.DOTALL)
_VALUE = re.compile(_FIELD)
_HOUR = re.compile(r"(?P<rest>.+?)\s+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_YEARLY = re.compile(rf"(?P<day>[0-9]{{1,2}})\s+(?P<month>{'|'.join(MONTHS)})")
_MONTHLY = re.compile(r"day\s+(?P<day>[0-9]{1,2})")
_END_OF = re.compile(r"end\s+of\s+(?P<period>\w+)")
_WORDS = {"entry": PointKind.ENTRY, "open": PointKind.OPEN, "last act": PointKind.LAST_ACT, "due": PointKind.DUE}


class Where(Struct, frozen=True, kw_only=True):
    """What may be named: the process's `actions`; `ladder` allows `due` and a share in %."""

    actions: Collection[str] = ()
    ladder: bool = False


def parse_moment(text: str, where: Where) -> Moment:
    """A moment written as one text. Raises NotAllowed."""
    source = " ".join(text.split())
    if found := _SPLIT.fullmatch(source):
        amount, point = parse_amount(found["amount"], where), parse_point(found["point"], where)
        return Moment(point=point, amount=amount, before=found["way"] == "before", source=source)
    if (bare := _AMOUNT.fullmatch(_by(source)[0])) and not _names_month(bare["unit"]):
        return Moment(point=Point(kind=PointKind.ENTRY), amount=parse_amount(source, where), source=source)
    return Moment(point=parse_point(source, where), source=source)


def _names_month(word: str) -> bool:
    """Whether what looks like a unit of time is a month (or nearly one), as in `20 December`."""
    return word not in UNITS and nearest(word.split(maxsplit=1)[0].capitalize(), MONTHS) is not None


def parse_amount(text: str, where: Where) -> Amount:
    """An amount of time. Raises NotAllowed."""
    amount, calendar = _by(" ".join(text.split()))
    found = _AMOUNT.fullmatch(amount)
    if found is None:
        raise NotAllowed(p.AMOUNT, text=text)
    unit = _unit(" ".join(found["unit"].split()), where)
    if unit is Unit.PERCENT and calendar:
        raise NotAllowed(p.AMOUNT, text=text)
    value = parse_expression(found["value"]) if found["value"] else None
    number = int(found["number"]) if found["number"] else None
    if number is not None and abs(number) > MAX_NUMBER:
        raise NotAllowed(p.AMOUNT, text=text)
    return Amount(unit=unit, number=number, value=value, exactly=bool(found["exactly"]), calendar=calendar)


def _by(text: str) -> tuple[str, str]:
    """An amount and the calendar that it names; '' = none."""
    found = _BY.fullmatch(text)
    return (found["amount"], found["calendar"]) if found else (text, "")


def _unit(word: str, where: Where) -> Unit:
    if word == Unit.PERCENT.value:
        if not where.ladder:
            raise NotAllowed(p.PERCENT_HERE)
        return Unit.PERCENT
    if word not in UNITS:
        raise NotAllowed(p.UNIT_OF_TIME, word=word, words=[unit.value for unit in Unit])
    return UNITS[word]


def parse_point(text: str, where: Where) -> Point:
    """A point in time. Raises NotAllowed."""
    if text in _WORDS:
        if text == PointKind.DUE.value and not where.ladder:
            raise NotAllowed(p.DUE_HERE)
        return Point(kind=_WORDS[text])
    if _VALUE.fullmatch(text):
        return Point(kind=PointKind.VALUE, value=parse_expression(text))
    if (hour := _HOUR.fullmatch(text)) and (point := _calendar(hour["rest"])):
        return replace(point, at=_time(hour["hour"], hour["minute"], text))
    if point := _calendar(text):
        return point
    if text in where.actions:
        return Point(kind=PointKind.ACTION, name=text)
    raise _unknown(text, where)


def _calendar(text: str) -> Point | None:
    """A point of the calendar, if the text is one."""
    if text in WEEKDAYS:
        return Point(kind=PointKind.WEEKLY, day=WEEKDAYS.index(text) + 1)
    if found := _YEARLY.fullmatch(text):
        month = MONTHS.index(found["month"]) + 1
        return Point(kind=PointKind.YEARLY, month=month, day=_day(int(found["day"]), month, text))
    if found := _MONTHLY.fullmatch(text):
        return Point(kind=PointKind.MONTHLY, day=_day(int(found["day"]), 1, text))
    if found := _END_OF.fullmatch(text):
        if found["period"] not in PERIODS:
            raise NotAllowed(p.POINT, word=text, words=[f"end of {period}" for period in PERIODS])
        return Point(kind=PointKind.END_OF, name=found["period"])
    return None


def _day(day: int, month: int, text: str) -> int:
    try:
        return date(_LEAP_YEAR, month, day).day
    except ValueError:
        raise NotAllowed(p.NO_DAY, text=text) from None


def _time(hour: str, minute: str, text: str) -> time:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise NotAllowed(p.NO_DAY, text=text) from None


def _unknown(text: str, where: Where) -> NotAllowed:
    """A wrong word where a single word stands; otherwise no time at all."""
    words = [*_WORDS, *where.actions, *WEEKDAYS, *(f"end of {period}" for period in PERIODS)]
    month = next((near for word in text.split() if (near := nearest(word.capitalize(), MONTHS))), None)
    if month and text[0].isdigit():
        return NotAllowed(p.POINT, word=text, words=[f"{text.split(maxsplit=1)[0]} {month}"])
    if nearest(text, words) or re.fullmatch(r"\w+", text):
        return NotAllowed(p.POINT, word=text, words=words)
    return NotAllowed(p.MOMENT, text=text)

"""Amounts of time as people write them, and moving a date by them without regard to days off."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from workflow.errors import WrongValue, nearest
from workflow.model import Unit

_AMOUNT = re.compile(r"([-+]?[0-9]{1,6}) +(\D+)")
_WORDS = {unit.value: unit for unit in Unit if unit is not Unit.PERCENT} | {
    unit.value.removesuffix("s"): unit for unit in Unit if unit is not Unit.PERCENT
}
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}

PLAIN_DAYS = frozenset(_DAYS) | frozenset(_MONTHS)
"""The units that count every day, working or not."""


@lru_cache(maxsize=1024)
def parse_amount(text: str) -> tuple[int, Unit]:
    """The amount that a text means: "5 working days" → (5, Unit.WORKING_DAYS). "1 day" will do; a negative number counts back.

    Raises WrongValue, with the nearest right unit, for anything else.
    """
    found = _AMOUNT.fullmatch(text.strip())
    unit = _WORDS.get(" ".join(found[2].split())) if found else None
    if found is None or unit is None:
        near = nearest(found[2], _WORDS) if found else None
        meant = f"{found[1]} {near}" if found and near else "5 working days"
        raise WrongValue(field="amount", value=text, expected="an amount of time such as '{meant}'", meant=meant)
    return int(found[1]), unit


def parse_amount_by(text: str) -> tuple[int, Unit, str]:
    """An amount and the calendar that it is counted by: "5 working days by court" → (5, Unit.WORKING_DAYS, "court"); ""
    where none is named. Raises WrongValue.
    """
    amount, _, calendar = text.partition(" by ")
    return *parse_amount(amount), calendar.strip()


def move(day: date, number: int, unit: Unit) -> date:
    """The date so many days, weeks, months or years on; a month without that day gives its last one (Civil Code art. 148.3).

    Raises WrongValue when it leaves the years that dates can hold.
    """
    try:
        if unit in _DAYS:
            return day + timedelta(days=number * _DAYS[unit])
        return _months(day, number * _MONTHS[unit])
    except (OverflowError, ValueError):
        raise out_of_years(f"{day} {number:+} {unit.value}") from None


def _months(day: date, number: int) -> date:
    years, month = divmod(day.month - 1 + number, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def out_of_years(value: object) -> WrongValue:
    """The error about a time that no calendar reaches."""
    return WrongValue(field="date", value=str(value), expected="between the years 1900 and 2500")

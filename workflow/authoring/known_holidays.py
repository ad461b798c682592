"""What the `holidays` package knows of a country's days off: a list to check a calendar by, not to trust.

It is slow to import, so only `hoso calendar check` comes here.
"""

from collections.abc import Mapping
from datetime import date

import holidays
from msgspec import Struct, field

from workflow.errors import WrongValue

TET, HUNG = "Lunar New Year", "Hung Kings' Commemoration Day"
"""What the package calls, in English, the first day of Tết and the 10th of the third lunar month."""


class Known(Struct, frozen=True, kw_only=True):
    """One year as somebody else knows it: its days off with their names, and days off that are made up for by work."""

    off: Mapping[date, str]
    worked: frozenset[date] = frozenset()
    moving: Mapping[str, date] = field(default_factory=dict)
    """`TET`, `HUNG` → the day that it falls on, by the moon."""


def known(country: str, year: int, language: str) -> Known:
    """A year of a country's public holidays, substitutions included. Raises WrongValue for a country that the package lacks."""
    try:
        listed = holidays.country_holidays(country, years=year, language=language)
    except NotImplementedError:
        raise WrongValue(field="country", value=country, expected="a country's code such as VN or DE") from None
    english = holidays.country_holidays(country, years=year, language="en_US")
    moving = {name: day for day, named in english.items() for name in named.split("; ") if name in {TET, HUNG}}
    worked = frozenset(day for day in listed.weekend_workdays if day.year == year)
    return Known(off={day: name for day, name in sorted(listed.items()) if day.year == year}, worked=worked, moving=moving)

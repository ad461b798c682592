"""How long cases are kept: `N years` after the year in which they were closed, or `permanent`."""

import re
from collections.abc import Iterable
from datetime import date

PERMANENT = "permanent"
_YEARS = re.compile(r"([1-9][0-9]?) years?")
"""As archives' tables have it: a number of years (up to 70 there), or for ever."""


def is_retention(text: str) -> bool:
    """Whether it says how long something is kept."""
    return text == PERMANENT or _YEARS.fullmatch(text) is not None


def years_of(text: str) -> int | None:
    """The years; None for ever, and for what says nothing."""
    found = _YEARS.fullmatch(text)
    return int(found[1]) if found else None


def longest(said: Iterable[str]) -> str:
    """The longest of several; '' if none says anything."""
    found = [one for one in said if one]
    return PERMANENT if PERMANENT in found else max(found, key=lambda one: years_of(one) or 0, default="")


def kept_until(text: str, closed: date) -> date | None:
    """The last day on which a case that was closed on a day is kept; None for ever, and for what says nothing. Years are counted
    as archives count them: from the end of the year in which the work ended.
    """
    years = years_of(text)
    return None if years is None else date(closed.year + years, 12, 31)

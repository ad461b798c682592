"""The programme that an office works under, as data: what it owes, by when each year, and which cases show that it was done.

A pure reckoning: who looks and where cases are kept is the office's to know. The words are those of docs/glossary.md.
"""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from workflow.plain import canonical, digest, to_plain

EVER = "ever"
"""In place of a field's name: what was done in an earlier year holds on, for as long as its case stands so."""


class Owed(Enum):
    """When an obligation is owed."""

    YEARLY = "yearly"
    FIRST_YEAR = "first year"
    LAST_YEAR = "last year"
    OCCASION = "occasion"
    """Whenever there is cause: a year without a case owes nothing."""


class Standing(Enum):
    """How an obligation stands in a year."""

    MET = "met"
    UNDER_WAY = "under way"
    LATE = "late"
    NOT_BEGUN = "not begun"
    NO_OCCASION = "no occasion"


class Evidence(Struct, frozen=True, kw_only=True):
    """Cases that show an obligation: those of a process whose fields are `when`; `met` are the states that fulfil it.

    `year` is the field that says which year a case is about; '' = the year in which it was opened, EVER = that or one before.
    """

    process: str
    met: tuple[str, ...]
    when: tuple[tuple[str, Any], ...] = ()
    year: str = ""


class Obligation(Struct, frozen=True, kw_only=True):
    """One thing that the programme asks for. `day` and `month` are its yearly term; `count` cases must have met it."""

    key: str
    title: str
    article: str
    text: str = ""
    who: tuple[str, ...]
    cases: tuple[Evidence, ...]
    owed: Owed = Owed.YEARLY
    day: int = 31
    month: int = 12
    basis: str = ""
    count: int = 1

    def by(self, year: int) -> date:
        """The last day on which it is in time, before days off are thought of; 29 February of a common year is its 28th."""
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, self.month, min(self.day, 29 if leap else 28) if self.month == 2 else self.day)  # noqa: PLR2004  February


class Programme(Struct, frozen=True, kw_only=True, dict=True):
    """A programme of some years: `since` and `until` are its first and last."""

    title: str
    since: int
    until: int
    by: str = ""
    obligations: tuple[Obligation, ...] = field(default=())

    def owed_in(self, year: int) -> tuple[Obligation, ...]:
        """What it asks for in a year: nothing before it began or after it ended."""
        ends = {Owed.FIRST_YEAR: self.since, Owed.LAST_YEAR: self.until}
        return tuple(one for one in self.obligations if self.since <= year <= self.until and ends.get(one.owed, year) == year)

    @cached_property
    def version(self) -> str:
        """The hash of its meaning."""
        return digest(canonical(to_plain(self)))


class Shown(Struct, frozen=True, kw_only=True):
    """What a case shows of an obligation: whether it fulfils it, is still open, is late with something."""

    met: bool
    open: bool
    late: bool


def standing(obligation: Obligation, cases: Sequence[Shown], *, due: date, today: date) -> Standing:
    """How an obligation stands. A case that ended otherwise (cancelled, handed on) shows nothing.

    What is owed on occasion is late when one of its cases is; anything else when its term `due` is past and too few have met it.
    """
    done, running = sum(one.met for one in cases), [one for one in cases if one.open and not one.met]
    if obligation.owed is Owed.OCCASION:
        return _on_occasion(done, running)
    if done >= obligation.count:
        return Standing.MET
    if today > due:
        return Standing.LATE
    return Standing.UNDER_WAY if done or running else Standing.NOT_BEGUN


def _on_occasion(done: int, running: Sequence[Shown]) -> Standing:
    if running:
        return Standing.LATE if any(one.late for one in running) else Standing.UNDER_WAY
    return Standing.MET if done else Standing.NO_OCCASION

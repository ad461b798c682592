"""Answers of reports."""

from datetime import date, datetime

from msgspec import Struct


class ResponsibilityDay(Struct, frozen=True, kw_only=True):
    """One working day of a case and the unit that it is put on."""

    day: date
    unit: str
    unit_title: str
    state: str
    state_title: str
    why: str
    """act | reply | keeper: what the unit was awaited for (keeper: nobody in particular was)."""
    late: bool
    """Whether what it owed was past its due already."""


class ResponsibilityShare(Struct, frozen=True, kw_only=True):
    """What was one unit's: in how many cases, how many working days, how many of them late."""

    unit: str
    unit_title: str
    cases: int
    days: int
    late: int


class CaseResponsibility(Struct, frozen=True, kw_only=True):
    """Whose days a case's were. `days` is its duration in working days: the sum of the shares, the number of the lines."""

    case: str
    title: str
    opened: datetime
    closed: datetime | None
    days: int
    shares: tuple[ResponsibilityShare, ...]
    lines: tuple[ResponsibilityDay, ...]


class Responsibility(Struct, frozen=True, kw_only=True):
    """Whose working days between two days, both included, all cases' were."""

    since: date
    until: date
    cases: int
    days: int
    shares: tuple[ResponsibilityShare, ...]


class ForecastUnit(Struct, frozen=True, kw_only=True):
    """A unit of a forecast, and how many of its deadlines are past already."""

    unit: str
    title: str
    overdue: int


class ForecastDay(Struct, frozen=True, kw_only=True):
    """What falls due on a day: of each unit of the forecast, in its order, and together."""

    day: date
    works: bool
    why: str
    """Why it is a day off."""
    counts: tuple[int, ...]
    total: int


class Forecast(Struct, frozen=True, kw_only=True):
    """What falls due between two days, both included."""

    first: date
    last: date
    units: tuple[ForecastUnit, ...]
    days: tuple[ForecastDay, ...]

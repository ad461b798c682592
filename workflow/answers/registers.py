"""Registers as people see them."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field


class RegisterShown(Struct, frozen=True, kw_only=True):
    """One register, or one volume of it. `columns`: key → heading; each of `rows` has a text for each column."""

    kind: str
    """outgoing | incoming | follow-up | contents."""
    title: str
    body: str
    body_title: str
    year: str
    """The year, or the term's name."""
    first_day: str
    last_day: str
    first_number: str
    last_number: str
    volume: int
    volumes: int
    columns: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()


class IncomingShown(Struct, frozen=True, kw_only=True):
    """A paper that came in, as it was registered. `warnings`: that it came before, in words."""

    body: str
    number: int
    year: int
    arrived: datetime
    author: str
    symbol: str
    dated: date | None
    title: str
    to: str
    due: date | None
    progress: str
    answer: str
    case: str
    secret: bool
    note: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Name → content hash."""
    warnings: tuple[str, ...] = ()
    repeated: bool = False
    """This request was done before: nothing happened now."""


class ReservedShown(Struct, frozen=True, kw_only=True):
    """Numbers of a series that were reserved for papers written elsewhere; or the one that was entered."""

    series: str
    numbers: tuple[int, ...]
    note: str
    repeated: bool = False


class SeriesShown(Struct, frozen=True, kw_only=True):
    """One series: what it gave, and whether it is closed."""

    series: str
    body: str
    type: str
    period: str
    last: int
    closed: bool
    """Certified as closed."""
    over: bool
    """Its body ended or its period is over, so that it can be closed."""
    last_day: str = ""
    """The day of its last paper."""


class SeriesClosed(Struct, frozen=True, kw_only=True):
    """The certificate of a body's closed series, and its files by kind."""

    body: str
    body_title: str
    on: date
    series: tuple[SeriesShown, ...]
    text: str
    repeated: bool = False

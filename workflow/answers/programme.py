"""What `hoso programme` answers: each obligation of a year, how it stands, and the cases behind it."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct


class ObligationCase(Struct, frozen=True, kw_only=True):
    """One case behind an obligation. `met`: it fulfils it; `late`: it is open, and a deadline of it is past."""

    number: str
    process: str
    title: str
    state: str
    state_title: str
    opened: datetime
    outcome: str
    met: bool
    late: bool
    secret: bool


class ObligationShown(Struct, frozen=True, kw_only=True):
    """One obligation. `standing`: met, under way, late, not begun, no occasion; `due` is None where it is owed on occasion."""

    key: str
    title: str
    article: str
    text: str
    who: tuple[str, ...]
    owed: str
    due: date | None
    basis: str
    count: int
    standing: str
    cases: tuple[ObligationCase, ...]


class ProgrammeShown(Struct, frozen=True, kw_only=True):
    """The programme in one year, as the person who asks may see it. `standings`: how many obligations stand so."""

    title: str
    by: str
    year: int
    today: date
    standings: Mapping[str, int]
    obligations: tuple[ObligationShown, ...]

"""What is asked of a body's registers: papers that came in, numbers reserved for papers written elsewhere, series closed."""

from dataclasses import dataclass, field
from datetime import date

from workflow.model.asked import Attachment
from workflow.model.known import SeriesKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryAct:
    """What anybody does to the registers of a body; `request_id` makes it happen once."""

    body: str
    actor: str
    request_id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(RegistryAct):
    """Register a paper that came in. `to`: the unit or person that handles it; `secret`: seen by these and whoever keeps the registers."""

    author: str
    symbol: str
    dated: date | None
    title: str
    to: str = ""
    due: date | None = None
    case: str = ""
    secret: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(RegistryAct):
    """Say how the handling of a paper that came in goes on; what is left empty stays as it was."""

    number: int
    year: int
    to: str = ""
    due: date | None = None
    progress: str = ""
    answer: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve(RegistryAct):
    """Take the next numbers of a series for papers written outside of the program."""

    series: SeriesKey
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPaper(RegistryAct):
    """Enter the paper that bears a reserved number, once; or, `void`, say that none does."""

    series: SeriesKey
    number: int
    symbol: str = ""
    dated: date | None = None
    title: str = ""
    signer: str = ""
    recipients: str = ""
    archive: str = ""
    copies: int = 0
    void: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSeries(RegistryAct):
    """Certify that the series of a body that ended, or whose period is over, are closed at their last numbers."""

    last: tuple[tuple[SeriesKey, int], ...] = field(default=())

"""What is asked of a body's registers: papers that came in, numbers reserved for papers written elsewhere, series closed."""

from datetime import date

from msgspec import Struct, field

from workflow.model.asked import Attachment
from workflow.model.known import SeriesKey


class RegistryAct(Struct, frozen=True, gc=False, kw_only=True):
    """What anybody does to the registers of a body; `request_id` makes it happen once."""

    body: str
    actor: str
    request_id: str
    note: str = ""
    login: str = ""
    """The login that acted as the actor, where it is another person's; '' = the actor's own."""


class Receive(RegistryAct, frozen=True, kw_only=True):
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


class FollowUp(RegistryAct, frozen=True, kw_only=True):
    """Say how the handling of a paper that came in goes on; what is left empty stays as it was."""

    number: int
    year: int
    to: str = ""
    due: date | None = None
    progress: str = ""
    answer: str = ""
    case: str = ""


class Reserve(RegistryAct, frozen=True, kw_only=True):
    """Take the next numbers of a series for papers written outside of the program."""

    series: SeriesKey
    count: int = 1


class EnterPaper(RegistryAct, frozen=True, kw_only=True):
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


class CloseSeries(RegistryAct, frozen=True, kw_only=True):
    """Certify that the series of a body that ended, or whose period is over, are closed at their last numbers."""

    last: tuple[tuple[SeriesKey, int], ...] = field(default=())

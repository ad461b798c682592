"""What follows: a change, its parts, and the messages that are sent."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field

from workflow.model.known import Case, Deadline, Document, Draft, Entry, Notice, Seat, SeriesKey
from workflow.model.opinions import Opinion


class CasePart(Struct, frozen=True, gc=False, kw_only=True):
    """What a change does to one case. `before` None = it is opened. Deadlines, opinions and documents: only those
    that are new or different; `due`: of all its running deadlines, the earliest. `awaited` and `viewers` (of a secret
    case) replace what was stored. One without `drafts`
    changes nothing but the case's revision: what was decided hangs on it, so no other act may go in between.
    """

    before: Case | None
    case: Case
    drafts: tuple[Draft, ...]
    deadlines: tuple[Deadline, ...] = ()
    replaced: tuple[Deadline, ...] = ()
    """The deadlines of the same keys that are stored, as they were when it was decided; others are new."""
    due: datetime | None = None
    opinions: tuple[Opinion, ...] = ()
    documents: tuple[Document, ...] = ()
    notices: tuple[Notice, ...] = ()
    awaited: tuple[Seat, ...] = ()
    viewers: tuple[Seat, ...] = ()
    entries: tuple[Entry, ...] = ()
    """The drafts, sealed: filled after rendering."""


class NumberTaken(Struct, frozen=True, gc=False, kw_only=True):
    """A number of a series, given to a case or to one of its documents."""

    series: SeriesKey
    number: int
    case: str
    document: str = ""


class Change(Struct, frozen=True, gc=False, kw_only=True):
    """What one act does, decided before anything is written; one part a case."""

    request_id: str
    parts: tuple[CasePart, ...]
    numbers: tuple[NumberTaken, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Content hash → bytes: attachments and issued papers."""
    periodic: tuple[str, str] | None = None
    """(process, period) when the clock opens a periodic case."""
    supposes: int | None = None
    """The newest deployment that it was decided under, where that and its case were supposed (see `Beginning`): they must be so still."""
    disposes: str = ""
    """The decision by which the contents of the change's only case are removed."""


class Needs(Struct, frozen=True, gc=False, kw_only=True):
    """`decide` wants more facts; the office gets them and asks again: the next numbers of series, other cases (by
    number), the sub-cases of a case, the version in use of a process, the entries of a case, whose the working days between
    two days were, a kept version by its hash.
    """

    series: tuple[SeriesKey, ...] = ()
    cases: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()
    figures: tuple[tuple[date, date], ...] = ()
    registers: tuple[tuple[date, date], ...] = ()
    """Two days: what the registers of bodies say of the papers between them."""
    versions: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    """Cases: who was told what by which of their entries."""


class Message(Struct, frozen=True, gc=False, kw_only=True):
    """One e-mail to one person: a digest of notices, frozen when it is made; sent again as it is (law 3)."""

    id: str
    """The Message-ID's left part, stable."""
    person: str
    address: str
    subject: str
    text: str
    made: datetime
    tries: int = 0
    next_try: datetime | None = None
    state: str = "waiting"
    """waiting | sent | given up."""
    error: str = ""
    urgent: bool = False
    """It bears an urgent notice: delivered in quiet hours and on days off too."""

"""What is read: who looks, what for, and the lines of lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct, field

from workflow.model.case_file import CaseFile
from workflow.model.known import Deadline, Document, Entry, Notice, Seat, SeriesKey, Values


class Viewer(Struct, frozen=True, gc=False, kw_only=True):
    """Who looks: sees every case that is not secret, and those secret ones that one of `seats` takes part in.

    `seats` are the posts held today, and the person as `Seat(person=…)`; `lent` those stood in for, each with the
    principal: they are worth nothing in a case from which the principal withdrew. The operator's own tools (`verify`,
    `doctor`, the worker) look with `everything`.
    """

    person: str = ""
    seats: frozenset[Seat] = frozenset()
    lent: frozenset[tuple[Seat, str]] = frozenset()
    everything: bool = False


class CaseQuery(Struct, frozen=True, gc=False, kw_only=True):
    """Which cases to list; '' and None = all. `after` is the `cursor` of the last row of the page before."""

    process: str = ""
    state: str = ""
    unit: str = ""
    words: str = ""
    fields: Values = field(default_factory=dict)
    """Field → value, compared as text."""
    open_only: bool = True
    overdue_at: datetime | None = None
    """Only cases with an open deadline before this time."""
    awaited: bool = False
    """Only cases that wait for one of the viewer's seats (the inbox)."""
    tops: bool = False
    """Only cases that are no sub-cases."""
    after: str = ""
    limit: int = 50


class CaseRow(Struct, frozen=True, gc=False, kw_only=True):
    """One line of a list. `due` is its earliest running deadline, `asked` the units whose reply that is, if any."""

    number: str
    process: str
    version: str
    title: str
    state: str
    unit: str
    opened: datetime
    due: datetime | None
    outcome: str
    secret: bool
    cursor: str


class DeadlineRow(Struct, frozen=True, gc=False, kw_only=True):
    """One open deadline of one case, for `overdue`."""

    case: str
    title: str
    process: str
    version: str
    state: str
    unit: str
    deadline: Deadline


class NoticeRow(Struct, frozen=True, gc=False, kw_only=True):
    """One notice and how its delivery stands."""

    notice: Notice
    state: str
    """waiting | sent | given up."""
    message: str
    tries: int
    sent: datetime | None
    error: str


class NumberRow(Struct, frozen=True, gc=False, kw_only=True):
    """One number of a series, and the paper that bears it. No `case`: it was reserved for a paper written elsewhere."""

    series: SeriesKey
    number: int
    case: str
    document: Document | None
    secret: bool = False


class Beginning(Struct, frozen=True, gc=False, kw_only=True):
    """What an act begins with, all of one moment; that may be a past one, remembered: it `supposes` then that nothing was written since
    in the case, and nothing brought into use.
    """

    receipt: tuple[str, int] | None
    """(case number, seq of its last entry), if the request was done before."""
    used: Mapping[tuple[str, str], str]
    """(kind, key) → hash of the version in use."""
    file: CaseFile | None
    """The case, if there is one of this number."""
    childless: bool = False
    """The case is known to have no sub-cases."""
    supposes: int | None = None
    """The newest deployment of that moment: for the change that is decided (`Change.supposes`), whose commit finds out whether it is so
    still. A refusal finds out nothing, and must be decided anew on what is read. None: it was read.
    """


class Whole(NamedTuple):
    """What `verify` looks at of a case."""

    number: str
    file: CaseFile | None
    """None: the case is not there."""
    entries: Sequence[Entry]
    given: Sequence[tuple[SeriesKey, int, str]]
    """The numbers that were given for it, each with the paper's key ('' = the case's own)."""
    unlike: Sequence[str] = ()
    """Its rows that say something else than the values beside which they stand."""
    awaited: Sequence[Seat] = ()
    viewers: Sequence[Seat] = ()
    """Whose turn it is, and who may see it, as lists look it up."""

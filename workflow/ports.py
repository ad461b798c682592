"""What the engine asks of the world: a clock, a store, a sender."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from msgspec import Struct

from workflow.evidence import Evidence
from workflow.model import (
    Beginning,
    Case,
    CaseFile,
    CaseQuery,
    CaseRow,
    Change,
    DeadlineRow,
    Disposal,
    Document,
    Entry,
    Message,
    Notice,
    NoticeRow,
    NumberRow,
    NumberTaken,
    OfficeHead,
    Record,
    RegistryEntry,
    Seat,
    SeriesKey,
    Viewer,
)

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class Stale(Exception):
    """A commit found something else than what its change was decided on: load and decide again. Nothing was written."""


class SenderError(Exception):
    """A message could not be delivered. `final`: trying again is useless (5xx); else later (4xx, no connection)."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


class Sender(Protocol):
    """Delivers messages. One call may carry many, so that one connection serves a tick."""

    def send(self, messages: Sequence[Message]) -> Mapping[str, SenderError | None]:
        """Message id → None when delivered, else why not. Never raises for a message's own failure."""
        ...


class StoredVersion(Struct, frozen=True, kw_only=True):
    """A version of a process, the organisation, the calendar or the document types, as the store keeps it."""

    kind: str  # process | organisation | calendar | document-types | programme
    key: str  # the process's; '' for the others
    hash: str
    form: int
    source: Mapping[str, str]  # file name → text, as deployed
    compiled: str  # the plain form as canonical JSON text


class Deployment(Struct, frozen=True, kw_only=True):
    """A version coming into use."""

    version: StoredVersion
    at: datetime
    by: str
    why: str


class Used(Struct, frozen=True, kw_only=True):
    """A version as it came into use: which, when, by whom and why."""

    hash: str
    at: datetime
    by: str
    why: str


Digests = Callable[[Sequence[Notice]], Iterable[tuple[Message, Sequence[str]]]]
"""Waiting notices → the messages that they make, each with the keys of its own. Without side effects: it may be asked again."""


class Lease(Protocol):
    """The right to give a series' next numbers, held while documents render. `waited`: seconds that it took to get."""

    turn: int  # 0 once it was given back
    numbers: Mapping[SeriesKey, int]
    waited: float

    def renew(self) -> None:
        """Hold on for another term; raises Stale if it was lost."""
        ...


class Store(Evidence, Protocol):
    """Keeps an office's cases. Every method is one transaction; none leaves one open."""

    def close(self) -> None:
        """Give back the connections; the store may go on to be used."""
        ...

    # ---- definitions ----
    def deploy(self, deployments: Sequence[Deployment]) -> None:
        """Bring versions into use, all or none; a version already kept is only made current."""
        ...

    def current(self) -> Mapping[tuple[str, str], str]:
        """(kind, key) → hash of the version in use."""
        ...

    def version(self, kind: str, hash_: str) -> StoredVersion | None:
        """A kept version."""
        ...

    def deployments(self, kind: str, key: str) -> list[Used]:
        """Every coming into use of a version of this kind and key, oldest first."""
        ...

    def deployed_since(self, process: str) -> datetime | None:
        """When a process was first brought into use: periods that began before are none of the office's."""
        ...

    # ---- acts ----
    def new_request(self) -> str:
        """The id of a request that brings none, so that nobody asks for it again: '' where whether an act was kept is never in doubt."""
        ...

    def begin(self, request_id: str, number: str, *, fresh: bool = True) -> Beginning:
        """What an act of this request begins with, in its case ('': none yet). Unless `fresh`, what is remembered may do: it `supposes`."""
        ...

    def load(self, number: str) -> CaseFile | None:
        """A case with its deadlines (all), opinions and documents (newest of each rule first in order of key)."""
        ...

    def children(self, number: str) -> tuple[Case, ...]:
        """The sub-cases of a case, in order of opening."""
        ...

    def next_number(self, series: SeriesKey) -> int:
        """The number that the series gives next; 1 for a new one."""
        ...

    def lease(self, series: Sequence[SeriesKey], holder: str) -> AbstractContextManager[Lease]:
        """Wait for the turn to number in these series (first come, first served), keep it until the block ends."""
        ...

    def register(
        self, entries: Sequence[RegistryEntry], numbers: Sequence[NumberTaken] = (), files: Mapping[str, bytes] | None = None
    ) -> None:
        """Add entries to a body's registers, with the numbers that they take and the files that they name. Raises Stale."""
        ...

    def registry(self, body: str) -> list[RegistryEntry]:
        """A body's register entries, first to last."""
        ...

    def last_registered(self, body: str) -> RegistryEntry | None:
        """The newest of them."""
        ...

    def registered(self, request_id: str) -> RegistryEntry | None:
        """The entry that a request made."""
        ...

    def registries(self) -> list[str]:
        """The bodies that have register entries."""
        ...

    def numbered(self, body: str, periods: Sequence[str], viewer: Viewer) -> list[NumberRow]:
        """The numbers of a body's papers that the viewer may see, with these, of some periods (none named: all), in their order."""
        ...

    def holders(self, hash_: str) -> list[tuple[str, str]]:
        """(case, key) of the documents that have a file of this hash, or were given one."""
        ...

    def commit(self, changes: Sequence[Change], lease: Lease | None = None) -> list[Stale | None]:
        """Write changes in one transaction; each by itself when several. A single one raises Stale. The last gives `lease` back in it."""
        ...

    def commit_soon(self, changes: Sequence[Change]) -> Callable[[], list[Stale | None]]:
        """The same of several, on their way to the disk while the caller goes on: what is given waits, and tells which were stale."""
        ...

    def file(self, hash_: str) -> bytes | None:
        """The bytes of a stored file."""
        ...

    # ---- the worker ----
    def due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(case number, deadline key) of deadlines whose next rung's time has come, oldest first."""
        ...

    def periods(self, process: str) -> Mapping[str, str]:
        """Period → case number, of the periodic cases opened so far."""
        ...

    def waiting_notices(self, limit: int, *, urgent: bool = False) -> list[Notice]:
        """Notices that are in no message yet, oldest first; `urgent`: the urgent ones alone, whatever waits before them."""
        ...

    def make_messages(self, limit: int, digests: Digests, *, urgent: bool = False) -> int:
        """Freeze the digests of notices that no message and no other worker has, oldest first; how many (`urgent`: of those alone)."""
        ...

    def claim_messages(self, now: datetime, holder: str, lease: timedelta, limit: int, *, urgent: bool = False) -> list[Message]:
        """Waiting messages whose time has come, claimed so that no other worker sends them during the lease; `urgent`: those alone."""
        ...

    def open_messages(self) -> list[Message]:
        """Messages that wait to be sent, now or at their next try."""
        ...

    def settle_message(self, message: Message, now: datetime) -> None:
        """Store how a try went: state, tries, next_try, error."""
        ...

    def beat(self, worker: str, now: datetime) -> None:
        """Say that this worker lives, and go on holding what it claimed."""
        ...

    def claim_rungs(self, now: datetime, holder: str, limit: int) -> list[tuple[str, str]]:
        """(case number, deadline key) of what is due and nobody holds, oldest first; held until let go, or the worker is gone."""
        ...

    def claim_periods(self, process: str, periods: Sequence[str], holder: str) -> list[str]:
        """Those of a process's periods that no other worker held; held likewise."""
        ...

    def let_go(self, holder: str, rungs: Sequence[tuple[str, str]] | None = None) -> None:
        """Hold these rungs no longer; left out: nothing at all."""
        ...

    def take_over(self) -> list[str]:
        """Set free what workers held that are gone (their time is over, or their process has gone from this machine); who they were."""
        ...

    # ---- reading ----
    @property
    def wrote(self) -> bool:
        """Whether anything was written through it: what a command that failed says of that must be true."""
        ...

    def at_once(self, work: Callable[[], T]) -> T:
        """Run `work`, which does nothing but read: all that it reads here is of one moment."""
        ...

    def cases(self, query: CaseQuery, viewer: Viewer) -> list[CaseRow]:
        """A page of cases, newest first (the inbox: by due date)."""
        ...

    def sees(self, number: str, viewer: Viewer) -> bool:
        """Whether the viewer may see the case; False too when there is none."""
        ...

    def overdue(self, now: datetime, viewer: Viewer, limit: int, unit: str = "") -> list[DeadlineRow]:
        """Running deadlines that are past, the most overdue first; of a unit: of cases that it keeps, or of its own reply."""
        ...

    def load_many(self, numbers: Sequence[str]) -> Mapping[str, CaseFile]:
        """These cases, those that are there, each as `load` gives it: for a page of a list."""
        ...

    def children_of(self, numbers: Sequence[str]) -> Mapping[str, tuple[Case, ...]]:
        """The sub-cases of each of these cases, in order of opening."""
        ...

    def awaited(self, numbers: Sequence[str]) -> Mapping[str, tuple[Seat, ...]]:
        """Whose turn it is in each of these cases, as their last acts left it (those who withdrew are in it as such)."""
        ...

    def entries(self, number: str, many: int | None = None) -> list[Entry]:
        """A case's history, first to last; `many`: no more than so many of it are read."""
        ...

    def notices(self, viewer: Viewer, case: str = "", person: str = "", limit: int = 200) -> list[NoticeRow]:
        """Notices, newest first."""
        ...

    def owing_cases(self) -> Iterator[str]:
        """The numbers of the cases that have an open deadline, in order of opening."""
        ...

    def open_cases(self) -> Iterator[str]:
        """The numbers of the open cases, in order of opening."""
        ...

    # ---- proving ----
    def heads(self) -> list[OfficeHead]:
        """The chain over the whole office, first to last."""
        ...

    def last_head(self) -> OfficeHead | None:
        """The newest of it."""
        ...

    def add_head(self, head: OfficeHead) -> bool:
        """Add the next; False if somebody was first."""
        ...

    def put_on_record(self, record: Record) -> None:
        """Keep what was done with the office."""
        ...

    def records(self, kind: str) -> list[Record]:
        """What was done of this kind, newest first."""
        ...

    def last_record(self, kind: str) -> Record | None:
        """The newest of them."""
        ...

    def disposals(self) -> list[Disposal]:
        """What was disposed of, oldest first."""
        ...

    def closed_cases(self, process: str, before: datetime) -> Iterator[str]:
        """The numbers of the closed cases of a process that were opened before a moment and were not disposed of, in order of opening."""
        ...

    def sweep(self) -> None:
        """After disposals: let no part of the database hold what was removed, as far as it can be told so."""
        ...

    def series(self) -> list[tuple[SeriesKey, int]]:
        """Each series and its last number."""
        ...

    def document(self, number: str, key: str) -> Document | None:
        """One document of a case."""
        ...

    def failing_cases(self) -> list[str]:
        """Open cases in which the clock could not do something: for `doctor`."""
        ...

    def workers(self) -> Mapping[str, datetime]:
        """Worker → last beat: for `doctor`."""
        ...

    def failed_messages(self) -> list[Message]:
        """Messages given up or failing: for `doctor`."""
        ...

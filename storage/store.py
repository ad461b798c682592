"""The store: an office's cases in a database. Implements `workflow.ports.Store`; each method is one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from storage import books, claims, commits, deployed, disposing, faults, leases, lists, loading, outbox, proof, read, records, registers
from storage.connect import Database, T, open_database
from storage.late import overdue
from storage.remembered import Remembered, begin, supposed
from storage.transaction import Transaction
from workflow.evidence import Chains, Sent
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
    Fault,
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
    Whole,
)
from workflow.plain import new_id
from workflow.ports import Clock, Deployment, Digests, Lease, Stale, Store, StoredVersion, Used

_PAGE = 1000


def open_store(url: str, *, create: bool = False, clock: Clock | None = None, worker: bool = False) -> "SqlStore":
    """Open the store at `url`: `sqlite:///FILE`, `postgresql://USER@HOST/NAME?schema=OFFICE`, or `sqlite://` for one in
    memory, empty, that ends with the program.

    `create` makes one that is not there, with all migrations. `clock` times the leases on series; left out, it is one that nobody sets
    (an office's own clock may stand still, as in practice offices). `worker`: with no more rights than a worker needs, where there are any.
    Raises StoreMissing, StoreOlder, StoreNewer, StoreCorrupt, NetworkFileSystem and other StoreUnreachable.
    """
    if create:
        from storage.migrations import create as make  # Alembic is slow to import, and only this needs it

        make(url)
    return SqlStore(open_database(url, worker=worker), clock)


class SqlStore(Store):
    """A store in a database. See `workflow.ports.Store` for what each method promises."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self._used: deployed.InUse = (-1, {})
        self._files = Remembered()
        self._seconds = None if clock is None else lambda: clock.now().timestamp()

    def close(self) -> None:
        """Give back the connections; the store may go on to be used."""
        self.database.close()

    @property
    def wrote(self) -> bool:
        """Whether anything was written through it."""
        return self.database.wrote

    def at_once(self, work: Callable[[], T]) -> T:
        """Run `work`, which does nothing but read, with all that it reads here in one transaction."""
        return self.database.at_once(work)

    # ---- definitions ----
    def deploy(self, deployments: Sequence[Deployment]) -> None:
        """Bring versions into use, all or none."""
        self.database.write(deployed.deploy, deployments)
        self._used = (-1, {})

    def current(self) -> Mapping[tuple[str, str], str]:
        """(kind, key) → hash of the version in use. In memory nobody else deploys: what an act began with holds until this store does."""
        if not (self.database.backend.in_memory and self._used[0] >= 0):
            self._used = self.database.read(deployed.in_use, self._used)
        return self._used[1]

    def version(self, kind: str, hash_: str) -> StoredVersion | None:
        """A kept version."""
        return self.database.read(deployed.version, kind, hash_)

    def deployments(self, kind: str, key: str) -> list[Used]:
        """Every coming into use of a version of this kind and key, oldest first."""
        return self.database.read(deployed.deployments, kind, key)

    def deployed_since(self, process: str) -> datetime | None:
        """When a process was first brought into use; None if it never was."""
        return self.database.read(deployed.deployed_since, process)

    # ---- acts ----
    def new_request(self) -> str:
        """The id of a request that brings none: a server may be lost in its commit, and only its receipt tells then that it was kept."""
        return new_id() if self.database.backend.side_by_side else ""

    def begin(self, request_id: str, number: str, *, fresh: bool = True) -> Beginning:
        """What an act of this request begins with; what is in use is read again only when something was deployed since."""
        remembers = None if fresh else supposed(number, self._used, self._files)
        if remembers is not None:
            return remembers
        beginning, self._used = self.database.read(begin, request_id, number, self._used, self._files)
        return beginning

    def load(self, number: str) -> CaseFile | None:
        """A case with its deadlines, opinions and documents (by rule, the newest first)."""
        return self.database.read(loading.case_file, number)

    def next_number(self, series: SeriesKey) -> int:
        """The number that the series gives next; 1 for a new one."""
        return self.database.read(loading.next_number, series)

    def lease(self, series: Sequence[SeriesKey], holder: str) -> AbstractContextManager[leases.Held]:
        """Wait for the turn to number in these series, keep it until the block ends."""
        return leases.lease(self.database, series, holder, self._seconds)

    def register(
        self, entries: Sequence[RegistryEntry], numbers: Sequence[NumberTaken] = (), files: Mapping[str, bytes] | None = None
    ) -> None:
        """Add entries to a body's registers, with the numbers that they take, in one transaction. Raises Stale."""
        if not commits.first(self.database, registers.register, entries, numbers, files or {}):
            raise Stale

    def registry(self, body: str) -> list[RegistryEntry]:
        """A body's register entries, first to last."""
        return self.database.read(registers.entries, body)

    def last_registered(self, body: str) -> RegistryEntry | None:
        """The newest of them."""
        return self.database.read(registers.last_entry, body)

    def registered(self, request_id: str) -> RegistryEntry | None:
        """The entry that a request made."""
        return self.database.read(registers.asked, request_id)

    def registries(self) -> list[str]:
        """The bodies that have register entries."""
        return self.database.read(registers.bodies)

    def numbered(self, body: str, periods: Sequence[str], viewer: Viewer) -> list[NumberRow]:
        """The numbers of a body's papers, with the papers, of these periods (none named: all)."""
        return self.database.read(registers.numbered, body, periods, viewer)

    def holders(self, hash_: str) -> list[tuple[str, str]]:
        """(case, key) of the documents that have a file of this hash."""
        return self.database.read(registers.holders, hash_)

    def commit(self, changes: Sequence[Change], lease: Lease | None = None) -> list[Stale | None]:
        """Write changes in one transaction; it gives `lease` back. A single change raises Stale; of several, the list tells which were."""
        return commits.commit(self.database, self._files, changes, lease)

    def commit_soon(self, changes: Sequence[Change]) -> Callable[[], list[Stale | None]]:
        """Write several, and go on while they are on their way to the disk; what is given says how it went."""
        return commits.commit_soon(self.database, self._files, changes)

    def file(self, hash_: str) -> bytes | None:
        """The bytes of a stored file."""
        return self.database.read(loading.file, hash_)

    # ---- the worker ----
    def due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(case number, deadline key) of deadlines whose next rung's time has come, oldest first."""
        return self.database.read(loading.due, now, limit)

    def periods(self, process: str) -> Mapping[str, str]:
        """Period → case number, of the periodic cases opened so far."""
        return self.database.read(loading.periods, process)

    def waiting_notices(self, limit: int, *, urgent: bool = False) -> list[Notice]:
        """Notices that are in no message yet, oldest first; `urgent`: the urgent ones alone."""
        return self.database.read(outbox.waiting_notices, limit, urgent=urgent)

    def make_messages(self, limit: int, digests: Digests, *, urgent: bool = False) -> int:
        """Freeze the digests of the notices that wait; an idle look takes no lock."""
        if not self.waiting_notices(1, urgent=urgent):
            return 0
        return self.database.write(outbox.make_messages, limit, digests, urgent=urgent)

    def claim_messages(self, now: datetime, holder: str, lease: timedelta, limit: int, *, urgent: bool = False) -> list[Message]:
        """Waiting messages whose time has come, claimed; an idle look takes no lock. `urgent`: the urgent ones alone."""
        if not self.database.read(outbox.ready_messages, now, 1, urgent=urgent):
            return []
        return self.database.write(outbox.claim_messages, now, holder, lease, limit, urgent=urgent)

    def open_messages(self) -> list[Message]:
        """Messages that wait to be sent."""
        return self.database.read(outbox.open_messages)

    def settle_message(self, message: Message, now: datetime) -> None:
        """Store how a try went."""
        self.database.write(outbox.settle_message, message, now)

    def beat(self, worker: str, now: datetime) -> None:
        """Say that this worker lives."""
        self.database.write(claims.beat, worker, now)

    def claim_rungs(self, now: datetime, holder: str, limit: int) -> list[tuple[str, str]]:
        """Deadlines that are due, claimed; an idle look takes no lock."""
        if not self.database.read(claims.waiting, now):
            return []
        return self.database.write(claims.claim_rungs, now, holder, limit)

    def claim_periods(self, process: str, periods: Sequence[str], holder: str) -> list[str]:
        """Those of a process's periods that nobody else held, claimed."""
        return self.database.write(claims.claim_periods, process, periods, holder) if periods else []

    def let_go(self, holder: str, rungs: Sequence[tuple[str, str]] | None = None) -> None:
        """Hold these rungs no longer; left out: nothing at all."""
        self.database.write(claims.let_go, holder, rungs)

    def take_over(self) -> list[str]:
        """Set free what workers held that are gone; an idle look takes no lock."""
        if gone := self.database.read(claims.dead):
            self.database.write(claims.free, gone)
        return gone

    # ---- reading ----
    def children(self, number: str) -> tuple[Case, ...]:
        """The sub-cases of a case, in order of opening."""
        return self.database.read(loading.children, number)

    def cases(self, query: CaseQuery, viewer: Viewer) -> list[CaseRow]:
        """A page of cases, newest first (the inbox: by due date)."""
        return self.database.read(lists.cases, query, viewer)

    def sees(self, number: str, viewer: Viewer) -> bool:
        """Whether the viewer may see the case."""
        return self.database.read(read.sees, number, viewer)

    def overdue(self, now: datetime, viewer: Viewer, limit: int, unit: str = "") -> list[DeadlineRow]:
        """Running deadlines that are past, the most overdue first; of a unit: of cases that it keeps, or of its own reply."""
        return self.database.read(overdue, now, viewer, limit, unit)

    def load_many(self, numbers: Sequence[str]) -> Mapping[str, CaseFile]:
        """These cases, those that are there, each as `load` gives it."""
        found = self.database.read(loading.found, numbers)
        self._files.look_at(found)
        return {number: one.file for number, one in found.items()}

    def children_of(self, numbers: Sequence[str]) -> Mapping[str, tuple[Case, ...]]:
        """The sub-cases of each of these cases."""
        return self.database.read(loading.children_of, numbers)

    def awaited(self, numbers: Sequence[str]) -> Mapping[str, tuple[Seat, ...]]:
        """Whose turn it is in each of these cases."""
        return self.database.read(read.awaited, numbers)

    def entries(self, number: str, many: int | None = None) -> list[Entry]:
        """A case's history, first to last; `many`: no more than so many of it."""
        return self.database.read(loading.entries, number, many)

    def notices(self, viewer: Viewer, case: str = "", person: str = "", limit: int = 200) -> list[NoticeRow]:
        """Notices, newest first."""
        return self.database.read(read.notices, viewer, case, person, limit)

    def all_cases(self) -> Iterator[str]:
        """Every case's number, in order of opening; read a page at a time, so that no transaction stays open."""
        return self._pages(loading.page_of_cases)

    def open_cases(self) -> Iterator[str]:
        """The numbers of the open cases, in order of opening."""
        return self._pages(loading.page_of_open_cases)

    def owing_cases(self) -> Iterator[str]:
        """The numbers of the cases that have an open deadline, in order of opening."""
        return self._pages(loading.page_of_owing_cases)

    def _pages(self, page_of: Callable[[Transaction, int, int], list[tuple[int, str]]]) -> Iterator[str]:
        after = 0
        while page := self.database.read(page_of, after, _PAGE):
            yield from (number for _, number in page)
            after = page[-1][0]

    # ---- proving ----
    def count_cases(self) -> int:
        """How many cases there are."""
        return self.database.read(proof.count)

    def wholes(self, numbers: Sequence[str]) -> list[Whole]:
        """These cases, their histories, the numbers given for them: at one moment."""
        return self.database.read(proof.wholes, numbers)

    def cases_since(self, since: datetime) -> Iterator[str]:
        """The numbers of the cases in which something happened since."""
        return self._pages(lambda tx, after, limit: proof.page_since(tx, after, limit, since))

    def versions(self) -> list[tuple[str, str, str]]:
        """(kind, hash, key) of every kept version."""
        return self.database.read(proof.versions)

    def strange_receipts(self) -> list[tuple[str, str, int]]:
        """Receipts for what is not in the history."""
        return self.database.read(proof.strange_receipts)

    def loose_numbers(self) -> list[tuple[SeriesKey, int]]:
        """The numbers that no case has."""
        return self.database.read(books.loose_numbers)

    def unkept_versions(self) -> list[tuple[str, str, str]]:
        """Versions that came into use, or that a case obeys, and that are not kept."""
        return self.database.read(books.unkept_versions)

    def strange_periods(self) -> list[tuple[str, str, str]]:
        """Periods whose case the clock did not open for them alone."""
        return self.database.read(books.strange_periods)

    def files(self) -> Iterator[tuple[str, bool]]:
        """Each stored file by its hash, and whether its size is that of its bytes."""
        after = ""
        while page := self.database.read(books.page_of_files, after):
            yield from page
            after = page[-1][0]

    def sent(self) -> Iterator[Sent]:
        """Each message whose words are still there."""
        for digit in books.DIGITS:
            yield from self.database.read(books.sent, digit)

    def chains(self, before: datetime) -> Chains:
        """What all chains came to before a moment."""
        return self.database.read(proof.chains, before)

    def heads(self) -> list[OfficeHead]:
        """The chain over the whole office, first to last."""
        return self.database.read(records.heads)

    def last_head(self) -> OfficeHead | None:
        """The newest of it."""
        return self.database.read(records.last_head)

    def add_head(self, head: OfficeHead) -> bool:
        """Add the next; False if somebody was first."""
        return commits.first(self.database, records.add_head, head)

    def put_on_record(self, record: Record) -> None:
        """Keep what was done with the office."""
        self.database.write(records.add, record)

    def records(self, kind: str) -> list[Record]:
        """What was done of this kind, newest first."""
        return self.database.read(records.of_kind, kind)

    def last_record(self, kind: str) -> Record | None:
        """The newest of them."""
        return self.database.read(records.last, kind)

    def disposals(self) -> list[Disposal]:
        """What was disposed of, oldest first."""
        return self.database.read(disposing.disposals)

    def closed_cases(self, process: str, before: datetime) -> Iterator[str]:
        """The closed cases of a process that were opened before a moment and are there whole."""
        return self._pages(lambda tx, after, limit: disposing.page_of_closed(tx, after, limit, process, before))

    def sweep(self) -> None:
        """Let no file hold what was removed."""
        self.database.run_alone(self.database.write(lambda tx: tx.backend.sweep(tx.cursor)))

    def series(self) -> list[tuple[SeriesKey, int]]:
        """Each series and its last number."""
        return self.database.read(loading.all_series)

    def strange_series(self) -> Iterator[tuple[SeriesKey, list[int], int]]:
        """Each series that has a gap, or a number past its last."""
        for series, _ in self.series():
            if not self.database.read(proof.is_gapless, series):
                yield (series, *self.database.read(loading.numbers, series))

    def document(self, number: str, key: str) -> Document | None:
        """One document of a case."""
        return self.database.read(loading.document, number, key)

    def failing_cases(self) -> list[str]:
        """Open cases in which the clock could not do something."""
        return self.database.read(loading.failing_cases)

    def workers(self) -> Mapping[str, datetime]:
        """Worker → last beat."""
        return self.database.read(claims.workers)

    def failed_messages(self) -> list[Message]:
        """Messages given up or failing."""
        return self.database.read(outbox.failed_messages)

    def integrity(self) -> list[Fault]:
        """What is wrong with the database: damage, guards, tables; empty = nothing."""
        return self.database.read(faults.all_of)

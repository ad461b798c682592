"""What is known of a case: itself, its deadlines, opinions, papers, history, notices."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from msgspec import Struct, field

from workflow.once import once

CLOCK = "hoso"
"""The actor of the clock's and of automatic acts."""

Values = Mapping[str, Any]


class Unit(Enum):
    """The unit of an amount."""

    WORKING_DAYS = "working days"
    WORKING_HOURS = "working hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"
    MINUTES = "minutes"
    PERCENT = "%"


class Seat(Struct, frozen=True, gc=False, kw_only=True):
    """Whose turn it is, or who may see: the holders of a post on the day (`unit`, `position`), or one `person`."""

    unit: str = ""
    position: str = ""
    person: str = ""


OUT = "-"
"""In place of a unit: the seat of a `person` who is out of the case, whatever other seats they hold."""


class Doing(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What is remembered of an action: how often it was done, when last, by whom (principals too)."""

    count: int
    last: datetime
    persons: tuple[str, ...] = ()


class Link(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A link to another case of equal rank: relates | follows | followed (it is followed by that one)."""

    kind: str
    case: str


class Position(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Where one track of a case stands: its state (full key), since when, the state before, its outcome once it is final."""

    state: str
    entered: datetime
    previous: str = ""
    outcome: str = ""


class Disposed(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What was removed from a case that need not be kept any more: by which decision, when, and the last day of its retention."""

    decision: str
    at: datetime
    until: date


class Case(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One run of a process. `revision` grows by one with each commit; `seq` and `head` are its last entry's."""

    number: str
    process: str
    version: str
    title: str
    state: str
    unit: str
    opener: str
    opened: datetime
    entered: datetime
    """When the present state was entered."""
    last_act: datetime
    """When a person last acted."""
    last_entry: datetime
    fields: Values = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slot → person: who was assigned."""
    previous: str = ""
    """The state before the present one was entered."""
    outcome: str = ""
    closed: datetime | None = None
    secret: bool = False
    parent: str = ""
    done: Mapping[str, Doing] = field(default_factory=dict)
    rounds: Mapping[str, int] = field(default_factory=dict)
    """State → how many rounds were opened there."""
    tracks: Mapping[str, Position] = field(default_factory=dict)
    """Track → where it stands. A closed case's tracks are over, but those that outlive it."""
    paused: datetime | None = None
    """Since when all its clocks stand still by `pause`."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Deadline key/rung → why the clock's act was refused; tried again after the next act (law: language.md 2.7)."""
    links: tuple["Link", ...] = ()
    """The cases of equal rank that it is linked to."""
    heirs: Mapping[str, str] = field(default_factory=dict)
    """Unit that has ended → the one that takes its place in this case."""
    recused: tuple[str, ...] = ()
    """The persons who withdrew from the case (a conflict of interest): none of its roles is theirs."""
    disposed: Disposed | None = None
    """Its contents were removed, by an act; what is left says that it was, and proves that nothing else is gone."""
    revision: int = 0
    seq: int = 0
    head: str = ""

    @property
    def open(self) -> bool:
        """Whether it has no outcome yet."""
        return not self.outcome

    def position(self, track: str = "") -> Position:
        """Where a track stands; '' = the case itself. Raises KeyError for a track that it has not."""
        if track:
            return self.tracks[track]
        return Position(state=self.state, entered=self.entered, previous=self.previous, outcome=self.outcome)


class DeadlineStatus(Enum):
    """How a deadline stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    MET = "met"
    MISSED = "missed"
    DROPPED = "dropped"
    """Ended without being owed any more (its point became empty, its unit was released)."""


class ClockEvent(Enum):
    """What happened to a deadline's clock."""

    OPENED = "opened"
    STOPPED = "stopped"
    RESUMED = "resumed"
    EXTENDED = "extended"
    MOVED = "moved"
    """A field that it hangs on was changed: worked out anew from the same start, the time that was used stays used."""


class Happening(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One thing that happened to a deadline: what, when, by which entry; an extension's amount as it was written, or the
    rule that holds since a field was changed.
    """

    what: ClockEvent
    at: datetime
    seq: int
    by: str = ""
    """The action (or the kind of act), or `state:KEY`, that stopped, resumed or moved it."""
    amount: str = ""


class Deadline(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A time by which a case must leave a state (`on` = `state:KEY`), come to one (`case`), a unit must reply
    (`consult:KEY`, `asked` = the unit), or a track must come to a state (`track:KEY`). `name` finds its rule in the
    process. A fold over `events`, never a counter.
    """

    key: str
    """Unique in the case: `on/name/seq of the entry that opened it` (+ `/asked`)."""
    on: str
    name: str
    due: datetime
    status: DeadlineStatus
    events: tuple[Happening, ...]
    asked: str = ""
    settled: datetime | None = None
    fired: tuple[int, ...] = ()
    """The rungs done with, as indices in the ladder."""
    repeats: Mapping[str, int] = field(default_factory=dict)
    """Index of a repeating rung → how often it has fired."""
    next_at: datetime | None = None
    """When the next rung fires; None = none left, or stopped."""


class DocumentStatus(Enum):
    """The life of a document."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"
    REPLACED = "replaced"
    RECALLED = "recalled"


class SeriesKey(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A run of numbers: of one body, one type (or `all`; for cases `case:PROCESS`), one period (`2026`, `term:2020-2025`)."""

    body: str
    type: str
    period: str

    def __str__(self) -> str:
        return f"{self.body}/{self.type}/{self.period}"


class Signature(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One signature block. `lines`: what stands above the name (TM./KT. lines and the position), `person` the signer."""

    unit: str
    person: str
    lines: tuple[str, ...]
    name: str = ""


class PaperFile(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A file that became part of an issued document: a signed scan, a digital signature."""

    name: str
    hash: str
    size: int


class DocumentEvent(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What became of an issued document; only ever added to. `what`: void | replaced | corrected | recalled | attached."""

    what: str
    at: datetime
    actor: str
    seq: int
    """The entry of the case's history that says so."""
    note: str = ""
    """Why."""
    by: str = ""
    """The key of the document that replaces or corrects it."""
    symbol: str = ""
    """And its number as printed."""
    files: tuple[PaperFile, ...] = ()


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A paper of a case. `facts` is all that its template sees (frozen); `template` is the body's hash.

    An issued one has a number and the hashes of its files; `asked` = the unit it was written to (or by) in a round.
    """

    key: str
    """Unique in the case: `rule/n`."""
    rule: str
    type: str
    status: DocumentStatus
    title: str
    frame: str
    """state | party."""
    template: str
    at: datetime
    facts: Values = field(default_factory=dict)
    asked: str = ""
    number: int | None = None
    symbol: str = ""
    """The full number as printed: `05/BC-HĐND`, `12-CV/BTGHU`."""
    series: SeriesKey | None = None
    signatures: tuple[Signature, ...] = ()
    recipients: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Kind (docx, pdf) → content hash; issued documents only."""
    renderer: str = ""
    """Versions of what wrote the files."""
    events: tuple[DocumentEvent, ...] = ()
    """What became of it since it was issued."""
    disposed: str = ""
    """The decision by which its contents were removed."""

    @once
    def place(self) -> tuple[str, int]:
        """Its rule, and which of the rule's papers it is: in this order they were begun."""
        return self.rule, int(self.key.rpartition("/")[2])


class RegistryEntry(Struct, frozen=True, gc=False, kw_only=True):
    """One line of a body's registers. `text` is its canonical JSON, hashed as it is; `hash` = SHA-256 of the previous entry's
    hash and `text`: a chain for each body.
    """

    body: str
    seq: int
    at: datetime
    actor: str
    request: str
    text: str
    previous: str
    hash: str


class Entry(Struct, frozen=True, gc=False, kw_only=True):
    """One line of a case's history. `text` is its canonical JSON, stored and hashed as it is; `payload` (also canonical
    JSON) stands in it by its hash. `hash` = SHA-256 of the previous entry's hash and `text`.
    """

    case: str
    seq: int
    at: datetime
    actor: str
    text: str
    payload: str
    previous: str
    hash: str


class Draft(Struct, frozen=True, gc=False, kw_only=True):
    """An entry before it is sealed: everything but the chain. `delta` is what it changes in the case (law 6)."""

    at: datetime
    actor: str
    act: str
    """open | advance | auto | reply | attach | fire | silence …"""
    acting_for: str = ""
    action: str = ""
    note: str = ""
    before: str = ""
    """The state before."""
    after: str = ""
    fields: Values = field(default_factory=dict)
    delta: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    """What else belongs on record: the asked unit, the rung, reasons, files."""
    documents: tuple[str, ...] = ()
    """Keys of the documents that it drafted or issued."""


class Notice(Struct, frozen=True, gc=False, kw_only=True):
    """A message to one person about one case, waiting for delivery. `key` is stable: it names entry, cause and person."""

    key: str
    person: str
    case: str
    at: datetime
    subject: str
    text: str
    urgent: bool = False
    kind: str = "notice"
    """notice | reminder | overdue | escalation."""

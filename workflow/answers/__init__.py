"""What the office's verbs answer: plain frozen data, ready for `--json` (its keys are a promise, see docs/reference).

Titles are already in the office's language; times stay aware UTC, for the edge to show in the office's zone.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field

from workflow.answers.changing import ProcessDiff as ProcessDiff
from workflow.answers.papers import DifferenceShown as DifferenceShown
from workflow.answers.papers import DocumentEventShown as DocumentEventShown
from workflow.answers.papers import DocumentShown as DocumentShown
from workflow.answers.programme import ObligationCase as ObligationCase
from workflow.answers.programme import ObligationShown as ObligationShown
from workflow.answers.programme import ProgrammeShown as ProgrammeShown
from workflow.answers.reports import CaseResponsibility as CaseResponsibility
from workflow.answers.reports import Forecast as Forecast
from workflow.answers.reports import ForecastDay as ForecastDay
from workflow.answers.reports import ForecastUnit as ForecastUnit
from workflow.answers.reports import Responsibility as Responsibility
from workflow.answers.reports import ResponsibilityDay as ResponsibilityDay
from workflow.answers.reports import ResponsibilityShare as ResponsibilityShare
from workflow.answers.shown import DeadlineShown as DeadlineShown
from workflow.answers.time import CalendarApplied as CalendarApplied
from workflow.answers.time import CourseLine as CourseLine
from workflow.answers.time import DeadlineExplained as DeadlineExplained
from workflow.answers.time import DeadlineRecounted as DeadlineRecounted
from workflow.answers.time import LedgerLine as LedgerLine


class PersonName(Struct, frozen=True, kw_only=True):
    """A person and what they are called here."""

    key: str
    title: str


class FieldAsked(Struct, frozen=True, kw_only=True):
    """One field of a form: all that a prompt needs. `offered` is the present value or the default."""

    key: str
    title: str
    type: str
    required: bool
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Key → title; for units and persons too."""
    offered: Any = None


class ActionShown(Struct, frozen=True, kw_only=True):
    """What may be done next. `by`: who may, in words; `allowed`: whether the person asking may, else `reasons`."""

    key: str
    title: str
    by: str
    allowed: bool
    reasons: tuple[str, ...] = ()
    form: tuple[FieldAsked, ...] = ()
    note: str = ""


class OpinionShown(Struct, frozen=True, kw_only=True):
    """One asked unit's opinion. `due` of its reply, `answer` and `status` in words' keys."""

    round: int
    asked: str
    title: str
    status: str
    """asked | given | silent."""
    answer: str = ""
    answer_title: str = ""
    note: str = ""
    late: bool = False
    at: datetime | None = None
    due: datetime | None = None


class CaseLine(Struct, frozen=True, kw_only=True):
    """One line of `list`, `inbox` and `search`."""

    number: str
    process: str
    title: str
    state: str
    state_title: str
    unit: str
    due: datetime | None
    overdue: bool
    opened: datetime
    outcome: str = ""
    cursor: str = ""
    waits_for: tuple[str, ...] = ()
    """Actions (titles) that wait for the person asking: the inbox only."""


class TrackShown(Struct, frozen=True, kw_only=True):
    """Where one track of a case stands. `over`: it ended with the case."""

    key: str
    title: str
    state: str
    state_title: str
    since: datetime
    outcome: str = ""
    over: bool = False


class LinkShown(Struct, frozen=True, kw_only=True):
    """A link to another case that the person asking may see. `kind`: relates | follows | followed."""

    kind: str
    case: str
    title: str


class SubCaseShown(Struct, frozen=True, kw_only=True):
    """A sub-case that the person asking may see, with its own."""

    number: str
    process: str
    title: str
    state: str
    state_title: str
    outcome: str = ""
    children: tuple["SubCaseShown", ...] = ()


class CaseShown(Struct, frozen=True, kw_only=True):
    """One case, whole: where it stands, who is awaited, until when, what may be done next and by whom."""

    number: str
    process: str
    process_title: str
    version: str
    title: str
    state: str
    state_title: str
    outcome: str
    unit: str
    unit_title: str
    secret: bool
    opened: datetime
    opener: PersonName
    entered: datetime
    closed: datetime | None
    handlers: Mapping[str, PersonName]
    """Slot → who was assigned."""
    awaited: tuple[str, ...]
    """Who is awaited, in words."""
    fields: tuple["FieldShown", ...]
    actions: tuple[ActionShown, ...]
    deadlines: tuple[DeadlineShown, ...]
    opinions: tuple[OpinionShown, ...]
    documents: tuple[DocumentShown, ...]
    seq: int
    tracks: tuple[TrackShown, ...] = ()
    parent: str = ""
    """The case that this is a sub-case of, if the person asking may see it."""
    children: tuple[SubCaseShown, ...] = ()
    links: tuple[LinkShown, ...] = ()
    paused: datetime | None = None
    rights: tuple[str, ...] = ()
    """What else the person asking may do here: comment, attach, edit, assign, extend, pause or resume, recall, correct."""
    editable: tuple[str, ...] = ()
    """The fields that they may change by `hoso edit`."""
    """Since when its clocks stand still by `pause`."""


class FieldShown(Struct, frozen=True, kw_only=True):
    """One filled field: `value` plain, `text` as people read it."""

    key: str
    title: str
    type: str
    value: Any
    text: str


class DeadlineMoved(Struct, frozen=True, kw_only=True):
    """A deadline whose time an act changed: a class that it was put into, an extension, a clock that went on."""

    key: str
    on: str
    before: datetime
    after: datetime


class EntryShown(Struct, frozen=True, kw_only=True):
    """One line of a history."""

    seq: int
    at: datetime
    actor: str
    actor_title: str
    acting_for: str
    act: str
    """open | advance | auto | reply | attach | fire | silence …"""
    action: str
    title: str
    """What was done, in words."""
    before: str
    after: str
    note: str
    fields: Mapping[str, Any]
    documents: tuple[str, ...]
    """Symbols (drafts: titles) of the papers that it drafted or issued."""
    hash: str
    before_title: str = ""
    after_title: str = ""
    """The titles of the states `before` and `after`."""
    moved: tuple[DeadlineMoved, ...] = ()
    """The deadlines that have another time since."""
    login: str = ""
    """The login that acted as the actor (`--as`), where it is another person's."""


class Done(Struct, frozen=True, kw_only=True):
    """What an act did (or, with `dry_run`, would do)."""

    case: str
    action: str
    before: str
    after: str
    state_title: str
    dry_run: bool = False
    repeated: bool = False
    """This request_id was done before: nothing happened now."""
    deadlines: Sequence[DeadlineShown] = ()
    """Those opened, settled or moved."""
    documents: Sequence[DocumentShown] = ()
    notices: Sequence["NoticeShown"] = ()
    also: Sequence[str] = ()
    """What followed of itself, in the history's words."""
    seq: int = 0
    title: str = ""
    left_open: tuple[str, ...] = ()
    """The sub-cases that are still open though the case was closed now."""

    @property
    def number(self) -> str:
        """The case's number, by which every other verb calls it."""
        return self.case


class NoticeShown(Struct, frozen=True, kw_only=True):
    """One notice and its delivery."""

    key: str
    case: str
    person: str
    person_title: str
    at: datetime
    kind: str
    subject: str
    text: str
    state: str = "waiting"
    message: str = ""
    sent: datetime | None = None
    tries: int = 0
    error: str = ""


class OverdueLine(Struct, frozen=True, kw_only=True):
    """One deadline that is past, or falls due soon."""

    case: str
    title: str
    state_title: str
    unit: str
    on: str
    asked: str
    due: datetime
    late_days: int
    """Working days since."""
    awaited: tuple[str, ...] = ()
    overdue: bool = True
    """False: it falls due soon."""
    days_left: int = 0
    """Working days until then."""


class Ticked(Struct, frozen=True, kw_only=True):
    """What one look of the worker did."""

    fired: int = 0
    opened: tuple[str, ...] = ()
    """Numbers of periodic cases opened."""
    sent: int = 0
    failed: int = 0
    """Messages and rungs that did not go; see `hoso doctor`."""


class PeriodShown(Struct, frozen=True, kw_only=True):
    """A period of a process whose cases the clock opens. `state`: opened | coming | missed | paused."""

    process: str
    title: str
    period: str
    at: datetime
    state: str
    case: str = ""
    """The case that was opened for it, if the person asking may see it."""
    why: str = ""
    """Why its periods are paused."""


class Deployed(Struct, frozen=True, kw_only=True):
    """What `deploy` brought into use."""

    changed: tuple[str, ...]
    """`process incident`, `calendar` …; empty = nothing had changed."""
    versions: Mapping[str, str]
    """The same → short hash."""
    scenarios: int
    warnings: tuple[str, ...] = ()
    moved: tuple[DeadlineRecounted, ...] = ()
    """The open deadlines that an amended calendar moved."""
    differences: tuple[ProcessDiff, ...] = ()
    """What differs in the procedures, each beside its version of before, and the open cases that keep theirs."""
    unplayed: int = 0
    """How many procedures' scenarios were not played again: they held, and nothing that they hang on has changed since."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that `verify` or `doctor` found. `level`: ok | warning | error."""

    level: str
    what: str
    """A stable key: chain, fold, series, file, database, worker, outbox, deadline, calendar, folder …"""
    message: str
    hint: str = ""


class CalendarDay(Struct, frozen=True, kw_only=True):
    """One day of the office's calendar. `hours`: its working spans, `07:30-11:30`; none on a day off, then `why` and `by`."""

    day: date
    hours: tuple[str, ...]
    why: str = ""
    by: str = ""
    """The decision that made it a day off; '' for a weekend."""

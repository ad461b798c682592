"""The allowed shapes of the files beside a procedure: document types, organisation, calendar, scenarios, the
programme.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from workflow.authoring.grammar.kinds import (
    KEYS,
    ONE,
    SCALAR,
    Closed,
    Document,
    Flag,
    Id,
    Is,
    Many,
    Names,
    Position,
    Process,
    Schema,
    Unit,
    Word,
    Words,
    either,
)

# ---- document-types.yaml -------------------------------------------------------------------------------------------

Day = Annotated[Word, Field(json_schema_extra={"format": "date"})]
_Frame = Literal["state", "party"]
_Period = Literal["year", "term"]


class SeriesShape(Closed):
    """How a document type's numbers run."""

    per: Literal["type", "all"] = "type"
    secret_apart: bool = False
    period: Annotated[Annotated[_Period, Tag(ONE)] | Annotated[dict[_Frame, _Period], Tag(KEYS)], either("year or term")] = {}


class LaterShape(Closed):
    """The frame that a guideline orders from a day on."""

    from_: Day = Field(alias="from")
    frame: Annotated[
        Annotated[_Frame, Tag(ONE)] | Annotated[dict[Annotated[Id, Names("frame of")], _Frame], Tag(KEYS)], either("state or party")
    ]


class TypeShape(Closed):
    """A type of official paper."""

    title: Word
    frame: Annotated[
        Annotated[_Frame, Tag(ONE)] | Annotated[dict[Annotated[Id, Names("frame of")], _Frame], Tag(KEYS)], either("state or party")
    ]
    later: Annotated[list[LaterShape], Many] = []
    series: SeriesShape = SeriesShape()
    printed: Annotated[Annotated[Word, Tag(ONE)] | Annotated[dict[_Frame, Word], Tag(KEYS)], either("an abbreviation")] = {}
    symbol: bool = True
    retention: Word | None = None


# ---- organisation.yaml ---------------------------------------------------------------------------------------------

Person = Annotated[Word, Names("person")]


class UnitShape(Closed):
    """A body or a part of one."""

    title: Word
    kind: Annotated[Word, Names("kind of unit")] | None = None
    parent: Unit | None = None
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    succeeded_by: Annotated[list[Unit], Many] = []
    symbol: Word | None = None
    on_behalf: Flag | None = None
    head: Position | None = None
    registrar: Position | None = None
    place: Word | None = None
    name_lines: Words = []
    parent_line: Word | None = None


class PersonShape(Closed):
    """An office-holder."""

    title: Word
    email: Word | None = None
    name: Word | None = None


class PostShape(Closed):
    """A person's position in a unit, between two days."""

    person: Person
    unit: Unit
    position: Position
    title: Word | None = None
    deputy_of: Word | None = None
    acting: bool = False
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class DelegationShape(Closed):
    """Somebody acts for somebody else."""

    from_: Person = Field(alias="from")
    to: Person
    roles: Annotated[list[Annotated[Word, Names("delegated")]], Many] = []
    since: Day | None = None
    until: Day | None = None
    by: Word | None = None
    signs: Literal["by order", "by mandate"] = "by mandate"


class AbsenceShape(Closed):
    """The days on which somebody is away."""

    person: Person
    since: Day
    until: Day | None = None


class TermShape(Closed):
    """A committee's term of office."""

    name: Word
    bodies: Annotated[list[Unit], Many]
    from_: Day = Field(alias="from")
    until: Day | None = None


class LoginShape(Closed):
    """Whose login this is."""

    is_: Person = Field(alias="is")
    may_act_for: Annotated[list[Annotated[Word, Names("acted for")]], Many] = []


class OrganisationShape(Closed):
    """Units, persons and who holds what: `organisation.yaml`."""

    units: dict[Id, UnitShape]
    persons: dict[Id, PersonShape]
    positions: dict[Id, Word | None] | None = None
    posts: Annotated[list[PostShape], Many] = []
    delegations: Annotated[list[DelegationShape], Many] = []
    absences: Annotated[list[AbsenceShape], Many] = []
    logins: dict[Id, LoginShape] | None = None
    terms: Annotated[list[TermShape], Many] = []


# ---- calendar.yaml -------------------------------------------------------------------------------------------------


class OffShape(Closed):
    """Days off."""

    on: Annotated[Word, Names("days")]
    title: Word
    by: Word | None = None


class SwapShape(Closed):
    """A day off that is made up on another."""

    off: Day
    worked: Day
    title: Word | None = None
    by: Word | None = None


class HalfDayShape(Closed):
    """Days with working hours of their own."""

    on: Annotated[Word, Names("days")]
    hours: Annotated[list[Annotated[Word, Names("hours")]], Many]
    title: Word | None = None
    by: Word | None = None


Week = dict[Annotated[Id, Names("weekdays")], Annotated[list[Annotated[Word, Names("hours")]], Many]]


class DaysShape(Closed):
    """The days of a calendar that differ from its week."""

    off: Annotated[list[OffShape], Many] = []
    swaps: Annotated[list[SwapShape], Many] = []
    half_days: Annotated[list[HalfDayShape], Many] = []
    day_ends: Annotated[Word, Names("day end")] | None = None


_NOTHING: Any = object()


def _week_or_like(schema: Schema) -> None:
    schema["anyOf"] = [{"required": ["week"]}, {"required": ["like"]}]


class OneCalendarShape(DaysShape, json_schema_extra=_week_or_like):
    """A calendar beside the office's own."""

    like: Annotated[Word, Names("calendar like")] | None = _NOTHING
    week: Week = Field(default=_NOTHING, validate_default=True)
    units: Annotated[list[Unit], Many] = []

    @field_validator("week", mode="before")
    @classmethod
    def has_a_week(cls, value: Any, info: ValidationInfo) -> Any:
        """A week of its own, or another calendar's; said beside whatever else is wrong."""
        if value is not _NOTHING:
            return value
        if info.data.get("like") is _NOTHING:
            code = "lacks"
            raise PydanticCustomError(code, "week")
        return {}


class CalendarShape(DaysShape):
    """Working days and hours: `calendar.yaml`."""

    week: Week
    zone: Word | None = None
    calendars: dict[Id, OneCalendarShape] | None = None


# ---- scenarios/*.yaml ----------------------------------------------------------------------------------------------

Actor = Annotated[Word, Names("actor")]
Values = dict[Annotated[Id, Names("field")], Any]
Said = Annotated[Any, Is("a text, or true", (str, int, Decimal, bool, type(None)), SCALAR)]
Told = Annotated[list[Annotated[Word, Names("told")]], Many]


class ExpectedShape(Closed):
    """What is so after a step."""

    state: Annotated[Word, Names("state")] = ""
    overdue: bool = False
    due: Annotated[
        Annotated[Day, Tag(ONE)] | Annotated[dict[Annotated[Id, Names("deadline")], Day], Tag(KEYS)],
        either("a day, or one for each name"),
    ] = ""
    notices: Annotated[
        Annotated[Told, Tag(ONE)] | Annotated[dict[Annotated[Id, Names("told")], Word], Tag(KEYS)],
        Discriminator(lambda value: KEYS if isinstance(value, dict) else ONE),
    ] = []
    drafts: Annotated[list[Document], Many] = []
    issues: Annotated[list[Document], Many] = []
    fields: Values = {}
    awaited: Told = []
    outcome: Annotated[Word, Names("outcome")] = ""
    opened: Annotated[list[Process], Many] = []
    title: Word = ""
    tracks: dict[Annotated[Id, Names("track")], Word] = {}
    children: dict[Id, Word] = {}
    deadlines: Annotated[list[Annotated[Word, Names("deadline")]], Many] = []
    opinions: dict[Annotated[Id, Names("unit")], Annotated[Word, Names("answer")]] = {}
    number: Word = ""
    signed: dict[Annotated[Id, Names("document")], Told] = {}
    says: dict[Annotated[Id, Names("document")], Word] = {}
    sees: dict[Annotated[Id, Names("told")], bool] = {}


class PaperShape(Closed):
    """What is done to one paper of the case, outside of actions."""

    issue: Word = ""
    void: Word = ""
    recall: Word = ""
    replace: Word = ""
    correct: Word = ""
    attach: Word = ""
    by: Word = ""
    files: Words = []


class StepShape(Closed):
    """A step: one thing is done, or only looked at what there is."""

    wait: Annotated[Word, Names("wait")] = ""
    open: Values | None = None
    do: Annotated[Word, Names("action")] = ""
    reply: Annotated[Word, Names("answer")] | None = None
    attach: Words = []
    comment: Said = None
    edit: Values = {}
    assign: dict[Annotated[Id, Names("slot")], Actor] = {}
    extend: dict[Annotated[Id, Names("deadline")], Annotated[Word, Names("amount")]] = {}
    pause: Said = None
    resume: Said = None
    recall: Said = None
    ask: Words = []
    claim: Annotated[Id, Names("slot")] | None = None
    release: Said = None
    recuse: Said = None
    reopen: Said = None
    void: Words = []
    replace: Words = []
    keep: Words = []
    correct: Annotated[int, Field(ge=1)] = 1
    answer: Annotated[Word, Names("answer")] = ""
    take_back: bool = False
    link: Word | None = None
    how: Literal["relates", "follows"] = "relates"
    doc: PaperShape | None = None
    children: bool = False
    case: Word | None = None
    process: Process | None = None
    start: Annotated[Word, Names("start")] | None = None
    title: Word | None = None
    as_: Actor | None = Field(default=None, alias="as")
    unit: Unit | None = None
    set: Values | None = None
    note: Word | None = None
    expect: ExpectedShape | None = None
    refused: Word | None = None


class ScenarioShape(Closed):
    """A story of a case: `scenarios/*.yaml`."""

    scenario: Word
    at: Annotated[Word, Names("time")]
    as_: Actor | None = Field(default=None, alias="as")
    start: Annotated[Word, Names("start")] | None = None
    open: Values | None = None
    title: Word | None = None
    steps: Annotated[list[StepShape], Many] = []


# ---- programme.yaml ------------------------------------------------------------------------------------------------


class EvidenceShape(Closed):
    """Cases that show an obligation."""

    process: Process
    met: Annotated[list[Annotated[Word, Names("state")]], Many]
    when: Values | None = None
    year: Annotated[Word, Names("field")] | None = None


class ObligationShape(Closed):
    """One thing that the programme asks for."""

    title: Word
    article: Word
    text: Word | None = None
    who: Annotated[list[Unit], Many]
    owed: Literal["yearly", "first year", "last year", "occasion"] = "yearly"
    by: Annotated[Word, Names("day of the year")] | None = None
    basis: Word | None = None
    count: Annotated[int, Field(ge=1)] = 1
    cases: Annotated[list[EvidenceShape], Many]


class ProgrammeShape(Closed):
    """What the office owes under its programme: `programme.yaml`."""

    title: Word
    by: Word | None = None
    since: Annotated[int, Field(ge=1, le=9999)]
    until: Annotated[int, Field(ge=1, le=9999)]
    obligations: dict[Id, ObligationShape]


DOCUMENT_TYPES: TypeAdapter[Any] = TypeAdapter(dict[Id, TypeShape])
ORGANISATION: TypeAdapter[Any] = TypeAdapter(OrganisationShape)
CALENDAR: TypeAdapter[Any] = TypeAdapter(CalendarShape)
SCENARIO: TypeAdapter[Any] = TypeAdapter(ScenarioShape)
PROGRAMME: TypeAdapter[Any] = TypeAdapter(ProgrammeShape)

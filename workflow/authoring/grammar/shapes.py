"""The allowed shape of `process.yaml`, as closed models. Texts stay texts here. What each key means is said in `keys.md`."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, TypeAdapter

from workflow.authoring.grammar.kinds import (
    KEYS,
    LIST,
    ONE,
    Bound,
    By,
    Closed,
    Conditions,
    Documents,
    Doings,
    DueNames,
    Editors,
    Expression,
    FieldId,
    Fields,
    Filled,
    Id,
    Key,
    Many,
    Names,
    Needed,
    Notifies,
    Position,
    Process,
    Sets,
    SlotId,
    State,
    States,
    Unit,
    Who,
    Word,
    either,
)
from workflow.authoring.grammar.times import Choosing, Moment, Title, one_of_ways

# ---- EFFECTS -------------------------------------------------------------------------------------------------------


class OpensShape(Closed):
    """A sub-case of another process: one, or one for each item."""

    process: Process
    start: Annotated[Word, Names("start elsewhere")] = "open"
    for_each: Expression = None
    fields: dict[Annotated[Id, Names("field elsewhere")], Expression] = {}
    shares: dict[Annotated[Id, Names("field elsewhere")], Word] = {}
    title: Word | None = None


class AlsoShape(Closed):
    """An action on another case."""

    do: Annotated[Word, Names("action elsewhere")]
    case: Needed
    fields: dict[Annotated[Id, Names("field elsewhere")], Expression] = {}


class BecomesShape(Closed):
    """The case goes on as a case of another process."""

    process: Process
    state: Annotated[Word, Names("state elsewhere")]


class EffectsShape(Closed):
    """EFFECTS: what happens besides the next state."""

    sets: Sets = {}
    assigns: dict[SlotId, Who] = {}
    drafts: Documents = []
    issues: Documents = []
    notifies: Notifies = []
    stops: DueNames = []
    resumes: DueNames = []
    restarts: DueNames = []
    opens: Annotated[list[OpensShape], Many] = []
    also: Annotated[list[AlsoShape], Many] = []
    becomes: BecomesShape | None = None


class BranchShape(Choosing, EffectsShape, json_schema_extra=one_of_ways):
    """One branch of `to`: a state, and EFFECTS of its own."""

    when: Expression = None
    then: Annotated[Word, Names("target")] = ""
    otherwise: Annotated[Word, Names("target")] = Field(default="", alias="else")


To = Annotated[
    Annotated[Word, Names("target"), Tag(ONE)] | Annotated[list[BranchShape], Filled(), Tag(LIST)], either("a state, same or previous")
]

# ---- deadlines -----------------------------------------------------------------------------------------------------


class RungShape(Closed):
    """RUNG: one step of a ladder."""

    at: Annotated[Moment, Names("rung")]
    notifies: Notifies = []
    issues: Documents = []
    drafts: Documents = []
    do: Annotated[Word, Names("action")] = ""
    repeat: Annotated[Word, Names("amount")] = ""
    urgent: bool = False


class DueShape(Closed):
    """DUE: a deadline."""

    at: Moment
    name: Word = ""
    in_: States = Field(default=[], alias="in")
    until: State = ""
    calendar: Annotated[Word, Names("calendar")] = ""
    basis: Word = ""
    ladder: Annotated[list[RungShape], Many] | None = None


_DUE, _MOMENT, _SEVERAL = "<due>", "<moment>", "<several>"


def _due(value: Any) -> str:
    """A DUE, or a bare MOMENT, which is its `at`."""
    return _DUE if isinstance(value, dict) and not {"latest", "earliest"} & set(value) else _MOMENT


def _dues(value: Any) -> str:
    """One DUE, several, or a CHOICE of moments, which is a list too."""
    if isinstance(value, list):
        choice = any(isinstance(item, dict) and {"when", "then", "else"} & set(item) for item in value)
        return ONE if choice else _SEVERAL
    return ONE if value is not None else "<none>"


Due = Annotated[Annotated[DueShape, Tag(_DUE)] | Annotated[Moment, Tag(_MOMENT)], Discriminator(_due)]
Dues = Annotated[
    Annotated[Due, Tag(ONE)] | Annotated[list[Due], Tag(_SEVERAL)] | Annotated[None, Tag("<none>")],
    Discriminator(_dues),
]

# ---- states and actions --------------------------------------------------------------------------------------------


class ActionShape(EffectsShape):
    """ACTION: what moves a case on."""

    by: By
    title: Title | None = None
    not_by: Who = []
    when: Conditions = None
    needs: Fields = []
    not_before: Moment | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    form: Fields = []
    note: Literal["optional", "required"] | None = None
    to: To | None = None


class GeneralShape(ActionShape):
    """An ACTION of several states."""

    from_: States = Field(alias="from")


class ReplyShape(EffectsShape):
    """A consultation's reply: an ACTION without `to`."""

    by: By
    named: Id = "reply"
    title: Title | None = None
    not_by: Who = []
    when: Conditions = None
    needs: Fields = []
    form: Fields = []
    note: Literal["optional", "required"] | None = None


class AgainShape(Choosing, Closed, json_schema_extra=one_of_ways):
    """One branch of `again`."""

    when: Expression = None
    then: Annotated[list[Annotated[Word, Names("again")]], Many] = []
    otherwise: Annotated[list[Annotated[Word, Names("again")]], Many] = Field(default=[], alias="else")


def _ways(value: Any) -> str:
    return LIST if isinstance(value, list) and any(isinstance(item, dict) for item in value) else ONE


AgainWays = Annotated[
    Annotated[list[Annotated[Word, Names("again")]], Many, Tag(ONE)] | Annotated[list[AgainShape], Filled(), Tag(LIST)],
    Discriminator(_ways),
]
Veto = Annotated[
    Annotated[list[Annotated[Word, Names("answer")]], Many, Tag(ONE)] | Annotated[dict[Id, Expression], Tag(KEYS)],
    Discriminator(lambda value: KEYS if isinstance(value, dict) else ONE),
]


class ConsultShape(Closed):
    """Asking several units, or persons, at once."""

    asks: Needed
    reply: ReplyShape
    issues: Documents = []
    drafts: Documents = []
    notifies: Notifies = []
    answers: dict[Id, Title] = {}
    due: Due | None = None
    silence: Annotated[Word, Names("silence")] | None = None
    enough: Annotated[Expression, Names("enough")] = "all"
    again: AgainWays = ["all"]
    weight: Expression = None
    veto: Veto = []
    lasting: bool = False
    changeable: bool = False


class RightsShape(Closed):
    """Who may do what besides the actions."""

    see: Who = []
    edit: Editors = []
    comment: Who = []
    attach: Who = []
    assign: Who = []
    ask: Who = []
    extend: Who = []
    pause: Who = []
    recall: Who = []
    correct: Who = []
    reopen: Who = []
    link: Who = []
    issue: Who = []
    void: Who = []
    dispose: Who = []


class StateShape(EffectsShape):
    """A state; its EFFECTS happen on entering."""

    title: Title | None = None
    final: Annotated[Id, Names("outcome")] | None = None
    endless: bool = False
    due: Dues = None
    consult: ConsultShape | None = None
    rights: RightsShape | None = None
    actions: dict[Id, ActionShape] = {}


class TrackShape(Closed):
    """A machine of the case, beside the case's own."""

    start: State
    states: Annotated[dict[Id, StateShape], Field(min_length=1)]
    title: Title | None = None
    actions: dict[Id, Annotated[list[GeneralShape], Many]] = {}
    due: Dues = None
    outlives: bool = False


# ---- what a process declares ---------------------------------------------------------------------------------------

_Choices = Annotated[
    Annotated[list[Needed], Tag(LIST)] | Annotated[dict[Id, Title], Tag(KEYS)],
    Discriminator(lambda value: LIST if isinstance(value, list) else KEYS),
]


class ColumnShape(Closed):
    """A column of a table, and what every field has."""

    type: Annotated[Word, Names("column type")]
    title: Title | None = None
    required: bool = False
    default: Any = None
    min: Bound = None
    max: Bound = None
    pattern: str = ""
    help: Word = ""
    choices: _Choices = {}


class FieldShape(ColumnShape):
    """A field of a case."""

    type: Annotated[Word, Names("type")]
    computed: Expression = None
    columns: dict[Key, ColumnShape] = {}


class RoleShape(Closed):
    """A role: one way to find who holds it, and `when` it holds."""

    unit: Unit | None = None
    position: Position | None = None
    assigned: SlotId | None = None
    did: Doings | None = None
    person: Expression = None
    superior_of: Annotated[Word, Names("role")] | None = None
    any: Who | None = None
    when: Expression = None
    among: Who = []


class DocumentShape(Closed):
    """A document that the process writes."""

    type: Annotated[Word, Names("document type")]
    body: Annotated[Word, Names("template")] | None = None
    template: Annotated[Word, Names("template")] | None = None
    issuer: Annotated[list[Unit], Many]
    signer: Who
    title: Word | None = None
    recipients: Who = []
    number: Literal["each", "all"] = "each"


class PeriodicShape(Closed):
    """A case for each period."""

    every: Moment
    start: Annotated[Word, Names("start")]
    fields: dict[FieldId, Expression] = {}
    title: Word | None = None


class ProcessShape(Closed):
    """A procedure: `process.yaml`."""

    process: Key
    unit: Unit
    number: str
    starts: Annotated[dict[Id, ActionShape], Field(min_length=1)]
    states: Annotated[dict[Id, StateShape], Field(min_length=1)]
    title: Title | None = None
    case_title: Word | None = None
    secret: Expression = None
    retention: Word | None = None
    fields: dict[Key, FieldShape] = {}
    roles: dict[Id, RoleShape] = {}
    documents: dict[Id, DocumentShape] = {}
    groups: dict[Id, States] = {}
    ladder: Annotated[list[RungShape], Many] = []
    due: Dues = None
    actions: dict[Id, Annotated[list[GeneralShape], Many]] = {}
    tracks: dict[Key, TrackShape] = {}
    periodic: Annotated[list[PeriodicShape], Many] = []
    rights: RightsShape | None = None


PROCESS: TypeAdapter[Any] = TypeAdapter(ProcessShape)

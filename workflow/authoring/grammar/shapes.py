"""The allowed shape of `process.yaml` and `document-types.yaml`, as closed models. Texts stay texts here."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import PydanticCustomError, core_schema


class _Short:
    """A value that may be written shorter: `wrap` makes the full form, `schema` is the short one's JSON Schema."""

    def __init__(self, wrap: Callable[[Any], Any], schema: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self.wrap, self.schema = wrap, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        return core_schema.no_info_before_validator_function(self.wrap, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        whole = handler(core)
        return {"anyOf": [self.schema(whole), whole]}


def _text(value: Any) -> Any:
    """Numbers may be written where a text stands."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _listed(value: Any) -> Any:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _not_yet(_value: Any) -> Any:
    code = "not_yet"
    raise PydanticCustomError(code, "not yet available")


def _choices(value: Any) -> Any:
    """Choices as a list are their own titles."""
    return {str(item): {} for item in value} if isinstance(value, list) else value


def _due(value: Any) -> Any:
    """A DUE; a bare MOMENT is its `at`."""
    return value if isinstance(value, dict) and not {"latest", "earliest"} & set(value) else {"at": value}


def _dues(value: Any) -> Any:
    """One DUE, several, or a CHOICE of moments, which is a list too."""
    if isinstance(value, list) and any(isinstance(item, dict) and {"when", "then", "else"} & set(item) for item in value):
        return [value]
    return _listed(value)


Word = Annotated[str, BeforeValidator(_text)]
Id = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Many = _Short(_listed, lambda whole: whole["items"])
Words = Annotated[list[Word], Many]
Expression = Annotated[Any, Field(description="EXPR: Jinja2's expression grammar")]
Moment = Annotated[Any, Field(description="MOMENT: [AMOUNT after|before] POINT, a CHOICE, {latest: […]} or {earliest: […]}")]
NotYet = Annotated[Any, BeforeValidator(_not_yet), Field(description="not yet available in this version", json_schema_extra={"not": {}})]
Notifies = Annotated[list[Any], Many]


class _Closed(BaseModel):
    """A mapping with no other keys than its own."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class TitleShape(_Closed):
    """A title in two languages."""

    vi: Word | None = None
    en: Word | None = None


Title = Annotated[TitleShape, _Short(lambda value: {"vi": value} if not isinstance(value, dict) else value, lambda _: {"type": "string"})]


class OpensShape(_Closed):
    """A sub-case of another process: one, or one for each item."""

    process: Word
    start: Word = "open"
    for_each: Expression = None
    fields: dict[Id, Expression] = {}
    title: Word | None = None


class AlsoShape(_Closed):
    """An action on another case."""

    do: Word
    case: Expression
    fields: dict[Id, Expression] = {}


class BecomesShape(_Closed):
    """The case goes on as a case of another process."""

    process: Word
    state: Word


class EffectsShape(_Closed):
    """EFFECTS: what happens besides the next state."""

    sets: dict[Id, Expression] = {}
    assigns: dict[Id, Words] = {}
    drafts: Words = []
    issues: Words = []
    notifies: Notifies = []
    stops: Words = []
    resumes: Words = []
    restarts: Words = []
    opens: Annotated[list[OpensShape], Many] = []
    also: Annotated[list[AlsoShape], Many] = []
    becomes: BecomesShape | None = None


class RungShape(_Closed):
    """RUNG: one step of a ladder."""

    at: Moment
    notifies: Notifies = []
    issues: Words = []
    drafts: Words = []
    do: Word = ""
    repeat: Word = ""
    urgent: bool = False


class DueShape(_Closed):
    """DUE: a deadline."""

    at: Moment
    name: Word = ""
    in_: Words = Field(default=[], alias="in")
    until: Word = ""
    calendar: Word = ""
    basis: Word = ""
    ladder: Annotated[list[RungShape], Many] | None = None


Due = Annotated[DueShape, _Short(_due, lambda _: {"type": "string"})]
Dues = Annotated[list[Due], _Short(_dues, lambda whole: whole["items"])]


class ActionShape(EffectsShape):
    """ACTION: what moves a case on."""

    by: Words
    title: Title | None = None
    not_by: Words = []
    when: Annotated[Any, Field(description="EXPR, or {EXPR: reason, …}: all must hold")] = None
    needs: Words = []
    not_before: Moment = None
    times: Annotated[int, Field(ge=1)] | None = None
    form: Words = []
    note: Literal["optional", "required"] | None = None
    to: Annotated[Any, Field(description="same, a state, previous, or a CHOICE of them with EFFECTS")] = None


class GeneralShape(ActionShape):
    """An ACTION of several states."""

    from_: Words = Field(alias="from")


class ReplyShape(EffectsShape):
    """A consultation's reply: an ACTION without `to`."""

    by: Words
    named: Id = "reply"
    title: Title | None = None
    not_by: Words = []
    when: Any = None
    needs: Words = []
    form: Words = []
    note: Literal["optional", "required"] | None = None


class ConsultShape(_Closed):
    """Asking several units, or persons, at once."""

    asks: Expression
    reply: ReplyShape
    issues: Words = []
    drafts: Words = []
    notifies: Notifies = []
    answers: dict[Id, Title] = {}
    due: Due | None = None
    silence: Word | None = None
    enough: Annotated[Any, Field(description="all, N, N% or EXPR")] = "all"
    again: Words = ["all"]
    changeable: bool = False


class RightsShape(_Closed):
    """Who may do what besides the actions."""

    see: Words = []
    edit: Annotated[list[Any], Many] = []
    comment: Words = []
    attach: Words = []
    assign: Words = []
    extend: Words = []
    pause: Words = []
    recall: Words = []
    correct: Words = []


class StateShape(EffectsShape):
    """A state; its EFFECTS happen on entering. `stops: all` stops every other deadline while the case stands there."""

    title: Title | None = None
    final: Id | None = None
    endless: bool = False
    due: Dues = []
    consult: ConsultShape | None = None
    rights: RightsShape | None = None
    actions: dict[Id, ActionShape] = {}


class TrackShape(_Closed):
    """A machine of the case, beside the case's own."""

    start: Word
    states: Annotated[dict[Id, StateShape], Field(min_length=1)]
    title: Title | None = None
    actions: dict[Id, Annotated[list[GeneralShape], Many]] = {}
    due: Dues = []
    outlives: bool = False


class ColumnShape(_Closed):
    """A column of a table, and what every field has."""

    type: Word
    title: Title | None = None
    required: bool = False
    default: Any = None
    min: int | Decimal | str | None = None
    max: int | Decimal | str | None = None
    pattern: str = ""
    help: Word = ""
    choices: Annotated[dict[Id, Title], _Short(_choices, lambda _: {"type": "array"})] = {}


class FieldShape(ColumnShape):
    """A field of a case."""

    computed: Expression = None
    columns: dict[Key, ColumnShape] = {}


class RoleShape(_Closed):
    """A role: one way to find who holds it, and `when` it holds."""

    unit: Word | None = None
    position: Word | None = None
    assigned: Id | None = None
    did: Words | None = None
    person: Expression = None
    superior_of: Word | None = None
    any: Words | None = None
    when: Expression = None


class DocumentShape(_Closed):
    """A document that the process writes."""

    type: Word
    body: Word
    issuer: Words
    signer: Words
    title: Word | None = None
    recipients: Words = []
    template: NotYet = None


class PeriodicShape(_Closed):
    """A case for each period."""

    every: Moment
    start: Word
    fields: dict[Id, Expression] = {}
    title: Word | None = None


class ProcessShape(_Closed):
    """A procedure: `process.yaml`."""

    process: Key
    unit: Word
    number: str
    starts: Annotated[dict[Id, ActionShape], Field(min_length=1)]
    states: Annotated[dict[Id, StateShape], Field(min_length=1)]
    title: Title | None = None
    case_title: Word | None = None
    secret: Annotated[Any, Field(description="false, true or EXPR")] = None
    fields: dict[Key, FieldShape] = {}
    roles: dict[Id, RoleShape] = {}
    documents: dict[Id, DocumentShape] = {}
    groups: dict[Id, Words] = {}
    ladder: Annotated[list[RungShape], Many] = []
    due: Dues = []
    actions: dict[Id, Annotated[list[GeneralShape], Many]] = {}
    tracks: dict[Key, TrackShape] = {}
    periodic: Annotated[list[PeriodicShape], Many] = []
    rights: RightsShape | None = None


class SeriesShape(_Closed):
    """How a document type's numbers run; `period` for both frames, or for each."""

    per: Literal["type", "all"] = "type"
    period: Annotated[
        dict[Literal["state", "party"], Literal["year", "term"]],
        _Short(lambda value: value if isinstance(value, dict) else {"state": value, "party": value}, lambda _: {"enum": ["year", "term"]}),
    ] = {}


class TypeShape(_Closed):
    """A type of official paper."""

    title: Word
    frame: Annotated[
        dict[Id, Literal["state", "party"]],
        _Short(lambda value: value if isinstance(value, dict) else {"any": value}, lambda _: {"enum": ["state", "party"]}),
    ]
    series: SeriesShape = SeriesShape()
    symbol: bool = True


PROCESS: TypeAdapter[Any] = TypeAdapter(ProcessShape)
DOCUMENT_TYPES: TypeAdapter[Any] = TypeAdapter(dict[Id, TypeShape])


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `process.yaml`, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "hoso process", **PROCESS.json_schema()}

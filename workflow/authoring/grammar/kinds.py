"""The kinds of value that the shapes are made of, each with what an editor may offer for it.

A breach is one of pydantic's, or a custom one of the same name that `breaches` knows: `wrong_kind` (its message is what was expected),
`choice_shape`, `no_moment`.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic_core import PydanticCustomError, core_schema

NAMES = "x-names"
"""In a schema in the making: what kind of word may stand here. `hints` puts a process's own words in its place."""

TEXT: dict[str, Any] = {"type": ["string", "number"]}
SCALAR: dict[str, Any] = {"not": {"type": ["object", "array"]}}
NOT_NOTHING: dict[str, Any] = {"not": {"type": ["object", "array", "null"]}}
NOTHING: dict[str, Any] = {"not": {"type": ["string", "number", "boolean", "object", "array"]}}
"""Said by what they are not: an editor offers the values of each type that it is told of, and `null` is no help to a clerk."""

Schema = dict[str, Any]


class Closed(BaseModel):
    """A mapping with no other keys than its own."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class Names(Struct, frozen=True):
    """What kind of word stands here: `state`, `role` … (see `hints`)."""

    kind: str

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        """The word's schema, marked."""
        return {**handler(core), NAMES: self.kind}


class Is(Struct, frozen=True, eq=False):
    """A value of one of these Python types, and what is expected if it is not; `schema` says the same in JSON."""

    expected: str
    types: tuple[type, ...]
    schema: Schema
    words: tuple[object, ...] = ()
    """If there are any, it is one of these."""
    filled: bool = False
    """Whether an empty text is refused too."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Callable[[Any], Any]) -> Any:
        """Pydantic's schema: a function."""
        return core_schema.no_info_plain_validator_function(self._checked)

    def __get_pydantic_json_schema__(self, _core: Any, _handler: GetJsonSchemaHandler) -> Schema:
        """The schema as it was given."""
        return {**self.schema, "minLength": 1} if self.filled else dict(self.schema)

    def _checked(self, value: Any) -> Any:
        if type(value) not in self.types or (self.words and value not in self.words) or (self.filled and value == ""):
            raise wrong_kind(self.expected)
        return value


def wrong_kind(expected: str) -> PydanticCustomError:
    """The breach that something else was expected."""
    return PydanticCustomError("wrong_kind", expected)


class Short:
    """A value that may be written shorter: `wrap` makes the full form, `schema` is the short one's JSON Schema."""

    def __init__(self, wrap: Callable[[Any], Any], schema: Callable[[Schema], Iterable[Schema]]) -> None:
        self.wrap, self.schema = wrap, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Pydantic's schema: wrapped first."""
        return core_schema.no_info_before_validator_function(self.wrap, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        """Either form."""
        whole = handler(core)
        return {"anyOf": [*self.schema(whole), whole]}


class Filled:
    """A list of at least one item: an empty CHOICE leads nowhere."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Pydantic's schema, with the breach of a choice."""
        return core_schema.no_info_after_validator_function(self._filled, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        """The list's, with its bound."""
        return {**handler(core), "minItems": 1}

    def _filled(self, value: Any) -> Any:
        if not value:
            raise no_choice()
        return value


def no_choice() -> PydanticCustomError:
    """The breach of what should be a CHOICE and is none."""
    return PydanticCustomError("choice_shape", "no choice")


def _as_text(value: Any) -> Any:
    """Numbers may be written where a text stands."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


class _AsText:
    """A text, or a number that stands for one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        return core_schema.no_info_before_validator_function(_as_text, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        return {**handler(core), **TEXT}


def _listed(value: Any) -> Any:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def sort(value: Any) -> str:
    """What a value is, for those that may be of several kinds."""
    return KEYS if isinstance(value, dict) else LIST if isinstance(value, list) else ONE


ONE, LIST, KEYS = "<one>", "<list>", "<keys>"
"""The tags of what may be one of several kinds; `<` marks them in the place of a breach."""


def either(expected: str) -> Discriminator:
    """Which kind a value is; one that is none of the kinds that may stand there is told as not being what is expected."""
    return Discriminator(sort, custom_error_type="wrong_kind", custom_error_message=expected)


Many = Short(_listed, lambda whole: [whole["items"], NOTHING])
"""One item may stand for a list, nothing for an empty one."""

Word = Annotated[str, _AsText()]
Id = Annotated[str, _AsText(), Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[list[Word], Many]

Anything = Annotated[Any, Is("a value", (str, int, Decimal, bool, type(None)), SCALAR)]
Expression = Annotated[Any, Is("an expression", (str, int, Decimal, bool, type(None)), SCALAR), Names("expression")]
Needed = Annotated[Any, Is("an expression", (str, int, Decimal, bool), NOT_NOTHING), Names("expression")]
Bound = Annotated[Any, Is("a number or a date", (str, int, Decimal, type(None)), {"not": {"type": ["object", "array", "boolean"]}})]
Flag = Annotated[Any, Is("true or false", (bool, str), {"enum": [True, False, "yes", "no"]}, (True, False, "yes", "no"))]

Role = Annotated[Word, Names("who")]
Who = Annotated[list[Role], Many]
By = Annotated[list[Annotated[Word, Names("by")]], Many]
Unit = Annotated[Word, Names("unit")]
Position = Annotated[Word, Names("position")]
State = Annotated[Word, Names("state")]
States = Annotated[list[Annotated[Word, Names("states")]], Many]
Document = Annotated[Word, Names("document")]
Documents = Annotated[list[Document], Many]
Fields = Annotated[list[Annotated[Word, Names("field")]], Many]
DueNames = Annotated[list[Annotated[Word, Names("deadlines")]], Many]
Doings = Annotated[list[Annotated[Word, Names("doing")]], Many]
Process = Annotated[Word, Names("process")]
FieldId = Annotated[Id, Names("field")]
SlotId = Annotated[Id, Names("slot")]

Sets = dict[FieldId, Expression]
Reason = Annotated[
    Any,
    Is("the reason that the refused person reads", (str, int, Decimal, bool), NOT_NOTHING, filled=True),
]
Conditions = Annotated[
    Annotated[Expression, Tag(ONE)]
    | Annotated[list[Expression], Tag(LIST)]
    | Annotated[dict[Annotated[Id, Names("expression")], Reason], Tag(KEYS)],
    either("an expression"),
]
"""EXPR, several of them, or {EXPR: reason}."""

Notifies = Annotated[
    list[Annotated[Annotated[Role, Tag(ONE)] | Annotated[dict[Annotated[Id, Names("who")], Word], Tag(KEYS)], either("roles")]], Many
]
"""WHO | {WHO: text}, or a list of both."""

Editors = Annotated[
    list[Annotated[Annotated[Role, Tag(ONE)] | Annotated[dict[Annotated[Id, Names("who")], Fields], Tag(KEYS)], either("roles")]], Many
]
"""WHO | {WHO: [fields]}, or a list of both."""

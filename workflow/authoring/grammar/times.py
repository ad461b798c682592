"""Shapes that stand in many places: titles, the branches of a CHOICE, MOMENT."""

from typing import Annotated, Any

from pydantic import Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from workflow.authoring.grammar.kinds import (
    KEYS,
    LIST,
    NOTHING,
    ONE,
    TEXT,
    Closed,
    Expression,
    Filled,
    Names,
    Schema,
    Short,
    Word,
    either,
    no_choice,
)


class TitleShape(Closed):
    """A title in two languages."""

    vi: Word | None = None
    en: Word | None = None


Title = Annotated[
    TitleShape,
    Short(lambda value: value if isinstance(value, dict) else {"vi": value}, lambda _: [TEXT, NOTHING]),
]


def one_of_ways(schema: Schema) -> None:
    """`when` and `then`, or `else` alone."""
    has = {key: {"required": [key]} for key in ("when", "then", "else")}
    schema["anyOf"] = [{"required": ["when", "then"], "not": has["else"]}, {**has["else"], "not": {"anyOf": [has["when"], has["then"]]}}]


class Choosing:
    """What the branches of a CHOICE have in common: they say when they hold, or are the `else`."""

    @model_validator(mode="before")
    @classmethod
    def keys(cls, value: Any) -> Any:
        """A branch has keys."""
        if not isinstance(value, dict):
            raise no_choice()
        return value

    @model_validator(mode="after")
    def one_way(self) -> Any:
        """Said after its keys were found to be known."""
        said = self.model_fields_set  # type: ignore[attr-defined] # mixed into models only
        if ("otherwise" in said) is bool({"when", "then"} & said) or (("when" in said) is not ("then" in said)):
            raise no_choice()
        return self


class MomentBranchShape(Choosing, Closed, json_schema_extra=one_of_ways):
    """One branch of a CHOICE of times."""

    when: Expression = None
    then: "Moment" = ""
    otherwise: "Moment" = Field(default="", alias="else")


def _one_pick(schema: Schema) -> None:
    schema |= {"minProperties": 1, "maxProperties": 1}


class PickShape(Closed, json_schema_extra=_one_pick):
    """The latest or the earliest of several times."""

    latest: "Moments" = []
    earliest: "Moments" = []

    @model_validator(mode="after")
    def one_of_them(self) -> "PickShape":
        """One key, with something in it."""
        if len(self.model_fields_set) != 1 or not (self.latest or self.earliest):
            code = "no_moment"
            raise PydanticCustomError(code, "no time")
        return self


Moment = Annotated[
    Annotated[Word, Names("moment"), Tag(ONE)] | Annotated[list[MomentBranchShape], Filled(), Tag(LIST)] | Annotated[PickShape, Tag(KEYS)],
    either("a time"),
]
"""MOMENT: [AMOUNT after|before] POINT, a CHOICE, {latest: […]} or {earliest: […]}."""

Moments = Annotated[
    list[Moment],
    Short(
        lambda value: value if isinstance(value, list) else [value],
        lambda whole: [choice for choice in whole["items"]["anyOf"] if choice.get("type") != "array"],
    ),
    Field(min_length=1),
]
MomentBranchShape.model_rebuild()
PickShape.model_rebuild()

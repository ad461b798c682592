"""Breaches of a shape → problems, each at its own place."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from workflow.authoring import problems as p
from workflow.authoring.read import Node
from workflow.authoring.reading import source_of
from workflow.errors import Place, Problem

Step = int | str

MANY = 200
"""The most breaches of one file that are told: nobody mends more at once."""


def check_shape(node: Node, shape: TypeAdapter[Any]) -> list[Problem]:
    """Every breach of the shape, each at its own place; of more than MANY only how many more there are."""
    try:
        shape.validate_python(node.plain())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        more = [p.MORE.at(Place(file=node.place.file), count=len(found) - MANY)] if len(found) > MANY else []
        return [*(_problem(node, shape, one) for one in found[:MANY]), *more]
    return []


def _problem(root: Node, shape: TypeAdapter[Any], found: ErrorDetails) -> Problem:
    kind, loc = found["type"], found["loc"]
    node, key = _at(root, loc)
    named, word = (key or node).place, str(loc[-1]) if loc else ""
    match kind:
        case "extra_forbidden":
            return p.UNKNOWN_KEY.meant(named, word, _keys_at(shape, loc[:-1]))
        case "missing":
            return p.MISSING_KEY.at(named, key=word)
        case "string_pattern_mismatch":
            return p.BAD_KEY.at(node.place, word=node.text)
        case "literal_error":
            return p.WRONG_WORD.meant(node.place, node.text or _said(node), _words(str(found["ctx"]["expected"])))
        case "choice_shape":
            return p.CHOICE_SHAPE.at(node.place)
        case "no_moment":
            return p.MOMENT.at(node.place, text=source_of(node))
        case "lacks":
            return p.MISSING_KEY.at(named, key=found["msg"])
        case "wrong_kind":
            return p.WRONG_KIND.at(node.place, expected=found["msg"], found=_said(node))
    return p.WRONG_KIND.at(node.place, expected=_EXPECTED.get(kind, "something else"), found=_said(node))


def _is_tag(step: Step) -> bool:
    """Whether a step says which kind a value is, and leads nowhere."""
    return isinstance(step, str) and step.startswith("<")


def _at(root: Node, loc: tuple[Step, ...]) -> tuple[Node, Node | None]:
    """The node that a location means, and its key. Steps into what was written shorter lead nowhere: they stay."""
    node, key = root, None
    for step in loc:
        if step == "[key]":
            return key or node, key
        if isinstance(step, int):
            if node.is_sequence:
                node, key = node.items[step], None
        elif not _is_tag(step) and (value := node.get(step)) is not None:
            node, key = value, node.key(step)
    return node, key


def _keys_at(shape: TypeAdapter[Any], loc: tuple[Step, ...]) -> list[str]:
    """The keys that the mapping at a location may have."""
    kind: Any = shape._type  # noqa: SLF001 - the adapter offers no other way to its type
    for step in loc:
        kind = _into(kind, step)
    return [field.alias or name for name, field in _bare(kind).model_fields.items()]


def _into(kind: Any, step: Step) -> Any:
    """The type one step further; a step into what was written as one for a list stays."""
    if _is_tag(step):
        return next(one for one in _kinds(kind) if Tag(str(step)) in getattr(one, "__metadata__", ()))
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return next(field.annotation for name, field in kind.model_fields.items() if step in {name, field.alias})
    return get_args(kind)[-1]


def _kinds(kind: Any) -> list[Any]:
    """The kinds that a value of several kinds may be of."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) not in {Union, UnionType}:
        return [kind]
    return [inner for one in get_args(kind) for inner in ([one] if _tagged(one) else _kinds(one))]


def _tagged(kind: Any) -> bool:
    return any(isinstance(mark, Tag) for mark in getattr(kind, "__metadata__", ()))


def _bare(kind: Any) -> Any:
    """A type without its annotations, and without None."""
    while get_origin(kind) in {Annotated, Union, UnionType}:
        kind = get_args(kind)[0]
    return kind


def _words(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]


def _said(node: Node) -> str:
    if node.is_scalar:
        return "nothing" if node.value is None else f"'{node.text}'"
    return node.kind.value


_EXPECTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "greater_than_equal": "a number of at least 1",
    "too_short": "at least one key",
    "string_too_short": "a word",
}

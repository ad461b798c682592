"""The shapes as JSON Schema, for editors: draft 7, which all of them know; each key with what it means in two languages."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from workflow.authoring.grammar.beside import CALENDAR, DOCUMENT_TYPES, ORGANISATION, PROGRAMME, SCENARIO
from workflow.authoring.grammar.kinds import NAMES, NOTHING, Closed, Schema
from workflow.authoring.grammar.shapes import PROCESS

KINDS: dict[str, TypeAdapter[Any]] = {
    "process": PROCESS,
    "scenario": SCENARIO,
    "organisation": ORGANISATION,
    "calendar": CALENDAR,
    "document-types": DOCUMENT_TYPES,
    "programme": PROGRAMME,
}
"""Each kind of file and its shape."""

TITLES = {
    "process": "process.yaml",
    "scenario": "scenarios/*.yaml",
    "organisation": "organisation.yaml",
    "calendar": "calendar.yaml",
    "document-types": "document-types.yaml",
    "programme": "programme.yaml",
}
WHOLE = "*"
DIALECT = "http://json-schema.org/draft-07/schema#"
_KEYS = Path(__file__).parent / "keys.md"
_ROW = re.compile(r"\| `(.+?)` \| (.+?) \| (.+?) \|")

Words = Mapping[str, Mapping[str, str]]
"""Kind of word → the words that there are, each with its title."""


def json_schema(kind: str = "process", words: Words | None = None) -> Schema:
    """The JSON Schema of a kind of file. `words` are offered where a word of their kind may stand; another word is no
    less valid, since a schema is written before the next word is thought of.
    """
    raw, still = _raw(kind)
    offered = {of: _enum(titles) for of, titles in (words or {}).items() if titles}
    tidy = _Tidy(words or {}, still)
    whole = tidy.part(raw)
    whole["definitions"] |= {_offer(of).rsplit("/", 1)[1]: part for of, part in offered.items() if of in tidy.used}
    about = whole.pop("description", "") or said(kind.title().replace("-", ""), WHOLE)
    return {"$schema": DIALECT, "title": TITLES[kind], "description": about, **whole}


@cache
def _raw(kind: str) -> tuple[Schema, dict[int, Any]]:
    """Pydantic's schema of a kind of file, and those of its parts that are the same whatever words there are (by their `id`), tidied:
    by far the most. Neither is to be changed.
    """
    schema = KINDS[kind].json_schema(schema_generator=_Generator)
    named = {name.removesuffix("Shape"): part for name, part in schema.pop("$defs", {}).items()}
    whole, still = {**schema, "definitions": named}, dict[int, Any]()
    _settle(whole, still)
    return whole, still


# ---- from pydantic -------------------------------------------------------------------------------------------------


class _Generator(GenerateJsonSchema):
    """Pydantic's schema without what only programs want, and with what the keys mean."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults are for programs."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        """A key is its own title."""
        return False

    def none_schema(self, schema: core_schema.NoneSchema) -> JsonSchemaValue:  # noqa: ARG002 - pydantic's signature
        """Nothing written, without offering it."""
        return dict(NOTHING)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A value, or nothing written."""
        return {"anyOf": [self.generate_inner(schema["schema"]), NOTHING]}

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """The kinds exclude each other; `anyOf` has editors say less when none fits."""
        return {"anyOf": [self.generate_inner(choice) for choice in schema["choices"].values()]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A mapping of keys that the file chooses itself."""
        keys, values = self.generate_inner(schema["keys_schema"]), self.generate_inner(schema["values_schema"])
        found: Schema = {"type": "object", "additionalProperties": values}
        rules = {rule: keys[rule] for rule in ("pattern", "minLength", "enum") if rule in keys}
        found |= {"propertyNames": rules} if rules else {}
        found |= {NAMES: keys[NAMES]} if NAMES in keys else {}
        return found | ({"minProperties": least} if (least := schema.get("min_length")) else {})

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A closed mapping; each key with its description."""
        found, shape = super().model_schema(schema), schema["cls"]
        found.pop("title", None)
        found["description"] = described(shape, WHOLE)
        for key, part in found.get("properties", {}).items():
            part["description"] = described(shape, key)
        return found


# ---- what keys mean ------------------------------------------------------------------------------------------------


def described(shape: type, key: str) -> str:
    """What a key of a shape means, Vietnamese first; if the shape took it over, as its origin says."""
    names = [one.__name__.removesuffix("Shape") for one in shape.__mro__ if issubclass(one, Closed)]
    return next((text for name in names if (text := said(name, key))), "")


def said(shape: str, key: str) -> str:
    """What `keys.md` says of a key, in both languages, without its marks (an editor would show them); '' if nothing."""
    return "\n\n".join(keys().get((shape, key), ())).replace("`", "")


@cache
def keys() -> dict[tuple[str, str], tuple[str, str]]:
    """(shape, key) → what it means, in Vietnamese and in English."""
    return {(shape, key): (vi, en) for shape, key, vi, en in _rows(_KEYS.read_text("utf-8"))}


def _rows(text: str) -> Iterator[tuple[str, str, str, str]]:
    for part in text.split("\n## ")[1:]:
        shape = part.split("\n", 1)[0].strip()
        yield from ((shape, *found) for found in _ROW.findall(part))


# ---- tidied, with the words put in ---------------------------------------------------------------------------------


def _settle(part: Any, still: dict[int, Any]) -> bool:
    """Tidy each part in which no word may stand, once and for all; whether this one is such a part."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    settled = [_settle(item, still) for item in inner]
    if not all(settled) or (isinstance(part, dict) and NAMES in part):
        return False
    if settled:
        still[id(part)] = _Tidy({}, still).part(part)
    return True


class _Tidy(Struct, frozen=True):
    """Writes the parts of a schema as editors take them best; `used`: the kinds of words that it referred to."""

    words: Words
    still: Mapping[int, Any]
    used: set[str] = field(default_factory=set)

    def part(self, part: Any) -> Any:
        """A part of a schema, tidied."""
        if (known := self.still.get(id(part))) is not None:
            return known
        if isinstance(part, list):
            return [self.part(item) for item in part]
        if not isinstance(part, dict):
            return part
        found = {key: self.part(item) for key, item in part.items() if key != NAMES}
        if "$ref" in found:
            found["$ref"] = found["$ref"].replace("#/$defs/", "#/definitions/").removesuffix("Shape")
        if NAMES in part:
            found = self._offering(found, part[NAMES])
        return _flat(found)

    def _offering(self, part: Schema, kind: str) -> Schema:
        """A word's schema, or that of a mapping whose keys are words, with the words that there are."""
        titles = self.words.get(kind, {})
        if not titles:
            return part
        if part.get("type") == "object":
            values = part["additionalProperties"]
            return {**part, "properties": {word: {**values, "description": title} if title else values for word, title in titles.items()}}
        self.used.add(kind)
        return {"anyOf": [{"$ref": _offer(kind)}, part]}


def _offer(kind: str) -> str:
    return f"#/definitions/words-{kind.replace(' ', '-')}"


def _enum(titles: Mapping[str, str]) -> Schema:
    """Words, each with its title where any has one."""
    described = {"enumDescriptions": [title or word for word, title in titles.items()]} if any(titles.values()) else {}
    return {"enum": list(titles), **described}


def _flat(part: Schema) -> Schema:
    """No choice within a choice, none twice, no choice of one."""
    choices = part.get("anyOf")
    if not choices or any("required" in choice for choice in choices):
        return part
    flat = [inner for choice in choices for inner in (choice["anyOf"] if set(choice) == {"anyOf"} else [choice])]
    once = [choice for at, choice in enumerate(flat) if choice not in flat[:at]]
    return {**{key: value for key, value in part.items() if key != "anyOf"}, **({"anyOf": once} if len(once) > 1 else once[0])}

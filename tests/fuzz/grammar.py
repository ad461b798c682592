"""Documents made after the grammar: the least one that holds each place of a shape, and random ones.

Both read the JSON Schema; that it says the same as the shapes is for tests/definitions/test_json_schema.py.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.texts import Words, whatever
from workflow.authoring.grammar import json_schema

Wrap = Callable[[Any], Any]
Schema = dict[str, Any]
LEAST = {"string": "x", "number": 1, "integer": 1, "boolean": True, "null": None, "array": [], "object": {}}
PATTERNS = {"^[a-z][a-z0-9_]*$": "x"}


def resolved(whole: Schema, part: Schema) -> Schema:
    """A part of a schema, whatever it is called."""
    while "$ref" in part:
        part = whole["definitions"][part["$ref"].rsplit("/", 1)[1]]
    return part


def least(whole: Schema, part: Schema) -> Any:
    """The least value that fits."""
    part = resolved(whole, part)
    if "enum" in part:
        return part["enum"][0]
    if "anyOf" in part and "properties" in part:  # a branch: one of its ways
        return {key: least(whole, part["properties"][key]) for key in part["anyOf"][0]["required"]}
    if "anyOf" in part:
        return least(whole, part["anyOf"][0])
    kind = kinds(part)[0]
    if kind == "object":
        found = {key: least(whole, part["properties"][key]) for key in part.get("required", [])}
        return found or {_key(part): least(whole, _values(part)) for _ in range(part.get("minProperties", 0))}
    return [least(whole, part["items"])] * part.get("minItems", 0) if kind == "array" else LEAST[kind]


def kinds(part: Schema) -> list[str]:
    """The types that a part of a schema allows."""
    said = part.get("type", ["string", "number", "boolean", "null"])
    refused = part.get("not", {}).get("type", [])
    return [kind for kind in (said if isinstance(said, list) else [said]) if kind not in refused]


def _key(part: Schema) -> str:
    rules = part.get("propertyNames", {})
    return next(iter(part.get("properties", {})), None) or rules.get("enum", ["x"])[0]


def _values(part: Schema) -> Schema:
    return part.get("additionalProperties") or next(iter(part["properties"].values()))


def places(whole: Schema) -> Iterator[tuple[str, Schema, Wrap]]:
    """Every place of a schema: its way, what may stand there, and what makes a document, right but for that place, of a value that stands there."""
    seen: set[str] = set()

    def within(part: Schema, way: str, wrap: Wrap) -> Iterator[tuple[str, Schema, Wrap]]:
        yield way, part, wrap
        if "$ref" in part:
            if part["$ref"] in seen:
                return
            seen.add(part["$ref"])
            part = resolved(whole, part)
        for at, choice in enumerate(part.get("anyOf", ())):
            if "required" not in choice:
                yield from within(choice, f"{way}|{at}", wrap)
        if "items" in part:
            yield from within(part["items"], f"{way}[]", lambda value: wrap([value]))
        if part.get("additionalProperties"):
            key = _key(part)
            yield from within(part["additionalProperties"], f"{way}.{key}", lambda value: wrap({key: value}))
        for key, inner in part.get("properties", {}).items():
            yield from within(inner, f"{way}.{key}", _held(whole, part, key, wrap))

    return within(whole, "", lambda value: value)


def _held(whole: Schema, part: Schema, key: str, wrap: Wrap) -> Wrap:
    """Makes the mapping around a key: what it must hold besides stands there too."""
    ways = [one["required"] for one in part.get("anyOf", ()) if "required" in one and key in one["required"]]
    required = [*part.get("required", ()), *(ways[0] if ways else part["anyOf"][0]["required"] if part.get("anyOf") else ())]
    around = {one: least(whole, part["properties"][one]) for one in required if one != key}
    return lambda value: wrap({**around, key: value})


# ---- random documents ----------------------------------------------------------------------------------------------

WORDS = Words()


@cache
def documents(kind: str, words: Words = WORDS) -> st.SearchStrategy[Any]:
    """Random documents of a kind of file, right by its shape."""
    whole = json_schema(kind)
    return _Made(whole, words).of(whole, 0)


class _Made:
    """What is made of the parts of one schema: strategies are kept, since making and checking them takes as long as drawing from them."""

    def __init__(self, whole: Schema, words: Words) -> None:
        self.whole, self.words = whole, words
        self._kept: dict[tuple[int, int], st.SearchStrategy[Any]] = {}

    def of(self, part: Schema, depth: int) -> st.SearchStrategy[Any]:
        """What may stand where this part of the schema does, so deep in the document."""
        part = resolved(self.whole, part)
        made = self._kept.get((id(part), depth))
        if made is None:
            made = self._kept[id(part), depth] = self._strategy(part, depth)
        return made

    def _strategy(self, part: Schema, depth: int) -> st.SearchStrategy[Any]:
        if depth > 12:
            return st.builds(least, st.just(self.whole), st.just(part))
        if "enum" in part:
            return st.sampled_from(part["enum"])
        if "properties" in part:
            return self._object(part, depth)
        if "anyOf" in part:
            return st.sampled_from(part["anyOf"]).flatmap(lambda choice: self.of(choice, depth))
        found = kinds(part)
        return st.sampled_from(found).flatmap({kind: self._of_kind(kind, part, depth) for kind in found}.__getitem__)

    def _of_kind(self, kind: str, part: Schema, depth: int) -> st.SearchStrategy[Any]:
        if kind == "object":
            names = _text(part.get("propertyNames", {}), self.words)
            inner = st.deferred(lambda: self.of(part["additionalProperties"], depth + 1))
            return st.dictionaries(names, inner, min_size=part.get("minProperties", 0), max_size=3)
        if kind == "array":
            least_many = part.get("minItems", 0)
            return st.lists(st.deferred(lambda: self.of(part["items"], depth + 1)), min_size=least_many, max_size=max(2, least_many))
        return _scalar(kind, part, self.words)

    def _object(self, part: Schema, depth: int) -> st.SearchStrategy[Any]:
        choices = [one["required"] for one in part.get("anyOf", ())]
        named = {*part.get("required", ()), *(key for one in choices for key in one)}
        optional = [key for key in part["properties"] if key not in named]
        ways = st.sampled_from(choices) if choices else st.just([])
        alone = part.get("maxProperties") == 1
        some = (
            st.lists(st.sampled_from(optional), min_size=int(alone), max_size=1 if alone else 3 if depth else 6, unique=True)
            if optional
            else st.just([])
        )

        @st.composite
        def drawn(draw: st.DrawFn) -> Any:
            keys = draw(some) if alone else [*part.get("required", ()), *draw(ways), *draw(some)]
            right = [key for key in keys if resolved(self.whole, part["properties"][key]).get("not") != {}]
            return {key: draw(self.of(part["properties"][key], depth + 1)) for key in right}

        return drawn()


def _scalar(kind: str, part: Schema, words: Words) -> st.SearchStrategy[Any]:
    return {
        "string": _text(part, words),
        "integer": st.integers(part.get("minimum", -9), 10**6),
        "number": st.one_of(st.integers(-9, 10**6), st.decimals(-9, 10**6, allow_nan=False, allow_infinity=False, places=2)),
        "boolean": st.booleans(),
        "null": st.none(),
    }[kind]


def _text(rules: Schema, words: Words) -> st.SearchStrategy[str]:
    if "enum" in rules:
        return st.sampled_from(rules["enum"])
    if "pattern" in rules:
        return st.sampled_from(["x", "a1", "b_c", *words.fields])
    return whatever(words).filter(bool) if rules.get("minLength") else whatever(words)

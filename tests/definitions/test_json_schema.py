"""The JSON Schemas for editors say what the shapes say: neither more nor less, and every key in two languages."""

import json
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator, meta

from tests.fuzz.changing import FOLDERS, changed, document, folder, vocabulary, words_of, written
from tests.fuzz.grammar import documents, least, places
from workflow.authoring.grammar import KINDS, check_shape, json_schema
from workflow.authoring.grammar.kinds import Closed
from workflow.authoring.grammar.schema import keys
from workflow.authoring.read import parse

FILES = {
    "process": "process.yaml",
    "organisation": "organisation.yaml",
    "calendar": "calendar.yaml",
    "document-types": "document-types.yaml",
    "programme": "programme.yaml",
}
VALIDATORS = {kind: Draft7Validator(json_schema(kind), validate_formats=False) for kind in KINDS}  # whether a day is one, no shape says
BAD = Path(__file__).parent / "bad"
VALUES: list[Any] = [
    *(None, True, 0, 1, Decimal("1.5"), "", "x", "X y", "yes", "required", "state", "year"),
    *([], [None], ["x"], [["x"]], [{"x": "y"}], ["x", {"x": "y"}], [{"x": ["y"]}]),
    *({}, {"x": None}, {"x": "y"}, {"X y": 1}, {"": "y"}, {"x": ["y"]}, {"x": {"y": "z"}}),
    *({"vi": "x", "en": 1}, {"state": "year"}, {"any": "party"}, {"at": "x", "when": 1}, {"latest": []}, {"earliest": ["x", "y"]}),
    *({"latest": "x", "earliest": "x"}, {"latest": {"earliest": 1}}, {"latest": [{"else": "x"}]}, {"else": "x"}),
    *([{"when": 1, "then": "x"}, {"else": "y"}], [{"when": 1}], [{"when": 1, "else": "x"}], [{"when": 1, "then": "x", "else": "x"}]),
    *([{"else": "y", "sets": {"x": 1}}], [{"when": 1, "then": [{"else": "x"}]}], [{"else": None}], ["x", {"else": "x"}]),
    *([{"at": "x"}, "x", [{"else": "x"}]], [[{"else": "x"}], {"at": [{"else": "x"}]}]),
]  # fmt: skip


def agree(kind: str, value: Any) -> bool:
    """Whether a document is right, which schema and shape must both say. What can't be read is in no shape."""
    node, problems = parse("x.yaml", written(value))
    if node is None or problems:
        return False
    told = [str(problem) for problem in check_shape(node, KINDS[kind])]
    wrong = [error.message for error in VALIDATORS[kind].iter_errors(value)]
    assert (not told) == (not wrong), (
        f"{json.dumps(value, default=str, ensure_ascii=False)[:600]}\nshape: {told}\nschema: {[one[:300] for one in wrong]}"
    )
    return not told


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one(kind):
    meta.validate(json_schema(kind))
    json.dumps(json_schema(kind))
    assert agree(kind, least(json_schema(kind), json_schema(kind)))


SHARE = 8
"""One place of so many is tried with every change of the program, all of them by the long tests."""


@pytest.mark.parametrize("kind", KINDS)
def test_at_one_place_of_some_every_kind_of_value_is_right_or_wrong_in_both(kind):
    every_kind_of_value(kind, SHARE if kind in {"process", "scenario"} else 1)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_at_every_place_every_kind_of_value_is_right_or_wrong_in_both(kind):
    every_kind_of_value(kind, 1)


def every_kind_of_value(kind: str, share: int) -> None:
    whole = json_schema(kind)
    found = {
        way: sum(agree(kind, wrap(value)) for value in [*VALUES, least(whole, part)] if wrap(value) is not None)
        for way, part, wrap in islice(places(whole), 0, None, share)
    }
    assert len(found) > 10
    assert [way for way, right in found.items() if not right] == [], "a place where nothing is right"


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=tuple(HealthCheck))
@given(data=st.data())
def test_a_document_made_after_the_grammar_is_right_and_a_changed_one_is_judged_alike(kind, data):
    value = data.draw(documents(kind))
    if value is None or value == {}:
        return
    agree(kind, value)
    some = words_of("three", "incident")
    agree(kind, data.draw(changed(value, some, tuple(sorted({key for _, key in keys()})))) or {"x": 1})


def _kind_of(path: str) -> str:
    return next((kind for kind, name in FILES.items() if path.endswith(name)), "scenario")


ALL = [(name, path) for name in FOLDERS for path in folder(name) if path.endswith(".yaml")]


@pytest.mark.parametrize(("name", "path"), ALL)
def test_every_right_file_is_right(name, path):
    assert agree(_kind_of(path), document(name, path))


@settings(deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=tuple(HealthCheck))
@given(data=st.data())
def test_a_changed_file_is_judged_alike(data):
    name, path = data.draw(st.sampled_from(ALL))
    words = words_of(name, path.split("/")[0]) if "/" in path else words_of("three", "incident")
    value = document(name, path)
    for _ in range(data.draw(st.integers(1, 3))):
        value = data.draw(changed(value, words, vocabulary(name, path)))
    agree(_kind_of(path), {"x": 1} if value is None else value)


def test_the_bad_folder_is_judged_alike():
    found = []
    for path in sorted(BAD.rglob("*.yaml")):
        node, _ = parse(path.name, path.read_bytes())
        found += [agree(_kind_of(path.as_posix()), node.plain())] if node else []
    assert found
    assert not all(found)


# ---- what the keys mean --------------------------------------------------------------------------------------------


def shapes(above: type = Closed) -> list[type]:
    return [shape for one in above.__subclasses__() for shape in (one, *shapes(one))]


@pytest.mark.parametrize("shape", sorted({*shapes()}, key=lambda one: one.__name__), ids=lambda one: one.__name__)
def test_every_key_is_described_in_both_languages(shape):
    names = [one.__name__.removesuffix("Shape") for one in shape.__mro__ if issubclass(one, Closed)]
    for key in ("*", *(field.alias or name for name, field in shape.model_fields.items())):
        told = next((keys()[name, key] for name in names if (name, key) in keys()), None)
        assert told is not None, f"{names[0]}.{key} is missing in keys.md"
        vi, en = told
        assert vi != en
        assert all(text[-1] in ".…)" and len(text) < 150 for text in told), told


def test_nothing_is_described_that_there_is_not():
    known = {
        shape.__name__.removesuffix("Shape"): {"*", *(field.alias or name for name, field in shape.model_fields.items())}
        for shape in shapes()
    }
    assert {one for one in keys() if one[1] not in known.get(one[0], {"*"})} == set()


def test_an_editor_shows_both_languages_vietnamese_first():
    by = json_schema()["definitions"]["Action"]["properties"]["by"]["description"]
    assert by.startswith("Ai được làm: ")
    assert "\n\nWho may do it: " in by
    for kind in KINDS:
        assert "\n\n" in json_schema(kind)["description"]

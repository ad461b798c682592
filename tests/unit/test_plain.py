"""Values to and from plain JSON."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct, field
from msgspec.structs import fields

from workflow.model import Case, Deadline, Document, DocumentEvent, Opinion
from workflow.plain import canonical, digest, from_plain, from_text, instant, parsed, sealed, to_plain


class Colour(Enum):
    """An enum to store."""

    RED = "red"
    BLUE = "blue"


class Leaf(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each kind of value once."""

    name: str
    at: datetime
    day: date | None = None
    clock: time | None = None
    amount: Decimal | None = None
    colour: Colour = Colour.RED
    free: Any = None


class Tree(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Holds itself, in each way that the model does."""

    leaf: Leaf
    tags: tuple[str, ...] = ()
    pairs: tuple[tuple[str, Leaf], ...] = ()
    named: Mapping[str, Leaf] = field(default_factory=dict)
    under: tuple["Tree", ...] = ()
    either: int | str = 0


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]))
leaves = st.builds(
    Leaf,
    name=st.text(),
    at=moments,
    day=st.none() | st.dates(),
    clock=st.none() | st.times(),
    amount=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    colour=st.sampled_from(Colour),
    free=st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=3),
)
trees = st.recursive(
    st.builds(Tree, leaf=leaves, tags=st.lists(st.text()).map(tuple), named=st.dictionaries(st.text(), leaves, max_size=2)),
    lambda inner: st.builds(
        Tree, leaf=leaves, pairs=st.tuples(st.tuples(st.text(), leaves)), under=st.lists(inner, max_size=2).map(tuple), either=st.text()
    ),
    max_leaves=4,
)


@given(trees)
@settings(max_examples=120, deadline=None)
def test_whatever_is_written_is_read_back_as_it_was(tree):
    text = canonical(to_plain(tree))
    for back in (from_plain(Tree, json.loads(text)), from_text(Tree, text), parsed(Tree, text)):
        assert back == tree
        assert canonical(to_plain(back)) == text


class Fields(Struct, frozen=True, kw_only=True):
    """What is written by the type of its field, and what by its own."""

    may_be_none: datetime | None
    either: int | datetime | None = None
    else_now: datetime | None = datetime(2026, 1, 1, tzinfo=UTC)
    at: datetime | None = None
    words: tuple[str, ...] = ()
    pair: tuple[str, datetime] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    by_number: Mapping[int, str] = field(default_factory=dict)
    colours: tuple[Colour, ...] = ()
    word: str = ""


def test_a_field_is_written_by_its_type_where_that_says_all():
    at, text = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=7))), "2026-11-20T02:00:00.000000Z"
    assert to_plain(Fields(may_be_none=None)) == {"may_be_none": None}
    assert to_plain(Fields(may_be_none=None, else_now=None)) == {"may_be_none": None, "else_now": None}
    whole = Fields(
        may_be_none=at,
        either=at,
        else_now=at,
        at=at,
        words=("b", "a"),
        pair=("a", at),
        counts={"b": 2, "a": 1},
        by_number={2: "b"},
        colours=(Colour.BLUE,),
        word=Word("a"),
    )
    assert to_plain(whole) == {
        "may_be_none": text,
        "either": text,
        "else_now": text,
        "at": text,
        "words": ["b", "a"],
        "pair": ["a", text],
        "counts": {"b": 2, "a": 1},
        "by_number": {"2": "b"},
        "colours": ["blue"],
        "word": "a",
    }
    assert (to_plain(Word("a")), to_plain(Count(1))) == ("a", 1)


def test_what_equals_its_default_is_left_out():
    leaf = Leaf(name="a", at=datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=7))))
    assert to_plain(Tree(leaf=leaf)) == {"leaf": {"name": "a", "at": "2026-11-20T02:00:00.000000Z"}}


def test_a_key_that_a_newer_program_wrote_is_an_error():
    with pytest.raises(KeyError):
        from_plain(Leaf, {"name": "a", "at": "2026-11-20T02:00:00Z", "later": 1})


def test_canonical_text_sorts_keys_and_keeps_vietnamese_letters():
    assert canonical({"b": "Vụ việc", "a": [1, None, True]}) == '{"a":[1,null,true],"b":"Vụ việc"}'


class Word(str):
    """A text of another type."""

    __slots__ = ()


class Count(int):
    """An integer of another type."""


class Share(float):
    """A float of another type."""


BESIDE_TEXT = '\x00\x08\x1f\x7f\x85\u02cb\u02c9\u2028\u2029\ufeff\ud800\udfff\U0010ffff"\\/'
texts = st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from(BESIDE_TEXT), max_size=8)
numbers = st.integers() | st.integers(2**63 - 2, 2**64 + 2) | st.integers(-(2**63) - 2, -(2**63) + 2) | st.sampled_from([10**30, 203])
atoms = st.none() | st.booleans() | numbers | st.floats() | texts
atoms |= (
    st.sampled_from([1e16, 1e-7, 1e22, -0.0, 5e-324]) | st.builds(Word, texts) | st.builds(Count, numbers) | st.builds(Share, st.floats())
)
keys = texts | st.builds(Word, texts)
plain_values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=5)
        | st.dictionaries(st.integers() | st.booleans() | st.none() | st.floats(), inner, max_size=3)
    ),
    max_leaves=12,
)
JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def written(write: Callable[[object], object], value: object) -> tuple[object, str]:
    """The text that comes of it, or the kind of error."""
    try:
        return write(value), ""
    except (TypeError, ValueError) as error:
        return "", type(error).__name__


@given(plain_values)
@settings(max_examples=600, deadline=None)
@example([1e16, 1e-7, 0.1, 2**64, -(2**63) - 1])
@example({"b": "\ud800", "a": float("nan")})
@example({"": {"\uffff": 1, "\U00010000": 2, "\u02cb": Count(3)}})
@example({1: "a", 10: "b", 2: "c"})
@example({1: "a", "1": "b"})
def test_the_text_of_a_value_is_the_one_that_json_writes(value):
    assert written(canonical, value) == written(JSON.encode, value)
    if not holds_floats(value):
        assert written(partial(canonical, loose=()), value) == written(JSON.encode, value)


@given(plain_values, st.text(alphabet="0123456789abcdef", max_size=64))
@settings(max_examples=300, deadline=None)
@example([0.1, "é"], "")
@example(["é"], "ab")
def test_a_value_is_sealed_with_the_hash_of_its_text_and_what_it_stands_behind(value, head):
    def apart(value: object) -> object:
        text = canonical(value)
        return text, digest(head + text)

    assert written(lambda one: sealed(one, behind=head), value) == written(apart, value)
    if not holds_floats(value):
        assert written(lambda one: sealed(one, loose=(), behind=head), value) == written(apart, value)


@given(plain_values, texts)
@settings(max_examples=100, deadline=None)
def test_floats_are_looked_for_where_they_may_be_alone(value, text):
    assert written(partial(canonical, loose=value), {"text": text, "value": value}) == written(JSON.encode, {"text": text, "value": value})


@pytest.mark.parametrize(("kind", "loose"), [(Case, {"fields"}), (Deadline, set()), (Document, {"facts"}), (DocumentEvent, set())])
def test_nothing_but_fields_and_facts_may_hold_a_float(kind, loose):
    """So no row nor entry is looked through for one elsewhere (`storage.writing`, `workflow.engine.history`); an opinion is, all of it."""
    assert {name for name, of in get_type_hints(kind).items() if may_hold_a_float(of)} == loose


def may_hold_a_float(kind: Any) -> bool:
    """Whether a value of this type may have one in it, by all that the type says."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return any(map(may_hold_a_float, get_type_hints(kind).values()))
    return kind in {Any, object, float} or any(map(may_hold_a_float, get_args(kind)))


def holds_floats(value: object) -> bool:
    """Whether a number in it, or a key, is one."""
    if isinstance(value, dict):
        return any(map(holds_floats, (*value, *value.values())))
    return any(map(holds_floats, value)) if isinstance(value, list | tuple) else isinstance(value, float)


AT = '"at":"2026-11-20T02:00:00.000000Z"'


@given(plain_values)
@settings(max_examples=300, deadline=None)
@example([1e22, -0.0, 5e-324, 2**64, "\ud800"])
def test_what_a_struct_holds_that_may_be_anything_is_read_from_its_text_as_json_reads_it(value):
    free, fault = written(JSON.encode, value)
    if not fault:
        text = f'{{"leaf":{{{AT},"name":"a","free":{free}}}}}'
        quick, slow = from_text(Tree, text), from_plain(Tree, json.loads(text))
        assert (repr(quick), canonical(to_plain(quick))) == (repr(slow), canonical(to_plain(slow)))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"name":"a","later":1,' + AT + "}", KeyError),
        ('{"leaf":{"name":"a","later":1,' + AT + "}}", KeyError),
        ('{"name":"a"}', TypeError),
        ('{"name":"a","at":"yesterday"}', ValueError),
        ('{"name":"a","colour":"green",' + AT + "}", ValueError),
        ('{"name":"a",' + AT, json.JSONDecodeError),
    ],
)
def test_a_text_is_refused_as_what_json_reads_of_it_is(text, error):
    kind: Any = Tree if "leaf" in text else Leaf
    for read in (lambda: from_text(kind, text), lambda: from_plain(kind, json.loads(text))):
        with pytest.raises(error):
            read()


def test_a_text_may_say_what_only_json_reads():
    assert from_text(Leaf, '{"name":"\\ud800","free":1e400,' + AT + "}") == Leaf(
        name="\ud800", free=float("inf"), at=datetime(2026, 11, 20, 2, tzinfo=UTC)
    )


class Loose(Struct, frozen=True, kw_only=True):
    """One that msgspec would read past what it does not know."""

    name: str


def test_a_struct_that_takes_unknown_keys_is_not_read_past_them():
    assert from_text(Loose, '{"name":"a"}') == Loose(name="a")
    with pytest.raises(KeyError):
        from_text(Loose, '{"name":"a","later":1}')


def structs_in(kind: Any) -> set[type[Struct]]:
    """The structs that a value of this type may hold, itself too."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return {kind}.union(*(structs_in(one.type) for one in fields(kind)))
    return set().union(*map(structs_in, get_args(kind)))


@pytest.mark.parametrize("kind", [Case, Deadline, Opinion, Document, DocumentEvent])
def test_whatever_a_case_is_read_of_refuses_unknown_keys(kind):
    assert [one.__name__ for one in structs_in(kind) if not one.__struct_config__.forbid_unknown_fields] == []


def test_the_text_of_a_value_that_lies_too_deep_is_refused():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecursionError):
        canonical(deep)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_lacks_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        canonical(number)


def test_a_value_without_a_plain_form_is_refused_by_its_type():
    with pytest.raises(TypeError, match="set has no plain form"):
        to_plain({"a": {1, 2}})


def test_a_digest_is_the_same_for_a_text_and_its_bytes():
    assert digest("Đ") == digest("Đ".encode())
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_each_instant_of_an_hour_that_the_clocks_repeat_has_its_own_text():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    second = first.replace(fold=1)
    assert first == second, "which would make them one, where texts are kept by the time that they are of"
    assert [instant(first), instant(second)] == ["2026-10-25T00:30:00.000000Z", "2026-10-25T01:30:00.000000Z"]


def test_an_instant_is_utc_with_microseconds():
    assert instant(datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=timezone(timedelta(hours=7)))) == "2025-12-31T17:00:00.000005Z"

"""Expressions: what they mean, what they refuse, and that nothing outside of their names is reached."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.authoring.parse_expression import NotAllowed, parse_expression, parse_text
from workflow.calendar import Calendar
from workflow.language.expression import ExpressionError, Ref, Scope, as_text, evaluate, fill, holds, names
from workflow.language.process import Expr, Text

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
BTG = Ref("btg", {"title": "Ban Tuyên giáo", "kind": "party"})


def add(start, amount):
    number, unit = amount.split(" ", 1)
    if unit not in {"days", "working days"}:
        raise ValueError(amount)
    return start + timedelta(days=int(number))


def count(first, last):
    return Calendar(zone="Asia/Ho_Chi_Minh", week=(((480, 960),),) * 5 + ((), ())).count(first - timedelta(days=1), last)


NAMES = {
    "fields": {
        "n": 3,
        "big": 10**15,
        "d": Decimal("2.5"),
        "text": "Đất đai",
        "flag": True,
        "date": TODAY,
        "time": NOW,
        "unit": BTG,
        "list": ["a", "b"],
        "numbers": [3, None, Decimal("1.5")],
        "none": None,
        "blank": "",
        "rows": [{"n": 2}, {"n": None, "m": "x"}, {"n": 5}],
        "file": {"name": "a.docx"},
        "many": [],
        "long": "x" * 60_000,
    },
    "lazy": MappingProxyType({"a": 1}),
    "today": TODAY,
    "now": NOW,
    "documents": {"ask-letter": "issued"},
}
SCOPE = Scope(names=NAMES, add=add, count=count)


def value(source: str, scope: Scope = SCOPE):
    return evaluate(parse_expression(source), scope)


def refused(source: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        value(source)
    assert caught.value.facts["source"] == source
    return caught.value.message()


MEANINGS = [
    ("fields.n", 3),
    ("fields['n']", 3),
    ("documents['ask-letter'] == 'issued'", True),
    ("fields.list[0]", "a"),
    ("fields.list[-1]", "b"),
    ("fields.list[2]", None),
    ("fields.list[-3]", None),
    ("fields[fields.none]", None),
    ("fields['t' ~ 'ext']", "Đất đai"),
    ("fields.unknown", None),
    ("fields.unknown.more", None),
    ("unknown.more", None),
    ("fields.unit.title", "Ban Tuyên giáo"),
    ("fields.unit.kind == 'party'", True),
    ("fields.unit.nothing", None),
    ("lazy.a", 1),
    ("lazy.b", None),
    # literals
    ("1.50", Decimal("1.5")),
    ("'a'", "a"),
    ("true", True),
    ("none", None),
    ("[1, 'x']", [1, "x"]),
    ("('a', 'b')", ["a", "b"]),
    # comparing
    ("fields.n == 3", True),
    ("fields.n == 4", False),
    ("fields.n != 4", True),
    ("fields.n != 3", False),
    ("fields.n == 'three'", False),
    ("fields.n != 'three'", True),
    ("fields.flag == 1", False),
    ("fields.flag == true", True),
    ("fields.unit == 'btg'", True),
    ("fields.unit != 'btg'", False),
    ("fields.d == 2.5", True),
    ("fields.n < 4", True),
    ("fields.n < 3", False),
    ("fields.n <= 3", True),
    ("fields.n <= 2", False),
    ("fields.n > 2", True),
    ("fields.n > 3", False),
    ("fields.n >= 3", True),
    ("fields.n >= 4", False),
    ("'a' < 'b'", True),
    ("fields.n > fields.d", True),
    ("1 < fields.n <= 3", True),
    ("1 < fields.n <= 2", False),
    ("4 < fields.n <= 100", False),
    ("fields.n < 10 > 9", True),
    # dates
    ("fields.date == fields.time", True),
    ("fields.time == fields.date", True),
    ("fields.date < fields.time", False),
    ("fields.time >= today", True),
    ("fields.time < now", False),
    ("fields.time == now", True),
    ("fields.date == '2026-11-22'", True),
    ("'2026-11-21' < fields.date", True),
    ("fields.time > '2026-11-21'", True),
    ("fields.date == 'tomorrow'", False),
    ("fields.date == 3", False),
    # empty
    ("fields.none == 3", False),
    ("fields.none != 3", False),
    ("3 != fields.none", False),
    ("fields.none == fields.unknown", False),
    ("fields.none < 3", False),
    ("fields.none <= 3", False),
    ("3 > fields.none", False),
    ("3 >= fields.none", False),
    ("fields.none in ['a']", False),
    ("fields.none not in ['a']", False),
    ("'a' in fields.none", False),
    ("'a' not in fields.none", False),
    ("fields.none == none", True),
    ("none == fields.none", True),
    ("fields.none != none", False),
    ("fields.n != none", True),
    ("none == none", True),
    ("fields.none is none", True),
    ("fields.none is empty", True),
    ("fields.blank is empty", True),
    ("fields.many is empty", True),
    ("fields.n is not empty", True),
    ("0 is empty", False),
    # in
    ("'a' in fields.list", True),
    ("'c' in fields.list", False),
    ("'c' not in fields.list", True),
    ("'a' not in fields.list", False),
    ("fields.unit in ['vp', 'btg']", True),
    ("'đai' in fields.text", True),
    ("'xyz' not in fields.text", True),
    ("'ask-letter' in documents", True),
    ("2 in [1, 2]", True),
    ("true in [1]", False),
    # and, or, not, if
    ("fields.n == 3 and fields.flag", True),
    ("fields.n == 4 and fields.flag", False),
    ("fields.none or 'x'", "x"),
    ("fields.n or 'x'", 3),
    ("not fields.none", True),
    ("not fields.n", False),
    ("'a' if fields.flag else 'b'", "a"),
    ("'a' if fields.none else 'b'", "b"),
    ("'a' if fields.none", None),
    # reckoning
    ("fields.n + 1", 4),
    ("fields.n - 5", -2),
    ("fields.n * fields.d", Decimal("7.5")),
    ("6 / fields.n", 2),
    ("7 / 2", Decimal("3.5")),
    ("1 / 3", Decimal("0.3333333333333333333333333333")),
    ("7 % 3", 1),
    ("-7 % 3", -1),
    ("-fields.n", -3),
    ("+fields.n", 3),
    ("0.1 + 0.2", Decimal("0.3")),
    ("fields.text + fields.text", "Đất đaiĐất đai"),
    ("'n = ' ~ fields.n ~ fields.none ~ fields.d", "n = 32,5"),
    ("fields.big + 0", 10**15),
    ("-fields.big", -(10**15)),
    # filters
    ("fields.list|length", 2),
    ("fields.text|length", 7),
    ("fields.none|length", 0),
    ("documents|length", 1),
    ("fields.rows|length('n')", 2),
    ("fields.rows|length('m')", 1),
    ("fields.none|length('n')", 0),
    ("fields.numbers|sum", Decimal("4.5")),
    ("[1, 2]|sum", 3),
    ("fields.none|sum", 0),
    ("fields.many|sum", 0),
    ("fields.rows|sum('n')", 7),
    ("fields.rows|max('n')", 5),
    ("fields.rows|min('n')", 2),
    ("fields.numbers|min", Decimal("1.5")),
    ("fields.numbers|max", 3),
    ("fields.many|max", None),
    ("[today, fields.time]|max", TODAY),
    ("fields.text|lower", "đất đai"),
    ("fields.none|lower", None),
    ("fields.none|default('x')", "x"),
    ("fields.blank|default('x')", "x"),
    ("fields.n|default('x')", 3),
    ("fields.n|plus(2)", 5),
    ("fields.n|minus(2)", 1),
    ("today|plus('5 working days')", date(2026, 11, 27)),
    ("today|minus('2 days')", date(2026, 11, 20)),
    ("today|minus('-2 days')", date(2026, 11, 24)),
    ("now|plus('1 days')", NOW + timedelta(days=1)),
    ("today|working_days('2026-11-30')", 6),
    ("now|working_days(today)", 0),
    ("'2026-11-20'|working_days(now)", 1),
]


@pytest.mark.parametrize(("source", "expected"), MEANINGS, ids=[source for source, _ in MEANINGS])
def test_an_expression_means_what_the_language_says(source, expected):
    found = value(source)
    assert found == expected
    assert type(found) is type(expected) or isinstance(found, Ref)


REFUSALS = [
    ("fields.none + 1", "a value in it is empty"),
    ("1 - fields.none", "a value in it is empty"),
    ("-fields.none", "a value in it is empty"),
    ("fields.none|plus(1)", "a value in it is empty"),
    ("fields.none|plus('1 days')", "a value in it is empty"),
    ("fields.none|minus('1 days')", "a value in it is empty"),
    ("fields.text + 1", "'Đất đai' is no number"),
    ("1 + fields.text", "'Đất đai' is no number"),
    ("fields.flag + 1", "'có' is no number"),
    ("fields.text * 2", "'Đất đai' is no number"),
    ("fields.big * 2", "a number in it is beyond 10^15"),
    ("fields.big + 1", "a number in it is beyond 10^15"),
    ("-fields.big - 1", "a number in it is beyond 10^15"),
    ("fields.big * fields.big * fields.big", "a number in it is beyond 10^15"),
    ("fields.big % 0.00000000000001", "a number in it is beyond 10^15"),
    ("1 / 0", "it divides by zero"),
    ("1 % 0", "it divides by zero"),
    ("1 / fields.none", "a value in it is empty"),
    ("fields.long ~ fields.long", "a text in it is longer than 100,000 characters"),
    ("fields.long + fields.long", "a text in it is longer than 100,000 characters"),
    ("fields.n < 'x'", "'3' can't be compared with 'x'"),
    ("fields.flag < true", "'có' can't be compared with 'có'"),
    ("1 < fields.flag", "'1' can't be compared with 'có'"),
    ("fields.date < 3", "'22/11/2026' can't be compared with '3'"),
    ("fields.date < 'soon'", "'22/11/2026' can't be compared with 'soon'"),
    ("fields.list < fields.list", "'a, b' can't be compared with 'a, b'"),
    ("[1, 'x']|max", "'x' can't be compared with '1'"),
    ("'a' in fields.n", "'3' is no list"),
    ("3 in fields.text", "'3' is no text"),
    ("fields.n|length", "'3' is no list"),
    ("fields.n|sum", "'3' is no list"),
    ("fields.n|max", "'3' is no list"),
    ("fields.list|sum", "'a' is no number"),
    ("fields.n|lower", "'3' is no text"),
    ("fields.text.upper", "'Đất đai' has no 'upper'"),
    ("fields.n.real", "'3' has no 'real'"),
    ("fields.list.append", "'a, b' has no 'append'"),
    ("today.year", "'22/11/2026' has no 'year'"),
    ("fields.text|plus('1 days')", "an amount of time can be added to a date only, not to 'Đất đai'"),
    ("today|plus('soon enough')", "'soon enough' is no amount of time such as '5 working days'"),
    ("today|plus(3)", "'22/11/2026' is no number"),
    ("fields.none|working_days(today)", "a value in it is empty"),
    ("today|working_days(fields.none)", "a value in it is empty"),
    ("fields.text|working_days(today)", "working days are counted between two dates only, not from 'Đất đai' to '22/11/2026'"),
    ("today|working_days(3)", "working days are counted between two dates only, not from '22/11/2026' to '3'"),
    ("'1899-12-31'|working_days('1899-12-31')", "working days are counted between two dates only, not from '1899-12-31' to '1899-12-31'"),
    ("'1026-12-31'|working_days(today)", "it looks at too many values, or texts that are too long"),
]


@pytest.mark.parametrize(("source", "cause"), REFUSALS, ids=[source for source, _ in REFUSALS])
def test_what_makes_no_sense_is_refused_with_its_source_and_cause(source, cause):
    assert refused(source) == f"The expression '{source}' can't be worked out: {cause}."


def test_a_refusal_is_told_in_vietnamese_and_as_data():
    with pytest.raises(ExpressionError) as caught:
        value("fields.none + 1")
    assert caught.value.message("vi") == "Không tính được biểu thức 'fields.none + 1': một giá trị trong đó còn trống."
    assert caught.value.exit_code == 3
    assert caught.value.to_json()["error"] == "expression"


def test_a_long_value_is_cut_in_an_error():
    assert f"'{'x' * 40}…' is no number" in refused("fields.long - 1")


def test_a_value_of_just_one_line_is_not_cut():
    scope = Scope(names={"x": "y" * 40}, add=add, count=count)
    with pytest.raises(ExpressionError, match=f"'{'y' * 40}' is no number"):
        evaluate(parse_expression("x - 1"), scope)


@pytest.mark.parametrize("attribute", ["__class__", "__init__", "format", "keys", "get", "attributes", "mro", "title"])
def test_no_attribute_of_a_python_object_is_reached(attribute):
    scope = Scope(names={"fields": {"a": "text"}, "ref": Ref("x", {}), "unit": BTG}, add=add, count=count)
    assert value(f"fields.{attribute}", scope) is None
    assert value(f"ref.{attribute}", scope) is None
    with pytest.raises(ExpressionError):
        value(f"fields.a.{attribute}", scope)


def test_a_condition_holds_by_its_truth():
    assert holds(parse_expression("fields.n"), SCOPE) is True
    assert holds(parse_expression("fields.none"), SCOPE) is False


def test_and_and_or_look_no_further_than_they_must():
    assert value("false and 1 / 0") is False
    assert value("true or 1 / 0") is True
    with pytest.raises(ExpressionError):
        value("true and 1 / 0")


def test_a_node_of_a_newer_program_is_refused():
    with pytest.raises(ExpressionError, match="a newer hoso wrote it \\('magic' is not known here\\)"):
        evaluate(Expr(source="x", tree=["magic", 1]), SCOPE)


def test_the_same_text_as_a_constant_and_as_a_name_mean_different_things():
    assert evaluate(Expr(source="today", tree=["const", "today"]), SCOPE) == "today"
    assert evaluate(Expr(source="today", tree=["name", "today"]), SCOPE) == TODAY


def test_an_expression_from_json_equals_the_parsed_one_and_can_be_hashed():
    parsed = parse_expression("[1, fields.n]")
    stored = Expr(source=parsed.source, tree=["list", ["const", 1], ["part", ["name", "fields"], "n"]])
    assert stored == parsed
    assert len({stored, parsed}) == 1


def test_names_are_the_paths_that_are_looked_up():
    found = names(parse_expression("fields.a == old['b'] and replies.sum.held > [today|plus(fields['x y'])]|max and fields[roles.r].q"))
    assert found == {
        ("fields", "a"),
        ("old", "b"),
        ("replies", "sum", "held"),
        ("today",),
        ("fields", "x y"),
        ("fields",),
        ("roles", "r"),
    }
    assert names(parse_expression("'fields' ~ 1")) == set()


# ---- texts ---------------------------------------------------------------------------------------------------------

SHOWN = [
    (None, ""),
    (TODAY, "22/11/2026"),
    (NOW, "22/11/2026 08:30"),
    (BTG, "Ban Tuyên giáo"),
    (Ref("btg"), "btg"),
    (Ref("btg", {"title": ""}), "btg"),
    (Decimal("1234.50"), "1234,50"),
    (Decimal("1E+3"), "1000"),
    (2026, "2026"),
    (True, "có"),
    (False, "không"),
    (["a", BTG, 2], "a, Ban Tuyên giáo, 2"),
    ((), ""),
    ({"title": "Tên"}, "Tên"),
    ({"name": "a.docx"}, "a.docx"),
    ({}, ""),
    ("x", "x"),
]


@pytest.mark.parametrize(("given_value", "expected"), SHOWN, ids=[repr(item)[:30] for item, _ in SHOWN])
def test_values_are_written_as_official_papers_write_them(given_value, expected):
    assert as_text(given_value) == expected


def test_a_text_is_filled_hole_by_hole():
    assert fill(parse_text("Năm {{ fields.n }}: {{ fields.unit }}, {{ fields.none }}."), SCOPE) == "Năm 3: Ban Tuyên giáo, ."
    assert fill(parse_text("{{ fields.text }}"), SCOPE) == "Đất đai"
    assert fill(Text(literals=("không có chỗ trống",)), SCOPE) == "không có chỗ trống"
    assert fill(Text(), SCOPE) == ""


def test_a_text_with_more_holes_than_literals_is_a_fault():
    with pytest.raises(ValueError, match="zip"):
        fill(Text(literals=("a",), holes=(parse_expression("1"),)), SCOPE)


def test_a_ref_equals_its_key():
    assert Ref("a", {"title": "A"}) == "a"
    assert {"a": 1}[Ref("a")] == 1
    assert Ref("a").attributes == {}


# ---- for all inputs ------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
    | st.dates() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-", "*", "/", "%", "~", "and", "or"]
FILTERS = ["length", "sum", "min", "max", "lower", "plus(b)", "minus(b)", "working_days(b)", "default(b)", "sum(b)", "min(b)"]


@settings(max_examples=150, deadline=None)
@given(VALUES, VALUES, st.sampled_from([f"a {word} b" for word in OPERATORS] + [f"a|{word}" for word in FILTERS] + ["a[b]", "-a"]))
def test_any_values_give_a_value_or_a_clear_refusal(a, b, source):
    scope = Scope(names={"a": a, "b": b}, add=add, count=count)
    with suppress(ExpressionError):
        evaluate(parse_expression(source), scope)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["fields", ".", "n", "'x'", "(", ")", "[", "]", "|", "plus", "and", "not", "==", "}}", "{{", "1", " ", ",", "if", "else"]
        ),
        max_size=12,
    )
)
def test_any_text_is_an_expression_or_is_refused(parts):
    try:
        found = parse_expression("".join(parts))
    except NotAllowed:
        return
    with suppress(ExpressionError):
        evaluate(found, SCOPE)


@settings(max_examples=100, deadline=None)
@given(VALUES, VALUES)
def test_an_empty_side_makes_every_comparison_false(a, b):
    for operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in"):
        for names_ in ({"a": None, "b": b}, {"a": a, "b": None}):
            assert evaluate(parse_expression(f"a {operator} b"), Scope(names=names_, add=add, count=count)) is False


def test_the_scope_may_be_any_mapping():
    class Lazy(Mapping):
        def __getitem__(self, key):
            return {"x": 4}[key]

        def __iter__(self):
            return iter(["x"])

        def __len__(self):
            return 1

    assert value("x + 1", Scope(names=Lazy(), add=add, count=count)) == 5
    assert value("y", Scope(names=Lazy(), add=add, count=count)) is None


@pytest.mark.parametrize(
    ("source", "operator", "word"),
    [
        ("'a' * 3", "*", "a"),
        ("3 - none", "-", "none"),
        ("true + 1", "+", "true"),
        ("[1] + [2]", "+", "["),
        ("-'a'", "-", "a"),
        ("3 % '%s'", "%", "%s"),
    ],
)
def test_reckoning_with_what_is_written_as_no_number_is_refused(source, operator, word):
    with pytest.raises(NotAllowed) as caught:
        parse_expression(source)
    assert (caught.value.kind.code, caught.value.facts) == ("E310", {"operator": operator, "word": word})

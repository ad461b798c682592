"""YAML files: values with their places, YAML 1.2's plain words, and bounds that hostile files run into at once."""

import time
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.authoring.read import MAX_BYTES, MAX_DUPLICATES, NodeKind, excerpt, parse, read
from workflow.errors import DefinitionsWrong, Place


def told(text) -> list[str]:
    with pytest.raises(DefinitionsWrong) as caught:
        read("f.yaml", text)
    return [f"{problem.place} {problem.code}" for problem in caught.value.problems]


def test_values_know_their_file_line_and_column():
    node = read("a/b.yaml", "first: 1\nsecond:\n  - x\n  - {inner: y}\n")
    inner = node.get("second").items[1]
    assert str(node.get("first").place) == "a/b.yaml:1:8"
    assert str(node.key("second").place) == "a/b.yaml:2:1"
    assert str(inner.key("inner").place) == "a/b.yaml:4:6"
    assert str(inner.get("inner").place) == "a/b.yaml:4:13"
    assert node.get("third") is None
    assert node.key("third") is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1), ("-12", -12), ("+3", 3), ("0", 0), ("2.50", Decimal("2.50")), ("-0.5", Decimal("-0.5")),
        ("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None),
        ("on", "on"), ("no", "no"), ("yes", "yes"), ("12:30", "12:30"), ("0123", "0123"), ("0x1f", "0x1f"), ("1e5", "1e5"),
        ("2026-11-20", "2026-11-20"), ("1_000", "1_000"), (".5", ".5"), (".inf", ".inf"), ("'1'", "1"), ('"true"', "true"),
        ("Đất đai", "Đất đai"),
    ],
)  # fmt: skip
def test_plain_words_are_yaml_1_2_and_quoted_ones_are_text(written, value):
    found = read("f.yaml", f"k: {written}").get("k").value
    assert found == value
    assert type(found) is type(value)


def test_texts_are_brought_to_one_form_of_unicode():
    assert read("f.yaml", "u\u031b\u0301: o\u031b\u0323").plain() == {"\u1ee9": "\u1ee3"}


def test_block_texts_and_comments_are_read():
    assert read("f.yaml", "# c\nk: |\n  a\n  b\n").plain() == {"k": "a\nb\n"}
    assert read("f.yaml", "k: >\n  a\n  b\n").get("k").quoted


def test_a_node_gives_plain_python_and_one_item_stands_for_a_list():
    node = read("f.yaml", "a: [1, {b: c}]\nd:\ne: x\n")
    assert node.plain() == {"a": [1, {"b": "c"}], "d": None, "e": "x"}
    assert node.keys == ("a", "d", "e")
    assert [item.value for item in node.get("e").as_list()] == ["x"]
    assert node.get("d").as_list() == ()
    assert len(node.get("a").as_list()) == 2
    assert node.get("d").is_empty
    assert not node.get("e").is_empty
    assert (node.is_mapping, node.is_sequence, node.is_scalar, node.kind) == (True, False, False, NodeKind.MAPPING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"\xef\xbb\xbfa: 1", "f.yaml:1:1 E103"),
        (b"a: 1\nb: \x00", "f.yaml:2:4 E103"),
        ("a: 1\n\nb: x\u2028y", "f.yaml:3:5 E103"),
        ("a: \ud800", "f.yaml:1:4 E102"),
        (b"a: 1\nb\xe9: 2", "f.yaml:2:2 E102"),
        ("á: 1\nđ: á".encode("utf-16"), "f.yaml:1:1 E102"),
        ("Tuyên giáo".encode("latin-1", "replace"), "f.yaml:1:4 E102"),
        (b"a:\n\tb: 1", "f.yaml:2:1 E104"),
        (b"a:\n  \tb: 1", "f.yaml:2:3 E104"),
        ("a: [1", "f.yaml:2:1 E105"),
        ("a: b: c", "f.yaml:1:5 E105"),
        ("a: 'x", "f.yaml:1:6 E105"),
        ("a: &x 1\nb: *x", "f.yaml:1:4 E106"),
        ("a: *x", "f.yaml:1:4 E106"),
        ("<<: *x", "f.yaml:1:5 E106"),
        ("a: !!python/object:os.system x", "f.yaml:1:4 E107"),
        ("a: !x {b: 1}", "f.yaml:1:4 E107"),
        ("a: ! x", "f.yaml:1:4 E107"),
        ("? [a]\n: b", "f.yaml:1:3 E110"),
        ("", "f.yaml E111"),
        ("# only a comment\n", "f.yaml E111"),
        ("~", "f.yaml E111"),
        ("---\na: 1\n---\nb: 2", "f.yaml:3:1 E112"),
        ("a: 1\nb: " + "9" * 5000, "f.yaml:2:4 E113"),
        ("b: 1." + "9" * 5000, "f.yaml:1:4 E113"),
    ],
)
def test_what_can_not_be_read_is_one_error_at_its_place(text, expected):
    assert told(text)[0].startswith(expected)
    assert len(told(text)) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "E108"),
        ("{" * 100_000, "E108"),
        ("- " * 100_000, "E108"),
        ("a: {" * 20_000, "E108"),
        ("a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)), "E106"),
        ("x" * (MAX_BYTES + 1), "E101"),
        ("a: " + "'" + "\\" * 500_000, "E105"),
        ("1: 1\n" * 100_000, "E109"),
        ("%TAG ! tag:x,2000:\n" * 30_000, "E105"),
    ],
    ids=["lists", "mappings", "dashes", "keys", "bomb", "size", "quote", "doubles", "directives"],
)
def test_a_hostile_file_is_refused_in_no_time(text, code):
    began = time.perf_counter()
    assert told(text)[0].endswith(code)
    assert time.perf_counter() - began < 2


def test_nesting_is_allowed_up_to_its_bound():
    assert read("f.yaml", "[" * 63 + "1" + "]" * 63).is_sequence
    assert told("[" * 64 + "1" + "]" * 64) == ["f.yaml:1:65 E108"]


def test_every_doubled_key_is_told_and_the_first_is_kept():
    node, problems = parse("f.yaml", "a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert [f"{problem.place} {problem.code}" for problem in problems] == ["f.yaml:2:11 E109", "f.yaml:3:1 E109"]
    assert "'a' stands here twice; the first is on line 1" in str(problems[1])
    assert node.plain() == {"a": 1, "b": {"c": 1}}


def test_a_file_of_nothing_but_doubles_ends_the_patience():
    _, problems = parse("f.yaml", "a: 1\n" * (MAX_DUPLICATES + 5))
    assert [problem.place.line for problem in problems] == [MAX_DUPLICATES + 2]


def test_the_excerpt_marks_the_column():
    assert excerpt("a\nbc: x\n", Place(file="f", line=2, column=5)) == "bc: x\n    ^"
    assert excerpt("a\nbc: x\n", Place(file="f", line=2)) == "bc: x"
    assert excerpt("a\n", Place(file="f", line=7, column=1)) == ""
    assert excerpt("a\n", Place(file="f")) == ""
    far = excerpt("x" * 500 + "y", Place(file="f", line=1, column=501))
    assert far.split("\n")[0][len(far.split("\n")[1]) - 1] == "y"


def test_windows_line_ends_count_as_one_line():
    assert told("a: 1\r\nb: *x\r\n") == ["f.yaml:2:4 E106"]


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefg", min_size=1, max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text("abcdefg", min_size=1, max_size=4), PLAIN, min_size=1, max_size=4), st.booleans())
def test_what_yaml_writes_with_all_texts_quoted_is_read_back(value, flow):
    text = yaml.safe_dump(value, default_style='"' if not flow else None, default_flow_style=flow)
    if flow:  # plain words: only texts that YAML 1.1 and 1.2 read alike
        assert set(read("f.yaml", text).plain()) == set(value)
    else:
        assert _as_text(read("f.yaml", yaml.safe_dump(_as_text(value), default_style='"')).plain()) == _as_text(value)


def _as_text(value):
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    return [_as_text(item) for item in value] if isinstance(value, list) else str(value)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text("ab:-[]{}'\"\n #&*!|>%@\t,?", max_size=40))
def test_any_bytes_are_a_node_or_a_problem(data):
    node, problems = parse("f.yaml", data)
    assert node is not None or problems

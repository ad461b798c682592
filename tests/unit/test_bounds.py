"""What no expression and no pattern can do: use up the machine. And how texts are put in order."""

import time
from itertools import pairwise

import pytest

from tests.unit.test_expression import SCOPE, value
from tests.unit.test_values import field, parsed, wrong
from workflow.authoring.parse_expression import parse_expression
from workflow.language import operations
from workflow.language.budget import BUDGET, Wrong, spend, within_budget
from workflow.language.expression import ExpressionError, Scope, evaluate
from workflow.language.patterns import wrong_in
from workflow.language.values import typed

HUGE = Scope(
    names={
        "rows": [{"a": index} for index in range(100_000)],
        "text": "ă" * 100_000,
        "list": list(range(100_000)),
        "texts": ["ă" * 1000] * 2_000,
        "map": {str(index): index for index in range(100_000)},
    },
    add=SCOPE.add,
    count=SCOPE.count,
)


@pytest.mark.parametrize(
    "source",
    [
        "rows|sum('a')",
        "list|max",
        "-1 in list",
        "'x' in map",
        "rows == rows",
        "[list, list] == [list, list]",
        "texts|max",
        " ~ ".join(["(text ~ '')"] * 90),
        " ~ ".join(["(text|lower)"] * 90),
        " and ".join(["(text ~ '') == text"] * 30),
    ],
)
def test_whatever_goes_through_too_much_is_refused(source):
    expr = parse_expression(source)
    began = time.process_time()
    with pytest.raises(ExpressionError, match=r"too many values|longer than"):
        evaluate(expr, HUGE)
    assert time.process_time() - began < 1


def test_each_expression_has_a_budget_of_its_own():
    expr = parse_expression("[1, 2, 3]|sum")
    assert [evaluate(expr, SCOPE) for _ in range(BUDGET // 2)] == [6] * (BUDGET // 2)


def test_one_inside_another_spends_with_it():
    def outer(count: int) -> None:
        spend(count)
        with pytest.raises(Wrong):
            within_budget(spend, 2)

    within_budget(outer, BUDGET - 1)
    within_budget(spend, BUDGET)


def test_outside_of_an_expression_nothing_is_counted():
    for _ in range(3):
        spend(BUDGET)


def test_a_stored_table_is_paid_for_when_it_is_looked_at():
    kind = field("table", columns=(field("integer"),))
    assert within_budget(lambda rows: typed(kind, rows, None), [{"f": 1}] * 100) == [{"f": 1}] * 100
    with pytest.raises(Wrong):
        within_budget(lambda rows: typed(kind, rows, None), [{"f": 1}] * (BUDGET + 1))


@pytest.mark.parametrize("kind", ["units", "table"])
def test_lists_and_tables_are_bounded(kind):
    more = {"columns": (field("integer"),)} if kind == "table" else {}
    items = [{"f": 1}] * 2001 if kind == "table" else ["btg"] * 2001
    assert "2000" in wrong(kind, items, **more).replace(",", "")


# ---- patterns --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*a){20}", "(a?){50}a{50}"])
def test_no_pattern_takes_long(pattern):
    began = time.process_time()
    wrong("text", "a" * 50_000 + "!", pattern=pattern)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "cause"), [("a(", "missing )"), ("(?=a)b", "invalid perl operator"), ("(a{1000}){1000}", "repetition"), ("[0-9]{3}", "")]
)
def test_a_pattern_that_can_not_be_matched_so_is_told(pattern, cause):
    assert cause in wrong_in(pattern)
    assert bool(cause) == bool(wrong_in(pattern))


def test_a_pattern_fits_the_whole_text_with_its_vietnamese_letters():
    assert parsed("text", "ĐẤT-12", pattern="[A-ZĐẤ]{3}-[0-9]+") == "ĐẤT-12"
    assert "form" in wrong("text", "ĐẤT-12x", pattern="[A-ZĐẤ]{3}-[0-9]+")


# ---- order -----------------------------------------------------------------------------------------------------------


def test_texts_go_by_the_vietnamese_alphabet_tones_second():
    words = ["an", "ăn", "ân", "da", "đa", "em", "êm", "ma", "mà", "mả", "mã", "má", "mạ", "mai", "oi", "ôi", "ơi", "tư", "từ"]
    for one, other in pairwise(words):
        assert value(f"'{one}' < '{other}'"), (one, other)
        assert value(f"'{other}' > '{one}'")
    assert value("['đa', 'da', 'ăn']|max") == "đa"
    assert operations.order("Đ", "d") == 1


def test_two_forms_of_the_same_text_are_one():
    import unicodedata

    decomposed = unicodedata.normalize("NFD", "Đất đai")
    assert parsed("text", decomposed) == "Đất đai"
    assert value("fields.text == 'Đất đai'")

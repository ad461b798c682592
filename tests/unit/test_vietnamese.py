"""Folding, dictionary order, numbers and dates."""

from datetime import date
from decimal import Decimal
from unicodedata import category, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.vietnamese import decimal_text, fold, long_date, nfc, short_date, sort_key, words

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("aăâđĐeêoôơuưyÀảãạẵậ ơớợ\u0301\u0323\u031b0ßİ한"), st.characters()), max_size=30)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Vụ việc phức tạp", "vu viec phuc tap"),
        ("ĐẤT ĐAI", "dat dai"),
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("Ủy ban", "uy ban"),
        ("Uỷ ban", "uy ban"),
        ("Thường trực HĐND", "thuong truc hdnd"),
        ("nghỉ bù Ỗ", "nghi bu o"),
    ],
)
def test_a_search_without_marks_finds_the_marked_word(written, searched):
    assert fold(written) == searched
    assert fold(normalize("NFD", written)) == searched


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_folding_twice_changes_nothing_and_leaves_no_marks(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(category(char) == "Mn" for char in normalize("NFD", folded))
    assert "đ" not in folded
    assert "Đ" not in folded


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_folding_does_not_see_how_a_text_was_composed(text):
    assert fold(normalize("NFD", text)) == fold(normalize("NFC", text))


def test_every_input_takes_the_one_composed_form():
    assert nfc("Vu\u0323 vie\u0323\u0302c") == "Vụ việc"


def test_names_stand_in_the_order_of_the_vietnamese_alphabet():
    names = ["Đông", "Dung", "Ân", "Ăn", "An", "Em", "Êm", "Ông", "Oanh", "Ơn", "Ưng", "Uyên", "Yến", "Xuân"]
    assert sorted(names, key=sort_key) == ["An", "Ăn", "Ân", "Dung", "Đông", "Em", "Êm", "Oanh", "Ông", "Ơn", "Uyên", "Ưng", "Xuân", "Yến"]


def test_tones_decide_only_between_words_of_the_same_letters():
    assert sorted(["mạ", "mã", "mả", "má", "mà", "ma", "mẹ", "mai"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mai", "mẹ"]
    assert sorted(["hòa lan", "hoa mai", "hoa lan"], key=sort_key) == ["hoa lan", "hòa lan", "hoa mai"]


def test_signs_and_digits_stand_before_letters_and_small_before_capital():
    assert sorted(["b", "a1", "a b", "ab", "A", "a", "1"], key=sort_key) == ["1", "a", "A", "a b", "a1", "ab", "b"]


@settings(max_examples=80, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_any_texts_can_be_sorted_and_equal_keys_mean_equal_texts(texts):
    forwards, backwards = sorted(texts, key=sort_key), sorted(texts, key=sort_key, reverse=True)
    assert [nfc(text) for text in reversed(backwards)] == [nfc(text) for text in forwards]
    assert all((sort_key(one) == sort_key(two)) == (nfc(one) == nfc(two)) for one in texts for two in texts)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (1234567, "1.234.567"),
        (-1234, "-1.234"),
        (Decimal("1234567.50"), "1.234.567,50"),
        (Decimal("1E+3"), "1.000"),
        (0.25, "0,25"),
        (1e-7, "0,0000001"),
    ],
)
def test_numbers_have_a_decimal_comma_and_dots_between_thousands(number, text):
    assert decimal_text(number) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 6, 29), "ngày 29 tháng 6 năm 2026"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_a_long_date_pads_days_below_ten_and_the_first_two_months_only(day, text):
    assert long_date(day) == text


def test_a_short_date_is_day_month_year():
    assert short_date(date(2026, 2, 5)) == "05/02/2026"


def test_the_words_of_a_text_are_what_signs_part():
    assert words("001/2026-VV “Đường” liên_xã…") == ["001", "2026", "vv", "duong", "lien", "xa"]
    assert words(" ½ x² Ελλάς ") == ["½", "x²", "ελλασ"]
    assert words("… – /") == []
    assert words("a" * 5000) == ["a" * 64]


@given(st.text(max_size=60))
def test_words_are_found_again_in_what_is_made_of_them(text):
    assert words(" ".join(words(text))) == words(text)

"""Characters that no text needs: which they are, and a text without them."""

import pytest

from workflow.signs import code, refused_in, without, without_in

REORDERING = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
CONTROLS = [chr(one) for one in (*range(0x20), *range(0x7F, 0xA0)) if chr(one) not in "\t\n"]
NO_CHARACTER = ["\ufffe", "\uffff", "\ud800", "\udcff"]


@pytest.mark.parametrize("sign", [*CONTROLS, *REORDERING, *NO_CHARACTER], ids=code)
def test_what_no_text_needs_is_found_wherever_it_stands(sign):
    for text in (sign, f"Việt{sign}", f"{sign}Nam", f"a\n{sign}b"):
        assert refused_in(text, lines=True) == sign
    assert refused_in(f"a{sign}b", lines=False) == sign


@pytest.mark.parametrize("text", ["", "Đề nghị – “thử”…", "e\u0302\u0301", "😀", "a\u00a0b", "a\u200db", "a\u2028b", "\ufffd"])
def test_what_people_write_is_no_matter(text):
    assert refused_in(text, lines=False) is None
    assert without(text) == text


def test_tabs_and_line_ends_stand_in_texts_that_have_lines_only():
    assert refused_in("a\tb\nc", lines=True) is None
    assert (refused_in("a\tb", lines=False), refused_in("a\nb", lines=False)) == ("\t", "\n")


def test_a_code_is_written_as_everybody_writes_it():
    assert [code(sign) for sign in ("\x1b", "\u202e")] == ["U+001B", "U+202E"]


def test_what_is_written_lacks_them_and_keeps_lines():
    assert without("a\x1b[31m\x07b\u202e\x9bc\td\r\ne\x00\ufffe") == "a[31mbc\td\r\ne"


def test_facts_lack_them_at_any_depth_and_stay_what_they_were():
    facts = {"a": ("x\x07", 1, None), "b": [{"c": "\u2066y"}], "d": True}
    assert without_in(facts) == {"a": ("x", 1, None), "b": [{"c": "y"}], "d": True}

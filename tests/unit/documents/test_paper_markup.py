"""The light markup: what becomes what, and what never does."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow.documents.markup import Block, Kind, escaped, parse, plain
from workflow.documents.sheet import Run


def kinds(body: str) -> list[Kind]:
    return [block.kind for block in parse(body)]


def words(block: Block) -> str:
    return "".join(run.text for run in block.runs)


def test_blank_lines_part_paragraphs_and_lines_beside_each_other_join():
    assert [words(block) for block in parse("một\nhai\n\n ba \n\n\n")] == ["một hai", "ba"]


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("> Căn cứ Luật", Kind.GROUND, "Căn cứ Luật"),
        ("# I. MỤC ĐÍCH", Kind.HEADING, "I. MỤC ĐÍCH"),
        ("- một việc", Kind.ITEM, "một việc"),
        ("a) một việc", Kind.ITEM, "một việc"),
        ("đ) một việc", Kind.ITEM, "một việc"),
        ("^ QUYẾT ĐỊNH:", Kind.CENTRED, "QUYẾT ĐỊNH:"),
        ("Kính gửi: Huyện ủy", Kind.ADDRESS, "Kính gửi: Huyện ủy"),
        ("---", Kind.BREAK, ""),
        ("\\pagebreak", Kind.BREAK, ""),
        ("\\appendix I: Danh mục", Kind.APPENDIX, "I: Danh mục"),
        ("1. Văn bản", Kind.PARAGRAPH, "1. Văn bản"),
        ("#không phải đề mục", Kind.PARAGRAPH, "#không phải đề mục"),
        ("-không phải mục", Kind.PARAGRAPH, "-không phải mục"),
        ("\\# một dấu thăng", Kind.PARAGRAPH, "# một dấu thăng"),
    ],
)
def test_a_line_becomes_its_kind(line, kind, text):
    (block,) = parse(line)
    assert (block.kind, words(block)) == (kind, text)


def test_headings_have_three_levels():
    assert [block.level for block in parse("# I\n## 1\n### a")] == [1, 2, 3]


def test_an_item_keeps_its_marker_and_is_carried_on_by_plain_lines():
    (first, second) = parse("- một\n  và nữa\nb) hai")
    assert (first.marker, words(first), second.marker, words(second)) == ("-", "một và nữa", "b)", "hai")


def test_items_right_after_kinh_gui_are_addressees():
    assert kinds("Kính gửi:\n- A;\n- B.\n\nNội dung\n\n- mục") == [
        Kind.ADDRESS,
        Kind.ADDRESSEE,
        Kind.ADDRESSEE,
        Kind.PARAGRAPH,
        Kind.ITEM,
    ]


def test_a_table_has_rows_of_equal_length_and_no_separator():
    (table,) = parse("| a | b |\n|---|:-:|\n| 1 |\n| 2 | **c** | d |")
    assert [[words(Block(kind=Kind.PARAGRAPH, runs=cell)) for cell in row] for row in table.rows] == [
        ["a", "b", ""],
        ["1", "", ""],
        ["2", "c", "d"],
    ]
    assert table.rows[2][1] == (Run(text="c", bold=True),)


def test_a_table_without_closing_bars_and_with_escaped_ones():
    (table,) = parse("| a | b\n| c \\| d | e\\\\ |")
    assert [["".join(run.text for run in cell) for cell in row] for row in table.rows] == [["a", "b"], ["c | d", "e\\"]]


def test_asterisks_make_bold_and_italic_but_not_beside_spaces():
    (block,) = parse("**đậm** *nghiêng* ***cả hai*** 5 * 3 ** 2")
    assert block.runs == (
        Run(text="đậm", bold=True),
        Run(text=" "),
        Run(text="nghiêng", italic=True),
        Run(text=" "),
        Run(text="cả hai", bold=True, italic=True),
        Run(text=" 5 * 3 ** 2"),
    )


def test_a_value_of_several_lines_makes_paragraphs_with_the_look_kept():
    first, second = parse("- **" + escaped("một\n\nhai") + "**")
    assert (first.kind, first.runs, second.kind, second.runs) == (
        Kind.ITEM,
        (Run(text="một", bold=True),),
        Kind.PARAGRAPH,
        (Run(text="hai", bold=True),),
    )


def test_a_value_of_several_lines_stays_in_its_cell():
    (table,) = parse("| a |\n| " + escaped("một\nhai") + " |")
    assert table.rows[1][0] == (Run(text="một\nhai"),)


NASTY = [
    "# đề mục",
    "> căn cứ",
    "| a | b |",
    "**đậm**",
    "*x*",
    "- mục",
    "a) mục",
    "---",
    "\\pagebreak",
    "\\appendix",
    "^ giữa",
    "\\*",
    "{{ x }}",
    "|",
    "\\",
]


@pytest.mark.parametrize("value", NASTY)
def test_a_fields_text_is_never_taken_for_markup(value):
    (block,) = parse(escaped(value))
    assert (block.kind, block.runs) == (Kind.PARAGRAPH, (Run(text=value),))


@pytest.mark.parametrize("value", NASTY)
def test_a_fields_text_is_never_taken_for_markup_in_a_table(value):
    (table,) = parse(f"| a | b |\n| {escaped(value)} | x |")
    assert table.rows[1] == ((Run(text=value),), (Run(text="x"),))


@settings(max_examples=150, deadline=None)
@given(st.text("*|#>-)^\\a b\n", min_size=1, max_size=20))
@example("**a**")
def test_any_escaped_text_comes_out_as_it_was(value):
    blocks = parse(f"x{escaped(value)}")
    assert {block.kind for block in blocks} == {Kind.PARAGRAPH}
    assert " ".join(words(block) for block in blocks).split() == f"x{value.strip()}".split()
    assert plain(escaped(value)) == value.strip()


@settings(max_examples=150, deadline=None)
@given(st.text("*|#>-)^\\a \nđ:", max_size=40))
def test_any_text_is_a_body(body):
    parse(body)

"""The two frames, laid out: domain facts of Decree 30/2020/NĐ-CP (state) and Guideline 36-HD/VPTW (party)."""

from typing import Any

import pytest

from tests import papers
from workflow.documents.compose import sheet
from workflow.documents.coverage import clean, shown, table, unprintable, width, wrapped
from workflow.documents.sheet import Align, Break, Columns, Element, Grid, Line, Rule, Sheet

LETTERS = {
    "state": {**papers.STATE, **papers.LETTER, "symbol": "12/HĐND-VP"},
    "party": {**papers.PARTY, **papers.LETTER, "symbol": "12-CV/BTGHU"},
}
HEADS = {"state": papers.STATE, "party": papers.PARTY}


def laid(head: dict[str, Any], template: str = "Nội dung.", **changes: Any) -> Sheet:
    return sheet(papers.document(head, **changes), template, "a.md.j2")


def every(elements: tuple[Element, ...]) -> list[Line | Rule]:
    found: list[Line | Rule] = []
    for element in elements:
        if isinstance(element, Line | Rule):
            found.append(element)
        elif isinstance(element, Columns):
            found += [item for cell in element.cells for item in cell]
    return found


def the(sheet: Sheet, text: str) -> Line:
    """The one line with this text."""
    (found,) = [item for item in every(sheet.elements) if isinstance(item, Line) and item.text == text]
    return found


def below(sheet: Sheet, text: str) -> Line | Rule:
    items = every(sheet.elements)
    return items[next(at for at, item in enumerate(items) if isinstance(item, Line) and item.text == text) + 1]


def look(line: Line) -> tuple[float, bool, bool]:
    return line.size, line.runs[0].bold, line.runs[0].italic


def test_pages_have_the_margins_of_their_rules():
    for head in HEADS.values():
        page = laid(head).page
        assert (page.top, page.bottom, page.left, page.right, page.number_size, page.header) == (20, 20, 30, 15, 14, 10)


def test_the_state_s_head_names_nation_motto_and_issuer():
    paper = laid(papers.STATE)
    assert look(the(paper, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")) == (12, True, False)
    assert look(the(paper, "Độc lập - Tự do - Hạnh phúc")) == (13, True, False)
    rule = below(paper, "Độc lập - Tự do - Hạnh phúc")
    assert isinstance(rule, Rule)
    assert rule.width == pytest.approx(width("Độc lập - Tự do - Hạnh phúc", 13, bold=True))
    head = next(element for element in paper.elements if isinstance(element, Columns))
    *names, under = head.cells[0]
    assert [(line.text, *look(line)) for line in names if isinstance(line, Line)] == [
        ("HỘI ĐỒNG NHÂN DÂN", 12, False, False),
        ("HUYỆN NAM TRỰC", 12, False, False),
        ("THƯỜNG TRỰC", 12, True, False),
        ("HỘI ĐỒNG NHÂN DÂN", 12, True, False),
    ]
    assert isinstance(under, Rule)
    assert 1 / 3 <= under.width / width("HỘI ĐỒNG NHÂN DÂN", 12, bold=True) <= 1 / 2


def test_the_party_s_head_names_the_party_the_issuer_and_a_star():
    paper = laid(papers.PARTY)
    assert look(the(paper, "ĐẢNG CỘNG SẢN VIỆT NAM")) == (15, True, False)
    rule = below(paper, "ĐẢNG CỘNG SẢN VIỆT NAM")
    assert isinstance(rule, Rule)
    assert rule.width == pytest.approx(width("ĐẢNG CỘNG SẢN VIỆT NAM", 15, bold=True))
    assert look(the(paper, "HUYỆN ỦY NAM TRỰC")) == (14, False, False)
    assert look(the(paper, "BAN TUYÊN GIÁO")) == (14, True, False)
    assert below(paper, "BAN TUYÊN GIÁO") == the(paper, "*")


def test_heads_never_wrap_their_mottos():
    for head in HEADS.values():
        columns = next(element for element in laid(head).elements if isinstance(element, Columns))
        for line in columns.cells[1]:
            assert not isinstance(line, Line) or width(line.text, line.size, bold=True) < columns.widths[1]
        assert sum(columns.widths) == laid(head).page.width


def test_the_state_writes_its_number_with_a_colon_and_the_party_without():
    assert look(the(laid(papers.STATE), "Số: 05/BC-HĐND")) == (13, False, False)
    assert look(the(laid(papers.PARTY), "Số 05-BC/BTGHU")) == (14, False, False)


def test_place_and_date_are_italic_with_the_padding_of_the_decree():
    assert look(the(laid(papers.STATE), "Nam Trực, ngày 05 tháng 02 năm 2026")) == (13, False, True)
    assert look(the(laid(papers.PARTY, date="2026-06-29"), "Nam Trực, ngày 29 tháng 6 năm 2026")) == (14, False, True)


def test_a_draft_leaves_number_and_date_blank():
    gap = "\u00a0" * 6
    paper = laid(papers.STATE, number=None, date=None, symbol=" /BC-HĐND")
    assert the(paper, f"Số: {gap}/BC-HĐND")
    assert the(paper, f"Nam Trực, ngày{gap}tháng{gap}năm 2026")


def test_type_and_title_are_bold_and_what_closes_them_is_the_frame_s():
    state, party = laid(papers.STATE), laid(papers.PARTY)
    title = papers.STATE["title"]
    assert look(the(state, "BÁO CÁO")) == (14, True, False)
    assert look(the(state, title)) == (14, True, False)
    rule = below(state, title)
    assert isinstance(rule, Rule)
    assert 1 / 3 <= rule.width / width(title, 14, bold=True) <= 1 / 2
    assert look(the(party, "BÁO CÁO")) == (16, True, False)
    assert look(the(party, title)) == (15, True, False)
    assert below(party, title) == the(party, "-----")


def test_a_letter_has_its_subject_under_the_number_and_no_type():
    for frame, italic in (("state", False), ("party", True)):
        paper = laid(LETTERS[frame])
        symbol = "Số: 12/HĐND-VP" if frame == "state" else "Số 12-CV/BTGHU"
        subject = below(paper, symbol)
        assert isinstance(subject, Line)
        assert subject.text.startswith("V/v cung cấp số liệu")
        assert look(subject) == (12, False, italic)
        assert not [item for item in every(paper.elements) if isinstance(item, Line) and item.text in {"CÔNG VĂN", "-----"}]


GROUNDS = "> Căn cứ A.\n> Căn cứ B\n\nNội dung"


def test_legal_grounds_are_set_and_ended_as_the_frame_has_it():
    state, party = laid(papers.STATE, GROUNDS), laid(papers.PARTY, GROUNDS)
    assert look(the(state, "Căn cứ A;")) == look(the(state, "Căn cứ B.")) == (14, False, True)
    assert look(the(party, "- Căn cứ A;")) == look(the(party, "- Căn cứ B,")) == (14, False, False)


def test_the_body_is_justified_indented_and_spaced():
    state, party = the(laid(papers.STATE), "Nội dung./."), the(laid(papers.PARTY), "Nội dung.")
    assert (state.size, state.align, state.indent, state.before, state.lines, state.exact) == (14, Align.JUSTIFY, 12.7, 6, 1.15, 0)
    assert (party.size, party.align, party.indent, party.exact) == (14, Align.JUSTIFY, 10, 20)


@pytest.mark.parametrize(
    ("template", "state", "party"),
    [
        ("Hết", "Hết./.", "Hết."),
        ("Hết.", "Hết./.", "Hết."),
        ("Hết./.", "Hết./.", "Hết."),
        ("Hết;", "Hết./.", "Hết."),
        ("**Hết**", "Hết./.", "Hết."),
        ("Thế nào?", "Thế nào?./.", "Thế nào?"),
        ("- mục;", "- mục./.", "- mục."),
    ],
)
def test_the_last_sentence_bears_the_end_mark(template, state, party):
    assert the(laid(papers.STATE, template), state)
    assert the(laid(papers.PARTY, template), party)


def test_after_a_table_the_state_s_end_mark_stands_alone():
    table = "| a |\n| b |"
    assert the(laid(papers.STATE, table), "./.")
    assert not [item for item in every(laid(papers.PARTY, table).elements) if isinstance(item, Line) and item.text == "."]


def test_signatures_are_capitals_with_the_position_bold_in_the_state_s_frame_alone():
    state, party = laid(papers.STATE), laid(papers.PARTY)
    assert [look(the(state, text)) for text in ("TM. THƯỜNG TRỰC HĐND", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")] == [(14, True, False)] * 3
    assert look(the(party, "K/T TRƯỞNG BAN")) == (14, True, False)
    assert look(the(party, "PHÓ TRƯỞNG BAN")) == (14, False, False)


def test_the_signature_stands_right_of_the_recipients():
    foot = [element for element in laid(papers.STATE).elements if isinstance(element, Columns)][-1]
    left, right = foot.cells
    assert [line.text for line in left if isinstance(line, Line)] == [
        "Nơi nhận:",
        "- Thường trực HĐND huyện;",
        "- Các xã, thị trấn;",
        "- Lưu: VT, BTG.",
    ]
    assert [(line.size, line.align) for line in left if isinstance(line, Line)][1:] == [(11, Align.LEFT)] * 3
    assert look(left[0]) == (12, True, True)
    assert right[0].text == "TM. THƯỜNG TRỰC HĐND"


def test_the_party_s_recipients_are_underlined_and_end_with_the_archive():
    left, _ = [element for element in laid(papers.PARTY).elements if isinstance(element, Columns)][-1].cells
    assert [line.text for line in left] == ["Nơi nhận:", "- Thường trực HĐND huyện,", "- Các xã, thị trấn,", "- Lưu BTGHU."]
    assert (left[0].size, left[0].runs[0].underline, left[0].runs[0].bold) == (14, True, False)
    assert {line.size for line in left[1:]} == {12}


def test_no_recipients_and_no_archive_leave_no_heading():
    left, _ = [element for element in laid(papers.STATE, recipients=[], archive="").elements if isinstance(element, Columns)][-1].cells
    assert left == ()


def test_a_joint_paper_names_both_bodies_and_has_both_signatures_side_by_side():
    for frame in HEADS:
        paper = laid(papers.JOINT, frame=frame)
        assert the(paper, "BAN TUYÊN GIÁO HUYỆN ỦY -").runs[0].bold
        signatures = [element for element in paper.elements if isinstance(element, Columns)][-1]
        assert [cell[0].text for cell in signatures.cells] == ["BAN TUYÊN GIÁO HUYỆN ỦY", "TM. THƯỜNG TRỰC"]
        assert signatures.widths[0] == signatures.widths[1]
        assert "Nơi nhận:" in [item.text for item in paper.elements if isinstance(item, Line)]


def test_names_in_lines_of_the_office_s_own_are_kept():
    paper = laid(papers.STATE, issuers=[{**papers.TT, "name_lines": ["Thường trực", "HĐND huyện"]}])
    assert the(paper, "HĐND HUYỆN").runs[0].bold


def test_an_appendix_stands_on_a_new_page_after_the_signatures():
    paper = laid(papers.STATE, "Nội dung.\n\n\\appendix I: Danh mục\n\nPhần sau.")
    at = paper.elements.index(Break())
    assert [element.text for element in paper.elements[at + 1 :] if isinstance(element, Line)] == [
        "Phụ lục I",
        "DANH MỤC",
        "(Kèm theo Báo cáo số 05/BC-HĐND ngày 05 tháng 02 năm 2026)",
        "Phần sau.",
    ]
    assert the(paper, "Nội dung./.")


def test_headings_stay_with_what_follows_and_the_last_text_with_the_signature():
    paper = laid(papers.STATE, "# I. A\n\nmột\n\nhai")
    assert [the(paper, text).keep for text in ("I. A", "một", "hai./.")] == [True, False, True]


def test_a_table_fills_the_page_and_gives_wide_text_more_room():
    (grid,) = [element for element in laid(papers.STATE, papers.BODY).elements if isinstance(element, Grid)]
    assert sum(grid.widths) == pytest.approx(165)
    assert grid.widths[2] > grid.widths[1] > grid.widths[3] > grid.widths[0]
    assert [cell.align for cell in grid.rows[1]] == [Align.CENTRE, Align.LEFT, Align.LEFT, Align.CENTRE]
    assert all(cell.runs[0].bold and cell.align is Align.CENTRE for cell in grid.rows[0])


def test_a_table_of_many_long_words_still_fits_the_page():
    row = "| " + " | ".join(["mườihaichữliền" * 2] * 9) + " |"
    (grid,) = [element for element in laid(papers.STATE, f"{row}\n{row}").elements if isinstance(element, Grid)]
    assert sum(grid.widths) == pytest.approx(165)


# ---- names and signs -------------------------------------------------------------------------------------------------


def test_long_names_break_evenly_and_set_names_stay_whole():
    assert wrapped("THƯỜNG TRỰC HỘI ĐỒNG NHÂN DÂN", 66, 12, bold=True) == ["THƯỜNG TRỰC", "HỘI ĐỒNG NHÂN DÂN"]
    assert wrapped("một hai ba bốn năm sáu bảy tám", 45, 12) == ["một hai ba bốn", "năm sáu bảy tám"]
    assert wrapped("", 66, 12) == []
    assert wrapped("mộttừrấtdài" * 9, 20, 12) == ["mộttừrấtdài" * 9]


def test_no_line_is_wider_than_its_room():
    for line in wrapped("Tình hình thực hiện Chương trình phối hợp giữa hai cơ quan " * 6, 150, 14, bold=True):
        assert width(line, 14, bold=True) <= 150


def test_every_vietnamese_letter_can_be_printed():
    vowels = "aăâeêioôơuưy"
    tones = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
    letters = clean("".join(vowel + tone for vowel in vowels for tone in tones)) + "bcdđghklmnpqrstvxfjwz0123456789"
    assert unprintable(letters + letters.upper()) is None
    assert unprintable(" .,;:!?…“”‘’\"'()[]{}<>«»-–—/\\|@#$%^&*_+=~`§°±×÷€₫№•→←≤≥½²³©®™\u00a0\n") is None


def test_signs_are_shown_with_their_code():
    assert [shown(sign) for sign in ("😀", "\0", "\ud800")] == ["U+1F600 😀", "U+0000", "U+D800"]


def test_the_table_names_its_font():
    assert (table().font, table().version) == ("Tinos", "1.340")

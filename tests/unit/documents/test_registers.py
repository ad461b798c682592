"""Registers: the columns of Annexes IV and V to the word, searched without marks, in Vietnamese order, as files."""

import csv
import zipfile
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from msgspec.structs import replace

from workflow.documents.registers.forms import CONTENTS, FOLLOW_UP, FORMS, INCOMING, OUTGOING, Register, filled, found, ordered, volume
from workflow.documents.registers.writing import guarded, write
from workflow.errors import CharacterRefused

DAY = date(2026, 12, 31)
ROWS = [
    ("01/BC-HĐND", "05/01/2026", "Báo cáo Vụ việc ở xã", "Chủ tịch", "UBND", "VT", "2", "", "", "hồ sơ 001"),
    ("02/BC-HĐND", "06/01/2026", "Báo cáo Ăn ở", "Chủ tịch", "=1+1", "VT", "2", "", "", "@SUM(A1)"),
    ("03/BC-HĐND", "07/01/2026", "Báo cáo Ân nhân", "Chủ tịch", "-2", "VT", "2", "", "", "+x"),
    ("04/BC-HĐND", "08/01/2026", "Báo cáo Ánh sáng", "Chủ tịch", "\tx", "VT", "2", "", "", ""),
]
REGISTER = filled(Register(form=OUTGOING, body="Thường trực HĐND", year="2026", first_day="05/01/2026", last_day="08/01/2026"), ROWS)


def test_the_columns_are_exactly_those_of_the_annexes():
    assert OUTGOING.headings == (
        "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản", "Người ký", "Nơi nhận văn bản",
        "Đơn vị, người nhận bản lưu", "Số lượng bản", "Ngày chuyển", "Ký nhận", "Ghi chú",
    )  # fmt: skip
    assert INCOMING.headings == (
        "Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản",
        "Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú",
    )  # fmt: skip
    assert FOLLOW_UP.headings == (
        "Số đến", "Tên loại, số, ký hiệu, ngày, tháng và tên cơ quan, tổ chức ban hành văn bản", "Đơn vị hoặc người nhận",
        "Thời hạn giải quyết", "Tiến độ giải quyết", "Số, ký hiệu văn bản trả lời", "Ghi chú",
    )  # fmt: skip
    assert CONTENTS.headings == (
        "STT", "Số, ký hiệu văn bản", "Ngày tháng năm văn bản", "Tên loại và trích yếu nội dung văn bản", "Tác giả văn bản",
        "Tờ số/Trang số", "Ghi chú",
    )  # fmt: skip
    assert set(FORMS) == {"outgoing", "incoming", "follow-up", "contents"}


def test_the_cover_tells_year_days_numbers_and_volume():
    assert REGISTER.cover == ("Năm: 2026", "Từ ngày 05/01/2026 đến ngày 08/01/2026", "Từ số 01/BC-HĐND đến số 04/BC-HĐND", "Quyển số: 1")
    assert replace(REGISTER, rows=()).cover == ("Năm: 2026", "Không có văn bản", "Quyển số: 1")


def test_lines_are_found_without_marks():
    assert [row[0] for row in found(ROWS, "vu viec")] == ["01/BC-HĐND"]
    assert [row[0] for row in found(ROWS, "hđnd an")] == ["02/BC-HĐND", "03/BC-HĐND", "04/BC-HĐND"]
    assert found(ROWS, "khong co") == []


def test_lines_are_in_vietnamese_order():
    assert [row[2].split()[-2] for row in ordered(ROWS, OUTGOING, "title")] == ["Ánh", "Ăn", "Ân", "ở"]


def test_volumes_hold_so_many_lines():
    assert volume(ROWS, 1, 0) == (ROWS, 1)
    assert volume(ROWS, 2, 3) == ([ROWS[3]], 2)
    assert volume([], 1, 3) == ([], 1)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_of_a_csv_is_taken_for_a_formula(cell):
    assert guarded(cell) == f"'{cell}"
    assert guarded("a=1") == "a=1"


def test_a_csv_has_a_mark_its_heads_and_guarded_cells():
    data = write(REGISTER, "csv", DAY)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert tuple(lines[0]) == OUTGOING.headings
    assert lines[2][4] == "'=1+1"
    assert len(lines) == 5


def test_a_workbook_has_a_cover_and_texts_alone():
    book = openpyxl.load_workbook(BytesIO(write(REGISTER, "xlsx", DAY)))
    assert book.sheetnames == ["Bìa", "Sổ"]
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐI" in [cell.value for cell in book["Bìa"]["A"]]
    sheet = book["Sổ"]
    assert tuple(cell.value for cell in sheet[1]) == OUTGOING.headings
    assert (sheet["E3"].value, sheet["E3"].data_type) == ("=1+1", "s")
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}


def test_pages_lie_on_their_side_and_say_it_all():
    import docx
    from pypdf import PdfReader

    word = docx.Document(BytesIO(write(REGISTER, "docx", DAY)))
    assert round(word.sections[0].page_width.mm) == 297
    assert [cell.text for cell in word.tables[0].rows[0].cells] == list(OUTGOING.headings)
    pages = PdfReader(BytesIO(write(REGISTER, "pdf", DAY))).pages
    assert round(float(pages[0].mediabox[2]) / 72 * 25.4) == 297
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐI" in " ".join(pages[0].extract_text().split())
    assert "04/BC-HĐND" in "".join(pages[1].extract_text().split())


@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx", "pdf"])
def test_the_same_register_is_the_same_bytes(kind):
    assert write(REGISTER, kind, DAY) == write(REGISTER, kind, DAY)


def test_a_workbook_bears_the_day_that_it_is_given():
    core = zipfile.ZipFile(BytesIO(write(REGISTER, "xlsx", DAY))).read("docProps/core.xml")
    assert b"2026-12-31" in core


def test_a_sign_that_no_page_holds_is_told_with_its_place():
    odd = replace(REGISTER, rows=(("😀", *ROWS[0][1:]),))
    with pytest.raises(CharacterRefused, match="outgoing 1: symbol") as refused:
        write(odd, "pdf", DAY)
    assert refused.value.message("vi").startswith("Sổ đăng ký văn bản đi, 1: Số, ký hiệu")
    assert "😀" in write(odd, "csv", DAY).decode()

"""What becomes of papers, from the command line."""

import pytest


@pytest.fixture
def issued(typed):
    """A case whose first report is issued."""
    case = typed.incident()
    typed(f"do {case} screen --as specialist.btg --set urgency=normal --set authority=btg --note 'Thuộc phạm vi'")
    typed(f"do {case} assess --as specialist.btg --set facts='UBND xã đã đo'")
    return case


def test_a_paper_is_void_with_a_reason_and_keeps_its_number(typed, issued):
    typed.refused(f"doc void {issued} situation --as leader.btg", 3)
    typed.out(f"doc void {issued} 01-BC/BTGHU --as leader.btg --note 'Sai số liệu'")
    shown = typed.out(f"doc show {issued} situation --as leader.btg")
    assert "đã hủy" in shown
    assert "Sai số liệu" in shown
    assert "01-BC/BTGHU" in typed.out(f"docs {issued} --as leader.btg")
    assert "Hủy văn bản 01-BC/BTGHU" in typed.out(f"history {issued} --as leader.btg")
    assert typed.json(f"doc show {issued} situation --as leader.btg")["events"][0]["what"] == "void"


def test_a_paper_is_replaced_recalled_corrected(typed, issued):
    typed.out(f"doc replace {issued} situation --as leader.btg --note 'Sai'")
    assert "02-BC/BTGHU" in typed.out(f"doc show {issued} 01-BC/BTGHU --as leader.btg")
    typed.out(f"doc correct {issued} 02-BC/BTGHU --by transfer --as leader.btg --note 'Sai thể thức'")
    typed.out(f"doc recall {issued} 02-BC/BTGHU --as leader.btg --note 'Gửi nhầm'")
    assert "đã thu hồi" in typed.out(f"docs {issued} --as leader.btg")
    assert "đã hủy" not in typed.out(f"docs {issued} --as leader.btg")
    typed.refused(f"doc recall {issued} 02-BC/BTGHU --as leader.btg --note x", 3)
    typed.refused(f"doc void {issued} 09-BC/BTGHU --as leader.btg --note x", 4)


def test_a_draft_is_issued_only_where_the_procedure_gives_the_right(typed, issued):
    assert "rights: {issue: ROLE}" in typed.refused(f"doc issue {issued} situation --as leader.btg", 3)


def test_a_signed_scan_is_saved_with_its_paper(typed, issued, tmp_path):
    scan = tmp_path / "ky.pdf"
    scan.write_bytes(b"%PDF-1.4 scan")
    typed.out(f"doc attach {issued} situation {scan} --as specialist.btg")
    assert "ky.pdf" in typed.out(f"doc show {issued} situation --as leader.btg")
    written = typed.json(f"doc save {issued} situation --to {tmp_path / 'out'} --as leader.btg")
    assert [name.rpartition(" ")[2] for name in written][-1] == "ky.pdf"


def test_differences_are_told_in_words(typed):
    case = typed.incident()
    typed(f"do {case} screen --as specialist.btg --set urgency=normal --set authority=btg --note 'Thuộc phạm vi'")
    assert "Không có gì khác." in typed.out(f"doc diff {case} situation --as leader.btg")
    typed(f"correct {case} 1 --set commune='Nam Cường' --note 'Ghi sai xã' --as leader.btg")
    said = typed.out(f"doc diff {case} situation --as leader.btg")
    assert "Đoạn" in said
    assert "Nam Giang" in said
    assert "Nam Cường" in said
    assert typed.json(f"doc diff {case} situation --as leader.btg")[0]["kind"] == "changed"


def test_a_paper_is_written_again_and_recognised(typed, issued, tmp_path):
    assert "giống từng byte" in typed.out(f"doc reproduce {issued} situation --to {tmp_path} --as leader.btg")
    (file,) = tmp_path.glob("*.pdf")
    said = typed.out(f"doc verify '{file}' --as leader.btg")
    assert "Tệp nguyên vẹn." in said
    assert "01-BC/BTGHU" in said
    file.write_bytes(file.read_bytes() + b"\n")
    assert "không phải bản đã ban hành" in typed.out(f"doc verify '{file}' --as leader.btg")
    file.write_bytes(b"x")
    assert "không phải văn bản" in typed.out(f"doc verify '{file}' --as leader.btg")


def test_a_case_s_whole_file_is_exported_to_a_folder_or_a_zip(typed, issued, tmp_path):
    typed.out(f"export file {issued} --to {tmp_path / 'ho-so'} --as leader.btg")
    assert (tmp_path / "ho-so" / "SHA256SUMS").exists()
    assert (tmp_path / "ho-so" / "papers").is_dir()
    typed.out(f"export file {issued} --to {tmp_path / 'ho-so.zip'} --as leader.btg")
    typed.refused(f"export file {issued} --to {tmp_path / 'ho-so'} --as leader.btg", 2)
    typed.refused(f"export file {issued} --to {tmp_path / 'ho-so.zip'} --as leader.btg", 2)
    typed.refused(f"export file {issued} --to {tmp_path / 'no' / 'x'} --as leader.btg", 2)

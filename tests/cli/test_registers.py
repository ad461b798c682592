"""Registers from the command line."""

import csv

import pytest


@pytest.fixture
def received(typed):
    """An office in which a paper came in."""
    typed(
        "register receive btg --from 'UBND xã Nam Giang' --symbol 45/BC-UBND --date 18/11/2026 --title 'Báo cáo tình hình' --as clerk.btg"
    )
    return typed


def test_a_paper_that_came_in_stands_in_its_register_and_the_follow_up(received, tmp_path):
    said = received.out("register incoming btg --as clerk.btg")
    assert "Sổ đăng ký văn bản đến" in said
    assert "45/BC-UBND" in said
    assert "đã đến trước đây" in received.out(
        "register receive btg --from 'ubnd xã nam giang' --symbol 45/bc-ubnd --title 'Báo cáo' --as clerk.btg"
    )
    received.out("register follow btg 1 --progress 'đang giải quyết' --due 2026-12-01 --to specialist.btg --as clerk.btg")
    shown = received.json("register follow-up btg --as clerk.btg")
    assert (shown["rows"][0]["progress"], shown["rows"][0]["due"]) == ("đang giải quyết", "01/12/2026")
    assert shown["columns"]["paper"].startswith("Tên loại, số, ký hiệu")
    assert "45/BC-UBND" in received.out("register incoming btg --words 'bao cao tinh' --as clerk.btg")
    assert "Chưa có văn bản" in received.out("register incoming btg --year 2025 --as clerk.btg")


def test_a_register_is_written_to_a_file_once(received, tmp_path):
    file = tmp_path / "den.csv"
    received.out(f"register incoming btg --to {file} --as clerk.btg")
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[1][3] == "45/BC-UBND"
    received.refused(f"register incoming btg --to {file} --as clerk.btg", 2)
    received.out(f"register incoming btg --to {file} --force --as clerk.btg")
    received.refused(f"register incoming btg --to {tmp_path / 'den.doc'} --as clerk.btg", 2)
    received.refused(f"register incoming btg --to {tmp_path / 'no' / 'den.pdf'} --as clerk.btg", 2)


def test_numbers_are_reserved_and_entered_and_series_listed(typed):
    assert "01, 02" in typed.out("register reserve btg BC --count 2 --note 'viết tay' --as clerk.btg")
    typed.refused("register reserve btg BC --as clerk.btg", 3)
    typed.refused("register reserve btg BC --note x --as specialist.btg", 3)
    typed.out("register enter btg/BC/term:2025-2030 1 --title 'Báo cáo' --signer 'Trưởng ban' --date 2026-11-19 --as clerk.btg")
    assert "btg/BC/term:2025-2030" in typed.out("register series --as clerk.btg")
    assert "giữ số: viết tay" in typed.out("register btg/BC/term:2025-2030 --as clerk.btg")
    typed.refused("register btg/XX/2026 --as clerk.btg", 4)
    typed.refused("register close btg --as clerk.btg", 3)


def test_a_case_s_papers_have_their_table_of_contents(typed):
    case = typed.incident()
    typed(f"register receive btg --from 'UBND xã' --title 'Báo cáo' --case {case} --as clerk.btg")
    assert "Báo cáo" in typed.out(f"register contents {case} --as leader.btg")


def test_a_paper_that_comes_in_opens_a_case(typed):
    line = "register receive btg --from 'UBND xã' --title 'Báo cáo' --open incident --as clerk.btg"
    fields = "--set commune='Nam Giang' --set area='môi trường' --set issue='Mùi khó chịu từ cơ sở tái chế gần khu dân cư'"
    assert "001/2026-VV" in typed.out(f"{line} {fields}")


def test_the_outgoing_register_tells_what_was_issued(typed):
    assert "Chưa có văn bản" in typed.out("register outgoing btg --as leader.btg")

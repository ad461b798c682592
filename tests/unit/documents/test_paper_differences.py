"""What differs between two drafts, in words."""

import pytest

from workflow.documents.differences import Difference, differences


def said(before, after):
    return [(one.kind, one.where, one.before, one.after) for one in differences(before, after)]


def test_the_same_text_otherwise_laid_out_differs_in_nothing():
    assert differences("Một  hai\n\n\nba", "Một hai\nba\n") == []


def test_words_that_changed_are_shown_with_a_few_around_them():
    before = "Mở đầu.\n\nĐề nghị các đơn vị báo cáo trong thời hạn 30 ngày kể từ ngày nhận được công văn này để tổng hợp."
    assert said(before, before.replace("30", "45")) == [
        ("changed", 2, "… trong thời hạn 30 ngày kể từ …", "… trong thời hạn 45 ngày kể từ …")
    ]


def test_paragraphs_come_and_go_each_with_its_place():
    assert said("a b c\nxin chào\nd e f", "a b c\nd e f\nhoàn toàn mới") == [
        ("removed", 2, "xin chào", ""),
        ("added", 3, "", "hoàn toàn mới"),
    ]


def test_of_paragraphs_in_place_of_others_those_alike_are_paired():
    before = "đầu\nmột hai ba bốn\nnăm sáu bảy tám\ncuối"
    after = "đầu\nkhác hẳn đi\nnăm sáu bảy chín\ncuối"
    assert said(before, after) == [
        ("added", 2, "", "khác hẳn đi"),
        ("removed", 2, "một hai ba bốn", ""),
        ("changed", 3, "năm sáu bảy tám", "năm sáu bảy chín"),
    ]


def test_two_changes_far_apart_are_two_differences():
    words = [f"từ{number}" for number in range(40)]
    changed = [*words]
    changed[5], changed[30] = "A", "B"
    assert [one.kind for one in differences(" ".join(words), " ".join(changed))] == ["changed", "changed"]


@pytest.mark.parametrize(("before", "after", "kind"), [("", "x", "added"), ("x", "", "removed")])
def test_nothing_before_or_after(before, after, kind):
    assert differences(before, after) == [Difference(kind=kind, where=1, before=before, after=after)]

"""Rows in the order in which people count articles."""

import pytest

from workflow.documents.filters import natural


@pytest.mark.parametrize(
    ("written", "sorted_"),
    [
        (["Điều 10", "Điều 2", "điều 1"], ["điều 1", "Điều 2", "Điều 10"]),
        (["Điều 5, khoản 10", "Điều 5, khoản 2", "Điều 5"], ["Điều 5", "Điều 5, khoản 2", "Điều 5, khoản 10"]),
        ([None, "Điều 1", ""], ["Điều 1", None, ""]),
        (["Tên gọi", "Điều 1", "3"], ["3", "Tên gọi", "Điều 1"]),
    ],
)
def test_articles_are_in_the_order_in_which_people_count(written, sorted_):
    assert [row.get("article") for row in natural([{"article": one} for one in written], "article")] == sorted_


def test_rows_of_one_article_stay_in_order_and_plain_values_are_sorted_too():
    rows = [{"article": "Điều 1", "opinion": "b"}, {"article": "Điều 1", "opinion": "a"}]
    assert natural(rows, "article") == rows
    assert natural(["b 10", "b 9"], "") == ["b 9", "b 10"]

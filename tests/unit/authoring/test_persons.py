"""What asks for a private person, and what only sounds like it."""

import pytest

from workflow.authoring.checks.persons import asks_for_a_person


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Họ và tên",
            "Số CCCD",
            "Số căn cước công dân",
            "Ngày sinh",
            "ngay_sinh",
            "Địa chỉ",
            "Tôn giáo",
            "Người phát ngôn",
            "Tác giả",
            "author",
        ),
        *("date_of_birth", "Home address", "Số điện thoại", "Nơi ở hiện nay", "Người gửi đơn", "ID number", "dob", "religion"),
    ],
)
def test_names_that_ask_for_a_person_are_found(name):
    assert asks_for_a_person(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Địa chỉ trang tin",
            "Vấn đề tôn giáo",
            "Cơ quan phát ngôn",
            "Địa phương",
            "Ngày họp",
            "Số người dự",
            "Lãnh đạo phụ trách",
            "authority",
        ),
        *("Nội dung", "Nơi công khai", "Mặt bằng", "Khối đại đoàn kết dân tộc", "birthing", "phonebook", "Alternative address", ""),
    ],
)
def test_names_that_do_not_are_left_alone(name):
    assert not asks_for_a_person(name)

"""What `hoso calendar check` tells: gaps, decisions that are missing, differences from a public list."""

from datetime import date

import pytest

from workflow.authoring.calendar import compile_calendar
from workflow.authoring.calendar_check import check_calendars, checked_by
from workflow.authoring.read import read
from workflow.errors import WrongValue

YEAR = """
week: {mon-fri: ["07:30-11:30", "13:30-17:00"]}
off:
  - {on: 2026-01-01, title: Tết Dương lịch, by: Điều 112}
  - {on: 2026-02-16..2026-02-20, title: Tết Bính Ngọ, by: Điều 112}
  - {on: 2026-04-26, title: Giỗ Tổ, by: Điều 112}
  - {on: 2026-04-27, title: Nghỉ bù Giỗ Tổ, by: Điều 111}
  - {on: 2026-04-30, title: Ngày Chiến thắng, by: Điều 112}
  - {on: 2026-05-01, title: Quốc tế Lao động, by: Điều 112}
  - {on: 2026-09-01..2026-09-02, title: Quốc khánh, by: Điều 112}
  - {on: 2026-11-24, title: Ngày Văn hóa, by: NQ 80}
swaps: {off: 2026-08-31, worked: 2026-08-22, title: Hoán đổi, by: CV 1}
"""


def told(text, today=date(2026, 1, 2), last=2026, country="", language="en"):
    calendars, problems = compile_calendar(read("calendar.yaml", text))
    assert problems == []
    return [(one.level, one.what, one.message) for one in check_calendars(checked_by(calendars, today, last, country, language))]


def changed(old, new):
    assert old in YEAR
    return YEAR.replace(old, new)


def test_a_year_that_is_as_the_law_and_the_list_say_has_no_finding():
    assert told(YEAR) == []


def test_a_year_ahead_without_holidays_is_a_warning_and_the_present_one_an_error():
    assert told(YEAR, last=2027) == [("warning", "gap", "the calendar knows no holidays of 2027")]
    assert told(YEAR, today=date(2027, 1, 2), last=2027) == [("error", "gap", "the calendar knows no holidays of 2027")]


def test_next_year_s_fixed_days_without_tet_say_that_tet_is_not_there_yet():
    fixed = changed("swaps:", "  - {on: 2027-01-01, title: Tết Dương lịch, by: Điều 112}\nswaps:")
    said = [message for _, what, message in told(fixed, last=2027) if what == "gap"]
    assert "2027 has no Tết Nguyên đán yet (06/02/2027 is worked)" not in said  # a Saturday is off anyhow …
    assert "2027 has no Giỗ Tổ Hùng Vương yet (16/04/2027 is worked)" in said
    assert "Tết 2027 has only 0 of 5 days off" in said  # … but of Tết itself no day is named
    assert "2027 has no day beside 2 September yet (1 or 3 September)" in said


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "  - {on: 2026-02-16..2026-02-20, title: Tết Bính Ngọ, by: Điều 112}\n",
            "",
            ("error", "gap", "2026 has no Tết Nguyên đán yet (17/02/2026 is worked)"),
        ),
        ("2026-02-16..2026-02-20", "2026-02-16..2026-02-18", ("error", "gap", "Tết 2026 has only 3 of 5 days off")),
        ("2026-09-01..2026-09-02", "2026-09-02", ("error", "gap", "2026 has no day beside 2 September yet (1 or 3 September)")),
        ("Nghỉ bù Giỗ Tổ, by: Điều 111", "Nghỉ bù Giỗ Tổ", ("warning", "decision", "27/04/2026 (Nghỉ bù Giỗ Tổ) names no decision")),
        (
            "  - {on: 2026-04-27, title: Nghỉ bù Giỗ Tổ, by: Điều 111}\n",
            "",
            (
                "warning",
                "differs",
                "27/04/2026: off by the public list (Hung Kings' Commemoration Day (observed)), worked by the calendar",
            ),
        ),
        (
            "swaps: {off: 2026-08-31, worked: 2026-08-22, title: Hoán đổi, by: CV 1}",
            "",
            ("warning", "differs", "22/08/2026: worked by the public list, off by the calendar (Saturday)"),
        ),
        (
            "swaps: {",
            "swaps:\n  - {off: 2026-01-02, worked: 2026-01-10, title: Dịp đầu năm, by: CV 2}\n  - {",
            ("info", "differs", "10/01/2026: worked by the calendar (Dịp đầu năm), not in the public list"),
        ),
    ],
)
def test_what_is_missing_or_differs_is_told_with_its_day(old, new, finding):
    assert finding in told(changed(old, new))


def test_another_country_is_compared_without_the_vietnamese_law():
    found = told(YEAR, country="DE")
    assert {what for _, what, _ in found} == {"differs"}
    assert ("warning", "differs", "25/12/2026: off by the public list (Christmas Day), worked by the calendar") in found


def test_a_calendar_of_its_own_without_the_office_s_holidays_is_told():
    other = YEAR + 'calendars:\n  xa: {week: {mon-sat: "07:30-11:30"}}\n  truc: {week: {mon-sun: "00:00-24:00"}}\n  ban: {like: office}\n'
    assert told(other) == [("warning", "gap", "the calendar 'xa' knows no holidays of 2026")]


def test_a_country_or_a_year_that_there_is_not_is_refused():
    with pytest.raises(WrongValue):
        told(YEAR, country="XX")
    with pytest.raises(WrongValue):
        told(YEAR, last=2099)

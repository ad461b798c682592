from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from workflow.answers import DeadlineRecounted, DeadlineShown
from workflow.console.case import deadline_rows
from workflow.console.look import Look, one_line, safe, width
from workflow.console.moved import moved_lines
from workflow.console.table import NARROWEST, table, wrap

VIETNAM = Look(language="vi", zone=ZoneInfo("Asia/Ho_Chi_Minh"))
TEXTS = st.text(st.sampled_from("aăâđ Ở ộ\u0301\u0323漢字ｱ -,"), max_size=60)


def test_a_moment_is_shown_in_the_offices_zone():
    assert VIETNAM.time(datetime(2026, 11, 22, 7, 5, tzinfo=UTC)) == "22/11/2026 14:05"


def test_a_due_at_midnight_is_the_end_of_the_day_before():
    due = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert VIETNAM.due(due) == "hết ngày 24/11/2026"
    assert Look(zone=VIETNAM.zone).due(due) == "end of 24/11/2026"


def test_a_reminder_at_the_end_of_a_day_is_shown_as_a_due_is():
    due, rung = datetime(2026, 11, 27, 17, tzinfo=UTC), datetime(2026, 11, 25, 17, tzinfo=UTC)
    one = DeadlineShown(key="k", name="due", on="Lấy ý kiến", due=due, status="running", overdue=False, next_rung=rung)
    assert "end of 25/11/2026" in deadline_rows([one], Look(zone=VIETNAM.zone))[1]
    assert "hết ngày 25/11/2026" in deadline_rows([one], VIETNAM)[1]
    assert "25/11/2026 14:30" in deadline_rows([replace(one, next_rung=rung - timedelta(hours=9, minutes=30))], VIETNAM)[1]


def test_a_reminder_that_an_amended_calendar_moves_to_the_end_of_a_day_is_shown_so():
    due, was, now = (datetime(2026, 11, day, 17, tzinfo=UTC) for day in (27, 24, 25))
    names = dict.fromkeys(("title", "deadline", "on", "status"), "x")
    one = DeadlineRecounted(case="1", before=due, after=due, rung_before=was, rung_after=now, **names)
    assert "end of 24/11/2026 → end of 25/11/2026" in moved_lines([one], Look(zone=VIETNAM.zone), dry_run=True)[-1]
    assert "hết ngày 24/11/2026 → hết ngày 25/11/2026" in moved_lines([one], VIETNAM, dry_run=False)[-1]


def test_a_due_within_a_day_shows_its_hour():
    assert VIETNAM.due(datetime(2026, 11, 24, 4, 30, tzinfo=UTC)) == "24/11/2026 11:30"


def test_colours_appear_only_where_they_are_shown():
    assert Look(colour=True).paint("x", "bad") == "\x1b[31mx\x1b[0m"
    assert Look().paint("x", "bad") == "x"
    assert Look(colour=True).paint("", "bad") == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\rb", "a\\x0db"),
        ("\x9b31m", "\\x9b31m"),
        ("nghịch \u202eđảo", "nghịch \\u202eđảo"),
        ("Vụ việc phức tạp", "Vụ việc phức tạp"),
    ],
)
def test_what_could_drive_a_terminal_is_shown_escaped(typed, shown):
    assert safe(typed) == shown


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_no_control_character_reaches_a_terminal(text):
    assert not any((ord(letter) < 32 and letter not in "\t\n") or 127 <= ord(letter) < 160 for letter in safe(text))
    assert "\n" not in one_line(text)


def test_vietnamese_letters_take_one_column_composed_or_not():
    assert width("Đề nghị") == 7
    assert width("Đề nghị") == width("Đe\u0302\u0300 nghi\u0323")
    assert width("漢字") == 4


def test_columns_stand_under_each_other_whatever_the_letters():
    lines = table(["Số", "Tên"], [("1", "Đề nghị"), ("22", "漢字"), ("3", "e\u0302\u0323")], Look())
    assert lines == ["Số  Tên", "1   Đề nghị", "22  漢字", "3   e\u0302\u0323"]


def test_an_empty_column_is_left_out():
    assert table(["A", "B", "C"], [("1", "", "3"), ("4", None, "6")], Look()) == ["A  C", "1  3", "4  6"]


def test_a_newline_in_a_value_cannot_break_a_row():
    assert table(["A"], [("one\ntwo\x1b[2J",)], Look()) == ["A", "one two\\x1b[2J"]


def test_a_row_may_have_a_colour():
    assert table([""], [("late",), ("fine",)], Look(colour=True), tint=["bad", ""]) == ["\x1b[31mlate\x1b[0m", "fine"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6), st.integers(3 * NARROWEST + 4, 120))
def test_a_table_fits_its_terminal_and_loses_no_letter(rows, columns):
    lines = table(["", "", ""], rows, Look(width=columns))
    assert all(width(line) <= columns for line in lines)
    assert sorted("".join(lines).replace(" ", "")) == sorted("".join(map("".join, rows)).replace(" ", ""))


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.integers(2, 30))
def test_wrapping_keeps_the_words_in_order(text, room):
    text = one_line(text)
    lines = wrap(text, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= room for line in lines)

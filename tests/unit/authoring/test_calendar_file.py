"""calendar.yaml: what it means, and every way to get it wrong."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.authoring.calendar import compile_calendar
from workflow.authoring.read import parse, read
from workflow.calendar import Special

GOOD = """
zone: Europe/Berlin
day_ends: "17:00"
week:
  mon-fri: ["07:30-11:30", "13:30-17:00"]
  sat: "08:00-10:00"
off:
  - {on: 2026-02-16..2026-02-18, title: Tết, by: QĐ 1}
  - {on: 2026-09-02, title: Quốc khánh}
swaps:
  - {off: 2026-01-02, worked: 2026-01-11, by: QĐ 2}
half_days: {on: 2026-12-31, hours: "07:30-11:30", title: Tất niên}
calendars:
  continuous: {week: {mon-sun: "00:00-24:00"}}
"""
DAY = ((450, 690), (810, 1020))


def only_problem(old, new):
    """The one problem that a change of the good file makes."""
    assert old in GOOD
    made, problems = compile_calendar(read("calendar.yaml", GOOD.replace(old, new)))
    assert made is None
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_good_file_means_what_it_says():
    made, problems = compile_calendar(read("calendar.yaml", GOOD))
    assert problems == []
    office = made.default
    assert (office.zone, office.day_ends) == ("Europe/Berlin", 1020)
    assert office.week == (DAY, DAY, DAY, DAY, DAY, ((480, 600),), ())
    assert office.special == (
        Special(on=date(2026, 1, 2), title="↔ 11/01/2026", by="QĐ 2"),
        Special(on=date(2026, 1, 11), title="↔ 02/01/2026", by="QĐ 2", spans=DAY),
        *[Special(on=date(2026, 2, day), title="Tết", by="QĐ 1") for day in (16, 17, 18)],
        Special(on=date(2026, 9, 2), title="Quốc khánh"),
        Special(on=date(2026, 12, 31), title="Tất niên", spans=((450, 690),)),
    )
    assert made.get("continuous").week == (((0, 1440),),) * 7
    assert made.get("continuous").day_ends == 1440


def test_the_office_zone_holds_where_the_file_names_none():
    made, _ = compile_calendar(read("calendar.yaml", GOOD.replace("zone: Europe/Berlin", "")), zone="America/New_York")
    assert {made.default.zone, made.get("continuous").zone} == {"America/New_York"}
    made, _ = compile_calendar(read("calendar.yaml", GOOD.replace("zone: Europe/Berlin", "")))
    assert made.default.zone == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("half_days:", "halfdays:", "E201"),
        ("by: QĐ 1", "by_: QĐ 1", "E201"),
        ("title: Quốc khánh", "by: QĐ", "E202"),
        (", worked: 2026-01-11", "", "E202"),
        ("{on: 2026-12-31, ", "{", "E202"),
        ("mon-fri:", "mon-fry:", "E206"),
        ("mon-fri:", "fri-mon:", "E206"),
        ("sat:", "fri:", "E724"),
        ('"08:00-10:00"', '"10:00-08:00"', "E721"),
        ('"08:00-10:00"', '"08:00-24:30"', "E721"),
        ('"08:00-10:00"', "08:00", "E721"),
        ('"08:00-10:00"', "[[08:00-10:00]]", "E203"),
        ('"13:30-17:00"', '"11:00-17:00"', "E722"),
        ('"13:30-17:00"', '"06:00-07:00"', "E722"),
        ("{on: 2026-09-02", "{on: 2026-09-31", "E701"),
        ("2026-02-16..2026-02-18", "2026-02-16..soon", "E701"),
        ("2026-02-16..2026-02-18", "2026-02-18..2026-02-16", "E702"),
        ("2026-02-16..2026-02-18", "2026-02-16..2027-02-16", "E730"),
        ("{on: 2026-09-02", "{on: 2026-02-17", "E724"),
        ("off: 2026-01-02", "off: 2026-02-17", "E725"),
        ("off: 2026-01-02", "off: 2026-01-04", "E725"),
        ("worked: 2026-01-11", "worked: 2026-01-12", "E726"),
        ("worked: 2026-01-11", "worked: 12/1/2026", "E701"),
        ("{on: 2026-12-31", "{on: 2026-02-17", "E727"),
        ("{on: 2026-12-31", "{on: 2026-12-27", "E727"),
        ('hours: "07:30-11:30"', 'hours: "11:30-07:30"', "E721"),
        ("Europe/Berlin", "Europe/Berlim", "E728"),
        ("Europe/Berlin", "../etc/passwd", "E728"),
        ('"17:00"\n', '"25:00"\n', "E729"),
        ('"17:00"\n', '"00:00"\n', "E729"),
        ("continuous: {week: {mon-sun:", "continuous: {weeks: {mon-sun:", "E201 E202"),
        ("  continuous:", "  all:", "E703"),
        ("continuous: {week: {mon-sun:", 'rest: {week: {}, day_ends: "24:00"}\n  continuous: {week: {mon-sun:', "E723"),
    ],
)
def test_each_slip_is_told(old, new, code):
    made, problems = compile_calendar(read("calendar.yaml", GOOD.replace(old, new)))
    assert made is None
    assert " ".join(sorted(problem.code for problem in problems)) == code
    assert all(problem.place.line and problem.hint for problem in problems if problem.code != "E203")


def test_a_day_written_twice_names_the_first_line():
    assert "first on line 8" in str(only_problem("{on: 2026-09-02", "{on: 2026-02-17"))


def test_a_swap_of_a_day_off_says_why_it_is_off():
    assert "Tết" in str(only_problem("off: 2026-01-02", "off: 2026-02-17"))
    assert "sun" in str(only_problem("off: 2026-01-02", "off: 2026-01-04"))


def test_a_holiday_may_be_worked_for_another_day():
    made, problems = compile_calendar(read("calendar.yaml", GOOD.replace("worked: 2026-01-11", "worked: 2026-09-02")))
    assert problems == []
    assert made.default.is_working(date(2026, 9, 2))
    assert not made.default.is_working(date(2026, 1, 2))


def test_a_file_without_a_week_is_told():
    made, problems = compile_calendar(read("calendar.yaml", "off: []"))
    assert made is None
    assert [problem.code for problem in problems] == ["E202"]


def test_all_problems_of_a_file_are_told_at_once_in_file_order():
    text = GOOD.replace("Berlin", "Berlim").replace("mon-fri", "mon-fry").replace("09-02", "09-31").replace("2026-01-11", "x")
    _, problems = compile_calendar(read("calendar.yaml", text))
    assert [f"{problem.place.line}: {problem.code}" for problem in problems] == ["2: E728", "5: E206", "9: E701", "11: E701"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 12), st.sampled_from(["", "x", ": ", "[", "}", "null", "9999-12-31", "- "]))
def test_no_damage_to_the_file_breaks_the_reader(at, length, instead):
    node, _ = parse("calendar.yaml", GOOD[:at] + instead + GOOD[at + length :])
    if node is not None:
        made, problems = compile_calendar(node)
        assert (made is None) is any(not problem.warning for problem in problems)
        assert all(problem.place.line for problem in problems)


LIKE = """
week: {mon-fri: ["07:30-11:30", "13:30-17:00"]}
day_ends: "17:00"
off: {on: 2026-09-02, title: Quốc khánh, by: Điều 112}
swaps: {off: 2026-01-02, worked: 2026-01-10, by: QĐ 2}
calendars:
  commune: {like: office, units: [xa-nam-giang, thi-tran], week: {mon-fri: "07:00-11:30", sat: "07:00-11:00"}, off: {on: 2026-10-05, title: Lễ hội}}
  shift: {like: office, half_days: {on: 2026-01-10, hours: "08:00-10:00", title: Trực}}
"""


def test_a_calendar_like_the_office_s_has_its_days_and_what_it_leaves_out():
    made, problems = compile_calendar(read("calendar.yaml", LIKE), units=["xa-nam-giang", "thi-tran"])
    assert problems == []
    commune, shift = made.get("commune"), made.get("shift")
    assert commune.week == (((420, 690),),) * 5 + (((420, 660),), ())
    assert [one.on.isoformat() for one in commune.special] == ["2026-01-02", "2026-01-10", "2026-09-02", "2026-10-05"]
    assert commune.why_off(date(2026, 9, 2)) == ("Quốc khánh", "Điều 112")
    assert (commune.day_ends, shift.day_ends) == (1020, 1020)
    assert shift.week == made.default.week
    assert shift.spans(date(2026, 1, 10)) == ((480, 600),)
    assert made.default.spans(date(2026, 1, 10)) == DAY


def test_a_unit_works_by_its_calendar_and_everybody_else_by_the_office_s():
    made, _ = compile_calendar(read("calendar.yaml", LIKE))
    assert made.get(unit="thi-tran") is made.get("commune")
    assert made.get(unit="btg") is made.default
    assert made.get("office", "thi-tran") is made.default
    assert made.get("shift", "thi-tran") is made.get("shift")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("like: office, half_days", "like: offices, half_days", "E414"),
        ('{like: office, half_days: {on: 2026-01-10, hours: "08:00-10:00", title: Trực}}', '{day_ends: "16:00"}', "E202"),
        ("{like: office, half_days", "{like: office, units: thi-tran, half_days", "E731"),
        ("thi-tran]", "thi-trann]", "E411"),
        ("shift:", "office:", "E703"),
        ("on: 2026-10-05", "on: 2026-09-02", ""),
    ],
)
def test_what_can_be_wrong_with_a_second_calendar(old, new, code):
    assert old in LIKE
    _, problems = compile_calendar(read("calendar.yaml", LIKE.replace(old, new)), units=["xa-nam-giang", "thi-tran"])
    assert [problem.code for problem in problems] == ([code] if code else [])

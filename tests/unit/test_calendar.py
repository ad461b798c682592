"""The rules of counting, by cases that a clerk would reckon by hand (definitions of 2026: domain facts, section 3)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflow.calendar import Calendar, Calendars, Special, parse_amount
from workflow.errors import NotFound, WrongValue
from workflow.model import Unit
from workflow.plain import from_plain, to_plain

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = ((450, 690), (810, 1020))
WEEK = (DAY, DAY, DAY, DAY, DAY, (), ())
OFF = [
    *[Special(on=date(2026, 2, day), title="Tết Bính Ngọ", by="QĐ 1") for day in range(16, 21)],
    Special(on=date(2026, 1, 1), title="Tết Dương lịch"),
    Special(on=date(2026, 1, 2), title="Hoán đổi"),
    Special(on=date(2026, 1, 10), title="Hoán đổi", spans=DAY),
    Special(on=date(2026, 4, 30), title="Ngày Chiến thắng"),
    Special(on=date(2026, 5, 1), title="Quốc tế Lao động"),
    Special(on=date(2026, 12, 31), title="Nửa ngày", spans=((450, 690),)),
]
OFFICE = Calendar(zone="Asia/Ho_Chi_Minh", week=WEEK, special=tuple(OFF))
CONTINUOUS = Calendar(zone="Asia/Ho_Chi_Minh", week=(((0, 1440),),) * 7)
QUIET = "17:30-07:00"


def local(text, zone=HANOI):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def last_day(calendar, start, number, unit):
    """The day that a period ends with, which it must end at 24:00."""
    end = calendar.add(local(start), number, unit)
    day = calendar.day_of(end, ends=True)
    assert end == calendar.end_of(day)
    return day.isoformat()


# ---- days ------------------------------------------------------------------------------------------------------------


def test_the_day_of_the_event_is_not_counted_and_the_period_ends_at_midnight():
    assert OFFICE.add(local("2026-11-18 09:00"), 1, Unit.WORKING_DAYS) == local("2026-11-20 00:00")
    assert last_day(OFFICE, "2026-11-18 23:59", 1, Unit.DAYS) == "2026-11-19"


def test_working_days_leave_out_weekends_holidays_and_swapped_days():
    assert last_day(OFFICE, "2026-02-12 10:00", 2, Unit.WORKING_DAYS) == "2026-02-23"
    assert last_day(OFFICE, "2025-12-31 10:00", 1, Unit.WORKING_DAYS) == "2026-01-05"


def test_a_saturday_that_is_worked_for_a_swapped_day_counts():
    assert last_day(OFFICE, "2026-01-09 10:00", 1, Unit.WORKING_DAYS) == "2026-01-10"
    assert last_day(OFFICE, "2026-01-09 10:00", 2, Unit.WORKING_DAYS) == "2026-01-12"


def test_a_half_day_is_a_working_day_with_fewer_hours():
    assert OFFICE.is_working(date(2026, 12, 31))
    assert OFFICE.add(local("2026-12-31 07:30"), 5, Unit.WORKING_HOURS) == local("2027-01-01 08:30")


@pytest.mark.parametrize(
    ("start", "number", "unit", "last"),
    [
        ("2026-11-19 09:00", 2, Unit.DAYS, "2026-11-23"),
        ("2026-02-09 09:00", 1, Unit.WEEKS, "2026-02-23"),
        ("2026-01-31 09:00", 1, Unit.MONTHS, "2026-03-02"),
        ("2024-02-29 09:00", 1, Unit.YEARS, "2025-02-28"),
        ("2026-11-20 09:00", 0, Unit.DAYS, "2026-11-20"),
        ("2026-11-21 09:00", 0, Unit.DAYS, "2026-11-23"),
    ],
)
def test_a_period_that_ends_on_a_day_off_ends_with_the_next_working_day(start, number, unit, last):
    assert last_day(OFFICE, start, number, unit) == last


def test_nought_working_days_are_that_day_or_the_next_working_one():
    assert last_day(OFFICE, "2026-11-20 09:00", 0, Unit.WORKING_DAYS) == "2026-11-20"
    assert last_day(OFFICE, "2026-11-21 09:00", 0, Unit.WORKING_DAYS) == "2026-11-23"


@pytest.mark.parametrize(
    ("start", "number", "unit", "last"),
    [
        ("2026-11-23 09:00", -1, Unit.WORKING_DAYS, "2026-11-20"),
        ("2026-11-22 09:00", -1, Unit.WORKING_DAYS, "2026-11-20"),
        ("2026-02-23 09:00", -2, Unit.WORKING_DAYS, "2026-02-12"),
        ("2026-11-23 09:00", -1, Unit.DAYS, "2026-11-20"),
        ("2026-03-31 09:00", -1, Unit.MONTHS, "2026-02-27"),
    ],
)
def test_counting_back_never_comes_later_than_asked(start, number, unit, last):
    assert last_day(OFFICE, start, number, unit) == last


def test_a_due_of_midnight_belongs_to_the_day_that_it_ends():
    due = OFFICE.end_of(date(2026, 11, 20))
    assert OFFICE.day_of(due) == date(2026, 11, 21)
    assert OFFICE.day_of(due, ends=True) == date(2026, 11, 20)
    assert OFFICE.day_of(due + timedelta(microseconds=1), ends=True) == date(2026, 11, 21)
    assert OFFICE.add(due, -1, Unit.WORKING_DAYS, ends=True) == OFFICE.end_of(date(2026, 11, 19))
    assert OFFICE.add(due, 1, Unit.DAYS, ends=True) == OFFICE.end_of(date(2026, 11, 23))


def test_an_office_may_close_its_days_before_midnight():
    office = Calendar(zone="Asia/Ho_Chi_Minh", week=WEEK, day_ends=17 * 60)
    assert office.add(local("2026-11-19 09:00"), 1, Unit.WORKING_DAYS) == local("2026-11-20 17:00")
    assert office.day_of(local("2026-11-21 00:00"), ends=True) == date(2026, 11, 21)
    assert office.day_of(local("2026-11-20 17:00"), ends=True) == date(2026, 11, 20)


def test_exactly_keeps_the_hour_and_is_never_moved_off_a_day_off():
    start = local("2026-11-19 09:15:30")
    assert OFFICE.add(start, 2, Unit.DAYS, exactly=True) == local("2026-11-21 09:15:30")
    assert OFFICE.add(start, 2, Unit.WORKING_DAYS, exactly=True) == local("2026-11-23 09:15:30")
    assert OFFICE.add(start, -1, Unit.MONTHS, exactly=True) == local("2026-10-19 09:15:30")


def test_exactly_from_the_end_of_a_day_ends_at_the_end_of_a_day():
    due = OFFICE.end_of(date(2026, 11, 20))
    assert OFFICE.add(due, 1, Unit.WORKING_DAYS, exactly=True, ends=True) == OFFICE.end_of(date(2026, 11, 23))


# ---- hours -----------------------------------------------------------------------------------------------------------


def test_hours_and_minutes_run_by_the_clock():
    assert OFFICE.add(local("2026-11-20 22:30"), 2, Unit.HOURS) == local("2026-11-21 00:30")
    assert OFFICE.add(local("2026-11-20 22:30"), -45, Unit.MINUTES) == local("2026-11-20 21:45")


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-11-20 09:00:07", 2, "2026-11-20 11:00:07"),
        ("2026-11-20 09:30", 2, "2026-11-20 11:30"),
        ("2026-11-20 10:30", 2, "2026-11-20 14:30"),
        ("2026-11-20 12:00", 1, "2026-11-20 14:30"),
        ("2026-11-20 16:00", 4, "2026-11-23 10:30"),
        ("2026-11-21 10:00", 1, "2026-11-23 08:30"),
        ("2026-11-20 12:00", 0, "2026-11-20 13:30"),
        ("2026-11-20 11:30", 0, "2026-11-20 11:30"),
        ("2026-11-20 10:00", 0, "2026-11-20 10:00"),
        ("2026-11-20 14:30", -2, "2026-11-20 10:30"),
        ("2026-11-20 14:30", -1, "2026-11-20 13:30"),
        ("2026-11-23 07:30", -1, "2026-11-20 16:00"),
        ("2026-11-22 10:00", -4, "2026-11-20 11:00"),
    ],
)
def test_working_hours_run_in_working_time_only(start, number, end):
    assert OFFICE.add(local(start), number, Unit.WORKING_HOURS) == local(end)


def test_a_continuous_calendar_works_every_hour():
    assert CONTINUOUS.add(local("2026-02-14 20:00"), 60, Unit.WORKING_HOURS) == local("2026-02-17 08:00")
    assert CONTINUOUS.add(local("2026-02-14 20:00"), 3, Unit.WORKING_DAYS) == local("2026-02-18 00:00")


def test_elapsed_counts_working_time_only_and_backwards_is_negative():
    assert OFFICE.elapsed(local("2026-11-20 16:00"), local("2026-11-23 08:00")) == timedelta(hours=1, minutes=30)
    assert OFFICE.elapsed(local("2026-11-23 08:00"), local("2026-11-20 16:00")) == timedelta(hours=-1, minutes=-30)


# ---- daylight saving -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "skipped", "doubled"), [("Europe/Berlin", "2026-03-29", "2026-10-25"), ("America/New_York", "2026-03-08", "2026-11-01")]
)
def test_a_skipped_time_moves_forward_and_a_doubled_one_is_the_first(zone, skipped, doubled):
    tz = ZoneInfo(zone)
    calendar = Calendar(zone=zone, week=(((0, 1440),),) * 7)
    gap, twice = date.fromisoformat(skipped), date.fromisoformat(doubled)
    assert calendar.at(gap, 150).astimezone(tz).strftime("%H:%M") == "03:30"
    first = calendar.at(twice, 90 if zone == "America/New_York" else 150)
    assert (first + timedelta(hours=1)).astimezone(tz).time() == first.astimezone(tz).time()
    assert calendar.end_of(gap) - calendar.end_of(gap - timedelta(days=1)) == timedelta(hours=23)
    assert calendar.end_of(twice) - calendar.end_of(twice - timedelta(days=1)) == timedelta(hours=25)
    assert calendar.add(calendar.at(gap, 0), 23, Unit.WORKING_HOURS) == calendar.end_of(gap)
    start = calendar.at(gap - timedelta(days=1), 150)
    assert calendar.add(start, 1, Unit.DAYS, exactly=True) == calendar.at(gap, 150)


def test_spans_that_the_clocks_skip_are_empty_and_never_overlap():
    calendar = Calendar(zone="Europe/Berlin", week=(((60, 165), (190, 300)),) * 7)
    first, second = calendar.stretches(date(2026, 3, 29))
    assert first[0] < first[1] <= second[0] < second[1]
    assert calendar.elapsed(first[0], second[1]) == second[1] - first[0]
    swallowed = Calendar(zone="Europe/Berlin", week=(((150, 185), (300, 360)),) * 7)
    assert swallowed.add(swallowed.at(date(2026, 3, 29), 0), 1, Unit.WORKING_HOURS) == swallowed.at(date(2026, 3, 29), 360)


# ---- stop and resume -------------------------------------------------------------------------------------------------

FRIDAY = OFFICE.end_of(date(2026, 11, 20))


def test_working_days_that_were_left_stay_whole():
    due = OFFICE.resume(FRIDAY, local("2026-11-17 15:00"), local("2026-11-19 08:00"), Unit.WORKING_DAYS)
    assert due == OFFICE.end_of(date(2026, 11, 24))


@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS])
def test_a_stop_and_resumption_on_one_day_change_nothing(unit):
    assert OFFICE.resume(FRIDAY, local("2026-11-18 08:00"), local("2026-11-18 16:00"), unit) == FRIDAY


def test_a_pause_over_days_off_costs_no_working_day():
    due = OFFICE.end_of(date(2026, 11, 24))
    assert OFFICE.resume(due, local("2026-11-20 18:00"), local("2026-11-22 09:00"), Unit.WORKING_DAYS) == due


def test_a_deadline_stopped_on_its_last_day_ends_with_the_day_it_goes_on():
    assert OFFICE.resume(FRIDAY, local("2026-11-20 08:00"), local("2026-11-25 08:00"), Unit.WORKING_DAYS) == OFFICE.end_of(
        date(2026, 11, 25)
    )


def test_days_are_shifted_by_the_pause_and_on_to_a_working_day():
    assert OFFICE.resume(FRIDAY, local("2026-11-17 08:00"), local("2026-11-18 08:00"), Unit.DAYS) == OFFICE.end_of(date(2026, 11, 23))
    assert OFFICE.resume(FRIDAY, local("2026-11-17 08:00"), local("2026-11-21 08:00"), Unit.DAYS) == OFFICE.end_of(date(2026, 11, 24))


def test_a_due_with_an_hour_keeps_it_when_days_are_shifted():
    due = local("2026-11-20 08:00")
    assert OFFICE.resume(due, local("2026-11-16 08:00"), local("2026-11-17 09:00"), Unit.WORKING_DAYS) == local("2026-11-23 08:00")


def test_working_hours_that_were_left_are_left():
    due = local("2026-11-20 16:00")
    assert OFFICE.resume(due, local("2026-11-20 10:30"), local("2026-11-23 16:00"), Unit.WORKING_HOURS) == local("2026-11-24 10:00")
    assert OFFICE.resume(due, local("2026-11-20 12:00"), local("2026-11-20 13:00"), Unit.WORKING_HOURS) == due


def test_hours_and_exact_days_are_shifted_by_the_clock():
    due = local("2026-11-20 16:00")
    for unit, exactly in ((Unit.HOURS, False), (Unit.MINUTES, False), (Unit.DAYS, True)):
        assert OFFICE.resume(due, local("2026-11-20 10:00"), local("2026-11-20 19:30"), unit, exactly=exactly) == local("2026-11-21 01:30")


def test_exact_working_days_keep_the_working_time_that_was_left():
    due = local("2026-11-20 16:00")
    assert OFFICE.resume(due, local("2026-11-20 10:30"), local("2026-11-23 16:00"), Unit.WORKING_DAYS, exactly=True) == local(
        "2026-11-24 10:00"
    )


def test_a_deadline_that_was_past_when_it_was_stopped_stays_past():
    assert OFFICE.resume(FRIDAY, FRIDAY, local("2026-12-20 08:00"), Unit.WORKING_DAYS) == FRIDAY


# ---- dates, quiet hours, names ---------------------------------------------------------------------------------------


def test_dates_in_expressions_are_moved_by_plain_arithmetic_but_count_working_days():
    assert OFFICE.add_days(date(2026, 11, 19), 2, Unit.DAYS) == date(2026, 11, 21)
    assert OFFICE.add_days(date(2026, 1, 31), 1, Unit.MONTHS) == date(2026, 2, 28)
    assert OFFICE.add_days(date(2028, 2, 29), -1, Unit.YEARS) == date(2027, 2, 28)
    assert OFFICE.add_days(date(2026, 11, 20), 5, Unit.WORKING_DAYS) == date(2026, 11, 27)


@pytest.mark.parametrize("unit", [Unit.HOURS, Unit.MINUTES, Unit.WORKING_HOURS, Unit.PERCENT])
def test_a_date_can_not_be_moved_by_hours(unit):
    with pytest.raises(WrongValue, match="years or working days"):
        OFFICE.add_days(date(2026, 11, 20), 3, unit)


def test_a_share_is_no_length_of_time():
    with pytest.raises(WrongValue, match="50 %"):
        OFFICE.add(local("2026-11-20 09:00"), 50, Unit.PERCENT)


@pytest.mark.parametrize("number", [10**7, -(10**7)])
@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS, Unit.WORKING_DAYS])
def test_what_lies_beyond_all_calendars_is_a_clear_error(number, unit):
    with pytest.raises(WrongValue, match="between the years 1900 and 2500"):
        OFFICE.add(local("2026-11-20 09:00"), number, unit)


@pytest.mark.parametrize("unit", [Unit.HOURS, Unit.MINUTES])
def test_hours_beyond_all_years_are_a_clear_error(unit):
    with pytest.raises(WrongValue, match="between the years 1900 and 2500"):
        OFFICE.add(local("2026-11-20 09:00"), 10**12, unit)


@pytest.mark.parametrize("number", [100_001, -100_001])
def test_working_hours_without_end_are_a_clear_error(number):
    with pytest.raises(WrongValue, match="at most 100000 working hours"):
        OFFICE.add(local("2026-11-20 09:00"), number, Unit.WORKING_HOURS)


@pytest.mark.parametrize(("start", "number"), [("2500-12-31 15:00", 90), ("1900-01-01 08:00", -90)])
def test_working_hours_that_leave_the_calendar_are_a_clear_error(start, number):
    with pytest.raises(WrongValue, match="between the years 1900 and 2500"):
        OFFICE.add(local(start), number, Unit.WORKING_HOURS)


def test_a_day_after_the_last_year_is_a_clear_error():
    with pytest.raises(WrongValue, match="between the years"):
        OFFICE.end_of(date.max)


@pytest.mark.parametrize(
    ("now", "after"),
    [
        ("2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 17:30", "2026-11-23 07:00"),
        ("2026-11-20 06:59:59", "2026-11-20 07:00"),
        ("2026-11-19 23:00", "2026-11-20 07:00"),
        ("2026-11-21 10:00", "2026-11-23 07:00"),
        ("2026-11-20 07:00", "2026-11-20 07:00"),
        ("2026-02-15 10:00", "2026-02-23 07:00"),
    ],
)
def test_quiet_hours_end_on_the_morning_of_a_working_day(now, after):
    assert OFFICE.after_quiet(local(now), QUIET) == local(after)
    assert OFFICE.in_quiet(local(now), QUIET) is (now != after)


def test_quiet_hours_within_one_day_leave_both_sides_of_it():
    assert OFFICE.after_quiet(local("2026-11-20 12:15"), "12:00-13:00") == local("2026-11-20 13:00")
    assert not OFFICE.in_quiet(local("2026-11-20 06:00"), "12:00-13:00")
    assert OFFICE.after_quiet(local("2026-11-20 23:30"), "22:00-24:00") == local("2026-11-23 00:00")


def test_without_quiet_hours_nothing_is_quiet():
    assert not OFFICE.in_quiet(local("2026-11-21 03:00"), "")
    assert OFFICE.after_quiet(local("2026-11-21 03:00"), "") == local("2026-11-21 03:00")


@pytest.mark.parametrize("quiet", ["late", "25:00-07:00", "17:30", "00:00-24:00", "08:00-08:00", "17:60-07:00"])
def test_wrong_quiet_hours_are_a_clear_error(quiet):
    with pytest.raises(WrongValue, match="such as"):
        OFFICE.after_quiet(local("2026-11-20 09:00"), quiet)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5 working days", (5, Unit.WORKING_DAYS)),
        ("1 working hour", (1, Unit.WORKING_HOURS)),
        (" -3  days ", (-3, Unit.DAYS)),
        ("0 months", (0, Unit.MONTHS)),
        ("2 working   days", (2, Unit.WORKING_DAYS)),
    ],
)
def test_amounts_are_read_as_people_write_them(text, amount):
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5 workingdays", "5 working"),
        ("3 dayz", "3 day"),
        ("soon", "5 working days"),
        ("50 %", "such as"),
        ("", "such as"),
        ("9999999 days", "such as"),
        ("٣ days", "such as"),
    ],
)
def test_a_wrong_amount_names_the_nearest_right_one(text, hint):
    with pytest.raises(WrongValue, match=hint):
        parse_amount(text)


def test_why_a_day_is_off():
    assert OFFICE.why_off(date(2026, 2, 17)) == ("Tết Bính Ngọ", "QĐ 1")
    assert OFFICE.why_off(date(2026, 11, 22)) == ("Sunday", "")
    assert OFFICE.why_off(date(2026, 11, 22), "vi") == ("Chủ nhật", "")
    assert OFFICE.why_off(date(2026, 11, 20)) is None


def test_a_year_without_known_days_off_is_counted_by_its_weekends():
    assert OFFICE.covers(2026)
    assert not OFFICE.covers(2031)
    assert CONTINUOUS.covers(2031)
    assert OFFICE.add_days(date(2031, 2, 14), 1, Unit.WORKING_DAYS) == date(2031, 2, 17)


def test_calendars_are_found_by_name_and_an_unknown_one_names_the_nearest():
    both = Calendars(default=OFFICE, named={"continuous": CONTINUOUS})
    assert both.get() is OFFICE
    assert both.get("continuous") is CONTINUOUS
    with pytest.raises(NotFound, match="did you mean 'continuous'"):
        both.get("continous")


def test_calendars_have_a_plain_form_and_a_version_of_their_meaning():
    both = Calendars(default=OFFICE, named={"continuous": CONTINUOUS})
    again = from_plain(Calendars, to_plain(both))
    assert again == both
    assert again.version == both.version
    assert both.in_zone("Europe/Berlin").version != both.version
    assert {both.in_zone("Europe/Berlin").get(name).zone for name in ("", "continuous")} == {"Europe/Berlin"}

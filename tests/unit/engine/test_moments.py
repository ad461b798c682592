"""MOMENT → an instant: points, amounts, choices (language.md 1, 2.10 and 2.11). 2026-11-20 is a Friday; the 24th is off."""

from datetime import date, datetime
from itertools import islice

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import CALENDAR, ZONE, Book, at
from workflow.engine import moments
from workflow.engine.joint import Joint
from workflow.engine.moments import counted, instant_of, measure_of
from workflow.engine.recurring import length_of, occurrences, period_of
from workflow.engine.work import Work
from workflow.errors import HosoError
from workflow.language.process import Amount, Moment, Point, PointKind, Unit
from workflow.model import Extend, Fire

PROCESS = """
fields:
  day: {{type: date, title: Ngày}}
  hour: {{type: datetime, title: Giờ}}
  days: {{type: integer, title: Số ngày}}
  urgent: {{type: yes-no, title: Khẩn}}
starts: {{open: {{by: anyone, form: [day, hour, days, urgent], to: wait}}}}
states:
  wait:
    due: {due}
    actions: {{ping: {{by: anyone}}, on: {{by: anyone, to: then}}}}
  then: {{due: {due}, actions: {{end: {{by: anyone, to: done}}}}}}
  done: {{final: done}}
ladder: {ladder}
"""
HALF = """
week: {mon-fri: ["07:30-11:30", "13:30-17:00"]}
off: [{on: 2026-11-24, title: Ngày nghỉ, by: "QĐ 1"}]
day_ends: "17:00"
calendars: {continuous: {week: {mon-sun: ["00:00-24:00"]}}}
"""


def book(due: str, ladder: str = "[]", *, now: str = "2026-11-20 09:00", calendar: str | None = None, **fields: object) -> Book:
    more = {"calendar_text": calendar} if calendar else {}
    made = Book(PROCESS.format(due=due, ladder=ladder), now=at(now), **more)
    made.open(**fields)
    return made


def local(instant: datetime | None) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00") if instant else ""


def due(text: str, **more: object) -> str:
    deadlines = book(text, **more).file.deadlines
    return local(deadlines[0].due) if deadlines else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 working day", "2026-11-24 00:00"),  # Monday's end
        ("2 working days", "2026-11-26 00:00"),  # the 24th is off
        ("2 working days after open", "2026-11-26 00:00"),
        ("0 working days", "2026-11-21 00:00"),
        ("1 day", "2026-11-24 00:00"),  # Saturday: on to Monday
        ("exactly 1 day", "2026-11-21 09:00"),
        ("2 weeks", "2026-12-05 00:00"),
        ("1 month", "2026-12-22 00:00"),  # a Sunday: on to Monday
        ("1 year", "2027-11-23 00:00"),  # a Saturday
        ("4 working hours", "2026-11-20 15:00"),
        ("30 minutes", "2026-11-20 09:30"),
        ("5 hours", "2026-11-20 14:00"),
        ("20 December", "2026-12-22 00:00"),  # a Sunday
        ("20 December 08:00", "2026-12-20 08:00"),  # an hour stands as it is written
        ("19 November", "2027-11-20 00:00"),  # past this year
        ("20 November", "2026-11-21 00:00"),
        ("20 November 08:00", "2027-11-20 08:00"),
        ("29 February", "2027-03-02 00:00"),  # 28 February 2027, a Sunday
        ("day 5", "2026-12-08 00:00"),  # a Saturday
        ("day 5 08:00", "2026-12-05 08:00"),
        ("day 31", "2026-12-01 00:00"),  # November's last day
        ("Monday", "2026-11-24 00:00"),
        ("Friday 10:00", "2026-11-20 10:00"),
        ("Friday 08:00", "2026-11-27 08:00"),
        ("end of week", "2026-11-24 00:00"),  # Sunday: on to Monday
        ("end of month", "2026-12-01 00:00"),
        ("end of quarter", "2027-01-01 00:00"),
        ("end of year", "2027-01-01 00:00"),
        ("2 working days before 20 December", "2026-12-18 00:00"),  # counted from Sunday the 20th
        ("3 days after end of month", "2026-12-04 00:00"),
        ("0 working days before 20 December", "2026-12-19 00:00"),  # Friday: that day is off
        ("0 days before 20 December", "2026-12-19 00:00"),
        ("0 days before end of quarter", "2027-01-01 00:00"),  # a Thursday
        ("0 working days before 24 November 08:00", "2026-11-24 00:00"),
        ("exactly 0 working days before 24 November 08:00", "2026-11-23 08:00"),
        ("exactly 0 days before 24 November 08:00", "2026-11-24 08:00"),
        ("0 working days after 20 December", "2026-12-22 00:00"),
        ("2 working days after Monday", "2026-11-27 00:00"),
        ("{latest: [1 working day, 3 working days]}", "2026-11-27 00:00"),
        ("{earliest: [1 working day, 3 working days]}", "2026-11-24 00:00"),
        ("{earliest: [fields.day, 3 working days]}", "2026-11-27 00:00"),  # an empty one does not count
    ],
)
def test_a_moment_falls_where_the_civil_code_puts_it(text, expected):
    assert due(text) == expected


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("fields.day", {"day": "2026-11-28"}, "2026-12-01 00:00"),  # a day off: the next working day's end
        ("fields.hour", {"hour": "2026-11-28 10:00"}, "2026-11-28 10:00"),
        ("15 days before fields.day", {"day": "2026-12-12"}, "2026-11-28 00:00"),
        ("1 working day after fields.hour", {"hour": "2026-11-26 10:00"}, "2026-11-28 00:00"),
        ("exactly 2 days before fields.hour", {"hour": "2026-11-30 10:00"}, "2026-11-28 10:00"),
        ("fields.days working days", {"days": 3}, "2026-11-27 00:00"),
        ("[{when: fields.urgent, then: 4 working hours}, {else: 3 working days}]", {"urgent": True}, "2026-11-20 15:00"),
        ("[{when: fields.urgent, then: 4 working hours}, {else: 3 working days}]", {}, "2026-11-27 00:00"),
    ],
)
def test_a_moment_hangs_on_fields(text, fields, expected):
    assert due(text, **fields) == expected


@pytest.mark.parametrize(
    "text",
    [
        "fields.day",
        "3 days before fields.day",
        "fields.days days",
        "2 days after ping",
        "{latest: [fields.day, fields.hour]}",
        "[{when: fields.urgent, then: 1 day}]",
    ],
)
def test_an_empty_point_makes_no_deadline(text):
    assert due(text) == ""


def test_where_an_office_closes_its_books_earlier_a_day_ends_then():
    assert due("1 working day", calendar=HALF) == "2026-11-23 17:00"
    assert due("20 December", calendar=HALF) == "2026-12-21 17:00"
    assert due("fields.day", calendar=HALF, day="2026-11-25") == "2026-11-25 17:00"
    assert due("1 working day after fields.day", calendar=HALF, day="2026-11-25") == "2026-11-26 17:00"


def test_a_unit_s_deadlines_count_by_its_calendar_unless_they_name_one():
    own = HALF.replace("calendars: {", "calendars: {commune: {like: office, units: [office, north], week: {mon-sat: '07:00-11:00'}}, ")
    assert due("1 working day", calendar=own) == "2026-11-21 17:00"  # it keeps the case, and works on Saturdays
    assert due("{at: 1 working day, calendar: office}", calendar=own) == "2026-11-23 17:00"
    asked = """
fields: {}
starts: {open: {by: anyone, to: asking}}
states:
  asking:
    consult: {asks: "['north', 'south']", answers: {"yes": Có}, reply: {by: anyone}, due: {at: 1 working day}}
    actions: {end: {by: anyone, to: over}}
  over: {final: done}
"""
    made = Book(asked, now=at("2026-11-20 09:00"), calendar_text=own.replace("[office, north]", "[north]"))
    found = {one.asked: local(one.due) for one in made.open().deadlines}
    assert found == {"north": "2026-11-21 17:00", "south": "2026-11-23 17:00"}


def test_a_deadline_may_count_by_a_calendar_of_its_own():
    assert due("{at: 1 day, calendar: continuous}", calendar=HALF) == "2026-11-22 00:00"
    assert due("{at: 4 working hours, calendar: continuous}", calendar=HALF) == "2026-11-20 13:00"


BY = "calendars: {house: {week: {mon-thu: ['09:00-17:00']}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 working days by house", "2026-11-25 00:00"),  # Monday and Tuesday: the 24th is off in the office only
        ("{at: 2 working days by house, calendar: house}", "2026-11-25 00:00"),
        ("{at: 2 working days, calendar: house}", "2026-11-25 00:00"),
        ("fields.days working days by house after open", "2026-12-01 00:00"),
        ("1 working day by house before fields.day", "2026-11-26 00:00"),
        ("exactly 1 working days by house", "2026-11-23 09:00"),
        ("{latest: [1 working day, 1 working day by house]}", "2026-11-24 00:00"),
        ("[{when: fields.urgent, then: 1 day}, {else: 5 days by house}]", "2026-11-26 00:00"),
    ],
)
def test_an_amount_may_name_the_calendar_that_counts_it(text, expected):
    assert due(text, calendar=f"{CALENDAR}\n{BY}", days=5, day="2026-11-26", urgent=False) == expected


def test_a_clock_that_stood_still_goes_on_by_the_calendar_that_the_amount_names():
    text = PROCESS.replace("ping: {{by: anyone}}", "ping: {{by: anyone, stops: all}}, go: {{by: anyone, resumes: all}}")
    text = text.format(due="{at: 3 working days by house, name: due}", ladder="[]")
    text += "roles: {officer: {unit: office, position: specialist}}\nrights: {extend: officer}\n"
    made = Book(text, now=at("2026-11-19 09:00"), calendar_text=f"{CALENDAR}\n{BY}")
    made.open()
    made.now = at("2026-11-23 09:00")
    made.do("ping")
    made.now = at("2026-11-24 09:00")
    made.do("go")
    assert local(made.file.deadlines[0].due) == "2026-11-27 00:00"  # Thursday; the 24th was no day off
    case = made.file.case.number
    made.act(Extend(actor="officer", request_id="r", case=case, deadline="due", amount="1 working day", note="x"))
    assert local(made.file.deadlines[0].due) == "2026-12-01 00:00"  # nobody sits on Friday


def test_an_amount_in_an_expression_may_name_its_calendar_and_must_be_one_that_there_is():
    ping = """ping: {{by: anyone, form: days, sets: {{day: "today|plus(fields.days ~ ' working days by ' ~ ('house' if fields.days == 2 else 'nobody'))",
      hour: "now|plus('2 working days by house')"}}}}"""
    made = Book(PROCESS.replace("ping: {{by: anyone}}", ping).format(due="1 day", ladder="[]"), calendar_text=f"{CALENDAR}\n{BY}")
    made.open()
    fields = made.do("ping", days=2).case.fields
    assert fields["day"] == "2026-11-24"
    assert local(datetime.fromisoformat(fields["hour"])) == "2026-11-25 00:00"
    with pytest.raises(HosoError, match="by nobody"):
        made.do("ping", days=3)


def test_a_rung_repeats_by_the_calendar_that_its_amount_names():
    ladder = "[{at: due, notifies: opener, repeat: 1 working day by house}]"
    one = book("3 working days", ladder, calendar=f"{CALENDAR}\n{BY}")
    found = []
    for _ in range(3):
        one.now = one.file.deadlines[0].next_at
        found.append(local(one.now))
        one.fire("each")
    assert found == ["2026-11-27 00:00", "2026-12-01 00:00", "2026-12-02 00:00"]


def test_entry_is_when_the_state_was_entered_and_open_when_the_case_was():
    one = book("{at: 1 working day after open, ladder: []}")
    one.now = at("2026-11-25 10:00")
    one.do("on")
    assert local(one.file.deadlines[1].due) == "2026-11-24 00:00"
    two = book("1 working day")
    two.now = at("2026-11-25 10:00")
    two.do("on")
    assert local(two.file.deadlines[1].due) == "2026-11-27 00:00"


def test_a_yearly_date_is_the_first_after_opening_also_in_a_later_state():
    one = book("25 November")
    one.now = at("2026-11-28 10:00")
    one.do("on")
    assert local(one.file.deadlines[1].due) == "2026-11-26 00:00"


def test_last_act_is_when_a_person_last_acted():
    one = book("2 working days after last act")
    assert local(one.file.deadlines[0].due) == "2026-11-26 00:00"
    one.now = at("2026-11-25 10:00")
    one.do("ping")
    assert local(one.file.deadlines[0].due) == "2026-11-28 00:00"


def rungs(due_text: str, ladder: str, **fields: object) -> list[str]:
    """When each rung of the ladder fires, in turn."""
    one, found = book(due_text, ladder, **fields), []
    while (following := one.file.deadlines[0].next_at) is not None:
        found.append(local(following))
        one.now = following
        one.fire("each")
    return found


def test_what_was_counted_is_kept_of_one_moment_by_one_calendar_and_only_so_much_of_it(monkeypatch):
    monkeypatch.setattr(moments, "MOST_KEPT", 3)
    _, when = asking("{at: 1 working day}", calendar=HALF)
    days = [Moment(amount=Amount(number=number, unit=Unit.WORKING_DAYS)) for number in range(1, 6)]
    first = [instant_of(one, when) for one in days]
    assert len(when.days.counted) <= 3
    assert [instant_of(one, when) for one in days] == first
    assert [local(one) for one in first[:3]] == ["2026-11-23 17:00", "2026-11-25 17:00", "2026-11-26 17:00"]
    worked = replace(when.facts.calendars, default=replace(when.days, special=()))
    without = replace(when, facts=replace(when.facts, calendars=worked))
    assert [local(instant_of(one, without)) for one in days[:3]] == ["2026-11-23 17:00", "2026-11-24 17:00", "2026-11-25 17:00"]


def test_a_share_is_of_the_whole_time_from_entry_to_due():
    ladder = "[{at: 50% before due}, {at: 25% after entry}, {at: 10% after due}, {at: fields.days % before due}]"
    assert rungs("exactly 4 days", ladder, days=10) == [
        "2026-11-21 09:00",
        "2026-11-22 09:00",
        "2026-11-23 23:24",
        "2026-11-24 18:36",
    ]


def test_a_share_of_working_time_is_counted_in_it():
    # from Friday 20th 09:00, the 24th off, to Thursday the 26th: 6 + 3 × 7.5 = 28.5 hours; half of them back from 17:00
    ladder = "[{at: 50% before due}, {at: 25% after entry}, {at: 0% before due}, {at: 100% before due}, {at: 10% after due}]"
    assert rungs("3 working days", ladder) == [
        "2026-11-23 08:37:30",
        "2026-11-25 08:15",
        "2026-11-27 00:00",
        "2026-11-27 10:21",
    ]


def test_a_share_without_a_number_never_comes():
    assert rungs("exactly 4 days", "[{at: fields.days % before due}]") == []


def test_before_a_due_of_midnight_days_are_counted_from_the_day_that_it_ends():
    assert rungs("3 working days", "[{at: 1 working day before due}, {at: 1 working day after due}]") == [
        "2026-11-26 00:00",  # due at the end of the 26th: the 25th's end
        "2026-11-28 00:00",
    ]


# ---- explaining ------------------------------------------------------------------------------------------------------


def asking(due_text: str, **fields: object):
    """(moment, When) of the state's deadline."""
    one = book(due_text, **fields)
    work = Work(
        joint=Joint(facts=one.facts()),
        process=one.process,
        act=Fire(actor="hoso", request_id="", case="", deadline=""),
        case=one.case,
        before=None,
        now=one.now,
    )
    return one.process.state_of["wait"].dues[0].at, work.when(one.case.entered)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("3 working days", {}),
        ("exactly 2 days", {}),
        ("5 working hours", {}),
        ("2 days before fields.day", {"day": "2026-12-12"}),
        ("fields.day", {"day": "2026-11-28"}),
        ("{latest: [1 working day, 3 days]}", {}),
        ("[{when: fields.urgent, then: 2 days}, {else: 4 days}]", {"urgent": True}),
    ],
)
def test_what_a_moment_counts_adds_up_to_its_instant(text, fields):
    moment, when = asking(text, **fields)
    start, number, unit, exactly = counted(moment, when)
    assert when.days.add(start, number, unit, exactly=exactly) == instant_of(moment, when)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("fields.hour", {"hour": "2026-11-28 10:00"}),
        ("fields.day", {}),
        ("fields.days days", {}),
        ("{latest: [fields.day, fields.hour]}", {}),
        ("[{when: fields.urgent, then: 1 day}]", {}),
    ],
)
def test_an_instant_or_an_empty_point_counts_nothing(text, fields):
    assert counted(*asking(text, **fields)) is None


def test_a_share_counts_nothing_and_has_no_time_without_a_due():
    _, when = asking("3 days")
    share = Moment(point=Point(kind=PointKind.ENTRY), amount=Amount(unit=Unit.PERCENT, number=50))
    assert counted(share, when) is None
    assert instant_of(share, when) is None
    assert instant_of(share, replace(when, due=at("2026-11-22 09:00"))) == at("2026-11-21 09:00")


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("3 working days", {}, (Unit.WORKING_DAYS, False)),
        ("exactly 2 days", {}, (Unit.DAYS, True)),
        ("fields.day", {"day": "2026-11-28"}, (Unit.DAYS, False)),
        ("{latest: [1 working hour, 3 weeks]}", {}, (Unit.WEEKS, False)),
        ("{latest: [fields.day, fields.hour]}", {}, (Unit.DAYS, False)),
        ("[{when: fields.urgent, then: 4 working hours}, {else: 3 working days}]", {"urgent": True}, (Unit.WORKING_HOURS, False)),
    ],
)
def test_a_pause_is_measured_as_the_deadline_is(text, fields, expected):
    assert measure_of(*asking(text, **fields)) == expected


# ---- periods ---------------------------------------------------------------------------------------------------------


def first(point: Point, start: str, number: int = 2) -> list[str]:
    return [day.isoformat() for day in islice(occurrences(point, date.fromisoformat(start)), number)]


@pytest.mark.parametrize(
    ("point", "days"),
    [
        (Point(kind=PointKind.YEARLY, month=12, day=1), ["2027-12-01", "2028-12-01"]),
        (Point(kind=PointKind.YEARLY, month=2, day=29), ["2027-02-28", "2028-02-29"]),
        (Point(kind=PointKind.MONTHLY, day=30), ["2027-01-30", "2027-02-28"]),
        (Point(kind=PointKind.WEEKLY, day=7), ["2027-01-03", "2027-01-10"]),
        (Point(kind=PointKind.END_OF, name="week"), ["2027-01-03", "2027-01-10"]),
        (Point(kind=PointKind.END_OF, name="month"), ["2027-01-31", "2027-02-28"]),
        (Point(kind=PointKind.END_OF, name="quarter"), ["2027-03-31", "2027-06-30"]),
        (Point(kind=PointKind.END_OF, name="year"), ["2027-12-31", "2028-12-31"]),
    ],
)
def test_a_recurring_point_falls_on_its_days(point, days):
    assert first(point, "2027-01-01") == days


@pytest.mark.parametrize(
    ("point", "key"),
    [
        (Point(kind=PointKind.YEARLY, month=1, day=1), "2027"),
        (Point(kind=PointKind.END_OF, name="year"), "2027"),
        (Point(kind=PointKind.END_OF, name="quarter"), "2027-Q1"),
        (Point(kind=PointKind.END_OF, name="month"), "2027-01"),
        (Point(kind=PointKind.MONTHLY, day=1), "2027-01"),
        (Point(kind=PointKind.WEEKLY, day=5), "2026-W53"),
        (Point(kind=PointKind.END_OF, name="week"), "2026-W53"),
    ],
)
def test_a_period_is_called_by_its_year_quarter_month_or_week(point, key):
    day = date(2027, 1, 1)
    found = period_of(length_of(point), day)
    spans = {"2027": ("2027-01-01", "2027-12-31", "2026-01-01"), "2027-Q1": ("2027-01-01", "2027-03-31", "2026-10-01")}
    spans |= {"2027-01": ("2027-01-01", "2027-01-31", "2026-12-01"), "2026-W53": ("2026-12-28", "2027-01-03", "2026-12-21")}
    assert tuple(str(found.pop(name)) for name in ("first", "last", "before")) == spans[key]
    assert found == {"key": key, "year": 2027, "quarter": 1, "month": 1, "week": 53, "day": day}

"""A deadline of the case above divides to its sub-cases by rule."""

import json
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.making import CALENDAR, Book, at
from workflow.engine.sharing import shared
from workflow.model import DeadlineStatus

ABOVE = """
fields: {places: {type: units, default: [north, south, office]}}
roles: {officer: {unit: office, position: specialist}}
due: [{name: dossier, at: 20 working days, until: over}]
starts: {open: {by: officer, to: begun}}
states:
  begun:
    due: 10 working days
    actions:
      one: {by: officer, opens: {process: visit, shares: {by: 60%}}}
      whole: {by: officer, opens: {process: visit, shares: {by: 30% of dossier, hour: 100%}}}
      spread: {by: officer, opens: {process: visit, for_each: fields.places, shares: {by: parts}}}
      quick: {by: officer, to: hurried}
      rest: {by: officer, to: still}
  hurried:
    due: {name: hours, at: 12 working hours}
    actions:
      all: {by: officer, opens: {process: visit, shares: {by: 100% of hours, hour: 100% of hours}}}
      over: {by: officer, to: over}
  still:
    stops: all
    actions:
      none: {by: officer, opens: {process: visit, shares: {by: 60%}}}
      done: {by: officer, to: over}
  over: {final: done}
"""
BELOW = """
process: visit
unit: office
number: "{n:03}/{year}-V"
fields: {by: {type: date}, hour: {type: datetime}}
roles: {officer: {unit: office, position: specialist}}
starts: {open: {by: officer, to: there}}
states:
  there: {due: fields.by, actions: {finish: {by: officer, to: gone}}}
  gone: {final: done}
"""
FIRST = "001/2026-S"


@pytest.fixture
def book() -> Book:
    made = Book(ABOVE, others=(BELOW,))
    made.open("officer")
    return made


def days(book: Book, key: str = "by") -> list[str]:
    return [str(file.case.fields.get(key)) for number, file in book.files.items() if number.endswith("-V")]


def opened_with(book: Book, number: str = "001/2026-V") -> dict:
    return json.loads(book.entries[number][0].payload)["data"]


def test_a_percentage_of_the_working_days_that_are_left_rounded_down(book):
    book.do("one", case=FIRST)
    assert days(book) == ["2026-12-01"], "six of the ten after Friday 20 November; the 24th is off"
    (said,) = opened_with(book)["shares"].values()
    assert (said["share"], said["left"], said["given"], said["since"]) == ("60%", 10, 6, "2026-11-20")
    assert said["deadline"] == "state:begun/due/1"
    (below,) = book.files["001/2026-V"].deadlines
    assert below.due < next(one.due for one in book.files[FIRST].deadlines if one.on == "state:begun")


def test_of_a_deadline_that_is_named_and_of_two_fields_at_once(book):
    book.do("whole", case=FIRST)
    assert days(book) == ["2026-12-01"], "six of the twenty of the whole case"
    state = next(one for one in book.files[FIRST].deadlines if one.on == "state:begun")
    assert datetime.fromisoformat(days(book, "hour")[0]) == state.due


def test_equal_parts_come_one_after_another_and_the_last_ends_with_the_deadline(book):
    book.do("spread", case=FIRST)
    assert days(book) == ["2026-11-26", "2026-12-01", "2026-12-07"]
    above = next(one.due for one in book.files[FIRST].deadlines if one.on == "state:begun")
    assert max(one.due for number, file in book.files.items() if number.endswith("-V") for one in file.deadlines) == above


def test_of_a_deadline_in_the_middle_of_a_day_a_date_takes_the_last_whole_day_and_an_hour_takes_the_hour(book):
    book.do("quick", case=FIRST)
    book.do("all", case=FIRST)
    above = next(one.due for one in book.files[FIRST].deadlines if one.name == "hours")
    assert above.astimezone(book.facts().zone).strftime("%m-%d %H:%M") != "11-24 00:00"
    assert days(book) == ["2026-11-20"], "due on Monday at three"
    assert datetime.fromisoformat(days(book, "hour")[0]) == above
    assert all(one.due < above for one in book.files["001/2026-V"].deadlines)


def test_of_what_is_past_there_is_nothing_left_to_share(book):
    book.now = at("2026-12-18 09:00")
    book.do("one", case=FIRST)
    assert days(book) == ["2026-12-07"], "the sub-case is as late as what it hangs on"
    assert opened_with(book)["shares"]["by"]["left"] == 0


def test_where_no_deadline_runs_the_sub_case_has_none(book):
    book.do("rest", case=FIRST)
    assert {one.status for one in book.files[FIRST].deadlines if one.name == "dossier"} == {DeadlineStatus.STOPPED}
    book.do("none", case=FIRST)
    assert days(book) == ["None"]
    assert opened_with(book) == {"parent": FIRST}
    assert book.files["001/2026-V"].deadlines == ()


def test_a_day_that_is_off_where_the_sub_case_is_kept_goes_back_to_the_working_day_before():
    own = "{on: 2026-12-01, title: Nghỉ}"
    calendar = f"{CALENDAR}calendars:\n  half: {{like: office, units: [office], off: [{own}]}}\n  plain: {{like: office}}\n"
    above = ABOVE.replace("due: 10 working days", "due: {at: 10 working days, calendar: plain}")
    book = Book(above, others=(BELOW,), calendar_text=calendar)
    book.open("officer")
    book.do("one", case=FIRST)
    assert days(book) == ["2026-11-30"]


# ---- whatever is shared ------------------------------------------------------------------------------------------------------

TODAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))


@given(today=TODAYS, ahead=st.integers(-30, 200), percent=st.integers(1, 100), parts=st.integers(1, 60))
def test_no_share_ends_after_the_deadline_and_equal_parts_add_up(today, ahead, percent, parts):
    calendar = BOOK.calendars.in_zone("Asia/Ho_Chi_Minh").default
    last = today + timedelta(days=ahead)
    left, given_, day = shared(calendar, today, last, (percent, 100))
    assert day <= last
    assert 0 <= given_ <= left == max(0, calendar.count(today, last))
    found = [shared(calendar, today, last, (part, parts)) for part in range(1, parts + 1)]
    ends = [0, *(one[1] for one in found)]
    spans = [after - before for before, after in pairwise(ends)]
    assert sum(spans) == left
    assert max(spans) - min(spans) <= 1, "no part is more than a day longer than another"
    assert [one[2] for one in found] == sorted(one[2] for one in found)
    assert all(one[2] <= last for one in found)
    if left:
        assert calendar.count(today, found[-1][2]) == left


BOOK = Book(ABOVE, others=(BELOW,))

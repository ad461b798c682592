"""A deadline that an amended calendar moves is on record with the days that moved it (language.md 2.12)."""

import json
from datetime import date

from msgspec.structs import replace

from tests.unit.engine.making import ZONE, Book
from workflow.calendar import Special
from workflow.model import Extend, Recount

TEXT = """
starts: {{open: {{by: anyone, to: a}}}}
states: {{a: {{due: {{name: own, at: {due}}}, actions: {{end: {{by: anyone, to: done}}}}}}, done: {{final: done}}}}
rights: {{extend: opener}}
"""
MORNING = ((450, 690),)
SHORTER = ((510, 690), (810, 1020))


def reasons(due: str, days: dict[str, tuple], longer: str = "") -> tuple[str, list[str]]:
    """When the deadline is due after these days got other hours, and the days that are on record as the reason."""
    book = Book(TEXT.format(due=due))
    book.open()
    if longer:
        book.act(Extend(actor="officer", request_id="r", case=book.case.number, deadline="own", amount=longer, note="x"))
    before = book.calendars
    special = [Special(on=date.fromisoformat(day), title="Đổi", by="QĐ 9", spans=hours) for day, hours in days.items()]
    book.calendars = replace(before, default=replace(before.default, special=(*before.default.special, *special)))
    book.more = {"earlier": before.in_zone(str(ZONE))}
    file = book.act(Recount(actor="hoso", request_id="r", case=book.case.number))
    (moved,) = json.loads(book.entries[book.case.number][-1].payload)["data"]["moved"]
    return file.deadlines[0].due.astimezone(ZONE).strftime("%d/%m %H:%M"), [one["day"] for one in moved["days"]]


def test_a_time_in_days_was_moved_by_whole_days_and_one_in_hours_by_a_shorter_day_too():
    amended = {"2026-11-25": (), "2026-11-26": MORNING}
    assert reasons("4 working days", amended) == ("01/12 00:00", ["2026-11-25"])
    assert reasons("30 working hours", amended) == ("30/11 14:30", ["2026-11-25", "2026-11-26"])


def test_days_that_come_after_a_moved_due_have_not_moved_it():
    assert reasons("12 working hours", {"2026-11-23": SHORTER, "2026-11-25": ()}) == ("23/11 16:30", ["2026-11-23"])


def test_plain_days_are_moved_by_days_off_at_their_end_and_the_working_days_of_an_extension_by_those_before_it_too():
    assert reasons("5 days", {"2026-11-23": (), "2026-11-25": ()}) == ("27/11 00:00", ["2026-11-25"])
    assert reasons("5 days", {"2026-11-26": ()}, longer="2 working days") == ("01/12 00:00", ["2026-11-26"])

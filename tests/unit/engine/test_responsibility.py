"""Each working day of a case is on exactly one unit, and the days add up to its duration."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.effort import examples
from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine.history import folded
from workflow.engine.responsibility import DayOn, Stood, days_on
from workflow.errors import Refused
from workflow.model import Claim, OpinionStatus, Release, Transfer

CALENDAR = """
week: {mon-thu: ["07:30-11:30", "13:30-17:00"], fri: ["07:30-11:30"]}
off: [{on: 2026-11-24, title: Ngày nghỉ, by: "QĐ 1"}]
swaps: [{off: 2026-12-02, worked: 2026-12-05, by: "QĐ 3"}]
"""
TEXT = """
fields: {asked: {type: units, title: Nơi được hỏi, default: [north, south, council]}}
roles:
  officer: {unit: office, position: specialist}
  handler: {assigned: handler}
  chair: {unit: council, position: leader}
  boss: {unit: district, position: leader}
  nobody_yet: {assigned: other}
  respondent: {unit: asked, position: leader}
starts: {open: {by: anyone, assigns: {handler: opener}, to: a}}
states:
  a: {due: {at: 2 working days, name: own}, actions: {to_b: {by: handler, to: b}}}
  b: {actions: {to_c: {by: [chair, officer], to: c}, back: {by: officer, to: a}}}
  c:
    consult:
      asks: fields.asked
      answers: {yes: Có}
      reply: {by: respondent}
      due: {at: 1 working day}
      enough: all
    actions: {to_d: {by: boss, to: d}}
  d: {actions: {to_e: {by: auto, when: "case.title == 'never'", to: e}}}
  e: {final: done, actions: {again: {by: officer, to: a}}}
actions: {end: {from: any, by: officer, to: e}, person: {from: any, by: officer, assigns: {handler: chair}}}
"""
BOOK = Book(TEXT, calendar_text=CALENDAR)
NUMBER = "001/2026-S"
ACTORS = {
    "to_b": "officer",
    "to_c": "officer",
    "back": "officer",
    "to_d": "secretary",
    "end": "officer",
    "again": "officer",
    "person": "officer",
}
HEADS = {"north": "north_head", "south": "south_head", "council": "chair"}


def begun(when: str = "2026-11-20 09:00") -> Book:
    book = Book.__new__(Book)
    vars(book).update(vars(BOOK))
    book.files, book.entries, book.numbers, book.changes = {}, {}, {}, []
    book.now = at(when)
    book.open()
    return book


def stood(book: Book) -> list[Stood]:
    entries = book.entries[NUMBER]
    return [
        Stood(since=entry.at, process=book.process, file=file, facts=book.facts())
        for entry, file in zip(entries, folded(entries), strict=True)
    ]


def days(book: Book) -> list[DayOn]:
    return days_on(stood(book), book.facts().calendars.default, book.case.closed or book.now)


def sums(book: Book) -> Counter:
    return Counter(one.unit for one in days(book))


def later(book: Book, when: str) -> Book:
    book.now = at(when)
    return book


def test_a_day_is_on_the_unit_whose_act_was_awaited_for_most_of_its_working_time():
    book = begun()
    later(book, "2026-11-23 10:00").do("to_b")  # of Monday's 7:30 hours, 2:30 were the office's
    later(book, "2026-11-26 16:00").do("to_c", "chair")
    assert [(str(one.day), one.unit, one.state, one.why) for one in days(book)] == [
        ("2026-11-23", "council", "b", "act"),
        ("2026-11-25", "council", "b", "act"),
        ("2026-11-26", "council", "b", "act"),
    ]


def test_a_consultation_s_days_are_shared_among_those_that_had_not_replied():
    book = begun("2026-11-20 08:00")
    book.do("to_b")
    book.do("to_c", "chair")
    later(book, "2026-11-26 16:30").reply("north", "north_head", "yes")
    later(book, "2026-12-03 17:00")
    found = [(str(one.day), one.unit) for one in days(book)]
    assert found == [
        *(("2026-11-23", "north"), ("2026-11-25", "south"), ("2026-11-26", "council")),
        *(("2026-11-27", "south"), ("2026-11-30", "council"), ("2026-12-01", "south"), ("2026-12-03", "council")),
    ]
    assert {one.why for one in days(book)} == {"reply"}
    assert [one.late for one in days(book)] == [False, *[True] * 6]


def test_when_all_have_replied_days_are_on_the_unit_that_acts_next_and_where_nobody_is_awaited_on_the_keeper():
    book = begun("2026-11-20 08:00")
    book.do("to_b")
    book.do("to_c", "chair")
    for unit, head in HEADS.items():
        book.reply(unit, head, "yes")
    later(book, "2026-11-25 17:00").do("to_d", "secretary")
    later(book, "2026-11-27 11:00")
    assert [(one.unit, one.why) for one in days(book)] == [("district", "act")] * 2 + [("office", "keeper")] * 2


def test_a_handler_s_days_are_on_the_unit_of_their_post_and_are_late_after_the_due():
    book = begun()
    later(book, "2026-11-24 09:00").do("person")
    later(book, "2026-11-30 17:00")
    assert [(str(one.day), one.unit, one.late) for one in days(book)] == [
        ("2026-11-23", "office", False),
        ("2026-11-25", "council", False),
        ("2026-11-26", "council", True),
        ("2026-11-27", "council", True),
        ("2026-11-30", "council", True),
    ]


def test_days_on_which_a_case_was_closed_are_nobody_s_and_one_that_ends_as_a_day_begins_has_that_day():
    book = begun()
    later(book, "2026-11-23 17:00").do("end")
    later(book, "2026-11-30 07:30").do("again")
    later(book, "2026-12-01 00:00").do("end")
    assert [str(one.day) for one in days(book)] == ["2026-11-23", "2026-11-30", "2026-12-01"]


def test_a_handler_without_a_post_leaves_the_day_to_the_keeper():
    book = begun()
    book.organisation = book.organisation.__class__(**{**vars_of(book.organisation), "posts": ()})
    later(book, "2026-11-23 17:00")
    assert sums(book) == {"office": 1}


def vars_of(organisation):
    return {name: getattr(organisation, name) for name in organisation.__struct_fields__}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 9000)),
        st.tuples(st.just("do"), st.sampled_from(list(ACTORS))),
        st.tuples(st.just("reply"), st.sampled_from(list(HEADS))),
    ),
    max_size=25,
)


@pytest.mark.random
@settings(max_examples=examples(200), deadline=None)
@given(STEPS)
@example([("wait", 3780)])  # to the first instant of a day: nobody was awaited on it yet, and it is the day of now
def test_days_add_up_to_the_duration_each_on_one_unit_that_was_awaited(steps):
    book = begun()
    awaited: list[tuple] = []
    for what, value in steps:
        before = book.now
        match what:
            case "wait":
                book.now += timedelta(minutes=value)
                awaited.append((before, book.now, awaited_now(book)))
            case "do":
                with suppress(Refused):
                    book.do(value, ACTORS[value])
            case "reply":
                with suppress(Refused):
                    book.reply(value, HEADS[value], "yes")
    found = days(book)
    calendar, end = book.facts().calendars.default, book.case.closed or book.now
    listed = [one.day for one in found]
    assert listed == sorted(set(listed))
    assert all(map(calendar.is_working, listed))
    if not any("again" in entry.text for entry in book.entries[NUMBER]):
        assert len(found) == calendar.count(calendar.day_of(book.case.opened), calendar.day_of(end))
    for one in found:
        begins, ends = calendar.at(one.day, 0), calendar.at(one.day, 1440)
        units = {unit for first, last, units in awaited if first < ends and (last > begins or last == end) for unit in units}
        assert one.unit in units


def awaited_now(book: Book) -> set[str]:
    """Who may be awaited, by the state alone: written down here anew."""
    owing = {one.asked for one in book.file.opinions if one.status.value == "asked" and one.round == book.case.rounds.get("c")}
    handler = "council" if book.case.slots["handler"] == "chair" else "office"
    return {"a": {handler}, "b": {"council"}, "c": owing or {"district"}, "d": {"office"}, "e": set()}[book.case.state]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60))
def test_while_the_same_units_owe_their_replies_none_has_two_days_more_than_another(far):
    book = begun("2026-11-20 08:00")
    book.do("to_b")
    book.do("to_c", "chair")
    book.now += timedelta(days=far)
    found = sums(book)
    assert max(found.values(), default=0) - min((found[unit] for unit in HEADS), default=0) <= 1


REORGANISED = (
    ORGANISATION.replace("office: {title: Ban Tuyên giáo,", "office: {title: Ban Tuyên giáo, until: 2026-11-30, succeeded_by: [joined],")
    .replace("north: {title: Xã Bắc,", "north: {title: Xã Bắc, until: 2026-11-30, succeeded_by: [south],")
    .replace("persons:\n", "  joined: {title: Ban mới, kind: party, symbol: BM, from: 2026-12-01}\npersons:\n")
    .replace(
        "posts:\n",
        "posts:\n  - {person: officer, unit: joined, position: specialist, from: 2026-12-01}\n"
        "  - {person: second, unit: joined, position: specialist, from: 2026-12-01}\n",
    )
    .replace("bodies: [office, district]", "bodies: [office, district, joined]")
)
SHARED = TEXT.replace("handler: {assigned: handler}", "handler: {assigned: handler, among: any_of}").replace(
    "  chair: {unit: council, position: leader}\n",
    "  chair: {unit: council, position: leader}\n  any_of: {any: [new, officer, chair]}\n  new: {unit: joined, position: specialist}\n",
)
MERGED = Book(SHARED, calendar_text=CALENDAR, organisation_text=REORGANISED)
SLOT = {"case": NUMBER, "slot": "handler", "request_id": "r"}


@pytest.mark.random
@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 2500),
            st.sampled_from(["claim officer", "claim chair", "claim second", "release", "to_b", "to_c", "back", "north"]),
        ),
        max_size=12,
    ),
    st.lists(
        st.tuples(
            st.integers(1, 2500),
            st.sampled_from(["claim officer", "claim chair", "claim second", "release", "to_b", "to_c", "back", "south"]),
        ),
        max_size=12,
    ),
)
def test_days_add_up_across_claims_releases_and_a_reorganisation_each_on_one_unit_that_was_awaited(before, after):
    book = Book.__new__(Book)
    vars(book).update(vars(MERGED))
    book.files, book.entries, book.numbers, book.changes = {}, {}, {}, []
    book.now = at("2026-11-20 09:00")
    book.open()
    steps = [(book.now, may_be_awaited(book))]
    turn = at("2026-12-01 08:00")
    for minutes, what in before:
        book.now = min(book.now + timedelta(minutes=minutes), turn - timedelta(minutes=1))
        with suppress(Refused):
            shared_step(book, what)
        steps.append((book.now, may_be_awaited(book)))
    book.now = turn
    steps.append((turn, may_be_awaited(book)))
    book.act(Transfer(actor="hoso", request_id="t", case=NUMBER, heirs={"office": "joined", "north": "south"}, by="QĐ 1", note="Sáp nhập"))
    steps.append((turn, may_be_awaited(book)))
    for minutes, what in after:
        book.now += timedelta(minutes=minutes)
        with suppress(Refused):
            shared_step(book, what)
        steps.append((book.now, may_be_awaited(book)))
    found, calendar = days(book), book.facts().calendars.default
    assert len(found) == calendar.count(calendar.day_of(book.case.opened), calendar.day_of(book.now))
    assert [one.day for one in found] == sorted({one.day for one in found})
    ends = [since for since, _ in steps[1:]] + [book.now]
    for one in found:
        first, last = calendar.at(one.day, 0), calendar.at(one.day, 1440)
        assert one.unit in {
            unit
            for (since, units), end in zip(steps, ends, strict=True)
            if since < last and (end > first or end == book.now)
            for unit in units
        }


def shared_step(book: Book, what: str) -> None:
    verb, _, who = what.partition(" ")
    slot = book.case.slots.get("handler", "")
    match verb:
        case "claim":
            book.act(Claim(actor=who, **SLOT))
        case "release":
            book.act(Release(actor=slot or "officer", **SLOT))
        case "north" | "south":
            book.reply(verb, HEADS[verb], "yes")
        case _:
            book.do(verb, (slot or "officer") if verb == "to_b" else "chair" if verb == "to_c" else "officer")


def may_be_awaited(book: Book) -> set[str]:
    """By the state, the slot and the replies alone: written down here anew. A slot that nobody holds awaits all who may claim it."""
    home = "joined" if book.now >= at("2026-12-01 00:00") else "office"
    owing = {one.asked for one in book.file.opinions if one.status.value == "asked" and one.round == book.case.rounds.get("c")}
    slot = book.case.slots.get("handler", "")
    handler = {"council"} if slot == "chair" else {home} if slot else {home, "council"}
    return {"a": handler, "b": {"council"}, "c": owing or {"district"}}[book.case.state]


def test_days_of_acting_are_not_counted_where_a_round_that_is_owed_again_is_shared():
    text = TEXT.replace("[north, south, council]", "[district, south]").replace("chair: {unit: council", "chair: {unit: district")
    book = Book(text, calendar_text=CALENDAR)
    book.open()
    book.do("to_b")
    book.do("to_c", "secretary")
    owed = book.file
    given = replace(owed, opinions=tuple(replace(one, status=OpinionStatus.GIVEN, at=book.now) for one in owed.opinions))
    whens = (("2026-11-20 09:00", given), ("2026-11-27 09:00", owed))  # two replies, and both were taken back later
    known = [Stood(since=at(when), process=book.process, file=file, facts=book.facts()) for when, file in whens]
    found = [(str(one.day), one.unit, one.why) for one in days_on(known, book.facts().calendars.default, at("2026-12-01 17:00"))]
    assert [why for _, _, why in found].count("act") >= 2
    assert [unit for _, unit, why in found if why == "reply"][:2] == ["district", "south"]

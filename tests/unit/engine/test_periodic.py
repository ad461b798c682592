"""One case for each period, whatever crashes (language.md 1, `periodic`)."""

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from workflow.engine.periodic import begun, between, opening, period_before
from workflow.language.process import Moment, Periodic

SAMPLE = """
fields: {{year: {{type: integer, title: Năm}}, total: {{type: integer, title: Tổng}}, before: {{type: integer, title: Năm trước}}}}
periodic: {{every: {every}, start: begin, fields: {{year: period.year, before: last.fields.total}}{title}}}
starts: {{begin: {{by: nobody, to: a}}, open: {{by: anyone, to: a}}}}
states: {{a: {{actions: {{end: {{by: anyone, to: done}}}}}}, done: {{final: done}}}}
"""


def book(every: str, title: str = "") -> Book:
    return Book(SAMPLE.format(every=every, title=title))


def periods(every: str, since: str, now: str) -> list[tuple[str, str]]:
    one = book(every)
    one.now = at(now)
    return [(period.key, str(period.at.isoformat())) for period in begun(one.process, one.process.periodic[0], one.facts(), at(since))]


@pytest.mark.parametrize(
    ("every", "since", "now", "expected"),
    [
        ("1 December 08:00", "2026-11-22 00:00", "2026-12-01 07:59", []),
        ("1 December 08:00", "2026-11-22 00:00", "2026-12-01 08:00", [("2026", "2026-12-01T01:00:00+00:00")]),
        ("1 December 08:00", "2026-12-01 08:00", "2027-11-30 08:00", []),  # it began when the process came into use, not after
        ("1 December", "2026-11-30 23:59", "2028-12-31 00:00", [(str(y), f"{y}-11-30T17:00:00+00:00") for y in (2026, 2027, 2028)]),
        (
            "day 31",
            "2026-11-01 00:00",
            "2026-12-31 00:00",
            [("2026-11", "2026-11-29T17:00:00+00:00"), ("2026-12", "2026-12-30T17:00:00+00:00")],
        ),
        (
            "Monday 07:30",
            "2026-11-22 00:00",
            "2026-11-30 07:30",
            [("2026-W48", "2026-11-23T00:30:00+00:00"), ("2026-W49", "2026-11-30T00:30:00+00:00")],
        ),
        # three working days before Sunday 20 December: Wednesday the 16th, at its beginning or at the hour that is written
        ("3 working days before 20 December", "2026-11-22 00:00", "2026-12-31 00:00", [("2026", "2026-12-15T17:00:00+00:00")]),
        ("3 working days before 20 December 08:00", "2026-11-22 00:00", "2026-12-31 00:00", [("2026", "2026-12-16T01:00:00+00:00")]),
        # the last working day of the month: Monday the 30th; of January 2027, whose last day is a Sunday: Friday the 29th
        (
            "0 working days before end of month",
            "2026-11-22 00:00",
            "2027-02-01 00:00",
            [("2026-11", "2026-11-29T17:00:00+00:00"), ("2026-12", "2026-12-30T17:00:00+00:00"), ("2027-01", "2027-01-28T17:00:00+00:00")],
        ),
        ("exactly 3 days before 20 December 08:00", "2026-11-22 00:00", "2026-12-31 00:00", [("2026", "2026-12-17T01:00:00+00:00")]),
        ("exactly 0 days before 20 December", "2026-11-22 00:00", "2026-12-31 00:00", [("2026", "2026-12-19T17:00:00+00:00")]),
        ("2 working hours after Monday", "2026-11-22 00:00", "2026-11-28 00:00", [("2026-W48", "2026-11-23T02:30:00+00:00")]),
        ("36 hours before Monday", "2026-11-20 00:00", "2026-11-28 00:00", [("2026-W48", "2026-11-21T05:00:00+00:00")]),
        # the fifth working day after a quarter is of that quarter; a year's may begin in the year before
        ("5 working days after end of quarter", "2026-12-01 00:00", "2027-02-01 00:00", [("2026-Q4", "2027-01-06T17:00:00+00:00")]),
        ("3 working days before 1 January", "2026-12-01 00:00", "2027-02-01 00:00", [("2027", "2026-12-28T17:00:00+00:00")]),
        (
            "{latest: [day 20 08:00, 2 working days before end of month]}",
            "2026-11-22 00:00",
            "2026-12-31 00:00",
            [("2026-11", "2026-11-25T17:00:00+00:00"), ("2026-12", "2026-12-28T17:00:00+00:00")],
        ),
        ("{earliest: [day 20 08:00, end of month]}", "2026-11-22 00:00", "2026-12-31 00:00", [("2026-12", "2026-12-20T01:00:00+00:00")]),
        (
            "[{when: period.quarter == 4, then: 15 days before end of quarter}, {else: end of quarter}]",
            "2026-11-22 00:00",
            "2027-04-01 00:00",
            [("2026-Q4", "2026-12-15T17:00:00+00:00"), ("2027-Q1", "2027-03-30T17:00:00+00:00")],
        ),
        (
            "{latest: [[{when: period.month == 12, then: day 5}], [{when: period.month == 3, then: day 6}]]}",
            "2026-10-01 00:00",
            "2027-02-01 00:00",
            [("2026-12", "2026-12-04T17:00:00+00:00")],
        ),
        ("end of quarter", "2026-11-22 00:00", "2027-03-30 09:00", [("2026-Q4", "2026-12-30T17:00:00+00:00")]),
        ("end of week", "2026-11-20 00:00", "2026-11-23 09:00", [("2026-W47", "2026-11-21T17:00:00+00:00")]),
    ],
)
def test_the_periods_that_began_since_the_process_came_into_use(every, since, now, expected):
    assert periods(every, since, now) == expected


def test_a_rule_that_does_not_recur_has_no_periods():
    one = book("1 December")
    assert list(begun(one.process, Periodic(every=Moment(), start="begin"), one.facts(), at("2020-01-01 00:00"))) == []


def test_of_several_moments_one_that_comes_never_is_left_aside():
    one = book("day 5 08:00")
    rule = one.process.periodic[0]
    both = replace(rule, every=Moment(pick="earliest", among=(rule.every, Moment())))
    since, until = at("2026-08-01 00:00"), at("2026-11-01 00:00")
    assert list(between(one.process, both, one.facts(), since, until)) == list(between(one.process, rule, one.facts(), since, until)) != []


def test_periods_that_have_a_case_are_left_out_and_those_to_come_are_foreseen():
    one = book("day 5 08:00")
    rule, facts = one.process.periodic[0], one.facts()
    found = between(one.process, rule, facts, at("2026-08-01 00:00"), at("2027-02-01 00:00"), have={"2026-09": "1", "2026-11": "2"})
    assert [period.key for period in found] == ["2026-08", "2026-10", "2026-12", "2027-01"]


@pytest.mark.parametrize(
    ("key", "have", "expected"),
    [
        ("2026", {"2024": "a", "2025": "b", "2027": "c"}, "2025"),
        ("2026-Q1", {"2025-Q4": "a", "2025": "b", "2025-12": "c", "2025-W52": "d"}, "2025-Q4"),
        ("2026-03", {"2026-02": "a", "2026-W09": "b", "2026-Q1": "c"}, "2026-02"),
        ("2026-W10", {"2026-02": "a", "2026-W09": "b"}, "2026-W09"),
        ("2026", {"2026": "a", "2025-12": "b"}, ""),
    ],
)
def test_the_period_before_is_the_last_of_the_same_length(key, have, expected):
    assert period_before(key, have) == expected


def opened(one: Book):
    one.now = at("2026-12-01 09:00")
    rule, facts = one.process.periodic[0], one.facts()
    (period,) = begun(one.process, rule, facts, at("2026-11-22 00:00"))
    one.more = {**one.more, "period": period.names}
    return opening(one.process, rule, period, one.facts())


def test_the_act_that_opens_a_period_is_the_clocks_and_the_same_whoever_makes_it():
    act = opened(book("1 December 08:00"))
    assert (act.actor, act.request_id, act.start, act.periodic, act.fields, act.title) == (
        "hoso",
        "periodic:sample:2026",
        "begin",
        "2026",
        {"year": 2026},  # there is no case of the year before: what it would give stays empty
        "",
    )


def test_a_period_sees_the_case_of_the_one_before():
    one = book("1 December 08:00", ', title: "Năm {{ period.year }}"')
    one.open()
    one.more = {"last": replace(one.case, fields={"total": 7})}
    act = opened(one)
    assert (act.fields, act.title) == ({"year": 2026, "before": 7}, "Năm 2026")
    case = one.act(act).case
    assert (case.number, case.title, case.fields, case.opener) == ("002/2026-S", "Năm 2026", {"year": 2026, "before": 7}, "hoso")
    assert one.changes[-1].periodic == ("sample", "2026")

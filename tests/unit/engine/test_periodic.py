"""One case for each period, whatever crashes (language.md 1, `periodic`)."""

from dataclasses import replace

import pytest

from tests.unit.engine.making import Book, at
from workflow.engine.periodic import begun, opening
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
    return [(period.key, str(period.at.isoformat())) for period in begun(one.process.periodic[0], one.facts(), at(since))]


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
        ("end of quarter", "2026-11-22 00:00", "2027-03-30 09:00", [("2026-Q4", "2026-12-30T17:00:00+00:00")]),
        ("end of week", "2026-11-20 00:00", "2026-11-23 09:00", [("2026-W47", "2026-11-21T17:00:00+00:00")]),
    ],
)
def test_the_periods_that_began_since_the_process_came_into_use(every, since, now, expected):
    assert periods(every, since, now) == expected


def test_a_rule_that_does_not_recur_has_no_periods():
    one = book("1 December")
    assert list(begun(Periodic(every=Moment(), start="begin"), one.facts(), at("2020-01-01 00:00"))) == []


def opened(one: Book):
    one.now = at("2026-12-01 09:00")
    rule, facts = one.process.periodic[0], one.facts()
    (period,) = begun(rule, facts, at("2026-11-22 00:00"))
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

"""Computed fields: worked out when looked at, kept with each step."""

import pytest

from tests.unit.engine.making import Book, at
from workflow.engine.work import begun
from workflow.errors import Refused
from workflow.model import Act

BUDGET = """
case_title: Đơn
fields:
  lines: {type: table, columns: {what: {type: text}, cost: {type: decimal}}}
  limit: {type: decimal, default: 100}
  total: {type: decimal, computed: fields.lines|sum('cost')}
  rest: {type: decimal, computed: fields.limit - fields.total}
  age: {type: integer, computed: done.add + 1}
  start: {type: date}
  until: {type: date, computed: "fields.start|plus('2 working days')"}
  tight: {type: choice, choices: [low, high], computed: "'high' if fields.rest < 10 else 'low'"}
  small: {type: integer, max: 5, computed: fields.limit}
  third: {type: decimal, computed: fields.limit / 3}
roles: {officer: {unit: office, position: specialist}}
starts: {open: {by: officer, form: [lines, limit, start], to: a}}
states:
  a:
    due: 1 day after fields.until
    actions:
      add: {by: officer, form: [lines, start], when: {fields.rest >= 0: vượt hạn mức}, sets: {limit: fields.limit}}
      ask: {by: officer, needs: [until], to: z}
  z: {final: done}
"""


@pytest.fixture
def book() -> Book:
    made = Book(BUDGET)
    made.open(lines=[{"what": "bút", "cost": "30"}, {"what": "giấy", "cost": "65,5"}])
    return made


def test_it_is_worked_out_from_others_and_from_one_another(book):
    fields = book.case.fields
    assert (fields["total"], fields["rest"], fields["tight"], fields["age"]) == ("95.5", "4.5", "high", 1)


def test_a_quotient_without_end_is_worked_out_to_the_digits_that_are_kept(book):
    assert book.case.fields["third"] == "33.333333333333333333"


def test_a_guard_sees_it_with_the_form_s_values(book):
    with pytest.raises(Refused, match="vượt hạn mức"):
        book.do("add", lines=[{"what": "bàn", "cost": "100.5"}])
    book.do("add", lines=[{"what": "bàn", "cost": "99"}])
    assert (book.case.fields["rest"], book.case.fields["age"]) == ("1", 2)


def test_what_can_t_be_worked_out_and_what_is_no_value_of_its_type_is_empty(book):
    assert "until" not in book.case.fields
    assert "small" not in book.case.fields
    with pytest.raises(Refused, match="until"):
        book.do("ask")


def test_a_deadline_hangs_on_it_and_moves_with_it(book):
    assert not book.file.deadlines
    book.do("add", start="2026-11-20")
    (deadline,) = book.file.deadlines
    assert (book.case.fields["until"], deadline.due) == ("2026-11-25", at("2026-11-27 00:00"))
    book.do("ask")


def test_history_keeps_it_as_it_was_at_each_step(book):
    assert '"rest":"4.5"' in book.entries["001/2026-S"][0].payload


def test_nobody_fills_it_in(book):
    with pytest.raises(Exception, match="total"):
        book.do("add", total="5")


def test_where_nothing_is_computed_the_fields_are_as_they_are_kept():
    book = Book(BUDGET[: BUDGET.index("  lines:")] + "  n: {type: integer, default: 3}\n" + PLAIN)
    book.open()
    assert begun(book.process, book.file, Act(actor="officer", request_id=""), book.facts()).fields_now() is book.case.fields


PLAIN = """
roles: {officer: {unit: office, position: specialist}}
starts: {open: {by: officer, to: a}}
states: {a: {actions: {end: {by: officer, to: z}}}, z: {final: done}}
"""

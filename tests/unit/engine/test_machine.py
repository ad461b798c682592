"""The next state: branches in order, `same` and `previous`, actions of one name in several states (language.md 2.2, 2.4, 2.5)."""

import pytest

from tests.unit.engine.making import Book, process
from workflow.engine.machine import BEFORE, next_state
from workflow.errors import Refused

SAMPLE = """
fields: {n: {type: integer, title: Số, default: 0}}
starts: {open: {by: anyone, form: n, to: [{when: fields.n > 9, then: big}, {else: small}]}}
states:
  small:
    actions:
      go: {by: anyone, to: big}
      choose: {by: anyone, form: n, to: [{when: fields.n == 1, then: big}, {when: fields.n == 2, then: same}, {when: fields.n == 3, then: previous}]}
  big: {actions: {back: {by: anyone, to: previous}, end: {by: anyone, to: done}}}
  done: {final: done}
actions:
  go: {from: any, by: anyone, to: done}
"""


@pytest.mark.parametrize(("holds", "expected"), [((0, 1, 2), (0, "big")), ((1, 2), (1, "small")), ((2,), (2, "small")), ((), None)])
def test_the_first_branch_that_fits_is_taken_and_same_and_previous_stay(holds, expected):
    made = process(SAMPLE)
    choose = made.in_state["small"]["choose"]
    assert next_state(made, choose, "small", lambda index: index in holds) == expected
    assert next_state(made, choose, "small", lambda index: index in holds) == expected  # the machine keeps nothing


def test_a_start_begins_before_all_states():
    made = process(SAMPLE)
    assert next_state(made, made.start_of["open"], BEFORE, lambda index: index == 1) == (1, "small")


def test_a_states_own_action_goes_before_a_general_one_of_the_same_name():
    made = process(SAMPLE)
    assert next_state(made, made.in_state["small"]["go"], "small", lambda _: True) == (0, "big")
    assert next_state(made, made.in_state["big"]["go"], "big", lambda _: True) == (0, "done")


def test_a_case_goes_where_its_branches_say_or_the_act_is_refused():
    one = Book(SAMPLE)
    assert one.open(n=10).case.state == "big"
    two = Book(SAMPLE)
    two.open(n=1)
    assert two.do("choose", n=2).case.state == "small"
    assert two.do("choose", n=1).case.state == "big"
    assert two.do("back").case.state == "small"
    assert two.do("choose", n=3).case.state == "big"
    assert two.do("back").case.state == "small"
    with pytest.raises(Refused, match="no branch of 'choose' fits"):
        two.do("choose", n=7)

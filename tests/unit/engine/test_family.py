"""Sub-cases' results and time, sub-cases closed with the case above, and links between cases of equal rank."""

import pytest

from tests.unit.engine.making import Book
from tests.unit.engine.rules import said, seen, tried
from workflow.authoring.parse_expression import parse_expression
from workflow.engine.history import differs
from workflow.engine.together import children
from workflow.errors import NotFound
from workflow.model import Advance, Link, LinkTo, Open

ABOVE = """
fields: {places: {type: units, default: [north, south]}, total: {type: integer}, rows: {type: table, columns: {a: {type: text}}}}
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}}
starts: {open: {by: officer, to: begun}}
states:
  begun:
    due: 10 working days
    actions:
      spread: {by: officer, opens: {process: visit, for_each: fields.places, fields: {by: "case.due|minus('3 working days')"}}}
      gather: {by: officer, sets: {total: children.sum.cost, rows: children.rows.rows}, to: same}
      stop: {by: head, note: required, to: over}
  over: {final: stopped}
"""
BELOW = """
process: visit
unit: office
number: "{n:03}/{year}-V"
secret: fields.hidden
fields: {by: {type: date}, cost: {type: integer}, hidden: {type: yes-no, default: false}, rows: {type: table, columns: {a: {type: text}}}}
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}}
starts: {open: {by: officer, form: hidden, to: there}}
states:
  there: {due: fields.by, actions: {report: {by: officer, form: [cost, rows], to: same}, lock: {by: officer, to: locked}}}
  locked: {actions: {finish: {by: officer, to: gone}}}
  gone: {final: done}
actions: {stop: {from: there, by: head, to: gone}}
"""


@pytest.fixture
def book() -> Book:
    made = Book(ABOVE, others=(BELOW,))
    made.open("officer")
    made.do("spread")
    return made


def stop(case: Book, *, children: bool = True):
    return case.act(Advance(actor="head", request_id="r", case="001/2026-S", action="stop", note="Thôi", children=children))


def states(case: Book) -> dict[str, str]:
    return {number: file.case.state for number, file in case.files.items()}


def test_a_deadline_of_the_case_above_is_shared_out_by_what_is_handed_down(book):
    above = next(one for one in book.file.deadlines)
    below = [one.due for number in ("001/2026-V", "002/2026-V") for one in book.files[number].deadlines]
    assert len(below) == 2
    assert all(one < above.due for one in below)
    assert str(book.files["001/2026-V"].case.fields["by"]) == "2026-12-02"


def test_a_case_without_a_running_deadline_has_no_due(book):
    book.do("lock", case="001/2026-V")
    assert seen(book, parse_expression("case.due"), case="001/2026-V") is None


def test_results_of_sub_cases_are_taken_over(book):
    book.do("report", case="001/2026-V", cost=3, rows=[{"a": "x"}])
    book.do("report", case="002/2026-V", cost=4, rows=[{"a": "y"}, {"a": "z"}])
    book.do("gather")
    assert (book.case.fields["total"], book.case.fields["rows"]) == (7, [{"a": "x"}, {"a": "y"}, {"a": "z"}])
    below = book.facts(children={"001/2026-S": tuple(book.files[one].case for one in ("001/2026-V", "002/2026-V"))})
    assert children(below.children_of("001/2026-S"))["values"]["cost"] == [3, 4]


def test_sub_cases_are_closed_with_the_case_above_where_that_can_be_done(book):
    book.do("lock", case="002/2026-V")
    stop(book)
    assert states(book) == {"001/2026-S": "over", "001/2026-V": "gone", "002/2026-V": "locked"}
    assert said(book, "001/2026-V")[-1]["act"] == "also"
    assert all(differs(file, book.entries[number]) is None for number, file in book.files.items())


def test_and_stay_where_it_is_not_asked_for(book):
    stop(book, children=False)
    assert states(book) == {"001/2026-S": "over", "001/2026-V": "there", "002/2026-V": "there"}


# ---- links ---------------------------------------------------------------------------------------------------------------------


def link(case: Book, other: str = "001/2026-V", how: str = "relates", actor: str = "officer"):
    return case.act(LinkTo(actor=actor, request_id="r", case="001/2026-S", other=other, how=how))


@pytest.mark.parametrize(("how", "back"), [("relates", "relates"), ("follows", "followed")])
def test_both_cases_know_of_a_link_and_both_histories_say_so(book, how, back):
    link(book, how=how)
    assert book.case.links == (Link(kind=how, case="001/2026-V"),)
    assert book.files["001/2026-V"].case.links == (Link(kind=back, case="001/2026-S"),)
    assert [said(book, one)[-1]["act"] for one in ("001/2026-S", "001/2026-V")] == ["link", "link"]
    assert all(differs(file, book.entries[number]) is None for number, file in book.files.items())


def test_a_link_is_made_once_by_those_who_work_on_the_case(book):
    link(book)
    assert tried(lambda: link(book)) == ["linked"]
    assert tried(lambda: link(book, how="follows", actor="chair")) == ["by"]


def test_nothing_is_linked_that_is_not_there_or_may_not_be_seen(book):
    for other, how in (("009/2026-V", "relates"), ("001/2026-S", "relates"), ("001/2026-V", "owns")):
        with pytest.raises(NotFound):
            link(book, other, how)
    book.act(Open(actor="officer", request_id="r", process="visit", fields={"hidden": True}))
    link(book, "003/2026-V")
    with pytest.raises(NotFound):
        link(book, "003/2026-V", actor="chair")

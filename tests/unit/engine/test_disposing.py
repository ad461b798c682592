"""What keeps a case's contents where they are, and what a history amounts to once they have gone."""

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from workflow.engine.disposing import cannot
from workflow.engine.history import broken, folded
from workflow.engine.work import begun
from workflow.model import Act, CaseFile, Dispose

NUMBER = "001/2026-S"
TEXT = """
retention: 1 year
fields: {topic: {type: text, default: cầu}}
roles: {worker: {unit: office, position: specialist}}
starts: {open: {by: worker, to: begun}}
states:
  begun: {due: 3 working days, actions: {end: {by: worker, to: over}}}
  over: {final: done}
rights: {dispose: worker}
"""


@pytest.fixture
def closed() -> tuple[Book, CaseFile]:
    """A closed case whose time is over."""
    book = Book(TEXT)
    book.open("officer")
    running = book.file.deadlines
    book.do("end")
    book.now = at("2030-01-02 08:00")
    return book, replace(book.file, deadlines=running)


def why(book: Book, file: CaseFile, **beside) -> list[str]:
    work = begun(book.process, file, Act(actor="officer", request_id=""), book.facts(**beside))
    return [one.code for one in cannot(work)]


def test_what_is_over_and_out_of_its_time_may_go(closed):
    book, _ = closed
    assert why(book, book.file, children={NUMBER: ()}) == []


def test_on_the_last_day_of_its_time_it_is_still_kept_and_goes_on_the_day_after(closed):
    book, _ = closed
    book.now = at("2027-12-31 17:00")
    assert why(book, book.file, children={NUMBER: ()}) == ["retention"]
    book.now = at("2028-01-01 08:00")
    assert why(book, book.file, children={NUMBER: ()}) == []


def test_a_deadline_that_runs_keeps_it(closed):
    book, running = closed
    assert why(book, running, children={NUMBER: ()}) == ["runs"]


def test_an_open_case_above_or_below_keeps_it(closed):
    book, _ = closed
    other = replace(book.case, number="002/2026-S", outcome="", closed=None)
    below = replace(book.file, case=replace(book.case, parent=other.number))
    cases = {other.number: (book.process, CaseFile(case=other))}
    assert why(book, below, cases=cases, children={NUMBER: (other,)}) == ["above", "below"]
    over = {other.number: (book.process, CaseFile(case=book.case))}
    assert why(book, below, cases=over, children={NUMBER: (book.case,)}) == []


def test_a_history_whose_beginning_has_gone_amounts_to_what_follows(closed):
    book, _ = closed
    book.act(Dispose(actor="officer", request_id="", case=NUMBER, decision="15/QĐ", note="Hết hạn"))
    *before, act = book.entries[NUMBER]
    assert len(list(folded([*before, act]))) == len(before) + 1
    (husk,) = folded([*(replace(one, payload="") for one in before), act])
    assert (husk.case.number, husk.case.fields, husk.deadlines) == (NUMBER, {}, ())


def test_a_history_is_whole_without_its_contents_only_after_an_act_that_disposes_of_them(closed):
    book, _ = closed
    book.act(Dispose(actor="officer", request_id="", case=NUMBER, decision="15/QĐ", note="Hết hạn"))
    *before, act = book.entries[NUMBER]
    emptied = [replace(one, payload="") for one in before]
    assert broken([*emptied, act], book.case.head) is None
    assert broken([*before, act], book.case.head) == "the contents of entry 1 were disposed of, and are there"
    assert broken(emptied, before[-1].hash) == "the contents of entry 1 are gone, and no act says so"

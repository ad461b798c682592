"""The figures of a period, as the fields of a case that the clock opens are filled from them."""

from datetime import date

import pytest

from tests.unit.engine.making import Book, at
from workflow.authoring.parse_expression import parse_expression
from workflow.engine.facts import Wanting
from workflow.engine.figures import Counts
from workflow.engine.opening import blank
from workflow.engine.recurring import period_of
from workflow.language.expression import evaluate
from workflow.model import CLOCK, Open

TEXT = """
process: yearly
unit: office
number: "{n:02}/{year}-N"
fields: {n: {type: integer}}
starts: {open: {by: nobody, to: opened}}
states: {opened: {actions: {close: {by: anyone, to: closed}}}, closed: {final: done}}
"""
YEAR, BEFORE = (date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 1, 1), date(2025, 12, 31))
PAPERS = {"issued": 3, "void": 1, "received": 2, "answered": 0, "outgoing": [], "incoming": [], "series": {"btg/BC": 3}}


def value(source: str, **facts):
    book = Book(TEXT)
    book.now = at("2026-12-01 08:00")
    known = book.facts(period=period_of("year", date(2026, 12, 1)), **facts)
    act = Open(actor=CLOCK, request_id="", process="yearly", start="open")
    return evaluate(parse_expression(source), blank(book.process, act, known).scope())


def test_the_registers_and_whose_days_it_was_are_asked_for_by_the_days_of_the_period():
    for name, kind in (("registers.issued", "registers"), ("responsibility.days", "figures")):
        with pytest.raises(Wanting) as wanting:
            value(name)
        assert getattr(wanting.value.needs, kind) == (YEAR,)
        before = name.replace(".", ".before.")
        with pytest.raises(Wanting) as wanting:
            value(before)
        assert getattr(wanting.value.needs, kind) == (BEFORE,)


def test_a_series_that_gave_no_paper_gave_none():
    registers = {YEAR: PAPERS, BEFORE: {}}
    assert value("registers.issued", registers=registers) == 3
    assert value("registers.series['btg/BC']", registers=registers) == 3
    assert value("registers.series['btg/TB']", registers=registers) == 0
    assert value("registers.before.series['btg/BC']", registers=registers) == 0
    assert value("registers.before.issued", registers=registers) is None, "of what nobody counted nothing is known"
    assert value("responsibility.before.days", figures={BEFORE: {"days": 7}}) == 7


def test_the_counts_of_series_are_a_mapping():
    counts = Counts({"btg/BC": 3})
    assert (list(counts), len(counts), counts["btg/BC"], counts["x/y"]) == (["btg/BC"], 1, 3, 0)

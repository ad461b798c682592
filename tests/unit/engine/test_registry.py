"""The registers of a body: a fold over entries; who may enter what; numbers reserved; series closed."""

import json
import re
from datetime import date

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine import registry
from workflow.engine.numbering import document_series
from workflow.engine.registry import broken, fold, register
from workflow.errors import NotFound, Refused
from workflow.language.process import DocumentType, Series
from workflow.model import SeriesKey
from workflow.model.registers import CloseSeries, EnterPaper, FollowUp, Receive, RegistryAct, Reserve

TEXT = "starts: {open: {by: anyone, to: a}}\nstates: {a: {actions: {end: {by: anyone, to: done}}}, done: {final: done}}\n"
SERIES = SeriesKey(body="office", type="BC", period="term:2025-2030")
YEARLY = SeriesKey(body="office", type="CV", period="2025")


class Shelf:
    """The registers of one body in memory."""

    def __init__(self, organisation: str = ORGANISATION) -> None:
        self.book = Book(TEXT, organisation_text=organisation)
        self.entries = []
        self.warned = []

    def act(self, act: RegistryAct, first: int = 1):
        made = register(act, self.entries, self.book.facts(), first)
        self.entries.append(made.entry)
        self.warned = [reason.message() for reason in made.warnings]
        return made

    @property
    def state(self):
        return fold(self.entries)


def receive(**more) -> Receive:
    given = {"body": "office", "actor": "clerk", "request_id": "r", "author": "UBND xã", "symbol": "45/BC-UBND", "title": "Báo cáo quý"}
    return Receive(**{**given, "dated": date(2026, 11, 18), **more})


def said(act, *args) -> list[str]:
    with pytest.raises(Refused) as caught:
        act(*args)
    return [reason.code for reason in caught.value.reasons]


def test_an_entry_by_ones_own_login_is_written_as_ever_and_one_by_anothers_names_it():
    texts = [register(receive(**by), [], Shelf().book.facts()).entry.text for by in ({}, {"login": "may-chung"}, {"login": ""})]
    assert texts[0] == texts[2]
    assert json.loads(texts[1]) == {**json.loads(texts[0]), "login": "may-chung"}
    assert '"login"' not in texts[0]


def test_closing_names_the_login_too():
    shelf = Shelf()
    shelf.book.now = at("2026-01-05 08:00")
    shelf.act(CloseSeries(body="office", actor="clerk", request_id="r", login="may-chung", last=((YEARLY, 3),)))
    assert json.loads(shelf.entries[0].text)["login"] == "may-chung"
    assert broken(shelf.entries) is None


def test_papers_that_came_in_are_numbered_from_01_each_year():
    shelf = Shelf()
    for _ in range(2):
        shelf.act(receive())
    shelf.book.now = at("2027-01-04 08:00")
    shelf.act(receive())
    assert [(one.year, one.number) for one in shelf.state.incoming] == [(2026, 1), (2026, 2), (2027, 1)]
    assert broken(shelf.entries) is None


def test_texts_are_kept_in_one_form_and_the_handler_is_somebody_here():
    shelf = Shelf()
    shelf.act(receive(author="  UBND   xa\u0303 ", to="office"))
    (paper,) = shelf.state.incoming
    assert (paper.author, paper.to, paper.forwarded) == ("UBND xã", "office", date(2026, 11, 20))
    shelf.act(receive(to="officer"))
    with pytest.raises(NotFound):
        shelf.act(receive(to="nobody"))


def test_a_paper_that_came_before_is_warned_of_whatever_its_marks_and_case():
    shelf = Shelf()
    shelf.act(receive())
    assert shelf.warned == []
    shelf.act(receive(author="ubnd xa", symbol="45/bc-ubnd"))
    assert shelf.warned == ["45/BC-UBND of UBND xã came in before: number 01/2026, on 20/11/2026"]
    shelf.act(receive(symbol=""))
    assert shelf.warned == []


def test_what_is_missing_is_told_at_once():
    assert said(Shelf().act, receive(author=" ", title="")) == ["form", "form"]


def test_registers_are_kept_by_the_clerk_or_the_head_or_who_stands_in():
    shelf = Shelf()
    assert said(shelf.act, receive(actor="officer")) == ["registrar"]
    shelf.act(receive(actor="head"))
    with pytest.raises(NotFound):
        shelf.act(receive(body="nothing"))
    other = Shelf(ORGANISATION.replace("office: {title: Ban Tuyên giáo,", "office: {title: Ban Tuyên giáo, registrar: specialist,"))
    other.act(receive(actor="officer"))
    assert said(other.act, receive(actor="clerk")) == ["registrar"]
    nobody = Shelf(ORGANISATION.replace("council: {", "council: {registrar: clerk, head: clerk, "))
    with pytest.raises(Refused, match="kept by clerk"):
        nobody.act(receive(body="council"))


def test_a_secret_paper_is_for_its_handler_and_whoever_keeps_the_registers():
    shelf = Shelf()
    shelf.act(receive(secret=True, to="second"))
    shelf.act(receive(secret=True, to="council"))
    (person, unit), facts = shelf.state.incoming, shelf.book.facts()
    assert [registry.sees(one, "office", person, facts) for one in ("clerk", "second", "officer")] == [True, True, False]
    assert [registry.sees(one, "office", unit, facts) for one in ("chair", "officer")] == [True, False]
    assert registry.sees("officer", "office", replace(person, secret=False), facts)


def test_how_a_paper_is_handled_is_added_not_rewritten():
    shelf = Shelf()
    shelf.act(receive())
    follow = FollowUp(body="office", actor="clerk", request_id="f", number=1, year=2026)
    assert said(shelf.act, follow) == ["form"]
    shelf.act(replace(follow, to="officer", due=date(2026, 12, 1), progress="đang làm", answer="07/CV", case="001/2026-S", note="gấp"))
    (paper,) = shelf.state.incoming
    assert (paper.to, paper.due, paper.progress, paper.answer, paper.case, paper.note) == (
        "officer",
        date(2026, 12, 1),
        "đang làm",
        "07/CV",
        "001/2026-S",
        "gấp",
    )
    shelf.act(replace(follow, progress="xong"))
    assert (shelf.state.incoming[0].progress, shelf.state.incoming[0].to) == ("xong", "officer")
    with pytest.raises(NotFound):
        shelf.act(replace(follow, number=9, progress="x"))
    with pytest.raises(NotFound):
        shelf.act(replace(follow, to="nobody"))


def reserve(**more) -> Reserve:
    return Reserve(**{"body": "office", "actor": "clerk", "request_id": "r", "series": SERIES, "note": "viết tay", **more})


def test_numbers_are_reserved_and_entered_once():
    shelf = Shelf()
    made = shelf.act(reserve(count=2), 7)
    assert [(one.number, one.case) for one in made.numbers] == [(7, ""), (8, "")]
    entering = EnterPaper(body="office", actor="clerk", request_id="e", series=SERIES, number=7)
    assert said(shelf.act, entering) == ["form", "form", "form"]
    shelf.act(replace(entering, title="Báo cáo", signer="Trưởng ban", dated=date(2026, 11, 20), symbol="07-BC/BTG", copies=3))
    assert shelf.state.reserved[SERIES, 7].entered
    assert shelf.state.reserved[SERIES, 7].note == "viết tay"
    assert said(shelf.act, replace(entering, title="x", signer="y", dated=date(2026, 11, 20))) == ["entered"]
    void = replace(entering, number=8, void=True)
    assert said(shelf.act, void) == ["note"]
    shelf.act(replace(void, note="không dùng"))
    assert (shelf.state.reserved[SERIES, 8].void, shelf.state.reserved[SERIES, 8].note) == (True, "không dùng")
    with pytest.raises(NotFound):
        shelf.act(replace(entering, number=9))


def test_a_reservation_has_a_reason_and_a_measure():
    assert said(Shelf().act, reserve(count=0, note=" ")) == ["count", "note"]
    assert said(Shelf().act, reserve(count=501)) == ["count"]


def test_a_series_is_closed_when_its_period_is_over_and_gives_no_number_then():
    shelf = Shelf()
    close = CloseSeries(body="office", actor="clerk", request_id="c", last=((YEARLY, 12), (SERIES, 3)))
    assert said(shelf.act, close) == ["series-open"]
    shelf.act(replace(close, last=((YEARLY, 12),)))
    assert shelf.state.closed[YEARLY].last == 12
    assert said(shelf.act, replace(close, last=((YEARLY, 12),))) == ["series-closed"]
    assert said(shelf.act, reserve(series=YEARLY)) == ["series-closed"]
    with pytest.raises(Refused, match=f"the series {re.escape(str(YEARLY))} is closed"):
        shelf.act(reserve(series=YEARLY))
    assert not registry.over(replace(SERIES, period="term:unknown"), shelf.book.facts())
    shelf.book.now = at("2031-01-02 08:00")
    assert registry.over(SERIES, shelf.book.facts())


def test_a_body_that_ended_gives_no_number_and_its_series_close():
    ends = ORGANISATION.replace(
        "office: {title: Ban Tuyên giáo,", "office: {title: Ban Tuyên giáo, until: 2026-11-30, succeeded_by: council,"
    )
    shelf = Shelf(ends)
    assert registry.ended("office", shelf.book.facts()) == []
    shelf.book.now = at("2026-12-01 08:00")
    (reason,) = registry.ended("office", shelf.book.facts())
    assert reason.message() == "Ban Tuyên giáo ended on 30/11/2026: its series are closed (successors: Hội đồng)"
    assert said(shelf.act, receive()) == ["registrar"]  # its posts ended with it
    assert said(shelf.act, receive(actor="chair")) == ["body-ended"]
    assert said(shelf.act, reserve(actor="chair")) == ["body-ended"]
    shelf.act(CloseSeries(body="office", actor="chair", request_id="c", last=((SERIES, 3),)))
    assert shelf.state.closed[SERIES].last == 3


def test_no_number_is_given_to_a_paper_of_a_body_that_ended():
    text = """
roles: {worker: {unit: office, position: specialist}, chair: {unit: council, position: leader}}
documents: {report: {type: BC, title: A, body: r.j2, issuer: north, signer: chair}}
starts: {open: {by: worker, to: a}}
states: {a: {actions: {sign: {by: worker, issues: report}, end: {by: worker, to: done}}}, done: {final: done}}
"""
    made = Book(text, {"r.j2": "x"}, organisation_text=ORGANISATION.replace("north: {", "north: {until: 2026-11-19, "))
    made.open()
    with pytest.raises(Refused, match="its series are closed"):
        made.do("sign")


def test_secret_papers_have_a_series_of_their_own_where_the_type_says_so():
    facts = Shelf().book.facts()
    for per, word in (("type", "BC"), ("all", "all")):
        apart = DocumentType(key="BC", title="Báo cáo", series=Series(per=per, apart=True))
        assert document_series(apart, "state", "council", facts, secret=True).type == f"secret:{word}"
        assert document_series(apart, "state", "council", facts).type == word
    together = DocumentType(key="BC", title="Báo cáo")
    assert document_series(together, "state", "council", facts, secret=True).type == "BC"


def test_what_was_tampered_with_is_noticed():
    shelf = Shelf()
    for _ in range(3):
        shelf.act(receive())
    first, second, third = shelf.entries
    assert broken([first, third]) == "register entry 2 is missing"
    assert (
        broken([first, replace(second, text=second.text.replace("quý", "năm")), third]) == "register entry 2 does not fit the one before it"
    )
    assert broken([first, replace(second, actor="head"), third]) == "register entry 2 was moved or its columns were changed"


def test_no_entry_is_earlier_than_the_one_before():
    shelf = Shelf()
    shelf.act(receive())
    shelf.book.now = at("2026-11-19 08:00")
    shelf.act(receive())
    assert shelf.entries[1].at == shelf.entries[0].at


def test_an_act_of_no_known_kind_is_a_fault():
    with pytest.raises(TypeError):
        Shelf().act(RegistryAct(body="office", actor="clerk", request_id="r"))

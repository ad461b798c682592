"""Series and periods, and how numbers are written (domain.md 2; Decree 30/2020 art. 15)."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine.numbering import NoSeries, document_series, symbol
from workflow.errors import Refused
from workflow.language.process import DocumentType, Series
from workflow.model import SeriesKey

SAMPLE = """
fields: {unit: {type: unit, title: Đơn vị, default: office}}
starts: {open: {by: anyone, form: unit, to: a}}
states: {a: {actions: {end: {by: anyone, to: done}}}, done: {final: done}}
"""
HEAD = 'process: sample\nunit: fields.unit\nnumber: "NUMBER"\n'


def book(number: str, **more: object) -> Book:
    return Book(HEAD.replace("NUMBER", number) + SAMPLE, **more)


def test_cases_are_numbered_by_the_year_of_the_body_that_keeps_them():
    one = book("{n:03}/{year}-VV")
    assert [one.open().case.number, one.open().case.number] == ["001/2026-VV", "002/2026-VV"]
    assert one.open(unit="council").case.number == "001/2026-VV"
    one.now = at("2027-01-01 00:00")
    assert one.open().case.number == "001/2027-VV"
    assert list(one.numbers) == [
        SeriesKey(body="office", type="case:sample", period="2026"),
        SeriesKey(body="council", type="case:sample", period="2026"),
        SeriesKey(body="office", type="case:sample", period="2027"),
    ]


def test_the_year_is_the_offices_not_greenwichs():
    one = book("{n}/{year}", now=at("2027-01-01 00:30"))  # still 2026 in UTC
    assert one.open().case.number == "1/2027"


def test_cases_may_be_numbered_by_the_term_which_is_written_by_its_name():
    one = book("{n:02}/{term}")
    assert one.open().case.number == "01/2025-2030"
    assert list(one.numbers) == [SeriesKey(body="office", type="case:sample", period="term:2025-2030")]


def test_without_a_term_nothing_is_numbered_by_it():
    one = book("{n:02}/{term}")
    with pytest.raises(Refused, match=r"Hội đồng has no committee term on 20/11/2026; add it to 'terms:' in organisation.yaml"):
        one.open(unit="council")


def kind(per: str = "type", key: str = "BC", **period: str) -> DocumentType:
    return DocumentType(key=key, title="Báo cáo", series=Series(per=per, period=period))


@pytest.mark.parametrize(
    ("of", "frame", "body", "expected"),
    [
        (kind(), "state", "council", "council/BC/2026"),
        (kind(), "party", "office", "office/BC/term:2025-2030"),
        (kind(per="all"), "state", "council", "council/all/2026"),
        (kind(per="all"), "party", "office", "office/all/term:2025-2030"),
        (kind(party="year"), "party", "office", "office/BC/2026"),
        (kind(state="term"), "state", "office", "office/BC/term:2025-2030"),
    ],
)
def test_papers_are_numbered_by_year_or_by_type_and_term(of, frame, body, expected):
    assert str(document_series(of, frame, body, book("{n}/{year}").facts())) == expected


def test_a_paper_of_a_body_without_a_term_has_no_series():
    with pytest.raises(NoSeries) as fault:
        document_series(kind(), "party", "council", book("{n}/{year}", organisation_text=ORGANISATION).facts())
    assert (fault.value.reason.code, fault.value.reason.facts["body"], fault.value.reason.facts["day"]) == (
        "no-term",
        "Hội đồng",
        "20/11/2026",
    )


LETTER = DocumentType(key="CV", title="Công văn", symbol=False)


@pytest.mark.parametrize(
    ("of", "frame", "bodies", "number", "expected"),
    [
        (kind(), "state", ["HĐND"], 5, "05/BC-HĐND"),
        (kind(), "state", ["HĐND"], 12, "12/BC-HĐND"),
        (kind(), "state", ["HĐND"], 112, "112/BC-HĐND"),
        (LETTER, "state", ["HĐND", "VP"], 12, "12/HĐND-VP"),
        (LETTER, "party", ["BTGHU"], 12, "12-CV/BTGHU"),
        (kind(), "party", ["BTGHU", "HĐND"], 1, "01-BC/BTGHU-HĐND"),
        (kind(), "state", ["HĐND"], None, "     /BC-HĐND"),
    ],
)
def test_a_number_is_written_as_its_frame_wants_it(of, frame, bodies, number, expected):
    assert symbol(of, frame, bodies, number) == expected


def test_the_abbreviation_in_a_number_may_be_another_than_the_type_s_key():
    regulation = DocumentType(key="QyĐ", title="Quy định", printed={"party": "QĐ"})
    assert symbol(regulation, "party", ["BTGHU"], 5) == "05-QĐ/BTGHU"
    assert symbol(regulation, "state", ["UBND"], 5) == "05/QyĐ-UBND"

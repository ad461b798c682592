"""Series, periods and how numbers are written."""

from datetime import date

from workflow.engine.facts import Facts
from workflow.errors import Reason
from workflow.language.process import DocumentType, Process
from workflow.model import SeriesKey

YEAR, TERM = "year", "term"
APART = "secret:"
"""What the type of a series of secret papers begins with."""


class NoSeries(Exception):
    """No series fits: `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message())
        self.reason = reason


def case_series(process: Process, unit: str, facts: Facts) -> SeriesKey:
    """The series of a process's cases: of the body that keeps them; a year, or a term where the number says so."""
    period = f"term:{_term(unit, facts)}" if "{term}" in process.number else str(facts.today.year)
    return SeriesKey(body=unit, type=f"case:{process.key}", period=period)


def case_number(process: Process, unit: str, number: int, facts: Facts) -> str:
    """The number of a new case as written, e.g. `010/2026-VV`."""
    term = _term(unit, facts) if "{term}" in process.number else ""
    return process.number.format(n=number, year=facts.today.year, term=term)


def document_series(kind: DocumentType, frame: str, body: str, facts: Facts, *, secret: bool = False) -> SeriesKey:
    """The series of an issued paper; those of secret cases have one of their own where the type says `secret_apart`. State bodies
    number by the calendar year, Party bodies by type and committee term (Decree 30/2020 art. 15; Guideline 36-HD/VPTW), unless the
    document type says otherwise.
    """
    regime = kind.series.period.get(frame) or (TERM if frame == "party" else YEAR)
    period = f"term:{_term(body, facts)}" if regime == TERM else str(facts.today.year)
    word = "all" if kind.series.per == "all" else kind.key
    return SeriesKey(body=body, type=f"{APART}{word}" if secret and kind.series.apart else word, period=period)


def _term(body: str, facts: Facts) -> str:
    name = facts.organisation.term(body, facts.today)
    if name is None:
        raise NoSeries(
            Reason(
                code="no-term",
                template="{body} has no committee term on {day}; add it to 'terms:' in organisation.yaml",
                facts={"body": facts.unit_title(body), "day": _day(facts.today)},
            )
        )
    return name


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def symbol(kind: DocumentType, frame: str, bodies: list[str], number: int | None) -> str:
    """The number as printed, padded below 10: `05/BC-HĐND`, a letter `12/HĐND`; Party: `12-CV/BTGHU`.

    Without a number (a draft) its place is left blank. Of a joint paper the lead body comes first.
    """
    shown = "     " if number is None else f"{number:02}"
    body, word = "-".join(bodies), kind.printed.get(frame, kind.key)
    if frame == "party":
        return f"{shown}-{word}/{body}"
    return f"{shown}/{word}-{body}" if kind.symbol else f"{shown}/{body}"

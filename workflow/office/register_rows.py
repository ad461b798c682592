"""The lines of the registers, from the papers, the numbers and the register entries that they stand for."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from workflow.documents.registers.forms import Row
from workflow.engine.facts import Facts
from workflow.engine.registry import Incoming, Registers, Reserved
from workflow.model import Document, DocumentStatus, NumberRow, SeriesKey
from workflow.office.words import gone
from workflow.phrases import phrase
from workflow.vietnamese import short_date

LETTER = "Công văn"
_PAGES = re.compile(rb"/Type\s*/Page\b(?!s)")

Dated = tuple[tuple[date, str, int], Row]
"""A line with what it is put in order by: its day, its series' type, its number."""


def pages_of(content: bytes) -> int:
    """How many pages a .pdf has; 0 for what is none, or keeps that hidden."""
    return len(_PAGES.findall(content)) if content.startswith(b"%PDF") else 0


def day_of(document: Document, facts: Facts) -> date:
    """The day that an issued paper bears."""
    said = document.facts.get("document", {}).get("date")
    return date.fromisoformat(said) if said else document.at.astimezone(facts.zone).date()


def title_of(document: Document) -> str:
    """Type and title as registers name a paper."""
    kind = document.facts.get("document", {}).get("type_title") or LETTER
    return f"{kind} {document.title}".strip()


def became(document: Document, language: str) -> str:
    """What became of it, for the last column."""
    said = []
    for event in document.events:
        if event.what != "attached":
            words = phrase(BECAME[event.what], language, other=event.symbol)
            said.append(f"{words}: {event.note}" if event.note else words)
    return "; ".join(said)


BECAME = {
    "void": "void",
    "recalled": "recalled",
    "replaced": "replaced by {other}",
    "corrected": "corrected by {other}",
}


# ---- papers that went out --------------------------------------------------------------------------------------------


def outgoing(rows: Iterable[NumberRow], state: Registers, facts: Facts) -> list[Dated]:
    """The lines of a body's papers that went out, and of numbers reserved for others."""
    found: list[Dated] = []
    for row in rows:
        order = row.series.type, row.number
        if row.document is not None:
            found.append(((day_of(row.document, facts), *order), _issued(row.document, row.case, facts)))
        elif held := state.reserved.get((row.series, row.number)):
            day = held.dated or held.at.astimezone(facts.zone).date()
            found.append(((day, *order), _reserved(held, facts)))
    return found


def _issued(document: Document, case: str, facts: Facts) -> Row:
    archive = str(document.facts.get("document", {}).get("archive") or "")
    signers = ", ".join(facts.person_title(one.person) for one in document.signatures)
    copies = len(document.recipients) + bool(archive)
    note = "; ".join(filter(None, (became(document, facts.language), phrase("case {case}", facts.language, case=case))))
    day = short_date(day_of(document, facts))
    title = gone(document, facts.language) or title_of(document)
    return (document.symbol, day, title, signers, "; ".join(document.recipients), archive, str(copies or ""), "", "", note)


def _reserved(held: Reserved, facts: Facts) -> Row:
    if held.entered:
        day = short_date(held.dated) if held.dated else ""
        copies = str(held.copies or "")
        return (held.symbol or f"{held.number:02}", day, held.title, held.signer, held.recipients, held.archive, copies, "", "", held.note)
    word = phrase("void" if held.void else "number reserved", facts.language)
    return (f"{held.number:02}", "", "", "", "", "", "", "", "", f"{word}: {held.note}")


# ---- papers that came in ---------------------------------------------------------------------------------------------


def incoming(papers: Iterable[Incoming], facts: Facts) -> list[Dated]:
    """The lines of the register of papers that came in."""
    return [((one.arrived.astimezone(facts.zone).date(), "", one.number), _incoming(one, facts)) for one in papers]


def _incoming(one: Incoming, facts: Facts) -> Row:
    arrived = short_date(one.arrived.astimezone(facts.zone).date())
    forwarded = short_date(one.forwarded) if one.forwarded else ""
    note = "; ".join(filter(None, (one.note, phrase("case {case}", facts.language, case=one.case) if one.case else "")))
    dated = short_date(one.dated) if one.dated else ""
    return (arrived, f"{one.number:02}", one.author, one.symbol, dated, one.title, handler(one.to, facts), forwarded, "", note)


def handler(to: str, facts: Facts) -> str:
    """The unit or person that a paper was given to."""
    return facts.unit_title(to) if to in facts.organisation.units else facts.person_title(to) if to else ""


def follow_up(papers: Iterable[tuple[Incoming, str]], facts: Facts) -> list[Dated]:
    """The lines of the follow-up; each paper with how its case stands, if it has one that may be seen."""
    return [((one.arrived.astimezone(facts.zone).date(), "", one.number), _followed(one, stands, facts)) for one, stands in papers]


def _followed(one: Incoming, stands: str, facts: Facts) -> Row:
    paper = ", ".join(filter(None, (one.title, one.symbol, short_date(one.dated) if one.dated else "", one.author)))
    due = short_date(one.due) if one.due else ""
    return (f"{one.number:02}", paper, handler(one.to, facts), due, one.progress or stands, one.answer, one.note)


# ---- a case's papers -------------------------------------------------------------------------------------------------


def contents(papers: Sequence[tuple[Document, int]], came: Sequence[tuple[Incoming, int]], facts: Facts) -> list[Row]:
    """The table of contents of a case file: its numbered papers and those that came in for it, by day, with their pages."""
    lines: list[tuple[date, tuple[str, ...], int]] = []
    for document, pages in papers:
        day = day_of(document, facts)
        author = " - ".join(str(one["title"]) for one in document.facts.get("document", {}).get("issuers", ()))
        lines.append((day, (document.symbol, short_date(day), title_of(document), author, became(document, facts.language)), pages))
    for one, pages in came:
        day = one.dated or one.arrived.astimezone(facts.zone).date()
        lines.append((day, (one.symbol, short_date(day), one.title, one.author, one.note), pages))
    rows: list[Row] = []
    at = 1
    for order, (_, (symbol, said, title, author, note), pages) in enumerate(sorted(lines, key=lambda one: one[0]), 1):
        span = "" if not pages else str(at) if pages == 1 else f"{at}-{at + pages - 1}"
        at += pages
        rows.append((str(order), symbol, said, title, author, span, note))
    return rows


def in_force(document: Document) -> bool:
    """Whether a paper was issued, whatever became of it."""
    return document.status is not DocumentStatus.DRAFT and document.number is not None


def series_of(text: str) -> SeriesKey | None:
    """A series as it is written: `btg/BC/2026`, `btg/BC/term:2025-2030`; None for what is no series."""
    parts = text.split("/", 2)
    return SeriesKey(body=parts[0], type=parts[1], period=parts[2]) if len(parts) == len(("body", "type", "period")) else None

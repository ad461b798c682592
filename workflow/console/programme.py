"""The programme on one page: what the office owes in a year, how each obligation stands, and the cases behind it."""

from collections.abc import Iterable
from pathlib import Path

import click

from workflow.answers.programme import ObligationShown, ProgrammeShown
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.filing import OR_FORCE, write_whole

_TINT = {"late": "bad", "met": "good", "under way": "warn"}


@click.command(cls=Verb)
@click.option("--year", cls=Option, type=click.IntRange(1, 9999), metavar="YEAR", default=None, help="The year; without it, this one.")
@click.option("--docx", cls=Option, type=click.Path(), metavar="FILE", default="", help="Write the page as .docx too.")
@click.option("--html", cls=Option, type=click.Path(), metavar="FILE", default="", help="Write the page as .html too.")
@click.option("--force", cls=Option, is_flag=True, help="Write over files that are there.")
@pass_session
def programme(session: Session, year: int | None, docx: str, html: str, *, force: bool) -> None:
    """Every obligation of the programme in a year: fulfilled, under way, late or not begun, and the cases that I may see."""
    found = session.office.programme(actor=session.actor, year=year)
    wanted = [(kind, file) for kind, file in (("docx", docx), ("html", html)) if file]
    for kind, file in wanted:
        write_whole(Path(file), session.office.programme_page(found, kind), over=force, folders=True, taken=OR_FORCE)
    session.tell(found, lambda look: [safe(file) for _, file in wanted] or _lines(found, look))


def _lines(found: ProgrammeShown, look: Look) -> Iterable[str]:
    from workflow.reports.programme import HEADS, counted, heading

    yield safe(found.title)
    yield look.paint(safe(heading(found, look.language)), "bold")
    if not found.obligations:
        yield look.say("The programme asks for nothing in that year.")
        return
    yield safe(counted(found.standings, look.language))
    rows = [_row(one, look) for one in found.obligations]
    tint = [_TINT.get(one.standing, "") for one in found.obligations]
    yield from table([look.say(one) for one in HEADS], rows, look, tint=tint)


def _row(one: ObligationShown, look: Look) -> tuple[str, ...]:
    from workflow.reports.programme import by_when, case_words, said

    cases = "; ".join(case_words(case, look.language, open_to_all=False) for case in one.cases)
    return one.article, one.title, by_when(one, look.language), said(one.standing, look.language), cases

"""Reports: whose days the cases' were, what falls due."""

from collections.abc import Iterator, Sequence
from datetime import date

import click

from workflow.answers import CaseResponsibility, Forecast, Responsibility, ResponsibilityShare
from workflow.console.case import INDENT
from workflow.console.given import day, write
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, one_line
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.errors import WrongValue
from workflow.reports import plot

WHY = {"act": "its act", "reply": "its opinion", "keeper": "keeps the case"}


@click.group(cls=Nest)
def report() -> None:
    """Reports on the cases that you may see."""


@report.command()
@click.argument("case", required=False, default="")
@click.option("--year", cls=Option, type=click.IntRange(1900, 2500), help="All days of this year.")
@click.option("--since", cls=Option, metavar="DATE", default="", help="From this day on (else from 1 January).")
@click.option("--until", cls=Option, metavar="DATE", default="", help="Up to this day (else today).")
@pass_session
def responsibility(session: Session, case: str, year: int | None, since: str, until: str) -> None:
    """Whose working days the cases' were: each day on exactly one unit, of one CASE day by day."""
    if case:
        one = session.office.responsibility(case, actor=session.actor)
        session.tell(one, lambda look: _case(one, look))
        return
    if year and (since or until):
        raise WrongValue(field="--year", value=year, expected="alone, or --since and --until")
    first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (day(since) if since else None, day(until) if until else None)
    found = session.office.responsibilities(actor=session.actor, since=first, until=last)
    session.tell(found, lambda look: _period(found, look))


@report.command()
@click.option("--weeks", cls=Option, type=click.IntRange(1, 53), default=4, show_default=True, help="How many weeks ahead.")
@click.option("--svg", cls=Option, metavar="FILE", default="", help="Draw it into this file, as a picture.")
@click.option("--html", cls=Option, metavar="FILE", default="", help="Write picture and table into this file, as a page.")
@pass_session
def forecast(session: Session, weeks: int, svg: str, html: str) -> None:
    """What falls due on each day of the weeks to come, per unit."""
    found = session.office.forecast(actor=session.actor, weeks=weeks)
    for name, drawn in ((svg, plot.svg), (html, plot.html)):
        if name:
            write(name, drawn(found, session.language).encode())
    session.tell(found, lambda look: _forecast(found, look))


def _forecast(found: Forecast, look: Look) -> list[str]:
    if not found.units:
        return [look.say("Nothing falls due.")]
    heads = [look.say("Day"), "", *(unit.title for unit in found.units), look.say("Together")]
    past = (look.say("past already"), "", *(unit.overdue or "" for unit in found.units), sum(unit.overdue for unit in found.units))
    rows = [(one.day.strftime("%d/%m/%Y"), one.why, *(count or "" for count in one.counts), one.total or "") for one in found.days]
    return table(heads, [past, *rows], look, tint=["bad" if past[-1] else "", *("" if one.works else "dim" for one in found.days)])


def _case(one: CaseResponsibility, look: Look) -> Iterator[str]:
    yield look.paint(f"{one_line(one.case)}  {one_line(one.title)}", "bold")
    yield from table(_heads(("Unit", "Working days", "Late"), look), _rows(one.shares, one.days, look, cases=None), look, indent=INDENT)
    rows = [
        (line.day.strftime("%d/%m/%Y"), line.unit_title, look.say(WHY[line.why]), line.state_title, look.say("late") if line.late else "")
        for line in one.lines
    ]
    if rows:
        yield from table(_heads(("Day", "Unit", "For", "State", "Late"), look), rows, look, indent=INDENT)


def _period(found: Responsibility, look: Look) -> Iterator[str]:
    yield look.say("{first} to {last}", first=found.since.strftime("%d/%m/%Y"), last=found.until.strftime("%d/%m/%Y"))
    rows = _rows(found.shares, found.days, look, cases=found.cases)
    yield from table(_heads(("Unit", "Cases", "Working days", "Late"), look), rows, look, indent=INDENT)


def _rows(shares: Sequence[ResponsibilityShare], days: int, look: Look, *, cases: int | None) -> list[tuple[object, ...]]:
    late = sum(one.late for one in shares)
    if cases is None:
        return [*((one.unit_title, one.days, one.late) for one in shares), (look.say("Together"), days, late)]
    return [*((one.unit_title, one.cases, one.days, one.late) for one in shares), (look.say("Together"), cases, days, late)]


def _heads(words: Sequence[str], look: Look) -> list[str]:
    return [look.say(word) for word in words]

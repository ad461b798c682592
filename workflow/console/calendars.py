"""Working days: add them, count them, look at a month."""

from collections.abc import Sequence
from datetime import date, timedelta

import click

from workflow.answers import CalendarDay
from workflow.calendar.days import FIRST_YEAR, LAST_YEAR
from workflow.console.given import day
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look
from workflow.console.moved import applied_lines
from workflow.console.running import tell_findings
from workflow.console.session import Session, login, pass_session
from workflow.console.table import table
from workflow.console.year import year_lines
from workflow.errors import WrongValue


@click.group(cls=Nest)
def calendar() -> None:
    """The office's calendar: add and count working days, show a month."""


@calendar.command()
@click.argument("start", metavar="DATE")
@click.argument("amount", metavar="AMOUNT")
@pass_session
def add(session: Session, start: str, amount: str) -> None:
    """The day that is AMOUNT after DATE, as 'hoso calendar add 2026-11-20 "5 working days"'."""
    found = session.office.calendar_add(day(start), amount)
    session.tell({"date": found}, lambda _: [found.strftime("%d/%m/%Y")])


@calendar.command()
@click.argument("first", metavar="DATE")
@click.argument("last", metavar="DATE")
@pass_session
def count(session: Session, first: str, last: str) -> None:
    """Working days after the first date, up to and including the second."""
    found = session.office.calendar_count(day(first), day(last))
    session.tell({"working_days": found}, lambda look: [look.say("{count} working days", count=found)])


@calendar.command()
@click.argument("month", metavar="[MONTH|YEAR]", required=False, default="")
@pass_session
def show(session: Session, month: str) -> None:
    """The days of a month (2026-11; this one if none is named), their hours, why a day is off; or a YEAR at a glance."""
    if month.isdecimal():
        year = year_of(month)
        found = session.office.calendar_days(date(year, 1, 1), date(year, 12, 31))
        session.tell(found, lambda look: year_lines(found, look))
        return
    today = session.office.clock.now().astimezone(session.look.zone).date()
    first = first_of(month) if month else today.replace(day=1)
    found = session.office.calendar_days(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    session.tell(found, lambda look: _days(found, look))


@calendar.command()
@click.option("--until", cls=Option, type=int, metavar="YEAR", default=0, help="As far as this year (the next).")
@click.option("--country", cls=Option, metavar="CODE", default="", help="The country whose public list is looked at (VN).")
@click.pass_context
def check(ctx: click.Context, until: int, country: str) -> None:
    """What the calendar in the definitions folder lacks, and where it differs from a public list of holidays."""
    session = ctx.ensure_object(Session)
    tell_findings(ctx, session, session.office.check_calendar(until=until, country=country))


@calendar.command()
@click.option("--why", cls=Option, metavar="TEXT", default="", help="By which decision, for the record.")
@click.option("--dry-run", cls=Option, is_flag=True, help="Show which deadlines would move; nothing is written.")
@pass_session
def apply(session: Session, why: str, *, dry_run: bool) -> None:
    """Bring an amended calendar into use: open deadlines move with their reminders; what was met or missed stays."""
    done = session.office.apply_calendar(by=login(), why=why, actor=session.somebody, dry_run=dry_run)
    session.tell(done, lambda look: applied_lines(done, look))


def _days(found: Sequence[CalendarDay], look: Look) -> list[str]:
    heads = [look.say(word) for word in ("Day", "", "Working hours", "Day off", "By decision")]
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    rows = [(one.day.strftime("%d/%m/%Y"), look.say(names[one.day.weekday()]), ", ".join(one.hours), one.why, one.by) for one in found]
    return table(heads, rows, look, tint=["" if one.hours else "dim" for one in found])


def year_of(text: str) -> int:
    """A year that calendars reach. Raises WrongValue."""
    if not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise WrongValue(field="YEAR", value=text, expected="a year from 1900 to 2500")
    return int(text)


def first_of(month: str) -> date:
    """The first day of a month as people write it: 2026-11 or 11/2026. Raises WrongValue."""
    try:
        year, number = month.split("-") if "-" in month else reversed(month.split("/"))
        return date(int(year), int(number), 1)
    except ValueError:
        raise WrongValue(field="MONTH", value=month, expected="a month such as 2026-11 or 11/2026") from None

"""Working days: add them, count them, look at a month."""

from datetime import date

import click

from workflow.console.lazy import Nest
from workflow.console.session import Session, pass_session
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


def day(text: str) -> date:
    """A date as people write it: 2026-11-20 or 20/11/2026. Raises WrongValue."""
    try:
        if "/" in text:
            number, month, year = text.split("/")
            return date(int(year), int(month), int(number))
        return date.fromisoformat(text)
    except ValueError:
        raise WrongValue(field="DATE", value=text, expected="a date such as 2026-12-31 or 31/12/2026") from None

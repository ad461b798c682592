"""Deadlines of a case: which there are, and why each is when it is."""

import click

from workflow.answers import DeadlineExplained
from workflow.console.case import INDENT, basis_text, deadline_rows
from workflow.console.lazy import Nest
from workflow.console.look import Look, one_line
from workflow.console.session import Session, pass_session
from workflow.console.table import table

COUNTS = {"counted": "counted", "day off": "day off", "stopped": "stopped", "not counted": "not counted"}


@click.group(cls=Nest)
def deadline() -> None:
    """A case's deadlines: list them, explain each day by day."""


@deadline.command("list")
@click.argument("case")
@pass_session
def list_deadlines(session: Session, case: str) -> None:
    """The deadlines of a case, settled ones too."""
    found = session.office.show(case, actor=session.actor).deadlines
    session.tell(found, lambda look: deadline_rows(found, look) if found else [look.say("This case has no deadlines.")])


@deadline.command()
@click.argument("case")
@pass_session
def explain(session: Session, case: str) -> None:
    """Why each deadline of a case is when it is: the rule, then every day and how it counts."""
    found = session.office.explain(case, actor=session.actor)
    session.tell(found, lambda look: _all(found, look))


def _all(found: list[DeadlineExplained], look: Look) -> list[str]:
    if not found:
        return [look.say("This case has no deadlines.")]
    return [line for one in found for line in (*_explained(one, look), "")][:-1]


def _explained(one: DeadlineExplained, look: Look) -> list[str]:
    shown = one.deadline
    facts = [
        (look.say("Rule"), one.rule),
        (look.say("Basis"), basis_text(shown.basis, look)),
        (look.say("Counted from"), _from(one, look)),
        (look.say("Due"), look.due(shown.due)),
        (look.say("Calendar"), one.calendar),
    ]
    heads = [look.say(word) for word in ("Day", "Counts", "Why", "Total")]
    days = [(_day(line.day), look.say(COUNTS.get(line.counts, line.counts)), line.why, line.total) for line in one.lines]
    heading = look.paint(one_line(shown.on), "bold")
    return [heading, *table(["", ""], [fact for fact in facts if fact[1]], look, indent=INDENT), *table(heads, days, look, indent=INDENT)]


def _from(one: DeadlineExplained, look: Look) -> str:
    """Where the count begins: a day for periods of days (whose own day is not counted), a moment for hours; nowhere for
    a rule that names the day itself (its first day's total is 0, one of hours is 0:00).
    """
    if one.lines and one.lines[0].total == "0":
        return _day(one.lines[0].day) if one.lines[0].counts == "not counted" else ""
    return look.time(one.start)


def _day(day: str) -> str:
    """An ISO day as dd/mm/yyyy; anything else as it is."""
    year, _, rest = day.partition("-")
    month, _, number = rest.partition("-")
    return f"{number}/{month}/{year}" if number and year.isdecimal() else day

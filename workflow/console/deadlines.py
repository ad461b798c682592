"""Deadlines of a case: which there are, and why each is when it is."""

from collections.abc import Iterator, Sequence

import click

from workflow.answers import DeadlineExplained
from workflow.console.case import INDENT, STATUSES, basis_text, deadline_rows
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, one_line
from workflow.console.markdown import markdown_table, plain_text
from workflow.console.session import Session, pass_session
from workflow.console.table import table

COUNTS = {"counted": "counted", "extended": "extended", "day off": "day off", "stopped": "stopped", "not counted": "not counted"}


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
@click.option("--all", "settled", cls=Option, is_flag=True, help="Settled deadlines too, each by the calendar of its time.")
@click.option("--markdown", cls=Option, is_flag=True, help="As tables in Markdown, for a file.")
@pass_session
def explain(session: Session, case: str, *, settled: bool, markdown: bool) -> None:
    """Why each deadline of a case is when it is: the rule, what happened to it, then every day and how it counts."""
    found = session.office.explain(case, actor=session.actor, settled=settled)
    session.tell(found, lambda look: _all(found, look, markdown=markdown))


def _all(found: list[DeadlineExplained], look: Look, *, markdown: bool) -> list[str]:
    if not found:
        return [look.say("This case has no deadlines.")]
    lines = [line for one in found for line in (*(_markdown(one, look) if markdown else _explained(one, look)), "")][:-1]
    return [f"# {plain_text(found[0].case)}", "", *lines] if markdown else lines


def _explained(one: DeadlineExplained, look: Look) -> Iterator[str]:
    yield look.paint(one_line(one.deadline.on), "bold")
    yield from table(["", ""], _facts(one, look), look, indent=INDENT)
    if len(one.course) > 1:
        yield from table(_heads(_COURSE, look), _course(one, look), look, indent=INDENT)
    yield from table(_heads(_DAYS, look), _days(one, look), look, indent=INDENT)


def _markdown(one: DeadlineExplained, look: Look) -> Iterator[str]:
    yield f"## {plain_text(one.deadline.on)}"
    yield ""
    yield from (f"- {name}: {plain_text(text)}" for name, text in _facts(one, look))
    yield ""
    yield from markdown_table(_heads(_COURSE, look), _course(one, look))
    yield ""
    yield from markdown_table(_heads(_DAYS, look), _days(one, look))


_COURSE = ("No", "When", "Who", "What", "Due", "Note")
_DAYS = ("Day", "Counts", "Why", "Total")


def _heads(words: Sequence[str], look: Look) -> list[str]:
    return [look.say(word) for word in words]


def _facts(one: DeadlineExplained, look: Look) -> list[tuple[str, str]]:
    shown = one.deadline
    facts = [
        ("Rule", one.rule),
        ("Share", one.share),
        ("Applies", one.chosen if one.chosen != one.rule else ""),
        ("Basis", basis_text(shown.basis, look)),
        ("Counted from", _from(one, look)),
        ("Due", look.due(shown.due)),
        ("Status", look.say(STATUSES.get(shown.status, shown.status)) if shown.settled else ""),
        ("Calendar", _calendar(one, look)),
    ]
    return [(look.say(name), text) for name, text in facts if text]


def _calendar(one: DeadlineExplained, look: Look) -> str:
    """Which calendar counted, which version of it, since when and by which decision."""
    if one.calendar_since is None:
        return one.calendar
    since = look.say("in use since {day}", day=look.time(one.calendar_since))
    return ", ".join(filter(None, (f"{one.calendar_name} {one.calendar}", since, one.calendar_by)))


def _course(one: DeadlineExplained, look: Look) -> list[tuple[object, ...]]:
    return [
        (line.seq, look.time(line.at), line.actor_title, line.title, "" if line.before == line.after else look.due(line.after), line.note)
        for line in one.course
    ]


def _days(one: DeadlineExplained, look: Look) -> list[tuple[str, ...]]:
    return [(_day(line.day), look.say(COUNTS.get(line.counts, line.counts)), line.why, line.total) for line in one.lines]


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

"""Lists of cases: what waits for me, what there is, what is late."""

from collections.abc import Iterable, Sequence
from typing import Any

import click

from workflow.answers import CaseLine, OverdueLine
from workflow.console.given import amount, values
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table

PAGE = 50

_after = click.option("--after", cls=Option, metavar="CURSOR", default="", help="Go on after this line (the cursor of the page before).")
_limit = click.option("--limit", cls=Option, type=click.IntRange(1, 1000), default=PAGE, show_default=True, help="Lines at most.")


@click.command(cls=Verb)
@_after
@_limit
@pass_session
def inbox(session: Session, after: str, limit: int) -> None:
    """What waits for me, the most urgent first."""
    lines = session.office.inbox(actor=session.actor, after=after, limit=limit)
    session.tell(lines, lambda look: _cases(lines, look, limit, "Nothing waits for you."))


@click.command("list", cls=Verb)
@click.option("--process", cls=Option, metavar="KEY", default="", help="Of this process only.")
@click.option("--state", cls=Option, metavar="KEY", default="", help="In this state only.")
@click.option("--unit", cls=Option, metavar="KEY", default="", help="Kept by this unit only.")
@click.option("--field", "pairs", cls=Option, metavar="FIELD=VALUE", multiple=True, help="Where a field has this value (repeatable).")
@click.option("--overdue", cls=Option, is_flag=True, help="Only what is late.")
@click.option("--closed", cls=Option, is_flag=True, help="Closed cases too.")
@_after
@_limit
@pass_session
def list_cases(session: Session, /, pairs: tuple[str, ...], limit: int, **typed: Any) -> None:
    """The cases that I may see, the newest first; filters narrow them down."""
    lines = session.office.cases(actor=session.actor, fields=values(pairs, 0), limit=limit, **typed)
    session.tell(lines, lambda look: _cases(lines, look, limit, "No case fits."))


@click.command(cls=Verb)
@click.argument("words", nargs=-1, required=True)
@_limit
@pass_session
def search(session: Session, words: tuple[str, ...], limit: int) -> None:
    """Cases with these words in number, title or fields; marks may be left out ("vu viec" finds "Vụ việc")."""
    lines = session.office.search(" ".join(words), actor=session.actor, limit=limit)
    session.tell(lines, lambda look: _cases(lines, look, limit, "No case has these words."))


@click.command(cls=Verb)
@click.option("--unit", cls=Option, metavar="KEY", default="", help="Of this unit only: cases that it keeps, replies that it owes.")
@click.option("--soon", cls=Option, metavar="AMOUNT", default="", help="Also what falls due by then: 3wd, 2w, '5 working days'.")
@_limit
@pass_session
def overdue(session: Session, unit: str, soon: str, limit: int) -> None:
    """Deadlines that are past (or fall due soon), the latest first, and who is awaited."""
    lines = session.office.overdue(actor=session.actor, unit=unit, soon=amount(soon) if soon else "", limit=limit)
    session.tell(lines, lambda look: _overdue(lines, look, limit))


def _cases(lines: Sequence[CaseLine], look: Look, limit: int, none: str) -> Iterable[str]:
    if not lines:
        return [look.say(none)]
    headings = ["Case", "Title", "State", "Due", "Waits for you to"]
    rows = [(line.number, line.title, line.state_title, due(line, look), ", ".join(line.waits_for)) for line in lines]
    found = table([look.say(heading) for heading in headings], rows, look, tint=["bad" if line.overdue else "" for line in lines])
    if len(lines) == limit and lines[-1].cursor:
        found.append(look.say("There may be more: --after {cursor}", cursor=safe(lines[-1].cursor)))
    return found


def due(line: CaseLine, look: Look) -> str:
    """Until when, and whether that is past."""
    if line.due is None:
        return ""
    return look.say("{due}, LATE", due=look.due(line.due)) if line.overdue else look.due(line.due)


def _overdue(lines: Sequence[OverdueLine], look: Look, limit: int) -> Iterable[str]:
    if not lines:
        return [look.say("Nothing is late.")]
    soon = any(not line.overdue for line in lines)
    headings = ["Case", "Title", "What is due" if soon else "What is late", "Due" if soon else "Was due"]
    headings += ["Working days" if soon else "Working days late", "Awaited"]
    rows = [(line.case, line.title, line.on, look.due(line.due), _days(line, look, soon=soon), ", ".join(line.awaited)) for line in lines]
    tint = ["bad" if soon and line.overdue else "" for line in lines]
    found = table([look.say(heading) for heading in headings], rows, look, tint=tint)
    return [*found, look.say("There may be more: --limit {most}", most=10 * limit)] if len(lines) == limit else found


def _days(line: OverdueLine, look: Look, *, soon: bool) -> object:
    if not soon:
        return line.late_days
    return look.say("{days} late", days=line.late_days) if line.overdue else look.say("{days} left", days=line.days_left)

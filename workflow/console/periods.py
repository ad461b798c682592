"""Cases that the clock opens: what is opened when; pausing and going on."""

import click

from workflow.answers import PeriodShown
from workflow.console.given import day
from workflow.console.lazy import Listing, Option
from workflow.console.look import Look
from workflow.console.session import Session, login, pass_session
from workflow.console.table import table

STATES = {"opened": "opened", "coming": "coming", "missed": "not opened", "paused": "paused"}


@click.group(cls=Listing)
@click.option("--until", cls=Option, metavar="DATE", default="", help="Up to this day (a year ahead, if none is named).")
@click.pass_context
def periodic(ctx: click.Context, until: str) -> None:
    """The periods for which the clock opens cases: opened, missed, to come."""
    if ctx.invoked_subcommand is None:
        session = ctx.ensure_object(Session)
        found = session.office.periods(actor=session.actor, until=day(until) if until else None)
        session.tell(found, lambda look: _periods(found, look))


@periodic.command()
@click.argument("process")
@click.option("--why", cls=Option, metavar="TEXT", default="", help="Why, for the record.")
@pass_session
def pause(session: Session, process: str, why: str) -> None:
    """Open no case for a process's periods until they go on."""
    session.office.pause_periods(process, by=login(), why=why)
    _told(session, process, paused=True)


@periodic.command()
@click.argument("process")
@click.option("--why", cls=Option, metavar="TEXT", default="", help="Why, for the record.")
@pass_session
def resume(session: Session, process: str, why: str) -> None:
    """Open cases for the periods that begin from now on; 'hoso tick --backfill' opens those that were missed."""
    session.office.resume_periods(process, by=login(), why=why)
    _told(session, process, paused=False)


def _told(session: Session, process: str, *, paused: bool) -> None:
    template = "The periods of {process} are paused." if paused else "The periods of {process} go on."
    session.tell({"process": process, "paused": paused}, lambda look: [look.say(template, process=process)])


def _periods(found: list[PeriodShown], look: Look) -> list[str]:
    if not found:
        return [look.say("No case is opened by the clock.")]
    heads = [look.say(word) for word in ("Process", "Period", "Opens", "", "Case")]
    rows = [(one.title, one.period, look.time(one.at), look.say(STATES[one.state]), one.case or one.why) for one in found]
    return table(heads, rows, look, tint=["warn" if one.state in {"missed", "paused"} else "" for one in found])

"""Trying a changed procedure before it is used: on past cases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from workflow.answers.simulated import Simulated
from workflow.answers.trying import Backtested, CaseTested
from workflow.console.given import day, upload
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.progress import counting
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.errors import WrongValue
from workflow.filing import write_whole

MANY = 30


@click.command(cls=Verb)
@click.argument("name", metavar="PROCESS")
@click.option("--cases", cls=Option, type=click.IntRange(1, 100_000), default=1000, metavar="N", help="How many cases come.")
@click.option("--seed", cls=Option, type=int, default=1, metavar="S", help="The same seed gives the same run.")
@click.option("--with", "file", cls=Option, metavar="FILE", default="", help="Arrivals, hours, weights, fields, people: a small YAML file.")
@click.option("--more", cls=Option, metavar="UNIT", multiple=True, help="Beside it, a run with one more person in this unit (repeatable).")
@click.option(
    "--days",
    cls=Option,
    type=click.IntRange(0, 365),
    default=0,
    metavar="N",
    help="Beside it, a run with every state's deadline so many days longer.",
)
@click.option("--plot", "picture", cls=Option, metavar="FILE", default="", help="Draw it into this file, .svg or .html.")
@pass_session
def simulate(session: Session, /, name: str, file: str, picture: str, **wish: Any) -> None:
    """What a procedure would come to with many cases and the office's people: how long, how late, where cases pile up."""
    from workflow.simulate.running import Wish

    if picture and not picture.endswith((".svg", ".html")):
        raise WrongValue(field="--plot", value=picture, expected="a file that ends in .svg or .html")
    assumed = (file, upload(file, 1).content) if file else None
    done = session.office.simulate(name, Wish(**wish), assumed=assumed, actor=session.somebody, progress=counting)
    if picture:
        _draw(done, picture, session.language)
    session.tell(done, lambda look: _simulated(done, look))


def _draw(done: Simulated, file: str, language: str) -> None:
    from workflow.pictures.plot import plot
    from workflow.pictures.texts import page

    drawn = plot(done, language)
    write_whole(Path(file), (page(done.title, drawn, language) if file.endswith(".html") else drawn).encode())


def _simulated(done: Simulated, look: Look) -> list[str]:
    lines = [look.paint(f"{one_line(done.process)} – {one_line(done.title)}", "bold")]
    if done.fitted:
        lines.append(look.say("Times and ways are those of {count} past cases that you may see.", count=done.fitted))
    else:
        lines.append(look.say("Times and ways are assumed: name a file (--with), or let cases go by."))
    heads = [look.say(word) for word in ("Run", "Cases", "Finished", "Late", "Half take at most (days)", "Nine in ten (days)")]
    lines += table(heads, [(one.name, one.cases, one.finished, one.breached, one.median_days, one.p90_days) for one in done.runs], look)
    heads = [look.say(word) for word in ("State", "Visits", "Mean hours", "Nine in ten", "Breaches", "Most at once")]
    rows = [(one.title, one.visits, one.mean_hours, one.p90_hours, one.breaches, one.most_at_once) for one in done.states]
    lines += ["", *table(heads, rows, look)]
    heads = [look.say(word) for word in ("Unit", "People", "Acts", "Hours", "Busy", "Mean wait (hours)")]
    loads = [(one.title, one.people, one.acts, one.hours, f"{one.busy:.0%}", one.mean_wait_hours) for one in done.units]
    lines += ["", *table(heads, loads, look)]
    for state, count in done.stuck.items():
        lines.append(look.paint(look.say("{count} cases could not go on from '{state}'", count=count, state=state), "bad"))
    return lines


@click.command(cls=Verb)
@click.argument("name", metavar="PROCESS")
@click.option("--since", cls=Option, metavar="DATE", default="", help="Only cases that were opened from this day on.")
@pass_session
def backtest(session: Session, name: str, since: str) -> None:
    """What past cases would have come to under the procedure and the calendar in the folder; nothing is written."""
    done = session.office.backtest(name, since=day(since) if since else None, actor=session.somebody, progress=counting)
    session.tell(done, lambda look: _tested(done, look))


def _tested(done: Backtested, look: Look) -> list[str]:
    lines = [look.paint(f"{one_line(done.process)} – {one_line(done.title)}, {done.version}", "bold")]
    facts = {"cases": done.cases_tested, "breached": done.breached, "before": done.breached_before}
    if not done.cases_tested:
        return [*lines, look.say("There are no past cases of it to try it on.")]
    lines.append(look.say("Of {cases} cases that you may see {breached} would breach a deadline ({before} today).", **facts))
    if done.newly_breached or done.no_longer_breached:
        lines.append(look.say("  newly: {new}; no longer: {gone}", new=done.newly_breached, gone=done.no_longer_breached))
    lines += [
        look.paint("  " + look.say("{count} would stick in '{state}'", count=count, state=state), "warn")
        for state, count in done.stuck.items()
    ]
    if done.acts_refused:
        lines.append(
            look.paint(look.say("{count} acts of {acts} would be refused:", count=done.acts_refused, acts=done.acts_tested), "bad")
        )
        lines += [f"  {count} × {safe(reason)}" for reason, count in done.reasons.items()]
    if done.acts_left_out:
        lines.append(look.say("{count} acts on papers were left out.", count=done.acts_left_out))
    return [*lines, *_cases([one for one in done.cases if one.breached or one.stuck or one.refused], look)]


def _cases(cases: Sequence[CaseTested], look: Look) -> list[str]:
    if not cases:
        return []
    first = sorted(cases, key=lambda one: (one.breached_before or not one.breached, not one.stuck, not one.refused, one.case))
    heads = [look.say(word) for word in ("Case", "Would breach", "Today", "Would stick in", "Refused")]
    yes = look.say("late")
    rows = [
        (one.case, "; ".join(one.breached), yes if one.breached_before else "", one.stuck, "; ".join(one.refused)) for one in first[:MANY]
    ]
    more = [look.say("  … and {count} more (--json lists all)", count=len(cases) - MANY)] if len(cases) > MANY else []
    return [*table(heads, rows, look, indent="  "), *more]

"""Trying a changed procedure before it is used: on past cases."""

from collections.abc import Callable, Sequence

import click

from workflow.answers.trying import Backtested, CaseTested
from workflow.console.given import day
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table

MANY = 30


@click.command(cls=Verb)
@click.argument("name", metavar="PROCESS")
@click.option("--since", cls=Option, metavar="DATE", default="", help="Only cases that were opened from this day on.")
@pass_session
def backtest(session: Session, name: str, since: str) -> None:
    """What past cases would have come to under the procedure and the calendar in the folder; nothing is written."""
    done = session.office.backtest(name, since=day(since) if since else None, actor=session.somebody, progress=_progress)
    session.tell(done, lambda look: _tested(done, look))


def _progress(count: int) -> Callable[[], None]:
    """A line on standard error that counts, where somebody sits at a terminal."""
    import sys

    if not sys.stderr.isatty():
        return lambda: None
    done = [0]

    def each() -> None:
        done[0] += 1
        if done[0] % 50 == 0 or done[0] == count:
            click.echo(f"\r{done[0]}/{count}", err=True, nl=done[0] == count)

    return each


def _tested(done: Backtested, look: Look) -> list[str]:
    lines = [look.paint(f"{one_line(done.process)} – {one_line(done.title)}, {done.version}", "bold")]
    facts = {"cases": done.cases_tested, "breached": done.breached, "before": done.breached_before}
    lines.append(look.say("Of {cases} cases {breached} would breach a deadline ({before} today).", **facts))
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

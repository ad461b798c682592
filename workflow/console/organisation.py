"""The organisation: what it leaves empty on which day, and reorganisations."""

from collections.abc import Iterable
from pathlib import Path

import click

from workflow.answers.organisation import Reorganised
from workflow.console.given import day, values
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, safe
from workflow.console.running import tell_findings
from workflow.console.session import Session, login, pass_session
from workflow.console.table import table

KINDS = {"renamed": "renamed", "merged": "merged", "split": "split", "ended": "ended"}
SOME = 20
"""Cases that are listed; --json has them all."""


@click.group(cls=Nest)
def org() -> None:
    """The organisation: what it leaves empty, and reorganisations."""


@org.command()
@click.option("--until", cls=Option, metavar="DATE", default="", help="As far as this day (a year ahead).")
@click.pass_context
def check(ctx: click.Context, until: str) -> None:
    """Which role would have nobody, and which unit no head, on which day."""
    session = ctx.ensure_object(Session)
    tell_findings(ctx, session, session.office.check_organisation(until=day(until) if until else None))


@org.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--effective", cls=Option, metavar="DATE", required=True, help="The first day of the new units.")
@click.option("--to", "chosen", cls=Option, metavar="UNIT=SUCCESSOR", multiple=True, help="Who takes its place; end: nobody (repeatable).")
@click.option("--case", "single", cls=Option, metavar="NUMBER=SUCCESSOR", multiple=True, help="The same for one case (repeatable).")
@click.option("--why", cls=Option, metavar="TEXT", default="", help="By which decision, for the record.")
@click.option("--dry-run", cls=Option, is_flag=True, help="Show what would change hands; nothing is written.")
@pass_session
def apply(
    session: Session, file: Path, effective: str, chosen: tuple[str, ...], single: tuple[str, ...], why: str, *, dry_run: bool
) -> None:
    """Reorganise by FILE (an organisation.yaml): what ended units kept or owed goes to those that take their place.

    Called again, it goes on where it was broken off.
    """
    done = session.office.reorganise(
        file.read_bytes(),
        effective=day(effective),
        actor=session.somebody,
        by=session.somebody or login(),
        why=why,
        chosen={key: str(value) for key, value in values(chosen, 0).items()},
        single={key: str(value) for key, value in values(single, 0).items()},
        dry_run=dry_run,
    )
    session.tell(done, lambda look: _reorganised(done, look))


def _reorganised(done: Reorganised, look: Look) -> Iterable[str]:
    units = [(one.unit, one.title, look.say(KINDS[one.kind]), ", ".join(one.successors)) for one in done.units]
    yield from table([look.say(word) for word in ("Unit", "Title", "Change", "Then")], units, look)
    yield ""
    moved = [(one.case, one.title, one.before, one.after, ", ".join(one.replies)) for one in done.cases[:SOME]]
    template = "{count} open cases would change hands" if done.dry_run else "{count} open cases changed hands"
    yield look.say(template, count=len(done.cases)) + (":" if moved else "")
    yield from table([look.say(word) for word in ("Case", "Title", "Kept by", "Then", "Replies out")], moved, look) if moved else []
    for one in done.choices:
        facts = {"unit": one.unit, "successors": ", ".join(one.successors) or "–", "count": len(one.cases)}
        yield safe(look.say("To be chosen: who takes the place of {unit} ({successors}) in {count} cases: --to {unit}=…", **facts))
    for head, lines in (
        ("Delegations that are worth nothing any more:", done.delegations),
        ("Periodic cases:", done.periodic),
        ("Series that end, with their last numbers:", done.series),
        ("Certificates:", [line for one in done.certificates for line in one.splitlines()]),
        ("Not done:", done.failed),
    ):
        if lines:
            yield look.say(head)
            yield from (f"  {safe(line)}" for line in lines)

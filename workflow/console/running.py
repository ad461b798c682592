"""For those who run the office: make one, deploy, the worker, checks."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from workflow.answers import Deployed, Finding, Ticked
from workflow.console.differing import diff_lines
from workflow.console.given import day
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.moved import moved_lines
from workflow.console.session import Session, login, pass_session
from workflow.console.table import table

COLOURS = {"ok": "good", "info": "dim", "warning": "warn", "error": "bad"}
FOUND = 1
"""The exit code when verify or doctor found an error."""


@click.command(cls=Verb)
@click.argument("folder", metavar="DIR")
@click.option("--practice", cls=Option, is_flag=True, help="A practice office: its clock can be moved with 'hoso clock'.")
@click.option("--database", cls=Option, metavar="URL", default="", help="Where its cases are kept; a file in DIR, if left out.")
@pass_session
def init(session: Session, folder: str, database: str, *, practice: bool) -> None:
    """Make a new office in DIR: settings, definitions, an empty database."""
    from workflow.authoring.editors import place
    from workflow.upkeep.making import init as make

    made = make(Path(folder), practice=practice, database=database, prepare=place)
    there = Session(json=session.json, named=str(made))  # it speaks the new office's language
    url = there.settings.database_shown
    answer = {"folder": str(made), "practice": practice, "database": url}
    there.tell(answer, lambda look: _made(folder, url, look))


def _made(folder: str, url: str, look: Look) -> list[str]:
    lines = [look.say("A new office is in {folder}.", folder=safe(folder))]
    if not url.endswith("/hoso.db"):
        lines.append(look.say("Its cases are kept in {url}; office.toml names it.", url=one_line(url)))
    if "***" in url:
        lines.append(look.say("The password does not stand there: put it into ~/.pgpass (mode 600), or the whole URL into HOSO_DATABASE."))
    return [*lines, look.say("Next: cd {folder} && hoso deploy", folder=shlex.quote(safe(folder)))]


@click.command(cls=Verb)
@click.option("--why", cls=Option, metavar="TEXT", default="", help="Why, for the record.")
@click.option("--dry-run", cls=Option, is_flag=True, help="Check and compare only; nothing is brought into use.")
@click.option("--all", "every", cls=Option, is_flag=True, help="Play all scenarios, also those that held and hang on nothing that changed.")
@pass_session
def deploy(session: Session, why: str, *, dry_run: bool, every: bool) -> None:
    """Check the definitions, run their scenarios and bring what changed into use."""
    done = session.office.deploy(by=login(), why=why, actor=session.somebody, dry_run=dry_run, every=every)
    session.tell(done, lambda look: _deployed(done, look, dry_run=dry_run))


def _deployed(done: Deployed, look: Look, *, dry_run: bool) -> list[str]:
    lines = [look.paint(safe(warning), "warn") for warning in done.warnings]
    if done.unplayed:
        told = "{count} unchanged procedures: their scenarios were not played again (--all plays them)"
        lines.append(look.say(told, count=done.unplayed))
    if not done.changed:
        return [*lines, look.say("Nothing had changed.")]
    heading = "Would come into use ({count} scenarios passed):" if dry_run else "Now in use ({count} scenarios passed):"
    return [
        *lines,
        look.say(heading, count=done.scenarios),
        *table(["", ""], [(_kind(name, look), done.versions[name]) for name in done.changed], look, indent="  "),
        *(["", *diff_lines(done.differences, look)] if any(one.before for one in done.differences) else ()),
        *(moved_lines(done.moved, look, dry_run=dry_run) if done.moved else ()),
    ]


def _kind(name: str, look: Look) -> str:
    """What changed: `process incident`, `calendar` …, its kind in the office's language."""
    kind, space, key = name.partition(" ")
    return look.say(kind) + space + key


@click.command(cls=Verb)
@click.argument("move", metavar="MOVE", required=False, default="")
@pass_session
def clock(session: Session, move: str) -> None:
    """Show the office's time, or move it in a practice office: +3d, +4h, "2026-12-01 08:00"."""
    now = session.office.move_clock(move) if move else session.office.clock.now()
    session.tell({"now": now}, lambda look: [look.time(now)])


@click.command(cls=Verb)
@click.option("--backfill", cls=Option, is_flag=True, help="Open the cases of periods that were missed too: in a pause, or before.")
@click.option("--since", cls=Option, metavar="DATE", default="", help="With --backfill: of the periods that began from this day on.")
@pass_session
def tick(session: Session, since: str, *, backfill: bool) -> None:
    """Look once: do what is due by now, open periodic cases, send notices."""
    if since and not backfill:
        raise click.UsageError(session.look.say("--since goes with --backfill."))
    session.worker = True
    done = session.office.tick(backfill=backfill, since=day(since) if since else None)
    session.tell(done, lambda look: _ticked(done, look))


def _ticked(done: Ticked, look: Look) -> list[str]:
    lines = [look.say("{fired} steps of deadlines, {sent} messages sent.", fired=done.fired, sent=done.sent)]
    if done.opened:
        lines.append(look.say("Opened: {cases}", cases=", ".join(map(one_line, done.opened))))
    if done.failed:
        lines.append(look.paint(look.say("{failed} did not go; see 'hoso doctor'.", failed=done.failed), "bad"))
    return lines


@click.command(cls=Verb)
@click.option("--drain", cls=Option, is_flag=True, help="Do all that is due, then end: before an upgrade, or after an outage.")
@pass_session
def worker(session: Session, *, drain: bool) -> None:
    """Look every second until it is stopped (SIGTERM or Ctrl-C end it after the running act)."""
    session.worker = True
    if drain:
        done = session.office.drain()
        session.tell(done, lambda look: _ticked(done, look))
        return
    session.say("The worker is at work in {folder}; Ctrl-C ends it.", folder=str(session.folder))
    session.office.run_worker()
    session.say("The worker has ended.")


@click.command(cls=Verb)
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Look for what ails the office: worker, outbox, deadlines, calendar, files."""
    session = ctx.ensure_object(Session)
    tell_findings(ctx, session, session.office.doctor())


def tell_findings(ctx: click.Context, session: Session, found: Sequence[Finding]) -> None:
    """Tell what was found; exit code 1 if there is an error among it."""
    session.tell(found, lambda look: _found(found, look))
    ctx.exit(FOUND if any(one.level == "error" for one in found) else 0)


def _found(found: Sequence[Finding], look: Look) -> list[str]:
    lines: list[str] = []
    for one in found:
        mark = look.paint(look.say(one.level), COLOURS[one.level])
        lines.append(f"{mark}  {one_line(look.say(one.what))}: {safe(one.message)}")
        lines += [f"    {safe(one.hint)}"] if one.hint else []
    return lines or [look.say("All is well.")]

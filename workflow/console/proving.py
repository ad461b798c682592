"""Proving the office: its history, its numbers, its files, and the head that stands on paper."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.termui import progressbar

from workflow.console.given import day
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, interactive
from workflow.console.running import tell_findings
from workflow.console.session import Session
from workflow.model import OfficeHead

if TYPE_CHECKING:
    from workflow.upkeep.proving import Progress

GROUP = 8
"""Digits that stand together on paper."""


@click.command(cls=Verb)
@click.argument("case", metavar="CASE", required=False, default="")
@click.option("--since", cls=Option, metavar="DATE", default="", help="Of the cases in which something happened from this day on.")
@click.option("--head", cls=Option, is_flag=True, help="Print the head of the whole history instead, for the paper register.")
@click.option("--against", cls=Option, metavar="HEAD", default=None, help="Prove the history also by a head that stands on paper.")
@click.pass_context
def verify(ctx: click.Context, case: str, since: str, against: str | None, *, head: bool) -> None:
    """Prove that history, numbers and files are whole and that every case is what its history says."""
    session = ctx.ensure_object(Session)
    if head and (case or since or against is not None):
        raise click.UsageError(session.look.say("--head only prints the head: prove by one with --against alone."))
    if case and since:
        raise click.UsageError(session.look.say("--since chooses cases: it does not go with CASE."))
    if head:
        made = session.office.head()
        session.tell(_plain(made), lambda look: _head(made, look))
        return
    with _bar(session, shown=not case and not since) as progress:
        found = session.office.verify(case, since=day(since) if since else None, against=against, progress=progress)
    tell_findings(ctx, session, found)


@contextmanager
def _bar(session: Session, *, shown: bool) -> Iterator["Progress | None"]:
    """A progress bar on standard error, for somebody who waits."""
    if not shown or not interactive() or session.json:
        yield None
        return
    length, label = session.office.store.count_cases(), session.look.say("Cases")
    going = progressbar(length=length, label=label, file=sys.stderr)
    with going:

        def told(_done: int) -> None:
            going.update(1)

        yield told


def _plain(head: OfficeHead | None) -> dict[str, object]:
    if head is None:
        return {"seq": 0, "at": None, "hash": "", "cases": 0, "entries": 0}
    said = json.loads(head.text)
    return {"seq": head.seq, "at": head.at, "hash": head.hash, "cases": said["cases"], "entries": said["entries"]}


def _head(head: OfficeHead | None, look: Look) -> list[str]:
    if head is None:
        return []
    said = json.loads(head.text)
    facts = {"seq": head.seq, "cases": said["cases"], "entries": said["entries"], "at": look.time(head.at)}
    digits = " ".join(head.hash[at : at + GROUP] for at in range(0, len(head.hash), GROUP))
    return [
        look.say("Head {seq}: {cases} cases, {entries} lines of history before {at}", **facts),
        "  " + digits,
        look.say("Write it into the paper register; prove it later: hoso verify --against HEAD"),
    ]

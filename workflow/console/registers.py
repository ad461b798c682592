"""Registers: papers that went out and came in, the follow-up, a case's table of contents; entering papers in them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from workflow.answers.registers import IncomingShown, RegisterShown, ReservedShown, SeriesShown
from workflow.console.given import Given, day, given, take
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.filing import OR_FORCE, write_whole


class Series(Nest):
    """A group that takes the name of a series for a command: `hoso register btg/BC/2026`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """A name with a slash is a series'."""
        if args and "/" in args[0]:
            return super().resolve_command(ctx, ["series", *args])
        return super().resolve_command(ctx, args)


@click.group(cls=Series)
def register() -> None:
    """Registers of papers: 'hoso register SERIES' (btg/BC/2026), outgoing, incoming, follow-up, contents; enter papers in them."""


def _looks(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every look at a register."""
    for option in (
        click.option("--to", "file", cls=Option, metavar="FILE", default="", help="Write it to this file: .xlsx, .docx, .pdf or .csv."),
        click.option("--force", cls=Option, is_flag=True, help="Write over a file that is there."),
        click.option("--rows", "size", cls=Option, type=int, metavar="N", default=0, help="Lines of a volume (all in one, if left out)."),
        click.option("--volume", cls=Option, type=int, metavar="N", default=1, help="Which volume."),
        click.option("--sort", cls=Option, metavar="COLUMN", default="", help="In Vietnamese order of this column."),
        click.option("--words", cls=Option, metavar="TEXT", default="", help="Only lines with these words; marks may be left out."),
    ):
        command = option(command)
    return command


def _take_note(command: Callable[..., Any]) -> Callable[..., Any]:
    return take(command, "note", "request_id")


def _typed(session: Session, typed: dict[str, Any]) -> Given:
    """The note and the request id, taken out of what was typed."""
    return given(session.settings.max_file, (), typed.pop("note"), (), typed.pop("request_id"), dry_run=False)


_year = click.option("--year", cls=Option, type=int, metavar="YEAR", default=0, help="Of this year (the present one, if left out).")


@register.command()
@click.argument("body")
@_year
@_looks
@pass_session
def outgoing(session: Session, /, body: str, **typed: Any) -> None:
    """The papers that BODY issued, with void ones and numbers reserved for papers written elsewhere."""
    _show(session, "outgoing", body, **typed)


@register.command()
@click.argument("body")
@_year
@_looks
@pass_session
def incoming(session: Session, /, body: str, **typed: Any) -> None:
    """The papers that came in to BODY."""
    _show(session, "incoming", body, **typed)


@register.command("follow-up")
@click.argument("body")
@_year
@_looks
@pass_session
def follow_up(session: Session, /, body: str, **typed: Any) -> None:
    """How the papers that came in to BODY are being handled."""
    _show(session, "follow-up", body, **typed)


@register.command()
@click.argument("case")
@_looks
@pass_session
def contents(session: Session, /, case: str, **typed: Any) -> None:
    """The table of contents of a case's file."""
    _show(session, "contents", case, **typed)


@register.command()
@click.argument("name", metavar="SERIES", required=False, default="")
@_looks
@pass_session
def series(session: Session, /, name: str, **typed: Any) -> None:
    """The papers of one series; without one, every series with its last number."""
    if "/" in name:
        _show(session, "series", name, **typed)
        return
    found = session.office.series(actor=session.actor, body=name)
    session.tell(found, lambda look: _series(found, look))


def _series(found: Sequence[SeriesShown], look: Look) -> Iterable[str]:
    rows = [(one.series, f"{one.last:02}", look.say("closed" if one.closed else "can be closed" if one.over else "runs")) for one in found]
    return (
        table([look.say(word) for word in ("Series", "Last number", "Status")], rows, look)
        if rows
        else [look.say("There is no series yet.")]
    )


def _show(session: Session, kind: str, body: str, *, file: str, force: bool, size: int, volume: int, **typed: Any) -> None:
    options = {**typed, "volume_number": volume, "volume_size": size}
    if not file:
        found = session.office.register(kind, body, actor=session.actor, **options)
        session.tell(found, lambda look: _register(found, look))
        return
    content = session.office.register_file(kind, body, Path(file).suffix.removeprefix("."), actor=session.actor, **options)
    write_whole(Path(file), content, over=force, taken=OR_FORCE)
    session.tell([file], lambda _: [safe(file)])


def _register(found: RegisterShown, look: Look) -> Iterable[str]:
    cover = [
        one_line(found.body_title),
        found.title,
        look.say("Year {year}, volume {volume} of {volumes}", year=found.year, volume=found.volume, volumes=found.volumes),
    ]
    rows = [list(row.values()) for row in found.rows]
    return [*cover, *(table(list(found.columns.values()), rows, look) if rows else [look.say("There are no papers yet.")])]


# ---- entering --------------------------------------------------------------------------------------------------------


@register.command()
@click.argument("body")
@click.option("--from", "author", cls=Option, metavar="TEXT", required=True, help="The body that issued it.")
@click.option("--symbol", cls=Option, metavar="TEXT", default="", help="Its number and symbol, as 45/BC-UBND.")
@click.option("--date", "dated", cls=Option, metavar="DATE", default="", help="The day that it bears.")
@click.option("--title", cls=Option, metavar="TEXT", required=True, help="Its type and what it is about.")
@click.option("--to", cls=Option, metavar="WHO", default="", help="The unit or person that handles it.")
@click.option("--due", cls=Option, metavar="DATE", default="", help="Until when.")
@click.option("--case", cls=Option, metavar="CASE", default="", help="The case that it belongs to.")
@click.option("--open", "process", cls=Option, metavar="PROCESS", default="", help="Open a case of this process for it.")
@click.option("--secret", cls=Option, is_flag=True, help="Seen by its handler and by whoever keeps the registers.")
@click.option("--set", "pairs", cls=Option, metavar="FIELD=VALUE", multiple=True, help="Fill a field of the new case (repeatable).")
@click.option("--scan", "files", cls=Option, metavar="FILE", multiple=True, help="Its scan (repeatable).")
@click.option("--note", cls=Option, metavar="TEXT", default="", help="A note for the register.")
@click.option("--request-id", cls=Option, metavar="ID", default="", help="Done once, however often it is sent with this id.")
@pass_session
def receive(session: Session, /, body: str, dated: str, due: str, process: str, **typed: Any) -> None:
    """Register a paper that came in to BODY; one that came before is warned of."""
    now = given(
        session.settings.max_file, typed.pop("pairs"), typed.pop("note"), typed.pop("files"), typed.pop("request_id"), dry_run=False
    )
    found = session.office.receive(
        body,
        actor=session.actor,
        dated=day(dated) if dated else None,
        due=day(due) if due else None,
        open_process=process,
        fields=now.fields,
        files=now.files,
        note=now.note,
        request_id=now.request_id,
        **typed,
    )
    session.tell(found, lambda look: _incoming(found, look))


@register.command()
@click.argument("body")
@click.argument("number", type=int)
@_year
@click.option("--to", cls=Option, metavar="WHO", default="", help="The unit or person that handles it.")
@click.option("--due", cls=Option, metavar="DATE", default="", help="Until when.")
@click.option("--progress", cls=Option, metavar="TEXT", default="", help="How far it is.")
@click.option("--answer", cls=Option, metavar="SYMBOL", default="", help="Number and symbol of the answer.")
@click.option("--case", cls=Option, metavar="CASE", default="", help="The case that it belongs to.")
@_take_note
@pass_session
def follow(session: Session, /, body: str, number: int, due: str, **typed: Any) -> None:
    """Say how the handling of incoming paper NUMBER goes on."""
    now = _typed(session, typed)
    found = session.office.follow_up(
        body, number, actor=session.actor, due=day(due) if due else None, note=now.note, request_id=now.request_id, **typed
    )
    session.tell(found, lambda look: _incoming(found, look))


@register.command()
@click.argument("body")
@click.argument("kind", metavar="TYPE")
@click.option("--count", cls=Option, type=int, metavar="N", default=1, help="How many.")
@click.option("--secret", cls=Option, is_flag=True, help="Of the series of secret papers.")
@_take_note
@pass_session
def reserve(session: Session, /, body: str, kind: str, count: int, *, secret: bool, **typed: Any) -> None:
    """Take the next numbers of BODY's series of TYPE for papers written outside of the program, with a note."""
    now = _typed(session, typed)
    found = session.office.reserve(body, kind, actor=session.actor, count=count, secret=secret, note=now.note, request_id=now.request_id)
    session.tell(found, lambda look: [_reserved(found, look)])


@register.command()
@click.argument("name", metavar="SERIES")
@click.argument("number", type=int)
@click.option("--symbol", cls=Option, metavar="TEXT", default="", help="Its number and symbol as printed.")
@click.option("--date", "dated", cls=Option, metavar="DATE", default="", help="The day that it bears.")
@click.option("--title", cls=Option, metavar="TEXT", default="", help="Its type and what it is about.")
@click.option("--signer", cls=Option, metavar="TEXT", default="", help="Who signed it.")
@click.option("--recipients", cls=Option, metavar="TEXT", default="", help="To whom it went.")
@click.option("--archive", cls=Option, metavar="TEXT", default="", help="Who keeps the archived copy.")
@click.option("--copies", cls=Option, type=int, metavar="N", default=0, help="How many copies.")
@click.option("--void", cls=Option, is_flag=True, help="No paper bears this number; with a note.")
@click.option("--scan", "files", cls=Option, metavar="FILE", multiple=True, help="Its scan (repeatable).")
@_take_note
@pass_session
def enter(session: Session, /, name: str, number: int, dated: str, files: Sequence[str], **typed: Any) -> None:
    """Enter the paper that bears a reserved number of SERIES."""
    now = given(session.settings.max_file, (), typed.pop("note"), files, typed.pop("request_id"), dry_run=False)
    found = session.office.enter(
        name,
        number,
        actor=session.actor,
        dated=day(dated) if dated else None,
        files=now.files,
        note=now.note,
        request_id=now.request_id,
        **typed,
    )
    session.tell(found, lambda look: [look.say("Entered: {series}, number {number}", series=found.series, number=f"{number:02}")])


@register.command()
@click.argument("body")
@_take_note
@pass_session
def close(session: Session, /, body: str, **typed: Any) -> None:
    """Close BODY's series whose period is over, or all of a body that ended, and print the certificate."""
    now = _typed(session, typed)
    found = session.office.close_series(body, actor=session.actor, note=now.note, request_id=now.request_id)
    session.tell(found, lambda _: found.text.split("\n"))


def _incoming(found: IncomingShown, look: Look) -> Iterable[str]:
    said = look.say("Registered: number {number} of {year}", number=f"{found.number:02}", year=found.year)
    linked = [look.say("Case: {case}", case=one_line(found.case))] if found.case else []
    again = [look.say("This request was done before; nothing happened now.")] if found.repeated else []
    return [said, *linked, *again, *(look.paint(look.say("Warning: {text}", text=one_line(text)), "warn") for text in found.warnings)]


def _reserved(found: ReservedShown, look: Look) -> str:
    numbers = ", ".join(f"{number:02}" for number in found.numbers)
    return look.say("Reserved in {series}: {numbers}", series=found.series, numbers=numbers)

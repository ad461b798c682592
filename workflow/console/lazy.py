"""Commands whose help comes from a static table: `hoso --help` imports none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from inspect import cleandoc
from typing import Any, NoReturn

import click

from workflow.console.failure import guarded
from workflow.console.locale import speaking
from workflow.console.session import Session
from workflow.errors import NotUtf8
from workflow.signs import not_utf8, shown_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One name in a group's table: `where` its command is (`module:attribute` in the console) and what help says of it."""

    where: str
    help: str
    section: str


def _session(ctx: click.Context) -> Session:
    return ctx.find_object(Session) or Session()


def translated(text: str, ctx: click.Context) -> str:
    """A help text in the office's language."""
    if _session(ctx).language != "vi":
        return text
    from workflow.console.help_vi import TABLE

    return TABLE.get(text, text)


class Option(click.Option):
    """An option whose help is in the office's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """As click's, translated."""
        record = super().get_help_record(ctx)
        return (record[0], record[1].replace(self.help, translated(self.help, ctx))) if record and self.help else record


class _Helped(click.Command):
    """A command whose help text is in the office's language."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click's, translated."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(translated(cleandoc(self.help or ""), ctx))


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value:
        setattr(_session(ctx), str(param.name), value)


def shared() -> list[click.Parameter]:
    """The options that every command takes, before or after its name."""
    office = Option(["--office", "named"], metavar="DIR", expose_value=False, callback=_remember, help="The office's folder.")
    acting = Option(
        ["--as", "acting"], metavar="PERSON", expose_value=False, callback=_remember, help="Act as this person (or position.unit)."
    )
    as_json = Option(["--json", "json"], is_flag=True, expose_value=False, callback=_remember, help="Answer with one JSON document.")
    return [office, acting, as_json]


class Verb(_Helped):
    """A command with the shared options after its own."""

    def __init__(self, name: str | None, *, params: Sequence[click.Parameter] = (), **kwargs: Any) -> None:
        super().__init__(name, params=[*params, *shared()], **kwargs)


class Nest(_Helped, click.Group):
    """A group of a few commands that stand in one module."""

    command_class = Verb

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order of the file."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first sentence of each command's help."""
        helps = {name: translated(cleandoc(command.help or ""), ctx) for name, command in self.commands.items()}
        with formatter.section(translated("Commands", ctx)):
            formatter.write_dl([(name, text.split("\n\n")[0].split(". ")[0].rstrip(".")) for name, text in helps.items()])


class Listing(Nest):
    """A group that says something by itself too, with the shared options after its own."""

    def __init__(self, name: str | None, *, params: Sequence[click.Parameter] = (), **kwargs: Any) -> None:
        super().__init__(name, params=[*params, *shared()], invoke_without_command=True, **kwargs)


class Root(_Helped, click.Group):
    """The `hoso` command: a table of names, each imported when it is called; errors become exit codes in `main`."""

    def __init__(self, name: str | None, *, table: Mapping[str, Listed], params: Sequence[click.Parameter] = (), **kwargs: Any) -> None:
        super().__init__(name, params=[*params, *shared()], **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now."""
        if cmd_name not in self.table:
            return None
        module, attribute = self.table[cmd_name].where.split(":")
        command: click.Command = getattr(import_module(f"workflow.console.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's; an unknown name is told with those that are near."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=self.table, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table's sections, from its own short texts."""
        for section in dict.fromkeys(listed.section for listed in self.table.values()):
            with formatter.section(translated(section, ctx)):
                formatter.write_dl([(name, translated(one.help, ctx)) for name, one in self.table.items() if one.section == section])

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, standalone_mode: bool = True, **__: Any
    ) -> Any:
        """Run the command line; ends the process with its exit code, or returns it (`standalone_mode` off)."""
        import sys

        typed = list(sys.argv[1:] if args is None else args)
        session = Session(json="--json" in typed, named=_office(typed))
        with speaking(session.language):
            code = guarded(lambda: self._run(typed, prog_name or "hoso", session), session)
        return _exit(code) if standalone_mode else code

    def _run(self, typed: Sequence[str], name: str, session: Session) -> Any:
        for word in typed:
            if not_utf8(word):
                raise NotUtf8(argument=shown_bytes(word))
        return super().main(typed, name, standalone_mode=False, obj=session)


def _office(typed: Sequence[str]) -> str:
    """What --office names, before anything is parsed: help and errors are in that office's language."""
    for at, word in enumerate(typed):
        if word.startswith("--office="):
            return word.partition("=")[2]
        if word == "--office":
            return typed[at + 1] if at + 1 < len(typed) else ""
    return ""


def _exit(code: int) -> NoReturn:
    raise SystemExit(code)

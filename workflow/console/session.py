"""One run of the command: what was typed that every command shares, the office, and the one way out for output."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from workflow.console.look import Look, interactive, safe, safe_painted, terminal
from workflow.console.streams import quiet
from workflow.errors import HosoError, NotDeployed, WhoAreYou, WrongSettings
from workflow.settings import Settings, find_office, language_of, read_settings
from workflow.signs import escaped_json

if TYPE_CHECKING:
    from workflow.compose import LocalOffice


@dataclass
class Session:
    """What one run shares. The office is opened when a command first needs it: help never does."""

    json: bool = False
    named: str = ""
    """--office, if given."""
    acting: str = ""
    """--as, if given."""
    worker: bool = False
    """Whether the office is opened for its worker, with no more rights in the database than that needs."""

    @cached_property
    def folder(self) -> Path:
        """The office's folder. Raises NoOffice, FolderShut, NoFolder."""
        return find_office(None, os.environ, self.named)

    @cached_property
    def settings(self) -> Settings:
        """What office.toml says. Raises NoOffice, WrongSettings."""
        return read_settings(self.folder, os.environ)

    @cached_property
    def office(self) -> "LocalOffice":
        """The office. Raises NoOffice, WrongSettings, and what says that the store can't be used."""
        from workflow.compose import open_office
        from workflow.console.progress import Bar

        office = open_office(self.folder, worker=self.worker)
        office.on_progress = Bar(self.look.say("Papers"))
        return office

    @cached_property
    def actor(self) -> str:
        """Who acts: the person of this login, or the one named by --as. Raises WhoAreYou and others."""
        who = self.office.whoami(login(), self.acting)
        if self.acting:
            self.office.login = "" if who == self._own else login()
        return who

    @property
    def _own(self) -> str:
        """Whose login this is; '' for nobody's."""
        try:
            return self.office.whoami(login())
        except WhoAreYou:
            return ""

    @cached_property
    def somebody(self) -> str:
        """Who acts, where that need be nobody in particular: '' for a login that is no person here."""
        try:
            return self.actor
        except (WhoAreYou, NotDeployed):
            if self.acting:
                raise
            return ""

    @cached_property
    def language(self) -> str:
        """The office's language; outside of an office the terminal's. Raises nothing: errors are told in it."""
        try:
            return self.settings.language
        except WrongSettings:
            return language_of(self.folder)
        except Exception:  # noqa: BLE001 - whatever it is meets the command too, where it is told
            spoken = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
            return "vi" if spoken.startswith("vi") else "en"

    @cached_property
    def look(self) -> Look:
        """How output looks here; outside of an office, times are UTC."""
        columns, colour = terminal()
        try:
            zone = self.settings.zone
        except HosoError:
            zone = ZoneInfo("UTC")
        return Look(language=self.language, zone=zone, width=columns, colour=colour)

    @property
    def wrote(self) -> bool:
        """Whether anything was written in the office."""
        opened: LocalOffice | None = vars(self).get("office")
        return opened is not None and opened.store.wrote

    @property
    def asks(self) -> bool:
        """Whether missing values may be asked for: somebody sits at a terminal, and no program reads the output."""
        return interactive() and not self.json

    def tell(self, answer: object, lines: Callable[[Look], Iterable[str]]) -> None:
        """Print an answer: as one JSON document with --json, else as the lines made of it."""
        if self.json:
            self.document(complete(answer))
        else:
            self.out("\n".join(lines(self.look)))

    def document(self, plain: object) -> None:
        """Print one JSON document."""
        import json

        self.out(escaped_json(json.dumps(plain, ensure_ascii=False, indent=2)))

    def out(self, text: str) -> None:
        """Print to standard output, made safe once more; quiet when its reader has gone (the work itself is done)."""
        if not self.json:
            text = safe_painted(text) if self.look.colour else safe(text)
        try:
            click.echo(text, color=None if self.json else self.look.colour) if text else None
        except BrokenPipeError:
            quiet()

    def say(self, template: str, **facts: object) -> None:
        """Print one sentence (not with --json)."""
        if not self.json:
            self.out(safe(self.look.say(template, **facts)))


def login() -> str:
    """The operating system's name of who runs this: by the process, not by the environment, which anybody can set."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def complete(answer: object) -> Any:
    """An answer as plain JSON with every key, also where a value is its default: scripts rely on keys."""
    if isinstance(answer, list | tuple):
        return [complete(item) for item in answer]
    if isinstance(answer, frozenset):
        return [complete(item) for item in sorted(answer)]
    if isinstance(answer, Mapping):
        return {str(key): complete(item) for key, item in answer.items()}
    from msgspec import Struct

    from workflow.plain import to_plain

    if isinstance(answer, Struct):
        return {name: complete(getattr(answer, name)) for name in answer.__struct_fields__}
    if is_dataclass(answer) and not isinstance(answer, type):  # what `--help` loads too, for which msgspec would be too heavy
        return {field.name: complete(getattr(answer, field.name)) for field in fields(answer)}

    return to_plain(answer)


pass_session = click.make_pass_decorator(Session)

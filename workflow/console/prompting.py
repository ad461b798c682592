"""Asking at a terminal for what an act still needs, and again for what was wrong."""

from collections.abc import Callable
from typing import Any

import click
from msgspec.structs import replace

from workflow.answers import ActionShown, Done, FieldAsked
from workflow.console.given import Given, upload
from workflow.console.look import Look, named, safe
from workflow.console.session import Session
from workflow.errors import HosoError, WrongValue
from workflow.model import Upload
from workflow.vietnamese import fold

SEVERAL = frozenset({"choices", "units", "persons", "cases"})
FILES = frozenset({"file", "files"})
REQUIRED = "required"


def carry_out(session: Session, given: Given, form: Callable[[], ActionShown], act: Callable[[Given], Done]) -> Done:
    """Do it; in a terminal ask for what is missing first, and again for a value that its field can't hold."""
    if not session.asks:
        return act(given)
    shown = form()
    if shown.allowed:
        given = completed(shown, given, session)
    while True:
        try:
            return act(given)
        except WrongValue as error:
            wrong = next((asked for asked in shown.form if asked.key == error.facts.get("field")), None)
            if wrong is None:
                raise
            click.echo(safe(error.message(session.language)), err=True)
            given = _with(given, wrong, session)


def completed(shown: ActionShown, given: Given, session: Session) -> Given:
    """`given` with an answer for every field of the form that was not typed, and the note if there must be one."""
    for asked in shown.form:
        if asked.key not in given.fields:
            given = _with(given, asked, session)
    if shown.note and not given.note:
        given = replace(given, note=_text(session.look.say("Note"), required=shown.note == REQUIRED, offered=""))
    return given


def _with(given: Given, asked: FieldAsked, session: Session) -> Given:
    answer = ask(asked, session.look, session.settings.max_file)
    return replace(given, fields={**given.fields, asked.key: answer}) if answer != "" else given


def ask(asked: FieldAsked, look: Look, limit: int) -> Any:
    """The answer to one field, as typed: '' when an optional one is left out."""
    for line in _introduction(asked, look):
        click.echo(line)
    if asked.type in FILES:
        return _file(asked, look, limit)
    offered = _offered(asked)
    while True:
        text = _text(safe(asked.title), required=asked.required, offered=offered)
        if not text or not asked.choices:
            return text
        parts = [_chosen(part.strip(), asked) for part in (text.split(",") if asked.type in SEVERAL else [text])]
        if None not in parts:
            return ",".join(part for part in parts if part)
        click.echo(look.say("Answer with a number or a key of the list."), err=True)


def _introduction(asked: FieldAsked, look: Look) -> list[str]:
    lines = [look.paint(safe(asked.help), "dim")] if asked.help else []
    lines += [f"  {at:>2}. {safe(named(key, title))}" for at, (key, title) in enumerate(asked.choices.items(), start=1)]
    if asked.type in SEVERAL:
        lines.append(look.say("Several may be given, with commas between them."))
    if asked.type == "table":
        lines.append(look.say("Rows parted by ';;', cells by '|'."))
    return lines


def _text(title: str, *, required: bool, offered: str) -> str:
    """One line from the terminal; Enter takes what is offered, or leaves an optional one out."""
    default = offered or (None if required else "")
    return str(click.prompt(title, default=default, show_default=bool(offered))).strip()


def _offered(asked: FieldAsked) -> str:
    value = asked.offered
    if value is None or isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if text == safe(text) else ""  # it would stand on the terminal, and could not be given again


def _chosen(part: str, asked: FieldAsked) -> str | None:
    """The key that was meant: typed itself, its number, or its title, with or without marks and capitals; None if none was."""
    keys = list(asked.choices)
    if part in keys:
        return part
    if part.isdecimal() and 1 <= int(part) <= len(keys):
        return keys[int(part) - 1]
    alike = [key for key, title in asked.choices.items() if fold(part) in {fold(key), fold(title)}]
    return alike[0] if len(alike) == 1 else None


def _file(asked: FieldAsked, look: Look, limit: int) -> Upload | list[Upload] | str:
    while True:
        name = _text(f"{safe(asked.title)} ({look.say('path of the file')})", required=asked.required, offered="")
        if not name:
            return ""
        try:
            return upload(name.removeprefix("@"), limit)
        except HosoError as error:
            click.echo(safe(error.message(look.language)), err=True)

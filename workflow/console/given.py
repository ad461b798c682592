"""What was typed for an act: `--set field=value`, `--attach FILE`, a request id."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4  # noqa: TID251 - ids are made here, in the console

import click
from msgspec import Struct, field

from workflow.console.lazy import Option
from workflow.errors import NoFile, NotAPair, TooLarge, WrongValue
from workflow.filing import write_whole
from workflow.model import Upload

MIB = 1024 * 1024

Command = TypeVar("Command", bound=Callable[..., Any])


class Given(Struct, frozen=True, kw_only=True):
    """All that an act takes besides its case and its action."""

    fields: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    files: tuple[Upload, ...] = ()
    request_id: str = ""
    dry_run: bool = False


def given(limit: int, pairs: Sequence[str], note: str, files: Sequence[str], request_id: str, *, dry_run: bool) -> Given:
    """What was typed, files read (at most `limit` MiB each). Raises NotAPair, NoFile, TooLarge."""
    return Given(
        fields=values(pairs, limit),
        note=note,
        files=tuple(upload(name, limit) for name in files),
        request_id=request_id or str(uuid4()),
        dry_run=dry_run,
    )


def values(pairs: Sequence[str], limit: int) -> dict[str, Any]:
    """`field=value` each; `field=@FILE` is a file, `field=@@text` a text that begins with @; a field given twice is a list."""
    found: dict[str, list[Any]] = {}
    for pair in pairs:
        key, equals, raw = pair.partition("=")
        if not equals or not key.strip():
            raise NotAPair(text=pair)
        found.setdefault(key.strip(), []).append(value(raw, limit))
    return {key: items[0] if len(items) == 1 else items for key, items in found.items()}


def value(raw: str, limit: int) -> str | Upload:
    """One value as typed: a text, or the file behind an @."""
    if raw.startswith("@@"):
        return raw[1:]
    return upload(raw[1:], limit) if raw.startswith("@") else raw


def at_home(name: str) -> Path:
    """The path that a name means, `~` put in; of a login that there is not it stays as typed, as shells have it."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def upload(name: str, limit: int) -> Upload:
    """A file, read whole. Raises NoFile, TooLarge (looked at before it is read)."""
    path = at_home(name)
    try:
        if not path.is_file():
            raise NoFile(file=name, cause="not a file" if path.exists() else "there is none")
        size = path.stat().st_size
        if size > limit * MIB:
            raise TooLarge(file=name, size=size, limit=limit * MIB)
        return Upload(name=path.name, content=path.read_bytes())
    except OSError as error:
        raise NoFile(file=name, cause=error.strerror or "unreadable") from error


OPTIONS: dict[str, Callable[[Any], Any]] = {
    "set": click.option(
        "--set", "pairs", cls=Option, metavar="FIELD=VALUE", multiple=True, help="Fill a field (repeatable); FIELD=@FILE gives a file."
    ),
    "note": click.option("--note", cls=Option, metavar="TEXT", default="", help="A note for the history."),
    "attach": click.option(
        "--attach", "files", cls=Option, metavar="FILE", multiple=True, help="Put this file with the case (repeatable)."
    ),
    "dry_run": click.option("--dry-run", cls=Option, is_flag=True, help="Show what would happen; nothing is written."),
    "request_id": click.option(
        "--request-id", cls=Option, metavar="ID", default="", help="Done once, however often it is sent with this id."
    ),
}


def take(command: Command, *names: str) -> Command:
    """The command with these of the acts' options."""
    for name in reversed(names):
        command = OPTIONS[name](command)
    return command


def act_options(command: Command) -> Command:
    """The options of every act: --set, --note, --attach, --dry-run and --request-id."""
    return take(command, *OPTIONS)


SHORT = {
    "wd": "working days",
    "wh": "working hours",
    "d": "days",
    "w": "weeks",
    "m": "months",
    "y": "years",
    "h": "hours",
    "min": "minutes",
}
"""How an amount's unit may be typed for short."""
_SHORT = re.compile(rf"([0-9]{{1,6}}) *({'|'.join(SHORT)})")


def amount(text: str) -> str:
    """An amount of time as people type it: 3wd, "3 working days". What it is not is refused where it is looked at."""
    found = _SHORT.fullmatch(text.strip())
    return f"{found[1]} {SHORT[found[2]]}" if found else text


def day(text: str) -> date:
    """A date as people write it: 2026-11-20 or 20/11/2026. Raises WrongValue."""
    try:
        if "/" in text:
            number, month, year = text.split("/")
            return date(int(year), int(month), int(number))
        return date.fromisoformat(text)
    except ValueError:
        raise WrongValue(field="DATE", value=text, expected="a date such as 2026-12-31 or 31/12/2026") from None


def write(name: str, content: bytes) -> None:
    """Write a file that the user named, over one that is there. Raises CannotWrite."""
    write_whole(at_home(name), content)

"""7: the store can't be reached."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote_plus

from workflow.errors.base import HosoError

_IN_QUERY = re.compile(r"([?&])([^=&]*)=([^&]*)")
_SECRET = re.compile(r"(ssl)?password|oauth_client_secret|scram_(client|server)_key")
"""libpq's options that hold what nobody else may know."""


def masked(url: str) -> str:
    """A database's URL without its passwords, even one with a / or @ in it, or one whose option's name is written in escapes."""
    return _IN_QUERY.sub(_option, re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url))


def _option(found: re.Match[str]) -> str:
    secret = _SECRET.fullmatch(unquote_plus(found[2]).strip().lower())
    return f"{found[1]}{found[2]}=***" if secret else found[0]


class StoreUnreachable(HosoError):
    """The database can't be opened or written. Whatever URL it is given, no password is told."""

    code, exit_code = "store", 7
    template = "The database {url} can't be used: {cause}. Nothing was written."

    def __init__(self, **facts: object) -> None:
        super().__init__(**{key: masked(fact) if key == "url" and isinstance(fact, str) else fact for key, fact in facts.items()})


class WrongAddress(StoreUnreachable):
    """What should be a database's URL can't be used as one, whatever server there is. `where`: what gives it."""

    code = "store-address"
    template = "{where}: the database's URL {url} can't be used: {cause}. Put it right (docs/reference/office.md says what may stand there); nothing was written."

    def __init__(self, *, url: str, cause: str, where: str = "database") -> None:
        super().__init__(where=where, url=url, cause=cause)


@contextmanager
def naming(where: str) -> Iterator[None]:
    """A URL that can't be used, met within, is told as what `where` says."""
    try:
        yield
    except WrongAddress as wrong:
        raise WrongAddress(url=str(wrong.facts["url"]), cause=str(wrong.facts["cause"]), where=where) from wrong


class StoreNewer(StoreUnreachable):
    """The database was written by a newer program."""

    code = "store-newer"
    template = "The database {url} has schema {found}, which this hoso does not know (it knows {known}). Install the newer hoso; nothing was written."


class StoreOlder(StoreUnreachable):
    """The database wants its migrations."""

    code = "store-older"
    template = "The database {url} has schema {found}; this hoso needs {known}. Make a backup, then run 'hoso db upgrade'."


class StoreReplaced(StoreUnreachable):
    """The database's file was moved or replaced while a program had it open."""

    code = "store-replaced"
    template = "The file of the database {url} was moved away or replaced while this program was at work: what it writes would be lost. Start it again. Nothing was written."


class StoreEmpty(StoreOlder):
    """The database is there, but nothing is in it: 'hoso init' fills it at once, so something was lost."""

    code = "store-empty"
    template = "The database {url} has schema {found}: it is empty. What was in it was lost, or 'database' in office.toml (or HOSO_DATABASE) names another place than it did. Look for it there; if it is lost, restore the last backup: hoso restore FILE NEW-FOLDER. Only an office that never had a database gets one by 'hoso db upgrade --new'. Nothing was written."


class StoreCorrupt(StoreUnreachable):
    """The file is no database, or damaged."""

    code = "store-corrupt"
    template = "The database {url} is damaged or is no database of hoso's ({cause}). Restore the last backup; nothing was written."


class NetworkFileSystem(StoreUnreachable):
    """SQLite on a network file system loses data."""

    code = "store-network"
    template = "{file} lies on a network file system ({kind}), where SQLite loses data. Put the office on a local disk."


class StoreMissing(StoreUnreachable):
    """There is no database where the office expects one."""

    code = "store-missing"
    template = "There is no database {url}. It was lost or moved, or 'database' in office.toml (or HOSO_DATABASE) names another place than it did. Look for it there; if it is lost, restore the last backup: hoso restore FILE NEW-FOLDER. A new office is made by 'hoso init DIR'."


class DatabaseUnknown(StoreUnreachable):
    """The server has no database of this name."""

    code = "store-no-database"
    template = "The server knows no such database as {url} ({cause}). Put 'database' right, or let whoever runs the server make it (CREATE DATABASE … ENCODING 'UTF8')."


class StoreAway(StoreUnreachable):
    """The database's server does not answer."""

    code = "store-away"
    template = "The server of the database {url} does not answer: {cause}. See whether it runs and whether 'database' names it rightly. What was not confirmed may be done again with the same --request-id."


class LoginRefused(StoreUnreachable):
    """The server takes neither user nor password."""

    code = "store-login"
    template = "The server of the database {url} refuses the login: {cause}. Put the user in 'database' right, and the password in ~/.pgpass (mode 600) or PGPASSWORD. Nothing was written."


class StoreForbidden(StoreUnreachable):
    """The login lacks a right in the database."""

    code = "store-rights"
    template = "The login of the database {url} may not do this: {cause}. Use the login that owns the office's schema for 'hoso init', 'hoso db upgrade' and 'hoso db copy'; for daily work see docs/reference/office.md. Nothing was written."


class StoreCrowded(StoreUnreachable):
    """The server has no connection left."""

    code = "store-crowded"
    template = "The server of the database {url} has no connection left ({cause}). Nothing was written; try again, and if it stays so, raise its max_connections or put a pooler before it."


class StoreSlow(StoreUnreachable):
    """The server broke off what took too long."""

    code = "store-slow"
    template = "The server of the database {url} broke off what took too long ({cause}). Nothing was written; try again, and if it stays so, raise its statement_timeout."


class StoreBusy(StoreUnreachable):
    """Others held the database all the time."""

    code = "store-busy"
    template = "The database {url} was held by others for {seconds} seconds. Nothing was written; try again, and if it stays so, look for a stuck process."


class StoreReadOnly(StoreUnreachable):
    """The database's file or disk can't be written."""

    code = "store-read-only"
    template = "The database {url} can't be written: its file, folder, disk or server is read-only for you ({cause}). Nothing was written."


class BackupUnrecorded(StoreUnreachable):
    """A backup was written, but the database could not take the record of it."""

    code = "backup-unrecorded"
    template = "The backup {file} was written and proved: it is good, keep it (SHA-256 {sha256}). But the database {url} could not take the record of it ({cause}), so 'hoso doctor' does not know of it."


class ClockStuck(StoreUnreachable):
    """A practice office's clock can't be kept."""

    code = "clock-stuck"
    template = "The clock of this practice office stays as it was: {file} can't be written ({cause}). Make room on its disk, or make its folder writable, and try again."


class StoreFull(StoreUnreachable):
    """No room for what should be written."""

    code = "store-full"
    template = (
        "The database {url} can't grow: the disk is full or a limit is reached ({cause}). Nothing was written; make room and try again."
    )

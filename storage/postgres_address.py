"""A PostgreSQL office's URL: which server, which database, which schema; what of it may be shown."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from workflow.errors import WrongAddress

SCHEMA = "hoso"
"""The office's schema, unless its URL names another."""

_FORM = re.compile(
    r"postgresql(\+psycopg)?://"
    r"((?P<user>[^:@/?]*)(:(?P<password>[^?]*))?@)?"  # a password may hold / and @ as they are
    r"(?P<hosts>[^/@?]*)/(?P<name>[^/?]*)(\?(?P<query>.*))?"
)
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(:(?P<port>\d+))?")
LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL."""
LONGEST_PATIENCE = 600
_PATIENCE = {
    "connect_timeout": "5",  # libpq's own is none: a command would hang for ever
    "tcp_user_timeout": "10000",  # milliseconds until a server that went away without a word is given up
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "hoso",
}

_TEXTS = {"client_encoding": "UTF8"}
"""Whatever the URL, the environment or the role say: the program writes and reads texts in no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a PostgreSQL office is."""

    options: dict[str, str] = field(repr=False)
    """What libpq connects with; a password may be among it."""
    schema: str
    shown: str
    """The URL without password and without what only libpq needs."""
    patience: float | None = None
    """Seconds that the URL itself says to wait for a server that changes (`patience=60`); None: it says nothing of it."""

    @property
    def secret(self) -> str:
        """The password, '' if the URL has none."""
        return self.options.get("password", "")


def quoted(name: str) -> str:
    """A name as SQL has it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def read_address(url: str) -> Address:
    """The parts of `postgresql://USER@HOST:PORT/NAME?schema=OFFICE`; hosts may be several, and the query libpq's own.

    Raises WrongAddress, never showing a password. What only the driver knows to be wrong is for it to tell.
    """
    found = _FORM.fullmatch(url)
    hosts = [_HOST.fullmatch(host) for host in found["hosts"].split(",")] if found else []
    if found is None or not found["name"] or not all(hosts):
        raise _unusable(url, "it must look like postgresql://USER@HOST/NAME?schema=OFFICE")
    query = dict(parse_qsl(found["query"] or "", keep_blank_values=True))
    schema = query.pop("schema", SCHEMA)
    if not schema or "\0" in schema or len(schema.encode()) > LONGEST_NAME or schema.startswith("pg_"):
        raise _unusable(url, "its schema must be a name of at most 63 bytes that does not begin with pg_")
    patience = query.pop("patience", "")
    if patience and not (patience.isdecimal() and 1 <= int(patience) <= LONGEST_PATIENCE):
        raise _unusable(url, "its patience must be a number of seconds, 1 to 600")
    options = {
        "user": unquote(found["user"] or ""),
        "password": unquote(found["password"] or ""),
        "host": ",".join(unquote(one["host"].strip("[]")) for one in hosts if one),
        "port": ",".join(one["port"] or "" for one in hosts if one),
        "dbname": unquote(found["name"]),
    }
    if any("\0" in value for value in (*options.values(), *query.values())):
        raise _unusable(url, "it holds the character U+0000")
    given = {key: value for key, value in options.items() if value.strip(",")}
    return Address(
        options={**_PATIENCE, **given, **query, **_TEXTS},
        schema=schema,
        shown=_shown(found, query, schema),
        patience=int(patience) if patience else None,
    )


def _unusable(url: str, cause: str) -> WrongAddress:
    return WrongAddress(url=url, cause=cause)


def _shown(found: re.Match[str], query: dict[str, str], schema: str) -> str:
    user = f"{found['user']}@" if found["user"] else ""
    hosts = found["hosts"] or query.get("host", "")
    return f"postgresql://{user}{hosts}/{found['name']}?schema={schema}"

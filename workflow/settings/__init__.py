"""An office's settings: `office.toml` and the environment, checked key by key.

Every key is explained in docs/reference/office.md. A password never stands in office.toml, in a `repr` or in a log.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from workflow.errors import NoFile, masked
from workflow.settings import reading as read
from workflow.settings.finding import FILE, find_office, resolved
from workflow.settings.reading import ADDRESS, Quiet, Table
from workflow.settings.wrong import OpenPassword, PasswordInClear, PasswordInFile, WrongSetting, WrongVariable
from workflow.signs import refused_in

__all__ = [
    "ADDRESS",
    "DATABASE",
    "DEFAULT_OFFICE_TOML",
    "FILE",
    "FolderDelivery",
    "Quiet",
    "Settings",
    "SmtpDelivery",
    "bare",
    "database_url",
    "find_office",
    "office_toml",
    "read_settings",
    "resolved",
]

DEFAULT_OFFICE_TOML = """\
# Cấu hình của văn phòng. Từng khóa được giải thích trong docs/reference/office.md.
# The office's settings. Every key is explained in docs/reference/office.md.

title = "{title}"
zone = "Asia/Ho_Chi_Minh"      # múi giờ: mọi thời hạn tính theo giờ này
language = "vi"                # vi | en
late = "coalesce"              # sau khi máy ngừng: coalesce (gộp một lần) | each (từng lần) | skip (bỏ qua)
quiet = "17:30-07:00"          # giờ yên lặng: thông báo không gấp chờ đến hết khoảng này; "" = không có
{database:<30} # nơi giữ dữ liệu; biến môi trường HOSO_DATABASE thay cho khóa này
day_ends = "24:00"             # ngày cuối của thời hạn kết thúc lúc mấy giờ
max_file = 25                  # MiB: tệp đính kèm lớn nhất
{practice:<30} # true = văn phòng tập dượt, đồng hồ chỉnh được

# Thông báo ghi thành tệp .eml vào một thư mục …
[delivery]
kind = "folder"
path = "var/outbox"
sender = "hoso@localhost"

# … hoặc gửi qua máy chủ thư. Mật khẩu để trong tệp riêng (chmod 600) hoặc biến môi trường HOSO_SMTP_PASSWORD.
# kind = "smtp"
# host = "mail.example.vn"
# port = 587
# starttls = true
# user = "hoso"
# password_file = "var/smtp-password"
# sender = "hoso@example.vn"
"""
"""What `hoso init` writes; `str.format` fills {title}, {database} (TOML-escaped, see `office_toml`) and {practice}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderDelivery:
    """Notices become .eml files in `path`, from the address `sender`."""

    path: Path
    sender: str = "hoso@localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpDelivery:
    """Notices go to a mail server. `timeout` in seconds; `ca_file`: a certificate authority of one's own."""

    host: str
    sender: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """An office's settings, checked. Paths and the SQLite URL are absolute."""

    folder: Path
    title: str
    zone: ZoneInfo
    database: str = field(repr=False)
    """SQLAlchemy URL; it may hold a password, so show `database_shown`."""
    delivery: FolderDelivery | SmtpDelivery
    database_from: str = "database"
    """What gives that URL: the variable, or office.toml and its key."""
    language: str = "vi"
    place: str = ""
    """The place in documents' date lines."""
    late: str = "coalesce"
    """What happens to rungs missed by an outage: coalesce | each | skip."""
    quiet: Quiet | None = None
    day_ends: time | None = None
    """When the last day of a period ends, local; None = 24:00."""
    max_file: int = 25
    """The largest file kept with a case, in MiB."""
    practice: bool = False

    @property
    def database_shown(self) -> str:
        """The database's URL without its password."""
        return masked(self.database)

    @property
    def max_bytes(self) -> int:
        """The largest file kept with a case, in bytes."""
        return self.max_file * 1024 * 1024


def office_toml(title: str, *, practice: bool, database: str = "") -> str:
    """The text of a new office's office.toml."""
    where = f'database = "{_quotable(database or "sqlite:///hoso.db")}"'
    return DEFAULT_OFFICE_TOML.format(title=_quotable(title), database=where, practice=f"practice = {str(practice).lower()}")


def _quotable(text: str) -> str:
    """A text as it stands between TOML's quotes."""
    return "".join(char if char.isprintable() else " " for char in text).replace("\\", "\\\\").replace('"', '\\"')


def language_of(folder: Path) -> str:
    """The language that the office in `folder` speaks, even where the rest of its office.toml can't be used."""
    try:
        found = re.search(
            r"""^\s*language\s*=\s*["'](en|vi)["']""", (folder / FILE).read_text(encoding="utf-8", errors="replace"), re.MULTILINE
        )
    except OSError:
        return "vi"
    return found[1] if found else "vi"


def read_settings(folder: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the office in `folder`; `environ`'s HOSO_DATABASE and HOSO_SMTP_PASSWORD go before its file.

    Raises WrongSettings, naming file and key, for whatever can't be taken as it stands.
    """
    table = Table(folder / FILE, read.load(folder / FILE))
    written = table.take("database", read.text, "sqlite:///hoso.db")
    if masked(written) != written:
        raise PasswordInFile(file=table.file)
    settings = Settings(
        folder=folder.resolve(),
        title=table.take("title", read.text),
        place=table.take("place", read.any_text, ""),
        zone=table.take("zone", read.zone, ZoneInfo("Asia/Ho_Chi_Minh")),
        language=table.take("language", read.one_of("vi", "en"), "vi"),
        late=table.take("late", read.one_of("coalesce", "each", "skip"), "coalesce"),
        quiet=table.take("quiet", read.quiet, None),
        database=_database(folder.resolve(), table.file, written, environ.get("HOSO_DATABASE", "")),
        database_from="HOSO_DATABASE" if environ.get("HOSO_DATABASE") else f"{table.file}: 'database'",
        day_ends=table.take("day_ends", read.day_end, None),
        max_file=table.take("max_file", read.number(1, 1024), 25),
        practice=table.take("practice", read.yes_no, False),
        delivery=_delivery(folder.resolve(), table, environ),
    )
    table.done()
    return settings


def _database(folder: Path, file: str, written: str, given: str) -> str:
    url = given or written
    found = database_url(folder, url)
    if found is None:
        if given:
            raise WrongVariable(file=file, value=masked(url))
        raise WrongSetting(file=file, key="database", value=masked(url), expected=DATABASE, limits={})
    return found


def bare(url: str) -> str:
    """A database's URL as it may stand in office.toml: without its password."""
    place, _, options = masked(url).replace(":***@", "@").partition("?")
    kept = "&".join(one for one in options.split("&") if not one.endswith("=***"))
    return f"{place}?{kept}" if kept else place


DATABASE = "sqlite:///FILE or postgresql://USER@HOST/NAME"
"""What a database's URL looks like."""


def database_url(folder: Path, url: str) -> str | None:
    """The URL of a database, a relative SQLite path reckoned from the office's folder; None for what can be none."""
    kind, _, rest = url.partition("://")
    if refused_in(url, lines=False):
        return None
    if kind == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return f"sqlite:///{folder / rest[1:]}"
    if kind in {"postgresql", "postgresql+psycopg"}:
        with suppress(ValueError):  # half an address of IPv6
            return url if urlsplit(url).path.strip("/") else None
    return None


def _delivery(folder: Path, table: Table, environ: Mapping[str, str]) -> FolderDelivery | SmtpDelivery:
    part = table.inner("delivery", {"kind": "folder"})
    kind = part.take("kind", read.one_of("folder", "smtp"))
    found = _folder(folder, part) if kind == "folder" else _smtp(folder, part, environ)
    part.done()
    return found


def _folder(folder: Path, part: Table) -> FolderDelivery:
    return FolderDelivery(
        path=folder / part.take("path", read.text, "var/outbox"), sender=part.take("sender", read.address, "hoso@localhost")
    )


def _smtp(folder: Path, part: Table, environ: Mapping[str, str]) -> SmtpDelivery:
    ca_file = part.take("ca_file", read.any_text, "")
    password_file = part.take("password_file", read.any_text, "")
    made = SmtpDelivery(
        host=part.take("host", read.text),
        port=part.take("port", read.number(1, 65535), 587),
        starttls=part.take("starttls", read.yes_no, True),
        user=part.take("user", read.any_text, ""),
        password=environ.get("HOSO_SMTP_PASSWORD") or (_password(folder / password_file) if password_file else ""),
        sender=part.take("sender", read.address),
        ca_file=folder / ca_file if ca_file else None,
        timeout=part.take("timeout", read.number(1, 600), 30),
    )
    if made.user and not made.starttls and made.host not in {"localhost", "127.0.0.1", "::1"}:
        raise PasswordInClear(file=part.file, host=made.host)
    return made


def _password(file: Path) -> str:
    """A password file's text; only its owner may be able to read it."""
    try:
        if file.stat().st_mode & 0o077:
            raise OpenPassword(file=str(file))
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoFile(file=str(file), cause=getattr(error, "strerror", None) or "?") from error

"""Messages through a mail server (SMTP, STARTTLS, login): one connection for all messages of a tick."""

import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from smtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

from workflow.model import Message
from workflow.ports import SenderError
from workflow.senders.mail import mail_bytes

LOGGED_IN = 235

FINAL = 5
"""The first digit of an answer after which trying again is useless."""

SESSION_CODES = frozenset({502, 503, 530, 534, 535, 538})
"""Answers about the session, not the message (log in first, wrong password …): whoever runs the office mends the
settings, then the same messages go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSender:
    """Sends from the address `sender`. With `starttls` the server's certificate is checked, against `ca_file`'s
    authorities if given, else the machine's. `timeout` in seconds, for each answer of the server.
    """

    host: str
    sender: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30

    def send(self, messages: Sequence[Message]) -> Mapping[str, SenderError | None]:
        """Message id → None when the server took it, else why not; those after a broken connection are tried later."""
        outcome: dict[str, SenderError | None] = {}
        try:
            with self._session() as session:
                for message in messages:
                    outcome[message.id] = self._deliver(session, message)
        except (OSError, SMTPException) as broken:
            reason = SenderError(f"{self.host}:{self.port}: {_said(broken)}", final=False)
            outcome |= {message.id: reason for message in messages if message.id not in outcome}
        return outcome

    @contextmanager
    def _session(self) -> Iterator[SMTP]:
        session = SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.starttls:
                session.starttls(context=ssl.create_default_context(cafile=self.ca_file))
            if self.user:
                _log_in(session, self.user, self.password)
            yield session
        finally:
            with suppress(OSError, SMTPException):  # what was accepted stays sent, whether or not the server says goodbye
                session.quit()
            session.close()

    def _deliver(self, session: SMTP, message: Message) -> SenderError | None:
        """One message. A connection that breaks is the session's error and ends it."""
        try:
            session.sendmail(self.sender, [message.address], mail_bytes(message, self.sender))
        except SenderError as refused:
            return refused
        except SMTPServerDisconnected:
            raise
        except SMTPRecipientsRefused as refused:
            code, _ = refused.recipients[message.address]
            return SenderError(_said(refused), final=_is_final(code))
        except SMTPResponseException as refused:
            return SenderError(_said(refused), final=_is_final(refused.smtp_code))
        return None


def _log_in(session: SMTP, user: str, password: str) -> None:
    """Log in; a name or password with Vietnamese letters by AUTH PLAIN in UTF-8 (RFC 4616), which smtplib can't."""
    if (user + password).isascii():
        session.login(user, password)
        return
    session.ehlo_or_helo_if_needed()
    code, said = session.docmd("AUTH", "PLAIN " + b64encode(f"\0{user}\0{password}".encode()).decode())
    if code != LOGGED_IN:
        raise SMTPAuthenticationError(code, said)


def _is_final(code: int) -> bool:
    """5xx: the same message will never be taken (RFC 5321, 4.2.1), unless the answer is about the session."""
    return code // 100 == FINAL and code not in SESSION_CODES


def _said(error: Exception) -> str:
    """What the server (or the system) said, on one line, without what we sent."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(_answer(code, text) for code, text in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return " ".join(str(error).split()) or type(error).__name__


def _answer(code: int, text: bytes | str) -> str:
    """A server's answer: `450 Mailbox busy`."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"

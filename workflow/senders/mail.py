"""A message as an e-mail: the same message always gives the same bytes, whatever a case's title holds."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from workflow.model import Message
from workflow.ports import SenderError
from workflow.settings import ADDRESS

WIRE = SMTP.clone(max_line_length=900)
"""The standard policy folds a long header inside a Vietnamese letter and corrupts it; one long line does not."""

SUBJECT_BYTES = 600
"""What surely fits into one line of `WIRE` once encoded (4 bytes for 3)."""


def mail(message: Message, sender: str) -> EmailMessage:
    """The e-mail of `message` from the address `sender`; raises SenderError (final) if its address is none."""
    if not ADDRESS.fullmatch(message.address):
        raise SenderError(f"{message.person} has no usable e-mail address ({message.address!r})", final=True)
    made = EmailMessage(policy=SMTP)
    made["Message-ID"] = f"<{stem(message)}@{sender.rpartition('@')[2]}>"
    made["Date"] = format_datetime(message.made)
    made["From"] = sender
    made["To"] = message.address
    made["Auto-Submitted"] = "auto-generated"  # keeps absence notices from being sent back (RFC 3834)
    made.set_content(_storable(message.text), cte="quoted-printable")
    made.policy = WIRE
    made["Subject"] = one_line(message.subject)
    return made


def mail_bytes(message: Message, sender: str) -> bytes:
    """The e-mail's bytes, with CRLF line ends."""
    return mail(message, sender).as_bytes()


def stem(message: Message) -> str:
    """The message's id as it may stand in a Message-ID and in a file's name."""
    return quote(message.id, safe="")


def one_line(subject: str) -> str:
    """A subject that can't break out of its header: one line, no encoded words, cut where it would be folded."""
    plain = "".join(char if char.isprintable() else " " for char in _storable(subject)).replace("=?", "= ?")
    plain = " ".join(plain.split())
    if len(plain.encode()) <= SUBJECT_BYTES:
        return plain
    return plain.encode()[: SUBJECT_BYTES - 3].decode(errors="ignore").rstrip() + "…"


def _storable(text: str) -> str:
    """Lone surrogates, which no encoding can hold, as question marks."""
    return text.encode(errors="replace").decode()

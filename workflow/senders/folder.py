"""Messages as .eml files in a folder, for an office without a mail server; any mail program opens them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from workflow.model import Message
from workflow.ports import SenderError
from workflow.senders.mail import mail_bytes, stem
from workflow.sharing import let_group_in


class FolderSender(Struct, frozen=True, kw_only=True):
    """Writes one file a message into `path`, named by the message's id, for its owner only (or the group that shares the folder).

    A message that is sent again leaves its file as it is.
    """

    path: Path
    sender: str

    def send(self, messages: Sequence[Message]) -> Mapping[str, SenderError | None]:
        """Message id → None when its file is there, else why not."""
        return {message.id: self._deliver(message) for message in messages}

    def _deliver(self, message: Message) -> SenderError | None:
        try:
            self._write(self.path / f"{stem(message)}.eml", mail_bytes(message, self.sender))
        except SenderError as refused:
            return refused
        except OSError as error:
            return SenderError(f"{self.path}: {error.strerror or error}", final=False)
        return None

    def _write(self, file: Path, content: bytes) -> None:
        """Whole or not at all: a crash leaves at most a hidden .part file, which the next try writes over."""
        if file.exists():
            return
        if not self.path.exists():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            let_group_in(self.path)
        part = self.path / f".{file.stem}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            let_group_in(part)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
        _sync_folder(self.path)


def _sync_folder(path: Path) -> None:
    """Make the new name last through a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

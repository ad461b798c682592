"""What is proved of papers: that they can be written again, which paper a file is; and a case's whole file."""

from collections.abc import Mapping

from msgspec import Struct

from workflow.answers.papers import DocumentShown


class Reproduced(Struct, frozen=True, kw_only=True):
    """A paper written again from its stored template and facts."""

    key: str
    symbol: str
    same: Mapping[str, bool]
    """Kind (docx, pdf) → whether every byte is the same."""
    same_text: bool
    """Whether the words are the same."""
    renderer: str
    """What wrote the stored files."""
    renderer_now: str


class FileKnown(Struct, frozen=True, kw_only=True):
    """Which paper a file is. `state`: unchanged | changed | unknown (then nothing else is told)."""

    state: str
    case: str = ""
    kind: str = ""
    """docx | pdf | attached."""
    document: DocumentShown | None = None


class CaseExported(Struct, frozen=True, kw_only=True):
    """A case's file as it was exported: name → SHA-256 of each of its files."""

    case: str
    files: Mapping[str, str]

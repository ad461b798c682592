"""Papers as people see them."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field


class DocumentEventShown(Struct, frozen=True, kw_only=True):
    """What became of an issued paper. `by`: the number of the paper that replaces or corrects it; `files`: name → content hash."""

    what: str
    """void | replaced | corrected | recalled | attached."""
    at: datetime
    actor: str
    actor_title: str
    note: str = ""
    by: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


class DocumentShown(Struct, frozen=True, kw_only=True):
    """One document of a case."""

    key: str
    type: str
    title: str
    status: str
    """draft | issued | void | replaced | recalled."""
    symbol: str
    at: datetime
    signed_by: str = ""
    asked: str = ""
    asked_title: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """Kind (docx, pdf) → content hash; drafts have none: they are written when somebody looks."""
    events: tuple[DocumentEventShown, ...] = ()
    """What became of it since it was issued, oldest first."""


class DifferenceShown(Struct, frozen=True, kw_only=True):
    """One difference between two papers. `where`: the paragraph's number, or title | recipients | signature."""

    kind: str
    """added | removed | changed."""
    where: str
    before: str
    after: str

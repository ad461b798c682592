"""What is kept of an office beside its cases: what was done with it, the chain over all of it, what was disposed of."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from workflow.phrases import phrase


class Disposal(Struct, frozen=True, gc=False, kw_only=True):
    """A row that lets the contents of one case go, in one transaction: the entry that says so, when, by whom, by which decision.
    `done`: it was carried out; it never is otherwise once it is kept.
    """

    case: str
    seq: int
    at: datetime
    by: str
    decision: str
    done: bool = True


class Record(Struct, frozen=True, gc=False, kw_only=True):
    """What somebody who runs the office did with it: `kind` backup | restore; `text` its facts as canonical JSON."""

    kind: str
    at: datetime
    by: str
    text: str


class OfficeHead(Struct, frozen=True, gc=False, kw_only=True):
    """One line of the chain over the whole office: what all chains came to before a moment. `text` is its canonical JSON, hashed as
    it is; `hash` = SHA-256 of the previous head's hash and `text`.
    """

    seq: int
    at: datetime
    """Entries of before this moment are under it."""
    text: str
    previous: str
    hash: str


class Fault(Struct, frozen=True, gc=False, kw_only=True):
    """What a store finds wrong in itself: an English template, its facts, and the way out, another template."""

    template: str
    facts: Mapping[str, object] = field(default_factory=dict)
    hint: str = "Restore the last backup."

    def message(self, language: str = "en") -> str:
        """It as one sentence."""
        return phrase(self.template, language, **self.facts)

    def way_out(self, language: str = "en") -> str:
        """What to do about it."""
        return phrase(self.hint, language, **self.facts)

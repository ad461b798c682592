"""What those who keep an office are answered: backups and what is restored of them."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct


class SentAgain(Struct, frozen=True, kw_only=True):
    """A message that a restored office would send."""

    person: str
    subject: str
    made: datetime


class RestorePreview(Struct, frozen=True, kw_only=True):
    """What a restored office would do as soon as its worker looks."""

    backed_up: datetime
    messages: tuple[SentAgain, ...]
    acts: Mapping[str, int]
    """Case → how many acts of the clock."""
    opened: tuple[str, ...]
    """Periodic cases."""
    failed: int
    series: Mapping[str, int]
    """Series → its last number in the backup."""


class Restored(Struct, frozen=True, kw_only=True):
    """A restored office. `late`: fire | suppress; `suppressed`: messages given up; `reserved`: series → first and last number."""

    folder: str
    backed_up: datetime
    late: str
    suppressed: int
    reserved: Mapping[str, tuple[int, int]]


class Disposable(Struct, frozen=True, kw_only=True):
    """A closed case whose retention has ended, or will have by the day that was asked for."""

    number: str
    process: str
    title: str
    closed: datetime
    retention: str
    """As the definitions say: `10 years`."""
    until: date
    """The last day on which it must be kept."""
    files: int
    """Issued papers in it."""
    reasons: tuple[str, ...]
    """Why whoever asks may not dispose of it now."""
    disposed: bool
    """It was, by this command."""

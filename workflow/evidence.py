"""What a proof asks of the store: all that is kept, and what is strange about it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from workflow.model import Fault, SeriesKey, Whole


class Chains(Struct, frozen=True, kw_only=True):
    """What all chains of an office came to before a moment: counts, and SHA-256 digests."""

    cases: int
    entries: int
    buckets: str
    """Sixteen digits of the digest of each of 256 groups of cases: they tell where to look."""
    chains: str  # over the newest entry of every case
    registers: str
    deployments: str
    records: str


class Sent(NamedTuple):
    """A message, and the notices that it was made of."""

    id: str
    person: str
    notices: tuple[tuple[str, bool], ...]
    """Each by its key, in their order; and whether the message says what it says."""


class Evidence(Protocol):
    """The part of a store that a proof reads."""

    def all_cases(self) -> Iterator[str]:
        """Every case's number, in order of opening: for `verify`."""
        ...

    def count_cases(self) -> int:
        """How many cases there are."""
        ...

    def wholes(self, numbers: Sequence[str]) -> list[Whole]:
        """These cases, their histories, the numbers given for them: all at one moment, in the order in which they were asked for."""
        ...

    def cases_since(self, since: datetime) -> Iterator[str]:
        """The numbers of the cases in which something happened since, in order of opening."""
        ...

    def versions(self) -> list[tuple[str, str, str]]:
        """(kind, hash, key) of every kept version."""
        ...

    def strange_receipts(self) -> list[tuple[str, str, int]]:
        """(request, case, seq) of receipts for what is not in the history."""
        ...

    def chains(self, before: datetime) -> Chains:
        """What all chains came to before a moment."""
        ...

    def strange_series(self) -> Iterator[tuple[SeriesKey, list[int], int]]:
        """Each series that has a gap, or a number past its last: its key, the numbers given in order, and its last."""
        ...

    def integrity(self) -> list[Fault]:
        """What is wrong with the database: damage, guards, tables; empty = nothing."""
        ...

    def loose_numbers(self) -> list[tuple[SeriesKey, int]]:
        """The numbers that no case has: each of them stands in its body's registers."""
        ...

    def unkept_versions(self) -> list[tuple[str, str, str]]:
        """(kind, key, hash) of versions that came into use, or that a case obeys, and that are not kept."""
        ...

    def strange_periods(self) -> list[tuple[str, str, str]]:
        """(process, period, case) of periods whose case the clock did not open for them alone; '': a case that it opened for none."""
        ...

    def files(self) -> Iterator[tuple[str, bool]]:
        """Each stored file by its hash, and whether its size is that of its bytes."""
        ...

    def sent(self) -> Iterator[Sent]:
        """Each message whose words are still there."""
        ...

"""What a changed procedure would have done to past cases, and what it would do to those to come."""

from collections.abc import Mapping

from msgspec import Struct, field


class CaseTested(Struct, frozen=True, kw_only=True):
    """One past case under the changed procedure."""

    case: str
    title: str
    breached_before: bool
    """A deadline of it was missed, as things really were."""
    breached: tuple[str, ...] = ()
    """The deadlines that would be missed: state (or deadline) and by how many days."""
    stuck: str = ""
    """The state (its title) in which it would stay, while it really went on."""
    refused: tuple[str, ...] = ()
    """The acts that would be refused, with the reason."""


class Backtested(Struct, frozen=True, kw_only=True):
    """Past cases of a procedure under the definitions folder's version and calendar: those that whoever asks may see, as if there were no
    others. `cases` are those of note.
    """

    process: str
    title: str
    version: str
    cases_tested: int
    acts_tested: int
    acts_left_out: int
    """Acts on papers and the like, which change no state and no deadline."""
    breached_before: int
    breached: int
    newly_breached: int
    no_longer_breached: int
    stuck: Mapping[str, int]
    acts_refused: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    cases: tuple[CaseTested, ...] = ()

"""What asked units (or persons) say: opinions, and how they stand."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from msgspec import Struct, field

Values = Mapping[str, Any]


class OpinionStatus(Enum):
    """How a unit's opinion stands."""

    ASKED = "asked"
    GIVEN = "given"
    SILENT = "silent"
    VOID = "void"
    """The act that asked was recalled: nothing is owed."""
    RELEASED = "released"
    """It need not answer any more: it was released while the round ran."""


class Given(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A reply as it was before another took its place."""

    answer: str
    by: str
    at: datetime
    fields: Values = field(default_factory=dict)
    note: str = ""
    late: bool = False


class Opinion(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One asked unit's (or person's) answer in one round. `late`: given after its due."""

    state: str
    round: int
    asked: str
    status: OpinionStatus
    asked_at: datetime
    answer: str = ""
    fields: Values = field(default_factory=dict)
    note: str = ""
    by: str = ""
    at: datetime | None = None
    late: bool = False
    carried: bool = False
    """The answer was given in the round before, and whoever gave it was not asked again."""
    earlier: tuple[Given, ...] = ()
    """The replies whose place this one took, the first one first."""
    escalated: bool = False
    """Nothing had come when it was due: the superiors of whoever is to reply may do so too."""

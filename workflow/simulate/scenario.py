"""What a scenario is: an office's moment, a case, and steps with what is expected of each."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from workflow.errors import Place


class Step(Struct, frozen=True, kw_only=True):
    """One step: what is done (or nothing: only a look), on which case, and what is expected of it, or the words of its refusal."""

    place: Place
    kind: str = ""
    """wait | open | do | reply | attach …; empty: nothing is done, what there is is looked at."""
    what: Any = ""
    """The value beside the kind: the action, the answer, the time to wait for, the opened case's fields …"""
    case: str = ""
    """`KEY N`: the N-th other case of the process KEY; empty: the scenario's own."""
    process: str = ""
    start: str = ""
    title: str = ""
    actor: str = ""
    unit: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    answer: str = ""
    take_back: bool = False
    """Of `correct`: what a reply should have said; that it was not the unit's."""
    how: str = "relates"
    """Of `link`."""
    children: bool = False
    """Of `do`: on the open sub-cases too."""
    expect: dict[str, tuple[Any, Place]] = field(default_factory=dict)
    refused: str = ""


class Scenario(Struct, frozen=True, kw_only=True):
    """One scenario of one process."""

    process: str
    name: str
    place: Place
    at: str
    actor: str = ""
    start: str = "open"
    title: str = ""
    fields: dict[str, Any] | None = None
    """None: nothing is opened by hand."""
    source: str = ""
    """The file's text, for its lines."""
    steps: tuple[Step, ...] = ()

"""Reading mappings by hand, for the files beside the procedures: each reader notes what is wrong and goes on, so that all
problems of a file are told at once. Which keys and kinds of value there may be is the grammar's to say; a reader takes what
is of another kind for nothing.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date

from msgspec import Struct, field

from workflow.authoring import problems as p
from workflow.authoring.problems import Kind
from workflow.authoring.read import Node
from workflow.errors import Problem

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"\w[\w-]*")

RESERVED = frozenset({"hoso", "all"})
"""Words that mean something themselves: the clock as an actor, everybody."""

NO_DATE = Kind(code="E701", message="'{text}' is no date", hint="as 2026-12-31")
BACKWARD = Kind(code="E702", message="it ends on {until}, before it begins on {since}", hint="change one of the dates")
BAD_ID = Kind(code="E703", message="'{word}' can't be a key here", hint="use letters, digits, _ and -; 'hoso' and 'all' are taken")

Found = dict[str, Node]


class Shape(Struct):
    """The reading of one file."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, kind: Kind, node: Node, **facts: object) -> None:
        """Note a problem at a node."""
        self.problems.append(kind.at(node.place, **facts))

    @property
    def failed(self) -> bool:
        """Whether anything worse than a warning was found."""
        return any(not problem.warning for problem in self.problems)

    def keys(self, node: Node) -> Found:
        """A mapping's values by key; nothing written counts as no key."""
        return {key.text: value for key, value in node.pairs if not value.is_empty}

    def named(self, node: Node | None) -> tuple[tuple[Node, Node], ...]:
        """A mapping of ids that the file chooses itself, as (id, value)."""
        for key, _ in (found := self.pairs(node)):
            if not _ID.fullmatch(key.text) or key.text in RESERVED:
                self.wrong(BAD_ID, key, word=key.text)
        return found

    def pairs(self, node: Node | None) -> tuple[tuple[Node, Node], ...]:
        """A mapping's keys and values, whatever the keys are."""
        return () if node is None else node.pairs

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """A list's items; one may stand for a list."""
        return () if node is None else node.as_list()

    def text(self, node: Node | None) -> str:
        """A text of one line; '' if nothing stands there."""
        return "" if node is None else " ".join(node.text.split())

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """Several texts, or one."""
        return tuple(filter(None, (self.text(item) for item in self.items(node))))

    def flag(self, node: Node | None) -> bool:
        """Whether true (or yes) stands there."""
        return node is not None and node.text in {"true", "yes"}

    def day(self, node: Node | None) -> date | None:
        """A date; None if nothing (or no date, which is noted) stands there."""
        if node is None:
            return None
        found = date_of(node.text) if node.is_scalar else None
        if found is None:
            self.wrong(NO_DATE, node, text=node.text or node.kind.value)
        return found

    def period(self, found: Found, begins: str = "from") -> tuple[date | None, date | None]:
        """(since, until) of a mapping, both included; a period that ends before it begins is noted."""
        since, until = self.day(found.get(begins)), self.day(found.get("until"))
        if since and until and until < since:
            self.wrong(BACKWARD, found["until"], since=since, until=until)
        return since, until

    def word(self, node: Node | None, kind: str, known: Collection[str]) -> str:
        """A word that must name something of a kind (unit, person …); '' if it does not, which is noted."""
        if node is None or not (text := self.text(node)):
            return ""
        if text not in known:
            self.problems.append(p.UNKNOWN[kind].meant(node.place, text, known))
            return ""
        return text

    def words(self, node: Node | None, kind: str, known: Collection[str]) -> tuple[str, ...]:
        """Several such words, or one."""
        return tuple(filter(None, (self.word(item, kind, known) for item in self.items(node))))


def in_order(shape: Iterable[Problem], found: Iterable[Problem]) -> list[Problem]:
    """The problems of one file in file order: the breaches of its shape, and what else was found at other places."""
    breaches = list(shape)
    told = {problem.place for problem in breaches}
    problems = [*breaches, *(problem for problem in found if problem.place not in told)]
    return sorted(problems, key=lambda problem: (problem.place.line, problem.place.column))


def date_of(text: str) -> date | None:
    """The date that an ISO text means, or None."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None

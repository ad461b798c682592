"""Text → nodes that know file, line and column: YAML 1.2's plain scalars, with bounds. The only importer of yaml.

Nodes are built from parse events, because composing with the C loader overflows the stack at a deep nesting.
`on`, `no`, `12:30`, `0123`, `0x1f`, `1e5` and dates stay text; only true/false, null, integers and decimals are values.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Any, cast
from unicodedata import normalize

import yaml
from msgspec import Struct, field

from workflow.authoring import problems as p
from workflow.errors import DefinitionsWrong, Place, Problem
from workflow.signs import code, refused_in

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 100_000
"""Keys and values of one file: an organisation of ten thousand posts has as many."""
MAX_DIGITS = 18
MAX_DUPLICATES = 20

_BREAK = re.compile(r"\r\n|\r|\n")
_UNFIT = re.compile("[^\\t\\n\\r\x20-\x7e\xa0-\u2027\u2030-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TAB = re.compile(r"(?m)^ *\t+(?=[^\s])")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}


class NodeKind(Enum):
    """What a node is."""

    MAPPING = "keys"
    SEQUENCE = "a list"
    SCALAR = "a value"


class Node(Struct, frozen=True, kw_only=True):
    """One value of a file. `value` is a scalar's (text, whole number, Decimal, true/false or None), `text` how it was
    written (NFC); `pairs` are a mapping's keys (as scalar nodes, with their own places) and values, `items` a list's.
    """

    kind: NodeKind
    place: Place
    value: str | int | Decimal | bool | None = None
    text: str = ""
    pairs: tuple[tuple["Node", "Node"], ...] = ()
    items: tuple["Node", ...] = ()
    quoted: bool = False

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return self.kind is NodeKind.MAPPING

    @property
    def is_sequence(self) -> bool:
        """Whether it is a list."""
        return self.kind is NodeKind.SEQUENCE

    @property
    def is_scalar(self) -> bool:
        """Whether it is a single value."""
        return self.kind is NodeKind.SCALAR

    @property
    def is_empty(self) -> bool:
        """Whether it is null (nothing written counts as null)."""
        return self.is_scalar and self.value is None

    @property
    def keys(self) -> tuple[str, ...]:
        """A mapping's keys, in file order."""
        return tuple(key.text for key, _ in self.pairs)

    def get(self, key: str) -> "Node | None":
        """The value of a mapping's key, or None."""
        for found, value in self.pairs:  # asked for a hundred times as often as anything else is done: no generator
            if found.text == key:
                return value
        return None

    def key(self, key: str) -> "Node | None":
        """The key itself, for its place, or None."""
        return next((found for found, _ in self.pairs if found.text == key), None)

    def as_list(self) -> tuple["Node", ...]:
        """A list's items; one item may stand for a list; null is an empty one."""
        if self.is_sequence:
            return self.items
        return () if self.is_empty else (self,)

    def plain(self) -> Any:
        """The value as plain Python: dict, list, str, int, Decimal, bool, None."""
        if self.is_mapping:
            return {key.text: value.plain() for key, value in self.pairs}
        if self.is_sequence:
            return [item.plain() for item in self.items]
        return self.value


def read(file: str, text: bytes | str) -> Node:
    """The root node of a YAML text; `file` is the name shown in places. Raises DefinitionsWrong with every problem."""
    node, problems = parse(file, text)
    if node is None or problems:
        raise DefinitionsWrong(problems)
    return node


def parse(file: str, text: bytes | str) -> tuple[Node | None, list[Problem]]:
    """As `read`, but hands the problems back; a file whose only fault is a doubled key still gives its node."""
    node, problems = _parsed(file, text)
    return node, list(problems)


@lru_cache(maxsize=256)
def _parsed(file: str, text: bytes | str) -> tuple[Node | None, tuple[Problem, ...]]:
    """A deployment reads a file for what it says, for what it means to scenarios, and for the words that editors offer."""
    try:
        source = decode(file, text)
        builder = _Builder(file)
        node = builder.document(source)
    except _Unreadable as stop:
        return None, (stop.problem,)
    return node, tuple(builder.problems)


def read_text(file: str, data: bytes | str) -> tuple[str | None, list[Problem]]:
    """The text of any file of the definitions, such as a template, and why it is none."""
    try:
        return decode(file, data, tabs=True), []
    except _Unreadable as stop:
        return None, [stop.problem]


def unfit(node: Node) -> Iterator[Problem]:
    """The texts of a file with a character that no text needs, also where it is written as an escape."""
    if node.is_scalar and (sign := refused_in(node.text, lines=True)) is not None:
        yield p.BAD_CHARACTER.at(node.place, character=code(sign))
    for key, value in node.pairs:
        yield from (*unfit(key), *unfit(value))
    for item in node.items:
        yield from unfit(item)


def excerpt(source: str, place: Place) -> str:
    """The line of `place` with a mark under its column; '' if there is no such line."""
    lines = _lines(source)
    if not 0 < place.line <= len(lines):
        return ""
    line = lines[place.line - 1].replace("\t", " ")
    start = max(0, place.column - 80)
    shown = line[start : start + 120]
    return f"{shown}\n{' ' * (place.column - 1 - start)}^" if place.column else shown


@lru_cache(maxsize=4)
def _lines(source: str) -> list[str]:
    return _BREAK.split(source)


class _Unreadable(Exception):
    """A problem after which nothing more can be read of a file."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def decode(file: str, data: bytes | str, *, tabs: bool = False) -> str:
    """The text of a file, if it is one; YAML is not indented with `tabs`."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > MAX_BYTES:
        raise _Unreadable(p.TOO_LARGE.at(Place(file=file), size=len(raw), limit=MAX_BYTES))
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        raise _Unreadable(p.NOT_UTF8.at(Place(file=file, line=line, column=column))) from None
    if bad := _UNFIT.search(text):
        raise _Unreadable(p.BAD_CHARACTER.at(_place(file, text, bad.start()), character=f"U+{ord(bad[0]):04X}"))
    if not tabs and (tab := _TAB.search(text)):
        raise _Unreadable(p.TAB.at(_place(file, text, tab.end() - 1)))
    return text


def _place(file: str, text: str, index: int) -> Place:
    before = _BREAK.split(text[:index])
    return Place(file=file, line=len(before), column=len(before[-1]) + 1)


class _Builder(Struct):
    """Builds nodes from one file's events."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def document(self, source: str) -> Node:
        """The root of the file's only document."""
        try:
            events = iter(yaml.parse(source, Loader=yaml.CSafeLoader))
            start = list(islice(events, 2))  # the stream's and the document's
            if isinstance(start[-1], yaml.StreamEndEvent):
                raise _Unreadable(p.EMPTY.at(Place(file=self.file)))
            node = self._node(next(events), events, 1)
            next(events)  # the document's end
            if not isinstance(after := next(events), yaml.StreamEndEvent):
                raise _Unreadable(p.SEVERAL.at(self._at(after)))
        except yaml.YAMLError as error:
            raise _Unreadable(self._syntax(error)) from None
        if node.is_empty:
            raise _Unreadable(p.EMPTY.at(Place(file=self.file)))
        return node

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        place = self._at(event)
        self.count += 1
        if self.count > MAX_VALUES:
            raise _Unreadable(p.TOO_MANY.at(place, limit=MAX_VALUES))
        if depth > MAX_DEPTH:
            raise _Unreadable(p.TOO_DEEP.at(place, limit=MAX_DEPTH))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Unreadable(p.ALIAS.at(place))
        if getattr(event, "tag", None) is not None:
            raise _Unreadable(p.TAG.at(place))
        if isinstance(event, yaml.MappingStartEvent):
            return Node(kind=NodeKind.MAPPING, place=place, pairs=self._pairs(events, depth))
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(kind=NodeKind.SEQUENCE, place=place, items=self._items(events, depth))
        return self._scalar(cast("yaml.ScalarEvent", event), place)

    def _items(self, events: Iterator[yaml.Event], depth: int) -> tuple[Node, ...]:
        found = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(self._node(event, events, depth + 1))
        return tuple(found)

    def _pairs(self, events: Iterator[yaml.Event], depth: int) -> tuple[tuple[Node, Node], ...]:
        found: dict[str, tuple[Node, Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not key.is_scalar:
                raise _Unreadable(p.KEY_NOT_TEXT.at(key.place))
            if key.text in found:
                self._duplicate(key, found[key.text][0])
            else:
                found[key.text] = (key, value)
        return tuple(found.values())

    def _duplicate(self, key: Node, first: Node) -> None:
        problem = p.DUPLICATE.at(key.place, key=key.text, line=first.place.line)
        if len(self.problems) >= MAX_DUPLICATES:
            raise _Unreadable(problem)
        self.problems.append(problem)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Node:
        text = normalize("NFC", event.value)
        quoted = event.style is not None and event.style != ""
        value = text if quoted else self._value(text, place)
        return Node(kind=NodeKind.SCALAR, place=place, value=value, text=text, quoted=quoted)

    def _value(self, text: str, place: Place) -> str | int | Decimal | bool | None:
        if text in _WORDS:
            return _WORDS[text]
        number = int if _INTEGER.fullmatch(text) else Decimal if _DECIMAL.fullmatch(text) else None
        if number is None:
            return text
        if len(text) > MAX_DIGITS:
            raise _Unreadable(p.HUGE_NUMBER.at(place, digits=len(text), limit=MAX_DIGITS))
        return number(text)

    def _at(self, event: yaml.Event) -> Place:
        return self._marked(event.start_mark)

    def _marked(self, mark: Any) -> Place:
        return Place(file=self.file, line=mark.line + 1, column=mark.column + 1)

    def _syntax(self, error: yaml.YAMLError) -> Problem:
        return p.SYNTAX.at(self._marked(getattr(error, "problem_mark", None)), cause=getattr(error, "problem", None))

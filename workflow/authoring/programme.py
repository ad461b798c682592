"""programme.yaml → Programme, with every problem of the file."""

import re
from calendar import monthrange
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflow.authoring.grammar import PROGRAMME, check_shape
from workflow.authoring.parse_time import MONTHS
from workflow.authoring.problems import KNOWN, Kind
from workflow.authoring.read import Node
from workflow.authoring.shape import Found, Shape, in_order
from workflow.errors import Problem
from workflow.language.process import FieldType, Process
from workflow.organisation import Organisation
from workflow.programme import EVER, Evidence, Obligation, Owed, Programme

NO_TERM = Kind(code="E741", message="'{text}' is no day of the year", hint="as '20 December'")
ENDS_BEFORE = Kind(code="E742", message="the programme ends in {until}, before it begins in {since}", hint="change one of the years")
NO_YEAR = Kind(code="E743", message="the field '{word}' is no whole number, so it names no year", hint="name a field of type integer")
CANT_HOLD = Kind(code="E744", message="the field '{field}' can't hold '{word}'", hint=KNOWN)
NOT_COMPARED = Kind(
    code="E745", message="a field of type {type} can't be compared here", hint="compare a text, a number, yes-no, a choice or a unit"
)

COMPARED = frozenset({"text", "integer", "yes-no", "choice", "unit"})
_TERM = re.compile(r"(\d{1,2}) (\w+)")
_LEAP = 2024


def compile_programme(
    node: Node, processes: Mapping[str, Process], organisation: Organisation | None, *, whole: bool
) -> tuple[Programme | None, list[Problem]]:
    """The programme that a file means, and all that is wrong with it; None unless only warnings were found. `whole`: all
    processes of the folder are right, so that a name that is none of theirs is a mistake here.
    """
    reader = _Reader(check_shape(node, PROGRAMME), processes, organisation, whole=whole)
    made = reader.programme(node)
    found = in_order(reader.breaches, reader.shape.problems)
    return (None if reader.breaches or reader.shape.failed else made), found


class _Reader:
    """Reads one programme.yaml."""

    def __init__(
        self, breaches: list[Problem], processes: Mapping[str, Process], organisation: Organisation | None, *, whole: bool
    ) -> None:
        self.shape, self.breaches = Shape(), breaches
        self.processes, self.organisation, self.whole = processes, organisation, whole

    def programme(self, node: Node) -> Programme:
        root = self.shape.keys(node)
        since, until = self._number(root.get("since"), 1), self._number(root.get("until"), 9999)
        if until < since:
            self.shape.wrong(ENDS_BEFORE, root["until"], since=since, until=until)
        return Programme(
            title=self.shape.text(root.get("title")),
            by=self.shape.text(root.get("by")),
            since=since,
            until=until,
            obligations=tuple(self._obligation(key.text, value) for key, value in self.shape.named(root.get("obligations"))),
        )

    def _number(self, node: Node | None, otherwise: int) -> int:
        return int(node.value) if node is not None and isinstance(node.value, int) and not isinstance(node.value, bool) else otherwise

    def _obligation(self, key: str, node: Node) -> Obligation:
        found = self.shape.keys(node)
        day, month = self._term(found.get("by"))
        return Obligation(
            key=key,
            title=self.shape.text(found.get("title")) or key,
            article=self.shape.text(found.get("article")),
            text=self.shape.text(found.get("text")),
            who=self._units(found.get("who")),
            cases=tuple(self._evidence(item) for item in self.shape.items(found.get("cases")) if item.is_mapping),
            owed=_owed(self.shape.text(found.get("owed"))),
            day=day,
            month=month,
            basis=self.shape.text(found.get("basis")),
            count=self._number(found.get("count"), 1),
        )

    def _units(self, node: Node | None) -> tuple[str, ...]:
        if self.organisation is None:
            return self.shape.texts(node)
        return self.shape.words(node, "unit", list(self.organisation.units))

    def _term(self, node: Node | None) -> tuple[int, int]:
        """The day and month of `20 December`; the year's last where nothing is written."""
        if node is None:
            return 31, 12
        found = _TERM.fullmatch(self.shape.text(node))
        month = MONTHS.index(found[2]) + 1 if found and found[2] in MONTHS else 0
        if found is None or not month or not 1 <= int(found[1]) <= monthrange(_LEAP, month)[1]:
            self.shape.wrong(NO_TERM, node, text=self.shape.text(node))
            return 31, 12
        return int(found[1]), month

    def _evidence(self, node: Node) -> Evidence:
        found = self.shape.keys(node)
        key = self._process(found)
        process = self.processes.get(key)
        return Evidence(
            process=key,
            met=self.shape.texts(found.get("met")) if process is None else self._met(found.get("met"), process),
            when=self._when(found.get("when"), process),
            year=self._year(found.get("year"), process),
        )

    def _process(self, found: Found) -> str:
        node = found.get("process")
        return self.shape.word(node, "process", list(self.processes)) if self.whole else self.shape.text(node)

    def _met(self, node: Node | None, process: Process) -> tuple[str, ...]:
        return self.shape.words(node, "state", [state.key for state in process.states if not state.track])

    def _field(self, node: Node, process: Process) -> FieldType | None:
        word = self.shape.word(node, "field", list(process.field_of))
        return process.field_of[word] if word else None

    def _year(self, node: Node | None, process: Process | None) -> str:
        word = self.shape.text(node)
        if node is None or process is None or word == EVER:
            return word
        kind = self._field(node, process)
        if kind is not None and kind.type != "integer":
            self.shape.wrong(NO_YEAR, node, word=kind.key)
        return word

    def _when(self, node: Node | None, process: Process | None) -> tuple[tuple[str, Any], ...]:
        return tuple((key.text, self._value(key, value, process)) for key, value in self.shape.pairs(node))

    def _value(self, key: Node, value: Node, process: Process | None) -> Any:
        """What a field is compared with: as it is kept. A choice must be one of the field's."""
        kind = self._field(key, process) if process is not None else None
        text = self.shape.text(value)
        if kind is None:
            return text
        if kind.type not in COMPARED:
            self.shape.wrong(NOT_COMPARED, value, type=kind.type)
        known = {"choice": [choice for choice, _ in kind.choices], "yes-no": ["true", "false"]}.get(kind.type)
        if kind.type == "unit" and self.organisation is not None:
            known = list(self.organisation.units)
        if known is not None and text not in known:
            self.shape.problems.append(CANT_HOLD.meant(value.place, text, known, field=kind.key))
        if kind.type == "integer" and not isinstance(value.value, int | Decimal):
            self.shape.wrong(CANT_HOLD, value, field=kind.key, word=text, known="1, 2, 3")
        return text == "true" if kind.type == "yes-no" else text


def _owed(text: str) -> Owed:
    """When it is owed; what is no such word is the grammar's to tell."""
    return next((one for one in Owed if one.value == text), Owed.YEARLY)

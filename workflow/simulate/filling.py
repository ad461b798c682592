"""Values for forms, by chance: of the past, of the file, or whatever the field takes."""

from datetime import date, timedelta
from random import Random
from typing import Any

from workflow.language.process import Action, FieldType, Process
from workflow.simulate.assumed import Assumed
from workflow.simulate.world import Ground

_WORDS = ("text", "note", "case", "cases")
"""The types of which any word is a value."""


class Filler:
    """Fills the forms of a simulated office."""

    def __init__(self, process: Process, ground: Ground, assumed: Assumed, chance: Random, today: date) -> None:
        self.process, self.ground, self.assumed, self.chance, self.today = process, ground, assumed, chance, today

    def form(self, action: Action) -> dict[str, Any]:
        """A value for every field that is required or of which something is known."""
        found: dict[str, Any] = {}
        for key in action.form:
            kind = self.process.field_of[key]
            known = self.assumed.fields.get(key)
            if known not in (None, []):
                found[key] = self.chance.choice(known) if isinstance(known, list) else known
            elif kind.required or kind.default is not None or kind.type in {"choice", "yes-no"}:
                found[key] = kind.default if kind.default is not None else self.value(kind)
        return found

    def answer(self, reply: Action) -> str:
        """One of the answers that a consultation offers; '' where none are."""
        for state in self.process.states:
            if state.consult is not None and state.consult.reply == reply and state.consult.answers:
                weights = [self.assumed.weights.get(key, 1.0) for key, _ in state.consult.answers]
                return self.chance.choices([key for key, _ in state.consult.answers], weights)[0]
        return ""

    def value(self, kind: FieldType) -> Any:
        """Something that the field takes."""
        if kind.type == "table":
            return [{column.key: self.value(column) for column in kind.columns if column.required}]
        if kind.type == "choice":
            return self.chance.choice([key for key, _ in kind.choices])
        if kind.type == "yes-no":
            return self.chance.random() < 0.5  # noqa: PLR2004 - a coin
        return self._plain(kind)

    def _plain(self, kind: FieldType) -> Any:
        least = kind.min if kind.min is not None else 1
        if kind.type in _WORDS:
            return "…" * max(int(least), 1)
        known, day = self.ground.organisation, (self.today + timedelta(days=60)).isoformat()
        paper = {"name": "a.txt", "hash": "0" * 64, "size": 1}
        found: dict[str, Any] = {
            "choices": [key for key, _ in kind.choices][:1],
            "integer": least,
            "decimal": str(least),
            "date": day,
            "datetime": f"{day}T08:00:00+07:00",
            "unit": next(iter(known.units)),
            "units": list(known.units)[:2],
            "person": next(iter(known.persons)),
            "persons": list(known.persons)[:1],
            "file": paper,
            "files": [paper],
        }
        return found[kind.type]

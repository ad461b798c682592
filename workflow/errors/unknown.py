"""4: something that was named is not there."""

from collections.abc import Iterable

from workflow.errors.base import HosoError, nearest, some_of
from workflow.phrases import phrase


class NotFound(HosoError):
    """Something that was named is not there (or may not be seen, which looks the same)."""

    code, exit_code = "not-found", 4
    template = "There is no {kind} '{name}'{hint}."

    def __init__(self, *, kind: str, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(kind=kind, name=name)
        self.known = tuple(known)
        self.nearest = nearest(name, self.known)

    def message(self, language: str = "en") -> str:
        """With the nearest right word, if one is near; else with those that there are."""
        hint = ""
        if self.nearest:
            hint = phrase("; did you mean '{word}'?", language, word=self.nearest).rstrip(".")
        elif self.known:
            hint = phrase("; there are: {words}", language, words=some_of(self.known))
        return phrase(self.template, language, kind=phrase(str(self.facts["kind"]), language), name=self.facts["name"], hint=hint).replace(
            "?.", "?"
        )

"""What every error is: facts, a template, a stable code, an exit code."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import ClassVar

from workflow.phrases import Said, catalogue, phrase

__all__ = ["SOME", "Fault", "HosoError", "Said", "nearest", "some_of"]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a person most likely meant, or None."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


SOME = 12
"""Words that a sentence has room for."""


def some_of(words: Sequence[str]) -> str:
    """The words as a sentence has room for them, `…` for the rest; `-` for none."""
    return ", ".join(words[:SOME]) + (" …" if len(words) > SOME else "") or "-"


class HosoError(Exception):
    """Any error that a user may see; `facts` fill its template and stand in its JSON form."""

    code: ClassVar[str] = "fault"
    exit_code: ClassVar[int] = 1
    template: ClassVar[str] = "{detail}"

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts

    def message(self, language: str = "en") -> str:
        """The error as one paragraph in `language`."""
        words = catalogue(language)  # a cause is a sentence of its own: ours or, untranslated if it is a rare one, the system's
        causes = {key: fact for key, fact in self.facts.items() if key in {"cause", "detail"} and isinstance(fact, str)}
        said = {key: fact.to(language) if isinstance(fact, Said) else words.get(fact, fact) for key, fact in causes.items()}
        return phrase(self.template, language, **{**self.facts, **said})

    def __str__(self) -> str:
        return self.message()

    def to_json(self, language: str = "en") -> dict[str, object]:
        """The error as plain data: code, message, exit code and facts."""
        facts = {key: value if isinstance(value, str | int | float | bool | None) else str(value) for key, value in self.facts.items()}
        return {"error": self.code, "message": self.message(language), "exit_code": self.exit_code, "facts": facts}


class Fault(HosoError):
    """A fault of ours: what should never happen did."""

    template = (
        "Something went wrong inside hoso (fault {fault}). Nothing was written. Tell whoever runs this office; the details are in {log}."
    )


class LateFault(Fault):
    """The same, once something was written."""

    template = (
        "Something went wrong inside hoso (fault {fault}). Something was written before: look with 'hoso history' what is done, before you "
        "try again. Tell whoever runs this office; the details are in {log}."
    )


class OutputLost(HosoError):
    """What was to be printed can't be: its disk is full. Nothing was written."""

    code, exit_code = "not-printed", 8
    template = "The answer can't be printed ({cause}): make room where standard output goes, or print it elsewhere. Nothing was written."


class OutputLostAfter(OutputLost):
    """The same, once something was written."""

    code = "done-not-printed"
    template = "The answer can't be printed ({cause}), but what could be done of what was asked for is done. Look ('hoso list', 'hoso history') before you do anything again."

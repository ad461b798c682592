"""6: the definitions are wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.errors.base import HosoError
from workflow.phrases import Said, catalogue, phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file: 1-based line and column; 0 where there is none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in the definitions: where, a stable code, the cause, the way out.

    `message` and `hint` are English templates filled from `facts`, or (without facts) plain sentences.
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    excerpt: str = ""
    warning: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)

    def said(self, language: str = "en") -> str:
        """The problem as one line in `language`."""
        hint = self._phrase(self.hint, language) if self.hint else ""
        return f"{self.place}: {self.code} {self._phrase(self.message, language)}" + (f" ({hint})" if hint else "")

    def _phrase(self, template: str, language: str) -> str:
        if not self.facts:
            return catalogue(language).get(template, template)
        words = catalogue(language)
        facts = {key: words.get(fact, fact) if isinstance(fact, str) else fact for key, fact in self.facts.items()}
        said = {key: fact.to(language) for key, fact in self.facts.items() if isinstance(fact, Said)}
        return phrase(template, language, **{**facts, **said})

    def __str__(self) -> str:
        return self.said()


HELP = "What a code means, with an example: hoso help {code}"
"""Ends every list of problems."""


class DefinitionsWrong(HosoError):
    """The definitions are wrong; `problems` holds all of them, in file order."""

    code, exit_code = "definitions", 6
    template = "The definitions have {count} problem(s); nothing was deployed."

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)

    def message(self, language: str = "en") -> str:
        """A line a problem, then the count, and where its codes are explained."""
        told = [*(problem.said(language) for problem in self.problems), phrase(self.template, language, **self.facts)]
        return "\n".join([*told, *(phrase(HELP, language, code=problem.code) for problem in self.problems[:1])])

    def to_json(self, language: str = "en") -> dict[str, object]:
        """As every error's, with each problem's sentence."""
        return {**HosoError.to_json(self, language), "problems": [problem.said(language) for problem in self.problems]}


class AssumptionsWrong(DefinitionsWrong):
    """A file with what a simulation is to assume is wrong; `problems` holds all of them, in file order."""

    code = "assumptions"
    template = "{file} has {count} problem(s); nothing was simulated."

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        HosoError.__init__(self, file=file, count=len(problems))
        self.problems = tuple(problems)


class StillNeeded(HosoError):
    """A calendar was taken out of calendar.yaml, but something still counts by it."""

    code, exit_code = "calendar-needed", 6
    template = "The calendar '{calendar}' can't be taken away: {who} counts by it. Keep it in definitions/calendar.yaml."


class NoProgramme(HosoError):
    """The office works under no programme that its definitions tell of."""

    code, exit_code = "no-programme", 4
    template = "This office has no programme. Write one in definitions/programme.yaml and run 'hoso deploy'."


class NotDeployed(HosoError):
    """The office has no definitions in use yet."""

    code, exit_code = "not-deployed", 6
    template = "Nothing is deployed in this office yet. Run 'hoso deploy'."

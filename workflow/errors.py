"""One tree of errors, each built from its facts, each with a stable code and the command line's exit code.

A sentence names the place, the cause and the way out. It is written once, as the class's English `template`;
`message(language)` gives it in another language.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import ClassVar

from workflow.phrases import Said, catalogue, phrase


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a person most likely meant, or None."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


SOME = 12
"""Words that a sentence has room for."""


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
        said = {key: words.get(fact, fact) for key, fact in self.facts.items() if key in {"cause", "detail"} and isinstance(fact, str)}
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


# ---- 2: wrong usage ----------------------------------------------------------------------------------------------


class WrongUsage(HosoError):
    """The command line was used wrongly: what was typed can't be understood."""

    code, exit_code = "usage", 2


class NoOffice(WrongUsage):
    """No office folder was found."""

    code = "no-office"
    template = "There is no office in {folder} or above it (no office.toml). Go into one, name it with --office DIR or HOSO_OFFICE, or make one with 'hoso init DIR'."


class WrongSettings(WrongUsage):
    """office.toml holds something it can't."""

    code = "wrong-settings"
    template = "{file}: {detail}"


class WhoAreYou(WrongUsage):
    """The login is not known to the organisation."""

    code = "who-are-you"
    template = "Your login '{login}' stands for nobody in this office. Whoever runs the office adds it under 'logins:' in definitions/organisation.yaml, with 'is:' and the person's key, and deploys."


class NotYours(HosoError):
    """`--as` names somebody whom the login may not act for."""

    code, exit_code = "not-yours", 3
    template = "Your login '{login}' may not act for '{person}'. Leave --as out to act as yourself, or have whoever runs the office add the person to its 'may_act_for' under 'logins:' in definitions/organisation.yaml."


class NotSole(WrongUsage):
    """`position.unit` names nobody, or several."""

    code = "not-sole"
    template = "'{name}' is held by {count} persons on {day}{persons}; name the person instead."


class WrongValue(WrongUsage):
    """A value that its field can't hold. `expected` is an English template of its own, filled from `limits`."""

    code = "wrong-value"
    template = "{field}: {value!r} is not {expected}."

    def __init__(self, *, field: str, value: object, expected: str, **limits: object) -> None:
        super().__init__(field=field, value=value, expected=expected.format(**limits))
        self._expected, self._limits = expected, limits

    def message(self, language: str = "en") -> str:
        """With what was expected, in the same language."""
        return phrase(self.template, language, **{**self.facts, "expected": phrase(self._expected, language, **self._limits)})


class UnknownField(WrongUsage):
    """A field that the process does not have, or that this form does not ask for."""

    code = "unknown-field"
    template = "'{field}' is not asked for here{hint}. Asked for: {known}."


class NoFile(WrongUsage):
    """A file that can't be read."""

    code = "no-file"
    template = "{file}: the file can't be read ({cause})."


class TooLarge(WrongUsage):
    """A file above the office's limit."""

    code = "too-large"
    template = "{file} has {size} bytes; at most {limit} can be kept with a case."


class NotAPair(WrongUsage):
    """`--set` was given something else than a field and its value."""

    code = "not-a-pair"
    template = "'{text}' is not of the form FIELD=VALUE; write for instance --set urgency=urgent."


class CannotWrite(WrongUsage):
    """A file or folder that the user named can't be written."""

    code = "cannot-write"
    template = "{file} can't be written ({cause}). Choose another place."


class UsedRequest(WrongUsage):
    """A request id that belongs to another act."""

    code = "used-request"
    template = "The request id '{request}' was used for another act. Give each act an id of its own, or none."


class PracticeOnly(WrongUsage):
    """Only a practice office's clock can be moved."""

    code = "practice-only"
    template = "This is a real office: its clock can't be moved. Make a practice office with 'hoso init DIR --practice'."


class NotEmpty(WrongUsage):
    """`hoso init` found something where it should write."""

    code = "not-empty"
    template = "{folder} is not empty. Choose a new folder; nothing was written."


# ---- 3: refused by a rule ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One failed condition: a stable code, an English template (or an office's own words) and its facts."""

    code: str
    template: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str = "en") -> str:
        """The reason as one sentence; an office's own words (code `guard`) are never taken for a template."""
        return self.template if self.code == "guard" else phrase(self.template, language, **self.facts)


class Refused(HosoError):
    """A rule forbids the act. `reasons` lists every failed condition, `allowed` what may be done instead."""

    code, exit_code = "refused", 3
    template = "Refused: {what}."

    def __init__(self, *, what: str, reasons: Sequence[Reason], allowed: Sequence[str] = ()) -> None:
        super().__init__(what=what)
        self.reasons, self.allowed = tuple(reasons), tuple(allowed)

    def message(self, language: str = "en") -> str:
        """Every reason on a line of its own, then what is allowed instead."""
        lines = [phrase(self.template, language, **self.facts)]
        lines += [f"- {reason.message(language)}" for reason in self.reasons]
        if self.allowed:
            lines.append(phrase("Allowed now: {actions}.", language, actions=", ".join(self.allowed)))
        return "\n".join(lines)

    def to_json(self, language: str = "en") -> dict[str, object]:
        """As every error's, with `reasons` and `allowed`."""
        reasons = [{"code": reason.code, "message": reason.message(language)} for reason in self.reasons]
        return {**HosoError.to_json(self, language), "reasons": reasons, "allowed": list(self.allowed)}


class TemplateRefused(HosoError):
    """A template could not be rendered; the act that needed it is refused."""

    code, exit_code = "template", 3
    template = "{template}, line {line}: {detail}. The document '{document}' can't be written, so nothing was done."


class CharacterRefused(HosoError):
    """A character that the shipped font lacks or that no document can hold."""

    code, exit_code = "character", 3
    template = "{place}: the character {character} can't be printed (the shipped font lacks it). Replace it; nothing was done."


# ---- 4: not found ------------------------------------------------------------------------------------------------


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
            some = ", ".join(self.known[:SOME]) + (" …" if len(self.known) > SOME else "")
            hint = phrase("; there are: {words}", language, words=some)
        return phrase(self.template, language, kind=phrase(str(self.facts["kind"]), language), name=self.facts["name"], hint=hint).replace(
            "?.", "?"
        )


# ---- 5: conflict -------------------------------------------------------------------------------------------------


class Conflict(HosoError):
    """Others wrote the same case or series first, five times."""

    code, exit_code = "conflict", 5
    template = "{what} was changed by somebody else at the same time. Nothing was written; look at it and try again."


# ---- 6: the definitions are wrong --------------------------------------------------------------------------------


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


class DefinitionsWrong(HosoError):
    """The definitions are wrong; `problems` holds all of them, in file order."""

    code, exit_code = "definitions", 6
    template = "The definitions have {count} problem(s); nothing was deployed."

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)

    def message(self, language: str = "en") -> str:
        """A line a problem, then the count."""
        return "\n".join([*(problem.said(language) for problem in self.problems), phrase(self.template, language, **self.facts)])

    def to_json(self, language: str = "en") -> dict[str, object]:
        """As every error's, with each problem's sentence."""
        return {**HosoError.to_json(self, language), "problems": [problem.said(language) for problem in self.problems]}


class NotDeployed(HosoError):
    """The office has no definitions in use yet."""

    code, exit_code = "not-deployed", 6
    template = "Nothing is deployed in this office yet. Run 'hoso deploy'."


# ---- 7: the store can't be reached -------------------------------------------------------------------------------


class StoreUnreachable(HosoError):
    """The database can't be opened or written."""

    code, exit_code = "store", 7
    template = "The database {url} can't be used: {cause}. Nothing was written."


class StoreNewer(StoreUnreachable):
    """The database was written by a newer program."""

    code = "store-newer"
    template = "The database {url} has schema {found}, which this hoso does not know (it knows {known}). Install the newer hoso; nothing was written."


class StoreOlder(StoreUnreachable):
    """The database wants its migrations."""

    code = "store-older"
    template = "The database {url} has schema {found}; this hoso needs {known}. Make a backup, then run 'hoso db upgrade'."


class StoreCorrupt(StoreUnreachable):
    """The file is no database, or damaged."""

    code = "store-corrupt"
    template = "The database {url} is damaged or is no database of hoso's ({cause}). Restore the last backup; nothing was written."


class NetworkFileSystem(StoreUnreachable):
    """SQLite on a network file system loses data."""

    code = "store-network"
    template = "{file} lies on a network file system ({kind}), where SQLite loses data. Put the office on a local disk."


class StoreMissing(StoreUnreachable):
    """There is no database where the office expects one."""

    code = "store-missing"
    template = "There is no database {url}. Make the office with 'hoso init DIR', or put 'database' in office.toml right."


class StoreBusy(StoreUnreachable):
    """Others held the database all the time."""

    code = "store-busy"
    template = "The database {url} was held by others for {seconds} seconds. Nothing was written; try again, and if it stays so, look for a stuck process."


class StoreReadOnly(StoreUnreachable):
    """The database's file or disk can't be written."""

    code = "store-read-only"
    template = "The database {url} can't be written: its file, folder or disk is read-only for you ({cause}). Nothing was written."


class StoreFull(StoreUnreachable):
    """No room for what should be written."""

    code = "store-full"
    template = (
        "The database {url} can't grow: the disk is full or a limit is reached ({cause}). Nothing was written; make room and try again."
    )

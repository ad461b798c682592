"""3 and 5: a rule forbids it, or others were first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.errors.base import HosoError
from workflow.phrases import phrase


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

    def message(self, language: str = "en") -> str:
        """The place by its keys; in Vietnamese as the page has it (`printed`), where it is one of a form of the law's."""
        place = (self.facts.get("printed") if language == "vi" else None) or self.facts["place"]
        return phrase(self.template, language, **{**self.facts, "place": place})


class OfficeInUse(HosoError):
    """Somebody worked in an office that had to stay as it was for a while."""

    code, exit_code = "in-use", 5
    template = "Somebody worked in {url} meanwhile, so nothing was copied. End the workers, let nobody act, and run it again."


class WorkersAtWork(HosoError):
    """A schema is changed while workers of an older program are at work."""

    code, exit_code = "workers-at-work", 5
    template = (
        "These workers are at work: {workers}. End them first (SIGTERM, or 'systemctl stop'), then run it again; one on another machine is taken "
        "for gone two minutes after its last sign. Nothing was written."
    )


class Conflict(HosoError):
    """Others wrote the same case or series first, five times."""

    code, exit_code = "conflict", 5
    template = "{what} was changed by somebody else at the same time. Nothing was written; look at it and try again."

"""What a proof finds, until it is told in the office's language."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from workflow.answers import Finding
from workflow.phrases import filled


class Found(Struct, frozen=True, kw_only=True):
    """One finding: its English template, and the facts that fill it."""

    level: str
    what: str
    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""

    def to(self, language: str) -> Finding:
        """The finding as it is told."""
        hint = filled(self.hint, language, self.facts) if self.hint else ""
        return Finding(level=self.level, what=self.what, message=filled(self.template, language, self.facts), hint=hint)


def wrong(key: str, template: str, /, **facts: Any) -> Found:
    """Something that is not as it was written; `key` is the finding's stable key."""
    return Found(level="error", what=key, template=template, facts=facts)

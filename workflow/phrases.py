"""What the program says, in the office's language.

Every sentence is written once, in English, as a `str.format` template beside the code that says it; another
language's sentences stand in a table that is looked up by the English one (as gettext does, without its files).
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Self

LANGUAGES = ("en", "vi")


@cache
def catalogue(language: str) -> dict[str, str]:
    """The table of one language, English template → its own; empty for English and for a language we lack."""
    if language == "en" or language not in LANGUAGES:
        return {}
    table: dict[str, str] = import_module(f"workflow.phrases_{language}").TABLE
    return table


class Said(str):
    """A sentence that can be said again in another language; as a text it is English."""

    __slots__ = ("facts", "template")

    def __new__(cls, template: str, /, **facts: object) -> Self:
        """The English sentence of a template, its {names} filled from `facts`."""
        made = super().__new__(cls, template.format(**facts))
        made.template, made.facts = template, facts
        return made

    template: str
    facts: dict[str, object]

    def to(self, language: str) -> str:
        """The sentence in `language`; sentences among its facts too."""
        return phrase(
            self.template, language, **{key: fact.to(language) if isinstance(fact, Said) else fact for key, fact in self.facts.items()}
        )


def phrase(template: str, language: str = "en", /, **facts: object) -> str:
    """The sentence of this English template in `language`, its {names} filled from `facts`."""
    return filled(template, language, facts)


def filled(template: str, language: str, facts: Mapping[str, object]) -> str:
    """The same with facts that stand in a mapping, as several sentences share them."""
    return catalogue(language).get(template, template).format_map(facts)

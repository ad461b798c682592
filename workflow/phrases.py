"""What the program says, in the office's language.

Every sentence is written once, in English, as a `str.format` template beside the code that says it; another
language's sentences stand in a table that is looked up by the English one (as gettext does, without its files).
"""

from functools import cache
from importlib import import_module

LANGUAGES = ("en", "vi")


@cache
def catalogue(language: str) -> dict[str, str]:
    """The table of one language, English template → its own; empty for English and for a language we lack."""
    if language == "en" or language not in LANGUAGES:
        return {}
    table: dict[str, str] = import_module(f"workflow.phrases_{language}").TABLE
    return table


def phrase(template: str, language: str = "en", /, **facts: object) -> str:
    """The sentence of this English template in `language`, its {names} filled from `facts`."""
    return catalogue(language).get(template, template).format(**facts)

"""What texts an office takes, wherever they come from."""

from collections.abc import Mapping
from typing import Any

from workflow.errors import WrongValue


def refuse_nul(values: Mapping[str, Any]) -> None:
    """Raise WrongValue for a text with the character U+0000: one database can't keep it, another cuts the text there."""
    for key, value in values.items():
        if _has_nul(value):
            raise WrongValue(field=key, value="\\0", expected="a text without the character U+0000")


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_nul(one) for item in value.items() for one in item)
    return isinstance(value, list | tuple) and any(map(_has_nul, value))

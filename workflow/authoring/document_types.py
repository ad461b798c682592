"""`document-types.yaml` → the types of official papers."""

from datetime import date

from workflow.authoring.checks.retention import wrong_retention
from workflow.authoring.grammar import DOCUMENT_TYPES, check_shape
from workflow.authoring.read import Node
from workflow.authoring.reading import pairs, word
from workflow.authoring.shape import NO_DATE
from workflow.errors import Problem
from workflow.language.process import DocumentType, LaterFrame, Series

FRAMES = ("state", "party")


def compile_document_types(node: Node) -> tuple[dict[str, DocumentType], list[Problem]]:
    """The types by key, and what is wrong with them."""
    problems = check_shape(node, DOCUMENT_TYPES)
    for _, value in pairs(node):
        problems += [*_dateless(value.get("later")), *wrong_retention(value.get("retention"))] if value.is_mapping else []
    return {key.text: _type(key, value) for key, value in pairs(node) if value.is_mapping}, problems


def _dateless(node: Node | None) -> list[Problem]:
    """The days of later frames that are none."""
    days = [day for one in (node.as_list() if node is not None else ()) if one.is_mapping and (day := one.get("from")) is not None]
    return [NO_DATE.at(day.place, text=day.text) for day in days if day.is_scalar and _day(day) is None]


def _type(key: Node, node: Node) -> DocumentType:
    symbol = node.get("symbol")
    return DocumentType(
        key=key.text,
        title=word(node.get("title")) or key.text,
        frame=_mapping(node.get("frame"), ("any",)),
        later=_later(node.get("later")),
        series=_series(node.get("series")),
        printed=_mapping(node.get("printed"), FRAMES),
        symbol=symbol is None or symbol.value is not False,
        retention=word(node.get("retention")),
    )


def _later(node: Node | None) -> tuple[LaterFrame, ...]:
    """The frames of guidelines that hold from a day on; a day that is none is the shape's to tell."""
    found = [one for one in (node.as_list() if node is not None else ()) if one.is_mapping]
    made = [LaterFrame(since=day, frame=_mapping(one.get("frame"), ("any",))) for one in found if (day := _day(one.get("from")))]
    return tuple(sorted(made, key=lambda one: one.since))


def _day(node: Node | None) -> date | None:
    try:
        return date.fromisoformat(word(node))
    except ValueError:
        return None


def _series(node: Node | None) -> Series:
    if node is None or not node.is_mapping:
        return Series()
    return Series(per=word(node.get("per")) or "type", apart=_yes(node.get("secret_apart")), period=_mapping(node.get("period"), FRAMES))


def _mapping(node: Node | None, keys: tuple[str, ...]) -> dict[str, str]:
    """A mapping of words; one word stands for all `keys`."""
    if node is None:
        return {}
    return {key.text: word(value) for key, value in node.pairs} if node.is_mapping else dict.fromkeys(keys, word(node))


def _yes(node: Node | None) -> bool:
    return node is not None and node.value is True

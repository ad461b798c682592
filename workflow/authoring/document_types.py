"""`document-types.yaml` → the types of official papers."""

from workflow.authoring.grammar import DOCUMENT_TYPES, check_shape
from workflow.authoring.read import Node
from workflow.authoring.reading import pairs, word
from workflow.errors import Problem
from workflow.language.process import DocumentType, Series

FRAMES = ("state", "party")


def compile_document_types(node: Node) -> tuple[dict[str, DocumentType], list[Problem]]:
    """The types by key, and what is wrong with them."""
    problems = check_shape(node, DOCUMENT_TYPES)
    return {key.text: _type(key, value) for key, value in pairs(node) if value.is_mapping}, problems


def _type(key: Node, node: Node) -> DocumentType:
    symbol = node.get("symbol")
    return DocumentType(
        key=key.text,
        title=word(node.get("title")) or key.text,
        frame=_mapping(node.get("frame"), ("any",)),
        series=_series(node.get("series")),
        symbol=symbol is None or symbol.value is not False,
    )


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

"""`rights`: who may do what besides the actions."""

from collections.abc import Iterator

from workflow.authoring import problems as p
from workflow.authoring.read import Node
from workflow.authoring.reading import Reading
from workflow.language.process import RIGHTS, Right


def rights(reading: Reading, node: Node | None) -> tuple[Right, ...]:
    """The rights of a process or a state, in the order in which rights are named."""
    if node is None or not node.is_mapping:
        return ()
    return tuple(right for what in RIGHTS if (value := node.get(what)) for right in _right(reading, what, value))


def _right(reading: Reading, what: str, node: Node) -> Iterator[Right]:
    """WHO; of `edit` also {WHO: [fields]}, or a list of both."""
    plain = [item for item in node.as_list() if item.is_scalar]
    if plain:
        yield Right(what=what, who=tuple(word for item in plain for word in reading.who(item)))
    for item in node.as_list():
        if item.is_mapping and what == "edit":
            for key, fields in item.pairs:
                yield Right(what=what, who=reading.who(key), fields=reading.uses_of("field to fill", fields))
        elif not item.is_scalar:
            reading.wrong(p.WRONG_KIND, item.place, expected="roles", found=item.kind.value)

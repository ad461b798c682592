"""Whether the names in expressions stand for something: unknown ones are found on loading, not in the middle of a case."""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

from msgspec import Struct

from workflow.authoring import problems as p
from workflow.authoring.reading import Written
from workflow.calendar import parse_amount_by
from workflow.engine.figures import BEFORE, FIGURES, PAPERS
from workflow.errors import Place, Problem, WrongValue
from workflow.language.expression import names, path_of
from workflow.language.process import FieldType, Process

ROOTS = (
    "case",
    "fields",
    "old",
    "actor",
    "opener",
    "today",
    "now",
    "entry",
    "documents",
    "roles",
    "done",
    "replies",
    "asked",
    "answer",
    "tracks",
    "children",
    "item",
    "period",
    "last",
    "responsibility",
    "registers",
)
SOMETIMES = frozenset({"item", "answer", "period", "last", "responsibility", "registers"})
"""Names that only some expressions may use: inside `for_each`, of a reply, and of what the clock opens."""
COMPUTED = "computed"
NOT_COMPUTED = frozenset({"old", "actor", "asked", "opener", "entry", "now"}) | SOMETIMES
"""What a computed field can't hang on: it sees the case as it is, whoever looks."""
CASE = ("number", "title", "process", "state", "state_title", "unit", "opened", "outcome", "secret", "parent", "due")
PERSON = ("key", "title", "unit", "position")
UNIT = ("key", "title", "kind", "symbol")
COLUMNED = ("length", "sum", "min", "max")
"""The filters that may be given a table's column."""
REPLIES = ("asked", "given", "enough", "newest", "sum", "mean", "rows", "late", "silent", "vetoed", "weight")


_BEFORE = {("responsibility", BEFORE): FIGURES, ("registers", BEFORE): PAPERS}


class Vocabulary(Struct, frozen=True, kw_only=True):
    """What the expressions of one process may name."""

    fields: tuple[FieldType, ...]
    roles: Collection[str]
    documents: Collection[str]
    actions: Collection[str]
    answers: Collection[str]
    tracks: Mapping[str, Collection[str]]
    """Track → its states."""

    @property
    def field_keys(self) -> tuple[str, ...]:
        """The fields' keys."""
        return tuple(field.key for field in self.fields)


def vocabulary(process: Process) -> Vocabulary:
    """What a process's expressions may name."""
    answers = {key for state in process.states if state.consult for key, _ in state.consult.answers}
    return Vocabulary(
        fields=process.fields,
        roles=list(process.role_of),
        documents=list(process.document_of),
        actions=process.doings,
        answers=sorted(answers),
        tracks={track: [state.name for state in process.states if state.track == track] for track in process.track_of},
    )


def check_expression(written: Written, words: Vocabulary) -> Iterator[Problem]:
    """What is wrong with the names, amounts and choices of an expression."""
    for path in sorted(names(written.expr)):
        if not_here(path[0], written.scope):
            yield p.NAME_NOT_HERE.at(written.place, word=path[0])
        else:
            yield from _path(path, written.place, words)
    for tree in _trees(written.expr.tree):
        yield from _CHECKS.get(tree[0], _nothing)(tree, written.place, words)


def not_here(name: str, scope: Collection[str]) -> bool:
    """Whether a name that there is means nothing where this expression stands."""
    if COMPUTED in scope:
        return name in NOT_COMPUTED
    return name in SOMETIMES and name not in scope


def _trees(tree: Any) -> Iterator[Any]:
    if isinstance(tree, tuple) and tree:
        yield tree
        for part in tree[1:]:
            yield from _trees(part)


# ---- paths ---------------------------------------------------------------------------------------------------------


def _path(path: tuple[str, ...], place: Place, words: Vocabulary) -> Iterator[Problem]:
    root, rest = path[0], path[1:]
    if root not in ROOTS:
        yield _unknown(place, root, [f"fields.{root}"] if root in words.field_keys else ROOTS)
    else:
        level = _below(root, words)
        if rest and level is not None and rest[0] not in level:
            yield _unknown(place, ".".join(path[:2]), [f"{root}.{word}" for word in level])
        elif len(rest) > 1:
            yield from _second(path, place, words)


def _below(root: str, words: Vocabulary) -> Collection[str] | None:
    """What may follow a root; None = anything."""
    return {
        "case": CASE,
        "fields": words.field_keys,
        "old": words.field_keys,
        "actor": PERSON,
        "opener": PERSON,
        "today": (),
        "now": (),
        "entry": (),
        "documents": words.documents,
        "roles": words.roles,
        "done": words.actions,
        "replies": (*REPLIES, *words.answers),
        "tracks": words.tracks,
        "children": None,
        "item": None,
        "answer": (),
        "period": None,
        "last": ("fields", "number"),
        "responsibility": (*FIGURES, BEFORE),
        "registers": (*PAPERS, BEFORE),
        "asked": (*UNIT, "unit", "position"),
    }[root]


def _second(path: tuple[str, ...], place: Place, words: Vocabulary) -> Iterator[Problem]:
    """What follows the second name: a field of `last` or of the replies, a part of a unit."""
    above, name = path[:2], path[2]
    if above == ("last", "fields") or above in {("replies", "sum"), ("replies", "mean"), ("replies", "rows")}:
        level: Collection[str] | None = words.field_keys
    elif above in _BEFORE:
        level = _BEFORE[above]
    elif above == ("replies", "newest"):
        level = ("asked", "answer", "fields")
    elif above == ("replies", "weight"):
        level = ("asked", "given", *words.answers)
    elif above[0] in {"fields", "old"}:
        level = _parts(next(field for field in words.fields if field.key == above[1]))
    else:
        level = None
    if level is not None and name not in level:
        yield _unknown(place, ".".join(path[:3]), [f"{'.'.join(above)}.{word}" for word in level])


def _parts(field: FieldType) -> Collection[str]:
    """What may be asked of a field's value by name."""
    return {"unit": UNIT, "person": PERSON, "file": ("name", "size", "hash"), "choice": ("key", "title")}.get(field.type, ())


def _unknown(place: Place, word: str, known: Collection[str]) -> Problem:
    return p.UNKNOWN_NAME.meant(place, word, known)


# ---- choices and amounts -------------------------------------------------------------------------------------------


def _nothing(_tree: Any, _place: Place, _words: Vocabulary) -> Iterator[Problem]:
    return iter(())


def _compared(tree: Any, place: Place, words: Vocabulary) -> Iterator[Problem]:
    """A text that is compared with a choice should be one of its choices."""
    sides = [tree[1], *tree[3::2]]
    by_path = {("part", ("name", root), field.key): field for field in words.fields if field.choices for root in ("fields", "old")}
    for left, right in pairwise(sides):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, tuple) and (field := by_path.get(one)):
                yield from _not_choices(field, other, place)


def _not_choices(field: FieldType, other: Any, place: Place) -> Iterator[Problem]:
    texts = other[1:] if other[0] == "list" else (other,)
    choices = [key for key, _ in field.choices]
    for text in texts:
        if text[0] == "const" and isinstance(text[1], str) and text[1] not in choices:
            yield p.NOT_A_CHOICE.meant(place, text[1], choices, field=field.key)


def _amount(tree: Any, place: Place, _words: Vocabulary) -> Iterator[Problem]:
    """`x|plus('5 working days')`: the text must be an amount of time."""
    if tree[1] in {"plus", "minus"} and tree[3][0] == "const" and isinstance(tree[3][1], str):
        try:
            parse_amount_by(tree[3][1])
        except WrongValue:
            yield p.AMOUNT.at(place, text=tree[3][1])


def _filtered(tree: Any, place: Place, words: Vocabulary) -> Iterator[Problem]:
    """What a filter is given must mean something: an amount of time, a table's column."""
    yield from _amount(tree, place, words)
    _, name, value, *arguments = tree
    table = _table(path_of(value), words) if name in COLUMNED else None
    columns = [column.key for column in table.columns] if table else []
    for argument in arguments if table else ():
        if argument[0] == "const" and argument[1] not in columns:
            yield p.UNKNOWN_NAME.meant(place, str(argument[1]), columns)


def _table(path: tuple[str, ...], words: Vocabulary) -> FieldType | None:
    """The table that a path names, of the case or of its replies."""
    fields = {field.key: field for field in words.fields if field.type == "table"}
    above = path[:-1]
    return fields.get(path[-1]) if above in {("fields",), ("old",), ("last", "fields"), ("replies", "rows")} else None


_CHECKS: dict[str, Callable[[Any, Place, Vocabulary], Iterator[Problem]]] = {"compare": _compared, "filter": _filtered}

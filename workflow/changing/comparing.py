"""Two versions of a procedure beside each other: which parts are new, gone or otherwise, and in which lines."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cached_property

from msgspec import Struct, field

from workflow.answers.changing import Aspect, Difference
from workflow.authoring.definitions import DOCUMENT_TYPES, PROCESS
from workflow.authoring.read import Node, parse
from workflow.changing.parts import Part, Path, parts
from workflow.changing.said import said
from workflow.language.process import Process, meaning
from workflow.plain import to_plain


class Side(Struct, frozen=True, kw_only=True, dict=True):
    """One version: the procedure, and the texts that it was made of (path in the definitions folder → text)."""

    process: Process | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def parts(self) -> dict[tuple[str, str, str], Part]:
        """Its parts; none of a procedure that there is not."""
        return parts(self.process) if self.process is not None else {}

    @cached_property
    def _nodes(self) -> dict[str, Node | None]:
        key = self.process.key if self.process is not None else ""
        files = {PROCESS: f"{key}/{PROCESS}", DOCUMENT_TYPES: DOCUMENT_TYPES}
        return {name: parse(path, self.sources[path])[0] for name, path in files.items() if path in self.sources}

    def line(self, part: Part | None, *below: str | int) -> int:
        """The line where a part stands, or a key of it; 0 where it does not."""
        if part is None:
            return 0
        node = self._nodes.get(part.file)
        if node is None:
            return 1 if part.file.startswith("templates/") else 0
        return line_of(node, (*part.path, *below))


def line_of(node: Node, path: Path) -> int:
    """The line of nested keys, as far as the file goes; one item may stand for a list."""
    line = node.place.line
    for word in path:
        if isinstance(word, int):
            if node.is_sequence and word < len(node.items):
                node = node.items[word]
                line = node.place.line
            continue
        key, value = node.key(word), node.get(word)
        if key is None or value is None:
            break
        line, node = key.place.line, value
    return line


def differences(before: Side, after: Side, language: str) -> tuple[Difference, ...]:
    """What is otherwise in the newer version, in the order of its file; what is gone stands last."""
    found = [_changed(before, after, key, language) for key in after.parts]
    gone = [_one("removed", before.parts[key], before, after, language) for key in before.parts if key not in after.parts]
    return tuple(one for one in (*found, *gone) if one is not None)


def _changed(before: Side, after: Side, key: tuple[str, str, str], language: str) -> Difference | None:
    new, old = after.parts[key], before.parts.get(key)
    if old is None:
        return _one("added", new, before, after, language)
    aspects = tuple(_aspects(old, new, before, after, language))
    return _one("changed", new, before, after, language, old, aspects) if aspects else None


def _one(
    how: str, part: Part, before: Side, after: Side, language: str, old: Part | None = None, aspects: tuple[Aspect, ...] = ()
) -> Difference:
    was = old if how == "changed" else part if how == "removed" else None
    return Difference(
        what=part.what,
        how=how,
        name=part.name,
        title=said(part.title, language),
        where=part.where,
        file=part.file,
        line_before=before.line(was),
        line_after=after.line(part if how != "removed" else None),
        aspects=aspects,
    )


def _aspects(old: Part, new: Part, before: Side, after: Side, language: str) -> Iterator[Aspect]:
    if old.what == "template":
        found = [*_lines(str(old.aspects["text"]), str(new.aspects["text"]))]
        files = [str(side.aspects.get("file", "")) for side in (old, new)]
        looks = [] if found or files[0] == files[1] else [Aspect(key="file", before=files[0], after=files[1])]  # its looks alone
        yield from (*found, *looks)
        return
    for key in {**old.aspects, **new.aspects}:
        was, now = old.aspects.get(key), new.aspects.get(key)
        if meaning(to_plain(was)) == meaning(to_plain(now)) or (_nothing(was) and _nothing(now)):
            continue
        words = said(was, language), said(now, language)
        if words[0] == words[1]:  # only the other language's title differs
            words = said(was, _other(language)), said(now, _other(language))
        lines = (0 if _nothing(was) else before.line(old, key)), (0 if _nothing(now) else after.line(new, key))
        yield Aspect(key=key, before=words[0], after=words[1], line_before=lines[0], line_after=lines[1])


def _nothing(value: object) -> bool:
    """Whether nothing is said: what is left out, and what stands for that."""
    return value is None or value is False or value in ("", (), {})


def _other(language: str) -> str:
    return "en" if language == "vi" else "vi"


def _lines(old: str, new: str) -> Iterator[Aspect]:
    """The lines of a text that are otherwise, a stretch each."""
    was, now = old.splitlines(), new.splitlines()
    for how, first, last, at, end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if how != "equal":
            stretch = Aspect(
                key="text",
                before="\n".join(was[first:last]),
                after="\n".join(now[at:end]),
                line_before=first + 1 if last > first else 0,
                line_after=at + 1 if end > at else 0,
            )
            yield stretch

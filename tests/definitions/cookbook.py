"""The recipes of docs/cookbook: read from the pages, and done to a definitions folder, block by block, as a clerk would.

A recipe is a `## ` section. Its blocks, in order:

    ```diff      `--- FILE`, then hunks after `@@` lines: the lines that stand there (' ' and '-') become those of ' ' and '+'
    ```yaml      a new file, named by its first line: `# FILE`
    ```jinja     a new template, named by its first line: `{#- FILE -#}`
    ```text      `$ hoso process check`, and what it says after the blocks before

FILE is a path in the definitions folder. Other blocks are for reading only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

FENCE = re.compile(r"^```(\w*)$")
NEW = {"yaml": re.compile(r"^# (\S+\.yaml)$"), "jinja": re.compile(r"^\{#- (\S+\.j2) -#\}$")}
TRIED = ("diff", "text", *NEW)

Files = dict[str, bytes]


class NotSo(AssertionError):
    """A recipe that can't be followed: the page says something of a file that does not (or no longer) hold."""


@dataclass(frozen=True)
class Block:
    """One fenced block. `place` is `PAGE:LINE` of its first line."""

    kind: str
    place: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """One section of a page with the blocks that do something."""

    place: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def edits(self) -> tuple[Block, ...]:
        """The blocks that change files."""
        return tuple(block for block in self.blocks if block.kind != "text")


def recipes(folder: Path) -> list[Recipe]:
    """The recipes of all pages, in order of the pages' names."""
    return [recipe for page in sorted(folder.glob("*.md")) for recipe in read_page(page.name, page.read_text("utf-8"))]


def read_page(name: str, text: str) -> Iterator[Recipe]:
    """The recipes of one page: the sections that have a block to try."""
    title, place, found = "", "", list[Block]()
    kind, start, inside = "", 0, list[str]()
    opened = False
    for number, line in enumerate([*text.splitlines(), "## "], 1):
        fence = FENCE.match(line)
        if opened and line == "```":
            if kind in TRIED and inside:
                found.append(Block(kind, f"docs/cookbook/{name}:{start}", tuple(inside)))
            opened = False
        elif opened:
            inside.append(line)
        elif fence:
            opened, kind, start, inside = True, fence[1], number + 1, []
        elif line.startswith("## "):
            if found:
                yield Recipe(place, title, tuple(found))
            title, place, found = line[3:], f"docs/cookbook/{name}:{number}", []


def follow(files: Files, block: Block) -> Files:
    """The files after a block. Raises NotSo."""
    if block.kind == "text":
        return files
    if block.kind == "diff":
        return patched(files, block)
    named = NEW[block.kind].match(block.lines[0])
    if named is None:
        raise NotSo(f"{block.place}: the first line names no file")
    if named[1] in files:
        raise NotSo(f"{block.place}: {named[1]} is there already")
    return {**files, named[1]: "".join(f"{line}\n" for line in block.lines).encode()}


def followed(files: Files, recipe: Recipe) -> Files:
    """The files after all of a recipe. Raises NotSo."""
    for block in recipe.edits:
        files = follow(files, block)
    return files


def file_of(block: Block) -> str:
    """The file that a block changes or makes."""
    if block.kind == "diff":
        return block.lines[0].removeprefix("--- ")
    named = NEW[block.kind].match(block.lines[0]) if block.kind in NEW else None
    return named[1] if named else ""


def patched(files: Files, block: Block) -> Files:
    """The files with a diff's hunks done to its file. Raises NotSo."""
    name = file_of(block)
    if name not in files:
        raise NotSo(f"{block.place}: there is no file {name}")
    text = files[name].decode()
    for place, old, new in hunks(block):
        found = [one.start() for one in re.finditer(f"^(?={re.escape(old)})", text, re.MULTILINE)]
        if len(found) != 1:
            raise NotSo(_not_once(place, name, old, text, len(found)))
        text = text[: found[0]] + new + text[found[0] + len(old) :]
    return {**files, name: text.encode()}


def hunks(block: Block) -> Iterator[tuple[str, str, str]]:
    """(place, the lines before, the lines after) of each hunk."""
    page, _, first = block.place.rpartition(":")
    old, new, start = "", "", int(first) + 1
    for number, line in enumerate([*block.lines[1:], "@@"], int(first) + 1):
        sign, rest = line[:1] or " ", line[1:] + "\n"
        if sign == "@":
            if old != new:
                yield f"{page}:{start}", old, new
            old, new, start = "", "", number
        elif sign not in " +-":
            raise NotSo(f"{page}:{number}: a line of a diff begins with ' ', '-' or '+'")
        else:
            old += rest if sign != "+" else ""
            new += rest if sign != "-" else ""


def _not_once(place: str, name: str, old: str, text: str, count: int) -> str:
    if count:
        return f"{place}: these lines stand {count} times in definitions/{name}; show more lines around them:\n{old}"
    have = text.splitlines()
    missing = [line for line in old.splitlines() if line not in have]
    said = [f"    {line}\n  now perhaps: {', '.join(get_close_matches(line, have, 1)) or '–'}" for line in missing]
    lines = "\n".join(said) or "    (each is there, but not one after the other)"
    return f"{place}: definitions/{name} is no longer as the recipe says; mend the recipe. Not there:\n{lines}"

"""Definitions folders that were right, changed: keys swapped, values of other kinds, bytes turned over."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.grammar import documents
from tests.fuzz.texts import Words, templates, whatever
from tests.sample import SHIPPED, three
from workflow.authoring.read import parse

ROOT = Path(__file__).parents[2]
FOLDERS = {"sample": SHIPPED, **{name: ROOT / "tests/definitions" / name for name in ("three", "gallery")}}
"""Where right definitions are."""

_NAMED = re.compile(rb"\bprocess: (\w+)")
Files = dict[str, bytes]
Way = tuple[str | int, ...]


@cache
def folder(name: str) -> Mapping[str, bytes]:
    """All files of a folder."""
    root = FOLDERS[name]
    paths = (path for path in sorted(root.rglob("*")) if path.suffix in {".yaml", ".j2"})
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    return three(files) if root == SHIPPED else files


@cache
def one_process(name: str, key: str) -> Mapping[str, bytes]:
    """The files of one process and of those that have to do with it, and those of the whole office."""
    texts = {path.split("/")[0]: text for path, text in folder(name).items() if path.endswith("/process.yaml")}
    named = {one: {word.decode() for word in _NAMED.findall(text)} for one, text in texts.items()}
    keys = {key}
    while more := {one for one in named if one not in keys and any(one in named[other] or other in named[one] for other in keys)}:
        keys |= more
    return {path: content for path, content in folder(name).items() if "/" not in path or path.split("/")[0] in keys}


@cache
def processes() -> tuple[tuple[str, str], ...]:
    """(folder, process) of every right process."""
    return tuple((name, path.split("/")[0]) for name in FOLDERS for path in folder(name) if path.endswith("/process.yaml"))


@cache
def document(name: str, path: str) -> Any:
    """A YAML file as plain values."""
    node, _ = parse(path, folder(name)[path])
    return node.plain() if node else None


@cache
def words_of(name: str, key: str) -> Words:
    """The words of a process."""
    made, office = document(name, f"{key}/process.yaml"), document(name, "organisation.yaml")
    inside = [action for state in made["states"].values() for action in (state.get("actions") or {})]
    return Words(
        fields=tuple(made.get("fields") or ["x"]),
        states=tuple(made["states"]),
        actions=(*inside, *(made.get("actions") or {}), *made["starts"]),
        roles=tuple(made.get("roles") or ["head"]),
        others=(*office["units"], *office["persons"], *(made.get("documents") or {}), *(made.get("groups") or {})),
    )


def written(value: Any) -> bytes:
    """A plain value as YAML, which JSON is; decimals without quotes."""
    marks: list[str] = []

    def plain(item: Any) -> Any:
        if isinstance(item, Decimal):
            marks.append(format(item, "f"))
            return f"\x00{len(marks) - 1}\x00"
        if isinstance(item, Mapping):
            return {key: plain(one) for key, one in item.items()}
        return [plain(one) for one in item] if isinstance(item, list) else item

    text = json.dumps(plain(value), ensure_ascii=False)
    for at, mark in enumerate(marks):
        text = text.replace(json.dumps(f"\x00{at}\x00"), mark)
    return text.encode("utf-8", "surrogatepass")


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every part of a value."""
    yield way
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from ways(item, (*way, key))


def at(value: Any, way: Way) -> Any:
    """The part at the end of a way."""
    for step in way:
        value = value[step]
    return value


def put(value: Any, way: Way, change: Callable[[Any], Any]) -> Any:
    """The value with the part at the end of a way changed."""
    if not way:
        return change(value)
    head, rest = way[0], way[1:]
    if isinstance(value, dict):
        return {key: put(item, rest, change) if key == head else item for key, item in value.items()}
    return [put(item, rest, change) if key == head else item for key, item in enumerate(value)]


@cache
def kinds(words: Words) -> st.SearchStrategy[Any]:
    """Values of every kind."""
    scalar = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**18) + 1, 10**18 - 1),
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2),
        whatever(words),
    )
    branch = st.fixed_dictionaries({"when": scalar, "then": scalar}) | st.fixed_dictionaries({"else": scalar})
    pick = st.dictionaries(st.sampled_from(["latest", "earliest"]), st.lists(scalar, max_size=2), min_size=1, max_size=2)
    key = whatever(words)
    return st.one_of(
        scalar, scalar, st.lists(scalar, max_size=3), st.lists(branch, max_size=3), pick,
        st.dictionaries(key, st.recursive(scalar, lambda part: st.lists(part, max_size=2) | st.dictionaries(key, part, max_size=2), max_leaves=4), max_size=3),
    )  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, value: Any, words: Words, vocabulary: tuple[str, ...]) -> Any:
    """A value with one change somewhere: another value, another key, a part from elsewhere, one key less or more."""
    found = list(ways(value))
    way = draw(st.sampled_from(found))
    here = at(value, way)
    match draw(st.sampled_from(["value", "value", "elsewhere", "drop", "rename", "swap", "add", "list", "unlist"])):
        case "elsewhere":
            return put(value, way, lambda _: at(value, draw(st.sampled_from(found))))
        case "drop" if isinstance(here, dict) and here:
            gone = draw(st.sampled_from(list(here)))
            return put(value, way, lambda part: {key: item for key, item in part.items() if key != gone})
        case "rename" if isinstance(here, dict) and here:
            old, new = draw(st.sampled_from(list(here))), draw(st.one_of(st.sampled_from(vocabulary), whatever(words)))
            return put(value, way, lambda part: {new if key == old else key: item for key, item in part.items()})
        case "swap" if isinstance(here, dict) and len(here) > 1:
            one, other = draw(st.lists(st.sampled_from(list(here)), min_size=2, max_size=2))
            return put(value, way, lambda part: {**part, one: part[other], other: part[one]})
        case "add" if isinstance(here, dict):
            new = draw(st.one_of(st.sampled_from(vocabulary), whatever(words)))
            return put(value, way, lambda part: {**part, new: draw(kinds(words))})
        case "list":
            return put(value, way, lambda part: [part] * draw(st.integers(0, 2)))
        case "unlist" if isinstance(here, list) and here:
            return put(value, way, lambda part: part[0])
    return put(value, way, lambda _: draw(kinds(words)))


@cache
def vocabulary(name: str, path: str) -> tuple[str, ...]:
    """Every key of a file."""
    value = document(name, path)
    return tuple(sorted({str(key) for way in ways(value) if isinstance(at(value, way), dict) for key in at(value, way)}))


@st.composite
def changed_folders(draw: st.DrawFn) -> tuple[str, Files]:
    """(process, files): a right process and its office, with one to four changes in one of the YAML files."""
    name, key = draw(st.sampled_from(processes()))
    files = dict(one_process(name, key))
    yaml = [path for path in files if path.endswith(".yaml")]
    path = draw(st.sampled_from([f"{key}/process.yaml"] * len(yaml) + yaml))
    value, words = document(name, path), words_of(name, key)
    for _ in range(draw(st.integers(1, 4))):
        value = draw(changed(value, words, vocabulary(name, path)))
    return key, {**files, path: written(value)}


@st.composite
def made_folders(draw: st.DrawFn) -> tuple[str, Files]:
    """(process, files): a folder made after the grammar, in the words of a right process; some of its files may be the right ones."""
    name, key = draw(st.sampled_from(processes()))
    words, files = words_of(name, key), dict(one_process(name, key))
    for kind in ("organisation", "calendar", "document-types"):
        if draw(st.booleans()):
            files[f"{kind}.yaml"] = written(draw(documents(kind, words)))
    files[f"{key}/scenarios/made.yaml"] = written(draw(documents("scenario", words)))
    return key, {**files, f"{key}/process.yaml": written({**draw(documents("process", words)), "process": key})}


BITS = [
    b"\n",
    b"\n  ",
    b"\t",
    b" ",
    b": ",
    b":",
    b"- ",
    b"-",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b"'",
    b'"',
    b"#",
    b"&a",
    b"*a",
    b"!t ",
    b"|",
    b">",
    b"%",
]
BITS += [
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"---\n",
    b"...\n",
    b"? ",
    b"<<: ",
    b"~",
    b"\\",
    b"@",
    b"`",
    b"\xc3",
    b"\xe2\x80\xa8",
    b"9" * 20,
]


@st.composite
def changed_bytes(draw: st.DrawFn) -> tuple[str, Files]:
    """(process, files): one file with one to six pieces put in, taken out, doubled or moved."""
    name, key = draw(st.sampled_from(processes()))
    files = dict(one_process(name, key))
    path = draw(st.sampled_from(list(files)))
    text = files[path]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(BITS), st.binary(max_size=4), st.just(text[start:stop] * 2)))
        text = draw(st.sampled_from([text[:start] + piece + text[start:], text[:start] + piece + text[stop:], text[:start] + text[stop:]]))
    return key, {**files, path: text}


@st.composite
def changed_templates(draw: st.DrawFn) -> tuple[str, Files]:
    """(process, files): one of the process's templates is another."""
    name, key = draw(
        st.sampled_from([(name, key) for name, key in processes() if any(path.endswith(".j2") for path in one_process(name, key))])
    )
    files = dict(one_process(name, key))
    path = draw(st.sampled_from([path for path in files if path.endswith(".j2")]))
    body = draw(templates(words_of(name, key)))
    here = draw(st.integers(0, len(files[path])))
    old = files[path].decode(errors="ignore")
    return key, {**files, path: draw(st.sampled_from([body, old[:here] + body + old[here:]])).encode("utf-8", "surrogatepass")}

"""The version of a process is the hash of its meaning: not of spacing, comments, quoting, the order of keys or short forms."""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.changing import document, folder, one_process
from workflow.authoring.definitions import compile_definitions

PROCESSES = ("annual_report", "incident", "opinion")
CALM = settings(deadline=None, max_examples=5, derandomize=True, database=None, suppress_health_check=tuple(HealthCheck))
MANY = {
    *("drafts", "issues", "notifies", "by", "not_by", "form", "needs", "signer", "issuer", "recipients", "ladder", "see", "in", "from"),
    *("stops", "resumes", "restarts", "any", "did", "again"),
}
"""Keys whose one item may stand for a list."""
ORDERED = {
    "fields",
    "states",
    "actions",
    "starts",
    "roles",
    "documents",
    "groups",
    "answers",
    "choices",
    "columns",
    "sets",
    "assigns",
    "tracks",
    "rights",
    "when",
}
"""Keys below which the order of keys is that of the file, and means something (forms, lists on the screen)."""


@cache
def versions() -> dict[str, str]:
    return versions_of({})


def versions_of(changed: dict[str, bytes]) -> dict[str, str]:
    compiled = compile_definitions({**folder("sample"), **changed})
    assert [str(problem) for problem in compiled.errors] == []
    return {key: process.version for key, process in compiled.processes.items()}


# ---- a writer of YAML with a style of its own each time --------------------------------------------------------------


class Writer:
    """Writes plain values as YAML, each time it is asked in a way that `draw` chooses."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def one_of(self, *ways: Any) -> Any:
        return self.draw(st.sampled_from(ways))

    def block(self, value: Any, indent: str = "") -> str:
        """Lines, each indented, with comments and empty lines between some."""
        deeper = indent + self.one_of("  ", " ", "    ")
        lines = []
        pairs = value.items() if isinstance(value, dict) else [(None, item) for item in value]
        for key, item in pairs:
            head = f"{indent}-" if key is None else f"{indent}{self.scalar(key)}:"
            gap, comment = self.one_of(" ", "  ", "    "), self.one_of("", "", " # vì thế", "   #")
            if isinstance(item, dict | list) and item and self.one_of(True, True, False):
                lines += [f"{head}{comment}", self.block(item, deeper)]
            else:
                lines.append(f"{head}{gap}{self.flow(item)}{comment}")
            lines += [self.one_of("", f"{indent}# chú thích: [a, {{b", "   ")] if self.one_of(False, False, True) else []
        return "\n".join(lines)

    def flow(self, value: Any) -> str:
        """On one line."""
        space = self.one_of("", " ")
        if isinstance(value, dict):
            return "{" + space + ", ".join(f"{self.scalar(key, flow=True)}: {self.flow(item)}" for key, item in value.items()) + space + "}"
        if isinstance(value, list):
            return "[" + space + ", ".join(self.flow(item) for item in value) + self.one_of("", ",") * bool(value) + space + "]"
        return self.scalar(value, flow=True)

    def scalar(self, value: Any, *, flow: bool = False) -> str:
        """Plain where that is safe, else in either kind of quotes."""
        if value is None:
            return self.one_of("null", "~")
        if isinstance(value, bool):
            return self.one_of(*(["true", "True", "TRUE"] if value else ["false", "False", "FALSE"]))
        if isinstance(value, int | Decimal):
            return str(value)
        single = "'" + value.replace("'", "''") + "'"
        double = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        words = value.replace("_", "").replace(" ", "")
        plain = [value] if words.isalpha() and value == value.strip() and value.lower() not in {"true", "false", "null"} else []
        return self.one_of(double, *([single] if "\n" not in value else []), *plain, *plain) if value else self.one_of("''", '""')


def reordered(draw: st.DrawFn, value: Any, key: str = "") -> Any:
    """Keys in another order where their order means nothing."""
    if isinstance(value, list):
        return [reordered(draw, item) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value) if key in ORDERED else draw(st.permutations(list(value)))
    return {one: reordered(draw, value[one], one if key not in ORDERED else "") for one in keys}


def shortened(draw: st.DrawFn, value: Any, key: str = "") -> Any:
    """One item for a list and a list for one item; a title in both languages for one; a DUE for its MOMENT."""
    if isinstance(value, dict):
        return {one: shortened(draw, item, one if key not in ORDERED else "") for one, item in value.items()}
    if key in MANY and draw(st.booleans()):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        elif isinstance(value, str):
            value = [value]
    if key == "due" and isinstance(value, str) and draw(st.booleans()):
        return draw(st.sampled_from([{"at": value}, [value], [{"at": value}]]))
    return [shortened(draw, item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("key", PROCESSES)
@CALM
@given(data=st.data())
def test_a_process_written_otherwise_is_the_same_version(key, data):
    value = document("sample", f"{key}/process.yaml")
    value = shortened(data.draw, reordered(data.draw, value))
    text = Writer(data.draw).block(value) if data.draw(st.booleans()) else Writer(data.draw).flow(value)
    text = data.draw(st.sampled_from(["", "# yaml-language-server: $schema=../.schemas/x.json\n", "\n\n", "---\n"])) + text + "\n"
    if data.draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    assert versions_of({f"{key}/process.yaml": text.encode()}) == versions()


# ---- what does mean something ----------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "a title": ("incident", lambda made: {**made, "title": "Việc khác"}),
    "a number": ("incident", lambda made: {**made, "number": "{n:04}/{year}-VV"}),
    "a deadline": ("opinion", lambda made: _in(made, "states", "requested", due="2 working days")),
    "the order of states": ("incident", lambda made: {**made, "states": dict(reversed(made["states"].items()))}),
    "the order of fields": ("incident", lambda made: {**made, "fields": dict(reversed(made["fields"].items()))}),
    "a field that is required": ("incident", lambda made: _in(made, "fields", "plan", required=False)),
    "who may": ("opinion", lambda made: _in(made, "states", "requested", "actions", "ask", by=["chair", "clerk"])),
    "a condition": ("opinion", lambda made: _in(made, "states", "requested", "actions", "ask", when="fields.session_date")),
    "a help text": ("incident", lambda made: _in(made, "fields", "issue", help="Ghi ngắn gọn.")),
    "the order of a form": ("incident", lambda made: _in(made, "starts", "open", form=list(reversed(made["starts"]["open"]["form"])))),
    "a rung": ("incident", lambda made: {**made, "ladder": [*made["ladder"][:-1], {**made["ladder"][-1], "urgent": True}]}),
    "a secret": ("opinion", lambda made: {**made, "secret": True}),
}


def _last_first(pairs: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(pairs.items()))


def _in(value: Any, *way: str, **new: Any) -> Any:
    """The mapping with keys set in the mapping at the end of a way."""
    if not way:
        return {**value, **new}
    assert way[0] in value
    return {**value, way[0]: _in(value[way[0]], *way[1:], **new)}


@pytest.mark.parametrize("what", CHANGES)
def test_another_meaning_is_another_version_of_that_process_alone(what):
    key, change = CHANGES[what]
    value = change(document("sample", f"{key}/process.yaml"))
    assert json.dumps(value, default=str) != json.dumps(document("sample", f"{key}/process.yaml"), default=str)
    found = versions_of({f"{key}/process.yaml": Writer(_first).flow(value).encode()})
    assert {one for one in found if found[one] != versions()[one]} == {key}


def test_a_template_and_a_document_type_are_part_of_the_meaning_and_scenarios_are_not():
    files = one_process("sample", "incident")
    template = next(path for path in files if path.startswith("incident/templates/"))
    assert versions_of({template: files[template] + "\nThêm một dòng.\n".encode()})["incident"] != versions()["incident"]
    types = files["document-types.yaml"].replace("Phương án".encode(), "Phương hướng".encode())
    assert types != files["document-types.yaml"]
    assert versions_of({"document-types.yaml": types})["incident"] != versions()["incident"]
    scenario = next(path for path in files if path.startswith("incident/scenarios/"))
    assert versions_of({scenario: b"scenario: x\nat: 2026-11-20 09:00\n"}) == versions()


def _first(strategy: Any) -> Any:
    """A way of drawing that always takes the first."""
    return strategy.elements[0]

"""A definitions folder's files → the JSON Schema of each."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from workflow.authoring.definitions import CALENDAR, DOCUMENT_TYPES, ORGANISATION, PROCESS, PROGRAMME, TEMPLATES
from workflow.authoring.editors.words import LANGUAGE, Words, elsewhere, joined, office_words, process_words, title_of
from workflow.authoring.grammar import json_schema
from workflow.authoring.read import parse
from workflow.errors import NotFound

WHOLE = {"organisation": ORGANISATION, "calendar": CALENDAR, "document-types": DOCUMENT_TYPES, "programme": PROGRAMME}
"""The kinds of file of which an office has one."""
OF_PROCESS = ("process", "scenario")
"""The kinds of file that a process has."""

Files = Mapping[str, bytes]


def schema_for(kind: str, files: Files | None = None, process: str = "") -> dict[str, Any]:
    """The schema of a kind of file; of a folder's with its words, of a process's with those of the process. Raises NotFound."""
    if files is None:
        return json_schema(kind, LANGUAGE)
    folder = _Folder(files)
    if process and process not in folder.processes:
        raise NotFound(kind="process", name=process, known=folder.processes)
    return json_schema(kind, folder.words_for(process))


def schemas(files: Files) -> dict[str, dict[str, Any]]:
    """Path below the schemas' folder → schema, of every kind of file in the folder."""
    folder = _Folder(files)
    found = {f"{kind}.json": json_schema(kind, folder.words_for("")) for kind in WHOLE}
    for key in folder.processes:
        found |= {f"{key}/{kind}.json": json_schema(kind, folder.words_for(key)) for kind in OF_PROCESS}
    return found


class _Folder:
    """The words of a definitions folder. A file that can't be read has none."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.processes = [path.split("/")[0] for path in sorted(files) if path.count("/") == 1 and path.endswith(f"/{PROCESS}")]

    def words_for(self, process: str) -> Words:
        """The words that a file of a process may name; '' = a file of the whole office."""
        return joined(self._own.get(process, {}), self._office, LANGUAGE)

    @cached_property
    def _office(self) -> Words:
        beside = office_words(*(self._plain(WHOLE[kind]) for kind in ("organisation", "calendar", "document-types")))
        titles = {key: title_of(self._plain(f"{key}/{PROCESS}")) for key in self.processes}
        return beside | elsewhere(self._own, titles)

    @cached_property
    def _own(self) -> dict[str, Words]:
        return {key: process_words(self._plain(f"{key}/{PROCESS}"), self._templates(key)) for key in self.processes}

    def _templates(self, process: str) -> list[str]:
        start = f"{process}/{TEMPLATES}"
        return [path.removeprefix(start) for path in sorted(self.files) if path.startswith(start)]

    def _plain(self, path: str) -> Any:
        node, _ = parse(path, self.files[path]) if path in self.files else (None, ())
        return node.plain() if node is not None else None

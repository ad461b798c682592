"""A definitions folder → processes, organisation, calendar and document types, with every problem of every file at once."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import TypeVar

from msgspec import Struct, field

from workflow.authoring import problems as p
from workflow.authoring.across import become_targets, check_across
from workflow.authoring.calendar import compile_calendar
from workflow.authoring.checks.deep import check_deeply
from workflow.authoring.checks.inspected import Inspected, Office
from workflow.authoring.checks.words import Known
from workflow.authoring.compile import Around, compile_process, in_order
from workflow.authoring.document_types import compile_document_types
from workflow.authoring.grammar import MANY
from workflow.authoring.organisation import compile_organisation
from workflow.authoring.programme import compile_programme
from workflow.authoring.read import Node, excerpt, parse, read_text, unfit
from workflow.authoring.reading import Elsewhere
from workflow.calendar import OFFICE, Calendars
from workflow.documents import SUFFIX, kept
from workflow.errors import Place, Problem
from workflow.language.process import DocumentType, Process
from workflow.organisation import Organisation
from workflow.programme import Programme

ORGANISATION, CALENDAR, DOCUMENT_TYPES = "organisation.yaml", "calendar.yaml", "document-types.yaml"
PROGRAMME = "programme.yaml"
"""The one file that a folder may lack."""
PROCESS = "process.yaml"
TEMPLATES = "templates/"

T = TypeVar("T")
Compiler = Callable[[Node], tuple[T | None, list[Problem]]]


class Compiled(Struct, frozen=True, kw_only=True):
    """What a folder's files mean. What is wrong is None, or left out; `problems` tells of it, warnings too."""

    processes: Mapping[str, Process] = field(default_factory=dict)
    organisation: Organisation | None = None
    calendar: Calendars | None = None
    types: Mapping[str, DocumentType] = field(default_factory=dict)
    programme: Programme | None = None
    """None too where the folder has none."""
    problems: tuple[Problem, ...] = ()
    """By file, line and column, each with an excerpt of its line."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """File → text, of every file that was read."""
    inspected: Mapping[str, Inspected] = field(default_factory=dict)
    """The processes with the places of their parts."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that forbid a deployment."""
        return tuple(problem for problem in self.problems if not problem.warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that forbid nothing."""
        return tuple(problem for problem in self.problems if problem.warning)

    def also(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """All problems, with these in their places."""
        return tuple(told([*self.problems, *problems], self.sources))

    def sources_of(self, process: str) -> dict[str, str]:
        """The files of one process, by their path in the definitions folder."""
        return {path: text for path, text in self.sources.items() if path.startswith(f"{process}/")}


def compile_definitions(files: Mapping[str, bytes], *, today: date | None = None) -> Compiled:
    """Compile all files of a definitions folder, path (with `/`) → bytes. Scenarios are the scenario runner's. With
    `today`, processes are looked at deeply too: what can never hold, who is there today, what is never used.
    """
    with p.few_compared():
        return _compiled(_Folder(files, anew=today is not None), today)


def _compiled(folder: "_Folder", today: date | None) -> Compiled:
    types = folder.types()
    organisation = folder.whole(ORGANISATION, compile_organisation)
    units = list(organisation.units) if organisation is not None else None
    calendar = folder.whole(CALENDAR, lambda node: compile_calendar(node, units=units))
    processes = folder.processes(types or {}, _known(organisation, calendar, types))
    programme = folder.programme(processes, organisation)
    if today is not None:
        folder.problems += check_deeply(Office(processes=folder.inspected, organisation=organisation, today=today))
    return Compiled(
        processes=processes,
        organisation=organisation,
        calendar=calendar,
        types=types or {},
        programme=programme,
        problems=tuple(told(folder.problems, folder.sources)),
        sources=folder.sources,
        inspected=folder.inspected,
    )


def _known(organisation: Organisation | None, calendar: Calendars | None, types: Mapping[str, DocumentType] | None) -> Known:
    """What processes may name."""
    calendars = None if calendar is None else [OFFICE, *calendar.named]
    if organisation is None:
        return Known(calendars=calendars, types=types)
    positions = {*organisation.positions, *(post.position for post in organisation.posts)}
    return Known(
        units=list(organisation.units),
        persons=list(organisation.persons),
        positions=sorted(positions),
        posts=[f"{post.position}.{post.unit}" for post in organisation.posts],
        calendars=calendars,
        types=types,
    )


class _Folder:
    """The files of a definitions folder, and what was found wrong so far."""

    def __init__(self, files: Mapping[str, bytes], *, anew: bool) -> None:
        self.anew = anew
        """Whether they are to be brought into use; else they are in use already, and compiled again as they are."""
        self.files = dict(sorted(files.items()))
        self.problems: list[Problem] = []
        self.sources: dict[str, str] = {}
        self.inspected: dict[str, Inspected] = {}

    def node(self, path: str) -> Node | None:
        """The root of a YAML file; None if there is none, or it can't be read."""
        if path not in self.files:
            self.problems.append(p.NO_FILE.at(Place(file=path)))
            return None
        text, _ = read_text(path, self.files[path])
        self.sources |= {path: text} if text is not None else {}
        node, problems = parse(path, self.files[path])
        self.problems += problems
        if node is not None and self.anew:
            self.problems += unfit(node)
        return node

    def whole(self, path: str, make: Compiler[T]) -> T | None:
        """What one of the folder's own files means."""
        node = self.node(path)
        if node is None:
            return None
        made, problems = make(node)
        self.problems += problems
        return made

    def types(self) -> dict[str, DocumentType] | None:
        """The document types; None if their file can't be read."""
        return self.whole(DOCUMENT_TYPES, compile_document_types)

    def processes(self, types: Mapping[str, DocumentType], known: Known) -> dict[str, Process]:
        """The processes by key, in order of their folders."""
        found: dict[str, Process] = {}
        numbers: dict[str, str] = {}
        elsewhere: list[Elsewhere] = []
        folders = dict.fromkeys(path.split("/")[0] for path in self.files if "/" in path)
        nodes = {folder: node for folder in folders if (node := self.node(f"{folder}/{PROCESS}")) is not None}
        becoming = [target for node in nodes.values() for target in become_targets(node)]
        for folder, node in nodes.items():
            entered = frozenset(state for process, state in becoming if process == folder)
            templates = self.templates(folder)
            around = Around(
                folder=folder,
                templates=templates,
                types=types,
                known=known,
                entered=entered,
                elsewhere=elsewhere,
                inspected=self.inspected,
            )
            made, problems = compile_process(node, around)
            self.problems += problems
            if made is not None:
                self._numbers(made, node, numbers)
                found[made.key] = made
        self.problems += check_across(elsewhere, found, [folder for folder in folders if f"{folder}/{PROCESS}" in self.files])
        return found

    def programme(self, processes: Mapping[str, Process], organisation: Organisation | None) -> Programme | None:
        """The programme that the office works under; None if there is none, or its file is wrong."""
        if PROGRAMME not in self.files:
            return None
        whole = all(path.split("/")[0] in processes for path in self.files if path.endswith(f"/{PROCESS}"))
        return self.whole(PROGRAMME, lambda node: compile_programme(node, processes, organisation, whole=whole))

    def templates(self, folder: str) -> dict[str, str]:
        """The templates of a process, by their file's name."""
        found: dict[str, str] = {}
        start = f"{folder}/{TEMPLATES}"
        for path in self.files:
            if path.startswith(start) and path.endswith(SUFFIX):
                found[path.removeprefix(start)] = self.sources[path] = kept(self.files[path])
            elif path.startswith(start) and path.endswith(".j2"):
                text, problems = read_text(path, self.files[path])
                self.problems += problems
                found[path.removeprefix(start)] = self.sources[path] = text or ""
        return found

    def _numbers(self, process: Process, node: Node, numbers: dict[str, str]) -> None:
        """Two processes must not give the same numbers: a number names one case of the office."""
        named = node.get("number")
        if process.number in numbers and named is not None:
            self.problems.append(p.SAME_NUMBER.at(named.place, other=numbers[process.number], word=process.number))
        numbers.setdefault(process.number, process.key)


def told(problems: Iterable[Problem], sources: Mapping[str, str]) -> list[Problem]:
    """Problems in file order, each with its line; of a file with more than MANY only how many more there are."""
    found = (inside(problem, sources.get(problem.place.file, "")) for problem in _few(problems))
    return [
        dataclasses.replace(problem, excerpt=problem.excerpt or excerpt(sources.get(problem.place.file, ""), problem.place))
        for problem in in_order(found)
    ]


def _few(problems: Iterable[Problem]) -> Iterator[Problem]:
    for file, group in groupby(in_order(problems), key=lambda problem: problem.place.file):
        found = list(group)
        yield from found[:MANY]
        if len(found) > MANY:
            yield p.MORE.at(Place(file=file), count=len(found) - MANY)


def inside(problem: Problem, source: str) -> Problem:
    """A problem of an expression at the very word: where it stands in the value's line, or in a few below it."""
    word = str(problem.facts.get("word", ""))
    if not word or not problem.code.startswith(("E3", "W601")):
        return problem
    place, lines = problem.place, source.splitlines()[problem.place.line - 1 : problem.place.line + _BELOW]
    for below, line in enumerate(lines):
        at = line.find(word, place.column - 1 if below == 0 else 0)
        if at >= 0:
            return dataclasses.replace(problem, place=dataclasses.replace(place, line=place.line + below, column=at + 1))
    return problem


_BELOW = 20
"""The lines of a folded text in which a word is looked for."""

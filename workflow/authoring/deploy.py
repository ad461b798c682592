"""Bringing a definitions folder into use: read, compile, try its scenarios, and keep a new version of what changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from workflow.answers import Deployed
from workflow.authoring.definitions import CALENDAR, DOCUMENT_TYPES, ORGANISATION, PROGRAMME, Compiled, compile_definitions
from workflow.calendar import Calendars
from workflow.documents import SUFFIX, kept_bytes
from workflow.errors import DefinitionsWrong, NoFile, Place, Problem
from workflow.language.process import FORM, Process
from workflow.plain import canonical, digest, to_plain
from workflow.ports import Deployment, Store, StoredVersion

SUFFIXES = (".yaml", ".j2", SUFFIX)
FOLDER = "definitions"


class Played(Protocol):
    """How a scenario went."""

    @property
    def passed(self) -> bool:
        """Whether all went as expected."""
        ...

    @property
    def place(self) -> str:
        """`file:line:column` of the step that did not; of the scenario if all did."""
        ...

    @property
    def name(self) -> str:
        """What the scenario is called."""
        ...

    @property
    def message(self) -> str:
        """What was expected, and what came."""
        ...


Runner = Callable[[Mapping[str, bytes], Compiled], tuple[Sequence[Played], Sequence[Problem]]]
"""Plays the scenarios among these files: how each went, and what is wrong with their files."""


def read_folder(folder: Path) -> dict[str, bytes]:
    """The definitions' files, path (with `/`) → bytes. Hidden files are left alone; a link out of the folder is refused."""
    root, found = folder.resolve(), {}
    if not root.is_dir():
        raise NoFile(file=str(folder), cause="there is no such folder")
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.suffix not in SUFFIXES or any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            raise NoFile(file=str(relative), cause="it leads out of the definitions folder")
        try:
            found[relative.as_posix()] = path.read_bytes()
        except OSError as error:
            raise NoFile(file=str(relative), cause=error.strerror or "") from None
    return found


def check(files: Mapping[str, bytes], *, today: date | None = None) -> Compiled:
    """The compiled definitions. Raises DefinitionsWrong with every problem when one forbids their use."""
    compiled = compile_definitions(files, today=today)
    if compiled.errors:
        raise DefinitionsWrong(compiled.problems)
    return compiled


def calendar_of(files: Mapping[str, bytes]) -> Calendars:
    """The calendars of the folder alone, whatever else is being changed in it. Raises DefinitionsWrong with the problems of
    their file.
    """
    compiled = compile_definitions(files)
    problems = [problem for problem in compiled.errors if problem.place.file == CALENDAR]
    if problems or compiled.calendar is None:
        raise DefinitionsWrong(problems or compiled.errors)
    return compiled.calendar


def deployments(compiled: Compiled, *, at: datetime, by: str, why: str) -> list[Deployment]:
    """Every version that the definitions amount to, as the store keeps them."""
    versions = [_process(compiled, process) for process in compiled.processes.values()]
    if compiled.organisation is not None:
        versions.append(_whole(compiled, "organisation", ORGANISATION, compiled.organisation.version, to_plain(compiled.organisation)))
    if compiled.calendar is not None:
        versions.append(_whole(compiled, "calendar", CALENDAR, compiled.calendar.version, to_plain(compiled.calendar)))
    if compiled.programme is not None:
        versions.append(_whole(compiled, "programme", PROGRAMME, compiled.programme.version, to_plain(compiled.programme)))
    types = to_plain(dict(compiled.types))
    versions.append(_whole(compiled, "document-types", DOCUMENT_TYPES, digest(canonical(types)), types))
    return [Deployment(version=version, at=at, by=by, why=why) for version in versions]


def _process(compiled: Compiled, process: Process) -> StoredVersion:
    sources = {**compiled.sources_of(process.key), DOCUMENT_TYPES: compiled.sources.get(DOCUMENT_TYPES, "")}
    text = canonical(to_plain(process))
    return StoredVersion(kind="process", key=process.key, hash=process.version, form=FORM, source=sources, compiled=text)


def _whole(compiled: Compiled, kind: str, file: str, hash_: str, plain: object) -> StoredVersion:
    source = {file: compiled.sources.get(file, "")}
    return StoredVersion(kind=kind, key="", hash=hash_, form=FORM, source=source, compiled=canonical(plain))


def deploy_calendar(store: Store, files: Mapping[str, bytes], *, at: datetime, by: str, why: str) -> None:
    """Bring the folder's calendar into use, and nothing else of it."""
    compiled = compile_definitions(files)
    store.deploy([one for one in deployments(compiled, at=at, by=by, why=why) if one.version.kind == "calendar"])


def _anything(_compiled: Compiled) -> None:
    """Nothing more is asked of the definitions."""


def deploy(
    store: Store,
    files: Mapping[str, bytes],
    run: Runner,
    *,
    at: datetime,
    by: str,
    why: str,
    dry_run: bool = False,
    allow: Callable[[Compiled], None] = _anything,
) -> Deployed:
    """Check, play the scenarios, and bring into use what changed. Raises DefinitionsWrong, and what `allow` raises of
    definitions that are right in themselves; then nothing was deployed.
    """
    compiled = check(files, today=at.date())
    allow(compiled)
    results, wrong = run(files, compiled)
    failed = [*wrong, *(failed_scenario(result) for result in results if not result.passed)]
    if failed:
        raise DefinitionsWrong(failed)
    used = store.current()
    new = [one for one in deployments(compiled, at=at, by=by, why=why) if used.get((one.version.kind, one.version.key)) != one.version.hash]
    if new and not dry_run:
        store.deploy(new)
    names = {" ".join(filter(None, (one.version.kind, one.version.key))): one.version.hash[:12] for one in new}
    return Deployed(changed=tuple(names), versions=names, scenarios=len(results), warnings=tuple(map(str, compiled.warnings)))


SCENARIO_HINT = "mend the procedure, or the scenario if this is how it should be now"


def failed_scenario(result: Played) -> Problem:
    """A scenario that does not hold, at its step."""
    file, _, rest = result.place.partition(":")
    line, _, column = rest.partition(":")
    place = Place(file=file, line=int(line or 0), column=int(column or 0))
    return Problem(place=place, code="E600", message=f"{result.name}: {result.message}", hint=SCENARIO_HINT)


def recompile(stored: StoredVersion) -> Process:
    """The process of a version whose compiled form another program wrote: its source, compiled again."""
    compiled = compile_definitions({path: _bytes(path, text) for path, text in stored.source.items()})
    process = compiled.processes.get(stored.key)
    if process is None:
        raise DefinitionsWrong(compiled.problems)
    return process


def _bytes(path: str, text: str) -> bytes:
    return kept_bytes(text) if path.endswith(SUFFIX) else text.encode()

"""The versions of an office's procedures: what came into use when and why, what differs between two, which cases obey which."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from workflow.answers.changing import ProcessDiff, Standing, VersionShown
from workflow.authoring.definitions import DOCUMENT_TYPES, Compiled
from workflow.changing.comparing import Side, differences
from workflow.errors import NotFound
from workflow.language.process import Process
from workflow.model import CaseQuery, CaseRow, Viewer
from workflow.office import Office
from workflow.ports import Used

FILES = "files"
"""Stands for the definitions folder where a version may be named."""
SHORT = 12
"""The letters of a version's hash that people see."""
_LEAST = 4
_PAGE = 1000
EVERYTHING = Viewer(everything=True)
EVERYBODY = Viewer()
"""Nobody in particular: sees what is not secret."""


def rows(
    office: Office, process: str, fields: Mapping[str, str] | None = None, *, open_only: bool = True, viewer: Viewer = EVERYTHING
) -> Iterator[CaseRow]:
    """The cases of a procedure, newest first, a page at a time; as an operator looks, secret ones too, unless a viewer is named."""
    after = ""
    while True:
        query = CaseQuery(process=process, open_only=open_only, fields=fields or {}, after=after, limit=_PAGE)
        page = office.store.cases(query, viewer)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].cursor


def standing(office: Office, process: str, target: Process | None, viewer: Viewer) -> tuple[Standing, ...]:
    """How many open cases that a viewer sees stand where, by the version that they obey, the oldest version first (law 7: what one
    may not see is in no count).
    """
    counted = Counter((row.version, row.state) for row in rows(office, process, viewer=viewer))
    order = list(dict.fromkeys(used.hash for used in office.store.deployments("process", process)))
    found = []
    for (version, state), count in sorted(counted.items(), key=lambda one: (order.index(one[0][0]) if one[0][0] in order else -1, one[0])):
        title = office.definitions.version(version).state_of[state].title.to(office.language)
        gone = target is not None and state not in target.state_of
        found.append(Standing(version=version[:SHORT], state=state, title=title, cases=count, gone=gone))
    return tuple(found)


def changes_of(office: Office, compiled: Compiled, viewer: Viewer) -> tuple[ProcessDiff, ...]:
    """What the compiled definitions would change in the procedures in use, of each that is otherwise or new; open cases are counted as
    far as the viewer sees them.
    """
    used = office.store.current()
    found = []
    for key, process in compiled.processes.items():
        before = used.get(("process", key), "")
        if before != process.version:
            after = Side(process=process, sources=_sources(compiled, key))
            found.append(_diff(office, _kept(office, before), after, _After(key, process, viewer)))
    return tuple(found)


class _After(Struct, frozen=True):
    """What two versions are compared for: the procedure, its newer version, who looks, and what the two are called."""

    key: str
    process: Process
    viewer: Viewer
    before: str | None = None
    name: str | None = None


def _diff(office: Office, before: Side, after: Side, named: _After) -> ProcessDiff:
    old = before.process.version[:SHORT] if before.process is not None else ""
    return ProcessDiff(
        process=named.key,
        title=named.process.title.to(office.language),
        before=old if named.before is None else named.before,
        after=named.process.version[:SHORT] if named.name is None else named.name,
        differences=differences(before, after, office.language) if before.process is not None else (),
        standing=standing(office, named.key, named.process, named.viewer),
    )


def _sources(compiled: Compiled, key: str) -> dict[str, str]:
    return {**compiled.sources_of(key), DOCUMENT_TYPES: compiled.sources.get(DOCUMENT_TYPES, "")}


def _kept(office: Office, version: str) -> Side:
    """A version that the store keeps; none for ''."""
    stored = office.store.version("process", version) if version else None
    if stored is None:
        return Side()
    return Side(process=office.definitions.version(version), sources=stored.source)


# ---- versions by name ------------------------------------------------------------------------------------------------


def compare(office: Office, first: str, second: str, compiled: Compiled | None, viewer: Viewer = EVERYBODY) -> list[ProcessDiff]:
    """Two versions beside each other. `first`, `second`: a version (its first letters), a procedure (its version in use) or
    `files`; nothing named: every procedure in use with the files; one procedure alone: with its files; one version alone: with
    the one in use. `compiled`: the definitions folder, where it is asked for. Open cases are counted as far as the viewer sees them.
    Raises NotFound.
    """
    if not first and compiled is not None:
        return list(changes_of(office, compiled, viewer))
    one = _named(office, first, compiled, "")
    key = one.process.key if one.process is not None else first
    two = _named(office, second or (FILES if first in office.definitions.in_use() else key), compiled, key)
    if two.process is None:
        raise NotFound(kind="version", name=second or first)
    return [_diff(office, one, two, _After(key, two.process, viewer))]


def wants_files(office: Office, first: str, second: str) -> bool:
    """Whether a comparison of these names needs the definitions folder."""
    return not first or FILES in {first, second} or (not second and first in office.definitions.in_use())


def _named(office: Office, name: str, compiled: Compiled | None, key: str) -> Side:
    used = office.definitions.in_use()
    if name == FILES and compiled is not None:
        process = compiled.processes.get(key)
        if process is None:
            raise NotFound(kind="process", name=key or FILES, known=compiled.processes)
        return Side(process=process, sources=_sources(compiled, key))
    return _kept(office, used[name] if name in used else version_named(office, name))


def version_named(office: Office, name: str, process: str = "") -> str:
    """The hash of the version that begins with these letters. Raises NotFound, also where several do."""
    known = {used.hash: key for key in office.definitions.in_use() for used in office.store.deployments("process", key)}
    mine = [hash_ for hash_, key in known.items() if not process or key == process]
    found = [hash_ for hash_ in mine if hash_.startswith(name)] if len(name) >= _LEAST else []
    if len(found) != 1:
        shown = [*([] if process else office.definitions.in_use()), *(hash_[:SHORT] for hash_ in mine)]
        raise NotFound(kind="version", name=name, known=shown)
    return found[0]


def history(office: Office, process: str = "", viewer: Viewer = EVERYBODY) -> list[VersionShown]:
    """Every version as it came into use, of one procedure or of all, oldest first, with the cases that the viewer sees of it. Raises
    NotFound.
    """
    used = office.definitions.in_use()
    if process and process not in used:
        raise NotFound(kind="process", name=process, known=used)
    return [one for key in ([process] if process else sorted(used)) for one in _history(office, key, used[key], viewer)]


def _history(office: Office, key: str, in_use: str, viewer: Viewer) -> Iterator[VersionShown]:
    counted = Counter((row.version, not row.outcome) for row in rows(office, key, open_only=False, viewer=viewer))
    deployed: Sequence[Used] = office.store.deployments("process", key)
    last = {used.hash: at for at, used in enumerate(deployed)}
    for at, used in enumerate(deployed):
        newest = last[used.hash] == at
        yield VersionShown(
            process=key,
            title=office.definitions.version(used.hash).title.to(office.language),
            version=used.hash[:SHORT],
            at=used.at,
            by=used.by,
            why=used.why,
            in_use=newest and used.hash == in_use,
            open=counted[used.hash, True] if newest else 0,
            closed=counted[used.hash, False] if newest else 0,
        )

"""`hoso verify`: whatever was changed, taken away, put elsewhere or added behind the program's back is found and named.

A case: its chain, state = fold(history), the files of its papers, its numbers. The office: the database's own checks, the
series, the registers, the kept versions, and the chain of heads (see `office.heads`).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from workflow.answers import Finding
from workflow.engine.history import broken, differs, payload_of
from workflow.engine.registry import Incoming, Reserved, fold
from workflow.engine.registry import broken as broken_register
from workflow.errors import HosoError
from workflow.language.process import FORM, Process, meaning
from workflow.model import Attachment, CaseFile, Disposal, Entry, SeriesKey, Whole
from workflow.plain import canonical, digest
from workflow.ports import Store, StoredVersion
from workflow.upkeep.heads import verify_heads

Recompile = Callable[[StoredVersion], Process]
Progress = Callable[[int], object]
"""Told how many cases were looked at so far."""
AT_ONCE = 50
"""So many cases are read at one go."""
FILES = '"files":'
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


def verify(
    store: Store, *, since: datetime | None = None, progress: Progress = lambda _: None, recompile: Recompile | None = None
) -> Iterator[Finding]:
    """What is wrong, one finding each; nothing for an office in order. `since`: of the cases those alone in which something
    happened since then. `recompile` compiles the sources of versions that another form of the compiler made.
    """
    for fault in store.integrity():
        yield Finding(level="error", what="database", message=fault.message(), hint=fault.way_out())
    disposals = {one.case: one for one in store.disposals()}
    numbers, done = iter(store.all_cases() if since is None else store.cases_since(since)), 0
    while some := list(islice(numbers, AT_ONCE)):
        for found in _verify_cases(store, some, disposals):
            yield from found
            done += 1
            progress(done)
    yield from _series(store)
    yield from _registers(store)
    yield from _versions(store, recompile)
    yield from (
        _error("receipt", f"{case}: the receipt {request} is of entry {seq}, which is not there")
        for request, case, seq in store.strange_receipts()
    )
    yield from verify_heads(store)
    yield from _accounted(disposals.values())


def _accounted(disposals: Iterable[Disposal]) -> Iterator[Finding]:
    """What is missing by an act: how many cases, by which decision."""
    found: dict[str, list[Disposal]] = {}
    for one in disposals:
        found.setdefault(one.decision, []).append(one)
    for decision, ones in found.items():
        message = f"the contents of {len(ones)} cases were disposed of by decision {decision}: what is missing of them is accounted for"
        yield Finding(level="ok", what="disposal", message=message)


def _error(what: str, message: str) -> Finding:
    return Finding(level="error", what=what, message=message)


def verify_case(store: Store, number: str) -> Iterator[Finding]:
    """One case: its chain, its state by its history, its numbers, its issued papers' bytes."""
    disposals = {one.case: one for one in store.disposals() if one.case == number}
    for found in _verify_cases(store, [number], disposals):
        yield from found
    yield from _accounted(disposals.values())


def _verify_cases(store: Store, numbers: Sequence[str], disposals: Mapping[str, Disposal]) -> Iterator[list[Finding]]:
    """What is wrong with each of these cases. They are read at one go; if one of them can't be read, each by itself."""
    try:
        wholes = store.wholes(numbers)
    except _UNREADABLE:
        if len(numbers) == 1:
            yield [_error("case", f"{numbers[0]}: the case can't be read")]
        else:
            for number in numbers:
                yield from _verify_cases(store, [number], disposals)
        return
    for whole in wholes:
        try:
            yield [*_of_case(store, whole), *_disposed(whole.number, whole.file, disposals.get(whole.number))]
        except _UNREADABLE:
            yield [_error("case", f"{whole.number}: the case can't be read")]


def _of_case(store: Store, whole: Whole) -> Iterator[Finding]:
    number, file, entries, given = whole
    if file is None:
        yield _error("case", f"{number}: the case is gone")
        return
    fault = broken(entries, file.case.head)
    if fault is not None:
        yield _error("chain", f"{number}: {fault}")
        return
    unlike = differs(file, entries)
    if unlike is not None:
        yield _error("fold", f"{number}: {unlike}")
    yield from _numbers(number, file, given)
    yield from _files(store, number, file, entries)


def _disposed(number: str, file: CaseFile | None, row: Disposal | None) -> Iterator[Finding]:
    """Whatever the triggers were told to let go, the case's own history tells of, and the other way round."""
    said = file.case.disposed if file is not None else None
    told = (row.at, row.decision, row.done) if row is not None else None
    if told != ((said.at, said.decision, True) if said is not None else None):
        yield _error("disposal", f"{number}: what was disposed of is not what its history says")


def _numbers(number: str, file: CaseFile, given: Sequence[tuple[SeriesKey, int, str]]) -> Iterator[Finding]:
    """Each numbered paper has its number, and each number given its paper; the case's own is one more."""
    borne = {(one.series, one.number, one.key) for one in file.documents if one.number is not None}
    papers = {one for one in given if one[2]}
    for series, n, key in sorted(borne - papers, key=str):
        yield _error("number", f"{number}: the number {n} of {series}, which {key} bears, was not given to it")
    for series, n, key in sorted(papers - borne, key=str):
        yield _error("number", f"{number}: the number {n} of {series} was given to {key}, which does not bear it")
    own = [one for one in given if not one[2]]
    if len(own) != 1:
        yield _error("number", f"{number}: {len(own)} numbers were given for the case itself, not one")


def _files(store: Store, number: str, file: CaseFile, entries: Sequence[Entry]) -> Iterator[Finding]:
    for document in file.documents:
        attached = [(one.name, one.hash) for event in document.events for one in event.files]
        for kind, hash_ in (*document.files.items(), *attached):
            if not _is_kept(store, hash_):
                yield _error("file", f"{number}: {document.symbol or document.key} ({kind}) is missing or changed")
    for entry in entries:
        if FILES not in entry.payload:  # most entries bring none, and need not be read for that
            continue
        for one in payload_of(entry)["data"].get("files", ()):
            if not _is_kept(store, one["hash"]):
                yield _error("file", f"{number}: {one['name']} of entry {entry.seq} is missing or changed")


def _is_kept(store: Store, hash_: str) -> bool:
    content = store.file(hash_)
    return content is not None and digest(content) == hash_


def _series(store: Store) -> Iterator[Finding]:
    for series, numbers, last in store.strange_series():
        missing = sorted(set(range(1, last + 1)) - set(numbers))
        if missing:
            yield _error("series", f"{series}: the numbers {missing} are missing")
        if len(numbers) != len(set(numbers)) or (numbers and max(numbers) > last):
            yield _error("series", f"{series}: a number stands twice, or past the last")


def _registers(store: Store) -> Iterator[Finding]:
    """Each body's chain of register entries, and the scans that they name."""
    for body in store.registries():
        entries = store.registry(body)
        fault = broken_register(entries)
        if fault is not None:
            yield _error("register", f"{body}: {fault}")
            continue
        state = fold(entries)
        for scan in (*_scans(state.incoming), *_scans(state.reserved.values())):
            if not _is_kept(store, scan.hash):
                yield _error("file", f"{body}: {scan.name} is missing or changed")


def _scans(papers: Iterable[Incoming | Reserved]) -> list[Attachment]:
    return [one for paper in papers for one in paper.files]


def _versions(store: Store, recompile: Recompile | None) -> Iterator[Finding]:
    """What is kept of each version has the meaning that it is called by."""
    for kind, hash_, key in store.versions():
        stored = store.version(kind, hash_)
        try:
            plain = json.loads(stored.compiled) if stored else None
        except ValueError:
            plain = None
        if kind in {"process", "organisation", "calendar", "document-types"} and hash_ not in {
            digest(canonical(plain)),
            digest(canonical(meaning(plain))),
        }:
            named = f"{kind} {key} {hash_[:12]}".replace("  ", " ")
            if stored is not None and kind == "process" and stored.form != FORM:
                yield _of_another_form(named, stored, recompile)
            else:
                yield _error("version", f"{named}: what is kept of it is not what it was deployed with")


def _of_another_form(named: str, stored: StoredVersion, recompile: Recompile | None) -> Finding:
    """A version that another hoso compiled, in another form: its hash is of that form. What can be proved is its source: it is the one
    that the version was made of if this program comes to the same meaning; at least it must still be a procedure of that name.
    """
    sources = digest(canonical(dict(stored.source)))
    message = f"{named}: another form ({stored.form}) of the compiler made it, so that its hash can't be worked out anew"
    if recompile is None:
        return Finding(level="warning", what="version", message=f"{message} (SHA-256 of its source: {sources})", hint=COMPARE)
    try:
        process = recompile(stored)
    except HosoError as fault:
        return _error("version", f"{named}: another form ({stored.form}) of the compiler made it, and its source does not compile: {fault}")
    if process.version == stored.hash:
        return Finding(level="ok", what="version", message=f"{named}: another form ({stored.form}) made it; its source means what it did")
    if process.key != stored.key:
        return _error("version", f"{named}: its source is that of another procedure, {process.key}")
    return Finding(level="warning", what="version", message=f"{message}; its source compiles (SHA-256 {sources})", hint=COMPARE)


COMPARE = "Compare the source's SHA-256 with that in an older backup."

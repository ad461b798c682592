"""`hoso verify`: whatever was changed, taken away, put elsewhere or added behind the program's back is found and named.

A case: its chain, state = fold(history), the files of its papers, its numbers. The office: the database's own checks, the
series, the registers, the kept versions, and the chain of heads (see `office.heads`).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from workflow.answers import Finding
from workflow.engine.history import broken, differs
from workflow.engine.registry import Incoming, Reserved, fold
from workflow.engine.registry import broken as broken_register
from workflow.language.process import FORM, meaning
from workflow.model import Attachment, CaseFile, Entry, SeriesKey
from workflow.plain import canonical, digest
from workflow.ports import Store
from workflow.upkeep.heads import verify_heads

Progress = Callable[[int], object]
"""Told how many cases were looked at so far."""
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


def verify(store: Store, *, since: datetime | None = None, progress: Progress = lambda _: None) -> Iterator[Finding]:
    """What is wrong, one finding each; nothing for an office in order. `since`: of the cases those alone in which something
    happened since then.
    """
    for fault in store.integrity():
        yield Finding(level="error", what="database", message=fault, hint="Restore the last backup.")
    for done, number in enumerate(store.all_cases() if since is None else store.cases_since(since), start=1):
        yield from verify_case(store, number)
        progress(done)
    yield from _series(store)
    yield from _registers(store)
    yield from _versions(store)
    yield from (
        _error("receipt", f"{case}: the receipt {request} is of entry {seq}, which is not there")
        for request, case, seq in store.strange_receipts()
    )
    yield from verify_heads(store)


def _error(what: str, message: str) -> Finding:
    return Finding(level="error", what=what, message=message)


def verify_case(store: Store, number: str) -> Iterator[Finding]:
    """One case: its chain, its state by its history, its numbers, its issued papers' bytes."""
    try:
        file, entries, given = store.whole(number)
        found = list(_of_case(store, number, file, entries, given))
    except _UNREADABLE:
        found = [_error("case", f"{number}: the case can't be read")]
    yield from found


def _of_case(
    store: Store, number: str, file: CaseFile | None, entries: Sequence[Entry], given: Sequence[tuple[SeriesKey, int, str]]
) -> Iterator[Finding]:
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
        for one in json.loads(entry.payload)["data"].get("files", ()):
            if not _is_kept(store, one["hash"]):
                yield _error("file", f"{number}: {one['name']} of entry {entry.seq} is missing or changed")


def _is_kept(store: Store, hash_: str) -> bool:
    content = store.file(hash_)
    return content is not None and digest(content) == hash_


def _series(store: Store) -> Iterator[Finding]:
    for series, numbers, last in store.series_numbers():
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


def _versions(store: Store) -> Iterator[Finding]:
    """What is kept of each version has the meaning that it is called by."""
    for kind, hash_, key in store.versions():
        stored = store.version(kind, hash_)
        if stored is not None and kind == "process" and stored.form != FORM:
            continue  # another program's form: what counts is compiled again from its source
        try:
            plain = json.loads(stored.compiled) if stored else None
        except ValueError:
            plain = None
        if kind in {"process", "organisation", "calendar", "document-types"} and hash_ not in {
            digest(canonical(plain)),
            digest(canonical(meaning(plain))),
        }:
            yield _error("version", f"{kind} {key} {hash_[:12]}: what is kept of it is not what it was deployed with".replace("  ", " "))

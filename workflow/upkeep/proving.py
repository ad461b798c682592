"""`hoso verify`: the chain of every case, state = fold(history), the series without gap, the files as they were."""

from collections.abc import Iterable, Iterator

from workflow.answers import Finding
from workflow.engine.history import broken, differs
from workflow.engine.registry import Incoming, Reserved, fold
from workflow.engine.registry import broken as broken_register
from workflow.model import Attachment
from workflow.plain import digest
from workflow.ports import Store


def verify(store: Store) -> Iterator[Finding]:
    """What is wrong, one finding each; nothing for an office in order."""
    for fault in store.integrity():
        yield Finding(level="error", what="database", message=fault, hint="Restore the last backup.")
    for number in store.all_cases():
        yield from verify_case(store, number)
    yield from _series(store)
    yield from _registers(store)


def verify_case(store: Store, number: str) -> Iterator[Finding]:
    """One case: its chain, its state by its history, its issued papers' bytes."""
    try:
        file, entries = store.load(number), store.entries(number)
    except (ValueError, KeyError, TypeError, AttributeError):
        yield Finding(level="error", what="case", message=f"{number}: the case can't be read")
        return
    if file is None:
        yield Finding(level="error", what="case", message=f"{number}: the case is gone")
        return
    fault = broken(entries, file.case.head)
    if fault is not None:
        yield Finding(level="error", what="chain", message=f"{number}: {fault}")
        return
    unlike = differs(file, entries)
    if unlike is not None:
        yield Finding(level="error", what="fold", message=f"{number}: {unlike}")
    for document in file.documents:
        attached = [(one.name, one.hash) for event in document.events for one in event.files]
        for kind, hash_ in (*document.files.items(), *attached):
            content = store.file(hash_)
            if content is None or digest(content) != hash_:
                yield Finding(
                    level="error", what="file", message=f"{number}: {document.symbol or document.key} ({kind}) is missing or changed"
                )


def _series(store: Store) -> Iterator[Finding]:
    for series, numbers, last in store.series_numbers():
        missing = sorted(set(range(1, last + 1)) - set(numbers))
        if missing:
            yield Finding(level="error", what="series", message=f"{series}: the numbers {missing} are missing")
        if len(numbers) != len(set(numbers)) or (numbers and max(numbers) > last):
            yield Finding(level="error", what="series", message=f"{series}: a number stands twice, or past the last")


def _registers(store: Store) -> Iterator[Finding]:
    """Each body's chain of register entries, and the scans that they name."""
    for body in store.registries():
        entries = store.registry(body)
        fault = broken_register(entries)
        if fault is not None:
            yield Finding(level="error", what="register", message=f"{body}: {fault}")
            continue
        state = fold(entries)
        for scan in (*_scans(state.incoming), *_scans(state.reserved.values())):
            content = store.file(scan.hash)
            if content is None or digest(content) != scan.hash:
                yield Finding(level="error", what="file", message=f"{body}: {scan.name} is missing or changed")


def _scans(papers: Iterable[Incoming | Reserved]) -> list[Attachment]:
    return [one for paper in papers for one in paper.files]

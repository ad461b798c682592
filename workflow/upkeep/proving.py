"""`hoso verify`: whatever was changed, taken away, put elsewhere or added behind the program's back is found and named.

A case: its chain, state = fold(history), the files of its papers, its numbers, the rows that lists look at, whose turn it is and who
may see it. The office: the database's own checks, the series, the registers, the kept versions, periodic cases, files, what was
sent, and the chain of heads (see `office.heads`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct, field

from workflow.answers import Finding
from workflow.engine.history import broken, differs, payload_of
from workflow.errors import HosoError, StoreUnreachable
from workflow.model import CaseFile, Disposal, Entry, Seat, SeriesKey, Whole
from workflow.plain import digest
from workflow.ports import Store
from workflow.upkeep.books import Books, Recompile
from workflow.upkeep.finding import Found, wrong
from workflow.upkeep.heads import verify_heads

Progress = Callable[[int], object]
"""Told how many cases were looked at so far."""
Seats = tuple[Sequence[Seat], Sequence[Seat]]
"""Whose turn it is in a case, and who may see it if it is secret."""
Seated = Callable[[CaseFile, Sequence[Entry]], Iterator[Seats]]
"""The seats of a case as they follow from its history: as its last act left them; then by what has been in use since, by which an act
in another case may have set them.
"""
AT_ONCE = 50
"""So many cases are read at one go."""
FILES = '"files":'
HASH = re.compile(r'"([0-9a-f]{64})"')
"""A file, wherever an entry names one: as a paper's, an attachment, the value of a field."""
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


class Proof(Struct, kw_only=True):
    """What an office is proved by, beside its store."""

    store: Store
    language: str = "en"
    recompile: Recompile | None = None
    """Compiles the sources of versions."""
    seated: Seated | None = None
    files: set[bytes] = field(default_factory=set)
    """What cases name, by its hash: their files among it."""
    readable: bool = True
    """Whether all histories could be read: else nobody knows what they named."""

    def of_office(self, *, since: datetime | None = None, progress: Progress = lambda _: None) -> Iterator[Finding]:
        """What is wrong, one finding each; nothing for an office in order. `since`: of the cases those alone in which something
        happened since then.
        """
        yield from self._told(self._guarded("database", self._database))
        disposals = {one.case: one for one in self._disposals()}
        yield from self._told(self._cases(disposals, since, progress))
        books = Books(store=self.store, language=self.language, recompile=self.recompile)
        for what, look in books.looks:
            yield from self._told(self._guarded(what, look))
        if since is None and self.readable:
            yield from self._told(self._guarded("file", lambda: books.loose_files(self.files)))
        yield from self._told(self._guarded("head", lambda: verify_heads(self.store)))
        yield from self._told(_accounted(disposals.values()))

    def of_case(self, number: str) -> Iterator[Finding]:
        """One case: its chain, its state by its history, its numbers, its issued papers' bytes."""
        disposals = {one.case: one for one in self._disposals() if one.case == number}
        for found in self._of_cases([number], disposals):
            yield from self._told(iter(found))
        yield from self._told(_accounted(disposals.values()))

    def _database(self) -> Iterator[Found]:
        for fault in self.store.integrity():
            yield Found(level="error", what="database", template=fault.template, facts=fault.facts, hint=fault.hint)

    def _told(self, found: Iterator[Found]) -> Iterator[Finding]:
        return (one.to(self.language) for one in found)

    def _guarded(self, what: str, look: Callable[[], Iterator[Found]]) -> Iterator[Found]:
        """What can't even be read is found, too, and the rest is looked at all the same."""
        try:
            yield from look()
        except StoreUnreachable:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever a rewritten row leads to, its place is what matters
            yield wrong(what, "{what}: what is stored can't be read ({fault})", what=what, fault=f"{type(fault).__name__}: {fault}")

    def _disposals(self) -> Sequence[Disposal]:
        try:
            return self.store.disposals()
        except _UNREADABLE:
            return ()  # each of their cases will say that it was disposed of, and by no row

    # ---- cases ----

    def _cases(self, disposals: Mapping[str, Disposal], since: datetime | None, progress: Progress) -> Iterator[Found]:
        numbers, done = iter(self.store.all_cases() if since is None else self.store.cases_since(since)), 0
        while some := list(islice(numbers, AT_ONCE)):
            for found in self._of_cases(some, disposals):
                self.readable = self.readable and all(one.what not in {"case", "chain"} for one in found)
                yield from found
                done += 1
                progress(done)

    def _of_cases(self, numbers: Sequence[str], disposals: Mapping[str, Disposal]) -> Iterator[list[Found]]:
        """What is wrong with each of these cases. They are read at one go; if one of them can't be read, each by itself."""
        try:
            wholes = self.store.wholes(numbers)
        except StoreUnreachable:
            raise
        except Exception:  # noqa: BLE001 - what the driver says of letters that are none, and what our own readers say
            if len(numbers) == 1:
                yield [wrong("case", "{case}: the case can't be read", case=numbers[0])]
            else:
                for number in numbers:
                    yield from self._of_cases([number], disposals)
            return
        for whole in wholes:
            try:
                yield [*self._of_whole(whole), *_disposed(whole.number, whole.file, disposals.get(whole.number))]
            except _UNREADABLE:
                yield [wrong("case", "{case}: the case can't be read", case=whole.number)]

    def _of_whole(self, whole: Whole) -> Iterator[Found]:
        number, file, entries = whole.number, whole.file, whole.entries
        if file is None:
            yield wrong("case", "{case}: the case is gone", case=number)
            return
        fault = broken(entries, file.case.head, self.language)
        if fault is not None:
            yield wrong("chain", "{case}: {fault}", case=number, fault=fault)
            return
        unlike = differs(file, entries, self.language)
        if unlike is not None:
            yield wrong("fold", "{case}: {fault}", case=number, fault=unlike)
        for row in whole.unlike:
            yield wrong("row", "{case}: the stored {row} is not what the case says", case=number, row=row)
        yield from _numbers(number, file, whole.given)
        yield from self._files(number, file, entries)
        yield from self._seats(whole, file)

    def _files(self, number: str, file: CaseFile, entries: Sequence[Entry]) -> Iterator[Found]:
        for document in file.documents:
            attached = [(one.name, one.hash) for event in document.events for one in event.files]
            for kind, hash_ in (*document.files.items(), *attached):
                if not self._is_kept(hash_):
                    named = document.symbol or document.key
                    yield wrong("file", "{case}: {paper} ({kind}) is missing or changed", case=number, paper=named, kind=kind)
        for entry in entries:
            self.files.update(map(bytes.fromhex, HASH.findall(entry.payload)))
            if FILES not in entry.payload:  # most entries bring none, and need not be read for that
                continue
            for one in payload_of(entry)["data"].get("files", ()):
                if not self._is_kept(one["hash"]):
                    yield wrong("file", "{case}: {file} of entry {seq} is missing or changed", case=number, file=one["name"], seq=entry.seq)

    def _is_kept(self, hash_: str) -> bool:
        content = self.store.file(hash_)
        return content is not None and digest(content) == hash_

    def _seats(self, whole: Whole, file: CaseFile) -> Iterator[Found]:
        """Whose turn it is, and who may see a secret case: lists look up nothing else."""
        there = (set(whole.awaited), set(whole.viewers))
        seen = list[tuple[set[Seat], set[Seat]]]()
        try:
            for awaited, viewers in self.seated(file, whole.entries) if self.seated is not None else ():
                seen.append((set(awaited), set(viewers)))
                if seen[-1] == there:
                    return
        except StoreUnreachable:
            raise
        except HosoError as fault:
            yield wrong("seat", "{case}: whose turn it is does not follow from its history: {fault}", case=whole.number, fault=fault)
            return
        if seen and there[0] not in [awaited for awaited, _ in seen]:
            told = "{case}: those whose turn it is, as lists have it, are not those who follow from its history"
            yield wrong("seat", told, case=whole.number)
        if seen and there[1] not in [viewers for _, viewers in seen]:
            told = "{case}: those who may see it, as lists have it, are not those who follow from its history"
            yield wrong("seat", told, case=whole.number)


def verify(store: Store) -> Iterator[Finding]:
    """What is wrong with a store by itself: a copy of an office, whose rules nobody reads."""
    return Proof(store=store).of_office()


def _accounted(disposals: Iterable[Disposal]) -> Iterator[Found]:
    """What is missing by an act: how many cases, by which decision."""
    found: dict[str, int] = {}
    for one in disposals:
        found[one.decision] = found.get(one.decision, 0) + 1
    template = "the contents of {count} cases were disposed of by decision {decision}: what is missing of them is accounted for"
    for decision, count in found.items():
        yield Found(level="ok", what="disposal", template=template, facts={"count": count, "decision": decision})


def _disposed(number: str, file: CaseFile | None, row: Disposal | None) -> Iterator[Found]:
    """Whatever the triggers were told to let go, the case's own history tells of, and the other way round."""
    said = file.case.disposed if file is not None else None
    told = (row.at, row.decision, row.done) if row is not None else None
    if told != ((said.at, said.decision, True) if said is not None else None):
        yield wrong("disposal", "{case}: what was disposed of is not what its history says", case=number)


def _numbers(number: str, file: CaseFile, given: Sequence[tuple[SeriesKey, int, str]]) -> Iterator[Found]:
    """Each numbered paper has its number, and each number given its paper; the case's own is one more."""
    borne = {(one.series, one.number, one.key) for one in file.documents if one.number is not None}
    papers = {one for one in given if one[2]}
    for series, n, key in sorted(borne - papers, key=str):
        told = "{case}: the number {number} of {series}, which {paper} bears, was not given to it"
        yield wrong("number", told, case=number, number=n, series=series, paper=key)
    for series, n, key in sorted(papers - borne, key=str):
        told = "{case}: the number {number} of {series} was given to {paper}, which does not bear it"
        yield wrong("number", told, case=number, number=n, series=series, paper=key)
    own = [one for one in given if not one[2]]
    if len(own) != 1:
        yield wrong("number", "{case}: {count} numbers were given for the case itself, not one", case=number, count=len(own))

"""Case files that acts have just seen or left behind, so that the next act in such a case reads nothing (see `Beginning.supposes`).

A file is good for as long as its case's own row is the same to the letter: it bears the head of the case's history, and each act
in the case changes it. A commit that was decided on what is remembered finds out whether it is so; else what others wrote is seen
by that row, and the file is read again.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from threading import Lock
from typing import Any, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from storage import deployed, loading
from storage.deployed import InUse
from storage.loading import Found
from storage.seats import Seats
from storage.statements import Step
from storage.transaction import Statement, Transaction
from storage.writing import INSERT_EVENT, UPSERT_DOCUMENT, UPSERT_OPINION, Part, Prepared, There
from workflow.model import Beginning, Case, CaseFile, Deadline, Document, DocumentEvent, Opinion
from workflow.plain import parsed

MOST = 20_000
"""Rows of all files that are kept, some megabytes; a file counts as so many more."""
_BESIDE = 20


class Kept(Struct, frozen=True, gc=False):
    """What is kept of a case: what was found, and what an act has made of it since."""

    found: Found
    rows: int
    """For how many rows it counts."""
    then: Part | None = None

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.found.file.case if self.then is None else self.then.after

    @property
    def plain(self) -> str:
        """Its row."""
        return self.found.plain if self.then is None else str(self.then.case.values["plain"])

    @property
    def said(self) -> Mapping[str, Any] | None:
        """The same in plain form, where that is at hand."""
        return self.found.said if self.then is None else self.then.plain

    @property
    def seats(self) -> Seats:
        """Its seats as they stand."""
        return self.found.seats if self.then is None else self.then.seats


class Remembered:
    """The newest case files that acts began with or left behind. Threads may share it: what is kept is never changed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._looked_at: Mapping[str, Found] = {}
        self._rows = 0
        self._lock = Lock()

    def get(self, number: str) -> Found | None:
        """What is kept of a case, as it would be read. What an act made of it is worked out when the next one asks: often none does."""
        kept = self._kept.get(number)
        if kept is None or kept.then is None:
            return kept.found if kept is not None else None
        became = after(kept.found.file, kept.then)
        return self.keep(number, Found(kept.plain, became, kept.seats, kept.found.childless, kept.then.plain))

    def keep(self, number: str, found: Found) -> Found:
        """Keep what was found of a case, in the place of the oldest."""
        self._put(number, Kept(found, _rows_of(found.file)))
        return found

    def look_at(self, found: Mapping[str, Found]) -> None:
        """Know what was found of many cases until many others are: a worker fires a rung in each of them, and most are not seen again."""
        self._looked_at = found

    def known(self, case: Case) -> There | None:
        """The row and the seats that stand in the database of a case as it was when a change was decided."""
        kept: Kept | Found | None = self._as(case)
        if kept is None and (found := self._looked_at.get(case.number)) is not None and _same(found.file.case, case):
            kept = found
        return None if kept is None else There(kept.plain, kept.said, kept.seats)

    def _as(self, case: Case) -> Kept | None:
        """What is kept of a case that stands as it is kept."""
        kept = self._kept.get(case.number)
        return kept if kept is not None and _same(kept.case, case) else None

    def follow(self, change: Prepared) -> None:
        """A change was written: what is kept is now as it stands."""
        parents = {part.after.parent for part in change.parts if part.before is None}
        for part in change.parts:
            kept = self._as(part.before) if part.before is not None else _opened(part.after)
            if kept is None or kept.then is not None or change.disposal is not None or part.after.number in parents:
                self._put(part.after.number, None)
            else:
                self._put(part.after.number, Kept(kept.found, kept.rows, part))

    def forget(self, change: Prepared) -> None:
        """A change came late: what is kept of its cases is not as they stand."""
        for part in change.parts:
            self._put(part.after.number, None)

    def _put(self, number: str, kept: Kept | None) -> None:
        if kept is None and number not in self._kept:
            return  # so it is with each rung of a worker
        with self._lock:
            if (before := self._kept.pop(number, None)) is not None:
                self._rows -= before.rows
            if kept is not None and kept.rows <= MOST:
                self._kept[number] = kept
                self._rows += kept.rows
            while self._rows > MOST:
                self._rows -= self._kept.popitem(last=False)[1].rows


def _same(one: Case, other: Case) -> bool:
    """Whether a case is at the same point of the same history."""
    return one is other or (one.revision, one.head) == (other.revision, other.head)


def _opened(case: Case) -> Kept:
    """What stood in the database of a case before it was opened."""
    return Kept(Found("", CaseFile(case=case), Seats(), childless=True), _BESIDE)


def _rows_of(file: CaseFile) -> int:
    return _BESIDE + len(file.deadlines) + len(file.opinions) + len(file.documents)


def supposed(number: str, known: InUse, files: Remembered) -> Beginning | None:
    """What an act in a case begins with, as it is remembered; None where it must be read."""
    newest, used = known
    found = files.get(number) if number and newest >= 0 else None
    return None if found is None else Beginning(receipt=None, used=used, file=found.file, childless=found.childless, supposes=newest)


def begin(tx: Transaction, request_id: str, number: str, known: InUse, files: Remembered) -> tuple[Beginning, InUse]:
    """What an act begins with, and what is in use now; `files`: what need not be read again."""
    kept = files.get(number)
    of_case: list[tuple[Statement, Mapping[str, str]]] = []
    if number:
        of_case = loading.whole(number) if kept is None else [(loading.CASE, {"at_number": number})]
    (_, done), (_, newest), *rows = tx.together(
        [(loading.RECEIPT, {"at_request": request_id}), (deployed.NEWEST_DEPLOYMENT, {}), *of_case],
        last=known[0] >= 0,  # most often nothing more is asked; what is then, by itself says all that it tells
    )
    last = int(newest[0][0] or 0)
    used = known if known[0] == last else (last, deployed.current(tx))
    if done:
        return Beginning(receipt=(done[0][0], done[0][1]), used=used[1], file=loading.case_file(tx, done[0][0])), used
    found = _found(tx, number, kept, [found for _, found in rows], files) if number else None
    if found is None:
        return Beginning(receipt=None, used=used[1], file=None), used
    return Beginning(receipt=None, used=used[1], file=found.file, childless=found.childless), used


def _found(tx: Transaction, number: str, kept: Found | None, rows: list[list[Any]], files: Remembered) -> Found | None:
    """The case: as it is kept, if it is so still; else of the rows that were found, or are looked for now."""
    if kept is not None and [one for one, *_ in rows[0]] == [kept.plain]:
        return kept
    found = loading.found_of(rows if kept is None else [answer for _, answer in tx.together(loading.whole(number))])
    return files.keep(number, found) if found is not None else None


def after(file: CaseFile, part: Part) -> CaseFile:
    """The file as it is read once the part is written."""
    became = file.after(
        as_read(part.after, file.case if part.before is not None else None),
        deadlines=[owed_as_read(one) for one in part.owed],
        opinions=[parsed(Opinion, str(step.values["plain"])) for step in part.rest if step.statement is UPSERT_OPINION],
        documents=(papers := list(_papers(part.rest))),
    )
    if {one.rule for one in papers} <= {one.rule for one in file.documents}:
        return became
    return replace(became, documents=tuple(sorted(became.documents, key=attrgetter("rule"))))


def as_read(case: Case, read: Case | None) -> Case:
    """The case as it is read of its row, of what was decided and of what was `read` before: in a row keys are in order, and a list is one
    however it was given. To read all of it took longer than the rest of `after`.
    """
    was = _NO_MAPPINGS if read is None else _mappings(read)
    changed = {
        name: _in_order(now) for name, now, old in zip(_MAPPINGS, _mappings(case), was, strict=True) if now is not old and type(now) is dict
    }
    return replace(case, **changed) if changed else case


def owed_as_read(deadline: Deadline) -> Deadline:
    """The same of a deadline."""
    return replace(deadline, repeats=_in_order(deadline.repeats)) if len(deadline.repeats) > 1 else deadline


_MAPPINGS = tuple(name for name, kind in get_type_hints(Case).items() if get_origin(kind) is Mapping)
"""The fields of a case whose values have keys."""
_mappings = attrgetter(*_MAPPINGS)
_NO_MAPPINGS = (None,) * len(_MAPPINGS)
_NESTED = {dict, list, tuple}


def _in_order(value: Any) -> Any:
    if type(value) is dict:
        return {key: _in_order(item) if type(item := value[key]) in _NESTED else item for key in sorted(value)}
    return [_in_order(item) for item in value] if type(value) in _NESTED else value


def _papers(rest: Sequence[Step]) -> Iterator[Document]:
    events: dict[object, list[Mapping[str, object]]] = {}
    for step in rest:
        if step.statement is INSERT_EVENT:
            events.setdefault(step.values["key"], []).append(step.values)
    for step in rest:
        if step.statement is UPSERT_DOCUMENT:
            paper = loading.read_document(str(step.values["plain"]), str(step.values["status"]))
            became = [parsed(DocumentEvent, str(one["plain"])) for one in events.get(step.values["key"], ())]
            yield loading.with_events(paper, tuple(became))

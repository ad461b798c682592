"""Case files of many rows that an act has just seen, so that the next act in them reads the case's own row alone.

A file is good for as long as that row is the same to the letter: it bears the head of the case's history, and each act in the
case changes it. What others write is seen by that, and the file is read again.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from storage import loading
from storage.seats import Seats
from storage.transaction import Statement, Transaction
from storage.writing import INSERT_EVENT, UPSERT_DOCUMENT, UPSERT_OPINION, Part, Prepared, Step
from workflow.model import Beginning, Case, CaseFile, Deadline, Document, DocumentEvent, Opinion
from workflow.plain import from_plain, parsed

LEAST = 100
"""Files of fewer rows are read as fast as they are looked up."""
MOST = 20_000
"""Rows of all files that are kept: some megabytes."""


class Kept(Struct, frozen=True):
    """A case file, its case's row, and who is awaited and may see it, where that is known."""

    plain: str
    file: CaseFile
    seats: Seats | None = None

    @property
    def size(self) -> int:
        """How many rows it is of."""
        return _size(self.file)


class Remembered:
    """The newest large case files that acts began with or left behind. Threads may share it: what is kept is never changed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, number: str) -> Kept | None:
        """What is kept of a case."""
        return self._kept.get(number)

    def keep(self, number: str, plain: str, file: CaseFile, seats: Seats | None = None) -> None:
        """Keep a file, if it is a large one, in the place of the oldest."""
        self._kept.pop(number, None)
        if LEAST <= _size(file) <= MOST:
            self._kept[number] = Kept(plain, file, seats)
            with suppress(KeyError):  # another thread was first
                while sum(one.size for one in list(self._kept.values())) > MOST:
                    self._kept.popitem(last=False)

    def seats(self, case: Case) -> Seats | None:
        """The seats that stand in the database of a case as it was when a change was decided."""
        kept = self._kept.get(case.number)
        return kept.seats if kept is not None and (kept.file.case.revision, kept.file.case.head) == (case.revision, case.head) else None

    def follow(self, change: Prepared, dues: Sequence[str]) -> None:
        """A change was written: what is kept is now as it stands. `dues`: each case's own, as the database has it."""
        for part, due in zip(change.parts, dues, strict=True):
            self._follow(part, due, disposed=change.disposal is not None)

    def _follow(self, part: Part, due: str, *, disposed: bool) -> None:
        kept = self._kept.pop(part.number, None)
        if kept is None or disposed or part.new or kept.file.case.revision != part.revision:
            return
        file = after(kept.file, part)
        if file is not None:
            self.keep(part.number, str(part.case.values["plain"]), file, replace(part.seats, due=due))


InUse = tuple[int, Mapping[tuple[str, str], str]]
"""The newest deployment that somebody has seen, and what was in use then."""


def begin(tx: Transaction, request_id: str, number: str, known: InUse, files: Remembered) -> tuple[Beginning, InUse]:
    """What an act begins with, and what is in use now; `files`: what need not be read again."""
    kept = files.get(number)
    of_case: list[tuple[Statement, Mapping[str, str]]] = []
    if number:
        of_case = loading.whole(number) if kept is None else [(loading.CASE, {"at_number": number})]
    (_, done), (_, newest), *rows = tx.together(
        [(loading.RECEIPT, {"at_request": request_id}), (loading.NEWEST_DEPLOYMENT, {}), *of_case],
        last=known[0] >= 0,  # most often nothing more is asked; what is then, by itself says all that it tells
    )
    last = int(newest[0][0] or 0)
    used = known if known[0] == last else (last, loading.current(tx))
    if done:
        return Beginning(receipt=(done[0][0], done[0][1]), used=used[1], file=loading.case_file(tx, done[0][0])), used
    file = _file(tx, number, kept, [found for _, found in rows], files) if number else None
    return Beginning(receipt=None, used=used[1], file=file), used


def _file(tx: Transaction, number: str, kept: Kept | None, found: list[list[Any]], files: Remembered) -> CaseFile | None:
    """The case file: as it is kept, if it is so still; else of the rows that were found, or are looked for now."""
    if kept is not None and found[0] == [(kept.plain,)]:
        return kept.file
    rows = found if kept is None else [answer for _, answer in tx.together(loading.whole(number))]
    file = loading.file_of(rows)
    if file is not None:
        files.keep(number, rows[0][0][0], file)
    return file


def _size(file: CaseFile) -> int:
    return len(file.deadlines) + len(file.opinions) + len(file.documents)


def after(file: CaseFile, part: Part) -> CaseFile | None:
    """The file as it is read once the part is written, of the very texts that were; None where its order would have to be looked up."""
    papers = list(_papers(part.rest))
    rules = {one.rule for one in file.documents} if papers else set()
    if any(one.rule not in rules or (one.events and one.number is None) for one in papers):
        return None
    return file.after(
        from_plain(Case, json.loads(str(part.case.values["plain"]))),
        deadlines=[parsed(Deadline, str(step.values["plain"])) for step in part.deadlines],
        opinions=[parsed(Opinion, str(step.values["plain"])) for step in part.rest if step.statement is UPSERT_OPINION],
        documents=papers,
    )


def _papers(rest: tuple[Step, ...]) -> Iterator[Document]:
    events: dict[object, list[Mapping[str, object]]] = {}
    for step in rest:
        if step.statement is INSERT_EVENT:
            events.setdefault(step.values["key"], []).append(step.values)
    for step in rest:
        if step.statement is UPSERT_DOCUMENT:
            paper = loading.read_document(str(step.values["plain"]), str(step.values["status"]))
            became = [parsed(DocumentEvent, str(one["plain"])) for one in events.get(step.values["key"], ())]
            yield loading.with_events(paper, tuple(became))

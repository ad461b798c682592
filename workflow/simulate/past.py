"""The past cases of a procedure, read from the store one after the other, each with its sub-cases."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct

from workflow.model import CaseQuery, CaseRow, Viewer
from workflow.ports import Store
from workflow.simulate.backtest import Past

_PAGE = 1000


class Pasts(Struct, frozen=True):
    """So many past cases, newest first; each is read when its turn comes, the oldest first."""

    store: Store
    rows: tuple[CaseRow, ...]
    viewer: Viewer

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Past]:
        for row in reversed(self.rows):
            yield self._past(row.number, seen=True)

    def _past(self, number: str, *, seen: bool) -> Past:
        file = self.store.load(number)
        if file is None:
            raise AssertionError(number)  # no case is ever removed
        below = [one for one in self.store.children(number) if one.disposed is None]
        children = tuple(self._past(one.number, seen=not one.secret or self.store.sees(one.number, self.viewer)) for one in below)
        return Past(file=file, entries=self.store.entries(number), children=children, seen=seen)


def past_of(store: Store, process: str, *, since: date | None, zone: ZoneInfo, viewer: Viewer) -> Pasts:
    """The cases of a procedure that are no sub-cases, opened since a day, as far as the viewer sees them: what one may not see is in no
    count (law 7).
    """
    gone = {one.case for one in store.disposals()}
    there = (row for row in _rows(store, process, viewer) if row.number not in gone)
    rows = tuple(row for row in there if since is None or row.opened.astimezone(zone).date() >= since)
    return Pasts(store=store, rows=rows, viewer=viewer)


def _rows(store: Store, process: str, viewer: Viewer) -> Iterator[CaseRow]:
    after = ""
    while True:
        page = store.cases(CaseQuery(process=process, open_only=False, tops=True, after=after, limit=_PAGE), viewer)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].cursor

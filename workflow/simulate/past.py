"""The past cases of a procedure, read from the store one after the other, each with its sub-cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from workflow.model import CaseQuery, CaseRow, Viewer
from workflow.ports import Store
from workflow.simulate.backtest import Past

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Pasts:
    """So many past cases; each is read when its turn comes."""

    store: Store
    rows: tuple[CaseRow, ...]
    seen: frozenset[str]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Past]:
        for row in reversed(self.rows):
            yield self._past(row.number)

    def _past(self, number: str) -> Past:
        file = self.store.load(number)
        if file is None:
            raise AssertionError(number)  # no case is ever removed
        children = tuple(self._past(one.number) for one in self.store.children(number) if one.disposed is None)
        return Past(file=file, entries=self.store.entries(number), children=children, seen=number in self.seen)


def past_of(store: Store, process: str, *, since: date | None, zone: ZoneInfo, viewer: Viewer) -> Pasts:
    """The cases of a procedure that are no sub-cases, opened since a day; secret ones count, and are told to those who may see them."""
    everything = Viewer(everything=True)
    gone = {one.case for one in store.disposals()}
    rows = [row for row in _rows(store, process, everything) if row.number not in gone]
    rows = [row for row in rows if since is None or row.opened.astimezone(zone).date() >= since]
    seen = frozenset(row.number for row in _rows(store, process, viewer))
    tops = tuple(row for row in rows if not _parent(store, row.number)) if _has_parents(store, rows) else tuple(rows)
    return Pasts(store=store, rows=tops, seen=seen)


def _rows(store: Store, process: str, viewer: Viewer) -> list[CaseRow]:
    found: list[CaseRow] = []
    after = ""
    while True:
        page = store.cases(CaseQuery(process=process, open_only=False, after=after, limit=_PAGE), viewer)
        found += page
        if len(page) < _PAGE:
            return found
        after = page[-1].cursor


def _has_parents(store: Store, rows: list[CaseRow]) -> bool:
    """Whether some may be sub-cases: looked at in a few, since a procedure's cases are opened in the same ways."""
    return any(_parent(store, row.number) for row in (*rows[:20], *rows[-20:]))


def _parent(store: Store, number: str) -> str:
    file = store.load(number)
    return file.case.parent if file is not None else ""

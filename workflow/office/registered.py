"""What the registers of all bodies say of a period: how many papers went out in each series, how many came in to each body."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from workflow.engine import registry
from workflow.engine.facts import Facts
from workflow.engine.numbering import APART
from workflow.model import DocumentStatus, NumberRow, Viewer
from workflow.office.register_rows import day_of
from workflow.office.register_shown import periods_of
from workflow.ports import Store

_CASES = "case:"


def figures(store: Store, span: tuple[date, date], facts: Facts) -> Mapping[str, object]:
    """The papers of a period as expressions and templates see them. Those of secret cases, of series of secret papers and those
    that came in as secret are none of them: who reads the report may not know of them (law 7).
    """
    bodies = {one.body for one, _ in store.series() if not one.type.startswith(_CASES)} | set(store.registries())
    issued, void, received, answered = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[str](), Counter[str]()
    for body in sorted(bodies):
        state = registry.fold(store.registry(body))
        for type_, is_void in _went_out(store, body, state, span, facts):
            issued[body, type_] += 1
            void[body, type_] += is_void
        for paper in state.incoming:
            if not paper.secret and _within(paper.arrived.astimezone(facts.zone).date(), span):
                received[body] += 1
                answered[body] += bool(paper.answer)
    return {
        "issued": issued.total(),
        "void": void.total(),
        "received": received.total(),
        "answered": answered.total(),
        "outgoing": [
            {"unit": body, "type": type_, "issued": count, "void": void[body, type_]} for (body, type_), count in sorted(issued.items())
        ],
        "incoming": [{"unit": body, "received": count, "answered": answered[body]} for body, count in sorted(received.items())],
        "series": {f"{body}/{type_}": count for (body, type_), count in issued.items()},
    }


def _within(day: date, span: tuple[date, date]) -> bool:
    return span[0] <= day <= span[1]


def _went_out(store: Store, body: str, state: registry.Registers, span: tuple[date, date], facts: Facts) -> Iterator[tuple[str, bool]]:
    """(type, whether it is void) of each number that a paper of these days took; one that is only reserved is none yet."""
    periods = list(dict.fromkeys(one for year in range(span[0].year, span[1].year + 1) for one in periods_of(body, year, facts)))
    for row in store.numbered(body, periods, Viewer()):
        if not row.series.type.startswith(APART):
            day, is_void = _taken(row, state, facts)
            if day is not None and _within(day, span):
                yield row.series.type, is_void


def _taken(row: NumberRow, state: registry.Registers, facts: Facts) -> tuple[date | None, bool]:
    if row.document is not None:
        return day_of(row.document, facts), row.document.status is DocumentStatus.VOID
    held = state.reserved.get((row.series, row.number))
    if held is None or not (held.entered or held.void):
        return None, False
    return held.dated or held.at.astimezone(facts.zone).date(), held.void

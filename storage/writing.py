"""Writes changes: what one act does to its cases, in the order that lets the database prove nothing went before it.

A change is turned into rows before the database is locked (`prepare`), so that others wait only for the writing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Integer, bindparam, cast, func, literal_column, select
from sqlalchemy import update as sql_update

from storage import disposing, fields, tables
from storage.seats import Seats, seated, seated_anew
from storage.statements import insert, insert_new, matching, upsert
from storage.transaction import Answer, Backend, Statement, Transaction, Values
from workflow.model import Case, CasePart, Change, Deadline, Document, DocumentEvent, Entry, Notice, NumberTaken, Opinion, SeriesKey
from workflow.plain import canonical, instant, to_plain
from workflow.ports import Stale
from workflow.vietnamese import words

_LONGEST_SEARCH = 20_000
"""Characters of a case's fields that a search looks at."""


_CASE = tables.case
_COPIED = ("number", "process", "version", "title", "state", "unit", "opened", "outcome", "parent")
_SELDOM = ("process", "version", "title", "unit", "outcome", "secret", "failed", "parent", "fields")
"""What most acts leave as it is: not set then, so that its indexes are not written."""


def _update_case(*changed: str) -> Statement:
    earliest = select(func.min(tables.deadline.c.due)).where(
        tables.deadline.c.case == bindparam("at_number"), tables.deadline.c.status == literal_column("'running'")
    )

    def build(_: Backend) -> Any:
        found = sql_update(_CASE).where(*matching(_CASE, "number", "revision"))
        return found.values(due=earliest.scalar_subquery()).returning(_CASE.c.due)

    return Statement(build, [*changed, "revision", "plain", "due"])


_HOLD_CASE = Statement(lambda _: select(_CASE.c.revision).where(*matching(_CASE, "number")).with_for_update(key_share=True))
"""Where others write at the same time, a case is held before its rows are written, so that two acts on it wait here and not for
each other's deadlines.
"""
_HOLD_UNMOVED = Statement(
    lambda _: (
        select(literal_column("1").op("/")(cast(_CASE.c.revision == bindparam("at_revision"), Integer)))
        .where(*matching(_CASE, "number"))
        .with_for_update(key_share=True)
    )
)
"""The same of one that must not have moved on: a division by nothing where it has. What is sent after it in one message is not run then,
and the commit may be among it. (What the row says is looked at again once a wait for it is over.)
"""
_INSERT_CASE = insert(_CASE)
_UPDATE_CASE = _update_case("state")
_UPDATE_ALL_OF_CASE = _update_case("state", *(name for name in _SELDOM if name in _CASE.c), "failing", "search")
_INSERT_ENTRY, _INSERT_RECEIPT, _INSERT_PERIODIC = insert(tables.entry), insert(tables.receipt), insert(tables.periodic)
_INSERT_NOTICE, _INSERT_FILE, _INSERT_NUMBER = insert_new(tables.notice), insert_new(tables.file), insert(tables.number)
"""Of rows that only one may write, a key that is there is the driver's error."""
_UPSERT_DEADLINE = upsert(tables.deadline, ["case", "key"])
UPSERT_OPINION = upsert(tables.opinion, ["case", "state", "round", "asked"])
UPSERT_DOCUMENT = upsert(tables.document, ["case", "key"])
INSERT_EVENT = insert_new(tables.document_event)
_INSERT_SERIES = insert(tables.series)
_NEXT_NUMBER = Statement(
    lambda _: sql_update(tables.series).where(
        *matching(tables.series, "body", "type", "period"), tables.series.c.last == bindparam("before")
    ),
    ["last"],
)


class Step(Struct, frozen=True):
    """One row to write. `once`: no row changed means that somebody was first."""

    statement: Statement
    values: Values
    once: bool = False


class Part(Struct, frozen=True):
    """One case's rows: deadlines first (the case's own due is the earliest of them), then the case, then the rest."""

    number: str
    new: bool
    revision: int
    """What the case's was when the change was decided."""
    case: Step
    deadlines: tuple[Step, ...]
    rest: tuple[Step, ...]
    seats: Seats
    """Who is awaited from now on and may see it; their due is told by the database."""
    there: Seats | None
    """Those that stand in the database, where that is known: the rows that differ are written alone then."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its rows in their order."""
        return (self.case, *self.deadlines, *self.rest) if self.new else (*self.deadlines, self.case, *self.rest)


class Prepared(Struct, frozen=True):
    """A change as rows, cases in order of number: two changes never wait for each other."""

    parts: tuple[Part, ...]
    rest: tuple[Step, ...]
    disposal: Values | None = None
    """The row by which the contents of its only case go."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All its rows in their order."""
        return (*(step for part in self.parts for step in part.steps), *self.rest)

    @property
    def checks_itself(self) -> bool:
        """Whether it fails wherever somebody was first, once its cases are held and have not moved on: a series' next number has to be
        looked at.
        """
        known = any(part.there is not None for part in self.parts)
        return self.disposal is None and not known and not any(step.once for step in self.rest)


def prepare(change: Change, seats: Callable[[Case], Seats | None] = lambda _: None) -> Prepared:
    """The rows of a change. `seats`: those that stand in the database of a case as it was, where that is known."""
    parts = sorted(change.parts, key=lambda part: part.case.number)
    return Prepared(tuple(_part(part, seats) for part in parts), (*_common(change),), _disposal(change))


def _disposal(change: Change) -> Values | None:
    if not change.disposes:
        return None
    entry = change.parts[0].entries[-1]
    return {"case": entry.case, "seq": entry.seq, "at": instant(entry.at), "by": entry.actor, "decision": change.disposes, "done": 0}


def write(tx: Transaction, change: Prepared) -> list[str]:
    """Write one change; raises Stale if it was decided on something that is no longer so, or the driver's error that it collides. Each
    case's own due (see `Seats`).
    """
    if tx.backend.side_by_side and change.checks_itself:
        return write_all(tx, [change])[0]
    if _moved_on(tx, [change]):
        raise Stale
    dues = _write(tx, change)
    disposing.finish(tx, [change.disposal] if change.disposal is not None else [])
    return dues


def write_all(tx: Transaction, changes: Sequence[Prepared]) -> list[list[str]]:
    """Write changes that check themselves, all of them and the commit in one message, or none: the driver's error tells that one
    collides. Of each, its cases' own dues.
    """
    held: dict[str, int] = {}
    for part in (part for change in changes for part in change.parts if not part.new):
        held.setdefault(part.number, part.revision)
    holds = [(_HOLD_UNMOVED, {"at_number": number, "at_revision": held[number]}) for number in sorted(held)]
    steps = [step for change in changes for step in change.steps]
    answers = tx.together([*holds, *((step.statement, step.values) for step in steps)], last=True)
    dues, at = [], len(holds)
    for change in changes:
        dues.append(_dues(change, answers[at : at + len(change.steps)]))
        at += len(change.steps)
    return dues


def _write(tx: Transaction, change: Prepared) -> list[str]:
    if change.disposal is not None:
        disposing.begin(tx, change.disposal)
    dues = _dues(change, write_steps(tx, change.steps))
    for part, due in zip(change.parts, dues, strict=True):
        if part.there is not None:
            tx.together(seated(part.number, part.there, replace(part.seats, due=due)))
    return dues


def _dues(change: Prepared, answers: Sequence[Answer]) -> list[str]:
    """Each case's own due, as the database told it or was told."""
    dues, at = [], 0
    for part in change.parts:
        due = part.case.values["due"] if part.new else answers[at + len(part.deadlines)][1][0][0]
        dues.append(due or tables.NO_DUE)
        at += len(part.steps)
    return dues


def write_each(tx: Transaction, changes: Sequence[Prepared]) -> list[Stale | list[str]]:
    """Write many changes, each whole or not at all; of each that was, its cases' own dues."""
    moved_on = _moved_on(tx, changes)
    written = [Stale() if moved_on & {part.number for part in change.parts} else _write_alone(tx, change) for change in changes]
    done = [change.disposal for change, dues in zip(changes, written, strict=True) if not isinstance(dues, Stale)]
    disposing.finish(tx, [row for row in done if row is not None])
    return written


def _moved_on(tx: Transaction, changes: Sequence[Prepared]) -> set[str]:
    """Hold the cases, in order of number: of two transactions, the second waits before it has written anything. Those of them that
    have moved on since the change was decided.
    """
    if not tx.backend.side_by_side:
        return set()  # this transaction is alone anyhow
    held: dict[str, int] = {}
    for part in (part for change in changes for part in change.parts if not part.new):
        held.setdefault(part.number, part.revision)
    answers = tx.together([(_HOLD_CASE, {"at_number": number}) for number in sorted(held)]) if held else []
    return {number for number, (_, rows) in zip(sorted(held), answers, strict=True) if rows != [(held[number],)]}


def _write_alone(tx: Transaction, change: Prepared) -> Stale | list[str]:
    try:
        with tx.savepoint():
            return _write(tx, change)
    except Stale as stale:
        return stale
    except tx.backend.errors as error:
        if tx.backend.collides(error):  # somebody wrote a row of the same key, and before us
            return Stale()
        raise


def write_steps(tx: Transaction, steps: Sequence[Step]) -> list[Answer]:
    """Write rows in their order; raises Stale where somebody was first, or the driver's error that a key is there."""
    if not steps:
        return []
    answers = tx.together([(step.statement, step.values) for step in steps])
    for step, (changed, found) in zip(steps, answers, strict=True):
        if step.once and changed < 1 and not found:
            raise Stale
    return answers


# ---- values as rows ----------------------------------------------------------------------------------------------


def _part(part: CasePart, seats: Callable[[Case], Seats | None]) -> Part:
    number, there = part.case.number, seats(part.before) if part.before is not None else None
    return Part(
        number=number,
        new=part.before is None,
        revision=part.before.revision if part.before is not None else 0,
        case=_case(part.before, part.case, _earliest(part.deadlines)),
        deadlines=tuple(Step(_UPSERT_DEADLINE, _deadline(number, deadline)) for deadline in part.deadlines),
        rest=(*_rest(number, part), *(() if there is not None else _seats(part))),
        seats=Seats(awaited=part.awaited, viewers=part.viewers),
        there=there,
    )


def _seats(part: CasePart) -> Iterator[Step]:
    return (Step(*change) for change in seated_anew(part.before, part.case, part.awaited, part.viewers))


def _rest(number: str, part: CasePart) -> Iterator[Step]:
    yield from (Step(*change) for change in fields.changes(part.before, part.case))
    yield from (Step(_INSERT_ENTRY, _entry(entry)) for entry in part.entries)
    yield from (Step(UPSERT_OPINION, _opinion(number, opinion)) for opinion in part.opinions)
    for document in part.documents:
        yield Step(UPSERT_DOCUMENT, _document(number, document))
        yield from (Step(INSERT_EVENT, _event(number, document.key, n, event)) for n, event in enumerate(document.events, 1))
    yield from (Step(_INSERT_NOTICE, _notice(notice)) for notice in part.notices)


def _common(change: Change) -> Iterator[Step]:
    yield from (Step(_INSERT_FILE, {"hash": hash_, "size": len(content), "bytes": content}) for hash_, content in change.files.items())
    for taken in change.numbers:
        yield from number_steps(taken)
    first = change.parts[0].case if change.parts else None
    if first and change.periodic:
        process, period = change.periodic
        yield Step(_INSERT_PERIODIC, {"process": process, "period": period, "case": first.number})
    if first and change.request_id:
        yield Step(_INSERT_RECEIPT, {"request": change.request_id, "case": first.number, "seq": first.seq})


def _earliest(deadlines: Iterable[Deadline]) -> str | None:
    return min((instant(deadline.due) for deadline in deadlines if deadline.status.value == "running"), default=None)


def _case(before: Case | None, case: Case, due: str | None) -> Step:
    plain = to_plain(case)
    values = {name: plain.get(name, "") for name in _COPIED}
    values |= {"secret": int(case.secret), "failing": int(bool(case.failed)), "revision": case.revision, "plain": canonical(plain)}
    if before is None:
        return Step(_INSERT_CASE, {**values, "due": due, "search": search_text(case)})
    values |= {"at_number": before.number, "at_revision": before.revision}
    if all(getattr(before, name) == getattr(case, name) for name in _SELDOM):
        return Step(_UPDATE_CASE, values, once=True)
    return Step(_UPDATE_ALL_OF_CASE, {**values, "search": search_text(case)}, once=True)


def search_text(case: Case) -> str:
    """What a case is found by: the folded words of its number, its title, the texts in its fields."""
    return " ".join(words(" ".join([case.number, case.title, *_texts(case.fields)])[:_LONGEST_SEARCH]))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for key, item in value.items() if key != "hash" for text in _texts(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in _texts(item))


def _deadline(number: str, deadline: Deadline) -> Values:
    plain = to_plain(deadline)
    values = {"case": number, "key": deadline.key, "due": plain["due"], "status": plain["status"], "next_at": plain.get("next_at")}
    values["asked"] = deadline.asked
    return {**values, "plain": canonical(plain)}


def _opinion(number: str, opinion: Opinion) -> Values:
    values = {"case": number, "state": opinion.state, "round": opinion.round, "asked": opinion.asked}
    return {**values, "plain": canonical(to_plain(opinion))}


def _document(number: str, document: Document) -> Values:
    plain = to_plain(replace(document, events=()))  # they have rows of their own: an issued paper's stays as it is
    rule, _, n = document.key.rpartition("/")
    values = {"case": number, "key": document.key, "rule": rule, "n": int(n) if n.isdecimal() else 0, "status": plain.pop("status")}
    return {**values, "plain": canonical(plain)}


def _event(number: str, key: str, n: int, event: DocumentEvent) -> Values:
    return {"case": number, "key": key, "n": n, "plain": canonical(to_plain(event))}


def _entry(entry: Entry) -> Values:
    return {
        "case": entry.case,
        "seq": entry.seq,
        "at": instant(entry.at),
        "actor": entry.actor,
        "text": entry.text,
        "payload": entry.payload,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _notice(notice: Notice) -> Values:
    values = {name: getattr(notice, name) for name in ("key", "person", "case", "subject", "text", "kind")}
    return {**values, "at": instant(notice.at), "urgent": int(notice.urgent), "message": None}


def series_values(series: SeriesKey, prefix: str = "") -> dict[str, Any]:
    """A series' key as named values."""
    return {f"{prefix}body": series.body, f"{prefix}type": series.type, f"{prefix}period": series.period}


def number_steps(taken: NumberTaken) -> Iterator[Step]:
    """The rows of a number: its series goes on by one, from exactly the number before."""
    key = series_values(taken.series)
    if taken.number == 1:
        yield Step(_INSERT_SERIES, {**key, "last": 1})
    else:
        at = {**series_values(taken.series, "at_"), "before": taken.number - 1, "last": taken.number}
        yield Step(_NEXT_NUMBER, at, once=True)
    yield Step(_INSERT_NUMBER, {**key, "number": taken.number, "case": taken.case or None, "document": taken.document})

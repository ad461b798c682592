"""Writes changes: what one act does to its cases, in the order that lets the database prove nothing went before it.

A change is turned into rows before the database is locked (`prepare`), so that others wait only for the writing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import and_, bindparam, func, literal_column, select
from sqlalchemy import update as sql_update

from storage import disposing, fields, tables
from storage.numbers import number_steps
from storage.seats import Seats, seated, seated_anew
from storage.statements import Step, fifties, insert, insert_new, matching, of_many, unmoved, upsert
from storage.transaction import Backend, Statement, Transaction, Values
from workflow.model import (
    Case,
    CaseFile,
    CasePart,
    Change,
    Deadline,
    DeadlineStatus,
    Document,
    DocumentEvent,
    Entry,
    Notice,
    Opinion,
)
from workflow.plain import bring_on, canonical, instant, read_plain, to_plain
from workflow.ports import Stale
from workflow.vietnamese import words

LONGEST_SEARCH = 20_000
"""Characters of a case's fields that a search looks at."""


_CASE = tables.case
_COPIED = ("number", "process", "version", "title", "state", "unit", "opened", "outcome", "parent")
_MAY_CHANGE = ("process", "version", "title", "state", "unit", "outcome", "parent", "secret")
"""Set only where they do, so that an act writes no indexes of what it leaves as it is."""
_changing = attrgetter(*_MAY_CHANGE)


@cache
def _update_case(changed: tuple[str, ...], *, supposed: bool) -> Statement:
    """The UPDATE of a case that has not moved on. `supposed`: it was not read for this act, so it must be the same to the letter, and
    nothing may have been brought into use meanwhile.
    """

    def build(backend: Backend) -> Any:
        as_it_was = [_CASE.c.revision == bindparam("at_revision")]
        if supposed:
            newest = select(func.coalesce(func.max(tables.deployment.c.id), literal_column("0"))).scalar_subquery()
            as_it_was += [_CASE.c.plain == bindparam("at_plain"), newest == bindparam("at_newest")]
        return unmoved(backend, sql_update(_CASE).where(*matching(_CASE, "number")), "revision", and_(*as_it_was))

    return Statement(build, [*changed, "revision", "plain"])


_HOLD = of_many(lambda among: select(_CASE.c.number).where(among(_CASE.c.number)).order_by(_CASE.c.number).with_for_update(key_share=True))
"""Where others write at the same time, several cases are held in one order before any of their rows is written, so that two
transactions wait for each other here and nowhere else.
"""
_INSERT_CASE = insert(_CASE)
_INSERT_ENTRY, _INSERT_RECEIPT, _INSERT_PERIODIC = insert(tables.entry), insert(tables.receipt), insert(tables.periodic)
_INSERT_NOTICE, _INSERT_FILE = insert_new(tables.notice), insert_new(tables.file)
"""Of rows that only one may write, a key that is there is the driver's error."""
_IN_ANY_ORDER = frozenset({_INSERT_ENTRY, _INSERT_NOTICE, _INSERT_RECEIPT})
"""What nothing else of a change hangs on, beside its case."""
_UPSERT_DEADLINE = upsert(tables.deadline, ["case", "key"])


@cache
def _update_deadline(changed: tuple[str, ...]) -> Statement:
    """The UPDATE of a deadline that is there: so no index is looked at but those of what changed."""
    return Statement(lambda _: sql_update(tables.deadline).where(*matching(tables.deadline, "case", "key")), [*changed, "plain"])


UPSERT_OPINION = upsert(tables.opinion, ["case", "state", "round", "asked"])
UPSERT_DOCUMENT = upsert(tables.document, ["case", "key"])
INSERT_EVENT = insert_new(tables.document_event)


class Part(Struct, frozen=True, gc=False):
    """One case's rows, its own first."""

    before: Case | None
    """As it was when the change was decided; None for one that is opened."""
    after: Case
    case: Step
    owed: tuple[Deadline, ...]
    """Its new and changed deadlines as they were decided."""
    deadlines: tuple[Step, ...]
    rest: tuple[Step, ...]
    plain: Mapping[str, Any]
    """It, as its row has it."""
    seats: Seats
    """Who is awaited from now on and may see it."""


class Prepared(Struct, frozen=True, gc=False):
    """A change as rows, cases in order of number: two changes never wait for each other."""

    parts: tuple[Part, ...]
    rest: tuple[Step, ...]
    disposal: Values | None = None
    """The row by which the contents of its only case go."""

    @property
    def steps(self) -> list[Step]:
        """All its rows in their order."""
        found: list[Step] = []
        for part in self.parts:
            found += (part.case, *part.deadlines, *part.rest)
        return [*found, *self.rest]


class There(NamedTuple):
    """A case as it stands in the database: its row, the same in plain form if that is at hand, its seats."""

    row: str
    plain: Mapping[str, Any] | None
    seats: Seats


Known = Callable[[Case], There | None]
"""How a case stands as it was when a change was decided. None where that is not known."""


def prepare(change: Change, known: Known = lambda _: None) -> Prepared:
    """The rows of a change."""
    parts = sorted(change.parts, key=lambda part: part.case.number) if len(change.parts) > 1 else change.parts
    own = change.parts[0] if change.parts else None  # the others are read for an act that supposes, too
    made = [_part(part, known, change.supposes if part is own else None, whole=bool(change.disposes)) for part in parts]
    return Prepared(tuple(made), (*_common(change),), _disposal(change))


def _disposal(change: Change) -> Values | None:
    if not change.disposes:
        return None
    entry = change.parts[0].entries[-1]
    return {"case": entry.case, "seq": entry.seq, "at": instant(entry.at), "by": entry.actor, "decision": change.disposes}


def write(tx: Transaction, changes: Sequence[Prepared]) -> None:
    """Write changes, all or none, in one message with the commit where the database is far; raises Stale if one of them was decided on
    something that is no longer so, or the driver's error that it collides.
    """
    disposals = [change.disposal for change in changes if change.disposal is not None]
    if len(changes) > 1 and not disposals and not tx.backend.side_by_side:
        _write_alike(tx, changes)
        return
    for row in disposals:
        disposing.begin(tx, row)
    write_steps(tx, [*_holds(tx, changes), *(step for change in changes for step in change.steps)], last=not disposals)
    disposing.finish(tx, disposals)


def _write_alike(tx: Transaction, changes: Sequence[Prepared]) -> None:
    """Write many changes where nothing is far: what is written by one statement goes in one go. Cases first, since all else refers to
    them; what hangs on the order within its case keeps it.
    """
    parts = [part for change in changes for part in change.parts]
    alike: dict[Statement, list[Step]] = {}
    others: list[Step] = []
    for step in (*[part.case for part in parts], *[step for part in parts for step in part.deadlines]):
        alike.setdefault(step.statement, []).append(step)
    for step in (step for change in changes for rest in (*[part.rest for part in change.parts], change.rest) for step in rest):
        if step.statement in _IN_ANY_ORDER:
            alike.setdefault(step.statement, []).append(step)
        else:
            others.append(step)
    for statement, steps in alike.items():
        if tx.each(statement, [step.values for step in steps]) < len(steps) and steps[0].once:
            raise Stale
    write_steps(tx, others)


def write_each(tx: Transaction, changes: Sequence[Prepared]) -> list[Stale | None]:
    """Write many changes, each whole or not at all; which of them were stale."""
    write_steps(tx, list(_holds(tx, changes)))
    written = [_write_alone(tx, change) for change in changes]
    done = [change.disposal for change, stale in zip(changes, written, strict=True) if stale is None]
    disposing.finish(tx, [row for row in done if row is not None])
    return written


def _holds(tx: Transaction, changes: Sequence[Prepared]) -> Iterator[Step]:
    """What holds the cases of several changes, in order of number: of two transactions, the second waits before it has written anything.
    One change writes its cases' own rows first, and in that order.
    """
    if tx.backend.side_by_side and len(changes) > 1:
        for values in fifties(tx, sorted({part.after.number for change in changes for part in change.parts if part.before is not None})):
            yield Step(_HOLD, values)


def _write_alone(tx: Transaction, change: Prepared) -> Stale | None:
    try:
        with tx.savepoint():
            if change.disposal is not None:
                disposing.begin(tx, change.disposal)
            write_steps(tx, change.steps)
    except Stale as stale:
        return stale
    except tx.backend.errors as error:
        if tx.backend.collides(error):  # somebody wrote a row of the same key, and before us
            return Stale()
        raise
    return None


def write_steps(tx: Transaction, steps: Sequence[Step], *, last: bool = False) -> None:
    """Write rows in their order; raises Stale where somebody was first, or the driver's error that a key is there. `last`: the
    transaction may end with them.
    """
    if not steps:
        return
    answers = tx.together([(step.statement, step.values) for step in steps], last=last and tx.backend.side_by_side)
    for step, (changed, found) in zip(steps, answers, strict=True):
        if step.once and changed < 1 and not found:
            raise Stale


def rows_of(file: CaseFile) -> Iterator[tuple[str, Values]]:
    """All rows of a case file, as they are written: each with its table."""
    case, number = file.case, file.case.number
    due = min((one.due for one in file.deadlines if one.status is DeadlineStatus.RUNNING), default=None)
    whole = CasePart(before=None, case=case, drafts=(), deadlines=file.deadlines)
    yield "case", _case(whole, to_plain(case), instant(due) if due is not None else tables.NO_DUE, None, None).values
    yield from (("deadline", step.values) for step in _deadlines(number, whole))
    yield from (("opinion", _opinion(number, one)) for one in file.opinions)
    for one in file.documents:
        yield "document", _document(number, one)
        yield from (("document_event", _event(number, one.key, n, event)) for n, event in enumerate(one.events, 1))


# ---- values as rows ----------------------------------------------------------------------------------------------


def _part(part: CasePart, known: Known, supposes: int | None, *, whole: bool) -> Part:
    """`whole`: its entry says all that is left of the case, not what changed."""
    number, there = part.case.number, known(part.before) if part.before is not None else None
    due = instant(part.due) if part.due is not None else tables.NO_DUE
    wanted = Seats(awaited=part.awaited, due=due, viewers=part.viewers if part.case.secret else ())
    seats = seated_anew(part.before, part.case, wanted) if there is None else seated(number, there.seats, wanted)
    changes_said = not whole and part.drafts and all(draft.delta for draft in part.drafts)
    plain = _said_of(part, there) if there is not None and changes_said else to_plain(part.case)
    return Part(
        before=part.before,
        after=part.case,
        case=_case(part, plain, due, there, supposes),
        plain=plain,
        owed=part.deadlines,
        deadlines=tuple(_deadlines(number, part)),
        rest=(*_rest(number, part), *(Step(*change) for change in seats)),
        seats=wanted,
    )


def _rest(number: str, part: CasePart) -> Iterator[Step]:
    for change in fields.changes(part.before, part.case):
        yield Step(*change)
    for entry in part.entries:
        yield Step(_INSERT_ENTRY, _entry(entry))
    for opinion in part.opinions:
        yield Step(UPSERT_OPINION, _opinion(number, opinion))
    for document in part.documents:
        yield Step(UPSERT_DOCUMENT, _document(number, document))
        yield from (Step(INSERT_EVENT, _event(number, document.key, n, event)) for n, event in enumerate(document.events, 1))
    for notice in part.notices:
        yield Step(_INSERT_NOTICE, _notice(notice))


def _common(change: Change) -> Iterator[Step]:
    for hash_, content in change.files.items():
        yield Step(_INSERT_FILE, {"hash": hash_, "size": len(content), "bytes": content})
    for taken in change.numbers:
        yield from number_steps(taken)
    first = change.parts[0].case if change.parts else None
    if first and change.periodic:
        process, period = change.periodic
        yield Step(_INSERT_PERIODIC, {"process": process, "period": period, "case": first.number})
    if first and change.request_id:
        yield Step(_INSERT_RECEIPT, {"request": change.request_id, "case": first.number, "seq": first.seq})


def _said_of(part: CasePart, there: There) -> dict[str, Any]:
    """The case in plain form: as its row has it, and what its entries say since (law 6). Most of it stays, and is not written anew."""
    plain: dict[str, Any] = {**there.plain} if there.plain is not None else read_plain(there.row)
    for draft in part.drafts:
        bring_on(plain, draft.delta, "case")
    case = part.case
    plain |= {"revision": case.revision, "seq": case.seq, "head": case.head, "last_entry": instant(case.last_entry)}
    return plain


def _case(part: CasePart, plain: dict[str, Any], due: str, there: There | None, supposes: int | None) -> Step:
    before, case = part.before, part.case
    values: dict[str, Any] = {
        "revision": case.revision,
        "plain": canonical(plain, loose=plain.get("fields")),
        "due": None if due == tables.NO_DUE else due,
    }
    if before is None:
        values |= {name: plain.get(name, "") for name in _COPIED}
        return Step(_INSERT_CASE, {**values, "secret": int(case.secret), "failing": int(bool(case.failed)), "search": search_text(case)})
    was, is_now = _changing(before), _changing(case)
    changed = [name for name, old, new in zip(_MAY_CHANGE, was, is_now, strict=True) if old != new] if was != is_now else []
    for name in changed:
        values[name] = plain.get(name, "")
    if "secret" in changed:
        values["secret"] = int(case.secret)
    if bool(before.failed) != bool(case.failed):
        changed.append("failing")
        values["failing"] = int(bool(case.failed))
    if before.title != case.title or before.fields != case.fields:
        changed.append("search")
        values["search"] = search_text(case)
    if there is None or there.seats.due != due:
        changed.append("due")
    values |= {"at_number": before.number, "at_revision": before.revision}
    if supposes is not None:  # what is remembered no more can't be compared, and is read
        values |= {"at_plain": there.row if there is not None else "", "at_newest": supposes}
    return Step(_update_case(tuple(changed), supposed=supposes is not None), values, once=True)


def search_text(case: Case) -> str:
    """What a case is found by: the folded words of its number, its title, the texts in its fields."""
    return " ".join(words(" ".join([case.number, case.title, *_texts(case.fields)])[:LONGEST_SEARCH]))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for key, item in value.items() if key != "hash" for text in _texts(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in _texts(item))


def _deadlines(number: str, part: CasePart) -> Iterator[Step]:
    """Its deadlines' rows, as the history says them; of one that is there, what changed. That it is as it was is proved by the case's
    own row.
    """
    stored, said = {one.key: one for one in part.replaced}, _said(part)
    for deadline in part.deadlines:
        plain, was = said.get(deadline.key) or to_plain(deadline), stored.get(deadline.key)
        values: dict[str, Any] = {"due": plain["due"], "status": plain["status"], "next_at": plain.get("next_at")}
        values["plain"] = canonical(plain, loose=())
        if was is None:
            yield Step(_UPSERT_DEADLINE, {"case": number, "key": deadline.key, "asked": deadline.asked, **values})
        else:
            changed = [name for name in ("due", "status", "next_at") if getattr(was, name) != getattr(deadline, name)]
            yield Step(_update_deadline(tuple(changed)), {"at_case": number, "at_key": deadline.key, **values})


def _said(part: CasePart) -> dict[str, dict[str, Any]]:
    """Deadline → what the last entry says of it that names it."""
    return {one["key"]: one for draft in part.drafts for one in draft.delta.get("deadlines", ())}


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
    return {**asdict(notice), "at": instant(notice.at), "urgent": int(notice.urgent), "message": None}

"""The registers of a body, as a fold over its entries; and what may be entered. PURE.

Annex IV of Decree 30/2020/NĐ-CP: papers that came in are numbered from 01 each year; numbers of papers that go out come from
their series. Nothing is rewritten: a later entry says what became of an earlier one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.engine.facts import Facts
from workflow.errors import NotFound, Reason, Refused
from workflow.model import CLOCK, Attachment, NumberTaken, RegistryEntry, SeriesKey
from workflow.model.registers import CloseSeries, EnterPaper, FollowUp, Receive, RegistryAct, Reserve
from workflow.phrases import phrase
from workflow.plain import canonical, digest, from_plain, instant, to_plain
from workflow.vietnamese import fold as folded
from workflow.vietnamese import nfc

FORMAT = 1
MOST = 500
"""Numbers that are reserved at once."""


class Incoming(Struct, frozen=True, kw_only=True):
    """A paper that came in, as it stands: all that its line in the register and in the follow-up says."""

    number: int
    arrived: datetime
    author: str
    symbol: str
    dated: date | None
    title: str
    to: str = ""
    forwarded: date | None = None
    due: date | None = None
    progress: str = ""
    answer: str = ""
    case: str = ""
    secret: bool = False
    note: str = ""
    year: int
    files: tuple[Attachment, ...] = ()


class Reserved(Struct, frozen=True, kw_only=True):
    """A number that was reserved, and the paper that was entered under it later."""

    series: SeriesKey
    number: int
    at: datetime
    note: str = ""
    entered: bool = False
    void: bool = False
    symbol: str = ""
    dated: date | None = None
    title: str = ""
    signer: str = ""
    recipients: str = ""
    archive: str = ""
    copies: int = 0
    files: tuple[Attachment, ...] = ()


class Closed(Struct, frozen=True, kw_only=True):
    """A series that was certified as closed: its last number (0 = it gave none), when."""

    series: SeriesKey
    last: int
    at: datetime


class Registers(Struct, frozen=True, kw_only=True):
    """What a body's entries amount to."""

    incoming: tuple[Incoming, ...] = ()
    reserved: Mapping[tuple[SeriesKey, int], Reserved] = field(default_factory=dict)
    closed: Mapping[SeriesKey, Closed] = field(default_factory=dict)


class Registering(Struct, frozen=True, kw_only=True):
    """What an act on the registers does: its entry, the numbers that it takes, what whoever acts should know."""

    entry: RegistryEntry
    numbers: tuple[NumberTaken, ...] = ()
    warnings: tuple[Reason, ...] = ()


# ---- folding ---------------------------------------------------------------------------------------------------------


def fold(entries: Iterable[RegistryEntry]) -> Registers:
    """The registers that entries amount to, in order of number."""
    incoming: dict[tuple[int, int], Incoming] = {}
    reserved: dict[tuple[SeriesKey, int], Reserved] = {}
    closed: dict[SeriesKey, Closed] = {}
    for entry in entries:
        said = json.loads(entry.text)
        data = said["data"]
        match said["what"]:
            case "received":
                one = from_plain(Incoming, data)
                incoming[one.year, one.number] = one
            case "followed":
                key = (data.pop("year"), data.pop("number"))
                incoming[key] = from_plain(Incoming, {**to_plain(incoming[key]), **data})
            case "reserved":
                for number in data["numbers"]:
                    one_number = Reserved(
                        series=from_plain(SeriesKey, data["series"]), number=number, at=entry.at, note=data.get("note", "")
                    )
                    reserved[one_number.series, number] = one_number
            case "entered":
                taken = from_plain(Reserved, data)
                reserved[taken.series, taken.number] = taken
            case _:  # closed
                for plain in data["series"]:
                    ended = from_plain(Closed, plain)
                    closed[ended.series] = ended
    return Registers(incoming=tuple(incoming[key] for key in sorted(incoming)), reserved=reserved, closed=closed)


def broken(entries: Sequence[RegistryEntry], language: str = "en") -> str | None:
    """What is wrong with a body's chain of entries, in words; None if nothing."""
    previous = ""
    for expected, entry in enumerate(entries, start=1):
        said = json.loads(entry.text)
        if entry.seq != expected:
            return phrase("register entry {seq} is missing", language, seq=expected)
        if entry.previous != previous or entry.hash != digest(previous + entry.text):
            return phrase("register entry {seq} does not fit the one before it", language, seq=expected)
        if (said["body"], said["seq"], said["at"], said["actor"]) != (entry.body, entry.seq, instant(entry.at), entry.actor):
            return phrase("register entry {seq} was moved or its columns were changed", language, seq=expected)
        previous = entry.hash
    return None


# ---- who -------------------------------------------------------------------------------------------------------------


def keeps(actor: str, body: str, facts: Facts) -> bool:
    """Whether the person keeps the body's registers today: holds (or stands in for) its registry's post, or heads it. Those of a
    body that ended are kept by its successors and the body above.
    """
    held = facts.organisation.seats(actor, facts.today)
    keepers = [facts.organisation.units[one] for one in _keepers(body, facts)]
    return any(seat.unit == unit.key and seat.position in {unit.registrar, unit.head} for unit in keepers for seat in held)


def _keepers(body: str, facts: Facts) -> list[str]:
    """The body itself; of one that ended its successors and its parent."""
    unit = facts.organisation.units[body]
    if not ended(body, facts):
        return [body]
    return [one for one in (*unit.succeeded_by, unit.parent) if one in facts.organisation.units]


def sees(actor: str, body: str, paper: Incoming, facts: Facts) -> bool:
    """Whether the person may see a paper that came in: a secret one is for its handler and for whoever keeps the registers."""
    if not paper.secret or keeps(actor, body, facts):
        return True
    return paper.to == actor or any(seat.unit == paper.to for seat in facts.organisation.seats(actor, facts.today) if seat.unit)


# ---- acts ------------------------------------------------------------------------------------------------------------


def register(act: RegistryAct, entries: Sequence[RegistryEntry], facts: Facts, first: int = 0) -> Registering:
    """What the act does. `first`: the next number of the series that it takes numbers from. Raises Refused, NotFound."""
    if not (isinstance(act, CloseSeries) and act.actor == CLOCK):  # of a body that ended, by a reorganisation
        refuse_others(act.actor, act.body, facts)
    reasons: list[Reason] = []
    state = fold(entries)
    match act:
        case Receive():
            return _receive(act, state, entries, facts, reasons)
        case FollowUp():
            return _follow(act, state, entries, facts, reasons)
        case Reserve():
            return _reserve(act, state, entries, facts, reasons, first)
        case EnterPaper():
            return _enter(act, state, entries, facts, reasons)
        case CloseSeries():
            return _close(act, state, entries, facts, reasons)
    raise TypeError(type(act).__name__)


def refuse_others(actor: str, body: str, facts: Facts) -> None:
    """Raise Refused for whoever does not keep the body's registers today, NotFound for no such body."""
    facts.organisation.unit(body)
    if not keeps(actor, body, facts):
        raise Refused(what=body, reasons=[_not_keeper(actor, body, facts)])


def _not_keeper(actor: str, body: str, facts: Facts) -> Reason:
    unit, organisation = facts.organisation.units[body], facts.organisation
    keepers = [organisation.units[one] for one in _keepers(body, facts)]
    who = [
        one
        for kept in keepers
        for one in (*organisation.holders(kept.key, kept.registrar, facts.today), *organisation.heads(kept.key, facts.today))
    ]
    titles = ", ".join(facts.person_title(one) for one in dict.fromkeys(who)) or unit.registrar
    said = {"unit": unit.title, "who": titles, "you": facts.person_title(actor)}
    return Reason(code="registrar", template="the registers of {unit} are kept by {who}, not by {you}", facts=said)


def _refuse(act: RegistryAct, reasons: Sequence[Reason]) -> None:
    if reasons:
        raise Refused(what=act.body, reasons=reasons)


def _made(act: RegistryAct, what: str, data: Mapping[str, Any], entries: Sequence[RegistryEntry], facts: Facts) -> RegistryEntry:
    last = entries[-1] if entries else None
    at = max(facts.now, last.at) if last else facts.now
    seq, previous = (last.seq + 1, last.hash) if last else (1, "")
    said = {"format": FORMAT, "body": act.body, "seq": seq, "at": instant(at), "actor": act.actor, "what": what, "data": dict(data)}
    text = canonical({**said, "login": act.login} if act.login else said)  # beside `data`, which says what the paper is
    return RegistryEntry(
        body=act.body, seq=seq, at=at, actor=act.actor, request=act.request_id, text=text, previous=previous, hash=digest(previous + text)
    )


def _words(text: str) -> str:
    return " ".join(nfc(text).split())


def _receive(act: Receive, state: Registers, entries: Sequence[RegistryEntry], facts: Facts, reasons: list[Reason]) -> Registering:
    missing = [name for name in ("author", "title") if not _words(getattr(act, name))]
    reasons += [Reason(code="form", template="'{field}' must be filled", facts={"field": name}) for name in missing]
    reasons += ended(act.body, facts)
    if act.to:
        _handler(act.to, facts)
    _refuse(act, reasons)
    year = facts.today.year
    number = 1 + max((one.number for one in state.incoming if one.year == year), default=0)
    paper = Incoming(
        number=number,
        year=year,
        arrived=facts.now,
        author=_words(act.author),
        symbol=_words(act.symbol),
        dated=act.dated,
        title=_words(act.title),
        to=act.to,
        forwarded=facts.today if act.to else None,
        due=act.due,
        case=act.case,
        secret=act.secret,
        note=_words(act.note),
        files=act.files,
    )
    warnings = tuple(_repeated(one, facts) for one in state.incoming if _same(one, paper))
    return Registering(entry=_made(act, "received", to_plain(paper), entries, facts), warnings=warnings)


def _handler(to: str, facts: Facts) -> None:
    known = [*facts.organisation.units, *facts.organisation.persons]
    if to not in known:
        raise NotFound(kind="unit or person", name=to, known=known)


def _same(one: Incoming, other: Incoming) -> bool:
    """Number, symbol and body repeat: the same paper came twice, or somebody gave a number twice."""
    return bool(one.symbol) and (folded(one.symbol), folded(one.author)) == (folded(other.symbol), folded(other.author))


def _repeated(one: Incoming, facts: Facts) -> Reason:
    day = one.arrived.astimezone(facts.zone).strftime("%d/%m/%Y")
    said = {"symbol": one.symbol, "author": one.author, "number": f"{one.number:02}/{one.year}", "day": day}
    return Reason(code="repeated", template="{symbol} of {author} came in before: number {number}, on {day}", facts=said)


def _follow(act: FollowUp, state: Registers, entries: Sequence[RegistryEntry], facts: Facts, reasons: list[Reason]) -> Registering:
    known = [one for one in state.incoming if one.year == act.year]
    if all(one.number != act.number for one in known):
        raise NotFound(kind="incoming paper", name=f"{act.number}/{act.year}", known=[str(one.number) for one in known])
    given: dict[str, Any] = {key: _words(getattr(act, key)) for key in ("to", "progress", "answer", "case", "note") if getattr(act, key)}
    if act.due is not None:
        given["due"] = act.due.isoformat()
    if act.to:
        _handler(act.to, facts)
        given["forwarded"] = facts.today.isoformat()
    nothing = [] if given else [Reason(code="form", template="nothing is given that could change")]
    _refuse(act, [*reasons, *nothing])
    return Registering(entry=_made(act, "followed", {"year": act.year, "number": act.number, **given}, entries, facts))


# ---- numbers ---------------------------------------------------------------------------------------------------------


def ended(body: str, facts: Facts) -> list[Reason]:
    """Why a body gives no numbers today: it ended, and its successor opens series of its own; empty if it does."""
    unit = facts.organisation.units[body]
    if unit.until is None or facts.today <= unit.until:
        return []
    successors = ", ".join(facts.unit_title(one) for one in unit.succeeded_by) or "–"
    said = {"unit": unit.title, "day": unit.until.strftime("%d/%m/%Y"), "successors": successors}
    return [Reason(code="body-ended", template="{unit} ended on {day}: its series are closed (successors: {successors})", facts=said)]


def _reserve(
    act: Reserve, state: Registers, entries: Sequence[RegistryEntry], facts: Facts, reasons: list[Reason], first: int
) -> Registering:
    if not 1 <= act.count <= MOST:
        reasons.append(Reason(code="count", template="between 1 and {most} numbers are reserved at once", facts={"most": MOST}))
    if not act.note.strip():
        reasons.append(Reason(code="note", template="a reason is required: --note …"))
    if act.series in state.closed:
        reasons.append(Reason(code="series-closed", template="the series {series} is closed", facts={"series": str(act.series)}))
    _refuse(act, [*reasons, *ended(act.body, facts)])
    numbers = [first + at for at in range(act.count)]
    entry = _made(act, "reserved", {"series": to_plain(act.series), "numbers": numbers, "note": _words(act.note)}, entries, facts)
    return Registering(entry=entry, numbers=tuple(NumberTaken(series=act.series, number=number, case="") for number in numbers))


def _enter(act: EnterPaper, state: Registers, entries: Sequence[RegistryEntry], facts: Facts, reasons: list[Reason]) -> Registering:
    held = state.reserved.get((act.series, act.number))
    if held is None:
        free = [str(one.number) for (series, _), one in state.reserved.items() if series == act.series and not one.entered]
        raise NotFound(kind="reserved number", name=f"{act.series}/{act.number}", known=free)
    if held.entered or held.void:
        said = {"number": held.number}
        reasons.append(
            Reason(code="entered", template="the number {number} was entered already: what was written stays as it is", facts=said)
        )
    if act.void and not act.note.strip():
        reasons.append(Reason(code="note", template="a reason is required: --note …"))
    if not act.void:
        missing = [name for name in ("title", "signer") if not _words(getattr(act, name))] + ([] if act.dated else ["date"])
        reasons += [Reason(code="form", template="'{field}' must be filled", facts={"field": name}) for name in missing]
    _refuse(act, reasons)
    paper = replace(
        held,
        entered=not act.void,
        void=act.void,
        symbol=_words(act.symbol),
        dated=act.dated,
        title=_words(act.title),
        signer=_words(act.signer),
        recipients=_words(act.recipients),
        archive=_words(act.archive),
        copies=act.copies,
        note=_words(act.note) or held.note,
        files=act.files,
    )
    return Registering(entry=_made(act, "entered", to_plain(paper), entries, facts))


def over(series: SeriesKey, facts: Facts) -> bool:
    """Whether a series' period has passed: its year, or its body's term."""
    if series.period.startswith("term:"):
        name = series.period.removeprefix("term:")
        terms = [term for term in facts.organisation.terms if term.name == name and series.body in term.bodies]
        return bool(terms) and all(term.until is not None and term.until < facts.today for term in terms)
    return series.period.isdigit() and int(series.period) < facts.today.year


def _close(act: CloseSeries, state: Registers, entries: Sequence[RegistryEntry], facts: Facts, reasons: list[Reason]) -> Registering:
    closing = [(series, last) for series, last in act.last if series not in state.closed]
    gone = bool(ended(act.body, facts))
    still = [series for series, _ in closing if not gone and not over(series, facts)]
    if still:
        said = {"series": ", ".join(str(series) for series in still)}
        reasons.append(Reason(code="series-open", template="these series still run: {series}", facts=said))
    if not closing:
        reasons.append(Reason(code="series-closed", template="there is no series to close"))
    _refuse(act, reasons)
    closed = [to_plain(Closed(series=series, last=last, at=facts.now)) for series, last in closing]
    return Registering(entry=_made(act, "closed", {"series": closed, "note": _words(act.note)}, entries, facts))

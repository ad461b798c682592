"""The names that expressions, texts and templates see, worked out only when they are looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar
from weakref import ref

from msgspec import Struct

from workflow.engine.computed import typed_of
from workflow.engine.facts import Facts
from workflow.engine.figures import BEFORE, FIGURES, PAPERS, registers, responsibility
from workflow.engine.together import NUMBER, children, mean_of, sum_of
from workflow.language.expression import Ref, Scope, evaluate, holds
from workflow.language.process import Consult, FieldType, Process
from workflow.language.values import SEEN_AS_KEPT, typed
from workflow.model import Case, CaseFile, DeadlineStatus, Document, DocumentStatus, Opinion, OpinionStatus, Values

V = TypeVar("V")


class Lazy(Mapping[str, V]):
    """A mapping whose values are worked out on first use."""

    __slots__ = ("_found", "_keys", "_work_out")

    def __init__(self, keys: Mapping[str, object] | tuple[str, ...], work_out: Callable[[str], V]) -> None:
        self._keys: Mapping[str, object] = dict.fromkeys(keys) if isinstance(keys, tuple) else keys
        self._work_out = work_out
        self._found: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        if key not in self._keys:
            raise KeyError(key)
        found: V = self.get(key)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def get(self, key: str, default: Any = None, /) -> Any:
        """The value, or `default` where there is no such key."""
        found = self._found
        if key in found:
            return found[key]
        if key not in self._keys:
            return default
        value = found[key] = self._work_out(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def fields_of(process: Process, values: Values, facts: Facts) -> Mapping[str, Any]:
    """Fields as expressions see them, computed ones as they are kept; an empty one is None."""
    known = process.field_of
    return Lazy(known, lambda key: _seen(known[key], values.get(key), facts))


def _seen(kind: FieldType, value: Any, facts: Facts) -> Any:
    """A value as expressions see it. Most are seen as they are kept: then it need not be worked out what values may refer to."""
    return value if value is None or kind.type in SEEN_AS_KEPT else typed(kind, value, facts.known)


def _fields_now(process: Process, values: Values, facts: Facts, scope: Callable[[], Scope]) -> Mapping[str, Any]:
    """The case's fields, the computed ones worked out when they are looked at."""

    def one(key: str) -> Any:
        kind = process.field_of[key]
        if kind.computed is not None:
            return typed_of(kind, kind.computed, scope(), facts.known)
        return _seen(kind, values.get(key), facts)

    return Lazy(process.field_of, one)


def scope_of(
    process: Process,
    file: CaseFile,
    facts: Facts,
    *,
    actor: str = "",
    asked: str = "",
    answer: str = "",
    old: Values | None = None,
    track: str = "",
    entry: datetime | None = None,
    item: object = None,
    roles: Callable[[str], tuple[str, ...]] | None = None,
) -> Scope:
    """The scope of one evaluation on one case. `track`: whose `entry` and `replies` are meant; `entry`: another
    one (a deadline's); `item`: of a `for_each`.
    """
    seen = _Seen(
        process=process,
        file=file,
        facts=facts,
        actor=actor,
        asked=asked,
        answer=answer,
        old=file.case.fields if old is None else old,
        track=track,
        entry=entry,
        item=item,
        holders=roles or _nobody,
    )
    return seen.scope


class _Seen(Struct, kw_only=True, eq=False):
    """What the names of one scope are worked out of."""

    process: Process
    file: CaseFile
    facts: Facts
    actor: str
    asked: str
    answer: str
    old: Values
    track: str
    entry: datetime | None
    item: object
    holders: Callable[[str], tuple[str, ...]]
    made: "ref[Scope] | None" = None
    """Known but not held: they would hold each other, and all that they see, until the collector comes."""

    @property
    def scope(self) -> Scope:
        """The scope itself, in which computed fields are worked out."""
        made = self.made() if self.made is not None else None
        if made is None:
            made = Scope(names=Lazy(_NAMES, lambda name: _NAMES[name](self)), add=self.facts.plus, count=self.facts.working_days)
            self.made = ref(made)
        return made

    @property
    def case(self) -> Case:
        """The case."""
        return self.file.case

    @property
    def entered(self) -> datetime:
        """When the case (or the track) came to where it stands."""
        return self.entry or self.case.position(self.track if self.track in self.case.tracks else "").entered


def _nobody(_role: str) -> tuple[str, ...]:
    return ()


def _roles(seen: _Seen) -> Mapping[str, Any]:
    return Lazy(seen.process.role_of, lambda key: [person_ref(one, seen.facts) for one in seen.holders(key)])


def _done(seen: _Seen) -> Mapping[str, int]:
    done = seen.case.done
    return Lazy(seen.process.doings, lambda key: done[key].count if key in done else 0)


_NAMES: dict[str, Callable[[_Seen], object]] = {
    "case": lambda seen: Lazy(_OF_CASE, lambda name: _OF_CASE[name](seen.process, seen.file, seen.facts)),
    "fields": lambda seen: _fields_now(seen.process, seen.case.fields, seen.facts, lambda: seen.scope),
    "old": lambda seen: fields_of(seen.process, seen.old, seen.facts),
    "actor": lambda seen: person_ref(seen.actor, seen.facts),
    "opener": lambda seen: person_ref(seen.case.opener, seen.facts),
    "today": lambda seen: seen.facts.today,
    "now": lambda seen: seen.facts.now.astimezone(seen.facts.zone),
    "entry": lambda seen: seen.entered.astimezone(seen.facts.zone),
    "documents": lambda seen: document_states(seen.process, seen.file.documents),
    "roles": _roles,
    "done": _done,
    "replies": lambda seen: replies(seen.process, seen.file, seen.facts, seen.track),
    "asked": lambda seen: asked_ref(seen.asked, seen.facts),
    "answer": lambda seen: seen.answer or None,
    "period": lambda seen: seen.facts.period,
    "last": lambda seen: last_names(seen.process, seen.facts),
    "responsibility": lambda seen: Lazy((*FIGURES, BEFORE), responsibility(seen.facts)),
    "registers": lambda seen: Lazy((*PAPERS, BEFORE), registers(seen.facts)),
    "tracks": lambda seen: track_names(seen.process, seen.case),
    "children": lambda seen: children(seen.facts.children_of(seen.case.number)),
    "item": lambda seen: seen.item,
}
"""What expressions see of a case, by name."""


def _state_title(process: Process, file: CaseFile, facts: Facts) -> str:
    state = process.state_of.get(file.case.state)
    return state.title.to(facts.language) if state is not None else ""


def _next_due(_process: Process, file: CaseFile, facts: Facts) -> date | None:
    """The day of the case's nearest deadline that runs, of no asked unit's; None if none does."""
    running = [one.due for one in file.deadlines if one.status is DeadlineStatus.RUNNING and not one.asked]
    return facts.calendars.default.day_of(min(running), ends=True) if running else None


_OF_CASE: dict[str, Callable[[Process, CaseFile, Facts], object]] = {
    "number": lambda _process, file, _facts: file.case.number,
    "title": lambda _process, file, _facts: file.case.title,
    "process": lambda _process, file, _facts: file.case.process,
    "state": lambda _process, file, _facts: file.case.state,
    "state_title": _state_title,
    "unit": lambda _process, file, facts: Ref(file.case.unit, facts.unit_attributes(file.case.unit) or {}),
    "opened": lambda _process, file, facts: file.case.opened.astimezone(facts.zone),
    "outcome": lambda _process, file, _facts: file.case.outcome,
    "secret": lambda _process, file, _facts: file.case.secret,
    "parent": lambda _process, file, _facts: file.case.parent or None,
    "due": _next_due,
}
"""What may be read of the case itself, by name."""


def case_names(process: Process, file: CaseFile, facts: Facts) -> dict[str, object]:
    """What a template sees of the case itself: all but its nearest due, for a paper says whose deadline it means."""
    return {name: of(process, file, facts) for name, of in _OF_CASE.items() if name != "due"}


def track_names(process: Process, case: Case) -> dict[str, str | None]:
    """Where each track stands (or stood, when it is over), by the state's own name; None before it starts."""
    at = {track: case.tracks[track].state for track in process.track_of if track in case.tracks}
    return {track: process.state_of[at[track]].name if track in at else None for track in process.track_of}


def person_ref(key: str, facts: Facts) -> Ref | None:
    """A person as expressions see them; None for nobody."""
    return Ref(key, facts.person_attributes(key) or {"key": key, "title": key}) if key else None


def asked_ref(key: str, facts: Facts) -> Ref | None:
    """The asked unit (or person); None outside of a consultation."""
    if not key:
        return None
    return Ref(key, facts.unit_attributes(key) or facts.person_attributes(key) or {"key": key, "title": key})


def in_order(documents: Iterable[Document]) -> list[Document]:
    """Documents in the order in which they were begun, rule by rule."""
    return sorted(documents, key=_PLACE)


_PLACE = attrgetter("place")


def document_states(process: Process, documents: tuple[Document, ...]) -> dict[str, str]:
    """Each document's state by its newest paper: none, draft or issued."""
    found = dict.fromkeys(process.document_of, "none")
    for document in in_order(documents):
        if document.status in {DocumentStatus.DRAFT, DocumentStatus.ISSUED}:
            found[document.rule] = document.status.value
    return found


def last_names(process: Process, facts: Facts) -> dict[str, object]:
    """The case of the period before; all its fields are empty for the first."""
    values = facts.last.fields if facts.last else {}
    return {"fields": fields_of(process, values, facts), "number": facts.last.number if facts.last else None}


# ---- replies -------------------------------------------------------------------------------------------------------


def consulted(process: Process, file: CaseFile, track: str = "") -> tuple[str, int]:
    """The newest round, as (state, number): of the state where the case (or the track) stands if it consults there (a
    round of nobody counts too), or of the one it came from; else the one that was opened last among its states; ('', 0)
    if there was none. The time alone does not tell: one act may end a round and open another.
    """
    case = file.case
    at = case.position(track if track in case.tracks else "")
    for state in (at.state, at.previous):
        if state in case.rounds and state in process.state_of and process.state_of[state].consult is not None:
            return state, case.rounds[state]
    mine = [one for one in file.asked if one.state in process.state_of and process.state_of[one.state].track == track]
    newest = max(mine, key=lambda one: (one.asked_at, one.round), default=None)
    return (newest.state, newest.round) if newest else ("", 0)


def round_of(process: Process, file: CaseFile, track: str = "") -> list[Opinion]:
    """The opinions of the newest round."""
    state, number = consulted(process, file, track)
    return [one for one in file.asked if one.round == number and one.state == state]


def counts(opinion: Opinion) -> bool:
    """Whether the opinion is in: given, or silence that counts as an answer."""
    return opinion.status is _GIVEN or (opinion.status is _SILENT and bool(opinion.answer))


def counting(opinions: Iterable[Opinion]) -> list[Opinion]:
    """Those that are in."""
    return [one for one in opinions if counts(one)]


_GIVEN, _SILENT = OpinionStatus.GIVEN, OpinionStatus.SILENT


def is_enough(process: Process, file: CaseFile, facts: Facts, consult: Consult, opinions: list[Opinion], track: str = "") -> bool:
    """Whether the round has what its `enough` asks for; N % is of all asked. All of nobody have answered."""
    if vetoed(process, file, facts, consult, opinions):
        return False
    given = len(counting(opinions))
    if consult.enough_count is not None:
        return given >= consult.enough_count
    if consult.enough_percent is not None:
        weigh = weigher(process, file, facts, consult)
        return sum(map(weigh, counting(opinions))) * 100 >= consult.enough_percent * sum(map(weigh, opinions))
    if consult.enough is not None:
        return holds(consult.enough, scope_of(process, file, facts, track=track))
    return given == len(opinions)


def vetoed(process: Process, file: CaseFile, facts: Facts, consult: Consult, opinions: Iterable[Opinion]) -> bool:
    """Whether an answer was given that stops the rest."""
    vetoes = dict(consult.vetoes)
    if not vetoes:
        return False

    def stops(one: Opinion) -> bool:
        of = vetoes[one.answer]
        return of is None or holds(of, scope_of(process, file, facts, asked=one.asked, answer=one.answer))

    return any(one.answer in vetoes and stops(one) for one in counting(opinions))


def weigher(process: Process, file: CaseFile, facts: Facts, consult: Consult) -> Callable[[Opinion], Decimal]:
    """What an opinion weighs; one whose weight is no number weighs nothing."""
    weight = consult.weight
    if weight is None:
        return lambda _: Decimal(1)

    def weigh(one: Opinion) -> Decimal:
        value = evaluate(weight, scope_of(process, file, facts, asked=one.asked, answer=one.answer))
        return Decimal(str(value)) if value is not None and NUMBER.fullmatch(str(value)) else Decimal(0)

    return weigh


def replies(process: Process, file: CaseFile, facts: Facts, track: str = "") -> Mapping[str, Any]:
    """`replies.…` of the newest round: asked, given, enough, newest, each answer's count, sum, mean and rows."""
    opinions = round_of(process, file, track)
    inside = counting(opinions)
    state, _ = consulted(process, file, track)
    consult = process.state_of[state].consult if state else None
    simple: dict[str, Callable[[], object]] = {
        "asked": lambda: len(opinions),
        "given": lambda: len(inside),
        "enough": lambda: consult is not None and is_enough(process, file, facts, consult, opinions, track),
        "newest": lambda: _newest(process, inside, facts),
        "late": lambda: sum(1 for one in inside if one.late),
        "silent": lambda: sum(1 for one in opinions if one.status is OpinionStatus.SILENT),
        "vetoed": lambda: consult is not None and vetoed(process, file, facts, consult, opinions),
        "weight": lambda: _weights(process, file, facts, consult, opinions),
        "sum": lambda: Lazy(process.field_of, lambda key: sum_of(inside, key)),
        "mean": lambda: Lazy(process.field_of, lambda key: mean_of(inside, key)),
        "rows": lambda: Lazy(process.field_of, lambda key: _rows(inside, process.field_of[key])),
    }
    answers = tuple(key for key, _ in consult.answers) if consult else ()
    return Lazy(
        (*simple, *answers),
        lambda name: simple[name]() if name in simple else sum(1 for one in inside if one.answer == name),
    )


def _weights(process: Process, file: CaseFile, facts: Facts, consult: Consult | None, opinions: list[Opinion]) -> Mapping[str, Any]:
    """`replies.weight.asked`, `.given`, and of each answer."""
    weigh = weigher(process, file, facts, consult) if consult is not None else lambda _: Decimal(1)
    answers = tuple(key for key, _ in consult.answers) if consult is not None else ()

    def of(name: str) -> Decimal:
        meant = opinions if name == "asked" else [one for one in opinions if counts(one) and name in {"given", one.answer}]
        return sum(map(weigh, meant), Decimal(0))

    return Lazy(("asked", "given", *answers), of)


def _rows(opinions: list[Opinion], kind: FieldType) -> list[Any]:
    """The rows of all; the first column of units that a reply left empty says whose it is."""
    whose = next((column.key for column in kind.columns if column.type == "unit"), "")
    rows = ((one, row) for one in opinions for row in one.fields.get(kind.key) or ())
    return [{**row, whose: one.asked} if whose and not row.get(whose) else row for one, row in rows]


def _newest(process: Process, opinions: list[Opinion], facts: Facts) -> Mapping[str, Any] | None:
    given = [one for one in opinions if one.at is not None]
    if not given:
        return None
    newest = max(given, key=lambda one: (one.at, one.asked))
    return {"asked": asked_ref(newest.asked, facts), "answer": newest.answer, "fields": fields_of(process, newest.fields, facts)}

"""What a restored backup would do again, and what is done about it before anybody works on.

Between a backup and the loss of the office, reminders were sent and numbers given that the backup knows nothing of. So
the operator sees what would be sent again, says whether it shall be, and names the last number that stands on paper.
"""

import dataclasses
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress as passing
from datetime import datetime, time

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.answers.keeping import RestorePreview, SentAgain
from workflow.engine.numbering import NoSeries, case_series, document_series
from workflow.engine.papers import frame_for
from workflow.engine.registry import FORMAT
from workflow.errors import NoSuchSeries, UnknownSeries, WrongValue, nearest, some_of
from workflow.model import Message, Notice, NumberTaken, RegistryEntry, SeriesKey
from workflow.office import Office
from workflow.plain import canonical, digest, instant, to_plain
from workflow.ports import SenderError, Store
from workflow.worker import Worker, digest_of

LATE = ("fire", "suppress")
MOST_RESERVED = 10_000
"""A greater gap between a series' last number and that on paper is taken for a slip."""
PAIR = "BODY/TYPE/PERIOD=NUMBER, as btg/BC/term:2025-2030=17"
_BATCH = 1000


class Collecting(Struct):
    """A sender that only notes what it was given."""

    messages: list[Message] = field(default_factory=list)

    def send(self, messages: Sequence[Message]) -> Mapping[str, SenderError | None]:
        """Take them."""
        self.messages += messages
        return {message.id: None for message in messages}


def preview(office: Office, backed_up: datetime) -> RestorePreview:
    """What the worker of this office, which is a copy to be thrown away, does now: each message, act and case of it."""
    series = {str(key): last for key, last in office.store.series()}
    collecting = Collecting()
    before = {number: len(office.store.entries(number)) for number in office.store.owing_cases()}
    done = Worker(replace_quiet(office), collecting).drain()
    acts = {number: more for number, seen in before.items() if (more := len(office.store.entries(number)) - seen)}
    return RestorePreview(
        backed_up=backed_up,
        messages=tuple(SentAgain(person=one.person, subject=one.subject, made=one.made) for one in collecting.messages),
        acts=acts,
        opened=done.opened,
        failed=done.failed,
        series=series,
    )


def replace_quiet(office: Office) -> Office:
    """The office without quiet hours: what waits for their end would be sent too."""
    office.settings = dataclasses.replace(office.settings, quiet=None)
    return office


def suppress(office: Office) -> int:
    """Send nothing of what is late by now: rungs that are due count as done and tell nobody, what waits in the outbox is given
    up; how many messages that were.
    """
    settings = office.settings
    office.settings = dataclasses.replace(settings, late="skip")
    try:
        Worker(office, Collecting()).fire_due()
    finally:
        office.settings = settings
    return _give_up(office)


def _give_up(office: Office) -> int:
    now, store, given_up = office.clock.now(), office.store, 0
    facts = office.definitions.facts(now)

    def digests(waiting: Sequence[Notice]) -> list[tuple[Message, list[str]]]:
        return [(digest_of(notice.person, [notice], facts, now), [notice.key]) for notice in waiting]

    while store.make_messages(_BATCH, digests):
        pass
    for message in store.open_messages():
        store.settle_message(replace(message, state="given up", next_try=None, error="suppressed when the backup was restored"), now)
        given_up += 1
    return given_up


# ---- numbers on paper ------------------------------------------------------------------------------------------------


def reserve(office: Office, last: Mapping[str, int], new: Mapping[str, int], *, since: datetime, by: str) -> dict[str, tuple[int, int]]:
    """Take the numbers of these series (`BODY/TYPE/PERIOD`) up to the last that stands on paper: they were given, to papers that the
    backup does not know. `new`: series that began after the backup (of `since`), which the office could have begun by its definitions.
    Series → the first and last that was taken. Raises WrongValue, UnknownSeries, NotFound; then nothing was taken.
    """
    at, store = office.clock.now(), office.store
    known = {str(key): (key, last) for key, last in store.series()}
    for name, number in last.items():
        if series_of(name, "--last") and name not in known:
            raise UnknownSeries(**_beside(name, number, known))
    known |= {name: (_begun(office, name, number, since), 0) for name, number in new.items() if name not in known}
    taken: dict[str, tuple[int, int]] = {}
    for name, on_paper in {**last, **new}.items():
        given = known[name][1]
        if on_paper < given or on_paper - given > MOST_RESERVED:
            expected = "a number from {last} to {most}, the last that stands on paper"
            raise WrongValue(field=name, value=on_paper, expected=expected, last=given, most=given + MOST_RESERVED)
        if on_paper > given:
            taken[name] = (given + 1, on_paper)
    for name, (first, to) in taken.items():
        _reserve(store, known[name][0], first, to, at=at, by=by)
    return taken


def _beside(name: str, number: int, known: Iterable[str]) -> dict[str, object]:
    """What is said of a series that there is not: the nearest, and those that there are, those of its body before others."""
    body = name.partition("/")[0]
    names = sorted(known, key=lambda one: (not one.startswith(f"{body}/"), one))
    return {"series": name, "number": number, "near": nearest(name, names) or "", "known": some_of(names)}


def _begun(office: Office, name: str, number: int, since: datetime) -> SeriesKey:
    """A series that began since then. Raises WrongValue, NotFound, NoSuchSeries for one that the office could not begin."""
    key = series_of(name, "--new")
    possible = {str(one) for one in _possible(office, key.body, since)}
    if name not in possible:
        raise NoSuchSeries(**_beside(name, number, possible))
    return key


def _possible(office: Office, body: str, since: datetime) -> Iterator[SeriesKey]:
    """The series in which a body could give numbers on some day since then. Raises NotFound, NotDeployed."""
    now, zone = office.clock.now(), office.zone
    used, types = office.definitions.in_use(), office.definitions.types().values()
    turns = {datetime(year, 1, 1, tzinfo=zone) for year in range(since.astimezone(zone).year, now.astimezone(zone).year + 1)}
    organisation = office.definitions.facts(now).organisation
    organisation.unit(body)
    turns |= {datetime.combine(term.since, time(0), tzinfo=zone) for term in organisation.terms if body in term.bodies and term.since}
    for at in sorted({one for one in turns if since < one < now} | {since, max(since, now)}):
        facts = office.definitions.facts(at)
        for process in used.values():
            with passing(NoSeries):
                yield case_series(office.definitions.version(process), body, facts)
        for kind in types:
            for secret in (False, True):
                with passing(NoSeries):
                    yield document_series(kind, frame_for(kind, body, organisation, facts.today), body, facts, secret=secret)


def series_of(name: str, option: str) -> SeriesKey:
    """A series by its name. Raises WrongValue."""
    parts = name.split("/")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - body, type, period
        raise WrongValue(field=option, value=name, expected=PAIR)
    return SeriesKey(body=parts[0], type=parts[1], period=parts[2])


def _reserve(store: Store, key: SeriesKey, first: int, last: int, *, at: datetime, by: str) -> None:
    before = store.last_registered(key.body)
    at = max(at, before.at) if before else at
    seq, previous = (before.seq + 1, before.hash) if before else (1, "")
    request, numbers = secrets.token_hex(16), list(range(first, last + 1))
    data = {"series": to_plain(key), "numbers": numbers, "note": "on paper, when a backup was restored"}
    text = canonical({"format": FORMAT, "body": key.body, "seq": seq, "at": instant(at), "actor": by, "what": "reserved", "data": data})
    entry = RegistryEntry(
        body=key.body, seq=seq, at=at, actor=by, request=request, text=text, previous=previous, hash=digest(previous + text)
    )
    store.register([entry], [NumberTaken(series=key, number=number, case="") for number in numbers])

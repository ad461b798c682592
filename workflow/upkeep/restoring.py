"""What a restored backup would do again, and what is done about it before anybody works on.

Between a backup and the loss of the office, reminders were sent and numbers given that the backup knows nothing of. So
the operator sees what would be sent again, says whether it shall be, and names the last number that stands on paper.
"""

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.answers.keeping import RestorePreview, SentAgain
from workflow.engine.registry import FORMAT
from workflow.errors import WrongValue
from workflow.model import Message, Notice, NumberTaken, RegistryEntry, SeriesKey
from workflow.office import Office
from workflow.plain import canonical, digest, instant, to_plain
from workflow.ports import SenderError, Store
from workflow.worker import Worker, digest_of

LATE = ("fire", "suppress")
MOST_RESERVED = 10_000
"""A greater gap between a series' last number and that on paper is taken for a slip."""
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


def reserve(store: Store, numbers: Mapping[str, int], *, at: datetime, by: str) -> dict[str, tuple[int, int]]:
    """Take the numbers of these series (`BODY/TYPE/PERIOD`) up to the last that stands on paper: they were given, to papers that the
    backup does not know. Series → the first and last that was taken. Raises WrongValue; then nothing was taken.
    """
    known = {str(key): (key, last) for key, last in store.series()}
    taken: dict[str, tuple[int, int]] = {}
    for name, on_paper in numbers.items():
        key, last = known.get(name) or (series_of(name), 0)
        if on_paper < last or on_paper - last > MOST_RESERVED:
            expected = "a number from {last} to {most}, the last that stands on paper"
            raise WrongValue(field=name, value=on_paper, expected=expected, last=last, most=last + MOST_RESERVED)
        known[name] = (key, last)
        if on_paper > last:
            taken[name] = (last + 1, on_paper)
    for name, (first, last) in taken.items():
        _reserve(store, known[name][0], first, last, at=at, by=by)
    return taken


def series_of(name: str) -> SeriesKey:
    """A series by its name. Raises WrongValue."""
    parts = name.split("/")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - body, type, period
        raise WrongValue(field="--last", value=name, expected="BODY/TYPE/PERIOD=NUMBER, as btg/BC/2026=17")
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

"""Proving the chain over the whole office (see `office.heads`), against what it holds and against a hash on paper."""

import json
from collections.abc import Iterator
from hashlib import sha256

from msgspec.structs import asdict

from workflow.errors import NotFound
from workflow.model import OfficeHead
from workflow.plain import digest, instant
from workflow.ports import Store
from workflow.upkeep.finding import Found, wrong

_BUCKET = 16
_SHOWN = 5


def verify_heads(store: Store, against: str | None = None) -> Iterator[Found]:
    """What is wrong with the chain of heads, and whether what the newest (or the one with the hash `against`) was made of is still
    there as it was. Raises NotFound for a hash that is too short.
    """
    asked = _plain(against) if against is not None else ""
    heads = store.heads()
    fault = _broken(heads)
    if fault:
        yield fault
        return
    wanted = heads[-1:] if not asked else [one for one in heads if one.hash.startswith(asked)]
    if asked and not wanted:
        message = "no head of this office is {head}: the history was computed anew, or its end was cut off"
        hint = "Compare with the paper, and with older backups."
        yield Found(level="error", what="head", template=message, facts={"head": against}, hint=hint)
    for head in wanted:
        yield from _unlike(store, head)


def _plain(head: str) -> str:
    """A hash as it was typed from paper. Raises NotFound for less than can be one."""
    found = "".join(head.split()).lower()
    if len(found) < _BUCKET:
        raise NotFound(kind="head", name=head)
    return found


def _broken(heads: list[OfficeHead]) -> Found | None:
    previous = ""
    for expected, head in enumerate(heads, start=1):
        fits = (head.seq, head.previous, head.hash) == (expected, previous, digest(previous + head.text))
        if not fits or json.loads(head.text)["at"] != instant(head.at):
            return wrong("head", "head {seq} of the office is missing or was changed", seq=expected)
        previous = head.hash
    return None


def _unlike(store: Store, head: OfficeHead) -> Iterator[Found]:
    said, found = json.loads(head.text), asdict(store.chains(head.at))
    unlike = [name for name, value in found.items() if said[name] != value and name != "buckets"]
    if unlike:
        near = ", ".join(_suspects(store, str(said["buckets"]), str(found["buckets"])))
        told = "what was there before {at} is not what head {seq} says: {wrong}" + (" (among the cases {cases} …)" if near else "")
        yield wrong("head", told, at=instant(head.at), seq=head.seq, wrong=", ".join(unlike), cases=near)


def _suspects(store: Store, said: str, found: str) -> list[str]:
    """Some cases that are where something differs."""
    wrong = {at // _BUCKET for at in range(0, len(said), _BUCKET) if said[at : at + _BUCKET] != found[at : at + _BUCKET]}
    suspects = (number for number in store.all_cases() if sha256(number.encode()).digest()[0] in wrong)
    return [number for number, _ in zip(suspects, range(_SHOWN), strict=False)]

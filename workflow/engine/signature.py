"""Signature lines, worked out from who holds which post or delegation on the day of signing; never typed by hand.

Decree 30/2020/NĐ-CP, annex I (state): TM. on behalf of a committee, KT. a deputy for the head, TUQ. by delegation.
Guideline 36-HD/VPTW (Party): T/M, K/T, T/L.
"""

from collections.abc import Sequence

from workflow.engine.facts import Facts
from workflow.engine.permission import Asker, acts_for, holders, seats_of
from workflow.errors import Reason
from workflow.language.process import Who
from workflow.model import Seat, Signature
from workflow.organisation import Post

MARKS = {"state": ("TM.", "KT.", "TUQ."), "party": ("T/M", "K/T", "T/L")}
"""Frame → on behalf of, for the head, by delegation."""


def signature(unit: str, who: Who, frame: str, asker: Asker, *, joint: bool) -> Signature | Reason:
    """The block of one issuer; a reason if nobody may sign today."""
    person, principal = _signer(who, asker)
    if not person:
        return Reason(
            code="no-signer",
            template="nobody may sign for {unit} today ({who})",
            facts={"unit": asker.facts.unit_title(unit), "who": ", ".join(who)},
        )
    return Signature(
        unit=unit,
        person=person,
        lines=tuple(_lines(unit, (person, principal), seats_of(who, asker), frame, asker.facts, joint=joint)),
        name=asker.facts.organisation.persons[person].name,
    )


def _signer(who: Who, asker: Asker) -> tuple[str, str]:
    """(signer, principal): the one who acts if they may sign, else the first who holds the post and is not away, else
    who stands in for an absent one.
    """
    facts = asker.facts
    if asker.actor in facts.organisation.persons:
        principal = acts_for(asker.actor, who, asker)
        if principal is not None:
            return asker.actor, principal
    persons = holders(seats_of(who, asker), facts)
    present = [one for one in persons if not facts.organisation.absent(one, facts.today)]
    if present:
        return present[0], ""
    for one in persons:
        for delegate in facts.organisation.delegates_of(one, facts.today):
            return delegate, one
    return (persons[0], "") if persons else ("", "")


def _lines(unit: str, signer: tuple[str, str], seats: Sequence[Seat], frame: str, facts: Facts, *, joint: bool) -> list[str]:
    (on_behalf, for_head, delegated), (person, principal) = MARKS[frame], signer
    body = facts.organisation.units[unit]
    lines = [f"{on_behalf} {body.title}"] if body.on_behalf else [body.title] if joint else []
    own, head = _post(person, unit, seats, facts), _post(principal, unit, seats, facts) if principal else None
    if own is not None and own.deputy_of and (not principal or own.unit == unit):
        lines.append(f"{for_head} {own.deputy_of}")  # a deputy signs for the head, also when the head is away
    elif head is not None and head.title:
        lines.append(f"{delegated} {head.title}")
    if own is not None and own.title:
        lines.append(own.title)
    return [line.upper() for line in lines]


def _post(person: str, unit: str, seats: Sequence[Seat], facts: Facts) -> Post | None:
    """The post that the person signs by: one of those meant, or else one in the unit, or else their first."""
    posts: Sequence[Post] = facts.organisation.posts_of(person, facts.today)
    return max(posts, key=lambda post: (Seat(unit=post.unit, position=post.position) in seats, post.unit == unit), default=None)

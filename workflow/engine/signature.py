"""Signature lines, worked out from who holds which post or delegation on the day of signing; never typed by hand.

Decree 30/2020/NĐ-CP, art. 13 and annex I (state): TM. on behalf of a committee, KT. a deputy for the head, TL. by standing
order, TUQ. by mandate, Q. before the title of who is charged with a post. Guideline 36-HD/VPTW (Party): T/M, K/T, T/L (by order of
the head, or of a committee as a whole), Q.
"""

from collections.abc import Sequence

from workflow.engine.facts import Facts
from workflow.engine.permission import Asker, acts_for, persons_of, seats_of
from workflow.errors import Reason
from workflow.language.process import Who
from workflow.model import Seat, Signature
from workflow.organisation import Post

MARKS = {"state": ("TM.", "KT.", "TUQ.", "TL."), "party": ("T/M", "K/T", "T/L", "T/L")}
"""Frame → on behalf of, for the head, by mandate, by order."""
ACTING = "Q."


def signature(unit: str, who: Who, frame: str, asker: Asker, *, joint: bool) -> Signature | Reason:
    """The block of one issuer; a reason if nobody may sign today."""
    person, principal = _signer(who, asker)
    if not person:
        return _nobody(unit, who, asker)
    return Signature(
        unit=unit,
        person=person,
        lines=() if asker.facts.bare else _lines(unit, (person, principal), seats_of(who, asker), frame, asker.facts, joint=joint),
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
    persons = persons_of(who, asker)
    present = [one for one in persons if not facts.organisation.absent(one, facts.today)]
    if present:
        return present[0], ""
    for one in persons:
        for delegate in facts.organisation.delegates_of(one, facts.today):
            if delegate not in asker.case.recused:
                return delegate, one
    return (persons[0], "") if persons else ("", "")


def _nobody(unit: str, who: Who, asker: Asker) -> Reason:
    """Nobody may sign: who could, if the procedure or a delegation said so."""
    facts = asker.facts
    could = [facts.person_title(one) for one in _could(unit, facts)]
    said: dict[str, object] = {"unit": facts.unit_title(unit), "who": ", ".join(who), "could": ", ".join(could)}
    if not could:
        return Reason(
            code="no-signer", template="nobody may sign for {unit} today ({who}): nobody holds a post there to sign by", facts=said
        )
    template = "nobody may sign for {unit} today ({who}); who could, named in 'signer' or by a delegation: {could}"
    return Reason(code="no-signer", template=template, facts=said)


def _could(unit: str, facts: Facts) -> list[str]:
    """Those who head the unit today, or hold a post there that signs for its head."""
    organisation = facts.organisation
    posts = [post for person in organisation.persons for post in organisation.posts_of(person, facts.today) if post.unit == unit]
    head = organisation.units[unit].head
    return list(dict.fromkeys(post.person for post in posts if post.deputy_of or post.position == head))


def _lines(unit: str, signer: tuple[str, str], seats: Sequence[Seat], frame: str, facts: Facts, *, joint: bool) -> tuple[str, ...]:
    (on_behalf, for_head, mandate, order), (person, principal) = MARKS[frame], signer
    body = facts.organisation.units[unit]
    own, head = _post(person, unit, seats, facts), _post(principal, unit, seats, facts) if principal else None
    named = [f"{on_behalf} {body.title}"] if body.on_behalf else [body.title] if joint else []
    above: list[str] = []
    if own is not None and own.deputy_of and (not principal or own.unit == unit):
        above = [f"{for_head} {own.deputy_of}"]  # a deputy signs for the head, also when the head is away
    elif head is not None and head.title:
        mark = order if facts.organisation.signs_by_order(principal, person, facts.today) else mandate
        whole = frame == "party" and body.on_behalf  # by order of the committee itself
        above = [f"{mark} {body.title if whole else head.title}"]
        named = [] if body.on_behalf else named  # who has an order or a mandate does not speak for the committee
    title = [f"{ACTING} {own.title}" if own.acting else own.title] if own is not None and own.title else []
    return tuple([line.upper() for line in (*named, *above, *title)])


def _post(person: str, unit: str, seats: Sequence[Seat], facts: Facts) -> Post | None:
    """The post that the person signs by: one of those meant, or else one in the unit, or else their first."""
    posts: Sequence[Post] = facts.organisation.posts_of(person, facts.today)
    return max(posts, key=lambda post: (Seat(unit=post.unit, position=post.position) in seats, post.unit == unit), default=None)

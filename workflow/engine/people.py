"""Who works on a case: a slot given to somebody, claimed, given back; and a person who withdraws."""

from collections.abc import Iterable

from workflow.engine.entitled import not_entitled, on_behalf
from workflow.engine.notify import tell, tell_persons
from workflow.engine.permission import among
from workflow.engine.recording import finish, refuse
from workflow.engine.standing import turns
from workflow.engine.work import Work
from workflow.errors import NotFound, Reason
from workflow.language.process import Notify, Who
from workflow.model import Assign, Claim, Recuse, Release

NOTE = Reason(code="note", template="a note is required: --note …")
CLOSED = Reason(code="closed", template="the case is closed (what is wrong in it can be put right: hoso correct)")


def people(work: Work, act: Assign | Claim | Release | Recuse) -> None:
    """Do what the act asks for. Raises Refused with every reason, NotFound."""
    match act:
        case Assign():
            _assign(work, act)
        case Claim():
            _claim(work, act)
        case Release():
            _release(work, act)
        case _:
            _recuse(work)


def _closed(work: Work) -> list[Reason]:
    return [] if work.case.open else [CLOSED]


def _roles_of(work: Work, slot: str) -> Who:
    """The roles that this slot fills. Raises NotFound."""
    slots = dict.fromkeys(role.assigned for role in work.process.roles if role.assigned)
    if slot not in slots:
        raise NotFound(kind="slot", name=slot, known=slots)
    return tuple(role.key for role in work.process.roles if role.assigned == slot)


# ---- given to somebody -----------------------------------------------------------------------------------------------


def _assign(work: Work, act: Assign) -> None:
    mine = _roles_of(work, act.slot)
    if act.person not in work.facts.organisation.persons:
        raise NotFound(kind="person", name=act.person, known=work.facts.organisation.persons)
    reasons = [*not_entitled(work, "assign"), *_closed(work), *_holds_nothing(work, act.person), *_is_out(work, act.person)]
    refuse(f"{work.case.number}: assign", reasons)
    principal = on_behalf(work, "assign")  # by the rights as they were: the new holder's are not yet theirs
    work.evolve(slots={**work.case.slots, act.slot: act.person})
    tell(work, [Notify(who=mine)], work.process.title.to(work.facts.language))
    finish(work, "assign", principal=principal, slot=act.slot, person=act.person)


def _holds_nothing(work: Work, person: str) -> list[Reason]:
    if any(seat.unit and not principal for seat, principal in work.facts.organisation.seats(person, work.facts.today).items()):
        return []
    return [Reason(code="no-post", template="{person} holds no post today", facts={"person": work.facts.person_title(person)})]


def _is_out(work: Work, person: str) -> list[Reason]:
    if person not in work.case.recused:
        return []
    return [Reason(code="recused", template="{you} withdrew from this case", facts={"you": work.facts.person_title(person)})]


# ---- claimed, and given back -----------------------------------------------------------------------------------------


def _claim(work: Work, act: Claim) -> None:
    mine = _roles_of(work, act.slot)
    reasons = [*_not_among(work, act.slot), *_closed(work), *_is_out(work, act.actor), *_taken(work, act.slot)]
    refuse(f"{work.case.number}: claim", reasons)
    work.evolve(slots={**work.case.slots, act.slot: act.actor})
    others = [one for one in work.persons(work.process.pool_of[act.slot]) if one != act.actor]
    tell_persons(work, others, _now(work, act.slot, act.actor))
    finish(work, "claim", principal="", slot=act.slot, person=act.actor, roles=list(mine))


def _not_among(work: Work, slot: str) -> list[Reason]:
    """Whether the actor may take the slot on, in their own right: work is not claimed for another."""
    may = tuple(dict.fromkeys(word for role in work.process.roles if role.assigned == slot for word in role.among))
    if not may:
        return [Reason(code="no-among", template=_NO_AMONG, facts={"slot": slot})]
    if among([work.act.actor], may, work.asker()):
        return []
    who = ", ".join(work.facts.person_title(one) for one in work.persons(may)) or ", ".join(may)
    return [Reason(code="by", template="only {who} may do this, not {you}", facts={"who": who, "you": _you(work)})]


_NO_AMONG = "the procedure lets nobody claim '{slot}' (its author may write in the role: {{assigned: {slot}, among: ROLE}})"


def _you(work: Work) -> str:
    return work.facts.person_title(work.act.actor)


def _taken(work: Work, slot: str) -> list[Reason]:
    """A slot is free while it is nobody's, or of somebody who has left."""
    person = work.case.slots.get(slot, "")
    if not person or work.facts.organisation.left(person, work.facts.today):
        return []
    return [Reason(code="claimed", template="{person} has it already", facts={"person": work.facts.person_title(person)})]


def _release(work: Work, act: Release) -> None:
    _roles_of(work, act.slot)
    pool = work.process.pool_of[act.slot]
    claimable = any(role.among for role in work.process.roles if role.assigned == act.slot)
    reasons = [] if claimable else [Reason(code="no-among", template=_NO_AMONG, facts={"slot": act.slot})]
    if work.case.slots.get(act.slot) != act.actor:
        reasons.append(Reason(code="not-yours", template="'{slot}' is not yours to give back", facts={"slot": act.slot}))
    refuse(f"{work.case.number}: release", [*reasons, *_closed(work)])
    work.evolve(slots=_without(work, [act.slot]))
    others = [one for one in work.persons(pool) if one != act.actor]
    tell_persons(work, others, _now(work, act.slot, ""))
    finish(work, "release", principal="", slot=act.slot)


def _without(work: Work, slots: Iterable[str]) -> dict[str, str]:
    return {slot: person for slot, person in work.case.slots.items() if slot not in slots}


def _now(work: Work, slot: str, person: str) -> str:
    """What is told of a slot: who has it now, or that it waits for somebody."""
    return f"{slot}: {work.facts.person_title(person) if person else '–'}"


# ---- out of the case -------------------------------------------------------------------------------------------------


def _recuse(work: Work) -> None:
    """The person is out of every role; what was assigned to them goes to another of those from whom the slot is filled. Their
    superiors are told: somebody must see that the work goes on.
    """
    person, facts = work.act.actor, work.facts
    reasons = [*_is_out(work, person), *([] if work.act.note.strip() else [NOTE]), *_closed(work)]
    refuse(f"{work.case.number}: recuse", reasons)
    held = [slot for slot, holder in work.case.slots.items() if holder == person]
    work.evolve(recused=(*work.case.recused, person), slots=_without(work, held))
    given = {slot: other for slot in held if (other := _another(work, slot))}
    work.evolve(slots={**work.case.slots, **given})
    above = facts.organisation.superiors(person, facts.today)
    told = [one for one in (*given.values(), *above, *work.persons(turns(work.process, work.case))) if one not in work.case.recused]
    tell_persons(work, dict.fromkeys(told), work.process.title.to(facts.language))
    finish(work, "recuse", principal="", person=person, slots=given)


def _another(work: Work, slot: str) -> str:
    """Who takes the slot over: the first of its pool who is there; nobody, where it is claimed."""
    if any(role.among for role in work.process.roles if role.assigned == slot):
        return ""
    pool = work.persons(work.process.pool_of[slot])
    present = [one for one in pool if not work.facts.organisation.absent(one, work.facts.today)]
    return next(iter(present or pool), "")

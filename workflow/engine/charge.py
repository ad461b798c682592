"""Who is in charge of what a deadline is for, and whether they will be away when it is due."""

from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine import deadlines as dl
from workflow.engine.facts import Facts
from workflow.engine.permission import Asker, awaited_in, holders, seats_of
from workflow.engine.standing import turns
from workflow.language.process import Process
from workflow.model import CaseFile, Deadline, Seat
from workflow.phrases import phrase


class Away(Struct, frozen=True, kw_only=True):
    """Somebody in charge who will be away on the day of the due: until when (None: it is not said), and who stands in."""

    person: str
    until: date | None
    stand_ins: tuple[str, ...]


def seats_in_charge(process: Process, file: CaseFile, deadline: Deadline, facts: Facts) -> tuple[Seat, ...]:
    """Whose act a deadline waits for: the asked unit's repliers; of a state's, whoever may act there; of the case's (or a
    track's), whoever may do the next action, not those who are asked for their opinion.
    """
    where, _, key = deadline.on.partition(":")
    asker = Asker(process=process, file=file, facts=facts, asked=deadline.asked)
    state = process.state_of.get(key) if where not in {dl.CASE, dl.TRACK} else None
    if state is None:
        return seats_of(turns(process, file.case), asker)
    if where == dl.CONSULT:
        return seats_of(state.consult.reply.by, asker) if state.consult is not None else ()
    return awaited_in(state, asker)


def in_charge(process: Process, file: CaseFile, deadline: Deadline, facts: Facts) -> tuple[str, ...]:
    """The persons whose act a deadline waits for, on the day of the facts."""
    return holders(seats_in_charge(process, file, deadline, facts), facts)


def away_at_due(process: Process, file: CaseFile, deadline: Deadline, facts: Facts) -> list[Away]:
    """Those in charge who will be away when an open deadline is due, where nobody else who may act will be there; none
    once it is past.
    """
    if not dl.is_open(deadline) or deadline.due <= facts.now:
        return []
    then = replace(facts, now=deadline.due - timedelta.resolution)  # a due of 24:00 belongs to the day that it ends
    found: dict[str, Away] = {}
    present = False
    for seat in seats_in_charge(process, file, deadline, then):
        for person in holders((seat,), then):
            absence = then.organisation.absence(person, then.today)
            present = present or absence is None
            if absence is not None:
                there = then.organisation.stand_ins(person, seat, then.today)
                found.setdefault(person, Away(person=person, until=absence.until, stand_ins=there))
    return [] if present else list(found.values())


def away_text(one: Away, facts: Facts) -> str:
    """One of them, in words."""
    language, title = facts.language, facts.person_title(one.person)
    until = one.until.strftime("%d/%m/%Y") if one.until else ""
    away = (
        phrase("{person} is away until {day} then", language, person=title, day=until)
        if until
        else phrase("{person} is away then", language, person=title)
    )
    persons = ", ".join(facts.person_title(other) for other in one.stand_ins)
    if persons:
        return phrase("{away}; {persons} will stand in", language, away=away, persons=persons)
    return phrase("{away}; nobody will stand in", language, away=away)

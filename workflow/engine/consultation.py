"""Consultations: a round opened, a reply taken, silence filled in (language.md 2.17)."""

from msgspec.structs import replace

from workflow.engine import deadlines as dl
from workflow.engine.clocks import open_deadline
from workflow.engine.guards import not_permitted
from workflow.engine.heirs import heirs
from workflow.engine.notify import tell, tell_persons
from workflow.engine.papers import write_document
from workflow.engine.permission import seats_of
from workflow.engine.scope import counts
from workflow.engine.standing import goes_on, standing, turns
from workflow.engine.work import Work
from workflow.errors import Reason
from workflow.language.expression import evaluate, holds
from workflow.language.process import ALL, Again, Consult, State
from workflow.model import Deadline, Given, Opinion, OpinionStatus, Reply
from workflow.phrases import phrase

NONE = "none"
"""Of `again`: nobody who has answered is asked again."""


def open_round(work: Work, state: State) -> None:
    """Ask: an opinion and a deadline for each unit (or person) that `asks` names, each once, in its order. In a round
    after the first, whoever is not asked again keeps the answer that was given (`again`).
    """
    consult = state.consult
    if consult is None:
        return
    number = work.case.rounds.get(state.key, 0) + 1
    work.evolve(rounds={**work.case.rounds, state.key: number})
    _end_round_before(work, state)
    rule = _again(work, consult)
    for asked in _asks(work, consult):
        before = work.opinions.get((state.key, number - 1, asked))
        if before is not None and _stands(work, rule, before):
            work.put_opinion(replace(before, round=number, carried=True))
        else:
            ask(work, state, consult, asked)


def running(work: Work) -> list[tuple[State, Consult]]:
    """The state where the case (or a track) stands whose round runs, and what it asks; empty if none does."""
    found = [(one, one.consult) for one in standing(work.process, work.case) if one.consult is not None and one.key in work.case.rounds]
    return found[:1]


def ask(work: Work, state: State, consult: Consult, asked: str) -> None:
    """Ask one unit (or person) in the state's newest round."""
    number = work.case.rounds[state.key]
    work.put_opinion(Opinion(state=state.key, round=number, asked=asked, status=OpinionStatus.ASKED, asked_at=work.now))
    if consult.due is not None:
        open_deadline(work, consult.due, dl.on_consult(state.key), work.now, asked)


def _end_round_before(work: Work, state: State) -> None:
    """What a round before still owes (`lasting`) is asked in the new one, or not at all."""
    for deadline in list(work.deadlines.values()):
        if deadline.on == dl.on_consult(state.key) and dl.is_open(deadline):
            work.put_deadline(dl.settle(deadline, work.now, owed=False))


def _again(work: Work, consult: Consult) -> Again:
    """Who is asked again this time: the first way that holds; where none does, everybody."""
    ways = consult.again_choice or (Again(answers=consult.again),)
    scope = work.scope()
    return next((one for one in ways if one.when is None or holds(one.when, scope)), Again(answers=(ALL,)))


def _stands(work: Work, rule: Again, before: Opinion) -> bool:
    """Whether an answer of the round before goes for this one too. Who has not answered is asked in any case."""
    if not counts(before) or ALL in rule.answers:
        return False
    if rule.of is not None:
        return not holds(rule.of, work.scope(before.asked, answer=before.answer))
    return NONE in rule.answers or before.answer not in rule.answers


def _asks(work: Work, consult: Consult) -> list[str]:
    value = evaluate(consult.asks, work.scope())
    items = value if isinstance(value, list | tuple) else [value]
    return list(heirs((str(item) for item in items if item), work.case, work.facts))


def write_round(work: Work, state: State) -> None:
    """The letters and notices of a round that was just opened, one for each asked."""
    if state.consult is None:
        return
    for opinion in list(work.opinions.values()):
        if opinion.state == state.key and opinion.round == work.case.rounds[state.key] and not opinion.carried:
            write_to(work, state, state.consult, opinion.asked)


def write_to(work: Work, state: State, consult: Consult, asked: str) -> None:
    """The letters and notices to one of those asked."""
    for key in consult.drafts:
        write_document(work, key, issue=False, asked=asked)
    for key in consult.issues:
        write_document(work, key, issue=True, asked=asked)
    tell(work, consult.notifies, state.title.to(work.facts.language), asked=asked)


def opinion_for(work: Work, asked: str) -> Opinion | None:
    """The newest opinion that this unit (or person) was asked for: in a round that runs, or in a state that the case has
    left. The time alone does not tell: one act may end a round and open another.
    """
    mine = [one for one in work.file.asked if one.asked == asked and one.state in work.process.state_of]
    return max(mine, key=lambda one: (runs(work, one), one.asked_at, one.round)) if mine else None


def runs(work: Work, opinion: Opinion) -> bool:
    """Whether the round that the opinion belongs to runs: the case (or a track) stands where it was opened last."""
    here = {state.key for state in standing(work.process, work.case)}
    return (opinion.state in here or _lasts(work, opinion)) and work.case.rounds.get(opinion.state) == opinion.round


def _lasts(work: Work, opinion: Opinion) -> bool:
    consult = work.process.state_of[opinion.state].consult if opinion.state in work.process.state_of else None
    return consult is not None and consult.lasting and not _is_over(work, opinion)


def cannot_reply(work: Work, act: Reply, opinion: Opinion | None, consult: Consult | None) -> list[Reason]:
    """Why this reply can't be taken, permission and form aside: every reason."""
    if opinion is None or consult is None:
        asked = dict.fromkeys(one.asked for one in work.file.asked)
        known = ", ".join(asked) or "–"
        return [Reason(code="not-asked", template="'{unit}' is not asked here; asked: {known}", facts={"unit": act.asked, "known": known})]
    reasons: list[Reason] = []
    if _is_over(work, opinion):
        reasons.append(Reason(code="closed", template="the case is closed"))
    if opinion.status is OpinionStatus.GIVEN and not (consult.changeable and not _is_late(work, opinion)):
        title = work.facts.unit_title(act.asked)
        reasons.append(Reason(code="answered", template="{unit} has replied already", facts={"unit": title}))
    return [*reasons, *wrong_answer(consult, act.answer, work.facts.language)]


def _is_over(work: Work, opinion: Opinion) -> bool:
    """Whether what consulted is over: the case, or the track that ends with it."""
    state = work.process.state_of[opinion.state]
    return not (goes_on(work.process, work.case, state.track) if state.track else work.case.open)


def wrong_answer(consult: Consult, answer: str, language: str) -> list[Reason]:
    """Why this is no answer to what is asked; nothing if it is."""
    answers = {key: title.to(language) for key, title in consult.answers}
    if answers and answer not in answers:
        offered = ", ".join(f"{key} ({title})" for key, title in answers.items())
        return [Reason(code="answer", template="the answer must be one of: {answers}", facts={"answers": offered})]
    if answer and not answers:
        return [Reason(code="answer", template="no answer is chosen here: the form is the reply")]
    return []


def take_reply(work: Work, act: Reply, opinion: Opinion, values: dict[str, object]) -> None:
    """Write the reply into the opinion; late if its due is past or the case has moved on. Late ones are kept."""
    deadline = dl.of_opinion(work.deadlines.values(), opinion)
    given = replace(
        opinion,
        earlier=(*opinion.earlier, *kept(opinion)),
        status=OpinionStatus.GIVEN,
        answer=act.answer,
        fields=values,
        note=act.note,
        by=act.actor,
        at=work.now,
        late=_is_late(work, opinion),
    )
    work.put_opinion(given)
    if deadline is not None:
        work.put_deadline(dl.settle(deadline, work.now))


def tell_late(work: Work, asked: str, before: Opinion) -> None:
    """Whoever works on the case now is told of a reply that comes when its round is over: it may still be heeded."""
    if not runs(work, before):
        what = phrase("Late reply: {unit}", work.facts.language, unit=work.facts.unit_title(asked))
        tell_persons(work, work.persons(turns(work.process, work.case)), what)


def kept(opinion: Opinion) -> list[Given]:
    """The reply whose place another takes: kept beside it."""
    if opinion.status is not OpinionStatus.GIVEN or opinion.at is None:
        return []
    given = {name: getattr(opinion, name) for name in ("answer", "by", "fields", "note", "late")}
    return [Given(at=opinion.at, **given)]


def not_permitted_to_reply(work: Work, consult: Consult, opinion: Opinion) -> list[Reason]:
    """Why the actor may not reply for the asked unit; once nothing had come in time, its superiors may, where that is declared."""
    if opinion.escalated and work.act.actor in superiors_of(work, consult, opinion.asked):
        return []
    return not_permitted(work, consult.reply, opinion.asked)


def _is_late(work: Work, opinion: Opinion) -> bool:
    """Whether a reply comes too late now: its due is past, silence was filled in, or the case has moved on."""
    deadline = dl.of_opinion(work.deadlines.values(), opinion)
    return not runs(work, opinion) or opinion.status is OpinionStatus.SILENT or (deadline is not None and work.now > deadline.due)


def fill_silence(work: Work, deadline: Deadline) -> Opinion:
    """At the due: silence counts as the declared answer of a unit that has not replied (see `clocks.is_silent`)."""
    state = deadline.on.partition(":")[2]
    consult = work.process.state_of[state].consult
    opinion = work.opinions[state, work.case.rounds[state], deadline.asked]
    if consult is not None and consult.escalates:
        escalated = replace(opinion, escalated=True)
        work.put_opinion(escalated)
        tell_persons(work, superiors_of(work, consult, deadline.asked), _no_reply(work, deadline.asked))
        return escalated
    silent = replace(opinion, status=OpinionStatus.SILENT, answer=consult.silence if consult else "", at=work.now)
    work.put_opinion(silent)
    return silent


def superiors_of(work: Work, consult: Consult, asked: str) -> tuple[str, ...]:
    """The superiors of whoever is to reply for an asked unit."""
    organisation, today = work.facts.organisation, work.facts.today
    found: dict[str, None] = {}
    for seat in seats_of(consult.reply.by, work.asker(asked)):
        above = (
            organisation.superiors(seat.person, today) if seat.person else organisation.superiors_of_post(seat.unit, seat.position, today)
        )
        found.update(dict.fromkeys(above))
    return tuple(one for one in found if one not in work.case.recused)


def _no_reply(work: Work, asked: str) -> str:
    return phrase("No reply: {unit}", work.facts.language, unit=work.facts.unit_title(asked))

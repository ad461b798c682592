"""EFFECTS of one step: fields set, slots assigned, papers and notices; and what is remembered of an action."""

from typing import Any

from workflow.engine.forms import merged
from workflow.engine.guards import said
from workflow.engine.notify import tell
from workflow.engine.papers import refused, write_document
from workflow.engine.work import Work
from workflow.errors import Reason, WrongValue
from workflow.language.expression import evaluate
from workflow.language.process import Effects
from workflow.language.values import parse, plain
from workflow.model import CLOCK, Doing


def set_fields(work: Work, effects: Effects) -> None:
    """`sets`: all read at once, then written; an expression's value must fit its field, else the act is refused."""
    if not effects.sets:
        return
    scope, fields = work.scope(), work.process.field_of
    values = {key: plain(fields[key], evaluate(expr, scope)) for key, expr in effects.sets}
    try:
        fitted: dict[str, Any] = {key: parse(fields[key], value, work.facts.known) for key, value in values.items()}
    except WrongValue as fault:
        raise refused(work, said(fault, work.facts.language)) from None
    work.evolve(fields=merged(work.process, work.case.fields, fitted))


def assign(work: Work, effects: Effects) -> None:
    """`assigns`: whoever acts, if they are among those meant; else the first who is not away."""
    for slot, who in effects.assigns:
        persons = work.persons(who)
        if not persons:
            template = "nobody is {role} today, so nobody can be assigned"
            raise refused(work, Reason(code="nobody", template=template, facts={"role": ", ".join(who)}))
        present = [one for one in persons if not work.facts.organisation.absent(one, work.facts.today)]
        chosen = work.act.actor if work.act.actor in persons else (present or persons)[0]
        work.evolve(slots={**work.case.slots, slot: chosen})


def remember(work: Work, key: str, principal: str = "") -> None:
    """Note who did the action, and when: `done`, `did`, and deadlines that hang on it."""
    before = work.case.done.get(key)
    actors = [one for one in (work.act.actor, principal) if one and one != CLOCK]
    persons = dict.fromkeys((*(before.persons if before else ()), *actors))
    doing = Doing(count=(before.count if before else 0) + 1, last=work.now, persons=tuple(persons))
    work.evolve(done={**work.case.done, key: doing})


def keep_secret(work: Work) -> None:
    """Whether the case is secret by what is known of it now: before anybody is told of it (law 7)."""
    rule = work.process.secret
    secret = rule is not None and bool(work.value(rule))
    if secret != work.case.secret:
        work.evolve(secret=secret)


def write_papers(work: Work, effects: list[Effects], asked: str = "") -> None:
    """The papers that are drafted or issued."""
    for one in effects:
        for key in one.drafts:
            write_document(work, key, issue=False, asked=asked)
        for key in one.issues:
            write_document(work, key, issue=True, asked=asked)


def tell_all(work: Work, effects: list[Effects], what: str) -> None:
    """The notices; a role that hangs on the asked unit means every unit of the case's consultations."""
    rules = [one.notifies for one in effects if one.notifies]
    if not rules or work.facts.bare:
        return
    units = dict.fromkeys(["", *[opinion.asked for opinion in work.file.asked]]) if work.opinions else ("",)
    for notifies in rules:
        for unit in units:
            tell(work, notifies, what, asked=unit)

"""One step of a case, in the order of language.md 2.1: sets → to → leave, branch, enter → assigns → also, opens →
papers → notices → becomes. What it does to other cases is part of it: all in one decision.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from workflow.engine import clocks, consultation
from workflow.engine.effects import assign, keep_secret, remember, set_fields, tell_all, write_papers
from workflow.engine.facts import Wanting
from workflow.engine.forms import merged, parsed
from workflow.engine.guards import failed_conditions, not_here, not_permitted, said
from workflow.engine.machine import BEFORE
from workflow.engine.moving import become, branch_of, enter, start_tracks, target_of
from workflow.engine.opening import blank, fill_in, number
from workflow.engine.papers import refused
from workflow.engine.permission import viewers
from workflow.engine.sharing import data_of, shares_of
from workflow.engine.standing import actions_here, after_of, stands_at
from workflow.engine.work import Work, work_on
from workflow.errors import NotFound, Reason, Refused, UnknownField, WrongValue
from workflow.language.expression import evaluate, fill
from workflow.language.process import NOTHING, Action, Also, Effects, Expr, Opens, Process, State, Track
from workflow.language.values import plain
from workflow.model import CLOCK, Draft, Needs, Values

DEEPEST = 8
"""How deep cases may lie, the first and its sub-cases together (design, section 3)."""
BY_ANYTHING = frozenset({"nobody", "auto"})


class _Step(Struct, frozen=True, kw_only=True):
    """What one step does: its effects, in order, and the states that it entered."""

    what: str
    effects: list[Effects]
    entered: list[State]


def perform(work: Work, action: Action, origin: str, *, principal: str = "") -> None:
    """Do an action whose conditions hold; `origin`: where the case (or the action's track) stands. No entry is written
    yet, but those of other cases that it moves or opens.
    """
    work.joint.moving.append(work)
    with work.on(action.track):
        set_fields(work, action.effects)
        taken = branch_of(work, action, origin)
        branch = action.to[taken]
        work.taken = taken if len(action.to) > 1 else None
        remember(work, action.key, principal)
        target = target_of(work, branch, action.track)
        if target is not None and origin in work.process.state_of:
            clocks.leave(work, work.process.state_of[origin])
        set_fields(work, branch.effects)
        entered = enter(work, target, origin) if target is not None else []
        if origin == BEFORE:
            entered += start_tracks(work)
        effects = [one for one in (action.effects, branch.effects, *[state.effects for state in entered]) if one != NOTHING]
        _happen(work, _Step(what=action.title.to(work.facts.language), effects=effects, entered=entered), action.key)
    work.joint.moving.remove(work)


def enter_anew(work: Work, state: State, *, by: str) -> None:
    """Come back to a state of the case's own, outside of any action: all that entering it means happens."""
    work.joint.moving.append(work)
    entered = enter(work, state, work.case.state)
    step = _Step(what=work.process.title.to(work.facts.language), effects=[one.effects for one in entered], entered=entered)
    _happen(work, step, by)
    work.joint.moving.remove(work)


def _happen(work: Work, step: _Step, by: str) -> None:
    """The effects of a step, beside its fields and its next state."""
    for one in step.effects:
        assign(work, one)
        clocks.run_clock_effects(work, one, by)
    keep_secret(work)
    for one in step.effects:
        happen_elsewhere(work, one)
    clocks.refresh(work)
    work.compute()
    write_papers(work, step.effects)
    for state in step.entered:
        consultation.write_round(work, state)
    tell_all(work, step.effects, step.what)
    for one in step.effects:
        if one.becomes is not None:
            entered = become(work, one.becomes, work.facts.process_of(one.becomes.process))
            _happen(work, _Step(what=step.what, effects=[state.effects for state in entered], entered=entered), by)


def begin_tracks(work: Work, tracks: Iterable[Track]) -> None:
    """Tracks that a case did not have yet begin: their first states are entered, with all that happens then."""
    for track in tracks:
        with work.on(track.key):
            entered = enter(work, work.process.state_of[track.start], "")
            clocks.open_track(work, track)
            what = track.title.to(work.facts.language)
            _happen(work, _Step(what=what, effects=[state.effects for state in entered], entered=entered), "migrate")


# ---- other cases -----------------------------------------------------------------------------------------------------


def happen_elsewhere(work: Work, effects: Effects) -> None:
    """`also` and `opens`."""
    for also in effects.also:
        _also(work, also)
    for opens in effects.opens:
        _open(work, opens)


def _also(work: Work, rule: Also) -> None:
    """Move other cases too; a case above sees this one as it stands so far. One refusal refuses the whole; over sub-cases
    it acts where it can (language.md 2.16).
    """
    work.compute()
    work.joint.keep(work.case)
    over_children = rule.case.tree == ("name", "children")
    numbers = _children(work) if over_children else _numbers(evaluate(rule.case, work.scope()))
    for target in _targets(work, numbers, over_children=over_children):
        kept = work.joint.snapshot()
        try:
            _move(target, rule, work)
        except Refused:
            if not over_children:
                raise
            work.joint.restore(kept)


def _children(work: Work) -> list[str]:
    return [one.number for one in work.facts.children_of(work.case.number)]


def _numbers(value: object) -> list[str]:
    """The case numbers of a value; an empty one names none."""
    found = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(str(one) for one in found if one))


def _targets(work: Work, numbers: list[str], *, over_children: bool) -> Iterable[Work]:
    """The cases of these numbers. Raises Refused for one that there is not, or that the actor may not see."""
    missing = tuple(one for one in numbers if work.joint.find(one) is None and one not in work.facts.cases)
    if missing:
        raise Wanting(Needs(cases=missing))
    for one in numbers:
        target = other(work, one)
        if target is not None and not unseen(target, work.act.actor):
            yield target
        elif not over_children:
            raise refused(work, Reason(code="no-case", template="there is no case '{number}'", facts={"number": one}))


def other(work: Work, case: str) -> Work | None:
    """Another case of this decision, as it stands so far; None if there is none. It is part of the decision once it acts."""
    found = work.joint.find(case)
    if found is not None:
        return found
    known = work.facts.case_of(case)
    return work_on(known[0], known[1], work.act, work.joint) if known is not None else None


def unseen(target: Work, actor: str) -> bool:
    """Whether the actor may not see the case: then there is none for them (law 7)."""
    if not target.case.secret or actor == CLOCK:
        return False
    if actor in target.case.recused:
        return True
    held = target.facts.organisation.seats(actor, target.facts.today, target.case.recused)
    return not any(seat in held for seat in viewers(target.asker()))


def _move(target: Work, rule: Also, source: Work) -> None:
    """Do the action on the other case: as a person's act, but its form is filled by the rule; its note is the act's."""
    key = rule.do
    what = f"{target.case.number}: {key}"
    if key not in target.process.action_keys:
        raise Refused(what=what, reasons=[said(NotFound(kind="action", name=key, known=target.process.action_keys), target.facts.language)])
    if target in target.joint.moving:
        reason = Reason(code="also-loop", template="the case is being moved already: 'also' leads back to it")
        raise Refused(what=what, reasons=[reason])
    action = actions_here(target.process, target.case).get(key)
    if action is None:
        raise Refused(what=what, reasons=[not_here(target, key)])
    target.act = source.act
    handed = _handed(target, rule, action, source)
    target.evolve(fields=merged(target.process, target.case.fields, handed))
    reasons = [] if BY_ANYTHING.intersection(action.by) else not_permitted(target, action)
    if reasons := [*reasons, *failed_conditions(target, action)]:
        raise Refused(what=what, reasons=reasons)
    _moved(target, action, source, handed)


def _handed(target: Work, rule: Also, action: Action, source: Work) -> Values:
    """The values that the rule fills the action's form with, worked out on the case that asks. Raises Refused."""
    scope = source.scope()
    return _written(source, target.process, action.form, {key: evaluate(expr, scope) for key, expr in rule.fields})


def _moved(target: Work, action: Action, source: Work, handed: Values) -> None:
    if target not in target.joint.works:
        target.joint.add(target)
    act, origin = target.act, stands_at(target.case, action.track)
    if act.actor != CLOCK:
        target.evolve(last_act=target.now)
    perform(target, action, origin)
    target.record(
        Draft(
            at=target.now,
            actor=act.actor,
            act="also",
            action=action.key,
            note="" if source.case.secret and not target.case.secret else act.note,  # a secret case's words stay in it (law 7)
            before=origin,
            after=after_of(target.case, action.track),
            fields=handed,
            data={"from": source.case.number},
        )
    )


def also_children(work: Work, action: str) -> None:
    """Do the action on the sub-cases too, where it can be done (what whoever acts may choose when a case is closed)."""
    _also(work, Also(do=action, case=CHILDREN))


CHILDREN = Expr(source="children", tree=("name", "children"))


# ---- sub-cases -------------------------------------------------------------------------------------------------------


def _open(work: Work, rule: Opens) -> None:
    """Open a sub-case, or one for each item. The procedure opens it: nobody is asked for a right, nor for a form."""
    items: list[Any] = [None]
    if rule.for_each is not None:
        value = evaluate(rule.for_each, work.scope())
        items = list(value) if isinstance(value, list | tuple) else [value] if value is not None else []
    if items:
        _not_too_deep(work)
    for place, item in enumerate(items, 1):
        _open_one(work, rule, item, (place, len(items)))


def _not_too_deep(work: Work) -> None:
    above, depth = work.case.parent, 1
    while above:
        depth += 1
        if depth >= DEEPEST:
            reason = Reason(code="too-deep", template="sub-cases would lie more than {deepest} deep", facts={"deepest": DEEPEST})
            raise refused(work, reason)
        parent = other(work, above)
        above = parent.case.parent if parent is not None else ""


def _open_one(work: Work, rule: Opens, item: object, place: tuple[int, int]) -> None:
    process = work.facts.process_of(rule.process)
    start = process.start_of.get(rule.start)
    if start is None:
        raise refused(work, said(NotFound(kind="start", name=rule.start, known=process.start_of), work.facts.language))
    given, title = _given(work, rule, process, item)
    child = blank(process, work.act, work.facts, joint=work.joint, parent=work.case.number)
    fill_in(child, given)
    data: dict[str, Any] = {"parent": work.case.number}
    if found := shares_of(work, child, rule, place):
        given = {**given, **{one.share.field: one.value for one in found}}
        fill_in(child, given)
        data["shares"] = data_of(found)
    number(child, title)
    perform(child, start, BEFORE)
    child.record(Draft(at=child.now, actor=child.act.actor, act="open", action=start.key, after=child.case.state, fields=given, data=data))


def _given(work: Work, rule: Opens, process: Process, item: object) -> tuple[Values, str]:
    """The sub-case's first fields and its title, worked out on the case that opens it. Raises Refused."""
    scope = work.scope(item=item)
    values = {key: evaluate(expr, scope) for key, expr in rule.fields}
    title = fill(rule.title, scope) if rule.title is not None else ""
    return _written(work, process, process.field_of, values), title


def _written(work: Work, process: Process, asked_for: Iterable[str], values: Mapping[str, object]) -> Values:
    """What expressions gave, as values of another case's fields. Raises Refused for what one can't hold or is not asked for."""
    try:
        written = {key: plain(process.field_of[key], value) if key in process.field_of else value for key, value in values.items()}
        return parsed(process, asked_for, written, work.facts)
    except (WrongValue, UnknownField) as fault:
        raise refused(work, said(fault, work.facts.language)) from None

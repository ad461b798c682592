"""What a step does: an act of a person through the office, or time that passes."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from workflow.calendar import parse_amount
from workflow.engine.periodic import between
from workflow.errors import HosoError, Refused
from workflow.language.expression import ExpressionError
from workflow.language.process import Periodic, Process
from workflow.model import Deadline, DeadlineStatus
from workflow.phrases import LANGUAGES, phrase
from workflow.simulate.scenario import Step
from workflow.simulate.stage import Stage, local, step_case, upload


def carry_out(stage: Stage, step: Step) -> None:
    """Carry a step out. Raises Mismatch if it is refused, or isn't though it should be."""
    if step.kind == "wait":
        return _wait(stage, step)
    deed = _DEEDS.get(step.kind)
    if deed is None:
        return None
    try:
        deed(stage, step)
    except Refused as refusal:
        if step.refused and _says(refusal, step.refused):
            return None
        raise stage.wrong(step.place, "{text}", text=_another(stage, refusal, step.refused)) from None
    if step.refused:
        raise stage.wrong(step.place, "expected a refusal that says “{words}”, but it was done", words=step.refused)
    return None


def _says(refusal: Refused, words: str) -> bool:
    """Whether the refusal says so, in any language: the scenarios of an office hold in whichever it speaks."""
    return any(words.lower() in refusal.message(language).lower() for language in LANGUAGES)


def _another(stage: Stage, refusal: Refused, words: str) -> str:
    """That a step was refused, for another reason than the expected one if any was."""
    wanted = phrase("expected a refusal that says “{words}”, got:", stage.language, words=words) + " " if words else ""
    return wanted + refusal.message(stage.language)


# ---- acts of persons ----


def _given(stage: Stage, step: Step) -> dict[str, Any]:
    return {"actor": stage.person(step.actor), "fields": stage.values(step.fields), "note": step.note}


def _open(stage: Stage, step: Step) -> None:
    fields = stage.values(step.what or {})
    process = step.process or stage.scenario.process
    done = stage.office.open(process, actor=stage.person(step.actor), start=step.start, fields=fields, title=step.title, note=step.note)
    stage.number = stage.number or done.case


def _do(stage: Stage, step: Step) -> None:
    stage.office.advance(stage.case(step.case), step.what, children=step.children, **_given(stage, step))


def _reply(stage: Stage, step: Step) -> None:
    stage.office.reply(stage.case(step.case), unit=step.unit, answer=step.what, **_given(stage, step))


def _attach(stage: Stage, step: Step) -> None:
    names = step.what if isinstance(step.what, list) else [step.what]
    files = [upload(str(name)) for name in names]
    stage.office.attach(stage.case(step.case), actor=stage.person(step.actor), files=files, note=step.note)


# ---- besides the actions ----


def _noted(stage: Stage, step: Step) -> dict[str, Any]:
    return {"actor": stage.person(step.actor), "note": step.note}


def _edit(stage: Stage, step: Step) -> None:
    stage.office.edit(stage.case(step.case), fields=stage.values(step.what or {}), **_noted(stage, step))


def _correct(stage: Stage, step: Step) -> None:
    fields = stage.values(step.fields)
    reply: dict[str, Any] = {"answer": step.answer, "take_back": step.take_back}
    stage.office.correct(stage.case(step.case), int(step.what), fields=fields, papers=step.papers, **reply, **_noted(stage, step))


def _link(stage: Stage, step: Step) -> None:
    stage.office.link(stage.case(step.case), stage.case(step.what), how=step.how, **_noted(stage, step))


def _doc(stage: Stage, step: Step) -> None:
    """`doc: {void: PAPER}`; `by` and `files` are what replacing, correcting and attaching want."""
    what = {key: value for key, value in step.what.items() if key not in {"by", "files"}}
    ((verb, paper),) = what.items()
    more: dict[str, Any] = {"by": step.what.get("by", "")} if verb in {"replace", "correct"} else {}
    if verb == "attach":
        names = step.what.get("files") or []
        more = {"files": [upload(str(name)) for name in (names if isinstance(names, list) else [names])]}
    deed = stage.office.attach_to_document if verb == "attach" else getattr(stage.office, f"{verb}_document")
    deed(stage.case(step.case), str(paper), **_noted(stage, step), **more)


def _assign(stage: Stage, step: Step) -> None:
    for slot, person in step.what.items():
        stage.office.assign(stage.case(step.case), slot, str(person), **_noted(stage, step))


def _extend(stage: Stage, step: Step) -> None:
    for deadline, amount in step.what.items():
        stage.office.extend(stage.case(step.case), deadline, str(amount), **_noted(stage, step))


def _ask(stage: Stage, step: Step) -> None:
    units = step.what if isinstance(step.what, list) else [step.what]
    stage.office.ask(stage.case(step.case), [str(one) for one in units], **_noted(stage, step))


def _claim(stage: Stage, step: Step) -> None:
    stage.office.claim(stage.case(step.case), str(step.what), **_noted(stage, step))


def _release(stage: Stage, step: Step) -> None:
    """`release: SLOT`, or `release: true` beside a unit."""
    slot = "" if step.unit else str(step.what)
    stage.office.release(stage.case(step.case), slot, unit=step.unit, **_noted(stage, step))


def _with_note(verb: str) -> Callable[[Stage, Step], None]:
    """An act that says nothing but its note: `comment: TEXT`, `pause: why`; `true` for none."""

    def deed(stage: Stage, step: Step) -> None:
        said = step.what if isinstance(step.what, str) else ""
        getattr(stage.office, verb)(stage.case(step.case), actor=stage.person(step.actor), note=step.note or said)

    return deed


_DEEDS: dict[str, Callable[[Stage, Step], None]] = {
    "open": _open,
    "do": _do,
    "reply": _reply,
    "attach": _attach,
    "edit": _edit,
    "correct": _correct,
    "assign": _assign,
    "extend": _extend,
    "ask": _ask,
    "claim": _claim,
    "release": _release,
    "link": _link,
    "doc": _doc,
    **{verb: _with_note(verb) for verb in ("comment", "pause", "resume", "recall", "recuse", "reopen")},
}


# ---- time ----


def _wait(stage: Stage, step: Step) -> None:
    """Let time pass, looking each time that something is due, as a worker that looks every second would."""
    target = _target(stage, step)
    begins = list(_beginnings(stage, target))
    while True:
        following = _next_due(stage, target, begins)
        stage.clock.at = max(stage.clock.at, following or target)
        for number in stage.worker.tick().opened:
            if stage.scenario.fields is None and stage.file(number).case.process == stage.scenario.process:
                stage.number = number
        if following is None:
            return


def _target(stage: Stage, step: Step) -> datetime:
    what = str(step.what).removeprefix("until ")
    if what == "due":
        return next_deadline(stage, step).due
    if step.what != what:
        return local(what, stage.office.zone)
    number, unit = parse_amount(what)
    return stage.facts().calendars.default.add(stage.clock.at, number, unit, exactly=True)


def _next_due(stage: Stage, target: datetime, begins: Iterable[datetime]) -> datetime | None:
    """The next time before `target` at which the worker has something to do; `begins`: when cases are opened by the clock."""
    coming = (at for at in begins if at > stage.clock.at)
    candidates = [at for at in (*islice(_rungs(stage, target), 1), *islice(coming, 1)) if at < target]
    return min(candidates, default=None)


def _rungs(stage: Stage, target: datetime) -> Iterator[datetime]:
    """The times of rungs until `target` that are yet to come, soonest first; those that failed stay behind."""
    for number, key in stage.office.store.due(target, _MANY):
        at = next(one.next_at for one in stage.file(number).deadlines if one.key == key)
        if at is not None and at > stage.clock.at:
            yield at


_MANY = 10_000


def _beginnings(stage: Stage, target: datetime) -> Iterator[datetime]:
    """When the clock has cases to open, from now until `target`, soonest first."""
    definitions = stage.office.definitions
    processes = [definitions.version(version) for version in definitions.in_use().values()]
    yield from sorted(at for process in processes for rule in process.periodic for at in _begin(stage, process, rule, target))


def _begin(stage: Stage, process: Process, rule: Periodic, target: datetime) -> list[datetime]:
    facts = stage.facts()
    try:
        return [period.at for period in between(process, rule, facts, facts.now, target)]
    except (HosoError, ExpressionError):  # the worker says so when it looks
        return []


def next_deadline(stage: Stage, step: Step) -> Deadline:
    """The state's own running deadline, or else the first of the others. Raises Mismatch if none runs."""
    file = step_case(stage, step)
    running = [one for one in file.deadlines if one.status is DeadlineStatus.RUNNING]
    own = [one for one in running if one.on == f"state:{file.case.state}"]
    if not running:
        raise stage.wrong(step.place, "no deadline is running here")
    return min(own or running, key=lambda one: one.due)

"""Why a deadline is when it is: its rule, its start, and a ledger a day a line."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from workflow.answers import DeadlineExplained, LedgerLine
from workflow.calendar import ledger, parse_amount
from workflow.engine import deadlines as dl
from workflow.engine.clocks import PAUSE
from workflow.engine.facts import Facts
from workflow.engine.moments import When, counted, counting, instant_of, measure_of
from workflow.language.process import Due, Moment, Process
from workflow.model import CaseFile, ClockEvent, Deadline, Happening, Unit
from workflow.office import words
from workflow.phrases import phrase


def explained(process: Process, file: CaseFile, deadline: Deadline, facts: Facts) -> DeadlineExplained:
    """The deadline with its ledger. A rule that this version of the process has no more leaves an empty ledger."""
    rule = dl.rule_of(process, deadline)
    lines: list[LedgerLine] = []
    start = dl.open_at(deadline)
    if rule is not None:
        when = When(process=process, file=file, facts=facts, entry=start, asked=deadline.asked, calendar=rule.calendar)
        when = counting(rule.at, when)
        lines, start = _lines(rule.at, when)
        lines = _with_events(lines, rule, deadline, when, start)
    return DeadlineExplained(
        case=file.case.number,
        deadline=words.deadline_shown(process, deadline, facts),
        rule=rule_text(rule.at, facts) if rule else "",
        start=start,
        lines=tuple(lines),
        calendar=facts.versions.get("calendar", "")[:12],
    )


def rule_text(moment: Moment, facts: Facts) -> str:
    """The rule as it was written."""
    if moment.branches:
        parts = [
            f"{phrase('if', facts.language)} {one.when.source}: {one.then.source}" if one.when else one.then.source
            for one in moment.branches
        ]
        return "; ".join(parts)
    return moment.source


def _lines(moment: Moment, when: When) -> tuple[list[LedgerLine], datetime]:
    found = counted(moment, when)
    if found is None:
        return [], when.entry
    start, number, unit, exactly = found
    return ledger(when.days, start, number, unit, exactly=exactly, language=when.facts.language), start


def _with_events(lines: list[LedgerLine], rule: Due, deadline: Deadline, when: When, start: datetime) -> list[LedgerLine]:
    """The ledger with all that happened: a line for each day that the clock stood still, by which act; the days to the due
    that moved; and those of each extension, counted on from the due before it.
    """
    due = instant_of(rule.at, when) or start
    unit = measure_of(rule.at, when)[0]
    stopped: tuple[date, str] | None = None
    for event, moved in dl.course(rule, deadline, when, due):
        day = event.at.astimezone(when.facts.zone).date()
        if event.what is ClockEvent.STOPPED:
            stopped = (day, event.by)
        elif event.what is ClockEvent.RESUMED and stopped is not None:
            lines = [
                *_before(lines, stopped[0]),
                *_stopped(*stopped, day, when),
                *_goes_on(day, when.days.day_of(moved, ends=True), when, unit),
            ]
            stopped = None
        elif event.what is ClockEvent.EXTENDED:
            lines = [*lines, *_extended(due, event, when)]
        due = moved
    return [*_before(lines, stopped[0]), *_stopped(*stopped, when.facts.today, when)] if stopped else lines


def _extended(due: datetime, event: Happening, when: When) -> list[LedgerLine]:
    """The days of an extension: the first is the due before it."""
    first, *rest = ledger(when.days, due, *parse_amount(event.amount), ends=True, language=when.facts.language)
    on = event.at.astimezone(when.facts.zone).strftime("%d/%m/%Y")
    why = phrase("the due until {day}; then extended by {amount}", when.facts.language, day=on, amount=event.amount)
    return [replace(first, why=why), *rest]


def _before(lines: list[LedgerLine], day: date) -> list[LedgerLine]:
    return [line for line in lines if line.day < day.isoformat()]


def _stopped(first: date, by: str, last: date, when: When) -> list[LedgerLine]:
    key = by.removeprefix("state:")
    act = when.process.state_of[key].title.to(when.facts.language) if key in when.process.state_of else key
    act = phrase("the pause of the case", when.facts.language) if by == PAUSE else act
    why = phrase("stopped by {act}", when.facts.language, act=act)
    return [LedgerLine(day=day.isoformat(), counts="stopped", why=why, total="") for day in _days(first, last)]


def _goes_on(first: date, due: date, when: When, unit: Unit) -> list[LedgerLine]:
    """The days from going on to the due; what was left of a day can't be told in whole units, so there is no total."""
    lines = []
    for day in _days(first, due + timedelta(days=1)):
        off = when.days.why_off(day, when.facts.language) if unit in {Unit.WORKING_DAYS, Unit.WORKING_HOURS} else None
        lines.append(LedgerLine(day=day.isoformat(), counts="day off" if off else "counted", why=off[0] if off else "", total=""))
    return lines


def _days(first: date, last: date) -> list[date]:
    """From the first to before the last."""
    return [first + timedelta(days=far) for far in range((last - first).days)]

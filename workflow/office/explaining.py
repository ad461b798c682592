"""Why a deadline is when it is: its rule, its start, and a ledger a day a line."""

from datetime import date, datetime, timedelta

from workflow.answers import DeadlineExplained, LedgerLine
from workflow.calendar import ledger
from workflow.engine import deadlines as dl
from workflow.engine.facts import Facts
from workflow.engine.moments import When, counted
from workflow.language.process import Moment, Process
from workflow.model import CaseFile, ClockEvent, Deadline
from workflow.office import words
from workflow.phrases import phrase


def explained(process: Process, file: CaseFile, deadline: Deadline, facts: Facts) -> DeadlineExplained:
    """The deadline with its ledger. A rule that this version of the process has no more leaves an empty ledger."""
    rule = dl.rule_of(process, deadline)
    lines: list[LedgerLine] = []
    start = dl.open_at(deadline)
    if rule is not None:
        when = When(process=process, file=file, facts=facts, entry=start, asked=deadline.asked, calendar=rule.calendar)
        lines, start = _lines(rule.at, when)
        lines += _pauses(deadline, facts)
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


def _pauses(deadline: Deadline, facts: Facts) -> list[LedgerLine]:
    """A line for each day that the clock stood still, and by which act."""
    lines: list[LedgerLine] = []
    stopped: tuple[date, str] | None = None
    for event in deadline.events:
        day = event.at.astimezone(facts.zone).date()
        if event.what is ClockEvent.STOPPED:
            stopped = (day, event.by)
        elif event.what is ClockEvent.RESUMED and stopped is not None:
            lines += _stopped(*stopped, day, facts)
            stopped = None
    return lines + (_stopped(*stopped, facts.today, facts) if stopped else [])


def _stopped(first: date, by: str, last: date, facts: Facts) -> list[LedgerLine]:
    why = phrase("stopped by {act}", facts.language, act=by.removeprefix("state:"))
    days = (first + timedelta(days=far) for far in range((last - first).days))
    return [LedgerLine(day=day.isoformat(), counts="stopped", why=why, total="") for day in days]

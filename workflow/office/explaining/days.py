"""A deadline's ledger through all that happened to it: opened, stopped, resumed, extended. It ends on the due.

Days are counted as `Calendar` counts them: the day on which a clock stopped counts still, the day on which it went on does
not (Civil Code 2015 art. 147), and whatever was left is left. A rule that counts back from a date, or names one, is listed
from that date; a stop then moves the due on by days that stand in place of those on which the clock stood still.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.answers import LedgerLine
from workflow.calendar import Calendar, ledger, parse_amount
from workflow.calendar.ledger import CLOCKED, COUNTED, DAY_OFF, NOT_COUNTED, off_text
from workflow.engine import deadlines as dl
from workflow.engine.moments import When, counted, counting, instant_of, measure_of
from workflow.language.process import Due
from workflow.model import ClockEvent, Deadline, Happening, Unit
from workflow.office.explaining.hours import hours
from workflow.phrases import phrase

STOPPED, EXTENDED = "stopped", "extended"
_DAY = timedelta(days=1)

Named = Callable[[Happening], str]
"""What did a thing that happened: "Trình BTV (entry 7)"."""


class Plan(Struct, kw_only=True):
    """The ledger in the making. `first`: the day from which the rule counts."""

    days: Calendar
    unit: Unit
    language: str
    first: date
    forward: bool
    """Whether days are counted on from `first`: then days on which the clock stands still stand among them."""
    lines: list[LedgerLine] = field(default_factory=list)
    last_unit: Unit | None = None
    """What the newest total counts, where that is not `unit`."""

    @property
    def total(self) -> str:
        """The running total."""
        return self.lines[-1].total if self.lines else "0"

    def say(self, template: str, **facts: str) -> str:
        """A sentence in the office's language."""
        return phrase(template, self.language, **facts)


def lines_of(rule: Due, deadline: Deadline, when: When, named: Named, until: datetime) -> list[LedgerLine]:
    """The ledger of a deadline whose rule gives a due; one whose clock stands still is listed up to `until`."""
    due = instant_of(rule.at, when)
    if due is None:
        return []
    found = counted(rule.at, when)
    unit, exactly = measure_of(rule.at, when)
    at = counting(rule.at, when)
    if found is not None and found[1] > 0 and len(deadline.events) > 1 and (unit in CLOCKED or exactly):
        return hours(rule, deadline, at, (found[0], due), named, until)
    plan = _begun(at, found, due, unit)
    _happen(plan, rule, deadline, at, (due, named, until))
    return plan.lines


def _begun(at: When, found: tuple[datetime, int, Unit, bool] | None, due: datetime, unit: Unit) -> Plan:
    language, days = at.facts.language, at.days
    if found is None:
        on = days.day_of(due, ends=True)
        line = LedgerLine(day=on.isoformat(), counts=COUNTED, why=phrase("the moment that the rule names", language), total="0")
        return Plan(days=days, unit=unit, language=language, first=on, forward=False, lines=[line])
    start, number, counted_in, exactly = found
    lines = ledger(days, start, number, counted_in, exactly=exactly, language=language)
    return Plan(days=days, unit=unit, language=language, first=days.day_of(start), forward=number > 0, lines=lines)


def _happen(plan: Plan, rule: Due, deadline: Deadline, at: When, beside: tuple[datetime, Named, datetime]) -> None:
    due, named, until = beside
    still: Happening | None = None
    for event, moved in dl.course(rule, deadline, at, due):
        if event.what is ClockEvent.STOPPED:
            still = event
        elif event.what is ClockEvent.RESUMED and still is not None:
            _resumed(plan, (still.at, event.at), (due, moved), plan.say("stopped by {act}", act=named(still)))
            still = None
        elif event.what is ClockEvent.EXTENDED:
            _extended(plan, due, event, named(event))
        due = moved
    if still is not None and due > still.at:
        _stands_still(plan, still.at, until, plan.say("stopped by {act}", act=named(still)))


# ---- extended --------------------------------------------------------------------------------------------------------


def _extended(plan: Plan, due: datetime, event: Happening, act: str) -> None:
    """The days from the due to the one that it was moved to."""
    number, unit = parse_amount(event.amount)
    lines = ledger(plan.days, due, number, unit, ends=True, language=plan.language)
    why = plan.say("extended by {amount}: {act}", amount=event.amount, act=act)
    before, same = plan.total, unit is (plan.last_unit or plan.unit) and unit not in CLOCKED
    if unit not in CLOCKED:
        lines = lines[1:]
    for line in lines:
        total = str(int(before.split()[-1]) + int(line.total)) if same else line.total
        total = " + ".join((*before.split(" + ")[:-1], total)) if same else f"{before} + {total}"
        on_last = plan.lines[-1].day == line.day
        told = replace(line, why=line.why or why, total=total)
        if line.counts == COUNTED:  # a day off may count, too: it says both
            told = replace(told, counts=EXTENDED, why=_and(line.why, why))
        if on_last:
            plan.lines[-1] = replace(plan.lines[-1], why=_and(plan.lines[-1].why, why), total=total)
        else:
            plan.lines.append(told)
    plan.last_unit = unit


# ---- stopped and resumed ---------------------------------------------------------------------------------------------


def _resumed(plan: Plan, still: tuple[datetime, datetime], dues: tuple[datetime, datetime], why: str) -> None:
    stopped, resumed = (plan.days.day_of(at) for at in still)
    old, new = (plan.days.day_of(due, ends=True) for due in dues)
    if dues[0] == dues[1]:
        _note(plan, stopped, why)
    elif plan.forward:
        _laid_anew(plan, (stopped, resumed), (old, new), why)
    else:
        plan.lines += _still(plan, stopped + _DAY, max(resumed, stopped), why)
        _in_place(plan, old, new)


def _note(plan: Plan, day: date, why: str) -> None:
    """A stop that moved nothing is told on its day."""
    plan.lines = [replace(line, why=_and(line.why, why)) if line.day == day.isoformat() else line for line in plan.lines]


def _and(why: str, more: str) -> str:
    return f"{why}; {more}" if why else more


def _still(plan: Plan, first: date, last: date, why: str) -> list[LedgerLine]:
    """The days from the first to the last, on which the clock stood still."""
    days = [first + far * _DAY for far in range((last - first).days + 1)]
    return [LedgerLine(day=day.isoformat(), counts=STOPPED, why=why, total=plan.total) for day in days]


def _in_place(plan: Plan, old: date, new: date) -> None:
    """The days by which the due was moved on: each in place of one on which the clock stood still; hours, within its day."""
    for far in range(min(1, (new - old).days), (new - old).days + 1):
        day = old + far * _DAY
        off = off_text(plan.days, day, plan.language)
        why = off or plan.say("in place of time that stood still")
        plan.lines.append(LedgerLine(day=day.isoformat(), counts=DAY_OFF if off else COUNTED, why=why, total=plan.total))


def _laid_anew(plan: Plan, still: tuple[date, date], dues: tuple[date, date], why: str) -> None:
    """The days that were still to come when the clock stopped, laid from where it went on."""
    (stopped, resumed), (old, new) = still, dues
    _from_opening(plan, stopped)
    keeps = min(stopped, old - _DAY)  # a clock that stopped on its last day has that day left
    head = [line for line in plan.lines if line.day <= keeps.isoformat()]
    coming = [line for line in plan.lines if line.day > keeps.isoformat()]
    begins = min(resumed + (_DAY if keeps == stopped else timedelta()), new)
    plan.lines = head
    plan.lines += _still(plan, keeps + _DAY, begins - _DAY, why)
    _lay(plan, coming, begins, new)
    if keeps == stopped:
        _note(plan, stopped, why)


def _from_opening(plan: Plan, stopped: date) -> None:
    """A clock that stopped before its rule began to count: the days between are in the ledger, and count for nothing."""
    first = date.fromisoformat(plan.lines[0].day)
    why = plan.say("the count begins on {day}", day=first.strftime("%d/%m/%Y"))
    ahead = [stopped + far * _DAY for far in range((first - stopped).days)]
    plan.lines = [LedgerLine(day=day.isoformat(), counts=NOT_COUNTED, why=why, total="0") for day in ahead] + plan.lines


def _lay(plan: Plan, coming: list[LedgerLine], first: date, last: date) -> None:
    """Lay what was coming on the days from the first to the last: on working days what was on working days, plain days one
    by one; days beyond them are those on to the next working day.
    """
    working = plan.unit is Unit.WORKING_DAYS
    left = [line for line in coming if not working or plan.days.is_working(date.fromisoformat(line.day))]
    for far in range((last - first).days + 1):
        day = first + far * _DAY
        off = off_text(plan.days, day, plan.language)
        if left and not (working and off):
            plan.lines.append(_moved(plan, left.pop(0), day, off))
        else:
            why = off or plan.say("the last day is off: the period ends with the next working day")
            plan.lines.append(LedgerLine(day=day.isoformat(), counts=DAY_OFF if off else NOT_COUNTED, why=why, total=plan.total))
    plan.lines[-1] = replace(plan.lines[-1], total=coming[-1].total if coming else plan.total)


def _moved(plan: Plan, line: LedgerLine, day: date, off: str) -> LedgerLine:
    """What stood on one day, on another: a day off is told as what that day is."""
    was_off = off_text(plan.days, date.fromisoformat(line.day), plan.language)
    why = line.why.removeprefix(was_off).removeprefix("; ") or off
    if line.counts == EXTENDED and off and why != off:
        why = _and(off, why)
    counts = line.counts if line.counts in {COUNTED, EXTENDED} else DAY_OFF if off else NOT_COUNTED
    if counts == NOT_COUNTED and not why:
        why = plan.say("the last day is off: the period ends with the next working day")
    return replace(line, day=day.isoformat(), counts=counts, why=why)


def _stands_still(plan: Plan, stopped: datetime, until: datetime, why: str) -> None:
    """The clock stands still: when it is due is known when it goes on."""
    first, last = plan.days.day_of(stopped), plan.days.day_of(until)
    if plan.forward:
        _from_opening(plan, first)
        plan.lines = [line for line in plan.lines if line.day <= first.isoformat()]
        _note(plan, first, why)
    plan.lines += _still(plan, first + _DAY, last, why)

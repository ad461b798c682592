"""A case before its first act: blank, then its unit and its number."""

from workflow.engine.facts import Facts
from workflow.engine.forms import defaults, merged
from workflow.engine.heirs import heir
from workflow.engine.joint import Joint
from workflow.engine.machine import BEFORE
from workflow.engine.numbering import case_number, case_series
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.expression import fill
from workflow.language.process import Process
from workflow.model import Act, Case, Values


def blank(process: Process, act: Act, facts: Facts, *, joint: Joint | None = None, parent: str = "") -> Work:
    """A case before anything is known of it; `joint`: the decision that it belongs to (left out: one of its own)."""
    case = Case(
        number="",
        process=process.key,
        version=process.version,
        title="",
        state=BEFORE,
        unit="",
        opener=act.actor,
        opened=facts.now,
        entered=facts.now,
        last_act=facts.now,
        last_entry=facts.now,
        parent=parent,
    )
    work = Work(joint=joint or Joint(facts=facts), process=process, act=act, case=case, before=None, now=facts.now)
    work.joint.add(work)
    return work


def fill_in(work: Work, given: Values) -> None:
    """The fields as they are when the case is opened: their defaults, and what is given."""
    before = defaults(work.process)
    work.evolve(fields=merged(work.process, before, given))
    work.old = before


def number(work: Work, title: str = "") -> None:
    """The unit that keeps the case, the case's number in the unit's series, and its title. Raises Refused, NoSeries."""
    unit = unit_of(work)
    work.evolve(unit=unit)
    taken = work.next_number(case_series(work.process, unit, work.facts))
    written = case_number(work.process, unit, taken, work.facts)
    work.evolve(number=written)
    if taken:
        work.joint.named(written)
    work.evolve(title=title or fill(work.process.case_title, work.scope()))


def unit_of(work: Work) -> str:
    """The unit that keeps a new case. Raises Refused."""
    value = work.value(work.process.unit)
    unit = heir(str(value), work.case, work.facts) if value else ""
    if unit not in work.facts.organisation.units:
        raise Refused(what=work.process.key, reasons=[Reason(code="no-unit", template="no unit keeps this case")])
    return unit

"""What an organisation leaves empty: on which day which role of which procedure has nobody, and which units have no head."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from workflow.answers import Finding
from workflow.authoring.checks.people import Day, post_of
from workflow.language.process import Process, Role
from workflow.organisation import Dated, Organisation, holds_on
from workflow.phrases import phrase

DAY = timedelta(days=1)
ROLE, HEAD = "role", "unit"


class Staffing(Struct, frozen=True, kw_only=True):
    """What is looked at, from `today` to `last`, both included."""

    processes: tuple[Process, ...]
    organisation: Organisation
    today: date
    last: date
    language: str

    def find(self) -> list[Finding]:
        """Each time that somebody is lacking, from its first day on: an error if that is so today, else a warning."""
        found: list[tuple[date, Finding]] = []
        days = turning_days(self.organisation, self.today, self.last)
        for process in self.processes:
            for role in process.roles:
                found += self._role(process, role, days)
        for unit in self.organisation.units:
            found += self._head(unit, days)
        return [finding for _, finding in sorted(found, key=lambda one: one[0])]

    def _role(self, process: Process, role: Role, days: list[date]) -> Iterator[tuple[date, Finding]]:
        does = [action.key for action in (*process.starts, *process.actions) if role.key in action.by]
        does += [rule.key for rule in process.documents if role.key in rule.signers]
        if not does:
            return
        state = [(day, self._lack(process, role, day)) for day in days]
        for first, end, lack in _spells(state):
            template = "{span}: nobody is {role} ({post}), who does: {what}" if lack == "nobody" else _AWAY
            facts = {"role": role.key, "post": post_of(role), "what": ", ".join(dict.fromkeys(does)), "process": process.key}
            yield first, self._finding(ROLE, template, first, end, **facts)

    def _lack(self, process: Process, role: Role, day: date) -> str:
        """`nobody` holds it; all who do are `away` with nobody standing in; '' = somebody is there, or it hangs on the case."""
        now = Day(process=process, organisation=self.organisation, today=day)
        held = now.holders(role.key)
        if held is None:
            return ""
        return "nobody" if not held else "away" if now.away(held) else ""

    def _head(self, unit: str, days: list[date]) -> Iterator[tuple[date, Finding]]:
        body = self.organisation.units[unit]
        state = [(day, "nobody" if holds_on(body, day) and not self.organisation.heads(unit, day) else "") for day in days]
        for first, end, _ in _spells(state):
            yield first, self._finding(HEAD, "{span}: {title} has no {position}", first, end, title=body.title, position=body.head)

    def _finding(self, kind: str, template: str, first: date, end: date | None, **facts: object) -> Finding:
        span = phrase("from {first}" if end is None else "{first} – {last}", self.language, first=_day(first), last=_day(end or first))
        message = phrase(template, self.language, span=span, **facts)
        process = f"{facts['process']}: " if "process" in facts else ""
        return Finding(level="error" if first <= self.today else "warning", what=kind, message=process + message)


_AWAY = "{span}: all who are {role} ({post}) are away and nobody stands in; they do: {what}"


def turning_days(organisation: Organisation, first: date, last: date) -> list[date]:
    """The first day, and each one on which anything of the organisation begins or has ended, up to the last."""
    dated: tuple[Dated, ...] = (*organisation.posts, *organisation.units.values(), *organisation.delegations, *organisation.absences)
    days = {first}
    for one in dated:
        days.update(day for day in (one.since, one.until + DAY if one.until is not None else None) if day is not None)
    return sorted(day for day in days if first <= day <= last)


def _spells(state: Iterable[tuple[date, str]]) -> Iterator[tuple[date, date | None, str]]:
    """(first day, last day or None, what is lacking) of each time that something is lacking."""
    begun: tuple[date, str] | None = None
    for day, lack in state:
        if begun is not None and lack != begun[1]:
            yield begun[0], day - DAY, begun[1]
            begun = None
        if lack and begun is None:
            begun = day, lack
    if begun is not None:
        yield begun[0], None, begun[1]


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")

"""Periodic cases of an office: what its clock opens and when, what was missed, and pausing it, on record.

Whether a process's periods are paused is kept as a version that came into use (by whom, when, why): only ever added to.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from workflow.answers import PeriodShown
from workflow.engine.facts import Facts
from workflow.engine.periodic import Period, between
from workflow.errors import NotFound, Reason, Refused, WrongValue
from workflow.language.process import Periodic, Process
from workflow.office.proofs import Proofs
from workflow.office.texts import refuse_signs
from workflow.plain import canonical, digest
from workflow.ports import Deployment, Store, StoredVersion, Used

KIND = "periodic"
"""The kind of the versions that say whether a process's periods are paused."""
AHEAD = timedelta(days=366)
"""How far ahead (and back) periods are shown where no day is named."""
FARTHEST = timedelta(days=366 * 20)


class Schedule(Struct, frozen=True, kw_only=True):
    """Whether a process's cases are opened by the clock, and those of which periods: of all that begin after `since`."""

    first: datetime | None
    """When the process first came into use; None if it never did."""
    since: datetime | None
    """The same, or when its periods last went on: what began before was missed, and is opened by a backfill alone."""
    paused: Used | None = None


def schedule_of(store: Store, process: str, *, switched: bool) -> Schedule:
    """A process's schedule; `switched`: whether it was ever paused (else the record needs no looking at)."""
    first = store.deployed_since(process)
    uses = store.deployments(KIND, process) if switched else []
    last = uses[-1] if uses else None
    if last is None:
        return Schedule(first=first, since=first)
    if last.hash == _version(process, paused=True).hash:
        return Schedule(first=first, since=None, paused=last)
    return Schedule(first=first, since=last.at)


def _version(process: str, *, paused: bool) -> StoredVersion:
    text = canonical({"process": process, "paused": paused})
    return StoredVersion(kind=KIND, key=process, hash=digest(text), form=1, source={}, compiled=text)


class Periods(Proofs):
    """What those who run an office do with its periodic cases."""

    def pause_periods(self, process: str, *, by: str, why: str) -> None:
        """Open no case of this process for its periods until they go on. Raises NotFound, Refused."""
        reasons = [] if why.strip() else [Reason(code="note", template="a reason is required: --why …")]
        if self._schedule(process).paused is not None:
            reasons.append(Reason(code="paused", template="its periods are paused already"))
        self._switch(process, reasons, paused=True, by=by, why=why)

    def resume_periods(self, process: str, *, by: str, why: str = "") -> None:
        """Let the clock open the cases of the periods that begin from now on. Raises NotFound, Refused."""
        running = [] if self._schedule(process).paused else [Reason(code="not-paused", template="its periods are not paused")]
        self._switch(process, running, paused=False, by=by, why=why)

    def _switch(self, process: str, reasons: list[Reason], *, paused: bool, by: str, why: str) -> None:
        refuse_signs({"why": why}, lines=True)
        if reasons:
            raise Refused(what=process, reasons=reasons)
        version = _version(process, paused=paused)
        self.store.deploy([Deployment(version=version, at=self.clock.now(), by=by, why=why)])

    def _schedule(self, key: str) -> Schedule:
        """A process's schedule. Raises NotFound, Refused for one that has no periods."""
        if not self.definitions.process(key).periodic:
            known = [one for one in self.definitions.in_use() if self.definitions.process(one).periodic]
            raise NotFound(kind="periodic process", name=key, known=known)
        return schedule_of(self.store, key, switched=(KIND, key) in self.store.current())

    # ---- looking ahead ----

    def periods(self, *, actor: str, until: date | None = None) -> list[PeriodShown]:
        """The periods of every process by when they begin: what was opened in the last year, what was missed, and what will
        be opened up to a day (a year ahead, if none is named). Raises WrongValue for one too far ahead.
        """
        facts = self._facts_for(actor)
        found: list[PeriodShown] = []
        for key in self.definitions.in_use():
            process = self.definitions.process(key)
            for rule in process.periodic:
                found += self._periods(process, rule, facts, actor, self._end(until, facts))
        return sorted(found, key=lambda one: (one.at, one.process, one.period))

    def _end(self, until: date | None, facts: Facts) -> datetime:
        if until is None:
            return facts.now + AHEAD
        end = datetime.combine(until, time.max, tzinfo=self.zone)
        if end > facts.now + FARTHEST:
            raise WrongValue(field="until", value=until.isoformat(), expected="a day of the next twenty years")
        return end

    def _periods(self, process: Process, rule: Periodic, facts: Facts, actor: str, end: datetime) -> Iterator[PeriodShown]:
        schedule, have = self._schedule(process.key), self.store.periods(process.key)
        if schedule.first is None:
            return
        for period in between(process, rule, facts, schedule.first, end):
            shown = self._period(process, period, schedule, have, facts, actor)
            if shown.state != "opened" or period.at > facts.now - AHEAD:
                yield shown

    def _period(
        self, process: Process, period: Period, schedule: Schedule, have: Mapping[str, str], facts: Facts, actor: str
    ) -> PeriodShown:
        shown = PeriodShown(process=process.key, title=process.title.to(self.language), period=period.key, at=period.at, state="coming")
        if period.key in have:
            case = have[period.key]
            return replace(shown, state="opened", case=case if self._sees(case, actor, facts) else "")
        if schedule.paused is not None:
            return replace(shown, state="paused", why=schedule.paused.why)
        if schedule.since is not None and period.at <= schedule.since:
            return replace(shown, state="missed")
        return shown

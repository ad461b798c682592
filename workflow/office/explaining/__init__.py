"""Why a deadline is when it is: its rule, what happened to it, and a ledger a day a line that ends on its due.

An open deadline is explained by what is known now, a settled one by what was known when it was settled: the case, the
version of its process, the organisation and the calendar of that time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from workflow.answers import CourseLine, DeadlineExplained, LedgerLine
from workflow.engine import deadlines as dl
from workflow.engine.clocks import PAUSE
from workflow.engine.facts import Facts, Wanting
from workflow.engine.history import fold, version_of
from workflow.engine.moments import When, chosen, counted, counting
from workflow.errors import HosoError
from workflow.language.process import Due, Moment, Process
from workflow.model import Deadline, Entry, Happening
from workflow.office import histories, words
from workflow.office.definitions import Definitions
from workflow.office.explaining.days import lines_of
from workflow.office.explaining.sharing import Known, share_text
from workflow.phrases import phrase
from workflow.ports import Used


class Explaining(Struct, kw_only=True):
    """Explains the deadlines of one case."""

    definitions: Definitions
    now: Known
    entries: Sequence[Entry]
    used: Sequence[Used]
    """When each version of the calendar came into use."""
    above: Known | None = None
    """The case above, if whoever asks sees it."""

    def explained(self, deadline: Deadline) -> DeadlineExplained:
        """The deadline with its ledger. A rule that can't be found any more leaves an empty ledger."""
        known, rule = self._follows_from(deadline)
        lines: list[LedgerLine] = []
        start, calendar, holds = dl.open_at(deadline), "", None
        if rule is not None:
            when = _when(known, rule, deadline)
            calendar, holds = _calendar(counting(rule.at, when)), chosen(rule.at, when)
            start = (counted(rule.at, when) or (start,))[0]
            lines = lines_of(rule, deadline, when, self._named(known), deadline.settled or self.now.facts.now)
        version = known.facts.versions.get("calendar", "")
        used = next((one for one in reversed(self.used) if one.hash == version), None)
        return DeadlineExplained(
            case=known.file.case.number,
            deadline=words.deadline_shown(known.process, deadline, self.now.facts),
            rule=rule_text(rule.at, known.facts) if rule else "",
            start=start,
            lines=tuple(lines),
            chosen=holds.source if holds else "",
            calendar=version[:12],
            calendar_name=calendar,
            calendar_since=used.at if used else None,
            calendar_by=used.why if used else "",
            course=tuple(self._course(deadline)),
            share=share_text(known, rule, self.above, self.entries[0], self.now.facts.language),
        )

    # ---- what it follows from ----

    def _follows_from(self, deadline: Deadline) -> tuple[Known, Due | None]:
        """What the due follows from, and its rule: of what is known now or was when it was settled or given its due, the
        first that gives the due.
        """
        for known in self._candidates(deadline):
            try:
                enough = self._enough(known, deadline)
            except HosoError:
                continue  # what was named then is there no more
            if enough is not None:
                return enough
        return self.now, None

    def _candidates(self, deadline: Deadline) -> Iterator[Known]:
        if deadline.settled is None:
            yield self.now
        states = [(index, one) for index, entry in enumerate(self.entries) if (one := _delta(entry).get(deadline.key)) is not None]
        settled = [index for index, one in states if one.get("settled") is not None]
        dues = [index for at, (index, one) in enumerate(states) if not at or states[at - 1][1]["due"] != one["due"]]
        for index in settled[:1]:
            yield from (self._at(index, before) for before in (1, 0) if index >= before)
        for index in reversed(dues):
            yield self._at(index, 0)
        yield self.now

    def _at(self, index: int, before: int) -> Known:
        """What was known by an entry: the case after it (`before` 1: before it)."""
        entry, file = self.entries[index], fold(self.entries[: index + 1 - before])
        versions = {kind: hash_ for kind, hash_ in json.loads(entry.text)["versions"].items() if kind != "process"}
        facts = self.definitions.facts(entry.at, versions=versions)
        process = self.definitions.version(version_of(self.entries[index - before]))
        return Known(process=process, file=file, facts=facts)

    def _enough(self, known: Known, deadline: Deadline) -> tuple[Known, Due] | None:
        """What is known, with what its rule wants beside, and the rule; None if another due follows from it."""
        rule = dl.rule_of(known.process, deadline)
        while rule is not None:
            try:
                due = dl.due_now(rule, deadline, _when(known, rule, deadline))
            except Wanting as wanting:
                known = Known(process=known.process, file=known.file, facts=self.definitions.beside(known.facts, wanting.needs))
            else:
                return (known, rule) if due == deadline.due else None
        return None

    # ---- what happened ----

    def _named(self, known: Known) -> "Namer":
        return Namer(process=known.process, entries=self.entries, facts=self.now.facts)

    def _course(self, deadline: Deadline) -> Iterator[CourseLine]:
        """Each entry that changed the deadline's due or status, as history tells it."""
        before: Mapping[str, Any] = {}
        for entry in self.entries:
            after = _delta(entry).get(deadline.key)
            if after is None or (before and _seen(before) == _seen(after)):
                continue
            shown = histories.entry_shown(self.definitions.version(version_of(entry)), entry, self.now.facts, inner=False)
            yield CourseLine(
                seq=entry.seq,
                at=entry.at,
                title=shown.title,
                actor=entry.actor,
                actor_title=shown.actor_title,
                note=shown.note,
                before=datetime.fromisoformat(before["due"]) if before else None,
                after=datetime.fromisoformat(after["due"]),
                status=after["status"],
            )
            before = after


class Namer(Struct, frozen=True, kw_only=True):
    """Says what did a thing that happened to a clock, with the number of its entry."""

    process: Process
    entries: Sequence[Entry]
    facts: Facts

    def __call__(self, event: Happening) -> str:
        """What did it: "Trình BTV (entry 7, 20/11/2026)"."""
        act = self._act(event)
        return phrase("{act} (entry {seq}, {day})", self.facts.language, act=act, seq=event.seq, day=self._day(event.at))

    def _day(self, at: datetime) -> str:
        return at.astimezone(self.facts.zone).strftime("%d/%m/%Y")

    def _act(self, event: Happening) -> str:
        key = event.by.removeprefix("state:")
        if event.by == PAUSE:
            return phrase("the pause of the case", self.facts.language)
        if event.by.startswith("state:") and key in self.process.state_of:
            return self.process.state_of[key].title.to(self.facts.language)
        entry = next((one for one in self.entries if one.seq == event.seq), None)
        return histories.entry_shown(self.process, entry, self.facts, inner=False).title if entry is not None else key


def _when(known: Known, rule: Due, deadline: Deadline) -> When:
    return When(
        process=known.process,
        file=known.file,
        facts=known.facts,
        entry=dl.open_at(deadline),
        asked=deadline.asked,
        calendar=rule.calendar,
    )


def _calendar(when: When) -> str:
    """What the calendar is called that counts."""
    return when.facts.calendars.called(when.calendar, when.asked or when.file.case.unit)


def _delta(entry: Entry) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in json.loads(entry.payload)["delta"].get("deadlines", ())}


def _seen(deadline: Mapping[str, Any]) -> tuple[Any, Any]:
    return deadline["due"], deadline["status"]


def rule_text(moment: Moment, facts: Facts) -> str:
    """The rule as it was written."""
    if moment.branches:
        parts = [
            f"{phrase('if', facts.language)} {one.when.source}: {one.then.source}" if one.when else one.then.source
            for one in moment.branches
        ]
        return "; ".join(parts)
    return moment.source

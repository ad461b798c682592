"""Bringing an amended calendar into use: every open deadline that it moves, seen before and done after by the same planner.

The calendar comes into use first, then each case is moved in a transaction of its own. A mark in the store says by which
calendar all open deadlines were counted: what was broken off is gone on with, by the next call or by the worker.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from workflow.answers import DeadlineRecounted
from workflow.calendar import Calendars, Changed
from workflow.engine.facts import Facts
from workflow.errors import Conflict, HosoError, Refused
from workflow.logs import LOG
from workflow.model import CLOCK, Recount, Viewer
from workflow.office import histories, words
from workflow.office.acting import Outcome
from workflow.office.reading import Reading
from workflow.ports import Deployment, StoredVersion

COUNTED = "counted"
"""The kind of the mark: the calendar by which all open deadlines were counted."""


def mark(calendar: str, *, at: datetime, by: str = "", why: str = "") -> Deployment:
    """The mark that all open deadlines follow this version of the calendar. It has nothing that a newer program could compile anew."""
    version = StoredVersion(kind=COUNTED, key="", hash=calendar, form=0, source={}, compiled="{}")
    return Deployment(version=version, at=at, by=by, why=why)


class Recounting:
    """Moves open deadlines to the calendar in use, or shows how another one would move them."""

    def __init__(self, office: Reading) -> None:
        self._office = office
        self.failed: dict[str, str] = {}
        """Case → why its deadlines could not be worked out."""

    def _versions(self) -> tuple[str, str]:
        """The calendar in use, and the one that deadlines were last counted by; '' = none."""
        used = self._office.store.current()
        return used.get(("calendar", ""), ""), used.get((COUNTED, ""), "")

    @property
    def owed(self) -> bool:
        """Whether a calendar is in use that the open deadlines may not follow yet."""
        used, counted = self._versions()
        return bool(used) and used != counted

    def told_failed(self, viewer: Viewer) -> tuple[str, ...]:
        """What could not be worked out, a line a case that the viewer may see (law 7)."""
        return tuple(f"{case}: {reason}" for case, reason in self.failed.items() if self._office.store.sees(case, viewer))

    def preview(self, version: str, calendars: Calendars, viewer: Viewer) -> Iterator[DeadlineRecounted]:
        """What would move under this calendar; nothing is written. A case that can't be worked out goes to `failed`."""
        yield from self._each(viewer, "", "", {"calendar": (version, calendars)}, dry_run=True)

    def carry_out(self, viewer: Viewer) -> Iterator[DeadlineRecounted]:
        """Move them, each case by itself, and mark that it is done. Whatever was moved before stays as it is; who brought the
        calendar into use, and why, goes into each case's history.
        """
        used, _ = self._versions()
        deployed = [one for one in self._office.store.deployments("calendar", "") if one.hash == used]
        by, why = (deployed[-1].by, deployed[-1].why) if deployed else ("", "")
        yield from self._each(viewer, by, why, {}, dry_run=False)
        if not any(reason == Conflict.code for reason in self.failed.values()):
            self._office.store.deploy([mark(used, at=self._office.clock.now(), by=by, why=why)])

    def _each(self, viewer: Viewer, by: str, why: str, beside: dict[str, Any], *, dry_run: bool) -> Iterator[DeadlineRecounted]:
        counted = self._versions()[1]
        beside |= {"earlier": self._office.definitions.calendars(counted) if counted else None}
        for number in self._office.store.owing_cases():
            act = Recount(actor=CLOCK, request_id=secrets.token_hex(16), case=number, note=why, by=by)
            try:
                outcome = self._office.acting.do(act, case=number, dry_run=dry_run, facts=beside)
            except HosoError as error:
                self._not_moved(number, error)
            else:
                yield from self._seen(outcome, viewer)

    def _not_moved(self, number: str, error: HosoError) -> None:
        """Nothing of it moves, or it could not be worked out."""
        if isinstance(error, Refused) and [reason.code for reason in error.reasons] == ["not-due"]:
            return
        self.failed[number] = error.code if isinstance(error, Conflict) else error.message(self._office.language)
        LOG.warning("deadlines not worked out anew", extra={"facts": {"case": number, "error": error.code}})

    def _seen(self, outcome: Outcome, viewer: Viewer) -> Sequence[DeadlineRecounted]:
        case = outcome.part.case
        if case.secret and not self._office.store.sees(case.number, viewer):
            return ()
        return moved_shown(outcome)


def moved_shown(outcome: Outcome) -> list[DeadlineRecounted]:
    """The deadlines that an outcome moved, for people."""
    part, facts = outcome.part, outcome.facts
    after = {one.key: one for one in part.deadlines}
    return [_shown(outcome, record, after[record["deadline"]], facts) for draft in part.drafts for record in draft.data.get("moved", ())]


def day_record(day: Changed) -> dict[str, Any]:
    """A changed day as history keeps it."""
    return {"day": day.on, "why": day.why, "by": day.by, "works": day.works}


def _shown(outcome: Outcome, record: dict[str, Any], deadline: Any, facts: Facts) -> DeadlineRecounted:
    case, process = outcome.part.case, outcome.process
    return DeadlineRecounted(
        case=case.number,
        title=case.title,
        deadline=deadline.key,
        on=words.on_text(process, deadline, facts),
        status=deadline.status.value,
        before=record["before"],
        after=record["after"],
        rung_before=record.get("rung_before"),
        rung_after=record.get("rung_after"),
        overdue=deadline.due <= facts.now,
        was_overdue=record["before"] <= facts.now,
        why=tuple(histories.day_text(day, facts.language) for day in record["days"]),
    )

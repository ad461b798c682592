"""An amended calendar, as `hoso calendar apply` and `hoso deploy` bring it into use: seen first, then done, by one planner."""

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from workflow.answers import CalendarApplied, DeadlineRecounted, Deployed
from workflow.authoring.definitions import Compiled
from workflow.authoring.deploy import Runner, calendar_of, deploy, deploy_calendar
from workflow.calendar import Calendars, changes
from workflow.errors import NotDeployed, StillNeeded
from workflow.model import Viewer
from workflow.office import Office
from workflow.office.definitions import in_office
from workflow.office.histories import day_text
from workflow.office.recounting import Recounting, day_record


def _nothing(_compiled: Compiled) -> None:
    """Nobody looks."""


class Amending(Struct, frozen=True, kw_only=True):
    """The files of a definitions folder on their way into an office. `viewer` is told of the cases that they may see."""

    office: Office
    files: Mapping[str, bytes]
    viewer: Viewer
    by: str = ""
    why: str = ""
    dry_run: bool = False
    look: Callable[[Compiled], None] = _nothing
    """Sees the definitions once they are right, before anything comes into use."""

    def apply(self) -> CalendarApplied:
        """Bring the calendar alone into use, and move what it moves; with `dry_run`, show that.

        Raises DefinitionsWrong for a wrong file, NotDeployed before the first deployment, StillNeeded.
        """
        meant = calendar_of(self.files)
        calendars, before = in_office(meant, self.office.settings), self._in_use()
        if before is None:
            raise NotDeployed
        self._keep_named(before, calendars, self.office.definitions.in_use().items())
        changed = meant.version != self.office.store.current()["calendar", ""]
        recounting = Recounting(self.office)
        if changed and not self.dry_run:
            deploy_calendar(self.office.store, self.files, at=self.office.clock.now(), by=self.by, why=self.why)
        moved = self._moved(recounting, meant.version, calendars)
        return CalendarApplied(
            version=meant.version[:12],
            changed=changed,
            dry_run=self.dry_run,
            days=self._differences(before, calendars),
            moved=tuple(moved),
            failed=recounting.told_failed(self.viewer),
        )

    def deploy(self, run: Runner) -> Deployed:
        """Bring the whole folder into use, and move what its calendar moves; with `dry_run`, show that.

        Raises DefinitionsWrong, StillNeeded; then nothing was deployed.
        """
        store, at = self.office.store, self.office.clock.now()
        before, found = self._in_use(), list[Calendars]()

        def allow(compiled: Compiled) -> None:
            if compiled.calendar is not None:
                found.append(compiled.calendar)
                self._keep_named(before, compiled.calendar)
            self.look(compiled)

        done = deploy(store, self.files, run, at=at, by=self.by, why=self.why, dry_run=self.dry_run, allow=allow)
        if self.dry_run and (before is None or "calendar" not in done.changed):
            return done
        recounting = Recounting(self.office)
        moved = self._moved(recounting, found[0].version, in_office(found[0], self.office.settings))
        return replace(done, moved=tuple(moved), warnings=(*done.warnings, *recounting.told_failed(self.viewer)))

    def _moved(self, recounting: Recounting, version: str, calendars: Calendars) -> Iterable[DeadlineRecounted]:
        if self.dry_run:
            return list(recounting.preview(version, calendars, self.viewer))
        return list(recounting.carry_out(self.viewer)) if recounting.owed else ()

    def _in_use(self) -> Calendars | None:
        try:
            return self.office.definitions.facts(self.office.clock.now()).calendars
        except NotDeployed:
            return None

    def _differences(self, before: Calendars, after: Calendars) -> tuple[str, ...]:
        """The days that the office's own calendar counts otherwise than before."""
        named = [special.on for calendar in (before.default, after.default) for special in calendar.special]
        found = changes(before.default, after.default, min(named), max(named)) if named else []
        return tuple(day_text(day_record(day), self.office.language) for day in found)

    def _keep_named(self, before: Calendars | None, after: Calendars, processes: Iterable[tuple[str, str]] = ()) -> None:
        """Nothing comes into use that lacks a calendar which a deadline counts by: one of a case, or of these processes
        (name, version).
        """
        gone = sorted(set(before.named) - set(after.named)) if before is not None else []
        if not gone:
            return
        looked: set[str] = set()
        for who, version in (*processes, *self._owing()):
            compiled = self._compiled(version) if version not in looked else ""
            looked.add(version)
            for name in gone:
                if re.search(rf'"calendar":"{name}"| by {name}\b', compiled):
                    raise StillNeeded(calendar=name, who=who)

    def _owing(self) -> Iterable[tuple[str, str]]:
        """(number, version of its process) of each case that has an open deadline."""
        for number in self.office.store.owing_cases():
            file = self.office.store.load(number)
            if file is not None:
                yield number, file.case.version

    def _compiled(self, version: str) -> str:
        stored = self.office.store.version("process", version)
        return stored.compiled if stored is not None else ""

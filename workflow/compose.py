"""Puts an office together from its folder: settings, store, clock, sender; and adds what those who run it do."""

import os
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from storage.store import open_store
from workflow.answers import CalendarApplied, Deployed, Finding, Ticked
from workflow.answers.changing import ProcessDiff
from workflow.answers.keeping import Restored, RestorePreview
from workflow.answers.scenarios import Recorded
from workflow.changing.trying import Trying
from workflow.changing.verbs import Changing
from workflow.errors import (
    CannotWrite,
    DefinitionsWrong,
    HosoError,
    NotFound,
    PracticeOnly,
    Problem,
    StoreNewer,
    StoreOlder,
    StoreReplaced,
    WrongValue,
    naming,
)
from workflow.language.process import Process
from workflow.model import OfficeHead, Record
from workflow.office.definitions import in_office
from workflow.office.texts import refuse_signs
from workflow.plain import canonical
from workflow.ports import Clock, Sender, Store, StoredVersion
from workflow.settings import FolderDelivery, Settings, read_settings
from workflow.timekeeping import NeverBefore, PracticeClock, SystemClock
from workflow.vietnamese import words

if TYPE_CHECKING:
    from workflow.authoring.definitions import Compiled
    from workflow.simulate import ScenarioResult
    from workflow.upkeep.backup import Made
    from workflow.upkeep.proving import Progress
    from workflow.worker import Worker

CLOCK_FILE = "var/clock.json"


def open_office(
    folder: str | Path, *, clock: Clock | None = None, environ: Mapping[str, str] | None = None, worker: bool = False
) -> "LocalOffice":
    """The office of a folder; for a `worker`, with no more rights in the database than one needs, if the login may take them.

    Raises WrongSettings, and StoreUnreachable and its kin.
    """
    settings = read_settings(Path(folder).resolve(), os.environ if environ is None else environ)
    with naming(settings.database_from):
        store = open_store(settings.database, worker=worker)
    office = LocalOffice(settings, store, clock or clock_of(settings, store))
    office._environ = environ  # noqa: SLF001 - its maker's
    return office


def clock_of(settings: Settings, store: Store) -> Clock:
    """A practice office's own clock, else the machine's: nothing happens before a day that is under a head."""
    if settings.practice:
        return PracticeClock(settings.folder / CLOCK_FILE)
    return NeverBefore(SystemClock(), lambda: head.at if (head := store.last_head()) is not None else None)


def sender_of(settings: Settings) -> Sender:
    """How this office's messages are delivered."""
    delivery = settings.delivery
    if isinstance(delivery, FolderDelivery):
        from workflow.senders.folder import FolderSender

        return FolderSender(path=delivery.path, sender=delivery.sender)
    from workflow.senders.smtp import SmtpSender

    return SmtpSender(
        host=delivery.host,
        sender=delivery.sender,
        port=delivery.port,
        starttls=delivery.starttls,
        user=delivery.user,
        password=delivery.password,
        ca_file=delivery.ca_file,
        timeout=delivery.timeout,
    )


def preview_restore(file: Path, *, clock: Clock | None = None) -> RestorePreview:
    """What the office of a backup would do and send again if it were restored now; nothing is kept. Raises BackupWrong, NoFile."""
    from workflow.upkeep.backup import unpacked
    from workflow.upkeep.restoring import preview

    with unpacked(file) as (folder, manifest):
        office = open_office(folder, clock=clock, environ={})
        try:
            return preview(office, _backed_up(manifest))
        finally:
            office.close()


def restore(
    file: Path,
    target: Path,
    *,
    late: str,
    last: Mapping[str, int],
    by: str,
    new: Mapping[str, int] | None = None,
    database: str = "",
    clock: Clock | None = None,
) -> Restored:
    """Make the office of a backup in an empty place. `late`: whether what became due since is told (fire) or not (suppress);
    `last`: series → the last number that stands on paper, `new`: of series that began after the backup; all of it is put on record.

    Raises BackupWrong, NoFile, NotEmpty, PlaceTaken, PlaceForeign, WrongValue, UnknownSeries; then there is no office.
    """
    from workflow.upkeep.backup import unpack
    from workflow.upkeep.placing import goal_of, put, workshop
    from workflow.upkeep.restoring import reserve, suppress

    goal = goal_of(target.resolve(), database)
    with workshop(goal) as folder:
        manifest = unpack(file, folder)
        with closing(open_office(folder, clock=clock, environ={})) as office:
            now, backed_up = office.clock.now(), _backed_up(manifest)
            reserved = reserve(office, last, new or {}, since=backed_up, by=by)
            suppressed = suppress(office) if late == "suppress" else 0
            facts = {"late": late, "suppressed": suppressed, "reserved": reserved, "backup": manifest["at"], "heads": manifest["heads"]}
            office.store.put_on_record(Record(kind="restore", at=now, by=by, text=canonical(facts)))
        put(folder, goal)
    return Restored(folder=str(goal.folder), backed_up=backed_up, late=late, suppressed=suppressed, reserved=reserved)


def _backed_up(manifest: Mapping[str, object]) -> datetime:
    return datetime.fromisoformat(str(manifest["at"]))


def _recompile(stored: StoredVersion) -> Process:
    from workflow.authoring.deploy import recompile

    return recompile(stored)


class LocalOffice(Changing, Trying):
    """An office on this machine: the staff's verbs, and those of whoever runs it."""

    _environ: Mapping[str, str] | None = None
    """What it was opened with beside its office.toml."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        super().__init__(settings, store, clock, _recompile)

    # ---- definitions ----

    def deploy(self, *, by: str = "", why: str = "", actor: str = "", dry_run: bool = False, every: bool = False) -> Deployed:
        """Bring the definitions folder into use; what differs in the procedures is told; of open cases, and of the
        deadlines that an amended calendar moves, those that `actor` may see. Scenarios are not played again where nothing has changed
        that their outcome hangs on, but with `every`. Raises DefinitionsWrong, StillNeeded; then nothing was deployed.
        """
        refuse_signs({"why": why}, lines=True)
        from workflow.authoring.amending import Amending
        from workflow.changing.versions import changes_of
        from workflow.simulate.playing import Played

        found: list[ProcessDiff] = []

        def look(compiled: "Compiled") -> None:
            found.extend(changes_of(self, compiled, self._sight(actor)))

        amending = Amending(office=self, files=self._files(), viewer=self._sight(actor), by=by, why=why, dry_run=dry_run, look=look)
        played = Played(self.store, self.clock, self.settings, _memory_store, every=every)
        done = amending.deploy(played.run)
        if not dry_run:
            played.keep(by=by, why=why)
            self._refresh_schemas()
        return replace(done, differences=tuple(found), unplayed=played.unplayed)

    def _refresh_schemas(self) -> None:
        """Where editors' schemas were placed, they learn the new words."""
        from workflow.authoring.deploy import FOLDER
        from workflow.authoring.editors import SCHEMAS, refresh

        if (self.folder / FOLDER / SCHEMAS).is_dir():
            with suppress(CannotWrite):  # an editor's help only: what was deployed is deployed
                refresh(self.folder / FOLDER)

    def schema(self, kind: str, process: str = "") -> dict[str, Any]:
        """The JSON Schema of a kind of definition file, with the words of this office, and of a process. Raises NotFound."""
        from workflow.authoring.editors import schema_for

        return schema_for(kind, self._files(), process)

    def place_schemas(self) -> list[str]:
        """Write the schemas of all definition files, and name them there; what was written. Raises CannotWrite."""
        from workflow.authoring.deploy import FOLDER
        from workflow.authoring.editors import place

        return place(self.folder / FOLDER)

    def apply_calendar(self, *, by: str = "", why: str = "", actor: str = "", dry_run: bool = False) -> CalendarApplied:
        """Bring the calendar of the definitions folder into use, alone, and move the open deadlines that it moves; the cases
        that `actor` may see are told of. Raises DefinitionsWrong, NotDeployed, StillNeeded.
        """
        refuse_signs({"why": why}, lines=True)
        from workflow.authoring.amending import Amending

        viewer = self._sight(actor)
        return Amending(office=self, files=self._files(), viewer=viewer, by=by, why=why, dry_run=dry_run).apply()

    def check(self, *, scenarios: bool = True) -> tuple[Problem, ...]:
        """Every problem of the definitions folder, warnings too, in file order; with `scenarios`, they are played, and what
        none of them takes is told.
        """
        from workflow.authoring.definitions import compile_definitions

        files = self._files()
        compiled = compile_definitions(files, today=self.clock.now().astimezone(self.settings.zone).date())
        if compiled.errors or not scenarios:
            return compiled.problems
        from workflow.simulate import uncovered

        return compiled.also(uncovered(files, compiled, self.settings, _memory_store))

    def check_calendar(self, *, until: int = 0, country: str = "") -> list[Finding]:
        """What the calendar of the definitions folder lacks, this year and as far as `until` (0 = the next), and where it
        differs from the public list of a country ('' = the zone's, if it is known). Raises DefinitionsWrong, WrongValue.
        """
        from workflow.authoring.calendar_check import check_calendars, checked_by
        from workflow.authoring.deploy import calendar_of

        today = self.clock.now().astimezone(self.zone).date()
        calendars = in_office(calendar_of(self._files()), self.settings)
        return check_calendars(checked_by(calendars, today, until or today.year + 1, country, self.language))

    def test(self, process: str = "") -> "list[ScenarioResult]":
        """Play the scenarios of one process, or of all. Raises DefinitionsWrong when they can't be read."""
        from workflow.authoring.deploy import check
        from workflow.simulate import read_scenarios, run_scenarios

        files = self._files()
        scenarios, problems = read_scenarios(files, process)
        compiled = check(files)
        if process and process not in compiled.processes:
            raise NotFound(kind="process", name=process, known=compiled.processes)
        if problems:
            raise DefinitionsWrong(problems)
        return run_scenarios(scenarios, compiled, self.settings, _memory_store)

    def record(self, case: str, *, actor: str) -> Recorded:
        """A scenario from what happened to a case, played at once to see whether it holds. Raises NotFound, Refused, DefinitionsWrong."""
        from workflow.authoring.deploy import check
        from workflow.simulate import read_scenarios, run_scenarios
        from workflow.simulate.recording import record

        file = self._seen(case, actor)[1]
        text, name = record(self, case), f"{file.case.process}/scenarios/{slug(case)}.yaml"
        scenarios, problems = read_scenarios({name: text.encode()})
        if problems:
            return Recorded(
                case=case, file=name, text=text, passed=False, place=str(problems[0].place), message=problems[0].said(self.language)
            )
        (result,) = run_scenarios(scenarios, check(self._files()), self.settings, _memory_store)
        return Recorded(case=case, file=name, text=text, passed=result.passed, place=result.place, message=result.message)

    # ---- the worker ----

    @cached_property
    def _worker(self) -> "Worker":
        from workflow.worker import Worker

        return Worker(self, sender_of(self.settings))

    def tick(self, *, backfill: bool = False, since: date | None = None) -> Ticked:
        """One look of the worker. `backfill`: the cases of periods that were missed are opened too, of those that began from
        `since` on (left out: from when each process came into use).
        """
        start = datetime.combine(since, time(0), tzinfo=self.zone) if since is not None else None
        return self._worker.tick(backfill=backfill, since=start)

    def drain(self) -> Ticked:
        """Look until nothing more is due that can be done."""
        return self._worker.drain()

    def run_worker(self) -> None:
        """Look every second until told to end (SIGTERM, Ctrl-C); the look that runs is finished first. Raises StoreNewer or StoreOlder
        once the database has another schema, StoreReplaced once it is another: a worker can do no more there.
        """
        from workflow.logs import log_to
        from workflow.schedule import run, stay

        log_to()
        stay()
        run(self._worker.tick, on_error=self._tick_failed, last=(StoreNewer, StoreOlder, StoreReplaced))

    def _tick_failed(self, error: Exception) -> None:
        """What the world did (a full disk …) is logged; a fault of ours goes to var/errors.log under an id."""
        from workflow.logs import LOG, fault

        if isinstance(error, HosoError):
            LOG.error("a tick failed", extra={"facts": {"error": error.code, "why": error.message()}})
        else:
            LOG.error("a tick failed", extra={"facts": {"fault": fault(error, self.folder)}})

    # ---- upkeep ----

    def close(self) -> None:
        """Give back the store's connections."""
        self.store.close()

    def verify(
        self, case: str = "", *, since: date | None = None, against: str | None = None, progress: "Progress | None" = None
    ) -> list[Finding]:
        """What of all, a case, or the cases since a day is not as it was written, or as the head `against` says. Raises NotFound."""
        from workflow.office.seats_then import SeatsThen
        from workflow.upkeep.heads import verify_heads
        from workflow.upkeep.proving import Proof

        seats = SeatsThen(self.store, self.definitions)
        proof = Proof(store=self.store, language=self.language, recompile=_recompile, seated=seats)
        if case:
            if self.store.load(case) is None:
                raise NotFound(kind="case", name=case)
            found = list(proof.of_case(case))
        else:
            start = datetime.combine(since, time(0), tzinfo=self.zone) if since is not None else None
            found = list(proof.of_office(since=start, progress=progress or (lambda _: None)))
        return found + [one.to(self.language) for one in (verify_heads(self.store, against) if against is not None else ())]

    def head(self) -> OfficeHead | None:
        """The newest head of the chain over the whole office, that of the days until today; None while nothing is under one."""
        from workflow.office.heads import add_head, due_until

        return add_head(self.store, due_until(self.clock.now(), self.zone))

    def backup(self, file: Path, *, by: str = "") -> "Made":
        """Write the whole office into a new file, proved, and put it on record.

        Raises CannotWrite, StoreCorrupt; BackupUnrecorded, and then the file is there and good.
        """
        from workflow.upkeep.backup import backup, unrecorded

        now = self.clock.now()
        made = backup(self.folder, file, now, self._environ)
        facts = {"file": str(file.absolute()), "sha256": made.sha256, "size": made.size, "heads": made.heads}
        with unrecorded(made, self.settings.database_shown):
            self.store.put_on_record(Record(kind="backup", at=now, by=by, text=canonical(facts)))
        return made

    def doctor(self) -> list[Finding]:
        """What an operator should know today."""
        from workflow.upkeep.examining import examine

        return examine(self)

    def move_clock(self, text: str) -> datetime:
        """Move a practice office's clock: `+3d`, `+4h`, `+30m`, or a local time `2026-12-01 08:00`.

        Back in time only before the first deploy. Raises PracticeOnly, WrongValue.
        """
        if not isinstance(self.clock, PracticeClock):
            raise PracticeOnly
        moment = self._moved(text.strip())
        self.clock.move_to(moment)
        return moment

    def _moved(self, text: str) -> datetime:
        units = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "w": timedelta(weeks=1)}
        wrong = WrongValue(field="clock", value=text, expected="a move such as +3d, +4h, +30m, or a later time such as 2026-12-01 08:00")
        now = self.clock.now()
        try:
            if text.startswith("+"):
                moment = now + int(text[1:-1]) * units[text[-1]]
            else:
                local = datetime.fromisoformat(text)
                moment = local.replace(tzinfo=local.tzinfo or self.zone).astimezone(UTC)
        except (ValueError, KeyError, OverflowError):
            raise wrong from None
        if moment < now and self.store.current():  # nothing may happen before what happened; an unused office may start any day
            at = now.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
            raise WrongValue(
                field="clock", value=text, expected="later than {at}: once something was deployed, time never goes back", at=at
            )
        return moment


def slug(number: str) -> str:
    """A case's number as a file's name: `001/2026-VV` → `001-2026-vv`."""
    return "-".join(words(number)) or "case"


def _memory_store() -> Store:
    return open_store("sqlite://", create=True)

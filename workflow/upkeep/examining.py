"""`hoso doctor`: what an operator should know today."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from workflow.answers import Finding
from workflow.engine.charge import away_at_due, away_text
from workflow.engine.notify import due_text
from workflow.model import Viewer
from workflow.office import Office
from workflow.office.periods import KIND, schedule_of
from workflow.office.recounting import Recounting
from workflow.office.words import on_text
from workflow.phrases import phrase
from workflow.sharing import is_shared

SILENT = timedelta(minutes=5)
"""A worker that has not beaten for so long is taken for dead."""
OLD_BACKUP = 2
"""Days after which a backup is an old one."""
AHEAD = timedelta(days=28)
"""How far ahead it is looked who will be away when something is due."""
MIB = 1024 * 1024
LITTLE, NONE = 200 * MIB, MIB
"""Of so little room on a disk is warned; with so little, acts fail."""
MOST = 1000
SHOWN = 20
"""What is due and not fired is listed one by one up to so many."""
LATE = timedelta(minutes=2)
"""A rung that is due for longer than this was not fired in time."""


def examine(office: Office) -> list[Finding]:
    """Every finding, `ok` ones too, so that silence never means that nothing was looked at."""
    checks: tuple[Callable[[Office], Iterator[Finding]], ...] = (
        _database,
        _disk,
        _folder,
        _workers,
        _rungs,
        _failed,
        _away,
        _outbox,
        _periods,
        _calendar,
        _backup,
    )
    found: list[Finding] = []
    for check in checks:
        found += list(check(office)) or [_ok(office, check.__name__.strip("_"))]
    return found


def _ok(office: Office, what: str) -> Finding:
    return Finding(level="ok", what=what, message=phrase("in order", office.language))


def _find(office: Office, level: str, what: str, template: str, hint: str = "", **facts: object) -> Finding:
    language = office.language
    return Finding(
        level=level, what=what, message=phrase(template, language, **facts), hint=phrase(hint, language, **facts) if hint else ""
    )


def _database(office: Office) -> Iterator[Finding]:
    for fault in office.store.integrity():
        yield Finding(level="error", what="database", message=fault.message(office.language), hint=fault.way_out(office.language))


def _disk(office: Office) -> Iterator[Finding]:
    """Whether anything can be written where the office lies, and, where its cases lie in a file, there."""
    kind, _, file = office.settings.database.partition(":///")
    places = {office.folder: None, **({Path(file.partition("?")[0]).parent: None} if kind == "sqlite" else {})}
    for place in places:
        disk = os.statvfs(place)
        room = disk.f_bavail * disk.f_frsize
        if disk.f_flag & os.ST_RDONLY:
            hint = "Have it mounted to be written again; see first in the system's log why it is not. What only reads works meanwhile."
            yield _find(
                office, "error", "disk", "the disk of {path} is mounted read-only: nothing can be done in the office", hint, path=place
            )
        elif room < LITTLE:
            level, hint = (
                "warning" if room > NONE else "error",
                "Make room on it. What only reads works without, and a backup onto another disk.",
            )
            yield _find(office, level, "disk", "the disk of {path} has room for {room} MiB more", hint, path=place, room=room // MIB)


def _folder(office: Office) -> Iterator[Finding]:
    if is_shared(office.folder):
        yield from _shared(office)
        return
    for path in (office.folder, office.folder / "office.toml", _database_file(office)):
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield _find(
                office, "warning", "folder", "others may read {path}", "Take their rights away: chmod go= …", path=_short(path, office)
            )


def _shared(office: Office) -> Iterator[Finding]:
    """An office that a group of logins shares: whether the whole group can use all of it, and nobody else any of it."""
    group, folder = office.folder.stat().st_gid, office.folder
    database, var = _database_file(office), folder / "var"
    sides = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
    written = [folder, database, *sides, var, var / "clock.json", var / "errors.log", var / "outbox", *sorted(var.glob("outbox/*.eml"))]
    read = [folder / "office.toml", folder / "definitions", *sorted((folder / "definitions").rglob("*"))]
    for path, needs in [*((path, stat.S_IRGRP | stat.S_IWGRP) for path in written), *((path, stat.S_IRGRP) for path in read)]:
        with suppress(FileNotFoundError):  # side files and messages come and go
            found, short = path.stat(), _short(path, office)
            enters = stat.S_IXGRP | (stat.S_ISGID if path in written else 0) if path.is_dir() else 0
            if found.st_mode & stat.S_IRWXO:
                yield _find(office, "warning", "folder", "others may read {path}", "Take their rights away: chmod o= …", path=short)
            if found.st_gid != group or ~found.st_mode & (needs | enters):
                hint = "Let the group in: chgrp -R GROUP … and chmod g+rwX … (folders g+s too)."
                yield _find(office, "warning", "folder", "the group that shares the office can't use {path}", hint, path=short)


def _database_file(office: Office) -> Path:
    """The file of an office on SQLite; of another, where it would be."""
    kind, _, path = office.settings.database.partition(":///")
    return Path(path) if kind == "sqlite" else office.folder / "hoso.db"


def _short(path: Path, office: Office) -> str:
    if path == office.folder or not path.is_relative_to(office.folder):
        return "." if path == office.folder else str(path)
    return str(path.relative_to(office.folder))


def _workers(office: Office) -> Iterator[Finding]:
    now, workers = office.clock.now(), office.store.workers()
    alive = [name for name, beat in workers.items() if abs(now - beat) < SILENT]
    if not alive:
        yield _find(office, "warning", "worker", "no worker is running: nothing is sent by itself", "Start one: hoso worker")
    last = max(workers.items(), key=lambda one: one[1], default=None)
    if last is not None and not alive and last[1] < now:
        yield _find(office, "warning", "worker", "the worker {name} was last heard of at {at}", name=last[0], at=_time(last[1], office))
    for name, beat in workers.items():
        if beat > now + SILENT:
            yield _find(
                office,
                "warning",
                "clock",
                "the worker {name} was heard of at {at}, which is still to come",
                "Set the machine's clock.",
                name=name,
                at=_time(beat, office),
            )


def _time(moment: datetime, office: Office) -> str:
    return moment.astimezone(office.zone).strftime("%d/%m/%Y %H:%M")


def _rungs(office: Office) -> Iterator[Finding]:
    """What is due and was not fired: each, up to a page; then how many more."""
    due = office.store.due(office.clock.now() - LATE, MOST)
    facts = office.definitions.facts(office.clock.now())
    for number, key in due[:SHOWN]:
        file = office.store.load(number)
        deadline = next((one for one in file.deadlines if one.key == key), None) if file is not None else None
        if file is None or deadline is None or deadline.next_at is None:
            continue  # fired in the meantime
        on = on_text(office.definitions.version(file.case.version), deadline, facts)
        since = _time(deadline.next_at, office)
        yield _find(
            office, "error", "deadline", "{case}: {on} is due since {at} and not fired", "Run: hoso tick", case=number, on=on, at=since
        )
    if len(due) > SHOWN:
        yield _find(office, "error", "deadline", "{count} more are due and not fired", "Run: hoso tick", count=len(due) - SHOWN)


def _failed(office: Office) -> Iterator[Finding]:
    for number in office.store.failing_cases():
        case = office.last_case(number)
        for key, why in (case.failed if case else {}).items():
            action = key.partition("@")[0]
            yield _find(office, "error", "rung", "{case}: the clock could not do '{action}': {why}", case=number, action=action, why=why)


def _away(office: Office) -> Iterator[Finding]:
    """What falls due in the next weeks while those in charge are away."""
    now, everything = office.clock.now(), Viewer(everything=True)
    facts = office.definitions.facts(now)
    for row in office.store.overdue(now + AHEAD, everything, MOST):
        file = office.store.load(row.case) if row.deadline.due > now else None
        process = office.definitions.version(row.version)
        if file is None:
            continue
        found = office.definitions.enough(facts, partial(away_at_due, process, file, row.deadline))
        for one in found:
            who, due = away_text(one, facts), due_text(row.deadline.due, facts)
            yield _find(
                office, "warning", "away", "{case} is due {due}: {who}", "Assign it anew, or delegate.", case=row.case, due=due, who=who
            )


def _outbox(office: Office) -> Iterator[Finding]:
    for message in office.store.failed_messages():
        level = "error" if message.state == "given up" else "warning"
        yield _find(
            office,
            level,
            "outbox",
            "a message to {person} was not delivered after {tries} tries: {why}",
            person=message.person,
            tries=message.tries,
            why=message.error,
        )


def _periods(office: Office) -> Iterator[Finding]:
    for kind, process in office.store.current():
        paused = schedule_of(office.store, process, switched=True).paused if kind == KIND else None
        if paused is not None:
            yield _find(
                office,
                "warning",
                "periods",
                "the periods of {process} are paused since {at} by {by}: {why}",
                "Let them go on: hoso periodic resume {process}",
                process=process,
                at=_time(paused.at, office),
                by=paused.by,
                why=paused.why,
            )


def _backup(office: Office) -> Iterator[Finding]:
    last = office.store.last_record("backup")
    hint = "Make one: hoso backup FILE, on another disk."
    if last is None:
        if any(True for _ in office.store.all_cases()):
            yield _find(office, "warning", "backup", "there is no backup of this office", hint)
        return
    days = (office.clock.now() - last.at).days
    at = _time(last.at, office)
    if days >= OLD_BACKUP:
        yield _find(office, "warning", "backup", "the last backup is {days} days old ({at})", hint, days=days, at=at)
    else:
        yield _find(office, "ok", "backup", "the last backup is of {at}", at=at)


def _calendar(office: Office) -> Iterator[Finding]:
    if Recounting(office).owed:
        template = "the deadlines of open cases don't all follow the calendar in use yet"
        yield _find(office, "error", "calendar", template, "Run: hoso calendar apply")
    facts = office.definitions.facts(office.clock.now())
    for year in sorted({facts.today.year, (facts.today + timedelta(days=60)).year}):
        if not facts.calendars.default.covers(year):
            yield _find(
                office,
                "warning",
                "calendar",
                "the calendar knows no holidays of {year}",
                "Add them to definitions/calendar.yaml.",
                year=year,
            )

"""The definitions in use: processes by version, organisation and calendars, read from the store and kept."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.calendar import Calendars
from workflow.engine.facts import Facts, Wanting
from workflow.errors import NoProgramme, NotDeployed, NotFound
from workflow.language.process import FORM, DocumentType, Process, load
from workflow.model import Case, CaseFile, Needs, SeriesKey, Viewer
from workflow.organisation import Organisation
from workflow.plain import from_plain
from workflow.ports import Store, StoredVersion
from workflow.programme import Programme
from workflow.settings import Settings

T = TypeVar("T")
Recompile = Callable[[StoredVersion], Process]
"""Compiles a stored source again, when its compiled form is of another program's number."""

_ALL_NOTICES = 1_000_000
"""More notices than any case has."""


class Kept(Struct):
    """The versions that were read, by hash. Offices of the same settings may read them together."""

    processes: dict[str, Process] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    calendars: dict[str, Calendars] = field(default_factory=dict)


class Definitions:
    """What an office works by. Versions never change, so each is read once; which are in use is asked anew each act."""

    def __init__(self, store: Store, settings: Settings, recompile: Recompile) -> None:
        self._store, self._settings, self._recompile = store, settings, recompile
        self.kept = Kept()
        self._plainly: Facts | None = None
        """The facts that were asked for last, with nothing beside them."""

    def in_use(self) -> dict[str, str]:
        """Process key → the hash of its version in use. Raises NotDeployed."""
        found = {key: hash_ for (kind, key), hash_ in self._store.current().items() if kind == "process"}
        if not found:
            raise NotDeployed
        return found

    def process(self, key: str, used: Mapping[tuple[str, str], str] | None = None) -> Process:
        """The version in use of a process; `used`: what is in use, if it is known already. Raises NotFound, NotDeployed."""
        hash_ = None if used is None else used.get(("process", key))
        if hash_ is not None:
            return self.version(hash_)
        known = self.in_use()
        if key not in known:
            raise NotFound(kind="process", name=key, known=known)
        return self.version(known[key])

    def version(self, hash_: str) -> Process:
        """A kept version of a process: what a case opened with it obeys (law 5)."""
        if hash_ not in self.kept.processes:
            stored = self._store.version("process", hash_)
            if stored is None:
                raise NotFound(kind="version", name=hash_)
            process = load(json.loads(stored.compiled)) if stored.form == FORM else self._recompile(stored)
            vars(process)["version"] = hash_  # known already: no need to hash it again
            self.kept.processes[hash_] = process
        return self.kept.processes[hash_]

    def keeper(self, case: Case) -> Process:
        """The procedure that says how long a case is kept, and who may dispose of it: the version in use, unless that knows the case's
        state no more; then its own.
        """
        own = self.version(case.version)
        found = self.process(case.process) if case.process in self.in_use() else own
        return found if case.state in found.state_of else own

    def _organisation(self, hash_: str) -> Organisation:
        if hash_ not in self.kept.organisations:
            self.kept.organisations[hash_] = from_plain(Organisation, json.loads(self._kept("organisation", hash_)))
        return self.kept.organisations[hash_]

    def calendars(self, hash_: str) -> Calendars:
        """A kept version of the calendars, in the office's zone."""
        if hash_ not in self.kept.calendars:
            calendars = from_plain(Calendars, json.loads(self._kept("calendar", hash_)))
            self.kept.calendars[hash_] = in_office(calendars, self._settings)
        return self.kept.calendars[hash_]

    def programme(self) -> Programme:
        """The programme that the office works under. Raises NoProgramme."""
        hash_ = self._store.current().get(("programme", ""), "")
        if not hash_:
            raise NoProgramme
        return from_plain(Programme, json.loads(self._kept("programme", hash_)))

    def _kept(self, kind: str, hash_: str) -> str:
        stored = self._store.version(kind, hash_) if hash_ else None
        if stored is None:
            raise NotDeployed
        return stored.compiled

    def facts(
        self,
        now: datetime,
        *,
        numbers: dict[SeriesKey, int] | None = None,
        last: Case | None = None,
        period: dict[str, object] | None = None,
        calendar: tuple[str, Calendars] | None = None,
        earlier: Calendars | None = None,
        versions: Mapping[str, str] | None = None,
        kept: dict[str, Process] | None = None,
        used: Mapping[tuple[str, str], str] | None = None,
    ) -> Facts:
        """What a decision may know beside its case, now. `calendar`: (version, calendars) to be tried in place of those in
        use; `earlier`: those of before; `versions`: those of the organisation and the calendar that were in use then;
        `kept`: versions of processes that will be asked for; `used`: what is in use, if it is known already. Raises NotDeployed.
        """
        used = self._store.current() if used is None else used
        hashes = {kind: used.get((kind, ""), "") for kind in ("organisation", "calendar")} | dict(versions or {})
        if calendar is not None:
            known = self._known(now, {**hashes, "calendar": calendar[0]}, calendar[1])
        elif self._plainly is not None and self._plainly.versions == hashes:  # as of most acts
            known = self._plainly
        else:
            known = self._plainly = self._known(now, hashes, self.calendars(hashes["calendar"]))
        if not (numbers or last or period or earlier or kept):
            return replace(known, now=now)
        return replace(known, now=now, numbers=numbers or {}, last=last, period=period or {}, earlier=earlier, kept=kept or {})

    def _known(self, now: datetime, versions: Mapping[str, str], calendars: Calendars) -> Facts:
        """What these versions say, with nothing beside it."""
        return Facts(
            now=now,
            organisation=self._organisation(versions["organisation"]),
            calendars=calendars,
            zone=self._settings.zone,
            language=self._settings.language,
            office=self._settings.title,
            versions=versions,
        )

    def types(self) -> dict[str, DocumentType]:
        """The document types in use. Raises NotDeployed."""
        plain = json.loads(self._kept("document-types", self._store.current().get(("document-types", ""), "")))
        return {key: from_plain(DocumentType, one) for key, one in plain.items()}

    def facts_of(self, versions: Mapping[str, str], at: datetime) -> Facts:
        """The facts of a past moment, by the versions that an entry names."""
        organisation, calendar = versions.get("organisation", ""), versions.get("calendar", "")
        return replace(
            self.facts(at), organisation=self._organisation(organisation), calendars=self.calendars(calendar), versions=dict(versions)
        )

    def _told(self, number: str) -> dict[int, tuple[str, ...]]:
        """Who was told by which entry of a case: a notice's key begins with the case's number and the entry's."""
        found: dict[int, dict[str, None]] = {}
        for row in self._store.notices(Viewer(everything=True), number, limit=_ALL_NOTICES):
            seq = row.notice.key.removeprefix(f"{number}/").partition("/")[0]
            found.setdefault(int(seq), {})[row.notice.person] = None
        return {seq: tuple(persons) for seq, persons in found.items()}

    def beside(self, facts: Facts, needs: Needs) -> Facts:
        """The facts with what a decision needs beside its case: other cases, sub-cases, processes in use, kept versions, histories."""
        return replace(
            facts,
            cases={**facts.cases, **{number: self._case(number) for number in needs.cases}},
            children={**facts.children, **{number: self._store.children(number) for number in needs.children}},
            processes={**facts.processes, **{key: self.process(key) for key in needs.processes}},
            figures={**facts.figures, **{span: self._figures(span, facts) for span in needs.figures}},
            registers={**facts.registers, **{span: self._registers(span, facts) for span in needs.registers}},
            kept={**facts.kept, **{hash_: self.version(hash_) for hash_ in needs.versions}},
            told={**facts.told, **{number: self._told(number) for number in needs.told}},
            histories={**facts.histories, **{number: tuple(self._store.entries(number)) for number in needs.histories}},
        )

    def _figures(self, span: tuple[date, date], facts: Facts) -> Mapping[str, object]:
        from workflow.office.responsibility import figures

        return figures(self, self._store, span, facts)

    def _registers(self, span: tuple[date, date], facts: Facts) -> Mapping[str, object]:
        from workflow.office.registered import figures

        return figures(self._store, span, facts)

    def enough(self, facts: Facts, work_out: Callable[[Facts], T]) -> T:
        """What is worked out of the facts, with all that it wants to know beside them."""
        while True:
            try:
                return work_out(facts)
            except Wanting as wanting:
                facts = self.beside(facts, wanting.needs)

    def _case(self, number: str) -> tuple[Process, CaseFile] | None:
        file = self._store.load(number)
        return (self.version(file.case.version), file) if file is not None else None


def in_office(calendars: Calendars, settings: Settings) -> Calendars:
    """The calendars in the office's zone, their days ending when its settings say."""
    zoned = calendars.in_zone(str(settings.zone))
    if settings.day_ends is None:
        return zoned
    return zoned.changed(day_ends=settings.day_ends.hour * 60 + settings.day_ends.minute)

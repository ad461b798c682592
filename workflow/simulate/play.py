"""Plays a scenario: the real engine, office and worker, on an in-memory store and a clock of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflow.calendar import parse_amount
from workflow.engine.facts import Facts
from workflow.engine.permission import Asker, awaited, holders, seats_of
from workflow.errors import HosoError, NotFound, Place, Refused
from workflow.language.values import parse
from workflow.model import CaseFile, Deadline, DeadlineStatus, Document, DocumentStatus, Message, Notice, Upload, Viewer
from workflow.office import Office
from workflow.phrases import LANGUAGES, phrase
from workflow.ports import SenderError
from workflow.simulate.scenario import Scenario, Step
from workflow.timekeeping import SetClock
from workflow.worker import Worker

MakeOffice = Callable[[SetClock], Office]
EVERYBODY = Viewer(everything=True)


def _says(refusal: Refused, words: str) -> bool:
    """Whether the refusal says so, in any language: the scenarios of an office hold in whichever it speaks."""
    return any(words.lower() in refusal.message(language).lower() for language in LANGUAGES)


class Mismatch(Exception):
    """A step went otherwise than expected; the message is for people."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """How a scenario went: where and why it failed, and what it covered."""

    process: str
    name: str
    passed: bool
    place: str
    message: str = ""
    actions: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()


class _Nobody:
    """Delivers to nobody: what was told is read from the store."""

    def send(self, messages: Sequence[Message]) -> Mapping[str, SenderError | None]:
        """All are taken."""
        return {message.id: None for message in messages}


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What there was before a step."""

    notices: set[str] = field(default_factory=set)
    documents: dict[str, Document] = field(default_factory=dict)


def play(scenario: Scenario, make_office: MakeOffice, zone: ZoneInfo) -> ScenarioResult:
    """Play a scenario in an office of its own, whose definitions come into use when it begins."""
    player = _Player(scenario, make_office, zone)
    try:
        player.run()
    except Mismatch as mismatch:
        return player.result(str(mismatch), mismatch.place)
    except HosoError as error:
        return player.result(error.message(player.office.language), player.place)
    return player.result("", scenario.place)


class _Player:
    def __init__(self, scenario: Scenario, make_office: MakeOffice, zone: ZoneInfo) -> None:
        self.scenario, self.place, self.zone = scenario, scenario.place, zone
        self.clock = SetClock(self._local(scenario.at))
        self.office = make_office(self.clock)
        self.worker = Worker(self.office, _Nobody(), name="scenario")
        self.number, self.seen = "", _Seen()
        self.actions: set[str] = set()
        self.states: set[str] = set()

    def result(self, message: str, place: Place) -> ScenarioResult:
        return ScenarioResult(
            process=self.scenario.process,
            name=self.scenario.name,
            passed=not message,
            place=str(place),
            message=message,
            actions=frozenset(self.actions),
            states=frozenset(self.states),
        )

    def run(self) -> None:
        if self.scenario.fields is not None:
            done = self.office.open(
                self.scenario.process,
                actor=self._person(self.scenario.actor),
                start=self.scenario.start,
                fields=_uploads(self.scenario.fields),
                title=self.scenario.title,
            )
            self.number = done.case
            self._cover()
        for step in self.scenario.steps:
            self.place = step.place
            self._look()
            opened = self._do(step)
            self._cover()
            self._check(step, opened)
        self._cover()

    def _do(self, step: Step) -> list[str]:
        """Carry out a step; the processes of periodic cases that it opened."""
        if step.wait:
            return self._wait(step)
        try:
            if step.reply is not None:
                self.office.reply(
                    self.number,
                    unit=step.unit,
                    answer=step.reply,
                    actor=self._person(step.actor),
                    fields=_uploads(step.fields),
                    note=step.note,
                )
            elif step.do:
                self.office.advance(self.number, step.do, actor=self._person(step.actor), fields=_uploads(step.fields), note=step.note)
        except Refused as refusal:
            if step.refused and _says(refusal, step.refused):
                return []
            raise Mismatch(step.place, self._another(refusal, step.refused)) from None
        if step.refused:
            said = "expected a refusal that says “{words}”, but it was done"
            raise Mismatch(step.place, phrase(said, self.office.language, words=step.refused))
        return []

    def _another(self, refusal: Refused, words: str) -> str:
        """That a step was refused, for another reason than the expected one if any was."""
        language = self.office.language
        wanted = phrase("expected a refusal that says “{words}”, got:", language, words=words) + " " if words else ""
        return wanted + refusal.message(language)

    # ---- time ----

    def _local(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC)

    def _wait(self, step: Step) -> list[str]:
        """Let time pass, looking each time that something is due, as a worker that looks every second would."""
        opened: list[str] = []
        target = self._target(step)
        while True:
            following = self._next_due(target)
            self.clock.at = max(self.clock.at, following or target)
            for number in self.worker.tick().opened:
                self.number = number if self.scenario.fields is None else self.number
                file = self.office.store.load(number)
                opened += [file.case.process] if file else []
            if following is None:
                return opened

    def _target(self, step: Step) -> datetime:
        what = step.wait.removeprefix("until ")
        if what == "due":
            return self._deadline(step).due
        if step.wait.startswith("until "):
            return self._local(what)
        number, unit = parse_amount(what)
        return self._facts().calendars.default.add(self.clock.at, number, unit, exactly=True)

    def _next_due(self, target: datetime) -> datetime | None:
        """The next time before `target` at which the worker has something to do."""
        times = [one.next_at for one in self._file().deadlines if one.next_at] if self.number else []
        morning = self._tomorrow()
        candidates = [at for at in (*times, morning) if self.clock.at < at < target]
        return min(candidates) if candidates else None

    def _tomorrow(self) -> datetime:
        """Eight tomorrow: periodic cases are looked for daily."""
        local = self.clock.at.astimezone(self.office.zone)
        return (local.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)).astimezone(UTC)

    # ---- what there is ----

    def _facts(self) -> Facts:
        return self.office.definitions.facts(self.clock.at)

    def _person(self, name: str) -> str:
        return self._facts().organisation.resolve(name, self._facts().today)

    def _file(self) -> CaseFile:
        file = self.office.store.load(self.number)
        if file is None:
            said = "no case is open here: a scenario needs 'open:', or a periodic case that has begun"
            raise Mismatch(self.place, phrase(said, self.office.language))
        return file

    def _notices(self) -> list[Notice]:
        return [row.notice for row in self.office.store.notices(EVERYBODY, self.number, limit=100_000)] if self.number else []

    def _look(self) -> None:
        documents = {one.key: one for one in self._file().documents} if self.number else {}
        self.seen = _Seen(notices={notice.key for notice in self._notices()}, documents=documents)

    def _cover(self) -> None:
        if self.number:
            file = self._file()
            self.actions |= set(file.case.done)
            self.states.add(file.case.state)

    def _deadline(self, step: Step) -> Deadline:
        """The state's own running deadline, or else the first of the others."""
        file = self._file()
        running = [one for one in file.deadlines if one.status is DeadlineStatus.RUNNING]
        own = [one for one in running if one.on == f"state:{file.case.state}"]
        if not running:
            raise Mismatch(step.place, phrase("no deadline is running here", self.office.language))
        return min(own or running, key=lambda one: one.due)

    # ---- expectations ----

    def _check(self, step: Step, opened: list[str]) -> None:
        for key, (wanted, place) in step.expect.items():
            got = opened if key == "opened" else getattr(self, f"_got_{key}")(step)
            if not self._agrees(key, wanted, got):
                raise Mismatch(
                    place,
                    phrase("expected {key}: {wanted}; got: {got}", self.office.language, key=key, wanted=_shown(wanted), got=_shown(got)),
                )

    def _agrees(self, key: str, wanted: Any, got: Any) -> bool:
        words = [wanted] if isinstance(wanted, str) else wanted
        match key:
            case "notices":
                meant = [self._meant(word) for word in words]
                return set(got) <= set().union(*meant) and all(one & set(got) for one in meant)
            case "awaited":
                return set(got) == set().union(*(self._meant(word) for word in words))
            case "drafts" | "issues" | "opened":
                return sorted(got) == sorted(words)
            case "fields":
                return all(got.get(name) == self._plain(name, value) for name, value in wanted.items())
            case "due":
                return str(got) == str(wanted)
        return bool(got == wanted)

    def _plain(self, name: str, value: Any) -> Any:
        process = self.office.definitions.version(self._file().case.version)
        if name not in process.field_of:
            raise NotFound(kind="field", name=name, known=process.field_of)
        return parse(process.field_of[name], value, self._facts().known)

    def _meant(self, word: str) -> set[str]:
        """The persons that a role, a person's key or `position.unit` means now; of an asked unit's role, all units' persons."""
        file, facts = self._file(), self._facts()
        process = self.office.definitions.version(file.case.version)
        if word not in process.role_of and word not in {"opener", "asked"}:
            return {facts.organisation.resolve(word, facts.today)}
        found: set[str] = set()
        for asked in ("", *dict.fromkeys(one.asked for one in file.opinions)):
            asker = Asker(process=process, file=file, facts=facts, asked=asked)
            found.update(holders(seats_of((word,), asker), facts))
        return found

    def _got_state(self, _step: Step) -> str:
        return self._file().case.state

    def _got_outcome(self, _step: Step) -> str:
        return self._file().case.outcome

    def _got_overdue(self, _step: Step) -> bool:
        running = (one for one in self._file().deadlines if one.status is DeadlineStatus.RUNNING)
        return any(one.due <= self.clock.at for one in running)

    def _got_due(self, step: Step) -> date:
        return self._facts().calendars.default.day_of(self._deadline(step).due, ends=True)

    def _got_notices(self, _step: Step) -> list[str]:
        return sorted({notice.person for notice in self._notices() if notice.key not in self.seen.notices})

    def _got_drafts(self, _step: Step) -> list[str]:
        return self._papers(DocumentStatus.DRAFT)

    def _got_issues(self, _step: Step) -> list[str]:
        return self._papers(DocumentStatus.ISSUED)

    def _papers(self, status: DocumentStatus) -> list[str]:
        new = (one for one in self._file().documents if self.seen.documents.get(one.key) != one and one.status is status)
        return sorted({one.rule for one in new})

    def _got_fields(self, _step: Step) -> Mapping[str, Any]:
        return self._file().case.fields

    def _got_awaited(self, _step: Step) -> list[str]:
        file, facts = self._file(), self._facts()
        asker = Asker(process=self.office.definitions.version(file.case.version), file=file, facts=facts)
        return sorted(holders(awaited(asker), facts))


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) or "–" if isinstance(value, list | tuple | set) else str(value)


def _uploads(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`file:NAME` stands for a small file of that name."""
    return {key: _upload(value) for key, value in fields.items()}


def _upload(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("file:"):
        name = value.removeprefix("file:")
        return Upload(name=name, content=f"{name}\n".encode())
    return [_upload(one) for one in value] if isinstance(value, list) else value

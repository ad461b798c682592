"""What a scenario plays on: an office of its own in memory, its clock and worker, and the cases opened so far."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from workflow.engine.facts import Facts
from workflow.engine.permission import Asker, persons_of
from workflow.errors import NotFound, Place
from workflow.language.process import Process
from workflow.model import CaseFile, Message, Needs, Notice, Upload, Viewer
from workflow.office import Office
from workflow.phrases import phrase
from workflow.ports import SenderError
from workflow.simulate.scenario import Scenario, Step
from workflow.timekeeping import SetClock
from workflow.worker import Worker

MakeOffice = Callable[[SetClock], Office]
EVERYBODY = Viewer(everything=True)
_PARTS = re.compile(r"[0-9]+|[^0-9]+")


class Mismatch(Exception):
    """A step went otherwise than expected; the message is for people."""

    def __init__(self, place: Place, message: str, *, wanted: str = "", got: str = "") -> None:
        super().__init__(message)
        self.place, self.wanted, self.got = place, wanted, got


class Nobody:
    """Delivers to nobody: what was told is read from the store."""

    def send(self, messages: Sequence[Message]) -> Mapping[str, SenderError | None]:
        """All are taken."""
        return {message.id: None for message in messages}


class Stage(Struct):
    """The office of one scenario. `number` is the scenario's own case; `place` the step that is being played."""

    scenario: Scenario
    office: Office
    clock: SetClock
    worker: Worker
    place: Place
    number: str = ""
    step: int = 0
    said: str = ""
    """What the step that is being played does."""

    @property
    def language(self) -> str:
        """The office's."""
        return self.office.language

    def wrong(self, place: Place, said: str, **facts: object) -> Mismatch:
        """A mismatch in the office's language."""
        key, wanted, got = (str(facts.get(name, "")) for name in ("key", "wanted", "got"))
        named = f"{key}: " if key and (wanted or got) else ""
        return Mismatch(place, phrase(said, self.language, **facts), wanted=named + wanted, got=named + got)

    # ---- cases ----

    def files(self) -> list[CaseFile]:
        """Every case, in order of opening; those of one moment by their numbers."""
        found = [file for number in self.office.store.all_cases() if (file := self.office.store.load(number))]
        return sorted(found, key=lambda file: (file.case.opened, natural(file.case.number)))

    def case(self, which: str) -> str:
        """The number of the case that a step names: `KEY N`, the N-th case of a process beside the scenario's own; empty: its own."""
        if not which:
            return self.number
        key, _, ordinal = which.partition(" ")
        found = [file.case.number for file in self.files() if file.case.process == key and file.case.number != self.number]
        if int(ordinal or 1) > len(found):
            said = "there is no case '{which}' here: {count} other cases of this process have been opened"
            raise self.wrong(self.place, said, which=which, count=len(found))
        return found[int(ordinal or 1) - 1]

    def file(self, number: str) -> CaseFile:
        """A case's file. Raises Mismatch if nothing is open yet."""
        found = self.office.store.load(number)
        if found is None:
            raise self.wrong(self.place, "no case is open here: a scenario needs 'open:', or a periodic case that has begun")
        return found

    def process(self, file: CaseFile) -> Process:
        """The version of the process that a case obeys."""
        return self.office.definitions.version(file.case.version)

    def notices(self) -> list[Notice]:
        """Whatever has been told, of every case."""
        return [row.notice for row in self.office.store.notices(EVERYBODY, limit=100_000)]

    # ---- people and time ----

    def facts(self) -> Facts:
        """What is so at this moment."""
        return self.office.definitions.facts(self.clock.at)

    def facts_of(self, file: CaseFile) -> Facts:
        """What is so at this moment, with a case's sub-cases: its guards may look at them."""
        return self.office.definitions.beside(self.facts(), Needs(children=(file.case.number,)))

    def person(self, name: str) -> str:
        """The person that a post or a person's key names today. Raises NotFound."""
        facts = self.facts()
        return facts.organisation.resolve(name, facts.today)

    def persons(self, word: str, file: CaseFile) -> set[str]:
        """The persons that a role, a person's key or `position.unit` means now; of an asked unit's role, all units' persons."""
        facts, process = self.facts_of(file), self.process(file)
        if word not in process.role_of and word not in {"opener", "asked"}:
            return {facts.organisation.resolve(word, facts.today)}
        found: set[str] = set()
        for asked in ("", *dict.fromkeys(one.asked for one in file.asked)):
            asker = Asker(process=process, file=file, facts=facts, asked=asked)
            found.update(persons_of((word,), asker))
        return found

    def values(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Fields as a scenario writes them: `file:NAME` stands for a small file, `case:KEY N` for another case's number."""
        return {key: self.value(value) for key, value in fields.items()}

    def value(self, value: Any) -> Any:
        """One value as a scenario writes it."""
        if isinstance(value, str) and value.startswith("file:"):
            return upload(value)
        if isinstance(value, str) and value.startswith("case:"):
            return self.case(value.removeprefix("case:"))
        return [self.value(one) for one in value] if isinstance(value, list) else value


def upload(value: str) -> Upload:
    """A small file of this name."""
    name = value.removeprefix("file:")
    return Upload(name=name, content=f"{name}\n".encode())


def local(text: str, zone: ZoneInfo) -> datetime:
    """A time of the office's clock, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def step_case(stage: Stage, step: Step) -> CaseFile:
    """The file of the case that a step is about."""
    return stage.file(stage.case(step.case))


def field_type(process: Process, name: str) -> Any:
    """A field's type. Raises NotFound."""
    if name not in process.field_of:
        raise NotFound(kind="field", name=name, known=process.field_of)
    return process.field_of[name]


def natural(number: str) -> tuple[tuple[bool, int, str], ...]:
    """Case numbers in the order of their counting: 9/2026 before 10/2026."""
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _PARTS.findall(number))

"""What a decision may know beside the case: the time, the organisation, the calendars, the next numbers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from workflow.calendar import Calendars, parse_amount_by
from workflow.language.process import Process
from workflow.language.values import Known
from workflow.model import Case, CaseFile, Entry, Needs, SeriesKey
from workflow.once import once
from workflow.organisation import Organisation


class Wanting(Exception):
    """Something beside the case is asked for that the facts don't hold yet."""

    def __init__(self, needs: Needs) -> None:
        super().__init__("more facts are needed")
        self.needs = needs


class Facts(Struct, frozen=True, kw_only=True, dict=True):
    """All that `decide` is told. `language` is the office's; `numbers` the next number of each series asked for."""

    now: datetime
    organisation: Organisation
    calendars: Calendars
    zone: ZoneInfo
    language: str = "vi"
    office: str = ""
    """The office's title."""
    numbers: Mapping[SeriesKey, int] = field(default_factory=dict)
    cases: Mapping[str, tuple[Process, CaseFile] | None] = field(default_factory=dict)
    """Other cases by number, each with its version of its process; None = there is no such case."""
    children: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)
    """Case → its sub-cases, in order of opening."""
    processes: Mapping[str, Process] = field(default_factory=dict)
    """The versions in use, by key, of processes that are asked for."""
    histories: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """Case → its entries, first to last."""
    figures: Mapping[tuple[date, date], Mapping[str, Any]] = field(default_factory=dict)
    """Two days → whose the working days between them were."""
    registers: Mapping[tuple[date, date], Mapping[str, Any]] = field(default_factory=dict)
    """Two days → what the registers say of the papers between them."""
    kept: Mapping[str, Process] = field(default_factory=dict)
    """Kept versions of processes that are asked for, by their hash."""
    told: Mapping[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)
    """Case → entry → the persons who were told by it."""
    last: Case | None = None
    """The case of the period before, when the clock opens a periodic case."""
    period: Mapping[str, Any] = field(default_factory=dict)
    earlier: Calendars | None = None
    """The calendars by which deadlines were counted before, when the clock works them out anew (`Recount`)."""
    bare: bool = False
    """Nobody keeps what is decided (a back-test, a simulation): what only a store or a reader needs is left out, which are whose turn
    it is, what papers say and to whom, what an entry changes, and the rungs that only tell somebody. What it decides is the same.
    """
    versions: Mapping[str, str] = field(default_factory=dict)
    """organisation, calendar → hash of the version that this is decided under."""

    def children_of(self, number: str) -> tuple[Case, ...]:
        """The sub-cases of a case. Raises Wanting."""
        if number and number not in self.children:
            raise Wanting(Needs(children=(number,)))
        return self.children.get(number, ())

    def case_of(self, number: str) -> tuple[Process, CaseFile] | None:
        """Another case with its version of its process; None if there is none. Raises Wanting."""
        if number not in self.cases:
            raise Wanting(Needs(cases=(number,)))
        return self.cases[number]

    def process_of(self, key: str) -> Process:
        """The version in use of a process. Raises Wanting."""
        if key not in self.processes:
            raise Wanting(Needs(processes=(key,)))
        return self.processes[key]

    def figures_of(self, first: date, last: date) -> Mapping[str, Any]:
        """Whose the working days between two days were (`responsibility`). Raises Wanting."""
        if (first, last) not in self.figures:
            raise Wanting(Needs(figures=((first, last),)))
        return self.figures[first, last]

    def registers_of(self, first: date, last: date) -> Mapping[str, Any]:
        """What the registers say of the papers between two days. Raises Wanting."""
        if (first, last) not in self.registers:
            raise Wanting(Needs(registers=((first, last),)))
        return self.registers[first, last]

    def version_of(self, hash_: str) -> Process:
        """A kept version of a process. Raises Wanting."""
        if hash_ not in self.kept:
            raise Wanting(Needs(versions=(hash_,)))
        return self.kept[hash_]

    def history_of(self, number: str) -> tuple[Entry, ...]:
        """The entries of a case. Raises Wanting."""
        if number not in self.histories:
            raise Wanting(Needs(histories=(number,)))
        return self.histories[number]

    def told_by(self, number: str, seq: int) -> tuple[str, ...]:
        """Who was told by an entry of a case. Raises Wanting."""
        if number not in self.told:
            raise Wanting(Needs(told=(number,)))
        return self.told[number].get(seq, ())

    @once
    def today(self) -> date:
        """The office's date now."""
        return self.now.astimezone(self.zone).date()

    @once
    def known(self) -> Known:
        """What the values of fields may refer to."""
        return Known(
            units=self.organisation.units,
            persons=self.organisation.persons,
            zone=self.zone,
            unit=partial(_of_unit, self.organisation),  # by no method of these facts, which hold what is known
            person=partial(_of_person, self.organisation, self.today),
        )

    def plus(self, start: date | datetime, amount: str) -> date | datetime:
        """`plus`/`minus` of an amount such as "5 working days", by the office's calendar or the one that it names."""
        number, unit, name = parse_amount_by(amount)
        days = self.calendars.get(name)
        if isinstance(start, datetime):
            return days.add(start, number, unit).astimezone(self.zone)
        return days.add_days(start, number, unit)

    def working_days(self, first: date, last: date) -> int:
        """`working_days` from one date to another, by the office's calendar."""
        return max(0, self.calendars.default.count(first - timedelta(days=1), last))

    def unit_attributes(self, key: str) -> Mapping[str, object] | None:
        """What expressions and templates may read of a unit."""
        return _of_unit(self.organisation, key)

    def person_attributes(self, key: str) -> Mapping[str, object] | None:
        """What expressions and templates may read of a person: an office-holder's title and posts."""
        return _of_person(self.organisation, self.today, key)

    def person_title(self, key: str) -> str:
        """What a person is called here; the key itself if they are unknown."""
        person = self.organisation.persons.get(key)
        return person.title if person else key

    def unit_title(self, key: str) -> str:
        """A unit's title; the key itself if it is unknown."""
        unit = self.organisation.units.get(key)
        return unit.title if unit else key


def _of_unit(organisation: Organisation, key: str) -> Mapping[str, object] | None:
    unit = organisation.units.get(key)
    return None if unit is None else {"key": key, "title": unit.title, "kind": unit.kind, "symbol": unit.symbol}


def _of_person(organisation: Organisation, today: date, key: str) -> Mapping[str, object] | None:
    person = organisation.persons.get(key)
    if person is None:
        return None
    posts = organisation.posts_of(key, today)
    return {
        "key": key,
        "title": person.title,
        "unit": posts[0].unit if posts else "",
        "position": posts[0].position if posts else "",
    }
